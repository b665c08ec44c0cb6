/* What two words say side by side, kept for the pairs of forms that are met most: whether an entry goes on from the first to the second
 * and what the learned weights make of the two. Most pairs say nothing, and that is then one look instead of many.
 *
 * A pair has four places in one line of memory. It comes into the last and moves up by one each time it is met there, so that pairs
 * of frequent words stay. That decides the speed and never a result.
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
    uint32_t leads; /* dk_index_leads */
} dk_pair;

enum { DK_PAIRS_BITS = 18, DK_PAIR_PLACES = 4 }; /* lines, and places in each: 16 MB */

/* All-zero is without memory: dk_pairs_clear first. */
typedef struct dk_pairs {
    dk_pair *places;
    uint64_t asked, known; /* how often, and how often the answer was there */
} dk_pairs;

/* Forgets everything; false when memory ran out. */
static inline bool dk_pairs_clear(dk_pairs *pairs) {
    size_t size = DK_PAIR_PLACES * sizeof(dk_pair) << DK_PAIRS_BITS;
    if (pairs->places == NULL) pairs->places = dk_pages_alloc(size);
    if (pairs->places == NULL) return false;
    memset(pairs->places, 0, size);
    return true;
}

static inline void dk_pairs_dispose(dk_pairs *pairs) { free(pairs->places); }

static inline uint64_t dk_pair_key(uint32_t left, uint32_t right, unsigned language) {
    return (uint64_t)left << 32 | (uint64_t)right << 2 | language;
}

/* The number of the line of two forms, which are numbers below 2^30. */
static inline size_t dk_pairs_line(uint32_t left, uint32_t right) {
    uint64_t hash = ((uint64_t)left << 32 | right) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> (64 - DK_PAIRS_BITS));
}

/* The place of a pair in its line; or the last one, whose key is then another: there the pair is to be put. */
static inline dk_pair *dk_pairs_find(dk_pair *line, uint64_t key) {
    if (DK_LIKELY(line[0].key == key)) return line;
    for (int i = 1; i < DK_PAIR_PLACES; i++) {
        if (line[i].key != key) continue;
        dk_pair found = line[i];
        line[i] = line[i - 1];
        line[i - 1] = found;
        return &line[i - 1];
    }
    return &line[DK_PAIR_PLACES - 1];
}

#endif
