#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stats/dist.h"
#include "stats/impact.h"
#include "stats/inference.h"

/* The result with the arena that holds all it points to. */
typedef struct owned_result {
    dk_driver_result result; /* first: what the caller has a pointer to */
    dk_arena arena;
} owned_result;

typedef struct maker {
    const dk_frame *f;
    const dk_driver_options *o;
    dk_estimate *e;
    dk_arena *arena;
    dk_driver_result *r;
    size_t nlanes; /* lane groups; groups without a usable term come behind them */
    size_t *group; /* caller's group of each */
    dk_driver *drivers;
    dk_driver_term *terms; /* by predictor */
    size_t *lane;          /* predictor -> lane term, SIZE_MAX for none */
    double *scratch;       /* one number a replicate */
    double z;              /* quantiles of the confidence: the normal one, and by predictor that of t */
    double *t;
} maker;

void dk_drivers_free(dk_driver_result *result) {
    if (result == NULL) return;
    dk_arena_dispose(&((owned_result *)(void *)result)->arena);
    free(result);
}

const char *dk_verdict_name(dk_verdict verdict) {
    return verdict == DK_LINK ? "link" : verdict == DK_NO_LINK ? "no_link" : "inconclusive";
}

static double sd_of(const double *x, size_t n) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
    return n > 1 ? sqrt(square / (double)(n - 1)) : NAN;
}

/* Replicates spread as HC0 errors do, too little in small samples: an interval is widened about the estimate by what the
   analytic error is larger. */
static dk_interval widened(dk_interval i, double estimate, double factor) {
    if (!(factor > 1) || isinf(factor)) return i;
    return (dk_interval){estimate + (i.lo - estimate) * factor, estimate + (i.hi - estimate) * factor};
}

/* The error that intervals and tests use. */
static double error_of(const maker *k, size_t i) {
    const dk_estimate *e = k->e;
    return e->use[i] ? sqrt(e->cov[i * e->n + i]) : NAN;
}

static void make_term(maker *k, size_t i) {
    const dk_estimate *e = k->e;
    dk_driver_term *t = &k->terms[i];
    size_t n = (size_t)e->boot.replicates, lane = k->lane[i];
    double se = error_of(k, i);
    *t = (dk_driver_term){.predictor = k->f->predictors[i],
                          .column = i,
                          .effect = e->effect[i],
                          .se = e->se[i],
                          .df = e->df_of[i],
                          .ci = {e->effect[i] - k->t[i] * se, e->effect[i] + k->t[i] * se},
                          .p = NAN,
                          .prevalence = e->mean[i],
                          .mentions = dk_rows_nonzero(k->f->rows, dk_frame_predictor(i) - 1),
                          .opportunity = e->mean[i] * e->effect[i],
                          .opportunity_se = NAN,
                          .opportunity_ci = {NAN, NAN},
                          .impact = e->impact[i],
                          .impact_part = NAN,
                          .importance = e->use[i] ? e->owen[i] : 0,
                          .beta = e->beta[i],
                          .vif = e->vif[i],
                          .aliased = !e->use[i]};
    if (e->impact_from[i] != SIZE_MAX) {
        size_t from = e->impact_from[i], nc = k->f->ncontrols;
        t->impact_from = from < nc ? k->f->controls[from] : k->f->predictors[from - nc];
        t->impact_part = e->impact_part[i];
    }
    if (e->use[i] && se > 0) t->p = dk_t_p(t->effect / se, e->df_of[i]);
    if (e->use[i] && se == 0) t->p = t->effect != 0 ? 0 : 1; /* a perfect fit */
    if (lane == SIZE_MAX || n == 0) return;
    const double *effect = e->boot.effect + lane * n, *mean = e->boot.mean + lane * n;
    double factor = fmax(1, se / sd_of(effect, n)) * k->t[i] / k->z;
    double without[DK_BOOT_BLOCKS];
    for (size_t b = 0, at = lane * DK_BOOT_BLOCKS; b < DK_BOOT_BLOCKS; b++, at++)
        without[b] = e->jack.effect[at] * e->jack.mean[at];
    double a = dk_acceleration(without, DK_BOOT_BLOCKS);
    for (size_t r = 0; r < n; r++) k->scratch[r] = effect[r] * mean[r];
    t->opportunity_se = sd_of(k->scratch, n) * factor;
    t->opportunity_ci =
        widened(dk_bca(k->scratch, n, t->opportunity, a, k->o->confidence), t->opportunity, factor);
}

