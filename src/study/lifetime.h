/* What a customer of each segment is worth over the time that they stay.
 *
 * v = (I - Q / (1 + d))^-1 m: Q the probabilities of moving among live segments from one period to the next, m the margin
 * of a period, d the discount rate of a period; the current period is not discounted (Pfeifer & Carraway 2000, eq. 4). With one
 * segment and no discount v = m / (1 - q): the margin times the expected lifetime 1 / (1 - q). Where the spectral radius of
 * Q / (1 + d) is 1 or above the sum has no end: then v is summed over a horizon that is stated.
 */
#ifndef DK_STUDY_LIFETIME_H
#define DK_STUDY_LIFETIME_H

#include "base/status.h"

typedef struct dk_lifetime {
    double radius; /* spectral radius of Q / (1 + d) */
    int horizon;   /* periods that v is summed over; 0: all */
} dk_lifetime;

/* q: n x n by rows, not negative, no row above 1; m: n margins; value (n of them). horizon: used when there is no end.
   expected (n of them, or NULL): undiscounted expected number of periods, over the same horizon. n at most 64. */
dk_status dk_lifetime_value(size_t n, const double *q, const double *m, double discount, int horizon,
                            double *value, double *expected, dk_lifetime *how, dk_error *err);

/* The rate of a period from that of a year. */
double dk_discount_of_period(double a_year, double periods_a_year);

#endif
