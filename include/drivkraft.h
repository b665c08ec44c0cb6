/** @mainpage drivkraft: what customers write, and what it is worth
 *
 * The public interface of libdrivkraft. A complete program:
 *
 *     #include <drivkraft.h>
 *     #include <stdio.h>
 *
 *     int main(void) {
 *         dk_error err;
 *         dk_engine *engine;
 *         dk_session *session = NULL;
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
 * borrowed. The library never prints, never exits and never touches the locale. An engine is shared by any number of threads, a session
 * or tagger belongs to one at a time; other functions know no state.
 *
 * The functions: @ref errors, @ref tagging, @ref columns, @ref drivers. Whole programs are in examples/: tag_comment.c, stream_file.c,
 * fit_drivers.c, custom_reader.c. Compile with pkg-config (drivkraft) or CMake (find_package(drivkraft), drivkraft::drivkraft).
 */
/** @file
 * The public interface of libdrivkraft. */
#ifndef DRIVKRAFT_H
#define DRIVKRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this header. */
#define DK_VERSION "0.1.0"

/** @defgroup errors Status and errors
    @{ */

/** What a function that can fail returns. The first four are the exit codes of the program. */
typedef enum dk_status {
    DK_OK = 0,     /**< done */
    DK_EDATA = 1,  /**< the data, a lexicon, a study file or a fit is not as it must be */
    DK_EUSAGE = 2, /**< the caller asked for something that does not exist or does not go together */
    DK_EIO = 3,    /**< a file could not be opened, read or written */
    DK_ENOMEM = 4  /**< memory ran out */
} dk_status;

/** Where and why something failed. Filled once, at the place where the failure was found. */
typedef struct dk_error {
    dk_status status;   /**< what the function returned */
    int64_t line;       /**< 1-based; 0 when there is none */
    int64_t column;     /**< 1-based, in bytes; 0 when there is none */
    char file[256];     /**< empty when there is none; a long path keeps its end */
    char message[512];  /**< one sentence, lower case, without a full stop */
    char excerpt[160];  /**< the part of the input that is wrong, or empty */
    char remedy[200];   /**< what to do about it, or empty */
} dk_error;

/** A borrowed piece of text, not ended by a NUL. */
typedef struct dk_str {
    const char *ptr; /**< UTF-8; a byte that is none is no letter */
    size_t len;      /**< bytes */
} dk_str;

/** The version of the library that runs, where DK_VERSION is that of the header.
    @return such as "0.1.0", static */
const char *dk_version(void);

/** @} */

/** @defgroup tagging Tagging

   An engine holds lexicons, models and dictionaries: opened once, read-only afterwards, shared by any number of threads. A
   session belongs to one thread. Numbers are thousandths, so that sums are exact: a sentiment of -250 is -0.25.
    @{ */

/** Lexicons, models and dictionaries, opened once; shared by all threads. */
typedef struct dk_engine dk_engine;
/** What one thread needs to tag comments with an engine: memory that is used again, caches of words. */
typedef struct dk_session dk_session;

/** What a comment can come out as. */
typedef enum dk_language {
    DK_LANG_OTHER = 0, /**< another language, or no words at all */
    DK_LANG_SV,        /**< Swedish */
    DK_LANG_DA,        /**< Danish */
    DK_LANG_EN,        /**< English */
    DK_LANGUAGES       /**< how many */
} dk_language;

/** "other", "sv", "da", "en".
    @param language  any of dk_language but DK_LANGUAGES
    @return static text */
const char *dk_language_name(dk_language language);

/** The language of such a name.
    @param name           "other", "sv", "da" or "en"
    @param[out] language  set when there is one
    @return false when there is none ("auto" is none) */
bool dk_language_from_name(dk_str name, dk_language *language);

/** Where an engine comes from; all zero but data_dir, or but engine, is what most want. */
typedef struct dk_engine_options {
    const char *data_dir;         /**< the folder that holds lexicons/ and models/ */
    const char *const *lexicons;  /**< the user's own lexicon folders or files, before the shipped ones */
    size_t nlexicons;             /**< how many */
    bool no_spelling;             /**< do not match typing errors */
    bool no_learned;              /**< only hand-written entries and rules, no learned weights */
    const char *const *weights;   /**< files of weights learned from the user's own scores, in place of the shipped ones */
    size_t nweights;              /**< how many */
    const char *engine;           /**< a compiled engine (drivkraft lexicon compile) in place of all of the above */
    const char *cache;            /**< folder of compiled engines and dictionaries: NULL the user's own, "" for none */
} dk_engine_options;

