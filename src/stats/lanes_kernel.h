/* The loops of lanes.h; included once for each instruction set with DK_LANES_NAME defined. */
#include <string.h>

#include "stats/lanes.h"

typedef int64_t lane_mask __attribute__((vector_size(8 * DK_LANES)));
typedef int32_t draws __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef double wide __attribute__((vector_size(128)));

static inline size_t tri(size_t i, size_t j) {
    return i * (i + 1) / 2 + j;
}

/* 2^32 P(X >= k) - 2^31 for k = 1..12, X ~ Poisson(1): as signed numbers, which every instruction set can compare. */
static const int32_t tails[12] = {567453479,   -1012576689, -1802591774, -2065930135,
                                  -2131764726, -2144931644, -2147126130, -2147439628,
                                  -2147478815, -2147483169, -2147483605, -2147483644};

/* The finaliser of MurmurHash3, on sixteen words. */
static inline void mix(words *x) {
    *x ^= *x >> 16;
    *x *= 0x85ebca6bu;
    *x ^= *x >> 13;
    *x *= 0xc2b2ae35u;
    *x ^= *x >> 16;
}

static void poisson(uint64_t unit, const uint32_t *keys, size_t n, double weight, double *out) {
    uint32_t low = (uint32_t)unit, high = (uint32_t)(unit >> 32);
    for (size_t r = 0; r < n; r += 16) {
        words x;
        memcpy(&x, keys + r, sizeof x);
        x ^= low;
        mix(&x);
        x += high;
        mix(&x);
        draws signed_x = (draws)(x ^ 0x80000000u), count = {0};
        for (int k = 0; k < 12; k++) count -= signed_x < tails[k];
        wide w = __builtin_convertvector(count, wide) * weight;
        memcpy(out + r, &w, sizeof w);
    }
}

static void add_scaled(double *sum, const double *weights, double factor, size_t n) {
    dk_lane *s = (dk_lane *)(void *)sum;
    const dk_lane *w = (const dk_lane *)(const void *)weights;
    for (size_t i = 0; i < n / DK_LANES; i++) s[i] += w[i] * factor;
}

/* 1 / pivot, or 0 in the lanes where the pivot is at or below the floor. */
static inline void invert(const dk_lane *pivot, const dk_lane *floor, dk_lane *out) {
    lane_mask keep = *pivot > *floor;
    dk_lane inverse = 1.0 / *pivot;
    *out = (dk_lane)((lane_mask)inverse & keep);
}

static void eliminate(dk_lane *a, size_t q, size_t count, const dk_lane *floor, dk_lane *inverse_pivot) {
    for (size_t v = 0; v < count; v++) {
        invert(&a[tri(v, v)], &floor[v], &inverse_pivot[v]);
        for (size_t i = v + 1; i < q; i++) {
            dk_lane f = a[tri(i, v)] * inverse_pivot[v], *row = a + tri(i, 0);
            for (size_t j = v + 1; j <= i; j++) row[j] -= f * a[tri(j, v)];
        }
    }
}

static void substitute(const dk_lane *a, size_t q, const dk_lane *inverse_pivot, dk_lane *coef) {
    for (size_t v = q - 1; v-- > 0;) {
        dk_lane t = a[tri(q - 1, v)];
        for (size_t i = v + 1; i < q - 1; i++) t -= a[tri(i, v)] * coef[i];
        coef[v] = t * inverse_pivot[v];
    }
}

/* Depth-first over groups from the last to the first: each is taken in (its variables eliminated from those before it) or
   left out (the leading block stands as it is). sum over subsets S of weight(|S|) R2(S) comes back up; what came from
   taking group g in is what its Shapley value is made of. */
typedef struct search {
    const size_t *first;
    const dk_lane *floor;
    const double *weight; /* by the number of groups taken in */
    dk_lane *taken;       /* for each group the sum over subsets with it */
} search;

