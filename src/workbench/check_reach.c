/* Whether an entry ever counts: texts that it ought to match are read as comments are, and the winners looked at. */
#include <stdio.h>
#include <stdlib.h>

#include "base/intern.h"
#include "base/pipeline.h"
#include "tag/resolve.h"
#include "text/utf8.h"
#include "workbench/check_private.h"

enum { PART = 2048, FORMS_MAX = 60000 };

/* What one part of the entries is worked on with. */
typedef struct reader {
    const checker *c;
    dk_language language;
    dk_regex_scratch *scratch;
    dk_intern forms[DK_LANGUAGES];
    dk_word *meanings[DK_LANGUAGES]; /* by form */
    size_t cap[DK_LANGUAGES];
    dk_arena arena;
    const dk_word **words;
    size_t words_cap;
    dk_buf folded;
    dk_reading reading;
    dk_error *err;
    dk_status status;
    /* of the entry at hand */
    uint32_t entry, packs;
    bool matched, counted, made;
    uint32_t winner; /* the first that won where the entry did not; DK_NO_ID for none */
    char text[160];  /* the first text, for the message */
    char cut[160];   /* its tokens, when they are not as the entry has them */
} reader;

static void forget_forms(reader *r) {
    for (int l = 0; l < DK_LANGUAGES; l++) dk_intern_dispose(&r->forms[l]);
    dk_arena_reset(&r->arena);
}

/* What a form means, found once. */
static const dk_word *meaning_of(reader *r, dk_str form, dk_token_kind kind) {
    dk_intern *table = &r->forms[r->language];
    size_t before = table->count;
    uint32_t id = dk_intern_add(table, form);
    if (id == DK_NO_ID || !dk_grow(&r->meanings[r->language], &r->cap[r->language], (size_t)id + 1)) {
        r->status = dk_fail_memory(r->err);
        return NULL;
    }
    dk_word *word = &r->meanings[r->language][id];
    if (id == before)
        r->status = dk_index_analyse(r->c->indexes[r->language], r->scratch, form, kind, &r->arena, word,
                                     NULL, r->err);
    return word;
}

/* Every meaning first: the array of them may move. */
static bool look_up(reader *r, const dk_witness *w) {
    size_t n = w->tokens->count;
    if (!dk_grow(&r->words, &r->words_cap, n)) {
        r->status = dk_fail_memory(r->err);
        return false;
    }
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n && r->status == DK_OK; i++) {
            const dk_token *t = &w->tokens->items[i];
            dk_buf_clear(&r->folded);
            r->status = dk_utf8_fold(&r->folded, w->text.ptr + t->start, t->end - t->start, r->err);
            if (r->status == DK_OK)
                r->words[i] = meaning_of(r, (dk_str){r->folded.ptr, r->folded.len}, (dk_token_kind)t->kind);
        }
    return r->status == DK_OK;
}

/* Whether the entry is among those that count, or the opinion that a modifier falls back on. */
static bool counts(const reader *r) {
    const dk_reading *g = &r->reading;
    for (size_t i = 0; i < g->nthemes; i++)
        if (g->themes[i].entry == r->entry) return true;
    for (size_t i = 0; i < g->nopinions; i++)
        if (g->opinions[i].entry == r->entry) return true;
    for (size_t i = 0; i < g->nshifts; i++)
        if (g->shifts[i].entry == r->entry || g->shifts[i].fallback == r->entry) return true;
    for (size_t i = 0; i < g->matches.count;
         i++) /* an idiom without valence, and what says nothing, only hide others */
        if (g->matches.items[i].entry == r->entry && g->matches.items[i].won) return true;
    return false;
}

/* How likely one entry is what keeps another from counting: those of one touchpoint exclude each other, then those of a kind. */
static int rivalry(const dk_entry *e, const dk_entry *winner) {
    if (e->kind != winner->kind) return 1;
    return e->kind == DK_ENTRY_THEME && e->touchpoint != winner->touchpoint ? 2 : 3;
}

