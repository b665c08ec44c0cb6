/* The result of an analysis, as plain structs: what src/study fills and src/report writes as JSON, tables and pages.
 *
 * Everything that a result points to lives in its own arena (and its driver fits) until dk_study_result_free; nothing
 * refers to the engine, so that a report can be written after it is closed. Strings end in NUL and are UTF-8; a NULL
 * string means "none". Numbers that cannot be had are NaN. Themes, segments, waves, outcomes and files are referred to by
 * index into the arrays here; -1 means none. All orders are fixed: the same input gives the same result.
 */
#ifndef DK_STUDY_RESULT_H
#define DK_STUDY_RESULT_H

#include "base/arena.h"
#include "lexicon/lexicon.h"
#include "study/result_kpi.h"
#include "study/result_movement.h"
#include "text/language.h"

/* What a mention says of its theme. */
typedef enum dk_sign { DK_SIGN_NEGATIVE = -1, DK_SIGN_NEUTRAL = 0, DK_SIGN_POSITIVE = 1 } dk_sign;

/* ---- What was read ----------------------------------------------------------------------------------- */

typedef enum dk_role {
    DK_ROLE_LEFT_OUT = 0,
    DK_ROLE_ID,
    DK_ROLE_COMMENT,
    DK_ROLE_SCORE,
    DK_ROLE_CUSTOMER,
    DK_ROLE_DATE,
    DK_ROLE_SEGMENT,
    DK_ROLE_WEIGHT,
    DK_ROLE_PROFIT,
    DK_ROLE_PERIOD,     /* of operational records: a quarter, month or year */
    DK_ROLE_TOUCHPOINT, /* where the survey was sent from */
    DK_ROLE_LANGUAGE,
    DK_ROLE_OUTCOME, /* a further outcome that the study file names */
    DK_ROLE_CONTROL,
    DK_ROLE_KPI,     /* a column that a KPI is of */
    DK_ROLE_CHURNED, /* of operational records: 1 in the period in which the customer left */
    DK_ROLES
} dk_role;

/* "left out", "id", "comment", "score", ... */
const char *dk_role_name(dk_role role);

typedef struct dk_column_use {
    const char *name; /* as in the file */
    dk_role role;
    const char *detail; /* "0 to 10", "blue < silver < gold", "2025-01-02 to 2025-12-30", or NULL */
    bool guessed;       /* recognised by name or content; false: named by the user */
    int64_t missing;    /* rows without a value */
    int64_t bad;        /* rows with a value that is not what the role needs */
} dk_column_use;

typedef struct dk_study_file {
    const char *name;        /* the last part of the path */
    const char *path;        /* as the user gave it */
    const char *content;     /* "responses", "customers", "invitations" */
    const char *description; /* "12,408 rows, comma, UTF-8 (3 cells repaired)" */
    int64_t rows, rejected, repaired_cells, control_cells, short_rows, stray_quotes;
    dk_column_use *columns;
    size_t ncolumns;
} dk_study_file;

typedef enum dk_problem_kind {
    DK_PROBLEM_ROW,            /* the row could not be read: not in the analysis */
    DK_PROBLEM_DUPLICATE,      /* the same response id again: kept, except the study says otherwise */
    DK_PROBLEM_SCORE,          /* a score that is none of the scale: the row is kept without a score */
    DK_PROBLEM_DATE,           /* a date that is none: the row is kept without a date */
    DK_PROBLEM_WEIGHT,         /* a weight that is none, or negative: the row is kept with weight 1 */
    DK_PROBLEM_NUMBER,         /* an outcome or control that is no number: the row is kept without it */
    DK_PROBLEM_SEGMENT,        /* a segment that the study does not know */
    DK_PROBLEM_RECORD,         /* an operational record that is double, or without customer or period: not used */
    DK_PROBLEM_CUSTOMER,       /* a response whose customer has no record */
    DK_PROBLEMS
} dk_problem_kind;

