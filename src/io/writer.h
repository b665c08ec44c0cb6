/* Writers: tables of rows to databases, workbooks and files, whole or not at all.
 *
 * The rest of the program makes rows of typed cells and never learns what they become. A writer stands for all targets of a run (each
 * --to TARGET), that of the ordered pipeline of base/pipeline.h: rows are appended to a parcel and shaped on any thread, and put in
 * order on one.
 *
 *     const dk_out_table *tables[] = {&comments, &mentions};
 *     dk_writer_options o = {.targets = targets, .ntargets = 1, .tables = tables, .ntables = 2, .command = "tag"};
 *     dk_writer_open(&w, &o, err);                               connects, looks at what is there
 *     dk_writer_begin(w, dk_engine_stamp(engine), "survey.csv", err);   the run gets its id, tables are made
 *     dk_parcel *p = dk_parcel_new(w);
 *     dk_out_text(dk_parcel_rows(p, 0), id); dk_out_milli(dk_parcel_rows(p, 0), -250); ... dk_out_end(dk_parcel_rows(p, 0));
 *     dk_writer_shape(w, p, err);                                any thread
 *     dk_writer_put(w, p, err);                                  in order
 *     dk_writer_finish(w, rows, err);                            now everything is there
 *     dk_writer_free(w);                                         without finish: nothing is
 *
 * Targets, and what a table becomes:
 *   sqlite:FILE, *.db, *.sqlite, *.sqlite3      a table; a new file appears when it is whole, one that exists is changed in one transaction
 *   postgresql://..., postgres://..., postgresql:      a table, by COPY, all in one transaction
 *   *.xlsx, xlsx:FILE                           a sheet; what a sheet cannot hold (1,048,575 rows) goes on in "NAME 2"
 *   FILE.csv, FILE.jsonl (.ndjson)              a file: the first table is FILE itself, the others FILE-NAME.csv beside it
 *   csv:FOLDER, jsonl:FOLDER                    a file FOLDER/NAME.csv
 *
 * Every table begins with the column run, the id of the run, and a last table runs has one row a run: run, command, source, version,
 * stamp, rows. In databases tables are made when they are not there; those that are must have these columns (others may stand
 * beside them). Writing a run again takes the place of its earlier rows, within the transaction. The id of a run comes from what the rows
 * are made from (dk_writer_options.inputs) and the engine's stamp, so that the same command gives the same one.
 *
 * Text is written as text whatever it holds: valid UTF-8 without NUL bytes (what is not is mended and counted), in workbooks never a
 * formula, in CSV with an apostrophe before what a spreadsheet would take for one.
 */
#ifndef DK_IO_WRITER_H
#define DK_IO_WRITER_H

#include "base/buffer.h"
#include "base/hash.h"

typedef enum dk_out_kind {
    DK_OUT_TEXT,   /* TEXT; text */
    DK_OUT_COUNT,  /* INTEGER; bigint */
    DK_OUT_NUMBER, /* REAL; double precision */
    DK_OUT_FLAG    /* INTEGER 0 or 1; boolean; yes or no in CSV and workbooks */
} dk_out_kind;

typedef struct dk_out_column {
    const char *name; /* lower case, a word that SQL does not reserve */
    dk_out_kind kind;
} dk_out_column;

typedef struct dk_out_table {
    const char *name;
    const dk_out_column *columns; /* without run */
    size_t ncolumns;
} dk_out_table;

/* ---- Rows ---- */

typedef struct dk_out_rows {
    dk_buf bytes; /* as writer_kind.h has them */
    int64_t rows;
    int64_t mended; /* texts that were no UTF-8 or held a NUL */
} dk_out_rows;

/* The next cell of the row at hand; as many as the table has columns. Empty text is empty text; what is missing is null. */
void dk_out_text(dk_out_rows *rows, dk_str text);
void dk_out_words(dk_out_rows *rows, const char *text); /* NULL is null */
void dk_out_count(dk_out_rows *rows, int64_t value);
void dk_out_number(dk_out_rows *rows, double value);       /* NaN and the infinities are null */
void dk_out_milli(dk_out_rows *rows, int32_t thousandths); /* for a number */
void dk_out_flag(dk_out_rows *rows, bool value);
void dk_out_null(dk_out_rows *rows);
void dk_out_end(dk_out_rows *rows);

/* Appends rows as lines of CSV, without their run: for a table that is also a file of its own. dk_out_csv_head: the line of names. */
void dk_out_csv_head(dk_buf *out, const dk_out_table *table);
void dk_out_csv(dk_buf *out, const dk_out_table *table, const dk_out_rows *rows);

/* ---- The writer ---- */

typedef struct dk_writer dk_writer;
typedef struct dk_parcel dk_parcel;

typedef struct dk_writer_options {
    const char *const *targets;
    size_t ntargets;
    const dk_out_table *const *tables; /* must outlive the writer */
    size_t ntables;
    const char *run;     /* the id; NULL: from inputs, command and stamp */
    dk_stamp inputs;     /* of what the rows are made from, see dk_stamp_source; dk_stamp_init at least */
    const char *command; /* "tag" */
    const char *schema;  /* of PostgreSQL, made when it is not there; NULL: the first of the search path */
    const char *prefix;  /* of tables in databases; NULL for none */
    int patience;        /* milliseconds to wait for who is writing to an SQLite database; 0: ten seconds */
    int64_t sheet_rows;  /* of a workbook's sheet; 0: as many as Excel takes */
} dk_writer_options;

/* Opens all targets: connects, finds out whether they can be written. Strings are copied. DK_EUSAGE for what is no target, DK_EIO for
   what cannot be reached, DK_EDATA for what is something else. */
dk_status dk_writer_open(dk_writer **writer, const dk_writer_options *options, dk_error *err);

/* Adds to what the id of the run comes from, before begin. */
void dk_writer_add_input(dk_writer *writer, const void *bytes, size_t len);

/* Begins the run: stamp is the engine's, source the name of the input. DK_EDATA with a remedy when a table has other columns. */
dk_status dk_writer_begin(dk_writer *writer, const char *stamp, const char *source, dk_error *err);

/* The id of the run, from begin on. */
const char *dk_writer_run(const dk_writer *writer);

dk_parcel *dk_parcel_new(const dk_writer *writer); /* NULL when memory ran out */
void dk_parcel_free(dk_parcel *parcel);
dk_out_rows *dk_parcel_rows(dk_parcel *parcel, size_t table);

/* Brings the rows of a parcel into the forms of the targets. Any thread; the writer is only read. */
dk_status dk_writer_shape(const dk_writer *writer, dk_parcel *parcel, dk_error *err);

/* Writes a shaped parcel and empties it. One thread at a time. */
dk_status dk_writer_put(dk_writer *writer, dk_parcel *parcel, dk_error *err);

/* Makes everything visible: first all targets are brought to where only the last step is missing, then that is done for each. rows: of
   the input. */
dk_status dk_writer_finish(dk_writer *writer, int64_t rows, dk_error *err);

/* How many targets, and a line about one of them that is finished: "out.db: run 4f1c..., 12,408 comments, 20,131 mentions". */
size_t dk_writer_targets(const dk_writer *writer);
void dk_writer_describe(const dk_writer *writer, size_t target, dk_buf *out);

/* Frees; what was not finished is undone. NULL is fine. */
void dk_writer_free(dk_writer *writer);

#endif
