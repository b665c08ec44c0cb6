#include "stats/boot.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pipeline.h"
#include "stats/linalg.h"

#define CHUNK 256
#define FLOOR 1e-9 /* a pivot below this part of the column's variance in the replicate is none */

/* How a column enters the replicates' moments: round((x - centre) / 2^shift). */
typedef struct encoding {
    int64_t centre;
    int shift;
    bool dense;
    size_t slot; /* among all columns: the constant 0, then dense ones, then sparse ones */
} encoding;

typedef struct boot_job {
    const dk_boot_plan *plan;
    dk_boot *out;
    encoding *enc;  /* by design column */
    size_t *design; /* design column of each slot */
    size_t nslots, ndense, npairs, ndense_pairs;
    int batch, nbatches;
    pthread_t caller;   /* who is told of progress */
    atomic_int fitted;  /* replicates */
    double weight_step; /* user weights are rounded to multiples of it */
} boot_job;

typedef struct worker {
    double *fixed;   /* batch x nslots x fixed effects: sums of each column in each of them */
    double *sum;     /* batch x npairs, replicates adjacent */
    double *weights; /* batch x CHUNK */
    double *dense;   /* CHUNK x ndense */
    double *product; /* CHUNK x ndense_pairs */
    uint32_t *keys;
    dk_lane *lanes;
    size_t *sparse;
    double *value;
    int first;       /* number of the batch's first replicate */
    int64_t cluster; /* number of the row's cluster, in canonical order */
} worker;

void dk_boot_dispose(dk_boot *b) {
    free(b->effect);
    free(b->marginal);
    free(b->mean);
    free(b->importance);
    free(b->r2);
    free(b->r2_controls);
    free(b->outcome_mean);
    free(b->variance);
    memset(b, 0, sizeof *b);
}

static int bits_of(uint64_t v) {
    return v == 0 ? 0 : 64 - __builtin_clzll(v);
}

static void *aligned(size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - 64) / size) return NULL;
    return aligned_alloc(64, (count * size + 64) & ~(size_t)63);
}

/* Chooses centres, shifts and the dense columns. */
static void encode_columns(boot_job *job) {
    const dk_boot_plan *p = job->plan;
    const dk_moments *m = p->moments;
    size_t k = p->ncontrols + p->nterms;
    int64_t n = dk_rows_count(p->rows);
    const dk_rows_shape *shape = dk_rows_shape_of(p->rows);
    int weight_bits = shape->weights ? dk_rows_bits(p->rows, shape->ncols) : 1;
    job->weight_step = weight_bits > 11 ? ldexp(1, weight_bits - 11) : 1;
    int kept = weight_bits > 11 ? 11 : weight_bits - 1;
    /* A replicate's weights add up to about n times the mean weight; twice the largest is never reached. */
    int room = (53 - 1 - kept - bits_of(2 * (uint64_t)n + 64)) / 2;
    if (room < 6) room = 6;
    job->enc[0] = (encoding){.dense = true};
    job->design[0] = 0;
    size_t dense = 1, sparse = 0;
    size_t *late = job->design + job->nslots; /* sparse ones are gathered here first */
    for (size_t i = 0; i <= k; i++) {
        size_t d = i < k ? p->columns[i] : p->outcome;
        encoding *e = &job->enc[d];
        int64_t low = m->min[d], high = m->max[d], magnitude = -low > high ? -low : high;
        bool small = bits_of((uint64_t)magnitude) <= room;
        *e = (encoding){.dense = i == k || !small || dk_rows_nonzero(p->rows, d - 1) > n / 5};
        if (!e->dense) {
            late[sparse++] = d;
            continue;
        }
        if (low < 0 || high > 1) {
            int64_t whole = (int64_t)1 << m->shift[d];
            e->centre = (int64_t)(m->sum[dk_tri(d, 0)] / m->sum[0]) * whole;
        }
        uint64_t reach = (uint64_t)(high - e->centre > e->centre - low ? high - e->centre : e->centre - low);
        if (bits_of(reach) > room) e->shift = bits_of(reach) - room;
        e->slot = dense;
        job->design[dense++] = d;
    }
    for (size_t i = 0; i < sparse; i++) {
        job->enc[late[i]].slot = dense + i;
        job->design[dense + i] = late[i];
    }
    job->ndense = dense;
    job->npairs = job->nslots * (job->nslots + 1) / 2;
    job->ndense_pairs = dense * (dense + 1) / 2;
}

