#include "study/lifetime.h"

#include <math.h>
#include <string.h>

enum { MOST = 64, SQUARINGS = 24 };

/* Gelfand's formula |A^k|^(1/k) at k = 2^24, by squaring and scaling; of a matrix that is not negative the limit is the
   largest eigenvalue. */
static double spectral_radius(size_t n, const double *q, double factor) {
    double a[MOST * MOST], b[MOST * MOST], log_scale = 0, power = 1;
    for (size_t i = 0; i < n * n; i++) a[i] = q[i] * factor;
    for (int s = 0; s <= SQUARINGS; s++) {
        double norm = 0;
        for (size_t i = 0; i < n; i++) {
            double row = 0;
            for (size_t j = 0; j < n; j++) row += fabs(a[i * n + j]);
            norm = fmax(norm, row);
        }
        if (!(norm > 0)) return 0;
        for (size_t i = 0; i < n * n; i++) a[i] /= norm;
        log_scale += log(norm) / power;
        if (s == SQUARINGS) break;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t k = 0; k < n; k++) sum += a[i * n + k] * a[k * n + j];
                b[i * n + j] = sum;
            }
        memcpy(a, b, n * n * sizeof *a);
        power *= 2;
    }
    return exp(log_scale);
}

/* Solves (I - factor q) x = y by elimination with row pivots. */
static dk_status solve(size_t n, const double *q, double factor, const double *y, double *x, dk_error *err) {
    double a[MOST][MOST + 1];
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) a[i][j] = (i == j) - factor * q[i * n + j];
        a[i][n] = y[i];
    }
    for (size_t c = 0; c < n; c++) {
        size_t best = c;
        for (size_t i = c + 1; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[best][c])) best = i;
        if (!(fabs(a[best][c]) > 1e-14))
            return dk_fail(err, DK_EDATA, "nobody ever leaves: a lifetime value has no end");
        for (size_t j = c; j <= n && best != c; j++) {
            double t = a[c][j];
            a[c][j] = a[best][j];
            a[best][j] = t;
        }
        for (size_t i = c + 1; i < n; i++) {
            double f = a[i][c] / a[c][c];
            for (size_t j = c; j <= n; j++) a[i][j] -= f * a[c][j];
        }
    }
    for (size_t i = n; i-- > 0;) {
        x[i] = a[i][n];
        for (size_t j = i + 1; j < n; j++) x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
    return DK_OK;
}

/* The first `horizon` terms of the series. */
static void sum_terms(size_t n, const double *q, double factor, const double *y, int horizon, double *x) {
    double now[MOST], next[MOST];
    memcpy(now, y, n * sizeof *now);
    memset(x, 0, n * sizeof *x);
    for (int t = 0; t < horizon; t++) {
        for (size_t i = 0; i < n; i++) x[i] += now[i];
        for (size_t i = 0; i < n; i++) {
            next[i] = 0;
            for (size_t j = 0; j < n; j++) next[i] += factor * q[i * n + j] * now[j];
        }
        memcpy(now, next, n * sizeof *now);
    }
}

dk_status dk_lifetime_value(size_t n, const double *q, const double *m, double discount, int horizon,
                            double *value, double *expected, dk_lifetime *how, dk_error *err) {
    enum { NEARLY = 1000000 };
    double ones[MOST], factor = 1 / (1 + discount);
    if (n == 0 || n > MOST) return dk_fail(err, DK_EUSAGE, "a lifetime value needs 1 to %d segments", MOST);
    for (size_t i = 0; i < n; i++) ones[i] = 1;
    /* an end that lies beyond a million periods is none that the data could know of */
    how->radius = spectral_radius(n, q, factor);
    bool endless = how->radius >= 1 - 1.0 / NEARLY;
    bool immortal = spectral_radius(n, q, 1) >= 1 - 1.0 / NEARLY;
    how->horizon = endless ? horizon : 0;
    dk_status status = DK_OK;
    if (endless)
        sum_terms(n, q, factor, m, horizon, value);
    else
        status = solve(n, q, factor, m, value, err);
    if (status != DK_OK || expected == NULL) return status;
    if (immortal) {
        sum_terms(n, q, 1, ones, horizon, expected);
        return DK_OK;
    }
    return solve(n, q, 1, ones, expected, err);
}

double dk_discount_of_period(double a_year, double periods_a_year) {
    return pow(1 + a_year, 1 / periods_a_year) - 1;
}
