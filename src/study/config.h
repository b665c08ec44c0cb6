/* A study: what is read, what its columns are, how it is cut into segments, what is asked of it. From a STUDY.yaml, or
 * made up for a bare data file. docs/study.md describes the file for users; examples/ has a whole one.
 *
 *   title: Nordhandel 2025            report_language: sv          currency: SEK
 *   responses: {file: responses.csv, id: response_id, customer: customer_id, date: answered, score: nps, ...}
 *   customers: {file: customers.csv, customer: customer_id, period: quarter, profit: margin, ...}
 *   segments:  {by: margin, bands: {blue: [.., 500], silver: [500, 2000], gold: [2000, ..]}}
 *              {by: margin, quantiles: {blue: 0.33, silver: 0.67, gold: 1}}   or   {column: segment, order: [blue, gold]}
 *   outcomes: [nps, margin]   controls: [channel]   waves: quarter
 *   language: auto   packs: auto   lexicons: [my/lexicon]   weights: [my/weights.tsv]   language_prior: sv=0.6,da=0.4
 *   discount: 0.08   worth: {...}   initiatives: [...]          see worth_config.h
 *   analysis: {bootstrap: 1000, seed: 1, confidence: 0.95, fdr: 0.05, min_mentions: 30, min_privacy: 10}
 *   kpis, invitations, answering, contact, followup, stages, journeys      see kpi_config.h
 *   simulate: {...}                    see simulate.h
 */
#ifndef DK_STUDY_CONFIG_H
#define DK_STUDY_CONFIG_H

#include "io/reader.h"
#include "study/kpi_config.h"
#include "study/result.h"
#include "study/yaml.h"

/* A file of the study. Columns that are NULL are recognised by name, see columns.h. */
typedef struct dk_study_source {
    const char *path; /* NULL: there is no such file; relative paths are taken from the folder of the study file */
    const char *column[DK_ROLES];
    int64_t line[DK_ROLES]; /* of the study file, where the column is named; 0: on the command line */
    int64_t file_line;      /* where the file is named */
    const char *currency;   /* of its money, or NULL */
    int64_t currency_line;
    dk_reader_options reader;
} dk_study_source;

typedef enum dk_segmenting { DK_SEGMENT_GUESS, DK_SEGMENT_NONE, DK_SEGMENT_COLUMN, DK_SEGMENT_BANDS, DK_SEGMENT_QUANTILES } dk_segmenting;

/* One segment: its name, and its band [from, below), or for quantiles below alone as a share of customers. */
typedef struct dk_band {
    const char *name;
    double from, below;
} dk_band;

typedef enum dk_wave_unit { DK_WAVE_NONE, DK_WAVE_MONTH, DK_WAVE_QUARTER, DK_WAVE_YEAR } dk_wave_unit;

/* What drivers of profit are fitted to: the amounts, with the largest and smallest 1 % cut, or the logarithm of those above 0. */
typedef enum dk_money_scale { DK_MONEY_LEVEL, DK_MONEY_WINSORISED, DK_MONEY_LOG } dk_money_scale;

typedef struct dk_study_config {
    dk_yaml_file yaml; /* owns the texts; empty for a bare file */
    dk_arena arena;
    const char *name;  /* of the study file, for messages; NULL for a bare file */
    const char *title, *currency;
    dk_language report_language;
    dk_study_source responses, customers, invitations;
    dk_kpi_config kpi;
    dk_segmenting segmenting;
    const char *segment_column; /* the column, or what bands and quantiles are of */
    int64_t segment_line;
    dk_band *bands;
    size_t nbands;
    const char *const *outcomes; /* nps, score, profit, or a numeric column */
    size_t noutcomes;
    const char *const *controls;
    size_t ncontrols;
    int64_t outcomes_line, controls_line;
    dk_wave_unit wave_unit;
    const char *language; /* auto, sv, da, en */
    bool has_prior;       /* of the languages, as given; otherwise it is learned from the comments */
    dk_language_prior prior;
    const char *packs;    /* auto, none, or names joined by commas */
    const char *const *lexicons;
    size_t nlexicons;
    const char *const *weights; /* files of weights learned from the survey's own scores, used without the fold of the customer */
    size_t nweights;
    int64_t bootstrap, seed, min_mentions, min_privacy;
    double confidence, fdr;
    dk_money_scale money;
    double discount;              /* of money, a year: 0.08 */
    int64_t window;               /* days between answer and baseline or follow-up; 0: two periods */
    int64_t currency_line;
    struct dk_worth_config *worth; /* levels, actions, initiatives: see worth_config.h; NULL for a bare file */
    double score_low, score_high; /* NaN: found out */
    bool drop_duplicates;         /* a response id that comes again: the first stays; otherwise all stay */
    bool no_redact;               /* quotes keep addresses, numbers and names of persons */
    bool score_blind;             /* no weights that were learned from scores */
} dk_study_config;

/* The defaults, for a bare file. Texts are borrowed. */
void dk_study_config_init(dk_study_config *config);
void dk_study_config_dispose(dk_study_config *config);

/* Reads a study file; DK_EDATA names its line for an unknown key, a value that is none, bands that overlap or leave a gap.
   Dispose also after a failure. */
dk_status dk_study_config_read(dk_study_config *config, const char *path, dk_error *err);

/* A path of the study, from the folder of its file; in the config's arena. NULL when memory ran out. */
const char *dk_study_config_path(dk_study_config *config, const char *path);

#endif
