/* Clusters in a robust covariance when they are few or uneven: CR2 and CR3, and how many degrees of freedom are left.
 *
 * A cluster's residuals e are smaller than its errors, since the fit bent toward them: by (I - H), H its block of the
 * hat matrix. CR2 (bias-reduced linearization: Bell & McCaffrey 2002) takes (I - H)^-1/2 e, which is unbiased where
 * errors are independent; CR3 takes (I - H)^-1 e, nearly the jackknife by cluster and on the safe side (MacKinnon,
 * Nielsen & Webb 2023). In clusters of one row they are HC2 and HC3. Weights are taken for inverse variances, as
 * weighted least squares does.
 *
 * With x~ and e~ the rows times the roots of their weights, T = x~'x~ and M the inverse of all rows' sum of such, f(H)
 * = (I - H)^-1/2 or ^-1: x~'f(H)e~ needs the eigenvalues of x~ M x~' for a cluster with fewer rows than columns, and
 * else only those of L'TL with M = LL', so a cluster costs what it holds.
 *
 * The t of a coefficient has about as many degrees of freedom as a chi-squared with the mean and variance that its
 * variance estimate would have under independent errors (Satterthwaite; Bell & McCaffrey 2002; Imbens & Kolesar 2016).
 */
#ifndef DK_STATS_CLUSTER_H
#define DK_STATS_CLUSTER_H

#include "stats/design.h"

typedef struct dk_cluster_shape {
    size_t p;              /* design columns, the constant counted */
    const double *inverse; /* M: p x p, zeros where aliased */
    double *root;          /* L, lower: owned */
    int kind;              /* 2 or 3 */
} dk_cluster_shape;

dk_status dk_cluster_shape_init(dk_cluster_shape *shape, const double *inverse, size_t p, int kind,
                                dk_error *err);
void dk_cluster_shape_dispose(dk_cluster_shape *shape);

/* The rows of one cluster; used again for the next. One for each thread. */
typedef struct dk_cluster {
    size_t n, p, kept;      /* rows so far; kept: those still kept one by one, 0 once they are summed */
    double *row, *residual; /* kept rows (p each), and their residuals, times the roots of the weights */
    double *gram, *score;   /* T (p x p, whole), and x~'e~ */
    double *work;
    bool summed;
} dk_cluster;

dk_status dk_cluster_init(dk_cluster *c, size_t p, dk_error *err);
void dk_cluster_dispose(dk_cluster *c);
void dk_cluster_begin(dk_cluster *c);
void dk_cluster_add(dk_cluster *c, const dk_design_row *row, double weight, double residual);

/* out: p numbers, x~'f(H)e~. */
dk_status dk_cluster_score(const dk_cluster_shape *shape, dk_cluster *c, double *out, dk_error *err);

/* What Satterthwaite's degrees of freedom are made of, added up over clusters, in the order of coefficients. */
typedef struct dk_cluster_freedom {
    size_t p;
    double *trace, *square; /* p each: of the quadratic form's matrix, what clusters add alone */
    double *outer;          /* p x p for each coefficient: sum of v v' */
} dk_cluster_freedom;

dk_status dk_cluster_freedom_init(dk_cluster_freedom *f, size_t p, dk_error *err);
void dk_cluster_freedom_dispose(dk_cluster_freedom *f);
dk_status dk_cluster_freedom_add(dk_cluster_freedom *f, const dk_cluster_shape *shape, dk_cluster *c,
                                 dk_error *err);

/* Of coefficient j; NaN where it is aliased. */
double dk_cluster_freedom_of(const dk_cluster_freedom *f, const dk_cluster_shape *shape, size_t j);

#endif
