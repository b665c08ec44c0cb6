/* The sections of report.json that stand in files of their own, each a key and its value; and their tables. */
#ifndef DK_REPORT_JSON_SECTIONS_H
#define DK_REPORT_JSON_SECTIONS_H

#include "io/json_write.h"
#include "study/result.h"

void dk_json_join(dk_json *j, const dk_study_result *result);
void dk_json_movement(dk_json *j, const dk_study_result *result);
void dk_json_lifetime(dk_json *j, const dk_study_result *result);
void dk_json_worth(dk_json *j, const dk_study_result *result); /* worth and rox */

void dk_json_theme_groups(dk_json *j, const dk_study_result *result);

void dk_json_kpis(dk_json *j, const dk_study_result *result); /* kpis and kpi_correlations */
void dk_json_trend(dk_json *j, const dk_study_result *result);
void dk_json_profiles(dk_json *j, const dk_study_result *result);
void dk_json_answering(dk_json *j, const dk_study_result *result);
void dk_json_followup(dk_json *j, const dk_study_result *result); /* followup and contact_rule */
void dk_json_journeys(dk_json *j, const dk_study_result *result);

/* movement.csv: ways between states, then what goes with moving; worth.csv: a row a lever. */
void dk_report_movement_csv(const dk_study_result *result, dk_buf *out);
void dk_report_worth_csv(const dk_study_result *result, dk_buf *out);

/* kpis.csv: a row a KPI and group; segments.csv: a row a segment and theme that sets it apart; followup.csv: comments that need an
   answer, with their text; contacts.csv: who is asked too often. What customers wrote is written so that a spreadsheet takes it as
   text. */
void dk_report_kpis_csv(const dk_study_result *result, dk_buf *out);
void dk_report_segments_csv(const dk_study_result *result, dk_buf *out);
void dk_report_followup_csv(const dk_study_result *result, dk_buf *out);
void dk_report_contacts_csv(const dk_study_result *result, dk_buf *out);

#endif
