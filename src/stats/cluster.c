#include "stats/cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/linalg.h"

#define NOTHING_LEFT \
    1e-8 /* a direction that the fit follows wholly: its residual is 0, whatever it is multiplied by */

dk_status dk_cluster_shape_init(dk_cluster_shape *s, const double *inverse, size_t p, int kind,
                                dk_error *err) {
    *s = (dk_cluster_shape){.p = p, .inverse = inverse, .kind = kind, .root = calloc(p * p, sizeof(double))};
    if (s->root == NULL) return dk_fail_memory(err);
    double *l = s->root; /* l[i * p + j], j <= i; columns without a pivot (aliased) stay 0 */
    for (size_t j = 0; j < p; j++) {
        double pivot = inverse[j * p + j];
        for (size_t c = 0; c < j; c++) pivot -= l[j * p + c] * l[j * p + c];
        if (!(pivot > 1e-14 * inverse[j * p + j])) continue;
        l[j * p + j] = sqrt(pivot);
        for (size_t i = j + 1; i < p; i++) {
            double t = inverse[i * p + j];
            for (size_t c = 0; c < j; c++) t -= l[i * p + c] * l[j * p + c];
            l[i * p + j] = t / l[j * p + j];
        }
    }
    return DK_OK;
}

void dk_cluster_shape_dispose(dk_cluster_shape *s) {
    free(s->root);
    memset(s, 0, sizeof *s);
}

static size_t kept_most(size_t p) {
    return p < 64 ? p : 64;
}

dk_status dk_cluster_init(dk_cluster *c, size_t p, dk_error *err) {
    size_t most = kept_most(p);
    memset(c, 0, sizeof *c);
    c->p = p;
    c->row = calloc(most * p + 1, sizeof *c->row);
    c->residual = calloc(most + 1, sizeof *c->residual);
    c->gram = calloc(p * p + 1, sizeof *c->gram);
    c->score = calloc(p + 1, sizeof *c->score);
    c->work = calloc(5 * p * p + 4 * p + 1, sizeof *c->work);
    return c->row != NULL && c->residual != NULL && c->gram != NULL && c->score != NULL && c->work != NULL
               ? DK_OK
               : dk_fail_memory(err);
}

void dk_cluster_dispose(dk_cluster *c) {
    free(c->row);
    free(c->residual);
    free(c->gram);
    free(c->score);
    free(c->work);
    memset(c, 0, sizeof *c);
}

void dk_cluster_begin(dk_cluster *c) {
    if (c->summed) memset(c->gram, 0, c->p * c->p * sizeof *c->gram);
    c->n = c->kept = 0;
    c->summed = false;
    memset(c->score, 0, c->p * sizeof *c->score);
}

/* Only the lower triangle is kept up while rows come. */
static void add_to_gram(dk_cluster *c, const double *row) {
    for (size_t i = 0; i < c->p; i++)
        for (size_t j = 0; j <= i && row[i] != 0; j++) c->gram[i * c->p + j] += row[i] * row[j];
}

static void sum_kept(dk_cluster *c) {
    for (size_t r = 0; r < c->kept; r++) add_to_gram(c, c->row + r * c->p);
    c->kept = 0;
    c->summed = true;
}

void dk_cluster_add(dk_cluster *c, const dk_design_row *v, double weight, double residual) {
    double root = sqrt(weight), e = root * residual;
    if (!c->summed && c->kept == kept_most(c->p)) sum_kept(c);
    size_t at = c->summed ? 0 : c->kept++;
    double *row = c->row + at * c->p;
    memset(row, 0, c->p * sizeof *row);
    for (size_t a = 0; a < v->n; a++) {
        row[v->index[a]] = root * v->value[a];
        c->score[v->index[a]] += e * row[v->index[a]];
    }
    c->residual[at] = e;
    if (c->summed) add_to_gram(c, row);
    c->n++;
}

/* f of an eigenvalue s of H, f(s) = (1 - s)^-1/2 or ^-1, as (f - 1) / s; and the same for f^2. */
static double bent(int kind, double s, bool squared) {
    double left = 1 - s;
    if (left < NOTHING_LEFT) return 0;
    double f = kind == 3 ? 1 / left : 1 / sqrt(left);
    if (squared) f *= f;
    if (s < 1e-7) return (kind == 3 ? 1.0 : 0.5) * (squared ? 2 : 1);
    return (f - 1) / s;
}

/* y = A x of a symmetric or square matrix by rows. */
static void times(const double *a, const double *x, size_t n, double *y) {
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        for (size_t j = 0; j < n; j++) t += a[i * n + j] * x[j];
        y[i] = t;
    }
}

