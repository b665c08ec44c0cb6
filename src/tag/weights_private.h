/* Shared by the files of the learned weights; not for others. Weights are an image (base/image.h) that weights_file.c makes of the
 * file and weights.c reads from. */
#ifndef DK_TAG_WEIGHTS_PRIVATE_H
#define DK_TAG_WEIGHTS_PRIVATE_H

#include "base/bits.h"
#include "base/image.h"
#include "tag/weights.h"

enum { WEIGHTS_KIND = 0x74676577, WEIGHTS_VERSION = 1 }; /* "wegt" */
enum {
    SECTION_HEAD = 1,
    SECTION_TEXTS,
    SECTION_FEATURES,
    SECTION_TEXT_BITS,
    SECTION_PAIRS,
    SECTION_PAIR_BITS,
    SECTION_VALUES
};

typedef struct weights_head {
    uint32_t language, width; /* width: weights to a row, those of all rows of the data and those without each fold */
    int32_t bands[2];
    int32_t figures[DK_WEIGHT_FOLDS + 1][DK_FIGURES];
} weights_head;

/* A text that is a feature of some kind, known by its 64-bit hash. */
typedef struct text_slot {
    uint64_t hash;
    uint32_t first, count; /* of its features; count is 0 for an empty slot */
} text_slot;

typedef struct text_feature {
    uint32_t kind; /* dk_feature_kind */
    uint32_t row;  /* where the weights stand in values; of a member of pairs: its number << 2 | 1 for a left one | 2 for a right one */
} text_feature;

typedef struct pair_slot {
    uint64_t key; /* left << 32 | right; 0 for empty, since members count from 1 */
    uint32_t row;
    int32_t value; /* the first of the row, from all rows of the data: what is asked for nearly always */
} pair_slot;

struct dk_weights {
    const weights_head *head;
    const dk_morph *morph;
    const text_slot *texts;
    uint64_t texts_mask;
    const text_feature *features;
    dk_bits text_bits;
    const pair_slot *pairs;
    uint64_t pairs_mask;
    dk_bits pair_bits;     /* the hashes of the pairs: most neighbours are none, and then the table need not be looked at */
    const int32_t *values; /* `width` to a row; row 0 is all zero */
    dk_intern words;       /* the words of a file; empty when the weights come from an image */
    dk_buf owned;          /* the image when it was made here */
};

static inline uint64_t pair_hash(uint64_t key) {
    key *= 0x9E3779B97F4A7C15ull;
    return key ^ key >> 32;
}

#endif
