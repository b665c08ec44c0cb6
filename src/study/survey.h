/* The responses of a study: opened, their columns recognised, and read once into memory but for the comments.
 *
 * The first pass keeps what a whole file decides: the scale of the score, the order of day and month, the levels of a
 * segment column, double ids; and from the comments the prior of the languages and which packs they call for. The
 * second pass (tagging.h) reads the comments again.
 */
#ifndef DK_STUDY_SURVEY_H
#define DK_STUDY_SURVEY_H

#include "base/intern.h"
#include "study/amounts.h"
#include "study/columns.h"
#include "study/dates.h"
#include "study/problems.h"
#include "tag/session.h"

/* A numeric or named column beside the fixed ones: an outcome, a control, what segments are cut by. */
typedef struct dk_variable {
    const char *name;
    dk_role role;          /* DK_ROLE_OUTCOME, DK_ROLE_CONTROL, DK_ROLE_KPI, or DK_ROLE_SEGMENT for what segments are cut by */
    int64_t line;          /* of the study file, where it is named */
    bool of_records;       /* it stands in the customers' file */
    size_t column;
    double *values;        /* by response; NaN: none */
    uint32_t *levels;      /* by response: number of the text among the texts; DK_NO_ID: none */
    dk_intern texts;
    int64_t numbers, others; /* values that are numbers, and that are not */
    int64_t missing;
    dk_amounts amounts;    /* of the responses; those of the records are there */
} dk_variable;

typedef struct dk_survey {
    const dk_study_config *config;
    dk_reader *reader;
    size_t column[DK_ROLES]; /* of the source; DK_NO_COLUMN */
    bool named[DK_ROLES];
    dk_role *unfit;        /* by column of the source: what its name stands for though its content does not fit */
    size_t *selected;      /* the columns that are read, in this order */
    size_t nselected;
    size_t place[DK_ROLES];/* among the selected; DK_NO_COLUMN */
    int file;              /* index for problems */
    dk_read_counts counts;

    size_t n, cap;         /* responses; arrays below have n elements, those of columns that are not there are NULL */
    int64_t *row, *line;
    uint32_t *id;          /* into ids, or NULL: the row number is the id */
    uint32_t *customer;    /* into customers, DK_NO_ID without */
    int32_t *date;         /* DK_NO_DATE without */
    double *score;         /* NaN without */
    double *weight;
    double *profit;        /* NaN without */
    uint32_t *segment;     /* into segments */
    uint32_t *touchpoint;  /* into touchpoints: where the survey was sent from */
    uint8_t *commented;    /* 1: there is a comment */
    uint8_t *dropped;      /* 1: a double that the study wants left out */
    dk_intern ids, customers, segments, touchpoints;
    dk_amounts profit_amounts;
    dk_variable *variables;
    size_t nvariables;
    int64_t missing[DK_ROLES], bad[DK_ROLES];

    dk_date_order date_order;
    double score_low, score_high; /* the scale */
    bool score_is_nps;
    dk_tag_plan plan;      /* prior of the languages, packs */
    uint64_t languages[DK_LANGUAGES]; /* of the confident comments that were looked at */
} dk_survey;

/* Opens the responses and finds their columns. variables: outcomes, controls and segmenting columns that config names
   and that stand in this file are added; the others are the customers' file's. */
dk_status dk_survey_open(dk_survey *survey, const dk_study_config *config, dk_error *err);
void dk_survey_dispose(dk_survey *survey);

/* The first pass. engine may be NULL when there are no comments to look at. */
dk_status dk_survey_read(dk_survey *survey, const dk_engine *engine, int threads, dk_problems *problems, dk_error *err);

/* The id of a response as written to outputs; scratch holds a row number. */
dk_str dk_survey_id(const dk_survey *survey, size_t response, char scratch[24]);

/* Whether a variable holds money: it is the column of profit (of its own file), or that of a KPI of money. */
bool dk_survey_is_money(const dk_survey *survey, const dk_variable *variable, size_t profit_column);

/* The variable of that name, or NULL. */
dk_variable *dk_survey_variable(const dk_survey *survey, const char *name);

#endif
