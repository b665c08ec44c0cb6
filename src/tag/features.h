/* The features of a comment that learned sentiment weighs (see weights.h), and the figures that the rules make of it. */
#ifndef DK_TAG_FEATURES_H
#define DK_TAG_FEATURES_H

#include "tag/forms.h"
#include "tag/opinion.h"

/* What the rules say of a comment, in thousandths. */
enum {
    DK_FIGURE_BIAS,    /* 1000 */
    DK_FIGURE_SCORE,   /* the squeezed sum of all opinions: -1000..1000 */
    DK_FIGURE_GOOD,    /* root of the sum of the good ones */
    DK_FIGURE_BAD,     /* minus the root of the sum of the bad ones */
    DK_FIGURE_BALANCE, /* (good - bad) / (good + bad + 1) of their numbers */
    DK_FIGURE_FIRST,   /* squeezed sum of the first clause that has opinions */
    DK_FIGURE_LAST,    /* and of the last */
    DK_FIGURES
};
const char *dk_figure_name(int figure);
void dk_figures_of(const dk_reading *reading, int32_t figures[DK_FIGURES]);

typedef enum dk_feature_kind {
    DK_FEATURE_WORD,
    DK_FEATURE_LEMMA,
    DK_FEATURE_HEAD,
    DK_FEATURE_NEGATED,
    DK_FEATURE_PAIR,
    DK_FEATURE_MARK,
    DK_FEATURE_KINDS
} dk_feature_kind;
const char *dk_feature_name(dk_feature_kind kind);

/* The features of one form by kind; one that it has not is empty, [DK_FEATURE_PAIR] is the form as a member of a pair. A word
   without a lemma is its own. out borrows from folded and from bases, which only words need. */
void dk_form_features_of(dk_str folded, dk_token_kind kind, const dk_bases *bases, dk_str out[DK_FEATURE_KINDS]);

/* Calls each for every feature of a comment that the rules have read, as the weigher counts them; second is the right word of a
   pair, otherwise empty. seen is room for forms->count numbers, all of them other than mark. */
typedef dk_status (*dk_feature_function)(void *context, dk_feature_kind kind, dk_str text, dk_str second, dk_error *err);
dk_status dk_features_each(const dk_morph *morph, const dk_forms *forms, const dk_tokens *tokens,
                           const dk_reading *reading, const dk_lexicon *lexicon, uint32_t *seen, uint32_t mark,
                           dk_feature_function each, void *context, dk_error *err);

/* ---- Walking over a comment: shared by the learner and the weigher, so that both see the same --------- */

static inline bool dk_takes_part(const dk_token *t) {
    return (t->kind == DK_TOKEN_WORD || t->kind == DK_TOKEN_EMOJI || t->kind == DK_TOKEN_PUNCT) &&
           !(t->flags & DK_TOKEN_READ_WHOLE);
}

/* The tokens behind a negation up to the end of its reach, of its clause, or the next mark: first..*end-1. */
static inline bool dk_negated_tokens(const dk_tokens *tokens, const dk_lexicon *lexicon, const dk_shift *s, size_t *end) {
    const dk_entry *e = &lexicon->entries[s->entry];
    if (e->modifier != DK_MOD_NEGATOR && e->modifier != DK_MOD_LACK) return false;
    size_t stop = (size_t)s->last + 1 + e->after, i = (size_t)s->last + 1;
    uint16_t clause = tokens->items[s->first].clause;
    if (stop > tokens->count) stop = tokens->count;
    while (i < stop && tokens->items[i].kind != DK_TOKEN_PUNCT && tokens->items[i].clause == clause) i++;
    *end = i;
    return true;
}

#endif
