/* What an improvement is worth: were complaints about a theme brought down to a level, or praise up to one, what would that do
 * to NPS, to moves up, to customers kept, to money a year?
 *
 * From the fits of movement.h, with joint replicates: the change of the mentions' share times the effect of a mention gives
 * the change of NPS, of the probabilities of moving and leaving, and of the profit of the next period; worth_project.h takes
 * these twelve months ahead. Respondents are counted as they are; for all customers those who did not answer are taken to
 * meet the same as those of their segment who did. A return on experience (ROX) is (PV gain - PV cost) / PV cost.
 */
#ifndef DK_STUDY_WORTH_H
#define DK_STUDY_WORTH_H

#include "study/movement.h"
#include "study/worth_config.h"
#include "study/worth_project.h"

/* Fills result->worth. data_dir holds lexicons/actions.tsv. */
dk_status dk_worth_make(dk_movers *movers, const char *data_dir, dk_error *err);

/* What the mentions cost or bring today as the worth of the levers of the NPS fits, in place of what the link between score and
   profit gave. */
void dk_worth_into_fits(dk_study_result *result);

/* Themes by their index in result->themes, as dk_fits_name_themes does for the fits. */
void dk_worth_name_themes(dk_study_result *result, const int *theme_of_taxonomy);

/* The level that a predictor's share in a segment is brought to, and what kind of level it is. */
dk_status dk_worth_level(const dk_movers *movers, size_t segment, size_t predictor, dk_target *target,
                         double *level, dk_error *err);

/* A change of the share of a predictor's mentions in a segment, in replicate r, or (r = replicates) at the estimate. */
dk_change dk_worth_change(const dk_movers *movers, size_t segment, size_t predictor, double share, size_t r);

/* Transition probabilities and margins of the same replicate, cut to what probabilities can be. p: n x (n + 1), m: n. */
void dk_worth_chain(const dk_movers *movers, size_t r, double *p, double *m);

/* Fills result->worth.rox from the study's initiatives. */
dk_status dk_worth_rox(dk_movers *movers, dk_error *err);

#endif
