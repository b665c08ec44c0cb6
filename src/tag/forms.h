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

/* A distinct folded form, in one cache line. */
typedef struct dk_form {
    _Alignas(64) const dk_word *words[DK_LANGUAGES - 1]; /* by language - 1; NULL until asked for in that language */
    uint32_t speaks; /* 1 when it says something about the language */
    uint32_t kind;   /* dk_token_kind */
    int32_t language[DK_LANGUAGE_CLASSES];
} dk_form;

typedef struct dk_form_counts {
    uint64_t tokens;   /* looked up */
    uint64_t spelt;    /* distinct spellings met */
    uint64_t forms;    /* distinct folded forms among them */
    uint64_t analysed; /* forms analysed, once a language */
    uint64_t resets;   /* times the cache was full and emptied */
} dk_form_counts;

/* A spelling, known by 96 bits of its XXH3-128 hash: with a million spellings two share them once in 10^17 runs. */
typedef struct dk_form_slot {
    uint64_t low;
    uint32_t high;
    uint32_t form; /* index + 1; 0 for empty */
} dk_form_slot;

typedef struct dk_forms {
    const dk_language_model *language_model;
    dk_form_slot *slots;
    size_t nslots, nspelt;
    dk_form *forms; /* 0 is the form that means nothing */
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

/* Sets form of every token to the number of its form. */
dk_status dk_forms_look_up(dk_forms *forms, const char *text, dk_tokens *tokens, dk_error *err);

/* Fills words[language - 1] of a form that has none yet, and *bases as dk_index_analyse does. */
dk_status dk_forms_analyse(dk_forms *forms, uint32_t form, const dk_index *index, dk_language language,
                           dk_regex_scratch *scratch, dk_bases *bases, dk_error *err);

#endif
