/* The part of a result that says who moved, what goes with it, and what that is worth. See result.h for the conventions:
 * numbers that cannot be had are NaN, indices -1, texts and arrays live in the result's arena. */
#ifndef DK_STUDY_RESULT_MOVEMENT_H
#define DK_STUDY_RESULT_MOVEMENT_H

#include "base/status.h"

typedef struct dk_figure {
    double value;
    dk_interval ci;
} dk_figure;

/* ---- Movement ---------------------------------------------------------------------------------------- */

/* One way from a segment. to: index of the segment in the result, 0 for lost. */
typedef struct dk_move_share {
    int to;
    int64_t n;
    dk_figure share;
    double noise; /* share of those who stay that noise alone would put there, though nobody changed */
} dk_move_share;

typedef struct dk_move_row {
    int from; /* segment */
    int64_t n;
    bool hidden;
    dk_move_share *to; /* every segment from the lowest on, then lost where churn is known */
    size_t nto;
} dk_move_row;

typedef struct dk_move_matrix {
    const char *who;  /* "all customers", "respondents" */
    const char *step; /* "period to period", "baseline to follow-up", "answer to next answer" */
    int64_t n, customers, censored;
    dk_move_row *rows;
    size_t nrows;
} dk_move_matrix;

typedef struct dk_move_noise {
    bool known;
    const char *reason;     /* why not */
    double share_of_spread; /* standard deviation of the noise over that of true values */
    bool upper_bound;       /* two periods only: all change was taken as noise */
    const char *about;
} dk_move_noise;

typedef enum dk_move_event { DK_EVENT_UP, DK_EVENT_FALL, DK_EVENT_LOST } dk_move_event;

/* "up", "fall", "lost" */
const char *dk_move_event_name(dk_move_event event);

/* What goes with a mention. Effects are probabilities (in a gap: steps of the segment), see movement_fit.h for whom. */
typedef struct dk_move_driver {
    int theme; /* into the result's themes; -1 for what was pooled over the themes of its touchpoint */
    const char *touchpoint;
    int polarity; /* dk_sign */
    int pooled;
    int64_t mentions;
    double prevalence;
    bool supported; /* q at most alpha and the interval holds no zero */
    dk_figure odds; /* ratio; NaN in a gap */
    dk_figure effect;
    double se, p, q;
    dk_figure moves; /* the rate, were complaints gone, or what praise gives today */
    dk_figure
        mediated; /* the effect with score and sentiment of the answer held fixed; NaN when not fitted */
} dk_move_driver;

typedef struct dk_move_hazard {
    dk_move_event event;
    int from; /* segment */
    int64_t n, events;
    bool hidden;
    dk_figure rate;
    bool fitted;
    const char *reason;
    dk_verdict verdict;
    double p_model, ruled_out, detectable;
    const char *const *controls;
    size_t ncontrols;
    dk_move_driver *drivers; /* by what they move, supported ones first */
    size_t ndrivers;
} dk_move_hazard;

/* Differences between segments where there is only one wave: never called movement. */
typedef struct dk_move_gap {
    bool fitted;
    const char *reason;
    int64_t n;
    dk_verdict verdict;
    double r2;
    const char *const *controls;
    size_t ncontrols;
    dk_move_driver *drivers;
    size_t ndrivers;
} dk_move_gap;

typedef struct dk_movement {
    bool known;         /* false: there are no segments, and nothing else is set */
    bool gap_only;      /* one wave */
    const char *period; /* "quarter" */
    double periods_a_year;
    bool churn_known;
    const char *about;
    dk_move_matrix *matrices;
    size_t nmatrices;
    dk_move_noise noise;
    dk_move_hazard *hazards; /* by event, then origin */
    size_t nhazards;
    dk_move_gap gap;
} dk_movement;

/* ---- Lifetime ---------------------------------------------------------------------------------------- */

typedef struct dk_lifetime_row {
    int segment;             /* 0: everybody, without segments */
    dk_figure margin, value; /* of a period; over the lifetime */
    double expected_periods;
} dk_lifetime_row;

typedef struct dk_lifetimes {
    bool known;
    double discount_a_year, discount_a_period, radius;
    int horizon; /* periods; 0: all */
    dk_lifetime_row *rows;
    size_t nrows;
} dk_lifetimes;

/* ---- Worth ------------------------------------------------------------------------------------------- */

typedef struct dk_worth_for {
    int64_t customers;
    dk_figure moving_up, kept; /* customers a year; NaN where it cannot be had */
    dk_figure money;           /* a year */
} dk_worth_for;

typedef struct dk_worth_lever {
    int segment; /* 0: the sum over the segments */
    int theme;   /* -1: pooled, or a touchpoint */
    const char *touchpoint;
    int polarity, pooled;
    const char *owner, *stage;
    const char *action[4]; /* by dk_language; NULL when the table has none */
    int64_t mentions;
    double prevalence;
    const char *target; /* "zero", "best segment", "best quartile", "own" */
    double level;
    bool supported;
    double p, q; /* of the money */
    dk_verdict verdict;
    dk_figure nps;
    dk_worth_for respondents, all;
    dk_figure
        today; /* money a year of respondents: what complaints cost, or praise brings, as often as it is said now */
} dk_worth_lever;

typedef struct dk_rox {
    const char *name, *owner, *start;
    int theme, polarity, segment; /* segment 0: all */
    const char *theme_id;
    double change, cost, cost_a_year, discount_a_year;
    int64_t months;
    bool fitted;
    const char *reason;
    dk_figure gain, rox;  /* present values at the start */
    double pv_cost, pays; /* pays: probability that the gain is above the cost */
} dk_rox;

typedef struct dk_worth {
    bool known;
    const char *reason;
    const char **assumptions;
    size_t nassumptions;
    dk_worth_lever *levers; /* supported ones first, by money of all customers */
    size_t nlevers;
    dk_worth_lever *touchpoints; /* all complaints about a touchpoint */
    size_t ntouchpoints;
    dk_rox *rox;
    size_t nrox;
} dk_worth;

#endif
