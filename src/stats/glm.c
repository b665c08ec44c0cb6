#include "stats/glm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pipeline.h"
#include "stats/linalg.h"

#define RUNAWAY 30 /* a linear predictor beyond this is separation */

/* What a part of the rows adds up to. */
typedef struct part_sums {
    double ll, w, largest; /* largest |eta| */
    double *gradient,
        *hessian; /* hessian: lower triangle of minus the second derivatives, or of score products */
    int64_t rows, clusters;
} part_sums;

typedef struct glm_job {
    dk_rows *rows;
    const dk_design *design;
    const bool *use;
    const dk_glm *glm;
    const double *theta;
    double weight_unit;
    bool scores; /* products of scores by cluster instead of derivatives */
    part_sums *parts;
} glm_job;

void dk_glm_dispose(dk_glm *g) {
    free(g->theta);
    free(g->inverse);
    free(g->robust);
    memset(g, 0, sizeof *g);
}

size_t dk_glm_level(const dk_glm *g, int64_t outcome) {
    if (g->split) return outcome > g->cut;
    size_t lo = 0, hi = g->nlevels;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (g->level[mid] < outcome)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->nlevels && g->level[lo] == outcome ? lo : g->nlevels;
}

static double logistic(double x) {
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

/* The pieces of log P(Y = y): with a and b the thresholds above and below, P = F(a - eta) - F(b - eta). Derivatives
   by a, b and eta (= minus the sum of the others). */
typedef struct pieces {
    double ll, ga, gb, ge;
    double haa, hbb, hab; /* minus second derivatives; those with eta follow from sums */
} pieces;

static pieces pieces_at(const double *alpha, size_t nlevels, size_t y, double eta) {
    pieces v = {0};
    bool top = y + 1 == nlevels, bottom = y == 0;
    double fa = 1, fb = 0, da = 0, db = 0, ca = 0, cb = 0, p;
    if (!top) {
        fa = logistic(alpha[y] - eta);
        da = fa * logistic(eta - alpha[y]);
        ca = da * (1 - 2 * fa);
    }
    if (!bottom) {
        fb = logistic(alpha[y - 1] - eta);
        db = fb * logistic(eta - alpha[y - 1]);
        cb = db * (1 - 2 * fb);
    }
    p = top ? logistic(eta - alpha[y - 1]) : fa - fb; /* no cancellation at the top */
    if (!(p > 1e-300)) p = 1e-300;
    v.ll = log(p);
    v.ga = da / p;
    v.gb = -db / p;
    v.ge = -(v.ga + v.gb);
    v.haa = v.ga * v.ga - ca / p;
    v.hbb = v.gb * v.gb + cb / p;
    v.hab = v.ga * v.gb;
    return v;
}

dk_glm_point dk_glm_at(const dk_glm *g, size_t y, double eta) {
    pieces v = pieces_at(g->theta, g->nlevels, y, eta);
    return (dk_glm_point){v.ll, v.ge, v.haa + v.hbb + 2 * v.hab};
}

static size_t tri(size_t i, size_t j) {
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* Adds a row's derivatives. Positions in theta: y - 1 and y for the thresholds, behind them the columns. */
static void add_derivatives(const glm_job *job, part_sums *t, const dk_design_row *row, const pieces *v,
                            size_t y, double w) {
    size_t cuts = job->glm->nlevels - 1;
    double *h = t->hessian, he = v->haa + v->hbb + 2 * v->hab;
    bool above = y<cuts, below = y> 0;
    if (above) t->gradient[y] += w * v->ga, h[tri(y, y)] += w * v->haa;
    if (below) t->gradient[y - 1] += w * v->gb, h[tri(y - 1, y - 1)] += w * v->hbb;
    if (above && below) h[tri(y, y - 1)] += w * v->hab;
    for (size_t a = 1; a < row->n; a++) {
        if (!job->use[row->index[a] - 1]) continue;
        size_t i = cuts + row->index[a] - 1;
        double x = w * row->value[a];
        t->gradient[i] += x * v->ge;
        if (above) h[tri(i, y)] -= x * (v->haa + v->hab);
        if (below) h[tri(i, y - 1)] -= x * (v->hbb + v->hab);
        for (size_t b = 1; b <= a; b++)
            if (job->use[row->index[b] - 1]) h[tri(i, cuts + row->index[b] - 1)] += x * he * row->value[b];
    }
}

static void add_score(const glm_job *job, const dk_design_row *row, const pieces *v, size_t y, double w,
                      double *score) {
    size_t cuts = job->glm->nlevels - 1;
    if (y < cuts) score[y] += w * v->ga;
    if (y > 0) score[y - 1] += w * v->gb;
    for (size_t a = 1; a < row->n; a++)
        if (job->use[row->index[a] - 1]) score[cuts + row->index[a] - 1] += w * row->value[a] * v->ge;
}

static double eta_of(const glm_job *job, const dk_design_row *row) {
    const double *coef = job->theta + job->glm->nlevels - 2;
    double eta = 0;
    for (size_t a = 1; a < row->n; a++) eta += coef[row->index[a]] * row->value[a];
    return eta;
}

static dk_status add_part(void *context, size_t index, dk_error *err) {
    glm_job *job = context;
    const dk_glm *g = job->glm;
    part_sums *t = &job->parts[index];
    size_t n = g->size;
    dk_rows_part *b = NULL;
    dk_design_row row = {0};
    double *score = calloc(n, sizeof *score);
    memset(t, 0, sizeof *t);
    t->gradient = calloc(n, sizeof *t->gradient);
    t->hessian = calloc(n * (n + 1) / 2, sizeof *t->hessian);
    dk_status status = dk_design_row_init(&row, job->design->p, err);
    if (status == DK_OK && (t->gradient == NULL || t->hessian == NULL || score == NULL))
        status = dk_fail_memory(err);
    if (status == DK_OK) status = dk_rows_get(job->rows, (int)index, &b, err);
    for (size_t i = 0; status == DK_OK && i < b->n; i++) {
        size_t y = dk_glm_level(g, dk_design_expand(job->design, b, i, &row));
        double w = (double)b->weight[i] / job->weight_unit, eta = eta_of(job, &row);
        pieces v = pieces_at(job->theta, g->nlevels, y, eta);
        t->rows++;
        t->w += w;
        t->ll += w * v.ll;
        t->largest = fmax(t->largest, fabs(eta));
        if (!job->scores) {
            add_derivatives(job, t, &row, &v, y, w);
            continue;
        }
        add_score(job, &row, &v, y, w, score);
        if (i + 1 < b->n && b->cluster[i + 1] == b->cluster[i]) continue;
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l <= j && score[j] != 0; l++) t->hessian[tri(j, l)] += score[j] * score[l];
        memset(score, 0, n * sizeof *score);
        t->clusters++;
    }
    if (b != NULL) dk_rows_release(job->rows, b);
    dk_design_row_dispose(&row);
    free(score);
    return status;
}

/* Runs over all parts and adds them up in order into sums (whose arrays the caller owns). */
static dk_status sum_parts(glm_job *job, int threads, part_sums *sums, dk_error *err) {
    part_sums parts[DK_ROWS_PARTS] = {0};
    size_t n = job->glm->size;
    double *gradient = sums->gradient, *hessian = sums->hessian;
    job->parts = parts;
    memset(gradient, 0, n * sizeof *gradient);
    memset(hessian, 0, n * (n + 1) / 2 * sizeof *hessian);
    *sums = (part_sums){.gradient = gradient, .hessian = hessian};
    dk_status status = dk_parallel_for(threads, DK_ROWS_PARTS, add_part, job, err);
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        part_sums *t = &parts[p];
        for (size_t i = 0; i < n && status == DK_OK; i++) gradient[i] += t->gradient[i];
        for (size_t i = 0; i < n * (n + 1) / 2 && status == DK_OK; i++) hessian[i] += t->hessian[i];
        sums->ll += t->ll;
        sums->w += t->w;
        sums->rows += t->rows;
        sums->clusters += t->clusters;
        sums->largest = fmax(sums->largest, t->largest);
        free(t->gradient);
        free(t->hessian);
    }
    return status;
}

