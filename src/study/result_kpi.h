/* The sections of a result on KPIs, time, segment profiles, who answers, whom to call back, and journeys. As in result.h: all
 * is in the arena of the result, NaN is what cannot be had, hidden figures must not be shown.
 */
#ifndef DK_STUDY_RESULT_KPI_H
#define DK_STUDY_RESULT_KPI_H

#include "text/language.h"

/* ---- KPIs -------------------------------------------------------------------------------------------- */

typedef enum dk_kpi_kind {
    DK_KPI_DESCRIPTIVE, /* what happened: how many, how fast */
    DK_KPI_EXPERIENCE,  /* what customers thought of it */
    DK_KPI_OUTCOME,     /* what they did, what they are worth */
    DK_KPI_KINDS
} dk_kpi_kind;

/* "descriptive", "experience", "outcome" */
const char *dk_kpi_kind_name(dk_kpi_kind kind);

typedef enum dk_cut { DK_CUT_ALL, DK_CUT_SEGMENT, DK_CUT_TOUCHPOINT, DK_CUT_WAVE, DK_CUT_LANGUAGE, DK_CUT_SCORE, DK_CUTS } dk_cut;

/* "all", "segment", "touchpoint", "wave", "language", "score" */
const char *dk_cut_name(dk_cut cut);

typedef struct dk_kpi_value {
    dk_cut cut;
    const char *group;  /* name of the segment, touchpoint, wave or language */
    bool hidden;
    int64_t n;          /* responses, customers or customer-periods that it rests on: see the KPI's base */
    double value, se;
    dk_interval ci;
} dk_kpi_value;

typedef struct dk_kpi {
    const char *id;
    const char *label[DK_LANGUAGES]; /* [DK_LANG_OTHER] is the English one */
    dk_kpi_kind kind;
    const char *unit;      /* "NPS points", "share" (0..1), "days", the currency, ... */
    const char *base;      /* what n counts: "responses", "customer-periods", ... */
    const char *formula, *source, *interval, *note; /* for people; note may be NULL */
    int better;            /* 1: higher is better, -1: lower, 0: neither */
    double benchmark, target;
    dk_kpi_value all;
    dk_kpi_value *cuts;    /* by cut, then in the order of the study */
    size_t ncuts;
} dk_kpi;

/* Does an experience KPI go with an outcome KPI? Rank correlation over customers. */
typedef struct dk_kpi_link {
    size_t experience, outcome; /* into kpis */
    int64_t n;
    double r, p, q;
    dk_interval ci;
    dk_verdict verdict;
    double ruled_out;      /* no correlation farther from zero than this */
    const char *text;
} dk_kpi_link;

/* ---- Over time --------------------------------------------------------------------------------------- */

typedef struct dk_trend_point {
    bool hidden, used;     /* used: enough responses to be smoothed and compared */
    int64_t n;
    double value, se, smoothed;
    dk_interval ci, band, limits;
    bool outside;          /* of the control limits */
    double change, p, q;   /* from the last used point before; NaN without */
    dk_interval change_ci;
    bool significant;
} dk_trend_point;

typedef struct dk_trend {
    int segment;
    const char *measure;   /* "nps" or "score" */
    int64_t min_n;
    double level_sd;       /* of the level from wave to wave, estimated */
    double centre;         /* mean of the used points by size */
    double p_steady;       /* that all points have one level (chi-squared) */
    const char *verdict;   /* "changed", "steady", "too_short" */
    const char *text;
    dk_trend_point *points; /* by wave */
} dk_trend;

/* ---- Segments ---------------------------------------------------------------------------------------- */

typedef struct dk_profile_theme {
    size_t theme;          /* into themes */
    int sign;              /* -1 or 1: said negatively, positively */
    double here, elsewhere, p, q; /* shares of responses with a comment */
    dk_interval ci;        /* of the difference */
} dk_profile_theme;

typedef struct dk_profile {
    double share_of_responses, share_of_customers;
    dk_profile_theme *themes; /* q <= alpha, the largest difference first */
    size_t nthemes;
    int64_t tested;
} dk_profile;

/* ---- Who answers ------------------------------------------------------------------------------------- */

typedef struct dk_answer_rate {
    dk_cut cut;
    const char *group;
    bool hidden;
    int64_t invited, answered; /* invitations, and those answered; -1 without invitations */
    int64_t responses, commented;
    double response_rate, comment_rate;
    dk_interval response_ci, comment_ci;
} dk_answer_rate;

typedef struct dk_weighted_nps {
    int segment;
    bool hidden;
    dk_nps plain, weighted;
} dk_weighted_nps;

typedef struct dk_answering {
    bool invitations;      /* there is a file of them */
    int64_t invited, answered, unknown; /* unknown: responses without an invitation */
    int64_t second;        /* invitations of a customer who had another open, or cells without customer */
    const char *note;
    dk_answer_rate *rates;
    size_t nrates;
    bool weighted, used;   /* there are weights; they are in all figures */
    int64_t cells;
    double lowest, highest, n_effective;
    const char *method;
    dk_weighted_nps *results; /* by segment */
    size_t nresults;
} dk_answering;

/* ---- Whom to call back ------------------------------------------------------------------------------- */

typedef struct dk_followup {
    size_t response;
    const char *id, *customer, *date, *segment, *language, *themes, *owner, *reason, *text;
    double score, value, sentiment; /* NaN without */
    int urgency;           /* 0..100 */
} dk_followup;

typedef struct dk_contact {
    const char *customer;
    int64_t surveys;       /* most within the days of the rule */
    const char *first, *last; /* dates of those */
} dk_contact;

typedef struct dk_contact_rule {
    int64_t most, days;    /* most 0: no rule */
    bool by_invitations;
    int64_t customers;
    dk_contact *over;      /* most surveys first */
    size_t nover;
} dk_contact_rule;

/* ---- Journeys ---------------------------------------------------------------------------------------- */

typedef struct dk_journey_step {
    const char *touchpoint, *stage;
    bool hidden;
    int64_t responses, negative, positive; /* that mention it, say something negative, positive */
    double share, polarity, nps, importance, importance_share;
    bool supported;
} dk_journey_step;

typedef struct dk_journey {
    const char *name;
    dk_journey_step *steps;
    size_t nsteps;
} dk_journey;

typedef struct dk_kpi_results {
    dk_kpi *kpis;
    size_t nkpis;
    dk_kpi_link *links;
    size_t nlinks;
    dk_trend *trends;
    size_t ntrends;
    dk_profile *profiles;  /* by segment; NULL without segments */
    dk_answering answering;
    dk_followup *followups;
    size_t nfollowups;
    int64_t considered;    /* comments that were weighed for the list */
    dk_contact_rule contact;
    dk_journey *journeys;
    size_t njourneys;
} dk_kpi_results;

#endif
