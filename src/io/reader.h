/* Readers: rows of text cells from a file, standard input or whatever else a source names.
 *
 * The rest of the program sees rows and columns and never learns which format they came from. A reader serves
 * the ordered pipeline of base/pipeline.h: dk_reader_read_block runs on one thread and only finds where records
 * end; dk_reader_parse runs on any thread and turns a block into cells. Where blocks begin and end depends on the
 * input and on block_bytes alone, never on the number of threads.
 *
 *     dk_reader *r;
 *     size_t text;
 *     dk_reader_open(&r, "survey.csv", NULL, err);
 *     dk_reader_find_column(r, "kommentar", "--text", &text, err);
 *     dk_reader_select(r, &text, 1, err);
 *     dk_block *b = dk_block_new();
 *     dk_read_counts counts = {0};
 *     for (bool done = false; dk_reader_read_block(r, b, &done, err) == DK_OK && !done;) {
 *         dk_reader_parse(r, b, err);
 *         for (size_t i = 0; i < b->rows; i++) use(dk_block_cell(b, i, 0), b->row[i].number);
 *         dk_read_counts_add(&counts, &b->counts);
 *     }
 *
 * Text. Cells are valid UTF-8. A byte that is not UTF-8 is read as Windows-1252, so that a Latin-1 file just works;
 * such cells are counted. UTF-16 is recognised by its byte order mark or its NUL bytes. Control characters other
 * than tab, line feed and carriage return become spaces, and are counted.
 *
 * Delimited files. Fields are as in RFC 4180: a field that begins with a quote ends at the next quote that is not
 * doubled, and may hold delimiters and line ends. A quote elsewhere is text. What follows a closing quote on the
 * same line is kept and counted (counts.stray_quotes); when such a field also spans lines its closing quote is
 * taken to be missing, and that is an error. With tab as delimiter quotes are text unless every quoted field is closed (the
 * whole file is looked at; of a stream, the first block). Lines end in LF, CRLF or bare CR. Blank lines are
 * skipped, except in a file of one column, where they are rows without a value. Rows that are too short are kept,
 * the missing cells being empty; rows with more non-empty cells than the header are rejected, and so is a last row
 * that the end of the file cuts short inside a quoted field.
 */
#ifndef DK_IO_READER_H
#define DK_IO_READER_H

#include "base/buffer.h"

typedef struct dk_reader dk_reader;

typedef enum dk_quoting {
    DK_QUOTE_AUTO,   /* quoted, but see above for tab */
    DK_QUOTE_DOUBLE, /* " quotes, whatever the delimiter */
    DK_QUOTE_NONE    /* quotes are text and every line end ends a row */
} dk_quoting;

/* All-zero stands for: find out. */
typedef struct dk_reader_options {
    char delimiter; /* 0: the best of comma, semicolon, tab and pipe, or none for a file of one column */
    dk_quoting quoting;
    const char *encoding; /* a name that iconv knows; NULL: UTF-8 with repairs, or UTF-16 when it looks so */
    bool no_header;       /* the first row is data; columns are then named 1, 2, 3, ... */
    const char *query;   /* of a database; NULL: its only table */
    const char *sheet;   /* of a workbook; NULL: its first */
    double unpack_limit; /* how many times its packed size a file may unpack to; 0: 250; below 0: no limit */
    bool rewindable;    /* standard input and pipes are first copied to a temporary file, for a second pass */
    size_t block_bytes; /* 0: 512 KB */
    size_t record_limit; /* the longest row in bytes that is read; 0: 256 MB */
    /* For feeds whose writer waits for the answer: a block ends at the last complete row of what a read() gave, instead of when it
       is full. What the text is, its dialect and its columns are then told from its first line alone; JSON Lines have the columns
       keys, and a line without one of them is rejected. Of text in UTF-8 that is not packed; others are DK_EUSAGE. */
    bool eager;
    const struct dk_arrow_table *arrow; /* read this table in memory (arrow_read.h); the source is then its name for messages */
    const char *const *keys; /* nkeys names; only used while the reader is opened */
    size_t nkeys;
} dk_reader_options;

/* What was met while reading, over the selected columns. Sums over blocks do not depend on their order. */
typedef struct dk_read_counts {
    int64_t rows;           /* rows delivered */
    int64_t rejected;       /* rows rejected */
    int64_t short_rows;     /* rows with fewer cells than the header, kept */
    int64_t blank_lines;    /* skipped */
    int64_t repaired_cells; /* cells with bytes that are not UTF-8, read as Windows-1252 */
    int64_t utf8_cells;     /* cells with at least one UTF-8 sequence of two or more bytes */
    int64_t control_cells;  /* cells with control characters, replaced by spaces */
    int64_t stray_quotes;   /* cells with text behind their closing quote */
} dk_read_counts;

