/* What the study file says of money: to which level mentions are brought, who owns what, which initiatives are planned.
 *
 *   discount: 0.08                         a year; for lifetime values and initiatives
 *   worth:
 *     negative: zero                       zero, best segment, best quartile (of the waves): where complaints are brought to
 *     positive: best segment               best segment or best quartile: where praise is brought to
 *     levels: {support.waiting: 0.05, staff.friendliness: {positive: 0.3}}    own ones: share of responses that say it
 *     horizon: 10                          years that a lifetime is cut at where it has no end
 *   actions: actions.tsv                   recommended actions, before those of lexicons/actions.tsv
 *   owners: {support: Kundservice, billing.invoice: Ekonomi}     instead of the taxonomy's
 *   initiatives:
 *     - {name: Call back, theme: support.waiting, segment: blue, change: -0.5, cost: 400000, start: 2026-01-01, months: 24}
 *                                          also polarity (negative), cost_a_year (0), currency, owner; change is relative
 */
#ifndef DK_STUDY_WORTH_CONFIG_H
#define DK_STUDY_WORTH_CONFIG_H

#include "lexicon/taxonomy.h"
#include "study/config.h"

typedef enum dk_target {
    DK_TARGET_ZERO,
    DK_TARGET_BEST_SEGMENT,
    DK_TARGET_BEST_QUARTILE,
    DK_TARGET_OWN
} dk_target;

/* "zero", "best segment", "best quartile", "own" */
const char *dk_target_name(dk_target target);

typedef struct dk_own_level {
    const char *theme;
    dk_sign sign;
    double level; /* share of responses */
    int64_t line;
} dk_own_level;

typedef struct dk_initiative {
    const char *name, *theme, *owner; /* owner may be NULL */
    const char *segment;              /* NULL: all */
    dk_sign sign;
    double change; /* of mentions, relative: -0.5 halves them */
    double cost, cost_a_year;
    const char *start; /* as written; NULL: when the data end */
    int32_t day;
    int64_t months, line, theme_line, segment_line;
} dk_initiative;

typedef struct dk_owner_name {
    const char *of, *owner; /* of: a theme or a touchpoint */
    int64_t line;
} dk_owner_name;

typedef struct dk_worth_config {
    dk_target negative, positive;
    dk_own_level *levels;
    size_t nlevels;
    double horizon;
    const char *actions; /* path, or NULL */
    int64_t actions_line;
    dk_owner_name *owners;
    size_t nowners;
    dk_initiative *initiatives;
    size_t ninitiatives;
} dk_worth_config;

/* Reads discount, worth, actions, owners and initiatives into config (memory is its arena), and checks that all money of the
   study is of one currency. DK_EDATA names the line. */
dk_status dk_worth_config_read(dk_study_config *config, dk_error *err);

/* DK_EDATA when a cell of money has the mark of another currency than the study's (12 EUR in SEK): the message names the file and
   line of the cell, the error the line of the study. A krona or krone of no country fits SEK, DKK, NOK and ISK. */
dk_status dk_worth_config_cell(const dk_study_config *config, dk_str cell, const char *file, int64_t line,
                               dk_error *err);

/* DK_EDATA with the line when the study names a theme, touchpoint or segment that there is not. segments: names, of which the
   first is everybody's. */
dk_status dk_worth_config_check(const dk_study_config *config, const dk_taxonomy *taxonomy,
                                const char *const *segments, size_t nsegments, dk_error *err);

/* Gives the themes of a result the owners that the study names. */
dk_status dk_worth_config_owners(const dk_study_config *config, dk_study_result *result, dk_error *err);

#endif
