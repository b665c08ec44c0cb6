/* Reading a file of learned weights, and making the image of it that weights.c reads from. */
#include <math.h>
#include <stdlib.h>

#include "lexicon/tsv.h"
#include "tag/weights_private.h"

/* Weights while their file is read. */
typedef struct weights_builder {
    weights_head head;
    dk_intern rows[DK_FEATURE_KINDS]; /* texts; [DK_FEATURE_PAIR]: the members of pairs */
    uint32_t *row_of[DK_FEATURE_KINDS]; /* by id: where the weights stand in values */
    size_t row_cap[DK_FEATURE_KINDS];
    pair_slot *pairs;
    size_t npairs, pairs_size;
    uint8_t *sides; /* by member: 1 when it is a left one, 2 a right one */
    size_t sides_cap;
    int32_t *values;
    size_t nvalues, values_cap;
} weights_builder;

/* The slot of a pair, or the empty one where it belongs: its row is 0. */
static pair_slot *pair_at(const weights_builder *w, uint64_t key) {
    size_t at = pair_hash(key) & (w->pairs_size - 1);
    while (w->pairs[at].key != 0 && w->pairs[at].key != key) at = (at + 1) & (w->pairs_size - 1);
    return &w->pairs[at];
}

static bool pair_put(weights_builder *w, uint64_t key, uint32_t row, int32_t value) {
    if (w->npairs * 2 >= w->pairs_size) {
        size_t size = w->pairs_size > 0 ? w->pairs_size * 2 : 64;
        pair_slot *slots = calloc(size, sizeof *slots), *old = w->pairs;
        if (slots == NULL) return false;
        size_t n = w->pairs_size;
        w->pairs = slots;
        w->pairs_size = size;
        w->npairs = 0;
        for (size_t i = 0; i < n; i++)
            if (old[i].key != 0) (void)pair_put(w, old[i].key, old[i].row, old[i].value); /* fits: never grows again here */
        free(old);
    }
    pair_slot *slot = pair_at(w, key);
    w->npairs += slot->key == 0;
    *slot = (pair_slot){key, row, value};
    return true;
}

/* The number of a member of pairs, from 1; 0 when memory ran out. */
static uint32_t member(weights_builder *w, dk_str text, uint8_t side) {
    uint32_t id = dk_intern_add(&w->rows[DK_FEATURE_PAIR], text);
    if (id == DK_NO_ID) return 0;
    size_t cap = w->sides_cap;
    if (!dk_grow(&w->sides, &w->sides_cap, (size_t)id + 1)) return 0;
    memset(w->sides + cap, 0, w->sides_cap - cap);
    w->sides[id] |= side;
    return id + 1;
}

/* Reads "a" or "a,b,c" into `count` numbers of at most DK_WEIGHT_MAX either way. */
static dk_status read_numbers(const dk_tsv *tsv, dk_str cell, int32_t *out, size_t max, size_t *count, dk_error *err) {
    const char *p = cell.ptr, *end = cell.ptr + cell.len;
    for (*count = 0; p < end || *count == 0;) {
        const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma != NULL ? comma : end;
        double value = NAN;
        dk_status status = dk_tsv_number(tsv, (dk_str){p, (size_t)(stop - p)}, "a weight in thousandths", -DK_WEIGHT_MAX,
                                         DK_WEIGHT_MAX, &value, err);
        if (status != DK_OK) return status;
        if (isnan(value) || value != floor(value)) return dk_tsv_fail(tsv, p, err, "a whole number of thousandths was expected");
        if (*count == max) return dk_tsv_fail(tsv, p, err, "more than %d folds", DK_WEIGHT_FOLDS);
        out[(*count)++] = (int32_t)value;
        p = comma != NULL ? comma + 1 : end;
        if (comma != NULL && p == end) return dk_tsv_fail(tsv, comma, err, "a weight was expected behind the comma");
    }
    return DK_OK;
}

