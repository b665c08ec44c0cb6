/* Reports of earlier waves: whether their comments were read with the same lexicons, models and program, so that a change in themes is
 * one of the customers and not one of the reading. */
#ifndef DK_REPORT_EARLIER_H
#define DK_REPORT_EARLIER_H

#include "study/result.h"

/* Reads the stamp of the report in a folder (its report.json, or a plan.tsv that tag or analyze wrote, or the path of either) into
   stamp; empty when it has none. DK_EIO when there is neither, DK_EDATA when it cannot be read. */
dk_status dk_report_stamp(const char *path, char stamp[40], dk_error *err);

/* Adds a note to the result when the report at path has another stamp; *same tells. */
dk_status dk_report_note_earlier(dk_study_result *result, const char *path, bool *same, dk_error *err);

#endif
