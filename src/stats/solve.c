#include "stats/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/dd.h"
#include "stats/linalg.h"

void dk_solution_dispose(dk_solution *s) {
    free(s->mean);
    free(s->sd);
    free(s->coef);
    free(s->inverse);
    free(s->aliased);
    free(s->corr);
    free(s->partial);
    memset(s, 0, sizeof *s);
}

static dk_status solution_init(dk_solution *s, size_t k, size_t ncontrols, dk_error *err) {
    size_t m = k - ncontrols;
    memset(s, 0, sizeof *s);
    s->k = k;
    s->ncontrols = ncontrols;
    s->mean = calloc(k + 1, sizeof *s->mean);
    s->sd = calloc(k + 1, sizeof *s->sd);
    s->coef = calloc(k + 1, sizeof *s->coef);
    s->inverse = calloc(k * k + 1, sizeof *s->inverse);
    s->aliased = calloc(k + 1, sizeof *s->aliased);
    s->corr = calloc((k + 1) * (k + 1), sizeof *s->corr);
    s->partial = calloc((m + 1) * (m + 1), sizeof *s->partial);
    return s->mean != NULL && s->sd != NULL && s->coef != NULL && s->inverse != NULL && s->aliased != NULL &&
                   s->corr != NULL && s->partial != NULL
               ? DK_OK
               : dk_fail_memory(err);
}

static dd sum_of(const dk_moments *m, size_t i, size_t j) {
    return dd_from_int128(m->sum[dk_tri(i, j)]);
}

/* Centred sums of products in lower-triangular order, scaled to unit diagonals. */
static void correlate(const dk_moments *m, const double *unit, const size_t *at, const dk_absorb *absorb,
                      dk_solution *s, dd *c) {
    size_t q = s->k + 1;
    dd w = sum_of(m, 0, 0);
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j <= i; j++) {
            dd product = absorb != NULL ? dk_absorb_product(absorb, at[i], at[j])
                                        : dd_mul(sum_of(m, at[i], 0), dd_div(sum_of(m, at[j], 0), w));
            c[dk_tri(i, j)] = dd_sub(sum_of(m, at[i], at[j]), product);
        }
    }
    for (size_t i = 0; i < q; i++) {
        double step = ldexp(1 / unit[at[i]], m->shift[at[i]]);
        dd square = c[dk_tri(i, i)], raw = sum_of(m, at[i], at[i]);
        /* What double-double leaves of a constant column is noise, not variance. */
        if (square.hi <= raw.hi * 1e-28) square = (dd){0, 0};
        s->mean[i] = dd_div(sum_of(m, at[i], 0), w).hi * step;
        s->sd[i] = sqrt(dd_div(square, w).hi) * step;
    }
    double *scale = s->coef; /* free until the solution is known */
    for (size_t i = 0; i < q; i++) scale[i] = s->sd[i] > 0 ? 1 / sqrt(c[dk_tri(i, i)].hi) : 0;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++)
            c[dk_tri(i, j)] = dd_mul(dd_mul(c[dk_tri(i, j)], dd_from(scale[i])), dd_from(scale[j]));
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) s->corr[i * q + j] = c[dk_tri(i, j)].hi;
}

/* Eliminates column v from all behind it: c becomes the Schur complement, column v keeps the factors below its pivot. */
static void eliminate(dd *c, size_t q, size_t v) {
    dd pivot = c[dk_tri(v, v)];
    for (size_t i = v + 1; i < q; i++) {
        dd f = dd_div(c[dk_tri(i, v)], pivot);
        if (f.hi == 0) continue;
        for (size_t j = v + 1; j <= i; j++) {
            dd x = c[dk_tri(j, v)];
            if (x.hi != 0) c[dk_tri(i, j)] = dd_sub(c[dk_tri(i, j)], dd_mul(f, x));
        }
    }
}

/* The inverse from c = L D L' (c holds D on and L D below the diagonal): inv = L^-T D^-1 L^-1, aliased ones left out. */
static dk_status invert(const dd *c, dk_solution *s, dk_error *err) {
    size_t k = s->k;
    dd *x = calloc(k * k + 1, sizeof *x); /* x[j * k + i]: element i, j of L^-1 */
    dd *l = calloc(k * (k + 1) / 2 + 1, sizeof *l), *pivot = calloc(k + 1, sizeof *pivot); /* L, and 1 / D */
    if (x == NULL || l == NULL || pivot == NULL) {
        free(x);
        free(l);
        free(pivot);
        return dk_fail_memory(err);
    }
    for (size_t v = 0; v < k; v++) {
        if (s->aliased[v]) continue;
        pivot[v] = dd_div(dd_from(1), c[dk_tri(v, v)]);
        for (size_t i = v + 1; i < k; i++) l[dk_tri(i, v)] = dd_mul(c[dk_tri(i, v)], pivot[v]);
    }
    for (size_t j = 0; j < k; j++) {
        if (s->aliased[j]) continue;
        x[j * k + j] = dd_from(1);
        for (size_t i = j + 1; i < k; i++) {
            if (s->aliased[i]) continue;
            dd t = {0, 0};
            for (size_t v = j; v < i; v++) {
                if (x[j * k + v].hi == 0 || l[dk_tri(i, v)].hi == 0) continue; /* aliased ones too */
                t = dd_add(t, dd_mul(l[dk_tri(i, v)], x[j * k + v]));
            }
            x[j * k + i] = dd_neg(t);
        }
    }
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            dd t = {0, 0};
            for (size_t i = a; i < k && !s->aliased[a] && !s->aliased[b]; i++) {
                if (x[a * k + i].hi == 0 || x[b * k + i].hi == 0) continue;
                t = dd_add(t, dd_mul(dd_mul(x[a * k + i], x[b * k + i]), pivot[i]));
            }
            s->inverse[a * k + b] = s->inverse[b * k + a] = t.hi;
        }
    }
    free(x);
    free(l);
    free(pivot);
    return DK_OK;
}

