#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stats/dist.h"
#include "stats/inference.h"
#include "stats/result.h"

/* The result with the arena that holds all it points to. */
typedef struct owned_result {
    dk_driver_result result; /* first: what the caller has a pointer to */
    dk_arena arena;
} owned_result;

void dk_drivers_free(dk_driver_result *result) {
    if (result == NULL) return;
    dk_arena_dispose(&((owned_result *)(void *)result)->arena);
    free(result);
}

const char *dk_verdict_name(dk_verdict verdict) {
    return verdict == DK_LINK ? "link" : verdict == DK_NO_LINK ? "no_link" : "inconclusive";
}

double dk_maker_spread(const double *x, size_t n) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
    return n > 1 ? sqrt(square / (double)(n - 1)) : NAN;
}

dk_interval dk_maker_widen(dk_interval i, double estimate, double factor) {
    if (!(factor > 1) || isinf(factor)) return i;
    return (dk_interval){estimate + (i.lo - estimate) * factor, estimate + (i.hi - estimate) * factor};
}

double dk_maker_error(const dk_maker *k, size_t i) {
    const dk_estimate *e = k->e;
    return e->use[i] ? sqrt(e->cov[i * e->n + i]) : NAN;
}

static void make_term(dk_maker *k, size_t i) {
    const dk_estimate *e = k->e;
    dk_driver_term *t = &k->terms[i];
    size_t n = (size_t)e->boot.replicates, lane = k->lane[i];
    double se = dk_maker_error(k, i);
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
    double factor = fmax(1, se / dk_maker_spread(effect, n)) * k->t[i] / k->z;
    double without[DK_BOOT_BLOCKS];
    for (size_t b = 0, at = lane * DK_BOOT_BLOCKS; b < DK_BOOT_BLOCKS; b++, at++)
        without[b] = e->jack.effect[at] * e->jack.mean[at];
    double a = dk_acceleration(without, DK_BOOT_BLOCKS);
    for (size_t r = 0; r < n; r++) k->scratch[r] = effect[r] * mean[r];
    t->opportunity_se = dk_maker_spread(k->scratch, n) * factor;
    t->opportunity_ci =
        dk_maker_widen(dk_bca(k->scratch, n, t->opportunity, a, k->o->confidence), t->opportunity, factor);
}

static dk_status compare(dk_maker *k, dk_error *err) {
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

dk_status dk_maker_wald(dk_maker *k, const size_t *terms, size_t n, double **form, double **b, size_t *rank,
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

/* F, or where degrees of freedom are few that of Hotelling's T2 with the fewest
   among them (after Pustejovsky & Tipton 2018), or with fewer yet, where it would find nothing, the smallest of their
   own p times their number (Bonferroni). */
double dk_maker_joint_p(const dk_maker *k, const size_t *terms, size_t n, double statistic, size_t rank,
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
static dk_status make_driver(dk_maker *k, size_t g, double *replicate_p, dk_error *err) {
    const dk_estimate *e = k->e;
    const dk_group_plan *plan = &e->plan;
    size_t first = plan->groups.first[g], m = plan->groups.first[g + 1] - first, rank,
           n = (size_t)e->boot.replicates;
    dk_driver *d = &k->drivers[g];
    double *form, *b, statistic, beyond = e->r2 - e->r2_controls;
    dk_status status = dk_maker_wald(k, plan->term + first, m, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    d->p = dk_maker_joint_p(k, plan->term + first, m, statistic, rank, true);
    for (size_t r = 0; r < n && rank > 0; r++) {
        for (size_t i = 0; i < m; i++)
            b[i] = e->boot.effect[(first + i) * n + r] - e->effect[plan->term[first + i]];
        replicate_p[r] = dk_chi2_p(dk_quadratic(form, b, m), (double)rank);
    }
    d->p_max = rank > 0 ? dk_chi2_p(statistic, (double)rank) : NAN; /* compared with the replicates' later */
    d->importance = e->importance[g];
    d->importance_se = e->importance_se[g];
    d->share = beyond > 0 ? d->importance / beyond : 0;
    return dk_maker_interval(k, g, d, form, err);
}

static void fill_terms(dk_maker *k, size_t at, dk_driver_term *terms) {
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
static dk_status step_down(dk_maker *k, const double *p, dk_error *err) {
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

static dk_status make_drivers(dk_maker *k, dk_error *err) {
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

static double median_detectable(const dk_maker *k) {
    size_t n = 0;
    for (size_t i = 0; i < k->e->n; i++)
        if (dk_maker_error(k, i) > 0)
            k->scratch[n++] = (k->t[i] + dk_norm_quantile(0.8)) * dk_maker_error(k, i);
    qsort(k->scratch, n, sizeof *k->scratch, smaller);
    return dk_quantile(k->scratch, n, 0.5);
}

static dk_status make(dk_maker *k, dk_error *err) {
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
    dk_status status = dk_maker_wald(k, plan->term, plan->nterms, &form, &b, &rank, &statistic, err);
    if (status != DK_OK) return status;
    r->p_model = dk_maker_joint_p(k, plan->term, plan->nterms, statistic, rank, false);
    status = compare(k, err);
    if (status == DK_OK) status = make_drivers(k, err);
    if (status != DK_OK) return status;
    if (k->f->stage_of != NULL) status = dk_maker_stages(k, err);
    if (status != DK_OK) return status;
    r->detectable = median_detectable(k);
    dk_maker_judge(k, statistic, rank);
    dk_maker_notes(k);
    return dk_maker_keep_notes(k, err);
}

dk_status dk_estimate_result(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                             dk_driver_result **result, dk_error *err) {
    owned_result *own = calloc(1, sizeof *own);
    if (own == NULL) return dk_fail_memory(err);
    dk_maker k = {.f = frame, .o = options, .e = e, .arena = &own->arena, .r = &own->result};
    dk_status status = make(&k, err);
    if (status != DK_OK) {
        dk_drivers_free(&own->result);
        return status;
    }
    *result = &own->result;
    return DK_OK;
}
