/* Segments that are known only at the answer: what differs between them. It says nothing of who moves. */
#include <math.h>
#include <stdlib.h>

#include "study/movement_hazard.h"

static dk_status put_gap(dk_fit_context *x, const dk_features *f, const dk_driver_result *d, dk_error *err) {
    dk_study_result *r = x->result;
    dk_move_gap *g = &r->movement.gap;
    const char **names = dk_arena_calloc(&r->arena, f->ncontrols + 1, sizeof *names);
    g->drivers = dk_arena_calloc(&r->arena, f->npredictors + 1, sizeof *g->drivers);
    if (names == NULL || g->drivers == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < f->ncontrols; i++) names[g->ncontrols++] = f->control_names[i];
    g->controls = names;
    g->fitted = true;
    g->verdict = d->verdict;
    g->r2 = d->r2;
    for (size_t i = 0; i < d->ndrivers; i++)
        for (size_t k = 0; k < d->drivers[i].nterms; k++) {
            const dk_driver_term *t = d->drivers[i].terms + k;
            const dk_study_predictor *about = f->about + t->column;
            if (t->aliased || isnan(t->effect)) continue;
            g->drivers[g->ndrivers++] =
                (dk_move_driver){.theme = about->theme,
                                 .touchpoint = about->touchpoint,
                                 .polarity = about->polarity,
                                 .pooled = about->pooled,
                                 .mentions = t->mentions,
                                 .prevalence = t->prevalence,
                                 .effect = {t->effect, t->ci},
                                 .se = t->se,
                                 .p = t->p,
                                 .q = d->drivers[i].q,
                                 .supported = d->drivers[i].q <= r->alpha && (t->ci.lo > 0 || t->ci.hi < 0),
                                 .odds = {NAN, {NAN, NAN}},
                                 .moves = {NAN, {NAN, NAN}},
                                 .mediated = {NAN, {NAN, NAN}}};
        }
    return DK_OK;
}

dk_status dk_movement_gap(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    dk_movement *m = &r->movement;
    dk_move_gap *g = &m->gap;
    dk_features f = {0};
    dk_driver_result *d = NULL;
    dk_error why = {0};
    double *level = calloc(s->n + 1, sizeof *level);
    uint32_t *rows = malloc((s->n + 1) * sizeof *rows);
    size_t n = 0;
    dk_status status = level != NULL && rows != NULL ? DK_OK : dk_fail_memory(err);
    *m = (dk_movement){.known = true,
                       .gap_only = true,
                       .periods_a_year = NAN,
                       .noise = {.share_of_spread = NAN, .reason = "segments are known only at the answer"},
                       .about = "The segment is known only at the answer, not before and after it: this is "
                                "what differs between segments, not what moves anybody from one to another.",
                       .gap = {.r2 = NAN, .verdict = DK_INCONCLUSIVE}};
    for (uint32_t i = 0; status == DK_OK && i < s->n; i++) {
        if (s->dropped[i] || x->segments->of[i] < 1) continue;
        level[i] = x->segments->of[i];
        rows[n++] = i;
    }
    g->n = (int64_t)n;
    if (status == DK_OK) status = dk_features_make(&f, x, rows, n, NULL, NULL, err);
    if (status != DK_OK) goto done;
    if (f.npredictors == 0)
        g->reason = "no theme is said often enough";
    else if ((int64_t)n < r->min_mentions)
        g->reason = "too few answers are in a segment";
    if (g->reason != NULL) goto done;
    dk_driver_options options;
    dk_driver_options_init(&options);
    options.model = x->segments->count == 3 ? DK_MODEL_BINARY : DK_MODEL_ORDINAL;
    options.bootstrap = 0;
    options.threads = x->threads;
    options.confidence = r->confidence;
    options.alpha = r->alpha;
    for (size_t i = 0; options.model == DK_MODEL_BINARY && i < n; i++) level[rows[i]] -= 1;
    dk_driver_table table = {.rows = s->n,
                             .outcome = {"segment", DK_COLUMN_REAL, level, 0, 0},
                             .predictors = f.predictors,
                             .group_of = f.group_of,
                             .npredictors = f.npredictors,
                             .groups = f.groups,
                             .ngroups = f.ngroups,
                             .controls = f.controls,
                             .ncontrols = f.ncontrols,
                             .weights = s->weight,
                             .clusters = x->clusters,
                             .subset = rows,
                             .nsubset = n};
    status = dk_drivers_fit(&table, &options, &d, &why);
    if (status == DK_EDATA) {
        g->reason = dk_arena_strdup(&r->arena, why.message, strlen(why.message));
        status = g->reason != NULL ? DK_OK : dk_fail_memory(err);
    } else if (status != DK_OK) {
        if (err != NULL) *err = why;
    } else {
        status = put_gap(x, &f, d, err);
    }
done:
    dk_drivers_free(d);
    dk_features_dispose(&f);
    free(level);
    free(rows);
    return status;
}
