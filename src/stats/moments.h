/* Exact sums of weighted products of the columns: sum w x_i x_j as 128-bit integers.
 *
 * Design column 0 is the constant 1, design column j + 1 is column j of the rows. Integers add up to the same sum in any
 * order and any grouping, so moments do not depend on threads, on the order of rows or on how they were merged.
 */
#ifndef DK_STATS_MOMENTS_H
#define DK_STATS_MOMENTS_H

#include "stats/rows.h"

__extension__ typedef __int128 dk_int128;

/* Where the product of design columns i and j stands. */
static inline size_t dk_tri(size_t i, size_t j) {
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

typedef struct dk_moments {
    size_t p;       /* design columns, the constant counted */
    dk_int128 *sum; /* p (p + 1) / 2 of them */
    int *shift; /* bits dropped from a column (rounded) so that sums stay below 2^127; 0 unless weights and
                          values are both long */
    int64_t *min, *max; /* of each design column over the rows */
    dk_int128 w2;       /* sum of squared weights */
} dk_moments;

dk_status dk_moments_compute(dk_rows *rows, int threads, dk_moments *moments, dk_error *err);
void dk_moments_dispose(dk_moments *moments);

/* v / 2^shift rounded half away from zero. */
static inline int64_t dk_round_shift(int64_t v, int shift) {
    if (shift == 0) return v;
    int64_t half = (int64_t)1 << (shift - 1);
    return v >= 0 ? (v + half) >> shift : -((-v + half) >> shift);
}

#endif
