/* Training of the language model (text/language.h) from labelled sentences, texts of known language and word counts.
 *
 * A softmax regression over the classes of the model: the evidence of a text is the sum over its words, that of a
 * word the sum over its character n-grams (1 to 5) and the word itself. Fitted by AdaGrad (Duchi, Hazan and Singer
 * 2011) with L2, in a fixed order, so that the same sources give the same bytes. Steps:
 *   1. fit on every feature that at least min_count distinct words or examples hold,
 *   2. keep the max_features that move the decisions most, 3. fit again on these, 4. round to 1/64 nat.
 * The figures in the header of the model come from folds cross-validation over the labelled sentences (equal texts
 * share a fold; the other sources are always in training), with steps 1 to 4 inside each fold.
 *
 * Three kinds of source, each with its own prior, because how many texts a source has of a language says nothing of
 * how often customers write it; only the prior of the labelled sentences is kept:
 *   labelled  TSV with a header row, columns origin (or language) and text; an origin without a class is "other"
 *   texts     TSV with a header row and a column text, all in one language
 *   words     lines "word count", all of one language; examples of a word are weighed by how much of each list it is
 */
#ifndef DK_WORKBENCH_LEARN_LANGUAGE_H
#define DK_WORKBENCH_LEARN_LANGUAGE_H

#include "base/buffer.h"
#include "text/language.h"

typedef enum dk_learn_kind { DK_LEARN_LABELLED, DK_LEARN_TEXTS, DK_LEARN_WORDS } dk_learn_kind;

typedef struct dk_learn_source {
    dk_learn_kind kind;
    const char *path;
    int class_index; /* of texts and words, see dk_language_class_name */
} dk_learn_source;

typedef struct dk_learn_language_options {
    int folds;           /* 5; 0 leaves cross-validation out */
    int epochs;          /* 8 */
    size_t max_features; /* 90,000: about 2.5 MB of model */
    uint32_t min_count;  /* 3 */
    float l2;            /* 1e-6 an example */
    float text_weight, list_weight; /* 0.15, 0.8: of a text and a listed word; a sentence has 1 */
    float other_odds;    /* 0.7: nats taken from the prior of "other", of which customers write less than collections hold */
    uint64_t seed;
    const char *note; /* lines for the header of the model, each beginning with #: data, licences, date; or NULL */
} dk_learn_language_options;

void dk_learn_language_defaults(dk_learn_language_options *options);

/* Held-out accuracy by language and length: 1-3, 4-8, 9-20, 21 and more words. */
#define DK_LEARN_LENGTHS 4
typedef struct dk_learn_language_report {
    uint64_t rows[DK_LANGUAGES][DK_LEARN_LENGTHS], right[DK_LANGUAGES][DK_LEARN_LENGTHS];
    uint64_t confused[DK_LANGUAGE_CLASSES][DK_LANGUAGES]; /* true class by decision */
    uint64_t other_rows, other_claimed; /* held-out rows in another language, and those taken for sv, da or en */
    uint64_t examples, features;
} dk_learn_language_report;

/* Trains and appends the model file to out. Sources must hold labelled sentences of every class. */
dk_status dk_learn_language(const dk_learn_source *sources, size_t nsources, const dk_learn_language_options *options,
                            dk_buf *out, dk_learn_language_report *report, dk_error *err);

#endif
