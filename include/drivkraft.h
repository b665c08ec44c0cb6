/* drivkraft: what customers write, and what it is worth.
 *
 * The public interface of libdrivkraft. A complete program:
 *
 *     #include <drivkraft.h>
 *     #include <stdio.h>
 *
 *     int main(void) {
 *         dk_error err;
 *         dk_engine *engine;
 *         dk_session *session;
 *         dk_comment comment;
 *         dk_str text = {"Snabb leverans men dyr frakt", 28};
 *         dk_engine_options options = {"/usr/share/drivkraft"};
 *         if (dk_engine_open(&engine, &options, &err) != DK_OK) return fprintf(stderr, "%s\n", err.message), 1;
 *         if (dk_session_new(&session, engine, NULL, &err) == DK_OK &&
 *             dk_session_tag(session, text, &comment, &err) == DK_OK)
 *             for (size_t i = 0; i < comment.nmentions; i++)
 *                 printf("%s %s\n", dk_engine_theme(engine, comment.mentions[i].theme),
 *                        dk_label_name(comment.mentions[i].label));
 *         dk_session_free(session);
 *         dk_engine_free(engine);
 *     }
 *
 * Every function that can fail returns a dk_status and describes the failure in the dk_error that the caller passes
 * (which may be NULL). What _open and _new make, _free takes back (NULL is fine); what a getter or a session returns is
 * borrowed. The library never prints, never exits and never touches the locale.
 */
#ifndef DRIVKRAFT_H
#define DRIVKRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DK_VERSION "0.1.0"

/* ---- Status and errors ------------------------------------------------------------------------------- */

/* The first four are the exit codes of the program. */
typedef enum dk_status {
    DK_OK = 0,
    DK_EDATA = 1,  /* the data, a lexicon, a study file or a fit is not as it must be */
    DK_EUSAGE = 2, /* the caller asked for something that does not exist or does not go together */
    DK_EIO = 3,    /* a file could not be opened, read or written */
    DK_ENOMEM = 4  /* memory ran out */
} dk_status;

/* Where and why something failed. Filled once, at the place where the failure was found. */
typedef struct dk_error {
    dk_status status;
    int64_t line;       /* 1-based; 0 when there is none */
    int64_t column;     /* 1-based, in bytes; 0 when there is none */
    char file[256];     /* empty when there is none; a long path keeps its end */
    char message[512];  /* one sentence, lower case, without a full stop */
    char excerpt[160];  /* the part of the input that is wrong, or empty */
    char remedy[200];   /* what to do about it, or empty */
} dk_error;

/* A borrowed piece of text, not ended by a NUL. */
typedef struct dk_str {
    const char *ptr;
    size_t len;
} dk_str;

/* The version of the library, such as "0.1.0". */
const char *dk_version(void);

/* ---- Tagging -------------------------------------------------------------------------------------------

   An engine holds lexicons, models and dictionaries: opened once, read-only afterwards, shared by any number of threads. A
   session belongs to one thread. Numbers are thousandths, so that sums are exact: a sentiment of -250 is -0.25. */

typedef struct dk_engine dk_engine;
typedef struct dk_session dk_session;

/* What a comment can come out as. */
typedef enum dk_language {
    DK_LANG_OTHER = 0, /* another language, or no words at all */
    DK_LANG_SV,
    DK_LANG_DA,
    DK_LANG_EN,
    DK_LANGUAGES /* how many */
} dk_language;

/* "other", "sv", "da", "en". */
const char *dk_language_name(dk_language language);

/* The language of such a name; false when there is none ("auto" is none). */
bool dk_language_from_name(dk_str name, dk_language *language);

