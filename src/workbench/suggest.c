#include "workbench/suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "tag/weights.h"
#include "workbench/coverage.h"
#include "workbench/keyness.h"
#include "workbench/suggest_private.h"

/* ---- Counting ---------------------------------------------------------------------------------------- */

/* 1 high, -1 low, 0 neither, by comment. */
static dk_status read_sides(const dk_corpus *k, int8_t *sides, bool *any, dk_error *err) {
    double *scores, highest;
    dk_status status = dk_corpus_scores(k, DK_SUGGEST_SCORE, &scores, &highest, err);
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        sides[i] = (int8_t)dk_score_side(scores[i], highest);
        uint32_t v = dk_corpus_extra(k, i, DK_SUGGEST_SCORE);
        int label = v != DK_NO_ID && isnan(scores[i]) ? dk_polarity_parse(dk_intern_text(&k->values, v)) : -1;
        if (label == DK_POSITIVE || label == DK_NEGATIVE) sides[i] = label == DK_POSITIVE ? 1 : -1;
        *any |= sides[i] != 0;
    }
    free(scores);
    return status;
}

typedef struct counting {
    uint32_t *frequency, *seen;           /* by word */
    uint32_t *languages;                  /* by word x DK_LANGUAGES */
    double high[DK_FOLDS], low[DK_FOLDS]; /* sums over words, by fold */
} counting;

static dk_status count_frequency(const dk_corpus *k, counting *n, dk_error *err) {
    n->frequency = calloc(k->words.count + 1, sizeof *n->frequency);
    n->seen = calloc(k->words.count + 1, sizeof *n->seen);
    n->languages = calloc((k->words.count + 1) * DK_LANGUAGES, sizeof *n->languages);
    if (n->frequency == NULL || n->seen == NULL || n->languages == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < k->count; i++) {
        const dk_corpus_comment *c = &k->comments[i];
        for (uint32_t t = 0; t < c->ntokens; t++) {
            uint32_t w = k->tokens[c->first + t] & DK_CORPUS_WORD;
            if (w == DK_CORPUS_BREAK || n->seen[w] == i + 1) continue;
            n->seen[w] = (uint32_t)i + 1;
            n->frequency[w]++;
            n->languages[(size_t)w * DK_LANGUAGES + c->language]++;
        }
    }
    return DK_OK;
}

/* What the lexicon says of a word by itself. */
static dk_status look_up(dk_candidate_word *w, dk_session *session, dk_str text, dk_error *err) {
    dk_comment comment;
    dk_status status = dk_session_tag(session, text, &comment, err);
    if (status != DK_OK) return status;
    const dk_reading *r = dk_inspect_reading(session);
    for (size_t i = 0; i < r->nopinions; i++) {
        if (r->opinions[i].rules & DK_RULE_SPELLING) continue;
        w->known = true;
        w->valence = (int16_t)r->opinions[i].base;
        w->entry = r->opinions[i].entry;
    }
    w->closed = !w->known && r->nshifts > 0;
    return DK_OK;
}

static bool is_word(dk_str text) {
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        letters += c >= 0x80 || (c >= 'a' && c <= 'z');
    }
    return letters >= 2 && text.len <= 40 && text.ptr[0] != '@' && text.ptr[0] != '#';
}

