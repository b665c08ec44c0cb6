/* CSV, TSV and their kin behind dk_reader. delimited_open.c tells the dialect and the columns, delimited.c reads blocks,
 * delimited_parse.c parses them. */
#ifndef DK_IO_DELIMITED_H
#define DK_IO_DELIMITED_H

#include "io/dialect.h"
#include "io/reader_kind.h"
#include "io/survey_export.h"

typedef struct dk_delimited {
    dk_source *source; /* the reader's */
    dk_dialect dialect;
    dk_survey_export exported;
    char *carry; /* what was read and belongs to the next block, from carry_at on */
    size_t carry_at, carry_len, carry_cap;
    bool ended;        /* the source has no more bytes */
    size_t data_start; /* bytes before the first record of data */
    size_t opening;    /* bytes that were read to tell the dialect and the columns */
    int64_t data_line;
    int64_t number, line, serial; /* of what comes next */
} dk_delimited;

/* r->text is open; path tells .tsv from others. */
dk_status dk_delimited_open(dk_reader *r, const char *path, dk_error *err);

extern const dk_reader_kind dk_delimited_kind;
extern const char dk_delimited_close_it[]; /* the remedy for a quoted field that does not end */

/* Room for need bytes and the zeros behind them; false when memory ran out. */
bool dk_delimited_grow(char **bytes, size_t *cap, size_t need);

/* Reads on until the carry holds at least want bytes or the source ends. */
dk_status dk_delimited_fill(dk_delimited *d, size_t want, dk_error *err);

dk_status dk_delimited_parse(const dk_reader *r, dk_block *block, dk_error *err);

/* An error at `at` within the bytes of a block that begin on line `line`: finds line and column and quotes the line. */
dk_status dk_delimited_fail(const dk_delimited *d, const char *bytes, size_t len, int64_t line,
                            const char *at, dk_error *err, const char *format, ...) DK_PRINTF(7, 8);

#endif
