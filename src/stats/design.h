/* Rows as vectors of scaled predictors, for steps that look at every row: residuals, scores, likelihoods.
 *
 * A row becomes x~ = (x - centre) / sd for columns that are mostly not 0 (centre: the mean, rounded to the column's
 * step), and x / sd for sparse ones, which the row then leaves out where they are 0: a row costs what it holds. Index
 * 0 is the constant 1; column i of the k given ones has index i + 1.
 */
#ifndef DK_STATS_DESIGN_H
#define DK_STATS_DESIGN_H

#include "stats/solve.h"

typedef struct dk_design {
    size_t p;      /* k + 1 */
    size_t *place; /* design column of the moments -> index, 0 for none */
    size_t outcome;
    double *step, *zero, *mean; /* by index: value of one integer step, of an integer 0, and the mean of x~ */
    int64_t *centre;
    double
        *prior; /* standard deviation of the prior that a logit takes where data separate (glm.h), by index */
    size_t *always; /* indices of the dense columns, which every row lists */
    size_t nalways;
    bool *dense;
} dk_design;

typedef struct dk_design_row {
    double *value;
    size_t *index; /* 0 first */
    size_t n;
    double *scratch;
} dk_design_row;

/* columns: the k columns of the solution, whose means and standard deviations are taken; aliased ones are left out. */
dk_status dk_design_init(dk_design *d, dk_rows *rows, const dk_moments *moments, const double *unit,
                         const size_t *columns, size_t outcome, const dk_solution *solution, dk_error *err);
void dk_design_dispose(dk_design *d);

dk_status dk_design_row_init(dk_design_row *row, size_t p, dk_error *err);
void dk_design_row_dispose(dk_design_row *row);

/* Row i of a part; returns the outcome's integer. */
int64_t dk_design_expand(const dk_design *d, const dk_rows_part *part, size_t i, dk_design_row *row);

#endif
