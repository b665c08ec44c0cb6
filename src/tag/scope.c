#include "tag/scope.h"

#include <stdlib.h>

#include "base/buffer.h"

/* A negated bad word is mild praise at most: "not bad" is less than "good". */
enum { NEGATED_BAD = 500, BEFORE_CONTRAST = 750, CAPITALS = 1250, ELSEWHERE = 1000 };

static inline bool is_mark(const dk_token *t, dk_str text, char mark) {
    return t->kind == DK_TOKEN_PUNCT && text.ptr[t->start] == mark;
}

/* Marks at which a clause ends; a hyphen only between spaces. The long dashes begin with E2 80 93 or 94. */
static bool ends_clause(const dk_token *t, dk_str text) {
    if (t->flags & DK_TOKEN_ENDS_SENTENCE) return true;
    if (t->kind != DK_TOKEN_PUNCT) return false;
    switch (text.ptr[t->start]) {
    case ';': case '(': case ')': case '[': case ']': return true;
    case '-': return t->flags & DK_TOKEN_SPACE_BEFORE && t->end < text.len && text.ptr[t->end] == ' ';
    default: break;
    }
    return t->end - t->start == 3 && memcmp(text.ptr + t->start, "\xE2\x80", 2) == 0 &&
           ((unsigned char)text.ptr[t->start + 2] == 0x93 || (unsigned char)text.ptr[t->start + 2] == 0x94);
}

static dk_status add_clause(dk_reading *r, uint32_t first, uint16_t sentence, dk_error *err) {
    if (!dk_grow(&r->clauses, &r->clauses_cap, r->nclauses + 1)) return dk_fail_memory(err);
    r->clauses[r->nclauses++] = (dk_clause){first, first, sentence, ELSEWHERE, 0};
    return DK_OK;
}

static const dk_entry *entry_of(const dk_lexicon *lex, const dk_shift *s) { return &lex->entries[s->entry]; }

/* The first token of the next contrasting word from shift *at on, which is set to it; SIZE_MAX when there is none. */
static size_t next_contrast(const dk_reading *r, const dk_lexicon *lex, size_t *at) {
    while (*at < r->nshifts && entry_of(lex, &r->shifts[*at])->modifier != DK_MOD_CONTRAST) (*at)++;
    return *at < r->nshifts ? r->shifts[*at].first : SIZE_MAX;
}

/* A question mark: the clauses of its sentence ask. */
static void ask(dk_reading *r, uint16_t sentence) {
    for (size_t k = r->nclauses; k > 0 && r->clauses[k - 1].sentence == sentence; k--) {
        if (r->clauses[k - 1].rules & DK_RULE_QUESTION) return; /* it has been asked: no work twice */
        r->clauses[k - 1].rules |= DK_RULE_QUESTION;
    }
}

/* "but" at token i: the clause that it begins, and the weight of the one before. */
static dk_status begin_contrast(dk_reading *r, uint32_t i, int32_t weight, uint16_t sentence, dk_error *err) {
    dk_clause *now = &r->clauses[r->nclauses - 1];
    /* at the beginning of a sentence it contrasts with the sentence before */
    dk_clause *other = now->first < i ? now : r->nclauses > 1 ? now - 1 : NULL;
    if (other != NULL && other->weight == ELSEWHERE) other->weight = BEFORE_CONTRAST;
    if (now->first < i) {
        now->last = i - 1;
        dk_status status = add_clause(r, i, sentence, err);
        if (status != DK_OK) return status;
        now = &r->clauses[r->nclauses - 1];
    }
    now->weight = weight;
    now->rules |= DK_RULE_CONTRASTED;
    return DK_OK;
}

