/* Figures of a result as tables of a writer (--to): drivers, segments, kpis. Their columns are told in docs/outputs.md. What is hidden for
 * privacy has a row without figures among segments and kpis, and none among drivers.
 */
#ifndef DK_REPORT_ROWS_H
#define DK_REPORT_ROWS_H

#include "io/writer.h"
#include "study/result.h"

extern const dk_out_table dk_report_drivers_table, dk_report_segments_table, dk_report_kpis_table;

/* One row per driver: outcome, segment, theme and polarity; drivers.csv is the same. */
void dk_report_drivers_rows(const dk_study_result *result, dk_out_rows *rows);

/* One row per segment, everybody first ("all"). */
void dk_report_segments_rows(const dk_study_result *result, dk_out_rows *rows);

/* One row per KPI and group: by segment, touchpoint, wave, language, and for all. */
void dk_report_kpis_rows(const dk_study_result *result, dk_out_rows *rows);

#endif
