/* What is true of a simulated study: what mentions do to moving, and what their absence would be worth.
 *
 * Movement: for each band, planted theme and event the mean difference of the event's probability with and without the mention, of
 * complaints over the answers that hold it, of praise over those that do not (as movement_fit.h defines the effect): exact for
 * each answer, from the customer's own margin, class and level, summed over the scores that they could have given.
 *
 * Worth: for each band and complaint what a customer of it would bring more, and how many more would be kept, in the four
 * quarters after the data, were the complaint never met while they are in their class: by the chain of classes, with chances
 * averaged over what customers meet.
 */
#ifndef DK_STUDY_SIMULATE_TRUTH_H
#define DK_STUDY_SIMULATE_TRUTH_H

#include "study/simulate_world.h"

typedef struct dk_truth dk_truth;

dk_status dk_truth_new(dk_truth **truth, const dk_study_config *config, const dk_scenario *scenario,
                       dk_error *err);
void dk_truth_free(dk_truth *truth);

/* An answer whose follow-up lies within the data. band: of the quarter before; base: level of band and customer. */
void dk_truth_answer(dk_truth *truth, int band, size_t class, double margin, double base, const dk_met *met);

/* A customer of the last quarter, who is in this band by its margin. */
void dk_truth_customer(dk_truth *truth, int band, size_t class, double margin);

/* truth_movement.csv: segment,theme,polarity,event,answers,effect. truth_worth.csv: segment,theme,polarity,customers,money,kept. */
void dk_truth_put_movement(const dk_truth *truth, dk_buf *out);
void dk_truth_put_worth(const dk_truth *truth, dk_buf *out);

#endif
