#include "stats/impact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOO_DEPENDENT \
    1e4 /* condition number whose square replicates, which are fitted in doubles, cannot bear */

dk_status dk_estimate_init(dk_estimate *e, const dk_frame *frame, dk_error *err) {
    size_t n = frame->npredictors;
    memset(e, 0, sizeof *e);
    e->n = n;
    e->effect = calloc(n + 1, sizeof *e->effect);
    e->cov = calloc(n * n + 1, sizeof *e->cov);
    e->se = calloc(n + 1, sizeof *e->se);
    e->alone = calloc(n + 1, sizeof *e->alone);
    e->vif = calloc(n + 1, sizeof *e->vif);
    e->beta = calloc(n + 1, sizeof *e->beta);
    e->use = calloc(n + 1, sizeof *e->use);
    e->partial = calloc((n + 1) * (n + 1), sizeof *e->partial);
    e->sd = calloc(n + 1, sizeof *e->sd);
    e->mean = calloc(n + 1, sizeof *e->mean);
    e->df_of = calloc(n + 1, sizeof *e->df_of);
    e->impact = calloc(n + 1, sizeof *e->impact);
    e->impact_part = calloc(n + 1, sizeof *e->impact_part);
    e->impact_from = calloc(n + 1, sizeof *e->impact_from);
    e->winsor = (dk_winsor){INFINITY, -INFINITY, 0};
    e->importance = calloc(frame->ngroups + 1, sizeof *e->importance);
    e->importance_se = calloc(frame->ngroups + 1, sizeof *e->importance_se);
    e->owen = calloc(n + 1, sizeof *e->owen);
    dk_buf_init(&e->notes);
    return e->effect != NULL && e->cov != NULL && e->se != NULL && e->alone != NULL && e->vif != NULL &&
                   e->beta != NULL && e->use != NULL && e->partial != NULL && e->sd != NULL &&
                   e->mean != NULL && e->df_of != NULL && e->impact != NULL && e->impact_part != NULL &&
                   e->impact_from != NULL && e->importance != NULL && e->importance_se != NULL &&
                   e->owen != NULL
               ? DK_OK
               : dk_fail_memory(err);
}

void dk_estimate_dispose(dk_estimate *e) {
    free(e->effect);
    free(e->cov);
    free(e->se);
    free(e->alone);
    free(e->vif);
    free(e->beta);
    free(e->use);
    free(e->partial);
    free(e->sd);
    free(e->mean);
    free(e->df_of);
    free(e->impact);
    free(e->impact_part);
    free(e->impact_from);
    free(e->importance);
    free(e->importance_se);
    free(e->owen);
    dk_group_plan_dispose(&e->plan);
    dk_boot_dispose(&e->boot);
    dk_boot_dispose(&e->jack);
    dk_buf_dispose(&e->notes);
    memset(e, 0, sizeof *e);
}

void dk_estimate_note(dk_estimate *e, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    dk_buf_put(&e->notes, text, strlen(text) + 1);
    e->nnotes++;
}

dk_status dk_estimate_check_clusters(const dk_frame *f, int64_t clusters, dk_error *err) {
    if (!dk_rows_shape_of(f->rows)->clusters || clusters > 1) return DK_OK;
    dk_fail(err, DK_EDATA,
            "all rows are of one cluster: how much chance there is in the effects cannot be told");
    dk_error_remedy(err, "leave the cluster column out, or take one that tells customers apart");
    return DK_EDATA;
}

dk_status dk_estimate_importance(const dk_frame *frame, const dk_driver_options *o, dk_estimate *e,
                                 dk_error *err) {
    dk_status status =
        dk_group_plan_init(&e->plan, frame->group_of, e->use, e->n, frame->ngroups, frame->stage_of,
                           frame->nstages, o->bootstrap, o->budget, o->seed, err);
    if (status == DK_OK)
        status = dk_group_importance(e->partial, e->n, &e->plan, e->importance, e->importance_se, err);
    if (status == DK_OK) status = dk_owen(e->partial, e->n, &e->plan, e->importance, o->seed, e->owen, err);
    return status;
}

/* With few orders for the replicates, each replicate keeps only its difference from the point estimate in the same
   orders: the sampling noise that both share falls out. */
