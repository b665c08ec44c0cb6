#include "stats/absorb.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Gathers the distinct values: each part's are sorted and merged with those so far. */
static dk_status gather(dk_absorb *a, dk_rows *rows, dk_error *err) {
    size_t cap = 0;
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_rows_part *b;
        dk_status status = dk_rows_get(rows, p, &b, err);
        if (status != DK_OK) return status;
        if (!dk_grow(&a->id, &cap, a->n + b->n + 1)) {
            dk_rows_release(rows, b);
            return dk_fail_memory(err);
        }
        if (b->n > 0) memcpy(a->id + a->n, b->fixed, b->n * sizeof *a->id);
        a->n += b->n;
        dk_rows_release(rows, b);
        qsort(a->id, a->n, sizeof *a->id, by_id);
        size_t kept = 0;
        for (size_t i = 0; i < a->n; i++)
            if (i == 0 || a->id[i] != a->id[i - 1]) a->id[kept++] = a->id[i];
        a->n = kept;
    }
    return DK_OK;
}

size_t dk_absorb_find(const dk_absorb *a, uint64_t id) {
    size_t lo = 0, hi = a->n;
    while (lo + 1 < hi) {
        size_t mid = (lo + hi) / 2;
        if (a->id[mid] <= id)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

dk_status dk_absorb_init(dk_absorb *a, dk_rows *rows, const dk_moments *m, dk_error *err) {
    *a = (dk_absorb){.p = m->p};
    dk_status status = gather(a, rows, err);
    if (status == DK_OK && a->n > SIZE_MAX / sizeof *a->sum / a->p) status = dk_fail_memory(err);
    if (status == DK_OK && (a->sum = calloc(a->n * a->p + 1, sizeof *a->sum)) == NULL)
        status = dk_fail_memory(err);
    for (int p = 0; p < DK_ROWS_PARTS && status == DK_OK; p++) {
        dk_rows_part *b;
        status = dk_rows_get(rows, p, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            dk_int128 *sum = a->sum + dk_absorb_find(a, b->fixed[i]) * a->p;
            sum[0] += b->weight[i];
            for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++) {
                size_t j = b->col[e] + 1;
                sum[j] += (dk_int128)b->weight[i] * dk_round_shift(b->value[e], m->shift[j]);
            }
        }
        if (b != NULL) dk_rows_release(rows, b);
    }
    if (status != DK_OK) dk_absorb_dispose(a);
    return status;
}

void dk_absorb_dispose(dk_absorb *a) {
    free(a->id);
    free(a->sum);
    memset(a, 0, sizeof *a);
}

dd dk_absorb_product(const dk_absorb *a, size_t i, size_t j) {
    dd total = {0, 0};
    for (size_t f = 0; f < a->n; f++) {
        const dk_int128 *s = a->sum + f * a->p;
        if (s[i] == 0 || s[j] == 0) continue;
        total =
            dd_add(total, dd_mul(dd_from_int128(s[i]), dd_div(dd_from_int128(s[j]), dd_from_int128(s[0]))));
    }
    return total;
}
