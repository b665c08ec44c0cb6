/* The plan as a file: what was decided once for a whole file of comments, so that its parts can be tagged alike.
 *
 * A TSV of two columns, key and value: version (stamp of lexicons, models and program), language (auto, sv, da or en), packs
 * (names joined by commas, or none), and prior_other, prior_sv, prior_da, prior_en (1/64 nat, what is added to the
 * evidence for each language).
 */
#ifndef DK_TAG_PLAN_H
#define DK_TAG_PLAN_H

#include "base/buffer.h"
#include "tag/session.h"

void dk_plan_put(dk_buf *buf, const dk_engine *engine, const dk_tag_plan *plan);

/* Reads a plan. *same_version is false when it was made with other lexicons, models or another program. DK_EDATA names file and
   line of a mistake. */
dk_status dk_plan_read(const char *path, const dk_engine *engine, dk_tag_plan *plan, bool *same_version, dk_error *err);

#endif
