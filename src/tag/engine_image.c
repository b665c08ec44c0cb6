/* An engine as an image: made of lexicons and models, or taken from where one lies in memory.
 *
 * Its sections are the images of its parts. The one kept in the cache is without the morphologies, which have files of their own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/image.h"
#include "base/pipeline.h"
#include "lexicon/lexicon_image.h"
#include "tag/engine.h"

enum { IMAGE_KIND = 0x676E6575, IMAGE_VERSION = 1 }; /* "ueng" */
enum { SECTION_STAMP = 1, SECTION_LEXICON, SECTION_LANGUAGES, SECTION_INDEX = 16, SECTION_WEIGHTS = 32, SECTION_MORPH = 48 };

/* ---- Making ------------------------------------------------------------------------------------------ */

typedef struct builder {
    dk_morph *const *morphs;
    bool spelling;
    dk_lexicon *lexicon;
    dk_language_model *languages;
    dk_weights *weights[DK_LANGUAGES];
    dk_buf indexes[DK_LANGUAGES - 1]; /* by language - 1 */
} builder;

static dk_status open_languages(builder *b, const char *models, dk_stamp *stamp, dk_error *err) {
    char *path = dk_path_join(models, "language.tsv");
    if (path == NULL) return dk_fail_memory(err);
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_file_read(path, &text, err);
    dk_stamp_add(stamp, text.ptr, text.len);
    dk_buf_dispose(&text);
    if (status == DK_OK) status = dk_language_open(&b->languages, path, err);
    free(path);
    return status;
}

/* Reads one file of weights, which replaces an earlier one of its language. */
static dk_status open_weights(builder *b, const char *path, dk_stamp *stamp, dk_error *err) {
    dk_weights *weights;
    dk_status status = dk_weights_open(&weights, path, b->morphs, stamp, err);
    if (status != DK_OK) return status;
    dk_language language = dk_weights_language(weights);
    dk_weights_free(b->weights[language]);
    b->weights[language] = weights;
    return DK_OK;
}

static dk_status open_all_weights(builder *b, const char *models, const dk_engine_options *o, dk_stamp *stamp,
                                  dk_error *err) {
    dk_status status = DK_OK;
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        char name[32];
        snprintf(name, sizeof name, "sentiment_%s.tsv", dk_language_name((dk_language)l));
        char *path = dk_path_join(models, name);
        if (path == NULL) return dk_fail_memory(err);
        if (dk_file_exists(path)) status = open_weights(b, path, stamp, err);
        free(path);
    }
    for (size_t i = 0; status == DK_OK && i < o->nweights; i++) status = open_weights(b, o->weights[i], stamp, err);
    return status;
}

static dk_status build_index(void *context, size_t i, dk_error *err) {
    builder *b = context;
    dk_language language = (dk_language)(i + 1);
    return dk_index_build(&b->indexes[i], b->lexicon, language, b->morphs[language], b->spelling, err);
}

/* Reads everything, in the order in which the stamp counts it. */
static dk_status read_sources(builder *b, const dk_engine_options *options, const char *models, char stamp_text[33], dk_error *err) {
    dk_status status = dk_lexicon_open(&b->lexicon, options->data_dir, options->lexicons, options->nlexicons, err);
    if (status != DK_OK) return status;
    dk_stamp stamp = b->lexicon->stamp;
    dk_stamp_add(&stamp, DK_VERSION, sizeof DK_VERSION);
    status = open_languages(b, models, &stamp, err);
    for (int i = DK_LANG_SV; status == DK_OK && i < DK_LANGUAGES; i++) {
        const char *part = dk_morph_stamp(b->morphs[i]);
        dk_stamp_add(&stamp, part, strlen(part));
    }
    if (status == DK_OK && !options->no_learned) status = open_all_weights(b, models, options, &stamp, err);
    if (status == DK_OK) dk_stamp_text(&stamp, stamp_text);
    return status;
}

/* Writes one part as a section of its own image. */
static void put_part(dk_buf *image, uint32_t section, dk_buf *part) { dk_image_put(image, section, part->ptr, part->len, 1); }