/* A row that could not be read. reason and raw are borrowed from the block. */
typedef struct dk_reject {
    int64_t number, line, column; /* as in dk_row; column in bytes of that line, 1-based */
    const char *reason;           /* such as "9 cells where the header has 7" */
    dk_str raw;                   /* the row with its quotes, made valid UTF-8 and cut at 1,000 bytes */
} dk_reject;

typedef struct dk_row {
    int64_t number; /* 1-based over all rows of the source; rejected rows have their own number */
    int64_t line;   /* of the source, where the row begins, 1-based; the number when there are no lines */
} dk_row;

/* A block of rows. Everything in it is borrowed until the block is read again or freed. Read-only to callers. */
typedef struct dk_block {
    size_t rows, columns; /* columns: as many as were selected */
    dk_str *cells;        /* rows x columns, row by row; never a NULL ptr */
    dk_row *row;
    dk_reject *rejects; /* in the order of the source */
    size_t nrejects;
    dk_read_counts counts;
    int64_t serial;             /* 0, 1, 2, ... in the order of reading */
    int64_t first_number;       /* the number of the first row, known before parsing */
    int64_t numbered;           /* rows in it, rejected ones included, known before parsing */
    struct dk_block_data *data; /* the format's own */
} dk_block;

static inline dk_str dk_block_cell(const dk_block *b, size_t row, size_t column) {
    return b->cells[row * b->columns + column];
}

/* Opens a source: the path of a file, "-" for standard input, "sqlite:FILE?QUERY", or "postgresql://...". What a file is
   is told from its bytes: delimited text or JSON Lines, as they are or packed with gzip or Zstandard; Excel workbook (workbook.h),
   SPSS or Stata file (statfile.h), SQLite database (sqlite_read.h). Names ending in .jsonl and .ndjson are JSON Lines
   whatever they begin with. options may be NULL. Reads as much as is needed to tell the format and the columns. DK_EIO when it
   cannot be read, DK_EDATA when it is empty or no format of these (the message says what it is). Free with dk_reader_free. */
dk_status dk_reader_open(dk_reader **reader, const char *source, const dk_reader_options *options,
                         dk_error *err);
void dk_reader_free(dk_reader *reader);

/* The name for messages: the path, or "standard input". */
const char *dk_reader_source(const dk_reader *reader);

size_t dk_reader_columns(const dk_reader *reader);
dk_str dk_reader_column_name(const dk_reader *reader, size_t column); /* trimmed; may be empty */

/* The column of that name: exactly, or else the only one that differs in ASCII case alone. option is what the user
   called it by, such as "--text", for the message; may be NULL. DK_EUSAGE with a suggestion and the list of
   columns when there is none, DK_EDATA when several have that name. */
dk_status dk_reader_find_column(const dk_reader *reader, const char *name, const char *option, size_t *column,
                                dk_error *err);

/* Chooses the columns to materialise, in this order; a column may occur twice. Before the first block; without it
   all columns are read, in the order of the source. */
dk_status dk_reader_select(dk_reader *reader, const size_t *columns, size_t count, dk_error *err);

dk_block *dk_block_new(void); /* NULL when memory ran out */
void dk_block_free(dk_block *block);

/* Fills block with the next rows, or sets *done. One thread at a time. */
dk_status dk_reader_read_block(dk_reader *reader, dk_block *block, bool *done, dk_error *err);

/* Parses a block that read_block filled, once. Any thread; the reader is only read. */
dk_status dk_reader_parse(const dk_reader *reader, dk_block *block, dk_error *err);

/* Begins again with the first row. DK_EUSAGE for a stream that was not opened rewindable. */
dk_status dk_reader_rewind(dk_reader *reader, dk_error *err);

/* Bytes taken from the source so far, and its size; *total is 0 when the size is not known. */
void dk_reader_progress(const dk_reader *reader, int64_t *taken, int64_t *total);

void dk_read_counts_add(dk_read_counts *sum, const dk_read_counts *more);

/* Appends "12,408 rows, comma, UTF-8 (3 cells repaired)" for what was counted. */
void dk_reader_describe(const dk_reader *reader, const dk_read_counts *counts, dk_buf *out);

/* Errors in a file quote its line from the start, or, when the place lies far to the right, "..." and the text
   from the place itself. */

#endif
