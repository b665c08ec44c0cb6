#include "tag/resolve.h"

#include <stdlib.h>

#include "base/buffer.h"

enum { THEMES_IN_A_PLACE = 3 };


static uint32_t opinion_rank(const dk_entry *e) {
    if (e->kind == DK_ENTRY_MODIFIER) return e->modifier == DK_MOD_IDIOM || e->modifier == DK_MOD_NEUTRAL ? 4 : 2;
    return e->kind == DK_ENTRY_THEME ? 3 : 1;
}

static bool before(const dk_lexicon *lex, const dk_match *a, const dk_match *b, bool opinions) {
    if (a->length != b->length) return a->length > b->length;
    if (opinions) {
        uint32_t ra = opinion_rank(&lex->entries[a->entry]), rb = opinion_rank(&lex->entries[b->entry]);
        if (ra != rb) return ra > rb;
    }
    if (a->fit != b->fit) return a->fit > b->fit;
    if (a->entry != b->entry) return a->entry < b->entry;
    return a->first < b->first;
}

/* Merge sort of numbers of matches: stable and without the worst case of quicksort on hostile comments. */
static void sort_order(const dk_reading *r, const dk_lexicon *lex, uint32_t *order, uint32_t *room, size_t n,
                       bool opinions) {
    if (n < 12) {
        for (size_t i = 1; i < n; i++) {
            uint32_t x = order[i];
            size_t at = i;
            for (; at > 0 && before(lex, &r->matches.items[x], &r->matches.items[order[at - 1]], opinions); at--)
                order[at] = order[at - 1];
            order[at] = x;
        }
        return;
    }
    size_t half = n / 2, a = 0, b = half, out = 0;
    sort_order(r, lex, order, room, half, opinions);
    sort_order(r, lex, order + half, room, n - half, opinions);
    memcpy(room, order, n * sizeof *order);
    while (out < n) {
        bool left = b == n || (a < half && !before(lex, &r->matches.items[room[b]], &r->matches.items[room[a]], opinions));
        order[out++] = left ? room[a++] : room[b++];
    }
}

/* Whether a match may stand beside the winners that hold its tokens: none does, or (for themes) they match the very same
   tokens equally well and name other touchpoints. */
static bool may_stand(const dk_reading *r, const dk_lexicon *lex, const dk_match *m, bool themes) {
    uint32_t others = 0;
    for (uint32_t t = m->first; t <= m->last; t++) {
        if (!(m->mask >> (t - m->first) & 1) || r->claims[t] == 0) continue;
        if (!themes) return false;
        others = r->claims[t];
        const dk_match *w = &r->themes[others - 1];
        if (w->first != m->first || w->mask != m->mask || w->fit != m->fit) return false;
    }
    if (others == 0) return true;
    uint32_t touchpoint = lex->taxonomy.themes[lex->entries[m->entry].theme].touchpoint, places = 0;
    for (; others != 0; others = r->themes[others - 1].beside, places++)
        if (lex->taxonomy.themes[lex->entries[r->themes[others - 1].entry].theme].touchpoint == touchpoint) return false;
    return places < THEMES_IN_A_PLACE;
}

static void claim(dk_reading *r, const dk_match *m, uint32_t value) {
    for (uint32_t t = m->first; t <= m->last; t++)
        if (m->mask >> (t - m->first) & 1) r->claims[t] = value;
}

static int compare_themes(const void *a, const void *b) {
    const dk_match *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->last != y->last) return x->last < y->last ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static dk_status pick_themes(dk_reading *r, const dk_lexicon *lex, size_t ntokens, dk_error *err) {
    size_t n = 0;
    r->nthemes = 0;
    for (size_t i = 0; i < r->matches.count; i++)
        if (lex->entries[r->matches.items[i].entry].kind == DK_ENTRY_THEME) r->order[n++] = (uint32_t)i;
    if (n == 0) return DK_OK;
    sort_order(r, lex, r->order, r->order + r->matches.count, n, false);
    memset(r->claims, 0, ntokens * sizeof *r->claims);
    for (size_t i = 0; i < n; i++) {
        const dk_match *m = &r->matches.items[r->order[i]];
        if (!may_stand(r, lex, m, true)) continue;
        if (!dk_grow(&r->themes, &r->themes_cap, r->nthemes + 1)) return dk_fail_memory(err);
        r->themes[r->nthemes] = *m;
        r->themes[r->nthemes++].beside = r->claims[m->first];
        claim(r, m, (uint32_t)r->nthemes);
    }
    qsort(r->themes, r->nthemes, sizeof *r->themes, compare_themes);
    return DK_OK;
}

