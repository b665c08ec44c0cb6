/* Matching: paths of the trie along the tokens of a comment. */
#include <stdlib.h>

#include "lexicon/index_private.h"

/* Visits of trie nodes per first token. Real lexicons need a handful; a phrase full of gaps cannot need more than this. */
enum { VISITS_MAX = 2000 };

typedef struct walker {
    const dk_index *x;
    const dk_word *const *words;
    const dk_tokens *tokens;
    uint32_t packs;
    dk_matches *out;
    unsigned visits;
    uint32_t first;
    bool failed;
} walker;

/* How far a path has come. */
typedef struct state {
    uint64_t mask;
    uint32_t last;
    uint8_t fit, notes, length;
} state;

static bool pack_is_on(int32_t pack, uint32_t packs) { return pack < 0 || (packs >> pack & 1); }

static void emit(walker *w, uint32_t outputs, const state *s) {
    for (uint32_t at = outputs; at != 0;) {
        const output *o = &w->x->outputs[at - 1];
        at = o->next;
        if (!pack_is_on(o->pack, w->packs)) continue;
        __builtin_prefetch(&w->x->lexicon->entries[o->entry]); /* who takes the match asks for it */
        dk_matches *m = w->out;
        if (DK_UNLIKELY(m->count == m->cap) && !dk_grow(&m->items, &m->cap, m->count + 1)) {
            w->failed = true;
            return;
        }
        m->items[m->count++] = (dk_match){.mask = s->mask, .entry = o->entry, .first = w->first, .last = s->last,
                                          .fit = s->fit, .notes = s->notes, .length = s->length, .role = o->role};
    }
}

/* The entries that are this token alone; false when memory ran out. */
static bool emit_alone(const dk_index *x, const dk_word *word, uint32_t first, uint32_t packs, dk_matches *out) {
    if (DK_UNLIKELY(out->cap - out->count < word->nalone) && !dk_grow(&out->items, &out->cap, out->count + word->nalone)) return false;
    for (unsigned i = 0; i < word->nalone; i++) {
        const dk_alone *a = &word->alone[i];
        if (!pack_is_on(a->pack, packs)) continue;
        __builtin_prefetch(&x->lexicon->entries[a->entry]);
        out->items[out->count++] = (dk_match){.mask = 1, .entry = a->entry, .first = first, .last = first,
                                              .fit = a->fit, .notes = word->notes, .length = 1, .role = a->role};
    }
    return true;
}

static void visit(walker *w, const edge *e, const state *s);

/* Whether something of the word at `next` may lead on from a node with this filter. */
static inline bool may_lead(const walker *w, uint64_t bloom, uint32_t next) {
    const dk_word *word = w->words[next];
    return word != NULL && (word->bloom & bloom) != 0 && next - w->first < 64;
}

/* Goes on from a node, whose filter is given, with the token at `next`, which may lead on. */
static void advance(walker *w, uint32_t from, uint64_t pairs, uint32_t next, const state *s) {
    const dk_word *word = w->words[next];
    for (unsigned i = 0; i < word->nhooks; i++) {
        const dk_hook *h = &word->hooks[i];
        uint64_t pair = dk_atom_pair(h->atom);
        if ((pair & pairs) != pair) continue;
        const edge *e = dk_edge_look(w->x, from, h->atom);
        if (e == NULL) continue;
        state t = {.mask = s->mask | 1ull << (next - w->first), .last = next, .fit = h->fit < s->fit ? h->fit : s->fit,
                   .notes = s->notes | (uint8_t)word->notes, .length = (uint8_t)(s->length + 1)};
        visit(w, e, &t);
    }
}

static void advance_over_gap(walker *w, uint32_t at, const state *s) {
    uint32_t from = w->x->nodes[at].gap;
    const node *n = &w->x->nodes[from];
    uint32_t end = s->last + 2 + DK_GAP_MAX < w->tokens->count ? s->last + 2 + DK_GAP_MAX : (uint32_t)w->tokens->count;
    for (uint32_t next = s->last + 1; next < end; next++) {
        if (w->tokens->items[next - 1].flags & DK_TOKEN_ENDS_SENTENCE) break;
        if (may_lead(w, n->bloom, next)) advance(w, from, n->pairs, next, s);
    }
}

static void visit(walker *w, const edge *e, const state *s) {
    if (w->failed || ++w->visits > VISITS_MAX) return;
    if (e->outputs != 0) emit(w, e->outputs, s);
    if (s->last + 1 >= w->tokens->count) return;
    if (e->bloom != 0 && may_lead(w, e->bloom, s->last + 1)) advance(w, e->to, e->pairs, s->last + 1, s);
    if (e->gap) advance_over_gap(w, e->to, s);
}

