#include "stats/frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A column on its way to integers. */
typedef struct source {
    const dk_column *column;
    int exponent; /* reals are multiplied by 2^exponent */
    size_t next;  /* DK_COLUMN_ROWS: where the list stands */
} source;

void dk_frame_dispose(dk_frame *f) {
    dk_rows_free(f->rows);
    free(f->unit);
    memset(f, 0, sizeof *f);
}

void dk_frame_settle(dk_frame *f) {
    size_t ncols = dk_rows_shape_of(f->rows)->ncols;
    f->unit[0] = 1;
    for (size_t j = 0; j < ncols; j++) f->unit[j + 1] = pow(10, dk_rows_decimals(f->rows, j));
    f->weight_unit = dk_rows_shape_of(f->rows)->weights ? pow(10, dk_rows_decimals(f->rows, ncols)) : 1;
}

/* The number of trailing zero bits below the point that x needs: x * 2^bits is whole. */
static int bits_below_point(double x) {
    int exponent;
    int64_t mantissa = (int64_t)ldexp(frexp(x, &exponent), 53);
    return mantissa == 0 ? 0 : 53 - exponent - __builtin_ctzll((unsigned long long)mantissa);
}

/* The exponent with which reals become integers: exact if they fit into so many bits, else the most that fits. */
static dk_status real_exponent(const double *x, const uint32_t *subset, size_t n, int bits, const char *name,
                               int *exponent, dk_error *err) {
    double largest = 0;
    int needed = 0;
    for (size_t k = 0; k < n; k++) {
        size_t i = subset != NULL ? subset[k] : k;
        if (!isfinite(x[i])) {
            dk_fail(err, DK_EDATA, "%s is not a finite number in row %zu", name, i);
            dk_error_remedy(err, "leave such rows out, or fill them in");
            return DK_EDATA;
        }
        if (fabs(x[i]) > largest) largest = fabs(x[i]);
        int need = x[i] != 0 ? bits_below_point(x[i]) : 0;
        if (need > needed) needed = need;
    }
    int above = 0;
    frexp(largest, &above);
    *exponent = needed < bits - above ? needed : bits - above;
    if (*exponent < 0 && largest < ldexp(1, bits)) *exponent = 0;
    return DK_OK;
}

static dk_status source_init(source *s, const dk_column *column, const dk_driver_table *t, size_t n,
                             double *unit, dk_error *err) {
    *s = (source){.column = column};
    *unit = 1;
    if (column->values == NULL && !(column->kind == DK_COLUMN_ROWS && column->count == 0))
        return dk_fail(err, DK_EUSAGE, "column %s has no values", column->name);
    if (column->kind == DK_COLUMN_FIXED) {
        if (!(column->scale > 0)) return dk_fail(err, DK_EUSAGE, "column %s has no scale", column->name);
        *unit = column->scale;
    }
    if (column->kind == DK_COLUMN_REAL) {
        dk_status status = real_exponent(column->values, t->subset, n, 52, column->name, &s->exponent, err);
        if (status != DK_OK) return status;
        *unit = ldexp(1, s->exponent);
    }
    return DK_OK;
}

static int64_t value_at(source *s, size_t row) {
    const dk_column *c = s->column;
    switch (c->kind) {
    case DK_COLUMN_MENTION: return ((const uint8_t *)c->values)[row] != 0;
    case DK_COLUMN_FIXED: return ((const int64_t *)c->values)[row];
    case DK_COLUMN_REAL: return (int64_t)llround(ldexp(((const double *)c->values)[row], s->exponent));
    case DK_COLUMN_ROWS: {
        const uint32_t *list = c->values;
        while (s->next < c->count && list[s->next] < row) s->next++;
        return s->next < c->count && list[s->next] == row;
    }
    }
    return 0;
}

static dk_status check(const dk_driver_table *t, dk_error *err) {
    if (t->npredictors == 0) return dk_fail(err, DK_EUSAGE, "no predictors");
    if (t->npredictors + t->ncontrols > 4000)
        return dk_fail(err, DK_EUSAGE, "%zu predictors and controls are more than 4000",
                       t->npredictors + t->ncontrols);
    if ((t->group_of == NULL) != (t->groups == NULL))
        return dk_fail(err, DK_EUSAGE, "group_of and groups go together");
    for (size_t i = 0; i < t->npredictors && t->group_of != NULL; i++)
        if (t->group_of[i] >= t->ngroups)
            return dk_fail(err, DK_EUSAGE, "predictor %s is in group %u of %zu", t->predictors[i].name,
                           t->group_of[i], t->ngroups);
    if (t->stage_of != NULL && t->stages == NULL)
        return dk_fail(err, DK_EUSAGE, "stage_of and stages go together");
    size_t ngroups = t->group_of != NULL ? t->ngroups : t->npredictors;
    for (size_t g = 0; g < ngroups && t->stage_of != NULL; g++)
        if (t->stage_of[g] >= t->nstages)
            return dk_fail(err, DK_EUSAGE, "group %zu is in stage %u of %zu", g, t->stage_of[g], t->nstages);
    size_t n = t->subset != NULL ? t->nsubset : t->rows;
    for (size_t k = 0; k < n && t->subset != NULL; k++)
        if (t->subset[k] >= t->rows || (k > 0 && t->subset[k] <= t->subset[k - 1]))
            return dk_fail(err, DK_EUSAGE, "the subset is not ascending within the table");
    for (size_t k = 0; k < n && t->weights != NULL; k++) {
        double w = t->weights[t->subset != NULL ? t->subset[k] : k];
        if (!(w >= 0) || !isfinite(w)) return dk_fail(err, DK_EDATA, "a weight is negative or not a number");
    }
    return DK_OK;
}

