/* What is said of each theme in each group of responses: by segment, wave and language of the comment, and by two or all three of
 * them together, so that a reader may choose any. Fills result->groups and result->group_uses, and the feelings of
 * theme_use of everybody and of the segments.
 *
 * Groups and their themes are cells of tables whose totals are shown: what is under the privacy minimum is hidden, and so is
 * what subtraction along segments, waves or languages would tell (privacy.h). What is hidden here is hidden in the
 * themes of the segments too. A report with too many cells keeps fewer choices together: result->group_depth.
 */
#ifndef DK_STUDY_THEME_GROUPS_H
#define DK_STUDY_THEME_GROUPS_H

#include "study/fits.h"

/* After dk_describe_themes. */
dk_status dk_theme_groups_make(dk_fit_context *context, const int *theme_of_taxonomy, dk_error *err);

#endif
