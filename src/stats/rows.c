#include "stats/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"

/* A record: cluster hash, [second cluster], [fixed effect], then varints: [weight], number of numbers, and for each the
   gap to the column before and the zigzag number, with its decimals in the low four bits where there are any. */

typedef struct segment {
    off_t offset;
    size_t len;
} segment;

typedef struct part {
    dk_buf records;
    segment *segments;
    size_t nsegments, cap;
    int64_t n, numbers;
    dk_rows_part *cached;
} part;

typedef struct column_facts {
    double largest; /* magnitude as a number */
    int decimals;
    int64_t nonzero;
} column_facts;

struct dk_rows {
    dk_rows_shape shape;
    part parts[DK_ROWS_PARTS];
    column_facts *facts; /* ncols, and the weight */
    int64_t count, numbers;
    size_t held, limit;
    int fd; /* -1 while all fits into memory */
    off_t end;
    dk_buf scratch;
    pthread_mutex_t lock; /* guards cached */
};

dk_status dk_rows_new(const dk_rows_shape *shape, dk_rows **out, dk_error *err) {
    dk_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL) return dk_fail_memory(err);
    rows->shape = *shape;
    rows->fd = -1;
    rows->limit = (size_t)128 << 20;
    rows->facts = calloc(shape->ncols + 1, sizeof *rows->facts);
    if (rows->facts == NULL) {
        free(rows);
        return dk_fail_memory(err);
    }
    pthread_mutex_init(&rows->lock, NULL);
    dk_buf_init(&rows->scratch);
    for (int p = 0; p < DK_ROWS_PARTS; p++) dk_buf_init(&rows->parts[p].records);
    *out = rows;
    return DK_OK;
}

static void block_free(dk_rows_part *b) {
    if (b == NULL) return;
    free(b->memory);
    free(b);
}

void dk_rows_free(dk_rows *rows) {
    if (rows == NULL) return;
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_buf_dispose(&rows->parts[p].records);
        free(rows->parts[p].segments);
        block_free(rows->parts[p].cached);
    }
    if (rows->fd >= 0) close(rows->fd);
    dk_buf_dispose(&rows->scratch);
    pthread_mutex_destroy(&rows->lock);
    free(rows->facts);
    free(rows);
}

void dk_rows_limit(dk_rows *rows, size_t memory_limit) {
    rows->limit = memory_limit;
}
const dk_rows_shape *dk_rows_shape_of(const dk_rows *rows) {
    return &rows->shape;
}
int64_t dk_rows_count(const dk_rows *rows) {
    return rows->count;
}
int64_t dk_rows_nonzero(const dk_rows *rows, size_t column) {
    return rows->facts[column].nonzero;
}