/* Names and groups in memory behind the units. */
static dk_status name_all(const dk_driver_table *t, dk_frame *f, dk_error *err) {
    size_t p = t->npredictors, ndesign = p + t->ncontrols + 2;
    size_t size = ndesign * sizeof(double) + (p + t->ncontrols) * sizeof(char *) + p * sizeof(uint32_t);
    f->unit = calloc(1, size);
    if (f->unit == NULL) return dk_fail_memory(err);
    const char **names = (const char **)(void *)(f->unit + ndesign);
    uint32_t *own = (uint32_t *)(void *)(names + p + t->ncontrols);
    for (size_t i = 0; i < p; i++) {
        names[i] = t->predictors[i].name;
        own[i] = (uint32_t)i;
    }
    for (size_t i = 0; i < t->ncontrols; i++) names[p + i] = t->controls[i].name;
    f->npredictors = p;
    f->ncontrols = t->ncontrols;
    f->predictors = names;
    f->controls = names + p;
    f->group_of = t->group_of != NULL ? t->group_of : own;
    f->groups = t->group_of != NULL ? t->groups : names;
    f->ngroups = t->group_of != NULL ? t->ngroups : p;
    f->stage_of = t->stage_of;
    f->stages = t->stages;
    f->nstages = t->stage_of != NULL ? t->nstages : 0;
    f->unit[0] = f->weight_unit = 1;
    return DK_OK;
}

dk_status dk_frame_from_table(const dk_driver_table *t, dk_frame *f, dk_error *err) {
    memset(f, 0, sizeof *f);
    dk_status status = check(t, err);
    if (status != DK_OK) return status;
    size_t p = t->npredictors, ncols = p + t->ncontrols + 1, n = t->subset != NULL ? t->nsubset : t->rows;
    source *sources = calloc(ncols, sizeof *sources);
    int64_t *values = calloc(ncols, sizeof *values);
    int weight_exponent = 0;
    dk_rows_shape shape = {.ncols = ncols,
                           .clusters = t->clusters != NULL,
                           .clusters2 = t->clusters2 != NULL,
                           .fixed = t->fixed_effects != NULL,
                           .weights = t->weights != NULL};
    status = sources == NULL || values == NULL ? dk_fail_memory(err) : name_all(t, f, err);
    if (status == DK_OK) status = dk_rows_new(&shape, &f->rows, err);
    for (size_t j = 0; j < ncols && status == DK_OK; j++) {
        const dk_column *c = j == 0 ? &t->outcome : j <= p ? &t->predictors[j - 1] : &t->controls[j - 1 - p];
        status = source_init(&sources[j], c, t, n, &f->unit[j + 1], err);
    }
    if (status == DK_OK && t->weights != NULL) {
        status = real_exponent(t->weights, t->subset, n, 30, "a weight", &weight_exponent, err);
        f->weight_unit = ldexp(1, weight_exponent);
    }
    for (size_t k = 0; k < n && status == DK_OK; k++) {
        size_t i = t->subset != NULL ? t->subset[k] : k;
        dk_rows_record row = {.values = values, .weight = 1};
        if (t->weights != NULL) row.weight = (int64_t)llround(ldexp(t->weights[i], weight_exponent));
        if (t->clusters != NULL) row.cluster = t->clusters[i];
        if (t->clusters2 != NULL) row.cluster2 = t->clusters2[i];
        if (t->fixed_effects != NULL) row.fixed = t->fixed_effects[i];
        for (size_t j = 0; j < ncols; j++) {
            values[j] = value_at(&sources[j], i);
            if (llabs(values[j]) > (int64_t)1 << 52) {
                status = dk_fail(err, DK_EDATA, "%s is beyond 2^52 in row %zu", sources[j].column->name, i);
                break;
            }
        }
        if (status == DK_OK) status = dk_rows_add(f->rows, &row, err);
    }
    free(sources);
    free(values);
    if (status != DK_OK) dk_frame_dispose(f);
    return status;
}