static dk_status find_candidates(dk_candidates *c, const counting *n, uint32_t min_count, const dk_watch *watch,
                                 dk_error *err) {
    const dk_corpus *k = c->corpus;
    dk_session *sessions[DK_LANGUAGES] = {NULL};
    dk_status status = DK_OK;
    c->of_word = malloc((k->words.count + 1) * sizeof *c->of_word);
    if (c->of_word == NULL) return dk_fail_memory(err);
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        dk_tag_plan plan = k->plan;
        plan.language_fixed = true;
        plan.language = (dk_language)l;
        status = dk_session_new(&sessions[l], c->engine, &plan, err);
    }
    for (uint32_t w = 0; status == DK_OK && w < k->words.count; w++) {
        c->of_word[w] = DK_NO_ID;
        if (w % 1024 == 0) status = dk_watch_tell(watch, (double)w / (double)k->words.count, err);
        if (status != DK_OK) break;
        dk_str text = dk_intern_text(&k->words, w);
        if (n->frequency[w] < min_count || !is_word(text)) continue;
        int best = DK_LANG_SV;
        for (int l = DK_LANG_DA; l < DK_LANGUAGES; l++)
            if (n->languages[(size_t)w * DK_LANGUAGES + (size_t)l] >
                n->languages[(size_t)w * DK_LANGUAGES + (size_t)best])
                best = l;
        if (!dk_grow(&c->items, &c->cap, c->count + 1)) {
            status = dk_fail_memory(err);
            break;
        }
        dk_candidate_word *x = &c->items[c->count];
        *x = (dk_candidate_word){.word = w,
                                 .support = n->frequency[w],
                                 .language = (uint8_t)best,
                                 .variant_of = DK_NO_ID,
                                 .entry = DK_NO_ID,
                                 .examples = {DK_NO_ID, DK_NO_ID, DK_NO_ID}};
        status = look_up(x, sessions[best], text, err);
        c->of_word[w] = (uint32_t)c->count++;
    }
    for (int l = 0; l < DK_LANGUAGES; l++) dk_session_free(sessions[l]);
    return status;
}

static void count_sides(dk_candidates *c, counting *n, const int8_t *sides) {
    const dk_corpus *k = c->corpus;
    memset(n->seen, 0, k->words.count * sizeof *n->seen);
    for (size_t i = 0; i < k->count; i++) {
        const dk_corpus_comment *m = &k->comments[i];
        uint32_t fold = dk_fold_of(dk_fold_hash(m->id), DK_FOLDS) - 1;
        for (uint32_t t = 0; t < m->ntokens; t++) {
            uint32_t w = k->tokens[m->first + t] & DK_CORPUS_WORD;
            if (w == DK_CORPUS_BREAK || n->seen[w] == i + 1) continue;
            n->seen[w] = (uint32_t)i + 1;
            if (sides[i] > 0) n->high[fold]++;
            if (sides[i] < 0) n->low[fold]++;
            if (c->of_word[w] == DK_NO_ID) continue;
            dk_candidate_word *x = &c->items[c->of_word[w]];
            x->high[fold] += sides[i] > 0;
            x->low[fold] += sides[i] < 0;
            for (int e = 0; e < 3; e++)
                if (x->examples[e] == DK_NO_ID) {
                    x->examples[e] = (uint32_t)i;
                    break;
                }
        }
    }
}

/* z is the least of those without a fold, so that no fold alone makes a word. */
static void weigh_scores(dk_candidates *c, const counting *n, double prior) {
    double all_high = 0, all_low = 0;
    for (int f = 0; f < DK_FOLDS; f++) all_high += n->high[f], all_low += n->low[f];
    for (size_t i = 0; i < c->count; i++) {
        dk_candidate_word *w = &c->items[i];
        double high = 0, low = 0, se, least = INFINITY;
        for (int f = 0; f < DK_FOLDS; f++) high += w->high[f], low += w->low[f];
        dk_keyness_counts all = {high, low, all_high, all_low, high + low, all_high + all_low, prior};
        w->log_odds = dk_log_odds(&all, &se);
        for (int f = 0; f < DK_FOLDS; f++) {
            dk_keyness_counts out = {
                high - w->high[f], low - w->low[f], all_high - n->high[f], all_low - n->low[f], 0, 0, prior};
            out.background = out.here + out.there;
            out.all_background = out.all_here + out.all_there;
            double odds = dk_log_odds(&out, &se);
            dk_keyness_counts in = {w->high[f], w->low[f],          n->high[f], n->low[f],
                                    high + low, all_high + all_low, 20};
            double held_out = dk_log_odds(&in, &(double){0});
            w->folds += w->log_odds * held_out > 0;
            least = fmin(least, w->log_odds * odds > 0 ? fabs(odds / se) : 0);
        }
        w->z = w->log_odds < 0 ? -least : least;
    }
}