/** Opens lexicons (all packs included), models and dictionaries; what is made of them is kept in the cache, by their content, and read
    from there the next time (0.03 s, else some 2 s). Read-only afterwards and safe to share.
    @param[out] out  the engine, for dk_engine_free; untouched after a failure
    @param options   borrowed during the call
    @param[out] err  filled after a failure; may be NULL, here and everywhere
    @return DK_EIO: a file is not there; DK_EDATA: a line of a lexicon or model is wrong (file, line, column in err); DK_ENOMEM */
dk_status dk_engine_open(dk_engine **out, const dk_engine_options *options, dk_error *err);
/** Takes an engine back, after all its sessions.
    @param engine  NULL is fine */
void dk_engine_free(dk_engine *engine);

/** What an output must name to be comparable: results of two engines of one stamp are the same.
    @param engine  an engine
    @return 32 hex digits over lexicons, models, dictionaries and program; the engine's */
const char *dk_engine_stamp(const dk_engine *engine);

/** The id of a theme.
    @param engine  an engine
    @param theme   its number in a mention, from 0
    @return touchpoint.theme, the engine's; NULL beyond the last */
const char *dk_engine_theme(const dk_engine *engine, uint32_t theme);
/** How many themes there are.
    @param engine  an engine
    @return a number that dk_mention.theme is always below */
size_t dk_engine_themes(const dk_engine *engine);

/** Writes where an entry stands, such as "sv/themes.tsv:611".
    @param engine    an engine
    @param entry     dk_mention.entry
    @param[out] out  ended by a NUL; cut when it is longer than size
    @param size      room in out, bytes
    @return its whole length without the NUL */
size_t dk_engine_entry(const dk_engine *engine, uint32_t entry, char *out, size_t size);

/** Nats are natural-log odds; priors and scores of languages are in 1/DK_LANGUAGE_UNIT of one. */
#define DK_LANGUAGE_UNIT 64

/** Log prior of each language, in 1/DK_LANGUAGE_UNIT nat, added to the evidence; all zeros: as the model was trained. */
typedef struct dk_language_prior {
    int32_t add[DK_LANGUAGES]; /**< by dk_language */
} dk_language_prior;

/** What is decided once for a whole file; all zero is: no prior, no packs. */
typedef struct dk_tag_plan {
    bool language_fixed;         /**< every comment is in this language; otherwise it is found for each */
    dk_language language;        /**< which, when fixed */
    dk_language_prior prior;     /**< of the file, for short comments; all zero for none */
    uint32_t packs;              /**< bit i: pack i of the lexicon is on */
} dk_tag_plan;

/** What a comment says, or says of a theme. */
typedef enum dk_label {
    DK_NEUTRAL = 0, /**< neither */
    DK_NEGATIVE,    /**< a complaint */
    DK_POSITIVE,    /**< praise */
    DK_MIXED        /**< both, each clearly; comments only */
} dk_label;
/** "neutral", "negative", "positive", "mixed".
    @param label  a label
    @return static text */
const char *dk_label_name(dk_label label);

/** Bits of dk_mention.rules: what was done on the way to its polarity. */
enum {
    DK_RULE_NEGATED = 1 << 0,     /**< not good */
    DK_RULE_INTENSIFIED = 1 << 1, /**< very good */
    DK_RULE_DIMINISHED = 1 << 2,  /**< fairly good */
    DK_RULE_CONTRASTED = 1 << 3,  /**< behind but */
    DK_RULE_SUGGESTION = 1 << 4,  /**< would be good if */
    DK_RULE_COMPARISON = 1 << 5,  /**< better elsewhere */
    DK_RULE_EXCESS = 1 << 6,      /**< too good */
    DK_RULE_LACK = 1 << 7,        /**< without good */
    DK_RULE_IDIOM = 1 << 8,       /**< a phrase with a valence of its own */
    DK_RULE_QUESTION = 1 << 9,    /**< is it good? */
    DK_RULE_SPELLING = 1 << 10,   /**< a typing error was mended */
    DK_RULE_COMPOUND = 1 << 11,   /**< found as part of a compound */
    DK_RULE_OWN = 1 << 12,     /**< no opinion near: the entry's own valence */
    DK_RULE_COMMENT = 1 << 13, /**< no opinion near: what its sentence and the neighbouring ones say */
    DK_RULE_LEARNED = 1 << 14, /**< no opinion near: the learned weights of the words around */
    DK_RULES = 15              /**< how many */
};

