/* Many tests at once, intervals from replicates, and ranks that can or cannot be told apart. */
#ifndef DK_STATS_INFERENCE_H
#define DK_STATS_INFERENCE_H

#include "base/status.h"

/* Adjusted p of Benjamini & Hochberg 1995 (independent or positively dependent tests), or of Benjamini & Yekutieli 2001
   (any dependence). NaN stay NaN and do not count. q may be p. */
dk_status dk_fdr(const double *p, size_t n, bool any_dependence, double *q, dk_error *err);

/* The generalised inverse of a covariance matrix v (n x n) and its rank: b' out b is the Wald statistic of
   coefficients b, on rank degrees of freedom. */
dk_status dk_wald_form(const double *v, size_t n, double *out, size_t *rank, dk_error *err);
double dk_quadratic(const double *form, const double *b, size_t n);

/* The quantile of sorted values, linear between order statistics (type 7). */
double dk_quantile(const double *sorted, size_t n, double p);

/* The acceleration of a BCa interval from a statistic with each of n blocks left out: skewness of its influence over
   6. */
double dk_acceleration(const double *without, size_t n);

/* Bias-corrected and accelerated percentile interval (Efron 1987) of n replicates, which are sorted in place. */
dk_interval dk_bca(double *replicates, size_t n, double estimate, double acceleration, double confidence);

/* The share of replicates (value of item i in replicate r at [i * n + r]) in which each item is among the first
   three, and tie numbers along the given order of items: neighbours get the same number unless the one before is larger
   in at least level of the replicates. */
dk_status dk_rank_replicates(const double *values, size_t items, size_t n, const size_t *order, double level,
                             double *prob_top3, int *tie, dk_error *err);

#endif