/* Who won on the words of the entry; DK_NO_ID when nobody did. */
static uint32_t find_winner(const reader *r) {
    const dk_matches *all = &r->reading.matches;
    const dk_entry *entries = r->c->lexicon->entries;
    uint32_t found = DK_NO_ID;
    int best = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].entry != r->entry) continue;
        for (size_t k = 0; k < all->count; k++) {
            const dk_match *m = &all->items[k];
            bool overlap = m->won && m->first <= all->items[i].last && m->last >= all->items[i].first;
            int rival = overlap && m->entry != r->entry ? rivalry(&entries[r->entry], &entries[m->entry]) : 0;
            if (rival <= best) continue;
            best = rival;
            found = m->entry;
        }
    }
    return found;
}

static void note_text(reader *r, const dk_witness *w) {
    if (r->text[0] == '\0')
        snprintf(r->text, sizeof r->text, "%.*s", (int)(w->text.len < 120 ? w->text.len : 120), w->text.ptr);
    if (w->made || r->cut[0] != '\0') return;
    size_t at = 0;
    for (size_t i = 0; i < w->tokens->count && at + 40 < sizeof r->cut; i++) {
        const dk_token *t = &w->tokens->items[i];
        int len = (int)(t->end - t->start < 30 ? t->end - t->start : 30);
        at += (size_t)snprintf(r->cut + at, sizeof r->cut - at, "%s%.*s", i > 0 ? " | " : "", len,
                               w->text.ptr + t->start);
    }
}

static bool try_text(void *context, const dk_witness *w) {
    reader *r = context;
    note_text(r, w);
    if (!w->made) return true;
    r->made = true;
    dk_reading_clear(&r->reading);
    if (w->tokens->count == 0 || !look_up(r, w)) return r->status == DK_OK;
    uint64_t limited = 0;
    const dk_index *index = r->c->indexes[r->language];
    r->status = dk_index_match(index, r->words, w->tokens, r->packs, &r->reading.matches, r->err);
    dk_callers callers = {.count = 0};
    if (r->status == DK_OK && !dk_callers_find(&callers, r->words, w->tokens->count)) r->status = dk_fail_memory(r->err);
    if (r->status == DK_OK)
        r->status = dk_index_match_patterns(index, r->scratch, w->text, r->words, w->tokens, &callers, r->packs,
                                            &r->reading.matches, &limited, r->err);
    free(callers.tokens);
    bool here = false;
    for (size_t i = 0; i < r->reading.matches.count && !here; i++)
        here = r->reading.matches.items[i].entry == r->entry;
    if (r->status != DK_OK || !here) return r->status == DK_OK;
    r->matched = true;
    r->status = dk_resolve(&r->reading, r->c->lexicon, w->tokens->count, r->err);
    if (r->status != DK_OK) return false;
    r->counted = counts(r);
    if (!r->counted && r->winner == DK_NO_ID) r->winner = find_winner(r);
    return !r->counted;
}

/* Of another kind, saying what the entry says: no harm is done. */
static bool is_covered(const dk_lexicon *lex, uint32_t entry, uint32_t winner) {
    const dk_entry *e = &lex->entries[entry], *w = &lex->entries[winner];
    if (e->kind != DK_ENTRY_VALENCE || e->kind == w->kind || !w->has_valence) return false;
    return (e->valence > 0) == (w->valence > 0);
}