/** One theme in one place of a comment. */
typedef struct dk_mention {
    uint32_t theme;      /**< for dk_engine_theme */
    uint32_t entry;      /**< for dk_engine_entry: its file and line */
    uint32_t start;      /**< first byte of the match in the comment */
    uint32_t end;        /**< behind its last byte */
    int32_t polarity;    /**< thousandths, -1000..1000 */
    uint32_t rules;      /**< DK_RULE_* */
    dk_label label;      /**< negative, neutral or positive */
} dk_mention;

/** What a token is. */
typedef enum dk_token_kind {
    DK_TOKEN_WORD,    /**< letters, with inner hyphens and apostrophes */
    DK_TOKEN_NUMBER,  /**< digits with inner . , : / - and a unit sign: 2,5 10:30 2026-03-02 */
    DK_TOKEN_EMOJI,   /**< one pictograph with its modifiers, or an emoticon such as :-) */
    DK_TOKEN_ADDRESS, /**< URL or e-mail address */
    DK_TOKEN_NAME,    /**< `@name` or `#tag` */
    DK_TOKEN_PUNCT,   /**< one mark, or a run of the same mark (..., !!) */
} dk_token_kind;

/** Bits of dk_token.flags. */
enum {
    DK_TOKEN_UPPER_FIRST = 1 << 0,     /**< begins with a capital */
    DK_TOKEN_UPPER_ALL = 1 << 1,       /**< at least two letters, all capitals */
    DK_TOKEN_SPACE_BEFORE = 1 << 2,    /**< white space stands before it */
    DK_TOKEN_ENDS_SENTENCE = 1 << 3,   /**< a line break, or one of . ! ? stands here */
    DK_TOKEN_BEGINS_SENTENCE = 1 << 4, /**< the first of a sentence */
};

/** A piece of a comment. */
typedef struct dk_token {
    uint32_t start;  /**< first byte */
    uint32_t end;    /**< behind its last byte */
    uint32_t form;   /**< for the owner of the array: the number of the distinct form */
    uint8_t kind;    /**< dk_token_kind */
    uint8_t flags;   /**< DK_TOKEN_* bits; further bits are the session's */
    uint16_t clause; /**< for the owner of the array: which clause of the comment it stands in */
} dk_token;

/** The result of one comment; what it points to is the session's until its next call. */
typedef struct dk_comment {
    dk_language language;       /**< DK_LANG_OTHER for any but sv, da, en: such a comment has no mentions */
    int32_t confidence;         /**< of the language, thousandths */
    int32_t sentiment;          /**< thousandths, -1000..1000 */
    dk_label label;             /**< may be mixed */
    const dk_mention *mentions; /**< in order of start */
    size_t nmentions;           /**< how many */
    const dk_token *tokens;     /**< in order of start; none overlap */
    size_t ntokens;             /**< how many */
} dk_comment;

/** Makes a session, for one thread at a time.
    @param[out] out  the session, for dk_session_free; untouched after a failure
    @param engine    must outlive the session
    @param plan      copied; NULL: no prior, no packs
    @param[out] err  see dk_engine_open
    @return DK_ENOMEM */
dk_status dk_session_new(dk_session **out, const dk_engine *engine, const dk_tag_plan *plan, dk_error *err);
/** Takes a session back, and what it returned.
    @param session  NULL is fine */
void dk_session_free(dk_session *session);

/** From now on comments are of this customer, and are weighed without what was learned from the rows of the customer's fold, or of the
    comment's own fold when the customer is not known: so that a score does not explain itself. Shipped weights have no folds
    and are used as they are.
    @param session   a session
    @param customer  an id; empty: each comment is of nobody known; a NULL ptr ends this, as at the beginning */
void dk_session_set_customer(dk_session *session, dk_str customer);

/** Tags one comment. The empty comment is neutral and of language other with confidence 0.
    @param session       a session
    @param text          the comment, below 2 GB
    @param[out] comment  what it points to is the session's until its next call
    @param[out] err      see dk_engine_open
    @return DK_ENOMEM; no text is an error */
