/* Distribution functions: normal, t, F, chi-squared, and the noncentral chi-squared for bounds of R2.
 *
 * Sources: normal quantile Wichura 1988 (AS 241); incomplete beta and gamma by continued fraction and series (Press et
 * al., Numerical Recipes, 6.2 and 6.4). Relative error about 1e-13 in the body, 1e-10 far in the tails. All are pure.
 */
#ifndef DK_STATS_DIST_H
#define DK_STATS_DIST_H

double dk_norm_cdf(double x);
double dk_norm_quantile(double p); /* p in (0, 1) */

/* Two-sided p of |t|; df may be infinite. */
double dk_t_p(double t, double df);
/* The t with probability p below it, p in (0, 1). */
double dk_t_quantile(double p, double df);

/* Upper tails. df2 of the F may be infinite. */
double dk_f_p(double f, double df1, double df2);
double dk_chi2_p(double x, double df);

/* The largest noncentrality that still gives a statistic as small as x with probability tail, 0 when even a central
   statistic is that small less often: a one-sided upper bound 1 - tail. */
double dk_chi2_noncentrality_upper(double x, double df, double tail);

/* Regularised incomplete beta I_x(a, b) and upper gamma Q(a, x). */
double dk_beta_inc(double x, double a, double b);
double dk_gamma_q(double a, double x);

#endif
