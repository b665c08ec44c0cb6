/* The written results of an analysis: report.json, drivers.csv, rejected.csv and report.html.
 *
 * All take a finished dk_study_result and append to a buffer; failure to append shows in dk_buf_status. The same result
 * gives the same bytes. Figures of hidden segments, waves and themes (under the privacy minimum) are never written.
 * Fields and columns are documented in docs/report.md.
 */
#ifndef DK_REPORT_REPORT_H
#define DK_REPORT_REPORT_H

#include "base/buffer.h"
#include "study/result.h"

/* Everything, for programs: the JSON that docs/report.md describes. */
void dk_report_json(const dk_study_result *result, dk_buf *out);

/* One row per driver: outcome, segment, theme and polarity. */
void dk_report_drivers_csv(const dk_study_result *result, dk_buf *out);

/* One row per problem: what was not read or not used, where, why. */
void dk_report_rejected_csv(const dk_study_result *result, dk_buf *out);

/* One page for people that needs nothing but itself. language: DK_LANG_OTHER for that of the result, or else English. */
void dk_report_html(const dk_study_result *result, dk_language language, dk_buf *out);

/* Writes the four to a folder, which is made when it does not exist. Each file appears when it is whole; when one cannot
   be written none is replaced. */
dk_status dk_report_write(const dk_study_result *result, const char *folder, dk_error *err);

#endif
