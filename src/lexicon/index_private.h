/* Shared by the files of the index; not for others. */
#ifndef DK_LEXICON_INDEX_PRIVATE_H
#define DK_LEXICON_INDEX_PRIVATE_H

#include "base/bits.h"
#include "lexicon/index.h"
#include "text/literals.h"
#include "text/spelling.h"

/* A list of atoms that hangs on a key. */
typedef struct atom_list {
    uint32_t atom, next; /* next: index + 1 into the links, 0 for the end */
} atom_list;

typedef struct key_table {
    dk_intern keys;
    dk_bits bits; /* the hashes of the keys: most forms are none */
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

typedef struct node {
    uint64_t bloom;   /* of the atoms that lead on from here, a bit an atom */
    uint64_t pairs;   /* the same, two bits an atom */
    uint32_t outputs; /* index + 1 into outputs */
    uint32_t gap;     /* the node behind a gap, 0 for none */
} node;

typedef struct output {
    uint32_t entry, next; /* next: index + 1 into outputs, 0 for the end */
    int32_t pack;         /* of the entry, -1 for none */
} output;

typedef struct edge {
    uint64_t key; /* node << 32 | atom; 0 for empty, since atoms count from 1 */
    uint32_t to : 31;
    uint32_t leaf : 1; /* nothing leads on from there: the node need not be looked at */
    uint32_t outputs;  /* copy from there */
} edge;

typedef struct token_pattern {
    dk_regex *regex;
    uint32_t atom;
    const dk_literal *literals; /* one of them must stand in the form; none: it is always tried */
    size_t nliterals;
} token_pattern;

typedef struct comment_pattern {
    dk_regex *regex;
    uint32_t entry;
    bool always; /* without literals: tried on every comment */
} comment_pattern;

/* A literal that must stand within one token of a comment for a pattern to match. */
typedef struct pattern_literal {
    dk_literal literal;
    uint16_t pattern;
    uint32_t next; /* literal + 1 in the same bucket */
} pattern_literal;

/* Literals are found in a form by their first two bytes. */
enum { LITERAL_BUCKETS = 1024, PATTERNS_MAX = UINT16_MAX - 1 };
static inline unsigned dk_literal_bucket(const char *text) {
    return ((unsigned char)text[0] * 0x9E3779B1u ^ (unsigned char)text[1] * 0x85EBCA6Bu) >> 22;
}

struct dk_index {
    const dk_lexicon *lexicon;
    const dk_morph *morph;
    dk_language language;
    dk_arena arena;

    dk_intern atoms;      /* matcher letter + text; atom number = id + 1 */
    key_table exact;      /* by form, for "form" */
    key_table words;      /* by lemma, for word and +part */
    key_table parts;      /* by lemma, for +part */
    key_table prefixes, suffixes;
    uint64_t prefix_lengths[2], suffix_lengths[2]; /* bit i: some affix has i bytes; up to 127 */
    token_pattern *token_patterns;
    size_t ntoken_patterns, token_patterns_cap;
    comment_pattern *comment_patterns;
    size_t ncomment_patterns, comment_patterns_cap;
    pattern_literal *literals;
    size_t nliterals, literals_cap;
    uint32_t buckets[LITERAL_BUCKETS]; /* literal + 1 */
    size_t nalways;                    /* patterns without literals */

    node *nodes; /* 0 is no node, 1 is the root */
    size_t nnodes, nodes_cap;
    output *outputs;
    size_t noutputs, outputs_cap;
    edge *edges;
    size_t nedges, edges_size;
    dk_bits edge_bits; /* the hashes of the edges */

    dk_intern based; /* while the index is built: the words of terms, and by number their base forms */
    word_base *bases;
    size_t bases_cap;

    dk_spelling *spelling;
    dk_str *targets; /* what spelling finds, by its index */
    size_t ntargets, targets_cap;
};

static inline uint64_t dk_atom_bloom(uint32_t atom) { return 1ull << ((atom * 0x9E3779B1u) >> 26); }

static inline uint64_t dk_atom_pair(uint32_t atom) {
    uint32_t h = atom * 0x85EBCA6Bu;
    return 1ull << (h >> 26) | 1ull << (h >> 20 & 63);
}

static inline uint64_t dk_edge_hash(uint64_t key) {
    key ^= key >> 29;
    key *= 0xBF58476D1CE4E5B9ull;
    return key ^ key >> 32;
}

static inline uint64_t dk_edge_key(uint32_t from, uint32_t atom) { return (uint64_t)from << 32 | atom; }

/* The slot of an edge, or the empty one where it belongs: it leads to node 0, which is nowhere. */
static inline edge *dk_edge_at(const dk_index *index, uint64_t key) {
    size_t mask = index->edges_size - 1, at = dk_edge_hash(key) & mask;
    while (index->edges[at].key != 0 && index->edges[at].key != key) at = (at + 1) & mask;
    return &index->edges[at];
}

/* Where atom leads from a node; NULL for nowhere, which for most pairs one bit tells. */
static inline const edge *dk_edge_find(const dk_index *index, uint32_t from, uint32_t atom) {
    uint64_t key = dk_edge_key(from, atom);
    if (!dk_bits_may_have(&index->edge_bits, dk_edge_hash(key))) return NULL;
    const edge *e = dk_edge_at(index, key);
    return e->to != 0 ? e : NULL;
}

#endif
