/* What the makers of KPIs share: columns of either file, and means by response. */
#ifndef DK_STUDY_KPI_VALUES_H
#define DK_STUDY_KPI_VALUES_H

#include "study/kpi_make.h"

/* A column of either file. */
typedef struct dk_kpi_values {
    const double *response; /* by response; NULL when it stands in the records */
    const double *record;   /* by source of a record; NULL when it stands in the responses */
    const dk_variable *variable;
    const char *name;
} dk_kpi_values;

/* The column that a KPI is of; profit and score are words for what was recognised. False when neither file has a number there. */
bool dk_kpi_find_values(const dk_kpi_space *space, const char *name, dk_kpi_values *out);

/* "customers: margin" */
const char *dk_kpi_source(const dk_kpi_space *space, const dk_kpi_values *values);

/* Makes room for by_response, all NaN. */
dk_status dk_kpi_begin(dk_kpi_draft *draft, const dk_kpi_space *space, dk_error *err);

/* The mean of a number by response. */
dk_status dk_kpi_gather_numbers(dk_kpi_draft *draft, const dk_kpi_space *space, const double *number, dk_error *err);

/* What a KPI that is of the records, or of sums of two columns, has for facts (kpi_records.c). */
dk_status dk_kpi_gather_mean(dk_kpi_draft *draft, const dk_kpi_space *space, const char *name, dk_error *err);
dk_status dk_kpi_gather_outcome(dk_kpi_draft *draft, dk_kpi_space *space, dk_kpi_id id, dk_error *err);

static inline double dk_kpi_of_record(const dk_kpi_values *v, const dk_records *r, size_t item) { return v->record[r->items[item].source]; }

#endif
