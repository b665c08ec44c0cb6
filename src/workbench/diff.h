/* The difference between two lexicons, A and B, on a corpus: which comments come out otherwise, and because of which entries.
 *
 * Entries are paired by file kind, language, pack, term and theme; those without a partner were added or removed, those whose
 * valence, emotion, theme, strength or reach differ were changed. Every comment whose themes or label differ is given at least one
 * cause:
 *   added, removed, changed    an entry that decided in it
 *   shadowed, freed            an entry that is the same in both but lost its words to such an entry, or won them back
 *   moved                      the same entries, in another order
 *   spelling, compound         a word that was read as another one, and is so no more (or now)
 *   models                     no entry: learned weights, dictionaries or the program's models differ
 * Tables: summary, causes (by entry, with the number of comments), themes, changes (a sample of comments).
 */
#ifndef DK_WORKBENCH_DIFF_H
#define DK_WORKBENCH_DIFF_H

#include "workbench/corpus.h"
#include "workbench/sheet.h"

typedef enum dk_cause {
    DK_CAUSE_ADDED,
    DK_CAUSE_REMOVED,
    DK_CAUSE_CHANGED,
    DK_CAUSE_SHADOWED,
    DK_CAUSE_FREED,
    DK_CAUSE_MOVED,
    DK_CAUSE_SPELLING,
    DK_CAUSE_COMPOUND,
    DK_CAUSE_MODELS,
    DK_CAUSE_UNKNOWN, /* none of these could be shown: a fault of this program */
    DK_CAUSES
} dk_cause;
const char *dk_cause_name(dk_cause cause);

/* How the entries of two lexicons correspond. */
typedef struct dk_pairing {
    uint32_t *partner[2]; /* by entry of A, of B: its partner in the other, DK_NO_ID for none */
    uint8_t *state[2];    /* 0 same, 1 changed, 2 alone (removed or added), 3 same in another order */
    size_t same, changed, removed, added, moved;
} dk_pairing;
enum { DK_PAIR_SAME, DK_PAIR_CHANGED, DK_PAIR_ALONE, DK_PAIR_MOVED };

dk_status dk_pairing_make(dk_pairing *pairing, const dk_lexicon *a, const dk_lexicon *b, dk_error *err);
void dk_pairing_dispose(dk_pairing *pairing);

typedef struct dk_diff_options {
    size_t changes; /* comments listed at most, drawn from all; SIZE_MAX for all */
    size_t causes;  /* entries listed at most */
    uint64_t seed;
    bool has_score; /* the corpus has the extra DK_DIFF_SCORE: rankings of drivers are compared */
    bool
        models_differ; /* weights, dictionaries or the language model: then a change that no entry explains is theirs */
} dk_diff_options;

typedef struct dk_diff_figures {
    int64_t comments, changed, themes_changed, label_changed, unexplained;
} dk_diff_figures;

/* Reads the corpus of options co and adds the tables. co.extras: the score alone, when has_score. */
dk_status dk_diff_make(dk_book *book, const dk_engine *const engines[2], const dk_corpus_options *co,
                       const dk_diff_options *options, dk_diff_figures *figures, dk_error *err);

#endif
