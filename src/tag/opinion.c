#include "tag/opinion.h"

#include <math.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "tag/resolve.h"
#include "tag/scope.h"
#include "tag/weights.h"

/* How far an opinion carries to a mention: its weight at a distance of d tokens is NEAR / (NEAR + d), and a comma or "and"
   between counts as so many tokens more. */
enum { NEAR = 3, MARK_DISTANCE = 4, OWN_WEIGHT = 1500, MIXED_SIDE = 200 };

void dk_reading_dispose(dk_reading *r) {
    free(r->matches.items);
    free(r->themes);
    free(r->opinions);
    free(r->shifts);
    free(r->clauses);
    free(r->mentions);
    free(r->claims);
    free(r->order);
}

void dk_reading_clear(dk_reading *r) {
    r->matches.count = r->nthemes = r->nopinions = r->nshifts = r->nclauses = r->nmentions = 0;
    r->sentiment = r->by_rules = 0;
    r->logit = 0;
    r->learned = NULL;
    r->label = DK_NEUTRAL;
}

/* One plain opinion (a valence of 2) comes to about half. */
#define SQUEEZE 0.45

int32_t dk_squeeze(int64_t sum) {
    /* x / sqrt(x^2 + k): bounded, odd, close to linear near 0; sqrt and / are exact to the last bit in IEEE 754 */
    double x = (double)sum / 1000.0;
    double y = x / sqrt(x * x + SQUEEZE) * 1000.0;
    return (int32_t)(y < 0 ? y - 0.5 : y + 0.5);
}

dk_label dk_label_of(int32_t polarity) {
    return polarity >= DK_NEUTRAL_BAND ? DK_POSITIVE : polarity <= -DK_NEUTRAL_BAND ? DK_NEGATIVE : DK_NEUTRAL;
}

/* Sums the opinions of all clauses; mixed where both sides are strong. */
static void judge_comment(dk_reading *r) {
    int64_t sum = 0, good = 0, bad = 0;
    for (size_t i = 0; i < r->nopinions; i++) {
        const dk_opinion *o = &r->opinions[i];
        sum += dk_opinion_weight(r, i);
        /* for "mixed" both sides count as they stand, whichever came after "but"; "not rude" is no praise */
        if (o->value < 0) bad += o->value;
        else if (o->base > 0) good += o->value;
    }
    r->sentiment = r->by_rules = dk_squeeze(sum);
    r->label = dk_label_of(r->sentiment);
    int64_t less = good < -bad ? good : -bad, more = good < -bad ? -bad : good;
    if (less >= MIXED_SIDE && less * 3 >= more) r->label = DK_MIXED;
}

/* Distance in tokens between two spans, marks counted extra. */
static int64_t distance(const dk_tokens *tokens, uint32_t a_first, uint32_t a_last, uint32_t b_first, uint32_t b_last) {
    uint32_t from, to;
    if (b_first > a_last) from = a_last + 1, to = b_first;
    else if (a_first > b_last) from = b_last + 1, to = a_first;
    else return 0;
    int64_t d = to - from + 1;
    for (uint32_t i = from; i < to && i < from + 64; i++)
        if (tokens->items[i].kind == DK_TOKEN_PUNCT) d += MARK_DISTANCE;
    return d;
}

/* The polarity that the opinions of its clause give a mention. Returns false when there is none. */
static bool clause_polarity(const dk_reading *r, const dk_tokens *tokens, const dk_match *m, int64_t *polarity,
                            uint32_t *rules) {
    const dk_clause *c = &r->clauses[tokens->items[m->first].clause];
    size_t lo = 0, hi = r->nopinions;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->opinions[mid].first < c->first) lo = mid + 1;
        else hi = mid;
    }
    int64_t sum = 0, nearest = INT64_MAX;
    enum { LOOK = 64 }; /* in a clause without end only the opinions near the mention can matter */
    size_t end = r->nopinions;
    while (hi < end) { /* the first behind the mention: by halves, since a clause may be megabytes long */
        size_t mid = (hi + end) / 2;
        if (r->opinions[mid].first < m->first) hi = mid + 1;
        else end = mid;
    }
    if (hi - lo > LOOK) lo = hi - LOOK;
    bool any = false;
    for (size_t i = lo; i < r->nopinions && i < hi + LOOK && r->opinions[i].first <= c->last; i++) {
        const dk_opinion *o = &r->opinions[i];
        bool own = o->entry == m->entry && o->first == m->first;
        int64_t d = own ? 0 : distance(tokens, m->first, m->last, o->first, o->last);
        int64_t weight = own ? OWN_WEIGHT : 1000 * NEAR / (NEAR + d);
        sum += o->value * weight / 1000;
        any = true;
        if (d < nearest || own) {
            nearest = own ? -1 : d;
            *rules = o->rules;
        }
    }
    *polarity = sum;
    return any;
}

