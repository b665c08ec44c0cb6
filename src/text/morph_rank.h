/* Ranking the lemmas of a form: candidates with their features, a log-linear score, and a mix with forms learned whole.
 *
 * score(candidate) = sum of the weights of its features, in thousandths of a nat; its probability is the softmax over the
 * candidates of the form, of which what is known of the form itself (the irregulars) takes its part first.
 * The learner (workbench/learn_lemma.c) sees the same candidates and features.
 */
#ifndef DK_TEXT_MORPH_RANK_H
#define DK_TEXT_MORPH_RANK_H

#include "text/morph_form.h"
#include "text/morph_image.h"

enum { CANDIDATE_FEATURES = 16, CANDIDATES_MAX = 24 };

typedef struct morph_candidate {
    uint32_t script;
    uint32_t features[CANDIDATE_FEATURES]; /* numbers into morph_image.weights */
    uint64_t fixed;                        /* bit f: feature FIX_ + f was added */
    uint16_t nfeatures;
    uint8_t source, word_class;
    uint16_t learned; /* thousandths: how sure the irregulars are of it */
    int32_t score; /* the sum of the weights of its features */
    uint64_t hash; /* of text */
    float probability;
    uint8_t len;
    char text[DK_MORPH_WORD_MAX + 1]; /* by morph_candidates alone: others apply the script */
} morph_candidate;

/* All candidates of a form of 1 to DK_MORPH_WORD_MAX bytes with features, at most CANDIDATES_MAX, unranked. With
   as_unknown the dictionary is asked for the end of the form only: so the learner sees more unknown words than there are. */
size_t morph_candidates(const dk_morph *m, const char *form, size_t len, bool as_unknown,
                        morph_candidate *out);

/* The same of a form that is at hand, without texts; where there is but one candidate, some of its features are left out. */
size_t morph_candidates_of(const dk_morph_form *form, morph_candidate *out);

/* Sorts them, best first; what was learned of whole forms takes part only when use_learned. */
void morph_rank(morph_candidate *list, size_t count, bool use_learned);

/* The same, but the list stays as it is: order gets its places. */
void morph_rank_places(morph_candidate *list, size_t count, bool use_learned, uint8_t order[CANDIDATES_MAX]);

/* Where the longest known word that ends form begins (not the whole of it), or 0 when there is none of 3 letters. */
size_t morph_known_tail(const dk_morph *m, const char *form, size_t len);

/* True when some record of the set is a word of its own, not a name. */
bool morph_set_is_word(const dk_morph *m, const morph_record *records, size_t count);

#endif