/* Numbers of a batch's sums by fixed effect. */
static size_t fixed_size(const boot_job *job) {
    return job->plan->absorb != NULL ? job->plan->absorb->n * job->nslots * (size_t)job->batch : 0;
}

/* Adds the chunk's rows to the dense pairs. */
static dk_status add_chunk(const boot_job *job, worker *w, size_t rows, dk_error *err) {
    size_t pair = 0;
    for (size_t i = 0; i < job->ndense; i++) {
        const double *x = w->dense + i * CHUNK;
        for (size_t j = 0; j <= i; j++, pair++) {
            const double *y = w->dense + j * CHUNK;
            double *z = w->product + pair * CHUNK;
            for (size_t r = 0; r < rows; r++) z[r] = x[r] * y[r];
        }
    }
    size_t batch = (size_t)job->batch;
    return dk_gemm_nn(batch, job->ndense_pairs, rows, w->weights, batch, w->product, CHUNK, w->sum, batch,
                      err);
}

/* Puts row i of a block into place r of the chunk: its replicate weights, its dense values, its sparse pairs. */
static void add_row(const boot_job *job, const dk_lanes *lanes, worker *w, const dk_rows_part *b, size_t i,
                    size_t r) {
    size_t batch = (size_t)job->batch, nsparse = 0;
    double *weights = w->weights + r * batch;
    double weight =
        job->weight_step == 1 ? (double)b->weight[i] : round((double)b->weight[i] / job->weight_step);
    bool same = i > 0 && b->unit[i] == b->unit[i - 1];
    if (!same) w->cluster++;
    if (job->plan->jackknife) {
        int64_t out = w->cluster % DK_BOOT_BLOCKS - w->first;
        for (size_t k = 0; k < batch; k++) weights[k] = (int64_t)k == out ? 0 : weight;
    } else if (same && r > 0 && b->weight[i] == b->weight[i - 1])
        memcpy(weights, weights - batch, batch * sizeof *weights);
    else
        lanes->poisson(b->unit[i], w->keys, batch, weight, weights);
    for (size_t d = 0; d < job->ndense; d++) {
        const encoding *e = &job->enc[job->design[d]];
        w->dense[d * CHUNK + r] = d == 0 ? 1 : (double)dk_round_shift(-e->centre, e->shift);
    }
    for (uint32_t at = b->start[i]; at < b->start[i + 1]; at++) {
        const encoding *e = &job->enc[b->col[at] + 1];
        if (e->slot == 0) continue; /* a column that this fit does not use */
        if (e->dense) {
            w->dense[e->slot * CHUNK + r] = (double)dk_round_shift(b->value[at] - e->centre, e->shift);
        } else {
            w->sparse[nsparse] = e->slot;
            w->value[nsparse++] = (double)b->value[at];
        }
    }
    if (w->fixed != NULL) {
        double *sums = w->fixed + dk_absorb_find(job->plan->absorb, b->fixed[i]) * job->nslots * batch;
        for (size_t d = 0; d < job->ndense; d++)
            lanes->add_scaled(sums + d * batch, weights, w->dense[d * CHUNK + r], batch);
        for (size_t s = 0; s < nsparse; s++)
            lanes->add_scaled(sums + w->sparse[s] * batch, weights, w->value[s], batch);
    }
    for (size_t s = 0; s < nsparse; s++) {
        for (size_t d = 0; d < job->ndense; d++) {
            double v = w->value[s] * w->dense[d * CHUNK + r];
            if (v != 0) lanes->add_scaled(w->sum + dk_tri(w->sparse[s], d) * batch, weights, v, batch);
        }
        for (size_t t = 0; t <= s; t++)
            lanes->add_scaled(w->sum + dk_tri(w->sparse[s], w->sparse[t]) * batch, weights,
                              w->value[s] * w->value[t], batch);
    }
}

