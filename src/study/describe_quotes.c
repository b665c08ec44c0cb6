/* Quotes: the comments that the tagging kept, those of one theme and sign together. */
#include <math.h>
#include <stdlib.h>

#include "study/describe.h"
#include "tag/rows.h"

static dk_status copy_quote(dk_fit_context *x, const dk_engine *engine, const dk_kept *from, const int *theme_of, dk_quote *to,
                            dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    char scratch[24];
    dk_buf text;
    dk_buf_init(&text);
    dk_str id = dk_survey_id(s, from->response, scratch);
    to->id = dk_arena_strdup(&r->arena, id.ptr, id.len);
    to->text = dk_arena_strdup(&r->arena, from->text.ptr, from->text.len);
    to->language = from->language;
    to->segment = x->segments->of != NULL ? x->segments->of[from->response] : -1;
    to->wave = s->date != NULL ? dk_waves_at(&x->waves, s->date[from->response]) : -1;
    to->score = s->score != NULL && !isnan(s->score[from->response]) ? (int)s->score[from->response] : INT32_MIN;
    to->sentiment = from->sentiment / 1000.0;
    to->nmentions = from->nmentions;
    to->mentions = dk_arena_calloc(&r->arena, from->nmentions + 1, sizeof *to->mentions);
    bool good = to->id != NULL && to->text != NULL && to->mentions != NULL;
    for (size_t k = 0; good && k < from->nmentions; k++) {
        const dk_mention *m = from->mentions + k;
        dk_quote_mention *q = to->mentions + k;
        *q = (dk_quote_mention){.start = m->start, .end = m->end, .theme = theme_of[m->theme], .value = m->polarity / 1000.0,
                                .polarity = m->label == DK_NEGATIVE ? DK_SIGN_NEGATIVE : m->label == DK_POSITIVE ? DK_SIGN_POSITIVE : DK_SIGN_NEUTRAL};
        dk_buf_clear(&text);
        dk_entry_put_place(&text, dk_engine_lexicon(engine), m->entry);
        q->entry = dk_arena_strdup(&r->arena, dk_buf_cstr(&text), text.len);
        dk_buf_clear(&text);
        dk_rules_put(&text, m->rules);
        q->rules = dk_arena_strdup(&r->arena, dk_buf_cstr(&text), text.len);
        good = q->entry != NULL && q->rules != NULL;
    }
    dk_buf_dispose(&text);
    return good ? DK_OK : dk_fail_memory(err);
}

/* By theme in the order of the report, negative first, the clearest first; of equals the earlier. */
typedef struct choice {
    const dk_kept *kept;
    int theme;
} choice;

static int by_quality(const void *a, const void *b) {
    const choice *x = a, *y = b;
    if (x->theme != y->theme) return x->theme < y->theme ? -1 : 1;
    if (x->kept->positive != y->kept->positive) return x->kept->positive ? 1 : -1;
    if (x->kept->quality != y->kept->quality) return x->kept->quality > y->kept->quality ? -1 : 1;
    return (x->kept->response > y->kept->response) - (x->kept->response < y->kept->response);
}

/* Whether one of the same theme and sign before it says the same. */
static bool is_double(const choice *all, size_t at) {
    const dk_kept *k = all[at].kept;
    for (size_t i = at; i > 0 && all[i - 1].theme == all[at].theme && all[i - 1].kept->positive == k->positive; i--)
        if (all[i - 1].kept->response == k->response || dk_str_eq(all[i - 1].kept->text, k->text)) return true;
    return false;
}

/* Responses by segment and wave: a comment of few is not told to be of them. */
static dk_status count_cells(const dk_fit_context *x, int64_t **counts, dk_error *err) {
    const dk_study_result *r = x->result;
    size_t waves = r->nwaves + 1;
    *counts = calloc(r->nsegments * waves + 1, sizeof **counts);
    if (*counts == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < x->survey->n; i++) {
        if (x->survey->dropped[i]) continue;
        int s = x->segments->of != NULL && x->segments->of[i] > 0 ? x->segments->of[i] : 0;
        int w = x->survey->date != NULL ? dk_waves_at(&x->waves, x->survey->date[i]) : -1;
        ++**counts;
        if (s > 0) ++(*counts)[(size_t)s * waves];
        if (w >= 0) ++(*counts)[w + 1];
        if (s > 0 && w >= 0) ++(*counts)[(size_t)s * waves + (size_t)w + 1];
    }
    return DK_OK;
}

static void hide_places(const dk_study_result *r, const int64_t *counts, dk_quote *q) {
    size_t waves = r->nwaves + 1;
    if (q->segment >= 0 && r->segments[q->segment].hidden) q->segment = -1;
    if (q->wave >= 0 && r->series[(size_t)q->wave * r->nsegments].hidden) q->wave = -1;
    if (q->segment > 0 && q->wave >= 0 && counts[(size_t)q->segment * waves + (size_t)q->wave + 1] < r->min_privacy) q->wave = -1;
}

dk_status dk_describe_quotes(dk_fit_context *x, const dk_engine *engine, const int *theme_of, dk_error *err) {
    dk_study_result *r = x->result;
    const dk_quotes *kept = &x->tagging->quotes;
    choice *all = malloc((kept->nplaces + 1) * sizeof *all);
    int64_t *counts = NULL;
    size_t n = 0;
    for (size_t i = 0; all != NULL && i < kept->nplaces; i++) {
        const dk_kept *k = kept->places + i;
        if (k->quality > 0 && !r->themes[theme_of[k->theme]].use[0].hidden) all[n++] = (choice){k, theme_of[k->theme]};
    }
    r->quotes = dk_arena_calloc(&r->arena, n + 1, sizeof *r->quotes);
    dk_status status = all != NULL && r->quotes != NULL ? count_cells(x, &counts, err) : dk_fail_memory(err);
    if (status == DK_OK) qsort(all, n, sizeof *all, by_quality);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        if (is_double(all, i)) continue;
        dk_quote *q = r->quotes + r->nquotes++;
        status = copy_quote(x, engine, all[i].kept, theme_of, q, err);
        q->theme = all[i].theme;
        q->polarity = all[i].kept->positive ? DK_SIGN_POSITIVE : DK_SIGN_NEGATIVE;
        hide_places(r, counts, q);
    }
    free(all);
    free(counts);
    return status;
}
