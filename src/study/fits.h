/* Driver fits of a study: one for each outcome and segment, from the marks of the tagged comments.
 *
 * Predictors are 0/1 columns: a response says something negative (or positive) of a theme. The two signs of a theme, and
 * the themes of a touchpoint, are one group. Themes that restate the score stay out. A theme and sign with fewer than
 * min_mentions responses in the segment is pooled with the others of its touchpoint and sign; what is rare even so
 * goes into a control. Controls that are always there: no comment, a comment without a driver, a comment in another
 * language, and the languages but for the most common one.
 */
#ifndef DK_STUDY_FITS_H
#define DK_STUDY_FITS_H

#include "study/invitations.h"
#include "study/panel.h"
#include "study/tagging.h"
#include "study/waves.h"

typedef struct dk_fit_context {
    const dk_survey *survey;
    const dk_records *records;   /* NULL without */
    const dk_segments *segments;
    const dk_panel *panel;       /* NULL without records of periods */
    const dk_invitations *invitations; /* NULL without */
    const dk_tagging *tagging;
    const dk_taxonomy *taxonomy;
    dk_waves waves;
    const uint64_t *clusters;    /* by response: hash of the customer; NULL without customers */
    int threads;
    dk_study_progress *progress;
    void *progress_context;
    dk_study_result *result;     /* segments, outcomes and link are there; fits are added; its arena is used */
} dk_fit_context;

/* Tests whether profit goes with the score and fills result->link. */
dk_status dk_fits_link(dk_fit_context *context, dk_error *err);

/* Fills result->outcomes alone: which there are, in which unit, by which model. */
dk_status dk_fits_outcomes(dk_fit_context *context, dk_error *err);

/* Fills result->outcomes and result->fits. A fit that cannot be made says why; only what would fail for every segment,
   and memory, is an error. */
dk_status dk_fits_make(dk_fit_context *context, dk_error *err);

/* The theme's index in result->themes by its index in the taxonomy is needed for the predictors: called back after
   themes are known. */
void dk_fits_name_themes(dk_study_result *result, const int *theme_of_taxonomy);

#endif