static dk_status put_sources(const builder *b, const char stamp[33], dk_buf *image, dk_error *err) {
    dk_buf part;
    dk_buf_init(&part);
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    dk_image_put(image, SECTION_STAMP, stamp, 33, 1);
    dk_status status = dk_lexicon_write(b->lexicon, &part, err);
    if (status == DK_OK) put_part(image, SECTION_LEXICON, &part);
    if (status == DK_OK) status = dk_language_write(b->languages, &part, err);
    if (status == DK_OK) put_part(image, SECTION_LANGUAGES, &part);
    dk_buf_dispose(&part);
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        dk_image_put(image, SECTION_INDEX + (uint32_t)l, b->indexes[l - 1].ptr, b->indexes[l - 1].len, 1);
        if (b->weights[l] == NULL) continue;
        const void *weights;
        size_t size;
        dk_weights_image(b->weights[l], &weights, &size);
        dk_image_put(image, SECTION_WEIGHTS + (uint32_t)l, weights, size, 1);
    }
    return status == DK_OK ? dk_image_end(image, err) : status;
}

dk_status dk_engine_build(dk_engine *engine, const dk_engine_options *options, dk_buf *image, dk_error *err) {
    builder b = {.morphs = engine->morphs, .spelling = !options->no_spelling};
    char stamp[33] = "", *models = dk_path_join(options->data_dir, "models");
    for (int i = 0; i < DK_LANGUAGES - 1; i++) dk_buf_init(&b.indexes[i]);
    dk_status status = models == NULL ? dk_fail_memory(err) : read_sources(&b, options, models, stamp, err);
    if (status == DK_OK) status = dk_parallel_for(3, DK_LANGUAGES - 1, build_index, &b, err);
    if (status == DK_OK) status = put_sources(&b, stamp, image, err);
    for (int i = 0; i < DK_LANGUAGES - 1; i++) dk_buf_dispose(&b.indexes[i]);
    for (int l = 0; l < DK_LANGUAGES; l++) dk_weights_free(b.weights[l]);
    dk_language_free(b.languages);
    dk_lexicon_free(b.lexicon);
    free(models);
    return status;
}

dk_status dk_engine_put(const dk_engine *engine, dk_buf *image, dk_error *err) {
    dk_image from;
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    if (!dk_image_open(&from, engine->image, engine->image_size, IMAGE_KIND, IMAGE_VERSION, false))
        return dk_fail(err, DK_EDATA, "the compiled engine is damaged");
    for (uint32_t section = SECTION_STAMP; section < SECTION_MORPH; section++) {
        size_t size;
        const void *part = dk_image_get(&from, section, 1, &size);
        if (part != NULL) dk_image_put(image, section, part, size, 1);
    }
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) {
        const void *morph;
        size_t size;
        dk_morph_image(engine->morphs[l], &morph, &size);
        dk_image_put(image, SECTION_MORPH + (uint32_t)l, morph, size, 1);
    }
    return dk_image_end(image, err);
}

/* ---- Taking ------------------------------------------------------------------------------------------ */

static dk_status attach_morph(dk_engine *engine, const dk_image *image, int language, dk_error *err) {
    size_t size;
    if (engine->morphs[language] != NULL) return DK_OK;
    const void *part = dk_image_get(image, SECTION_MORPH + (uint32_t)language, 1, &size);
    if (part == NULL) return dk_fail(err, DK_EDATA, "the compiled engine is without its dictionaries");
    return dk_morph_open_image(&engine->morphs[language], part, size, err);
}

