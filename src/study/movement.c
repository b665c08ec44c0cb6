#include "study/movement.h"

#include <math.h>
#include <stdlib.h>

#include "stats/inference.h"
#include "stats/nps.h"
#include "study/lifetime.h"
#include "study/movement_hazard.h"
#include "study/worth_config.h"

enum { LEAST_FOLLOWED = 30, LEAST_EVENTS = 10 };

static void dispose_mover(dk_mover *m) {
    dk_features_dispose(&m->features);
    dk_move_design_dispose(&m->whole);
    dk_move_design_dispose(&m->after);
    dk_move_fit_dispose(&m->nps);
    dk_move_fit_dispose(&m->profit);
    for (int e = 0; e < 3; e++) dk_move_fit_dispose(&m->event[e]);
    free(m->rows);
    free(m->followed);
    free(m->prevalence);
    free(m->prevalence_replicate);
}

void dk_movers_dispose(dk_movers *v) {
    for (size_t k = 0; k < v->n && v->of != NULL; k++) dispose_mover(v->of + k);
    free(v->of);
    dk_chain_dispose(&v->chain);
    dk_joint_dispose(&v->joint);
    memset(v, 0, sizeof *v);
}

/* ---- One segment ------------------------------------------------------------------------------------- */

static dk_status list_rows(dk_mover *m, const dk_fit_context *x, int state, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_panel *p = x->panel;
    uint32_t *last = malloc((s->customers.count + 1) * sizeof *last);
    m->rows = malloc((s->n + 1) * sizeof *m->rows);
    m->followed = malloc((s->n + 1) * sizeof *m->followed);
    if (m->rows == NULL || m->followed == NULL || last == NULL) {
        free(last);
        return dk_fail_memory(err);
    }
    memset(last, 0xFF, (s->customers.count + 1) * sizeof *last);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t c = s->customer[i];
        if (s->dropped[i] || p->baseline[i] < 1) continue;
        if (last[c] == UINT32_MAX || s->date[i] >= s->date[last[c]]) last[c] = i;
        if (p->baseline[i] != state) continue;
        m->rows[m->nrows++] = i;
        if (p->followup[i] >= 0) m->followed[m->nfollowed++] = i;
    }
    for (size_t c = 0; c < s->customers.count; c++)
        m->respondents += last[c] != UINT32_MAX && p->baseline[last[c]] == state;
    free(last);
    return DK_OK;
}

static dk_status fit_outcome(dk_mover *m, const dk_fit_context *x, const dk_joint *joint, const double *y,
                             bool whole, dk_move_fit *fit, bool *has, dk_error *err) {
    /* rows without the outcome leave a design of their own */
    const uint32_t *rows = whole ? m->rows : m->followed;
    size_t all = whole ? m->nrows : m->nfollowed, n = 0;
    uint32_t *known = malloc((all + 1) * sizeof *known);
    dk_move_design d = {0};
    dk_error why = {0};
    if (known == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < all; i++)
        if (!isnan(y[rows[i]])) known[n++] = rows[i];
    dk_status status = DK_OK;
    if (n >= LEAST_FOLLOWED && n > m->features.npredictors + m->features.ncontrols + 5) {
        status = dk_move_design_make(&d, x, &m->features, known, n, NULL, 0, err);
        if (status == DK_OK) status = dk_move_fit_make(fit, &d, joint, y, false, &why);
        *has = status == DK_OK;
        if (status == DK_EDATA)
            status = DK_OK;
        else if (status != DK_OK && err != NULL && why.status != DK_OK)
            *err = why;
    }
    dk_move_design_dispose(&d);
    free(known);
    return status;
}

static bool happened(dk_move_event event, int from, int to) {
    if (event == DK_EVENT_LOST) return to == DK_STATE_LOST;
    return event == DK_EVENT_UP ? to > from : to < from; /* DK_STATE_LOST is below all */
}