dk_status dk_session_tag(dk_session *session, dk_str text, dk_comment *comment, dk_error *err);

/** The most comments that are tagged together. */
#define DK_TOGETHER 16

/** Tags the first of several comments together, which comes to the same as one by one and is faster: at least one of them, at most
    #DK_TOGETHER, fewer where they are long.
    @param session        a session
    @param texts          [n] the comments, each below 2 GB
    @param n              how many there are
    @param[out] comments  [n] of those that were tagged; what they point to is the session's until its next call
    @param[out] taken     how many were tagged
    @param[out] err       see dk_engine_open
    @return DK_ENOMEM; no text is an error */
dk_status dk_session_tag_some(dk_session *session, const dk_str *texts, size_t n, dk_comment *comments, size_t *taken,
                              dk_error *err);

/** @} */

/** @defgroup columns Tagging columns

   Batches of comments in Apache Arrow's C Data Interface (https://arrow.apache.org/docs/format/CDataInterface.html), which pyarrow,
   pandas, polars, R, DuckDB and Spark speak; its two structs are only named here, no Arrow library is needed.
    @{ */

struct ArrowSchema; /**< the type of a column, as Arrow defines it */
struct ArrowArray;  /**< a column, as Arrow defines it */

/** Tags columns on several threads; keeps their sessions, which know the words they have met, from batch to batch. */
typedef struct dk_tagger dk_tagger;

/** Makes a tagger, which is used by one thread at a time.
    @param[out] out  the tagger, for dk_tagger_free; NULL after a failure
    @param engine    must outlive the tagger
    @param plan      copied; NULL: no prior, no packs
    @param threads   how many work; below 1: as many as there are processors
    @param[out] err  see dk_engine_open
    @return DK_ENOMEM */
dk_status dk_tagger_new(dk_tagger **out, const dk_engine *engine, const dk_tag_plan *plan, int threads, dk_error *err);
/** Takes a tagger back.
    @param tagger  NULL is fine */
void dk_tagger_free(dk_tagger *tagger);

/** Tags the comments of one array of text: utf8 ("u"), large_utf8 ("U"), utf8_view ("vu"), or a dictionary of one of these; with nulls,
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
    @param tagger              a tagger
    @param schema              of text; borrowed
    @param text                the comments; borrowed, and not released
    @param[out] result_schema  of the result; the caller releases it
    @param[out] result         a row a comment; the caller releases it
    @param[out] err            see dk_engine_open
    @return DK_EDATA: the array is of another type or does not hold together, or texts of the result have more than 2 GB: cut it into
            batches; DK_ENOMEM */
dk_status dk_tag_arrow(dk_tagger *tagger, const struct ArrowSchema *schema, const struct ArrowArray *text,
                       struct ArrowSchema *result_schema, struct ArrowArray *result, dk_error *err);

/** @} */

/** @defgroup drivers Driver statistics

   Which predictors move an outcome, how much, and how sure that is. Three questions, three numbers:
   - effect: what one unit of a predictor (a mention, for a 0/1 column) goes with, in the outcome's own unit, the
     other predictors and the controls held fixed; robust standard error, interval and p. For binary and ordinal
     models the average marginal effect: on the probability, or on the expected level.
   - importance: the predictor's or group's part of R2 beyond the controls, as the Shapley (LMG) value over groups
     (Lindeman, Merenda & Gold 1980; Groemping 2006), Owen (1977) values within groups. It sums to r2 - r2_controls.
   - opportunity: prevalence x effect, signed: what the outcome would lose were the mentions gone.
   The fit does not depend on the order of the rows or on the number of threads: same rows, same bits.
    @{ */

/** An interval at the confidence that was asked for; NaN where there is none. */
typedef struct dk_interval {
    double lo; /**< its lower end */
    double hi; /**< its upper end */
} dk_interval;

