#include "tag/resolve.h"

#include <stdlib.h>

#include "base/buffer.h"

enum { THEMES_IN_A_PLACE = 3 };

/* What decides among overlapping matches, as one number, the winner's smaller: length, kind (for opinions), fit, entry. */
static inline uint64_t rank_of(const dk_match *m, bool opinions) {
    unsigned role = m->role;
    uint64_t kind = (role & DK_IS_NEUTRAL) != 0;
    if (opinions) {
        unsigned of_modifier = role & (DK_IS_IDIOM | DK_IS_NEUTRAL) ? 0 : 2, of_other = role & DK_IS_THEME ? 1 : 3;
        kind = role & DK_IS_MODIFIER ? of_modifier : of_other;
    }
    return (uint64_t)(255 - m->length) << 48 | kind << 44 | (uint64_t)(15 - m->fit) << 40 | m->entry;
}

/* Merge sort of numbers of matches by rank, then by number. Small runs by insertion; no bad case for hostile comments. */
static void sort_order(dk_candidate *order, dk_candidate *room, size_t n) {
    if (n <= 12) {
        for (size_t i = 1; i < n; i++) {
            dk_candidate c = order[i];
            size_t at = i;
            for (; at > 0 && c.rank < order[at - 1].rank; at--) order[at] = order[at - 1];
            order[at] = c;
        }
        return;
    }
    size_t half = n / 2, a = 0, b = half, out = 0;
    sort_order(order, room, half);
    sort_order(order + half, room, n - half);
    memcpy(room, order, n * sizeof *order);
    while (out < n) order[out++] = b == n || (a < half && room[a].rank <= room[b].rank) ? room[a++] : room[b++];
}

/* Whether a match may stand beside the winners that hold its tokens: none does, or (for themes) they match the very same
   tokens equally well and name other touchpoints. Claims are numbers of matches + 1. */
static bool may_stand(const dk_reading *r, const dk_lexicon *lex, const dk_match *m, bool themes) {
    uint32_t others = 0;
    for (uint32_t t = m->first; t <= m->last; t++) {
        if (!(m->mask >> (t - m->first) & 1) || r->claims[t] == 0) continue;
        if (!themes) return false;
        others = r->claims[t];
        const dk_match *w = &r->matches.items[others - 1];
        if (w->first != m->first || w->mask != m->mask || w->fit != m->fit) return false;
    }
    if (others != 0 && !(m->role & DK_IS_THEME)) return false;
    uint32_t places = 0;
    for (; others != 0; others = r->matches.items[others - 1].beside, places++)
        if (lex->entries[r->matches.items[others - 1].entry].touchpoint == lex->entries[m->entry].touchpoint) return false;
    return places < THEMES_IN_A_PLACE;
}

/* A word may both strengthen and say something ("otroligt"): where the modifier wins, it remembers the opinion, for when it
   finds nothing to strengthen. */
static void keep_fallback(dk_reading *r, const dk_match *m, uint32_t number) {
    if (r->claims[m->first] == 0 || m->role & (DK_IS_THEME | DK_IS_MODIFIER)) return;
    dk_match *w = &r->matches.items[r->claims[m->first] - 1];
    if (w->role & DK_IS_MODIFIER && w->first == m->first && w->mask == m->mask && w->beside == 0)
        w->beside = number + 1;
}

/* Lets the candidates of a run that overlap win in the order of their rank. */
static void settle_run(dk_reading *r, const dk_lexicon *lex, dk_candidate *run, size_t n, bool themes) {
    sort_order(run, run + n, n);
    for (size_t i = 0; i < n; i++) {
        dk_match *m = &r->matches.items[run[i].match];
        if (!may_stand(r, lex, m, themes)) {
            if (!themes) keep_fallback(r, m, run[i].match);
            continue;
        }
        m->beside = themes ? r->claims[m->first] : 0;
        m->won |= themes ? DK_WON_THEME : DK_WON_OPINION;
        for (uint32_t t = m->first; t <= m->last; t++)
            if (m->mask >> (t - m->first) & 1) r->claims[t] = run[i].match + 1;
    }
}

