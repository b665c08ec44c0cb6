/* How long driver fits take: rows x groups, 1000 replicates, one thread, as processor time (waiting does not count).
 *
 *     bench_drivers [THREADS]
 *
 * relaimpo.R prints relaimpo's time for one fit of 20 predictors beside: 83 s, without any replicate.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "drivkraft.h"
#include "stats/linalg.h"

static double uniform(uint64_t i) {
    return ((double)(dk_hash_mix(7, i) >> 11) + 0.5) * 0x1p-53;
}
static double normal(uint64_t i) {
    return sqrt(-2 * log(uniform(2 * i))) * cos(6.283185307179586 * uniform(2 * i + 1));
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(const char *name, size_t n, size_t p, size_t per_group, int mentions, dk_driver_model model,
                int threads) {
    dk_column *x = calloc(p, sizeof *x);
    uint32_t *group_of = calloc(p, sizeof *group_of);
    const char **groups = calloc(p, sizeof *groups);
    double *line = calloc(n, sizeof *line);
    int64_t *y = calloc(n, sizeof *y);
    if (x == NULL || group_of == NULL || groups == NULL || line == NULL || y == NULL) exit(3);
    for (size_t j = 0; j < p; j++) {
        uint8_t *mention = malloc(n);
        int64_t *value = malloc(n * sizeof *value);
        if (mention == NULL || value == NULL) exit(3);
        for (size_t i = 0; i < n; i++) {
            uint64_t at = j * n + i;
            mention[i] = uniform(at) < 0.06;
            value[i] = llround(1000 * normal(at));
            if (j % 4 == 0) line[i] += mentions ? 1.5 * mention[i] : 0.0003 * (double)value[i];
        }
        x[j] = mentions ? (dk_column){"x", DK_COLUMN_MENTION, mention, 0, 0}
                        : (dk_column){"x", DK_COLUMN_FIXED, value, 0, 1000};
        free(mentions ? (void *)value : (void *)mention);
        group_of[j] = (uint32_t)(j / per_group);
        groups[j / per_group] = "g";
    }
    for (size_t i = 0; i < n; i++) {
        double at = line[i] + 2 * normal(p * n + i);
        y[i] = model == DK_MODEL_LINEAR ? llround(100 * at) : at > 0;
    }
    dk_driver_table t = {.rows = n,
                         .outcome = {"y", DK_COLUMN_FIXED, y, 0, 1},
                         .predictors = x,
                         .npredictors = p,
                         .group_of = group_of,
                         .groups = groups,
                         .ngroups = (p + per_group - 1) / per_group};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.threads = threads;
    o.model = model;
    dk_driver_result *r;
    dk_error err = {0};
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    if (dk_drivers_fit(&t, &o, &r, &err) != DK_OK) {
        fprintf(stderr, "bench_drivers: %s\n", err.message);
        exit(1);
    }
    printf("| %s | %zu | %zu x %zu | %s | %.2f | %.2f |\n", name, n, t.ngroups, per_group,
           r->exact ? "exact" : "sampled", seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
           seconds(CLOCK_MONOTONIC) - wall);
    fflush(stdout);
    dk_drivers_free(r);
    for (size_t j = 0; j < p; j++) free((void *)x[j].values);
    free(x);
    free(group_of);
    free(groups);
    free(line);
    free(y);
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    if (threads < 1) return 2;
    dk_linalg_set_threads(1);
    printf("OpenBLAS kernel %s, %d thread(s), 1000 replicates\n\n", dk_linalg_corename(), threads);
    printf(
        "| case | rows | groups x terms | importance | processor s | wall s |\n|---|---|---|---|---|---|\n");
    run("ratings", 10000, 15, 1, 0, DK_MODEL_LINEAR, threads);
    run("ratings", 100000, 20, 1, 0, DK_MODEL_LINEAR, threads);
    run("ratings", 10000, 24, 1, 0, DK_MODEL_LINEAR, threads);
    run("mentions", 10000, 34, 2, 1, DK_MODEL_LINEAR, threads);
    run("mentions", 100000, 34, 2, 1, DK_MODEL_LINEAR, threads);
    run("mentions", 100000, 102, 6, 1, DK_MODEL_LINEAR, threads);
    run("mentions", 20000, 200, 10, 1, DK_MODEL_LINEAR, threads);
    run("binary, mentions", 20000, 34, 2, 1, DK_MODEL_BINARY, threads);
    return 0;
}
