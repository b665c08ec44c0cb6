/* Fits whose replicates are joint: linear, or logit, over responses, with the columns of features.h.
 *
 * The effect of a mention is, in a linear fit, its coefficient; in a logit the difference that it makes to the probability,
 * for those whom a change would touch: of complaints, the mean over those who say it of F(eta) - F(eta - b) (what taking it
 * away would change); of praise, the mean over those who do not of F(eta + b) - F(eta) (what adding it would). Coefficients
 * of mentions in a logit carry a normal prior of standard deviation 2.5 (Gelman et al. 2008, Ann. Appl. Stat. 2), so that
 * what happened to nobody who said it has finite odds.
 *
 * Influences of rows use residuals over 1 - leverage, as HC3 does, and are added up by customer.
 */
#ifndef DK_STUDY_MOVEMENT_FIT_H
#define DK_STUDY_MOVEMENT_FIT_H

#include "study/features.h"
#include "study/movement_joint.h"

#define DK_EVENTS_FOR_TEST \
    3 /* a mention with fewer events, or fewer non-events, to be expected is not tested */

/* The responses of a fit and their columns: the constant, the controls, the predictors. */
typedef struct dk_move_design {
    size_t n, k, first; /* rows; columns; the first predictor's column */
    uint32_t *row;      /* responses, those of a customer adjacent */
    size_t *start;      /* of each customer's rows; customers + 1 */
    uint64_t *unit;     /* by customer */
    size_t customers;
    double *x; /* n x k by rows; numbers standardised */
    double *weight;
    const dk_study_predictor *about;
    size_t npredictors;
} dk_move_design;

/* subset: ascending responses. extra: further controls (numbers by response, NaN: none), nextra of them. */
dk_status dk_move_design_make(dk_move_design *design, const dk_fit_context *context,
                              const dk_features *features, const uint32_t *subset, size_t n,
                              const double *const *extra, size_t nextra, dk_error *err);
void dk_move_design_dispose(dk_move_design *design);

typedef struct dk_move_fit {
    size_t npredictors;
    bool *use;              /* false: aliased, or nobody says it */
    bool *tested;           /* enough events on both sides */
    double *coef, *coef_se; /* log odds, or the outcome's unit */
    double *effect, *effect_se, *p;
    double *replicate;    /* effects: npredictors x replicates; NULL without */
    double rate, rate_se; /* mean of the outcome */
    double events;        /* unweighted */
    double p_model;       /* robust Wald test of all tested coefficients; NaN without */
    double r2;            /* linear: of the whole fit */
} dk_move_fit;

/* y by response, 0 or 1 for a logit, never NaN in the design. DK_EDATA: it does not vary. */
dk_status dk_move_fit_make(dk_move_fit *fit, const dk_move_design *design, const dk_joint *joint,
                           const double *y, bool logit, dk_error *err);
void dk_move_fit_dispose(dk_move_fit *fit);

/* How often each predictor is said, with replicates; arrays of npredictors and npredictors x replicates. */
dk_status dk_move_prevalence(const dk_move_design *design, const dk_joint *joint, double *prevalence,
                             double *replicate, dk_error *err);

#endif
