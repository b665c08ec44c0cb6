/* Shared by the files of the index; not for others.
 *
 * An index is an image (base/image.h): arrays without pointers, which index.c makes and index_image.c writes and takes.
 */
#ifndef DK_LEXICON_INDEX_PRIVATE_H
#define DK_LEXICON_INDEX_PRIVATE_H

#include "base/bits.h"
#include "lexicon/index.h"
#include "text/literals.h"
#include "text/spelling.h"

/* What a text may be the key of. A key is known by its 64-bit hash. */
enum { KEY_EXACT, KEY_WORD, KEY_PART, KEY_PREFIX, KEY_SUFFIX, KEY_KINDS };

typedef struct key_slot {
    uint64_t hash;
    uint32_t first;  /* of its atoms */
    uint32_t count;  /* 0 for an empty slot */
} key_slot;

/* An atom that hangs on a key, and what kind of key it takes it for: atom << 3 | kind. */
typedef uint32_t key_atom;

typedef struct node {
    uint64_t bloom;   /* of the atoms that lead on from here, a bit an atom */
    uint64_t pairs;   /* the same, two bits an atom */
    uint32_t outputs; /* index + 1 into outputs */
    uint32_t gap;     /* the node behind a gap, 0 for none */
} node;

typedef struct output {
    uint32_t entry, next; /* next: index + 1 into outputs, 0 for the end */
    int16_t pack;         /* of the entry, -1 for none */
    uint8_t role;         /* dk_entry_role */
    uint8_t unused;
} output;

/* With a copy of the node that it leads to, which need not be looked at then. */
typedef struct edge {
    uint64_t key; /* node << 32 | atom; 0 for empty, since atoms count from 1 */
    uint64_t bloom, pairs;
    uint32_t to : 31;
    uint32_t gap : 1; /* there is one */
    uint32_t outputs;
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
    dk_regex *tail; /* the pattern from its literals on, tried where they stand before the whole is; NULL for none */
    uint64_t begins[2][4]; /* by byte: whether it may be the first of a literal, and whether the second */
    size_t most_words;  /* a text of more words is none of its matches; SIZE_MAX when that is not known */
    int16_t pack;       /* of the entry, -1 for none */
    uint8_t role;       /* dk_entry_role */
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

/* Numbers of an index that stand beside its arrays. */
typedef struct index_figures {
    uint64_t prefix_lengths[2], suffix_lengths[2]; /* bit i: some affix has i bytes; up to 127 */
    uint64_t nalways;                              /* comment-wide patterns without literals */
    uint64_t language;
} index_figures;

struct dk_index {
    const dk_lexicon *lexicon;
    const dk_morph *morph;
    dk_language language;
    const index_figures *figures;

    const key_slot *keys;
    const key_atom *key_atoms;
    uint64_t keys_mask;
    dk_bits key_bits; /* the hashes of the keys: most forms are none */

    const node *nodes; /* 0 is no node, 1 is the root */
    const output *outputs;
    const edge *edges;
    uint64_t edges_mask;
    dk_bits edge_bits; /* the hashes of the edges */

    token_pattern *token_patterns;
    size_t ntoken_patterns;
    comment_pattern *comment_patterns;
    size_t ncomment_patterns;
    const pattern_literal *literals;
    size_t nliterals;
    const uint32_t *buckets; /* LITERAL_BUCKETS: literal + 1 */

    dk_spelling *spelling; /* NULL for none */
    dk_buf owned;          /* the image when the index made it itself */
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

/* Where atom leads from a node; NULL for nowhere. */
static inline const edge *dk_edge_look(const dk_index *index, uint32_t from, uint32_t atom) {
    uint64_t key = dk_edge_key(from, atom);
    const edge *e = &index->edges[dk_edge_hash(key) & index->edges_mask];
    while (e->key != 0 && e->key != key) e = e == &index->edges[index->edges_mask] ? index->edges : e + 1;
    return e->key != 0 ? e : NULL;
}

/* The same for pairs of which most lead nowhere: one bit tells that. */
static inline const edge *dk_edge_find(const dk_index *index, uint32_t from, uint32_t atom) {
    return dk_bits_may_have(&index->edge_bits, dk_edge_hash(dk_edge_key(from, atom))) ? dk_edge_look(index, from, atom) : NULL;
}

#endif
