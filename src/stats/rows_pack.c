/* Rows as bytes. For each part: its length, the hash of what follows, and its records in canonical order, equal rows once with their count, so
 * that the same rows give the same bytes in whatever order they came. A record is the varint of what its key is above that of the one
 * before (without clusters there is none: the key is the hash of the body), the varint of its count, and the body. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/rows_private.h"

static const char magic[8] = {'d', 'k', 'r', 'o', 'w', 's', '0', '2'};

static dk_status damaged(dk_error *err) {
    return dk_fail(err, DK_EDATA, "stored rows are damaged");
}

static uint32_t shape_flags(const dk_rows_shape *s) {
    return (uint32_t)s->clusters | (uint32_t)s->clusters2 << 1 | (uint32_t)s->fixed << 2 |
           (uint32_t)s->weights << 3 | (uint32_t)s->decimals << 4;
}

/* The least key of a part. */
static uint64_t first_key(int part) {
    return (uint64_t)part << 58;
}

static dk_status write_part(dk_rows *rows, int index, dk_buf *packed, dk_error *err) {
    const dk_rows_shelf *part = &rows->parts[index];
    char *own = NULL;
    const char *bytes;
    dk_record *records = NULL;
    size_t len, n = 0;
    uint64_t before = first_key(index);
    dk_status status = dk_rows_gather(rows, part, &own, &bytes, &len, err);
    if (status == DK_OK) status = dk_records_read(&rows->shape, bytes, len, part->stored, &records, &n, err);
    dk_buf_clear(packed);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        char head[20], *p = head;
        if (rows->shape.clusters) dk_varint_put(&p, records[i].key - before);
        before = records[i].key;
        dk_varint_put(&p, records[i].count);
        dk_buf_put(packed, head, (size_t)(p - head));
        dk_buf_put(packed, records[i].body, records[i].len);
    }
    free(records);
    free(own);
    return status == DK_OK ? dk_buf_status(packed, err) : status;
}

dk_status dk_rows_write(dk_rows *rows, dk_buf *out, dk_error *err) {
    uint64_t head[2] = {rows->shape.ncols, shape_flags(&rows->shape)};
    dk_status status = DK_OK;
    dk_buf packed;
    dk_buf_init(&packed);
    dk_buf_put(out, magic, sizeof magic);
    dk_buf_put(out, head, sizeof head);
    for (int i = 0; i < DK_ROWS_PARTS && status == DK_OK; i++) {
        status = write_part(rows, i, &packed, err);
        uint64_t sizes[2] = {packed.len, packed.len > 0 ? dk_hash(packed.ptr, packed.len) : 0};
        dk_buf_put(out, sizes, sizeof sizes);
        if (packed.len > 0) dk_buf_put(out, packed.ptr, packed.len);
    }
    dk_buf_dispose(&packed);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}

/* Notes decimals and sizes of a record, which was found to hold, as dk_rows_add does. */
static void note_record(dk_rows *rows, const dk_record *r) {
    const dk_rows_shape *s = &rows->shape;
    const char *q = r->body + 8 * (size_t)s->clusters2 + 8 * (size_t)s->fixed, *end = r->body + r->len;
    uint64_t v = 0, numbers = 0, column = 0;
    if (s->weights) {
        dk_varint_get(&q, end, &v);
        dk_rows_note(&rows->facts[s->ncols], (int64_t)(v >> 4), (int)(v & 15), r->count);
    }
    dk_varint_get(&q, end, &numbers);
    for (uint64_t i = 0; i < numbers; i++) {
        dk_varint_get(&q, end, &v);
        column += v;
        dk_varint_get(&q, end, &v);
        dk_rows_note(&rows->facts[column], dk_unzigzag(s->decimals ? v >> 4 : v),
                     s->decimals ? (int)(v & 15) : 0, r->count);
    }
}

static dk_status merge_part(dk_rows *rows, int index, const char *bytes, size_t len, dk_error *err) {
    const char *p = bytes, *end = bytes + len;
    dk_record r = {.key = first_key(index)};
    while (p < end) {
        uint64_t above = 0;
        if (rows->shape.clusters && !dk_varint_get(&p, end, &above)) return damaged(err);
        if (!dk_varint_get(&p, end, &r.count) || r.count == 0 || r.count > DK_ROWS_MOST) return damaged(err);
        r.body = p;
        if (!dk_record_skip(&rows->shape, &p, end, &r.numbers)) return damaged(err);
        r.len = (size_t)(p - r.body);
        if (above > UINT64_MAX - r.key) return damaged(err);
        r.key = rows->shape.clusters ? r.key + above : dk_hash(r.body, r.len);
        if (r.key >> 58 != (uint64_t)index || (uint64_t)rows->count + r.count > DK_ROWS_MOST)
            return damaged(err);
        if (r.numbers > 0 && r.count > (DK_ROWS_MOST - (uint64_t)rows->numbers) / r.numbers)
            return damaged(err);
        note_record(rows, &r);
        dk_status status = dk_rows_store(rows, &r, err);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

dk_status dk_rows_merge(dk_rows *rows, const char *bytes, size_t len, size_t *used, dk_error *err) {
    uint64_t head[2], sizes[2];
    const char *p = bytes, *end = bytes + len;
    if (len < sizeof magic + sizeof head || memcmp(p, magic, sizeof magic) != 0) return damaged(err);
    memcpy(head, p + sizeof magic, sizeof head);
    p += sizeof magic + sizeof head;
    if (head[0] != rows->shape.ncols || head[1] != shape_flags(&rows->shape))
        return dk_fail(err, DK_EDATA, "the partial results come from different columns");
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        if ((size_t)(end - p) < sizeof sizes) return damaged(err);
        memcpy(sizes, p, sizeof sizes);
        p += sizeof sizes;
        if (sizes[0] > (size_t)(end - p) || (sizes[0] > 0 && dk_hash(p, sizes[0]) != sizes[1]))
            return damaged(err);
        if (sizes[0] > 0) {
            dk_status status = merge_part(rows, i, p, sizes[0], err);
            if (status != DK_OK) return status;
        }
        p += sizes[0];
    }
    *used = (size_t)(p - bytes);
    return DK_OK;
}