/* The outcome's distinct integers and their weights. */
static dk_status find_levels(dk_rows *rows, size_t outcome, double weight_unit, dk_glm *g, dk_error *err) {
    double weight[DK_GLM_LEVELS] = {0};
    if (g->split) {
        g->nlevels = 2;
        g->level[1] = 1;
    }
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_rows_part *b;
        dk_status status = dk_rows_get(rows, p, &b, err);
        if (status != DK_OK) return status;
        for (size_t i = 0; i < b->n; i++) {
            int64_t y = 0;
            for (uint32_t e = b->start[i]; e < b->start[i + 1] && b->col[e] + 1 <= outcome; e++)
                if (b->col[e] + 1 == outcome) y = b->value[e];
            size_t at = dk_glm_level(g, y);
            if (at == g->nlevels) {
                if (g->nlevels == DK_GLM_LEVELS) {
                    dk_rows_release(rows, b);
                    dk_fail(err, DK_EDATA, "the outcome has more than %d different values", DK_GLM_LEVELS);
                    dk_error_remedy(err, "the linear model is for such outcomes");
                    return DK_EDATA;
                }
                for (at = g->nlevels; at > 0 && g->level[at - 1] > y; at--) {
                    g->level[at] = g->level[at - 1];
                    weight[at] = weight[at - 1];
                }
                g->level[at] = y;
                weight[at] = 0;
                g->nlevels++;
            }
            weight[at] += (double)b->weight[i] / weight_unit;
        }
        dk_rows_release(rows, b);
    }
    g->w = 0;
    for (size_t j = 0; j < g->nlevels; j++) g->w += weight[j];
    g->ll_null = 0;
    for (size_t j = 0; j < g->nlevels; j++) {
        g->share[j] = weight[j] / g->w;
        g->ll_null += weight[j] * log(g->share[j]);
    }
    return DK_OK;
}

