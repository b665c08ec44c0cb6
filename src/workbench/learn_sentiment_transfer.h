/* Carrying learned sentiment over to a language with few labelled comments.
 *
 * From sentences that stand in both languages the probability t(y | x) that word x is said as y is estimated by IBM model 1
 * (Brown et al. 1993; 5 rounds); x then weighs sum of t(y | x) weight(y). Words that never stand in such a sentence may weigh what
 * the word of a near language weighs that is spelt alike once the regular differences are taken away (sv ä, ö, ck, -a
 * against da æ, ø, k, -e). What is carried over is where the fit of learn_sentiment.h begins, not where it ends.
 */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_TRANSFER_H
#define DK_WORKBENCH_LEARN_SENTIMENT_TRANSFER_H

#include "workbench/learn_sentiment_recipe.h"

typedef struct dk_sentiment_transfer {
    dk_intern words;
    double *weights; /* by word: logits */
    size_t weights_cap;
    size_t aligned, cognates; /* sentence pairs; words found by their spelling alone */
} dk_sentiment_transfer;

/* Carries over all transfers of a recipe from the sentiment weights in models (a folder). *out is NULL when there are none. */
dk_status dk_sentiment_transfer_new(dk_sentiment_transfer **out, const dk_sentiment_recipe *recipe, const char *models,
                                    dk_error *err);
void dk_sentiment_transfer_free(dk_sentiment_transfer *transfer);

/* The spelling of a Swedish or Danish word without what regularly differs between them; out has room for len + 1 bytes. */
size_t dk_cognate_key(dk_str word, char *out);

#endif
