#include "text/morph.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/buffer.h"
#include "base/pipeline.h"
#include "text/morph_cache.h"
#include "text/morph_form.h"
#include "text/morph_rank.h"
#include "text/morph_sources.h"

static bool inside(const morph_image *h, uint64_t at, uint64_t count, uint64_t size) {
    return at % 8 == 0 && at <= h->size && (size == 0 || count <= (h->size - at) / size);
}

uint64_t morph_image_checksum(const void *image, size_t size) {
    morph_image head;
    memcpy(&head, image, sizeof head);
    head.checksum = 0;
    return dk_hash_mix(dk_hash(&head, sizeof head),
                       dk_hash((const char *)image + sizeof head, size - sizeof head));
}

bool morph_image_attach(dk_morph *m, const void *image, size_t size) {
    const morph_image *h = image;
    if (size < sizeof *h || (uintptr_t)image % 8 != 0 || h->magic != MORPH_MAGIC ||
        h->version != MORPH_VERSION || h->size != size)
        return false;
    const unsigned char *base = image;
    if (morph_image_checksum(image, size) != h->checksum) return false;
    /* what remains is a table written by another program under our name */
    bool good = h->language[sizeof h->language - 1] == '\0' && h->stamp[sizeof h->stamp - 1] == '\0' &&
                inside(h, h->scripts, h->nscripts, sizeof(morph_script)) && h->nscripts > 0 &&
                inside(h, h->classes, h->nclasses, sizeof(morph_class)) && h->nfilter >= 64 &&
                (h->nfilter & (h->nfilter - 1)) == 0 &&
                inside(h, h->filter, h->nfilter / 64, sizeof(uint64_t)) &&
                inside(h, h->listed, MORPH_LISTED_BITS / 64, sizeof(uint64_t)) &&
                h->maps[MAP_FORMS].nsets < UINT32_MAX &&
                inside(h, h->infos, h->maps[MAP_FORMS].nsets + 1, sizeof(morph_info)) &&
                inside(h, h->strings, h->strings_len, 1) && h->nclasses + h->nscripts < 1u << 20 &&
                inside(h, h->weights, h->nclasses + h->nscripts + FIX_COUNT, sizeof(int32_t)) &&
                h->nsplit_weights == MORPH_SPLIT_FEATURES &&
                inside(h, h->split_weights, h->nsplit_weights, sizeof(int32_t));
    for (int i = 0; good && i < MAPS; i++)
        good = h->maps[i].nslots > 0 && inside(h, h->maps[i].slots, h->maps[i].nslots, 8) &&
               inside(h, h->maps[i].starts, h->maps[i].nsets, 4) && inside(h, h->maps[i].records, 0, 1);
    if (!good) return false;
    m->base = base;
    m->image = h;
    morph_attach_maps(m);
    m->filter = (const uint64_t *)(const void *)(base + h->filter);
    m->filter_mask = h->nfilter - 1;
    m->listed = (const uint64_t *)(const void *)(base + h->listed);
    m->infos = (const morph_info *)(const void *)(base + h->infos);
    m->scripts = (const morph_script *)(const void *)(base + h->scripts);
    m->classes = (const morph_class *)(const void *)(base + h->classes);
    m->strings = (const char *)base + h->strings;
    m->weights = (const int32_t *)(const void *)(base + h->weights);
    m->split_weights = (const int32_t *)(const void *)(base + h->split_weights);
    return true;
}