/* Takes variable v out of the leading block of a (v x v) with outcome parts y, into b and z (which may be a and y). */
static inline void sweep(const dk_lane *a, const dk_lane *y, size_t v, const dk_lane *floor, dk_lane *b,
                         dk_lane *z, dk_lane *gain) {
    dk_lane inverse, yv = y[v];
    invert(&a[tri(v, v)], floor, &inverse);
    *gain += yv * yv * inverse;
    const dk_lane *pivot_row = a + tri(v, 0);
    for (size_t i = 0; i < v; i++) {
        dk_lane f = pivot_row[i] * inverse;
        const dk_lane *from = a + tri(i, 0);
        dk_lane *to = b + tri(i, 0);
        for (size_t j = 0; j <= i; j++) to[j] = from[j] - f * pivot_row[j];
        z[i] = y[i] - f * yv;
    }
}

/* The last two levels when both groups are single variables: no calls, nothing stored. */
static inline void last_two(const search *s, const dk_lane *a, const dk_lane *y, const dk_lane *r2,
                            size_t taken, dk_lane *total) {
    dk_lane i0, i1, y0 = y[0], y1 = y[1], base = *r2;
    invert(&a[0], &s->floor[0], &i0);
    invert(&a[2], &s->floor[1], &i1);
    dk_lane without = base + y0 * y0 * i0, with1 = base + y1 * y1 * i1;
    dk_lane f = a[1] * i1, rest = a[0] - f * a[1], z = y0 - f * y1, ir;
    invert(&rest, &s->floor[0], &ir);
    dk_lane both = (with1 + z * z * ir) * s->weight[taken + 2];
    with1 *= s->weight[taken + 1];
    without *= s->weight[taken + 1];
    s->taken[0] += without + both;
    s->taken[1] += with1 + both;
    *total = without + both + with1 + base * s->weight[taken];
}

static void descend(const search *s, size_t g, const dk_lane *a, const dk_lane *y, const dk_lane *r2,
                    size_t taken, dk_lane *work, dk_lane *total) {
    const size_t *first = s->first;
    if (g == 1 && first[2] == 2) {
        last_two(s, a, y, r2, taken, total);
        return;
    }
    size_t m = first[g + 1], rest = first[g];
    dk_lane *b = work, *z = work + tri(m, 0), *below = z + m, gain = *r2;
    sweep(a, y, m - 1, &s->floor[m - 1], b, z, &gain);
    for (size_t v = m - 1; v-- > rest;) sweep(b, z, v, &s->floor[v], b, z, &gain);
    dk_lane in, out;
    if (g == 0) {
        in = gain * s->weight[taken + 1];
        out = *r2 * s->weight[taken];
    } else {
        descend(s, g - 1, b, z, &gain, taken + 1, below, &in);
        descend(s, g - 1, a, y, r2, taken, work, &out);
    }
    s->taken[g] += in;
    *total = in + out;
}

static void shapley(const dk_lane *a, const dk_lane_groups *groups, const dk_lane *floor, dk_lane *importance,
                    dk_lane *work) {
    size_t g = groups->ngroups, q = groups->first[g];
    if (g == 0) return;
    /* R2(S) counts (s-1)! (g-s)! / g! for each member and -s! (g-s-1)! / g! for each other. The latter part of the sum
       over all S is the same for every group, so it is taken off at the end. choose: g - 1 over s. */
    double weight[66] = {0}, choose = 1;
    for (size_t s = 0; s < g && s < 65; s++) {
        weight[s] += 1 / ((double)g * choose);
        weight[s + 1] += 1 / ((double)g * choose);
        choose = choose * (double)(g - 1 - s) / (double)(s + 1);
    }
    for (size_t i = 0; i < g; i++) importance[i] = (dk_lane){0};
    search s = {groups->first, floor, weight, importance};
    dk_lane none = {0}, total, all = {0};
    descend(&s, g - 1, a, a + tri(q, 0), &none, 0, work, &total);
    /* All importances together are R2 of everything: solve once for it. */
    dk_lane *b = work, *z = work + tri(q, 0);
    memcpy(b, a, tri(q, 0) * sizeof *b);
    memcpy(z, a + tri(q, 0), q * sizeof *z);
    for (size_t v = q; v-- > 0;) sweep(b, z, v, &floor[v], b, z, &all);
    dk_lane excess = -all;
    for (size_t i = 0; i < g; i++) excess += importance[i];
    for (size_t i = 0; i < g; i++) importance[i] -= excess / (double)g;
}

