#include "stats/winsor.h"

#include <stdlib.h>
#include <string.h>

typedef struct amount {
    int64_t value, weight;
} amount;

static int by_value(const void *a, const void *b) {
    int64_t x = ((const amount *)a)->value, y = ((const amount *)b)->value;
    return (x > y) - (x < y);
}

static int64_t outcome_at(const dk_rows_part *b, size_t i) {
    return b->start[i] < b->start[i + 1] && b->col[b->start[i]] == 0 ? b->value[b->start[i]] : 0;
}

static dk_status gather(dk_rows *rows, amount *out, double *total, dk_error *err) {
    size_t at = 0;
    *total = 0;
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_rows_part *b;
        dk_status status = dk_rows_get(rows, p, &b, err);
        if (status != DK_OK) return status;
        for (size_t i = 0; i < b->n; i++) {
            out[at++] = (amount){outcome_at(b, i), b->weight[i]};
            *total += (double)b->weight[i]; /* integers: exact up to 2^53 */
        }
        dk_rows_release(rows, b);
    }
    return DK_OK;
}

static int64_t quantile(const amount *sorted, size_t n, double weight) {
    double below = 0;
    for (size_t i = 0; i < n; i++) {
        below += (double)sorted[i].weight;
        if (below >= weight) return sorted[i].value;
    }
    return sorted[n - 1].value;
}

/* The rows with the outcome cut to low and high. */
static dk_status copy_cut(dk_rows *rows, int64_t low, int64_t high, dk_rows *out, int64_t *cut,
                          dk_error *err) {
    size_t ncols = dk_rows_shape_of(rows)->ncols;
    int64_t *values = calloc(ncols, sizeof *values);
    dk_status status = values == NULL ? dk_fail_memory(err) : DK_OK;
    for (int p = 0; p < DK_ROWS_PARTS && status == DK_OK; p++) {
        dk_rows_part *b;
        status = dk_rows_get(rows, p, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            int64_t y = outcome_at(b, i);
            memset(values, 0, ncols * sizeof *values);
            for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++) values[b->col[e]] = b->value[e];
            *cut += y < low || y > high;
            values[0] = y < low ? low : y > high ? high : y;
            dk_rows_record row = {.values = values,
                                  .weight = b->weight[i],
                                  .cluster = b->cluster[i],
                                  .cluster2 = b->cluster2 != NULL ? b->cluster2[i] : 0,
                                  .fixed = b->fixed != NULL ? b->fixed[i] : 0};
            status = dk_rows_add(out, &row, err);
        }
        if (b != NULL) dk_rows_release(rows, b);
    }
    free(values);
    return status;
}

dk_status dk_winsor_frame(const dk_frame *f, double share, dk_frame *out, dk_winsor *what, dk_error *err) {
    size_t n = (size_t)dk_rows_count(f->rows);
    dk_rows_shape shape = *dk_rows_shape_of(f->rows);
    amount *all = malloc((n + 1) * sizeof *all);
    double total = 0;
    memset(what, 0, sizeof *what);
    *out = *f;
    out->rows = NULL;
    shape.decimals = false; /* all values have their column's unit by now */
    dk_status status = all == NULL ? dk_fail_memory(err) : gather(f->rows, all, &total, err);
    if (status == DK_OK) {
        qsort(all, n, sizeof *all, by_value);
        int64_t low = quantile(all, n, share * total), high = quantile(all, n, (1 - share) * total);
        what->low = (double)low / f->unit[1];
        what->high = (double)high / f->unit[1];
        status = dk_rows_new(&shape, &out->rows, err);
        if (status == DK_OK) status = copy_cut(f->rows, low, high, out->rows, &what->cut, err);
    }
    free(all);
    if (status != DK_OK) dk_rows_free(out->rows);
    return status;
}