dk_status morph_open_sources(dk_morph **out, const morph_sources *sources, const char *cache, dk_error *err) {
    *out = NULL;
    dk_morph *m = calloc(1, sizeof *m);
    if (m == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    if (!morph_cache_load(m, cache, sources->language, sources->stamp)) {
        dk_buf image;
        dk_buf_init(&image);
        status = morph_build(sources, &image, err);
        if (status == DK_OK) {
            m->owned = image.ptr;
            if (!morph_image_attach(m, image.ptr, image.len))
                status = dk_fail(err, DK_EDATA, "a damaged table");
            else
                morph_cache_store(cache, sources->language, sources->stamp, image.ptr, image.len);
        } else {
            dk_buf_dispose(&image);
        }
    }
    if (status != DK_OK) {
        dk_morph_free(m);
        return status;
    }
    *out = m;
    return DK_OK;
}

dk_status dk_morph_open(dk_morph **out, const char *language, const dk_morph_options *options,
                        dk_error *err) {
    morph_sources *sources = malloc(sizeof *sources);
    *out = NULL;
    if (sources == NULL) return dk_fail_memory(err);
    dk_status status = morph_sources_read(sources, language, options, 0, err);
    if (status == DK_OK) status = morph_open_sources(out, sources, options->cache, err);
    morph_sources_dispose(sources);
    free(sources);
    return status;
}

typedef struct open_all {
    dk_morph **out;
    const char *const *languages;
    const dk_morph_options *options;
} open_all;

static dk_status open_one(void *context, size_t index, dk_error *err) {
    open_all *all = context;
    return dk_morph_open(&all->out[index], all->languages[index], all->options, err);
}

dk_status dk_morph_open_all(dk_morph *out[], const char *const languages[], size_t count,
                            const dk_morph_options *options, int threads, dk_error *err) {
    open_all all = {out, languages, options};
    for (size_t i = 0; i < count; i++) out[i] = NULL;
    dk_status status = dk_parallel_for(threads, count, open_one, &all, err);
    for (size_t i = 0; status != DK_OK && i < count; i++) {
        dk_morph_free(out[i]);
        out[i] = NULL;
    }
    return status;
}

dk_status dk_morph_open_image(dk_morph **out, const void *image, size_t size, dk_error *err) {
    *out = NULL;
    dk_morph *m = calloc(1, sizeof *m);
    if (m == NULL) return dk_fail_memory(err);
    if (!morph_image_attach(m, image, size)) {
        free(m);
        return dk_fail(err, DK_EDATA, "the morphology tables are damaged or of another version");
    }
    *out = m;
    return DK_OK;
}

void dk_morph_free(dk_morph *m) {
    if (m == NULL) return;
    if (m->mapped > 0) munmap((void *)(uintptr_t)m->base, m->mapped);
    free(m->owned);
    free(m);
}

void dk_morph_image(const dk_morph *m, const void **image, size_t *size) {
    *image = m->image;
    *size = m->image->size;
}

const char *dk_morph_language(const dk_morph *m) {
    return m->image->language;
}
const char *dk_morph_stamp(const dk_morph *m) {
    return m->image->stamp;
}

bool dk_morph_known(const dk_morph *m, dk_str form) {
    return morph_info_of(m, morph_hash(form.ptr, form.len))->flags & INFO_KNOWN;
}

static double frequency(const dk_morph *m, uint64_t hash) {
    uint32_t count = morph_map_find(m, MAP_COUNTS, hash);
    return count == UINT32_MAX ? 0 : count / 100.0;
}

double dk_morph_frequency(const dk_morph *m, dk_str form) {
    return frequency(m, morph_hash(form.ptr, form.len));
}

bool dk_morph_form_init(dk_morph_form *f, const dk_morph *m, dk_str text) {
    if (text.len == 0 || text.len > DK_MORPH_WORD_MAX) return false;
    f->morph = m;
    morph_word_init(&f->word, text.ptr, text.len);
    f->hash = morph_mix(f->word.behind[0]);
    f->set = m != NULL ? morph_form_set(m, f->hash) : UINT32_MAX;
    f->known = m != NULL && (morph_info_of_set(m, f->set)->flags & INFO_KNOWN);
    return true;
}

double dk_morph_form_frequency(const dk_morph_form *f) {
    return frequency(f->morph, f->hash);
}

/* ---- Lemmas ------------------------------------------------------------------------------------------ */

/* Of the candidates, those that a lexicon may match by. */
static bool plausible(const morph_candidate *c, const morph_candidate *best) {
    return c->probability >= 0.12f && c->probability >= 0.15f * best->probability;
}

/* The only one of several candidates that is plausible, if its score says so by itself; else so many as there are. */
static size_t only_plausible(const morph_candidate *list, size_t count) {
    enum { FAR = 1900 }; /* thousandths of a nat: e^-1.9 is under .15 */
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].learned != 0) return count;
        if (list[i].score > list[best].score) best = i;
    }
    for (size_t i = 0; i < count; i++)
        if (i != best && list[i].score > list[best].score - FAR) return count;
    return best;
}