typedef struct dk_engine_options {
    const char *data_dir;         /* the folder that holds lexicons/ and models/ */
    const char *const *lexicons;  /* the user's own lexicon folders or files, before the shipped ones */
    size_t nlexicons;
    bool no_spelling;             /* do not match typing errors */
    bool no_learned;              /* only hand-written entries and rules, no learned weights */
    const char *const *weights;   /* files of weights learned from the user's own scores, in place of the shipped ones */
    size_t nweights;
    const char *engine;           /* a compiled engine (drivkraft lexicon compile) in place of all of the above */
    const char *cache;            /* folder of compiled engines and dictionaries: NULL the user's own, "" for none */
} dk_engine_options;

/* Opens lexicons (all packs included), models and dictionaries; what is made of them is kept in the cache, by their content, and read
   from there the next time. Read-only afterwards and safe to share. */
dk_status dk_engine_open(dk_engine **out, const dk_engine_options *options, dk_error *err);
void dk_engine_free(dk_engine *engine);

/* 32 hex digits over lexicons, models, dictionaries and program. */
const char *dk_engine_stamp(const dk_engine *engine);

/* The id of a theme (touchpoint.theme) by its number in a mention, and how many themes there are; NULL beyond. */
const char *dk_engine_theme(const dk_engine *engine, uint32_t theme);
size_t dk_engine_themes(const dk_engine *engine);

/* Writes where an entry stands, such as "sv/themes.tsv:611", ended by a NUL and cut to size; its whole length. */
size_t dk_engine_entry(const dk_engine *engine, uint32_t entry, char *out, size_t size);

/* Nats are natural-log odds; priors and scores of languages are in 1/DK_LANGUAGE_UNIT of one. */
#define DK_LANGUAGE_UNIT 64

/* Log prior of each language, in 1/DK_LANGUAGE_UNIT nat, added to the evidence; all zeros: as the model was trained. */
typedef struct dk_language_prior {
    int32_t add[DK_LANGUAGES];
} dk_language_prior;

/* What is decided once for a whole file; all zero is: no prior, no packs. */
typedef struct dk_tag_plan {
    bool language_fixed;         /* every comment is in this language; otherwise it is found for each */
    dk_language language;
    dk_language_prior prior;     /* of the file, for short comments; all zero for none */
    uint32_t packs;              /* bit i: pack i of the lexicon is on */
} dk_tag_plan;

typedef enum dk_label { DK_NEUTRAL = 0, DK_NEGATIVE, DK_POSITIVE, DK_MIXED } dk_label;
const char *dk_label_name(dk_label label);

/* Bits of dk_mention.rules: what was done on the way to its polarity. */
enum {
    DK_RULE_NEGATED = 1 << 0,
    DK_RULE_INTENSIFIED = 1 << 1,
    DK_RULE_DIMINISHED = 1 << 2,
    DK_RULE_CONTRASTED = 1 << 3,
    DK_RULE_SUGGESTION = 1 << 4,
    DK_RULE_COMPARISON = 1 << 5,
    DK_RULE_EXCESS = 1 << 6,
    DK_RULE_LACK = 1 << 7,
    DK_RULE_IDIOM = 1 << 8,
    DK_RULE_QUESTION = 1 << 9,
    DK_RULE_SPELLING = 1 << 10,
    DK_RULE_COMPOUND = 1 << 11,
    DK_RULE_OWN = 1 << 12,     /* no opinion near: the entry's own valence */
    DK_RULE_COMMENT = 1 << 13, /* no opinion near: what its sentence and the neighbouring ones say */
    DK_RULE_LEARNED = 1 << 14, /* no opinion near: the learned weights of the words around */
    DK_RULES = 15
};

typedef struct dk_mention {
    uint32_t theme;      /* index into the taxonomy */
    uint32_t entry;      /* index into the lexicon: its file and line */
    uint32_t start, end; /* bytes of the match in the comment */
    int32_t polarity;    /* thousandths, -1000..1000 */
    uint32_t rules;
    dk_label label; /* negative, neutral or positive */
} dk_mention;

