/* Which entries of two lexicons correspond, and why a comment came out otherwise. */
#include <stdlib.h>

#include "base/intern.h"
#include "workbench/diff_private.h"

static const char *const cause_names[DK_CAUSES] = {"added", "removed",  "changed",  "shadowed", "freed",
                                                   "moved", "spelling", "compound", "models",   "unknown"};
const char *dk_cause_name(dk_cause cause) {
    return cause_names[cause];
}

/* ---- Pairs ------------------------------------------------------------------------------------------- */

/* What an entry is: with `whole` all that it does, otherwise its place and its term alone. */
static void put_key(const dk_lexicon *lex, uint32_t i, bool theme, bool whole, dk_buf *key) {
    const dk_entry *e = &lex->entries[i];
    dk_buf_clear(key);
    dk_buf_putf(key, "%d/%d/%s/", e->kind, e->language, e->pack >= 0 ? lex->packs[e->pack] : "");
    dk_buf_put(key, lex->sources[i].text.ptr, lex->sources[i].text.len);
    if (theme && e->theme != DK_NO_ID) dk_buf_putf(key, "\t%s", lex->taxonomy.themes[e->theme].id);
    if (whole)
        dk_buf_putf(key, "\t%d %d %d %d %d %d %d", e->modifier, e->before, e->after, e->has_valence,
                    e->valence, (int)e->strength, e->emotion);
}

/* Pairs what has the same key and no partner yet, the first with the first. */
static dk_status pair_by(dk_pairing *p, const dk_lexicon *a, const dk_lexicon *b, bool theme, bool whole,
                         dk_error *err) {
    dk_intern keys;
    dk_buf key;
    dk_intern_init(&keys);
    dk_buf_init(&key);
    uint32_t *head = NULL, *next = malloc((b->count + 1) * sizeof *next);
    size_t cap = 0;
    dk_status status = next == NULL ? dk_fail_memory(err) : DK_OK;
    for (uint32_t i = (uint32_t)b->count;
         status == DK_OK && i-- > 0;) { /* from behind, so that the first comes out first */
        if (p->partner[1][i] != DK_NO_ID) continue;
        put_key(b, i, theme, whole, &key);
        size_t known = keys.count;
        uint32_t id = dk_intern_add(&keys, (dk_str){key.ptr, key.len});
        if (id == DK_NO_ID || !dk_grow(&head, &cap, (size_t)id + 1))
            status = dk_fail_memory(err);
        else {
            next[i] = id >= known ? DK_NO_ID : head[id];
            head[id] = i;
        }
    }
    for (uint32_t i = 0; status == DK_OK && i < a->count; i++) {
        if (p->partner[0][i] != DK_NO_ID) continue;
        put_key(a, i, theme, whole, &key);
        uint32_t id = dk_intern_find(&keys, (dk_str){key.ptr, key.len});
        if (id == DK_NO_ID || head[id] == DK_NO_ID) continue;
        uint32_t mate = head[id];
        head[id] = next[mate];
        p->partner[0][i] = mate;
        p->partner[1][mate] = i;
        p->state[0][i] = p->state[1][mate] = whole ? DK_PAIR_SAME : DK_PAIR_CHANGED;
    }
    if (status == DK_OK) status = dk_buf_status(&key, err);
    dk_intern_dispose(&keys);
    dk_buf_dispose(&key);
    free(head);
    free(next);
    return status;
}

/* Entries that are the same but stand before or behind others than they did: those outside of a longest run that
   keeps its order (patience sorting). */
static dk_status find_moved(dk_pairing *p, size_t na, dk_error *err) {
    uint32_t *tails = malloc((na + 1) * sizeof *tails), *before = malloc((na + 1) * sizeof *before);
    bool *kept = calloc(na + 1, sizeof *kept);
    size_t length = 0;
    dk_status status = tails == NULL || before == NULL || kept == NULL ? dk_fail_memory(err) : DK_OK;
    for (uint32_t i = 0; status == DK_OK && i < na; i++) {
        if (p->state[0][i] != DK_PAIR_SAME) continue;
        size_t lo = 0, hi = length;
        while (lo < hi) {
            size_t mid = (lo + hi) / 2;
            if (p->partner[0][tails[mid]] < p->partner[0][i])
                lo = mid + 1;
            else
                hi = mid;
        }
        before[i] = lo > 0 ? tails[lo - 1] : DK_NO_ID;
        tails[lo] = i;
        if (lo == length) length++;
    }
    for (uint32_t i = length > 0 ? tails[length - 1] : DK_NO_ID; status == DK_OK && i != DK_NO_ID;
         i = before[i])
        kept[i] = true;
    for (uint32_t i = 0; status == DK_OK && i < na; i++) {
        if (p->state[0][i] != DK_PAIR_SAME || kept[i]) continue;
        p->state[0][i] = p->state[1][p->partner[0][i]] = DK_PAIR_MOVED;
        p->moved++;
    }
    free(tails);
    free(before);
    free(kept);
    return status;
}

