#include "stats/robust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pipeline.h"
#include "stats/cluster.h"

#define FEW_CLUSTERS 1000 /* up to so many, or so many rows on their own, degrees of freedom are counted */
#define FEW_COLUMNS 128

/* A linear fit as seen by rows: coefficients and (U'WU)^-1 of the design with its constant. */
typedef struct frame {
    dk_design design;
    dk_rows *rows;
    size_t p;
    double *inverse; /* p x p */
    double *coef;    /* p, the first the constant */
    double y_step, weight_step;
    int64_t y_centre;
    const dk_absorb *absorb; /* or NULL */
    double *within; /* with absorb: each value's mean of u and, at p, of the scaled outcome; p + 1 each */
    int hc;
    bool clustered;
    const dk_cluster_shape *shape; /* how scores are adjusted where clusters are few; NULL: they are not */
} frame;

/* What a part of the rows adds up to. */
typedef struct tally {
    double *meat;  /* lower triangle */
    double *small; /* the same of adjusted scores, where clusters are few */
    int64_t rows, clusters, influential;
    double max_leverage, max_cook;
    dk_status status;
} tally;

typedef struct robust_job {
    const frame *f;
    tally *parts;
    double residual_variance;
} robust_job;

static dk_status frame_init(frame *f, const dk_moments *m, const double *unit, const size_t *columns,
                            size_t outcome, const dk_solution *s, dk_rows *rows, dk_error *err) {
    size_t k = s->k, p = k + 1;
    f->rows = rows;
    f->p = p;
    dk_status status = dk_design_init(&f->design, rows, m, unit, columns, outcome, s, err);
    f->inverse = calloc(p * p, sizeof *f->inverse);
    f->coef = calloc(p, sizeof *f->coef);
    if (status == DK_OK && (f->inverse == NULL || f->coef == NULL)) status = dk_fail_memory(err);
    if (status != DK_OK) return status;
    const double *mean = f->design.mean;
    f->y_step = 1 / (s->sd[k] * unit[outcome]);
    f->y_centre = (int64_t)llround(s->mean[k] * unit[outcome]);
    f->coef[0] = (s->mean[k] - (double)f->y_centre / unit[outcome]) / s->sd[k];
    f->inverse[0] = 1 / s->w;
    for (size_t i = 1; i < p; i++) {
        if (s->aliased[i - 1]) continue;
        f->coef[i] = s->coef[i - 1];
        f->coef[0] -= s->coef[i - 1] * mean[i];
        double t = 0;
        for (size_t j = 1; j < p; j++) {
            f->inverse[i * p + j] = s->inverse[(i - 1) * k + j - 1] / s->w;
            t += f->inverse[i * p + j] * mean[j];
        }
        f->inverse[i * p] = f->inverse[i] = -t;
        f->inverse[0] += t * mean[i];
    }
    return DK_OK;
}

static void frame_dispose(frame *f) {
    dk_design_dispose(&f->design);
    free(f->within);
    free(f->inverse);
    free(f->coef);
}

/* Each value's means, for centring its rows. */
static dk_status frame_absorb(frame *f, const dk_absorb *a, const dk_moments *m, dk_error *err) {
    const dk_design *d = &f->design;
    f->absorb = a;
    f->within = calloc(a->n * (f->p + 1) + 1, sizeof *f->within);
    if (f->within == NULL) return dk_fail_memory(err);
    for (size_t v = 0; v < a->n; v++) {
        const dk_int128 *sum = a->sum + v * a->p;
        double *mean = f->within + v * (f->p + 1), w = (double)sum[0];
        for (size_t c = 1; c < a->p; c++) {
            double centre = ldexp((double)sum[c] / w, m->shift[c]);
            size_t i = d->place[c];
            if (i != 0) mean[i] = (centre - (double)d->centre[i]) * d->step[i];
            if (c == d->outcome) mean[f->p] = (centre - (double)f->y_centre) * f->y_step;
        }
    }
    for (size_t i = 0; i < f->p; i++)
        f->inverse[i] = f->inverse[i * f->p] = 0; /* no common constant is left */
    f->coef[0] = 0;
    return DK_OK;
}