static void report(const reader *r, findings *f) {
    const dk_lexicon *lex = r->c->lexicon;
    if (r->counted || r->c->settled[r->entry]) return;
    if (!r->matched) {
        if (!r->made && r->text[0] != '\0')
            findings_add(f, r->c, DK_CHECK_UNREACHABLE, r->entry, DK_NO_ID,
                         "never matches: a comment with it is read as %s", r->cut);
        else if (r->text[0] != '\0')
            findings_add(f, r->c, DK_CHECK_UNREACHABLE, r->entry, DK_NO_ID, "never matches, not even \"%s\"",
                         r->text);
        else
            findings_add(f, r->c, DK_CHECK_UNREACHABLE, r->entry, DK_NO_ID,
                         "no text was found that the pattern matches");
        return;
    }
    if (r->winner == DK_NO_ID) return;
    dk_str other = lex->sources[r->winner].text;
    int len = (int)(other.len < 80 ? other.len : 80);
    if (is_covered(lex, r->entry, r->winner))
        findings_add(f, r->c, DK_CHECK_COVERED, r->entry, r->winner, "says what %.*s already says", len,
                     other.ptr);
    else
        findings_add(f, r->c, DK_CHECK_SHADOWED, r->entry, r->winner,
                     "never counts: %.*s always wins on the same words", len, other.ptr);
}

/* An entry of every language counts when it does in one of them. */
static void try_entry(reader *r, uint32_t entry) {
    const dk_entry *e = &r->c->lexicon->entries[entry];
    r->entry = entry;
    r->packs = e->pack >= 0 ? 1u << e->pack : 0;
    r->matched = r->counted = r->made = false;
    r->winner = DK_NO_ID;
    r->text[0] = r->cut[0] = '\0';
    bool every = e->language == DK_LANG_OTHER;
    for (int l = every ? DK_LANG_SV : e->language;
         l < (every ? DK_LANGUAGES : e->language + 1) && !r->counted; l++) {
        r->language = (dk_language)l;
        if (r->status == DK_OK)
            r->status =
                witness_each(&r->c->lexicon->sources[entry].term, r->c->morphs[l], try_text, r, r->err);
        if (r->forms[l].count > FORMS_MAX) forget_forms(r);
    }
}

typedef struct parts {
    const checker *c;
    findings *found; /* by part */
} parts;

static dk_status try_part(void *context, size_t part, dk_error *err) {
    parts *p = context;
    reader r = {.c = p->c, .err = err, .scratch = dk_regex_scratch_new()};
    if (r.scratch == NULL) r.status = dk_fail_memory(err);
    dk_buf_init(&r.folded);
    size_t end = (part + 1) * PART < p->c->lexicon->count ? (part + 1) * PART : p->c->lexicon->count;
    for (size_t i = part * PART; i < end && r.status == DK_OK; i++) {
        if (!checker_wants(p->c, (uint32_t)i)) continue;
        try_entry(&r, (uint32_t)i);
        if (r.status == DK_OK) report(&r, &p->found[part]);
    }
    forget_forms(&r);
    for (int l = 0; l < DK_LANGUAGES; l++) free(r.meanings[l]);
    dk_arena_dispose(&r.arena);
    dk_buf_dispose(&r.folded);
    dk_reading_dispose(&r.reading);
    dk_regex_scratch_free(r.scratch);
    free(r.words);
    return r.status;
}

dk_status check_reach(checker *c, findings *f, dk_error *err) {
    if (!checker_does(c, DK_CHECK_UNREACHABLE) && !checker_does(c, DK_CHECK_SHADOWED) &&
        !checker_does(c, DK_CHECK_COVERED))
        return DK_OK;
    size_t nparts = (c->lexicon->count + PART - 1) / PART;
    parts p = {c, calloc(nparts + 1, sizeof *p.found)};
    if (p.found == NULL) return dk_fail_memory(err);
    dk_status status = dk_parallel_for(c->options->threads, nparts, try_part, &p, err);
    for (size_t i = 0; i < nparts; i++) {
        for (size_t k = 0; status == DK_OK && k < p.found[i].count; k++)
            findings_take(f, &p.found[i].items[k]);
        f->failed = f->failed || p.found[i].failed;
        findings_dispose(&p.found[i]);
    }
    free(p.found);
    return status;
}