static dk_status sum_replicates(const boot_job *job, const dk_lanes *lanes, worker *w, dk_error *err) {
    dk_rows *rows = job->plan->rows;
    size_t fill = 0;
    dk_status status = DK_OK;
    w->cluster = -1;
    memset(w->sum, 0, job->npairs * (size_t)job->batch * sizeof *w->sum);
    if (w->fixed != NULL) memset(w->fixed, 0, fixed_size(job) * sizeof *w->fixed);
    for (int part = 0; part < DK_ROWS_PARTS && status == DK_OK; part++) {
        dk_rows_part *b;
        status = dk_rows_get(rows, part, &b, err);
        for (size_t i = 0; status == DK_OK && i < b->n; i++) {
            add_row(job, lanes, w, b, i, fill);
            if (++fill < CHUNK) continue;
            status = add_chunk(job, w, fill, err);
            fill = 0;
        }
        if (b != NULL) dk_rows_release(rows, b);
    }
    return status == DK_OK && fill > 0 ? add_chunk(job, w, fill, err) : status;
}

/* Eight replicates' sums of a pair of design columns. */
static const dk_lane *pair_of(const boot_job *job, const worker *w, size_t d1, size_t d2, int at) {
    const double *sum = w->sum + dk_tri(job->enc[d1].slot, job->enc[d2].slot) * (size_t)job->batch + at;
    return (const dk_lane *)(const void *)sum;
}

/* The sum over fixed effects of the product of two columns' sums over the weight: what centring within takes off. */
static void within(const boot_job *job, const worker *w, size_t i, size_t j, int at, dk_lane *out) {
    size_t batch = (size_t)job->batch;
    *out = (dk_lane){0};
    for (size_t f = 0; f < job->plan->absorb->n; f++) {
        const double *sums = w->fixed + f * job->nslots * batch + at;
        const dk_lane *x = (const dk_lane *)(const void *)(sums + i * batch),
                      *y = (const dk_lane *)(const void *)(sums + j * batch);
        dk_lane weight = *(const dk_lane *)(const void *)sums;
        for (int l = 0; l < DK_LANES; l++)
            if (!(weight[l] > 0)) weight[l] = 1; /* then the sums are 0 */
        *out += *x * *y / weight;
    }
}

/* What one step of an encoded column is worth in its own unit. */
static double step_of(const boot_job *job, size_t d) {
    return ldexp(1 / job->plan->unit[d], job->enc[d].shift);
}

static void store(double *out, int replicates, size_t item, int first, const dk_lane *v) {
    for (int l = 0; l < DK_LANES && first + l < replicates; l++)
        out[item * (size_t)replicates + (size_t)(first + l)] = (*v)[l];
}

/* Nested values, stage by stage with its terms first; a is (m + 1) x (m + 1). work: of nested_work(). */
static void nested(const dk_lanes *lanes, const dk_lane *a, size_t m, const dk_lane_level *levels,
                   size_t nlevels, const dk_lane *floor, dk_lane *importance, dk_lane *work) {
    dk_lane *b = work, *low = b + (m + 1) * (m + 2) / 2, *value = low + m + 1, *rest = value + m + 1;
    for (size_t l = 0; l < nlevels; l++) {
        const dk_lane_level *v = &levels[l];
        for (size_t i = 0; i <= m; i++) {
            size_t x = i < m ? v->term[i] : m;
            low[i] = floor[x];
            for (size_t j = 0; j <= i; j++) b[dk_tri(i, j)] = a[dk_tri(x, j < m ? v->term[j] : m)];
        }
        lanes->owen(b, &v->blocks, v->own, low, value, rest);
        for (size_t g = 0; g < v->own; g++) importance[v->group[g]] = value[g];
    }
}

static size_t nested_work(size_t m, const dk_lane_level *levels, size_t nlevels) {
    size_t most = 0;
    for (size_t l = 0; l < nlevels; l++) {
        size_t work = dk_lanes_shapley_work(&levels[l].blocks);
        if (work > most) most = work;
    }
    return (m + 1) * (m + 2) / 2 + 2 * (m + 1) + most + 1;
}

