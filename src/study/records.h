/* The customers' operational records, and their join to the responses.
 *
 * A record is what a customer was worth in one period. The baseline of a response is the last period that ended before the
 * answer: it sets the segment and the controls. The follow-up is the first period that begins after the answer: it sets
 * profit and further outcomes. Both must lie within a window: so many days before or after the answer as the study says, else two
 * periods. Without periods (or without dates of the answers) a customer's only, or last, record is
 * both, and the result says so.
 */
#ifndef DK_STUDY_RECORDS_H
#define DK_STUDY_RECORDS_H

#include "study/survey.h"

#define DK_NO_RECORD UINT32_MAX

typedef struct dk_record {
    uint32_t customer;    /* into the survey's customers, which is extended by those who gave no response */
    int32_t first, last;  /* days; DK_NO_DATE without a period */
    int64_t line;
    uint32_t source;      /* its number in the order of reading: where its values stand */
} dk_record;

typedef struct dk_records {
    dk_reader *reader;
    size_t column[DK_ROLES];
    bool named[DK_ROLES];
    size_t place[DK_ROLES], nselected;
    int file;
    dk_read_counts counts;
    int64_t missing[DK_ROLES], bad[DK_ROLES];
    dk_record *items;     /* by customer, then first day; doubles are gone */
    size_t count, cap;
    double **values;      /* by variable of the survey (NULL for those of the responses), by source; profit last */
    uint32_t **levels;
    size_t nvalues, *value_caps, *level_caps;
    dk_amounts *amounts;  /* by variable, profit last: whether 12.345 is thousands */
    int8_t *churned;      /* by source: 1 when the record says that the customer left in its period, -1 unknown; NULL without */
    size_t churned_cap;
    size_t source_count;
    size_t *first_of;     /* by customer: where the customer's records begin; ncustomers + 1 */
    size_t ncustomers;
    bool periods;
    double periods_a_year; /* from the length of the periods; NaN without */
    int32_t window;       /* days */
    uint32_t *baseline, *followup; /* by response: indexes into items */
    dk_join join;
} dk_records;

/* Opens the customers' file, finds the columns and those variables of the survey that stand in it. */
dk_status dk_records_open(dk_records *records, dk_survey *survey, dk_error *err);
void dk_records_dispose(dk_records *records);

/* Reads them, joins them to the responses that the survey has read, and fills the survey's profit (from the follow-up),
   segments (from the baseline) and variables (outcomes from the follow-up, others from the baseline). */
dk_status dk_records_join(dk_records *records, dk_survey *survey, dk_problems *problems, dk_error *err);

#endif
