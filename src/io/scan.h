/* Looking at 64 bytes at once: each function returns one bit a byte, the lowest for the first byte.
 * The 64 bytes must be readable; buffers that are scanned are padded with DK_SCAN_PAD bytes. */
#ifndef DK_IO_SCAN_H
#define DK_IO_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { DK_SCAN_PAD = 64 };

#if defined(__SSE2__)

/* The bytes that equal c. */
static inline uint64_t dk_scan_equal(const char *p, char c) {
    __m128i want = _mm_set1_epi8(c);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want)) << (16 * i);
    }
    return mask;
}

/* The bytes that equal a or b. */
static inline uint64_t dk_scan_either(const char *p, char a, char b) {
    __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, first), _mm_cmpeq_epi8(v, second));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return mask;
}

/* The bytes that are no printable ASCII: below 0x20, or 0x80 and above (negative, as signed bytes). */
static inline uint64_t dk_scan_unplain(const char *p) {
    __m128i space = _mm_set1_epi8(0x20);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmplt_epi8(v, space)) << (16 * i);
    }
    return mask;
}

/* dk_scan_unplain for 16 bytes. */
static inline uint64_t dk_scan_unplain16(const char *p) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)));
}

#else /* eight bytes at a time in a general register */

static inline uint64_t dk_scan_word(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* Gathers the top bit of each byte. */
static inline uint64_t dk_scan_gather(uint64_t tops) {
    return ((tops >> 7) * 0x0102040810204080u) >> 56;
}

static inline uint64_t dk_scan_zero_bytes(uint64_t w) {
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    return ~(((w & low) + low) | w | low);
}

static inline uint64_t dk_scan_equal(const char *p, char c) {
    uint64_t mask = 0, want = (uint64_t)(unsigned char)c * 0x0101010101010101u;
    for (int i = 0; i < 8; i++)
        mask |= dk_scan_gather(dk_scan_zero_bytes(dk_scan_word(p + 8 * i) ^ want)) << (8 * i);
    return mask;
}

static inline uint64_t dk_scan_either(const char *p, char a, char b) {
    return dk_scan_equal(p, a) | dk_scan_equal(p, b);
}

static inline uint64_t dk_scan_unplain(const char *p) {
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t w = dk_scan_word(p + 8 * i);
        uint64_t low = dk_scan_zero_bytes(w & 0xE0E0E0E0E0E0E0E0u);
        mask |= dk_scan_gather((w & 0x8080808080808080u) | low) << (8 * i);
    }
    return mask;
}

static inline uint64_t dk_scan_unplain16(const char *p) {
    return dk_scan_unplain(p) & 0xFFFF;
}

#endif

/* The lowest n bits, n from 0 to 64. */
static inline uint64_t dk_scan_first(size_t n) {
    return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static inline int dk_scan_lowest(uint64_t mask) {
    return __builtin_ctzll(mask);
}
static inline int dk_scan_count(uint64_t mask) {
    return __builtin_popcountll(mask);
}

#endif
