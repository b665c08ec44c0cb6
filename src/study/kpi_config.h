/* What a study file says of KPIs, of who was asked, of whom to call back and of journeys. docs/kpis.md explains them to users.
 *
 *   kpis:
 *     csat: satisfied      csat_from: 4      ces: effort      experienced: ordered      replied: replied     (of the responses)
 *     revenue: revenue     transactions: orders     contract_value: contract     products: products          (of the customers)
 *     support_cost: support     acquisition_cost: acquired
 *     further: [visits, conversion]           descriptive: [calls]
 *     indexes: {care: {themes: [staff.care, staff.friendliness], target: 60}}
 *     benchmarks: {nps: 30, churn: 0.05}      targets: {nps: 40}
 *   invitations: {file: invitations.csv, customer: customer_id, date: invited, id: response_id}
 *   answering: {weight: yes}
 *   contact: {most: 4, days: 365}
 *   followup: {most: 200, days: 90}
 *   stages: {before: [brand, price], after: [delivery, billing]}
 *   journeys: {first order: [website, order, delivery, billing]}
 *   analysis: {min_wave: 30}
 */
#ifndef DK_STUDY_KPI_CONFIG_H
#define DK_STUDY_KPI_CONFIG_H

#include "study/yaml.h"

/* Columns that a KPI needs and that cannot be recognised by name alone. */
typedef enum dk_kpi_input {
    DK_INPUT_CSAT,
    DK_INPUT_CES,
    DK_INPUT_EXPERIENCED, /* date of what the survey asks about */
    DK_INPUT_REPLIED,     /* date when the customer was answered */
    DK_INPUT_REVENUE,
    DK_INPUT_TRANSACTIONS,
    DK_INPUT_CONTRACT_VALUE,
    DK_INPUT_PRODUCTS,
    DK_INPUT_SUPPORT_COST,
    DK_INPUT_ACQUISITION_COST,
    DK_INPUTS
} dk_kpi_input;

/* "csat", "ces", ...: the key of the study file. */
const char *dk_kpi_input_name(dk_kpi_input input);

typedef struct dk_kpi_further {
    const char *column;
    int64_t line;
    bool descriptive; /* else an outcome */
} dk_kpi_further;

typedef struct dk_kpi_index {
    const char *name;
    const char *const *themes; /* theme ids, or touchpoints */
    size_t nthemes;
    double target;  /* NaN without */
    int64_t line;
} dk_kpi_index;

typedef struct dk_kpi_mark { /* a benchmark or a target */
    const char *id;
    double value;
} dk_kpi_mark;

/* A named list of touchpoints in their order. */
typedef struct dk_touchpoint_list {
    const char *name;
    const char *const *touchpoints;
    size_t count;
    int64_t line;
} dk_touchpoint_list;

typedef struct dk_kpi_config {
    const char *input[DK_INPUTS]; /* NULL: not given */
    int64_t line[DK_INPUTS];
    double csat_from;             /* NaN: the upper two boxes */
    dk_kpi_further *further;
    size_t nfurther;
    dk_kpi_index *indexes;
    size_t nindexes;
    dk_kpi_mark *benchmarks, *targets;
    size_t nbenchmarks, ntargets;
    dk_touchpoint_list *stages, *journeys;
    size_t nstages, njourneys;
    bool weight;                  /* answers weighted by the inverse of the rate of answering */
    int64_t contact_most, contact_days; /* contact_most 0: no rule */
    int64_t followup_most, followup_days; /* how many comments, of how many days before the last answer */
    int64_t min_wave;             /* scored responses that a point in time needs */
} dk_kpi_config;

void dk_kpi_config_init(dk_kpi_config *config);

/* Reads the sections above; memory is of the arena and the file. DK_EDATA names the line of what is wrong. */
dk_status dk_kpi_config_read(dk_kpi_config *config, dk_yaml_file *file, dk_arena *arena, dk_error *err);

#endif
