/* Reading a TSV file whose columns are known by name: lexicons and taxonomies. */
#ifndef DK_LEXICON_TSV_H
#define DK_LEXICON_TSV_H

#include "base/buffer.h"

#define DK_TSV_COLUMNS 8

typedef struct dk_tsv {
    const char *path;
    dk_buf text;
    size_t at;                     /* where the next line begins */
    int64_t line;                  /* 1-based number of the current line */
    const char *line_text;         /* the current line, not ended by a NUL */
    int position[DK_TSV_COLUMNS];  /* of the i-th wanted column in the file, -1 when the file has none */
    int nwanted, ncolumns;
} dk_tsv;

/* Reads the file and its header. names lists the wanted columns, NULL-ended, the first `required` of them must be there.
   path is borrowed. A column that is not wanted is an error that names the wanted ones. */
dk_status dk_tsv_open(dk_tsv *tsv, const char *path, const char *const *names, int required, dk_error *err);
/* The same of a text in memory, which is copied. */
dk_status dk_tsv_open_text(dk_tsv *tsv, const char *path, dk_str text, const char *const *names, int required, dk_error *err);
void dk_tsv_dispose(dk_tsv *tsv);

/* The next line that is neither blank nor a comment; cells[i] belongs to names[i], empty when the line has no such cell.
   *end is set at the end of the file. More cells than the header has is DK_EDATA. */
dk_status dk_tsv_next(dk_tsv *tsv, dk_str *cells, bool *end, dk_error *err);

/* DK_EDATA at the place of `at`, a pointer into a cell of the current line. */
dk_status dk_tsv_fail(const dk_tsv *tsv, const char *at, dk_error *err, const char *format, ...) DK_PRINTF(4, 5);

/* A decimal number with point or comma in a cell, within min..max; an empty cell leaves *value alone. */
dk_status dk_tsv_number(const dk_tsv *tsv, dk_str cell, const char *what, double min, double max, double *value,
                        dk_error *err);

#endif
