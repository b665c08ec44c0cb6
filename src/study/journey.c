#include "study/journey.h"
#include "study/touchpoint_cover.h"

#include <math.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "stats/nps.h"

/* The index of a touchpoint, or an error at the line of the list that names it. */
static dk_status find_touchpoint(const dk_fit_context *x, const char *kind, const dk_touchpoint_list *list, const char *name, uint32_t *index, dk_error *err) {
    const dk_taxonomy *t = x->taxonomy;
    for (*index = 0; *index < t->ntouchpoints; ++*index)
        if (strcmp(t->touchpoints[*index], name) == 0) return DK_OK;
    const char *near = dk_nearest(dk_str_from(name), t->touchpoints, t->ntouchpoints);
    dk_fail_at(err, DK_EDATA, x->survey->config->name, list->line, 0, "%s.%s: there is no touchpoint %s", kind, list->name, name);
    if (near != NULL) {
        dk_error_remedy(err, "did you mean %s?", near);
        return DK_EDATA;
    }
    dk_buf all;
    dk_buf_init(&all);
    for (size_t k = 0; k < t->ntouchpoints; k++) dk_buf_putf(&all, "%s%s", k > 0 ? ", " : "", t->touchpoints[k]);
    dk_error_remedy(err, "there are %s", dk_buf_cstr(&all));
    dk_buf_dispose(&all);
    return DK_EDATA;
}

dk_status dk_stages_apply(dk_fit_context *x, dk_error *err) {
    const dk_kpi_config *c = &x->survey->config->kpi;
    dk_study_result *r = x->result;
    for (size_t k = 0; k < c->nstages; k++) {
        const dk_touchpoint_list *list = c->stages + k;
        char *name = dk_arena_strdup(&r->arena, list->name, strlen(list->name));
        if (name == NULL) return dk_fail_memory(err);
        for (size_t i = 0; i < list->count; i++) {
            uint32_t point;
            dk_status status = find_touchpoint(x, "stages", list, list->touchpoints[i], &point, err);
            if (status != DK_OK) return status;
            for (size_t t = 0; t < r->nthemes; t++)
                if (strcmp(r->themes[t].touchpoint, list->touchpoints[i]) == 0) r->themes[t].stage = name;
        }
    }
    return DK_OK;
}

/* ---- Steps ------------------------------------------------------------------------------------------- */

typedef struct said {
    int64_t responses, negative, positive, polarity, marks;
    dk_nps_sum nps;
} said;

/* What is said of each touchpoint, in one pass over the marks. */
static void count_touchpoints(const dk_fit_context *x, said *points, int64_t *spoken) {
    const dk_survey *s = x->survey;
    const dk_tagging *t = x->tagging;
    *spoken = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i]) continue;
        *spoken += s->commented[i] && t->language[i] != DK_LANG_OTHER;
        for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
            uint32_t point = x->taxonomy->themes[t->marks[k].theme].touchpoint;
            said *to = points + point;
            bool seen = false, negative = false, positive = false;
            for (size_t j = t->first[i]; j < t->first[i + 1]; j++) {
                if (x->taxonomy->themes[t->marks[j].theme].touchpoint != point) continue;
                if (j < k) seen = true;
                negative = negative || t->marks[j].sign < 0;
                positive = positive || t->marks[j].sign > 0;
            }
            to->polarity += t->marks[k].polarity;
            to->marks++;
            if (seen) continue; /* each response counts once */
            to->responses++;
            to->negative += negative;
            to->positive += positive;
            if (s->score_is_nps && !isnan(s->score[i])) dk_nps_add(&to->nps, (int)s->score[i], s->weight != NULL ? s->weight[i] : 1);
        }
    }
}

static void fill_step(const dk_fit_context *x, dk_journey_step *step, uint32_t point, const said *what, int64_t spoken) {
    const dk_study_result *r = x->result;
    dk_nps nps;
    dk_nps_finish(&what->nps, r->confidence, &nps);
    *step = (dk_journey_step){.responses = what->responses, .negative = what->negative, .positive = what->positive, .importance = NAN, .importance_share = NAN};
    step->share = spoken > 0 ? (double)what->responses / (double)spoken : NAN;
    step->polarity = what->marks > 0 ? (double)what->polarity / (double)what->marks / 1000 : NAN;
    step->nps = what->nps.n >= r->min_privacy ? nps.nps : NAN;
    for (size_t t = 0; t < r->nthemes; t++)
        if (strcmp(r->themes[t].touchpoint, x->taxonomy->touchpoints[point]) == 0) {
            step->touchpoint = r->themes[t].touchpoint;
            step->stage = r->themes[t].stage;
        }
    const dk_study_fit *fit = r->noutcomes > 0 ? dk_study_find_fit(r, 0, 0) : NULL;
    for (size_t k = 0; fit != NULL && fit->fitted && step->touchpoint != NULL && k < fit->drivers->ndrivers; k++) {
        const dk_driver *d = fit->drivers->drivers + k;
        if (strcmp(d->name, step->touchpoint) != 0) continue;
        step->importance = d->importance;
        step->importance_share = d->share;
        step->supported = d->q <= r->alpha;
    }
}

