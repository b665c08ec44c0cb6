/* What the files of dk_rows share: rows.c keeps the rows, rows_record.c knows how one is written, rows_pack.c writes and merges parts.
 *
 * In memory a record is its key (the hash of the cluster, or of the body where there are none), a varint of how many rows it stands for, and the
 * body: [second cluster], [fixed effect], then varints: [weight], number of numbers, and for each the gap to the column before
 * and the zigzag number, with its decimals in the low four bits where there are any.
 */
#ifndef DK_STATS_ROWS_PRIVATE_H
#define DK_STATS_ROWS_PRIVATE_H

#include <pthread.h>
#include <sys/types.h>

#include "stats/rows.h"

#define DK_ROWS_MOST \
    ((uint64_t)1     \
     << 48) /* rows of one part and of all: more than there will be, and sums of such cannot overflow */

typedef struct dk_record {
    uint64_t key, count, numbers; /* numbers: of one row */
    const char *body;
    size_t len; /* of the body */
} dk_record;

typedef struct dk_rows_segment {
    off_t offset;
    size_t len;
} dk_rows_segment;

typedef struct dk_rows_shelf {
    dk_buf records;
    dk_rows_segment *segments; /* in the temporary file */
    size_t nsegments, cap;
    int64_t n, numbers; /* of rows */
    size_t stored;      /* records, here and in the file */
    dk_rows_part *cached;
} dk_rows_shelf;

typedef struct dk_column_facts {
    double largest; /* magnitude as a number */
    int decimals;
    int64_t nonzero;
} dk_column_facts;

struct dk_rows {
    dk_rows_shape shape;
    dk_rows_shelf parts[DK_ROWS_PARTS];
    dk_column_facts *facts; /* ncols, and the weight */
    int64_t count, numbers;
    size_t held, limit;
    bool few_repeat; /* equal rows were looked for and found to be few */
    int fd;          /* -1 while all fits into memory */
    off_t end;
    dk_buf scratch;
    pthread_mutex_t lock; /* guards cached */
};

/* All records of a part in one piece: the buffer itself, or (*own, to be freed) a copy with what went to the file. */
dk_status dk_rows_gather(dk_rows *rows, const dk_rows_shelf *part, char **own, const char **bytes,
                         size_t *len, dk_error *err);

/* Takes over a record, whose numbers were noted before. */
dk_status dk_rows_store(dk_rows *rows, const dk_record *record, dk_error *err);
void dk_rows_note(dk_column_facts *facts, int64_t value, int decimals, uint64_t count);

/* ---- One record ---- */

void dk_varint_put(char **p, uint64_t v);
bool dk_varint_get(const char **p, const char *end,
                   uint64_t *v); /* false at the end of the bytes or when it is too long */

static inline uint64_t dk_zigzag(int64_t v) {
    return ((uint64_t)v << 1) ^ -(uint64_t)(v < 0);
}
static inline int64_t dk_unzigzag(uint64_t v) {
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* Finds the end of the body at *p and counts its numbers; false when it does not hold. */
bool dk_record_skip(const dk_rows_shape *shape, const char **p, const char *end, uint64_t *numbers);

/* The next record of bytes that dk_record_put wrote. */
void dk_record_next(const dk_rows_shape *shape, const char **p, const char *end, dk_record *record);
void dk_record_put(dk_buf *out, const dk_record *record);

/* The records of such bytes in canonical order (key, then body), equal ones as one; *records is the caller's to free. */
dk_status dk_records_read(const dk_rows_shape *shape, const char *bytes, size_t len, size_t stored,
                          dk_record **records, size_t *n, dk_error *err);

#endif
