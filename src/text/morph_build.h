/* The state of building a morphology; shared by morph_build.c (what the dictionaries say) and morph_write.c (what the models
 * say, and the image). */
#ifndef DK_TEXT_MORPH_BUILD_H
#define DK_TEXT_MORPH_BUILD_H

#include "base/intern.h"
#include "text/affix.h"
#include "text/morph_map.h"
#include "text/morph_sources.h"

/* What the hand-written list says of an irregular form. */
struct hand {
    dk_str lemma;
    uint16_t class;
};

typedef struct morph_builder {
    const morph_sources *sources;
    const dk_affix *affix; /* of the dictionary at hand */
    uint32_t dictionary;
    dk_buf strings;       /* texts of scripts and classes */
    dk_intern scripts;    /* see morph_script.h */
    dk_intern class_keys; /* class_key -> number */
    dk_intern class_names;
    morph_class *classes;    /* by number */
    uint16_t *first_of_name; /* by number in class_names: the first class so named */
    size_t class_cap, name_cap;
    map_builder forms, paradigms, irregulars, suffixes, counts, mass, seen, families, parts;
    map_builder listed; /* the words of irregulars and parts */
    dk_intern forbidden;
    dk_intern entries;    /* of which compounds may be */
    dk_intern hand_forms; /* forms of irregular_XX.tsv; hand[id] is what it says of each */
    struct hand *hand;
    size_t hand_cap;
    dk_buf form, lemma; /* folded */
    dk_error *err;
} morph_builder;

/* Reads lemma_XX.tsv, compound_XX.tsv and simple_XX.tsv and writes everything to out. */
dk_status morph_write(morph_builder *b, dk_buf *out);

#endif
