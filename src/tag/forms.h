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

typedef struct dk_form {
    const dk_word *word[DK_LANGUAGES]; /* NULL until asked for in that language; [DK_LANG_OTHER] is not used */
    int32_t language[DK_LANGUAGE_CLASSES];
    dk_str folded;
    uint8_t kind; /* dk_token_kind */
    bool speaks;  /* says something about the language */
} dk_form;

typedef struct dk_form_counts {
    uint64_t tokens, hits, forms, analysed, resets;
} dk_form_counts;

typedef struct form_slot {
    uint64_t hash;
    const char *text;
    uint32_t len;
    uint32_t form; /* index + 1; 0 for empty */
} form_slot;

typedef struct dk_forms {
    const dk_language_model *language_model; /* NULL: languages are not scored */
    form_slot *slots;
    size_t nslots;
    dk_form *forms; /* 0 is the form that means nothing */
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

/* What a form means in a language; analysed when asked for the first time. */
dk_status dk_forms_word(dk_forms *forms, uint32_t form, const dk_index *index, dk_language language,
                        dk_regex_scratch *scratch, const dk_word **word, dk_error *err);

#endif