/* Coefficients by back substitution; y is row k of c. */
static dk_status substitute(const dd *c, dk_solution *s, dk_error *err) {
    size_t k = s->k;
    dd *beta = calloc(k + 1, sizeof *beta);
    if (beta == NULL) return dk_fail_memory(err);
    s->intercept = 0;
    dd intercept = dd_from(s->mean[k]);
    for (size_t v = k; v-- > 0;) {
        s->coef[v] = NAN;
        if (s->aliased[v]) continue;
        dd t = c[dk_tri(k, v)];
        for (size_t i = v + 1; i < k; i++)
            if (!s->aliased[i]) t = dd_sub(t, dd_mul(c[dk_tri(i, v)], beta[i]));
        beta[v] = dd_div(t, c[dk_tri(v, v)]);
        s->coef[v] = beta[v].hi;
        double effect = s->mean[v] * s->sd[k] / s->sd[v];
        intercept = dd_sub(intercept, dd_mul(beta[v], dd_from(effect)));
    }
    s->intercept = intercept.hi;
    free(beta);
    return DK_OK;
}

/* Largest over smallest singular value of the scaled columns that are not aliased. */
static dk_status condition_of(dk_solution *s, dk_error *err) {
    size_t k = s->k, m = 0;
    double *a = malloc((k * k + k + 1) * sizeof *a), *values = a != NULL ? a + k * k : NULL;
    if (a == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < k; i++) m += !s->aliased[i];
    for (size_t i = 0, at = 0; i < k; i++)
        for (size_t j = 0; j < k && !s->aliased[i]; j++)
            if (!s->aliased[j]) a[at++] = s->corr[i * (k + 1) + j];
    double *copy = malloc((m * m + 1) * sizeof *copy);
    dk_status status = copy == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) {
        memcpy(copy, a, m * m * sizeof *a);
        status = dk_eigen_symmetric(m, copy, values, err);
    }
    s->condition = 1;
    if (status == DK_OK && m > 0) {
        double smallest = values[0];
        if (smallest < 1e-9 * values[m - 1]) {
            /* Too small for an eigenvalue in doubles: 1 / the largest eigenvalue of the accurate inverse. */
            for (size_t i = 0, at = 0; i < k; i++)
                for (size_t j = 0; j < k && !s->aliased[i]; j++)
                    if (!s->aliased[j]) copy[at++] = s->inverse[i * k + j];
            double largest = values[m - 1];
            status = dk_eigen_symmetric(m, copy, values, err);
            s->condition = sqrt(largest * values[m - 1]);
        } else {
            s->condition = sqrt(values[m - 1] / smallest);
        }
    }
    free(copy);
    free(a);
    return status;
}

dk_status dk_solve(const dk_moments *m, const double *unit, double weight_unit, const size_t *columns,
                   size_t k, size_t ncontrols, size_t outcome, const dk_absorb *absorb, double least,
                   dk_solution *s, dk_error *err) {
    size_t q = k + 1, terms = k - ncontrols;
    dk_status status = solution_init(s, k, ncontrols, err);
    dd *c = calloc(q * (q + 1) / 2, sizeof *c);
    size_t *at = malloc(q * sizeof *at);
    if (status == DK_OK && (c == NULL || at == NULL)) status = dk_fail_memory(err);
    if (status != DK_OK) goto done;
    if (k > 0) memcpy(at, columns, k * sizeof *at);
    at[k] = outcome;
    s->w = dd_from_int128(m->sum[0]).hi / weight_unit;
    correlate(m, unit, at, absorb, s, c);
    if (!(s->sd[k] > 0)) {
        status =
            dk_fail(err, DK_EDATA,
                    "the outcome is %.6g in every row that is used: there is nothing to explain", s->mean[k]);
        goto done;
    }
    for (size_t v = 0; v < k; v++) {
        if (v == ncontrols) s->r2_controls = fmax(0, 1 - c[dk_tri(k, k)].hi);
        if (v == ncontrols)
            for (size_t i = 0; i <= terms; i++)
                for (size_t j = 0; j <= terms; j++)
                    s->partial[i * (terms + 1) + j] = c[dk_tri(v + i, v + j)].hi;
        s->aliased[v] = !(s->sd[v] > 0) || !(c[dk_tri(v, v)].hi > least);
        if (!s->aliased[v]) eliminate(c, q, v);
    }
    if (terms == 0) {
        s->r2_controls = fmax(0, 1 - c[dk_tri(k, k)].hi);
        s->partial[0] = c[dk_tri(k, k)].hi;
    }
    s->r2 = fmax(0, 1 - c[dk_tri(k, k)].hi);
    status = substitute(c, s, err);
    if (status == DK_OK) status = invert(c, s, err);
    if (status == DK_OK) status = condition_of(s, err);
done:
    free(c);
    free(at);
    if (status != DK_OK) dk_solution_dispose(s);
    return status;
}
