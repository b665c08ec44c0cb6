/* Which touchpoints are not shown with a number of responses, because less that of one of their themes it is a group of few.
 *
 * What is said of a touchpoint is the union of what is said of its themes. Where 40 responses mention the staff and 39 its friendliness,
 * the difference is one person who spoke of something else about the staff, though neither group is small.
 */
#ifndef DK_STUDY_TOUCHPOINT_COVER_H
#define DK_STUDY_TOUCHPOINT_COVER_H

#include "study/fits.h"

/* hidden[k], for each touchpoint of the taxonomy, is set where the responses that mention it and not one of its themes are 1 to the
   privacy minimum - 1; left as it is elsewhere. DK_ENOMEM. */
dk_status dk_touchpoints_hide(const dk_fit_context *context, bool *hidden, dk_error *err);

#endif
