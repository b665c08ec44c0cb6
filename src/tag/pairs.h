/* What two words say side by side, kept for the pairs of forms that were met last: whether an entry goes on from the first to the second
 * and what the learned weights make of the two. Most pairs say nothing, and that is then one look instead of many.
 *
 * Each pair has one place; a pair that wants a place that is taken takes it over. That changes the speed and never a result.
 */
#ifndef DK_TAG_PAIRS_H
#define DK_TAG_PAIRS_H

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/status.h"

typedef struct dk_pair {
    uint64_t key;  /* left << 32 | right << 2 | language; 0 for none, since languages count from 1 */
    int32_t value; /* learned weight from all rows of the data */
    uint32_t row : 31;  /* of the learned weights, for other columns */
    uint32_t leads : 1; /* dk_index_leads */
} dk_pair;

/* 8 MB: more places would hit little more often. */
enum { DK_PAIRS_BITS = 19 };

/* All-zero is without memory: dk_pairs_clear first. */
typedef struct dk_pairs {
    dk_pair *places;
    uint64_t asked, known; /* how often, and how often the answer was there */
} dk_pairs;

/* Forgets everything; false when memory ran out. */
static inline bool dk_pairs_clear(dk_pairs *pairs) {
    size_t size = sizeof(dk_pair) << DK_PAIRS_BITS;
    if (pairs->places == NULL) pairs->places = dk_pages_alloc(size);
    if (pairs->places == NULL) return false;
    memset(pairs->places, 0, size);
    return true;
}

static inline void dk_pairs_dispose(dk_pairs *pairs) { free(pairs->places); }

static inline uint64_t dk_pair_key(uint32_t left, uint32_t right, unsigned language) {
    return (uint64_t)left << 32 | (uint64_t)right << 2 | language;
}

/* The place of two forms, which are numbers below 2^30. */
static inline dk_pair *dk_pair_at(const dk_pairs *pairs, uint32_t left, uint32_t right) {
    uint64_t hash = ((uint64_t)left << 32 | right) * UINT64_C(0x9E3779B97F4A7C15);
    return &pairs->places[hash >> (64 - DK_PAIRS_BITS)];
}

#endif
