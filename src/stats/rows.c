#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "stats/rows_private.h"

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
    const dk_column_facts *f = &rows->facts[column];
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

/* 1.50 and 1.5 are one number: without trailing zeros equal rows are equal bytes. */
static void strip_zeros(int64_t *value, int *decimals) {
    while (*decimals > 0 && *value % 10 == 0) {
        *value /= 10;
        --*decimals;
    }
    if (*value == 0) *decimals = 0;
}

void dk_rows_note(dk_column_facts *f, int64_t value, int decimals, uint64_t count) {
    double size = fabs((double)value) / power10(decimals);
    if (size > f->largest) f->largest = size;
    if (decimals > f->decimals) f->decimals = decimals;
    f->nonzero += (int64_t)count;
}

static dk_status spill_failed(dk_error *err, int code) {
    dk_status status = dk_fail_errno(err, code, NULL, "cannot write rows to a temporary file");
    dk_error_remedy(err, "free some space, or set TMPDIR to a folder that has it");
    return status;
}

static dk_status spill(dk_rows *rows, dk_error *err) {
    if (rows->fd < 0) {
        char path[512];
        snprintf(path, sizeof path, "%s/drivkraft-XXXXXX", dk_temp_folder());
        rows->fd = mkostemp(path, O_CLOEXEC);
        if (rows->fd < 0) return spill_failed(err, errno);
        unlink(path);
    }
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        dk_rows_shelf *p = &rows->parts[i];
        if (p->records.len == 0) continue;
        if (!dk_grow(&p->segments, &p->cap, p->nsegments + 1)) return dk_fail_memory(err);
        for (size_t done = 0; done < p->records.len;) {
            ssize_t n =
                pwrite(rows->fd, p->records.ptr + done, p->records.len - done, rows->end + (off_t)done);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return spill_failed(err, n < 0 ? errno : ENOSPC);
            done += (size_t)n;
        }
        p->segments[p->nsegments++] = (dk_rows_segment){rows->end, p->records.len};
        rows->end += (off_t)p->records.len;
        dk_buf_clear(&p->records);
    }
    rows->held = 0;
    return DK_OK;
}

/* Makes one record of equal rows. Where that does not save half it is not tried again. */
static dk_status compact(dk_rows *rows, dk_error *err) {
    size_t before = rows->held;
    dk_status status = DK_OK;
    rows->held = 0;
    for (int i = 0; i < DK_ROWS_PARTS && status == DK_OK; i++) {
        dk_rows_shelf *p = &rows->parts[i];
        dk_record *records = NULL;
        dk_buf fewer;
        size_t n = 0, in_file = 0;
        for (const char *at = p->records.ptr, *end = p->records.len > 0 ? at + p->records.len : at;
             p->records.len > 0 && at < end; n++) {
            dk_record r;
            dk_record_next(&rows->shape, &at, end, &r);
        }
        in_file = p->stored - n;
        dk_buf_init(&fewer);
        status = dk_records_read(&rows->shape, p->records.ptr, p->records.len, n, &records, &n, err);
        for (size_t k = 0; status == DK_OK && k < n; k++) dk_record_put(&fewer, &records[k]);
        free(records);
        if (status == DK_OK) status = dk_buf_status(&fewer, err);
        if (status != DK_OK) {
            dk_buf_dispose(&fewer);
            break;
        }
        dk_buf_dispose(&p->records);
        p->records = fewer;
        p->stored = in_file + n;
        rows->held += fewer.len;
    }
    rows->few_repeat = 2 * rows->held > before;
    return status;
}

dk_status dk_rows_store(dk_rows *rows, const dk_record *r, dk_error *err) {
    dk_rows_shelf *p = &rows->parts[r->key >> 58];
    size_t before = p->records.len;
    dk_record_put(&p->records, r);
    if (p->records.failed) return dk_fail_memory(err);
    p->stored++;
    p->n += (int64_t)r->count;
    p->numbers += (int64_t)(r->numbers * r->count);
    rows->count += (int64_t)r->count;
    rows->numbers += (int64_t)(r->numbers * r->count);
    rows->held += p->records.len - before;
    if (rows->held <= rows->limit) return DK_OK;
    dk_status status = rows->few_repeat ? DK_OK : compact(rows, err);
    return status == DK_OK && 2 * rows->held > rows->limit ? spill(rows, err) : status;
}