/* The whole matrix of the parameters in use from a lower triangle; at[i]: their places in theta. */
static void pack(const double *triangle, const size_t *at, size_t n, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) out[i * n + j] = triangle[tri(at[i], at[j])];
}

typedef struct newton {
    size_t *at; /* parameters in use */
    size_t n;
    double *matrix, *step, *trial;
    part_sums sums;
    bool penalised; /* with the design's prior */
} newton;

static void newton_dispose(newton *w) {
    free(w->at);
    free(w->matrix);
    free(w->step);
    free(w->trial);
    free(w->sums.gradient);
    free(w->sums.hessian);
}

/* The sums at theta with the penalty in them; the penalised log-likelihood. */
static dk_status evaluate(glm_job *job, newton *w, const double *theta, int threads, double *objective,
                          dk_error *err) {
    size_t cuts = job->glm->nlevels - 1;
    job->theta = theta;
    dk_status status = sum_parts(job, threads, &w->sums, err);
    *objective = w->sums.ll;
    for (size_t i = cuts; i < job->glm->size && w->penalised; i++) {
        double prior = job->design->prior[i - cuts + 1], penalty = 1 / (prior * prior);
        if (!job->use[i - cuts]) continue;
        *objective -= penalty / 2 * theta[i] * theta[i];
        w->sums.gradient[i] -= penalty * theta[i];
        w->sums.hessian[tri(i, i)] += penalty;
    }
    for (size_t j = 1; j < cuts; j++)
        if (!(theta[j] > theta[j - 1])) *objective = -INFINITY; /* thresholds crossed */
    return status;
}