static double power10(int d) {
    static const double p[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    return p[d];
}

/* As many decimals as were seen, as long as the largest number stays within 2^52 (the weight within 2^30). */
int dk_rows_decimals(const dk_rows *rows, size_t column) {
    const column_facts *f = &rows->facts[column];
    double limit = column == rows->shape.ncols ? 0x1p30 : 0x1p52;
    int d = f->decimals;
    while (d > 0 && f->largest * power10(d) > limit) d--;
    return d;
}

int dk_rows_bits(const dk_rows *rows, size_t column) {
    int bits = 0;
    frexp(rows->facts[column].largest * power10(dk_rows_decimals(rows, column)) * (1 + 1e-15) + 0.5, &bits);
    return bits < 1 ? 1 : bits;
}

static void put_varint(char **p, uint64_t v) {
    while (v >= 128) {
        *(*p)++ = (char)(v | 128);
        v >>= 7;
    }
    *(*p)++ = (char)v;
}

/* Reads a varint; false at the end of the bytes or when it is too long. */
static bool get_varint(const char **p, const char *end, uint64_t *v) {
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

static uint64_t zigzag(int64_t v) {
    return ((uint64_t)v << 1) ^ -(uint64_t)(v < 0);
}
static int64_t unzigzag(uint64_t v) {
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* 1.50 and 1.5 are one number: without trailing zeros equal rows are equal bytes. */
static void strip_zeros(int64_t *value, int *decimals) {
    while (*decimals > 0 && *value % 10 == 0) {
        *value /= 10;
        --*decimals;
    }
    if (*value == 0) *decimals = 0;
}

static void note_number(column_facts *f, int64_t value, int decimals) {
    double size = fabs((double)value) / power10(decimals);
    if (size > f->largest) f->largest = size;
    if (decimals > f->decimals) f->decimals = decimals;
    f->nonzero++;
}

static dk_status spill_failed(dk_error *err, int code) {
    dk_status status = dk_fail_errno(err, code, NULL, "cannot write rows to a temporary file");
    dk_error_remedy(err, "free some space, or set TMPDIR to a folder that has it");
    return status;
}

static dk_status spill(dk_rows *rows, dk_error *err) {
    if (rows->fd < 0) {
        const char *folder = getenv("TMPDIR");
        char path[512];
        snprintf(path, sizeof path, "%s/drivkraft-XXXXXX",
                 folder != NULL && *folder != '\0' ? folder : "/tmp");
        rows->fd = mkostemp(path, O_CLOEXEC);
        if (rows->fd < 0) return spill_failed(err, errno);
        unlink(path);
    }
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        part *p = &rows->parts[i];
        if (p->records.len == 0) continue;
        if (!dk_grow(&p->segments, &p->cap, p->nsegments + 1)) return dk_fail_memory(err);
        for (size_t done = 0; done < p->records.len;) {
            ssize_t n =
                pwrite(rows->fd, p->records.ptr + done, p->records.len - done, rows->end + (off_t)done);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return spill_failed(err, n < 0 ? errno : ENOSPC);
            done += (size_t)n;
        }
        p->segments[p->nsegments++] = (segment){rows->end, p->records.len};
        rows->end += (off_t)p->records.len;
        dk_buf_clear(&p->records);
    }
    rows->held = 0;
    return DK_OK;
}

static dk_status store(dk_rows *rows, uint64_t key, const char *record, size_t len, int64_t numbers,
                       dk_error *err) {
    part *p = &rows->parts[key >> 58];
    dk_buf_put(&p->records, record, len);
    if (p->records.failed) return dk_fail_memory(err);
    p->n++;
    p->numbers += numbers;
    rows->count++;
    rows->numbers += numbers;
    rows->held += len;
    return rows->held > rows->limit ? spill(rows, err) : DK_OK;
}

dk_status dk_rows_add(dk_rows *rows, const dk_rows_record *row, dk_error *err) {
    const dk_rows_shape *s = &rows->shape;
    if (row->weight == 0) return DK_OK;
    dk_buf_clear(&rows->scratch);
    if (!dk_buf_reserve(&rows->scratch, 48 + 24 * s->ncols)) return dk_fail_memory(err);
    char *begin = rows->scratch.ptr, *p = begin + 8;
    if (s->clusters2) memcpy(p, &row->cluster2, 8), p += 8;
    if (s->fixed) memcpy(p, &row->fixed, 8), p += 8;
    if (s->weights) {
        int64_t w = row->weight;
        int d = row->weight_decimals;
        strip_zeros(&w, &d);
        put_varint(&p, (uint64_t)w << 4 | (uint64_t)d);
        note_number(&rows->facts[s->ncols], w, d);
    }
    uint64_t numbers = 0;
    for (size_t j = 0; j < s->ncols; j++) numbers += row->values[j] != 0;
    put_varint(&p, numbers);
    size_t before = 0;
    for (size_t j = 0; j < s->ncols; j++) {
        int64_t v = row->values[j];
        if (v == 0) continue;
        int d = s->decimals ? row->decimals[j] : 0;
        strip_zeros(&v, &d);
        note_number(&rows->facts[j], v, d);
        put_varint(&p, j - before);
        put_varint(&p, s->decimals ? zigzag(v) << 4 | (uint64_t)d : zigzag(v));
        before = j;
    }
    size_t len = (size_t)(p - begin);
    uint64_t key = s->clusters ? dk_hash_mix(row->cluster, 0x64726976) : dk_hash(begin + 8, len - 8);
    memcpy(begin, &key, 8);
    return store(rows, key, begin, len, (int64_t)numbers, err);
}

typedef struct record {
    uint64_t key;
    const char *bytes;
    size_t len;
} record;

static int by_key_and_bytes(const void *a, const void *b) {
    const record *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    int c = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

static dk_status damaged(dk_error *err) {
    return dk_fail(err, DK_EDATA, "stored rows are damaged");
}

/* Finds the end of the record at *p and counts its numbers; false when it does not hold. */
static bool skip_record(const dk_rows_shape *s, const char **p, const char *end, uint64_t *numbers) {
    size_t fixed = 8 + 8 * (size_t)s->clusters2 + 8 * (size_t)s->fixed;
    uint64_t v, column = 0;
    if ((size_t)(end - *p) < fixed) return false;
    *p += fixed;
    if (s->weights && !get_varint(p, end, &v)) return false;
    if (!get_varint(p, end, numbers) || *numbers > s->ncols) return false;
    for (uint64_t i = 0; i < *numbers; i++) {
        if (!get_varint(p, end, &v) || (i > 0 && v == 0) || v >= s->ncols) return false;
        column += v;
        if (column >= s->ncols || !get_varint(p, end, &v)) return false;
    }
    return true;
}

/* v times 10 to the power, rounded half away from zero. */
static int64_t shift_decimals(int64_t v, int power) {
    for (; power > 0; power--) v *= 10;
    int64_t divisor = 1;
    for (; power < 0; power++) divisor *= 10;
    return divisor == 1 ? v : (v + (v < 0 ? -divisor / 2 : divisor / 2)) / divisor;
}

static void decode(const dk_rows_shape *s, const int *kept, const record *r, dk_rows_part *b, size_t i,
                   size_t *at) {
    const char *p = r->bytes + 8, *end = r->bytes + r->len;
    uint64_t v = 0, numbers = 0;
    b->cluster[i] = r->key;
    if (s->clusters2) memcpy(&b->cluster2[i], p, 8), p += 8;
    if (s->fixed) memcpy(&b->fixed[i], p, 8), p += 8;
    b->weight[i] = 1;
    if (s->weights) {
        get_varint(&p, end, &v);
        b->weight[i] = shift_decimals((int64_t)(v >> 4), kept[s->ncols] - (int)(v & 15));
    }
    get_varint(&p, end, &numbers);
    uint32_t column = 0;
    b->start[i] = (uint32_t)*at;
    for (uint64_t k = 0; k < numbers; k++) {
        get_varint(&p, end, &v);
        column += (uint32_t)v;
        get_varint(&p, end, &v);
        b->col[*at] = column;
        b->value[*at] =
            s->decimals ? shift_decimals(unzigzag(v >> 4), kept[column] - (int)(v & 15)) : unzigzag(v);
        ++*at;
    }
}

/* All records of a part in one piece: the buffer itself, or a copy with what went to the file. */
static dk_status gather(dk_rows *rows, const part *p, char **own, const char **bytes, size_t *len,
                        dk_error *err) {
    *own = NULL;
    *bytes = p->records.ptr;
    *len = p->records.len;
    if (p->nsegments == 0) return DK_OK;
    size_t total = p->records.len, at = 0;
    for (size_t i = 0; i < p->nsegments; i++) total += p->segments[i].len;
    char *copy = malloc(total > 0 ? total : 1);
    if (copy == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < p->nsegments; i++) {
        for (size_t done = 0; done < p->segments[i].len;) {
            ssize_t n = pread(rows->fd, copy + at + done, p->segments[i].len - done,
                              p->segments[i].offset + (off_t)done);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) {
                free(copy);
                return dk_fail_errno(err, n < 0 ? errno : EIO, NULL,
                                     "cannot read rows back from a temporary file");
            }
            done += (size_t)n;
        }
        at += p->segments[i].len;
    }
    if (p->records.len > 0) memcpy(copy + at, p->records.ptr, p->records.len);
    *own = copy;
    *bytes = copy;
    *len = total;
    return DK_OK;
}

static dk_rows_part *block_new(const dk_rows_shape *s, size_t n, size_t numbers) {
    dk_rows_part *b = calloc(1, sizeof *b);
    size_t words = n * (3 + (size_t)s->clusters2 + (size_t)s->fixed) + numbers;
    char *m = b != NULL ? malloc(words * 8 + (n + 1 + numbers) * 4) : NULL;
    if (m == NULL) {
        free(b);
        return NULL;
    }
    b->memory = m;
    b->n = n;
    b->unit = (uint64_t *)(void *)m, m += 8 * n;
    b->cluster = (uint64_t *)(void *)m, m += 8 * n;
    b->weight = (int64_t *)(void *)m, m += 8 * n;
    if (s->clusters2) b->cluster2 = (uint64_t *)(void *)m, m += 8 * n;
    if (s->fixed) b->fixed = (uint64_t *)(void *)m, m += 8 * n;
    b->value = (int64_t *)(void *)m, m += 8 * numbers;
    b->start = (uint32_t *)(void *)m, m += 4 * (n + 1);
    b->col = (uint32_t *)(void *)m;
    return b;
}

static dk_status load(dk_rows *rows, const part *p, dk_rows_part **out, dk_error *err) {
    char *own = NULL;
    record *records = NULL;
    int *kept = NULL;
    const char *bytes, *at, *end;
    size_t len, count = 0;
    if (p->numbers > UINT32_MAX)
        return dk_fail(err, DK_EDATA, "too many rows: more than 2^32 numbers in one part");
    dk_status status = gather(rows, p, &own, &bytes, &len, err);
    if (status != DK_OK) return status;
    dk_rows_part *b = block_new(&rows->shape, (size_t)p->n, (size_t)p->numbers);
    records = malloc(((size_t)p->n + 1) * sizeof *records);
    kept = malloc((rows->shape.ncols + 1) * sizeof *kept);
    if (b == NULL || records == NULL || kept == NULL) {
        status = dk_fail_memory(err);
        goto done;
    }
    for (size_t j = 0; j <= rows->shape.ncols; j++) kept[j] = dk_rows_decimals(rows, j);
    at = bytes;
    end = len > 0 ? at + len : at;
    while (len > 0 && at < end) {
        uint64_t numbers;
        record *r = &records[count++];
        r->bytes = at;
        memcpy(&r->key, at, 8);
        skip_record(&rows->shape, &at, end, &numbers);
        r->len = (size_t)(at - r->bytes);
    }
    qsort(records, count, sizeof *records, by_key_and_bytes);
    size_t fill = 0;
    uint64_t copies = 0;
    for (size_t i = 0; i < count; i++) {
        decode(&rows->shape, kept, &records[i], b, i, &fill);
        /* Equal rows without a cluster are told apart by counting them, which no order of reading can change. */
        copies = !rows->shape.clusters && i > 0 && records[i].key == records[i - 1].key ? copies + 1 : 0;
        b->unit[i] = rows->shape.clusters ? records[i].key : dk_hash_mix(records[i].key, copies);
        if (!rows->shape.clusters) b->cluster[i] = b->unit[i];
    }
    b->start[count] = (uint32_t)fill;
done:
    free(own);
    free(records);
    free(kept);
    if (status != DK_OK) {
        block_free(b);
        b = NULL;
    }
    *out = b;
    return status;
}

/* Sorted and unpacked parts are kept for the next pass while they take less than about 192 MB. */
static bool keeps_parts(const dk_rows *rows) {
    return rows->fd < 0 && rows->count * 32 + rows->numbers * 12 < (int64_t)192 << 20;
}

dk_status dk_rows_get(dk_rows *rows, int index, dk_rows_part **block, dk_error *err) {
    part *p = &rows->parts[index];
    *block = NULL;
    if (!keeps_parts(rows)) return load(rows, p, block, err);
    pthread_mutex_lock(&rows->lock);
    *block = p->cached;
    pthread_mutex_unlock(&rows->lock);
    if (*block != NULL) return DK_OK;
    dk_status status = load(rows, p, block, err);
    if (status != DK_OK) return status;
    pthread_mutex_lock(&rows->lock);
    if (p->cached == NULL) {
        p->cached = *block;
    } else { /* another thread was first */
        block_free(*block);
        *block = p->cached;
    }
    pthread_mutex_unlock(&rows->lock);
    return DK_OK;
}

void dk_rows_release(dk_rows *rows, dk_rows_part *block) {
    if (!keeps_parts(rows)) block_free(block);
}

/* ---- Partial files: for each part its count of bytes, the records and their hash ---- */

static const char magic[8] = {'d', 'k', 'r', 'o', 'w', 's', '0', '1'};

static uint32_t shape_flags(const dk_rows_shape *s) {
    return (uint32_t)s->clusters | (uint32_t)s->clusters2 << 1 | (uint32_t)s->fixed << 2 |
           (uint32_t)s->weights << 3 | (uint32_t)s->decimals << 4;
}

dk_status dk_rows_write(dk_rows *rows, dk_buf *out, dk_error *err) {
    uint64_t head[2] = {rows->shape.ncols, shape_flags(&rows->shape)};
    dk_buf_put(out, magic, sizeof magic);
    dk_buf_put(out, head, sizeof head);
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        char *own;
        const char *bytes;
        size_t len;
        dk_status status = gather(rows, &rows->parts[i], &own, &bytes, &len, err);
        if (status != DK_OK) return status;
        uint64_t sizes[2] = {len, len > 0 ? dk_hash(bytes, len) : 0};
        dk_buf_put(out, sizes, sizeof sizes);
        if (len > 0) dk_buf_put(out, bytes, len);
        free(own);
    }
    return dk_buf_status(out, err);
}

/* Takes over the records of one part, noting decimals and sizes as dk_rows_add does. */
static dk_status merge_part(dk_rows *rows, const char *bytes, size_t len, dk_error *err) {
    const dk_rows_shape *s = &rows->shape;
    const char *p = bytes, *end = bytes + len;
    while (p < end) {
        const char *begin = p;
        uint64_t numbers, key, v = 0, column = 0;
        if (!skip_record(s, &p, end, &numbers)) return damaged(err);
        const char *q = begin + 8 + 8 * (size_t)s->clusters2 + 8 * (size_t)s->fixed;
        if (s->weights) {
            get_varint(&q, p, &v);
            note_number(&rows->facts[s->ncols], (int64_t)(v >> 4), (int)(v & 15));
        }
        get_varint(&q, p, &numbers);
        for (uint64_t i = 0; i < numbers; i++) {
            get_varint(&q, p, &v);
            column += v;
            get_varint(&q, p, &v);
            note_number(&rows->facts[column], unzigzag(s->decimals ? v >> 4 : v),
                        s->decimals ? (int)(v & 15) : 0);
        }
        memcpy(&key, begin, 8);
        dk_status status = store(rows, key, begin, (size_t)(p - begin), (int64_t)numbers, err);
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
            dk_status status = merge_part(rows, p, sizes[0], err);
            if (status != DK_OK) return status;
        }
        p += sizes[0];
    }
    *used = (size_t)(p - bytes);
    return DK_OK;
}
