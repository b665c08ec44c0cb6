/* Morphology of one language: lemmas, compound parts, inflected forms and frequencies of single words.
 *
 * A dk_morph is made from the Hunspell dictionaries of the system (.aff and .dic, expanded to all their forms by
 * affix.h) and from models/lemma_XX.tsv and models/words_XX.tsv, and is then immutable: any number of threads may
 * share it. What was made is kept in a cache file named by the content of everything that went into it, so
 * that a second start maps the file and is done.
 *
 * All words here are folded (lower case, NFC, UTF-8) as dk_utf8_fold makes them. Nothing here depends on the locale,
 * on time or on the order of calls: the same word gets the same answer on every machine.
 */
#ifndef DK_TEXT_MORPH_H
#define DK_TEXT_MORPH_H

#include "base/status.h"

/* Longer words (in bytes) are not analysed: their only lemma is the word itself, not listed. */
#define DK_MORPH_WORD_MAX 127
/* No word has more candidates, or more parts, than this. */
#define DK_MORPH_LEMMAS_MAX 8
#define DK_MORPH_PARTS_MAX 6

typedef struct dk_morph dk_morph;

typedef struct dk_morph_options {
    const char *dictionaries; /* folder of the .aff and .dic files; NULL: /usr/share/hunspell */
    const char *models;       /* folder of lemma_XX.tsv and words_XX.tsv */
    const char
        *cache; /* folder of the cache; NULL: $XDG_CACHE_HOME/drivkraft or ~/.cache/drivkraft; "": none */
} dk_morph_options;

/* Opens the morphology of "sv", "da" or "en". A cache that is missing, cut or altered is made anew; a cache folder
   that cannot be written is no error. DK_EUSAGE for another language, DK_EIO when a dictionary or model is missing (the
   remedy names the package), DK_EDATA with file and line when one is malformed. */
dk_status dk_morph_open(dk_morph **out, const char *language, const dk_morph_options *options, dk_error *err);
void dk_morph_free(dk_morph *morph);

/* Opens several languages at a time, on up to so many threads; all or none. */
dk_status dk_morph_open_all(dk_morph *out[], const char *const languages[], size_t count,
                            const dk_morph_options *options, int threads, dk_error *err);

/* The image that the cache holds, to be put into a portable file, and a morphology over such an image (borrowed:
   it must outlive the dk_morph; 8-byte aligned). DK_EDATA when the image is damaged or of another version. */
void dk_morph_image(const dk_morph *morph, const void **image, size_t *size);
dk_status dk_morph_open_image(dk_morph **out, const void *image, size_t size, dk_error *err);

const char *dk_morph_language(const dk_morph *morph); /* "sv" */
const char *
dk_morph_stamp(const dk_morph *morph); /* 32 hex digits over dictionaries, models and table format */

/* ---- Lemmas ------------------------------------------------------------------------------------------ */

typedef enum dk_lemma_source {
    DK_LEMMA_IRREGULAR,  /* the form was learned as such from running text */
    DK_LEMMA_DICTIONARY, /* the dictionary inflects the lemma to this form */
    DK_LEMMA_RULE        /* a learned suffix rule, or the inflection of the word's known ending */
} dk_lemma_source;

/* What the dictionary or the treebank suggests; unknown is common. */
typedef enum dk_word_class {
    DK_WORD_UNKNOWN,
    DK_WORD_NOUN,
    DK_WORD_VERB,
    DK_WORD_ADJECTIVE,
    DK_WORD_OTHER
} dk_word_class;

typedef struct dk_lemma {
    char text[DK_MORPH_WORD_MAX + 1]; /* ended by a NUL that does not count */
    uint8_t len;
    uint8_t source;     /* dk_lemma_source */
    uint8_t word_class; /* dk_word_class */
    bool plausible;     /* good enough for a lexicon to match by; the first always is */
    float score;        /* 0..1, over all candidates of the form 1 */
} dk_lemma;

enum {
    DK_MORPH_CAPITAL = 1,   /* hint: written with a capital where a sentence does not begin: probably a name */
    DK_MORPH_PLAUSIBLE = 2, /* those that are not plausible are left out, and scores too */
};

/* The lemmas that form may have, the most probable first; at most max of them. At least one (perhaps form itself) unless
   form is empty, longer than DK_MORPH_WORD_MAX or max is 0. */
size_t dk_morph_lemmas(const dk_morph *morph, dk_str form, unsigned hints, dk_lemma *out, size_t max);

/* ---- Compounds --------------------------------------------------------------------------------------- */

typedef struct dk_part {
    char text[DK_MORPH_WORD_MAX + 1]; /* the part as a word: base form, joint dropped; the head is a lemma */
    uint8_t len;
    uint8_t start, end; /* its bytes in the form, without the joint */
    bool known;         /* a dictionary form */
} dk_part;

/* The parts of a compound in order, the head last; 0 for a simple word (or one that cannot be split safely). When there are
   more than max parts, 0. */
size_t dk_morph_split(const dk_morph *morph, dk_str form, dk_part *out, size_t max);

/* The same where the first lemma of form is already at hand: half of the work. */
size_t dk_morph_split_lemma(const dk_morph *morph, dk_str form, const dk_lemma *lemma, dk_part *out,
                            size_t max);

/* The first lemma of a form and the head of a compound, which are asked for together; of length 0 when there is none. */
typedef struct dk_bases {
    char lemma[DK_MORPH_WORD_MAX + 1], head[DK_MORPH_WORD_MAX + 1];
    uint8_t lemma_len, head_len;
} dk_bases;

/* Keeps the first of nlemmas lemmas and the last of nparts parts. */
void dk_bases_set(dk_bases *bases, const dk_lemma *lemmas, size_t nlemmas, const dk_part *parts, size_t nparts);

/* The bases of a form; morph may be NULL, then there are none. */
void dk_morph_bases(const dk_morph *morph, dk_str form, dk_bases *bases);

/* ---- The dictionary ---------------------------------------------------------------------------------- */

/* Whether form stands in the dictionary, inflected or not. */
bool dk_morph_known(const dk_morph *morph, dk_str form);

/* Occurrences of form in a million words of spoken-like text; 0 when never seen. */
double dk_morph_frequency(const dk_morph *morph, dk_str form);

/* Calls each for every inflected form of lemma, itself first, each once; returns how many. A lemma that the dictionary
   does not know is inflected as the known word it ends in (leveranskund as kund), or comes alone. */
size_t dk_morph_expand(const dk_morph *morph, dk_str lemma, void (*each)(void *context, dk_str form),
                       void *context);

#endif
