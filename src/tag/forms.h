/* Distinct forms: what one session knows of every spelling it has met, so that work is done once a form.
 *
 * The cache is bounded. When it is full it is emptied between comments; since what is known of a form depends on the form
 * alone, this changes the speed and never a result.
 */
#ifndef DK_TAG_FORMS_H
#define DK_TAG_FORMS_H

#include "lexicon/index.h"
#include "text/language.h"

/* Longer tokens are not looked up: they mean nothing. */
#define DK_FORM_MAX 120

/* What is known of a form in a language. GOES_ON and RIGHT stand one bit above BEGINS and LEFT: see dk_may_speak. */
enum {
    DK_FORM_MET = 1,      /* it was analysed: word, weight and members are filled */
    DK_FORM_SPEAKS = 2,   /* it is an entry by itself, or a gap may follow it */
    DK_FORM_BEGINS = 4,   /* entries of several words begin with it */
    DK_FORM_GOES_ON = 8,  /* it may stand within an entry */
    DK_FORM_PATTERNS = 16,/* a literal of comment-wide patterns stands in it */
    DK_FORM_LEFT = 32,    /* pairs with learned weights begin with it */
    DK_FORM_RIGHT = 64    /* or end with it */
};

/* A distinct folded form, in one line of memory. By language: language - 1. */
typedef struct dk_form {
    _Alignas(64) const dk_word *words[DK_LANGUAGES - 1];
    int16_t language[DK_LANGUAGE_CLASSES]; /* dk_language_score, held to 16 bits: 512 nats either way are sure enough */
    int32_t weights[DK_LANGUAGES - 1];     /* learned weight by itself, from all rows of the data */
    uint32_t seen; /* for the weigher: the last comment that it was weighed in, and a bit for each language it was read in there */
    uint8_t flags[DK_LANGUAGES - 1]; /* DK_FORM_ bits */
    uint8_t kind;                    /* dk_token_kind */
    uint8_t speaks;                  /* 1 when it says something about the language */
} dk_form;
_Static_assert(sizeof(dk_form) == 64, "one line of memory");

/* Whether two neighbours with these flags may say something together: an entry may go on, or the pair has a learned weight. */
static inline bool dk_may_speak(unsigned left, unsigned right) {
    _Static_assert(DK_FORM_GOES_ON == DK_FORM_BEGINS << 1 && DK_FORM_RIGHT == DK_FORM_LEFT << 1, "one bit above");
    return (left << 1 & right & (DK_FORM_GOES_ON | DK_FORM_RIGHT)) != 0;
}

typedef struct dk_form_counts {
    uint64_t tokens;   /* looked up */
    uint64_t spelt;    /* distinct spellings met */
    uint64_t forms;    /* distinct folded forms among them */
    uint64_t analysed; /* forms analysed, once a language */
    uint64_t resets;   /* times the cache was full and emptied */
} dk_form_counts;

/* A spelling: up to 16 bytes as they are, longer ones by their XXH3-128 hash. */
typedef struct dk_spelt {
    uint64_t low, high;
    uint32_t meta; /* kind << 8 | length, or 255 for a hash */
} dk_spelt;

typedef struct dk_form_slot {
    uint64_t low, high;
    uint32_t meta;
    uint32_t form; /* index + 1; 0 for empty */
} dk_form_slot;

typedef struct dk_forms {
    const dk_language_model *language_model;
    dk_form_slot *slots;
    size_t nslots, nspelt;
    unsigned shift; /* 64 less the bits of a slot number */
    dk_form *forms; /* 0 is the form that means nothing */
    size_t nscored; /* forms whose language is scored */
    dk_str *folded; /* by form */
    size_t count, cap;
    dk_arena arena;
    dk_buf scratch;
    dk_form_counts counts;
} dk_forms;

dk_status dk_forms_init(dk_forms *forms, const dk_language_model *model, dk_error *err);
void dk_forms_dispose(dk_forms *forms);

/* Empties the cache when it is over its bound. Form numbers do not survive this: call it between comments. */
dk_status dk_forms_trim(dk_forms *forms, dk_error *err);

/* Scores the language of the forms that were met since the last time. */
void dk_forms_score(dk_forms *forms);

/* Sets form of every token of a text to the number of its form. New ones have no score yet. */
dk_status dk_forms_look_up(dk_forms *forms, dk_str text, dk_tokens *tokens, dk_error *err);

/* Fills words[language - 1] of a form that has none yet, and *bases as dk_index_analyse does. */
dk_status dk_forms_analyse(dk_forms *forms, uint32_t form, const dk_index *index, dk_language language,
                           dk_regex_scratch *scratch, dk_bases *bases, dk_error *err);

#endif