/* Few rows: H itself. Its eigenvectors (in rows) and values, and z = x~M. */
static dk_status hat_of_few(const dk_cluster_shape *s, const dk_cluster *c, double *h, double *z,
                            double *values, dk_error *err) {
    size_t p = c->p, n = c->kept;
    memset(z, 0, n * p * sizeof *z);
    for (size_t i = 0; i < n; i++) {
        const double *x = c->row + i * p;
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p && x[j] != 0; k++) z[i * p + k] += s->inverse[j * p + k] * x[j];
        for (size_t r = 0; r < n; r++) {
            h[i * n + r] = 0;
            for (size_t k = 0; k < p; k++) h[i * n + r] += z[i * p + k] * c->row[r * p + k];
        }
    }
    if (n > 1) return dk_eigen_symmetric(n, h, values, err);
    values[0] = h[0];
    h[0] = 1;
    return DK_OK;
}

static dk_status score_of_few(const dk_cluster_shape *s, dk_cluster *c, double *out, dk_error *err) {
    size_t p = c->p, n = c->kept;
    double *h = c->work, *values = h + n * n, *e = values + n, *z = e + n;
    dk_status status = hat_of_few(s, c, h, z, values, err);
    if (status != DK_OK) return status;
    memcpy(out, c->score, p * sizeof *out);
    memset(e, 0, n * sizeof *e);
    for (size_t v = 0; v < n; v++) { /* f(H) e - e */
        double t = 0;
        for (size_t r = 0; r < n; r++) t += h[v * n + r] * c->residual[r];
        t *= bent(s->kind, values[v], false) * values[v];
        for (size_t r = 0; r < n; r++) e[r] += t * h[v * n + r];
    }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < p; j++) out[j] += c->row[r * p + j] * e[r];
    return DK_OK;
}

static void whole_gram(dk_cluster *c) {
    if (!c->summed) sum_kept(c);
    for (size_t i = 0; i < c->p; i++)
        for (size_t j = 0; j < i; j++) c->gram[j * c->p + i] = c->gram[i * c->p + j];
}

/* Eigenvectors q (in rows) and values of L'TL; tl = TL. All in c->work; room behind it is left from free on. */
static dk_status spectrum(const dk_cluster_shape *s, dk_cluster *c, double **tl, double **q, double **values,
                          double **rest, dk_error *err) {
    size_t p = c->p;
    const double *l = s->root;
    whole_gram(c);
    *tl = c->work;
    *q = *tl + p * p;
    *values = *q + p * p;
    *rest = *values + p;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double t = 0;
            for (size_t k = j; k < p; k++) t += c->gram[i * p + k] * l[k * p + j];
            (*tl)[i * p + j] = t;
        }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double t = 0;
            for (size_t k = i; k < p; k++) t += l[k * p + i] * (*tl)[k * p + j];
            (*q)[i * p + j] = t;
        }
    return dk_eigen_symmetric(p, *q, *values, err);
}

dk_status dk_cluster_score(const dk_cluster_shape *s, dk_cluster *c, double *out, dk_error *err) {
    size_t p = c->p;
    if (!c->summed) return score_of_few(s, c, out, err);
    double *tl, *q, *values, *y;
    dk_status status = spectrum(s, c, &tl, &q, &values, &y, err);
    if (status != DK_OK) return status;
    double *z = y + p;
    memset(z, 0, p * sizeof *z);
    for (size_t j = 0; j < p; j++) { /* L' s */
        y[j] = 0;
        for (size_t k = j; k < p; k++) y[j] += s->root[k * p + j] * c->score[k];
    }
    for (size_t v = 0; v < p; v++) {
        double t = 0;
        for (size_t j = 0; j < p; j++) t += q[v * p + j] * y[j];
        t *= bent(s->kind, values[v], false);
        for (size_t j = 0; j < p; j++) z[j] += t * q[v * p + j];
    }
    times(tl, z, p, out);
    for (size_t j = 0; j < p; j++) out[j] += c->score[j];
    return DK_OK;
}

dk_status dk_cluster_freedom_init(dk_cluster_freedom *f, size_t p, dk_error *err) {
    *f = (dk_cluster_freedom){p, calloc(p, sizeof(double)), calloc(p, sizeof(double)),
                              calloc(p * p * p, sizeof(double))};
    return f->trace != NULL && f->square != NULL && f->outer != NULL ? DK_OK : dk_fail_memory(err);
}

void dk_cluster_freedom_dispose(dk_cluster_freedom *f) {
    free(f->trace);
    free(f->square);
    free(f->outer);
    memset(f, 0, sizeof *f);
}