/* Fits eight replicates; at is their place in the batch, first their number. */
static void fit_lanes(const boot_job *job, const dk_lanes *lanes, worker *w, int at, int first) {
    const dk_boot_plan *p = job->plan;
    dk_boot *out = job->out;
    size_t k = p->ncontrols + p->nterms, q = k + 1, m = p->nterms, nc = p->ncontrols;
    dk_lane *a = w->lanes, *floor = a + q * (q + 1) / 2, *pivot = floor + q, *coef = pivot + q,
            *centre = coef + q;
    dk_lane *partial = centre + q, *importance = partial + (m + 1) * (m + 2) / 2,
            *work = importance + p->groups.ngroups;
    dk_lane total = *pair_of(job, w, 0, 0, at);
    for (int l = 0; l < DK_LANES; l++)
        if (!(total[l] > 0)) total[l] = INFINITY; /* a replicate without any row: all of it is 0 */
    for (size_t i = 0; i < q; i++) {
        size_t d = i < k ? p->columns[i] : p->outcome;
        double si = step_of(job, d) / (p->sd[i] > 0 ? p->sd[i] : 1);
        centre[i] = *pair_of(job, w, d, 0, at);
        for (size_t j = 0; j <= i; j++) {
            size_t dj = j < k ? p->columns[j] : p->outcome;
            double sj = step_of(job, dj) / (p->sd[j] > 0 ? p->sd[j] : 1);
            dk_lane taken = centre[i] / total * centre[j];
            if (w->fixed != NULL) within(job, w, job->enc[d].slot, job->enc[dj].slot, at, &taken);
            a[dk_tri(i, j)] = (*pair_of(job, w, d, dj, at) - taken) / total * (si * sj);
        }
        floor[i] = a[dk_tri(i, i)] * FLOOR;
        for (int l = 0; l < DK_LANES; l++)
            if (!(floor[i][l] > 0)) floor[i][l] = 1e-300;
    }
    dk_lane variance = a[dk_tri(k, k)];
    store(out->variance, out->replicates, 0, first, &variance);
    for (int l = 0; l < DK_LANES; l++)
        if (!(variance[l] > 0)) variance[l] = INFINITY;
    lanes->eliminate(a, q, nc, floor, pivot);
    dk_lane unexplained = a[dk_tri(k, k)] / variance, r2 = 1.0 - unexplained;
    store(out->r2_controls, out->replicates, 0, first, &r2);
    for (size_t i = 0; i <= m; i++)
        memcpy(partial + dk_tri(i, 0), a + dk_tri(nc + i, nc), (i + 1) * sizeof *a);
    for (size_t i = 0; i < p->groups.ngroups; i++) importance[i] = (dk_lane){0};
    if (p->importance && p->orders == NULL && p->levels != NULL)
        nested(lanes, partial, m, p->levels, p->nlevels, floor + nc, importance, work);
    else if (p->importance && p->orders == NULL)
        lanes->shapley(partial, &p->groups, floor + nc, importance, work);
    for (size_t o = 0; p->importance && p->orders != NULL && o < p->norders; o++)
        lanes->in_order(partial, &p->groups, p->orders + o * p->groups.ngroups, floor + nc, importance, work);
    for (size_t g = 0; p->importance && g < p->groups.ngroups; g++) {
        dk_lane v = importance[g] / variance / (p->orders != NULL ? (double)p->norders : 1);
        store(out->importance, out->replicates, g, first, &v);
    }
    for (size_t t = 0; t < m; t++) {
        dk_lane own = partial[dk_tri(t, t)], slope = partial[dk_tri(m, t)];
        for (int l = 0; l < DK_LANES; l++) slope[l] = own[l] > floor[nc + t][l] ? slope[l] / own[l] : 0;
        slope *= p->sd[k] / p->sd[nc + t];
        store(out->marginal, out->replicates, t, first, &slope);
    }
    lanes->eliminate(partial, m + 1, m, floor + nc, pivot);
    unexplained = partial[dk_tri(m, m)] / variance;
    r2 = 1.0 - unexplained;
    store(out->r2, out->replicates, 0, first, &r2);
    lanes->substitute(partial, m + 1, pivot, coef);
    for (size_t t = 0; t < m; t++) {
        size_t d = p->columns[nc + t];
        dk_lane effect = coef[t] * (p->sd[k] / p->sd[nc + t]);
        dk_lane mean = centre[nc + t] / total * step_of(job, d) + (double)job->enc[d].centre / p->unit[d];
        store(out->effect, out->replicates, t, first, &effect);
        store(out->mean, out->replicates, t, first, &mean);
    }
    dk_lane mean = centre[k] / total * step_of(job, p->outcome) +
                   (double)job->enc[p->outcome].centre / p->unit[p->outcome];
    store(out->outcome_mean, out->replicates, 0, first, &mean);
}

