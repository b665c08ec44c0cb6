/* Multiple imputation of missing controls, and Rubin's rules.
 *
 * Chained equations (van Buuren 2007): each column with gaps in turn is regressed on all others over the rows that have it;
 * coefficients and variance are drawn from their posterior (normal model, flat prior), gaps filled with predictions plus
 * noise; five rounds. Estimates of several completed data sets are pooled by Rubin 1987.
 */
#ifndef DK_STATS_IMPUTE_H
#define DK_STATS_IMPUTE_H

#include "base/status.h"

/* Fills the NaN of x (n x k, column j at x + j n) in place; the same seed gives the same numbers for the same order of
   rows. DK_EDATA when a column has fewer than k + 3 numbers. */
dk_status dk_impute(double *x, size_t n, size_t k, uint64_t seed, dk_error *err);

/* Pools m estimates of p numbers: estimates m x p (row by row), within: the m covariances' mean (p x p), which becomes the
   total T = W + (1 + 1/m) B; pooled: p. *df: the smaller degrees of freedom of Rubin, averaged over the numbers as Li,
   Raghunathan & Rubin 1991 do, and of the complete data. */
dk_status dk_rubin_pool(const double *estimates, size_t m, size_t p, double *within, double *pooled,
                        double *df, dk_error *err);

/* dk_drivers_fit for a table whose DK_COLUMN_REAL controls have NaN. */
dk_status dk_drivers_fit_imputed(const dk_driver_table *table, const dk_driver_options *options,
                                 dk_driver_result **result, dk_error *err);

/* Whether a control has NaN in the rows that the table uses. */
bool dk_controls_have_gaps(const dk_driver_table *table);

#endif
