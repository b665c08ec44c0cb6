/* An engine that differs from another in its lexicon alone: for who edits it and wants to see what that does. */
#include <stdlib.h>

#include "base/pipeline.h"
#include "tag/engine.h"

typedef struct variant {
    dk_engine *engine;
    const dk_engine *base;
    bool spelling;
} variant;

/* Whether an index of the language would come out the same: what it holds are numbers of entries, their terms, packs and roles. */
static bool same_terms(const dk_lexicon *a, const dk_lexicon *b, dk_language language) {
    size_t n = a->count > b->count ? a->count : b->count;
    for (size_t i = 0; i < n; i++) {
        bool in_a =
            i < a->count && (a->entries[i].language == language || a->entries[i].language == DK_LANG_OTHER);
        bool in_b =
            i < b->count && (b->entries[i].language == language || b->entries[i].language == DK_LANG_OTHER);
        if (!in_a && !in_b) continue;
        if (in_a != in_b || a->entries[i].pack != b->entries[i].pack ||
            dk_entry_role(&a->entries[i]) != dk_entry_role(&b->entries[i]) ||
            !dk_str_eq(a->sources[i].text, b->sources[i].text))
            return false;
    }
    return true;
}

static dk_status make_index(void *context, size_t number, dk_error *err) {
    const variant *v = context;
    dk_engine *e = v->engine;
    dk_language language = (dk_language)(number + DK_LANG_SV);
    size_t size = 0;
    const void *image = NULL;
    if (same_terms(v->base->lexicon, e->lexicon, language))
        image = dk_engine_index_image(v->base, language, &size);
    if (image == NULL) {
        dk_buf *own = &e->indexes_owned[language];
        dk_status status = dk_index_build(own, e->lexicon, language, e->morphs[language], v->spelling, err);
        if (status != DK_OK) return status;
        image = own->ptr;
        size = own->len;
    }
    return dk_index_attach(&e->indexes[language], image, size, e->lexicon, e->morphs[language], err);
}

dk_status dk_engine_with_lexicon(dk_engine **out, const dk_engine *base, dk_lexicon *lexicon, bool spelling,
                                 int threads, dk_error *err) {
    dk_engine *e = calloc(1, sizeof *e);
    if (e == NULL) {
        dk_lexicon_free(lexicon);
        return dk_fail_memory(err);
    }
    e->base = base;
    e->lexicon = lexicon;
    e->languages = base->languages;
    for (int l = 0; l < DK_LANGUAGES; l++) {
        e->morphs[l] = base->morphs[l];
        e->weights[l] = base->weights[l];
        dk_buf_init(&e->indexes_owned[l]);
    }
    dk_buf_init(&e->owned);
    variant v = {e, base, spelling};
    dk_status status = dk_parallel_for(threads, DK_LANGUAGES - DK_LANG_SV, make_index, &v, err);
    if (status == DK_OK) status = dk_engine_make_cells(e, err);
    if (status != DK_OK)
        dk_engine_free(e);
    else
        *out = e;
    return status;
}
