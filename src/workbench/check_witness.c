/* Texts that a term ought to match. */
#include <stdio.h>
#include <stdlib.h>

#include "text/utf8.h"
#include "workbench/check_private.h"

enum { TEXTS_MAX = 400, FORMS_MAX = 24, SAMPLES_MAX = 12, GLUED_MAX = 8 };

/* A word that no lexicon has, for gaps. */
static const char filler[] = "qxq";

typedef struct maker {
    const dk_term *term;
    const dk_morph *morph;
    bool (*each)(void *context, const dk_witness *w);
    void *context;
    dk_error *err;
    dk_status status;
    unsigned texts;
    bool stop;
    bool fill;   /* a filler in every gap */
    bool amidst; /* fillers before and behind: patterns may ask for the whole comment */
    size_t step, text,
        alternative; /* the place that varies: the form stands there; alternative counts in its step */
    dk_str form;     /* of the varied text; ptr NULL: as the term has it */
    dk_buf buf, folded;
    dk_tokens tokens;
    dk_arena arena;
    dk_str *wanted; /* the tokens that the text should have */
    size_t nwanted, wanted_cap;
} maker;

static void fail(maker *m) {
    m->status = dk_fail_memory(m->err);
    m->stop = true;
}

static bool fold_equals(maker *m, const dk_token *t, dk_str text) {
    dk_buf_clear(&m->folded);
    if (dk_utf8_fold(&m->folded, m->buf.ptr + t->start, t->end - t->start, m->err) != DK_OK) {
        fail(m);
        return false;
    }
    return dk_str_eq((dk_str){m->folded.ptr, m->folded.len}, text);
}

/* Whether the tokenizer makes of buf what is wanted. */
static bool is_made(maker *m) {
    if (dk_tokenize(&m->tokens, m->buf.ptr, m->buf.len, m->err) != DK_OK) fail(m);
    bool same = !m->stop && m->tokens.count == m->nwanted;
    for (size_t i = 0; same && i < m->nwanted; i++) same = fold_equals(m, &m->tokens.items[i], m->wanted[i]);
    return same;
}

static void want(maker *m, dk_str text) {
    if (!dk_grow(&m->wanted, &m->wanted_cap, m->nwanted + 1))
        fail(m);
    else
        m->wanted[m->nwanted++] = text;
}

static dk_str text_at(const maker *m, size_t step, const dk_alternative *a, size_t alternative, size_t text) {
    bool varied = m->form.ptr != NULL && step == m->step && alternative == m->alternative && text == m->text;
    return varied ? m->form : a->texts[text];
}

static void put_filler(maker *m) {
    dk_buf_putf(&m->buf, "%s%s", m->buf.len > 0 ? " " : "", filler);
    want(m, (dk_str){filler, sizeof filler - 1});
}

/* Writes the words of the term with a space between them, but none behind those of a written form that glue has a bit for: don't
   is two tokens, the parts of a quoted phrase are too. */
static void write_text(maker *m, uint32_t glue) {
    unsigned joint = 0;
    dk_buf_clear(&m->buf);
    m->nwanted = 0;
    if (m->amidst) put_filler(m);
    for (size_t s = 0; s < m->term->nsteps && !m->stop; s++) {
        const dk_step *step = &m->term->steps[s];
        size_t alternative = s == m->step ? m->alternative : 0;
        const dk_alternative *a = &step->alternatives[alternative];
        if (step->gap && m->fill) put_filler(m);
        for (size_t t = 0; t < a->ntexts && !m->stop; t++) {
            bool glued = t > 0 && (glue >> joint & 1);
            if (t > 0) joint++;
            dk_str text = text_at(m, s, a, alternative, t);
            if (m->buf.len > 0 && !glued) dk_buf_putc(&m->buf, ' ');
            dk_buf_put(&m->buf, text.ptr, text.len);
            want(m, text);
        }
    }
    if (m->amidst) put_filler(m);
    if (m->buf.failed) fail(m);
}

static unsigned count_joints(const maker *m) {
    size_t n = 0;
    for (size_t s = 0; s < m->term->nsteps; s++)
        n += m->term->steps[s].alternatives[s == m->step ? m->alternative : 0].ntexts - 1;
    return n > GLUED_MAX ? GLUED_MAX : (unsigned)n;
}

