#include "stats/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stats/boot.h"
#include "stats/linalg.h"

void dk_group_plan_dispose(dk_group_plan *p) {
    free((void *)p->groups.first);
    free(p->group);
    free(p->term);
    free(p->stage);
    for (size_t i = 0; i < p->nlevels; i++) {
        free((void *)p->levels[i].blocks.first);
        free(p->levels[i].group);
        free(p->levels[i].term);
    }
    free(p->levels);
    free(p->orders);
    free(p->few);
    memset(p, 0, sizeof *p);
}

__extension__ typedef unsigned __int128 wide;

/* A number below n from a counter-based generator: the same on every machine. */
static size_t draw(uint64_t seed, uint64_t *counter, size_t n) {
    return (size_t)(((wide)dk_hash_mix(seed, (*counter)++) * n) >> 64);
}

static void shuffle(size_t *x, size_t n, uint64_t seed, uint64_t *counter) {
    for (size_t i = n; i > 1; i--) {
        size_t j = draw(seed, counter, i), t = x[i - 1];
        x[i - 1] = x[j];
        x[j] = t;
    }
}

/* Brings the members of a union together where its first stands. */
static void gather(const size_t *unions, size_t *order, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t end = i + 1;
        for (size_t j = i + 1; j < n; j++) {
            if (unions[order[j]] != unions[order[i]]) continue;
            size_t member = order[j];
            memmove(order + end + 1, order + end, (j - end) * sizeof *order);
            order[end++] = member;
        }
        i = end - 1;
    }
}

/* Each union's place in the order is drawn first, so that it does not depend on how many it has. */
static void draw_nested(const size_t *unions, size_t *order, size_t n, uint64_t seed, uint64_t *counter) {
    size_t heads = 0;
    shuffle(order, n, seed, counter);
    for (size_t i = 0; i < n; i++) { /* the first seen of each union to the front */
        bool seen = false;
        for (size_t j = 0; j < heads && !seen; j++) seen = unions[order[j]] == unions[order[i]];
        if (seen) continue;
        size_t t = order[heads];
        order[heads++] = order[i];
        order[i] = t;
    }
    shuffle(order, heads, seed, counter);
    shuffle(order + heads, n - heads, seed, counter);
    gather(unions, order, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && unions[order[end]] == unions[order[i]];) end++;
        shuffle(order + i, end - i, seed, counter);
    }
}

void dk_orders_sample(size_t n, const size_t *unions, size_t count, uint64_t seed, size_t *out) {
    uint64_t counter = 0;
    for (size_t o = 0; o < count; o++) {
        size_t *order = out + o * n;
        if (o % 2 == 1) { /* the reverse of the one before */
            const size_t *before = order - n;
            for (size_t i = 0; i < n; i++) order[i] = before[n - 1 - i];
            continue;
        }
        for (size_t i = 0; i < n; i++) order[i] = i;
        if (unions != NULL)
            draw_nested(unions, order, n, seed, &counter);
        else
            shuffle(order, n, seed, &counter);
    }
}

static dk_status sample_orders(size_t n, const size_t *unions, double budget, double cost, size_t least,
                               size_t most, uint64_t seed, size_t **orders, size_t *count, dk_error *err) {
    double affordable = budget / (cost > 1 ? cost : 1);
    *count = affordable < (double)least  ? least
             : affordable > (double)most ? most
                                         : (size_t)affordable / 2 * 2;
    *orders = malloc((*count * n + 1) * sizeof **orders);
    if (*orders == NULL) return dk_fail_memory(err);
    dk_orders_sample(n, unions, *count, seed, *orders);
    return DK_OK;
}

/* How the groups of a stage are searched: they, then the other stages, each stage's groups in lane order. */
static dk_status make_level(dk_group_plan *p, size_t stage, size_t nstages, dk_lane_level *level,
                            dk_error *err) {
    size_t ng = p->groups.ngroups, *first = calloc(ng + 2, sizeof *first), at = 0, block = 0;
    level->blocks.first = first;
    level->group = calloc(ng + 1, sizeof *level->group);
    level->term = calloc(p->nterms + 1, sizeof *level->term);
    if (first == NULL || level->group == NULL || level->term == NULL) return dk_fail_memory(err);
    for (size_t turn = 0; turn <= nstages;
         turn++) { /* turn 0: the stage itself; turn s + 1: stage s, if another */
        size_t which = turn == 0 ? stage : turn - 1, before = at;
        if (turn > 0 && which == stage) continue;
        for (size_t g = 0; g < ng; g++) {
            if (p->stage[g] != which) continue;
            for (size_t t = p->groups.first[g]; t < p->groups.first[g + 1]; t++) level->term[at++] = t;
            if (turn > 0) continue;
            level->group[level->own++] = g;
            first[++block] = at;
        }
        if (turn > 0 && at > before) first[++block] = at;
    }
    level->blocks.ngroups = block;
    return DK_OK;
}

