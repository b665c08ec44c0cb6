/* Exports of survey tools, whose header takes more than one row.
 *
 * Qualtrics writes three: names, question texts, and {"ImportId":"QID1"}; the first holds the names of the columns.
 * SurveyMonkey writes two: questions, each over its first column only, and below them the choices. A column is then
 * called by its question, and when a question has several columns, "question: choice". */
#ifndef DK_IO_SURVEY_EXPORT_H
#define DK_IO_SURVEY_EXPORT_H

#include "base/arena.h"
#include "base/buffer.h"

typedef struct dk_survey_export {
    const char *tool; /* "Qualtrics"; NULL: an ordinary table */
    int64_t drop;     /* rows below the first that belong to the header */
} dk_survey_export;

/* Looks at the first row (names, changed where the tool needs it), the second and the third; those have count cells
   each, and a row that is not there has only empty ones. False when memory ran out. */
bool dk_survey_recognise(dk_survey_export *found, dk_str *names, const dk_str *second, const dk_str *third, size_t count,
                         dk_arena *arena);

#endif