/* ---- The list ---------------------------------------------------------------------------------------- */

static int by_probability(const void *a, const void *b) {
    const dk_suggestion *x = a, *y = b;
    if (x->probability != y->probability) return x->probability > y->probability ? -1 : 1;
    return dk_str_compare(x->term, y->term);
}

static dk_status copy(dk_arena *arena, const dk_buf *text, dk_str *out, dk_error *err) {
    out->ptr = dk_arena_strdup(arena, text->ptr, text->len);
    out->len = text->len;
    return out->ptr != NULL ? DK_OK : dk_fail_memory(err);
}

static void put_near(const dk_candidates *c, const dk_candidate_word *w, dk_buf *out) {
    const dk_neighbours *n = &c->neighbours;
    uint32_t row = n->row_of != NULL ? n->row_of[w->word] : DK_NO_ID;
    int shown = 0;
    for (int i = 0; row != DK_NO_ID && n->nearest != NULL && i < DK_NEAR && shown < 4; i++) {
        uint32_t near = n->nearest[row * DK_NEAR + (size_t)i].row;
        uint32_t other = near != DK_NO_ID ? c->of_word[n->words[near]] : DK_NO_ID;
        if (other == DK_NO_ID || !c->items[other].known) continue;
        dk_str text = dk_intern_text(&c->corpus->words, c->items[other].word);
        dk_buf_putf(out, "%s%.*s", shown++ > 0 ? " " : "", (int)text.len, text.ptr);
    }
}

/* Forms of one lemma are one suggestion, that of the most probable form. */
static dk_status add_suggestions(dk_suggestions *s, const dk_candidates *c, dk_error *err) {
    dk_intern lemmas;
    dk_buf text;
    uint32_t *item_of = NULL;
    size_t cap = 0;
    dk_intern_init(&lemmas);
    dk_buf_init(&text);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < c->count; i++) {
        const dk_candidate_word *w = &c->items[i];
        if (w->known || w->closed) continue;
        dk_str form = dk_intern_text(&c->corpus->words, w->word);
        const dk_morph *morph = dk_engine_morph(c->engine, (dk_language)w->language);
        dk_lemma lemma = {.len = 0};
        bool has_lemma =
            morph != NULL && dk_morph_known(morph, form) && dk_morph_lemmas(morph, form, 0, &lemma, 1) > 0;
        dk_buf_clear(&text);
        dk_buf_putf(&text, "%d", w->language);
        dk_buf_put(&text, has_lemma ? lemma.text : form.ptr, has_lemma ? lemma.len : form.len);
        size_t known = lemmas.count;
        uint32_t id = dk_intern_add(&lemmas, (dk_str){text.ptr, text.len});
        if (id == DK_NO_ID || !dk_grow(&item_of, &cap, (size_t)id + 1) ||
            !dk_grow(&s->items, &s->cap, s->count + 1)) {
            status = dk_fail_memory(err);
            break;
        }
        dk_suggestion x = {.language = (dk_language)w->language,
                           .probability = w->probability,
                           .valence = w->proposed,
                           .folds = w->folds,
                           .z = c->scored ? w->z : NAN,
                           .log_odds = c->scored ? w->log_odds : NAN,
                           .company = w->company,
                           .support = w->support};
        memcpy(x.examples, w->examples, sizeof x.examples);
        dk_buf_clear(&text);
        dk_buf_put(&text, has_lemma ? lemma.text : form.ptr, has_lemma ? lemma.len : form.len);
        status = copy(&s->arena, &text, &x.term, err);
        dk_buf_clear(&text);
        if (id < known) {
            dk_str forms = s->items[item_of[id]].forms;
            dk_buf_put(&text, forms.ptr, forms.len);
            dk_buf_putc(&text, '|');
        }
        dk_buf_put(&text, form.ptr, form.len);
        if (status == DK_OK) status = copy(&s->arena, &text, &x.forms, err);
        dk_buf_clear(&text);
        if (w->variant_of != DK_NO_ID) {
            dk_str of = dk_intern_text(&c->corpus->words, c->items[w->variant_of].word);
            dk_buf_putf(&text, "%.*s (%s)", (int)of.len, of.ptr, w->variant_kind);
        }
        if (status == DK_OK) status = copy(&s->arena, &text, &x.variant_of, err);
        dk_buf_clear(&text);
        put_near(c, w, &text);
        if (status == DK_OK) status = copy(&s->arena, &text, &x.near, err);
        if (id >= known) {
            item_of[id] = (uint32_t)s->count;
            s->items[s->count++] = x;
        } else {
            dk_suggestion *old = &s->items[item_of[id]];
            x.support += old->support;
            if (x.probability > old->probability)
                *old = x;
            else
                old->support = x.support, old->forms = x.forms;
        }
    }
    if (status == DK_OK) status = dk_buf_status(&text, err);
    if (status == DK_OK && s->count > 0) qsort(s->items, s->count, sizeof *s->items, by_probability);
    dk_intern_dispose(&lemmas);
    dk_buf_dispose(&text);
    free(item_of);
    return status;
}

