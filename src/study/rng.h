/* Random numbers for simulated studies: SplitMix64 (Steele, Lea and Flood 2014), one stream for each thing that is drawn,
 * so that a change in one place leaves the others as they were. */
#ifndef DK_STUDY_RNG_H
#define DK_STUDY_RNG_H

#include <math.h>

#include "base/hash.h"

typedef struct dk_rng {
    uint64_t state;
} dk_rng;

static inline dk_rng dk_rng_of(uint64_t seed, uint64_t what, uint64_t which) {
    return (dk_rng){dk_hash_mix(dk_hash_mix(seed, what), which)};
}

static inline uint64_t dk_rng_next(dk_rng *r) {
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Uniform in [0, 1). */
static inline double dk_rng_unit(dk_rng *r) { return (double)(dk_rng_next(r) >> 11) * 0x1p-53; }

/* 0 to n - 1; the bias of the remainder is under n / 2^64. */
static inline size_t dk_rng_below(dk_rng *r, size_t n) { return n > 0 ? (size_t)(dk_rng_next(r) % n) : 0; }

/* Standard normal: the sum of twelve uniforms less six, which needs no libm and so is the same everywhere; its tails end at
   six. */
static inline double dk_rng_normal(dk_rng *r) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += dk_rng_unit(r);
    return sum;
}

#endif
