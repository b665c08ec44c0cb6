/* Binary and ordered logit by maximum likelihood.
 *
 * P(Y <= level j) = F(alpha_j - eta), eta = sum of coef_i x_i, F logistic, alpha rising: the cumulative (proportional
 * odds) logit of McCullagh 1980; with two levels the binary logit with intercept -alpha. Newton's method with the
 * analytic gradient and observed Hessian, steps halved until the likelihood rises; the log-likelihood is concave.
 * Where the data separate (an estimate runs away to infinity) the fit is repeated with a normal prior, and says so: of
 * standard deviation 2.5 on the log odds that a 0/1 column adds, and on two standard deviations of another (the scales
 * of Gelman, Jakulin, Pittau & Su 2008).
 *
 * theta holds the J - 1 alphas, then the k coefficients in units per standard deviation of each column (of sparse
 * columns uncentred, dense ones centred near their mean: see design.h). Aliased ones are 0 with zero (co)variance.
 */
#ifndef DK_STATS_GLM_H
#define DK_STATS_GLM_H

#include "stats/design.h"

enum { DK_GLM_LEVELS = 64 };

typedef struct dk_glm {
    size_t nlevels, k, size;      /* size = nlevels - 1 + k */
    int64_t level[DK_GLM_LEVELS]; /* the outcome's integers, ascending */
    double share[DK_GLM_LEVELS];  /* weighted */
    double *theta;
    double *inverse;       /* size x size: inverse of the observed information */
    double *robust;        /* size x size: sandwich, clustered where the rows are; NULL until dk_glm_robust */
    double ll, ll_null, w; /* log-likelihoods weighted; sum of weights */
    int64_t rows, clusters;
    int iterations;
    bool penalised;
    bool
        split; /* the levels are only whether the outcome is above cut: a binary logit of an ordered outcome */
    int64_t cut;
} dk_glm;

/* What one row adds at a linear predictor eta; y is the index of its level. */
typedef struct dk_glm_point {
    double ll, slope, curvature; /* log P, its derivative by eta, and minus its second one */
} dk_glm_point;

/* use[i]: false leaves column i out (of the design's k). binary: exactly two levels are demanded. DK_EDATA when the
   outcome has one level or more than 64. */
dk_status dk_glm_fit(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit, bool binary,
                     int threads, dk_glm *glm, dk_error *err);
void dk_glm_dispose(dk_glm *glm);

/* The binary logit of whether the outcome is above cut. */
dk_status dk_glm_fit_split(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit,
                           int64_t cut, int threads, dk_glm *glm, dk_error *err);

/* Whether one set of coefficients serves all thresholds: the coefficients of the binary logits of "above level j", fitted
   one by one, are tested for equality (Brant 1990), with the covariance between them from their scores by cluster.
   *p is NaN with two levels, or when a split separates. */
dk_status dk_glm_proportional(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit,
                              int threads, const dk_glm *glm, double *statistic, double *df, double *p,
                              dk_error *err);

/* The sandwich covariance: scores summed by cluster, times G / (G - 1). */
dk_status dk_glm_robust(dk_rows *rows, const dk_design *design, double weight_unit, int threads, dk_glm *glm,
                        dk_error *err);

/* Density sum by which coefficients become average marginal effects on the expected level: effect of column i on the mean
   outcome (levels / level_unit) = slope * coef. gradient (size of theta): its derivatives. */
dk_status dk_glm_marginal(dk_rows *rows, const dk_design *design, double weight_unit, double level_unit,
                          const dk_glm *glm, double *slope, double *gradient, dk_error *err);

dk_glm_point dk_glm_at(const dk_glm *glm, size_t y, double eta);

/* The index of an outcome's integer among the levels, nlevels when it is none. */
size_t dk_glm_level(const dk_glm *glm, int64_t outcome);

/* eta of an expanded row. */
static inline double dk_glm_eta(const dk_glm *glm, const dk_design_row *row) {
    const double *coef = glm->theta + glm->nlevels - 2; /* row indices count the constant */
    double eta = 0;
    for (size_t a = 1; a < row->n; a++) eta += coef[row->index[a]] * row->value[a];
    return eta;
}

#endif