dk_status dk_rows_add(dk_rows *rows, const dk_rows_record *row, dk_error *err) {
    const dk_rows_shape *s = &rows->shape;
    if (row->weight == 0) return DK_OK;
    dk_buf_clear(&rows->scratch);
    if (!dk_buf_reserve(&rows->scratch, 48 + 24 * s->ncols)) return dk_fail_memory(err);
    char *begin = rows->scratch.ptr, *p = begin;
    if (s->clusters2) memcpy(p, &row->cluster2, 8), p += 8;
    if (s->fixed) memcpy(p, &row->fixed, 8), p += 8;
    if (s->weights) {
        int64_t w = row->weight;
        int d = row->weight_decimals;
        strip_zeros(&w, &d);
        dk_varint_put(&p, (uint64_t)w << 4 | (uint64_t)d);
        dk_rows_note(&rows->facts[s->ncols], w, d, 1);
    }
    uint64_t numbers = 0;
    for (size_t j = 0; j < s->ncols; j++) numbers += row->values[j] != 0;
    dk_varint_put(&p, numbers);
    size_t before = 0;
    for (size_t j = 0; j < s->ncols; j++) {
        int64_t v = row->values[j];
        if (v == 0) continue;
        int d = s->decimals ? row->decimals[j] : 0;
        strip_zeros(&v, &d);
        dk_rows_note(&rows->facts[j], v, d, 1);
        dk_varint_put(&p, j - before);
        dk_varint_put(&p, s->decimals ? dk_zigzag(v) << 4 | (uint64_t)d : dk_zigzag(v));
        before = j;
    }
    dk_record r = {.count = 1, .numbers = numbers, .body = begin, .len = (size_t)(p - begin)};
    r.key = s->clusters ? dk_hash_mix(row->cluster, 0x64726976) : dk_hash(r.body, r.len);
    return dk_rows_store(rows, &r, err);
}

/* v times 10 to the power, rounded half away from zero. */
static int64_t shift_decimals(int64_t v, int power) {
    for (; power > 0; power--) v *= 10;
    int64_t divisor = 1;
    for (; power < 0; power++) divisor *= 10;
    return divisor == 1 ? v : (v + (v < 0 ? -divisor / 2 : divisor / 2)) / divisor;
}

static void decode(const dk_rows_shape *s, const int *kept, const dk_record *r, dk_rows_part *b, size_t i,
                   size_t *at) {
    const char *p = r->body, *end = r->body + r->len;
    uint64_t v = 0, numbers = 0;
    b->cluster[i] = r->key;
    if (s->clusters2) memcpy(&b->cluster2[i], p, 8), p += 8;
    if (s->fixed) memcpy(&b->fixed[i], p, 8), p += 8;
    b->weight[i] = 1;
    if (s->weights) {
        dk_varint_get(&p, end, &v);
        b->weight[i] = shift_decimals((int64_t)(v >> 4), kept[s->ncols] - (int)(v & 15));
    }
    dk_varint_get(&p, end, &numbers);
    uint32_t column = 0;
    b->start[i] = (uint32_t)*at;
    for (uint64_t k = 0; k < numbers; k++) {
        dk_varint_get(&p, end, &v);
        column += (uint32_t)v;
        dk_varint_get(&p, end, &v);
        b->col[*at] = column;
        b->value[*at] =
            s->decimals ? shift_decimals(dk_unzigzag(v >> 4), kept[column] - (int)(v & 15)) : dk_unzigzag(v);
        ++*at;
    }
}

dk_status dk_rows_gather(dk_rows *rows, const dk_rows_shelf *p, char **own, const char **bytes, size_t *len,
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

static dk_status load(dk_rows *rows, const dk_rows_shelf *p, dk_rows_part **out, dk_error *err) {
    char *own = NULL;
    dk_record *records = NULL;
    int *kept = NULL;
    const char *bytes;
    size_t len, count = 0;
    *out = NULL;
    if (p->numbers > UINT32_MAX || p->n > UINT32_MAX)
        return dk_fail(err, DK_EDATA, "too many rows: more than 2^32 numbers in one part");
    dk_status status = dk_rows_gather(rows, p, &own, &bytes, &len, err);
    if (status != DK_OK) return status;
    dk_rows_part *b = block_new(&rows->shape, (size_t)p->n, (size_t)p->numbers);
    kept = malloc((rows->shape.ncols + 1) * sizeof *kept);
    if (b == NULL || kept == NULL) status = dk_fail_memory(err);
    if (status == DK_OK) status = dk_records_read(&rows->shape, bytes, len, p->stored, &records, &count, err);
    if (status != DK_OK) goto done;
    for (size_t j = 0; j <= rows->shape.ncols; j++) kept[j] = dk_rows_decimals(rows, j);
    size_t fill = 0, i = 0;
    for (size_t k = 0; k < count; k++)
        for (uint64_t copy = 0; copy < records[k].count; copy++, i++) {
            decode(&rows->shape, kept, &records[k], b, i, &fill);
            /* Equal rows without a cluster are told apart by counting them, which no order of reading can change. */
            b->unit[i] = rows->shape.clusters ? records[k].key : dk_hash_mix(records[k].key, copy);
            if (!rows->shape.clusters) b->cluster[i] = b->unit[i];
        }
    b->start[i] = (uint32_t)fill;
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
    dk_rows_shelf *p = &rows->parts[index];
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
