/* What KPIs are computed from: facts, of a response or of a customer's record, each with a numerator and a denominator.
 *
 * Every KPI is a ratio R = sum w y / sum w x over its facts (a mean when x is 1), or a ratio of two such ratios. Its standard error
 * is the linearised one with sums by customer: se^2 = C / (C - 1) sum_c (sum_(i in c) w_i (y_i - R x_i))^2 / (sum w x)^2
 * (Cochran 1977, chapter 6; Woodruff 1971), so that ten records of one customer do not count as ten customers.
 */
#ifndef DK_STUDY_KPI_FACTS_H
#define DK_STUDY_KPI_FACTS_H

#include "study/fits.h"
#include "study/invitations.h"

typedef struct dk_fact {
    double y, x, w;
    double y2, x2;     /* of the second ratio; 0 without */
    uint32_t customer; /* dense number: facts of one customer belong together */
    uint32_t response; /* whose touchpoints and language it has; DK_NO_ID for none */
    int16_t segment;   /* 1 and more; 0 or less: none */
    int16_t wave;      /* -1: none */
} dk_fact;

typedef enum dk_fact_interval {
    DK_INTERVAL_RATIO, /* t over customers - 1; of a ratio of ratios on the log scale, since it cannot be negative */
    DK_INTERVAL_SHARE, /* Wilson 1927 on the effective number p (1 - p) / se^2 */
    DK_INTERVAL_NET,   /* the same adjusted Wald interval for y of -1, 0 and 1, on the effective number */
    DK_INTERVAL_NPS    /* that of stats/nps.h; y is the contribution */
} dk_fact_interval;

typedef struct dk_facts {
    dk_fact *items;
    size_t count, cap;
    dk_fact_interval interval;
    double scale, offset; /* the KPI is scale * R + offset */
    bool divided;         /* R = (sum y / sum x) / (sum y2 / sum x2) */
} dk_facts;

/* Groups by which KPIs are shown, and room to work in. */
typedef struct dk_kpi_space {
    dk_fit_context *context;
    const dk_invitations *invitations; /* NULL without */
    size_t ncustomers;      /* dense numbers: those of the survey, then responses without one */
    uint32_t *answer;       /* by record: the last response that it is the follow-up of; DK_NO_ID; NULL without records */
    uint32_t *during;       /* by record: the last response of the customer in its period, for what happens after it */
    size_t ntouchpoints;
    const char **touchpoint;
    uint64_t (*touches)[2]; /* by response: bits of the touchpoints that it came from or mentions; NULL without */
    bool touchpoints_mentioned; /* mentioned in comments; false: the survey's own column */
    int8_t *scores;         /* by response, -1 without; NULL when the score is not NPS */
    double *sum;            /* by dense number, 0 between uses */
    uint32_t *seen;
    uint32_t stamp;
} dk_kpi_space;

dk_status dk_kpi_space_make(dk_kpi_space *space, dk_fit_context *context, const dk_invitations *invitations, dk_error *err);
void dk_kpi_space_dispose(dk_kpi_space *space);

/* Adds a fact about a response, or about a record (index into the items), with weight, groups and customer filled in; the caller
   sets y and x of what is returned. NULL when memory ran out. */
dk_fact *dk_facts_add_response(dk_facts *facts, const dk_kpi_space *space, size_t response);
dk_fact *dk_facts_add_record(dk_facts *facts, const dk_kpi_space *space, size_t item);
dk_fact *dk_facts_add_invitation(dk_facts *facts, const dk_kpi_space *space, size_t invitation);

/* The wave of a day, -1 for none. */
int dk_kpi_wave(const dk_kpi_space *space, int32_t day);

/* Fills all and cuts of the KPI: everybody, then each segment, touchpoint, wave and language that has a fact. Groups of
   fewer customers than the privacy minimum are hidden, also from subtraction. */
dk_status dk_facts_evaluate(const dk_facts *facts, dk_kpi_space *space, dk_kpi *kpi, dk_error *err);

void dk_facts_dispose(dk_facts *facts);

#endif
