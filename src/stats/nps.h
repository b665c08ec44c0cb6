/* Net Promoter Score with its interval, what a theme does to it, and intervals of means and shares.
 *
 * NPS is the mean of the contribution: 100 for a promoter (9, 10), 0 for a passive (7, 8), -100 for a detractor
 * (0 to 6). Its variance per response is p+ + p- - (p+ - p-)^2 (in units of 100^2), over n_eff = (sum w)^2 / sum w^2,
 * or the variance of cluster sums when responses of one customer belong together. The interval is the adjusted Wald
 * one (n + 3 responses, 3/4 to promoters and 3/4 to detractors: Rocks 2016), which holds for small n. It draws towards 0:
 * where nearly all say the same it would leave out the NPS itself, and is then widened to it.
 * dk_nps and dk_nps_compute are in drivkraft.h.
 */
#ifndef DK_STATS_NPS_H
#define DK_STATS_NPS_H

#include "base/status.h"

/* -100, 0 or 100; INT_MIN for no score (outside 0..10). */
int dk_nps_contribution(int score);

/* A running NPS: add responses one at a time, or add up parts. All sums are over responses with a score. Without
   clusters this is all that dk_nps_finish needs, so parts can be added in any order. */
typedef struct dk_nps_sum {
    int64_t n;
    double w, w2, promoters, detractors; /* sums of weights, squared weights, weights of each kind */
} dk_nps_sum;

void dk_nps_add(dk_nps_sum *sum, int score, double weight);
void dk_nps_finish(const dk_nps_sum *sum, double confidence, dk_nps *nps);

/* "Impact" of a theme as other vendors print it: W_t (NPS_t - NPS) / (W - W_t), the NPS without the responses that
   mention the theme subtracted from the NPS of all, over all scored responses (with weights). NaN when all mention it
   or none does. It mixes in whatever is said together with the theme; the adjusted effect does not. */
double dk_nps_impact(const dk_nps_sum *all, const dk_nps_sum *theme);

/* A mean of values with its interval: t over n_eff - 1 degrees of freedom, or over clusters - 1 with sums per cluster
   (linearised). weights and clusters may be NULL, subset (n row numbers) too. Values that are NaN are skipped. */
typedef struct dk_mean {
    int64_t n, clusters;
    double n_effective, mean, sd, se;
    dk_interval ci;
} dk_mean;

dk_status dk_mean_compute(const double *values, const double *weights, const uint64_t *clusters,
                          const uint32_t *subset, size_t n, double confidence, dk_mean *mean, dk_error *err);

/* A share hits / n with its Wilson (1927) interval; n may be an effective number. {0, 1} for n = 0. */
dk_interval dk_wilson(double hits, double n, double confidence);

/* The adjusted Wald interval of Agresti & Coull 1998, cut to 0..1. */
dk_interval dk_agresti_coull(double hits, double n, double confidence);

#endif