dk_status dk_scope_clauses(dk_reading *r, const dk_lexicon *lex, dk_tokens *tokens, dk_str text, dk_error *err) {
    r->nclauses = 0;
    uint16_t sentence = 0, clause = 0;
    size_t shift = 0, contrast = next_contrast(r, lex, &shift);
    dk_status status = add_clause(r, 0, sentence, err);
    for (size_t i = 0; status == DK_OK && i < tokens->count; i++) {
        dk_token *t = &tokens->items[i];
        if (DK_LIKELY(t->kind != DK_TOKEN_PUNCT && !(t->flags & DK_TOKEN_ENDS_SENTENCE) && i != contrast)) {
            t->clause = clause; /* no clause begins or ends here */
            continue;
        }
        if (r->nclauses > UINT16_MAX) r->nclauses = UINT16_MAX; /* a hostile comment: the rest is one clause */
        if (i == contrast) {
            status = begin_contrast(r, (uint32_t)i, entry_of(lex, &r->shifts[shift])->strength, sentence, err);
            if (status != DK_OK) break;
            while (shift < r->nshifts && r->shifts[shift].first <= i) shift++;
            contrast = next_contrast(r, lex, &shift);
            if (r->nclauses > UINT16_MAX) r->nclauses = UINT16_MAX;
        }
        r->clauses[r->nclauses - 1].last = (uint32_t)i;
        t->clause = clause = (uint16_t)(r->nclauses - 1);
        if (is_mark(t, text, '?')) ask(r, sentence);
        if (t->flags & DK_TOKEN_ENDS_SENTENCE && sentence < UINT16_MAX) sentence++;
        if (!ends_clause(t, text) || i + 1 == tokens->count) continue;
        status = add_clause(r, (uint32_t)i + 1, sentence, err);
        clause = (uint16_t)((r->nclauses > UINT16_MAX ? UINT16_MAX : r->nclauses) - 1);
    }
    for (size_t i = 0; i < r->nopinions; i++) r->opinions[i].clause = tokens->items[r->opinions[i].first].clause;
    return status;
}

/* The first opinion that begins at or after a token. */
static size_t opinion_from(const dk_reading *r, uint32_t token) {
    size_t lo = 0, hi = r->nopinions;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->opinions[mid].first < token) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

/* Whether a comma or another mark stands between two tokens of one clause. */
static bool mark_between(const dk_tokens *tokens, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (tokens->items[i].kind == DK_TOKEN_PUNCT) return true;
    return false;
}

/* What a modifier does to one opinion in its reach. */
static void shift_opinion(dk_opinion *o, const dk_entry *e, dk_shift *s) {
    int64_t v = o->value;
    switch ((dk_modifier)e->modifier) {
    case DK_MOD_NEGATOR:
        v = v * e->strength / 1000;
        if (o->value < 0) v = v * NEGATED_BAD / 1000;
        o->rules |= DK_RULE_NEGATED;
        s->turned_bad |= o->base < 0;
        break;
    case DK_MOD_LACK:
        v = v * e->strength / 1000;
        o->rules |= DK_RULE_LACK;
        break;
    case DK_MOD_INTENSIFIER:
        v = v * e->strength / 1000;
        o->rules |= DK_RULE_INTENSIFIED;
        break;
    case DK_MOD_DIMINISHER:
        v = v * e->strength / 1000;
        o->rules |= DK_RULE_DIMINISHED;
        break;
    case DK_MOD_COMPARISON: /* praise of others; a complaint stays one */
        v = v > 0 ? v * e->strength / 1000 : v;
        o->rules |= DK_RULE_COMPARISON;
        break;
    case DK_MOD_EXCESS:
        v = v > 0 ? -v / 2 + e->strength / 2 : v * 3 / 2;
        o->rules |= DK_RULE_EXCESS;
        break;
    default: return;
    }
    o->value = (int32_t)(v > 2000 ? 2000 : v < -2000 ? -2000 : v);
}

/* Where the reach of a modifier begins: behind it, or behind what a pair of commas inserts there ("ikke, desværre, hjælpsomme"). */
static uint32_t reach_from(const dk_tokens *tokens, const dk_shift *s, dk_str text) {
    enum { INSERTED = 4 };
    uint32_t next = s->last + 1;
    if (next >= tokens->count || !is_mark(&tokens->items[next], text, ',')) return next;
    for (uint32_t i = next + 2; i < tokens->count && i <= next + INSERTED; i++)
        if (is_mark(&tokens->items[i], text, ',')) return i + 1;
    return next;
}

/* Whether nothing but a mark stands behind a token. */
static bool ends_part(const dk_tokens *tokens, uint32_t last) {
    return last + 1 >= tokens->count || tokens->items[last + 1].kind == DK_TOKEN_PUNCT ||
           tokens->items[last].clause != tokens->items[last + 1].clause;
}

