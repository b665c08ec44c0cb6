/* Stages and journeys: touchpoints in the order in which customers meet them.
 *
 * A study may name its own stages, which then take the place of the taxonomy's in all results, and journeys: ordered lists of
 * touchpoints. Without journeys there is one, the touchpoints in the order of the stages.
 */
#ifndef DK_STUDY_JOURNEY_H
#define DK_STUDY_JOURNEY_H

#include "study/fits.h"

/* Gives the themes of result->themes the stages of the study. DK_EDATA names the line of a touchpoint that there is none of. */
dk_status dk_stages_apply(dk_fit_context *context, dk_error *err);

/* Fills result->kpi.journeys, after the fits. */
dk_status dk_journeys_make(dk_fit_context *context, dk_error *err);

#endif
