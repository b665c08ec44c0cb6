/* Fixed effects: a constant for each distinct value of a column, absorbed rather than estimated.
 *
 * Absorbing is centring within each value (Frisch, Waugh & Lovell), so all that is needed is each value's weighted sums of
 * the columns: exact integers, in the order of the values' hashes.
 */
#ifndef DK_STATS_ABSORB_H
#define DK_STATS_ABSORB_H

#include "stats/dd.h"
#include "stats/moments.h"

typedef struct dk_absorb {
    size_t n, p;    /* distinct values; design columns */
    uint64_t *id;   /* ascending */
    dk_int128 *sum; /* n x p: sum of w x; design column 0 gives the weights */
} dk_absorb;

/* The rows' fixed effects; the shifts of the moments apply. */
dk_status dk_absorb_init(dk_absorb *a, dk_rows *rows, const dk_moments *moments, dk_error *err);
void dk_absorb_dispose(dk_absorb *a);

size_t dk_absorb_find(const dk_absorb *a, uint64_t id);

/* The sum over values of s_i s_j / w, which centring takes off the sum of products of design columns i and j. */
dd dk_absorb_product(const dk_absorb *a, size_t i, size_t j);

#endif
