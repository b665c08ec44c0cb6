/* The cache of morphology images: one file a language and stamp in a folder that only the user can enter. */
#ifndef DK_TEXT_MORPH_CACHE_H
#define DK_TEXT_MORPH_CACHE_H

#include "text/morph_image.h"

/* Maps the cached image of this stamp and checks it; false when there is none that is whole, for whatever reason. */
bool morph_cache_load(dk_morph *m, const char *folder, const char *language, const char *stamp);

/* Writes the image beside its place and renames it; a folder that cannot be written is no error. folder may be NULL for
   the user's own, "" for no cache. */
void morph_cache_store(const char *folder, const char *language, const char *stamp, const void *image,
                       size_t size);

#endif