/* The touchpoints in the order of the stages, stages in that of the taxonomy or the study; those that nobody mentions are left
   out. */
static size_t order_by_stage(const dk_fit_context *x, const said *points, uint32_t *order) {
    const dk_study_result *r = x->result;
    const char *stages[DK_THEMES_MAX];
    size_t nstages = 0, n = 0;
    for (size_t k = 0; k < x->survey->config->kpi.nstages; k++) stages[nstages++] = x->survey->config->kpi.stages[k].name;
    for (size_t i = 0; i < x->taxonomy->count; i++) {
        const char *stage = x->taxonomy->themes[i].stage;
        size_t k = 0;
        while (k < nstages && strcmp(stages[k], stage) != 0) k++;
        if (k == nstages && nstages < DK_THEMES_MAX) stages[nstages++] = stage;
    }
    for (size_t k = 0; k < nstages; k++)
        for (uint32_t point = 0; point < x->taxonomy->ntouchpoints; point++) {
            if (points[point].responses == 0) continue;
            const char *stage = NULL; /* that of the touchpoint's first theme that occurs */
            for (size_t t = 0; t < r->nthemes && stage == NULL; t++)
                if (strcmp(r->themes[t].touchpoint, x->taxonomy->touchpoints[point]) == 0) stage = r->themes[t].stage;
            if (stage != NULL && strcmp(stage, stages[k]) == 0) order[n++] = point;
        }
    return n;
}

static dk_status add_journey(dk_fit_context *x, const char *name, const uint32_t *order, size_t n, const said *points, int64_t spoken, const bool *few, dk_error *err) {
    dk_study_result *r = x->result;
    dk_journey *j = r->kpi.journeys + r->kpi.njourneys++;
    j->name = dk_arena_strdup(&r->arena, name, strlen(name));
    j->steps = dk_arena_calloc(&r->arena, n + 1, sizeof *j->steps);
    j->nsteps = n;
    if (j->name == NULL || j->steps == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < n; k++) {
        dk_journey_step *step = j->steps + k;
        fill_step(x, step, order[k], &points[order[k]], spoken);
        step->hidden = step->responses > 0 && (few[order[k]] || step->responses < r->min_privacy);
        if (step->touchpoint != NULL) continue;
        const char *touchpoint = x->taxonomy->touchpoints[order[k]]; /* that nobody mentions */
        step->touchpoint = dk_arena_strdup(&r->arena, touchpoint, strlen(touchpoint));
        if (step->touchpoint == NULL) return dk_fail_memory(err);
    }
    return DK_OK;
}

dk_status dk_journeys_make(dk_fit_context *x, dk_error *err) {
    const dk_kpi_config *c = &x->survey->config->kpi;
    dk_study_result *r = x->result;
    int64_t spoken;
    size_t most = x->taxonomy->ntouchpoints;
    for (size_t k = 0; k < c->njourneys; k++) most = c->journeys[k].count > most ? c->journeys[k].count : most;
    said *points = calloc(x->taxonomy->ntouchpoints + 1, sizeof *points);
    uint32_t *order = malloc((most + 1) * sizeof *order);
    bool *few = calloc(x->taxonomy->ntouchpoints + 1, sizeof *few);
    r->kpi.journeys = dk_arena_calloc(&r->arena, c->njourneys + 1, sizeof *r->kpi.journeys);
    dk_status status = points != NULL && order != NULL && few != NULL && r->kpi.journeys != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = dk_touchpoints_hide(x, few, err);
    if (status == DK_OK) count_touchpoints(x, points, &spoken);
    for (size_t k = 0; k < c->njourneys && status == DK_OK; k++) {
        const dk_touchpoint_list *list = c->journeys + k;
        for (size_t i = 0; i < list->count && status == DK_OK; i++) status = find_touchpoint(x, "journeys", list, list->touchpoints[i], &order[i], err);
        if (status == DK_OK) status = add_journey(x, list->name, order, list->count, points, spoken, few, err);
    }
    if (status == DK_OK && c->njourneys == 0) {
        size_t n = order_by_stage(x, points, order);
        if (n > 0) status = add_journey(x, "stages", order, n, points, spoken, few, err);
    }
    free(points);
    free(order);
    free(few);
    return status;
}
