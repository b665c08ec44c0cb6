/* Who moves between segments, and which mentions go with it.
 *
 * For each origin three questions, each a logit over the responses whose follow-up is known: does the customer move up, fall
 * (into a lower segment, or away), leave? Predictors are the theme mentions of the answer, controls what was known before it:
 * the figure of the baseline and the mean of the periods before it, the controls of the study, comment and language. Score and
 * sentiment of the answer come in only in a second fit, which tells how much of an effect goes through them.
 *
 * The fits, and those of NPS and of follow-up profit on the same mentions, share their replicates (movement_joint.h), so that
 * worth.h can compute with them.
 */
#ifndef DK_STUDY_MOVEMENT_H
#define DK_STUDY_MOVEMENT_H

#include "study/movement_fit.h"
#include "study/movement_matrix.h"

/* What is known of one segment (or of everybody, without segments). Predictors are the same in all fits. */
typedef struct dk_mover {
    dk_features features;
    uint32_t *rows, *followed; /* responses of the segment; those of them whose follow-up is known */
    size_t nrows, nfollowed;
    dk_move_design whole, after;
    double *prevalence, *prevalence_replicate; /* over the responses */
    dk_move_fit nps, profit, event[3];         /* event: by dk_move_event */
    bool has_nps, has_profit, has_event[3];
    const char *why[3];  /* why there is no fit of the event, a literal; or NULL */
    int64_t respondents; /* customers who answered in the segment, each in that of their last answer */
} dk_mover;

typedef struct dk_movers {
    dk_fit_context *context;
    const dk_panel *panel;
    dk_joint joint;
    dk_chain chain;
    dk_mover *of; /* by state less 1 */
    size_t n;
} dk_movers;

/* Fits all and fills result->movement and result->lifetime; themes are indices of the taxonomy until they are named. context->panel
   must be there. */
dk_status dk_movers_make(dk_movers *movers, dk_fit_context *context, dk_error *err);
void dk_movers_dispose(dk_movers *movers);

/* Where there is no panel but segments: the ordered logit across them. */
dk_status dk_movement_gap(dk_fit_context *context, dk_error *err);

/* The verdict of a set of tests, as the public header defines it: a link when any is supported; none when effects as large as
   base could have been found; else inconclusive. ses: of the tested effects, n of them, reordered. */
dk_verdict dk_movement_verdict(bool link, double *ses, size_t n, double base, double *detectable);

/* The owner of a theme by the study file, else by the taxonomy; theme -1: of the touchpoint. */
const char *dk_movement_owner(const dk_fit_context *context, int theme, const char *touchpoint);

#endif
