/* Dense linear algebra: the only place of OpenBLAS.
 *
 * Matrices are column-major (element i, j of an m x n matrix at a[j * m + i]) and symmetric ones are stored whole.
 * Debian's libopenblas has the Fortran names only, with 32-bit integers: a size beyond INT_MAX is DK_EDATA here, never
 * a wrapped number. Results depend on the kernel of the processor in their last bits, except sums of integers below
 * 2^53, which are exact with every kernel.
 */
#ifndef DK_STATS_LINALG_H
#define DK_STATS_LINALG_H

#include "base/status.h"

/* The kernel that OpenBLAS chose, such as "SkylakeX"; "Prescott" on a recent processor means the slow fallback. */
const char *dk_linalg_corename(void);

/* The kernel that suits this processor for the environment variable OPENBLAS_CORETYPE, or NULL when OpenBLAS chose well
   by itself. Only the program acts on it (by running itself again). */
const char *dk_linalg_better_core(void);

/* Threads inside of BLAS. Only the program calls this: 1, as it has its own workers. */
void dk_linalg_set_threads(int threads);

/* c (m x n, leading dimension ldc) += a b with a (m x k, leading dimension lda) and b (k x n, ldb). */
dk_status dk_gemm_nn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b, size_t ldb,
                     double *c, size_t ldc, dk_error *err);

/* Cholesky a = L L' in place (lower). *failed is 0, or the 1-based column that is not positive. */
dk_status dk_cholesky(size_t n, double *a, size_t *failed, dk_error *err);

/* The inverse of a symmetric positive definite matrix in place (whole matrix). DK_EDATA when it is not definite. */
dk_status dk_spd_inverse(size_t n, double *a, dk_error *err);

/* Solves a x = b for a symmetric positive definite a, which is overwritten by its factor; b (n x m) by x. */
dk_status dk_spd_solve(size_t n, double *a, double *b, size_t m, dk_error *err);

/* Eigenvalues ascending; a is overwritten by the eigenvectors in its columns. */
dk_status dk_eigen_symmetric(size_t n, double *a, double *values, dk_error *err);

#endif
