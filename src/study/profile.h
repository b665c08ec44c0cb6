/* What is peculiar to each segment: how much of the responses, customers and profit it has, and which themes it speaks of more or
 * less often than the other segments.
 *
 * For each theme and sign the share of comments that mention it is compared with that of all other segments. The test is a z test of
 * the difference with sums by customer and the shares pooled, as they are when nothing differs; q over all themes, signs and
 * segments together.
 */
#ifndef DK_STUDY_PROFILE_H
#define DK_STUDY_PROFILE_H

#include "study/fits.h"

/* Fills result->kpi.profiles; without segments there are none. */
dk_status dk_profiles_make(dk_fit_context *context, const int *theme_of_taxonomy, dk_error *err);

#endif
