/* The test of proportional odds of glm.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/dist.h"
#include "stats/glm.h"
#include "stats/inference.h"

/* One split's fit and the place of its coefficients in use. */
typedef struct splits {
    dk_glm *fit;
    size_t n;   /* splits */
    size_t *at; /* coefficients in use: indices of the design, 1 .. k */
    size_t used;
    double *score;     /* n x (k + 1): of a cluster: the threshold's, then the coefficients' */
    double *influence; /* n x used */
    double *cov;       /* (n used)^2: of all splits' coefficients */
} splits;

/* The cluster's scores become influences on each split's coefficients, whose products add up to their covariance. */
static void add_cluster(splits *s, size_t size) {
    size_t m = s->n * s->used;
    for (size_t j = 0; j < s->n; j++) {
        const double *score = s->score + j * size;
        for (size_t u = 0; u < s->used; u++) {
            const double *row = s->fit[j].inverse + s->at[u] * size;
            double t = 0;
            for (size_t l = 0; l < size; l++) t += row[l] * score[l];
            s->influence[j * s->used + u] = t;
        }
    }
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++) s->cov[a * m + b] += s->influence[a] * s->influence[b];
    memset(s->score, 0, s->n * size * sizeof *s->score);
}

static dk_status add_scores(splits *s, dk_rows *rows, const dk_design *design, double weight_unit,
                            dk_error *err) {
    dk_design_row row = {0};
    size_t size = design->p; /* a threshold and k coefficients */
    dk_status status = dk_design_row_init(&row, design->p, err);
    for (int p = 0; p < DK_ROWS_PARTS && status == DK_OK; p++) {
        dk_rows_part *b;
        status = dk_rows_get(rows, p, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            int64_t y = dk_design_expand(design, b, i, &row);
            double w = (double)b->weight[i] / weight_unit;
            for (size_t j = 0; j < s->n; j++) {
                const dk_glm *g = &s->fit[j];
                double slope = w * dk_glm_at(g, dk_glm_level(g, y), dk_glm_eta(g, &row)).slope,
                       *score = s->score + j * size;
                score[0] -= slope; /* eta and the threshold pull opposite ways */
                for (size_t a = 1; a < row.n; a++) score[row.index[a]] += slope * row.value[a];
            }
            if (i + 1 == b->n || b->cluster[i + 1] != b->cluster[i]) add_cluster(s, size);
        }
        if (b != NULL) dk_rows_release(rows, b);
    }
    dk_design_row_dispose(&row);
    return status;
}

/* Wald test that each split's coefficients equal the first's. */
static dk_status test_equal(const splits *s, double *statistic, double *df, double *p, dk_error *err) {
    size_t u = s->used, m = s->n * u, d = (s->n - 1) * u, rank = 0;
    double *v = malloc((2 * d * d + d + 1) * sizeof *v);
    if (v == NULL) return dk_fail_memory(err);
    double *form = v + d * d, *b = form + d * d;
    for (size_t i = 0; i < d; i++) {
        size_t x = u + i, x0 = i % u;
        b[i] = s->fit[1 + i / u].theta[s->at[i % u]] - s->fit[0].theta[s->at[i % u]];
        for (size_t j = 0; j < d; j++) {
            size_t y = u + j, y0 = j % u;
            v[i * d + j] = s->cov[x * m + y] - s->cov[x0 * m + y] - s->cov[x * m + y0] + s->cov[x0 * m + y0];
        }
    }
    dk_status status = dk_wald_form(v, d, form, &rank, err);
    if (status == DK_OK) {
        *statistic = dk_quadratic(form, b, d);
        *df = (double)rank;
        *p = rank > 0 ? dk_chi2_p(*statistic, *df) : NAN;
    }
    free(v);
    return status;
}

dk_status dk_glm_proportional(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit,
                              int threads, const dk_glm *glm, double *statistic, double *df, double *p,
                              dk_error *err) {
    splits s = {.n = glm->nlevels - 1};
    size_t size = design->p;
    *statistic = *df = *p = NAN;
    if (s.n < 2 || glm->split) return DK_OK;
    s.fit = calloc(s.n, sizeof *s.fit);
    s.at = calloc(size, sizeof *s.at);
    dk_status status = s.fit == NULL || s.at == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 1; i < size && status == DK_OK; i++)
        if (use[i - 1]) s.at[s.used++] = i;
    bool usable = s.used > 0;
    for (size_t j = 0; j < s.n && status == DK_OK; j++) {
        status = dk_glm_fit_split(rows, design, use, weight_unit, glm->level[j], threads, &s.fit[j], err);
        usable = usable && status == DK_OK && !s.fit[j].penalised;
    }
    if (status == DK_OK && usable) {
        size_t m = s.n * s.used;
        s.score = calloc(s.n * size, sizeof *s.score);
        s.influence = calloc(m, sizeof *s.influence);
        s.cov = calloc(m * m, sizeof *s.cov);
        if (s.score == NULL || s.influence == NULL || s.cov == NULL) status = dk_fail_memory(err);
        if (status == DK_OK) status = add_scores(&s, rows, design, weight_unit, err);
        if (status == DK_OK) status = test_equal(&s, statistic, df, p, err);
    }
    for (size_t j = 0; j < s.n && s.fit != NULL; j++) dk_glm_dispose(&s.fit[j]);
    free(s.fit);
    free(s.at);
    free(s.score);
    free(s.influence);
    free(s.cov);
    return status;
}
