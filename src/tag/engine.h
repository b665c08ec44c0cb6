/* The parts of an engine, for the files of this room; others use tag/session.h. */
#ifndef DK_TAG_ENGINE_H
#define DK_TAG_ENGINE_H

#include "lexicon/index.h"
#include "tag/session.h"
#include "tag/weights.h"

struct dk_engine {
    const dk_engine *base; /* NULL, or whose models and morphologies these are (dk_engine_with_lexicon) */
    dk_lexicon *lexicon;
    dk_language_model *languages;
    dk_morph *morphs[DK_LANGUAGES]; /* [DK_LANG_OTHER] stays NULL, here and below */
    dk_index *indexes[DK_LANGUAGES];
    dk_weights *weights[DK_LANGUAGES]; /* NULL for a language without learned weights */
    char stamp[33];

    dk_arena arena;     /* of what follows */
    dk_str *theme_cells; /* by theme: ",theme,touchpoint,stage," as rows of mentions have it */
    dk_str *file_cells;  /* by file of the lexicon: ",sv/themes.tsv:" */

    const void *image; /* what all but the morphologies of an engine made from files lies in: mapped or owned */
    size_t image_size;
    void *mapped; /* NULL for none */
    dk_buf owned;
    dk_buf indexes_owned[DK_LANGUAGES]; /* with a base: the images of the indexes that are not its own */
};

/* What decides the image of an engine, as 32 hex digits: the content of lexicons and models, the options, the morphologies, and the build
   of the program. False when something cannot be read. */
bool dk_engine_key(const dk_engine_options *options, dk_morph *const morphs[DK_LANGUAGES], char out[33]);

/* Makes the image of an engine whose morphologies are open; image is cleared first. */
dk_status dk_engine_build(dk_engine *engine, const dk_engine_options *options, dk_buf *image, dk_error *err);

/* Fills an engine from an image that lies in memory as long as the engine; that of dk_engine_put also gives the morphologies,
   that of dk_engine_build needs them open. With check the checksum is looked at. DK_EDATA for what is no whole image of this version:
   then all but the morphologies is as before. */
dk_status dk_engine_attach(dk_engine *engine, const void *image, size_t size, bool check, dk_error *err);

/* Fills theme_cells and file_cells from the lexicon. */
dk_status dk_engine_make_cells(dk_engine *engine, dk_error *err);

/* The image of the index of a language within the engine's. */
const void *dk_engine_index_image(const dk_engine *engine, dk_language language, size_t *size);

/* Frees all but the morphologies and the image. */
void dk_engine_detach(dk_engine *engine);

#endif
