#include "stats/impact.h"

#include <math.h>

void dk_impact_compute(const dk_frame *f, const dk_moments *m, dk_estimate *e) {
    double step = ldexp(1 / f->unit[1], m->shift[1]), w = (double)m->sum[0],
           mean = (double)m->sum[dk_tri(1, 0)] / w;
    for (size_t i = 0; i < e->n; i++) {
        size_t d = dk_frame_predictor(i);
        e->impact[i] = NAN;
        e->impact_from[i] = SIZE_MAX;
        if (m->min[d] != 0 || m->max[d] != 1 || f->unit[d] != 1 || m->shift[d] != 0) continue;
        double with = (double)m->sum[dk_tri(d, 0)];
        if (with > 0 && with < w)
            e->impact[i] = ((double)m->sum[dk_tri(d, 1)] - with * mean) * step / (w - with);
    }
}

void dk_impact_explain(const dk_solution *s, dk_estimate *e) {
    size_t nc = s->ncontrols, k = s->k;
    for (size_t i = 0; i < e->n; i++) {
        double most = 0;
        if (isnan(e->impact[i]) || !e->use[i]) continue;
        for (size_t c = 0; c < k; c++) {
            if (c == nc + i || s->aliased[c]) continue;
            /* effect_c x slope of c on i, all in scaled units, back to the outcome's */
            double part = e->mean[i] * s->coef[c] * s->corr[c * (k + 1) + nc + i] * s->sd[k] / s->sd[nc + i];
            if (fabs(part) <= most) continue;
            most = fabs(part);
            e->impact_from[i] = c;
            e->impact_part[i] = part;
        }
    }
}

void dk_impact_note(const dk_frame *f, dk_estimate *e) {
    size_t told = 0;
    for (size_t i = 0; i < e->n && told < 3; i++) {
        double own = e->mean[i] * e->effect[i], other = e->impact[i] - own;
        if (e->impact_from[i] == SIZE_MAX || isnan(other) || fabs(other) < 0.5 * fabs(own)) continue;
        if (fabs(other) < 0.005 * e->outcome_sd) continue; /* a difference that nobody would see */
        size_t c = e->impact_from[i];
        const char *name = c < f->ncontrols ? f->controls[c] : f->predictors[c - f->ncontrols];
        dk_estimate_note(e,
                         "rows that mention %s move the mean by %.3g (leave-one-out impact), %s itself by "
                         "%.3g (opportunity): %.3g of the "
                         "rest comes with %s in the same rows",
                         f->predictors[i], e->impact[i], f->predictors[i], own, e->impact_part[i], name);
        told++;
    }
}