/* The opinion that a clause begins with and its last word negates: "Helpful they were not", "Billigt er det ikke". */
static dk_opinion *fronted_opinion(dk_reading *r, const dk_shift *s, const dk_tokens *tokens, size_t here) {
    enum { BEFORE_IT = 2, BETWEEN = 4 };
    if (here == 0 || !ends_part(tokens, s->last)) return NULL;
    dk_opinion *o = &r->opinions[here - 1];
    if (o->last >= s->first || s->first - o->last > BETWEEN || o->clause != tokens->items[s->first].clause) return NULL;
    uint32_t first = o->first;
    while (first > 0 && o->first - first <= BEFORE_IT && tokens->items[first - 1].kind != DK_TOKEN_PUNCT &&
           tokens->items[first - 1].clause == o->clause)
        first--;
    return o->first - first <= BEFORE_IT && !mark_between(tokens, o->last + 1, s->first) ? o : NULL;
}

/* "No." as the answer to a question: what was asked is not so. Returns false when it is no such answer. */
static bool answer_question(dk_reading *r, const dk_entry *e, dk_shift *s, const dk_tokens *tokens, dk_str text) {
    if (s->first == 0 || !(tokens->items[s->first].flags & DK_TOKEN_BEGINS_SENTENCE) || !ends_part(tokens, s->last)) return false;
    if (!is_mark(&tokens->items[s->first - 1], text, '?')) return false;
    enum { LOOK = 16 };
    uint16_t asked = r->clauses[tokens->items[s->first - 1].clause].sentence;
    size_t end = opinion_from(r, s->first);
    for (size_t i = end; i > 0 && end - i < LOOK && r->clauses[r->opinions[i - 1].clause].sentence == asked; i--)
        shift_opinion(&r->opinions[i - 1], e, s);
    return true;
}

/* Shifts the opinions within reach after and before the modifier. An intensifier, diminisher or excess goes with the
   nearest opinion only; a negation covers all up to the next mark. */
static bool shift_reach(dk_reading *r, const dk_entry *e, dk_shift *s, const dk_tokens *tokens, dk_str text) {
    bool nearest = e->modifier == DK_MOD_INTENSIFIER || e->modifier == DK_MOD_DIMINISHER || e->modifier == DK_MOD_EXCESS;
    uint16_t clause = tokens->items[s->first].clause;
    bool any = false;
    size_t here = opinion_from(r, s->first);
    if (here > 0 && r->opinions[here - 1].last > s->last) { /* it stands in the gap of a phrase: "maten var inte god" */
        shift_opinion(&r->opinions[here - 1], e, s);
        return true;
    }
    if (e->modifier == DK_MOD_NEGATOR && answer_question(r, e, s, tokens, text)) return true;
    uint32_t from = e->modifier == DK_MOD_NEGATOR ? reach_from(tokens, s, text) : s->last + 1;
    for (size_t i = opinion_from(r, from); i < r->nopinions; i++) {
        dk_opinion *o = &r->opinions[i];
        if (o->first - from >= e->after || o->clause != clause || mark_between(tokens, from, o->first)) break;
        shift_opinion(o, e, s);
        any = true;
        if (nearest) return true;
    }
    if (any) return true; /* what stands behind the modifier is what it means */
    for (size_t i = here; i > 0; i--) {
        dk_opinion *o = &r->opinions[i - 1];
        if (s->first - o->last > e->before || o->clause != clause || mark_between(tokens, o->last + 1, s->first)) break;
        shift_opinion(o, e, s);
        any = true;
        if (nearest) break;
    }
    if (any || e->modifier != DK_MOD_NEGATOR) return any;
    dk_opinion *fronted = fronted_opinion(r, s, tokens, here);
    if (fronted != NULL) shift_opinion(fronted, e, s);
    return fronted != NULL;
}

static dk_status insert_opinion(dk_reading *r, const dk_opinion *own, dk_error *err) {
    if (!dk_grow(&r->opinions, &r->opinions_cap, r->nopinions + 1)) return dk_fail_memory(err);
    size_t at = opinion_from(r, own->first);
    memmove(&r->opinions[at + 1], &r->opinions[at], (r->nopinions - at) * sizeof *r->opinions);
    r->nopinions++;
    r->opinions[at] = *own;
    return DK_OK;
}

/* A modifier with nothing to modify may speak for itself: an excess before a plain word ("too late") is a complaint, and a word
   that is an opinion too ("otroligt!") is that. */