/* Newton's method from the null model. *separated: it ran away. */
static dk_status climb(glm_job *job, newton *w, dk_glm *g, int threads, bool *separated, dk_error *err) {
    size_t cuts = g->nlevels - 1;
    double below = 0, objective, next;
    memset(g->theta, 0, g->size * sizeof *g->theta);
    for (size_t j = 0; j < cuts; j++) {
        below += g->share[j];
        g->theta[j] = log(below / (1 - below));
    }
    *separated = false;
    dk_status status = evaluate(job, w, g->theta, threads, &objective, err);
    for (g->iterations = 0; status == DK_OK && g->iterations < 60; g->iterations++) {
        double decrement = 0, scale = 1;
        pack(w->sums.hessian, w->at, w->n, w->matrix);
        for (size_t i = 0; i < w->n; i++) w->step[i] = w->sums.gradient[w->at[i]];
        if (dk_spd_solve(w->n, w->matrix, w->step, 1, NULL) != DK_OK || w->sums.largest > RUNAWAY) {
            *separated = true;
            return DK_OK;
        }
        for (size_t i = 0; i < w->n; i++) decrement += w->step[i] * w->sums.gradient[w->at[i]];
        /* The step after next to nothing is the last: its error is the square. Where the data separate, the
           likelihood gains next to nothing by steps that do not get smaller. */
        bool last = decrement < 1e-9;
        for (size_t i = 0; i < w->n && last; i++)
            last = w->at[i] < cuts || fabs(w->step[i]) < 0.01 * job->design->prior[w->at[i] - cuts + 1];
        do {
            memcpy(w->trial, g->theta, g->size * sizeof *g->theta);
            for (size_t i = 0; i < w->n; i++) w->trial[w->at[i]] += scale * w->step[i];
            status = evaluate(job, w, w->trial, threads, &next, err);
            scale /= 2;
        } while (status == DK_OK && !(next >= objective - 1e-9 * fabs(objective)) && scale > 1e-6);
        memcpy(g->theta, w->trial, g->size * sizeof *g->theta);
        objective = next;
        if (last) return status;
    }
    *separated = status == DK_OK;
    return status;
}