/* out = T + TL Q' D Q L'T: x~'f(H)x~, or with f^2. g: room for p x p. */
static void bent_gram(const dk_cluster_shape *s, const dk_cluster *c, const double *tl, const double *q,
                      const double *values, bool squared, double *g, double *out) {
    size_t p = c->p;
    for (size_t v = 0; v < p; v++) times(tl, q + v * p, p, g + v * p); /* rows: TL times an eigenvector */
    memcpy(out, c->gram, p * p * sizeof *out);
    for (size_t v = 0; v < p; v++) {
        double d = bent(s->kind, values[v], squared);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++) out[i * p + j] += d * g[v * p + i] * g[v * p + j];
    }
}

/* What a cluster adds to coefficient j, m its row of M: v = x~'f(H)x~ m, own = m'x~'f(H)^2 x~m. room: for p. */
static void add_freedom(dk_cluster_freedom *f, const dk_cluster_shape *s, size_t j, const double *v,
                        double own, double *room) {
    size_t p = f->p;
    double across = 0, *outer = f->outer + j * p * p;
    times(s->inverse, v, p, room);
    for (size_t i = 0; i < p; i++) across += v[i] * room[i];
    f->trace[j] += own - across;
    f->square[j] += own * own - 2 * own * across;
    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k < p && v[i] != 0; k++) outer[i * p + k] += v[i] * v[k];
}

/* Fewer rows than columns: with H = UDU', x~'f(H)x~ m = x~'U f U'(x~m). */
static dk_status add_freedom_of_few(dk_cluster_freedom *f, const dk_cluster_shape *s, dk_cluster *c,
                                    dk_error *err) {
    size_t p = c->p, n = c->kept;
    double *h = c->work, *values = h + n * n, *z = values + n, *v = z + n * p, *room = v + p;
    dk_status status = hat_of_few(s, c, h, z, values, err);
    for (size_t j = 0; j < p && status == DK_OK; j++) {
        double own = 0;
        if (!(s->inverse[j * p + j] > 0)) continue;
        memset(v, 0, p * sizeof *v);
        for (size_t e = 0; e < n; e++) {
            double t = 0, bend = 1 + bent(s->kind, values[e], false) * values[e];
            for (size_t r = 0; r < n; r++) t += h[e * n + r] * z[r * p + j]; /* x~m is a column of x~M */
            own += t * t * bend * bend;
            for (size_t r = 0; r < n; r++)
                for (size_t i = 0; i < p; i++) v[i] += t * bend * h[e * n + r] * c->row[r * p + i];
        }
        add_freedom(f, s, j, v, own, room);
    }
    return status;
}

dk_status dk_cluster_freedom_add(dk_cluster_freedom *f, const dk_cluster_shape *s, dk_cluster *c,
                                 dk_error *err) {
    size_t p = c->p;
    if (!c->summed) return add_freedom_of_few(f, s, c, err);
    double *tl, *q, *values, *rest;
    dk_status status = spectrum(s, c, &tl, &q, &values, &rest, err);
    if (status != DK_OK) return status;
    double *g = rest, *once = g + p * p, *v = c->score, *twice = once + p * p; /* the score is used up */
    bent_gram(s, c, tl, q, values, false, g, once);
    bent_gram(s, c, tl, q, values, true, g, twice);
    for (size_t j = 0; j < p; j++) {
        const double *m = s->inverse + j * p;
        if (!(m[j] > 0)) continue;
        double own = 0;
        times(twice, m, p, g);
        for (size_t i = 0; i < p; i++) own += m[i] * g[i];
        times(once, m, p, v);
        add_freedom(f, s, j, v, own, g);
    }
    return DK_OK;
}

/* The matrix of the quadratic form is diag(own) - V'MV: tr^2 / (sum of squares). */
double dk_cluster_freedom_of(const dk_cluster_freedom *f, const dk_cluster_shape *s, size_t j) {
    size_t p = f->p;
    const double *outer = f->outer + j * p * p, *m = s->inverse;
    double square = f->square[j];
    if (!(m[j * p + j] > 0)) return NAN;
    for (size_t i = 0; i < p; i++) /* tr(M O M O) */
        for (size_t k = 0; k < p; k++) {
            double a = 0, b = 0;
            for (size_t l = 0; l < p; l++) {
                a += m[i * p + l] * outer[l * p + k];
                b += m[k * p + l] * outer[l * p + i];
            }
            square += a * b;
        }
    return square > 0 ? f->trace[j] * f->trace[j] / square : NAN;
}
