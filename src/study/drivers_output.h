/* drivkraft drivers: results as JSON for programs, CSV for spreadsheets, a table for people. */
#ifndef DK_STUDY_DRIVERS_OUTPUT_H
#define DK_STUDY_DRIVERS_OUTPUT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "stats/segments.h"
#include "study/drivers_input.h"

/* Fits the whole and each segment and appends the answer to out; format is json, csv or text. outcome is what text calls it; one that ends in
   " (log)" is a logarithm. A segment that cannot be fitted is said and left out. */
dk_status dk_drivers_answer_all(const dk_drivers_data *data, const dk_driver_options *options,
                                const dk_drivers_watch *watch, const char *format, const char *outcome, dk_buf *out,
                                dk_error *err);

/* A predictor over the segments (answers 1 and on): whether its effect differs, and each segment's shrunk effect. */
typedef struct dk_drivers_across {
    const char *predictor;
    dk_segment_test test;
    dk_shrunk *shrunk; /* by answer, [0] unused */
} dk_drivers_across;

typedef struct dk_drivers_answer {
    dk_str segment; /* empty for the whole */
    const dk_driver_result *result;
    const char *const *notes; /* on how the data were read, before the result's own */
    size_t nnotes;
    double p_permutation; /* of the whole model; NaN when not asked for */
    bool logarithm;       /* of the outcome: effects are also told in per cent */
} dk_drivers_answer;

/* Compares the segments' effects; *across has *n predictors, in the arena. */
dk_status dk_drivers_compare(const dk_drivers_answer *answers, size_t nanswers, dk_arena *arena,
                             dk_drivers_across **across, size_t *n, dk_error *err);

/* across: from dk_drivers_compare, or NULL with one answer. The whole first. JSON: the whole's keys at the top, the
   segments in "segments". */
void dk_drivers_put_json(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                         const dk_drivers_across *across, size_t nacross);

/* One row a predictor. */
void dk_drivers_put_csv(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                        const dk_drivers_across *across, size_t nacross);
void dk_drivers_put_text(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                         const dk_drivers_across *across, size_t nacross, const char *outcome);

#endif