static dk_status fit_events(dk_mover *m, dk_movers *v, int state, double *y, dk_error *err) {
    const dk_panel *p = v->panel;
    dk_status status = DK_OK;
    for (int e = 0; e < 3 && status == DK_OK; e++) {
        int64_t events = 0;
        bool same = e == DK_EVENT_UP     ? (size_t)state == v->n
                    : e == DK_EVENT_FALL ? state == 1
                                         : !v->context->result->movement.churn_known;
        if (same) continue;
        for (size_t i = 0; i < m->nfollowed; i++)
            events +=
                (y[m->followed[i]] = happened((dk_move_event)e, state, p->followup[m->followed[i]])) != 0;
        if (m->nfollowed < LEAST_FOLLOWED)
            m->why[e] = "fewer than 30 answers have a follow-up";
        else if (events < LEAST_EVENTS)
            m->why[e] = "it happened to fewer than 10";
        else if (m->features.npredictors == 0)
            m->why[e] = "no theme is said often enough";
        else if (m->nfollowed <= m->features.npredictors + m->features.ncontrols + 5)
            m->why[e] = "there are hardly more answers than themes";
        if (m->why[e] != NULL) continue;
        status = dk_move_fit_make(&m->event[e], &m->after, &v->joint, y, true, err);
        m->has_event[e] = status == DK_OK;
        if (status == DK_EDATA) {
            m->why[e] = "it happened to all";
            status = DK_OK;
        }
    }
    return status;
}

/* Contribution to NPS (or the score itself) by response. */
static void put_scores(const dk_survey *s, double *y) {
    for (size_t i = 0; i < s->n; i++)
        y[i] = isnan(s->score[i]) ? NAN
               : s->score_is_nps  ? dk_nps_contribution((int)s->score[i])
                                  : s->score[i];
}

static dk_status make_mover(dk_movers *v, size_t k, const double *before, const double *earlier, double *y,
                            dk_error *err) {
    dk_mover *m = v->of + k;
    dk_fit_context *x = v->context;
    size_t r = (size_t)v->joint.replicates;
    dk_status status = list_rows(m, x, (int)k + 1, err);
    if (status == DK_OK) status = dk_features_make(&m->features, x, m->rows, m->nrows, before, NULL, err);
    size_t p = m->features.npredictors;
    if (status == DK_OK) {
        m->prevalence = calloc(p + 1, sizeof *m->prevalence);
        m->prevalence_replicate = calloc(p * r + 1, sizeof *m->prevalence_replicate);
        if (m->prevalence == NULL || m->prevalence_replicate == NULL) status = dk_fail_memory(err);
    }
    const double *extra[] = {earlier};
    if (status == DK_OK)
        status = dk_move_design_make(&m->whole, x, &m->features, m->rows, m->nrows, NULL, 0, err);
    if (status == DK_OK && p > 0)
        status = dk_move_prevalence(&m->whole, &v->joint, m->prevalence, m->prevalence_replicate, err);
    if (status == DK_OK)
        status = dk_move_design_make(&m->after, x, &m->features, m->followed, m->nfollowed, extra,
                                     earlier != NULL, err);
    if (status == DK_OK) status = fit_events(m, v, (int)k + 1, y, err);
    if (status == DK_OK && x->survey->score != NULL && p > 0) {
        put_scores(x->survey, y);
        status = fit_outcome(m, x, &v->joint, y, true, &m->nps, &m->has_nps, err);
    }
    if (status == DK_OK && v->panel->after != NULL && p > 0)
        status = fit_outcome(m, x, &v->joint, v->panel->after, false, &m->profit, &m->has_profit, err);
    return status;
}

/* ---- Figures before the answer ----------------------------------------------------------------------- */

/* Profit of the baseline, and its mean over the periods before the baseline (the baseline's own where there are none). */
static dk_status put_before(const dk_fit_context *x, double **before, double **earlier, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_records *r = x->records;
    const dk_panel *p = x->panel;
    *before = *earlier = NULL;
    if (p->profit == NULL) return DK_OK;
    *before = malloc((s->n + 1) * sizeof **before);
    *earlier = malloc((s->n + 1) * sizeof **earlier);
    if (*before == NULL || *earlier == NULL) return dk_fail_memory(err);
    bool any = false;
    for (size_t i = 0; i < s->n; i++) {
        (*before)[i] = (*earlier)[i] = NAN;
        uint32_t at = r->baseline[i];
        if (at == DK_NO_RECORD) continue;
        double sum = 0, n = 0;
        for (size_t k = r->first_of[s->customer[i]]; k < at; k++)
            if (!isnan(p->profit[k])) sum += p->profit[k], n++;
        (*before)[i] = p->profit[at];
        (*earlier)[i] = n > 0 ? sum / n : p->profit[at];
        any = any || n > 0;
    }
    if (!any) {
        free(*earlier);
        *earlier = NULL;
    }
    return DK_OK;
}

/* ---- Lifetime ---------------------------------------------------------------------------------------- */

