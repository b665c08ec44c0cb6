/* The parts of an engine, for the files of this room; others use tag/session.h. */
#ifndef DK_TAG_ENGINE_H
#define DK_TAG_ENGINE_H

#include "lexicon/index.h"
#include "tag/session.h"
#include "tag/weights.h"

struct dk_engine {
    dk_lexicon *lexicon;
    dk_language_model *languages;
    dk_morph *morphs[DK_LANGUAGES]; /* [DK_LANG_OTHER] stays NULL, here and below */
    dk_index *indexes[DK_LANGUAGES];
    dk_weights *weights[DK_LANGUAGES]; /* NULL for a language without learned weights */
    char stamp[33];
};

#endif