/* "unreadable row", "duplicate id", "score", ... */
const char *dk_problem_name(dk_problem_kind kind);

typedef struct dk_problem {
    dk_problem_kind kind;
    int file;                 /* index into files */
    int64_t row, line;        /* 1-based; line 0 when the source has no lines */
    const char *column;       /* name, or NULL */
    const char *value;        /* as it stands in the file, cut; or NULL */
    const char *message;      /* what was expected, what became of the row */
    bool kept;
} dk_problem;

typedef struct dk_join {
    bool joined;              /* false: a single file, and all else is 0 */
    int64_t responses, matched, unmatched;
    int64_t out_of_window;    /* responses whose customer has records, but none that ended before the answer, in the window */
    int64_t customers, customers_without_response, duplicate_records;
    int64_t records, periods; /* periods: distinct ones */
    const char *first_period, *last_period; /* first and last day of the records; NULL without periods */
    int64_t window_days;      /* a baseline ends at most so long before the answer, a follow-up begins at most so long after */
    int64_t with_baseline, with_followup; /* responses */
    int64_t followed, left, censored, gap; /* responses with a baseline: see panel.h; all 0 without periods */
    int64_t repeat_customers, most_responses; /* customers with several responses, and the most that one gave */
    int64_t first_unmatched, first_duplicate, first_out_of_window; /* lines of the files; 0 for none */
} dk_join;

/* ---- Segments, waves, NPS ---------------------------------------------------------------------------- */

typedef struct dk_mean_figure {
    int64_t n;
    double mean, se;
    dk_interval ci;
} dk_mean_figure;

/* segments[0] is always everybody (name "all"); the others are in the order of the study, the least profitable
   first when that is known. */
typedef struct dk_study_segment {
    const char *name;
    double from, below;      /* band of the segmenting column; NaN when open or when segments come from a column */
    int64_t responses, customers, comments; /* customers: distinct ones, 0 without a customer column */
    int64_t scored;
    bool hidden;             /* under the privacy minimum: no figure of it may be shown */
    dk_nps nps;              /* n = 0 without scores */
    dk_mean_figure score;    /* of the score in its own scale */
    dk_mean_figure profit;   /* per customer and period; n = 0 without profit */
    double profit_share;     /* of the profit of all respondents */
    double commented;        /* share of responses with a comment */
    double commented_promoters, commented_passives, commented_detractors;
    double sentiment;        /* mean of comments, -1..1 */
} dk_study_segment;

/* A wave is a calendar quarter (or month or year, see wave_unit); waves without a response are listed too. */
typedef struct dk_study_wave {
    const char *name;        /* "2025 Q1" */
    const char *first, *last;/* dates, YYYY-MM-DD */
} dk_study_wave;

/* waves x segments, row by row: what stands at wave w and segment s is series[w * nsegments + s]. */
typedef struct dk_study_point {
    int64_t responses;
    bool hidden;
    dk_nps nps;
    dk_mean_figure profit;
    double smoothed;         /* local-level smoothing over waves; NaN without */
    dk_interval band;        /* of the smoothed value */
} dk_study_point;

typedef struct dk_language_use {
    int64_t responses;       /* with a comment in the language */
    double share;            /* of responses with a comment */
    bool hidden;             /* under the privacy minimum, or to be had by subtraction: not to be shown to readers */
    dk_nps nps;
} dk_language_use;

/* Does profit go with the score? One step is one point of the score. */
typedef struct dk_study_link {
    bool tested;
    dk_verdict verdict;
    int64_t n, customers;
    double effect, se, p;    /* money a year and customer for one step up in score, other things not held fixed */
    dk_interval ci;
    double per_year;         /* periods in a year: effect is what was estimated per period times this */
    double ruled_out;        /* no link larger than this, in the same unit */
    double correlation;
    const char *about;       /* which period's profit, which controls: a sentence */
} dk_study_link;

/* ---- Drivers ----------------------------------------------------------------------------------------- */

