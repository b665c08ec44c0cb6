/* Returns on what is planned: (PV gain - PV cost) / PV cost. */
#include <math.h>
#include <stdlib.h>

#include "study/lifetime.h"
#include "study/worth.h"
#include "study/worth_config.h"
#include "study/worth_project.h"

/* The predictor of a theme and sign in a segment; SIZE_MAX without, or when it has no fit. */
static size_t find_predictor(const dk_mover *m, uint32_t theme, dk_sign sign) {
    for (size_t j = 0; m->has_profit && j < m->features.npredictors; j++)
        if (m->features.about[j].theme == (int)theme && m->features.about[j].polarity == sign &&
            m->profit.tested[j])
            return j;
    return SIZE_MAX;
}

/* Present value of costs: what is paid at the start, and what is paid at the end of each period. */
static double present_cost(const dk_initiative *n, int periods, double a_year, double discount) {
    double sum = n->cost, factor = 1;
    for (int t = 1; t <= periods; t++) {
        factor /= 1 + discount;
        sum += n->cost_a_year / a_year * factor;
    }
    return sum;
}

static dk_status price_one(dk_movers *v, const dk_initiative *n, dk_rox *x, dk_error *err) {
    const dk_fit_context *c = v->context;
    double a_year = c->result->movement.periods_a_year,
           discount = dk_discount_of_period(c->survey->config->discount, a_year);
    uint32_t theme = dk_taxonomy_find(c->taxonomy, dk_str_from(n->theme));
    size_t reps = (size_t)v->joint.replicates, found = 0;
    int periods = (int)fmax(1, round((double)n->months / 12 * a_year));
    double p[DK_SEGMENTS_MAX * (DK_SEGMENTS_MAX + 1)], m[DK_SEGMENTS_MAX];
    double *gain = calloc(2 * (reps + 1), sizeof *gain);
    if (gain == NULL) return dk_fail_memory(err);
    double *rox = gain + reps + 1;
    x->theme = (int)theme;
    x->pv_cost = present_cost(n, periods, a_year, discount);
    for (size_t k = 0; k < v->n; k++) {
        if (n->segment != NULL && strcmp(v->panel->name[k + 1], n->segment) != 0) continue;
        if (n->segment != NULL) x->segment = (int)k + 1;
        const dk_mover *mover = v->of + k;
        size_t j = find_predictor(mover, theme, n->sign);
        if (j == SIZE_MAX) continue;
        found++;
        for (size_t r = 0; r <= reps; r++) {
            double share =
                n->change * (r < reps ? mover->prevalence_replicate[j * reps + r] : mover->prevalence[j]);
            dk_change change = dk_worth_change(v, k, j, share, r);
            dk_projection out;
            dk_worth_chain(v, r, p, m);
            dk_worth_project(v->n, p, m, k, &change, periods, discount, &out);
            gain[r] += (double)v->chain.now[k] * out.money;
        }
    }
    x->fitted = found > 0;
    if (!x->fitted) x->reason = "the theme is said too seldom there to have an effect of its own";
    double paying = 0;
    for (size_t r = 0; r <= reps; r++) {
        rox[r] = (gain[r] - x->pv_cost) / x->pv_cost;
        if (r < reps) paying += gain[r] > x->pv_cost;
    }
    if (x->fitted) {
        x->gain = (dk_figure){gain[reps], dk_joint_interval(&v->joint, gain)};
        x->rox = (dk_figure){rox[reps], dk_joint_interval(&v->joint, rox)};
        x->pays = reps > 0 ? paying / (double)reps : NAN;
    }
    free(gain);
    return DK_OK;
}

static const char *keep(dk_study_result *r, const char *text) {
    return text != NULL ? dk_arena_strdup(&r->arena, text, strlen(text)) : NULL;
}

dk_status dk_worth_rox(dk_movers *v, dk_error *err) {
    dk_study_result *r = v->context->result;
    const dk_worth_config *w = v->context->survey->config->worth;
    if (w == NULL || w->ninitiatives == 0) return DK_OK;
    r->worth.rox = dk_arena_calloc(&r->arena, w->ninitiatives, sizeof *r->worth.rox);
    if (r->worth.rox == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t i = 0; i < w->ninitiatives && status == DK_OK; i++) {
        const dk_initiative *n = w->initiatives + i;
        dk_rox *x = r->worth.rox + r->worth.nrox++;
        uint32_t theme = dk_taxonomy_find(v->context->taxonomy, dk_str_from(n->theme));
        const dk_taxonomy *t = v->context->taxonomy;
        const char *owner = n->owner != NULL ? n->owner
                                             : dk_movement_owner(v->context, (int)theme,
                                                                 t->touchpoints[t->themes[theme].touchpoint]);
        *x = (dk_rox){.name = keep(r, n->name),
                      .owner = keep(r, owner),
                      .start = keep(r, n->start),
                      .theme_id = keep(r, n->theme),
                      .polarity = n->sign,
                      .change = n->change,
                      .cost = n->cost,
                      .cost_a_year = n->cost_a_year,
                      .discount_a_year = v->context->survey->config->discount,
                      .months = n->months,
                      .gain = {NAN, {NAN, NAN}},
                      .rox = {NAN, {NAN, NAN}},
                      .pays = NAN};
        if (x->name == NULL || x->theme_id == NULL) return dk_fail_memory(err);
        status = price_one(v, n, x, err);
    }
    return status;
}
