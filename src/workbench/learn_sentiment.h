/* Learning sentiment: from comments with scores to models/sentiment_XX.tsv (tag/weights.h).
 *
 * Logistic regression of "satisfied or not" on the words of a comment together with what the hand-written rules say of it
 * (learn_sentiment_fit.h), so that a word gets the weight that the rules lack, and rules stay in force on unknown words. Steps:
 *   1. features that at least min_count training rows hold; fit; keep the max_features with the largest |w| sqrt(count); fit again
 *   2. the same without each fold: logits that have not seen their row, from which come all figures in the head of the file,
 *      the calibration (one slope for all weights) and the neutral bands (best macro-F1 over three classes)
 *   3. the same without each source: what the weights are worth on other companies
 * Learned from a score, weights must not then explain that score: with cross_fit the file also holds the weights of each
 * fold, and dk_session_set_fold chooses those that have not seen a customer's fold.
 */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_H
#define DK_WORKBENCH_LEARN_SENTIMENT_H

#include "workbench/learn_sentiment_data.h"

typedef struct dk_learn_sentiment_options {
    const char *data_dir; /* of lexicons/ and models/ */
    dk_language language;
    const dk_sentiment_source *sources;
    size_t nsources;
    int folds;           /* 0: 5; at most DK_WEIGHT_FOLDS */
    double l2;           /* 0: 3 */
    size_t max_features; /* 0: 20,000 */
    uint32_t min_count;  /* 0: 3 */
    int threads;
    bool cross_fit;
    bool no_sources_out; /* leaves step 3 out */
    /* Weights of words to begin with, in logits: the fit is pulled to them instead of to 0. NULL: none. */
    const dk_intern *prior_words;
    const double *prior_weights; /* by id */
    const char *note; /* lines for the head of the file, each beginning with #; or NULL */
} dk_learn_sentiment_options;

/* How well a score tells satisfied from other rows. */
typedef struct dk_learn_measure {
    double accuracy; /* by sign; a score of 0 counts half */
    double auc, macro_f1;
} dk_learn_measure;

typedef struct dk_learn_source_figures {
    size_t rows, positive, negative, neutral;
    dk_learn_measure rules, weights, both; /* weights and both: from folds that have not seen the row */
    dk_learn_measure left_out;             /* both, learned without this source; NaN when that was not done */
    double three;                          /* share of rows right in three classes, where there are neutral ones; else NaN */
    double three_f1;
} dk_learn_source_figures;

typedef struct dk_learn_sentiment_figures {
    dk_learn_source_figures *sources; /* nsources, the caller's to free */
    size_t rows, unusable, weights;
    int64_t unusable_line;
    double slope;
    int32_t bands[2];
} dk_learn_sentiment_figures;

/* Makes the text of the file in model (cleared first). DK_EDATA when the rows do not hold both satisfied and other customers. */
dk_status dk_learn_sentiment(const dk_learn_sentiment_options *options, dk_buf *model,
                             dk_learn_sentiment_figures *figures, dk_error *err);

#endif