uint32_t dk_index_leads(const dk_index *x, const dk_word *word, const dk_word *next) {
    uint32_t leads = DK_LEADS_NOWHERE;
    for (unsigned i = 0; i < word->nstarts; i++) {
        const dk_hook *hook = &word->hooks[i];
        if ((hook->bloom & next->bloom) == 0) continue;
        for (unsigned k = 0; k < next->nhooks; k++) {
            uint64_t pair = dk_atom_pair(next->hooks[k].atom);
            const edge *e = (pair & hook->pairs) == pair ? dk_edge_find(x, hook->node, next->hooks[k].atom) : NULL;
            if (e == NULL) continue;
            if (leads != DK_LEADS_NOWHERE) return DK_LEADS_SOMEWHERE;
            leads = (uint32_t)(e - x->edges) + 1;
        }
    }
    return leads;
}

void dk_index_fetch(const dk_index *x, uint32_t leads) {
    if (leads != DK_LEADS_NOWHERE && leads != DK_LEADS_SOMEWHERE) __builtin_prefetch(&x->edges[leads - 1]);
}

/* Goes from the first token along the only edge that leads on. */
static void follow(walker *w, const edge *e, const state *s) {
    const dk_word *next = w->words[w->first + 1];
    for (unsigned k = 0; k < next->nhooks; k++) {
        const dk_hook *h = &next->hooks[k];
        if (h->atom != (uint32_t)e->key) continue;
        state t = {.mask = 3, .last = w->first + 1, .fit = h->fit < s->fit ? h->fit : s->fit, .notes = s->notes | next->notes,
                   .length = 2};
        visit(w, e, &t);
        return;
    }
}

dk_status dk_index_match_at(const dk_index *x, const dk_word *const *words, const dk_tokens *tokens, uint32_t first,
                            uint32_t leads, uint32_t packs, dk_matches *out, dk_error *err) {
    const dk_word *word = words[first];
    if (DK_LIKELY(leads == DK_LEADS_NOWHERE && !word->gaps))
        return DK_LIKELY(emit_alone(x, word, first, packs, out)) ? DK_OK : dk_fail_memory(err);
    walker w = {.x = x, .words = words, .tokens = tokens, .packs = packs, .out = out, .first = first};
    bool more = first + 1 < tokens->count;
    const edge *only = leads != DK_LEADS_NOWHERE && leads != DK_LEADS_SOMEWHERE ? &x->edges[leads - 1] : NULL;
    uint64_t next_bloom = leads == DK_LEADS_SOMEWHERE && more && words[first + 1] != NULL ? words[first + 1]->bloom : 0;
    for (unsigned h = 0; h < word->nstarts; h++) {
        const dk_hook *hook = &word->hooks[h];
        state s = {.mask = 1, .last = first, .fit = hook->fit, .notes = word->notes, .length = 1};
        if (hook->outputs != 0) emit(&w, hook->outputs, &s);
        if (only != NULL && hook->node == only->key >> 32) follow(&w, only, &s);
        if (hook->bloom & next_bloom) advance(&w, hook->node, hook->pairs, first + 1, &s);
        if (hook->has_gap && more) advance_over_gap(&w, hook->node, &s);
    }
    return DK_LIKELY(!w.failed) ? DK_OK : dk_fail_memory(err);
}

dk_status dk_index_match(const dk_index *x, const dk_word *const *words, const dk_tokens *tokens, uint32_t packs,
                         dk_matches *out, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < tokens->count; i++) {
        if (words[i] == NULL || words[i]->nstarts == 0) continue;
        uint32_t leads = i + 1 < tokens->count ? DK_LEADS_SOMEWHERE : DK_LEADS_NOWHERE;
        status = dk_index_match_at(x, words, tokens, (uint32_t)i, leads, packs, out, err);
    }
    return status;
}

/* The tokens that a span touches; false when there are none. */
static bool span_tokens(const dk_tokens *tokens, size_t start, size_t end, uint32_t *first, uint32_t *last) {
    size_t lo = 0, hi = tokens->count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (tokens->items[mid].end <= start) lo = mid + 1;
        else hi = mid;
    }
    if (lo == tokens->count || tokens->items[lo].start >= end) return false;
    *first = *last = (uint32_t)lo;
    while (*last + 1 < tokens->count && tokens->items[*last + 1].start < end) (*last)++;
    return true;
}

static dk_status match_pattern(const comment_pattern *p, dk_regex_scratch *scratch, dk_str text,
                               const dk_tokens *tokens, dk_matches *out, uint64_t *limited, dk_error *err) {
    enum { MATCHES_EACH = 16 };
    size_t from = 0, start, end;
    bool gave_up = false;
    for (int n = 0; n < MATCHES_EACH && dk_regex_find(p->regex, scratch, text, from, &start, &end, &gave_up); n++) {
        dk_match m = {.entry = p->entry, .role = p->role, .fit = DK_FIT_PART, .start = (uint32_t)start, .end = (uint32_t)end};
        from = end;
        if (!span_tokens(tokens, start, end, &m.first, &m.last)) continue;
        uint32_t extent = m.last - m.first;
        if (extent > 63) m.last = m.first + (extent = 63);
        m.mask = extent == 63 ? UINT64_MAX : (1ull << (extent + 1)) - 1;
        m.length = (uint8_t)(extent + 1);
        if (!dk_grow(&out->items, &out->cap, out->count + 1)) return dk_fail_memory(err);
        out->items[out->count++] = m;
    }
    *limited += gave_up;
    return DK_OK;
}

