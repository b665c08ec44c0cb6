/* Hashes of words that can be had for every ending and every beginning of a word at once.
 *
 * The sum of a word's bytes c[0], c[1], ... is (c[i] + 1) B^(i + 1), added up modulo 2^64 (a polynomial hash: Karp & Rabin 1987): that of
 * what follows a byte goes from the end to the begin, that of what precedes one from the begin to the end, and that of a beginning with
 * another ending is one multiplication away. The hash is the sum, mixed.
 */
#ifndef DK_TEXT_MORPH_HASH_H
#define DK_TEXT_MORPH_HASH_H

#include "text/morph.h"

#define MORPH_SUM_BASE UINT64_C(0x9FB21C651E98DF25)

static inline uint64_t morph_sum(const char *text, size_t len) {
    uint64_t sum = 0;
    while (len-- > 0) sum = (sum + (unsigned char)text[len] + 1) * MORPH_SUM_BASE;
    return sum;
}

static inline uint64_t morph_mix(uint64_t sum) {
    sum *= UINT64_C(0xBF58476D1CE4E5B9);
    return sum ^ sum >> 32;
}

static inline uint64_t morph_hash(const char *text, size_t len) { return morph_mix(morph_sum(text, len)); }

/* A word of at most DK_MORPH_WORD_MAX bytes with the sums of its parts; arrays are filled up to its length. */
typedef struct morph_word {
    const char *text;
    size_t len;
    uint64_t before[DK_MORPH_WORD_MAX + 2]; /* the sum of text[0..i-1] */
    uint64_t behind[DK_MORPH_WORD_MAX + 2]; /* the sum of text[i..len-1] */
    uint64_t power[DK_MORPH_WORD_MAX + 2];  /* B^i */
    uint8_t letters[DK_MORPH_WORD_MAX + 2]; /* letters that begin in text[0..i-1] */
} morph_word;

static inline void morph_word_init(morph_word *w, const char *text, size_t len) {
    w->text = text;
    w->len = len;
    w->behind[len] = w->before[0] = 0;
    w->power[0] = 1;
    w->letters[0] = 0;
    for (size_t i = len; i-- > 0;) w->behind[i] = (w->behind[i + 1] + (unsigned char)text[i] + 1) * MORPH_SUM_BASE;
    for (size_t i = 0; i < len; i++) {
        w->power[i + 1] = w->power[i] * MORPH_SUM_BASE;
        w->before[i + 1] = w->before[i] + ((unsigned char)text[i] + 1) * w->power[i + 1];
        w->letters[i + 1] = (uint8_t)(w->letters[i] + (((unsigned char)text[i] & 0xC0) != 0x80));
    }
}

/* Letters from byte i on. */
static inline int morph_letters_from(const morph_word *w, size_t i) { return w->letters[w->len] - w->letters[i]; }

/* Where the last so many letters begin (1 or more); 0 when there are no more than these. */
static inline size_t morph_last_letters(const morph_word *w, int letters) {
    int before = w->letters[w->len] - letters; /* letters that begin before them */
    if (before <= 0) return 0;
    size_t at = w->len - (size_t)letters; /* where they begin if each is a byte */
    while (w->letters[at] > before) at--;
    return at;
}

/* The sum of text[from..from+keep-1] followed by another text. */
static inline uint64_t morph_sum_edited(const morph_word *w, size_t from, size_t keep, const char *add, size_t add_len) {
    uint64_t kept = w->behind[from] - w->power[keep] * w->behind[from + keep];
    return add_len == 0 ? kept : kept + w->power[keep] * morph_sum(add, add_len);
}

/* The same of the beginning. */
static inline uint64_t morph_sum_ended(const morph_word *w, size_t keep, const char *add, size_t add_len) {
    return add_len == 0 ? w->before[keep] : w->before[keep] + w->power[keep] * morph_sum(add, add_len);
}

#endif