static dk_status make_levels(dk_group_plan *p, const uint32_t *stage_of, size_t nstages, dk_error *err) {
    size_t ng = p->groups.ngroups;
    p->stage = calloc(ng + 1, sizeof *p->stage);
    p->levels = calloc(nstages + 1, sizeof *p->levels);
    if (p->stage == NULL || p->levels == NULL) return dk_fail_memory(err);
    for (size_t g = 0; g < ng; g++) p->stage[g] = stage_of[p->group[g]];
    for (size_t s = 0; s < nstages; s++) {
        dk_lane_level *level = &p->levels[p->nlevels++];
        dk_status status = make_level(p, s, nstages, level, err);
        if (status != DK_OK) return status;
        if (level->own > 0) continue;
        free((void *)level->blocks.first);
        free(level->group);
        free(level->term);
        memset(level, 0, sizeof *level);
        p->nlevels--;
    }
    return DK_OK;
}

/* Multiply-adds of exact values for one set of replicates; *blocks: the most of one search. */
static double exact_cost(const dk_group_plan *p, size_t *blocks) {
    double cost = 0;
    *blocks = p->groups.ngroups;
    if (p->levels == NULL) return dk_lanes_shapley_cost(&p->groups);
    *blocks = 0;
    for (size_t i = 0; i < p->nlevels; i++) {
        cost += dk_lanes_shapley_cost(&p->levels[i].blocks);
        if (p->levels[i].blocks.ngroups > *blocks) *blocks = p->levels[i].blocks.ngroups;
    }
    return cost;
}

dk_status dk_group_plan_init(dk_group_plan *p, const uint32_t *group_of, const bool *use, size_t nterms,
                             size_t ngroups, const uint32_t *stage_of, size_t nstages, int replicates,
                             double budget, uint64_t seed, dk_error *err) {
    memset(p, 0, sizeof *p);
    size_t *size = calloc(ngroups + 1, sizeof *size), *first = calloc(ngroups + 1, sizeof *first);
    p->groups.first = first;
    p->group = calloc(ngroups + 1, sizeof *p->group);
    p->term = calloc(nterms + 1, sizeof *p->term);
    dk_status status =
        size == NULL || first == NULL || p->group == NULL || p->term == NULL ? dk_fail_memory(err) : DK_OK;
    size_t largest = 0;
    for (size_t i = 0; i < nterms && status == DK_OK; i++)
        if (use[i] && ++size[group_of[i]] > largest) largest = size[group_of[i]];
    for (size_t want = 1; want <= largest && status == DK_OK; want++) {
        for (size_t g = 0; g < ngroups; g++) {
            if (size[g] != want) continue;
            p->group[p->groups.ngroups++] = g;
            for (size_t i = 0; i < nterms; i++)
                if (use[i] && group_of[i] == g) p->term[p->nterms++] = i;
            first[p->groups.ngroups] = p->nterms;
        }
    }
    free(size);
    if (status == DK_OK && stage_of != NULL) status = make_levels(p, stage_of, nstages, err);
    if (status == DK_OK) {
        size_t blocks;
        double m = (double)p->nterms, exact = exact_cost(p, &blocks);
        double sets = ceil((double)replicates / DK_LANES) * DK_LANES, sweep = m * m * m / 3 + m * m;
        bool exact_point = blocks <= 26 && exact * DK_LANES <= budget;
        if (!exact_point)
            status = sample_orders(p->groups.ngroups, p->stage, budget / 8, sweep * DK_LANES, 64, 4096,
                                   dk_hash_mix(seed, 1), &p->orders, &p->norders, err);
        if (status == DK_OK && (!exact_point || exact * sets > budget))
            status = sample_orders(p->groups.ngroups, p->stage, budget / 8, sweep * sets, 8, 256,
                                   dk_hash_mix(seed, 1), &p->few, &p->nfew, err);
    }
    if (status != DK_OK) dk_group_plan_dispose(p);
    return status;
}

/* a with its terms in lane order. */
static double *rearranged(const double *a, size_t m, const size_t *term, size_t n) {
    double *b = malloc((n + 1) * (n + 1) * sizeof *b);
    for (size_t i = 0; b != NULL && i <= n; i++)
        for (size_t j = 0; j <= n; j++)
            b[i * (n + 1) + j] = a[(i < n ? term[i] : m) * (m + 1) + (j < n ? term[j] : m)];
    return b;
}