static void put_first(morph_candidate *list, uint8_t *order, size_t at, float probability) {
    uint8_t first = order[at];
    memmove(order + 1, order, at);
    order[0] = first;
    for (size_t i = 1; i <= at; i++) list[order[i]].probability *= 1 - probability;
    list[first].probability = probability;
}

/* A word written with a capital that no dictionary has is a name, unless it ends in a longer known word (Ørestadsbanen). A name
   is its own lemma, but for the genitive of Swedish and Danish. Words and names of the dictionary are ranked as ever:
   most capitals inside sentences are headlines and titles. */
static void prefer_name(const dk_morph_form *f, morph_candidate *list, uint8_t *order, size_t count) {
    enum { TAIL_BYTES = 5 };
    const dk_morph *m = f->morph;
    dk_str form = {f->word.text, f->word.len};
    size_t tail = morph_known_tail(m, form.ptr, form.len);
    if (list[order[0]].learned > 500 || f->known || (tail > 0 && form.len - tail >= TAIL_BYTES)) return;
    bool genitive = false;
    if (strcmp(m->image->language, "en") != 0 && form.len > 3 && form.ptr[form.len - 1] == 's')
        genitive = dk_morph_known(m, (dk_str){form.ptr, form.len - 1}) ||
                   strchr("aeiouysxz", form.ptr[form.len - 2]) == NULL; /* Marcos and Paris are whole */
    for (size_t i = 0; i < count; i++) {
        dk_str script = dk_str_from(m->strings + m->scripts[list[order[i]].script].text);
        if (!dk_str_is(script, genitive ? "s>" : ">")) continue;
        if (i > 0) put_first(list, order, i, 0.8f);
        return;
    }
}

size_t dk_morph_form_lemmas(const dk_morph_form *f, unsigned hints, dk_lemma *out, size_t max) {
    morph_candidate list[CANDIDATES_MAX];
    uint8_t order[CANDIDATES_MAX];
    size_t count = morph_candidates_of(f, list), n = 0;
    size_t only = count == 1 ? 0 : hints == DK_MORPH_PLAUSIBLE ? only_plausible(list, count) : count;
    if (only < count) {
        order[0] = (uint8_t)only;
        list[only].probability = 1;
        count = 1;
    } else {
        morph_rank_places(list, count, true, order);
    }
    if (hints & DK_MORPH_CAPITAL) prefer_name(f, list, order, count);
    if (count > max) count = max;
    for (; n < count && n < DK_MORPH_LEMMAS_MAX; n++) {
        const morph_candidate *c = &list[order[n]];
        dk_lemma *lemma = &out[n];
        lemma->plausible = n == 0 || plausible(c, &list[order[0]]);
        if (hints & DK_MORPH_PLAUSIBLE && !lemma->plausible) break; /* those behind it are less so */
        morph_apply(f->morph, &f->morph->scripts[c->script], f->word.text, f->word.len, lemma->text);
        lemma->len = c->len;
        lemma->source = c->source;
        lemma->word_class = c->word_class;
        lemma->score = c->probability;
    }
    return n;
}

size_t dk_morph_lemmas(const dk_morph *m, dk_str text, unsigned hints, dk_lemma *out, size_t max) {
    dk_morph_form f;
    return dk_morph_form_init(&f, m, text) ? dk_morph_form_lemmas(&f, hints, out, max) : 0;
}

/* ---- Inflected forms ----------------------------------------------------------------------------------- */

enum { FORMS_MAX = 256 };