/* Centres a row within its value: it then lists every column. */
static void centre_within(const frame *f, uint64_t id, dk_design_row *v, double *y, double *own) {
    size_t at = dk_absorb_find(f->absorb, id);
    const double *mean = f->within + at * (f->p + 1);
    for (size_t i = 0; i < f->p; i++) v->scratch[i] = -mean[i];
    for (size_t a = 1; a < v->n; a++) v->scratch[v->index[a]] += v->value[a];
    v->scratch[0] = 0;
    for (size_t i = 0; i < f->p; i++) {
        v->index[i] = i;
        v->value[i] = v->scratch[i];
    }
    v->n = f->p;
    *y -= mean[f->p];
    *own = 1 / ((double)f->absorb->sum[at * f->absorb->p] * f->weight_step);
}

static double leverage(const frame *f, const dk_design_row *v) {
    double h = 0;
    for (size_t a = 0; a < v->n; a++) {
        const double *row = f->inverse + v->index[a] * f->p;
        double t = 0.5 * row[v->index[a]] * v->value[a];
        for (size_t c = 0; c < a; c++) t += row[v->index[c]] * v->value[c];
        h += 2 * t * v->value[a];
    }
    return h;
}

static void add_outer(double *meat, const dk_design_row *v, double factor) {
    for (size_t a = 0; a < v->n; a++) {
        double fa = factor * v->value[a];
        for (size_t c = 0; c <= a; c++) meat[dk_tri(v->index[a], v->index[c])] += fa * v->value[c];
    }
}

/* The row's weighted score w e (adjusted for leverage where the kind of error asks for it); notes its influence. */
static double score_of(const frame *f, const dk_rows_part *b, size_t i, dk_design_row *v,
                       double residual_variance, tally *t) {
    double y = (double)(dk_design_expand(&f->design, b, i, v) - f->y_centre) * f->y_step;
    double w = (double)b->weight[i] * f->weight_step, own = 0;
    if (f->absorb != NULL) centre_within(f, b->fixed[i], v, &y, &own);
    double e = y;
    for (size_t a = 0; a < v->n; a++) e -= f->coef[v->index[a]] * v->value[a];
    double h = w * (own + leverage(f, v)), left = 1 - h > 1e-8 ? 1 - h : 1e-8;
    double p = (double)f->p, cook = w * e * e * h / (left * left * p * residual_variance);
    t->rows++;
    if (h > t->max_leverage) t->max_leverage = h;
    if (cook > t->max_cook) t->max_cook = cook;
    if (cook > 4 / (double)dk_rows_count(f->rows)) t->influential++;
    if (!f->clustered && f->hc == 2) e /= sqrt(left);
    if (!f->clustered && f->hc == 3) e /= left;
    return w * e;
}

/* Whether row i is the last of its cluster. */
static bool ends_cluster(const dk_rows_part *b, size_t i) {
    return i + 1 == b->n || b->cluster[i + 1] != b->cluster[i];
}

static dk_status add_part(void *context, size_t part, dk_error *err) {
    robust_job *job = context;
    const frame *f = job->f;
    size_t p = f->p;
    bool few = f->clustered && f->shape != NULL;
    tally *t = &job->parts[part];
    dk_rows_part *b = NULL;
    dk_design_row v = {0}, sum = {0};
    dk_cluster own = {0};
    t->meat = calloc(p * (p + 1) / 2, sizeof *t->meat);
    t->small = calloc(p * (p + 1) / 2, sizeof *t->small);
    dk_status status = dk_design_row_init(&v, p, err);
    if (status == DK_OK) status = dk_design_row_init(&sum, p, err);
    if (status == DK_OK && few) status = dk_cluster_init(&own, p, err);
    if (status == DK_OK) status = dk_rows_get(f->rows, (int)part, &b, err);
    if (status == DK_OK && (t->meat == NULL || t->small == NULL)) status = dk_fail_memory(err);
    for (size_t j = 0; status == DK_OK && j < p; j++) sum.index[j] = j;
    sum.n = p;
    for (size_t i = 0; status == DK_OK && i < b->n; i++) {
        double score = score_of(f, b, i, &v, job->residual_variance, t);
        if (!f->clustered) {
            add_outer(t->meat, &v, score * score);
            t->clusters++;
            continue;
        }
        double weight = (double)b->weight[i] * f->weight_step;
        if (few) dk_cluster_add(&own, &v, weight, score / weight);
        for (size_t a = 0; a < v.n; a++) sum.scratch[v.index[a]] += score * v.value[a];
        if (!ends_cluster(b, i)) continue;
        memcpy(sum.value, sum.scratch, p * sizeof *sum.value);
        memset(sum.scratch, 0, p * sizeof *sum.scratch);
        add_outer(t->meat, &sum, 1);
        t->clusters++;
        if (!few) continue;
        status = dk_cluster_score(f->shape, &own, sum.value, err);
        dk_cluster_begin(&own);
        add_outer(t->small, &sum, 1);
    }
    if (b != NULL) dk_rows_release(f->rows, b);
    dk_design_row_dispose(&v);
    dk_design_row_dispose(&sum);
    dk_cluster_dispose(&own);
    return status;
}