/* Hands on the text of the state at hand, written so that the tokenizer makes of it what the term asks for, if that can be. */
static void hand_on(maker *m) {
    if (m->stop || m->texts == TEXTS_MAX) return;
    uint32_t glues = 1u << count_joints(m), glue = glues; /* all glued first: mostly one written word */
    bool made = false;
    while (!made && glue-- > 0 && !m->stop) {
        write_text(m, glue);
        made = !m->stop && is_made(m);
        for (size_t i = 0; !made && i < m->buf.len; i++) /* :O is a token where :o is none */
            if (m->buf.ptr[i] >= 'a' && m->buf.ptr[i] <= 'z') m->buf.ptr[i] = (char)(m->buf.ptr[i] - 32);
        made = made || (!m->stop && is_made(m));
    }
    if (m->stop) return;
    m->texts++;
    if (!made) { /* as one would write it, for the message */
        write_text(m, glues - 1);
        if (!m->stop && dk_tokenize(&m->tokens, m->buf.ptr, m->buf.len, m->err) != DK_OK) fail(m);
        if (m->stop) return;
    }
    dk_witness w = {{m->buf.ptr, m->buf.len}, &m->tokens, made};
    if (!m->each(m->context, &w)) m->stop = true;
}

static void with_form(maker *m, dk_str form) {
    char *copy = dk_arena_strdup(&m->arena, form.ptr, form.len);
    if (copy == NULL) {
        fail(m);
        return;
    }
    m->form = (dk_str){copy, form.len};
    hand_on(m);
    m->form.ptr = NULL;
}

static void with_affixes(maker *m, const char *before, dk_str text, const char *after) {
    dk_buf form;
    dk_buf_init(&form);
    dk_buf_puts(&form, before);
    dk_buf_put(&form, text.ptr, text.len);
    dk_buf_puts(&form, after);
    if (form.failed)
        fail(m);
    else
        with_form(m, (dk_str){form.ptr, form.len});
    dk_buf_dispose(&form);
}

typedef struct forms {
    maker *m;
    dk_str items[FORMS_MAX];
    size_t count;
} forms;

static void keep_form(void *context, dk_str form) {
    forms *f = context;
    char *copy = f->count < FORMS_MAX ? dk_arena_strdup(&f->m->arena, form.ptr, form.len) : NULL;
    if (copy != NULL) f->items[f->count++] = (dk_str){copy, form.len};
}

/* The inflections of a word, by each lemma that it may have. */
static void vary_word(maker *m, dk_str text) {
    dk_lemma lemmas[DK_MORPH_LEMMAS_MAX];
    if (m->morph == NULL) return;
    size_t n = dk_morph_lemmas(m->morph, text, 0, lemmas, DK_MORPH_LEMMAS_MAX);
    for (size_t i = 0; i < n && !m->stop; i++) {
        if (!lemmas[i].plausible) continue;
        forms found = {.m = m};
        dk_morph_expand(m->morph, (dk_str){lemmas[i].text, lemmas[i].len}, keep_form, &found);
        for (size_t k = 0; k < found.count && !m->stop; k++)
            if (!dk_str_eq(found.items[k], text)) with_form(m, found.items[k]);
    }
}

/* The ways to fill the place at hand. */
static void vary(maker *m, const dk_alternative *a, dk_str text) {
    static const char *const endings[] = {"a", "e", "n", "s", "en", "er", "t", "ing", "qxq"};
    static const char *const beginnings[] = {"bil", "kund", "barn", "hus", "time", "over", "qxq"};
    static const char *const joints[] = {"", "s", "e"};
    switch (a->matcher) {
    case DK_MATCH_WORD: vary_word(m, text); break;
    case DK_MATCH_PREFIX:
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) with_affixes(m, "", text, endings[i]);
        break;
    case DK_MATCH_SUFFIX:
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
            with_affixes(m, beginnings[i], text, "");
        break;
    case DK_MATCH_PART:
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
            with_affixes(m, beginnings[i], text, "");
        for (size_t k = 0; k < 3; k++) {
            char head[16];
            snprintf(head, sizeof head, "%spris", joints[k]);
            with_affixes(m, "", text, head);
        }
        vary_word(m, text);
        break;
    case DK_MATCH_REGEX: {
        const char *samples[SAMPLES_MAX];
        size_t n = pattern_samples(text, &m->arena, samples, SAMPLES_MAX);
        for (size_t i = 0; i < n && !m->stop; i++) with_form(m, dk_str_from(samples[i]));
        break;
    }
    case DK_MATCH_EXACT: break;
    }
}