typedef enum dk_token_kind {
    DK_TOKEN_WORD,
    DK_TOKEN_NUMBER,  /* digits with inner . , : / - and a unit sign: 2,5 10:30 2026-03-02 */
    DK_TOKEN_EMOJI,   /* one pictograph with its modifiers, or an emoticon such as :-) */
    DK_TOKEN_ADDRESS, /* URL or e-mail address */
    DK_TOKEN_NAME,    /* @name or #tag */
    DK_TOKEN_PUNCT,   /* one mark, or a run of the same mark (..., !!) */
} dk_token_kind;

enum {
    DK_TOKEN_UPPER_FIRST = 1 << 0, /* begins with a capital */
    DK_TOKEN_UPPER_ALL = 1 << 1,   /* at least two letters, all capitals */
    DK_TOKEN_SPACE_BEFORE = 1 << 2,
    DK_TOKEN_ENDS_SENTENCE = 1 << 3, /* . ! ? or a line break stands here */
    DK_TOKEN_BEGINS_SENTENCE = 1 << 4,
};

typedef struct dk_token {
    uint32_t start, end; /* bytes; end is behind the last */
    uint32_t form;       /* for the owner of the array: the number of the distinct form */
    uint8_t kind;        /* dk_token_kind */
    uint8_t flags;
    uint16_t clause; /* for the owner of the array: which clause of the comment it stands in */
} dk_token;

/* The result of one comment; what it points to is the session's until its next call. */
typedef struct dk_comment {
    dk_language language;      /* DK_LANG_OTHER for any but sv, da, en */
    int32_t confidence;        /* of the language, thousandths */
    int32_t sentiment;         /* thousandths, -1000..1000 */
    dk_label label;
    const dk_mention *mentions; /* in order of start */
    size_t nmentions;
    const dk_token *tokens;
    size_t ntokens;
} dk_comment;

dk_status dk_session_new(dk_session **out, const dk_engine *engine, const dk_tag_plan *plan, dk_error *err);
void dk_session_free(dk_session *session);

/* From now on comments are of this customer (an id; empty: each of nobody known), and are weighed without what was learned from the
   rows of the customer's fold, or of the comment's own fold when the customer is not known: so that a score does not
   explain itself. A NULL ptr ends this, as at the beginning. Shipped weights have no folds and are used as they are. */
void dk_session_set_customer(dk_session *session, dk_str customer);

/* Tags one comment. The empty comment is neutral and of language other with confidence 0. */
dk_status dk_session_tag(dk_session *session, dk_str text, dk_comment *comment, dk_error *err);

/* ---- Tagging columns ---------------------------------------------------------------------------------

   Batches of comments in Apache Arrow's C Data Interface (https://arrow.apache.org/docs/format/CDataInterface.html), which pyarrow,
   pandas, polars, R, DuckDB and Spark speak; its two structs are only named here, no Arrow library is needed. */

struct ArrowSchema;
struct ArrowArray;

/* Tags columns on several threads; keeps their sessions, which know the words they have met, from batch to batch. */
typedef struct dk_tagger dk_tagger;

/* plan may be NULL: no prior, no packs. threads below 1: as many as there are processors. The engine must outlive the tagger, which is used
   by one thread at a time. */
dk_status dk_tagger_new(dk_tagger **out, const dk_engine *engine, const dk_tag_plan *plan, int threads, dk_error *err);
void dk_tagger_free(dk_tagger *tagger);

/* Tags the comments of one array of text: utf8 ("u"), large_utf8 ("U"), utf8_view ("vu"), or a dictionary of one of these; with nulls,
   and with the offset of a slice. The text is read where it lies, never copied. A null is the empty comment; so are NA, N/A and a single
   full stop, as for the program.
   Fills result_schema and result, which the caller releases, with a struct of as many rows, none of them null:
     language             dictionary of utf8: other, sv, da, en
     language_confidence  float64, 0..1 in thousandths
     sentiment            float64, -1..1 in thousandths
     label                dictionary of utf8: neutral, negative, positive, mixed
     themes               utf8: theme:label joined by |, as in comments.csv
     mentions             list of struct: theme, touchpoint, stage, label (dictionaries of utf8), polarity (float64, -1..1),
                          start, end (int32, bytes of the comment), match, entry, rules (utf8), as in mentions.csv
   The same rows give the same bytes for any number of threads and for any cut into batches.
   DK_EDATA: the array is of another type or does not hold together, or texts of the result have more than 2 GB: cut it into batches. */
