#include "study/feelings.h"

#include <assert.h>
#include <stdlib.h>

#include "base/intern.h"
#include "tag/inspect.h"

struct dk_feelings {
    uint8_t *emotion; /* by entry */
};

/* The single words of a language that name a feeling, and which entry does. */
typedef struct words {
    dk_intern names[DK_LANGUAGES];
    uint32_t *entry[DK_LANGUAGES];
    size_t cap[DK_LANGUAGES];
} words;

/* Letters of ASCII, and all bytes beyond it: words of other letters stay whole. */
static bool is_letter(unsigned char c) { return c >= 128 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static dk_status add_word(words *w, const dk_lexicon *lexicon, uint32_t entry, dk_error *err) {
    dk_str text = lexicon->sources[entry].text;
    int l = lexicon->entries[entry].language;
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter((unsigned char)text.ptr[i])) return DK_OK;
    size_t before = w->names[l].count;
    uint32_t id = dk_intern_add(&w->names[l], text);
    if (id == DK_NO_ID || !dk_grow(&w->entry[l], &w->cap[l], w->names[l].count)) return dk_fail_memory(err);
    if (w->names[l].count > before) w->entry[l][id] = entry; /* of doubles the first counts, as in matching */
    return DK_OK;
}

/* The feeling of the first word in the term that names one and points the same way as the whole. */
static uint8_t within(const words *w, const dk_lexicon *lexicon, uint32_t entry) {
    const dk_entry *e = lexicon->entries + entry;
    dk_str text = lexicon->sources[entry].text;
    for (size_t i = 0, end; i < text.len; i = end + 1) {
        for (end = i; end < text.len && is_letter((unsigned char)text.ptr[end]);) end++;
        if (end == i) continue;
        uint32_t id = dk_intern_find(&w->names[e->language], (dk_str){text.ptr + i, end - i});
        if (id == DK_NO_ID) continue;
        const dk_entry *word = lexicon->entries + w->entry[e->language][id];
        if (word->valence * e->valence > 0) return word->emotion;
    }
    return DK_EMOTION_NONE;
}

dk_status dk_feelings_new(dk_feelings **out, const dk_lexicon *lexicon, dk_error *err) {
    words w = {0};
    dk_feelings *f = calloc(1, sizeof *f);
    dk_status status = DK_OK;
    if (f != NULL) f->emotion = calloc(lexicon->count + 1, 1);
    if (f == NULL || f->emotion == NULL) status = dk_fail_memory(err);
    for (int l = 0; l < DK_LANGUAGES; l++) dk_intern_init(&w.names[l]);
    for (uint32_t i = 0; status == DK_OK && i < lexicon->count; i++)
        if (lexicon->entries[i].emotion != DK_EMOTION_NONE) status = add_word(&w, lexicon, i, err);
    for (uint32_t i = 0; status == DK_OK && i < lexicon->count; i++) {
        const dk_entry *e = lexicon->entries + i;
        /* "glad staff" says how the staff is: only themes that restate the score tell of the customer */
        bool own = e->kind == DK_ENTRY_THEME && !lexicon->taxonomy.themes[e->theme].outcome;
        f->emotion[i] = e->emotion != DK_EMOTION_NONE || !e->has_valence || own ? e->emotion : within(&w, lexicon, i);
    }
    for (int l = 0; l < DK_LANGUAGES; l++) {
        dk_intern_dispose(&w.names[l]);
        free(w.entry[l]);
    }
    if (status == DK_OK) *out = f;
    else dk_feelings_free(f);
    return status;
}

void dk_feelings_free(dk_feelings *f) {
    if (f == NULL) return;
    free(f->emotion);
    free(f);
}

/* What the opinions of a clause name, good and bad apart. */
typedef struct named {
    uint16_t good, bad;
} named;

/* Opinions lie in the order of their clauses; *next is the first that was not looked at. */
static named name_clause(const dk_feelings *f, const dk_reading *r, uint16_t clause, size_t *next) {
    named n = {0, 0};
    while (*next < r->nopinions && r->opinions[*next].clause < clause) ++*next;
    for (; *next < r->nopinions && r->opinions[*next].clause == clause; ++*next) {
        const dk_opinion *o = r->opinions + *next;
        unsigned emotion = f->emotion[o->entry];
        bool turned = (int64_t)o->value * o->base <= 0 || o->rules & (DK_RULE_SUGGESTION | DK_RULE_QUESTION);
        if (emotion == DK_EMOTION_NONE || turned) continue;
        if (o->value > 0) n.good |= (uint16_t)(1u << emotion);
        else n.bad |= (uint16_t)(1u << emotion);
    }
    return n;
}

void dk_feelings_find(const dk_feelings *f, const dk_session *session, const dk_comment *c, uint16_t *out) {
    const dk_reading *r = dk_inspect_reading(session);
    if (c->nmentions == 0) return; /* also where the comment was not read */
    assert(r->nthemes == c->nmentions);
    named here = {0, 0};
    uint16_t clause = 0;
    size_t next = 0;
    for (size_t i = 0; i < c->nmentions; i++) {
        uint16_t of = c->tokens[r->themes[i].first].clause;
        if (i == 0 || of != clause) here = name_clause(f, r, of, &next);
        clause = of;
        out[i] = c->mentions[i].label == DK_NEGATIVE ? here.bad : c->mentions[i].label == DK_POSITIVE ? here.good : 0;
    }
}
