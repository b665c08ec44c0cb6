/* From an estimate to the result of the public header: what the files result*.c share. Nobody else includes it. */
#ifndef DK_STATS_RESULT_H
#define DK_STATS_RESULT_H

#include "base/arena.h"
#include "stats/estimate.h"

typedef struct dk_maker {
    const dk_frame *f;
    const dk_driver_options *o;
    dk_estimate *e;
    dk_arena *arena;
    dk_driver_result *r;
    size_t nlanes; /* lane groups; groups without a usable term come behind them */
    size_t *group; /* caller's group of each */
    dk_driver *drivers;
    dk_driver_term *terms; /* by predictor */
    size_t *lane;          /* predictor -> lane term, SIZE_MAX for none */
    double *scratch;       /* one number a replicate */
    double z;              /* quantiles of the confidence: the normal one, and by predictor that of t */
    double *t;
} dk_maker;

/* The standard deviation of n numbers. */
double dk_maker_spread(const double *x, size_t n);

/* Replicates spread as HC0 errors do, too little in small samples: an interval is widened about the estimate by what the
   analytic error is larger. */
dk_interval dk_maker_widen(dk_interval i, double estimate, double factor);

/* The error of predictor i that intervals and tests use. */
double dk_maker_error(const dk_maker *k, size_t i);

/* Joint test of some predictors: statistic and rank; *form and *b (the effects) stay for the replicates. */
dk_status dk_maker_wald(dk_maker *k, const size_t *terms, size_t n, double **form, double **b, size_t *rank,
                        double *statistic, dk_error *err);

/* Its p; fewest: with the fewest degrees of freedom among the terms, else with their mean. */
double dk_maker_joint_p(const dk_maker *k, const size_t *terms, size_t n, double statistic, size_t rank,
                        bool fewest);

/* The interval of lane group g's importance; form: the group's Wald form. */
dk_status dk_maker_interval(dk_maker *k, size_t g, dk_driver *d, const double *form, dk_error *err);

/* Stages as sums of their groups. */
dk_status dk_maker_stages(dk_maker *k, dk_error *err);

/* The verdict from the test of all predictors together, with a note. */
void dk_maker_judge(dk_maker *k, double statistic, size_t rank);

/* The notes that all models share; and all notes into the result. */
void dk_maker_notes(dk_maker *k);
dk_status dk_maker_keep_notes(dk_maker *k, dk_error *err);

#endif