/* Cuts the candidates, which come in the order of their first tokens, into runs that overlap, and settles each. */
static void settle(dk_reading *r, const dk_lexicon *lex, size_t n, bool themes) {
    for (size_t first = 0; first < n;) {
        dk_match *m = &r->matches.items[r->order[first].match];
        uint32_t last = m->last;
        size_t end = first + 1;
        for (; end < n; end++) {
            const dk_match *other = &r->matches.items[r->order[end].match];
            if (other->first > last) break;
            if (other->last > last) last = other->last;
        }
        if (end - first == 1) {
            m->beside = 0;
            m->won |= themes ? DK_WON_THEME : DK_WON_OPINION;
        } else {
            /* sorting needs room behind the run: copy it behind all candidates */
            memset(r->claims + m->first, 0, (last - m->first + 1) * sizeof *r->claims);
            memcpy(&r->order[n], &r->order[first], (end - first) * sizeof *r->order);
            settle_run(r, lex, &r->order[n], end - first, themes);
        }
        first = end;
    }
}

static int compare_places(const void *a, const void *b) {
    const dk_match *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->last != y->last) return x->last < y->last ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Matches come in order of their first token, except where patterns or a second language added theirs at the end. */
static void order_matches(dk_reading *r) {
    for (size_t i = 1; i < r->matches.count; i++) {
        if (r->matches.items[i].first >= r->matches.items[i - 1].first) continue;
        qsort(r->matches.items, r->matches.count, sizeof *r->matches.items, compare_places);
        return;
    }
}

static uint32_t word_rules(const dk_match *m) {
    return (m->notes & DK_WORD_SPELLING ? DK_RULE_SPELLING : 0) | (m->notes & DK_WORD_COMPOUND ? DK_RULE_COMPOUND : 0) |
           (m->notes & DK_WORD_ELONGATED ? DK_RULE_INTENSIFIED : 0);
}

/* Puts the winners into themes, opinions and shifts, in the order of their first tokens. */
static dk_status collect(dk_reading *r, const dk_lexicon *lex, dk_error *err) {
    size_t count = r->matches.count;
    if (!dk_grow(&r->themes, &r->themes_cap, count) || !dk_grow(&r->opinions, &r->opinions_cap, count) ||
        !dk_grow(&r->shifts, &r->shifts_cap, count))
        return dk_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (m->won & DK_WON_THEME && m->role & DK_IS_THEME) r->themes[r->nthemes++] = *m;
        if (!(m->won & DK_WON_OPINION) || m->role & DK_IS_NEUTRAL) continue;
        if ((m->role & (DK_IS_MODIFIER | DK_IS_IDIOM)) == DK_IS_MODIFIER) {
            uint32_t other = m->beside != 0 ? r->matches.items[m->beside - 1].entry : DK_NO_ID;
            r->shifts[r->nshifts++] = (dk_shift){m->first, m->last, m->entry, false, other};
        } else if (m->role & DK_HAS_VALENCE) {
            const dk_entry *e = &lex->entries[m->entry];
            int32_t value = m->notes & DK_WORD_ELONGATED ? e->valence * 13 / 10 : e->valence;
            uint32_t rules = word_rules(m) | (m->role & DK_IS_IDIOM ? DK_RULE_IDIOM : 0);
            r->opinions[r->nopinions++] = (dk_opinion){.first = m->first, .last = m->last, .entry = m->entry,
                                                       .base = e->valence, .value = value, .rules = rules};
        }
    }
    return DK_OK;
}

dk_status dk_resolve(dk_reading *r, const dk_lexicon *lex, size_t ntokens, dk_error *err) {
    size_t n = 0, count = r->matches.count;
    r->nthemes = r->nopinions = r->nshifts = 0;
    if (count == 0) return DK_OK;
    if (!dk_grow(&r->order, &r->order_cap, 3 * count) || !dk_grow(&r->claims, &r->claims_cap, ntokens))
        return dk_fail_memory(err);
    order_matches(r);
    for (size_t i = 0; i < count; i++) {
        const dk_match *m = &r->matches.items[i];
        /* a phrase that says nothing ("med venlig hilsen") hides the themes inside it as well */
        if (m->role & (DK_IS_THEME | DK_IS_NEUTRAL)) r->order[n++] = (dk_candidate){rank_of(m, false), (uint32_t)i};
    }
    settle(r, lex, n, true);
    n = 0;
    for (size_t i = 0; i < count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (m->role & DK_IS_THEME && !(m->role & DK_HAS_VALENCE && m->won & DK_WON_THEME)) continue;
        r->order[n++] = (dk_candidate){rank_of(m, true), (uint32_t)i};
    }
    settle(r, lex, n, false);
    return collect(r, lex, err);
}