static dk_status attach_parts(dk_engine *e, const dk_image *image, dk_error *err) {
    size_t nstamp, nlexicon = 0, nlanguages = 0, size = 0;
    const char *stamp = dk_image_get(image, SECTION_STAMP, 1, &nstamp);
    const void *lexicon = dk_image_get(image, SECTION_LEXICON, 1, &nlexicon);
    const void *languages = dk_image_get(image, SECTION_LANGUAGES, 1, &nlanguages);
    if (stamp == NULL || nstamp != sizeof e->stamp || stamp[nstamp - 1] != '\0' || lexicon == NULL || languages == NULL)
        return dk_fail(err, DK_EDATA, "the compiled engine is damaged");
    memcpy(e->stamp, stamp, nstamp);
    dk_status status = dk_lexicon_attach(&e->lexicon, lexicon, nlexicon, err);
    if (status == DK_OK && !dk_language_attach(&e->languages, languages, nlanguages))
        status = dk_fail(err, DK_EDATA, "the compiled language model is damaged");
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        status = attach_morph(e, image, l, err);
        const void *index = dk_image_get(image, SECTION_INDEX + (uint32_t)l, 1, &size);
        if (status == DK_OK) status = dk_index_attach(&e->indexes[l], index, size, e->lexicon, e->morphs[l], err);
        const void *weights = dk_image_get(image, SECTION_WEIGHTS + (uint32_t)l, 1, &size);
        if (status == DK_OK && weights != NULL) status = dk_weights_attach(&e->weights[l], weights, size, e->morphs, err);
    }
    return status;
}

/* Text between two places of buf, kept. */
static bool keep_cell(dk_engine *e, dk_buf *buf, dk_str *cell) {
    char *copy = buf->failed ? NULL : dk_arena_strdup(&e->arena, buf->ptr, buf->len);
    *cell = (dk_str){copy, buf->len};
    dk_buf_clear(buf);
    return copy != NULL;
}

/* Puts together what rows of mentions would put together a million times. */
dk_status dk_engine_make_cells(dk_engine *e, dk_error *err) {
    const dk_lexicon *lex = e->lexicon;
    const dk_taxonomy *t = &lex->taxonomy;
    e->theme_cells = dk_arena_calloc(&e->arena, t->count + 1, sizeof *e->theme_cells);
    e->file_cells = dk_arena_calloc(&e->arena, lex->nfiles + 1, sizeof *e->file_cells);
    bool ok = e->theme_cells != NULL && e->file_cells != NULL;
    dk_buf buf;
    dk_buf_init(&buf);
    for (size_t i = 0; ok && i < t->count; i++) {
        dk_buf_putf(&buf, ",%s,%s,%s,", t->themes[i].id, t->touchpoints[t->themes[i].touchpoint], t->themes[i].stage);
        ok = keep_cell(e, &buf, &e->theme_cells[i]);
    }
    for (size_t i = 0; ok && i < lex->nfiles; i++) {
        dk_buf_putf(&buf, ",%s:", lex->files[i]);
        ok = keep_cell(e, &buf, &e->file_cells[i]);
    }
    dk_buf_dispose(&buf);
    return ok ? DK_OK : dk_fail_memory(err);
}

const void *dk_engine_index_image(const dk_engine *engine, dk_language language, size_t *size) {
    dk_image image;
    if (!dk_image_open(&image, engine->image, engine->image_size, IMAGE_KIND, IMAGE_VERSION, false)) return NULL;
    return dk_image_get(&image, SECTION_INDEX + (uint32_t)language, 1, size);
}

dk_status dk_engine_attach(dk_engine *engine, const void *bytes, size_t size, bool check, dk_error *err) {
    dk_image image;
    if (!dk_image_open(&image, bytes, size, IMAGE_KIND, IMAGE_VERSION, check)) {
        dk_fail(err, DK_EDATA, "this is no whole compiled engine of this version");
        dk_error_remedy(err, "make it anew with `drivkraft lexicon compile`");
        return DK_EDATA;
    }
    dk_status status = attach_parts(engine, &image, err);
    if (status == DK_OK) status = dk_engine_make_cells(engine, err);
    if (status != DK_OK) dk_engine_detach(engine);
    engine->image = bytes;
    engine->image_size = size;
    return status;
}

void dk_engine_detach(dk_engine *engine) {
    for (int i = 0; i < DK_LANGUAGES; i++) {
        dk_index_free(engine->indexes[i]);
        if (engine->base == NULL) dk_weights_free(engine->weights[i]);
        engine->indexes[i] = NULL;
        engine->weights[i] = NULL;
    }
    if (engine->base == NULL) dk_language_free(engine->languages);
    dk_lexicon_free(engine->lexicon);
    dk_arena_dispose(&engine->arena);
    dk_arena_init(&engine->arena);
    engine->languages = NULL;
    engine->lexicon = NULL;
    engine->image = NULL;
    engine->image_size = 0;
}