/* Patterns have no text of their own: a sample stands for each at first. */
static bool is_pattern(const dk_alternative *a) {
    return a->matcher == DK_MATCH_REGEX;
}

static void vary_steps(maker *m) {
    for (m->step = 0; m->step < m->term->nsteps && !m->stop; m->step++) {
        const dk_step *step = &m->term->steps[m->step];
        for (m->alternative = 0; m->alternative < step->nalternatives && !m->stop; m->alternative++) {
            const dk_alternative *a = &step->alternatives[m->alternative];
            m->text = 0;
            if (m->alternative > 0 && !is_pattern(a)) hand_on(m);
            for (m->text = 0; m->text < a->ntexts && !m->stop; m->text++) vary(m, a, a->texts[m->text]);
        }
    }
}

/* A copy of the term in which each pattern on a token is a word that it matches, so that the other places can be varied. */
static dk_step *without_patterns(maker *m) {
    dk_step *steps = dk_arena_calloc(&m->arena, m->term->nsteps, sizeof *steps);
    if (steps == NULL) return NULL;
    for (size_t s = 0; s < m->term->nsteps; s++) {
        steps[s] = m->term->steps[s];
        if (!is_pattern(&steps[s].alternatives[0])) continue;
        const char *sample[1];
        dk_alternative *a = dk_arena_calloc(&m->arena, 1, sizeof *a);
        dk_str *text = dk_arena_calloc(&m->arena, 1, sizeof *text);
        if (a == NULL || text == NULL) return NULL;
        bool any = pattern_samples(steps[s].alternatives[0].texts[0], &m->arena, sample, 1) > 0;
        *text = any ? dk_str_from(sample[0]) : (dk_str){filler, sizeof filler - 1};
        *a = (dk_alternative){DK_MATCH_EXACT, text, 1};
        steps[s].alternatives = a;
    }
    return steps;
}

static void make_of_comment(maker *m) {
    const char *samples[SAMPLES_MAX];
    size_t n = pattern_samples(m->term->pattern, &m->arena, samples, SAMPLES_MAX);
    for (size_t i = 0; i < n && !m->stop; i++) {
        dk_str text = dk_str_from(samples[i]);
        if (dk_tokenize(&m->tokens, text.ptr, text.len, m->err) != DK_OK) fail(m);
        dk_witness w = {text, &m->tokens, true};
        if (!m->stop && !m->each(m->context, &w)) m->stop = true;
    }
}

dk_status witness_each(const dk_term *term, const dk_morph *morph,
                       bool (*each)(void *context, const dk_witness *w), void *context, dk_error *err) {
    maker m = {.term = term, .morph = morph, .each = each, .context = context, .err = err};
    dk_term plain = *term;
    bool patterns = false, gaps = false;
    dk_buf_init(&m.buf);
    dk_buf_init(&m.folded);
    for (size_t s = 0; s < term->nsteps; s++) {
        patterns = patterns || is_pattern(&term->steps[s].alternatives[0]);
        gaps = gaps || term->steps[s].gap;
    }
    if (term->comment_regex) {
        make_of_comment(&m);
    } else {
        if (patterns) {
            plain.steps = without_patterns(&m);
            m.term = &plain;
            if (plain.steps == NULL) fail(&m);
        }
        hand_on(&m);
        m.amidst = true;
        hand_on(&m);
        m.fill = gaps;
        if (gaps) hand_on(&m);
        m.fill = false;
        m.term = term->nsteps == 1 ? term : m.term; /* a lone pattern is varied itself */
        if (!m.stop) vary_steps(&m);
        m.fill = gaps;
        m.step = 0;
        if (!m.stop && gaps) vary_steps(&m);
    }
    dk_buf_dispose(&m.buf);
    dk_buf_dispose(&m.folded);
    dk_tokens_dispose(&m.tokens);
    dk_arena_dispose(&m.arena);
    free(m.wanted);
    return m.status;
}