/* The standard error of a mean over antithetic pairs, item i of pair k being the mean of its two orders. */
static void pair_errors(const double *by_order, size_t items, size_t norders, const double *mean,
                        double *se) {
    double pairs = (double)(norders / 2);
    for (size_t i = 0; i < items; i++) {
        double square = 0;
        for (size_t o = 0; o + 1 < norders; o += 2) {
            double d = (by_order[o * items + i] + by_order[(o + 1) * items + i]) / 2 - mean[i];
            square += d * d;
        }
        se[i] = pairs > 1 ? sqrt(square / (pairs - 1) / pairs) : NAN;
    }
}

dk_status dk_group_importance(const double *a, size_t m, const dk_group_plan *p, double *importance,
                              double *se, dk_error *err) {
    size_t g = p->groups.ngroups;
    double *b = rearranged(a, m, p->term, p->nterms),
           *by_order = malloc((p->norders * g + 1) * sizeof *by_order);
    dk_status status = b == NULL || by_order == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK)
        status = dk_importance_point(b, &p->groups, p->levels, p->nlevels, p->orders, p->norders, importance,
                                     by_order, err);
    for (size_t i = 0; i < g && status == DK_OK; i++) se[i] = 0;
    if (status == DK_OK && p->orders != NULL) pair_errors(by_order, g, p->norders, importance, se);
    free(b);
    free(by_order);
    return status;
}

/* ---- Owen values, exactly: all sets of other stages, of other groups of the stage, and of the group's own terms ---- */

typedef struct owen_search {
    const size_t
        *block; /* ends of blocks: the group's terms one each, its stage's other groups, the other stages */
    size_t own, near;       /* blocks that are terms of the group; that are those or groups of its stage */
    double *among, *within; /* weights by the number of other stages, of own terms taken in */
    double *beside;         /* and of other groups of the stage */
    double *taken;          /* own values, summed over sets with the term */
    double all;             /* sum over all sets with the weight of those without a term */
    double *within_without;
} owen_search;

static void owen_sweep(const double *a, const double *y, size_t v, double *b, double *z, double *gain) {
    double pivot = a[v * (v + 1) / 2 + v], inverse = pivot > 1e-13 ? 1 / pivot : 0, yv = y[v];
    const double *row = a + v * (v + 1) / 2;
    *gain += yv * yv * inverse;
    for (size_t i = 0; i < v; i++) {
        double f = row[i] * inverse;
        for (size_t j = 0; j <= i; j++) b[i * (i + 1) / 2 + j] = a[i * (i + 1) / 2 + j] - f * row[j];
        z[i] = y[i] - f * yv;
    }
}

/* taken in so far: other stages, other groups of the stage, terms of the group */
typedef struct owen_taken {
    size_t others, beside, mine;
} owen_taken;

static double owen_descend(owen_search *s, size_t blocks, const double *a, const double *y, double r2,
                           owen_taken t, double *work) {
    if (blocks == 0) {
        double weight = s->among[t.others] * s->beside[t.beside];
        s->all += weight * s->within_without[t.mine] * r2;
        return weight * s->within[t.mine] * r2;
    }
    size_t m = s->block[blocks], rest = s->block[blocks - 1];
    bool own = blocks <= s->own, beside = !own && blocks <= s->near;
    double *b = work, *z = work + m * (m + 1) / 2, gain = r2;
    owen_sweep(a, y, m - 1, b, z, &gain);
    for (size_t v = m - 1; v-- > rest;) owen_sweep(b, z, v, b, z, &gain);
    owen_taken with = {t.others + (!own && !beside), t.beside + beside, t.mine + own};
    double in = owen_descend(s, blocks - 1, b, z, gain, with, z + m);
    if (own) s->taken[blocks - 1] += in;
    return in + owen_descend(s, blocks - 1, a, y, r2, t, work);
}

/* weight[s] = s! (n - s)! / (n + 1)!: of a set of s among n others. */
static void set_weights(size_t n, double *weight) {
    double choose = 1;
    for (size_t s = 0; s <= n; s++) {
        weight[s] = 1 / ((double)(n + 1) * choose);
        choose = choose * (double)(n - s) / (double)(s + 1);
    }
}

