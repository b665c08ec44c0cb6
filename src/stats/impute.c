#include "stats/impute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/linalg.h"

#define ROUNDS 5

typedef struct noise {
    uint64_t seed, counter;
} noise;

static double uniform(noise *z) {
    return ((double)(dk_hash_mix(z->seed, z->counter++) >> 11) + 0.5) * 0x1p-53;
}
static double normal(noise *z) {
    double radius = sqrt(-2 * log(uniform(z)));
    return radius * cos(2 * M_PI * uniform(z));
}

/* Chi-squared by Wilson & Hilferty's cube of a normal: exact enough for the spread of a variance. */
static double chi_squared(noise *z, double df) {
    double c = 2 / (9 * df), root = 1 - c + normal(z) * sqrt(c);
    return df * root * root * root;
}

/* The regression of column j on a constant and the others, over rows that have it; standardised columns. */
typedef struct regression {
    double *gram, *beta, *draw, *mean, *scale; /* gram: k x k, the constant in place of column j */
} regression;

static double at(const regression *r, const double *x, size_t n, size_t j, size_t c, size_t i) {
    return c == j ? 1 : (x[c * n + i] - r->mean[c]) * r->scale[c];
}

static dk_status regress(regression *r, const double *x, const bool *gap, size_t n, size_t k, size_t j,
                         noise *z, double *sd, dk_error *err) {
    size_t observed = 0;
    double square = 0;
    memset(r->gram, 0, k * k * sizeof *r->gram);
    memset(r->beta, 0, k * sizeof *r->beta);
    for (size_t i = 0; i < n; i++) {
        if (gap[j * n + i]) continue;
        observed++;
        for (size_t a = 0; a < k; a++) {
            double v = at(r, x, n, j, a, i);
            r->beta[a] += v * x[j * n + i];
            for (size_t b = 0; b <= a; b++) r->gram[b * k + a] += v * at(r, x, n, j, b, i);
        }
    }
    for (size_t a = 0; a < k; a++) {
        r->gram[a * k + a] += 1e-8 * (double)observed; /* dependent columns share their coefficient */
        for (size_t b = 0; b < a; b++) r->gram[a * k + b] = r->gram[b * k + a];
    }
    dk_status status = dk_spd_inverse(k, r->gram, err);
    if (status != DK_OK) return status;
    for (size_t a = 0; a < k; a++) {
        r->draw[a] = 0;
        for (size_t b = 0; b < k; b++) r->draw[a] += r->gram[a * k + b] * r->beta[b];
    }
    for (size_t i = 0; i < n; i++) {
        if (gap[j * n + i]) continue;
        double e = x[j * n + i];
        for (size_t a = 0; a < k; a++) e -= r->draw[a] * at(r, x, n, j, a, i);
        square += e * e;
    }
    *sd = sqrt(square / chi_squared(z, (double)(observed - k)));
    /* Coefficients: mean plus sd times the Cholesky factor of the inverse times normals. */
    size_t failed;
    status = dk_cholesky(k, r->gram, &failed, err);
    if (status == DK_OK && failed != 0)
        status = dk_fail(err, DK_EDATA, "columns are too dependent to impute");
    for (size_t b = 0; b < k && status == DK_OK; b++) {
        double step = *sd * normal(z);
        for (size_t a = b; a < k; a++) r->draw[a] += r->gram[b * k + a] * step;
    }
    return status;
}

/* Gaps begin as the column's mean; columns are put on one scale. */
static dk_status prepare(double *x, bool *gap, size_t n, size_t k, regression *r, dk_error *err) {
    for (size_t j = 0; j < k; j++) {
        size_t have = 0;
        double sum = 0, square = 0;
        for (size_t i = 0; i < n; i++) {
            gap[j * n + i] = isnan(x[j * n + i]);
            if (gap[j * n + i]) continue;
            have++;
            sum += x[j * n + i];
        }
        if (have < k + 3)
            return dk_fail(err, DK_EDATA, "%zu values are too few to fill the gaps of a control", have);
        r->mean[j] = sum / (double)have;
        for (size_t i = 0; i < n; i++) {
            if (gap[j * n + i]) x[j * n + i] = r->mean[j];
            square += (x[j * n + i] - r->mean[j]) * (x[j * n + i] - r->mean[j]);
        }
        r->scale[j] = square > 0 ? sqrt((double)have / square) : 0;
    }
    return DK_OK;
}

dk_status dk_impute(double *x, size_t n, size_t k, uint64_t seed, dk_error *err) {
    noise z = {seed, 0};
    bool *gap = calloc(n * k + 1, sizeof *gap);
    double *memory = calloc(k * k + 4 * k + 1, sizeof *memory), sd = 0;
    regression r = {memory, memory + k * k, memory + k * k + k, memory + k * k + 2 * k,
                    memory + k * k + 3 * k};
    dk_status status = gap == NULL || memory == NULL ? dk_fail_memory(err) : prepare(x, gap, n, k, &r, err);
    for (int round = 0; round < ROUNDS && status == DK_OK; round++) {
        for (size_t j = 0; j < k && status == DK_OK; j++) {
            if (memchr(gap + j * n, 1, n) == NULL) continue;
            status = regress(&r, x, gap, n, k, j, &z, &sd, err);
            for (size_t i = 0; i < n && status == DK_OK; i++) {
                if (!gap[j * n + i]) continue;
                double v = sd * normal(&z);
                for (size_t a = 0; a < k; a++) v += r.draw[a] * at(&r, x, n, j, a, i);
                x[j * n + i] = v;
            }
        }
    }
    free(gap);
    free(memory);
    return status;
}

dk_status dk_rubin_pool(const double *estimates, size_t m, size_t p, double *within, double *pooled,
                        double *df, dk_error *err) {
    double *between = calloc(p * p + 1, sizeof *between), ratio = 0, count = 0;
    if (between == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < p; i++) {
        pooled[i] = 0;
        for (size_t k = 0; k < m; k++) pooled[i] += estimates[k * p + i] / (double)m;
    }
    for (size_t k = 0; k < m && m > 1; k++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                between[i * p + j] +=
                    (estimates[k * p + i] - pooled[i]) * (estimates[k * p + j] - pooled[j]) / (double)(m - 1);
    double more = 1 + 1 / (double)m;
    for (size_t i = 0; i < p; i++) {
        if (!(within[i * p + i] > 0)) continue;
        ratio += more * between[i * p + i] / within[i * p + i];
        count++;
    }
    for (size_t i = 0; i < p * p; i++)
        if (!isnan(between[i])) within[i] += more * between[i];
    if (count > 0 && ratio > 0) {
        double r = ratio / count, rubin = (double)(m - 1) * (1 + 1 / r) * (1 + 1 / r);
        *df = isinf(*df) ? rubin : rubin * *df / (rubin + *df);
    }
    free(between);
    return DK_OK;
}
