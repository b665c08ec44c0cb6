/* Which comments a change can reach, and tagging them anew.
 *
 * What a word means to an index depends on the word and on those entries alone that it satisfies, or whose words it is one typing
 * error away from (dk_index_touches). So an index of the entries that differ, by themselves, tells the words that may
 * mean something else afterwards, and a comment without any such word comes out as before.
 */
#include <stdlib.h>

#include "base/pipeline.h"
#include "workbench/edit_text.h"

enum { WORDS_PART = 4096 };

typedef struct toucher {
    const dk_edit *edit;
    const dk_index *index;
    uint8_t *touched; /* by word */
} toucher;

static dk_status touch_part(void *context, size_t part, dk_error *err) {
    const toucher *t = context;
    const dk_intern *words = &t->edit->corpus.words;
    size_t end = (part + 1) * WORDS_PART < words->count ? (part + 1) * WORDS_PART : words->count;
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    dk_arena arena;
    dk_arena_init(&arena);
    dk_status status = scratch == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t w = part * WORDS_PART; status == DK_OK && w < end; w++) {
        if (t->touched[w]) continue;
        dk_word meaning;
        dk_str form = dk_intern_text(words, (uint32_t)w);
        dk_arena_reset(&arena);
        status = dk_index_analyse(t->index, scratch, form, DK_TOKEN_WORD, &arena, &meaning, NULL, err);
        if (status == DK_OK) t->touched[w] = dk_index_touches(t->index, form, &meaning);
    }
    dk_arena_dispose(&arena);
    dk_regex_scratch_free(scratch);
    return status;
}

/* Whether a term is of letters alone: the corpus keeps no numbers, marks and addresses, so that others may stand anywhere. */
static bool is_of_words(const dk_term *term) {
    if (term->comment_regex) return true; /* found by its literals */
    for (size_t s = 0; s < term->nsteps; s++)
        for (size_t a = 0; a < term->steps[s].nalternatives; a++) {
            const dk_alternative *x = &term->steps[s].alternatives[a];
            if (x->matcher == DK_MATCH_REGEX) return false;
            for (size_t i = 0; i < x->ntexts; i++)
                for (size_t k = 0; k < x->texts[i].len; k++) {
                    unsigned char c = (unsigned char)x->texts[i].ptr[k];
                    bool letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  c == '\'' || c == '-';
                    if (!letter) return false;
                }
        }
    return true;
}

/* The entries of one language, and of every language, as a lexicon of their own. */
static dk_status pick(dk_lexicon *mini, const edit_entry *entries, size_t count, dk_language language,
                      bool *anywhere, dk_error *err) {
    static const char *const nowhere[] = {"the entry"};
    mini->files = (const char **)(uintptr_t)nowhere;
    mini->nfiles = 1;
    for (size_t i = 0; i < count; i++) {
        const dk_entry *e = &entries[i].lexicon->entries[entries[i].entry];
        if (e->language != language && e->language != DK_LANG_OTHER) continue;
        if (!dk_grow(&mini->entries, &mini->cap, mini->count + 1) ||
            !dk_grow(&mini->sources, &mini->sources_cap, mini->count + 1))
            return dk_fail_memory(err);
        dk_entry_source *s = &mini->sources[mini->count];
        mini->entries[mini->count] = *e;
        *s = entries[i].lexicon->sources[entries[i].entry];
        s->file = 0;
        dk_status status = dk_term_parse(&s->term, s->text, &mini->arena, err);
        if (status != DK_OK) return status;
        *anywhere |= !is_of_words(&s->term);
        mini->count++;
    }
    return DK_OK;
}

