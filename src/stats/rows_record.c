#include <stdlib.h>
#include <string.h>

#include "stats/rows_private.h"

void dk_varint_put(char **p, uint64_t v) {
    while (v >= 128) {
        *(*p)++ = (char)(v | 128);
        v >>= 7;
    }
    *(*p)++ = (char)v;
}

bool dk_varint_get(const char **p, const char *end, uint64_t *v) {
    uint64_t r = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (*p == end) return false;
        unsigned char c = (unsigned char)*(*p)++;
        r |= (uint64_t)(c & 127) << shift;
        if (c < 128) {
            *v = r;
            return true;
        }
    }
    return false;
}

bool dk_record_skip(const dk_rows_shape *s, const char **p, const char *end, uint64_t *numbers) {
    size_t fixed = 8 * (size_t)s->clusters2 + 8 * (size_t)s->fixed;
    uint64_t v, column = 0;
    if ((size_t)(end - *p) < fixed) return false;
    *p += fixed;
    if (s->weights && !dk_varint_get(p, end, &v)) return false;
    if (!dk_varint_get(p, end, numbers) || *numbers > s->ncols) return false;
    for (uint64_t i = 0; i < *numbers; i++) {
        if (!dk_varint_get(p, end, &v) || (i > 0 && v == 0) || v >= s->ncols) return false;
        column += v;
        if (column >= s->ncols || !dk_varint_get(p, end, &v)) return false;
    }
    return true;
}

void dk_record_next(const dk_rows_shape *s, const char **p, const char *end, dk_record *r) {
    memcpy(&r->key, *p, sizeof r->key);
    *p += sizeof r->key;
    dk_varint_get(p, end, &r->count);
    r->body = *p;
    dk_record_skip(s, p, end, &r->numbers);
    r->len = (size_t)(*p - r->body);
}

void dk_record_put(dk_buf *out, const dk_record *r) {
    char head[18], *p = head + 8;
    memcpy(head, &r->key, 8);
    dk_varint_put(&p, r->count);
    dk_buf_put(out, head, (size_t)(p - head));
    dk_buf_put(out, r->body, r->len);
}

static int by_key_and_body(const void *a, const void *b) {
    const dk_record *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    int c = memcmp(x->body, y->body, x->len < y->len ? x->len : y->len);
    return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

dk_status dk_records_read(const dk_rows_shape *s, const char *bytes, size_t len, size_t stored,
                          dk_record **out, size_t *n, dk_error *err) {
    dk_record *records = malloc((stored + 1) * sizeof *records);
    size_t count = 0, kept = 0;
    *out = records;
    *n = 0;
    if (records == NULL) return dk_fail_memory(err);
    for (const char *p = bytes, *end = len > 0 ? bytes + len : bytes; len > 0 && p < end;)
        dk_record_next(s, &p, end, &records[count++]);
    if (count > 0) qsort(records, count, sizeof *records, by_key_and_body);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_key_and_body(&records[kept - 1], &records[i]) == 0)
            records[kept - 1].count += records[i].count;
        else
            records[kept++] = records[i];
    }
    *n = kept;
    return DK_OK;
}