static dk_status recentre(dk_estimate *e, dk_error *err) {
    size_t g = e->plan.groups.ngroups;
    dk_group_plan few = e->plan;
    double *value = malloc((2 * g + 1) * sizeof *value);
    if (value == NULL) return dk_fail_memory(err);
    few.orders = e->plan.few;
    few.norders = e->plan.nfew;
    dk_status status = dk_group_importance(e->partial, e->n, &few, value, value + g, err);
    for (size_t i = 0; i < g && status == DK_OK; i++)
        for (int r = 0; r < e->boot.replicates; r++)
            e->boot.importance[i * (size_t)e->boot.replicates + (size_t)r] += e->importance[i] - value[i];
    free(value);
    return status;
}

/* The columns that an aliased one follows from exactly, up to three by name. */
static void put_sources(const dk_frame *f, const dk_solution *s, size_t v, dk_buf *out) {
    size_t k = s->k, named = 0, more = 0;
    for (size_t u = 0; u < k; u++) {
        double slope = 0;
        for (size_t j = 0; j < k; j++) slope += s->inverse[u * k + j] * s->corr[j * (k + 1) + v];
        if (s->aliased[u] || fabs(slope) < 1e-6) continue;
        if (named == 3) {
            more++;
            continue;
        }
        dk_buf_putf(out, "%s%s", named++ > 0 ? ", " : "",
                    u < f->ncontrols ? f->controls[u] : f->predictors[u - f->ncontrols]);
    }
    if (more > 0) dk_buf_putf(out, " and %zu more", more);
}

void dk_estimate_note_aliased(dk_estimate *e, const dk_frame *f, const dk_solution *s) {
    for (size_t i = 0; i < s->k; i++) {
        if (!s->aliased[i]) continue;
        const char *name = i < f->ncontrols ? f->controls[i] : f->predictors[i - f->ncontrols];
        dk_buf sources;
        dk_buf_init(&sources);
        put_sources(f, s, i, &sources);
        if (!(s->sd[i] > 0))
            dk_estimate_note(e, "%s is the same in every row: left out", name);
        else
            dk_estimate_note(e, "%s says nothing new, it follows from %s: left out", name,
                             dk_buf_cstr(&sources));
        dk_buf_dispose(&sources);
    }
}

static dk_status bootstrap(const dk_frame *f, const dk_driver_options *o, const dk_moments *m,
                           const dk_solution *s, const dk_absorb *absorb, dk_estimate *e, dk_error *err) {
    size_t n = e->plan.nterms, count = 0;
    size_t *columns = malloc((f->ncontrols + n + 1) * sizeof *columns);
    double *sd = malloc((f->ncontrols + n + 2) * sizeof *sd);
    dk_status status = columns == NULL || sd == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) {
        for (size_t i = 0; i < f->ncontrols; i++) {
            if (s->aliased[i]) continue;
            sd[count] = s->sd[i];
            columns[count++] = dk_frame_control(f, i);
        }
        dk_boot_plan plan = {.rows = f->rows,
                             .moments = m,
                             .absorb = absorb,
                             .unit = f->unit,
                             .outcome = 1,
                             .columns = columns,
                             .ncontrols = count,
                             .nterms = n,
                             .groups = e->plan.groups,
                             .levels = e->plan.levels,
                             .nlevels = e->plan.nlevels,
                             .sd = sd,
                             .orders = e->plan.few,
                             .norders = e->plan.nfew,
                             .importance = true,
                             .replicates = o->bootstrap,
                             .threads = o->threads,
                             .seed = o->seed,
                             .progress = o->progress,
                             .progress_context = o->progress_context};
        for (size_t t = 0; t < n; t++) {
            sd[count + t] = s->sd[f->ncontrols + e->plan.term[t]];
            columns[count + t] = dk_frame_predictor(e->plan.term[t]);
        }
        sd[count + n] = s->sd[s->k];
        status = dk_boot_run(&plan, &e->boot, err);
        if (status == DK_OK && o->bootstrap > 0) {
            plan.jackknife = true;
            plan.replicates = DK_BOOT_BLOCKS;
            plan.progress = NULL;
            status = dk_boot_run(&plan, &e->jack, err);
        }
    }
    if (status == DK_OK && e->plan.few != NULL) status = recentre(e, err);
    free(columns);
    free(sd);
    return status;
}