typedef struct dk_study_outcome {
    const char *name;        /* "nps", "score", "profit", or the column */
    const char *unit;        /* "NPS points", "SEK", ... */
    dk_driver_model model;
    bool money;
} dk_study_outcome;

/* What a predictor of a fit stands for. theme is -1 for what was pooled over the themes of its touchpoint. */
typedef struct dk_study_predictor {
    int theme;
    const char *touchpoint;
    dk_sign polarity;
    int64_t mentions;        /* responses in the fit with it */
    int pooled;              /* how many rare themes went into it; 0 when it is one theme */
} dk_study_predictor;

/* One thing that can be improved or spread, ready to be ranked and shown. */
typedef struct dk_study_lever {
    size_t predictor;        /* index into the fit's predictors */
    const dk_driver *driver; /* its group: the touchpoint */
    const dk_driver_term *term;
    double moves;            /* the outcome, were all negative mentions gone (prevalence x -effect), or what the positive
                                ones give already */
    dk_interval moves_ci;
    double worth;            /* money a year over the respondents of the segment; NaN without a link to profit */
    dk_interval worth_ci;
    bool worth_supported;    /* the money itself has a link, by its own test; a driver of the score may have none */
    bool supported;          /* the touchpoint's q is at most alpha and the interval of the effect excludes zero */
} dk_study_lever;

typedef struct dk_study_fit {
    int outcome, segment;    /* indices; segment 0 is everybody */
    bool fitted;             /* false: reason says why, and nothing else is set */
    const char *reason;
    dk_driver_result *drivers; /* owned; groups are touchpoints, terms are theme and polarity */
    dk_study_predictor *predictors; /* by dk_driver_term.column */
    size_t npredictors;
    const char *const *controls;
    size_t ncontrols;
    dk_study_lever *levers;  /* by the size of what they move, supported ones first */
    size_t nlevers;
} dk_study_fit;

/* ---- Themes and quotes ------------------------------------------------------------------------------- */

/* Mentions of a theme among the responses of a segment. */
typedef struct dk_theme_use {
    int64_t mentions;        /* places in comments */
    int64_t responses;       /* that mention it at all */
    int64_t negative, neutral, positive, mixed; /* responses, by the polarity of what they say about it; sum to responses */
    double share;            /* responses / responses with a comment in a supported language */
    double polarity;         /* mean over mentions, -1..1 */
    double impact;           /* leave-one-theme-out NPS impact (n_t (NPS_t - NPS) / (N - n_t)); NaN when undefined */
    double nps;              /* of the responses that mention it; NaN under the privacy minimum */
    int64_t feelings[DK_EMOTIONS]; /* mentions that come with each (feelings.h); [DK_EMOTION_NONE]: with any at all */
    bool hidden;
} dk_theme_use;

/* Only themes that occur, by touchpoint and theme in the order of the taxonomy. */
typedef struct dk_study_theme {
    const char *id, *touchpoint, *name; /* delivery.speed, delivery, speed */
    const char *label[DK_LANGUAGES];    /* for people; [DK_LANG_OTHER] is the English one */
    const char *stage, *owner;
    bool outcome;            /* restates the score: reported, never ranked */
    dk_theme_use *use;       /* by segment */
} dk_study_theme;

/* Responses that share a segment, a wave, a language of the comment, or several of these; -1 is all of them (for the language: all
   that are read). Groups of one segment alone are not among them: see dk_study_theme. */
typedef struct dk_theme_group {
    int segment, wave, language;
    bool hidden;
    int64_t comments;        /* in a language that is read: what shares are of */
} dk_theme_group;

/* A theme in a group; only what may be shown. impact is NaN. */
typedef struct dk_group_use {
    int theme, group;
    dk_theme_use use;
} dk_group_use;