static dk_status put_row(weights_builder *w, const dk_tsv *tsv, dk_str kind, dk_str text, const int32_t *values, dk_error *err) {
    if (dk_str_is(kind, "figure")) {
        for (int f = 0; f < DK_FIGURES; f++)
            if (dk_str_is(text, dk_figure_name(f))) {
                for (uint32_t k = 0; k < w->head.width; k++) w->head.figures[k][f] = values[k];
                return DK_OK;
            }
        return dk_tsv_fail(tsv, text.ptr, err, "no figure %.*s", (int)text.len, text.ptr);
    }
    if (dk_str_is(kind, "language")) {
        dk_language language;
        if (!dk_language_from_name(text, &language) || language == DK_LANG_OTHER)
            return dk_tsv_fail(tsv, text.ptr, err, "sv, da or en was expected");
        w->head.language = language;
        return DK_OK;
    }
    if (dk_str_is(kind, "band")) {
        bool plain = dk_str_is(text, "plain");
        if (!plain && !dk_str_is(text, "opinion"))
            return dk_tsv_fail(tsv, text.ptr, err, "the bands are opinion and plain");
        if (values[0] < 0 || values[0] > 1000) return dk_tsv_fail(tsv, text.ptr, err, "a band lies within 0..1000");
        w->head.bands[!plain] = values[0];
        return DK_OK;
    }
    int k = 0;
    while (k < DK_FEATURE_KINDS && !dk_str_is(kind, dk_feature_name((dk_feature_kind)k))) k++;
    if (k == DK_FEATURE_KINDS)
        return dk_tsv_fail(tsv, kind.ptr, err, "word, lemma, head, negated, pair, mark, figure, band or language was expected");
    if (text.len == 0) return dk_tsv_fail(tsv, kind.ptr, err, "a row without a text");
    uint32_t row = (uint32_t)w->nvalues;
    if (!dk_grow(&w->values, &w->values_cap, w->nvalues + w->head.width)) return dk_fail_memory(err);
    memcpy(w->values + row, values, w->head.width * sizeof *values);
    w->nvalues += w->head.width;
    if (k == DK_FEATURE_PAIR) {
        const char *space = memchr(text.ptr, ' ', text.len);
        if (space == NULL || space == text.ptr || space + 1 == text.ptr + text.len)
            return dk_tsv_fail(tsv, text.ptr, err, "two words with a space between were expected");
        uint32_t left = member(w, (dk_str){text.ptr, (size_t)(space - text.ptr)}, 1);
        uint32_t right = member(w, (dk_str){space + 1, (size_t)(text.ptr + text.len - space - 1)}, 2);
        if (left == 0 || right == 0) return dk_fail_memory(err);
        uint64_t key = (uint64_t)left << 32 | right;
        if (w->npairs > 0 && pair_at(w, key)->key != 0) return dk_tsv_fail(tsv, text.ptr, err, "this pair stands here twice");
        return pair_put(w, key, row, values[0]) ? DK_OK : dk_fail_memory(err);
    }
    size_t known = w->rows[k].count;
    uint32_t id = dk_intern_add(&w->rows[k], text);
    if (id == DK_NO_ID || !dk_grow(&w->row_of[k], &w->row_cap[k], (size_t)id + 1)) return dk_fail_memory(err);
    if (id < known) return dk_tsv_fail(tsv, text.ptr, err, "this %s stands here twice", dk_feature_name((dk_feature_kind)k));
    w->row_of[k][id] = row;
    return DK_OK;
}

static dk_status read_row(weights_builder *w, const dk_tsv *tsv, const dk_str cells[4], dk_error *err) {
    int32_t values[DK_WEIGHT_FOLDS + 1];
    size_t one, folds = 0;
    dk_status status = read_numbers(tsv, cells[2], values, 1, &one, err);
    if (status == DK_OK && cells[3].len > 0)
        status = read_numbers(tsv, cells[3], values + 1, DK_WEIGHT_FOLDS, &folds, err);
    if (status != DK_OK) return status;
    if (w->head.width == 0) {
        w->head.width = (uint32_t)folds + 1;
        if (!dk_grow(&w->values, &w->values_cap, w->head.width)) return dk_fail_memory(err);
        memset(w->values, 0, w->head.width * sizeof *w->values);
        w->nvalues = w->head.width;
    }
    if (folds + 1 != w->head.width)
        return dk_tsv_fail(tsv, cells[2].ptr, err, "weights of %zu folds where the first row has %u", folds, w->head.width - 1);
    return put_row(w, tsv, cells[0], cells[1], values, err);
}

static void put_bits(dk_buf *image, uint32_t section, const dk_bits *bits) {
    dk_image_put(image, section, bits->words, (bits->mask + 1) / 64, sizeof *bits->words);
}