static size_t lane_count(const dk_boot_plan *p) {
    size_t q = p->ncontrols + p->nterms + 1, m = p->nterms;
    size_t work = p->orders != NULL   ? 0
                  : p->levels != NULL ? nested_work(m, p->levels, p->nlevels)
                                      : dk_lanes_shapley_work(&p->groups);
    size_t copy = (m + 1) * (m + 2) / 2;
    return q * (q + 1) / 2 + 4 * q + copy + p->groups.ngroups + (work > copy ? work : copy) + m + 1;
}

static dk_status run_batch(void *context, size_t index, dk_error *err) {
    boot_job *job = context;
    const dk_boot_plan *p = job->plan;
    const dk_lanes *lanes = dk_lanes_best();
    size_t batch = (size_t)job->batch;
    worker w = {
        .sum = aligned(job->npairs * batch, sizeof *w.sum),
        .weights = aligned(CHUNK * batch, sizeof *w.weights),
        .dense = aligned(CHUNK * job->ndense, sizeof *w.dense),
        .product = aligned(CHUNK * job->ndense_pairs, sizeof *w.product),
        .keys = aligned(batch, sizeof *w.keys),
        .lanes = aligned(lane_count(p), sizeof *w.lanes),
        .sparse = aligned(job->nslots, sizeof *w.sparse),
        .value = aligned(job->nslots, sizeof *w.value),
        .fixed = p->absorb != NULL ? aligned(fixed_size(job), sizeof *w.fixed) : NULL,
    };
    dk_status status = DK_OK;
    if (w.sum == NULL || w.weights == NULL || w.dense == NULL || w.product == NULL || w.keys == NULL ||
        w.lanes == NULL || w.sparse == NULL || w.value == NULL || (p->absorb != NULL && w.fixed == NULL))
        status = dk_fail_memory(err);
    int first = (int)index * job->batch;
    w.first = first;
    if (status == DK_OK) {
        for (size_t r = 0; r < batch; r++) w.keys[r] = (uint32_t)dk_hash_mix(p->seed, (uint64_t)first + r);
        status = sum_replicates(job, lanes, &w, err);
    }
    for (int at = 0; status == DK_OK && at < job->batch && first + at < p->replicates; at += DK_LANES) {
        fit_lanes(job, lanes, &w, at, first + at);
        int fitted = atomic_fetch_add(&job->fitted, DK_LANES) + DK_LANES;
        if (p->progress != NULL && pthread_equal(pthread_self(), job->caller) && fitted < p->replicates)
            p->progress(p->progress_context, (double)fitted / p->replicates);
    }
    free(w.sum);
    free(w.fixed);
    free(w.weights);
    free(w.dense);
    free(w.product);
    free(w.keys);
    free(w.lanes);
    free(w.sparse);
    free(w.value);
    return status;
}

static dk_status boot_init(dk_boot *b, const dk_boot_plan *p, dk_error *err) {
    size_t r = (size_t)p->replicates;
    memset(b, 0, sizeof *b);
    b->replicates = p->replicates;
    b->effect = calloc(p->nterms * r + 1, sizeof(double));
    b->marginal = calloc(p->nterms * r + 1, sizeof(double));
    b->mean = calloc(p->nterms * r + 1, sizeof(double));
    b->importance = calloc(p->groups.ngroups * r + 1, sizeof(double));
    b->r2 = calloc(r + 1, sizeof(double));
    b->r2_controls = calloc(r + 1, sizeof(double));
    b->outcome_mean = calloc(r + 1, sizeof(double));
    b->variance = calloc(r + 1, sizeof(double));
    return b->effect != NULL && b->marginal != NULL && b->mean != NULL && b->importance != NULL &&
                   b->r2 != NULL && b->r2_controls != NULL && b->outcome_mean != NULL && b->variance != NULL
               ? DK_OK
               : dk_fail_memory(err);
}

