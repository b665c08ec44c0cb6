/* Which importances are computed exactly and which by sampled orders; Owen values; comparison columns.
 *
 * All take the matrix a of terms and outcome, (m + 1) x (m + 1), the outcome last, with the controls partialled out
 * and in units in which the outcome's variance was 1 (dk_solution.partial).
 */
#ifndef DK_STATS_IMPORTANCE_H
#define DK_STATS_IMPORTANCE_H

#include "stats/lanes.h"
#include "base/status.h"

/* Terms in the order in which the lanes want them: groups with few terms first. */
typedef struct dk_group_plan {
    dk_lane_groups groups; /* first[] owned */
    size_t *group;         /* lane group -> caller's group */
    size_t *term;          /* lane term -> caller's term */
    size_t nterms;
    size_t *stage;         /* lane group -> caller's stage; NULL: groups are not nested */
    dk_lane_level *levels; /* with stages: for each that has a usable term how its groups are searched */
    size_t nlevels;
    size_t *orders; /* norders orders of the lane groups in antithetic pairs; NULL when exact */
    size_t norders;
    size_t *few; /* orders for the replicates when only the point estimate is exact, or NULL */
    size_t nfew;
} dk_group_plan;

/* group_of[i]: group of term i (below ngroups); use[i]: false leaves a term out. stage_of[g]: stage of group g (below
   nstages), or NULL: groups of a stage are a union, and values nested Owen (Winter 1989) ones: stages' Shapley values,
   split among their groups. Exact when there are at most 26 groups and the multiply-adds of the point estimate, and of
   all replicates, stay within the budget. */
dk_status dk_group_plan_init(dk_group_plan *plan, const uint32_t *group_of, const bool *use, size_t nterms,
                             size_t ngroups, const uint32_t *stage_of, size_t nstages, int replicates,
                             double budget, uint64_t seed, dk_error *err);
void dk_group_plan_dispose(dk_group_plan *plan);

/* count orders of n things in antithetic pairs (an order and its reverse) at out[count * n]. With unions (of each
   thing, NULL: none) those of one union come next to each other. */
void dk_orders_sample(size_t n, const size_t *unions, size_t count, uint64_t seed, size_t *out);

/* Importance of lane groups at the point estimate; se (of sampling orders; 0 when exact). a in the caller's order of
   terms, m of them. */
dk_status dk_group_importance(const double *a, size_t m, const dk_group_plan *plan, double *importance,
                              double *se, dk_error *err);

/* Owen (1977) values of the caller's terms: Shapley among the terms of a group within the groups' own game; the terms
   of a group sum to group_importance (by lane group). Exact when that is cheap; else sampled orders, evened out to the
   sum. */
dk_status dk_owen(const double *a, size_t m, const dk_group_plan *plan, const double *group_importance,
                  uint64_t seed, double *owen, dk_error *err);

/* Comparison columns by term: first (R2 alone), last (R2 lost without it), relative weights (Johnson 2000; equal to
   Genizi 1993), squared standardised coefficients, Pratt's measure. Any may be NULL. NaN where use is false. */
dk_status dk_compare_importance(const double *a, size_t m, const bool *use, double *first, double *last,
                                double *relative, double *beta_squared, double *pratt, dk_error *err);

#endif
