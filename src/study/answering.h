/* Who answers, who writes, and what the figures would be had everybody who was asked answered.
 *
 * Weights: the inverse of the rate of answering among those invited in the same cell (weighting classes: Little 1986; segment
 * by wave, what is known of everybody asked), scaled to a mean of 1. A cell of fewer than 30 invitations or 10 answers is merged
 * with the other waves of its segment, and that with everybody. They make up for who is missing as far as segment and time tell,
 * no further.
 */
#ifndef DK_STUDY_ANSWERING_H
#define DK_STUDY_ANSWERING_H

#include "study/fits.h"
#include "study/invitations.h"

/* By response; 1 for those that nobody was seen to ask. free() them. *cells: how many classes. */
dk_status dk_answering_weights(const dk_survey *survey, const dk_invitations *invitations, double **weights, int64_t *cells, dk_error *err);

/* Fills result->kpi.answering. invitations, weights (of the answering) and plain (the weights of the file, NULL for none) may be
   NULL; used tells that the survey's weights hold both already. */
dk_status dk_answering_make(dk_fit_context *context, const dk_invitations *invitations, const double *weights, int64_t cells,
                            const double *plain, bool used, dk_error *err);

#endif