static dk_status add_own_opinion(dk_reading *r, const dk_lexicon *lex, const dk_shift *s, const dk_tokens *tokens,
                                 dk_error *err) {
    const dk_entry *e = entry_of(lex, s);
    bool before_word = s->last + 1 < tokens->count && tokens->items[s->last + 1].kind == DK_TOKEN_WORD;
    dk_opinion own = {.first = s->first, .last = s->last, .clause = tokens->items[s->first].clause};
    if (s->fallback != DK_NO_ID) {
        own.entry = s->fallback;
        own.base = own.value = lex->entries[s->fallback].valence;
    } else if (e->modifier == DK_MOD_EXCESS && before_word) {
        own.entry = s->entry;
        own.base = own.value = e->strength;
        own.rules = DK_RULE_EXCESS;
    } else {
        return DK_OK;
    }
    return insert_opinion(r, &own, err);
}

/* Whether a theme is named in a clause. */
static bool names_theme(const dk_reading *r, const dk_clause *c) {
    size_t lo = 0, hi = r->nthemes;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->themes[mid].first < c->first) lo = mid + 1;
        else hi = mid;
    }
    return lo < r->nthemes && r->themes[lo].first <= c->last;
}

/* A wish makes praise in its clause a slight complaint, and is one itself where the clause names a theme and says nothing else of
   it ("please charge my phone" is no complaint); a question weakens what its clause says. */
static dk_status shift_clause(dk_reading *r, const dk_entry *e, const dk_shift *s, uint16_t clause, dk_error *err) {
    dk_clause *c = &r->clauses[clause];
    bool wish = e->modifier == DK_MOD_WISH;
    size_t first = opinion_from(r, c->first), i = first;
    c->rules |= wish ? DK_RULE_SUGGESTION : DK_RULE_QUESTION;
    for (; i < r->nopinions && r->opinions[i].clause == clause; i++) {
        dk_opinion *o = &r->opinions[i];
        if (wish && o->value > 0) o->value = e->strength;
        if (!wish) o->value = (int32_t)((int64_t)o->value * e->strength / 1000);
        o->rules |= wish ? DK_RULE_SUGGESTION : DK_RULE_QUESTION;
    }
    if (!wish || i > first || !names_theme(r, c)) return DK_OK;
    dk_opinion own = {.first = s->first, .last = s->last, .entry = s->entry, .base = e->strength, .value = e->strength,
                      .rules = DK_RULE_SUGGESTION, .clause = clause};
    return insert_opinion(r, &own, err);
}

static void shift_capitals(dk_reading *r, const dk_tokens *tokens) {
    if (tokens->capitals == 0) return;
    size_t words = 0;
    for (size_t i = 0; i < tokens->count; i++) words += tokens->items[i].kind == DK_TOKEN_WORD;
    if (tokens->capitals * 2 > words) return; /* who shouts throughout stresses nothing */
    for (size_t i = 0; i < r->nopinions; i++) {
        dk_opinion *o = &r->opinions[i];
        if (!(tokens->items[o->first].flags & DK_TOKEN_UPPER_ALL)) continue;
        o->value = (int32_t)((int64_t)o->value * CAPITALS / 1000);
        o->rules |= DK_RULE_INTENSIFIED;
    }
}

dk_status dk_scope_shift(dk_reading *r, const dk_lexicon *lex, const dk_tokens *tokens, dk_str text, dk_error *err) {
    shift_capitals(r, tokens);
    /* strengthening before turning round: "not very good" is a turned "very good" */
    static const dk_modifier rounds[2][4] = {{DK_MOD_INTENSIFIER, DK_MOD_DIMINISHER, DK_MOD_EXCESS, DK_MOD_NONE},
                                             {DK_MOD_NEGATOR, DK_MOD_LACK, DK_MOD_COMPARISON, DK_MOD_NONE}};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < r->nshifts; i++) {
            const dk_entry *e = entry_of(lex, &r->shifts[i]);
            bool mine = false;
            for (int k = 0; rounds[round][k] != DK_MOD_NONE; k++) mine |= e->modifier == rounds[round][k];
            if (!mine || shift_reach(r, e, &r->shifts[i], tokens, text)) continue;
            dk_status status = add_own_opinion(r, lex, &r->shifts[i], tokens, err);
            if (status != DK_OK) return status;
        }
    for (size_t i = 0; i < r->nshifts; i++) {
        const dk_entry *e = entry_of(lex, &r->shifts[i]);
        if (e->modifier != DK_MOD_WISH && e->modifier != DK_MOD_QUESTION) continue;
        dk_status status = shift_clause(r, e, &r->shifts[i], tokens->items[r->shifts[i].first].clause, err);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}
