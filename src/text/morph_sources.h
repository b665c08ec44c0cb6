/* What a morphology is made of: the texts of dictionaries and models, and their common stamp. */
#ifndef DK_TEXT_MORPH_SOURCES_H
#define DK_TEXT_MORPH_SOURCES_H

#include "base/buffer.h"
#include "text/morph.h"

enum { MORPH_DICTIONARIES_MAX = 2 };

typedef struct morph_file {
    char path[1024];
    dk_buf text;
} morph_file;

typedef struct morph_sources {
    char language[8];
    int ndictionaries;
    morph_file aff[MORPH_DICTIONARIES_MAX], dic[MORPH_DICTIONARIES_MAX];
    morph_file words;      /* models/words_XX.tsv: word, occurrences in 100 million */
    morph_file irregulars; /* models/irregular_XX.tsv: lemma, class, forms: written by hand */
    morph_file
        lemmas; /* models/lemma_XX.tsv: learned weights, suffix rules, forms; may be empty while learning */
    morph_file simple;    /* models/simple_XX.tsv: words never to split, written by hand; none for English */
    morph_file compounds; /* models/compound_XX.tsv: learned weights of splitting; none for English */
    char stamp[40];
} morph_sources;

/* The models that learning makes, and cannot have before. */
enum { MORPH_WITHOUT_LEMMAS = 1, MORPH_WITHOUT_COMPOUNDS = 2 };

/* Reads everything but what without names, and stamps it. Dispose also after an error. */
dk_status morph_sources_read(morph_sources *sources, const char *language, const dk_morph_options *options,
                             unsigned without, dk_error *err);
void morph_sources_dispose(morph_sources *sources);

/* Stamps again, after a text has been exchanged. */
void morph_sources_stamp(morph_sources *sources);

/* Makes the tables of morph_image.h, the header first; image is cleared before. The same sources make the same bytes. */
dk_status morph_build(const morph_sources *sources, dk_buf *image, dk_error *err);

/* The morphology of these sources, from the cache or built and then cached. */
dk_status morph_open_sources(dk_morph **out, const morph_sources *sources, const char *cache, dk_error *err);

/* One line of a model: columns split at tabs. Lines that are empty or begin with # are passed over, also a
   header row that begins with the name of the first column. */
typedef struct morph_line {
    const char *file;
    int64_t number;
    dk_str columns[4];
    int ncolumns;
} morph_line;

/* Moves *at over the text to the next line; false at its end. */
bool morph_next_line(const morph_file *file, const char *header, size_t *at, morph_line *line);

/* A whole column as a number; DK_EDATA with the place otherwise. */
dk_status morph_number(const morph_line *line, int column, int64_t least, int64_t most, int64_t *out,
                       dk_error *err);

#endif