dk_status dk_tag_arrow(dk_tagger *tagger, const struct ArrowSchema *schema, const struct ArrowArray *text,
                       struct ArrowSchema *result_schema, struct ArrowArray *result, dk_error *err);

/* ---- Driver statistics -------------------------------------------------------------------------------

   Which predictors move an outcome, how much, and how sure that is. Three questions, three numbers:
   - effect: what one unit of a predictor (a mention, for a 0/1 column) goes with, in the outcome's own unit, the
     other predictors and the controls held fixed; robust standard error, interval and p. For binary and ordinal
     models the average marginal effect: on the probability, or on the expected level.
   - importance: the predictor's or group's part of R2 beyond the controls, as the Shapley (LMG) value over groups
     (Lindeman, Merenda & Gold 1980; Groemping 2006), Owen (1977) values within groups. It sums to r2 - r2_controls.
   - opportunity: prevalence x effect, signed: what the outcome would lose were the mentions gone.
   The fit does not depend on the order of the rows or on the number of threads: same rows, same bits. */

typedef struct dk_interval {
    double lo, hi;
} dk_interval;

/* What a column points to: one element a row, except for DK_COLUMN_ROWS. */
typedef enum dk_column_kind {
    DK_COLUMN_MENTION, /* const uint8_t *: 0 or 1 */
    DK_COLUMN_ROWS,    /* const uint32_t *: the numbers of the rows (from 0, ascending) that hold a 1; count of them */
    DK_COLUMN_FIXED,   /* const int64_t *: the value is the integer / scale (scores 1, money in minor units 100,
                          sentiment in thousandths 1000); magnitudes up to 2^52 */
    DK_COLUMN_REAL     /* const double *: kept to 2^-52 of the column's largest magnitude; finite, but controls may have NaN (imputations) */
} dk_column_kind;

typedef struct dk_column {
    const char *name;
    dk_column_kind kind;
    const void *values;
    size_t count; /* DK_COLUMN_ROWS only */
    double scale; /* DK_COLUMN_FIXED only; above 0 */
} dk_column;

typedef enum dk_driver_model { DK_MODEL_LINEAR, DK_MODEL_BINARY, DK_MODEL_ORDINAL } dk_driver_model;

/* 1 - l / l0 (McFadden 1974), or 1 - (l / l0)^(-2 l0 / n) (Estrella 1998), whose derivative at 0 is that of a linear R2. */
typedef enum dk_r2 { DK_R2_MCFADDEN, DK_R2_ESTRELLA } dk_r2;

typedef struct dk_driver_table {
    size_t rows;
    dk_column outcome;            /* binary: 0 and 1; ordinal: ascending levels */
    const dk_column *predictors;
    const uint32_t *group_of;     /* for each predictor the number of its group; NULL: each is its own group */
    size_t npredictors;
    const char *const *groups;    /* names; NULL with group_of NULL: the predictors' names */
    size_t ngroups;
    const uint32_t *stage_of;     /* for each group the number of its stage; NULL: groups are not nested. Importances are then nested
                                     Owen values (Winter 1989): stages' Shapley values, split among their groups, split among terms */
    const char *const *stages;
    size_t nstages;
    const dk_column *controls;    /* partialled out, never ranked */
    size_t ncontrols;
    const double *weights;        /* NULL: 1; finite, not negative; 0 leaves the row out */
    const uint64_t *clusters;     /* hash of the customer id; NULL: each row is its own cluster */
    const uint64_t *clusters2;    /* second dimension of two-way clustering of the standard errors; NULL: none */
    const uint64_t *fixed_effects;/* a constant for each distinct value is absorbed (linear only); NULL: none */
    const uint32_t *subset;       /* the rows to use, ascending; NULL: all */
    size_t nsubset;
} dk_driver_table;

