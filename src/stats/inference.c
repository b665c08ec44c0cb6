#include "stats/inference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/dist.h"
#include "stats/linalg.h"

typedef struct ranked {
    double value;
    size_t index;
} ranked;

static int ascending(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

dk_status dk_fdr(const double *p, size_t n, bool any_dependence, double *q, dk_error *err) {
    ranked *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL) return dk_fail_memory(err);
    size_t m = 0;
    double harmonic = 0, least = 1;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]))
            sorted[m++] = (ranked){p[i], i};
        else
            q[i] = NAN;
    }
    for (size_t i = 1; i <= m; i++) harmonic += 1 / (double)i;
    qsort(sorted, m, sizeof *sorted, ascending);
    for (size_t i = m; i-- > 0;) {
        double adjusted = sorted[i].value * (double)m / (double)(i + 1) * (any_dependence ? harmonic : 1);
        if (adjusted < least) least = adjusted;
        q[sorted[i].index] = least;
    }
    free(sorted);
    return DK_OK;
}

dk_status dk_wald_form(const double *v, size_t n, double *out, size_t *rank, dk_error *err) {
    double *a = malloc((n * n + 2 * n + 1) * sizeof *a);
    if (a == NULL) return dk_fail_memory(err);
    double *values = a + n * n, *scale = values + n;
    for (size_t i = 0; i < n; i++) scale[i] = v[i * n + i] > 0 ? 1 / sqrt(v[i * n + i]) : 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) a[i * n + j] = v[i * n + j] * scale[i] * scale[j];
    dk_status status = dk_eigen_symmetric(n, a, values, err);
    memset(out, 0, n * n * sizeof *out);
    *rank = 0;
    for (size_t e = 0; e < n && status == DK_OK; e++) {
        if (!(values[e] > 1e-10 * (double)n)) continue;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += a[e * n + i] * scale[i] * a[e * n + j] * scale[j] / values[e];
        ++*rank;
    }
    free(a);
    return status;
}

double dk_quadratic(const double *form, const double *b, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        for (size_t j = 0; j < n; j++) t += form[i * n + j] * b[j];
        total += b[i] * t;
    }
    return total;
}

double dk_quantile(const double *sorted, size_t n, double p) {
    if (n == 0) return NAN;
    double at = p * (double)(n - 1);
    if (at <= 0) return sorted[0];
    size_t i = (size_t)at;
    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

double dk_acceleration(const double *without, size_t n) {
    double mean = 0, square = 0, cube = 0;
    for (size_t i = 0; i < n; i++) mean += without[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = mean - without[i];
        square += d * d;
        cube += d * d * d;
    }
    double a = square > 0 ? cube / (6 * square * sqrt(square)) : 0;
    return fmax(-0.25, fmin(0.25, a)); /* further out the interval turns round */
}

dk_interval dk_bca(double *replicates, size_t n, double estimate, double a, double confidence) {
    if (n < 2) return (dk_interval){NAN, NAN};
    qsort(replicates, n, sizeof *replicates, by_value);
    double below = 0;
    for (size_t i = 0; i < n; i++)
        below += replicates[i] < estimate ? 1 : replicates[i] == estimate ? 0.5 : 0;
    double share = below / (double)n, edge = 0.5 / (double)n;
    double z0 = dk_norm_quantile(share < edge ? edge : share > 1 - edge ? 1 - edge : share);
    double z = dk_norm_quantile(0.5 + confidence / 2), lo = z0 - z, hi = z0 + z;
    return (dk_interval){dk_quantile(replicates, n, dk_norm_cdf(z0 + lo / (1 - a * lo))),
                         dk_quantile(replicates, n, dk_norm_cdf(z0 + hi / (1 - a * hi)))};
}

dk_status dk_rank_replicates(const double *values, size_t items, size_t n, const size_t *order, double level,
                             double *prob_top3, int *tie, dk_error *err) {
    ranked *row = malloc((items + 1) * sizeof *row);
    if (row == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < items; i++) prob_top3[i] = n == 0 ? NAN : 0;
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < items; i++) row[i] = (ranked){-values[i * n + r], i};
        qsort(row, items, sizeof *row, ascending);
        for (size_t k = 0; k < items && k < 3; k++) prob_top3[row[k].index] += 1;
    }
    for (size_t i = 0; i < items && n > 0; i++) prob_top3[i] /= (double)n;
    for (size_t k = 0; k < items; k++) {
        double larger = 0;
        for (size_t r = 0; r < n && k > 0; r++)
            larger += values[order[k - 1] * n + r] > values[order[k] * n + r];
        tie[order[k]] = k == 0 ? 1 : tie[order[k - 1]] + (n > 0 && larger >= level * (double)n);
    }
    free(row);
    return DK_OK;
}
