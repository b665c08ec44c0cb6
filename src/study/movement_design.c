/* The rows and columns of a fit, those of a customer together. */
#include <math.h>
#include <stdlib.h>

#include "study/movement_fit.h"

void dk_move_design_dispose(dk_move_design *d) {
    free(d->row);
    free(d->start);
    free(d->unit);
    free(d->x);
    free(d->weight);
    memset(d, 0, sizeof *d);
}

typedef struct keyed {
    uint64_t unit;
    uint32_t row;
} keyed;

static int by_unit(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static dk_status order_rows(dk_move_design *d, const dk_fit_context *x, const uint32_t *subset, size_t n,
                            uint32_t *place, dk_error *err) {
    keyed *keys = malloc((n + 1) * sizeof *keys);
    d->row = malloc((n + 1) * sizeof *d->row);
    d->start = malloc((n + 2) * sizeof *d->start);
    d->unit = malloc((n + 1) * sizeof *d->unit);
    if (keys == NULL || d->row == NULL || d->start == NULL || d->unit == NULL) {
        free(keys);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        char scratch[24];
        keys[i].row = subset[i];
        if (x->clusters != NULL) {
            keys[i].unit = x->clusters[subset[i]];
            continue;
        }
        dk_str id = dk_survey_id(x->survey, subset[i], scratch);
        keys[i].unit = dk_hash_seeded(id.ptr, id.len, 1);
    }
    qsort(keys, n, sizeof *keys, by_unit);
    for (size_t i = 0; i < n; i++) {
        d->row[i] = keys[i].row;
        place[keys[i].row] = (uint32_t)i;
        if (i > 0 && keys[i].unit == keys[i - 1].unit) continue;
        d->unit[d->customers] = keys[i].unit;
        d->start[d->customers++] = i;
    }
    d->start[d->customers] = n;
    d->n = n;
    free(keys);
    return DK_OK;
}

/* Puts numbers by response into a column, standardised; what is missing is the mean. */
static void put_numbers(dk_move_design *d, size_t column, const double *values) {
    double sum = 0, squares = 0, known = 0;
    for (size_t i = 0; i < d->n; i++)
        if (!isnan(values[d->row[i]])) sum += values[d->row[i]], known++;
    double mean = known > 0 ? sum / known : 0;
    for (size_t i = 0; i < d->n; i++) {
        double v = isnan(values[d->row[i]]) ? 0 : values[d->row[i]] - mean;
        d->x[i * d->k + column] = v;
        squares += v * v;
    }
    double sd = sqrt(squares / (double)(d->n > 0 ? d->n : 1));
    for (size_t i = 0; sd > 0 && i < d->n; i++) d->x[i * d->k + column] /= sd;
}

static void put_column(dk_move_design *d, size_t column, const dk_column *c, const uint32_t *place,
                       size_t nplaces) {
    if (c->kind == DK_COLUMN_REAL) {
        put_numbers(d, column, c->values);
        return;
    }
    const uint32_t *rows = c->values;
    for (size_t i = 0; i < c->count; i++)
        if (rows[i] < nplaces && place[rows[i]] != UINT32_MAX) d->x[place[rows[i]] * d->k + column] = 1;
}

dk_status dk_move_design_make(dk_move_design *d, const dk_fit_context *x, const dk_features *f,
                              const uint32_t *subset, size_t n, const double *const *extra, size_t nextra,
                              dk_error *err) {
    memset(d, 0, sizeof *d);
    size_t total = x->survey->n;
    uint32_t *place = malloc((total + 1) * sizeof *place);
    if (place == NULL) return dk_fail_memory(err);
    memset(place, 0xFF, (total + 1) * sizeof *place);
    dk_status status = order_rows(d, x, subset, n, place, err);
    d->first = 1 + f->ncontrols + nextra;
    d->k = d->first + f->npredictors;
    d->about = f->about;
    d->npredictors = f->npredictors;
    if (status == DK_OK) {
        d->x = calloc(n * d->k + 1, sizeof *d->x);
        d->weight = malloc((n + 1) * sizeof *d->weight);
        if (d->x == NULL || d->weight == NULL) status = dk_fail_memory(err);
    }
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        d->x[i * d->k] = 1;
        d->weight[i] = x->survey->weight != NULL ? x->survey->weight[d->row[i]] : 1;
    }
    for (size_t j = 0; status == DK_OK && j < f->ncontrols; j++)
        put_column(d, 1 + j, f->controls + j, place, total);
    for (size_t j = 0; status == DK_OK && j < nextra; j++) put_numbers(d, 1 + f->ncontrols + j, extra[j]);
    for (size_t j = 0; status == DK_OK && j < f->npredictors; j++)
        put_column(d, d->first + j, f->predictors + j, place, total);
    free(place);
    if (status != DK_OK) dk_move_design_dispose(d);
    return status;
}
