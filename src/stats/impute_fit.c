/* The driver fit over several completed data sets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/estimate.h"
#include "stats/impute.h"

static size_t row_at(const dk_driver_table *t, size_t k) {
    return t->subset != NULL ? t->subset[k] : k;
}
static size_t row_count(const dk_driver_table *t) {
    return t->subset != NULL ? t->nsubset : t->rows;
}

bool dk_controls_have_gaps(const dk_driver_table *t) {
    for (size_t j = 0; j < t->ncontrols; j++) {
        if (t->controls[j].kind != DK_COLUMN_REAL || t->controls[j].values == NULL) continue;
        const double *x = t->controls[j].values;
        for (size_t k = 0; k < row_count(t); k++)
            if (isnan(x[row_at(t, k)])) return true;
    }
    return false;
}

/* A column as numbers, in the rows that the table uses. */
static void spread(const dk_driver_table *t, const dk_column *c, double *out) {
    size_t next = 0;
    for (size_t k = 0; k < row_count(t); k++) {
        size_t i = row_at(t, k);
        switch (c->kind) {
        case DK_COLUMN_MENTION: out[k] = ((const uint8_t *)c->values)[i] != 0; break;
        case DK_COLUMN_FIXED: out[k] = (double)((const int64_t *)c->values)[i] / c->scale; break;
        case DK_COLUMN_REAL: out[k] = ((const double *)c->values)[i]; break;
        case DK_COLUMN_ROWS:
            while (next < c->count && ((const uint32_t *)c->values)[next] < i) next++;
            out[k] = next < c->count && ((const uint32_t *)c->values)[next] == i;
            break;
        }
    }
}

typedef struct imputed {
    const dk_driver_table *table;
    const dk_driver_options *options;
    size_t n, k;         /* rows used; outcome, predictors and controls */
    double *gaps, *full; /* n x k with NaN, and filled */
    double *controls;    /* table->rows each: what the table of one imputation points to */
    dk_column *columns;
    double *estimates, *within; /* imputations x predictors; sum of covariances */
} imputed;

/* Completes the data once more and fits; the estimate and its frame are the caller's. */
static dk_status fit_once(imputed *s, int m, dk_frame *frame, dk_estimate *e, dk_error *err) {
    const dk_driver_table *t = s->table;
    dk_driver_table once = *t;
    dk_driver_options o = *s->options;
    memcpy(s->full, s->gaps, s->n * s->k * sizeof *s->full);
    dk_status status = dk_impute(s->full, s->n, s->k, dk_hash_mix(o.seed, (uint64_t)m + 1000), err);
    for (size_t j = 0; j < t->ncontrols && status == DK_OK; j++) {
        double *out = s->controls + j * t->rows;
        for (size_t k = 0; k < s->n; k++) out[row_at(t, k)] = s->full[(1 + t->npredictors + j) * s->n + k];
        s->columns[j] = (dk_column){t->controls[j].name, DK_COLUMN_REAL, out, 0, 0};
    }
    once.controls = s->columns;
    if (m > 0) o.bootstrap = 0;
    if (status == DK_OK) status = dk_frame_from_table(&once, frame, err);
    dk_frame cut = {0};
    dk_winsor winsor = {0};
    if (status == DK_OK && o.winsor > 0) status = dk_winsor_frame(frame, o.winsor, &cut, &winsor, err);
    if (cut.rows != NULL) {
        dk_rows_free(frame->rows);
        frame->rows = cut.rows;
    }
    if (status == DK_OK) status = dk_estimate_init(e, frame, err);
    if (status == DK_OK && o.winsor > 0) e->winsor = winsor;
    if (status == DK_OK)
        status = o.model == DK_MODEL_LINEAR ? dk_estimate_linear(frame, &o, e, err)
                                            : dk_estimate_glm(frame, &o, e, err);
    for (size_t i = 0; i < e->n && status == DK_OK; i++) s->estimates[(size_t)m * e->n + i] = e->effect[i];
    for (size_t i = 0; i < e->n * e->n && status == DK_OK; i++)
        s->within[i] += e->cov[i] / (double)o.imputations;
    return status;
}

