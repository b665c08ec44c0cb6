/* One KPI at a time: which facts it is of. */
#ifndef DK_STUDY_KPI_MAKE_H
#define DK_STUDY_KPI_MAKE_H

#include "study/kpi_facts.h"
#include "study/kpi_list.h"

/* A KPI in the making. by_response is what a single response has of it, for the correlations: an experience at the answer, an
   outcome in the follow-up; NaN for none, NULL when the KPI has no such thing. */
typedef struct dk_kpi_draft {
    const dk_kpi_about *about;
    dk_facts facts;
    double *by_response;
    const char *formula, *source, *base, *note; /* of the result's arena or static; formula NULL: that of about */
} dk_kpi_draft;

/* Gathers the facts of a KPI of the list; without facts the study does not have it. */
dk_status dk_kpi_gather(dk_kpi_draft *draft, dk_kpi_space *space, dk_kpi_id id, dk_error *err);

/* Of a further column, and of an index of themes: net score, 100 x (positive - negative) / responses that mention them. */
dk_status dk_kpi_gather_further(dk_kpi_draft *draft, dk_kpi_space *space, const dk_kpi_further *further, dk_error *err);
dk_status dk_kpi_gather_index(dk_kpi_draft *draft, dk_kpi_space *space, const dk_kpi_index *index, dk_error *err);

/* Marks in in (by theme of the taxonomy) the themes of an index: ids, or all of a touchpoint. DK_EDATA names the line of one that there is none of. */
dk_status dk_kpi_index_themes(const dk_fit_context *context, const dk_kpi_index *index, bool *in, dk_error *err);

void dk_kpi_draft_dispose(dk_kpi_draft *draft);

/* A text in the result's arena. */
const char *dk_kpi_text(const dk_kpi_space *space, const char *format, ...) DK_PRINTF(2, 3);

#endif
