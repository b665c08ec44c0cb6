/* Which comments to code next, and the sheet to code them in.
 *
 * A comment is the more worth coding the less sure the engine is of it and the less the themes reach of it:
 *   unsure   1 - |sentiment|, more where the label is mixed or the language in doubt
 *   unread   the share of its words outside any theme's entry; 1 for a comment without a theme
 *   rare     themes that few of the file's comments have
 * Strata are language x label x with and without a theme: each gets its share of the sheet, but at least one comment, and of each half are drawn
 * at random and half are the most worth coding, so that figures from the sheet can be weighted back (column weight: how many
 * comments of the file one drawn at random stands for; empty for those that were chosen).
 */
#ifndef DK_WORKBENCH_SAMPLE_H
#define DK_WORKBENCH_SAMPLE_H

#include "workbench/corpus.h"

typedef struct dk_sample_options {
    size_t size;
    double random; /* share that is drawn at random, 0..1 */
    uint64_t seed;
    const bool *skip; /* by comment: coded already; NULL for none */
    bool blind;       /* leaves out what the engine says, so that coders are not led */
} dk_sample_options;

typedef struct dk_sampled {
    size_t comment;
    double worth, weight; /* weight: NaN for chosen ones */
    const char *why;      /* random, unsure, unread, rare */
} dk_sampled;

/* The comments in the order of the file; the caller frees *out. */
dk_status dk_sample_choose(const dk_corpus *corpus, const dk_engine *engine, const dk_sample_options *options,
                           dk_sampled **out, size_t *count, dk_error *err);

/* Writes the sheet: id, comment, coder, sentiment, theme1, polarity1, ... theme5, polarity5, note, weight, why, and without
   blind what the engine says. An .xlsx has lists to choose sentiment, themes and polarities from. */
dk_status dk_sample_write(const char *path, const dk_corpus *corpus, const dk_engine *engine,
                          const dk_sample_options *options, const dk_sampled *sampled, size_t count,
                          dk_error *err);

#endif