/* The first estimate takes over the pooled effects; its replicates keep their spread about them. */
static dk_status pool(imputed *s, dk_estimate *e, dk_error *err) {
    size_t r = (size_t)e->boot.replicates;
    double *pooled = malloc((e->n + 1) * sizeof *pooled);
    if (pooled == NULL) return dk_fail_memory(err);
    dk_status status =
        dk_rubin_pool(s->estimates, (size_t)s->options->imputations, e->n, s->within, pooled, &e->df, err);
    for (size_t t = 0; t < e->plan.nterms && status == DK_OK; t++) {
        size_t i = e->plan.term[t];
        for (size_t k = t * r; k < (t + 1) * r; k++) e->boot.effect[k] += pooled[i] - e->effect[i];
    }
    for (size_t i = 0; i < e->n && status == DK_OK; i++)
        if (e->use[i]) e->effect[i] = pooled[i];
    for (size_t i = 0; i < e->n && status == DK_OK; i++) {
        e->df_of[i] = fmin(e->df_of[i], e->df);
        e->se[i] = e->use[i] ? sqrt(s->within[i * e->n + i]) : NAN;
    }
    if (status == DK_OK) memcpy(e->cov, s->within, e->n * e->n * sizeof *e->cov);
    free(pooled);
    return status;
}

dk_status dk_drivers_fit_imputed(const dk_driver_table *t, const dk_driver_options *o,
                                 dk_driver_result **result, dk_error *err) {
    imputed s = {.table = t, .options = o, .n = row_count(t), .k = 1 + t->npredictors + t->ncontrols};
    size_t p = t->npredictors, gaps = 0;
    dk_frame frame = {0};
    dk_estimate first = {0};
    s.gaps = malloc((s.n * s.k + 1) * sizeof *s.gaps);
    s.full = malloc((s.n * s.k + 1) * sizeof *s.full);
    s.controls = calloc(t->rows * t->ncontrols + 1, sizeof *s.controls);
    s.columns = calloc(t->ncontrols + 1, sizeof *s.columns);
    s.estimates = calloc((size_t)o->imputations * p + 1, sizeof *s.estimates);
    s.within = calloc(p * p + 1, sizeof *s.within);
    dk_status status = s.gaps == NULL || s.full == NULL || s.controls == NULL || s.columns == NULL ||
                               s.estimates == NULL || s.within == NULL
                           ? dk_fail_memory(err)
                           : DK_OK;
    for (size_t j = 0; j < s.k && status == DK_OK; j++) {
        const dk_column *c = j == 0 ? &t->outcome : j <= p ? &t->predictors[j - 1] : &t->controls[j - 1 - p];
        spread(t, c, s.gaps + j * s.n);
        for (size_t k = 0; k < s.n && status == DK_OK; k++) {
            if (!isnan(s.gaps[j * s.n + k])) continue;
            gaps++;
            if (j <= p)
                status =
                    dk_fail(err, DK_EDATA, "%s is not a finite number in row %zu", c->name, row_at(t, k));
        }
    }
    for (int m = 0; m < o->imputations && status == DK_OK; m++) {
        dk_frame again = {0};
        dk_estimate e = {0};
        status = fit_once(&s, m, m == 0 ? &frame : &again, m == 0 ? &first : &e, err);
        dk_estimate_dispose(&e);
        dk_frame_dispose(&again);
    }
    if (status == DK_OK) status = pool(&s, &first, err);
    if (status == DK_OK) {
        dk_estimate_note(
            &first,
            "%zu missing values of controls were filled in %d times; effects, errors and p pool all "
            "(Rubin), importance and opportunity intervals are those of the first",
            gaps, o->imputations);
        status = dk_estimate_result(&frame, o, &first, result, err);
    }
    dk_estimate_dispose(&first);
    dk_frame_dispose(&frame);
    free(s.gaps);
    free(s.full);
    free(s.controls);
    free(s.columns);
    free(s.estimates);
    free(s.within);
    return status;
}