/** What a column points to: one element a row, except for DK_COLUMN_ROWS. */
typedef enum dk_column_kind {
    DK_COLUMN_MENTION, /**< const uint8_t *: 0 or 1 */
    DK_COLUMN_ROWS,    /**< const uint32_t *: the numbers of the rows (from 0, ascending) that hold a 1; count of them */
    DK_COLUMN_FIXED,   /**< const int64_t *: the value is the integer / scale (scores 1, money in minor units 100,
                          sentiment in thousandths 1000); magnitudes up to 2^52 */
    DK_COLUMN_REAL     /**< const double *: kept to 2^-52 of the column's largest magnitude; finite, but controls may have NaN (imputations) */
} dk_column_kind;

/** A column of a table; names and values are borrowed. */
typedef struct dk_column {
    const char *name;    /**< for the result and for notes */
    dk_column_kind kind; /**< what values points to */
    const void *values;  /**< as kind says */
    size_t count; /**< DK_COLUMN_ROWS only */
    double scale; /**< DK_COLUMN_FIXED only; above 0 */
} dk_column;

/** The kind of outcome. */
typedef enum dk_driver_model {
    DK_MODEL_LINEAR, /**< a number: weighted least squares */
    DK_MODEL_BINARY, /**< 0 or 1: logit */
    DK_MODEL_ORDINAL /**< ascending levels: cumulative logit (McCullagh 1980) */
} dk_driver_model;

/** R2 of binary and ordinal models, from the log likelihoods l and, without predictors, l0. */
typedef enum dk_r2 {
    DK_R2_MCFADDEN, /**< 1 - l / l0 (McFadden 1974) */
    DK_R2_ESTRELLA  /**< 1 - (l / l0)^(-2 l0 / n) (Estrella 1998), whose derivative at 0 is that of a linear R2 */
} dk_r2;

/** What a model is fitted to; all is borrowed during the fit, the names for as long as the result is used. */
typedef struct dk_driver_table {
    size_t rows;                  /**< of every column */
    dk_column outcome;            /**< binary: 0 and 1; ordinal: ascending levels */
    const dk_column *predictors;  /**< what is ranked, alone or in groups */
    const uint32_t *group_of;     /**< for each predictor the number of its group; NULL: each is its own group */
    size_t npredictors;           /**< how many */
    const char *const *groups;    /**< names; NULL with group_of NULL: the predictors' names */
    size_t ngroups;               /**< how many */
    const uint32_t *stage_of;     /**< for each group the number of its stage; NULL: groups are not nested. Importances are then nested
                                     Owen values (Winter 1989): stages' Shapley values, split among their groups, split among terms */
    const char *const *stages;    /**< names */
    size_t nstages;               /**< how many */
    const dk_column *controls;    /**< partialled out, never ranked */
    size_t ncontrols;             /**< how many */
    const double *weights;        /**< NULL: 1; finite, not negative; 0 leaves the row out */
    const uint64_t *clusters;     /**< hash of the customer id; NULL: each row is its own cluster */
    const uint64_t *clusters2;    /**< second dimension of two-way clustering of the standard errors; NULL: none */
    const uint64_t *fixed_effects; /**< a constant for each distinct value is absorbed (linear only); NULL: none */
    const uint32_t *subset;       /**< the rows to use, ascending; NULL: all */
    size_t nsubset;               /**< how many */
} dk_driver_table;

/** How a model is fitted; begin with dk_driver_options_init. */
typedef struct dk_driver_options {
    dk_driver_model model; /**< default linear */
    int bootstrap;         /**< replicates, default 1000; 0: no intervals for importance and opportunity */
    uint64_t seed;         /**< default 1 */
    int threads;           /**< default 1 */
    double confidence;     /**< default 0.95 */
    double alpha;          /**< a group with q at most this is a driver; default 0.05 */
    int64_t min_rows;      /**< fewer rows are "inconclusive"; default 30 */
    double negligible_r2;  /**< a part of R2 that would not matter: "no link" needs an upper bound below; default 0.02 */
    int hc;                /**< 0 to 3: which HC errors without clusters; default 3 */
    double winsor;         /**< this share of the rows (by weight) at each end of the outcome counts as its quantile there, 0 to 0.25:
                              so that a few large amounts do not decide alone; default 0 */
    dk_r2 r2;              /**< of binary and ordinal models; default McFadden's */
    int family_wise;       /**< 1: q is p_max, so that not one of the drivers is false at alpha; default 0: q is the false discovery
                              rate, of ten drivers at q .05 half a one is expected to be false. Needs replicates */
    double budget;         /**< multiply-adds that importance may cost, default 1e11 (some ten seconds of one processor).
                              Importance is exact for at most 26 groups while it fits; beyond, orders of entry are sampled
                              in antithetic pairs, for the replicates first, which the notes and importance_se tell */
    int imputations;       /**< data sets made where DK_COLUMN_REAL controls have NaN (multiple imputation, Rubin's rules);
                              default 20; 0: such NaN are an error */
    void (*progress)(void *context, double done); /**< 0 to 1, on the calling thread; NULL: none */
    void *progress_context; /**< handed to progress */
} dk_driver_options;

