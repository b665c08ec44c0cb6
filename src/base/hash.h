/* Hashes: the only place of xxHash (https://xxhash.com, XXH3: the same value on every machine). */
#ifndef DK_BASE_HASH_H
#define DK_BASE_HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/status.h"

static inline uint64_t dk_hash(const void *bytes, size_t len) { return XXH3_64bits(bytes, len); }

static inline uint64_t dk_hash_seeded(const void *bytes, size_t len, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, len, seed);
}

/* Mixes two 64-bit numbers to one, each bit of either moving about half of the bits of the result. */
static inline uint64_t dk_hash_mix(uint64_t a, uint64_t b) {
    uint64_t pair[2] = {a, b};
    return XXH3_64bits(pair, sizeof pair);
}

/* A running 128-bit hash for version stamps and content keys. */
typedef struct dk_stamp {
    XXH3_state_t state;
} dk_stamp;

static inline void dk_stamp_init(dk_stamp *s) { XXH3_128bits_reset(&s->state); }
static inline void dk_stamp_add(dk_stamp *s, const void *bytes, size_t len) {
    XXH3_128bits_update(&s->state, bytes, len);
}

/* 32 hex digits and a NUL. */
static inline void dk_stamp_text(const dk_stamp *s, char out[33]) {
    static const char hex[] = "0123456789abcdef";
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(&s->state));
    for (int i = 0; i < 16; i++) {
        out[2 * i] = hex[c.digest[i] >> 4];
        out[2 * i + 1] = hex[c.digest[i] & 15];
    }
    out[32] = '\0';
}

#endif
