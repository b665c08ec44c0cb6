#include "base/image.h"

#include "base/hash.h"

/* A number whose bytes read otherwise on a machine of the other byte order. */
static const uint64_t magic = UINT64_C(0x0141676D496B44); /* "DkImgA\1\0" from the low end */

enum { UNIT = 64 };

typedef struct head {
    uint64_t magic;
    uint32_t kind, version;
    uint64_t size, checksum;
    uint64_t unused[4];
} head;

typedef struct section {
    uint32_t id, element;
    uint64_t count;
    uint64_t unused[6];
} section;

_Static_assert(sizeof(head) == UNIT && sizeof(section) == UNIT, "heads fill one unit");

static void align(dk_buf *image) {
    static const char zeros[UNIT];
    dk_buf_put(image, zeros, (UNIT - image->len % UNIT) % UNIT);
}

void dk_image_begin(dk_buf *image, uint32_t kind, uint32_t version) {
    head h = {.magic = magic, .kind = kind, .version = version};
    dk_buf_clear(image);
    dk_buf_put(image, &h, sizeof h);
}

void dk_image_put(dk_buf *image, uint32_t id, const void *array, size_t count, size_t size) {
    section s = {.id = id, .element = (uint32_t)size, .count = count};
    dk_buf_put(image, &s, sizeof s);
    if (count > SIZE_MAX / size) image->failed = true;
    else dk_buf_put(image, array, count * size);
    align(image);
}

/* Over all that follows the head, and what the head says. */
static uint64_t checksum(const head *h, const void *image, size_t size) {
    head copy = *h;
    copy.checksum = 0;
    return dk_hash_mix(dk_hash(&copy, sizeof copy), dk_hash((const char *)image + sizeof copy, size - sizeof copy));
}

dk_status dk_image_end(dk_buf *image, dk_error *err) {
    if (image->failed || image->len < sizeof(head)) return dk_fail_memory(err);
    head h;
    memcpy(&h, image->ptr, sizeof h);
    h.size = image->len;
    h.checksum = checksum(&h, image->ptr, image->len);
    memcpy(image->ptr, &h, sizeof h);
    return DK_OK;
}

/* The section at a place, and where the next one is; NULL at the end or where none can be. */
static const section *section_at(const dk_image *image, size_t at, size_t *next) {
    if (at > image->size || image->size - at < sizeof(section)) return NULL;
    const section *s = (const section *)(const void *)(image->bytes + at);
    size_t room = image->size - at - sizeof *s;
    if (s->element == 0 || s->count > room / s->element) return NULL;
    size_t bytes = (size_t)s->count * s->element;
    *next = at + sizeof *s + (bytes + UNIT - 1) / UNIT * UNIT;
    return *next <= image->size ? s : NULL;
}

bool dk_image_open(dk_image *image, const void *bytes, size_t size, uint32_t kind, uint32_t version, bool check) {
    const head *h = bytes;
    if (bytes == NULL || size < sizeof *h || (uintptr_t)bytes % 8 != 0 || h->magic != magic || h->kind != kind ||
        h->version != version || h->size != size)
        return false;
    if (check && h->checksum != checksum(h, bytes, size)) return false;
    *image = (dk_image){bytes, size};
    size_t at = sizeof *h;
    while (at < size)
        if (section_at(image, at, &at) == NULL) return false;
    return true;
}

const void *dk_image_get(const dk_image *image, uint32_t id, size_t size, size_t *count) {
    size_t next;
    for (size_t at = sizeof(head); at < image->size; at = next) {
        const section *s = section_at(image, at, &next);
        if (s == NULL) return NULL;
        if (s->id != id) continue;
        *count = (size_t)s->count;
        return s->element == size ? s + 1 : NULL;
    }
    return NULL;
}

const void *dk_image_take(dk_image_reader *reader, uint32_t id, size_t size, size_t *count) {
    *count = 0;
    const void *array = dk_image_get(&reader->image, id, size, count);
    if (array == NULL) reader->failed = true;
    return array;
}

const void *dk_image_take_exactly(dk_image_reader *reader, uint32_t id, size_t size, size_t count) {
    size_t n;
    const void *array = dk_image_take(reader, id, size, &n);
    if (array != NULL && n != count) reader->failed = true;
    return reader->failed ? NULL : array;
}
