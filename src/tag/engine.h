/* The parts of an engine, for the files of this room; others use tag/session.h. */
#ifndef DK_TAG_ENGINE_H
#define DK_TAG_ENGINE_H

#include "lexicon/index.h"
#include "tag/session.h"

struct dk_engine {
    dk_lexicon *lexicon;
    dk_language_model *languages;
    dk_morph *morphs[DK_LANGUAGES]; /* [DK_LANG_OTHER] stays NULL, here and below */
    dk_index *indexes[DK_LANGUAGES];
    char stamp[33];
};

#endif
