#include "stats/drivers.h"

#include <math.h>
#include <string.h>

#include "stats/estimate.h"
#include "stats/impute.h"

void dk_driver_options_init(dk_driver_options *o) {
    memset(o, 0, sizeof *o);
    o->bootstrap = 1000;
    o->seed = 1;
    o->threads = 1;
    o->confidence = 0.95;
    o->alpha = 0.05;
    o->min_rows = 30;
    o->negligible_r2 = 0.02;
    o->hc = 3;
    o->budget = 1e11;
    o->imputations = 20;
}

static dk_status check_options(const dk_driver_options *o, dk_error *err) {
    if (o->bootstrap < 0 || o->bootstrap > 1000000)
        return dk_fail(err, DK_EUSAGE, "replicates are 0 to 1000000");
    if (o->imputations < 0 || o->imputations > 1000)
        return dk_fail(err, DK_EUSAGE, "imputations are 0 to 1000");
    if (o->threads < 1) return dk_fail(err, DK_EUSAGE, "at least one thread");
    if (!(o->confidence > 0 && o->confidence < 1))
        return dk_fail(err, DK_EUSAGE, "the confidence is between 0 and 1");
    if (!(o->alpha > 0 && o->alpha < 1)) return dk_fail(err, DK_EUSAGE, "alpha is between 0 and 1");
    if (o->family_wise && o->bootstrap == 0)
        return dk_fail(err, DK_EUSAGE, "the family-wise q needs replicates");
    if (!(o->winsor >= 0 && o->winsor <= 0.25))
        return dk_fail(err, DK_EUSAGE, "at most a quarter of each end is winsorised");
    if (o->winsor > 0 && o->model != DK_MODEL_LINEAR)
        return dk_fail(err, DK_EUSAGE, "winsorised outcomes are for the linear model");
    if (o->hc < 0 || o->hc > 3) return dk_fail(err, DK_EUSAGE, "HC errors are 0 to 3");
    return DK_OK;
}

dk_status dk_frame_fit(const dk_frame *frame, const dk_driver_options *o, dk_driver_result **result,
                       dk_error *err) {
    dk_estimate e;
    *result = NULL;
    dk_status status = check_options(o, err);
    if (status != DK_OK) return status;
    if (dk_rows_count(frame->rows) == 0)
        return dk_fail(err, DK_EDATA, "no rows to fit: none has a weight above 0");
    if (dk_rows_count(frame->rows) == 1)
        return dk_fail(err, DK_EDATA, "one row alone shows no effect of anything");
    dk_frame cut = {0};
    dk_winsor winsor;
    bool winsorised = o->winsor > 0;
    if (winsorised) {
        status = dk_winsor_frame(frame, o->winsor, &cut, &winsor, err);
        if (status != DK_OK) return status;
        frame = &cut;
    }
    status = dk_estimate_init(&e, frame, err);
    if (status == DK_OK && winsorised) e.winsor = winsor;
    if (status == DK_OK)
        status = o->model == DK_MODEL_LINEAR ? dk_estimate_linear(frame, o, &e, err)
                                             : dk_estimate_glm(frame, o, &e, err);
    if (status == DK_OK) status = dk_estimate_result(frame, o, &e, result, err);
    dk_estimate_dispose(&e);
    dk_rows_free(cut.rows);
    return status;
}

dk_status dk_drivers_fit(const dk_driver_table *table, const dk_driver_options *options,
                         dk_driver_result **result, dk_error *err) {
    dk_frame frame;
    *result = NULL;
    dk_status status = check_options(options, err);
    if (status != DK_OK) return status;
    if (options->imputations > 0 && dk_controls_have_gaps(table))
        return dk_drivers_fit_imputed(table, options, result, err);
    status = dk_frame_from_table(table, &frame, err);
    if (status != DK_OK) return status;
    status = dk_frame_fit(&frame, options, result, err);
    dk_frame_dispose(&frame);
    return status;
}
