/* What each comment is read in. */
#include <stdlib.h>

#include "base/buffer.h"
#include "tag/session_private.h"

/* FOREIGN: a comment that is another language's with this confidence less (thousandths) is not read. */
enum { FOREIGN = 200, SENTENCE_SURE = 970, SENTENCE_WORDS = 4 };

static dk_language decide(const dk_session *s, const dk_evidence *e, const dk_language_prior *prior, int32_t *confidence) {
    return dk_language_decide(s->engine->languages, e->sums, e->nwords, prior, confidence);
}

/* Whether one of our other languages has more evidence than the main one: without that no decision can go its way. */
static bool leads_elsewhere(const dk_evidence *e, dk_language main) {
    bool leads = false;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) leads |= e->sums[l] > e->sums[main];
    return leads;
}

/* What the comment says about its language, and each of its sentences. */
static dk_status find_evidence(dk_session *s, const dk_work *w, dk_evidence *sum, dk_error *err) {
    enum { BEFORE_OVERFLOW = INT32_MAX / INT16_MAX };
    typedef int32_t scores __attribute__((vector_size(4 * DK_LANGUAGE_CLASSES))); /* compilers add them one by one otherwise */
    typedef int16_t narrow __attribute__((vector_size(2 * DK_LANGUAGE_CLASSES)));
    const dk_token *tokens = w->tokens.items;
    const dk_form *forms = s->forms.forms;
    dk_evidence e = {{0}, 0, 0};
    scores sums = {0}; /* not yet in e, as nwords */
    uint32_t nwords = 0;
    s->nsentences = 0;
    for (size_t i = 0, first = 0; i < w->tokens.count; i++) {
        const dk_form *f = &forms[tokens[i].form]; /* zeros when it does not speak */
        narrow one;
        memcpy(&one, f->language, sizeof one);
        sums += __builtin_convertvector(one, scores);
        nwords += f->speaks;
        bool ends = tokens[i].flags & DK_TOKEN_ENDS_SENTENCE; /* the last token does */
        if (DK_LIKELY(!ends && i - first < BEFORE_OVERFLOW - 1)) continue;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) e.sums[c] += sums[c];
        e.nwords += nwords;
        sums = (scores){0};
        nwords = 0;
        first = i + 1;
        if (!ends) continue;
        e.end = i + 1;
        if (DK_UNLIKELY(s->nsentences == s->sentences_cap) && !dk_grow(&s->sentences, &s->sentences_cap, s->nsentences + 1))
            return dk_fail_memory(err);
        s->sentences[s->nsentences++] = e;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) sum->sums[c] += e.sums[c];
        sum->nwords += e.nwords;
        e = (dk_evidence){{0}, 0, 0};
    }
    return DK_OK;
}

/* A sentence that is surely in another of our languages than the comment is read in that one. */
static void mark_sentences(const dk_session *s, dk_work *w, dk_language main) {
    dk_language_prior prior = {{0}};
    prior.add[main] = 2 * DK_LANGUAGE_UNIT;
    if (s->nsentences < 2) return;
    for (size_t k = 0, first = 0; k < s->nsentences; first = s->sentences[k++].end) {
        const dk_evidence *e = &s->sentences[k];
        if (e->end - first < SENTENCE_WORDS || e->nwords < SENTENCE_WORDS || !leads_elsewhere(e, main)) continue;
        int32_t confidence;
        dk_language language = decide(s, e, &prior, &confidence);
        if (language == main || language == DK_LANG_OTHER || confidence < SENTENCE_SURE) continue;
        memset(w->languages + first, language, e->end - first);
        w->used |= 1u << language;
    }
}

/* Which of our languages a few words are in that were taken for another one's: the one whose dictionary knows most of them, the likeliest
   when it knows as many as any. Norwegian looks like Danish, but "dyr frakt" is all Swedish. */
static dk_language known_best(const dk_session *s, const dk_work *w, dk_language likeliest) {
    enum { A_FEW = 8 };
    if (w->tokens.count > A_FEW) return likeliest;
    unsigned known[DK_LANGUAGES] = {0};
    for (size_t i = 0; i < w->tokens.count; i++)
        for (int l = DK_LANG_SV; l < DK_LANGUAGES && w->tokens.items[i].kind == DK_TOKEN_WORD; l++)
            if (s->engine->morphs[l] != NULL) known[l] += dk_morph_known(s->engine->morphs[l], s->forms.folded[w->tokens.items[i].form]);
    dk_language best = likeliest;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++)
        if (known[l] > known[best]) best = (dk_language)l;
    return best;
}

dk_status dk_session_choose_languages(dk_session *s, dk_work *w, dk_error *err) {
    size_t n = w->tokens.count;
    dk_comment *c = w->comment;
    w->readable = false;
    if (n == 0) return DK_OK;
    if (!dk_grow(&w->languages, &w->languages_cap, n)) return dk_fail_memory(err);
    memset(w->languages, DK_LANG_OTHER, n);
    if (s->plan.language_fixed) {
        c->language = s->plan.language;
        c->confidence = 1000;
        memset(w->languages, c->language, n);
        w->used = 1u << c->language;
        w->main = c->language;
        w->readable = c->language != DK_LANG_OTHER;
        return DK_OK;
    }
    dk_evidence e = {{0}, 0, 0};
    dk_status status = find_evidence(s, w, &e, err);
    if (status != DK_OK) return status;
    c->language = decide(s, &e, &s->plan.prior, &c->confidence);
    dk_language read_in = c->language;
    w->readable = read_in != DK_LANG_OTHER || e.nwords == 0 || c->confidence < 1000 - FOREIGN;
    if (!w->readable) return DK_OK;
    if (read_in == DK_LANG_OTHER) {
        /* perhaps one of ours after all: read it in the likeliest of them */
        dk_language_prior ours = s->plan.prior;
        ours.add[DK_LANG_OTHER] -= 64 * DK_LANGUAGE_UNIT;
        int32_t confidence;
        read_in = e.nwords > 0 ? decide(s, &e, &ours, &confidence) : DK_LANG_EN;
        if (read_in == DK_LANG_OTHER) read_in = DK_LANG_EN; /* emoji alone: the shared entries are in every index */
        read_in = known_best(s, w, read_in);
    }
    memset(w->languages, read_in, n);
    w->used = 1u << read_in;
    w->main = read_in;
    if (e.nwords > SENTENCE_WORDS) mark_sentences(s, w, read_in);
    return DK_OK;
}