static dk_status compare(maker *k, dk_error *err) {
    const dk_estimate *e = k->e;
    double *v = dk_arena_alloc(k->arena, 2 * e->n * sizeof *v);
    if (v == NULL) return dk_fail_memory(err);
    dk_status status = dk_compare_importance(e->partial, e->n, e->use, v, NULL, v + e->n, NULL, NULL, err);
    for (size_t i = 0; i < e->n && status == DK_OK; i++) {
        k->terms[i].first = v[i];
        /* R2 lost without the term, from the accurate inverse that its VIF came from. */
        k->terms[i].last = e->use[i] ? e->beta[i] * e->beta[i] / e->vif[i] : NAN;
        k->terms[i].relative_weight = v[e->n + i];
    }
    return status;
}

/* Joint test of some predictors; *form and *b stay for the replicates. */
static dk_status wald_of(maker *k, const size_t *terms, size_t n, double **form, double **b, size_t *rank,
                         double *statistic, dk_error *err) {
    const dk_estimate *e = k->e;
    double *v = dk_arena_alloc(k->arena, (2 * n * n + n) * sizeof *v);
    if (v == NULL) return dk_fail_memory(err);
    *form = v + n * n;
    *b = *form + n * n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) v[i * n + j] = e->cov[terms[i] * e->n + terms[j]];
        (*b)[i] = e->effect[terms[i]];
    }
    dk_status status = dk_wald_form(v, n, *form, rank, err);
    if (status == DK_OK) *statistic = dk_quadratic(*form, *b, n);
    return status;
}

/* The terms' effects in the model and alone, added: the direction in which a group works. r: a replicate, or -1 for the
   estimate. */
