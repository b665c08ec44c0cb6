/* The simulate: section of a study: who the customers are, what they say, what it does to the score and to profit.
 *
 *   simulate:
 *     seed: 7            customers: 3000     first_quarter: 2025-Q1   quarters: 4
 *     invited: 0.5       answered: 0.45      commented: 0.8           spread: 20
 *     languages: {sv: 0.55, da: 0.3, en: 0.15}
 *     phrases: phrases                       (folder with sv.tsv, da.tsv, en.tsv)
 *     customers_of: {blue: {share: 0.45, margin: 250, nps: 15, up: 0.04, down: 0}, ...}     segments as under segments.bands; up and
 *                                             down: chance a quarter of moving to the next one for good
 *     themes:
 *       support.waiting: {negative: {said: 0.12, nps: {blue: -45, silver: -30, gold: -20}, up: -0.8, lost: 0.6}, positive: {said: 0.05, nps: 12}}
 *                                             up, down, lost: log odds that a mention adds to these in the next quarter
 *     profit_a_step: 25  churn: 0.02         churn_a_step: -0.25
 *
 * said is the share of comments that mention it; nps is what a mention adds to the expected NPS contribution (-100 to 100).
 * That expectation is kept linear, so that the planted effects are the true coefficients of the driver regression.
 */
#ifndef DK_STUDY_SCENARIO_H
#define DK_STUDY_SCENARIO_H

#include "study/config.h"

#define DK_SCENARIO_SEGMENTS 16

typedef struct dk_planted {
    const char *theme;
    dk_sign sign;
    double said;                       /* share of comments */
    double nps[DK_SCENARIO_SEGMENTS];  /* by segment, NPS points */
    double up, down, lost;             /* log odds */
} dk_planted;

typedef struct dk_scenario {
    int64_t seed, customers, quarters;
    int32_t first_quarter;             /* a wave number of dk_wave_of by quarter */
    double invited, answered, commented;
    double spread;                     /* standard deviation between customers of the expected contribution */
    double language[DK_LANGUAGES];     /* shares that sum to 1 */
    const char *phrases;
    double share[DK_SCENARIO_SEGMENTS], margin[DK_SCENARIO_SEGMENTS], nps[DK_SCENARIO_SEGMENTS];
    double up[DK_SCENARIO_SEGMENTS], down[DK_SCENARIO_SEGMENTS];
    double profit_a_step, churn, churn_a_step;
    dk_planted *planted;
    size_t nplanted;
} dk_scenario;

/* Reads and checks the section; memory is the config's. The study must have bands as segments and name both files. */
dk_status dk_scenario_read(dk_scenario *scenario, dk_study_config *config, dk_error *err);

#endif
