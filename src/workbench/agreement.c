#include "workbench/agreement.h"

#include <math.h>
#include <stdlib.h>

double dk_kappa(const double *table, size_t k) {
    double all = 0, agreed = 0, chance = 0;
    for (size_t i = 0; i < k * k; i++) all += table[i];
    if (all <= 0) return NAN;
    for (size_t i = 0; i < k; i++) {
        double row = 0, column = 0;
        for (size_t j = 0; j < k; j++) {
            row += table[i * k + j];
            column += table[j * k + i];
        }
        agreed += table[i * k + i] / all;
        chance += row * column / (all * all);
    }
    return chance < 1 ? (agreed - chance) / (1 - chance) : NAN;
}

double dk_f1(double right, double wrong, double missed) {
    double sum = 2 * right + wrong + missed;
    return sum > 0 ? 2 * right / sum : NAN;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The distinct values in order; returns how many. */
static size_t distinct(const double *values, size_t n, double *out) {
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) out[count++] = values[i];
    qsort(out, count, sizeof *out, by_value);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || out[i] != out[kept - 1]) out[kept++] = out[i];
    return kept;
}

/* Squared difference of categories c < k (section D of the paper); totals are the marginals of the coincidences. */
static double difference(dk_metric metric, const double *categories, const double *totals, size_t c,
                         size_t k) {
    if (metric == DK_METRIC_NOMINAL) return 1;
    if (metric == DK_METRIC_INTERVAL)
        return (categories[c] - categories[k]) * (categories[c] - categories[k]);
    double between = -(totals[c] + totals[k]) / 2;
    for (size_t g = c; g <= k; g++) between += totals[g];
    return between * between;
}

dk_status dk_alpha(const double *values, size_t units, size_t coders, dk_metric metric, double *alpha,
                   dk_error *err) {
    *alpha = NAN;
    double *categories = malloc((units * coders + 1) * sizeof *categories);
    if (categories == NULL) return dk_fail_memory(err);
    size_t k = distinct(values, units * coders, categories);
    double *coincidences = calloc(k * k + 1, sizeof *coincidences), *totals = calloc(k + 1, sizeof *totals);
    double *counts = malloc((k + 1) * sizeof *counts), n = 0;
    dk_status status = coincidences == NULL || totals == NULL || counts == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t u = 0; status == DK_OK && u < units; u++) {
        double here = 0;
        for (size_t c = 0; c < k; c++) counts[c] = 0;
        for (size_t j = 0; j < coders; j++) {
            double v = values[u * coders + j];
            if (isnan(v)) continue;
            double *found = bsearch(&v, categories, k, sizeof *categories, by_value);
            counts[found - categories]++;
            here++;
        }
        if (here < 2) continue;
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                if (counts[a] > 0 && counts[b] > 0)
                    coincidences[a * k + b] += counts[a] * (counts[b] - (a == b)) / (here - 1);
    }
    for (size_t a = 0; status == DK_OK && a < k; a++)
        for (size_t b = 0; b < k; b++) totals[a] += coincidences[a * k + b];
    double observed = 0, expected = 0;
    for (size_t a = 0; status == DK_OK && a < k; a++) n += totals[a];
    for (size_t a = 0; status == DK_OK && a < k; a++)
        for (size_t b = a + 1; b < k; b++) {
            double d = difference(metric, categories, totals, a, b);
            observed += coincidences[a * k + b] * d;
            expected += totals[a] * totals[b] * d;
        }
    if (status == DK_OK && n > 1 && expected > 0) *alpha = 1 - (n - 1) * observed / expected;
    free(categories);
    free(coincidences);
    free(totals);
    free(counts);
    return status;
}
