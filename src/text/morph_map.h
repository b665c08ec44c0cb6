/* Building the word maps of a morphology: pairs of word and record come in any order, a compact map goes out. */
#ifndef DK_TEXT_MORPH_MAP_H
#define DK_TEXT_MORPH_MAP_H

#include "base/buffer.h"
#include "text/morph_image.h"

typedef struct map_pair {
    uint64_t hash;
    uint64_t value; /* a morph_record as number (script << 16 | value), or a plain value */
} map_pair;

typedef struct map_builder {
    map_pair *pairs;
    size_t count, cap;
    bool failed;
} map_builder;

void map_builder_dispose(map_builder *b);
void map_builder_add(map_builder *b, uint64_t hash, uint64_t value);

/* Sorts by hash, then value; drops doubles unless keep_doubles. */
dk_status map_builder_sort(map_builder *b, bool keep_doubles, dk_error *err);

/* Appends the sorted pairs to image (8-byte aligned) as a map of sets of records. */
dk_status map_builder_write(map_builder *b, dk_buf *image, word_map *map, dk_error *err);

/* The same for one value a word, under 2^24 - 1; the values of doubled words are summed up to that. */
dk_status map_builder_write_values(map_builder *b, dk_buf *image, word_map *map, dk_error *err);

/* Appends zeros up to a multiple of 8 and returns the offset. */
uint64_t image_align(dk_buf *image);

#endif
