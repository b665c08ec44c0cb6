/* Binary and ordinal outcomes. Effects are average marginal effects, R2 is McFadden's or Estrella's, importance its
 * Shapley value: by refitting every set of groups where that is cheap, else by the quadratic that the likelihood is
 * near its top (each row its working response and working weight), scaled to the R2 of the fit. Replicates are one
 * Newton step of the
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/estimate.h"
#include "stats/glm.h"
#include "stats/impact.h"

#define REFIT_BUDGET 4e9 /* multiply-adds that refitting all sets may cost */
#define WORKING_SCALE 0x1p30
#define FEW_EVENTS 30 /* degrees of freedom below which a sandwich alone is not trusted */

/* The fit and what it was made of. Columns are the controls, then the predictors. */
typedef struct glm_fit {
    const dk_frame *f;
    const dk_driver_options *o;
    dk_estimate *e;
    dk_moments moments;
    dk_solution linear; /* for means, deviations, aliases, overlap */
    dk_design design;
    dk_glm glm;
    size_t *columns, k;
    bool *use;
    double slope; /* marginal effect per unit of the linear predictor */
} glm_fit;

/* R2 of a log-likelihood, and its derivative by McFadden's. */
static double r2_of(const glm_fit *g, const dk_glm *m, double *slope) {
    double mcfadden = 1 - m->ll / m->ll_null, power = -2 * m->ll_null / m->w,
           estrella = 1 - pow(m->ll / m->ll_null, power);
    bool plain = g->o->r2 == DK_R2_MCFADDEN;
    if (slope != NULL) *slope = plain ? 1 : power * pow(1 - mcfadden, power - 1);
    return plain ? mcfadden : estrella;
}

/* R2 of the controls and the groups whose bit is set. */
static dk_status refit(glm_fit *g, const size_t *lane_of, uint64_t groups, double *r2, dk_error *err) {
    dk_glm part;
    bool *use = calloc(g->k + 1, sizeof *use);
    if (use == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < g->k; i++) {
        if (!g->use[i]) continue;
        use[i] = i < g->f->ncontrols || (groups >> lane_of[g->f->group_of[i - g->f->ncontrols]] & 1);
    }
    dk_status status = dk_glm_fit(g->f->rows, &g->design, use, g->f->weight_unit,
                                  g->o->model == DK_MODEL_BINARY, g->o->threads, &part, err);
    if (status == DK_OK) {
        *r2 = r2_of(g, &part, NULL);
        dk_glm_dispose(&part);
    }
    free(use);
    return status;
}

/* s! (n - s)! / (n + 1)! */
static double choice(size_t s, size_t n) {
    double choose = 1;
    for (size_t i = 0; i < s; i++) choose = choose * (double)(n - i) / (double)(i + 1);
    return 1 / ((double)(n + 1) * choose);
}

/* What the set of groups counts for lane group i beside it: in nested groups other stages are in wholly or not at all. */
static double set_weight(const dk_group_plan *p, size_t i, uint64_t set) {
    size_t n = p->groups.ngroups, near = 0, beside = 0, stages = 0;
    if (p->stage == NULL) return choice((size_t)__builtin_popcountll(set), n - 1);
    for (size_t g = 0; g < n; g++) {
        if (g == i || p->stage[g] != p->stage[i]) continue;
        near++;
        beside += set >> g & 1;
    }
    for (size_t l = 0; l < p->nlevels; l++) {
        const dk_lane_level *v = &p->levels[l];
        size_t in = 0;
        if (p->stage[v->group[0]] == p->stage[i]) continue;
        for (size_t g = 0; g < v->own; g++) in += set >> v->group[g] & 1;
        if (in != 0 && in != v->own) return 0;
        stages += in != 0;
    }
    return choice(beside, near) * choice(stages, p->nlevels - 1);
}