/* The same search with sets weighed by how many of the union's groups and how many other unions are in them. */
typedef struct owen_search {
    const size_t *first;
    const dk_lane *floor;
    size_t own;
    const double *among, *within,
        *without; /* weights by the number of others, and of own with and without one more */
    dk_lane *taken, all;
} owen_search;

static void descend_owen(owen_search *s, size_t g, const dk_lane *a, const dk_lane *y, const dk_lane *r2,
                         size_t others, size_t mine, dk_lane *work, dk_lane *total) {
    if (g == 0) {
        *total = *r2 * (s->among[others] * s->within[mine]);
        s->all += *r2 * (s->among[others] * s->without[mine]);
        return;
    }
    size_t m = s->first[g], rest = s->first[g - 1], own = g <= s->own;
    dk_lane *b = work, *z = work + tri(m, 0), gain = *r2, in, out;
    sweep(a, y, m - 1, &s->floor[m - 1], b, z, &gain);
    for (size_t v = m - 1; v-- > rest;) sweep(b, z, v, &s->floor[v], b, z, &gain);
    descend_owen(s, g - 1, b, z, &gain, others + !own, mine + own, z + m, &in);
    descend_owen(s, g - 1, a, y, r2, others, mine, work, &out);
    if (own) s->taken[g - 1] += in;
    *total = in + out;
}

/* weight[s] = s! (n - s)! / (n + 1)!: of a set of s among n others. */
static void set_weights(size_t n, double *weight) {
    double choose = 1;
    for (size_t s = 0; s <= n; s++) {
        weight[s] = 1 / ((double)(n + 1) * choose);
        choose = choose * (double)(n - s) / (double)(s + 1);
    }
}

static void owen(const dk_lane *a, const dk_lane_groups *groups, size_t own, const dk_lane *floor,
                 dk_lane *value, dk_lane *work) {
    size_t n = groups->ngroups, q = groups->first[n];
    double among[66] = {0}, within[66] = {0}, without[66] = {0};
    set_weights(n - own, among);
    set_weights(own - 1, without);
    /* A set with r own groups counts for a member as one more than r - 1 others, and against each other one as r others. */
    for (size_t r = 0; r <= own; r++) within[r] = (r > 0 ? without[r - 1] : 0) + (r < own ? without[r] : 0);
    without[own] = 0;
    for (size_t i = 0; i < own; i++) value[i] = (dk_lane){0};
    owen_search s = {groups->first, floor, own, among, within, without, value, {0}};
    dk_lane none = {0}, total;
    descend_owen(&s, n, a, a + tri(q, 0), &none, 0, 0, work, &total);
    for (size_t i = 0; i < own; i++) value[i] -= s.all;
}

static void in_order(const dk_lane *a, const dk_lane_groups *groups, const size_t *order,
                     const dk_lane *floor, dk_lane *importance, dk_lane *work) {
    size_t q = groups->first[groups->ngroups];
    memcpy(work, a, tri(q + 1, 0) * sizeof *work);
    unsigned char done[4096] = {0}; /* more variables than that are refused before */
    for (size_t k = 0; k < groups->ngroups; k++) {
        size_t g = order[k];
        for (size_t v = groups->first[g]; v < groups->first[g + 1]; v++) {
            dk_lane inverse, column, *y = work + tri(q, 0);
            invert(&work[tri(v, v)], &floor[v], &inverse);
            importance[g] += y[v] * y[v] * inverse;
            done[v] = 1;
            for (size_t i = 0; i <= q; i++) {
                if (i < q && done[i]) continue;
                column = (i > v ? work[tri(i, v)] : work[tri(v, i)]) * inverse;
                for (size_t j = 0; j <= i && j < q; j++) {
                    if (done[j]) continue;
                    work[tri(i, j)] -= column * (j > v ? work[tri(j, v)] : work[tri(v, j)]);
                }
            }
        }
    }
}

const dk_lanes DK_LANES_NAME = {
    .name = DK_LANES_LABEL,
    .poisson = poisson,
    .add_scaled = add_scaled,
    .eliminate = eliminate,
    .substitute = substitute,
    .shapley = shapley,
    .owen = owen,
    .in_order = in_order,
};
