/* Words that keep the same company: positive pointwise mutual information of words within a window, cut down to a few dimensions.
 *
 * M[a][b] = max(0, log(n(a, b) N / (n(a) n'(b)))), with the counts of contexts smoothed by a power of 0.75 (Levy, Goldberg &
 * Dagan 2015) and made symmetric; its leading singular vectors, weighted by the root of the singular values, are the vectors
 * of the words. They are found by subspace iteration from a fixed start (Halko, Martinsson & Tropp 2011), so that the same corpus gives the
 * same vectors up to the last bits of BLAS.
 */
#ifndef DK_WORKBENCH_NEIGHBOURS_H
#define DK_WORKBENCH_NEIGHBOURS_H

#include "workbench/corpus.h"
#include "workbench/watch.h"

enum { DK_NEAR = 12 }; /* neighbours kept of each word */

typedef struct dk_neighbour {
    uint32_t row;
    float cosine;
} dk_neighbour;

typedef struct dk_neighbours {
    uint32_t *words;  /* by row: the word of the corpus */
    uint32_t *row_of; /* by word: its row, DK_NO_ID for none */
    size_t count, dimensions;
    float *vectors;        /* row x dimensions, of length 1 (or 0 for a word without company) */
    dk_neighbour *nearest; /* row x DK_NEAR, the nearest first; row DK_NO_ID for none */
} dk_neighbours;

typedef struct dk_neighbours_options {
    const uint32_t *frequency; /* by word: comments that hold it */
    uint32_t min_count;
    size_t max_words; /* the most frequent are taken */
    int window;       /* words on each side */
    size_t dimensions;
    const dk_watch *watch; /* NULL: nobody */
} dk_neighbours_options;

dk_status dk_neighbours_make(dk_neighbours *neighbours, const dk_corpus *corpus,
                             const dk_neighbours_options *options, dk_error *err);
void dk_neighbours_dispose(dk_neighbours *neighbours);

#endif