/* Shapley values of R2 from all 2^G fits. */
static dk_status refit_all(glm_fit *g, dk_error *err) {
    dk_estimate *e = g->e;
    size_t n = e->plan.groups.ngroups;
    double *r2 = malloc(sizeof *r2 << n);
    size_t *lane_of = calloc(g->f->ngroups + 1, sizeof *lane_of);
    dk_status status = r2 == NULL || lane_of == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; i < n && status == DK_OK; i++) lane_of[e->plan.group[i]] = i;
    for (uint64_t s = 0; s < (uint64_t)1 << n && status == DK_OK; s++)
        status = refit(g, lane_of, s, &r2[s], err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        uint64_t bit = (uint64_t)1 << i;
        e->importance[i] = 0;
        for (uint64_t s = 0; s < (uint64_t)1 << n; s++)
            if (!(s & bit)) e->importance[i] += set_weight(&e->plan, i, s) * (r2[s | bit] - r2[s]);
    }
    free(r2);
    free(lane_of);
    return status;
}

/* The rows with their working response and weight, each its own cluster as before. */
static dk_status working_rows(const glm_fit *g, dk_frame *w, dk_error *err) {
    const dk_frame *f = g->f;
    size_t ncols = dk_rows_shape_of(f->rows)->ncols;
    dk_rows_shape shape = {.ncols = ncols, .clusters = true, .weights = true};
    int64_t *values = calloc(ncols, sizeof *values);
    dk_design_row row = {0};
    *w = *f;
    w->rows = NULL;
    w->unit = calloc(ncols + 1, sizeof *w->unit);
    dk_status status =
        values == NULL || w->unit == NULL ? dk_fail_memory(err) : dk_design_row_init(&row, g->design.p, err);
    if (status == DK_OK) status = dk_rows_new(&shape, &w->rows, err);
    double heaviest = 0;
    for (int pass = 0; pass < 2 && status == DK_OK; pass++) { /* the weights' scale, then the rows */
        for (int p = 0; p < DK_ROWS_PARTS && status == DK_OK; p++) {
            dk_rows_part *b;
            status = dk_rows_get(f->rows, p, &b, err);
            for (size_t i = 0; status == DK_OK && i < b->n; i++) {
                size_t y = dk_glm_level(&g->glm, dk_design_expand(&g->design, b, i, &row));
                double eta = dk_glm_eta(&g->glm, &row);
                dk_glm_point at = dk_glm_at(&g->glm, y, eta);
                double weight = (double)b->weight[i] / f->weight_unit * at.curvature;
                if (pass == 0) {
                    heaviest = fmax(heaviest, weight);
                    continue;
                }
                memset(values, 0, ncols * sizeof *values);
                for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++) values[b->col[e]] = b->value[e];
                double response = eta + at.slope / fmax(at.curvature, 1e-6);
                values[0] = (int64_t)llround(fmax(-1e6, fmin(1e6, response)) * 0x1p30);
                dk_rows_record record = {.values = values,
                                         .weight = (int64_t)llround(weight / heaviest * WORKING_SCALE),
                                         .cluster = b->unit[i]};
                status = dk_rows_add(w->rows, &record, err);
            }
            if (b != NULL) dk_rows_release(f->rows, b);
        }
    }
    if (status == DK_OK) {
        memcpy(w->unit, f->unit, (ncols + 1) * sizeof *w->unit);
        w->unit[1] = 0x1p30;
        w->weight_unit = WORKING_SCALE / heaviest;
    }
    free(values);
    dk_design_row_dispose(&row);
    return status;
}

