/* Learning lemmas: from a treebank, the dictionaries and a frequency list to models/lemma_XX.tsv.
 *
 * Learned are (1) the weights that rank the candidates of a form (multinomial logistic regression over the features of
 * text/morph_rank.h, AdaGrad with L2), (2) suffix rules for unknown words: what the ranked dictionary does to the words of the
 * frequency list, by ending, and (3) forms whose lemma the ranking gets wrong, with a confidence. The figures in the
 * head of the model are cross-validated by sentence, so that no word was scored by a model that saw its sentence.
 */
#ifndef DK_WORKBENCH_LEARN_LEMMA_H
#define DK_WORKBENCH_LEARN_LEMMA_H

#include "base/buffer.h"
#include "text/morph.h"

typedef struct dk_learn_lemma_options {
    const char *language; /* sv, da or en */
    const char *treebank; /* TSV: sentence, start, end, form, lemma, upos, text; a row a token, in order */
    const char *source; /* what the head of the model says of where the treebank comes from; NULL: its name */
    const char *date;   /* year and month for the head, such as 2026-11 */
    dk_morph_options morph; /* models: with words_XX.tsv and irregular_XX.tsv */
    int folds;              /* of the cross-validation; 0: 5 */
    bool verbose;           /* lists what was predicted wrong, in report */
} dk_learn_lemma_options;

typedef struct dk_learn_lemma_figures {
    size_t sentences, tokens, forms;  /* alphabetic tokens */
    double accuracy;                  /* cross-validated, over tokens */
    double seen_accuracy, seen_share; /* of tokens whose form the training part held */
    double unseen_accuracy;
    size_t weights, rules, irregulars; /* lines of the model */
} dk_learn_lemma_figures;

/* Makes the text of the model in model (cleared first); report (may be NULL) gets the tokens that cross-validation got wrong, one
   a line: form, gold, predicted, seen or unseen. DK_EDATA with file and line for a malformed treebank. */
dk_status dk_learn_lemmas(const dk_learn_lemma_options *options, dk_buf *model, dk_buf *report,
                          dk_learn_lemma_figures *figures, dk_error *err);

#endif
