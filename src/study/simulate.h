/* Simulated studies: customers, records, answers and comments with planted effects, and the truth beside them.
 *
 * How an answer comes about. Each customer has a margin (their segment's mean, with spread) that is observed with noise every
 * quarter; the segment of an answer is the band of the margin of the quarter before. A comment mentions each planted
 * theme with its own probability. The expected NPS contribution is the segment's level, plus what the mentions add, plus the
 * customer's own level; from it the answer is drawn as promoter, passive or detractor so that the expectation is met exactly
 * (passives are .35 (1 - |m|) of the answers; the rest splits to give m). Everybody meets themes and has a score in mind every quarter, asked or
 * not; simulate_world.h has the laws by which these move margins, and customers between segments and away.
 */
#ifndef DK_STUDY_SIMULATE_H
#define DK_STUDY_SIMULATE_H

#include "study/scenario.h"

typedef struct dk_simulated {
    int64_t customers, records, invitations, responses, comments;
    int64_t clamped; /* answers whose expectation had to be cut to -97..97: for these the effects are not linear */
} dk_simulated;

/* Writes responses, customers, invitations.csv, truth.csv (effects), truth_movement.csv and truth_worth.csv (see simulate_truth.h), truth_mentions.csv (what each comment was made to say)
   and truth.json to the folder (made when it does not exist), and a copy of the study file, so that `drivkraft analyze FOLDER/STUDY.yaml` runs. The same study gives the same bytes. */
dk_status dk_simulate(dk_study_config *config, const dk_scenario *scenario, const char *folder, dk_simulated *done,
                      dk_error *err);

/* Appends a table for people: for each planted effect and segment, what the simulated study would have and how many
   responses an effect of this size needs to be found (two-sided 5 %, with the given power), and the same for a range of
   sizes. n = (z + z')^2 s^2 / (b^2 p (1 - p)) with s the residual standard deviation of the contribution, p the share of
   responses that mention it, b the effect (Hsieh, Bloch and Larsen 1998, without other predictors). */
dk_status dk_simulate_plan(const dk_study_config *config, const dk_scenario *scenario, double power, dk_buf *out,
                           dk_error *err);

#endif
