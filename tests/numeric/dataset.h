/* The public data sets of tests/numeric/data, and how close a number must be. */
#ifndef DK_TESTS_DATASET_H
#define DK_TESTS_DATASET_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivkraft.h"

typedef struct dataset {
    char *text;
    size_t rows, ncols;
    const char *names[16];
    const char **cells; /* row i, column j: cells[i * ncols + j] */
} dataset;

/* Reads tests/numeric/data/NAME: a # comment with the source, a header row, no quotes. */
static inline dataset dataset_read(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "tests/numeric/data/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    dataset d = {.text = calloc(1, 1 << 20)};
    assert_non_null(d.text);
    size_t len = fread(d.text, 1, (1 << 20) - 1, f);
    fclose(f);
    d.text[len] = '\0';
    d.cells = calloc(len, sizeof *d.cells);
    assert_non_null(d.cells);
    char *line = strchr(d.text, '\n') + 1, *save = NULL, *cell_save = NULL;
    size_t at = 0;
    for (char *row = strtok_r(line, "\n", &save); row != NULL; row = strtok_r(NULL, "\n", &save)) {
        bool header = d.ncols == 0;
        for (char *cell = strtok_r(row, ",", &cell_save); cell != NULL;
             cell = strtok_r(NULL, ",", &cell_save)) {
            if (header)
                d.names[d.ncols++] = cell;
            else
                d.cells[at++] = cell;
        }
    }
    d.rows = at / d.ncols;
    return d;
}

static inline void dataset_free(dataset *d) {
    free(d->text);
    free((void *)d->cells);
}

static inline size_t dataset_find(const dataset *d, const char *name) {
    for (size_t j = 0; j < d->ncols; j++)
        if (strcmp(d->names[j], name) == 0) return j;
    fail_msg("no column %s", name);
    return 0;
}

static inline const char *dataset_text(const dataset *d, size_t row, const char *name) {
    return d->cells[row * d->ncols + dataset_find(d, name)];
}

/* A numeric column times factor, rounded to what the factor makes whole (data sets give decimals); the caller frees. */
static inline double *dataset_numbers(const dataset *d, const char *name, double factor) {
    double *x = calloc(d->rows + 1, sizeof *x);
    assert_non_null(x);
    size_t j = dataset_find(d, name);
    for (size_t i = 0; i < d->rows; i++) {
        double v = strtod(d->cells[i * d->ncols + j], NULL);
        x[i] = factor == 1 ? v : nearbyint(v * factor);
    }
    return x;
}

/* Fails unless |got - want| <= tolerance |want| (or tolerance itself where want is 0). */
static inline void assert_close_at(double got, double want, double tolerance, const char *what, int line) {
    double bound = tolerance * (want != 0 ? fabs(want) : 1);
    if (!(fabs(got - want) <= bound))
        fail_msg("line %d: %s is %.17g, not %.17g (off by %.2g)", line, what, got, want, fabs(got - want));
}
#define assert_close(got, want, tolerance) assert_close_at((got), (want), (tolerance), #got, __LINE__)

#define SUCCEED(call)                                                   \
    do {                                                                \
        dk_error error_ = {0};                                          \
        if ((call) != DK_OK) fail_msg("%s: %s", #call, error_.message); \
    } while (0)

#endif