/** The defaults written out above, all others 0.
    @param[out] options  filled whole */
void dk_driver_options_init(dk_driver_options *options);

/** What can be said of a fit as a whole. */
typedef enum dk_verdict {
    DK_INCONCLUSIVE, /**< too few rows to tell a link from none */
    DK_NO_LINK,      /**< no driver, and a link larger than ruled_out is ruled out at the confidence */
    DK_LINK          /**< at least one group with q at most alpha */
} dk_verdict;

/** One predictor. Numbers that cannot be had are NaN. */
typedef struct dk_driver_term {
    const char *predictor;    /**< its name, the table's */
    size_t column;            /**< its index in the table's predictors */
    double effect;            /**< what one unit goes with, in the outcome's unit */
    double se;                /**< its error: HC as asked for, CR1 with clusters (as R's sandwich) */
    double p;                 /**< of effect 0. ci and p of at most 1000 rows or clusters are made with df, and those of clusters with
                                 CR3 (hc 3) or CR2 (hc 2) errors */
    double df;                /**< of t: Satterthwaite's (Bell & McCaffrey 2002) with so few, else n - p or clusters - 1 */
    dk_interval ci;           /**< of the effect */
    double prevalence;        /**< weighted mean of the column: for 0/1 the share of rows with a mention */
    int64_t mentions;         /**< rows that are not 0 */
    double opportunity;       /**< prevalence x effect */
    double opportunity_se;    /**< its standard error */
    dk_interval opportunity_ci; /**< its interval, of replicates */
    double impact;            /**< of a 0/1 column: n_t (mean_t - mean) / (n - n_t), the mean less that of the rows without a mention, as
                                 "leave one theme out" has it; NaN for others. It is prevalence x the raw difference: what other
                                 predictors do to the same rows is in it, and not in the opportunity */
    const char *impact_from;  /**< linear: the other predictor or control that explains most of impact - opportunity; NULL: none */
    double impact_part;       /**< how much of impact - opportunity: prevalence x its effect x how much more of it mentions have */
    double importance;        /**< Owen value; the terms of a group sum to its importance */
    double beta;              /**< standardised coefficient */
    double first;             /**< R2 alone, beyond the controls */
    double last;              /**< R2 lost without it */
    double relative_weight;   /**< Johnson 2000 */
    double vif;               /**< variance inflation: 1 / (1 - R2 of this column on all others) */
    int aliased;              /**< 1: a linear combination of others, left out */
} dk_driver_term;

/** A group of predictors, or a predictor that is its own group. */
typedef struct dk_driver {
    const char *name;         /**< of the group, the table's */
    double effect;            /**< of the only term; NaN for groups of several */
    double se;                /**< the same */
    dk_interval ci;           /**< the same */
    double p;                 /**< robust (joint) Wald test */
    double q;                 /**< Benjamini & Hochberg 1995, but never below p_model: a driver needs that the predictors together pass */
    double q_by;              /**< Benjamini & Yekutieli 2001 */
    double p_max;             /**< family-wise p by the maximum over groups in the same replicates (step-down maxT: Romano & Wolf
                                 2005): those at most .05 hold not one false name in 95 of 100 studies */
    double importance;        /**< Shapley value, part of R2 */
    double importance_se;     /**< of sampling permutations, 0 when exact */
    dk_interval importance_ci; /**< of replicates */
    double share;             /**< of r2 - r2_controls */
    double prob_top3;         /**< share of replicates in which it ranks among the first three by importance */
    int rank;                 /**< 1 is the most important */
    int tie;                  /**< groups of one number cannot be told apart by importance; 1 first */
    const char *stage;        /**< NULL when groups are not nested */
    const dk_driver_term *terms; /**< its predictors, in the table's order */
    size_t nterms;            /**< how many */
} dk_driver;

