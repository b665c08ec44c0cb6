/* Recipes: which files the shipped sentiment weights of a language are learned from, so that one command makes them anew.
 *
 * models/sentiment_XX.recipe.tsv has the columns scale, file, text, label, weight, other, language. scale is one of
 * learn_sentiment_data.h, or
 *   transfer   file and other hold the same sentences in this language and in `language`, row by row up to some that one of
 *              them lacks; label is a column that both share. The shipped weights of that language are carried over
 *              (learn_sentiment_transfer.h), weight times
 *   cognates   words of this language in file that are written like words of `language` get their weight, weight times
 *   note       text is a line for the head of the model
 */
#ifndef DK_WORKBENCH_LEARN_SENTIMENT_RECIPE_H
#define DK_WORKBENCH_LEARN_SENTIMENT_RECIPE_H

#include "workbench/learn_sentiment.h"

typedef struct dk_transfer_source {
    const char *path, *other, *text, *key; /* other: NULL for cognates */
    dk_language language;                  /* from which */
    double weight;
} dk_transfer_source;

typedef struct dk_sentiment_recipe {
    dk_sentiment_source *sources;
    size_t nsources, sources_cap;
    dk_transfer_source *transfers;
    size_t ntransfers, transfers_cap;
    dk_buf note;
    dk_arena arena;
} dk_sentiment_recipe;

/* folder is put before the names of the files. */
dk_status dk_sentiment_recipe_read(dk_sentiment_recipe *recipe, const char *path, const char *folder, dk_error *err);
void dk_sentiment_recipe_dispose(dk_sentiment_recipe *recipe);

#endif