/* Satterthwaite's degrees of freedom of each coefficient. */
static dk_status count_freedom(const frame *f, double *out, dk_error *err) {
    dk_cluster own = {0};
    dk_cluster_freedom freedom = {0};
    dk_design_row v = {0};
    tally unused = {0};
    dk_status status = dk_design_row_init(&v, f->p, err);
    if (status == DK_OK) status = dk_cluster_init(&own, f->p, err);
    if (status == DK_OK) status = dk_cluster_freedom_init(&freedom, f->p, err);
    for (int part = 0; part < DK_ROWS_PARTS && status == DK_OK; part++) {
        dk_rows_part *b;
        status = dk_rows_get(f->rows, part, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            score_of(f, b, i, &v, 1, &unused);
            dk_cluster_add(&own, &v, (double)b->weight[i] * f->weight_step, 0);
            if (f->clustered && !ends_cluster(b, i)) continue;
            status = dk_cluster_freedom_add(&freedom, f->shape, &own, err);
            dk_cluster_begin(&own);
        }
        if (b != NULL) dk_rows_release(f->rows, b);
    }
    for (size_t j = 1; status == DK_OK && j < f->p; j++)
        out[j - 1] = dk_cluster_freedom_of(&freedom, f->shape, j);
    dk_cluster_dispose(&own);
    dk_cluster_freedom_dispose(&freedom);
    dk_design_row_dispose(&v);
    return status;
}

/* ---- The second way: sums per cluster in a hash table, in the order of first sight ---- */

typedef struct sums {
    uint64_t *id;
    double *value; /* p each */
    size_t count, cap, value_cap;
    uint32_t *slot; /* index + 1 */
    size_t nslots;
} sums;

static void sums_dispose(sums *s) {
    free(s->id);
    free(s->value);
    free(s->slot);
}

static dk_status sums_widen(sums *s, dk_error *err) {
    size_t n = s->nslots == 0 ? 1024 : 2 * s->nslots;
    uint32_t *slot = calloc(n, sizeof *slot);
    if (slot == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->count; i++) {
        size_t at = s->id[i] & (n - 1);
        while (slot[at] != 0) at = (at + 1) & (n - 1);
        slot[at] = (uint32_t)i + 1;
    }
    free(s->slot);
    s->slot = slot;
    s->nslots = n;
    return DK_OK;
}

static dk_status sums_find(sums *s, uint64_t id, size_t p, double **value, dk_error *err) {
    if (2 * (s->count + 1) > s->nslots && sums_widen(s, err) != DK_OK) return DK_ENOMEM;
    size_t at = id & (s->nslots - 1);
    while (s->slot[at] != 0 && s->id[s->slot[at] - 1] != id) at = (at + 1) & (s->nslots - 1);
    if (s->slot[at] == 0) {
        if (!dk_grow(&s->id, &s->cap, s->count + 1) || !dk_grow(&s->value, &s->value_cap, (s->count + 1) * p))
            return dk_fail_memory(err);
        memset(s->value + s->count * p, 0, p * sizeof *s->value);
        s->id[s->count++] = id;
        s->slot[at] = (uint32_t)s->count;
    }
    *value = s->value + (s->slot[at] - 1) * p;
    return DK_OK;
}

