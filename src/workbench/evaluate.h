/* Evaluation against hand-coded comments: how often the engine finds what coders found, how well it agrees with them beside how
 * well they agree with each other, where it errs, and how sure all that is after so many coded comments.
 *
 * Every coder's reading of a comment is compared with the engine's. A code is found when the comment has a mention of a theme that it
 * stands for; a theme that stands for none of the coder's codes is wrong, and counts under its first code. With polarity, a
 * code found with another polarity is both missed and wrong. Intervals are percentiles of a bootstrap over comments (Poisson weights from the hash of
 * seed, replicate and comment: they depend neither on order nor on threads).
 *
 * Tables: summary, themes, agreement, sentiment (what coders said against what the engine said), confusion (missed codes against
 * themes found instead), errors (with spans), curve.
 */
#ifndef DK_WORKBENCH_EVALUATE_H
#define DK_WORKBENCH_EVALUATE_H

#include "workbench/coded.h"
#include "workbench/sheet.h"

typedef struct dk_evaluate_options {
    int replicates;
    uint64_t seed;
    size_t errors; /* how many of each kind are listed, drawn from all; SIZE_MAX for all */
} dk_evaluate_options;

/* The figures that others compare by. NaN where there is nothing to count. */
typedef struct dk_evaluate_figures {
    double precision, recall, f1, macro_f1, polarity_f1;
    double f1_low, f1_high;
    double sentiment_accuracy, sentiment_f1;
    size_t comments, coders;
} dk_evaluate_figures;

/* Adds the tables. All comments of the codes were tagged by the engine. DK_EDATA when nothing is coded. */
dk_status dk_evaluate_make(dk_book *book, const dk_coded *coded, const dk_scheme *scheme,
                           const dk_engine *engine, const dk_evaluate_options *options,
                           dk_evaluate_figures *figures, dk_error *err);

/* What the engine says of the themes of a comment: each once, with the label over all its mentions. */
typedef struct dk_found {
    uint32_t theme, mention; /* mention: the first, into the corpus */
    uint8_t label;
} dk_found;
enum { DK_FOUND_MAX = 64 };
size_t dk_found_themes(const dk_corpus *corpus, size_t comment, dk_found out[DK_FOUND_MAX]);

/* A Poisson number of mean 1 from 64 random bits, at most 15. */
int dk_poisson_one(uint64_t bits);

#endif
