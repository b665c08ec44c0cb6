#include "text/morph_map.h"

#include <stdlib.h>

#include "base/intern.h"

enum { VALUE_MAX = 0xFFFFFE };

void map_builder_dispose(map_builder *b) {
    free(b->pairs);
    memset(b, 0, sizeof *b);
}

void map_builder_add(map_builder *b, uint64_t hash, uint64_t value) {
    if (b->count == b->cap && !dk_grow(&b->pairs, &b->cap, b->count + 1)) {
        b->failed = true;
        return;
    }
    b->pairs[b->count++] = (map_pair){hash, value};
}

static int compare_pairs(const void *pa, const void *pb) {
    const map_pair *a = pa, *b = pb;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* Hashes are spread evenly: one pass into 65536 buckets leaves a few dozen pairs in each. */
dk_status map_builder_sort(map_builder *b, bool keep_doubles, dk_error *err) {
    enum { BUCKETS = 65536 };
    if (b->failed) return dk_fail_memory(err);
    if (b->count == 0) return DK_OK;
    map_pair *sorted = malloc(b->count * sizeof *sorted);
    size_t *starts = calloc(BUCKETS + 1, sizeof *starts);
    if (sorted == NULL || starts == NULL) {
        free(sorted);
        free(starts);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < b->count; i++) starts[(b->pairs[i].hash >> 48) + 1]++;
    for (size_t i = 0; i < BUCKETS; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < b->count; i++) sorted[starts[b->pairs[i].hash >> 48]++] = b->pairs[i];
    size_t kept = 0;
    for (size_t i = 0, from = 0; i < BUCKETS; i++) { /* starts[i] is now the end of bucket i */
        qsort(sorted + from, starts[i] - from, sizeof *sorted, compare_pairs);
        for (; from < starts[i]; from++)
            if (keep_doubles || kept == 0 || compare_pairs(&b->pairs[kept - 1], &sorted[from]) != 0)
                b->pairs[kept++] = sorted[from];
    }
    b->count = kept;
    free(sorted);
    free(starts);
    return DK_OK;
}

uint64_t image_align(dk_buf *image) {
    static const char zeros[8];
    dk_buf_put(image, zeros, (8 - image->len % 8) % 8);
    return image->len;
}

static void put_slot(uint64_t *slots, uint64_t nslots, uint64_t hash, uint32_t value) {
    uint64_t at = (hash & 0xFFFFFFFFu) * nslots >> 32;
    while (slots[at] != 0) at = at + 1 < nslots ? at + 1 : 0;
    slots[at] = (hash >> 24) << 24 | (value + 1);
}

/* Half full, so that a word that is not there is seen at once; the largest three quarters, since a filter stands before them. */
static uint64_t *make_slots(size_t words, word_map *map) {
    enum { LARGE = 1 << 18 };
    map->nslots = words + (words > LARGE ? words / 3 : words) + 8;
    return calloc(map->nslots, sizeof(uint64_t));
}

dk_status map_builder_write(map_builder *b, dk_buf *image, word_map *map, dk_error *err) {
    dk_status status = map_builder_sort(b, false, err);
    if (status != DK_OK) return status;
    size_t words = 0;
    for (size_t i = 0; i < b->count; i++) words += i == 0 || b->pairs[i].hash != b->pairs[i - 1].hash;
    dk_intern sets;
    dk_intern_init(&sets);
    uint64_t *slots = make_slots(words, map);
    dk_buf list;
    dk_buf_init(&list);
    if (slots == NULL) status = dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < b->count;) {
        uint64_t hash = b->pairs[i].hash;
        dk_buf_clear(&list);
        for (; i < b->count && b->pairs[i].hash == hash; i++) {
            morph_record r = {(uint16_t)(b->pairs[i].value >> 16), (uint16_t)b->pairs[i].value};
            dk_buf_put(&list, &r, sizeof r);
        }
        uint32_t set = dk_intern_add(&sets, (dk_str){list.ptr, list.len});
        if (set == DK_NO_ID || list.failed)
            status = dk_fail_memory(err);
        else if (set > VALUE_MAX)
            status = dk_fail(err, DK_EDATA, "a dictionary with too many paradigms");
        else
            put_slot(slots, map->nslots, hash, set);
    }
    if (status == DK_OK) {
        map->slots = image_align(image);
        dk_buf_put(image, slots, map->nslots * sizeof *slots);
        map->nsets = sets.count;
        map->starts = image_align(image);
        uint32_t at = 0;
        dk_buf_put(image, &at, sizeof at);
        for (size_t i = 0; i < sets.count; i++) {
            at += (uint32_t)(sets.strings[i].len / sizeof(morph_record));
            dk_buf_put(image, &at, sizeof at);
        }
        map->records = image_align(image);
        for (size_t i = 0; i < sets.count; i++) dk_buf_put(image, sets.strings[i].ptr, sets.strings[i].len);
        status = dk_buf_status(image, err);
    }
    free(slots);
    dk_buf_dispose(&list);
    dk_intern_dispose(&sets);
    return status;
}

dk_status map_builder_write_values(map_builder *b, dk_buf *image, word_map *map, dk_error *err) {
    dk_status status = map_builder_sort(b, true, err);
    if (status != DK_OK) return status;
    uint64_t *slots = make_slots(b->count, map);
    if (slots == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < b->count;) {
        uint64_t hash = b->pairs[i].hash, sum = 0;
        for (; i < b->count && b->pairs[i].hash == hash; i++) sum += b->pairs[i].value;
        put_slot(slots, map->nslots, hash, sum > VALUE_MAX ? VALUE_MAX : (uint32_t)sum);
    }
    map->slots = image_align(image);
    dk_buf_put(image, slots, map->nslots * sizeof *slots);
    free(slots);
    return dk_buf_status(image, err);
}