static dk_status owen_exact(const double *a, size_t m, const dk_group_plan *p, size_t g, double *owen,
                            dk_error *err) {
    const size_t *first = p->groups.first;
    size_t groups = p->groups.ngroups, own = first[g + 1] - first[g], n = p->nterms,
           blocks = own + groups - 1;
    size_t triangle = n * (n + 1) / 2 + n, room = triangle * (blocks + 2);
    double *memory = calloc(room + 5 * (blocks + 2), sizeof *memory);
    size_t *term = malloc((n + blocks + 2) * sizeof *term);
    if (memory == NULL || term == NULL) {
        free(memory);
        free(term);
        return dk_fail_memory(err);
    }
    size_t *block = term + n, at = 0, b = 0;
    block[b++] = 0;
    for (size_t t = first[g]; t < first[g + 1]; t++) {
        term[at++] = p->term[t];
        block[b++] = at;
    }
    for (size_t o = 0; o < groups; o++) { /* without stages all groups are of one */
        if (o == g || (p->stage != NULL && p->stage[o] != p->stage[g])) continue;
        for (size_t t = first[o]; t < first[o + 1]; t++) term[at++] = p->term[t];
        block[b++] = at;
    }
    size_t near = b - 1, stages = 0;
    for (size_t l = 0; l < p->nlevels; l++) {
        size_t stage = p->stage[p->levels[l].group[0]];
        if (stage == p->stage[g]) continue;
        for (size_t o = 0; o < groups; o++)
            for (size_t t = first[o]; t < first[o + 1] && p->stage[o] == stage; t++) term[at++] = p->term[t];
        block[b++] = at;
        stages++;
    }
    owen_search s = {.block = block, .own = own, .near = near, .among = memory + room};
    s.beside = s.among + blocks + 2;
    s.within = s.beside + blocks + 2;
    s.taken = s.within + blocks + 2;
    s.within_without = s.taken + blocks + 2;
    set_weights(stages, s.among);
    set_weights(near - own, s.beside);
    set_weights(own - 1, s.within_without);
    /* A set with r own terms counts for a member as one more than r - 1 others, and against each other one as r others. */
    for (size_t r = 0; r <= own; r++) {
        s.within[r] = (r > 0 ? s.within_without[r - 1] : 0) + (r < own ? s.within_without[r] : 0);
        if (r == own) s.within_without[r] = 0;
    }
    double *matrix = memory, *y = memory + n * (n + 1) / 2;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) matrix[i * (i + 1) / 2 + j] = a[term[i] * (m + 1) + term[j]];
        y[i] = a[m * (m + 1) + term[i]];
    }
    owen_descend(&s, b - 1, matrix, y, 0, (owen_taken){0}, memory + triangle);
    for (size_t t = 0; t < own; t++) owen[p->term[first[g] + t]] = s.taken[t] - s.all;
    free(memory);
    free(term);
    return DK_OK;
}

/* Orders in which groups enter one after the other and their terms in random order within, for all groups at once. */
static dk_status owen_sampled(const double *a, size_t m, const dk_group_plan *p, uint64_t seed, double *owen,
                              dk_error *err) {
    size_t n = p->nterms, g = p->groups.ngroups, *first = malloc((n + 1) * sizeof *first);
    const size_t *start = p->groups.first;
    size_t *among = NULL, norders = 0, *order = NULL;
    double *b = rearranged(a, m, p->term, n), *value = malloc((n + 1) * sizeof *value);
    double cost = ((double)n * (double)n * (double)n / 3 + 1) * DK_LANES;
    dk_status status =
        sample_orders(g, p->stage, 4e9, cost, 16, 512, dk_hash_mix(seed, 2), &among, &norders, err);
    if (status == DK_OK) order = malloc(norders * (n + 1) * sizeof *order);
    if (status == DK_OK && (first == NULL || b == NULL || value == NULL || order == NULL))
        status = dk_fail_memory(err);
    if (status == DK_OK) {
        uint64_t counter = 0;
        dk_lane_groups single = {n, first};
        for (size_t i = 0; i <= n; i++) first[i] = i;
        for (size_t o = 0; o < norders; o += 2) {
            size_t at = 0, *one = order + o * n, *other = one + n;
            for (size_t k = 0; k < g; k++) {
                size_t h = among[o * g + k], begin = at;
                for (size_t t = start[h]; t < start[h + 1]; t++) {
                    size_t to = begin + draw(dk_hash_mix(seed, 3), &counter, at - begin + 1);
                    one[at++] = one[to];
                    one[to] = t;
                }
            }
            for (size_t i = 0; i < n; i++) other[i] = one[n - 1 - i];
        }
        status = dk_importance_point(b, &single, NULL, 0, order, norders, value, NULL, err);
        for (size_t i = 0; i < n && status == DK_OK; i++) owen[p->term[i]] = value[i];
    }
    free(first);
    free(among);
    free(order);
    free(b);
    free(value);
    return status;
}