/* meat = second way - intersection, each with its own G / (G - 1). */
static dk_status add_second_way(const frame *f, double *meat, int64_t *clusters, dk_error *err) {
    size_t p = f->p;
    sums way[2] = {{0}, {0}};
    tally unused = {0};
    dk_design_row v;
    dk_status status = dk_design_row_init(&v, p, err);
    for (int part = 0; part < DK_ROWS_PARTS && status == DK_OK; part++) {
        dk_rows_part *b;
        status = dk_rows_get(f->rows, part, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            double score = score_of(f, b, i, &v, 1, &unused);
            for (int k = 0; k < 2 && status == DK_OK; k++) {
                uint64_t id = dk_hash_mix(b->cluster2[i], k == 0 ? 0 : b->cluster[i]);
                double *sum = NULL;
                status = sums_find(&way[k], id, p, &sum, err);
                for (size_t a = 0; status == DK_OK && a < v.n; a++) sum[v.index[a]] += score * v.value[a];
            }
        }
        if (b != NULL) dk_rows_release(f->rows, b);
    }
    for (int k = 0; k < 2 && status == DK_OK; k++) {
        double g = (double)way[k].count, factor = (g > 1 ? g / (g - 1) : 1) * (k == 0 ? 1 : -1);
        for (size_t c = 0; c < way[k].count; c++)
            for (size_t i = 0; i < p; i++)
                for (size_t j = 0; j <= i; j++)
                    meat[dk_tri(i, j)] += factor * way[k].value[c * p + i] * way[k].value[c * p + j];
    }
    *clusters = (int64_t)way[0].count;
    sums_dispose(&way[0]);
    sums_dispose(&way[1]);
    dk_design_row_dispose(&v);
    return status;
}

/* cov = inverse meat inverse, without the constant. */
static dk_status sandwich(const frame *f, const double *meat, double factor, double *cov, dk_error *err) {
    size_t p = f->p, k = p - 1;
    double *half = calloc(p * p, sizeof *half);
    if (half == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < p; i++)
        for (size_t l = 0; l < p; l++) {
            double a = f->inverse[i * p + l];
            for (size_t j = 0; j < p && a != 0; j++) half[i * p + j] += a * meat[dk_tri(l, j)];
        }
    for (size_t i = 1; i < p; i++)
        for (size_t j = 1; j <= i; j++) {
            double t = 0;
            for (size_t l = 0; l < p; l++) t += half[i * p + l] * f->inverse[j * p + l];
            cov[(i - 1) * k + j - 1] = cov[(j - 1) * k + i - 1] = factor * t;
        }
    free(half);
    return DK_OK;
}

void dk_robust_dispose(dk_robust *r) {
    free(r->cov);
    free(r->cov_small);
    free(r->df_of);
    memset(r, 0, sizeof *r);
}

/* The factor of the CR1 or HC covariance, and the degrees of freedom of t. */
static dk_status scale_meat(const frame *f, double n, double p, double *meat, dk_robust *r, double *factor,
                            dk_error *err) {
    double g = (double)r->clusters, left = n - p > 0 ? n - p : 1;
    int64_t second = r->clusters;
    dk_status status = DK_OK;
    *factor = 1;
    r->df = n - p;
    if (!f->clustered) {
        if (f->hc == 1) *factor = n / left;
        return DK_OK;
    }
    for (size_t e = 0; e < f->p * (f->p + 1) / 2 && g > 1; e++) meat[e] *= g / (g - 1);
    if (dk_rows_shape_of(f->rows)->clusters2) status = add_second_way(f, meat, &second, err);
    *factor = (n - 1) / left;
    r->df = (double)(second < r->clusters ? second : r->clusters) - 1;
    return status;
}

/* Rows or clusters, whichever the errors are by; more than most count as most + 1. */
static dk_status count_units(dk_rows *rows, bool clustered, int64_t most, int64_t *count, dk_error *err) {
    *count = clustered ? 0 : dk_rows_count(rows);
    for (int part = 0; part < DK_ROWS_PARTS && clustered && *count <= most; part++) {
        dk_rows_part *b;
        dk_status status = dk_rows_get(rows, part, &b, err);
        if (status != DK_OK) return status;
        for (size_t i = 0; i < b->n; i++) *count += ends_cluster(b, i);
        dk_rows_release(rows, b);
    }
    return DK_OK;
}

