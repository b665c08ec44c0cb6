/* Rows to learn sentiment from: comments with what is known of them, as features and as figures of the rules.
 *
 * Sources, each with its own reading of its label:
 *   sign        positive, negative, neutral (or pos, neg, neu; satisfied customers 1, others 0)
 *   nps         0 to 10: 9 and 10 are positive, 0 to 6 negative, 7 and 8 are left out
 *   stars       1 to 5: 4 and 5 positive, 1 and 2 negative, 3 neutral
 *   valence     a number: its sign
 *   aspects     category:polarity joined by |: positive or negative when all agree, neutral when all are; sentences without an
 *               aspect are neutral at half weight, mixed ones are left out
 *   question    the question that was asked: what was best (positive) or is to improve (negative)
 *   neutral     no label: sentences that state facts
 *   unlabelled  no label: the rules' own verdict where it is sure, the others are left out
 * Labels of a source that weigh differently are balanced within it, so that the bias does not learn how satisfied its customers are.
 */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_DATA_H
#define DK_WORKBENCH_LEARN_SENTIMENT_DATA_H

#include "base/intern.h"
#include "io/reader.h"
#include "workbench/learn_sentiment_fit.h"

typedef enum dk_scale {
    DK_SCALE_SIGN,
    DK_SCALE_NPS,
    DK_SCALE_STARS,
    DK_SCALE_VALENCE,
    DK_SCALE_ASPECTS,
    DK_SCALE_QUESTION,
    DK_SCALE_NEUTRAL,
    DK_SCALE_UNLABELLED,
    DK_SCALES
} dk_scale;
const char *dk_scale_name(dk_scale scale);
bool dk_scale_from_name(dk_str name, dk_scale *scale);

/* y of a label by its scale: 0..1, or -1 for one that says nothing; *weight is halved for doubtful neutrals. False when the label
   is none of the scale's. by_rules is the rules' sentiment in thousandths, for unlabelled rows. */
bool dk_scale_read(dk_scale scale, dk_str label, int32_t by_rules, float *y, float *weight);

typedef struct dk_sentiment_row {
    size_t first; /* its features: into dk_sentiment_data.features */
    uint32_t nfeatures;
    uint32_t source;
    float y, weight, damp;
    int32_t figures[DK_FIGURES];
    int32_t by_rules;
    uint8_t fold; /* 0..folds-1, by the hash of its text (or of its customer) */
    bool opinions;
    uint64_t key; /* of its text and label, for an order that does not depend on the file's */
} dk_sentiment_row;

typedef struct dk_sentiment_data {
    dk_sentiment_row *rows;
    size_t nrows, rows_cap;
    uint32_t *features;
    size_t nfeatures, features_cap;
    dk_intern names; /* of features in order of first sight: a digit for the kind, the text, and for pairs a space and the right word */
    uint32_t *by_name; /* feature number: id in names, in order of the names; NULL until dk_sentiment_data_order */
    size_t unusable; /* rows whose label is none of the scale's */
    int64_t unusable_line; /* where the first of them stands */
} dk_sentiment_data;

typedef struct dk_sentiment_source {
    const char *path, *text, *label; /* label: NULL for neutral and unlabelled */
    const char *cluster; /* column that keeps rows together in a fold, such as the customer; NULL: equal texts share a fold */
    dk_scale scale;
    double weight; /* of all its rows together, as if there were so many times its rows */
    bool tsv; /* quotes are text */
} dk_sentiment_source;

void dk_sentiment_data_init(dk_sentiment_data *data);
void dk_sentiment_data_dispose(dk_sentiment_data *data);

/* Orders rows and features by their content, so that nothing depends on the order of the file: feature numbers are
   then positions among the sorted names. After all sources were read. */
dk_status dk_sentiment_data_order(dk_sentiment_data *data, dk_error *err);

static inline dk_str dk_sentiment_feature(const dk_sentiment_data *data, uint32_t feature) {
    return dk_intern_text(&data->names, data->by_name[feature]);
}

/* Reads a source as number `source`. The session must be of the language and without learned weights. */
dk_status dk_sentiment_data_read(dk_sentiment_data *data, const dk_sentiment_source *source, uint32_t number, int folds,
                                 dk_session *session, dk_error *err);

#endif