/* One bootstrap: of the working rows for coefficients and importance, or of the plain rows for means. */
static dk_status bootstrap(const glm_fit *g, const dk_frame *frame, const dk_moments *m, const dk_solution *s,
                           bool working, bool jackknife, dk_boot *boot, dk_error *err) {
    const dk_group_plan *plan = &g->e->plan;
    size_t n = plan->nterms, count = 0, nc = frame->ncontrols;
    size_t *columns = malloc((nc + n + 1) * sizeof *columns);
    double *sd = malloc((nc + n + 2) * sizeof *sd);
    dk_status status = columns == NULL || sd == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; i < nc && status == DK_OK && working; i++) {
        if (s->aliased[i]) continue;
        sd[count] = s->sd[i];
        columns[count++] = g->columns[i];
    }
    for (size_t t = 0; t < n && status == DK_OK; t++) {
        sd[count + t] = s->sd[nc + plan->term[t]];
        columns[count + t] = g->columns[nc + plan->term[t]];
    }
    if (status == DK_OK) {
        sd[count + n] = s->sd[s->k];
        dk_boot_plan p = {.rows = frame->rows,
                          .moments = m,
                          .unit = frame->unit,
                          .outcome = 1,
                          .columns = columns,
                          .ncontrols = count,
                          .nterms = n,
                          .groups = plan->groups,
                          .levels = plan->levels,
                          .nlevels = plan->nlevels,
                          .sd = sd,
                          .orders = plan->few,
                          .norders = plan->nfew,
                          .importance = working,
                          .replicates = jackknife ? DK_BOOT_BLOCKS : g->o->bootstrap,
                          .jackknife = jackknife,
                          .threads = g->o->threads,
                          .seed = g->o->seed};
        if (working && !jackknife) {
            p.progress = g->o->progress;
            p.progress_context = g->o->progress_context;
        }
        status = dk_boot_run(&p, boot, err);
    }
    free(columns);
    free(sd);
    return status;
}

/* Replicates keep their differences from the working rows' own figures; the estimate is the likelihood's. scale turns
   an explained part of the working response's variance into R2: half its weighted sum is what the log-likelihood changes
   by, to first order also where the quadratic itself is far from the likelihood. */
static void recentre(glm_fit *g, const dk_solution *s, const double *importance, double scale,
                     const dk_boot *means, dk_boot *b) {
    dk_estimate *e = g->e;
    size_t r = (size_t)b->replicates, nc = g->f->ncontrols;
    for (size_t t = 0; t < e->plan.nterms; t++) {
        size_t i = e->plan.term[t];
        double point = s->coef[nc + i] * s->sd[s->k] / s->sd[nc + i];
        for (size_t k = t * r; k < (t + 1) * r; k++) {
            b->effect[k] = e->effect[i] + g->slope * (b->effect[k] - point);
            b->marginal[k] *= g->slope;
            b->mean[k] = means->mean[k];
        }
    }
    /* Explained sums, not shares: the working response's variance is noise that McFadden's R2 does not have. */
    for (size_t i = 0; i < e->plan.groups.ngroups; i++)
        for (size_t k = 0; k < r; k++) {
            double *value = &b->importance[i * r + k];
            *value = e->importance[i] + scale * (*value * b->variance[k] - importance[i]);
        }
}

/* What few rows or clusters call for (robust.h), as the working rows show it: intervals and tests use errors larger
   by as much as CR3 or HC3 are there, and where degrees of freedom are few no smaller than those of the model, as the
   sandwich of a theme with hardly an event is next to 0 (the larger of the two: Angrist & Pischke 2009, 8.1); and
   Satterthwaite's degrees of freedom. */
static dk_status adjust_for_few(glm_fit *g, const dk_frame *w, const dk_moments *m, const dk_solution *s,
                                dk_error *err) {
    dk_estimate *e = g->e;
    size_t n = e->n, nc = g->f->ncontrols, k = g->k, size = g->glm.size;
    dk_robust r;
    dk_status status = dk_robust_compute(w->rows, m, w->unit, w->weight_unit, g->columns, 1, s, NULL,
                                         g->o->hc, g->o->threads, &r, err);
    if (status != DK_OK) return status;
    for (size_t i = 0; i < n && r.df_of != NULL; i++) {
        size_t a = nc + i, at = g->glm.nlevels - 1 + a;
        double sandwich = g->glm.robust[at * size + at],
               model = g->glm.inverse[at * size + at] * g->glm.w / e->n_effective;
        if (!e->use[i] || s->aliased[a] || !(sandwich > 0)) continue;
        double factor = sqrt(fmax(1, r.cov_small[a * k + a] / r.cov[a * k + a]));
        if (r.df_of[a] < FEW_EVENTS) factor = fmax(factor, sqrt(model / sandwich));
        if (!isfinite(factor)) continue;
        e->df_of[i] = fmin(e->df, r.df_of[a]);
        for (size_t j = 0; j < n; j++) {
            e->cov[i * n + j] *= factor;
            e->cov[j * n + i] *= factor;
        }
    }
    e->max_leverage = r.max_leverage;
    e->max_cook = r.max_cook;
    e->influential = r.influential;
    dk_robust_dispose(&r);
    return DK_OK;
}

