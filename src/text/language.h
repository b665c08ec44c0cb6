/* The language of a comment: Swedish, Danish, English, or something else.
 *
 * An additive model. Every distinct folded word form has one score vector, computed once (from the character
 * n-grams of the word with its boundaries, and from the whole word); the evidence of a comment is the sum of the
 * vectors of its tokens plus a prior. Scores are integers in 1/DK_LANGUAGE_UNIT of a nat (natural-log odds), so
 * sums are exact and do not depend on the order of the tokens, on threads or on the machine.
 *
 * The model file (models/language.tsv) is made by `drivkraft learn language` (workbench/learn_language.h).
 */
#ifndef DK_TEXT_LANGUAGE_H
#define DK_TEXT_LANGUAGE_H

#include "base/buffer.h"

/* What a word is scored against: the languages above (the first index is "any other"), then the confusers, each of
   which counts as DK_LANG_OTHER in the decision: Bokmaal, Nynorsk, German, Dutch. */
#define DK_LANGUAGE_CLASSES 8

typedef struct dk_language_model dk_language_model;

/* "other", "sv", "da", "en", "nb", "nn", "de", "nl": the columns of the model file. */
const char *dk_language_class_name(int class_index);

/* Reads a model. A damaged line is DK_EDATA with file, line and column. The model is immutable and may be shared by
   threads; the caller frees it. */
dk_status dk_language_open(dk_language_model **model, const char *path, dk_error *err);
void dk_language_free(dk_language_model *model);

/* Writes a model as an image (base/image.h), and takes one that lies in memory for as long as the model is used; false when it is
   none. */
dk_status dk_language_write(const dk_language_model *model, dk_buf *image, dk_error *err);
bool dk_language_attach(dk_language_model **model, const void *image, size_t size);

/* The score vector of one folded word form (UTF-8, lower case, NFC). Returns false, with zeros, for a form without
   letters (numbers, punctuation, emoji), which says nothing about the language and is not to be counted as a word.
   Scores of a form lie within +-DK_LANGUAGE_SCORE_MAX. */
#define DK_LANGUAGE_SCORE_MAX (1 << 20)
bool dk_language_score(const dk_language_model *model, dk_str form, int32_t scores[DK_LANGUAGE_CLASSES]);

/* The same of count forms at once, which is faster: speak[i] is what it returns of forms[i]. */
void dk_language_score_all(const dk_language_model *model, const dk_str *forms, size_t count,
                           int32_t (*scores)[DK_LANGUAGE_CLASSES], bool *speak);

/* The language of a comment from the sums over its words. nwords is the number of words that were scored: with none
   the answer is DK_LANG_OTHER with confidence 0 unless the prior favours a language. confidence_milli (may be NULL) is
   the probability of the answer in thousandths, 0 to 1000. prior may be NULL. */
dk_language dk_language_decide(const dk_language_model *model, const int64_t sums[DK_LANGUAGE_CLASSES],
                               uint64_t nwords, const dk_language_prior *prior, int32_t *confidence_milli);

/* The prior of a file from how many of its confident comments were in each language (Laplace-smoothed, at most 3 nats
   either way): what short comments of the same file may borrow. */
void dk_language_prior_learn(const uint64_t counts[DK_LANGUAGES], dk_language_prior *prior);

/* The prior that a user gives, as shares of the comments in any unit: "sv=0.6,da=0.3,en=0.1", "sv=600,da=400", or "sv" for a file
   that is nearly all Swedish. What is not named is as rare as a file can teach (3 nats down). DK_EUSAGE says what is wrong. */
dk_status dk_language_prior_parse(const char *text, dk_language_prior *prior, dk_error *err);

#endif
