/* Concordance: every place where an entry, a theme or a pattern is found, with what stands around it; and the words that keep it
 * company.
 *
 * Tables: lines (a sample of the places), collocates. What is sampled depends on the seed, the id and the place alone, so that the
 * same lines come whatever the number of threads, and mostly the same ones when comments are added.
 */
#ifndef DK_WORKBENCH_KWIC_H
#define DK_WORKBENCH_KWIC_H

#include "tag/session.h"
#include "workbench/corpus.h"
#include "workbench/sheet.h"

typedef enum dk_kwic_sort {
    DK_KWIC_BY_PLACE,
    DK_KWIC_BY_LEFT,
    DK_KWIC_BY_RIGHT,
    DK_KWIC_BY_MATCH
} dk_kwic_sort;

typedef struct dk_kwic_options {
    const bool *entries; /* by entry: wanted; NULL when a theme is asked for */
    uint32_t theme;      /* DK_NO_ID: none */
    const char *
        pattern; /* what the entries are made of, when they stand in no file: shown in place of file and line */
    int label;   /* only mentions with this dk_label (with a theme), or comments with it; -1: all */
    dk_kwic_sort sort;
    size_t lines; /* how many at most */
    uint64_t seed;
    int width;          /* columns of context on each side, in text */
    int window;         /* words on each side that count as company */
    size_t collocates;  /* how many at most; 0: none are counted */
    uint32_t min_count; /* places that a collocate must stand beside */
} dk_kwic_options;

typedef struct dk_kwic_figures {
    int64_t places, comments; /* found in all */
} dk_kwic_figures;

/* Reads the corpus of options co and adds the tables. */
dk_status dk_kwic_make(dk_book *book, const dk_engine *engine, const dk_corpus_options *co,
                       const dk_kwic_options *options, dk_kwic_figures *figures, dk_error *err);

#endif
