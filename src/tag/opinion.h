/* Opinions: which entries count where several overlap, what the words around them do to them, and what that makes of
 * the comment and of each mention. Works on one comment; all numbers are thousandths.
 */
#ifndef DK_TAG_OPINION_H
#define DK_TAG_OPINION_H

#include "lexicon/index.h"
#include "tag/session.h"

/* A word or phrase that says good or bad. */
typedef struct dk_opinion {
    uint32_t first, last; /* tokens */
    uint32_t entry;
    int32_t base;  /* valence of the entry: -1000..1000 */
    int32_t value; /* after the words around it */
    uint32_t rules;
    uint16_t clause;
} dk_opinion;

/* A flag of tokens, set by dk_reading_run: the rules read it as part of a whole, and what it says by itself is not what is meant. So
   are the words of an idiom, of a phrase that says nothing or is lukewarm ("so-so"), of one that counts a negation in ("no waiting time"),
   of a bad word with the negation that turns it ("never rude"), and praise that a wish or a comparison turns. The learned weights of single words leave them out. */
enum { DK_TOKEN_READ_WHOLE = 1 << 7 };

/* A modifier that counts. */
typedef struct dk_shift {
    uint32_t first, last;
    uint32_t entry;
    bool turned_bad;   /* a negation that turned something bad */
    uint32_t fallback; /* entry of the opinion that the word is when there is nothing to modify; DK_NO_ID for none */
} dk_shift;

typedef struct dk_clause {
    uint32_t first, last; /* tokens */
    uint16_t sentence;
    int32_t weight; /* thousandths: what its opinions count for in the comment */
    uint32_t rules; /* DK_RULE_CONTRASTED, _SUGGESTION, _QUESTION */
} dk_clause;

/* A match with the number that decides where several overlap. */
typedef struct dk_candidate {
    uint64_t rank; /* the smaller wins */
    uint32_t match;
} dk_candidate;

/* A session's working memory for one comment. */
typedef struct dk_reading {
    dk_matches matches; /* in order of the first token after dk_reading_run */
    dk_match *themes;   /* winners among the theme entries, in order of their first token */
    size_t nthemes, themes_cap;
    dk_opinion *opinions;
    size_t nopinions, opinions_cap;
    dk_shift *shifts; /* modifiers that count */
    size_t nshifts, shifts_cap;
    dk_clause *clauses;
    size_t nclauses, clauses_cap;
    dk_mention *mentions;
    size_t nmentions, mentions_cap;
    uint32_t *claims; /* by token: winner + 1 */
    size_t claims_cap;
    dk_candidate *order;
    size_t order_cap;
    int32_t sentiment;
    dk_label label;
    int32_t by_rules;      /* sentiment by the rules alone */
    int64_t logit;         /* with the learned weights, thousandths */
    const int32_t *learned; /* by token: what it adds to the logit before damping; NULL without learned weights */
} dk_reading;

void dk_reading_dispose(dk_reading *reading);

/* Forgets the comment and keeps the memory. */
void dk_reading_clear(dk_reading *reading);

/* Reads the matches of a comment: fills themes, opinions, clauses, and sentiment and label by the rules alone. Sets clause of
   the tokens. */
dk_status dk_reading_run(dk_reading *reading, const dk_lexicon *lexicon, dk_tokens *tokens, dk_str text,
                         dk_error *err);

/* Fills mentions, which look to the comment's sentiment where they have no opinion of their own. */
dk_status dk_reading_mentions(dk_reading *reading, const dk_lexicon *lexicon, const dk_tokens *tokens, dk_error *err);

/* What opinion i counts for in the comment. */
static inline int64_t dk_opinion_weight(const dk_reading *r, size_t i) {
    return (int64_t)r->opinions[i].value * r->clauses[r->opinions[i].clause].weight / 1000;
}

/* Squeezes a sum of opinions into -1000..1000; a plain opinion (a valence of 2) comes to half. */
int32_t dk_squeeze(int64_t sum);

/* The label of a polarity: neutral within DK_NEUTRAL_BAND of 0. */
#define DK_NEUTRAL_BAND 120
dk_label dk_label_of(int32_t polarity);

#endif