/* Marks the words that the entries touch in a language; *anywhere is set when comments without any of them may be reached too. */
static dk_status touch(const dk_edit *edit, const edit_entry *entries, size_t count, dk_language language,
                       uint8_t *touched, bool *anywhere, dk_error *err) {
    dk_lexicon mini = {0};
    dk_index *index = NULL;
    dk_arena_init(&mini.arena);
    dk_status status = pick(&mini, entries, count, language, anywhere, err);
    if (status == DK_OK && mini.count > 0 && !*anywhere) {
        status = dk_index_new(&index, &mini, language, dk_engine_morph(edit->base, language),
                              !edit->options->engine.no_spelling, err);
        if (status == DK_OK && dk_index_always_searches(index)) *anywhere = true;
        if (status == DK_OK && !*anywhere) {
            toucher t = {edit, index, touched};
            size_t parts = (edit->corpus.words.count + WORDS_PART - 1) / WORDS_PART;
            status = dk_parallel_for(edit->options->threads, parts, touch_part, &t, err);
        }
    }
    dk_index_free(index);
    free(mini.entries);
    free(mini.sources);
    dk_arena_dispose(&mini.arena);
    return status;
}

dk_status edit_reach(const dk_edit *edit, const edit_entry *entries, size_t count, uint32_t **out, size_t *n,
                     dk_error *err) {
    const dk_corpus *k = &edit->corpus;
    bool anywhere = false;
    *n = 0;
    *out = malloc((k->count + 1) * sizeof **out);
    uint8_t *touched = calloc(k->words.count + 1, 1);
    dk_status status = *out == NULL || touched == NULL ? dk_fail_memory(err) : DK_OK;
    for (int l = DK_LANG_SV; status == DK_OK && !anywhere && l < DK_LANGUAGES; l++)
        status = touch(edit, entries, count, (dk_language)l, touched, &anywhere, err);
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        bool hit = anywhere;
        const uint32_t *tokens = k->tokens + k->comments[i].first;
        for (uint32_t t = 0; !hit && t < k->comments[i].ntokens; t++) {
            uint32_t word = tokens[t] & DK_CORPUS_WORD;
            hit = word != DK_CORPUS_BREAK && touched[word];
        }
        if (hit) (*out)[(*n)++] = (uint32_t)i;
    }
    free(touched);
    return status;
}

/* ---- Tagging ----------------------------------------------------------------------------------------- */

typedef struct reading {
    const dk_edit *edit;
    const dk_engine *engine;
    const uint32_t *comments;
    size_t n, parts;
    edit_visit visit;
    void *context;
} reading;

size_t edit_parts(const dk_edit *edit) {
    return (size_t)edit->options->threads;
}

static dk_status read_part(void *context, size_t part, dk_error *err) {
    const reading *x = context;
    const dk_corpus *k = &x->edit->corpus;
    size_t from = x->n * part / x->parts, end = x->n * (part + 1) / x->parts;
    if (from == end) return DK_OK;
    dk_session *session = NULL;
    dk_status status = dk_session_new(&session, x->engine, &k->plan, err);
    for (size_t i = from; status == DK_OK && i < end; i++) {
        uint32_t number = x->comments[i];
        dk_comment c;
        edit_customer(x->edit, session, number);
        status = dk_session_tag(session, k->comments[number].text, &c, err);
        if (status == DK_OK) status = x->visit(x->context, part, number, session, &c, err);
    }
    dk_session_free(session);
    return status;
}

dk_status edit_read(const dk_edit *edit, const dk_engine *engine, const uint32_t *comments, size_t n,
                    edit_visit visit, void *context, dk_error *err) {
    reading x = {edit, engine, comments, n, edit_parts(edit), visit, context};
    return dk_parallel_for(edit->options->threads, x.parts, read_part, &x, err);
}

/* ---- Results ----------------------------------------------------------------------------------------- */

enum { SAID_MAX = 256 };

/* Adds a theme with a label to those of a comment, which are ordered. */
static size_t add_said(uint32_t *said, size_t n, uint32_t theme, unsigned label) {
    size_t at = 0;
    while (at < n && said[at] >> 2 < theme) at++;
    if (at < n && said[at] >> 2 == theme) {
        unsigned old = said[at] & 3; /* bad and good together are mixed; neutral gives way */
        said[at] = theme << 2 | (old == DK_NEUTRAL || old == label ? label
                                 : label == DK_NEUTRAL             ? old
                                                                   : (unsigned)DK_MIXED);
        return n;
    }
    if (n == SAID_MAX) return n;
    memmove(said + at + 1, said + at, (n - at) * sizeof *said);
    said[at] = theme << 2 | label;
    return n + 1;
}