dk_status dk_boot_run(const dk_boot_plan *p, dk_boot *boot, dk_error *err) {
    size_t ndesign = dk_rows_shape_of(p->rows)->ncols + 1;
    boot_job job = {.plan = p, .out = boot, .nslots = p->ncontrols + p->nterms + 2, .caller = pthread_self()};
    dk_status status = boot_init(boot, p, err);
    if (p->replicates == 0 || status != DK_OK) return status;
    if (p->jackknife) assert(p->replicates == DK_BOOT_BLOCKS);
    job.enc = calloc(ndesign, sizeof *job.enc);
    job.design = calloc(2 * job.nslots, sizeof *job.design);
    if (job.enc == NULL || job.design == NULL) {
        status = dk_fail_memory(err);
        goto done;
    }
    encode_columns(&job);
    /* A batch's sums stay within about 48 MB, and no batch is longer than what keeps the threads evenly busy. */
    size_t each = job.npairs + (p->absorb != NULL ? p->absorb->n * job.nslots : 0);
    size_t fits = ((size_t)48 << 20) / (each * sizeof(double)) / 16 * 16;
    size_t even = (((size_t)p->replicates + (size_t)p->threads - 1) / (size_t)p->threads + 15) / 16 * 16;
    size_t batch = fits < even ? fits : even;
    job.batch = (int)(batch < 16 ? 16 : batch > 512 ? 512 : batch);
    job.nbatches = (p->replicates + job.batch - 1) / job.batch;
    status = dk_parallel_for(p->threads, (size_t)job.nbatches, run_batch, &job, err);
    if (status == DK_OK && p->progress != NULL) p->progress(p->progress_context, 1);
done:
    free(job.enc);
    free(job.design);
    if (status != DK_OK) dk_boot_dispose(boot);
    return status;
}

dk_status dk_importance_point(const double *a, const dk_lane_groups *groups, const dk_lane_level *levels,
                              size_t nlevels, const size_t *orders, size_t norders, double *importance,
                              double *by_order, dk_error *err) {
    const dk_lanes *lanes = dk_lanes_best();
    size_t g = groups->ngroups, m = groups->first[g], q = m + 1, triangle = q * (q + 1) / 2;
    size_t work = orders != NULL   ? triangle
                  : levels != NULL ? nested_work(m, levels, nlevels)
                                   : dk_lanes_shapley_work(groups);
    dk_lane *at = aligned(triangle + g + q + work + q, sizeof *at);
    if (at == NULL) return dk_fail_memory(err);
    dk_lane *value = at + triangle, *floor = value + g, *room = floor + q;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++) at[dk_tri(i, j)] = a[i * q + j] - (dk_lane){0};
    for (size_t i = 0; i < q; i++) {
        floor[i] = at[dk_tri(i, i)] * 1e-13;
        if (!(floor[i][0] > 0)) floor[i] = 1e-300 - (dk_lane){0};
    }
    for (size_t i = 0; i < g; i++) value[i] = (dk_lane){0};
    if (orders == NULL && levels != NULL)
        nested(lanes, at, m, levels, nlevels, floor, value, room);
    else if (orders == NULL)
        lanes->shapley(at, groups, floor, value, room);
    for (size_t i = 0; i < g; i++) importance[i] = value[i][0];
    for (size_t o = 0; orders != NULL && o < norders; o++) {
        for (size_t i = 0; i < g; i++) value[i] = (dk_lane){0};
        lanes->in_order(at, groups, orders + o * g, floor, value, room);
        for (size_t i = 0; i < g; i++) {
            importance[i] += value[i][0] / (double)norders;
            if (by_order != NULL) by_order[o * g + i] = value[i][0];
        }
    }
    free(at);
    return DK_OK;
}