/* The texts of all kinds as one table: a text has one slot, and there its features. */
static bool put_texts(dk_buf *image, const weights_builder *w) {
    dk_intern texts;
    dk_intern_init(&texts);
    size_t n = 0, size = 64, done = 0;
    for (int k = 0; k < DK_FEATURE_KINDS; k++) n += w->rows[k].count;
    uint32_t *ids = malloc((n + 1) * sizeof *ids), *places = calloc(n + 1, sizeof *places);
    text_feature *features = malloc((n + 1) * sizeof *features);
    dk_bits bits = {0};
    bool ok = ids != NULL && places != NULL && features != NULL;
    for (int k = 0; ok && k < DK_FEATURE_KINDS; k++)
        for (size_t id = 0; ok && id < w->rows[k].count; id++) {
            uint32_t text = dk_intern_add(&texts, dk_intern_text(&w->rows[k], (uint32_t)id));
            ok = text != DK_NO_ID;
            ids[done++] = text;
            if (ok) places[text]++;
        }
    while (size < 2 * texts.count) size *= 2;
    text_slot *slots = calloc(size, sizeof *slots);
    ok = ok && slots != NULL && dk_bits_init(&bits, texts.count);
    uint32_t first = 0;
    for (size_t text = 0; ok && text < texts.count; text++) {
        size_t at = texts.hashes[text] & (size - 1);
        while (slots[at].count != 0) at = (at + 1) & (size - 1);
        slots[at] = (text_slot){texts.hashes[text], first, places[text]};
        dk_bits_add(&bits, texts.hashes[text]);
        places[text] = first;
        first += slots[at].count;
    }
    done = 0;
    for (int k = 0; ok && k < DK_FEATURE_KINDS; k++)
        for (size_t id = 0; id < w->rows[k].count; id++) {
            uint32_t row = k == DK_FEATURE_PAIR ? ((uint32_t)id + 1) << 2 | w->sides[id] : w->row_of[k][id];
            features[places[ids[done++]]++] = (text_feature){(uint32_t)k, row};
        }
    if (ok) {
        dk_image_put(image, SECTION_TEXTS, slots, size, sizeof *slots);
        dk_image_put(image, SECTION_FEATURES, features, n, sizeof *features);
        put_bits(image, SECTION_TEXT_BITS, &bits);
    }
    free(ids);
    free(places);
    free(features);
    free(slots);
    dk_bits_dispose(&bits);
    dk_intern_dispose(&texts);
    return ok;
}

static dk_status write_image(const weights_builder *w, dk_buf *image, dk_error *err) {
    static const pair_slot no_pair;
    dk_bits bits = {0};
    dk_image_begin(image, WEIGHTS_KIND, WEIGHTS_VERSION);
    dk_image_put(image, SECTION_HEAD, &w->head, 1, sizeof w->head);
    bool ok = put_texts(image, w) && dk_bits_init(&bits, w->npairs);
    for (size_t i = 0; ok && i < w->pairs_size; i++)
        if (w->pairs[i].key != 0) dk_bits_add(&bits, pair_hash(w->pairs[i].key));
    if (w->pairs_size > 0) dk_image_put(image, SECTION_PAIRS, w->pairs, w->pairs_size, sizeof *w->pairs);
    else dk_image_put(image, SECTION_PAIRS, &no_pair, 1, sizeof no_pair);
    if (ok) put_bits(image, SECTION_PAIR_BITS, &bits);
    dk_image_put(image, SECTION_VALUES, w->values, w->nvalues, sizeof *w->values);
    dk_bits_dispose(&bits);
    return ok ? dk_image_end(image, err) : dk_fail_memory(err);
}

static dk_status read_file(weights_builder *w, const char *path, dk_stamp *stamp, dk_error *err) {
    static const char *const names[] = {"kind", "text", "weight", "folds", NULL};
    dk_tsv tsv;
    dk_status status = dk_tsv_open(&tsv, path, names, 3, err);
    if (status != DK_OK) return status;
    dk_str cells[DK_TSV_COLUMNS];
    for (bool end = false; status == DK_OK;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (status != DK_OK || end) break;
        status = read_row(w, &tsv, cells, err);
    }
    if (status == DK_OK && w->head.language == DK_LANG_OTHER)
        status = dk_fail_at(err, DK_EDATA, path, 0, 0, "no row says which language the weights are of");
    if (stamp != NULL) dk_stamp_add(stamp, tsv.text.ptr, tsv.text.len);
    dk_tsv_dispose(&tsv);
    return status;
}

dk_status dk_weights_open(dk_weights **out, const char *path, dk_morph *const morphs[DK_LANGUAGES], dk_stamp *stamp,
                          dk_error *err) {
    weights_builder *w = calloc(1, sizeof *w);
    if (w == NULL) return dk_fail_memory(err);
    w->head.bands[0] = w->head.bands[1] = DK_NEUTRAL_BAND;
    for (int k = 0; k < DK_FEATURE_KINDS; k++) dk_intern_init(&w->rows[k]);
    dk_buf image;
    dk_buf_init(&image);
    dk_status status = read_file(w, path, stamp, err);
    if (status == DK_OK) status = write_image(w, &image, err);
    if (status == DK_OK) status = dk_weights_attach(out, image.ptr, image.len, morphs, err);
    if (status == DK_OK) {
        (*out)->owned = image;
        (*out)->words = w->rows[DK_FEATURE_WORD];
        dk_intern_init(&w->rows[DK_FEATURE_WORD]);
    } else {
        dk_buf_dispose(&image);
    }
    for (int k = 0; k < DK_FEATURE_KINDS; k++) {
        dk_intern_dispose(&w->rows[k]);
        free(w->row_of[k]);
    }
    free(w->pairs);
    free(w->sides);
    free(w->values);
    free(w);
    return status;
}