dk_status dk_suggest_make(dk_suggestions *s, const dk_corpus *k, const dk_engine *engine,
                          const dk_suggest_options *o, dk_error *err) {
    memset(s, 0, sizeof *s);
    dk_arena_init(&s->arena);
    dk_candidates c = {.corpus = k, .engine = engine};
    counting n = {0};
    const dk_watch finding = dk_watch_part(o->watch, 0, 0.3), varying = dk_watch_part(o->watch, 0.3, 0.1),
                   nearing = dk_watch_part(o->watch, 0.4, 0.5);
    int8_t *sides = calloc(k->count + 1, 1);
    dk_status status = sides == NULL ? dk_fail_memory(err) : count_frequency(k, &n, err);
    if (status == DK_OK && o->has_score) status = read_sides(k, sides, &c.scored, err);
    if (status == DK_OK && o->has_score && !c.scored)
        status = dk_fail(err, DK_EDATA, "no low or high scores could be read");
    if (status == DK_OK) status = find_candidates(&c, &n, o->min_count, &finding, err);
    if (status == DK_OK) count_sides(&c, &n, sides);
    if (status == DK_OK && c.scored) weigh_scores(&c, &n, o->prior);
    if (status == DK_OK) status = dk_suggest_variants(&c, &varying, err);
    if (status == DK_OK && o->max_words > 0) {
        dk_neighbours_options no = {.frequency = n.frequency,
                                    .min_count = o->min_count,
                                    .max_words = o->max_words,
                                    .window = 4,
                                    .dimensions = 100,
                                    .watch = &nearing};
        status = dk_neighbours_make(&c.neighbours, k, &no, err);
        if (status == DK_OK) dk_suggest_company(&c);
    }
    if (status == DK_OK) status = dk_watch_tell(o->watch, 0.9, err);
    if (status == DK_OK) status = dk_suggest_likeness(&c, n.languages, err);
    if (status == DK_OK) status = dk_suggest_fit(&c, err);
    for (size_t i = 0; i < c.count; i++) s->known += c.items[i].known;
    s->candidates = c.count - s->known;
    if (status == DK_OK) status = add_suggestions(s, &c, err);
    dk_neighbours_dispose(&c.neighbours);
    free(c.items);
    free(c.of_word);
    free(n.frequency);
    free(n.seen);
    free(n.languages);
    free(sides);
    return status;
}

void dk_suggest_dispose(dk_suggestions *s) {
    free(s->items);
    dk_arena_dispose(&s->arena);
}
