/* The tables of a morphology as one block of memory that can be mapped from a file.
 *
 * A word_map answers "which records has this word" without holding the word: a slot keeps 40 bits of its hash and the number of
 * a set of records. Words inflect alike, so that a million forms share some thousand sets: a record says how to edit the
 * word (a script), not what comes out. With a 40-bit fingerprint one unknown word in some 10^11 is taken for a known one.
 *
 * Four maps: forms (form -> lemma scripts), paradigms (lemma -> form scripts), irregulars (form -> lemma scripts, with a
 * confidence), suffixes (word ending -> lemma scripts, with a log probability). Four hold plain numbers: counts (form -> occurrences in 100 million), mass (lemma -> the same
 * over all its forms), families (part of a compound -> dictionary words that have it), parts (-> learned weight). Before the largest and the
 * smallest of them stand filters, and what the records of a form's set come to is worked out beforehand (morph_info).
 * All offsets are from the start of the image and 8-byte aligned. Byte order is that of the machine: an image made
 * elsewhere fails its check and is made anew.
 */
#ifndef DK_TEXT_MORPH_IMAGE_H
#define DK_TEXT_MORPH_IMAGE_H

#include "base/hash.h"
#include "text/morph_hash.h"

#define MORPH_MAGIC UINT64_C(0x6d6f7270686b6431) /* "morphkd1" */
#define MORPH_VERSION 7u                         /* raise when the layout or the meaning of a table changes */

/* How to make one word of another: drop strip bytes at the end, then append add. */
typedef struct morph_script {
    uint32_t text, add; /* offsets into strings: the script as "strip>add", and where its add begins */
    uint8_t strip, add_len;
    uint16_t unused;
} morph_script;

typedef struct morph_record {
    uint16_t script;
    uint16_t
        value; /* forms, paradigms: a class; irregulars: thousandths; suffixes: -1000 log2 of the probability */
} morph_record;

enum {
    CLASS_COMPOUND_ONLY = 1, /* a form for the inside of compounds */
    CLASS_BEGIN = 2,         /* may begin a compound */
    CLASS_END = 4,           /* may end a compound */
    CLASS_NAME = 8,          /* the dictionary writes it with a capital */
    CLASS_ENTRY = 16,        /* the form is itself an entry */
    CLASS_HAND_NOUN = 32,    /* an irregular noun, written by hand */
};

/* A way in which the dictionary makes forms: its affix flags and what they mean. */
typedef struct morph_class {
    uint32_t name; /* offset into strings, ended by a NUL */
    uint8_t properties, word_class;
    uint16_t feature; /* the first class of that name: classes that differ in properties share a weight */
} morph_class;

/* What the records of a set of forms come to. */
enum {
    INFO_KNOWN = 1,       /* a word of its own, */
    INFO_WORD = 2,        /* and no name */
    INFO_ENTRY = 4,       /* itself an entry, no name */
    INFO_ANY_ENTRY = 8,   /* itself an entry, perhaps a name */
    INFO_BEGIN = 16,      /* may begin compounds */
    INFO_END = 32,        /* may end them */
    INFO_IRREGULAR = 64,  /* a plural such as böcker, though the dictionary lists it as an entry */
    INFO_SANCTIONED = 128 /* a form for the inside of compounds */
};

typedef struct morph_info {
    uint16_t flags;
    uint16_t script;     /* to the base form of a word: itself before others */
    uint16_t sanctioned; /* to that of a form for the inside of compounds */
} morph_info;

typedef struct word_map {
    uint64_t slots; /* offset of uint64_t[nslots]: 40 bits of hash, 24 bits of value + 1; 0 is empty */
    uint64_t nslots;
    uint64_t starts; /* offset of uint32_t[nsets + 1] into records */
    uint64_t nsets;
    uint64_t records; /* offset of morph_record[] */
} word_map;

enum {
    MAP_FORMS,
    MAP_PARADIGMS,
    MAP_IRREGULARS,
    MAP_SUFFIXES,
    MAP_COUNTS,
    MAP_MASS,
    MAP_FAMILIES,
    MAP_PARTS,
    MAPS
};

