/* The three morphologies for tests, made once a program into a cache folder of its own. */
#ifndef DK_TESTS_MORPH_FIXTURE_H
#define DK_TESTS_MORPH_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "text/morph.h"

static dk_morph *fixture_morphs[3]; /* sv, da, en */

static int fixture_open(void **state) {
    static const char *const languages[] = {"sv", "da", "en"};
    (void)state;
    dk_morph_options options = {.models = DK_SOURCE_DIR "/models", .cache = ""};
    dk_error err;
    if (dk_morph_open_all(fixture_morphs, languages, 3, &options, 2, &err) == DK_OK) return 0;
    fprintf(stderr, "%s:%lld: %s\n", err.file, (long long)err.line, err.message);
    return -1;
}

static int fixture_close(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) dk_morph_free(fixture_morphs[i]);
    return 0;
}

static const dk_morph *fixture_morph(const char *language) {
    return fixture_morphs[*language == 's' ? 0 : *language == 'd' ? 1 : 2];
}

#endif