/* Importance and replicates from the working rows. */
static dk_status importance_of(glm_fit *g, dk_error *err) {
    dk_estimate *e = g->e;
    size_t nc = g->f->ncontrols, n = e->n, q = n + 1;
    dk_frame w = {0};
    dk_moments m = {0};
    dk_solution s = {0};
    double *quadratic = NULL, *se = NULL;
    dk_status status = working_rows(g, &w, err);
    if (status == DK_OK) status = dk_moments_compute(w.rows, g->o->threads, &m, err);
    if (status == DK_OK)
        status = dk_solve(&m, w.unit, w.weight_unit, g->columns, g->k, nc, 1, NULL, DK_ALIASED_ROWS, &s, err);
    if (status == DK_OK) status = adjust_for_few(g, &w, &m, &s, err);
    if (status != DK_OK) goto done;
    double beyond = s.r2 - s.r2_controls, scale = beyond > 0 ? (e->r2 - e->r2_controls) / beyond : 0;
    for (size_t i = 0; i < n; i++) {
        e->use[i] = e->use[i] && !s.aliased[nc + i];
        e->alone[i] = g->slope * s.partial[n * q + i] / s.partial[i * q + i] * s.sd[g->k] / s.sd[nc + i];
    }
    memcpy(e->partial, s.partial, q * q * sizeof *e->partial);
    for (size_t i = 0; i < n; i++) {
        e->partial[n * q + i] *= sqrt(scale);
        e->partial[i * q + n] *= sqrt(scale);
    }
    e->partial[q * q - 1] *= scale;
    status = dk_estimate_importance(g->f, g->o, e, err);
    size_t groups = e->plan.groups.ngroups;
    quadratic = calloc(2 * groups + 1, sizeof *quadratic);
    if (status == DK_OK && quadratic == NULL) status = dk_fail_memory(err);
    if (status != DK_OK) goto done;
    se = quadratic + groups;
    double rows = (double)e->rows, k = (double)g->k;
    if (groups <= 20 && ldexp(1, (int)groups) * 6 * rows * (k * k / 2 + 50) <= REFIT_BUDGET) {
        status = refit_all(g, err);
        if (status == DK_OK)
            status = dk_owen(e->partial, n, &e->plan, e->importance, g->o->seed, e->owen, err);
    } else {
        dk_estimate_note(e, "importance is that of the likelihood's quadratic approximation, scaled to R2");
    }
    if (status != DK_OK || g->o->bootstrap == 0) goto done;
    if (status == DK_OK) { /* the replicates' kind of importance at the estimate */
        dk_group_plan plan = e->plan;
        plan.orders = plan.few;
        plan.norders = plan.nfew;
        status = dk_group_importance(s.partial, n, &plan, quadratic, se, err);
    }
    double slope = 1;
    r2_of(g, &g->glm, &slope);
    for (int jack = 0; jack < 2 && status == DK_OK; jack++) {
        dk_boot *b = jack ? &e->jack : &e->boot, means = {0};
        status = bootstrap(g, &w, &m, &s, true, jack, b, err);
        if (status == DK_OK) status = bootstrap(g, g->f, &g->moments, &g->linear, false, jack, &means, err);
        if (status == DK_OK)
            recentre(g, &s, quadratic, slope * 0.5 * s.w * s.sd[g->k] * s.sd[g->k] / -g->glm.ll_null, &means,
                     b);
        dk_boot_dispose(&means);
    }
done:
    free(quadratic);
    dk_solution_dispose(&s);
    dk_moments_dispose(&m);
    dk_rows_free(w.rows);
    free(w.unit);
    return status;
}

