/* Winsorised outcomes: amounts beyond a quantile count as the quantile (Tukey 1962).
 *
 * A quantile is the smallest value that at least the share of the weight is at or below (type 1 of Hyndman & Fan
 * 1996), so it is one of the values, and neither the order of rows nor merging parts changes it.
 */
#ifndef DK_STATS_WINSOR_H
#define DK_STATS_WINSOR_H

#include "stats/frame.h"

typedef struct dk_winsor {
    double low, high; /* in the outcome's unit */
    int64_t cut;      /* rows beyond */
} dk_winsor;

/* out: the frame with rows of its own, which the caller frees, all else borrowed. share of the weight at each end:
   above 0, below 0.5. */
dk_status dk_winsor_frame(const dk_frame *frame, double share, dk_frame *out, dk_winsor *what, dk_error *err);

#endif
