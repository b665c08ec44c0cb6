/* The laws of the simulated world, by which both the simulation and its truth go. A quarter of a customer of a class (the
 * segment that their own mean margin was made for):
 *
 *   leaves    with log odds logit(churn) + churn_a_step x (score - 7) + the sum of `lost` of what was met the quarter before
 *   moves     up or down a class with log odds logit(up or down of the class) + the sums of `up` and `down`; a new own margin
 *             is drawn in the new class
 *   margin    own margin + profit_a_step x (score of the quarter before - 7) + noise; of the quarter of leaving a part only
 *   meets     each planted theme with its chance (in the quarters in which the customer would comment), asked or not
 *   score     drawn so that its expected contribution to NPS is the band's level + the customer's + what was met
 */
#ifndef DK_STUDY_SIMULATE_WORLD_H
#define DK_STUDY_SIMULATE_WORLD_H

#include "study/rng.h"
#include "study/scenario.h"

#define DK_WORLD_MET 8      /* themes that a customer meets in a quarter, at most */
#define DK_WORLD_NOISE 0.12 /* standard deviation of a quarter's margin, of the own margin */
#define DK_WORLD_AROUND 0.3 /* of own margins in a class, of its mean; not below a fifth of it */
#define DK_WORLD_CLAMP 97   /* expected contributions lie within -97..97 */

/* What a customer met in a quarter. */
typedef struct dk_met {
    const dk_planted *items[DK_WORLD_MET];
    size_t n;
} dk_met;

typedef struct dk_chances {
    double lost, up, down; /* up and down: of those who stay */
} dk_chances;

/* Chances of the scores 0 to 10 at an expected contribution m of -1..1. */
void dk_world_scores(double m, double chance[11]);

/* Expected contribution in NPS points, clamped; clamped may be NULL. base: the level of band and customer. */
double dk_world_expected(double base, const dk_met *met, int band, bool *clamped);

/* Of the quarter that follows one with this score and these themes. */
dk_chances dk_world_chances(const dk_scenario *scenario, size_t nclasses, size_t class, int score,
                            const dk_met *met);

/* What is met, in an order that the comment takes over. */
void dk_world_meet(const dk_scenario *scenario, dk_rng *rng, dk_met *met);

/* An own margin of a class. */
double dk_world_margin(const dk_scenario *scenario, size_t class, dk_rng *rng);

/* The band that a margin lies in. */
int dk_world_band(const dk_study_config *config, double margin);

#endif
