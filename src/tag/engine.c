#include "tag/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cache.h"
#include "base/file.h"
#include "base/pipeline.h"

/* Engines of several lexicons are kept, and only of such as take a while to build. */
enum { KEEP = 6, WORTH_KEEPING = 5000 };

static dk_status open_morphs(dk_engine *engine, const dk_engine_options *o, dk_error *err) {
    const char *names[] = {"sv", "da", "en"};
    char *models = dk_path_join(o->data_dir, "models");
    if (models == NULL) return dk_fail_memory(err);
    dk_morph_options options = {.models = models, .cache = o->cache};
    dk_status status = dk_morph_open_all(&engine->morphs[DK_LANG_SV], names, 3, &options, 3, err);
    free(models);
    return status;
}

static dk_status open_compiled(dk_engine *engine, const dk_engine_options *o, dk_error *err) {
    if (o->nlexicons > 0 || o->nweights > 0 || o->no_spelling || o->no_learned)
        return dk_fail(err, DK_EUSAGE, "%s is compiled with its lexicons, weights and switches; others cannot be joined to it",
                       o->engine);
    dk_status status = dk_file_map(o->engine, &engine->mapped, &engine->image_size, err);
    if (status != DK_OK) return status;
    size_t size = engine->image_size;
    dk_error mistake = {0};
    status = dk_engine_attach(engine, engine->mapped, size, true, &mistake);
    engine->image_size = size;
    if (status == DK_ENOMEM) return dk_fail_memory(err);
    if (status == DK_OK) return status;
    dk_fail_at(err, status, o->engine, 0, 0, "%s", mistake.message);
    dk_error_remedy(err, "make it anew with `drivkraft lexicon compile`");
    return status;
}

/* The engine as it was built before, when it is in the cache and whole. */
static bool take_cached(dk_engine *engine, const char *folder, const char *name) {
    size_t size;
    if (!dk_cache_map(folder, name, &engine->mapped, &size)) return false;
    if (dk_engine_attach(engine, engine->mapped, size, true, NULL) == DK_OK) {
        dk_cache_touch(folder, name);
        return true;
    }
    dk_cache_unmap(engine->mapped, size);
    engine->mapped = NULL;
    return false;
}

static dk_status open_sources(dk_engine *engine, const dk_engine_options *o, dk_error *err) {
    char key[33], name[64];
    dk_status status = open_morphs(engine, o, err);
    if (status != DK_OK) return status;
    bool known = dk_engine_key(o, engine->morphs, key);
    snprintf(name, sizeof name, "engine-%s.bin", key);
    if (known && take_cached(engine, o->cache, name)) return DK_OK;
    status = dk_engine_build(engine, o, &engine->owned, err);
    if (status == DK_OK) status = dk_engine_attach(engine, engine->owned.ptr, engine->owned.len, false, err);
    if (status == DK_OK && known && engine->lexicon->count >= WORTH_KEEPING) {
        dk_cache_store(o->cache, name, engine->owned.ptr, engine->owned.len);
        dk_cache_prune(o->cache, "engine-", KEEP);
    }
    return status;
}

dk_status dk_engine_open(dk_engine **out, const dk_engine_options *options, dk_error *err) {
    dk_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return dk_fail_memory(err);
    dk_buf_init(&engine->owned);
    dk_status status = options->engine != NULL ? open_compiled(engine, options, err) : open_sources(engine, options, err);
    if (status != DK_OK) dk_engine_free(engine);
    else *out = engine;
    return status;
}

void dk_engine_free(dk_engine *engine) {
    if (engine == NULL) return;
    size_t size = engine->image_size;
    dk_engine_detach(engine);
    for (int i = 0; i < DK_LANGUAGES; i++) {
        if (engine->base == NULL) dk_morph_free(engine->morphs[i]);
        dk_buf_dispose(&engine->indexes_owned[i]);
    }
    if (engine->mapped != NULL) dk_cache_unmap(engine->mapped, size);
    dk_buf_dispose(&engine->owned);
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
    if (size > 0) out[0] = '\0';
    if (entry >= engine->lexicon->count) return 0;
    const dk_entry_source *place = &engine->lexicon->sources[entry]; /* as dk_entry_put_place, but without memory, which may run out */
    int n = snprintf(out, size, "%s:%lld", engine->lexicon->files[place->file], (long long)place->line);
    return n > 0 ? (size_t)n : 0;
}
