#include "stats/permute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pipeline.h"

/* Orthonormal columns by modified Gram-Schmidt, twice over; columns that add nothing become 0. */
static void orthonormalise(double *q, size_t n, size_t k) {
    for (size_t j = 0; j < k; j++) {
        double *x = q + j * n, before = 0, after = 0;
        for (size_t i = 0; i < n; i++) before += x[i] * x[i];
        for (int pass = 0; pass < 2; pass++) {
            for (size_t c = 0; c < j; c++) {
                const double *b = q + c * n;
                double t = 0;
                for (size_t i = 0; i < n; i++) t += b[i] * x[i];
                for (size_t i = 0; i < n; i++) x[i] -= t * b[i];
            }
        }
        for (size_t i = 0; i < n; i++) after += x[i] * x[i];
        double scale = after > 1e-20 * before ? 1 / sqrt(after) : 0;
        for (size_t i = 0; i < n; i++) x[i] *= scale;
    }
}

typedef struct permute_job {
    const double *q, *residual; /* q: orthonormal, the constant and the controls first */
    size_t n, k, first;         /* first column of the predictors in q */
    uint64_t seed;
    double *gain; /* by shuffle: the predictors' part of the sum of squares */
} permute_job;

static dk_status shuffle(void *context, size_t index, dk_error *err) {
    permute_job *j = context;
    double *y = malloc(j->n * sizeof *y);
    if (y == NULL) return dk_fail_memory(err);
    memcpy(y, j->residual, j->n * sizeof *y);
    uint64_t seed = dk_hash_mix(j->seed, index);
    for (size_t i = j->n - 1; i > 0 && index > 0; i--) { /* shuffle 0 is the data */
        size_t at = (size_t)(dk_hash_mix(seed, i) % (i + 1));
        double t = y[i];
        y[i] = y[at];
        y[at] = t;
    }
    /* What the constant and controls explain of the shuffled residuals does not count; the rest is the denominator. */
    double total = 0, explained = 0, gain = 0;
    for (size_t i = 0; i < j->n; i++) total += y[i] * y[i];
    for (size_t c = 0; c < j->k; c++) {
        double t = 0;
        for (size_t i = 0; i < j->n; i++) t += j->q[c * j->n + i] * y[i];
        if (c < j->first)
            explained += t * t;
        else
            gain += t * t;
    }
    j->gain[index] = gain / (total - explained);
    free(y);
    return DK_OK;
}

dk_status dk_permutation_test(const double *x, const double *y, size_t n, size_t k, size_t ncontrols,
                              int count, uint64_t seed, int threads, double *r2, double *p, dk_error *err) {
    if (n < k + 2) return dk_fail(err, DK_EDATA, "%zu rows are too few for %zu columns", n, k);
    double *q = malloc((k + 1) * n * sizeof *q), *residual = malloc(n * sizeof *residual);
    double *gain = calloc((size_t)count + 1, sizeof *gain), total = 0, left = 0, mean = 0, raw = 0;
    dk_status status = q == NULL || residual == NULL || gain == NULL ? dk_fail_memory(err) : DK_OK;
    if (status != DK_OK) goto done;
    for (size_t i = 0; i < n; i++) q[i] = 1;
    memcpy(q + n, x, k * n * sizeof *q);
    orthonormalise(q, n, k + 1);
    memcpy(residual, y, n * sizeof *residual);
    for (size_t i = 0; i < n; i++) mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) raw += y[i] * y[i];
    for (size_t i = 0; i < n; i++) total += (y[i] - mean) * (y[i] - mean);
    for (size_t c = 0; c <= ncontrols; c++) {
        double t = 0;
        for (size_t i = 0; i < n; i++) t += q[c * n + i] * residual[i];
        for (size_t i = 0; i < n; i++) residual[i] -= t * q[c * n + i];
    }
    for (size_t i = 0; i < n; i++) left += residual[i] * residual[i];
    if (!(left > 1e-20 * total) || !(total > 1e-24 * raw)) {
        status = dk_fail(err, DK_EDATA, "the outcome does not vary beyond the controls");
        goto done;
    }
    permute_job job = {q, residual, n, k + 1, ncontrols + 1, seed, gain};
    status = dk_parallel_for(threads, (size_t)count + 1, shuffle, &job, err);
    if (status != DK_OK) goto done;
    double as_large = 1;
    for (int s = 1; s <= count; s++) as_large += gain[s] >= gain[0] * (1 - 1e-12);
    *r2 = gain[0] * left / total;
    *p = as_large / (count + 1);
done:
    free(q);
    free(residual);
    free(gain);
    return status;
}
