#include "study/movement_hazard.h"

#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/inference.h"
#include "stats/nps.h"
#include "study/worth_config.h"

const char *dk_move_event_name(dk_move_event event) {
    static const char *const names[] = {"up", "fall", "lost"};
    return names[event];
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

dk_verdict dk_movement_verdict(bool link, double *ses, size_t n, double base, double *detectable) {
    *detectable = NAN;
    if (n > 0) {
        /* 80 % power at a two-sided 5 %: 1.96 + 0.84 standard errors */
        qsort(ses, n, sizeof *ses, by_value);
        *detectable = (dk_norm_quantile(0.975) + dk_norm_quantile(0.8)) * ses[n / 2];
    }
    return link ? DK_LINK : n > 0 && *detectable <= base ? DK_NO_LINK : DK_INCONCLUSIVE;
}

dk_status dk_movement_fdr(const double *p, size_t n, double p_model, double *q, dk_error *err) {
    dk_status status = dk_fdr(p, n, false, q, err);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        if (!isnan(q[i]) && !isnan(p_model)) q[i] = fmax(q[i], p_model);
    return status;
}

const char *dk_movement_owner(const dk_fit_context *x, int theme, const char *touchpoint) {
    const dk_worth_config *w = x->survey->config->worth;
    const dk_taxonomy *t = x->taxonomy;
    for (size_t i = 0; w != NULL && theme >= 0 && i < w->nowners; i++)
        if (strcmp(w->owners[i].of, t->themes[theme].id) == 0) return w->owners[i].owner;
    for (size_t i = 0; w != NULL && i < w->nowners; i++)
        if (strcmp(w->owners[i].of, touchpoint) == 0) return w->owners[i].owner;
    if (theme >= 0) return t->themes[theme].owner;
    for (size_t i = 0; i < t->count; i++) /* of a touchpoint: that of its first theme */
        if (strcmp(t->touchpoints[t->themes[i].touchpoint], touchpoint) == 0) return t->themes[i].owner;
    return NULL;
}

static int by_move(const void *a, const void *b) {
    const dk_move_driver *x = a, *y = b;
    if (x->supported != y->supported) return x->supported ? -1 : 1;
    double p = fabs(x->moves.value), q = fabs(y->moves.value);
    if (p != q && !isnan(p) && !isnan(q)) return p > q ? -1 : 1;
    if (isnan(p) != isnan(q)) return isnan(p) ? 1 : -1;
    if (strcmp(x->touchpoint, y->touchpoint) != 0) return strcmp(x->touchpoint, y->touchpoint);
    return x->theme != y->theme ? (x->theme < y->theme ? -1 : 1)
                                : (x->polarity > y->polarity) - (x->polarity < y->polarity);
}

/* The same fit with score and sentiment held fixed. */
static dk_status mediate(dk_movers *v, const dk_mover *m, dk_move_event event, int state,
                         const double *earlier, dk_move_fit *out, bool *has, dk_error *err) {
    const dk_fit_context *x = v->context;
    const dk_survey *s = x->survey;
    dk_move_design d = {0};
    dk_joint none = {.confidence = v->joint.confidence};
    dk_error why = {0};
    double *sentiment = malloc((s->n + 1) * sizeof *sentiment), *y = malloc((s->n + 1) * sizeof *y);
    dk_status status = sentiment != NULL && y != NULL ? DK_OK : dk_fail_memory(err);
    const double *extra[3];
    size_t nextra = 0;
    *has = false;
    for (size_t i = 0; status == DK_OK && i < s->n; i++)
        sentiment[i] = s->commented[i] && x->tagging->language[i] != DK_LANG_OTHER
                           ? x->tagging->sentiment[i] / 1000.0
                           : NAN;
    for (size_t i = 0; status == DK_OK && i < m->nfollowed; i++) {
        int to = v->panel->followup[m->followed[i]];
        y[m->followed[i]] = event == DK_EVENT_LOST ? to == DK_STATE_LOST
                            : event == DK_EVENT_UP ? to > state
                                                   : to < state;
    }
    if (earlier != NULL) extra[nextra++] = earlier;
    if (s->score != NULL) extra[nextra++] = s->score;
    extra[nextra++] = sentiment;
    if (status == DK_OK)
        status = dk_move_design_make(&d, x, &m->features, m->followed, m->nfollowed, extra, nextra, err);
    if (status == DK_OK) {
        status = dk_move_fit_make(out, &d, &none, y, true, &why);
        *has = status == DK_OK;
        if (status == DK_EDATA)
            status = DK_OK;
        else if (status != DK_OK && err != NULL)
            *err = why;
    }
    dk_move_design_dispose(&d);
    free(sentiment);
    free(y);
    return status;
}

static dk_status put_drivers(dk_movers *v, const dk_mover *m, const dk_move_fit *f,
                             const dk_move_fit *mediated, dk_move_hazard *h, dk_error *err) {
    dk_study_result *r = v->context->result;
    size_t p = f->npredictors, reps = (size_t)v->joint.replicates, tested = 0;
    double *q = malloc((p + 1) * sizeof *q), *moved = malloc((reps + 1) * sizeof *moved),
           *ses = malloc((p + 1) * sizeof *ses);
    h->drivers = dk_arena_calloc(&r->arena, p + 1, sizeof *h->drivers);
    dk_status status = q != NULL && moved != NULL && ses != NULL && h->drivers != NULL
                           ? dk_movement_fdr(f->p, p, f->p_model, q, err)
                           : dk_fail_memory(err);
    bool link = false;
    for (size_t j = 0; j < p && status == DK_OK; j++) {
        const dk_study_predictor *about = m->features.about + j;
        if (!f->use[j]) continue;
        dk_move_driver *d = h->drivers + h->ndrivers++;
        double sign = about->polarity == DK_SIGN_NEGATIVE ? -1 : 1;
        dk_interval log_odds = dk_joint_normal(&v->joint, f->coef[j], f->coef_se[j]);
        *d = (dk_move_driver){
            .theme = about->theme,
            .touchpoint = about->touchpoint,
            .polarity = about->polarity,
            .pooled = about->pooled,
            .mentions = about->mentions,
            .prevalence = m->prevalence[j],
            .se = f->effect_se[j],
            .p = f->p[j],
            .q = q[j],
            .odds = {exp(f->coef[j]), {exp(log_odds.lo), exp(log_odds.hi)}},
            .effect = {f->effect[j], dk_joint_normal(&v->joint, f->effect[j], f->effect_se[j])},
            .moves = {sign * m->prevalence[j] * f->effect[j], {NAN, NAN}},
            .mediated = {NAN, {NAN, NAN}}};
        for (size_t k = 0; k < reps; k++)
            moved[k] = sign * m->prevalence_replicate[j * reps + k] * f->replicate[j * reps + k];
        d->moves.ci = dk_joint_interval(&v->joint, moved);
        d->supported = d->q <= r->alpha && (log_odds.lo > 0 || log_odds.hi < 0);
        link = link || d->supported;
        if (f->tested[j]) {
            ses[tested++] = d->se;
            h->ruled_out = fmax(isnan(h->ruled_out) ? 0 : h->ruled_out,
                                fmax(fabs(d->effect.ci.lo), fabs(d->effect.ci.hi)));
        }
        if (mediated != NULL && mediated->use[j])
            d->mediated = (dk_figure){
                mediated->effect[j], dk_joint_normal(&v->joint, mediated->effect[j], mediated->effect_se[j])};
    }
    if (status == DK_OK) {
        h->verdict = dk_movement_verdict(link, ses, tested, fmin(f->rate, 1 - f->rate), &h->detectable);
        qsort(h->drivers, h->ndrivers, sizeof *h->drivers, by_move);
    }
    free(q);
    free(moved);
    free(ses);
    return status;
}

static dk_status name_controls(dk_study_result *r, const dk_mover *m, bool earlier, const char *const **names,
                               size_t *count, dk_error *err) {
    const char **out = dk_arena_calloc(&r->arena, m->features.ncontrols + 2, sizeof *out);
    if (out == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < m->features.ncontrols; i++) out[(*count)++] = m->features.control_names[i];
    if (earlier) out[(*count)++] = "mean of earlier periods";
    *names = out;
    return DK_OK;
}

static dk_status put_hazard(dk_movers *v, dk_move_event event, size_t k, const double *earlier,
                            dk_error *err) {
    const dk_mover *m = v->of + k;
    dk_study_result *r = v->context->result;
    dk_move_hazard *h = r->movement.hazards + r->movement.nhazards++;
    const dk_move_fit *f = &m->event[event];
    *h = (dk_move_hazard){.event = event,
                          .from = (int)k + 1,
                          .n = (int64_t)m->nfollowed,
                          .rate = {NAN, {NAN, NAN}},
                          .hidden = (int64_t)m->nfollowed < r->min_privacy,
                          .fitted = m->has_event[event],
                          .reason = m->why[event],
                          .p_model = NAN,
                          .ruled_out = NAN,
                          .detectable = NAN,
                          .verdict = DK_INCONCLUSIVE};
    for (size_t i = 0; i < m->nfollowed; i++) {
        int to = v->panel->followup[m->followed[i]], from = (int)k + 1;
        h->events += event == DK_EVENT_LOST ? to == DK_STATE_LOST
                     : event == DK_EVENT_UP ? to > from
                                            : to < from;
    }
    if (h->n > 0)
        h->rate = (dk_figure){(double)h->events / (double)h->n,
                              dk_wilson((double)h->events, (double)h->n, r->confidence)};
    if (!h->fitted) return DK_OK;
    double worth = f->rate_se > 0 ? f->rate * (1 - f->rate) / (f->rate_se * f->rate_se) : (double)h->n;
    h->rate = (dk_figure){f->rate, dk_wilson(f->rate * worth, worth, r->confidence)};
    h->p_model = f->p_model;
    dk_move_fit mediated = {0};
    bool has = false;
    dk_status status = mediate(v, m, event, (int)k + 1, earlier, &mediated, &has, err);
    if (status == DK_OK) status = put_drivers(v, m, f, has ? &mediated : NULL, h, err);
    if (status == DK_OK) status = name_controls(r, m, earlier != NULL, &h->controls, &h->ncontrols, err);
    dk_move_fit_dispose(&mediated);
    return status;
}

dk_status dk_movement_hazards(dk_movers *v, const double *earlier, dk_error *err) {
    dk_study_result *r = v->context->result;
    r->movement.hazards = dk_arena_calloc(&r->arena, 3 * v->n, sizeof *r->movement.hazards);
    if (r->movement.hazards == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (int e = 0; e < 3; e++)
        for (size_t k = 0; k < v->n && status == DK_OK; k++) {
            /* nothing is above the highest; below the lowest there is only leaving */
            if ((e == DK_EVENT_UP && k + 1 == v->n) || (e == DK_EVENT_FALL && k == 0) ||
                (e == DK_EVENT_LOST && !r->movement.churn_known))
                continue;
            status = put_hazard(v, (dk_move_event)e, k, earlier, err);
        }
    return status;
}
