/* An index while it is being built: between index.c, which fills it, and index_image.c, which writes it. */
#ifndef DK_LEXICON_INDEX_BUILD_H
#define DK_LEXICON_INDEX_BUILD_H

#include "lexicon/index_private.h"

/* A list of atoms that hangs on a key. */
typedef struct atom_list {
    uint32_t atom, next; /* next: index + 1 into the links, 0 for the end */
} atom_list;

typedef struct key_table {
    dk_intern keys;
    uint32_t *heads; /* by key id: index + 1 into links */
    size_t heads_cap;
    atom_list *links;
    size_t nlinks, links_cap;
} key_table;

/* What a word of a term is a form of. */
typedef struct word_base {
    dk_str text;
    bool own; /* it may be its own base form */
    uint8_t word_class; /* dk_word_class of the base form when it is another */
} word_base;

/* A pattern that compiles; text is the lexicon's. */
typedef struct built_pattern {
    dk_str text;
    uint32_t subject; /* the atom or the entry */
    bool always;
} built_pattern;

typedef struct index_builder {
    const dk_lexicon *lexicon;
    const dk_morph *morph;
    dk_language language;
    dk_arena arena;

    dk_intern atoms; /* matcher letter + text; atom number = id + 1 */
    key_table tables[KEY_KINDS];
    index_figures figures;

    built_pattern *token_patterns, *comment_patterns;
    size_t ntoken_patterns, token_patterns_cap, ncomment_patterns, comment_patterns_cap;
    pattern_literal *literals;
    size_t nliterals, literals_cap;
    uint32_t buckets[LITERAL_BUCKETS];

    node *nodes;
    size_t nnodes, nodes_cap;
    output *outputs;
    size_t noutputs, outputs_cap;
    edge *edges;
    size_t nedges, edges_size;

    dk_intern based; /* the words of terms, and by number their base forms */
    word_base *bases;
    size_t bases_cap;

    dk_spelling *spelling;
    dk_str *targets; /* what spelling may find */
    size_t ntargets, targets_cap;
} index_builder;

/* Writes what was built; image is cleared first. */
dk_status index_builder_write(index_builder *builder, dk_buf *image, dk_error *err);

#endif