/* What few clusters or rows call for: the other covariance, and each coefficient's degrees of freedom. */
static dk_status finish_few(const frame *f, const double *small, dk_robust *r, dk_error *err) {
    size_t k = f->p - 1;
    double g = (double)r->clusters;
    dk_status status = DK_OK;
    r->df_of = calloc(k + 1, sizeof *r->df_of);
    if (f->clustered) r->cov_small = calloc(k * k + 1, sizeof *r->cov_small);
    if (r->df_of == NULL || (f->clustered && r->cov_small == NULL)) return dk_fail_memory(err);
    if (f->clustered) status = sandwich(f, small, f->hc == 3 ? (g - 1) / g : 1, r->cov_small, err);
    return status == DK_OK ? count_freedom(f, r->df_of, err) : status;
}

dk_status dk_robust_compute(dk_rows *rows, const dk_moments *m, const double *unit, double weight_unit,
                            const size_t *columns, size_t outcome, const dk_solution *s,
                            const dk_absorb *absorb, int hc, int threads, dk_robust *r, dk_error *err) {
    const dk_rows_shape *shape = dk_rows_shape_of(rows);
    frame f = {.hc = hc, .clustered = shape->clusters, .weight_step = 1 / weight_unit};
    dk_cluster_shape bent = {0};
    tally parts[DK_ROWS_PARTS] = {0};
    robust_job job = {&f, parts, 1};
    double *meat = NULL, n, p = 1, factor;
    int64_t units = 0;
    memset(r, 0, sizeof *r);
    dk_status status = frame_init(&f, m, unit, columns, outcome, s, rows, err);
    if (status == DK_OK && absorb != NULL) status = frame_absorb(&f, absorb, m, err);
    size_t triangle = f.p * (f.p + 1) / 2;
    r->cov = calloc(s->k * s->k + 1, sizeof *r->cov);
    meat = calloc(2 * triangle, sizeof *meat);
    if (status == DK_OK && (r->cov == NULL || meat == NULL)) status = dk_fail_memory(err);
    if (status == DK_OK && hc >= 2 && absorb == NULL && !shape->clusters2 && f.p <= FEW_COLUMNS)
        status = count_units(rows, f.clustered, FEW_CLUSTERS, &units, err);
    if (status == DK_OK && units > 1 && units <= FEW_CLUSTERS) {
        status = dk_cluster_shape_init(&bent, f.inverse, f.p, hc, err);
        f.shape = &bent;
    }
    if (status != DK_OK) goto done;
    for (size_t i = 0; i < s->k; i++) p += !s->aliased[i];
    if (absorb != NULL) p += (double)absorb->n - 1;
    n = (double)dk_rows_count(rows);
    job.residual_variance = (1 - s->r2) * s->w / (n - p > 1 ? n - p : 1);
    if (!(job.residual_variance > 0)) job.residual_variance = 1e-300;
    status = dk_parallel_for(threads, DK_ROWS_PARTS, add_part, &job, err);
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        tally *t = &parts[i];
        for (size_t e = 0; status == DK_OK && e < triangle; e++) {
            meat[e] += t->meat[e];
            meat[triangle + e] += t->small[e];
        }
        r->rows += t->rows;
        r->clusters += t->clusters;
        r->influential += t->influential;
        r->max_leverage = fmax(r->max_leverage, t->max_leverage);
        r->max_cook = fmax(r->max_cook, t->max_cook);
    }
    if (status == DK_OK) status = scale_meat(&f, n, p, meat, r, &factor, err);
    if (status == DK_OK) status = sandwich(&f, meat, factor, r->cov, err);
    if (status == DK_OK && f.shape != NULL) status = finish_few(&f, meat + triangle, r, err);
done:
    for (int i = 0; i < DK_ROWS_PARTS; i++) {
        free(parts[i].meat);
        free(parts[i].small);
    }
    free(meat);
    dk_cluster_shape_dispose(&bent);
    frame_dispose(&f);
    if (status != DK_OK) dk_robust_dispose(r);
    return status;
}