dk_status dk_owen(const double *a, size_t m, const dk_group_plan *p, const double *group_importance,
                  uint64_t seed, double *owen, dk_error *err) {
    const size_t *first = p->groups.first;
    size_t groups = p->groups.ngroups;
    double sets = 0;
    bool several = false;
    for (size_t g = 0; g < groups; g++) {
        size_t own = first[g + 1] - first[g];
        several = several || own > 1;
        size_t blocks = own + groups - 1;
        for (size_t l = 0; l < p->nlevels; l++)
            if (p->stage[p->levels[l].group[0]] == p->stage[g])
                blocks = own + p->levels[l].blocks.ngroups - 1;
        if (own > 1) sets += ldexp(1, (int)blocks) * (double)(own * own);
    }
    bool exact = sets <= 2e7;
    dk_status status = several && !exact ? owen_sampled(a, m, p, seed, owen, err) : DK_OK;
    for (size_t g = 0; g < groups && status == DK_OK; g++) {
        size_t own = first[g + 1] - first[g];
        if (own == 1) owen[p->term[first[g]]] = group_importance[g];
        if (own > 1 && exact) status = owen_exact(a, m, p, g, owen, err);
        double excess = -group_importance[g];
        for (size_t t = first[g]; t < first[g + 1]; t++) excess += owen[p->term[t]];
        for (size_t t = first[g]; t < first[g + 1]; t++) owen[p->term[t]] -= excess / (double)own;
    }
    return status;
}

/* Relative weights: the outcome on the orthogonal columns closest to the terms (the symmetric root of their matrix). */
static dk_status relative_weights(const double *c, const double *y, size_t n, double *out, dk_error *err) {
    double *v = malloc((2 * n * n + 3 * n + 1) * sizeof *v);
    if (v == NULL) return dk_fail_memory(err);
    double *root = v + n * n, *values = root + n * n, *scale = values + n, *beta = scale + n;
    for (size_t i = 0; i < n; i++) scale[i] = 1 / sqrt(c[i * n + i]);
    for (size_t i = 0; i < n * n; i++) v[i] = c[i] * scale[i / n] * scale[i % n];
    dk_status status = dk_eigen_symmetric(n, v, values, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        beta[i] = 0;
        for (size_t j = 0; j < n; j++) {
            double r = 0, inverse = 0;
            for (size_t e = 0; e < n; e++) {
                double size = values[e] > 0 ? sqrt(values[e]) : 0;
                r += v[e * n + i] * size * v[e * n + j];
                if (values[e] > 1e-12) inverse += v[e * n + i] / size * v[e * n + j];
            }
            root[i * n + j] = r;
            beta[i] += inverse * y[j] * scale[j];
        }
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        out[i] = 0;
        for (size_t j = 0; j < n; j++) out[i] += root[i * n + j] * root[i * n + j] * beta[j] * beta[j];
    }
    free(v);
    return status;
}

dk_status dk_compare_importance(const double *a, size_t m, const bool *use, double *first, double *last,
                                double *relative, double *beta_squared, double *pratt, dk_error *err) {
    size_t n = 0, q = m + 1;
    double *c = malloc((2 * m * m + 3 * m + 1) * sizeof *c);
    size_t *term = malloc((m + 1) * sizeof *term);
    if (c == NULL || term == NULL) {
        free(c);
        free(term);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < m; i++) {
        double *all[] = {first, last, relative, beta_squared, pratt};
        for (size_t k = 0; k < 5; k++)
            if (all[k] != NULL) all[k][i] = NAN;
        if (use[i]) term[n++] = i;
    }
    double *inverse = c + m * m, *y = inverse + m * m, *value = y + m;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) inverse[i * n + j] = c[i * n + j] = a[term[i] * q + term[j]];
        y[i] = a[m * q + term[i]];
    }
    bool need_inverse = last != NULL || beta_squared != NULL || pratt != NULL;
    dk_status status = need_inverse ? dk_spd_inverse(n, inverse, err) : DK_OK;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        double beta = 0;
        for (size_t j = 0; j < n && need_inverse; j++) beta += inverse[i * n + j] * y[j];
        if (first != NULL) first[term[i]] = y[i] * y[i] / c[i * n + i];
        if (last != NULL) last[term[i]] = beta * beta / inverse[i * n + i];
        if (beta_squared != NULL) beta_squared[term[i]] = beta * beta;
        if (pratt != NULL) pratt[term[i]] = beta * y[i];
    }
    if (status == DK_OK && relative != NULL) status = relative_weights(c, y, n, value, err);
    for (size_t i = 0; i < n && status == DK_OK && relative != NULL; i++) relative[term[i]] = value[i];
    free(c);
    free(term);
    return status;
}
