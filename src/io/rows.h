/* Readers of what comes row by row: databases, statistics packages, workbooks.
 *
 * Such a format implements dk_row_source. rows.c packs its rows into blocks on the reading thread and turns them into
 * cells on any thread. A library that pushes its cells at us, in its own order of calls, writes them to a
 * dk_spool first, a temporary file that is then such a source and can be read again. */
#ifndef DK_IO_ROWS_H
#define DK_IO_ROWS_H

#include "io/reader_kind.h"

typedef struct dk_row_source {
    const char *format; /* behind "12,408 rows, ": "SQLite" */
    void *state;
    /* Appends the cells of the next row with dk_row_put, one for every column; or sets *done. */
    dk_status (*next)(void *state, dk_buf *row, bool *done, dk_error *err);
    dk_status (*rewind)(void *state, dk_error *err);
    /* Rows given and rows there are; 0 when that is not known. May be NULL. */
    void (*progress)(const void *state, int64_t *taken, int64_t *total);
    void (*free)(void *state);
} dk_row_source;

/* Appends a cell; its text is cleaned later, in dk_reader_parse. */
void dk_row_put(dk_buf *row, const char *text, size_t len);

/* Puts a source of rows behind the reader. Takes over source, also when it fails; name (copied) is for messages.
   names: the columns. drop: rows below the header that are no responses (survey.h). */
dk_status dk_rows_open(dk_reader *r, const dk_row_source *source, const char *name, const dk_str *names, size_t count,
                       int64_t drop, dk_error *err);

/* Rows of a temporary file without a name. */
typedef struct dk_spool dk_spool;

dk_status dk_spool_new(dk_spool **spool, dk_error *err);
void dk_spool_free(dk_spool *spool);
/* Appends one row as dk_row_put has made it. */
dk_status dk_spool_add(dk_spool *spool, const dk_buf *row, dk_error *err);
/* The rows so far as a source; it takes over the spool. */
dk_status dk_spool_source(dk_spool *spool, const char *format, dk_row_source *source, dk_error *err);

#endif
