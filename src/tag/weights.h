/* Learned sentiment: weights of words, pairs of words and negated words, joined with what the hand-written rules say.
 *
 *   logit = bias + sum of coefficient x figure + damp(tokens) x sum of the weights of the comment's features
 *   sentiment = logit / sqrt(logit^2 + 4), which follows 2 p - 1 for the probability p of a satisfied customer
 *
 * Features of a comment, each from single tokens or neighbours: the distinct words as written (folded), their lemmas, the
 * heads of compounds, the distinct words that a negation reaches (by lemma), neighbouring pairs, and runs of ! ? and full
 * stops. Tokens of an idiom that the rules know have no features: what they say
 * singly is not what they mean together. Longer comments are damped by the fourth root of their length. Figures are what the rules make of the
 * opinions (dk_figures_of), so that a comment whose words the training never saw is judged by the rules alone.
 *
 * All weights are thousandths of a logit, so that sums are exact. The file (models/sentiment_XX.tsv) is TSV with the columns
 * kind, text, weight and, for cross-fitting, fold1, fold2, ...: the weights learned without the rows of that
 * fold. Lines that begin with # are remarks. It is made by `drivkraft learn sentiment` (workbench/learn_sentiment.h).
 */
#ifndef DK_TAG_WEIGHTS_H
#define DK_TAG_WEIGHTS_H

#include "base/hash.h"
#include "base/intern.h"
#include "tag/features.h"

#define DK_WEIGHT_MAX 100000 /* thousandths either way */
#define DK_WEIGHT_FOLDS 20

typedef struct dk_weights dk_weights;

/* Reads a file of weights and adds its content to stamp (may be NULL). morphs[language] is borrowed; morphs may be NULL.
   Malformed lines are DK_EDATA with file, line and column. */
dk_status dk_weights_open(dk_weights **out, const char *path, dk_morph *const morphs[DK_LANGUAGES], dk_stamp *stamp,
                          dk_error *err);
void dk_weights_free(dk_weights *weights);

/* Takes weights that lie in memory as an image (base/image.h) for as long as they are used, and the image of weights that were opened from
   a file (borrowed; of length 0 for attached ones). */
dk_status dk_weights_attach(dk_weights **out, const void *image, size_t size, dk_morph *const morphs[DK_LANGUAGES],
                            dk_error *err);
void dk_weights_image(const dk_weights *weights, const void **image, size_t *size);

/* The hash of a customer or a text (outer blanks and ASCII case do not count), never 0 unless the key is empty, and the fold that
   it belongs to, 1..folds. Learner and session share both. */
uint64_t dk_fold_hash(dk_str key);
static inline uint32_t dk_fold_of(uint64_t hash, uint32_t folds) { return 1 + (uint32_t)(hash % folds); }

/* How many folds the file has; 0 for weights that are not for cross-fitting. */
int dk_weights_folds(const dk_weights *weights);

dk_language dk_weights_language(const dk_weights *weights);

/* The label of a sentiment: neutral within the file's band, of which there is one for comments with an opinion of the rules and
   one for those without. */
dk_label dk_weights_label(const dk_weights *weights, int32_t sentiment, bool opinions);

/* A session's working memory: what each form weighs, found once a form. All-zero is an empty one. */
typedef struct dk_weigher {
    const dk_weights *weights[DK_LANGUAGES]; /* borrowed, NULL for none */
    int32_t *records[DK_LANGUAGES];          /* by form number, see weights.c */
    size_t cap[DK_LANGUAGES];
    uint32_t serial; /* of the comment, for distinct forms */
    uint64_t fold_hash; /* 0: weights from all rows; else from those of other folds than this hash's */
} dk_weigher;

void dk_weigher_dispose(dk_weigher *weigher);

/* What the weights of all rows of the data say of two neighbours; both forms were met (dk_weigher_meet). */
int32_t dk_weigher_pair(const dk_weigher *weigher, const dk_forms *forms, uint32_t left, uint32_t right, dk_language language);

/* The logit of a comment that the rules have read, thousandths. languages[i] is what token i is read in, main the language of the comment,
   which must have weights, uniform whether all tokens are read in it; pairs[i] is what tokens i - 1 and i weigh together where both are
   read in one language. learned has room for a number for each token: what it adds to the logit before damping. The session's forms must be
   those of the tokens, and met. */
int64_t dk_weigher_run(dk_weigher *weigher, const dk_forms *forms, const dk_tokens *tokens, const uint8_t *languages,
                       const int32_t *pairs, dk_language main, bool uniform, const dk_reading *reading, const dk_lexicon *lexicon,
                       int32_t *learned);

/* Takes a form that is met for the first time in a language, while its bases are at hand. */
dk_status dk_weigher_meet(dk_weigher *weigher, const dk_forms *forms, uint32_t form, dk_language language,
                          const dk_bases *bases, dk_error *err);

/* What a form weighs by itself, from all rows of the data, and the forms that the file lists as words (of weights opened from a
   file; an image has none). */
int32_t dk_weights_form(const dk_weights *weights, dk_str folded);
const dk_intern *dk_weights_words(const dk_weights *weights);

/* sentiment of a logit, -1000..1000, and the damping of a comment of so many tokens in 1/4096. */
int32_t dk_weights_squeeze(int64_t logit);
int64_t dk_weights_damp(size_t ntokens);

#endif
