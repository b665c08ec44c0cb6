#include "tag/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/pipeline.h"

static dk_status open_languages(dk_engine *engine, const char *models, dk_stamp *stamp, dk_error *err) {
    char *path = dk_path_join(models, "language.tsv");
    if (path == NULL) return dk_fail_memory(err);
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_file_read(path, &text, err);
    dk_stamp_add(stamp, text.ptr, text.len);
    dk_buf_dispose(&text);
    if (status == DK_OK) status = dk_language_open(&engine->languages, path, err);
    free(path);
    return status;
}

static dk_status open_morphs(dk_engine *engine, const char *models, dk_stamp *stamp, dk_error *err) {
    const char *names[] = {"sv", "da", "en"};
    dk_morph_options options = {.models = models};
    dk_status status = dk_morph_open_all(&engine->morphs[DK_LANG_SV], names, 3, &options, 3, err);
    for (int i = DK_LANG_SV; status == DK_OK && i < DK_LANGUAGES; i++) {
        const char *part = dk_morph_stamp(engine->morphs[i]);
        dk_stamp_add(stamp, part, strlen(part));
    }
    return status;
}

/* Reads one file of weights, which replaces an earlier one of its language. */
static dk_status open_weights(dk_engine *engine, const char *path, dk_stamp *stamp, dk_error *err) {
    dk_weights *weights;
    dk_status status = dk_weights_open(&weights, path, engine->morphs, stamp, err);
    if (status != DK_OK) return status;
    dk_language language = dk_weights_language(weights);
    dk_weights_free(engine->weights[language]);
    engine->weights[language] = weights;
    return DK_OK;
}

static dk_status open_all_weights(dk_engine *engine, const char *models, const dk_engine_options *o, dk_stamp *stamp,
                                  dk_error *err) {
    dk_status status = DK_OK;
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        char name[32];
        snprintf(name, sizeof name, "sentiment_%s.tsv", dk_language_name((dk_language)l));
        char *path = dk_path_join(models, name);
        if (path == NULL) return dk_fail_memory(err);
        if (dk_file_exists(path)) status = open_weights(engine, path, stamp, err);
        free(path);
    }
    for (size_t i = 0; status == DK_OK && i < o->nweights; i++) status = open_weights(engine, o->weights[i], stamp, err);
    return status;
}

typedef struct build {
    dk_engine *engine;
    bool spelling;
} build;

static dk_status build_index(void *context, size_t i, dk_error *err) {
    build *b = context;
    dk_language language = (dk_language)(i + 1);
    return dk_index_new(&b->engine->indexes[language], b->engine->lexicon, language, b->engine->morphs[language],
                        b->spelling, err);
}

dk_status dk_engine_open(dk_engine **out, const dk_engine_options *options, dk_error *err) {
    dk_engine *engine = calloc(1, sizeof *engine);
    char *models = dk_path_join(options->data_dir, "models");
    dk_status status = engine == NULL || models == NULL ? dk_fail_memory(err) : DK_OK;
    dk_stamp stamp;
    if (status == DK_OK)
        status = dk_lexicon_open(&engine->lexicon, options->data_dir, options->lexicons, options->nlexicons, err);
    if (status == DK_OK) {
        stamp = engine->lexicon->stamp;
        dk_stamp_add(&stamp, DK_VERSION, sizeof DK_VERSION);
        status = open_languages(engine, models, &stamp, err);
    }
    if (status == DK_OK) status = open_morphs(engine, models, &stamp, err);
    if (status == DK_OK && !options->no_learned) status = open_all_weights(engine, models, options, &stamp, err);
    if (status == DK_OK) {
        build b = {engine, !options->no_spelling};
        status = dk_parallel_for(3, DK_LANGUAGES - 1, build_index, &b, err);
        dk_stamp_text(&stamp, engine->stamp);
    }
    free(models);
    if (status != DK_OK) dk_engine_free(engine);
    else *out = engine;
    return status;
}

void dk_engine_free(dk_engine *engine) {
    if (engine == NULL) return;
    for (int i = 0; i < DK_LANGUAGES; i++) {
        dk_index_free(engine->indexes[i]);
        dk_weights_free(engine->weights[i]);
        dk_morph_free(engine->morphs[i]);
    }
    dk_language_free(engine->languages);
    dk_lexicon_free(engine->lexicon);
    free(engine);
}

const dk_taxonomy *dk_engine_taxonomy(const dk_engine *engine) { return &engine->lexicon->taxonomy; }
const dk_lexicon *dk_engine_lexicon(const dk_engine *engine) { return engine->lexicon; }
const dk_morph *dk_engine_morph(const dk_engine *engine, dk_language language) { return engine->morphs[language]; }
const char *dk_engine_stamp(const dk_engine *engine) { return engine->stamp; }

const char *dk_engine_theme(const dk_engine *engine, uint32_t theme) {
    return theme < engine->lexicon->taxonomy.count ? engine->lexicon->taxonomy.themes[theme].id : NULL;
}

size_t dk_engine_themes(const dk_engine *engine) { return engine->lexicon->taxonomy.count; }

size_t dk_engine_entry(const dk_engine *engine, uint32_t entry, char *out, size_t size) {
    dk_buf place;
    dk_buf_init(&place);
    if (entry < engine->lexicon->count) dk_entry_put_place(&place, engine->lexicon, entry);
    size_t len = place.len;
    if (size > 0) {
        size_t n = len < size - 1 ? len : size - 1;
        if (n > 0) memcpy(out, place.ptr, n);
        out[n] = '\0';
    }
    dk_buf_dispose(&place);
    return len;
}
