/* Shared by the files of the suggestions alone. */
#ifndef DK_WORKBENCH_SUGGEST_PRIVATE_H
#define DK_WORKBENCH_SUGGEST_PRIVATE_H

#include "tag/inspect.h"
#include "workbench/neighbours.h"
#include "workbench/suggest.h"

enum { DK_FOLDS = 5 };

/* The cells file and examples of a row: the ids of up to n comments. */
void dk_suggest_put_examples(dk_sheet *sheet, const dk_corpus *corpus, const uint32_t *examples, int n);

/* What is known of a word that occurs often enough. */
typedef struct dk_candidate_word {
    uint32_t word, support;
    uint8_t language;
    bool known;                             /* the lexicon has an opinion on it */
    bool closed;                            /* a modifier: neither an opinion nor to become one */
    int16_t valence;                        /* of the lexicon, thousandths */
    uint32_t entry;                         /* that says so; words of one entry tell nothing of each other */
    uint32_t high[DK_FOLDS], low[DK_FOLDS]; /* comments that hold it, by fold */
    double z, log_odds;
    int folds;
    double variant_valence; /* of the word it is a variant of; 0 for none */
    double variant_weight;  /* how close, 0..1 */
    uint32_t variant_of;    /* its place among the candidates; DK_NO_ID */
    const char *variant_kind;
    double company, company_valence;
    double company_likeness, frame_likeness; /* about the share of list words among words like it; 0 where too few are listed */
    double probability, proposed;
    uint32_t examples[3];
} dk_candidate_word;

typedef struct dk_candidates {
    dk_candidate_word *items; /* ordered by word */
    size_t count, cap;
    uint32_t *of_word; /* by word: its place, DK_NO_ID */
    const dk_corpus *corpus;
    const dk_engine *engine;
    dk_neighbours neighbours;
    bool scored;
} dk_candidates;

/* Fills variant_* of every word from the known ones. */
dk_status dk_suggest_variants(dk_candidates *c, const dk_watch *watch, dk_error *err);

/* Fills company and company_valence from the neighbours. */
void dk_suggest_company(dk_candidates *c);

/* Fills company_likeness and frame_likeness. languages: by word x DK_LANGUAGES, the comments that hold it (suggest_likeness.c). */
dk_status dk_suggest_likeness(dk_candidates *c, const uint32_t *languages, dk_error *err);

/* Fills probability and proposed. */
dk_status dk_suggest_fit(dk_candidates *c, dk_error *err);

#endif
