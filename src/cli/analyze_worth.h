/* What analyze says of movement and worth, in a few lines. */
#ifndef DK_CLI_ANALYZE_WORTH_H
#define DK_CLI_ANALYZE_WORTH_H

#include "base/buffer.h"
#include "study/result.h"

/* "1.9 M", "320 k", "6.6 k", "512": two digits at least, so that the ends of an interval read alike. */
void dk_analyze_put_money(dk_buf *out, double value);

/* Appends nothing where there are no segments or no profit. */
void dk_analyze_put_movement(const dk_study_result *result, dk_buf *out);
void dk_analyze_put_worth(const dk_study_result *result, dk_buf *out);

#endif
