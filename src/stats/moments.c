#include "stats/moments.h"

#include <stdlib.h>
#include <string.h>

#include "base/pipeline.h"

typedef struct job {
    dk_rows *rows;
    dk_moments *out;
    dk_moments *parts; /* one a stripe */
    int stripes;
    bool narrow; /* a whole part's sums fit into 64 bits */
} job;

static int bits_of(uint64_t v) {
    return v == 0 ? 0 : 64 - __builtin_clzll(v);
}

static dk_status moments_init(dk_moments *m, size_t p, dk_error *err) {
    memset(m, 0, sizeof *m);
    m->p = p;
    m->sum = calloc(p * (p + 1) / 2, sizeof *m->sum);
    m->shift = calloc(p, sizeof *m->shift);
    m->min = calloc(p, sizeof *m->min);
    m->max = calloc(p, sizeof *m->max);
    for (size_t j = 0; j < p && m->min != NULL && m->max != NULL; j++) {
        m->min[j] = INT64_MAX;
        m->max[j] = INT64_MIN;
    }
    return m->sum != NULL && m->shift != NULL && m->min != NULL && m->max != NULL ? DK_OK
                                                                                  : dk_fail_memory(err);
}

void dk_moments_dispose(dk_moments *m) {
    free(m->sum);
    free(m->shift);
    free(m->min);
    free(m->max);
    memset(m, 0, sizeof *m);
}

/* Adds a block in 64-bit sums, which the caller has shown to suffice. */
static void add_narrow(const dk_rows_part *b, int64_t *sum, int64_t *value, uint32_t *col) {
    for (size_t i = 0; i < b->n; i++) {
        size_t k = 1;
        value[0] = 1;
        col[0] = 0;
        for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++, k++) {
            value[k] = b->value[e];
            col[k] = b->col[e] + 1;
        }
        for (size_t a = 0; a < k; a++) {
            int64_t wa = b->weight[i] * value[a], *row = sum + (size_t)col[a] * (col[a] + 1) / 2;
            for (size_t c = 0; c <= a; c++) row[col[c]] += wa * value[c];
        }
    }
}

static void add_wide(const dk_rows_part *b, const int *shift, dk_int128 *sum, int64_t *value, uint32_t *col) {
    for (size_t i = 0; i < b->n; i++) {
        size_t k = 1;
        value[0] = 1;
        col[0] = 0;
        for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++, k++) {
            col[k] = b->col[e] + 1;
            value[k] = dk_round_shift(b->value[e], shift[col[k]]);
        }
        for (size_t a = 0; a < k; a++) {
            dk_int128 wa = (dk_int128)b->weight[i] * value[a], *row = sum + (size_t)col[a] * (col[a] + 1) / 2;
            for (size_t c = 0; c <= a; c++) row[col[c]] += wa * value[c];
        }
    }
}

static void note_range(const dk_rows_part *b, dk_moments *m) {
    for (size_t e = 0; e < b->start[b->n]; e++) {
        size_t j = b->col[e] + 1;
        if (b->value[e] < m->min[j]) m->min[j] = b->value[e];
        if (b->value[e] > m->max[j]) m->max[j] = b->value[e];
    }
    for (size_t i = 0; i < b->n; i++) m->w2 += (dk_int128)b->weight[i] * b->weight[i];
}

static dk_status add_stripe(void *context, size_t stripe, dk_error *err) {
    job *j = context;
    dk_moments *m = &j->parts[stripe];
    size_t p = j->out->p, pairs = p * (p + 1) / 2;
    dk_status status = moments_init(m, p, err);
    int64_t *narrow = calloc(pairs, sizeof *narrow), *value = malloc(p * sizeof *value);
    uint32_t *col = malloc(p * sizeof *col);
    if (status == DK_OK && (narrow == NULL || value == NULL || col == NULL)) status = dk_fail_memory(err);
    for (int i = (int)stripe; i < DK_ROWS_PARTS && status == DK_OK; i += j->stripes) {
        dk_rows_part *b;
        status = dk_rows_get(j->rows, i, &b, err);
        if (status != DK_OK) break;
        if (b->n > 0) note_range(b, m);
        if (j->narrow) {
            add_narrow(b, narrow, value, col);
            for (size_t k = 0; k < pairs; k++) m->sum[k] += narrow[k];
            memset(narrow, 0, pairs * sizeof *narrow);
        } else {
            add_wide(b, j->out->shift, m->sum, value, col);
        }
        dk_rows_release(j->rows, b);
    }
    free(narrow);
    free(value);
    free(col);
    return status;
}

dk_status dk_moments_compute(dk_rows *rows, int threads, dk_moments *out, dk_error *err) {
    const dk_rows_shape *shape = dk_rows_shape_of(rows);
    size_t p = shape->ncols + 1;
    dk_status status = moments_init(out, p, err);
    if (status != DK_OK) return status;
    if (threads < 1) threads = 1;
    if (threads > DK_ROWS_PARTS) threads = DK_ROWS_PARTS;
    int widest = 1, weight_bits = shape->weights ? dk_rows_bits(rows, shape->ncols) : 1;
    int count_bits = bits_of((uint64_t)dk_rows_count(rows));
    int room = (126 - weight_bits - count_bits) / 2;
    for (size_t j = 0; j < shape->ncols; j++) {
        int bits = dk_rows_bits(rows, j);
        if (bits > widest) widest = bits;
        if (bits > room) out->shift[j + 1] = bits - room;
    }
    job j = {rows, out, calloc((size_t)threads, sizeof *j.parts), threads,
             2 * widest + weight_bits + count_bits <= 62};
    if (j.parts == NULL) return dk_fail_memory(err);
    status = dk_parallel_for(threads, (size_t)threads, add_stripe, &j, err);
    for (int t = 0; t < threads; t++) {
        dk_moments *m = &j.parts[t];
        for (size_t k = 0; status == DK_OK && k < p * (p + 1) / 2; k++) out->sum[k] += m->sum[k];
        for (size_t k = 0; status == DK_OK && k < p; k++) {
            if (m->min[k] < out->min[k]) out->min[k] = m->min[k];
            if (m->max[k] > out->max[k]) out->max[k] = m->max[k];
        }
        out->w2 += m->w2;
        dk_moments_dispose(m);
    }
    free(j.parts);
    for (size_t k = 0; k < p; k++) { /* rows do not store zeros */
        if (k > 0 && dk_rows_nonzero(rows, k - 1) == dk_rows_count(rows)) continue;
        if (out->min[k] > 0) out->min[k] = 0;
        if (out->max[k] < 0) out->max[k] = 0;
    }
    out->min[0] = out->max[0] = 1;
    return status;
}