static bool won(const dk_reading *r, const dk_match *m) {
    size_t lo = 0, hi = r->nthemes;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (compare_themes(&r->themes[mid], m) < 0) lo = mid + 1;
        else hi = mid;
    }
    return lo < r->nthemes && compare_themes(&r->themes[lo], m) == 0;
}

static uint32_t word_rules(const dk_match *m) {
    return (m->notes & DK_WORD_SPELLING ? DK_RULE_SPELLING : 0) | (m->notes & DK_WORD_COMPOUND ? DK_RULE_COMPOUND : 0) |
           (m->notes & DK_WORD_ELONGATED ? DK_RULE_INTENSIFIED : 0);
}

static dk_status pick_opinions(dk_reading *r, const dk_lexicon *lex, size_t ntokens, dk_error *err) {
    size_t n = 0;
    r->nopinions = r->nshifts = 0;
    for (size_t i = 0; i < r->matches.count; i++) {
        const dk_match *m = &r->matches.items[i];
        const dk_entry *e = &lex->entries[m->entry];
        if (e->kind == DK_ENTRY_THEME && (!e->has_valence || !won(r, m))) continue;
        r->order[n++] = (uint32_t)i;
    }
    if (n == 0) return DK_OK;
    sort_order(r, lex, r->order, r->order + r->matches.count, n, true);
    memset(r->claims, 0, ntokens * sizeof *r->claims);
    for (size_t i = 0; i < n; i++) {
        const dk_match *m = &r->matches.items[r->order[i]];
        const dk_entry *e = &lex->entries[m->entry];
        if (!may_stand(r, lex, m, false)) continue;
        claim(r, m, 1);
        if (e->modifier == DK_MOD_NEUTRAL) continue;
        if (e->kind == DK_ENTRY_MODIFIER && e->modifier != DK_MOD_IDIOM) {
            if (!dk_grow(&r->shifts, &r->shifts_cap, r->nshifts + 1)) return dk_fail_memory(err);
            r->shifts[r->nshifts++] = (dk_shift){m->first, m->last, m->entry};
            continue;
        }
        if (!e->has_valence) continue;
        if (!dk_grow(&r->opinions, &r->opinions_cap, r->nopinions + 1)) return dk_fail_memory(err);
        int32_t value = m->notes & DK_WORD_ELONGATED ? e->valence * 13 / 10 : e->valence;
        r->opinions[r->nopinions++] =
            (dk_opinion){.first = m->first, .last = m->last, .entry = m->entry, .base = e->valence, .value = value,
                         .rules = word_rules(m) | (e->modifier == DK_MOD_IDIOM ? DK_RULE_IDIOM : 0)};
    }
    return DK_OK;
}

static int compare_opinions(const void *a, const void *b) {
    const dk_opinion *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static int compare_shifts(const void *a, const void *b) {
    const dk_shift *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

dk_status dk_resolve(dk_reading *r, const dk_lexicon *lex, size_t ntokens, dk_error *err) {
    if (!dk_grow(&r->order, &r->order_cap, 2 * r->matches.count + 1) || !dk_grow(&r->claims, &r->claims_cap, ntokens + 1))
        return dk_fail_memory(err);
    dk_status status = pick_themes(r, lex, ntokens, err);
    if (status == DK_OK) status = pick_opinions(r, lex, ntokens, err);
    if (status != DK_OK) return status;
    /* winners hold disjoint tokens, so the first token orders them fully */
    qsort(r->opinions, r->nopinions, sizeof *r->opinions, compare_opinions);
    qsort(r->shifts, r->nshifts, sizeof *r->shifts, compare_shifts);
    return DK_OK;
}
