#include "study/level.h"

#include <math.h>

double dk_level_likelihood(const double *y, const double *variance, size_t n, double q) {
    double a = 0, p = INFINITY, sum = 0; /* of the level, before the point */
    for (size_t t = 0; t < n; t++) {
        if (!isnan(y[t])) {
            if (isinf(p)) { /* the first point sets the level and says nothing of q */
                a = y[t];
                p = variance[t];
            } else {
                double v = y[t] - a, f = p + variance[t];
                sum += log(f) + v * v / f;
                a += p / f * v;
                p -= p * p / f;
            }
        }
        p += q;
    }
    return -sum / 2;
}

/* Golden section over log q inside the best cell of a grid, since the likelihood may have two tops; 0 is tried too. */
static double estimate(const double *y, const double *variance, size_t n) {
    enum { CELLS = 80, STEPS = 60 };
    double mean = 0, spread = 0;
    size_t points = 0;
    for (size_t t = 0; t < n; t++) {
        if (isnan(y[t])) continue;
        points++;
        spread += variance[t] + (y[t] - mean) * (y[t] - mean) * (double)(points - 1) / (double)points;
        mean += (y[t] - mean) / (double)points;
    }
    if (points < 2) return 0;
    double low = log(spread / (double)points) - 23, step = 30.0 / CELLS, best = dk_level_likelihood(y, variance, n, 0), at = NAN;
    for (int k = 0; k <= CELLS; k++) {
        double l = dk_level_likelihood(y, variance, n, exp(low + k * step));
        if (l <= best) continue;
        best = l;
        at = low + k * step;
    }
    if (isnan(at)) return 0;
    const double golden = 0.6180339887498949;
    double from = at - step, to = at + step, x1 = to - golden * (to - from), x2 = from + golden * (to - from);
    double l1 = dk_level_likelihood(y, variance, n, exp(x1)), l2 = dk_level_likelihood(y, variance, n, exp(x2));
    for (int k = 0; k < STEPS; k++) {
        if (l1 > l2) {
            to = x2, x2 = x1, l2 = l1;
            x1 = to - golden * (to - from);
            l1 = dk_level_likelihood(y, variance, n, exp(x1));
        } else {
            from = x1, x1 = x2, l1 = l2;
            x2 = from + golden * (to - from);
            l2 = dk_level_likelihood(y, variance, n, exp(x2));
        }
    }
    return exp((from + to) / 2);
}

double dk_level_smooth(const double *y, const double *variance, size_t n, double q, double *smoothed, double *se) {
    size_t first = 0;
    for (size_t t = 0; t < n; t++) smoothed[t] = se[t] = NAN;
    while (first < n && isnan(y[first])) first++;
    if (first == n) return NAN;
    if (isnan(q)) q = estimate(y, variance, n);
    /* forward: smoothed and se hold the filtered level and its variance for now */
    double a = 0, p = INFINITY;
    for (size_t t = first; t < n; t++) {
        if (!isnan(y[t])) {
            double gain = isinf(p) ? 1 : p / (p + variance[t]);
            a += gain * (y[t] - a);
            p = isinf(p) ? variance[t] : p * (1 - gain);
        }
        smoothed[t] = a;
        se[t] = p;
        p += q;
    }
    for (size_t t = n - 1; t-- > first;) {
        double j = se[t] / (se[t] + q);
        smoothed[t] += j * (smoothed[t + 1] - smoothed[t]);
        se[t] += j * j * (se[t + 1] - (se[t] + q));
    }
    for (size_t t = first; t-- > 0;) { /* before the first point the level walks backwards from it */
        smoothed[t] = smoothed[t + 1];
        se[t] = se[t + 1] + q;
    }
    for (size_t t = 0; t < n; t++) se[t] = sqrt(fmax(se[t], 0));
    return q;
}
