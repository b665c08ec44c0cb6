/* Agreement: how well those who code agree, beyond what chance gives. */
#ifndef DK_WORKBENCH_AGREEMENT_H
#define DK_WORKBENCH_AGREEMENT_H

#include "base/status.h"

/* Cohen's kappa (Cohen 1960) of a k x k table of counts or shares, row by row: rows are one coder's categories, columns the
   other's. NaN when the table is empty or chance agreement is 1 (both used one and the same category). */
double dk_kappa(const double *table, size_t k);

typedef enum dk_metric { DK_METRIC_NOMINAL, DK_METRIC_ORDINAL, DK_METRIC_INTERVAL } dk_metric;

/* Krippendorff's alpha (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability). values holds units x coders numbers, unit
   by unit; NaN is missing, units with fewer than two values do not count. *alpha is NaN when nothing can be paired or no value
   varies. */
dk_status dk_alpha(const double *values, size_t units, size_t coders, dk_metric metric, double *alpha,
                   dk_error *err);

/* Harmonic mean of precision and recall (van Rijsbergen 1979) from counts; NaN when all are 0. */
double dk_f1(double right, double wrong, double missed);

#endif