/* Below this the learned weights of a clause say nothing of its mentions, thousandths of a logit; and how many make a sum of
   opinions of 1000. */
enum { LEARNED_LEAST = 400, LEARNED_UNIT = 2000, LEARNED_LOOK = 16 };

/* What the learned weights of the clause around a mention come to, as a sum of opinions; 0 when they are weak. The mention's own
   words name the theme and are no opinion of it: "paid by card" is no complaint, though many who write "paid" complain. Nor are
   full stops. */
static int64_t learned_polarity(const dk_reading *r, const dk_tokens *tokens, const dk_match *m, const dk_clause *c) {
    if (r->learned == NULL) return 0;
    uint32_t first = m->first > c->first + LEARNED_LOOK ? m->first - LEARNED_LOOK : c->first;
    uint32_t last = m->last + LEARNED_LOOK < c->last ? m->last + LEARNED_LOOK : c->last;
    int64_t sum = 0;
    for (uint32_t i = first; i <= last; i++) {
        bool own = i >= m->first && i <= m->last && m->mask >> (i - m->first) & 1;
        if (!own && tokens->items[i].kind != DK_TOKEN_PUNCT) sum += r->learned[i];
    }
    sum = sum * dk_weights_damp(last - first + 1) / 4096;
    return sum >= LEARNED_LEAST || sum <= -LEARNED_LEAST ? sum * 1000 / LEARNED_UNIT : 0;
}

/* What the opinions of the same sentence and of its neighbours come to. What is said further away, or what a model makes of
   the comment as a whole, is not said of this mention. */
static int64_t polarity_around(const dk_reading *r, const dk_clause *c) {
    int64_t sum = 0;
    size_t lo = (size_t)(c - r->clauses), hi = lo;
    enum { CLAUSES = 64 }; /* of a sentence without end, those near by */
    for (int i = 0; i < CLAUSES && lo > 0 && r->clauses[lo - 1].sentence + 1 >= c->sentence; i++) lo--;
    for (int i = 0; i < CLAUSES && hi + 1 < r->nclauses && r->clauses[hi + 1].sentence <= c->sentence + 1; i++) hi++;
    size_t first = 0, end = r->nopinions;
    while (first < end) {
        size_t mid = (first + end) / 2;
        if (r->opinions[mid].first < r->clauses[lo].first) first = mid + 1;
        else end = mid;
    }
    enum { LOOK = 64 };
    for (size_t i = first; i < r->nopinions && i < first + LOOK && r->opinions[i].first <= r->clauses[hi].last; i++)
        sum += (int64_t)r->opinions[i].value * r->clauses[r->opinions[i].clause].weight / 1000;
    return sum;
}

static void judge_mention(const dk_reading *r, const dk_lexicon *lex, const dk_tokens *tokens, const dk_match *m,
                          dk_mention *out) {
    const dk_entry *e = &lex->entries[m->entry];
    const dk_clause *c = &r->clauses[tokens->items[m->first].clause];
    uint32_t rules = 0;
    int64_t sum = 0;
    __builtin_prefetch(&lex->sources[m->entry]); /* who writes the mention asks for its place */
    if (!clause_polarity(r, tokens, m, &sum, &rules)) {
        if (e->has_valence) {
            sum = e->valence;
            rules |= DK_RULE_OWN;
        } else if (!(c->rules & DK_RULE_QUESTION) && (sum = learned_polarity(r, tokens, m, c)) != 0) {
            rules |= DK_RULE_LEARNED;
        } else if (!(c->rules & (DK_RULE_SUGGESTION | DK_RULE_QUESTION))) {
            sum = polarity_around(r, c) / 2;
            if (sum != 0) rules |= DK_RULE_COMMENT;
        }
    }
    rules |= c->rules & (DK_RULE_CONTRASTED | DK_RULE_SUGGESTION | DK_RULE_QUESTION);
    rules |= (m->notes & DK_WORD_SPELLING ? DK_RULE_SPELLING : 0) | (m->notes & DK_WORD_COMPOUND ? DK_RULE_COMPOUND : 0);
    *out = (dk_mention){.theme = e->theme, .entry = m->entry, .polarity = dk_squeeze(sum), .rules = rules};
    out->start = m->end > m->start ? m->start : tokens->items[m->first].start;
    out->end = m->end > m->start ? m->end : tokens->items[m->last].end;
    out->label = dk_label_of(out->polarity);
}

