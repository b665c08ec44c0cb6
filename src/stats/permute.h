/* Permutation test of the whole model: is R2 more than shuffling the outcome gives?
 *
 * Freedman & Lane 1983: what the controls leave of the outcome is shuffled among the rows, and each shuffle's R2 beyond the
 * controls compared. Needs no normal errors; rows must be exchangeable under no link, so it is for unclustered,
 * unweighted rows. Rows are held in memory: rows x columns doubles.
 */
#ifndef DK_STATS_PERMUTE_H
#define DK_STATS_PERMUTE_H

#include "base/status.h"

/* x: n x k, column-major (column j at x + j n), the controls first; y: n. p of count shuffles: (1 + as large) / (count + 1).
   The same for any number of threads. DK_EDATA when y does not vary or there are no more rows than columns. */
dk_status dk_permutation_test(const double *x, const double *y, size_t n, size_t k, size_t ncontrols,
                              int count, uint64_t seed, int threads, double *r2, double *p, dk_error *err);

#endif
