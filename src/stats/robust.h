/* Covariance of least-squares coefficients that holds when errors are unequal or belong together.
 *
 * HC0 to HC3 (White 1980; MacKinnon & White 1985; HC2 and HC3 divide residuals by the root of 1 - h and by 1 - h) when
 * every row is its own cluster; the cluster-robust CR1 of Liang & Zeger with (G/(G-1)) (n-1)/(n-p) otherwise, as R's
 * sandwich::vcovCL; two-way (Cameron, Gelbach & Miller 2011) as first + second - both, each with its own factor. CR1
 * is too small and t(G-1) too short where clusters are few or uneven. So with hc of 2 or 3 and at most 1000 clusters
 * (one way, nothing absorbed, at most 128 columns) there is also CR2 or CR3 (cluster.h; CR3 times (G-1)/G, the
 * jackknife's factor), which intervals and tests are to use with its own degrees of freedom by coefficient; with at
 * most 1000 rows and no clusters those alone. A second pass over the rows in canonical order: the same rows give the
 * same bits.
 */
#ifndef DK_STATS_ROBUST_H
#define DK_STATS_ROBUST_H

#include "stats/solve.h"

typedef struct dk_robust {
    double *cov;       /* k x k, of the scaled coefficients of the solution; zeros where aliased */
    double df;         /* n - p, or clusters - 1 (the fewer of two ways) */
    double *cov_small; /* for intervals and tests when clusters are few, in place of cov; NULL otherwise */
    double *df_of;     /* by column, Satterthwaite's; NULL when there are many clusters or rows */
    int64_t rows, clusters;
    double max_leverage, max_cook;
    int64_t influential; /* rows with Cook's distance above 4 / n */
} dk_robust;

dk_status dk_robust_compute(dk_rows *rows, const dk_moments *moments, const double *unit, double weight_unit,
                            const size_t *columns, size_t outcome, const dk_solution *solution,
                            const dk_absorb *absorb, int hc, int threads, dk_robust *robust, dk_error *err);
void dk_robust_dispose(dk_robust *robust);

#endif