dk_status dk_pairing_make(dk_pairing *p, const dk_lexicon *a, const dk_lexicon *b, dk_error *err) {
    const dk_lexicon *both[2] = {a, b};
    memset(p, 0, sizeof *p);
    for (int s = 0; s < 2; s++) {
        p->partner[s] = malloc((both[s]->count + 1) * sizeof *p->partner[s]);
        p->state[s] = malloc(both[s]->count + 1);
        if (p->partner[s] == NULL || p->state[s] == NULL) return dk_fail_memory(err);
        memset(p->partner[s], 0xFF, both[s]->count * sizeof *p->partner[s]);
        memset(p->state[s], DK_PAIR_ALONE, both[s]->count);
    }
    dk_status status = pair_by(p, a, b, true, true, err);
    if (status == DK_OK) status = pair_by(p, a, b, true, false, err);
    if (status == DK_OK)
        status = pair_by(p, a, b, false, false, err); /* the same term, now of another theme */
    if (status == DK_OK) status = find_moved(p, a->count, err);
    for (size_t i = 0; status == DK_OK && i < a->count; i++) {
        p->same += p->state[0][i] == DK_PAIR_SAME;
        p->changed += p->state[0][i] == DK_PAIR_CHANGED;
        p->removed += p->state[0][i] == DK_PAIR_ALONE;
    }
    for (size_t i = 0; status == DK_OK && i < b->count; i++) p->added += p->state[1][i] == DK_PAIR_ALONE;
    return status;
}

void dk_pairing_dispose(dk_pairing *p) {
    for (int s = 0; s < 2; s++) {
        free(p->partner[s]);
        free(p->state[s]);
    }
}

/* ---- Why --------------------------------------------------------------------------------------------- */

typedef struct reasons {
    dk_why *out;
    size_t count;
} reasons;

static void give(reasons *r, dk_cause cause, int side, uint32_t entry) {
    for (size_t i = 0; i < r->count; i++)
        if (r->out[i].cause == cause && r->out[i].entry == entry && r->out[i].side == side) return;
    if (r->count < DK_DIFF_WHY) r->out[r->count++] = (dk_why){(uint8_t)cause, (uint8_t)side, entry};
}

/* Entries that differ and match here; decided: only those that won their words. */
static void give_direct(reasons *r, const dk_pairing *p, const dk_reading *const readings[2], bool decided) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < readings[s]->matches.count; i++) {
            const dk_match *m = &readings[s]->matches.items[i];
            uint8_t state = p->state[s][m->entry];
            if ((decided && m->won == 0) || state == DK_PAIR_SAME) continue;
            if (state == DK_PAIR_ALONE)
                give(r, s == 0 ? DK_CAUSE_REMOVED : DK_CAUSE_ADDED, s, m->entry);
            else if (state == DK_PAIR_CHANGED && s == 1)
                give(r, DK_CAUSE_CHANGED, 1, m->entry);
            else if (state == DK_PAIR_CHANGED)
                give(r, DK_CAUSE_CHANGED, 1, p->partner[0][m->entry]);
        }
}

static const dk_match *find_match(const dk_reading *r, uint32_t entry, uint32_t first, uint32_t last) {
    for (size_t i = 0; i < r->matches.count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (m->entry == entry && m->first == first && m->last == last) return m;
    }
    return NULL;
}

/* Entries that are the same in both, but won in one alone. */
static void give_indirect(reasons *r, const dk_pairing *p, const dk_reading *const readings[2]) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < readings[s]->matches.count; i++) {
            const dk_match *m = &readings[s]->matches.items[i];
            uint32_t partner = p->partner[s][m->entry];
            if (m->won == 0 || partner == DK_NO_ID || p->state[s][m->entry] == DK_PAIR_CHANGED) continue;
            const dk_match *other = find_match(readings[!s], partner, m->first, m->last);
            uint32_t in_b = s == 1 ? m->entry : partner;
            if (other != NULL && other->won == 0)
                give(r, s == 0 ? DK_CAUSE_SHADOWED : DK_CAUSE_FREED, 1, in_b);
            else if (other == NULL && m->notes & DK_WORD_SPELLING)
                give(r, DK_CAUSE_SPELLING, 1, in_b);
            else if (other == NULL && m->notes & DK_WORD_COMPOUND)
                give(r, DK_CAUSE_COMPOUND, 1, in_b);
        }
}

static void give_moved(reasons *r, const dk_pairing *p, const dk_reading *const readings[2]) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < readings[s]->matches.count; i++) {
            const dk_match *m = &readings[s]->matches.items[i];
            if (p->state[s][m->entry] == DK_PAIR_MOVED)
                give(r, DK_CAUSE_MOVED, 1, s == 1 ? m->entry : p->partner[0][m->entry]);
        }
}

size_t dk_diff_explain(const dk_pairing *p, const dk_reading *const readings[2], bool models_differ,
                       dk_why out[DK_DIFF_WHY]) {
    reasons r = {out, 0};
    give_direct(&r, p, readings, true);
    if (r.count == 0) give_direct(&r, p, readings, false);
    give_indirect(&r, p, readings);
    if (r.count == 0) give_moved(&r, p, readings);
    if (r.count == 0) give(&r, models_differ ? DK_CAUSE_MODELS : DK_CAUSE_UNKNOWN, 0, DK_NO_ID);
    return r.count;
}