bool dk_index_always_searches(const dk_index *x) { return x->figures->nalways > 0; }

/* Patterns that can match texts of more words than this are not held to a number of them. */
enum { COUNTED_MOST = 64 };

typedef uint64_t pattern_set[(PATTERNS_MAX + 64) / 64]; /* a bit for each pattern */

/* Whether the tail of a pattern matches at some byte from..end-1. */
static bool tail_matches(const comment_pattern *p, dk_regex_scratch *scratch, dk_str text, size_t from, size_t end) {
    for (size_t at = from; at + 1 < end; at++) {
        unsigned char c = (unsigned char)text.ptr[at], d = (unsigned char)text.ptr[at + 1];
        if (!(p->begins[0][c / 64] >> (c % 64) & p->begins[1][d / 64] >> (d % 64) & 1) || (c & 0xC0) == 0x80) continue;
        size_t first, last;
        bool limited;
        if (dk_regex_find(p->tail, scratch, text, at, &first, &last, &limited) || limited) return true;
    }
    return false;
}

bool dk_callers_find(dk_callers *callers, const dk_word *const *words, size_t count) {
    callers->count = 0;
    callers->whole = false;
    for (size_t i = 0; i < count; i++) {
        if (words[i] == NULL) callers->whole = true;
        if (words[i] == NULL || words[i]->patterns == NULL) continue;
        if (!dk_grow(&callers->tokens, &callers->cap, callers->count + 1)) return false;
        callers->tokens[callers->count++] = (uint32_t)i;
    }
    return true;
}

/* Words among the tokens, or most + 1 when there are more. One that begins beyond ASCII may be all marks to a pattern. */
static size_t count_words(dk_str text, const dk_tokens *tokens, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < tokens->count && n <= most; i++)
        n += tokens->items[i].kind == DK_TOKEN_WORD && (unsigned char)text.ptr[tokens->items[i].start] < 0x80;
    return n;
}

/* Adds to wanted the patterns that words call for by their literals, that do not end before so many words, and in which the rest behind
   the literal matches too. */
static void call_patterns(const dk_index *x, dk_regex_scratch *scratch, dk_str text, const dk_word *const *words,
                          const dk_tokens *tokens, const dk_callers *callers, uint32_t packs, pattern_set wanted,
                          pattern_set asked) {
    size_t nwords = 0; /* counted when a pattern asks for it */
    for (size_t i = 0; i < callers->count; i++) {
        const dk_token *t = &tokens->items[callers->tokens[i]];
        for (const uint16_t *called = words[callers->tokens[i]]->patterns; *called != UINT16_MAX; called++) {
            size_t at = *called / 64;
            uint64_t bit = 1ull << (*called % 64);
            const comment_pattern *p = &x->comment_patterns[*called];
            if ((wanted[at] | (callers->whole ? asked[at] : 0)) & bit || !pack_is_on(p->pack, packs)) continue;
            asked[at] |= bit;
            if (p->most_words != SIZE_MAX) {
                if (nwords == 0) nwords = count_words(text, tokens, COUNTED_MOST);
                if (nwords > p->most_words) continue;
            }
            size_t from = callers->whole ? 0 : t->start, end = callers->whole ? text.len : t->end;
            if (p->tail == NULL || tail_matches(p, scratch, text, from, end)) wanted[at] |= bit;
        }
    }
}

dk_status dk_index_match_patterns(const dk_index *x, dk_regex_scratch *scratch, dk_str text,
                                  const dk_word *const *words, const dk_tokens *tokens, const dk_callers *callers,
                                  uint32_t packs, dk_matches *out, uint64_t *limited, dk_error *err) {
    pattern_set wanted, asked;
    size_t nwords = (x->ncomment_patterns + 63) / 64;
    if (callers->count == 0 && x->figures->nalways == 0) return DK_OK;
    memset(wanted, 0, nwords * sizeof *wanted);
    memset(asked, 0, nwords * sizeof *asked);
    for (size_t i = 0; x->figures->nalways > 0 && i < x->ncomment_patterns; i++)
        if (x->comment_patterns[i].always) wanted[i / 64] |= 1ull << (i % 64);
    call_patterns(x, scratch, text, words, tokens, callers, packs, wanted, asked);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < x->ncomment_patterns; i++) {
        if (wanted[i / 64] == 0) {
            i |= 63;
            continue;
        }
        if (!(wanted[i / 64] >> (i % 64) & 1)) continue;
        const comment_pattern *p = &x->comment_patterns[i];
        if (pack_is_on(p->pack, packs))
            status = match_pattern(p, scratch, text, tokens, out, limited, err);
    }
    return status;
}
