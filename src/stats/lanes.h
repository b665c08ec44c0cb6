/* The inner loops of the bootstrap: eight replicates side by side in the lanes of a vector.
 *
 * One source (lanes_kernel.h) is compiled for plain x86-64 (or any other processor), AVX2 and AVX-512, and the best that
 * the processor has is chosen when the program runs. All give the same bits: every lane does the same IEEE operations in
 * the same order, without contraction to fused ones.
 *
 * Lane matrices are symmetric, lower triangle by rows (dk_tri), one dk_lane an element.
 */
#ifndef DK_STATS_LANES_H
#define DK_STATS_LANES_H

#include <stddef.h>
#include <stdint.h>

#define DK_LANES 8

typedef double dk_lane __attribute__((vector_size(8 * DK_LANES)));

/* Groups of variables in one lane matrix: group g is variables first[g] .. first[g + 1] - 1, and the outcome is the
   row behind them all. */
typedef struct dk_lane_groups {
    size_t ngroups;
    const size_t *first; /* ngroups + 1 of them */
} dk_lane_groups;

/* One stage of nested groups: the stage's groups one by one, then each other stage as a whole. */
typedef struct dk_lane_level {
    dk_lane_groups blocks;
    size_t own;    /* the first so many blocks are the stage's groups */
    size_t *group; /* their numbers */
    size_t *term;  /* variables in the order of the blocks */
} dk_lane_level;

typedef struct dk_lanes {
    const char *name;

    /* out[r] = weight x Poisson(1) drawn from (unit, keys[r]) for r below n, a multiple of 16. */
    void (*poisson)(uint64_t unit, const uint32_t *keys, size_t n, double weight, double *out);

    /* sum[r] += factor * weights[r] for r below n, a multiple of 8; both aligned to 64 bytes. */
    void (*add_scaled)(double *sum, const double *weights, double factor, size_t n);

    /* Eliminates variables 0 .. count - 1 in turn from the q x q lane matrix a. A pivot at or below floor[v] counts as 0:
       its column is skipped in that lane. inverse_pivot[v] (or 0) is kept for back substitution. */
    void (*eliminate)(dk_lane *a, size_t q, size_t count, const dk_lane *floor, dk_lane *inverse_pivot);

    /* Coefficients from a matrix eliminated over all its q - 1 variables. */
    void (*substitute)(const dk_lane *a, size_t q, const dk_lane *inverse_pivot, dk_lane *coef);

    /* Exact Shapley values of groups: importance[g] sums to the part of the outcome's variance that all explain, in
       units of a's outcome diagonal. work: dk_lanes_shapley_work() lanes. */
    void (*shapley)(const dk_lane *a, const dk_lane_groups *groups, const dk_lane *floor, dk_lane *importance,
                    dk_lane *work);

    /* Exact Owen (1977) values of the first own groups, which are one union, all others being unions of one:
       value[g]. The values of a union's groups sum to the Shapley value of the union. work: dk_lanes_shapley_work()
       lanes. */
    void (*owen)(const dk_lane *a, const dk_lane_groups *groups, size_t own, const dk_lane *floor,
                 dk_lane *value, dk_lane *work);

    /* Adds to importance[g] what group g adds when groups enter in the given order; a is copied to work (q (q + 1) / 2). */
    void (*in_order)(const dk_lane *a, const dk_lane_groups *groups, const size_t *order,
                     const dk_lane *floor, dk_lane *importance, dk_lane *work);
} dk_lanes;

/* The best for this processor. */
const dk_lanes *dk_lanes_best(void);

/* All that this processor can run, for tests; returns how many (at most 3). */
int dk_lanes_all(const dk_lanes *out[3]);

/* How many lanes of work shapley needs, and how many multiply-adds it does for one set of eight. */
size_t dk_lanes_shapley_work(const dk_lane_groups *groups);
double dk_lanes_shapley_cost(const dk_lane_groups *groups);

extern const dk_lanes dk_lanes_plain;
#if defined(DK_LANES_X86)
extern const dk_lanes dk_lanes_avx2, dk_lanes_avx512;
#endif

#endif
