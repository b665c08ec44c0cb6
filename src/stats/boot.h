/* Poisson bootstrap of a linear fit: every replicate's effects, means, importances and R2.
 *
 * Replicate r gives each cluster (customer, or row) the weight Poisson(1) drawn from hash(seed, r, cluster): a cluster
 * bootstrap (Hanley & MacGibbon 2006; Chamandy et al. 2012) that needs no order, no communication and no second look.
 * All replicates' moments are sums of integers below 2^53, hence exact in doubles, whatever BLAS kernel adds them up:
 * columns with wide ranges are centred and rounded to as many bits as that allows (0/1 columns and scores are exact).
 * The same pass with each block of clusters left out in turn, in place of drawn weights, is a jackknife: what is left
 * out is a single cluster when there are at most DK_BOOT_BLOCKS, else every so-manieth of them. The influence of a
 * block is the sum of its clusters', so its third moment tells the acceleration of BCa intervals with an error of .41
 * / DK_BOOT_BLOCKS = .002 (Efron 1987; the block form of Efron & Tibshirani 1993, 11.5 and 14.3). The dense columns go
 * through one DGEMM a chunk of rows, sparse ones (mentions) touch only the rows that have them.
 */
#ifndef DK_STATS_BOOT_H
#define DK_STATS_BOOT_H

#include "stats/lanes.h"
#include "stats/absorb.h"

#define DK_BOOT_BLOCKS 192

typedef struct dk_boot_plan {
    dk_rows *rows;
    const dk_moments *moments;
    const dk_absorb *absorb; /* fixed effects, or NULL */
    const double *unit;      /* of each design column */
    size_t outcome;          /* design columns */
    const size_t *columns;   /* ncontrols + nterms, the terms in the order of groups; none aliased */
    size_t ncontrols, nterms;
    dk_lane_groups groups;       /* of the terms: first[] counts from 0 */
    const dk_lane_level *levels; /* nested groups, nlevels of them; NULL: not nested */
    size_t nlevels;
    const double *sd;     /* of each column in columns, and the outcome's behind them */
    const size_t *orders; /* norders orders of the groups to sample; NULL: exact */
    size_t norders;
    bool importance;         /* false: skip importances */
    int replicates, threads; /* with jackknife, DK_BOOT_BLOCKS replicates */
    bool
        jackknife; /* replicate r leaves out the clusters whose number in canonical order is r modulo the blocks */
    uint64_t seed;
    void (*progress)(void *context, double done);
    void *progress_context;
} dk_boot_plan;

/* Arrays by replicate: value of item i in replicate r at [i * replicates + r]. */
typedef struct dk_boot {
    int replicates;
    double *effect;     /* nterms, in outcome per unit; 0 where a replicate does not determine it */
    double *marginal;   /* nterms, the same with the controls alone */
    double *mean;       /* nterms, in the column's unit */
    double *importance; /* ngroups, in R2 */
    double *r2, *r2_controls, *outcome_mean;
    double *variance; /* of the outcome, in units of the estimate's */
} dk_boot;

dk_status dk_boot_run(const dk_boot_plan *plan, dk_boot *boot, dk_error *err);
void dk_boot_dispose(dk_boot *boot);

/* The same importances at the point estimate: a is the (nterms + 1)^2 matrix of the terms and the outcome with the
   controls partialled out, in units in which the outcome's variance was 1. */
dk_status dk_importance_point(const double *a, const dk_lane_groups *groups, const dk_lane_level *levels,
                              size_t nlevels, const size_t *orders, size_t norders, double *importance,
                              double *by_order, dk_error *err);

#endif