typedef struct dk_driver_options {
    dk_driver_model model;
    int bootstrap;         /* replicates, default 1000; 0: no intervals for importance and opportunity */
    uint64_t seed;         /* default 1 */
    int threads;           /* default 1 */
    double confidence;     /* default 0.95 */
    double alpha;          /* a group with q at most this is a driver; default 0.05 */
    int64_t min_rows;      /* fewer rows are "inconclusive"; default 30 */
    double negligible_r2;  /* a part of R2 that would not matter: "no link" needs an upper bound below; default 0.02 */
    int hc;                /* 0 to 3: which HC errors without clusters; default 3 */
    double winsor;         /* this share of the rows (by weight) at each end of the outcome counts as its quantile there, 0 to 0.25:
                              so that a few large amounts do not decide alone; default 0 */
    dk_r2 r2;              /* of binary and ordinal models; default McFadden's */
    int family_wise;       /* 1: q is p_max, so that not one of the drivers is false at alpha; default 0: q is the false discovery
                              rate, of ten drivers at q .05 half a one is expected to be false. Needs replicates */
    double budget;         /* multiply-adds that importance may cost, default 1e11 (some ten seconds of one processor).
                              Importance is exact for at most 26 groups while it fits; beyond, orders of entry are sampled
                              in antithetic pairs, for the replicates first, which the notes and importance_se tell */
    int imputations;       /* data sets made where DK_COLUMN_REAL controls have NaN (multiple imputation, Rubin's rules);
                              default 20; 0: such NaN are an error */
    void (*progress)(void *context, double done); /* 0 to 1, on the calling thread; NULL: none */
    void *progress_context;
} dk_driver_options;

/* The defaults written out above, all others 0. */
void dk_driver_options_init(dk_driver_options *options);

typedef enum dk_verdict {
    DK_INCONCLUSIVE, /* too few rows to tell a link from none */
    DK_NO_LINK,      /* no driver, and a link larger than ruled_out is ruled out at the confidence */
    DK_LINK          /* at least one group with q at most alpha */
} dk_verdict;

/* One predictor. Numbers that cannot be had are NaN. */
typedef struct dk_driver_term {
    const char *predictor;
    size_t column;            /* its index in the table's predictors */
    double effect, se, p;     /* se: HC as asked for, CR1 with clusters (as R's sandwich); ci and p of at most 1000 rows or
                                 clusters are made with df, and those of clusters with CR3 (hc 3) or CR2 (hc 2) errors */
    double df;                /* of t: Satterthwaite's (Bell & McCaffrey 2002) with so few, else n - p or clusters - 1 */
    dk_interval ci;
    double prevalence;        /* weighted mean of the column: for 0/1 the share of rows with a mention */
    int64_t mentions;         /* rows that are not 0 */
    double opportunity, opportunity_se;
    dk_interval opportunity_ci;
    double impact;            /* of a 0/1 column: n_t (mean_t - mean) / (n - n_t), the mean less that of the rows without a mention, as
                                 "leave one theme out" has it; NaN for others. It is prevalence x the raw difference: what other
                                 predictors do to the same rows is in it, and not in the opportunity */
    const char *impact_from;  /* linear: the other predictor or control that explains most of impact - opportunity; NULL: none */
    double impact_part;       /* how much of impact - opportunity: prevalence x its effect x how much more of it mentions have */
    double importance;        /* Owen value; the terms of a group sum to its importance */
    double beta;              /* standardised coefficient */
    double first, last;       /* R2 alone (beyond the controls), and R2 lost without it */
    double relative_weight;   /* Johnson 2000 */
    double vif;
    int aliased;              /* 1: a linear combination of others, left out */
} dk_driver_term;

