/* drivkraft: what customers write, and what it is worth.
 *
 * The public interface of libdrivkraft. Every function that can fail returns a dk_status and describes the
 * failure in the dk_error that the caller passes (which may be NULL). The library never prints, never exits
 * and never touches the locale.
 */
#ifndef DRIVKRAFT_H
#define DRIVKRAFT_H

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
    DK_COLUMN_REAL     /* const double *: kept to 2^-52 of the column's largest magnitude; finite */
} dk_column_kind;

typedef struct dk_column {
    const char *name;
    dk_column_kind kind;
    const void *values;
    size_t count; /* DK_COLUMN_ROWS only */
    double scale; /* DK_COLUMN_FIXED only; above 0 */
} dk_column;

typedef enum dk_driver_model { DK_MODEL_LINEAR, DK_MODEL_BINARY, DK_MODEL_ORDINAL } dk_driver_model;

typedef struct dk_driver_table {
    size_t rows;
    dk_column outcome;            /* binary: 0 and 1; ordinal: ascending levels */
    const dk_column *predictors;
    const uint32_t *group_of;     /* for each predictor the number of its group; NULL: each is its own group */
    size_t npredictors;
    const char *const *groups;    /* names; NULL with group_of NULL: the predictors' names */
    size_t ngroups;
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
    double budget;         /* multiply-adds that importance may cost, default 1e11 (some ten seconds of one processor).
                              Importance is exact for at most 26 groups while it fits; beyond, orders of entry are sampled
                              in antithetic pairs, for the replicates first, which the notes and importance_se tell */
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
    double effect, se, p;
    dk_interval ci;
    double prevalence;        /* weighted mean of the column: for 0/1 the share of rows with a mention */
    int64_t mentions;         /* rows that are not 0 */
    double opportunity, opportunity_se;
    dk_interval opportunity_ci;
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
    double p_max;             /* family-wise p by the maximum over groups in the same replicates (maxT) */
    double importance, importance_se; /* se of sampling permutations, 0 when exact */
    dk_interval importance_ci;
    double share;             /* of r2 - r2_controls */
    double prob_top3;         /* share of replicates in which it ranks among the first three by importance */
    int rank;                 /* 1 is the most important */
    int tie;                  /* groups of one number cannot be told apart by importance; 1 first */
    const dk_driver_term *terms;
    size_t nterms;
} dk_driver;

typedef struct dk_driver_result {
    int64_t rows;             /* used: weight above 0 */
    int64_t clusters;
    double n_effective;       /* (sum w)^2 / sum w^2 */
    double r2, r2_controls;   /* binary and ordinal: McFadden's */
    double outcome_mean, outcome_sd;
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