typedef struct part {
    edit_result *results;
    uint32_t *comments, *said;
    size_t count, cap, comments_cap, nsaid, said_cap;
} part;

static dk_status keep(void *context, size_t number, uint32_t comment, dk_session *session,
                      const dk_comment *c, dk_error *err) {
    part *p = (part *)context + number;
    (void)session;
    if (!dk_grow(&p->results, &p->cap, p->count + 1) ||
        !dk_grow(&p->comments, &p->comments_cap, p->count + 1) ||
        !dk_grow(&p->said, &p->said_cap, p->nsaid + SAID_MAX))
        return dk_fail_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < c->nmentions; i++)
        n = add_said(p->said + p->nsaid, n, c->mentions[i].theme, c->mentions[i].label);
    p->comments[p->count] = comment;
    p->results[p->count++] =
        (edit_result){(uint32_t)p->nsaid, (uint16_t)n, (int16_t)c->sentiment, (uint8_t)c->label};
    p->nsaid += n;
    return DK_OK;
}

/* Appends a result whose themes are at said. */
static bool put_result(edit_state *s, size_t comment, edit_result r, const uint32_t *said) {
    if (!dk_grow(&s->said, &s->said_cap, s->nsaid + r.count + 1)) return false;
    if (r.count > 0) memcpy(s->said + s->nsaid, said, r.count * sizeof *said);
    r.first = (uint32_t)s->nsaid;
    s->nsaid += r.count;
    s->results[comment] = r;
    return true;
}

dk_status edit_results(const dk_edit *edit, edit_state *next, const edit_state *from,
                       const uint32_t *comments, size_t n, dk_error *err) {
    size_t nparts = edit_parts(edit), total = edit->corpus.count;
    part *parts = calloc(nparts, sizeof *parts);
    next->results = malloc((total + 1) * sizeof *next->results);
    dk_status status = parts == NULL || next->results == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) status = edit_read(edit, next->engine, comments, n, keep, parts, err);
    size_t at = 0, within = 0; /* parts follow each other in the order of the comments */
    for (size_t i = 0; status == DK_OK && i < total; i++) {
        while (at < nparts && within == parts[at].count) at++, within = 0;
        bool anew = at < nparts && parts[at].comments[within] == i;
        edit_result r = anew ? parts[at].results[within] : from->results[i];
        const uint32_t *said = anew ? parts[at].said : from->said;
        if (!put_result(next, i, r, said + r.first)) status = dk_fail_memory(err);
        within += anew;
    }
    next->read = n;
    for (size_t p = 0; parts != NULL && p < nparts; p++) {
        free(parts[p].results);
        free(parts[p].comments);
        free(parts[p].said);
    }
    free(parts);
    return status;
}

dk_status edit_first_results(dk_edit *edit, edit_state *state, dk_error *err) {
    const dk_corpus *k = &edit->corpus;
    uint32_t said[SAID_MAX];
    state->results = malloc((k->count + 1) * sizeof *state->results);
    if (state->results == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < k->count; i++) {
        const dk_corpus_comment *c = &k->comments[i];
        size_t n = 0;
        for (uint32_t m = 0; m < c->nmentions; m++) {
            const dk_corpus_mention *x = &k->mentions[c->first_mention + m];
            n = add_said(said, n, x->theme, x->label);
        }
        if (!put_result(state, i, (edit_result){0, (uint16_t)n, c->sentiment, c->label}, said))
            return dk_fail_memory(err);
    }
    return DK_OK;
}

bool edit_differs(const edit_state *a, const edit_state *b, size_t comment) {
    const edit_result *x = &a->results[comment], *y = &b->results[comment];
    return x->label != y->label || x->count != y->count ||
           (x->count > 0 && memcmp(a->said + x->first, b->said + y->first, x->count * sizeof *a->said) != 0);
}
