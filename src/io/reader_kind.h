/* What a format implements to stand behind dk_reader; only the io room includes this.
 *
 * To add a reader: write NAME.h with a dk_NAME_open that fills kind, state and the column names, and call it from
 * dk_reader_open in reader.c for the sources it recognises. A format that hands out row by row, such as a database,
 * implements dk_row_source of rows.h instead and gets the rest from there. */
#ifndef DK_IO_READER_KIND_H
#define DK_IO_READER_KIND_H

#include "base/arena.h"
#include "io/reader.h"
#include "io/source.h"

/* The memory of a block. A format keeps its bytes here and lets cells point into them. */
struct dk_block_data {
    char *bytes; /* len bytes, with DK_SCAN_PAD zero bytes behind them */
    size_t len, cap;
    size_t cells_cap, row_cap, rejects_cap;
    dk_arena arena;  /* text that did not fit in place; reset when the block is read */
    int64_t line;    /* the line of the source where the bytes begin */
    bool multi_line; /* some record holds a line end */
    bool cut;        /* the last record ends within a quoted field */
    uint8_t *marks;  /* per selected column of the row at hand */
    size_t marks_cap;
};

typedef struct dk_reader_kind {
    dk_status (*read_block)(dk_reader *r, dk_block *block, bool *done, dk_error *err);
    dk_status (*parse)(const dk_reader *r, dk_block *block, dk_error *err);
    dk_status (*rewind)(dk_reader *r, dk_error *err);
    void (*progress)(const dk_reader *r, int64_t *taken, int64_t *total);
    /* The words behind "12,408 rows, "; notes for the brackets that only this format has go to notes, parted by ", ". */
    void (*describe)(const dk_reader *r, const dk_read_counts *counts, dk_buf *out, dk_buf *notes);
    void (*free)(dk_reader *r);
} dk_reader_kind;

enum { DK_UNSELECTED = UINT32_MAX };

struct dk_reader {
    const dk_reader_kind *kind;
    void *state;
    dk_reader_options options; /* encoding is not kept */
    const char *source;        /* for messages; owned by text or the format */
    dk_source text;            /* the bytes of a text format; not open for others */
    dk_arena arena;            /* column names */
    dk_str *names;
    size_t ncolumns;
    uint32_t *slot; /* per column: its first place among the selected, or DK_UNSELECTED */
    uint32_t *twin; /* per place: an earlier place of the same column, or itself */
    size_t nselected;
    bool started;
};

/* Makes room for rows rows of the selected columns. */
bool dk_block_reserve(dk_block *block, size_t rows, size_t columns);

/* Takes over count names (copied, cleaned, trimmed) as the columns of the reader and selects them all. */
dk_status dk_reader_set_columns(dk_reader *r, const dk_str *names, size_t count, dk_error *err);

/* Whether a path ends so, whatever its case, and whether or not .gz or .zst comes behind. */
bool dk_path_ends(const char *path, const char *ending);

#endif
