/* What a fitted model hands on, whichever model it is, and how the result of the public header is made from it. */
#ifndef DK_STATS_ESTIMATE_H
#define DK_STATS_ESTIMATE_H

#include "stats/boot.h"
#include "stats/frame.h"
#include "stats/importance.h"
#include "stats/robust.h"
#include "stats/winsor.h"

typedef struct dk_estimate {
    size_t n;       /* predictors */
    double *effect; /* in the outcome's unit per unit of the predictor; NaN when aliased */
    double *cov;    /* n x n, robust: what intervals and tests use */
    double *se;     /* as other programs print it: the same but where clusters are few (robust.h) */
    double *alone;  /* effects with the controls alone */
    double *vif, *beta;
    double *impact, *impact_part; /* impact.h; NaN where there is none */
    size_t *impact_from;          /* among controls and predictors, SIZE_MAX: unknown */
    bool *use;                    /* false: aliased */
    double *partial;              /* (n + 1)^2, the outcome last: see dk_solution */
    double *mean, *sd;            /* of predictors */
    double
        *df_of; /* degrees of freedom of each effect's t: df, or fewer where clusters or mentions are few */
    double df, r2, r2_controls, condition, intercept, residual_sd, outcome_mean, outcome_sd;
    double n_effective;
    int64_t rows, clusters, influential;
    double max_leverage, max_cook;
    dk_group_plan plan;
    double *importance, *importance_se; /* by lane group, in R2 */
    double *owen;                       /* by predictor */
    dk_boot boot, jack; /* by lane term and lane group: replicates, and with blocks left out */
    dk_winsor winsor;   /* high < low: not winsorised */
    dk_buf notes;       /* sentences, each ended by a NUL */
    size_t nnotes;
} dk_estimate;

dk_status dk_estimate_init(dk_estimate *e, const dk_frame *frame, dk_error *err);
void dk_estimate_dispose(dk_estimate *e);
void dk_estimate_note(dk_estimate *e, const char *format, ...) DK_PRINTF(2, 3);

/* DK_EDATA when rows have clusters and all have the same. */
dk_status dk_estimate_check_clusters(const dk_frame *frame, int64_t clusters, dk_error *err);

/* A sentence for each column that was left out, with those it follows from. */
void dk_estimate_note_aliased(dk_estimate *e, const dk_frame *frame, const dk_solution *solution);

/* Fits a model: everything but the notes that all models share. */
dk_status dk_estimate_linear(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                             dk_error *err);
dk_status dk_estimate_glm(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                          dk_error *err);

/* Importances of e->partial: plan, point estimate and Owen values. */
dk_status dk_estimate_importance(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                                 dk_error *err);

/* Intervals, tests, ranks, verdict. */
dk_status dk_estimate_result(const dk_frame *frame, const dk_driver_options *options, dk_estimate *e,
                             dk_driver_result **result, dk_error *err);

#endif
