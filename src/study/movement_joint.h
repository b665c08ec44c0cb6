/* Replicates that belong together: whatever is estimated gets its replicate r from the same redraw of the customers, so that
 * what is computed from several estimates (worth, returns) has an interval that knows how they go together.
 *
 * A replicate gives each customer the weight Poisson(1) of hash(seed, replicate, customer), the same as in src/stats/boot.h.
 * An estimate moves by sum over customers of (weight - 1) x influence of the customer: the score bootstrap of Kline & Santos
 * 2012 (J. Econometric Methods 1), which needs no refitting and holds to the order to which intervals hold at all.
 */
#ifndef DK_STUDY_MOVEMENT_JOINT_H
#define DK_STUDY_MOVEMENT_JOINT_H

#include "base/status.h"

typedef struct dk_joint {
    int replicates; /* may be 0 */
    size_t padded;  /* to what the vector code wants */
    uint32_t *keys;
    double confidence;
} dk_joint;

dk_status dk_joint_init(dk_joint *joint, int replicates, uint64_t seed, double confidence, dk_error *err);
void dk_joint_dispose(dk_joint *joint);

/* Adding up the influences of q estimates, customer by customer. */
typedef struct dk_joint_sum {
    const dk_joint *joint;
    size_t q, fill;
    double *weights, *values, *out;
    double *squares; /* q: sum of squared influences */
    size_t customers;
} dk_joint_sum;

dk_status dk_joint_begin(dk_joint_sum *sum, const dk_joint *joint, size_t q, dk_error *err);

/* influence: q numbers of the customer whose hash is unit; each customer once. */
dk_status dk_joint_add(dk_joint_sum *sum, uint64_t unit, const double *influence, dk_error *err);

/* Ends the sum: replicate[i * replicates + r] = estimate[i] + deviation, se[i]; both scaled by the customers' G / (G - 1).
   Either may be NULL. */
dk_status dk_joint_end(dk_joint_sum *sum, const double *estimate, double *replicate, double *se,
                       dk_error *err);
void dk_joint_drop(dk_joint_sum *sum);

/* The percentile interval of an estimate's replicates, around which they are not moved; NaN without any. */
dk_interval dk_joint_interval(const dk_joint *joint, const double *replicate);

/* The normal interval of an estimate and its standard error. */
dk_interval dk_joint_normal(const dk_joint *joint, double estimate, double se);

#endif
