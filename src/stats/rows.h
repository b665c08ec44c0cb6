/* The rows of a fit, kept compactly and handed out in canonical order.
 *
 * A row is its numbers (as integers), its weight and the hash of its cluster. Rows come in any order; they are kept as
 * packed records in 64 parts by cluster hash (by the hash of their content where there are no clusters), in memory up
 * to a limit, where equal ones become one with a count, and in an unlinked temporary file beyond it. Part by part they come back as blocks, sorted by cluster
 * and content. So whatever is computed from the blocks in their order is the same for shuffled rows, for any number of
 * threads, and for rows that were gathered in several places and merged.
 *
 * Values are integers: the value is integer / unit of its column. With decimals, each value comes with the number of
 * its decimals, and the unit of a column (10 to the most decimals seen) is known when the last row is in.
 */
#ifndef DK_STATS_ROWS_H
#define DK_STATS_ROWS_H

#include "base/buffer.h"

#define DK_ROWS_PARTS 64

typedef struct dk_rows dk_rows;

typedef struct dk_rows_shape {
    size_t ncols;          /* numbers a row, the weight not counted */
    bool clusters;         /* rows have a cluster; else each row is its own */
    bool clusters2, fixed; /* rows have a second cluster, a fixed effect */
    bool weights;
    bool decimals; /* values come with their decimals */
} dk_rows_shape;

typedef struct dk_rows_record {
    const int64_t *values;   /* ncols of them, magnitudes up to 2^52 */
    const uint8_t *decimals; /* 0 to 15 each; only with shape.decimals */
    int64_t weight;          /* 0 to 2^30; 1 without weights */
    uint8_t weight_decimals;
    uint64_t cluster, cluster2, fixed;
} dk_rows_record;

/* A part's rows in canonical order. Nonzero numbers of row i: columns col[start[i]] .. col[start[i + 1] - 1] ascending. */
typedef struct dk_rows_part {
    size_t n;
    uint64_t *unit;             /* what bootstrap weights are keyed by: the cluster, or the row */
    uint64_t *cluster;          /* equal ones are adjacent */
    uint64_t *cluster2, *fixed; /* NULL when the rows have none */
    int64_t *weight;
    uint32_t *start, *col;
    int64_t *value;
    void *memory;
} dk_rows_part;

dk_status dk_rows_new(const dk_rows_shape *shape, dk_rows **rows, dk_error *err);
void dk_rows_free(dk_rows *rows);

/* Adds a row; one of weight 0 is left out. memory_limit bytes are kept before records go to a file. */
dk_status dk_rows_add(dk_rows *rows, const dk_rows_record *row, dk_error *err);
void dk_rows_limit(dk_rows *rows, size_t memory_limit);

const dk_rows_shape *dk_rows_shape_of(const dk_rows *rows);
int64_t dk_rows_count(const dk_rows *rows);

/* After the last row: the most decimals of a column (of the weight: column ncols), and a bound of its magnitudes
   as scaled integers: every |value| is below 2^bits. */
int dk_rows_decimals(const dk_rows *rows, size_t column);
int dk_rows_bits(const dk_rows *rows, size_t column);
int64_t dk_rows_nonzero(const dk_rows *rows, size_t column);

/* Loads part 0..63 into *block (borrowed when the rows are all in memory and were loaded before; own otherwise).
   Safe from several threads for different parts. Every get needs its dk_rows_release. */
dk_status dk_rows_get(dk_rows *rows, int part, dk_rows_part **block, dk_error *err);
void dk_rows_release(dk_rows *rows, dk_rows_part *block);

/* Writes all rows to out in a checksummed form, equal ones once with their count: the same rows are the same bytes. And adds what was
   written. DK_EDATA when the bytes are damaged or the shapes differ. */
dk_status dk_rows_write(dk_rows *rows, dk_buf *out, dk_error *err);
dk_status dk_rows_merge(dk_rows *rows, const char *bytes, size_t len, size_t *used, dk_error *err);

#endif