/* Features of a candidate beside its classes and its script; see morph_rank.c. */
enum {
    FIX_IDENTITY_UNKNOWN,   /* the form as it stands, in no dictionary */
    FIX_IDENTITY_INFLECTED, /* the form as it stands, which the dictionary has only as a form of another word */
    FIX_TAIL,               /* as the known word at its end */
    FIX_TAIL_LENGTH,        /* + 0..7: letters of that word, from 3 */
    FIX_RULE = FIX_TAIL_LENGTH + 8, /* + 0..7: log probability of the suffix rule, in bits */
    FIX_MASS = FIX_RULE + 8, /* + 0..12: log2 of how often the lemma occurs against the best rival, -6..6 */
    FIX_NO_MASS = FIX_MASS + 13, /* the lemma never occurs in any other form */
    FIX_LEMMA_KNOWN,             /* the lemma is a dictionary entry */
    FIX_LEMMA_FORM,              /* the lemma is itself inflected from another */
    FIX_LEMMA_UNKNOWN,
    FIX_NAME, /* only a name inflects like this */
    FIX_COUNT
};

enum { MORPH_SPLIT_FEATURES = 48 };

typedef struct morph_image {
    uint64_t magic, version, size, checksum; /* see morph_image_checksum */
    char language[8], stamp[40];
    word_map maps[MAPS];
    uint64_t filter, nfilter; /* uint64_t[nfilter / 64]: a bit for each form and each listed word, see morph_may_know */
    uint64_t listed; /* uint64_t[MORPH_LISTED_BITS / 64]: a bit for each word that irregulars and parts list, see morph_may_list */
    uint64_t infos;  /* morph_info[nsets + 1] of the forms; the last is of what is no form */
    uint64_t scripts, nscripts, classes, nclasses, strings, strings_len;
    uint64_t weights; /* int32_t[nclasses + nscripts + FIX_COUNT], thousandths of a nat, classes first */
    uint64_t split_weights, nsplit_weights; /* int32_t[MORPH_SPLIT_FEATURES], see compound.c */
} morph_image;

struct dk_morph {
    const unsigned char *base; /* the image */
    const morph_image *image;
    const uint64_t *slots[MAPS]; /* of the maps, and how many */
    uint64_t nslots[MAPS];
    const uint64_t *filter, *listed;
    uint64_t filter_mask; /* of bit numbers */
    const morph_info *infos;
    const morph_script *scripts;
    const morph_class *classes;
    const char *strings;
    const int32_t *weights, *split_weights;
    void *owned;   /* malloc'ed image, or NULL */
    size_t mapped; /* length of the mapping, or 0 */
};

/* Sets the pointers to the maps of m, whose image is set. */
static inline void morph_attach_maps(dk_morph *m) {
    for (int i = 0; i < MAPS; i++) {
        m->slots[i] = (const uint64_t *)(const void *)(m->base + m->image->maps[i].slots);
        m->nslots[i] = m->image->maps[i].nslots;
    }
}

/* The value of a word in a map; UINT32_MAX when it is not there. */
static inline uint32_t morph_map_find(const dk_morph *m, int map, uint64_t hash) {
    const uint64_t *slots = m->slots[map];
    uint64_t at = (hash & 0xFFFFFFFFu) * m->nslots[map] >> 32;
    for (;;) {
        uint64_t slot = slots[at];
        if (slot == 0) return UINT32_MAX;
        if ((slot ^ hash) < 1u << 24) return (uint32_t)(slot & 0xFFFFFF) - 1;
        if (++at == m->nslots[map]) at = 0;
    }
}

/* Starts loading what morph_map_find will read: several words are looked up in the time of one. */
static inline void morph_map_prefetch(const dk_morph *m, int map, uint64_t hash) {
    __builtin_prefetch(m->slots[map] + ((hash & 0xFFFFFFFFu) * m->nslots[map] >> 32));
}

