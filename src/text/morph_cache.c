#include "text/morph_cache.h"

#include <stdio.h>

#include "base/cache.h"

/* Images of several states of models and dictionaries are kept: an hour of learning goes back and forth between them. */
enum { KEEP = 12 };

static void file_name(const char *language, const char *stamp, char out[64]) {
    snprintf(out, 64, "morph-%.7s-%.32s.bin", language, stamp);
}

bool morph_cache_load(dk_morph *m, const char *folder, const char *language, const char *stamp) {
    char name[64];
    void *image;
    size_t size;
    file_name(language, stamp, name);
    if (!dk_cache_map(folder, name, &image, &size)) return false;
    if (morph_image_attach(m, image, size) && strcmp(m->image->stamp, stamp) == 0 &&
        strcmp(m->image->language, language) == 0) {
        m->mapped = size;
        return true;
    }
    dk_cache_unmap(image, size);
    return false;
}

void morph_cache_store(const char *folder, const char *language, const char *stamp, const void *image,
                       size_t size) {
    char name[64];
    file_name(language, stamp, name);
    dk_cache_store(folder, name, image, size);
    dk_cache_prune(folder, "morph-", KEEP);
}
