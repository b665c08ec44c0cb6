/* Intervals of importance, of groups and of stages. */
#include <math.h>
#include <string.h>

#include "stats/inference.h"
#include "stats/result.h"

/* The terms' effects in the model and alone, added: the direction in which a group works. r: a replicate, or -1 for the
   estimate. */
static void direction_of(const dk_maker *k, size_t g, ptrdiff_t r, double *out) {
    const dk_estimate *e = k->e;
    const size_t *first = e->plan.groups.first, n = (size_t)e->boot.replicates;
    for (size_t t = first[g]; t < first[g + 1]; t++) {
        size_t i = e->plan.term[t];
        out[t - first[g]] = r < 0 ? e->effect[i] + e->alone[i]
                                  : e->boot.effect[t * n + (size_t)r] + e->boot.marginal[t * n + (size_t)r];
    }
}

/* An interval for an importance by way of its signed root, which is close to normal also near 0, where importance itself
   piles up against its bound and grows by the noise in it. A replicate whose effects point the other way than the
   estimate's has a negative root, and an interval of roots that holds 0 is one of importances from 0. For m terms
   the m - 1 directions across add a bias that the root does not take away: its double (in the estimate and again in
   the replicates) is subtracted. form: the group's Wald form. */
dk_status dk_maker_interval(dk_maker *k, size_t g, dk_driver *d, const double *form, dk_error *err) {
    const dk_estimate *e = k->e;
    const size_t *first = e->plan.groups.first;
    size_t n = (size_t)e->boot.replicates, m = first[g + 1] - first[g];
    d->importance_ci = (dk_interval){NAN, NAN};
    if (n == 0) return DK_OK;
    const double *value = e->boot.importance + g * n;
    double *along = dk_arena_alloc(k->arena, 3 * m * sizeof *along), bias = 0, factor = 1;
    if (along == NULL) return dk_fail_memory(err);
    double *there = along + m, *here = there + m;
    for (size_t r = 0; r < n; r++) bias += (value[r] - d->importance) / (double)n;
    bias = fmax(0, 2 * bias * (double)(m - 1) / (double)m);
    for (size_t t = 0; t < m; t++) {
        size_t i = e->plan.term[first[g] + t];
        double spread = dk_maker_spread(e->boot.effect + (first[g] + t) * n, n);
        factor += fmax(0, dk_maker_error(k, i) / spread * k->t[i] / k->z - 1) / (double)m;
    }
    direction_of(k, g, -1, there);
    for (size_t i = 0; i < m; i++) {
        along[i] = 0;
        for (size_t j = 0; j < m; j++) along[i] += form[i * m + j] * there[j];
    }
    for (size_t r = 0; r < n; r++) {
        double same = 0, root = sqrt(fmax(0, value[r] - bias));
        direction_of(k, g, (ptrdiff_t)r, here);
        for (size_t i = 0; i < m; i++) same += along[i] * here[i];
        k->scratch[r] = same < 0 ? -root : root;
    }
    double estimate = sqrt(fmax(0, d->importance - bias / 2));
    /* A root's influence is skewed as its square's is, to first order. */
    double a = dk_acceleration(e->jack.importance + g * DK_BOOT_BLOCKS, DK_BOOT_BLOCKS);
    dk_interval root = dk_maker_widen(dk_bca(k->scratch, n, estimate, a, k->o->confidence), estimate, factor);
    d->importance_ci.lo = root.lo <= 0 ? 0 : root.lo * root.lo;
    d->importance_ci.hi = fmin(1, fmax(root.lo * root.lo, root.hi * root.hi));
    return DK_OK;
}

/* A stage's interval: that of its only group; else from the sums of the replicates, on the scale of roots and with
   their bias taken off as for groups, down to 0 where a joint test of the stage's terms does not tell it from nothing.
   */
static dk_status stage_interval(dk_maker *k, size_t s, dk_driver_stage *stage, dk_error *err) {
    const dk_estimate *e = k->e;
    const dk_group_plan *plan = &e->plan;
    size_t n = (size_t)e->boot.replicates,
           *terms = dk_arena_calloc(k->arena, plan->nterms + 1, sizeof *terms), nterms = 0, rank = 0;
    double without[DK_BOOT_BLOCKS] = {0}, bias = 0, *form, *b, statistic;
    if (terms == NULL) return dk_fail_memory(err);
    for (size_t r = 0; r < n; r++) k->scratch[r] = 0;
    for (size_t g = 0; g < plan->groups.ngroups; g++) {
        if (plan->stage[g] != s) continue;
        for (size_t t = plan->groups.first[g]; t < plan->groups.first[g + 1]; t++)
            terms[nterms++] = plan->term[t];
        for (size_t r = 0; r < n; r++) k->scratch[r] += e->boot.importance[g * n + r];
        for (size_t i = 0; i < DK_BOOT_BLOCKS; i++) without[i] += e->jack.importance[g * DK_BOOT_BLOCKS + i];
    }
    if (nterms == 0) return DK_OK;
    dk_status status = dk_maker_wald(k, terms, nterms, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    double p = dk_maker_joint_p(k, terms, nterms, statistic, rank, true), m = (double)nterms;
    for (size_t r = 0; r < n; r++) bias += (k->scratch[r] - stage->importance) / (double)n;
    bias = fmax(0, 2 * bias * (m - 1) / m);
    for (size_t r = 0; r < n; r++) k->scratch[r] = sqrt(fmax(0, k->scratch[r] - bias));
    dk_interval root = dk_bca(k->scratch, n, sqrt(fmax(0, stage->importance - bias / 2)),
                              dk_acceleration(without, DK_BOOT_BLOCKS), k->o->confidence);
    stage->importance_ci =
        (dk_interval){p <= 1 - k->o->confidence ? root.lo * root.lo : 0, fmin(1, root.hi * root.hi)};
    return DK_OK;
}

/* Stages as sums of their groups. */
dk_status dk_maker_stages(dk_maker *k, dk_error *err) {
    const dk_frame *f = k->f;
    const dk_group_plan *plan = &k->e->plan;
    double beyond = k->e->r2 - k->e->r2_controls;
    dk_status status = DK_OK;
    dk_driver_stage *stages = dk_arena_calloc(k->arena, f->nstages + 1, sizeof *stages);
    if (stages == NULL) return dk_fail_memory(err);
    k->r->stages = stages;
    k->r->nstages = f->nstages;
    for (size_t s = 0; s < f->nstages && status == DK_OK; s++) {
        dk_driver_stage *stage = &stages[s];
        size_t groups = 0, last = 0;
        *stage = (dk_driver_stage){.name = f->stages[s], .importance_ci = {NAN, NAN}};
        for (size_t g = 0; g < plan->groups.ngroups; g++) {
            if (plan->stage[g] != s) continue;
            stage->importance += k->e->importance[g];
            groups++;
            last = plan->group[g];
        }
        stage->share = beyond > 0 ? stage->importance / beyond : 0;
        if (groups > 1 && k->e->boot.replicates > 0) status = stage_interval(k, s, stage, err);
        for (size_t g = 0; g < k->r->ndrivers && groups == 1; g++)
            if (k->drivers[g].terms->column < k->e->n && f->group_of[k->drivers[g].terms->column] == last)
                stage->importance_ci = k->drivers[g].importance_ci;
    }
    if (status != DK_OK) return status;
    for (size_t g = 0; g < k->r->ndrivers; g++) {
        uint32_t group = f->group_of[k->drivers[g].terms->column];
        k->drivers[g].stage = f->stages[f->stage_of[group]];
    }
    return DK_OK;
}
