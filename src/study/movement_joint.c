#include "study/movement_joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/dist.h"
#include "stats/inference.h"
#include "stats/lanes.h"
#include "stats/linalg.h"

enum { CHUNK = 256, ROUND = 16 };

dk_status dk_joint_init(dk_joint *j, int replicates, uint64_t seed, double confidence, dk_error *err) {
    *j = (dk_joint){.replicates = replicates,
                    .padded = ((size_t)replicates + ROUND - 1) / ROUND * ROUND,
                    .confidence = confidence};
    j->keys = aligned_alloc(64, (j->padded * sizeof *j->keys + 64) & ~(size_t)63);
    if (j->keys == NULL) return dk_fail_memory(err);
    for (size_t r = 0; r < j->padded; r++) j->keys[r] = (uint32_t)dk_hash_mix(seed, r);
    return DK_OK;
}

void dk_joint_dispose(dk_joint *j) {
    free(j->keys);
    memset(j, 0, sizeof *j);
}

void dk_joint_drop(dk_joint_sum *s) {
    free(s->weights);
    free(s->values);
    free(s->out);
    free(s->squares);
    memset(s, 0, sizeof *s);
}

dk_status dk_joint_begin(dk_joint_sum *s, const dk_joint *joint, size_t q, dk_error *err) {
    size_t padded = joint->padded;
    *s = (dk_joint_sum){.joint = joint, .q = q};
    s->weights = aligned_alloc(64, (padded * CHUNK * sizeof *s->weights + 64) & ~(size_t)63);
    s->values = malloc((q * CHUNK + 1) * sizeof *s->values);
    s->out = calloc(padded * q + 1, sizeof *s->out);
    s->squares = calloc(q + 1, sizeof *s->squares);
    if (s->weights != NULL && s->values != NULL && s->out != NULL && s->squares != NULL) return DK_OK;
    dk_joint_drop(s);
    return dk_fail_memory(err);
}

static dk_status flush(dk_joint_sum *s, dk_error *err) {
    size_t padded = s->joint->padded, fill = s->fill;
    s->fill = 0;
    if (fill == 0 || padded == 0 || s->q == 0) return DK_OK;
    return dk_gemm_nn(padded, s->q, fill, s->weights, padded, s->values, CHUNK, s->out, padded, err);
}

dk_status dk_joint_add(dk_joint_sum *s, uint64_t unit, const double *influence, dk_error *err) {
    const dk_joint *j = s->joint;
    double *weights = s->weights + s->fill * j->padded;
    if (j->padded > 0) dk_lanes_best()->poisson(unit, j->keys, j->padded, 1, weights);
    for (size_t r = 0; r < j->padded; r++) weights[r] -= 1;
    for (size_t i = 0; i < s->q; i++) {
        s->values[i * CHUNK + s->fill] = influence[i];
        s->squares[i] += influence[i] * influence[i];
    }
    s->customers++;
    return ++s->fill < CHUNK ? DK_OK : flush(s, err);
}

dk_status dk_joint_end(dk_joint_sum *s, const double *estimate, double *replicate, double *se,
                       dk_error *err) {
    dk_status status = flush(s, err);
    double g = (double)s->customers, scale = s->customers > 1 ? sqrt(g / (g - 1)) : NAN;
    size_t n = (size_t)s->joint->replicates;
    for (size_t i = 0; i < s->q && status == DK_OK; i++) {
        if (se != NULL) se[i] = sqrt(s->squares[i]) * scale;
        for (size_t r = 0; replicate != NULL && r < n; r++)
            replicate[i * n + r] = estimate[i] + scale * s->out[i * s->joint->padded + r];
    }
    dk_joint_drop(s);
    return status;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

dk_interval dk_joint_interval(const dk_joint *j, const double *replicate) {
    size_t n = (size_t)j->replicates;
    dk_interval none = {NAN, NAN};
    double *sorted = malloc((n + 1) * sizeof *sorted);
    if (n < 2 || sorted == NULL) {
        free(sorted);
        return none;
    }
    memcpy(sorted, replicate, n * sizeof *sorted);
    bool known = true;
    for (size_t r = 0; r < n; r++) known = known && isfinite(sorted[r]);
    if (known) {
        qsort(sorted, n, sizeof *sorted, by_value);
        none = (dk_interval){dk_quantile(sorted, n, (1 - j->confidence) / 2),
                             dk_quantile(sorted, n, (1 + j->confidence) / 2)};
    }
    free(sorted);
    return none;
}

dk_interval dk_joint_normal(const dk_joint *j, double estimate, double se) {
    double z = dk_norm_quantile((1 + j->confidence) / 2);
    return (dk_interval){estimate - z * se, estimate + z * se};
}