/** A stage of nested groups: the sum of its groups. */
typedef struct dk_driver_stage {
    const char *name;          /**< the table's */
    double importance;         /**< of its groups together */
    double share;              /**< of r2 - r2_controls */
    dk_interval importance_ci; /**< of the sum's replicates */
} dk_driver_stage;

/** What a fit found; numbers that cannot be had are NaN. */
typedef struct dk_driver_result {
    int64_t rows;             /**< used: weight above 0 */
    int64_t clusters;         /**< distinct ones among them */
    double n_effective;       /**< (sum w)^2 / sum w^2 */
    double r2;                /**< of all; binary and ordinal: as options.r2 says */
    double r2_controls;       /**< of the controls alone */
    double outcome_mean;      /**< weighted */
    double outcome_sd;        /**< weighted */
    double outcome_low;       /**< what a winsorised outcome was cut to from below; NaN otherwise */
    double outcome_high;      /**< and from above */
    int64_t outcome_cut;      /**< rows that were cut */
    double intercept;         /**< of the linear model */
    double residual_sd;       /**< of the linear model */
    double p_model;           /**< robust Wald test of all predictors together */
    dk_verdict verdict;       /**< whether there is any driver */
    double ruled_out;         /**< no predictor moves the outcome by more than this per standard deviation of its own */
    double detectable;        /**< median over terms: effect per unit that would be found with 80 % power */
    double r2_upper;          /**< one-sided upper bound of the R2 that predictors add */
    double condition;         /**< of the scaled predictors and controls: largest / smallest singular value */
    int exact;                /**< 1: importance is exact over groups */
    int replicates;           /**< that were used */
    const dk_driver *drivers; /**< by importance, the largest first */
    size_t ndrivers;          /**< how many */
    const dk_driver_stage *stages; /**< in the table's order; none when groups are not nested */
    size_t nstages;           /**< how many */
    const char *const *notes; /**< sentences for people: what was done about aliasing, small groups, separation... */
    size_t nnotes;            /**< how many */
} dk_driver_result;

/** Fits the model.
    @param table        borrowed; its names for as long as the result is used
    @param options      as dk_driver_options_init and you have set them
    @param[out] result  owns all else that it points to; for dk_drivers_free
    @param[out] err     see dk_engine_open
    @return DK_EUSAGE: the table or options do not go together; DK_EDATA: no usable rows, a value that is not finite, an outcome that does
            not vary or does not fit the model; DK_ENOMEM */
dk_status dk_drivers_fit(const dk_driver_table *table, const dk_driver_options *options, dk_driver_result **result,
                         dk_error *err);
/** Takes a result back.
    @param result  NULL is fine */
void dk_drivers_free(dk_driver_result *result);

/** "link", "no_link" or "inconclusive".
    @param verdict  a verdict
    @return static text */
const char *dk_verdict_name(dk_verdict verdict);

/** Net Promoter Score of responses: 9 and 10 promote, 0 to 6 detract. Figures are on the scale -100..100. */
typedef struct dk_nps {
    int64_t n;          /**< responses with a score and a weight above 0 */
    double n_effective; /**< (sum w)^2 / sum w^2 */
    double weight;      /**< sum w */
    double promoters;   /**< share of 9 and 10, 0..1 */
    double passives;    /**< share of 7 and 8 */
    double detractors;  /**< share of 0 to 6 */
    double nps;         /**< 100 (promoters - detractors); NaN without responses */
    double se;          /**< of nps; NaN without responses */
    dk_interval ci;     /**< adjusted Wald (n + 3, 3/4 to promoters and to detractors), t when clustered */
} dk_nps;

/** Computes an NPS with its interval (Rocks 2016).
    @param scores      0..10; anything else is no score and is skipped
    @param weights     NULL: 1; rows whose weight is not above 0 are skipped
    @param clusters    hash of the customer id; NULL: each row is its own
    @param subset      rows to use, ascending; NULL: all
    @param n           length of subset, or of scores without one
    @param confidence  of the interval, such as 0.95
    @param[out] nps    filled whole
    @param[out] err    see dk_engine_open
    @return DK_ENOMEM */
dk_status dk_nps_compute(const int8_t *scores, const double *weights, const uint64_t *clusters, const uint32_t *subset,
                         size_t n, double confidence, dk_nps *nps, dk_error *err);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
