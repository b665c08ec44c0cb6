#include "stats/design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dk_status dk_design_init(dk_design *d, dk_rows *rows, const dk_moments *m, const double *unit,
                         const size_t *columns, size_t outcome, const dk_solution *s, dk_error *err) {
    size_t p = s->k + 1;
    memset(d, 0, sizeof *d);
    d->p = p;
    d->outcome = outcome;
    d->place = calloc(m->p, sizeof *d->place);
    d->step = calloc(p, sizeof *d->step);
    d->zero = calloc(p, sizeof *d->zero);
    d->mean = calloc(p, sizeof *d->mean);
    d->centre = calloc(p, sizeof *d->centre);
    d->prior = calloc(p, sizeof *d->prior);
    d->always = calloc(p, sizeof *d->always);
    d->dense = calloc(p, sizeof *d->dense);
    if (d->place == NULL || d->step == NULL || d->zero == NULL || d->mean == NULL || d->centre == NULL ||
        d->prior == NULL || d->always == NULL || d->dense == NULL)
        return dk_fail_memory(err);
    int64_t n = dk_rows_count(rows);
    d->mean[0] = 1;
    for (size_t i = 1; i < p; i++) {
        size_t column = columns[i - 1];
        if (s->aliased[i - 1]) continue;
        d->place[column] = i;
        d->step[i] = 1 / (s->sd[i - 1] * unit[column]);
        d->prior[i] = m->min[column] == 0 && m->max[column] == 1 ? 2.5 * s->sd[i - 1] / unit[column] : 1.25;
        if (dk_rows_nonzero(rows, column - 1) > n / 5) {
            d->centre[i] = (int64_t)llround(s->mean[i - 1] * unit[column]);
            d->zero[i] = -(double)d->centre[i] * d->step[i];
            d->always[d->nalways++] = i;
            d->dense[i] = true;
        }
        d->mean[i] = (s->mean[i - 1] - (double)d->centre[i] / unit[column]) / s->sd[i - 1];
    }
    return DK_OK;
}

void dk_design_dispose(dk_design *d) {
    free(d->place);
    free(d->step);
    free(d->zero);
    free(d->mean);
    free(d->centre);
    free(d->prior);
    free(d->always);
    free(d->dense);
    memset(d, 0, sizeof *d);
}

dk_status dk_design_row_init(dk_design_row *row, size_t p, dk_error *err) {
    *row =
        (dk_design_row){malloc(p * sizeof(double)), malloc(p * sizeof(size_t)), 0, calloc(p, sizeof(double))};
    return row->value != NULL && row->index != NULL && row->scratch != NULL ? DK_OK : dk_fail_memory(err);
}

void dk_design_row_dispose(dk_design_row *row) {
    free(row->value);
    free(row->index);
    free(row->scratch);
    memset(row, 0, sizeof *row);
}

int64_t dk_design_expand(const dk_design *d, const dk_rows_part *part, size_t i, dk_design_row *row) {
    int64_t y = 0;
    row->value[0] = 1;
    row->index[0] = 0;
    row->n = 1;
    for (size_t a = 0; a < d->nalways; a++) row->scratch[d->always[a]] = d->zero[d->always[a]];
    for (uint32_t e = part->start[i]; e < part->start[i + 1]; e++) {
        size_t column = part->col[e] + 1, place = d->place[column];
        if (column == d->outcome) y = part->value[e];
        if (place == 0) continue;
        double x = (double)(part->value[e] - d->centre[place]) * d->step[place];
        if (d->dense[place]) {
            row->scratch[place] = x;
            continue;
        }
        row->value[row->n] = x;
        row->index[row->n++] = place;
    }
    for (size_t a = 0; a < d->nalways; a++) {
        row->value[row->n] = row->scratch[d->always[a]];
        row->index[row->n++] = d->always[a];
    }
    return y;
}