typedef struct expansion {
    const dk_morph *m;
    const char *prefix; /* put before every form: the part of the lemma that is no known word */
    size_t prefix_len;
    void (*each)(void *context, dk_str form);
    void *context;
    uint64_t seen[FORMS_MAX]; /* hashes of the forms so far */
    size_t count;
} expansion;

static bool has_lemma(const dk_morph *m, dk_str form, dk_str lemma) {
    dk_lemma list[DK_MORPH_LEMMAS_MAX];
    size_t n = dk_morph_lemmas(m, form, 0, list, DK_MORPH_LEMMAS_MAX);
    for (size_t i = 0; i < n && list[i].plausible; i++)
        if (list[i].len == lemma.len && memcmp(list[i].text, lemma.ptr, lemma.len) == 0) return true;
    return false;
}

static void offer(expansion *x, dk_str form) {
    char text[DK_MORPH_WORD_MAX + 1];
    if (x->prefix_len + form.len > DK_MORPH_WORD_MAX || x->count == FORMS_MAX) return;
    memcpy(text, x->prefix, x->prefix_len);
    memcpy(text + x->prefix_len, form.ptr, form.len);
    dk_str whole = {text, x->prefix_len + form.len};
    uint64_t hash = morph_hash(whole.ptr, whole.len);
    for (size_t i = 0; i < x->count; i++)
        if (x->seen[i] == hash) return;
    x->seen[x->count++] = hash;
    x->each(x->context, whole);
}

/* Scripts lead from form to lemma; this goes back. 0 when the lemma cannot have come by it. */
static size_t apply_back(const dk_morph *m, const morph_script *s, dk_str lemma, char *out) {
    const char *strip = m->strings + s->text, *add = m->strings + s->add;
    if (s->add_len > lemma.len || memcmp(lemma.ptr + lemma.len - s->add_len, add, s->add_len) != 0) return 0;
    size_t keep = lemma.len - s->add_len;
    if (keep == 0 || keep + s->strip > DK_MORPH_WORD_MAX) return 0;
    memcpy(out, lemma.ptr, keep);
    memcpy(out + keep, strip, s->strip);
    return keep + s->strip;
}

/* All forms that the dictionary lists for a lemma it knows, or that learned scripts lead back to it: those that have it among
   their plausible lemmas. */
static void expand_known(expansion *x, dk_str lemma) {
    const dk_morph *m = x->m;
    char form[DK_MORPH_WORD_MAX + 1];
    size_t count;
    const morph_record *records = morph_lookup(m, MAP_PARADIGMS, lemma.ptr, lemma.len, &count);
    for (size_t i = 0; i < count; i++) {
        size_t len = morph_apply(m, &m->scripts[records[i].script], lemma.ptr, lemma.len, form);
        if (len > 0 && has_lemma(m, (dk_str){form, len}, lemma)) offer(x, (dk_str){form, len});
    }
    for (size_t i = 0; i < m->image->nscripts; i++) {
        if (m->weights[m->image->nclasses + i] == 0) continue; /* never seen in running text */
        size_t len = apply_back(m, &m->scripts[i], lemma, form);
        dk_str text = {form, len};
        if (len > 0 && dk_morph_known(m, text) && has_lemma(m, text, lemma)) offer(x, text);
    }
}

size_t dk_morph_expand(const dk_morph *m, dk_str lemma, void (*each)(void *context, dk_str form),
                       void *context) {
    if (lemma.len == 0 || lemma.len > DK_MORPH_WORD_MAX) return 0;
    expansion x = {.m = m, .prefix = "", .each = each, .context = context};
    offer(&x, lemma);
    if (dk_morph_known(m, lemma)) {
        expand_known(&x, lemma);
    } else {
        size_t tail = morph_known_tail(m, lemma.ptr, lemma.len);
        x.prefix = lemma.ptr;
        x.prefix_len = tail;
        if (tail > 0) expand_known(&x, (dk_str){lemma.ptr + tail, lemma.len - tail});
    }
    return x.count;
}
