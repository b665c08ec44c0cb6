/* Learning to split compounds: from words with their parts to models/compound_XX.tsv.
 *
 * Learned are the weights of the features of text/compound.h and of single parts that occur often enough, by multinomial
 * logistic regression over the cuts of a word and "simple" (AdaGrad, L2; where several cuts give the right parts, their sum
 * counts). Simple words weigh more, since a simple word that is cut does more harm than a compound left whole.
 */
#ifndef DK_WORKBENCH_LEARN_COMPOUND_H
#define DK_WORKBENCH_LEARN_COMPOUND_H

#include "base/buffer.h"
#include "text/morph.h"

typedef struct dk_learn_compound_options {
    const char *language; /* sv or da */
    const char *words;    /* TSV with columns language, parts (joined by +; one part: a simple word), text */
    const char *source;   /* for the head of the model; NULL: the file's name */
    const char *date;     /* year and month for the head */
    dk_morph_options morph; /* models: with a finished lemma_XX.tsv */
    int folds;              /* 0: 5 */
} dk_learn_compound_options;

typedef struct dk_learn_compound_figures {
    size_t compounds, simple;
    double head, exact, false_split; /* cross-validated: heads right, all parts right, simple words cut */
    size_t weights, parts;
} dk_learn_compound_figures;

/* Makes the text of the model in model (cleared first); report (may be NULL) gets what cross-validation got wrong: word, gold,
   predicted. DK_EDATA with file and line for a malformed file. */
dk_status dk_learn_compounds(const dk_learn_compound_options *options, dk_buf *model, dk_buf *report,
                             dk_learn_compound_figures *figures, dk_error *err);

#endif
