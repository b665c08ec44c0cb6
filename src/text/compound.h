/* Splitting compounds: the ways a word can be cut in two, with features, and a log-linear choice among them and "simple".
 *
 * A cut is proposed where the right side (the head) is a known word or one of the heads that the model lists. The left side is a known word, a form that the
 * dictionary has for the inside of compounds (skol of skola), a known word behind its joint (s, e, n, o, -), one
 * that lost its last vowel, one of three equal consonants (topp+politiker), or unknown. Feature values are whole numbers,
 * weights are thousandths of a nat a unit; workbench/learn_compound.c learns them from the same candidates.
 */
#ifndef DK_TEXT_COMPOUND_H
#define DK_TEXT_COMPOUND_H

#include "text/morph_image.h"

enum { CUTS_MAX = 48 };

/* Features: those of the whole word count for "simple", those of a cut for the cut. */
enum {
    SPLIT_SIMPLE,         /* 1 for "simple" */
    SPLIT_SIMPLE_ENTRY,   /* the whole is a dictionary entry */
    SPLIT_SIMPLE_FORM,    /* the whole is a form of one */
    SPLIT_SIMPLE_MASS,    /* log2 of how often it occurs, 0..24 */
    SPLIT_SIMPLE_LETTERS, /* letters, at most 20 */
    SPLIT_SIMPLE_UNSEEN,  /* it never occurs */
    SPLIT_WORD,           /* how the left side was found: exactly a word, */
    SPLIT_SANCTIONED,     /* the dictionary's own form for compounds, */
    SPLIT_JOINT_S,        /* a word and a joint, */
    SPLIT_JOINT_E,
    SPLIT_JOINT_N,
    SPLIT_JOINT_OTHER,
    SPLIT_HYPHEN,
    SPLIT_VOWEL,   /* a word without its last vowel, */
    SPLIT_TRIPLE,  /* a word that shares its last consonant with the head, */
    SPLIT_UNKNOWN, /* or no known word */
    SPLIT_BEGIN,   /* the dictionary lets it begin compounds */
    SPLIT_END,     /* the dictionary lets the head end them */
    SPLIT_HEAD_ENTRY,
    SPLIT_HEAD_LEARNED, /* no word, but a head that the model knows: haltig, isere */
    SPLIT_LEFT_FAMILY,  /* log2 of 1 + dictionary words that begin with the left word */
    SPLIT_HEAD_FAMILY,  /* log2 of 1 + dictionary words that end in the head */
    SPLIT_LEFT_LONELY,  /* no dictionary word begins with it */
    SPLIT_HEAD_LONELY,
    SPLIT_LEFT_MASS, /* log2 of how often the left word and its forms occur */
    SPLIT_HEAD_MASS,
    SPLIT_LEFT_2, /* letters of the left side as written */
    SPLIT_LEFT_3,
    SPLIT_LEFT_4,
    SPLIT_HEAD_2,
    SPLIT_HEAD_3,
    SPLIT_HEAD_4,
    SPLIT_HEAD_LETTERS, /* at most 12 */
    SPLIT_BALANCE,      /* letters of the shorter side, at most 8 */
    SPLIT_LEFT_WHOLE,   /* log2 by which the left word is more frequent than the whole, 0..16 */
    SPLIT_USED
};

/* The first keep bytes of a text and what follows them. */
typedef struct morph_edit {
    const char *add;
    uint8_t keep, add_len;
} morph_edit;

typedef struct morph_cut {
    uint8_t left_end, head_start; /* bytes of the form; between them lies the joint */
    bool left_known;
    bool head_is_lemma; /* the head as it stands is its own base form */
    uint16_t head_script;
    morph_edit left; /* of the form: the left side as a word */
    int16_t values[SPLIT_USED];
    int32_t lexical; /* what the model says of these very parts */
    int32_t score;
    uint64_t left_hash, head_hash; /* for the lexical weights */
    /* by morph_cuts alone */
    uint8_t base_len, lemma_len;
    char base[DK_MORPH_WORD_MAX + 1]; /* the left side as a word */
    char head[DK_MORPH_WORD_MAX + 1]; /* a base form of the head, for the features */
} morph_cut;

/* All cuts of a form with features and scores, at most CUTS_MAX; *simple gets those of "simple". */
size_t morph_cuts(const dk_morph *m, const char *form, size_t len, morph_cut *simple, morph_cut *out);

/* The key under which the model keeps the weight of a part: as the left side ('l') or as head ('h'); and under which words are
   kept that are never split ('s'). */
static inline uint64_t morph_part_of(char side, uint64_t word_hash) {
    return morph_mix(word_hash ^ (uint64_t)side << 56);
}

static inline uint64_t morph_part_hash(char side, const char *text, size_t len) {
    return morph_part_of(side, morph_hash(text, len));
}

/* Lexical weights are kept in 24 bits with this offset. */
enum { PART_WEIGHT_OFFSET = 1 << 22 };

#endif
