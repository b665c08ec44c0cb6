#include "stats/lanes.h"

int dk_lanes_all(const dk_lanes *out[3]) {
    int n = 0;
    out[n++] = &dk_lanes_plain;
#if defined(DK_LANES_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) out[n++] = &dk_lanes_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) out[n++] = &dk_lanes_avx512;
#endif
    return n;
}

const dk_lanes *dk_lanes_best(void) {
    const dk_lanes *all[3];
    return all[dk_lanes_all(all) - 1];
}

size_t dk_lanes_shapley_work(const dk_lane_groups *groups) {
    size_t total = 0;
    for (size_t g = 0; g < groups->ngroups; g++) {
        size_t m = groups->first[g + 1];
        total += m * (m + 1) / 2 + m;
    }
    return total + 1;
}

double dk_lanes_shapley_cost(const dk_lane_groups *groups) {
    double total = 0, visits = 1;
    for (size_t g = groups->ngroups; g-- > 0; visits *= 2)
        for (size_t v = groups->first[g]; v < groups->first[g + 1]; v++)
            total += visits * ((double)v * (double)(v + 1) / 2 + (double)v + 4);
    return total;
}
