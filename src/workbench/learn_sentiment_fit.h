/* Logistic regression with L2 on sparse rows, by limited-memory BFGS (Liu and Nocedal 1989; 8 pairs, Armijo steps).
 *
 *   minimise  sum of s (log(1 + exp(z)) - y z) + l2/2 |w - w0|^2 + figure_l2/2 |c|^2,   z = damp * sum of w[features] + c . figures
 *
 * y is 0..1 (1/2 for a neutral row). Rows are summed in their order on one thread, so that the same rows give the same weights.
 */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_FIT_H
#define DK_WORKBENCH_LEARN_SENTIMENT_FIT_H

#include "tag/weights.h"

typedef struct dk_fit_row {
    const uint32_t *features; /* below nfeatures; one that occurs twice counts twice */
    uint32_t nfeatures;
    float damp, y, s;
    float figures[DK_FIGURES];
} dk_fit_row;

typedef struct dk_fit {
    const dk_fit_row *rows;
    size_t nrows, nfeatures;
    const double *prior; /* w0; NULL: zeros */
    double l2, figure_l2;
    bool no_figures; /* leaves all but the bias at 0 */
} dk_fit;

/* weights (nfeatures of them) and figures are written. Ends when no part of the gradient is above 1e-4 of the sum of s, or
   after 200 steps. */
dk_status dk_fit_run(const dk_fit *fit, double *weights, double figures[DK_FIGURES], dk_error *err);

/* z of a row. */
double dk_fit_logit(const dk_fit_row *row, const double *weights, const double figures[DK_FIGURES]);

#endif
