/* Least squares from exact moments.
 *
 * The moments are centred and eliminated in double-double (about 32 digits), controls first, then the terms. With
 * exact moments this solves what needs a QR of the rows in double arithmetic (NIST's Filip and Longley among the
 * tests), and needs no second look at the rows. A column of whose variance those before it leave no more than a least
 * part is aliased: it gets no coefficient.
 *
 * Everything here is in scaled units: each column divided by its standard deviation sd[] (population form, in the
 * column's own unit). k = ncontrols + nterms; index i < ncontrols is control i, then the terms.
 */
#ifndef DK_STATS_SOLVE_H
#define DK_STATS_SOLVE_H

#include "stats/absorb.h"

#define DK_ALIASED 1e-24
#define DK_ALIASED_ROWS \
    1e-10 /* Newton's method squares the condition number: beyond, a logit has no digit left */

typedef struct dk_solution {
    size_t k, ncontrols;
    double w;          /* sum of weights, in the weights' unit */
    double *mean, *sd; /* of the k columns and, at k, the outcome */
    double *coef;      /* k, scaled: effect = coef * sd[outcome] / sd[column]; NaN when aliased */
    double *inverse;   /* k x k: inverse of the correlation matrix of the columns; zeros where aliased */
    bool *aliased;
    double *corr; /* (k + 1) x (k + 1), the outcome last */
    double
        *partial; /* (m + 1) x (m + 1), m = k - ncontrols: the same with the controls partialled out, in the
                                   same units (not rescaled); the outcome last */
    double r2, r2_controls, condition;
    double intercept; /* in the outcome's unit */
} dk_solution;

/* columns: k design columns of the moments (as numbered there), controls first; outcome: its design column. unit[j]:
   what the integers of design column j are divided by. absorb: fixed effects that all are centred within, or NULL.
   least: DK_ALIASED, or DK_ALIASED_ROWS for what goes on to the rows in doubles. DK_EDATA when the outcome does not
   vary. */
dk_status dk_solve(const dk_moments *moments, const double *unit, double weight_unit, const size_t *columns,
                   size_t k, size_t ncontrols, size_t outcome, const dk_absorb *absorb, double least,
                   dk_solution *solution, dk_error *err);
void dk_solution_dispose(dk_solution *solution);

#endif