static void mark(dk_tokens *tokens, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i <= last; i++) tokens->items[i].flags |= DK_TOKEN_READ_WHOLE;
}

/* A phrase of this valence or less, either way, is lukewarm. */
enum { LUKEWARM = 150 };

/* Sets DK_TOKEN_READ_WHOLE. */
static void mark_wholes(const dk_reading *r, dk_tokens *tokens) {
    for (size_t i = 0; i < r->nopinions; i++) {
        const dk_opinion *o = &r->opinions[i];
        bool lukewarm = o->first < o->last && o->base <= LUKEWARM && o->base >= -LUKEWARM;
        const uint32_t turns = DK_RULE_SUGGESTION | DK_RULE_COMPARISON | DK_RULE_EXCESS | DK_RULE_LACK;
        bool praise_turned = o->base > 0 && o->value < 0 && o->rules & turns;
        bool turned = praise_turned || (o->rules & DK_RULE_NEGATED && o->base < 0);
        if (o->rules & DK_RULE_IDIOM || lukewarm || turned) mark(tokens, o->first, o->last);
    }
    for (size_t i = 0; i < r->nshifts; i++)
        if (r->shifts[i].turned_bad) mark(tokens, r->shifts[i].first, r->shifts[i].last);
    for (size_t i = 0, o = 0; i < r->matches.count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (m->role & DK_IS_NEUTRAL && m->won & DK_WON_OPINION) mark(tokens, m->first, m->last);
        if (!(m->role & DK_IS_NEGATION)) continue;
        /* a negation that a phrase holds has lost its tokens to it */
        while (o < r->nopinions && r->opinions[o].last < m->first) o++;
        if (o == r->nopinions) continue;
        const dk_opinion *p = &r->opinions[o];
        if (p->first <= m->first && p->last >= m->last && p->first < p->last) mark(tokens, p->first, p->last);
    }
}

dk_status dk_reading_run(dk_reading *r, const dk_lexicon *lex, dk_tokens *tokens, dk_str text, dk_error *err) {
    dk_status status = dk_resolve(r, lex, tokens->count, err);
    if (status == DK_OK) status = dk_scope_clauses(r, lex, tokens, text, err);
    if (status == DK_OK) status = dk_scope_shift(r, lex, tokens, text, err);
    if (status != DK_OK) return status;
    mark_wholes(r, tokens);
    judge_comment(r);
    return DK_OK;
}

static bool is_general(const dk_lexicon *lex, const dk_match *m) { return lex->taxonomy.themes[lex->entries[m->entry].theme].general; }

/* Takes out the general themes in whose clause another is named by a word without an opinion of its own: "the checkout was smooth" is
   about the checkout. What is kept moves to
   the front as the loop goes; only general themes are lost, so the neighbours looked at are all still there. */
static void drop_general(dk_reading *r, const dk_lexicon *lex, const dk_tokens *tokens) {
    size_t kept = 0;
    for (size_t i = 0; i < r->nthemes; i++) {
        uint16_t clause = tokens->items[r->themes[i].first].clause;
        bool named = false;
        if (is_general(lex, &r->themes[i])) {
            enum { LOOK = 16 };
            size_t from = i > LOOK ? i - LOOK : 0, to = i + LOOK < r->nthemes ? i + LOOK : r->nthemes;
            for (size_t k = from; k < to && !named; k++) {
                named = !(r->themes[k].role & DK_HAS_VALENCE) && tokens->items[r->themes[k].first].clause == clause &&
                        !is_general(lex, &r->themes[k]);
            }
        }
        if (!named) r->themes[kept++] = r->themes[i];
    }
    r->nthemes = kept;
}

dk_status dk_reading_mentions(dk_reading *r, const dk_lexicon *lex, const dk_tokens *tokens, dk_error *err) {
    r->nmentions = 0;
    if (r->nthemes > 1) drop_general(r, lex, tokens);
    if (!dk_grow(&r->mentions, &r->mentions_cap, r->nthemes)) return dk_fail_memory(err);
    for (size_t i = 0; i < r->nthemes; i++) judge_mention(r, lex, tokens, &r->themes[i], &r->mentions[i]);
    r->nmentions = r->nthemes;
    return DK_OK;
}