/* Average marginal effects and their covariance by the delta method: effect_i = slope(theta) coef_i / sd_i. */
static dk_status effects_of(glm_fit *g, dk_error *err) {
    dk_estimate *e = g->e;
    dk_glm *m = &g->glm;
    size_t n = e->n, nc = g->f->ncontrols, size = m->size, first = m->nlevels - 1 + nc;
    double *gradient = calloc(size + 1, sizeof *gradient), *jacobian = calloc(n * size + 1, sizeof *jacobian);
    dk_status status = gradient == NULL || jacobian == NULL ? dk_fail_memory(err) : DK_OK;
    double unit = g->o->model == DK_MODEL_BINARY ? (double)(m->level[1] - m->level[0]) : g->f->unit[1];
    if (status == DK_OK)
        status =
            dk_glm_marginal(g->f->rows, &g->design, g->f->weight_unit, unit, m, &g->slope, gradient, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        double sd = g->linear.sd[nc + i], coef = m->theta[first + i];
        e->use[i] = g->use[nc + i];
        e->effect[i] = e->use[i] ? g->slope * coef / sd : NAN;
        e->beta[i] = e->use[i] ? coef : NAN;
        for (size_t j = 0; j < size && e->use[i]; j++) jacobian[i * size + j] = coef / sd * gradient[j];
        if (e->use[i]) jacobian[i * size + first + i] += g->slope / sd;
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        for (size_t j = 0; j < size; j++) { /* row i of jacobian x robust */
            gradient[j] = 0;
            for (size_t l = 0; l < size; l++) gradient[j] += jacobian[i * size + l] * m->robust[l * size + j];
        }
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < size; l++) e->cov[i * n + j] += gradient[l] * jacobian[j * size + l];
    }
    free(gradient);
    free(jacobian);
    return status;
}

