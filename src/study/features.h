/* The predictors and controls of one fit, as columns for the driver statistics. */
#ifndef DK_STUDY_FEATURES_H
#define DK_STUDY_FEATURES_H

#include "study/fits.h"

#define DK_EVENTS_LEAST 5

typedef struct dk_features {
    dk_column *predictors;
    uint32_t *group_of;
    dk_study_predictor *about; /* by predictor; theme is the index into the taxonomy, or -1 */
    size_t npredictors;
    const char **groups;
    size_t ngroups;
    dk_column *controls;
    const char **control_names;
    size_t ncontrols, controls_cap;
    size_t pooled_themes, rare_themes; /* theme and sign pairs that were pooled, and that went into the control */
    uint32_t **rows;           /* what the columns own */
    double **reals;
    size_t nrows, rows_cap, nreals, reals_cap;
} dk_features;

/* Columns over the responses of subset (ascending). Names go into the arena of the result and stay. Columns that are the same
   for every response of the subset are left out. before (by response, NaN: none; or NULL) is what the outcome was before
   the answer: held fixed, it takes away what the customers differed in already. events (by response, 0 or 1; NULL unless the
   outcome is binary): what is mentioned with fewer than DK_EVENTS_LEAST of either value counts as rare, since a separated
   cell has no finite log odds and its robust error is far too small. */
dk_status dk_features_make(dk_features *features, dk_fit_context *context, const uint32_t *subset, size_t nsubset,
                           const double *before, const double *events, dk_error *err);
void dk_features_dispose(dk_features *features);

#endif
