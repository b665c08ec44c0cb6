/* What kpi and segments print alike. */
#ifndef DK_CLI_STUDY_TEXT_H
#define DK_CLI_STUDY_TEXT_H

#include "io/json_write.h"
#include "study/result.h"

/* "12,408" */
void dk_cli_put_count(dk_buf *out, int64_t n);

/* text, filled up with blanks to so many characters (of UTF-8), and at least one blank behind it. */
void dk_cli_put_cell(dk_buf *out, const char *text, size_t width);

/* Notes on the data and on what cannot be said. */
void dk_cli_put_notes(dk_buf *out, const dk_study_result *result);

/* title, version, stamp, currency, confidence, min_privacy, responses: the head of a JSON of figures. */
void dk_cli_json_head(dk_json *json, const dk_study_result *result);

#endif