/* g: all 0 but for split and cut. */
static dk_status fit(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit, bool binary,
                     int threads, dk_glm *g, dk_error *err) {
    newton w = {0};
    bool separated = false;
    glm_job job = {.rows = rows, .design = design, .use = use, .glm = g, .weight_unit = weight_unit};
    dk_status status = find_levels(rows, design->outcome, weight_unit, g, err);
    if (status == DK_OK && g->nlevels < 2)
        status = dk_fail(err, DK_EDATA,
                         "the outcome is the same in every row that is used: there is nothing to explain");
    if (status == DK_OK && binary && g->nlevels != 2) {
        status = dk_fail(err, DK_EDATA, "a binary outcome has 2 values, this one has %zu", g->nlevels);
        dk_error_remedy(err, "--model ordinal or linear");
    }
    if (status != DK_OK) return status;
    g->k = design->p - 1;
    g->size = g->nlevels - 1 + g->k;
    size_t n = g->size;
    g->theta = calloc(n, sizeof *g->theta);
    g->inverse = calloc(n * n, sizeof *g->inverse);
    w.at = calloc(n, sizeof *w.at);
    w.matrix = calloc(n * n, sizeof *w.matrix);
    w.step = calloc(n, sizeof *w.step);
    w.trial = calloc(n, sizeof *w.trial);
    w.sums.gradient = calloc(n, sizeof(double));
    w.sums.hessian = calloc(n * (n + 1) / 2, sizeof(double));
    if (g->theta == NULL || g->inverse == NULL || w.at == NULL || w.matrix == NULL || w.step == NULL ||
        w.trial == NULL || w.sums.gradient == NULL || w.sums.hessian == NULL) {
        status = dk_fail_memory(err);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        if (i < g->nlevels - 1 || use[i - (g->nlevels - 1)]) w.at[w.n++] = i;
    status = climb(&job, &w, g, threads, &separated, err);
    if (status == DK_OK && separated) {
        w.penalised = g->penalised = true;
        status = climb(&job, &w, g, threads, &separated, err);
        if (status == DK_OK && separated) status = dk_fail(err, DK_EDATA, "the logit does not converge");
    }
    if (status != DK_OK) goto done;
    g->ll = w.sums.ll;
    g->rows = w.sums.rows;
    pack(w.sums.hessian, w.at, w.n, w.matrix);
    status = dk_spd_inverse(w.n, w.matrix, err);
    for (size_t i = 0; i < w.n && status == DK_OK; i++)
        for (size_t j = 0; j < w.n; j++) g->inverse[w.at[i] * n + w.at[j]] = w.matrix[i * w.n + j];
done:
    newton_dispose(&w);
    if (status != DK_OK) dk_glm_dispose(g);
    return status;
}

dk_status dk_glm_fit(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit, bool binary,
                     int threads, dk_glm *g, dk_error *err) {
    memset(g, 0, sizeof *g);
    return fit(rows, design, use, weight_unit, binary, threads, g, err);
}

dk_status dk_glm_fit_split(dk_rows *rows, const dk_design *design, const bool *use, double weight_unit,
                           int64_t cut, int threads, dk_glm *g, dk_error *err) {
    memset(g, 0, sizeof *g);
    g->split = true;
    g->cut = cut;
    return fit(rows, design, use, weight_unit, true, threads, g, err);
}

dk_status dk_glm_robust(dk_rows *rows, const dk_design *design, double weight_unit, int threads, dk_glm *g,
                        dk_error *err) {
    size_t n = g->size;
    bool *use = calloc(g->k + 1, sizeof *use);
    double *half = calloc(n * n, sizeof *half);
    part_sums sums = {.gradient = calloc(n, sizeof(double)),
                      .hessian = calloc(n * (n + 1) / 2, sizeof(double))};
    g->robust = calloc(n * n, sizeof *g->robust);
    dk_status status =
        use == NULL || half == NULL || sums.gradient == NULL || sums.hessian == NULL || g->robust == NULL
            ? dk_fail_memory(err)
            : DK_OK;
    for (size_t i = 0; i < g->k && status == DK_OK; i++) {
        size_t at = g->nlevels - 1 + i;
        use[i] = g->inverse[at * n + at] > 0;
    }
    glm_job job = {rows, design, use, g, g->theta, weight_unit, true, NULL};
    if (status == DK_OK) status = sum_parts(&job, threads, &sums, err);
    if (status == DK_OK) {
        double clusters = (double)sums.clusters, factor = clusters > 1 ? clusters / (clusters - 1) : 1;
        g->clusters = sums.clusters;
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < n; l++) {
                double a = g->inverse[i * n + l];
                for (size_t j = 0; j < n && a != 0; j++) half[i * n + j] += a * sums.hessian[tri(l, j)];
            }
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double t = 0;
                for (size_t l = 0; l < n; l++) t += half[i * n + l] * g->inverse[l * n + j];
                g->robust[i * n + j] = factor * t;
            }
    }
    free(use);
    free(half);
    free(sums.gradient);
    free(sums.hessian);
    return status;
}

dk_status dk_glm_marginal(dk_rows *rows, const dk_design *design, double weight_unit, double level_unit,
                          const dk_glm *g, double *slope, double *gradient, dk_error *err) {
    size_t cuts = g->nlevels - 1;
    dk_design_row row;
    *slope = 0;
    memset(gradient, 0, g->size * sizeof *gradient);
    dk_status status = dk_design_row_init(&row, design->p, err);
    for (int p = 0; p < DK_ROWS_PARTS && status == DK_OK; p++) {
        dk_rows_part *b;
        status = dk_rows_get(rows, p, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            dk_design_expand(design, b, i, &row);
            double w = (double)b->weight[i] / weight_unit / g->w, eta = dk_glm_eta(g, &row), turn = 0;
            for (size_t j = 0; j < cuts; j++) {
                /* dE/deta = sum over cuts of the step in level times the density there. */
                double f = logistic(g->theta[j] - eta), density = f * logistic(eta - g->theta[j]);
                double step = (double)(g->level[j + 1] - g->level[j]) / level_unit,
                       change = step * density * (1 - 2 * f);
                *slope += w * step * density;
                gradient[j] += w * change;
                turn -= w * change;
            }
            for (size_t a = 1; a < row.n; a++) gradient[cuts + row.index[a] - 1] += turn * row.value[a];
        }
        if (status == DK_OK) dk_rows_release(rows, b);
    }
    dk_design_row_dispose(&row);
    return status;
}
