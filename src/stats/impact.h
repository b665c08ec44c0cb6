/* Leave-one-theme-out impact beside the opportunity, and what lies between the two.
 *
 * n_t (mean_t - mean) / (n - n_t) is what the mean loses when the rows with a mention are left out. It equals
 * prevalence x (mean of rows with a mention - mean of rows without), and a raw difference is by the algebra of least
 * squares the sum over all columns k of effect_k x (mean of k in rows with - without the mention). The mention's own
 * part is its opportunity; the others' are what comes with mentions of other things in the same comments
 * (omitted-variable bias: Angrist & Pischke 2009, 3.2.2).
 */
#ifndef DK_STATS_IMPACT_H
#define DK_STATS_IMPACT_H

#include "stats/estimate.h"

/* Fills e->impact of 0/1 columns. */
void dk_impact_compute(const dk_frame *frame, const dk_moments *moments, dk_estimate *e);

/* And where the rest comes from, of a linear fit without absorbed effects: columns as in dk_solve. */
void dk_impact_explain(const dk_solution *solution, dk_estimate *e);

/* A sentence each for up to three whose impact and opportunity tell different stories. */
void dk_impact_note(const dk_frame *frame, dk_estimate *e);

#endif
