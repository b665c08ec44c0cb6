#include "stats/linalg.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void dgemm_(const char *, const char *, const int *, const int *, const int *, const double *, const double *,
            const int *, const double *, const int *, const double *, double *, const int *);
void dpotrf_(const char *, const int *, double *, const int *, int *);
void dpotri_(const char *, const int *, double *, const int *, int *);
void dpotrs_(const char *, const int *, const int *, const double *, const int *, double *, const int *,
             int *);
void dsyev_(const char *, const char *, const int *, double *, const int *, double *, double *, const int *,
            int *);
char *openblas_get_corename(void);
void openblas_set_num_threads(int);

const char *dk_linalg_corename(void) {
    return openblas_get_corename();
}

const char *dk_linalg_better_core(void) {
#if defined(__x86_64__)
    static const char *const old[] = {"Prescott",  "Core2",  "Nehalem", "Penryn",
                                      "Northwood", "Katmai", "Generic", NULL};
    const char *chosen = openblas_get_corename();
    for (const char *const *name = old; *name != NULL; name++) {
        if (strcasecmp(chosen, *name) != 0) continue;
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
            return "SkylakeX";
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
        if (__builtin_cpu_supports("avx")) return "Sandybridge";
    }
#endif
    return NULL;
}

void dk_linalg_set_threads(int threads) {
    openblas_set_num_threads(threads);
}

/* Sizes become int here and nowhere else. */
static dk_status as_int(size_t value, int *out, dk_error *err) {
    if (value > INT_MAX)
        return dk_fail(err, DK_EDATA, "a matrix dimension of %zu is beyond what BLAS can hold", value);
    *out = (int)value;
    return DK_OK;
}

static dk_status lapack_failed(const char *routine, int info, dk_error *err) {
    return dk_fail(err, DK_EDATA, "%s did not succeed (info %d)", routine, info);
}

dk_status dk_gemm_nn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b, size_t ldb,
                     double *c, size_t ldc, dk_error *err) {
    int im, in, ik, ia, ib, ic;
    if (as_int(m, &im, err) != DK_OK || as_int(n, &in, err) != DK_OK || as_int(k, &ik, err) != DK_OK)
        return DK_EDATA;
    if (as_int(lda, &ia, err) != DK_OK || as_int(ldb, &ib, err) != DK_OK || as_int(ldc, &ic, err) != DK_OK)
        return DK_EDATA;
    if (m == 0 || n == 0 || k == 0) return DK_OK;
    const double one = 1;
    dgemm_("N", "N", &im, &in, &ik, &one, a, &ia, b, &ib, &one, c, &ic);
    return DK_OK;
}

dk_status dk_cholesky(size_t n, double *a, size_t *failed, dk_error *err) {
    int in, info = 0;
    *failed = 0;
    if (as_int(n, &in, err) != DK_OK) return DK_EDATA;
    if (n == 0) return DK_OK;
    dpotrf_("L", &in, a, &in, &info);
    if (info < 0) return lapack_failed("dpotrf", info, err);
    *failed = (size_t)info;
    return DK_OK;
}

dk_status dk_spd_inverse(size_t n, double *a, dk_error *err) {
    size_t failed;
    dk_status status = dk_cholesky(n, a, &failed, err);
    if (status != DK_OK || n == 0) return status;
    if (failed != 0) return lapack_failed("dpotrf", (int)failed, err);
    int in = (int)n, info = 0;
    dpotri_("L", &in, a, &in, &info);
    if (info != 0) return lapack_failed("dpotri", info, err);
    for (size_t j = 0; j < n; j++)
        for (size_t i = j + 1; i < n; i++) a[i * n + j] = a[j * n + i];
    return DK_OK;
}

dk_status dk_spd_solve(size_t n, double *a, double *b, size_t m, dk_error *err) {
    size_t failed;
    int im;
    dk_status status = dk_cholesky(n, a, &failed, err);
    if (status != DK_OK || n == 0) return status;
    if (failed != 0) return lapack_failed("dpotrf", (int)failed, err);
    if (as_int(m, &im, err) != DK_OK) return DK_EDATA;
    int in = (int)n, info = 0;
    dpotrs_("L", &in, &im, a, &in, b, &in, &info);
    return info == 0 ? DK_OK : lapack_failed("dpotrs", info, err);
}

dk_status dk_eigen_symmetric(size_t n, double *a, double *values, dk_error *err) {
    int in, info = 0, lwork = -1;
    if (as_int(n, &in, err) != DK_OK) return DK_EDATA;
    if (n == 0) return DK_OK;
    double best = 0;
    dsyev_("V", "L", &in, a, &in, values, &best, &lwork, &info);
    if (as_int((size_t)best, &lwork, err) != DK_OK) return DK_EDATA;
    double *work = malloc((size_t)lwork * sizeof *work);
    if (work == NULL) return dk_fail_memory(err);
    dsyev_("V", "L", &in, a, &in, values, work, &lwork, &info);
    free(work);
    return info == 0 ? DK_OK : lapack_failed("dsyev", info, err);
}