typedef struct dk_driver {
    const char *name;
    double effect, se;        /* of the only term; NaN for groups of several */
    dk_interval ci;
    double p, q, q_by;        /* robust (joint) Wald test; q of Benjamini & Hochberg 1995, but never below p_model: a driver
                                 needs that the predictors together pass; q_by of Benjamini & Yekutieli 2001 */
    double p_max;             /* family-wise p by the maximum over groups in the same replicates (step-down maxT: Romano & Wolf
                                 2005): those at most .05 hold not one false name in 95 of 100 studies */
    double importance, importance_se; /* se of sampling permutations, 0 when exact */
    dk_interval importance_ci;
    double share;             /* of r2 - r2_controls */
    double prob_top3;         /* share of replicates in which it ranks among the first three by importance */
    int rank;                 /* 1 is the most important */
    int tie;                  /* groups of one number cannot be told apart by importance; 1 first */
    const char *stage;        /* NULL when groups are not nested */
    const dk_driver_term *terms;
    size_t nterms;
} dk_driver;

/* A stage of nested groups: the sum of its groups. */
typedef struct dk_driver_stage {
    const char *name;
    double importance, share;
    dk_interval importance_ci;
} dk_driver_stage;

typedef struct dk_driver_result {
    int64_t rows;             /* used: weight above 0 */
    int64_t clusters;
    double n_effective;       /* (sum w)^2 / sum w^2 */
    double r2, r2_controls;   /* binary and ordinal: McFadden's */
    double outcome_mean, outcome_sd;
    double outcome_low, outcome_high; /* what a winsorised outcome was cut to; NaN otherwise */
    int64_t outcome_cut;      /* rows that were cut */
    double intercept, residual_sd;
    double p_model;           /* robust Wald test of all predictors together */
    dk_verdict verdict;
    double ruled_out;         /* no predictor moves the outcome by more than this per standard deviation of its own */
    double detectable;        /* median over terms: effect per unit that would be found with 80 % power */
    double r2_upper;          /* one-sided upper bound of the R2 that predictors add */
    double condition;         /* of the scaled predictors and controls: largest / smallest singular value */
    int exact;                /* 1: importance is exact over groups */
    int replicates;
    const dk_driver *drivers; /* by importance, the largest first */
    size_t ndrivers;
    const dk_driver_stage *stages; /* in the table's order; none when groups are not nested */
    size_t nstages;
    const char *const *notes; /* sentences for people: what was done about aliasing, small groups, separation... */
    size_t nnotes;
} dk_driver_result;

/* Fits the model. The result owns all it points to except the names, which are the table's.
   DK_EUSAGE: the table or options do not go together. DK_EDATA: no usable rows, a value that is not finite, an
   outcome that does not vary or does not fit the model. */
dk_status dk_drivers_fit(const dk_driver_table *table, const dk_driver_options *options, dk_driver_result **result,
                         dk_error *err);
void dk_drivers_free(dk_driver_result *result);

/* "link", "no_link" or "inconclusive". */
const char *dk_verdict_name(dk_verdict verdict);

/* Net Promoter Score of responses: 9 and 10 promote, 0 to 6 detract. Figures are on the scale -100..100. */
typedef struct dk_nps {
    int64_t n;                       /* responses with a score and a weight above 0 */
    double n_effective, weight;      /* (sum w)^2 / sum w^2, and sum w */
    double promoters, passives, detractors; /* shares, 0..1 */
    double nps, se;                  /* NaN without responses */
    dk_interval ci;                  /* adjusted Wald (n + 3, 3/4 to promoters and to detractors), t when clustered */
} dk_nps;

/* scores: 0..10, anything else is no score and is skipped; weights, clusters and subset as in dk_driver_table. */
dk_status dk_nps_compute(const int8_t *scores, const double *weights, const uint64_t *clusters, const uint32_t *subset,
                         size_t n, double confidence, dk_nps *nps, dk_error *err);

#ifdef __cplusplus
}
#endif
#endif
