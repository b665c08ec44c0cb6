/* What the Python package calls beside include/drivkraft.h: the rooms above the library, with plain types at the border.
 *
 * Results that are text come as malloc'ed bytes (dk_native_text), which dk_native_free takes back. Tables are those of Arrow's C Data
 * Interface and are borrowed for the call. Every function may be called without Python's lock; an object is used by one thread at a
 * time, but for engines, which any number may share.
 */
#ifndef DK_NATIVE_H
#define DK_NATIVE_H

#include "drivkraft.h"

typedef struct dk_native_text {
    char *ptr;
    size_t len;
} dk_native_text;

void dk_native_free(void *memory);

/* The kernel that OpenBLAS should be told to use on this processor (OPENBLAS_CORETYPE), or NULL when it chose well; to be asked in
   a process of its own, as the choice is made when the library is loaded. */
const char *dk_native_better_core(void);

/* ---- Tagging ---- */

/* A plan from a file of drivkraft prepare (NULL: none), then what the arguments say: language sv, da, en or auto; prior such as
   sv=0.6,da=0.4; packs such as hospitality,telecom or none; NULL leaves each as it is. *same_version: false when the file was made with other
   lexicons, models or another program. */
dk_status dk_native_plan(const dk_engine *engine, const char *path, const char *language, const char *prior, const char *packs,
                         dk_tag_plan *plan, bool *same_version, dk_error *err);

/* The plan as such a file. */
dk_status dk_native_plan_text(const dk_engine *engine, const dk_tag_plan *plan, dk_native_text *out, dk_error *err);

/* What `drivkraft explain --format json` prints. */
dk_status dk_native_explain(const dk_engine *engine, const dk_tag_plan *plan, const char *text, size_t len, dk_native_text *json,
                            dk_error *err);

/* Writes the engine as one file, which opens anywhere as dk_engine_options.engine. */
dk_status dk_native_compile(const dk_engine *engine, const char *path, dk_error *err);

/* ---- Tables ---- */

/* Either the path of a file or database, or a table in memory whose name is for messages. */
typedef struct dk_native_table {
    const char *name;
    const struct ArrowSchema *schema; /* NULL: name is a path */
    const struct ArrowArray *const *batches;
    size_t nbatches;
} dk_native_table;

/* ---- Drivers of a table's columns ---- */

/* As the options of `drivkraft drivers`. Texts may be NULL where the option is not given. */
typedef struct dk_native_question {
    const char *outcome, *as;
    const char *const *predictors, *const *controls;
    size_t npredictors, ncontrols;
    const char *weight, *cluster, *cluster2, *absorb, *segment;
    const char *missing; /* drop, indicator, impute */
    const char *model;   /* linear, binary, ordinal */
    const char *r2;      /* mcfadden, estrella */
    bool family_wise, part; /* part: no usable row is no error, as other parts may have some */
    int bootstrap, hc;
    int64_t seed, min_rows;
    double winsor, confidence, alpha, negligible_r2; /* winsor: of --as winsor */
} dk_native_question;

void dk_native_question_init(dk_native_question *question); /* the defaults of the command */

/* Rows gathered for a question. */
typedef struct dk_native_rows dk_native_rows;

dk_status dk_native_rows_read(dk_native_rows **out, const dk_native_question *question, const dk_native_table *table, int threads,
                              dk_error *err);

/* No rows of no question yet: the first part that is added decides. */
dk_status dk_native_rows_new(dk_native_rows **out, dk_error *err);
dk_status dk_native_rows_add(dk_native_rows *rows, const char *part, size_t len, dk_error *err);

/* The rows as a part, the bytes of `drivkraft drivers --partial`. */
dk_status dk_native_rows_part(dk_native_rows *rows, dk_native_text *part, dk_error *err);

/* What `drivkraft drivers` or `drivkraft merge` writes; format json, csv or text. */
dk_status dk_native_rows_answer(dk_native_rows *rows, const char *format, int threads, dk_native_text *answer, dk_error *err);

/* Sentences about the data and the fits so far, each ended by a line end. */
const char *dk_native_rows_said(const dk_native_rows *rows);
void dk_native_rows_free(dk_native_rows *rows);

/* ---- Studies ---- */

/* As the options of `drivkraft analyze`: roles and columns by pairs, NULL where an option is not given. */
typedef struct dk_native_study {
    const char *path;       /* of a study file; NULL: table alone */
    dk_native_table table;  /* the responses; with a study file, in place of its own, unless name is NULL */
    dk_native_table customers; /* the records of the customers, in place of the study's own, unless name is NULL */
    const char *const *roles, *const *columns; /* comment, score, id, customer, date, segment, profit, weight, touchpoint */
    size_t ncolumns;
    const char *language, *packs, *waves, *currency, *title, *report_language;
    const char *const *lexicons;
    size_t nlexicons;
    int64_t bootstrap, seed; /* below 0: those of the study */
    bool score_blind, no_spelling;
    const char *data_dir;
    int threads;
} dk_native_study;

/* Runs the analysis and writes the report to folder (made when it does not exist), as `drivkraft analyze` does; folder NULL writes nothing.
   *json is report.json. */
dk_status dk_native_analyze(const dk_native_study *study, const char *folder, dk_native_text *json, dk_error *err);

/* What `drivkraft prepare` writes. */
dk_status dk_native_prepare(const dk_native_study *study, dk_native_text *plan, dk_error *err);

/* What a study asks of its drivers, as JSON: settings, segments, outcomes, controls, and which column of the tables is what. Only the
   first rows of the tables are looked at; what is wrong in the study or is not in the tables is an error with its line. */
dk_status dk_native_asked(const dk_native_study *study, dk_native_text *json, dk_error *err);

/* The taxonomy of an engine as JSON: a list of themes, each with touchpoint, stage, and whether it is an outcome. */
dk_status dk_native_taxonomy(const dk_engine *engine, dk_native_text *json, dk_error *err);

/* The first and last day (from 1970-01-01) of a period such as 2025, 2025-Q1, 2025-03 or a date; false for anything else. */
bool dk_native_period(const char *text, int32_t *first, int32_t *last);

#endif
