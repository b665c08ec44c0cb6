/* Stored rows as arrays again: with gaps where indicators say that a control is missing, to fill them in (--missing
   impute); and for the permutation test (--permutations). */
#include <math.h>
#include <stdlib.h>

#include <string.h>

#include "study/drivers_input.h"
#include "stats/permute.h"

typedef struct arrays {
    double *numbers, *weights; /* columns of the rows one behind the other */
    uint64_t *clusters, *clusters2, *fixed;
    dk_column *columns; /* the predictors, then the controls */
} arrays;

static void arrays_dispose(arrays *a) {
    free(a->numbers);
    free(a->weights);
    free(a->clusters);
    free(a->clusters2);
    free(a->fixed);
    free(a->columns);
}

/* Rows in canonical order, so that shuffled input and merged parts give the same. */
static dk_status unpack(const dk_drivers_data *d, const dk_frame *f, arrays *a, dk_error *err) {
    size_t n = (size_t)dk_rows_count(f->rows), at = 0,
           plain = 1 + d->npredictors + d->ncontrols - d->nindicators;
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_rows_part *b;
        dk_status status = dk_rows_get(f->rows, p, &b, err);
        if (status != DK_OK) return status;
        for (size_t i = 0; i < b->n; i++, at++) {
            for (uint32_t e = b->start[i]; e < b->start[i + 1]; e++) {
                size_t j = b->col[e];
                if (j < plain)
                    a->numbers[j * n + at] = (double)b->value[e] / f->unit[j + 1];
                else
                    a->numbers[(j - plain + 1 + d->npredictors) * n + at] = NAN;
            }
            a->weights[at] = (double)b->weight[i] / f->weight_unit;
            a->clusters[at] = b->cluster[i];
            if (b->cluster2 != NULL) a->clusters2[at] = b->cluster2[i];
            if (b->fixed != NULL) a->fixed[at] = b->fixed[i];
        }
        dk_rows_release(f->rows, b);
    }
    return DK_OK;
}

static dk_status arrays_init(arrays *a, const dk_drivers_data *d, size_t n, dk_error *err) {
    size_t plain = d->npredictors + d->ncontrols - d->nindicators;
    *a = (arrays){.numbers = calloc(n * (plain + 1) + 1, sizeof(double)),
                  .weights = calloc(n + 1, sizeof(double)),
                  .clusters = calloc(n + 1, sizeof(uint64_t)),
                  .clusters2 = calloc(n + 1, sizeof(uint64_t)),
                  .fixed = calloc(n + 1, sizeof(uint64_t)),
                  .columns = calloc(plain + 1, sizeof(dk_column))};
    return a->numbers != NULL && a->weights != NULL && a->clusters != NULL && a->clusters2 != NULL &&
                   a->fixed != NULL && a->columns != NULL
               ? DK_OK
               : dk_fail_memory(err);
}

dk_status dk_drivers_fit_filled(const dk_drivers_data *d, size_t segment, const dk_driver_options *options,
                                dk_driver_result **result, dk_error *err) {
    dk_frame f = {0};
    size_t n = (size_t)dk_rows_count(d->segments[segment].rows),
           plain = d->npredictors + d->ncontrols - d->nindicators;
    arrays a;
    dk_status status = arrays_init(&a, d, n, err);
    if (status == DK_OK) status = dk_drivers_frame(d, segment, &f, err);
    if (status == DK_OK) status = unpack(d, &f, &a, err);
    for (size_t j = 0; j < plain && status == DK_OK; j++) {
        const char *name = j < d->npredictors ? d->predictors[j] : d->controls[j - d->npredictors];
        a.columns[j] = (dk_column){name, DK_COLUMN_REAL, a.numbers + (j + 1) * n, 0, 0};
    }
    dk_driver_table table = {.rows = n,
                             .outcome = {"the outcome", DK_COLUMN_REAL, a.numbers, 0, 0},
                             .predictors = a.columns,
                             .group_of = d->group_of,
                             .npredictors = d->npredictors,
                             .groups = d->groups,
                             .ngroups = d->ngroups,
                             .stage_of = d->nstages > 0 ? d->stage_of : NULL,
                             .stages = d->stages,
                             .nstages = d->nstages,
                             .controls = a.columns != NULL ? a.columns + d->npredictors : NULL,
                             .ncontrols = d->ncontrols - d->nindicators,
                             .weights = d->shape.weights ? a.weights : NULL,
                             .clusters = d->shape.clusters ? a.clusters : NULL,
                             .clusters2 = d->shape.clusters2 ? a.clusters2 : NULL,
                             .fixed_effects = d->shape.fixed ? a.fixed : NULL};
    if (status == DK_OK) status = dk_drivers_fit(&table, options, result, err);
    free(f.unit);
    arrays_dispose(&a);
    return status;
}

dk_status dk_drivers_permute(const dk_drivers_data *d, size_t segment, int count, uint64_t seed, int threads,
                             double *p, dk_error *err) {
    dk_frame f = {0};
    arrays a;
    size_t n = (size_t)dk_rows_count(d->segments[segment].rows), controls = d->ncontrols,
           predictors = d->npredictors;
    double r2, *x = malloc(n * (controls + predictors) * sizeof *x);
    dk_status status = arrays_init(&a, d, n, err);
    if (status == DK_OK && x == NULL) status = dk_fail_memory(err);
    if (status == DK_OK) status = dk_drivers_frame(d, segment, &f, err);
    if (status == DK_OK) status = unpack(d, &f, &a, err);
    if (status == DK_OK) { /* the test wants the controls first */
        memcpy(x, a.numbers + n * (1 + predictors), n * controls * sizeof *x);
        memcpy(x + n * controls, a.numbers + n, n * predictors * sizeof *x);
        status = dk_permutation_test(x, a.numbers, n, controls + predictors, controls, count, seed, threads,
                                     &r2, p, err);
    }
    free(x);
    free(f.unit);
    arrays_dispose(&a);
    return status;
}
