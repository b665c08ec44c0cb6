#include "workbench/learn_sentiment_fit.h"

#include <math.h>
#include <stdlib.h>

#include "base/status.h"

enum { PAIRS = 8, STEPS = 200, HALVINGS = 30 };
#define TOLERANCE 1e-4

double dk_fit_logit(const dk_fit_row *row, const double *weights, const double figures[DK_FIGURES]) {
    double sum = 0;
    for (uint32_t i = 0; i < row->nfeatures; i++) sum += weights[row->features[i]];
    sum *= (double)row->damp;
    for (int f = 0; f < DK_FIGURES; f++) sum += figures[f] * (double)row->figures[f];
    return sum;
}

/* The loss at x (weights, then figures), and its gradient. */
static double loss(const dk_fit *fit, const double *x, double *gradient) {
    size_t n = fit->nfeatures;
    const double *c = x + n;
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - (fit->prior != NULL ? fit->prior[i] : 0);
        gradient[i] = fit->l2 * d;
        total += fit->l2 / 2 * d * d;
    }
    for (int f = 0; f < DK_FIGURES; f++) {
        gradient[n + (size_t)f] = fit->figure_l2 * c[f];
        total += fit->figure_l2 / 2 * c[f] * c[f];
    }
    for (size_t i = 0; i < fit->nrows; i++) {
        const dk_fit_row *row = &fit->rows[i];
        double z = dk_fit_logit(row, x, c), e = exp(-fabs(z)), p = z > 0 ? 1 / (1 + e) : e / (1 + e);
        total += (double)row->s * ((z > 0 ? z : 0) + log1p(e) - (double)row->y * z);
        double d = (double)row->s * (p - (double)row->y), dd = d * (double)row->damp;
        for (uint32_t k = 0; k < row->nfeatures; k++) gradient[row->features[k]] += dd;
        for (int f = 0; f < DK_FIGURES; f++) gradient[n + (size_t)f] += d * (double)row->figures[f];
    }
    if (fit->no_figures)
        for (size_t f = DK_FIGURE_BIAS + 1; f < DK_FIGURES; f++) gradient[n + f] = 0;
    return total;
}

static double dot(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

typedef struct memory {
    double *s, *y, rho[PAIRS]; /* PAIRS vectors each, a ring */
    size_t count, next;
} memory;

/* d = -H g by the two loops. */
static void direction(const memory *m, const double *g, double *d, size_t n) {
    double alpha[PAIRS];
    for (size_t i = 0; i < n; i++) d[i] = -g[i];
    for (size_t k = 0; k < m->count; k++) {
        size_t at = (m->next + PAIRS - 1 - k) % PAIRS;
        alpha[at] = m->rho[at] * dot(m->s + at * n, d, n);
        for (size_t i = 0; i < n; i++) d[i] -= alpha[at] * m->y[at * n + i];
    }
    if (m->count > 0) {
        size_t at = (m->next + PAIRS - 1) % PAIRS;
        double scale = 1 / (m->rho[at] * dot(m->y + at * n, m->y + at * n, n));
        for (size_t i = 0; i < n; i++) d[i] *= scale;
    }
    for (size_t k = m->count; k > 0; k--) {
        size_t at = (m->next + PAIRS - k) % PAIRS;
        double beta = m->rho[at] * dot(m->y + at * n, d, n);
        for (size_t i = 0; i < n; i++) d[i] += (alpha[at] - beta) * m->s[at * n + i];
    }
}

static double largest(const double *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > most) most = fabs(x[i]);
    return most;
}

dk_status dk_fit_run(const dk_fit *fit, double *weights, double figures[DK_FIGURES], dk_error *err) {
    size_t n = fit->nfeatures + DK_FIGURES;
    double *room = calloc(n, (5 + 2 * PAIRS) * sizeof *room);
    if (room == NULL) return dk_fail_memory(err);
    double *x = room, *g = x + n, *d = g + n, *nx = d + n, *ng = nx + n, mass = 0;
    memory m = {.s = ng + n, .y = ng + n + PAIRS * n};
    if (fit->prior != NULL) memcpy(x, fit->prior, fit->nfeatures * sizeof *x);
    for (size_t i = 0; i < fit->nrows; i++) mass += (double)fit->rows[i].s;
    double now = loss(fit, x, g);
    for (int step = 0; step < STEPS && largest(g, n) > TOLERANCE * mass; step++) {
        direction(&m, g, d, n);
        double slope = dot(g, d, n), length = m.count == 0 ? 1 / largest(g, n) : 1, then = now;
        bool better = false;
        for (int h = 0; h < HALVINGS && !better; h++) {
            for (size_t i = 0; i < n; i++) nx[i] = x[i] + length * d[i];
            then = loss(fit, nx, ng);
            better = then <= now + 1e-4 * length * slope;
            length /= 2;
        }
        if (!better) break; /* no descent left within the precision of doubles */
        double *s = m.s + m.next * n, *y = m.y + m.next * n;
        for (size_t i = 0; i < n; i++) s[i] = nx[i] - x[i], y[i] = ng[i] - g[i];
        double sy = dot(s, y, n);
        if (sy > 1e-12) {
            m.rho[m.next] = 1 / sy;
            m.next = (m.next + 1) % PAIRS;
            m.count += m.count < PAIRS;
        }
        memcpy(x, nx, n * sizeof *x);
        memcpy(g, ng, n * sizeof *g);
        now = then;
    }
    memcpy(weights, x, fit->nfeatures * sizeof *weights);
    memcpy(figures, x + fit->nfeatures, DK_FIGURES * sizeof *figures);
    free(room);
    return DK_OK;
}
