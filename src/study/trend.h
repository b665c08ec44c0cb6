/* NPS (or the mean score) over time without looking like an ECG.
 *
 * Each wave with enough responses is a point with a known sampling error. A local level through the points (level.h) is what is
 * drawn, with its band. Control limits are those of a Shewhart chart with varying sample size (Montgomery 2013, section 7.3, with
 * the variance of the NPS contribution in place of p (1 - p)): centre +- 3 sd / sqrt(n), where sd is pooled over the points.
 * Neighbouring points are compared by a z test of two independent samples, with q over the changes of a series (Benjamini and
 * Hochberg 1995); all points together by chi-squared (homogeneity).
 */
#ifndef DK_STUDY_TREND_H
#define DK_STUDY_TREND_H

#include "study/fits.h"

/* Fills result->kpi.trends, one for everybody and for each segment that is not hidden, and smoothed and band of result->series. */
dk_status dk_trends_make(dk_fit_context *context, dk_error *err);

#endif
