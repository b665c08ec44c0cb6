/* A set of 64-bit hashes, asked in one bit each: a quick no before a look into a large table (Bloom's filter with one hash
 * function; at 16 bits an element about one in 17 absent hashes passes).
 */
#ifndef DK_BASE_BITS_H
#define DK_BASE_BITS_H

#include <stdlib.h>

#include "base/status.h"

/* All-zero is the filter of no set: everything may be in it. */
typedef struct dk_bits {
    uint64_t *words;
    uint64_t mask; /* of bit numbers */
} dk_bits;

/* Room for so many hashes; false when memory ran out. */
static inline bool dk_bits_init(dk_bits *bits, size_t count) {
    uint64_t n = 1024;
    while (n < 16 * (uint64_t)count) n *= 2;
    bits->words = calloc(n / 64, sizeof *bits->words);
    bits->mask = n - 1;
    return bits->words != NULL;
}

static inline void dk_bits_dispose(dk_bits *bits) {
    free(bits->words);
    bits->words = NULL;
}

/* Tables take the low bits of a hash for the place; these are others. */
static inline uint64_t dk_bits_place(const dk_bits *bits, uint64_t hash) { return hash >> 24 & bits->mask; }

static inline void dk_bits_add(dk_bits *bits, uint64_t hash) {
    uint64_t at = dk_bits_place(bits, hash);
    bits->words[at / 64] |= UINT64_C(1) << (at % 64);
}

/* False for a hash that was surely never added. */
static inline bool dk_bits_may_have(const dk_bits *bits, uint64_t hash) {
    if (bits->words == NULL) return true;
    uint64_t at = dk_bits_place(bits, hash);
    return bits->words[at / 64] >> (at % 64) & 1;
}

#endif