static dk_status fit(glm_fit *g, dk_error *err) {
    const dk_frame *f = g->f;
    const dk_driver_options *o = g->o;
    dk_estimate *e = g->e;
    size_t nc = f->ncontrols, n = e->n;
    bool binary = o->model == DK_MODEL_BINARY;
    dk_status status = dk_moments_compute(f->rows, o->threads, &g->moments, err);
    if (status == DK_OK)
        status = dk_solve(&g->moments, f->unit, f->weight_unit, g->columns, g->k, nc, 1, NULL,
                          DK_ALIASED_ROWS, &g->linear, err);
    if (status == DK_OK)
        status = dk_design_init(&g->design, f->rows, &g->moments, f->unit, g->columns, 1, &g->linear, err);
    if (status != DK_OK) return status;
    dk_estimate_note_aliased(e, f, &g->linear);
    dk_glm controls;
    bool *only = calloc(g->k + 1, sizeof *only);
    if (only == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < g->k; i++) {
        g->use[i] = !g->linear.aliased[i];
        only[i] = i < nc && g->use[i];
    }
    status = dk_glm_fit(f->rows, &g->design, only, f->weight_unit, binary, o->threads, &controls, err);
    free(only);
    if (status != DK_OK) return status;
    e->r2_controls = nc > 0 ? r2_of(g, &controls, NULL) : 0;
    dk_glm_dispose(&controls);
    status = dk_glm_fit(f->rows, &g->design, g->use, f->weight_unit, binary, o->threads, &g->glm, err);
    if (status == DK_OK)
        status = dk_glm_robust(f->rows, &g->design, f->weight_unit, o->threads, &g->glm, err);
    if (status == DK_OK) status = dk_estimate_check_clusters(f, g->glm.clusters, err);
    if (status == DK_OK) status = effects_of(g, err);
    if (status != DK_OK) return status;
    if (!binary) {
        double statistic, df, p;
        status = dk_glm_proportional(f->rows, &g->design, g->use, f->weight_unit, o->threads, &g->glm,
                                     &statistic, &df, &p, err);
        if (status != DK_OK) return status;
        if (p < 0.01)
            dk_estimate_note(
                e,
                "effects differ between low and high levels (proportional odds, p %.2g): they are averages",
                p);
        else if (p >= 0.01)
            dk_estimate_note(
                e, "effects may well be the same at low and high levels (proportional odds, p %.2g)", p);
    }
    if (g->glm.penalised)
        dk_estimate_note(e, "some predictors separate the outcomes perfectly: coefficients are shrunk "
                            "towards 0 (normal prior, standard "
                            "deviation 2.5 on the log odds of a mention or of two standard deviations)");
    for (size_t i = 0; i < n; i++) {
        size_t a = nc + i;
        e->mean[i] = g->linear.mean[a];
        e->sd[i] = g->linear.sd[a];
        e->vif[i] = e->use[i] ? g->linear.inverse[a * g->k + a] : NAN;
    }
    double unit = binary ? (double)(g->glm.level[1] - g->glm.level[0]) : f->unit[1],
           base = binary ? (double)g->glm.level[0] : 0;
    e->r2 = r2_of(g, &g->glm, NULL);
    e->condition = g->linear.condition;
    e->outcome_mean = (g->linear.mean[g->k] * f->unit[1] - base) / unit;
    e->outcome_sd = g->linear.sd[g->k] * f->unit[1] / unit;
    e->residual_sd = NAN;
    e->intercept = NAN;
    if (binary) {
        e->intercept = -g->glm.theta[0];
        for (size_t i = 0; i < g->k; i++)
            if (g->use[i]) /* back to the columns' own zero */
                e->intercept -=
                    g->glm.theta[1 + i] * (g->linear.mean[i] / g->linear.sd[i] - g->design.mean[i + 1]);
    }
    dk_impact_compute(f, &g->moments, e);
    for (size_t i = 0; i < n && binary; i++) e->impact[i] *= f->unit[1] / unit;
    e->rows = dk_rows_count(f->rows);
    e->clusters = g->glm.clusters;
    e->df = dk_rows_shape_of(f->rows)->clusters ? (double)(e->clusters - 1) : INFINITY;
    for (size_t i = 0; i < n; i++) {
        e->df_of[i] = e->df;
        e->se[i] = e->use[i] ? sqrt(e->cov[i * n + i]) : NAN;
    }
    e->n_effective = g->glm.w * g->glm.w / ((double)g->moments.w2 / (f->weight_unit * f->weight_unit));
    return importance_of(g, err);
}

dk_status dk_estimate_glm(const dk_frame *f, const dk_driver_options *o, dk_estimate *e, dk_error *err) {
    glm_fit g = {.f = f, .o = o, .e = e, .k = f->ncontrols + f->npredictors};
    if (dk_rows_shape_of(f->rows)->clusters2)
        return dk_fail(err, DK_EUSAGE, "two-way clusters are for the linear model");
    if (dk_rows_shape_of(f->rows)->fixed)
        return dk_fail(err, DK_EUSAGE, "fixed effects are for the linear model");
    g.columns = malloc((g.k + 1) * sizeof *g.columns);
    g.use = calloc(g.k + 1, sizeof *g.use);
    dk_status status = g.columns == NULL || g.use == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; i < g.k && status == DK_OK; i++)
        g.columns[i] = i < f->ncontrols ? dk_frame_control(f, i) : dk_frame_predictor(i - f->ncontrols);
    if (status == DK_OK) status = fit(&g, err);
    free(g.columns);
    free(g.use);
    dk_glm_dispose(&g.glm);
    dk_design_dispose(&g.design);
    dk_solution_dispose(&g.linear);
    dk_moments_dispose(&g.moments);
    return status;
}