static void direction_of(const maker *k, size_t g, ptrdiff_t r, double *out) {
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
static dk_status fill_interval(maker *k, size_t g, dk_driver *d, const double *form, dk_error *err) {
    const dk_estimate *e = k->e;
    const size_t *first = e->plan.groups.first;
    size_t n = (size_t)e->boot.replicates, m = first[g + 1] - first[g];
    d->importance_ci = (dk_interval){NAN, NAN};
    if (n == 0) return DK_OK;
    const double *value = e->boot.importance + g * n;
    double *along = dk_arena_alloc(k->arena, 3 * m * sizeof *along), *there = along + m, *here = there + m,
           bias = 0, factor = 1;
    if (along == NULL) return dk_fail_memory(err);
    for (size_t r = 0; r < n; r++) bias += (value[r] - d->importance) / (double)n;
    bias = fmax(0, 2 * bias * (double)(m - 1) / (double)m);
    for (size_t t = 0; t < m; t++) {
        size_t i = e->plan.term[first[g] + t];
        double spread = sd_of(e->boot.effect + (first[g] + t) * n, n);
        factor += fmax(0, error_of(k, i) / spread * k->t[i] / k->z - 1) / (double)m;
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
    dk_interval root = widened(dk_bca(k->scratch, n, estimate, a, k->o->confidence), estimate, factor);
    d->importance_ci.lo = root.lo <= 0 ? 0 : root.lo * root.lo;
    d->importance_ci.hi = fmax(root.lo * root.lo, root.hi * root.hi);
    return DK_OK;
}

/* p of a joint test of some predictors: F, or where degrees of freedom are few that of Hotelling's T2 with the fewest
   among them (after Pustejovsky & Tipton 2018), or with fewer yet, where it would find nothing, the smallest of their
   own p times their number (Bonferroni). */
static double joint_p(const maker *k, const size_t *terms, size_t n, double statistic, size_t rank,
                      bool fewest) {
    const dk_estimate *e = k->e;
    double df = fewest ? INFINITY : 0, m = (double)rank, least = 1;
    if (rank == 0) return NAN;
    for (size_t i = 0; i < n; i++) {
        df = fewest ? fmin(df, e->df_of[terms[i]]) : df + e->df_of[terms[i]] / (double)n;
        if (!isnan(k->terms[terms[i]].p)) least = fmin(least, k->terms[terms[i]].p);
    }
    if (!(df < e->df) || (!fewest && !dk_rows_shape_of(k->f->rows)->clusters))
        return dk_f_p(statistic / m, m, e->df);
    double left = df - m + 1;
    return left >= 2 * m || m == 1 ? dk_f_p(statistic / m * left / df, m, left) : fmin(1, (double)n * least);
}

/* A lane group's tests; p[r]: the group's in replicate r, of the difference from the estimate. */
static dk_status make_driver(maker *k, size_t g, double *replicate_p, dk_error *err) {
    const dk_estimate *e = k->e;
    const dk_group_plan *plan = &e->plan;
    size_t first = plan->groups.first[g], m = plan->groups.first[g + 1] - first, rank,
           n = (size_t)e->boot.replicates;
    dk_driver *d = &k->drivers[g];
    double *form, *b, statistic, beyond = e->r2 - e->r2_controls;
    dk_status status = wald_of(k, plan->term + first, m, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    d->p = joint_p(k, plan->term + first, m, statistic, rank, true);
    for (size_t r = 0; r < n && rank > 0; r++) {
        for (size_t i = 0; i < m; i++)
            b[i] = e->boot.effect[(first + i) * n + r] - e->effect[plan->term[first + i]];
        replicate_p[r] = dk_chi2_p(dk_quadratic(form, b, m), (double)rank);
    }
    d->p_max = rank > 0 ? dk_chi2_p(statistic, (double)rank) : NAN; /* compared with the replicates' later */
    d->importance = e->importance[g];
    d->importance_se = e->importance_se[g];
    d->share = beyond > 0 ? d->importance / beyond : 0;
    return fill_interval(k, g, d, form, err);
}

static void fill_terms(maker *k, size_t at, dk_driver_term *terms) {
    dk_driver *d = &k->drivers[at];
    size_t g = k->group[at];
    d->name = k->f->groups[g];
    d->terms = terms;
    for (size_t i = 0; i < k->e->n; i++)
        if (k->f->group_of[i] == g) terms[d->nterms++] = k->terms[i];
    d->effect = d->se = NAN;
    d->ci = (dk_interval){NAN, NAN};
    if (d->nterms != 1) return;
    d->effect = terms[0].effect;
    d->se = terms[0].se;
    d->ci = terms[0].ci;
}

static int smaller(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Step-down family-wise p: the groups' p from the largest to the smallest, each against the smallest among it and
   those before in replicates that have the estimate as their truth (Romano & Wolf 2005, algorithm 4.1). p: one row of
   replicates a lane group. */
static dk_status step_down(maker *k, const double *p, dk_error *err) {
    size_t n = (size_t)k->e->boot.replicates, ng = k->nlanes;
    size_t *order = dk_arena_alloc(k->arena, (ng + 1) * sizeof *order);
    double *smallest = dk_arena_alloc(k->arena, (n + 1) * sizeof *smallest), most = 0;
    if (order == NULL || smallest == NULL) return dk_fail_memory(err);
    for (size_t g = 0; g < ng; g++) {
        size_t at = g;
        for (; at > 0 && k->drivers[order[at - 1]].p_max < k->drivers[g].p_max; at--)
            order[at] = order[at - 1];
        order[at] = g;
    }
    for (size_t r = 0; r < n; r++) smallest[r] = 1;
    for (size_t at = 0; at < ng; at++) {
        dk_driver *d = &k->drivers[order[at]];
        size_t below = 0;
        if (isnan(d->p_max)) continue;
        for (size_t r = 0; r < n; r++) {
            smallest[r] = fmin(smallest[r], p[order[at] * n + r]);
            below += smallest[r] <= d->p_max;
        }
        d->p_max = n > 0 ? (double)(below + 1) / (double)(n + 1) : NAN;
    }
    for (size_t at = ng; at-- > 0;) { /* no smaller than that of a smaller p */
        dk_driver *d = &k->drivers[order[at]];
        if (!isnan(d->p_max)) most = d->p_max = fmax(most, d->p_max);
    }
    return DK_OK;
}

/* Importance falling, then the group's number. */
static int by_importance(const void *a, const void *b) {
    const dk_driver *x = a, *y = b;
    if (x->importance != y->importance) return x->importance > y->importance ? -1 : 1;
    return x->rank - y->rank; /* the caller's order stands there until ranks are known */
}

static dk_status make_drivers(maker *k, dk_error *err) {
    const dk_estimate *e = k->e;
    size_t ng = k->f->ngroups, n = (size_t)e->boot.replicates;
    double *replicate_p = dk_arena_alloc(k->arena, (k->nlanes * n + 1) * sizeof *replicate_p);
    double *p = dk_arena_alloc(k->arena, (3 * ng + 1) * sizeof *p);
    int *tie = dk_arena_calloc(k->arena, ng + 1, sizeof *tie);
    size_t *order = dk_arena_calloc(k->arena, ng + 1, sizeof *order);
    dk_driver_term *terms = dk_arena_alloc(k->arena, (e->n + 1) * sizeof *terms);
    if (replicate_p == NULL || p == NULL || tie == NULL || order == NULL || terms == NULL)
        return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t g = 0; g < k->nlanes && status == DK_OK; g++)
        status = make_driver(k, g, replicate_p + g * n, err);
    if (status == DK_OK) status = step_down(k, replicate_p, err);
    for (size_t g = 0, at = 0; g < ng && status == DK_OK; at += k->drivers[g++].nterms)
        fill_terms(k, g, terms + at);
    for (size_t g = 0; g < ng; g++) {
        k->drivers[g].rank = (int)k->group[g];
        p[g] = g < k->nlanes ? k->drivers[g].p : NAN;
        if (g < k->nlanes) continue;
        k->drivers[g].p = k->drivers[g].p_max = NAN;
        k->drivers[g].importance_ci = (dk_interval){NAN, NAN};
    }
    if (status == DK_OK) status = dk_fdr(p, ng, false, p + ng, err);
    if (status == DK_OK) status = dk_fdr(p, ng, true, p + 2 * ng, err);
    for (size_t g = 0; g < ng && status == DK_OK; g++) {
        dk_driver *d = &k->drivers[g];
        double least = k->o->family_wise ? d->p_max : p[ng + g];
        d->q = isnan(least) ? NAN : fmax(least, k->r->p_model); /* fmax keeps the number where one is NaN */
        d->q_by = p[2 * ng + g];
    }
    for (size_t g = 0; g < k->nlanes; g++) { /* lane groups by importance, for ties */
        size_t at = g;
        for (; at > 0 && e->importance[order[at - 1]] < e->importance[g]; at--) order[at] = order[at - 1];
        order[at] = g;
    }
    double *top = p; /* p is used up */
    if (status == DK_OK)
        status = dk_rank_replicates(e->boot.importance, k->nlanes, n, order, 0.5 + k->o->confidence / 2, top,
                                    tie, err);
    for (size_t g = 0; g < ng && status == DK_OK; g++) {
        k->drivers[g].prob_top3 = g < k->nlanes ? top[g] : 0;
        k->drivers[g].tie = g < k->nlanes ? tie[g] : k->nlanes > 0 ? tie[order[k->nlanes - 1]] + 1 : 1;
    }
    if (status != DK_OK) return status;
    qsort(k->drivers, ng, sizeof *k->drivers, by_importance);
    for (size_t g = 0; g < ng; g++) k->drivers[g].rank = (int)g + 1;
    return DK_OK;
}

/* A stage's interval: that of its only group; else from the sums of the replicates, on the scale of roots and with
   their bias taken off as for groups, down to 0 where a joint test of the stage's terms does not tell it from nothing.
   */
static dk_status stage_interval(maker *k, size_t s, dk_driver_stage *stage, dk_error *err) {
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
    dk_status status = wald_of(k, terms, nterms, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    double p = joint_p(k, terms, nterms, statistic, rank, true), m = (double)nterms;
    for (size_t r = 0; r < n; r++) bias += (k->scratch[r] - stage->importance) / (double)n;
    bias = fmax(0, 2 * bias * (m - 1) / m);
    for (size_t r = 0; r < n; r++) k->scratch[r] = sqrt(fmax(0, k->scratch[r] - bias));
    dk_interval root = dk_bca(k->scratch, n, sqrt(fmax(0, stage->importance - bias / 2)),
                              dk_acceleration(without, DK_BOOT_BLOCKS), k->o->confidence);
    stage->importance_ci =
        (dk_interval){p <= 1 - k->o->confidence ? root.lo * root.lo : 0, root.hi * root.hi};
    return DK_OK;
}

/* Stages as sums of their groups. */
static dk_status make_stages(maker *k, dk_error *err) {
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

static void judge(maker *k, double statistic, size_t rank) {
    const dk_estimate *e = k->e;
    const dk_driver_options *o = k->o;
    dk_driver_result *r = k->r;
    double named = 0;
    for (size_t g = 0; g < r->ndrivers; g++) named += r->drivers[g].q <= o->alpha;
    /* The robust statistic estimates rank + noncentrality; the noncentrality over n is R2 / (1 - R2) of the predictors. */
    double bound = dk_chi2_noncentrality_upper(statistic, (double)rank, 1 - o->confidence) / e->n_effective;
    r->r2_upper = rank > 0 ? bound / (1 + bound) * (1 - e->r2_controls) : NAN;
    r->ruled_out = e->outcome_sd * sqrt(r->r2_upper);
    r->verdict = DK_INCONCLUSIVE;
    if (rank == 0) {
        dk_estimate_note(
            k->e, "no predictor can be judged: none varies, or there are no more rows than predictors");
        return;
    }
    if (e->rows < o->min_rows) {
        dk_estimate_note(k->e, "%lld rows are fewer than %lld: nothing is concluded", (long long)e->rows,
                         (long long)o->min_rows);
    } else if (named > 0) {
        r->verdict = DK_LINK;
    } else if (r->r2_upper <= o->negligible_r2) {
        r->verdict = DK_NO_LINK;
        dk_estimate_note(
            k->e,
            "no driver found; together the predictors explain at most %.2g of the outcome's variance "
            "(%.0f %% confidence), an effect above %.4g per standard deviation of a predictor is ruled out",
            r->r2_upper, 100 * o->confidence, r->ruled_out);
    } else {
        double more = (double)e->rows * r->r2_upper / o->negligible_r2;
        dk_estimate_note(
            k->e,
            "no driver found, but %lld rows are too few to say there is none: an effect under %.4g would "
            "mostly not show; about %.0f rows would tell",
            (long long)e->rows, r->detectable, ceil(more));
    }
}

static void shared_notes(maker *k) {
    dk_estimate *e = k->e;
    const dk_driver_options *o = k->o;
    if (k->r->outcome_low <= k->r->outcome_high)
        dk_estimate_note(e,
                         "%lld of %lld outcomes below %.6g or above %.6g count as these (winsorised, %.3g %% "
                         "at each end): effects are on "
                         "the mean of such outcomes, and too small for the largest customers",
                         (long long)e->winsor.cut, (long long)e->rows, e->winsor.low, e->winsor.high,
                         100 * o->winsor);
    for (size_t i = 0; i < e->n; i++) {
        if (e->use[i] && k->terms[i].mentions < o->min_rows && k->terms[i].mentions < e->rows)
            dk_estimate_note(e, "%s is not 0 in %lld rows only: its figures are rough", k->terms[i].predictor,
                             (long long)k->terms[i].mentions);
        if (e->vif[i] > 10)
            dk_estimate_note(e,
                             "%s overlaps with the other predictors (VIF %.3g): its error is %.2g times what "
                             "it would be alone",
                             k->terms[i].predictor, e->vif[i], sqrt(e->vif[i]));
    }
    if (e->condition > 30)
        dk_estimate_note(
            e, "the predictors are nearly dependent (condition number %.3g): read effects in groups",
            e->condition);
    if (k->r->exact == 0)
        dk_estimate_note(e, "importance was sampled over %zu orders; importance_se is its sampling error",
                         e->plan.norders);
    if (e->plan.few != NULL)
        dk_estimate_note(e, "importance intervals use %zu sampled orders a replicate", e->plan.nfew);
    if (e->max_leverage > 0.5)
        dk_estimate_note(
            e, "a single row decides an effect (leverage %.2g): look at predictors with few mentions",
            e->max_leverage);
    if (e->max_cook > 1 && e->r2 < 1 - 1e-9)
        dk_estimate_note(e,
                         "a single row moves the fit (Cook's distance %.3g; %lld of %lld rows are above 4 / "
                         "n): look for an outlier in the outcome",
                         e->max_cook, (long long)e->influential, (long long)e->rows);
    if (e->boot.replicates > 0 && e->boot.replicates < 200)
        dk_estimate_note(e, "%d replicates make rough intervals; 1000 are usual", e->boot.replicates);
    dk_impact_note(k->f, e);
    double least = INFINITY;
    for (size_t i = 0; i < e->n; i++)
        if (e->use[i]) least = fmin(least, e->df_of[i]);
    if (dk_rows_shape_of(k->f->rows)->clusters && e->clusters < 40) {
        if (least < e->df)
            dk_estimate_note(e,
                             "%lld clusters are few: intervals and p are widened for it (small-sample "
                             "errors, from %.3g degrees of "
                             "freedom), importance and opportunity are rough",
                             (long long)e->clusters, least);
        else
            dk_estimate_note(e, "%lld clusters are few: errors are likely too small", (long long)e->clusters);
    }
}

static dk_status copy_notes(maker *k, dk_error *err) {
    const dk_estimate *e = k->e;
    const char **notes = dk_arena_calloc(k->arena, e->nnotes + 1, sizeof *notes), *at = e->notes.ptr;
    if (notes == NULL || dk_buf_status(&e->notes, err) != DK_OK) return dk_fail_memory(err);
    for (size_t i = 0; i < e->nnotes; i++, at += strlen(at) + 1) {
        notes[i] = dk_arena_strdup(k->arena, at, strlen(at));
        if (notes[i] == NULL) return dk_fail_memory(err);
    }
    k->r->notes = notes;
    k->r->nnotes = e->nnotes;
    return DK_OK;
}

static double median_detectable(const maker *k) {
    size_t n = 0;
    for (size_t i = 0; i < k->e->n; i++)
        if (error_of(k, i) > 0) k->scratch[n++] = (k->t[i] + dk_norm_quantile(0.8)) * error_of(k, i);
    qsort(k->scratch, n, sizeof *k->scratch, smaller);
    return dk_quantile(k->scratch, n, 0.5);
}

static dk_status make(maker *k, dk_error *err) {
    dk_estimate *e = k->e;
    const dk_group_plan *plan = &e->plan;
    dk_driver_result *r = k->r;
    size_t ng = k->f->ngroups, n = e->n,
           most = n > (size_t)e->boot.replicates ? n : (size_t)e->boot.replicates;
    k->drivers = dk_arena_calloc(k->arena, ng + 1, sizeof *k->drivers);
    k->terms = dk_arena_calloc(k->arena, n + 1, sizeof *k->terms);
    k->lane = dk_arena_alloc(k->arena, (n + 1) * sizeof *k->lane);
    k->group = dk_arena_alloc(k->arena, (ng + 1) * sizeof *k->group);
    k->scratch = dk_arena_alloc(k->arena, (most + 1) * sizeof *k->scratch);
    k->t = dk_arena_calloc(k->arena, n + 1, sizeof *k->t);
    if (k->drivers == NULL || k->terms == NULL || k->lane == NULL || k->group == NULL || k->scratch == NULL ||
        k->t == NULL)
        return dk_fail_memory(err);
    k->nlanes = plan->groups.ngroups;
    k->z = dk_norm_quantile(0.5 + k->o->confidence / 2);
    for (size_t i = 0; i < n; i++) k->t[i] = dk_t_quantile(0.5 + k->o->confidence / 2, e->df_of[i]);
    for (size_t i = 0; i < n; i++) k->lane[i] = SIZE_MAX;
    for (size_t t = 0; t < plan->nterms; t++) k->lane[plan->term[t]] = t;
    size_t at = k->nlanes;
    for (size_t g = 0; g < k->nlanes; g++) k->group[g] = plan->group[g];
    for (size_t g = 0; g < ng; g++) {
        bool used = false;
        for (size_t i = 0; i < k->nlanes && !used; i++) used = plan->group[i] == g;
        if (!used) k->group[at++] = g;
    }
    *r = (dk_driver_result){.rows = e->rows,
                            .clusters = e->clusters,
                            .n_effective = e->n_effective,
                            .r2 = e->r2,
                            .r2_controls = e->r2_controls,
                            .outcome_mean = e->outcome_mean,
                            .outcome_sd = e->outcome_sd,
                            .outcome_low = e->winsor.high < e->winsor.low ? NAN : e->winsor.low,
                            .outcome_high = e->winsor.high < e->winsor.low ? NAN : e->winsor.high,
                            .outcome_cut = e->winsor.cut,
                            .intercept = e->intercept,
                            .residual_sd = e->residual_sd,
                            .condition = e->condition,
                            .exact = plan->orders == NULL,
                            .replicates = e->boot.replicates,
                            .drivers = k->drivers,
                            .ndrivers = ng};
    for (size_t i = 0; i < n; i++) make_term(k, i);
    double *form, *b, statistic = 0;
    size_t rank = 0;
    dk_status status = wald_of(k, plan->term, plan->nterms, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    r->p_model = joint_p(k, plan->term, plan->nterms, statistic, rank, false);
    status = compare(k, err);
    if (status == DK_OK) status = make_drivers(k, err);
    if (status != DK_OK) return status;
    if (k->f->stage_of != NULL) status = make_stages(k, err);
    if (status != DK_OK) return status;
    r->detectable = median_detectable(k);
    judge(k, statistic, rank);
    shared_notes(k);
    return copy_notes(k, err);
}

dk_status dk_estimate_result(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                             dk_driver_result **result, dk_error *err) {
    owned_result *own = calloc(1, sizeof *own);
    if (own == NULL) return dk_fail_memory(err);
    maker k = {.f = frame, .o = options, .e = e, .arena = &own->arena, .r = &own->result};
    dk_status status = make(&k, err);
    if (status != DK_OK) {
        dk_drivers_free(&own->result);
        return status;
    }
    *result = &own->result;
    return DK_OK;
}