typedef struct dk_quote_mention {
    uint32_t start, end;     /* bytes of text */
    int theme;
    dk_sign polarity;
    double value;            /* -1..1 */
    const char *entry;       /* lexicon file:line */
    const char *rules;       /* negated|intensified, or "" */
} dk_quote_mention;

/* A comment that shows a theme. Personal data are crossed out byte by byte, so that the spans stay right. */
typedef struct dk_quote {
    const char *id;          /* of the response */
    const char *text;
    dk_language language;
    int segment, wave;       /* -1: none */
    int score;               /* in its own scale; INT_MIN: none */
    int theme;               /* the theme it was chosen for */
    dk_sign polarity;
    double sentiment;
    dk_quote_mention *mentions;
    size_t nmentions;
} dk_quote;

/* ---- The whole --------------------------------------------------------------------------------------- */

typedef enum dk_note_kind {
    DK_NOTE_METHOD,          /* what was done */
    DK_NOTE_LIMIT,           /* what the analysis cannot say */
    DK_NOTE_DATA             /* what is peculiar in the data */
} dk_note_kind;

typedef struct dk_note {
    dk_note_kind kind;
    const char *text;        /* an English sentence with its full stop */
} dk_note;

typedef struct dk_study_result {
    const char *title;       /* of the study, or the name of the file */
    const char *version;     /* of the program */
    const char *stamp;       /* 32 hex digits: program, lexicons, models, dictionaries */
    uint64_t seed;
    dk_language report_language;
    const char *currency;    /* "SEK", or NULL */
    double confidence;       /* 0.95 */
    double alpha;            /* 0.05, the false discovery rate */
    int64_t min_privacy, min_mentions; /* 10, 30 */
    int replicates;

    dk_study_file *files;
    size_t nfiles;
    dk_problem *problems;    /* all of them, in the order of the files and rows */
    size_t nproblems;
    int64_t problem_counts[DK_PROBLEMS];
    dk_join join;

    int64_t responses, comments, scored, customers;
    double score_lowest, score_highest; /* the scale; NaN without scores */
    bool score_is_nps;       /* 0 to 10: NPS is meant; otherwise the fields nps are empty and score is used */
    const char *first_date, *last_date; /* or NULL */
    const char *segment_source; /* "column profit_segment", "terciles of margin", or NULL without segments */
    const char *wave_unit;   /* "quarter", "month", "year", or NULL without dates */

    dk_language_use languages[DK_LANGUAGES];
    int64_t uncertain_language; /* comments whose language is under 0.8 sure */
    int64_t without_theme;   /* comments in a supported language in which no theme was found */
    int64_t labels[4];       /* comments by dk_label of tag/session.h: neutral, negative, positive, mixed */

    dk_study_segment *segments;
    size_t nsegments;        /* at least 1 */
    dk_study_wave *waves;
    size_t nwaves;
    dk_study_point *series;
    dk_study_link link;

    dk_study_outcome *outcomes;
    size_t noutcomes;
    dk_study_fit *fits;      /* by outcome, then segment */
    size_t nfits;

    dk_study_theme *themes;
    size_t nthemes;
    dk_theme_group *groups;  /* by how many of segment, wave and language they share, then in the order of these */
    size_t ngroups;
    int group_depth;         /* how many of them may be shared: 0 to 3 */
    dk_group_use *group_uses;/* by group, then theme */
    size_t ngroup_uses;
    dk_quote *quotes;        /* by theme, polarity (negative first), then how well they show it */
    size_t nquotes;

    dk_kpi_results kpi;
    dk_movement movement;
    dk_lifetimes lifetime;
    dk_worth worth;

    dk_note *notes;
    size_t nnotes;

    dk_arena arena;
} dk_study_result;

/* An empty result, or NULL when memory ran out. */
dk_study_result *dk_study_result_new(void);
void dk_study_result_free(dk_study_result *result);

/* The fit of an outcome and segment, or NULL. */
const dk_study_fit *dk_study_find_fit(const dk_study_result *result, int outcome, int segment);

#endif
