/* drivkraft drivers: results as JSON for programs, CSV for spreadsheets, a table for people. */
#ifndef DK_CLI_DRIVERS_OUTPUT_H
#define DK_CLI_DRIVERS_OUTPUT_H

#include "base/buffer.h"

typedef struct dk_drivers_answer {
    dk_str segment; /* empty for the whole */
    const dk_driver_result *result;
    const char *const *notes; /* on how the data were read, before the result's own */
    size_t nnotes;
} dk_drivers_answer;

/* The whole first. JSON: the whole's keys at the top, the segments in "segments". */
void dk_drivers_put_json(dk_buf *out, const dk_drivers_answer *answers, size_t n);

/* One row a predictor. */
void dk_drivers_put_csv(dk_buf *out, const dk_drivers_answer *answers, size_t n);
void dk_drivers_put_text(dk_buf *out, const dk_drivers_answer *answers, size_t n, const char *outcome);

#endif