/* Most strings that are asked for, ends and starts of words, are no words: one bit says so for nineteen of twenty. */
static inline bool morph_may_know(const dk_morph *m, uint64_t hash) {
    uint64_t bit = hash >> 20 & m->filter_mask;
    return m->filter[bit >> 6] >> (bit & 63) & 1;
}

/* The same for the words that the irregulars and the parts list, in whatever role: some hundreds. */
enum { MORPH_LISTED_BITS = 1 << 16 };

static inline bool morph_may_list(const dk_morph *m, uint64_t hash) {
    uint64_t bit = hash >> 20 & (MORPH_LISTED_BITS - 1);
    return m->listed[bit >> 6] >> (bit & 63) & 1;
}

/* The set of a word as a form, by its hash; UINT32_MAX for what is none. */
static inline uint32_t morph_form_set(const dk_morph *m, uint64_t hash) {
    return morph_may_know(m, hash) ? morph_map_find(m, MAP_FORMS, hash) : UINT32_MAX;
}

/* What the records of a set of forms come to. */
static inline const morph_info *morph_info_of_set(const dk_morph *m, uint32_t set) {
    return &m->infos[set != UINT32_MAX ? set : m->image->maps[MAP_FORMS].nsets];
}

static inline const morph_info *morph_info_of(const dk_morph *m, uint64_t hash) {
    return morph_info_of_set(m, morph_form_set(m, hash));
}

/* The records of a set; *count of them. */
static inline const morph_record *morph_set(const dk_morph *m, int map, uint32_t set, size_t *count) {
    const word_map *w = &m->image->maps[map];
    const uint32_t *starts = (const uint32_t *)(const void *)(m->base + w->starts);
    *count = starts[set + 1] - starts[set];
    return (const morph_record *)(const void *)(m->base + w->records) + starts[set];
}

static inline const morph_record *morph_lookup(const dk_morph *m, int map, const char *text, size_t len,
                                               size_t *count) {
    uint32_t set = morph_map_find(m, map, morph_hash(text, len));
    if (set != UINT32_MAX) return morph_set(m, map, set, count);
    *count = 0;
    return NULL;
}

/* The records of a form, by its hash and by itself. */
static inline const morph_record *morph_form_hashed(const dk_morph *m, uint64_t hash, size_t *count) {
    uint32_t set = morph_form_set(m, hash);
    if (set != UINT32_MAX) return morph_set(m, MAP_FORMS, set, count);
    *count = 0;
    return NULL;
}

static inline const morph_record *morph_form(const dk_morph *m, const char *text, size_t len, size_t *count) {
    return morph_form_hashed(m, morph_hash(text, len), count);
}

/* Whether a script fits a word of so many bytes: something remains, and not too much. */
static inline bool morph_fits(const morph_script *script, size_t len) {
    return script->strip <= len && len - script->strip + script->add_len - 1 < DK_MORPH_WORD_MAX;
}

/* Applies a script; out holds DK_MORPH_WORD_MAX + 1 bytes and is ended by a NUL. Returns the length, 0 when the script
   does not fit. */
static inline size_t morph_apply(const dk_morph *m, const morph_script *script, const char *text, size_t len,
                                 char *out) {
    if (!morph_fits(script, len)) return 0;
    size_t keep = len - script->strip;
    memcpy(out, text, keep);
    memcpy(out + keep, m->strings + script->add, script->add_len);
    out[keep + script->add_len] = '\0';
    return keep + script->add_len;
}

/* Over the whole image, its checksum taken as 0. */
uint64_t morph_image_checksum(const void *image, size_t size);

/* Checks magic, version, size and checksum and sets the pointers of m (owned and mapped are left alone). */
bool morph_image_attach(dk_morph *m, const void *image, size_t size);

/* The names of the fixed features, and of those of splitting (compound.c), by number. */
const char *morph_feature_name(unsigned fixed, char out[24]);
const char *morph_split_feature_name(unsigned feature);

#endif
