/* All that is computed beside drivers and movement: trends, KPIs, profiles, who answers, whom to call back, journeys. */
#ifndef DK_STUDY_FIGURES_H
#define DK_STUDY_FIGURES_H

#include "study/fits.h"

/* What the first pass leaves for the figures. */
typedef struct dk_figures_input {
    const double *answering;           /* weights by response; NULL without */
    int64_t cells;
    const double *plain;               /* the weights of the file, where the survey's hold those of answering too; else NULL */
    bool weighted;                     /* they do */
} dk_figures_input;

/* After the fits and lifetimes. theme_of_taxonomy is that of dk_describe_themes. */
dk_status dk_figures_make(dk_fit_context *context, const dk_figures_input *input, const int *theme_of_taxonomy, dk_error *err);

#endif
