/* Measures of a score against labels, calibration, and the choice of the neutral bands. */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_MEASURE_H
#define DK_WORKBENCH_LEARN_SENTIMENT_MEASURE_H

#include "workbench/learn_sentiment.h"

/* What one row came to. */
typedef struct dk_verdict_row {
    double z;     /* logit, not calibrated */
    double y;     /* 0, 1/2, 1 */
    double weight;
    bool opinions; /* of the rules */
} dk_verdict_row;

/* Over the rows with y of 0 or 1; NaN without both. */
dk_status dk_measure(const dk_verdict_row *rows, size_t n, dk_learn_measure *out, dk_error *err);

/* The slope a that makes sigmoid(a z) a probability over the rows with y of 0 or 1 (Platt 1999, without an intercept); 1
   where it cannot be told. */
double dk_calibrate(const dk_verdict_row *rows, size_t n);

/* Class by bands, in thousandths of sentiment: share right and macro-F1 by weight. */
void dk_three_classes(const dk_verdict_row *rows, size_t n, double slope, const int32_t bands[2], double *share, double *f1);

/* The bands with the best macro-F1 among multiples of 10: up to 600 where the rules have an opinion, 700 to 900 where they have none,
   since words that are weak signs among reviews are none in plain prose; 350 (two to one) where no row is neutral. */
void dk_bands_choose(const dk_verdict_row *rows, size_t n, double slope, int32_t bands[2]);

#endif
