/* CSV, TSV and their kin behind dk_reader. delimited.c reads blocks, delimited_parse.c parses them. */
#ifndef DK_IO_DELIMITED_H
#define DK_IO_DELIMITED_H

#include "io/dialect.h"
#include "io/reader_kind.h"
#include "io/source.h"

typedef struct dk_delimited {
    dk_source source;
    dk_dialect dialect;
    char *carry; /* what was read and belongs to the next block, from carry_at on */
    size_t carry_at, carry_len, carry_cap;
    bool ended;        /* the source has no more bytes */
    size_t data_start; /* bytes before the first record of data */
    size_t opening;    /* bytes that were read to tell the dialect and the columns */
    int64_t data_line;
    int64_t number, line, serial; /* of what comes next */
} dk_delimited;

dk_status dk_delimited_open(dk_reader *r, const char *source, dk_error *err);

dk_status dk_delimited_parse(const dk_reader *r, dk_block *block, dk_error *err);

/* An error at `at` within the bytes of a block that begin on line `line`: finds line and column and quotes the line. */
dk_status dk_delimited_fail(const dk_delimited *d, const char *bytes, size_t len, int64_t line,
                            const char *at, dk_error *err, const char *format, ...) DK_PRINTF(7, 8);

#endif
