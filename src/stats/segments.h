/* The same effect in several segments: do they differ, and what is a small segment's best guess.
 *
 * Fits per segment are the fully interacted model, so the test of interaction is Cochran's Q of their robust estimates.
 * Small segments are shrunk toward the mean of all by as much as their error calls for (empirical Bayes, with the variance
 * between segments of DerSimonian & Laird 1986). Segments must not share rows; customers in several of them make the test
 * a little too sharp.
 */
#ifndef DK_STATS_SEGMENTS_H
#define DK_STATS_SEGMENTS_H

#include "base/status.h"

typedef struct dk_shrunk {
    double effect, se; /* NaN where the segment has no estimate */
} dk_shrunk;

typedef struct dk_segment_test {
    size_t n;             /* segments with an estimate */
    double q, df, p;      /* Cochran's Q; NaN with fewer than 2 */
    double between_sd;    /* of true effects between segments, 0 when the data show none */
    double mean, mean_se; /* over segments, weighted by both variances */
} dk_segment_test;

/* effects and errors (standard errors above 0; NaN for none) of n segments; shrunk: n of them. */
void dk_segments_compare(const double *effects, const double *errors, size_t n, dk_segment_test *test,
                         dk_shrunk *shrunk);

#endif