static dk_status lifetimes(dk_movers *v, dk_error *err) {
    dk_study_result *r = v->context->result;
    dk_lifetimes *l = &r->lifetime;
    const dk_study_config *c = v->context->survey->config;
    const dk_chain *chain = &v->chain;
    size_t n = v->n, reps = (size_t)v->joint.replicates;
    double year = r->movement.periods_a_year, q[DK_SEGMENTS_MAX * DK_SEGMENTS_MAX], m[DK_SEGMENTS_MAX],
           value[DK_SEGMENTS_MAX], expected[DK_SEGMENTS_MAX];
    for (size_t s = 0; s < n; s++)
        if (isnan(chain->m[s]) || chain->at_risk[s] == 0) return DK_OK;
    if (v->panel->profit == NULL || isnan(year) || chain->total == 0) return DK_OK;
    l->discount_a_year = c->discount;
    l->discount_a_period = dk_discount_of_period(c->discount, year);
    int horizon = (int)lround((c->worth != NULL ? c->worth->horizon : 10) * year);
    double *replicates = malloc((n * reps + 1) * sizeof *replicates);
    l->rows = dk_arena_calloc(&r->arena, n, sizeof *l->rows);
    dk_status status = replicates != NULL && l->rows != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t at = 0; at <= reps && status == DK_OK; at++) { /* the estimate last */
        dk_lifetime how;
        for (size_t s = 0; s < n; s++) {
            double sum = 0;
            for (size_t k = 1; k <= n; k++) {
                size_t way = s * (n + 1) + k;
                q[s * n + k - 1] = fmax(at < reps ? chain->p_replicate[way * reps + at] : chain->p[way], 0);
                sum += q[s * n + k - 1];
            }
            for (size_t k = 0; k < n && sum > 1; k++) q[s * n + k] /= sum;
            m[s] = at < reps ? chain->m_replicate[s * reps + at] : chain->m[s];
        }
        status = dk_lifetime_value(n, q, m, l->discount_a_period, horizon, value, expected, &how, err);
        for (size_t s = 0; s < n && at < reps; s++) replicates[s * reps + at] = value[s];
        l->radius = how.radius;
        l->horizon = how.horizon;
    }
    for (size_t s = 0; s < n && status == DK_OK; s++)
        l->rows[s] = (dk_lifetime_row){
            .segment = v->context->segments->count > 1 ? (int)s + 1 : 0,
            .expected_periods = expected[s],
            .margin = {chain->m[s], dk_joint_normal(&v->joint, chain->m[s], chain->m_se[s])},
            .value = {value[s], dk_joint_interval(&v->joint, replicates + s * reps)}};
    l->nrows = n;
    l->known = status == DK_OK;
    free(replicates);
    return status;
}

/* ---- All --------------------------------------------------------------------------------------------- */

static const char *period_name(double a_year) {
    return a_year == 1    ? "year"
           : a_year == 2  ? "half-year"
           : a_year == 4  ? "quarter"
           : a_year == 12 ? "month"
           : a_year == 52 ? "week"
                          : "period";
}

dk_status dk_movers_make(dk_movers *v, dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_movement *m = &x->result->movement;
    *v = (dk_movers){.context = x, .panel = x->panel, .n = x->panel->nstates};
    m->known = x->segments->count > 1;
    m->periods_a_year = x->records->periods_a_year;
    m->period = period_name(m->periods_a_year);
    m->churn_known = x->records->churned != NULL;
    for (size_t i = 0; i < x->records->count && !m->churn_known; i++)
        m->churn_known = x->panel->next[i] == DK_STATE_LOST;
    m->about = "The segment of the last period before the answer, and the state in the first period after "
               "it; who has no record though the data go on, or is recorded as lost, has left; "
               "what lies beyond the data is not counted.";
    double *before = NULL, *earlier = NULL, *y = malloc((s->n + 1) * sizeof *y);
    v->of = calloc(v->n, sizeof *v->of);
    dk_status status = y != NULL && v->of != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK)
        status = dk_joint_init(&v->joint, (int)s->config->bootstrap, (uint64_t)s->config->seed,
                               s->config->confidence, err);
    if (status == DK_OK) status = dk_chain_make(&v->chain, x, x->panel, &v->joint, err);
    if (status == DK_OK) status = put_before(x, &before, &earlier, err);
    for (size_t k = 0; k < v->n && status == DK_OK; k++) {
        if (x->progress != NULL) x->progress(x->progress_context, "movement", (int64_t)k, (int64_t)v->n);
        status = make_mover(v, k, before, earlier, y, err);
    }
    if (status == DK_OK && m->known) status = dk_movement_matrices(x, x->panel, &v->chain, err);
    if (status == DK_OK && m->known) status = dk_movement_hazards(v, earlier, err);
    if (status == DK_OK) status = lifetimes(v, err);
    free(before);
    free(earlier);
    free(y);
    return status;
}
