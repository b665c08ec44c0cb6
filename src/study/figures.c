#include "study/figures.h"

#include "study/answering.h"
#include "study/followup.h"
#include "study/journey.h"
#include "study/kpi.h"
#include "study/profile.h"
#include "study/trend.h"

dk_status dk_figures_make(dk_fit_context *x, const dk_figures_input *in, const int *theme_of, dk_error *err) {
    dk_kpi_space space = {0};
    dk_status status = dk_trends_make(x, err);
    if (status == DK_OK) status = dk_kpi_space_make(&space, x, x->invitations, err);
    if (status == DK_OK) status = dk_kpis_make(&space, err);
    dk_kpi_space_dispose(&space);
    if (status == DK_OK) status = dk_profiles_make(x, theme_of, err);
    if (status == DK_OK)
        status = dk_answering_make(x, x->invitations, in->answering, in->cells, in->weighted ? in->plain : x->survey->weight, in->weighted, err);
    if (status == DK_OK) status = dk_followups_make(x, err);
    if (status == DK_OK) status = dk_contacts_make(x, x->invitations, err);
    return status == DK_OK ? dk_journeys_make(x, err) : status;
}
