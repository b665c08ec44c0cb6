/* What a driver fit works on: rows, and what their columns mean. Made from the arrays of a dk_driver_table, from a file
 * as it streams by, or from partial results. Column 0 of the rows is the outcome, then the predictors, then the controls.
 */
#ifndef DK_STATS_FRAME_H
#define DK_STATS_FRAME_H

#include "stats/rows.h"

typedef struct dk_frame {
    dk_rows *rows;
    double *unit; /* by design column (row column + 1): number = integer / unit; [0] is 1 */
    double weight_unit;
    size_t npredictors, ncontrols, ngroups;
    const char *const *predictors; /* names, borrowed */
    const char *const *controls;
    const size_t *control_at; /* row columns of the controls; NULL: those behind the predictors */
    const uint32_t *group_of;
    const char *const *groups;
    const uint32_t *stage_of; /* by group; NULL: groups are not nested */
    const char *const *stages;
    size_t nstages;
} dk_frame;

static inline size_t dk_frame_predictor(size_t i) {
    return i + 2;
} /* its design column */
static inline size_t dk_frame_control(const dk_frame *f, size_t i) {
    return f->control_at != NULL ? f->control_at[i] + 1 : f->npredictors + i + 2;
}

/* Reads the table's arrays. names and group_of that the table leaves out are made in the frame's memory. */
dk_status dk_frame_from_table(const dk_driver_table *table, dk_frame *frame, dk_error *err);
void dk_frame_dispose(dk_frame *frame);

/* After the last row of a frame with decimals: units from the decimals seen. */
void dk_frame_settle(dk_frame *frame);

/* The fit of the public header on a frame. result's names are the frame's. */
dk_status dk_frame_fit(const dk_frame *frame, const dk_driver_options *options, dk_driver_result **result,
                       dk_error *err);

#endif
