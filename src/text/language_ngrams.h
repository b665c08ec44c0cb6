/* The n-grams of a language model as one automaton (A. V. Aho & M. J. Corasick 1975): it reads a word symbol by symbol, its state is
 * the longest beginning of an n-gram that ends there, and every step says at once what all n-grams that end there weigh together.
 *
 * It is kept as a double array (J. Aoe 1989): the step from a state by a symbol is the cell base + symbol, if that cell names the state
 * as the one it comes from; else the step is tried from the state's longest ending. So a symbol costs one to two looks.
 */
#ifndef DK_TEXT_LANGUAGE_NGRAMS_H
#define DK_TEXT_LANGUAGE_NGRAMS_H

#include "text/language.h"
#include "text/language_features.h"

/* Symbols from here on count as one. */
#define NGRAM_SYMBOLS 4096

/* One n-gram, or the beginning of some; numbers are those of cells. Two to a line of memory: a step waits for one line at most. */
typedef struct ngram_cell {
    uint32_t from; /* the state that this step leaves; NGRAM_NONE for an empty cell */
    uint32_t to;   /* the state it leads to: itself, or the longest ending that goes on when nothing goes on from itself */
    uint32_t base; /* as a state: what is added to a symbol */
    uint32_t fail; /* as a state: the longest ending that goes on */
    int16_t sums[DK_LANGUAGE_CLASSES]; /* what the n-grams that end here weigh */
} ngram_cell;

#define NGRAM_NONE UINT32_MAX

typedef struct dk_ngrams {
    uint16_t *numbers; /* [NGRAM_SYMBOLS]: of the symbols that n-grams have, from 1; 0 for others */
    ngram_cell *cells; /* 0 is the state at the beginning */
    size_t ncells;
} dk_ngrams;

typedef struct ngram_node {
    uint32_t child, sibling; /* the first child, the next of the same parent; 0 for none */
    uint32_t parent, fail, cell;
    uint16_t number; /* of its last symbol */
    bool listed;     /* an n-gram, not the beginning of one alone */
    int32_t weights[DK_LANGUAGE_CLASSES];
} ngram_node;

/* A trie of n-grams that are still being listed. All-zero is an empty one. */
typedef struct ngrams_builder {
    ngram_node *nodes; /* 0 is the root */
    size_t count, cap;
    uint16_t *numbers;
    uint32_t nsymbols;
} ngrams_builder;

void ngrams_builder_dispose(ngrams_builder *b);

/* So large may a weight be: the n-grams that end at one place, each of another length, still fit into a cell together. */
enum { NGRAM_WEIGHT_MAX = INT16_MAX / DK_LANGUAGE_NGRAM };

/* The n-gram's node, added when it is new; NULL when memory ran out. n is 1 to DK_LANGUAGE_NGRAM. */
ngram_node *ngrams_add(ngrams_builder *b, const uint32_t *symbols, int n);

/* Makes the automaton, whose arrays the caller frees; false when memory ran out. A boundary mark alone weighs nothing, since every word
   has both. */
bool ngrams_finish(ngrams_builder *b, dk_ngrams *out);

/* The number of a symbol, for a step from state s: to cells[cells[s].base + number] if that is of s, else on from cells[s].fail, until s is
   the beginning. */
static inline uint16_t ngrams_number(const dk_ngrams *g, uint32_t symbol) {
    return g->numbers[symbol < NGRAM_SYMBOLS ? symbol : NGRAM_SYMBOLS - 1];
}

#endif