dk_status dk_estimate_linear(const dk_frame *f, const dk_driver_options *o, dk_estimate *e, dk_error *err) {
    size_t nc = f->ncontrols, n = f->npredictors, k = nc + n;
    dk_moments m;
    dk_solution s = {0};
    dk_robust robust = {0};
    dk_absorb absorbed = {0};
    const dk_absorb *absorb = NULL;
    size_t *columns = malloc((k + 1) * sizeof *columns);
    dk_status status =
        columns == NULL ? dk_fail_memory(err) : dk_moments_compute(f->rows, o->threads, &m, err);
    if (columns == NULL) return status;
    for (size_t i = 0; i < nc; i++) columns[i] = dk_frame_control(f, i);
    for (size_t i = 0; i < n; i++) columns[nc + i] = dk_frame_predictor(i);
    if (status == DK_OK && dk_rows_shape_of(f->rows)->fixed) {
        status = dk_absorb_init(&absorbed, f->rows, &m, err);
        absorb = &absorbed;
    }
    if (status == DK_OK)
        status = dk_solve(&m, f->unit, f->weight_unit, columns, k, nc, 1, absorb, DK_ALIASED, &s, err);
    if (status == DK_OK)
        status = dk_robust_compute(f->rows, &m, f->unit, f->weight_unit, columns, 1, &s, absorb, o->hc,
                                   o->threads, &robust, err);
    if (status == DK_OK) status = dk_estimate_check_clusters(f, robust.clusters, err);
    if (status != DK_OK) goto done;
    dk_estimate_note_aliased(e, f, &s);
    const double *cov = robust.cov_small != NULL ? robust.cov_small : robust.cov;
    double sy = s.sd[k], parameters = 1;
    for (size_t i = 0; i < k; i++) parameters += !s.aliased[i];
    if (absorb != NULL) parameters += (double)absorb->n - 1;
    for (size_t i = 0; i < n; i++) {
        size_t a = nc + i;
        e->use[i] = !s.aliased[a];
        e->sd[i] = s.sd[a];
        e->mean[i] = s.mean[a];
        e->beta[i] = s.coef[a];
        e->effect[i] = s.coef[a] * sy / s.sd[a];
        e->vif[i] = e->use[i] ? s.inverse[a * k + a] : NAN;
        for (size_t j = 0; j < n && e->use[i]; j++)
            if (!s.aliased[nc + j])
                e->cov[i * n + j] = cov[a * k + nc + j] * (sy / s.sd[a]) * (sy / s.sd[nc + j]);
        e->se[i] = e->use[i] ? sqrt(robust.cov[a * k + a]) * sy / s.sd[a] : NAN;
        if (!e->use[i]) e->effect[i] = NAN;
    }
    memcpy(e->partial, s.partial, (n + 1) * (n + 1) * sizeof *e->partial);
    for (size_t i = 0; i < n; i++)
        e->alone[i] = s.partial[n * (n + 1) + i] / s.partial[i * (n + 1) + i] * sy / s.sd[nc + i];
    dk_impact_compute(f, &m, e);
    if (absorb == NULL) dk_impact_explain(&s, e);
    e->r2 = s.r2;
    e->r2_controls = s.r2_controls;
    e->condition = s.condition;
    e->intercept = s.intercept;
    e->outcome_mean = s.mean[k];
    e->outcome_sd = sy;
    e->rows = dk_rows_count(f->rows);
    e->n_effective = s.w * s.w / ((double)m.w2 / (f->weight_unit * f->weight_unit));
    double left = (double)e->rows - parameters;
    e->residual_sd = left > 0 ? sy * sqrt(fmax(0, 1 - s.r2) * s.w / left) : NAN;
    e->df = robust.df;
    for (size_t i = 0; i < n; i++)
        e->df_of[i] = robust.df_of != NULL && e->use[i] ? robust.df_of[nc + i] : robust.df;
    e->clusters = robust.clusters;
    e->influential = robust.influential;
    e->max_leverage = robust.max_leverage;
    e->max_cook = robust.max_cook;
    status = dk_estimate_importance(f, o, e, err);
    if (status == DK_OK && s.condition > TOO_DEPENDENT && o->bootstrap > 0)
        dk_estimate_note(e,
                         "the predictors depend on each other too much (condition number %.3g) for "
                         "replicates to tell them apart: there are "
                         "no intervals of importance and opportunity; leave out one of those that overlap, "
                         "or make them one group",
                         s.condition);
    else if (status == DK_OK)
        status = bootstrap(f, o, &m, &s, absorb, e, err);
done:
    free(columns);
    dk_moments_dispose(&m);
    dk_solution_dispose(&s);
    dk_robust_dispose(&robust);
    dk_absorb_dispose(&absorbed);
    return status;
}
