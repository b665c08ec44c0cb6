/* Looking into a session after dk_session_tag: for `tokens`, `explain` and the workbench. */
#ifndef DK_TAG_INSPECT_H
#define DK_TAG_INSPECT_H

#include "tag/opinion.h"
#include "tag/weights.h"

/* What is known of one token; strings are the session's until its next call, lemma and parts are in the view. */
typedef struct dk_token_view {
    dk_str norm; /* folded */
    dk_language language;
    char lemma[DK_MORPH_WORD_MAX + 1];
    char parts[2 * DK_MORPH_WORD_MAX]; /* parts of a compound joined by +, empty for a simple word */
    const dk_word *word;          /* what it means to the lexicon; NULL when it was not looked up */
} dk_token_view;

/* Of several comments that were tagged by one call, looks into number i from now on; by itself into the last. */
void dk_inspect_comment(dk_session *session, size_t i);

/* The view of token i of that comment. */
void dk_inspect_token(dk_session *session, size_t i, dk_token_view *view);

/* Opinions, clauses, modifiers of that comment. Empty for a comment in a language that is not read. */
const dk_reading *dk_inspect_reading(const dk_session *session);

/* Calls each for every feature that the learned weights see in that comment, read in its main language. */
dk_status dk_inspect_features(dk_session *session, dk_feature_function each, void *context, dk_error *err);

#endif
