#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "study/movement_matrix.h"

enum { LEAST_CUSTOMERS = 30, IN_A_GROUP = 100, MOST_GROUPS = 20, A_MOVE = 4 /* standard deviations */ };

typedef struct level {
    double mean, noise; /* of the customer's values; the noise's variance */
    size_t customer, values;
} level;

static int by_mean(const void *a, const void *b) {
    const level *x = a, *y = b;
    if (x->mean != y->mean) return x->mean < y->mean ? -1 : 1;
    return (x->customer > y->customer) - (x->customer < y->customer);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The variance of differences by their median distance from their median, as of a normal distribution. */
static double median_variance(double *d, size_t n) {
    if (n == 0) return NAN;
    qsort(d, n, sizeof *d, by_value);
    double middle = n % 2 == 1 ? d[n / 2] : (d[n / 2 - 1] + d[n / 2]) / 2;
    for (size_t i = 0; i < n; i++) d[i] = fabs(d[i] - middle);
    qsort(d, n, sizeof *d, by_value);
    double mad = 1.482602218505602 * (n % 2 == 1 ? d[n / 2] : (d[n / 2 - 1] + d[n / 2]) / 2);
    return mad * mad;
}

/* Differences over `lag` periods among the customers of a group. */
static size_t differences(const level *group, size_t n, const double *values, const uint32_t *periods,
                          const size_t *first_of, uint32_t lag, double *out) {
    size_t count = 0;
    for (size_t g = 0; g < n; g++) {
        size_t first = first_of[group[g].customer], end = first_of[group[g].customer + 1];
        for (size_t i = first; i < end; i++)
            for (size_t k = i + 1; k < end && periods[k] <= periods[i] + lag; k++)
                if (periods[k] == periods[i] + lag && !isnan(values[i]) && !isnan(values[k]))
                    out[count++] = values[k] - values[i];
    }
    return count;
}

static size_t list_levels(level *levels, const double *values, const size_t *first_of, size_t ncustomers) {
    size_t n = 0;
    for (size_t c = 0; c < ncustomers; c++) {
        level l = {.customer = c};
        for (size_t i = first_of[c]; i < first_of[c + 1]; i++)
            if (!isnan(values[i])) l.mean += values[i], l.values++;
        if (l.values < 2) continue;
        l.mean /= (double)l.values;
        levels[n++] = l;
    }
    return n;
}

/* A stretch of a customer's values between real moves: where they stood, and how much of the customer it is. */
typedef struct stretch {
    double mean, noise, part;
    size_t customer, values;
} stretch;

/* Cuts each customer where a value is so far from the mean of those before that noise cannot have done it; else the mean of who moved
   would lie between two segments, near the border, and noise would seem to carry them across. runs: room for every value. */
static size_t cut_at_moves(const level *levels, size_t count, const double *values, const size_t *first_of,
                           stretch *runs) {
    size_t n = 0;
    for (size_t c = 0; c < count; c++) {
        const level *l = levels + c;
        stretch *run = NULL;
        for (size_t i = first_of[l->customer]; i < first_of[l->customer + 1]; i++) {
            if (isnan(values[i])) continue;
            double away = run != NULL ? values[i] - run->mean : 0,
                   held = run != NULL ? (double)run->values : 1;
            if (run == NULL || away * away > A_MOVE * A_MOVE * l->noise * (1 + 1 / held)) {
                run = runs + n++;
                *run = (stretch){.mean = values[i],
                                 .noise = l->noise,
                                 .customer = l->customer,
                                 .values = 1,
                                 .part = 1 / (double)l->values};
                continue;
            }
            run->values++;
            run->mean += (values[i] - run->mean) / (double)run->values;
            run->part += 1 / (double)l->values;
        }
    }
    return n;
}

static double band_chance(double from, double below, double mean, double sd) {
    if (!(sd > 0)) return mean >= from && mean < below;
    return dk_norm_cdf((below - mean) / sd) - dk_norm_cdf((from - mean) / sd);
}

dk_status dk_noise_expect(const double *values, const uint32_t *periods, const size_t *first_of,
                          size_t ncustomers, const double *from, const double *below, size_t n,
                          const double *weight, double *expected, dk_move_noise *noise, dk_error *err) {
    size_t records = first_of[ncustomers];
    level *levels = malloc((ncustomers + 1) * sizeof *levels);
    stretch *runs = malloc((records + 1) * sizeof *runs);
    double *d = malloc((records + 1) * sizeof *d), mean = 0, variance = 0, of_mean = 0, typical = 0;
    dk_status status = levels != NULL && d != NULL && runs != NULL ? DK_OK : dk_fail_memory(err);
    size_t count = status == DK_OK ? list_levels(levels, values, first_of, ncustomers) : 0;
    noise->known = count >= LEAST_CUSTOMERS;
    noise->upper_bound = true;
    noise->reason = noise->known ? NULL : "fewer than 30 customers have figures of two periods";
    if (!noise->known) goto done;
    qsort(levels, count, sizeof *levels, by_mean);
    size_t groups = count / IN_A_GROUP;
    groups = groups < 1 ? 1 : groups > MOST_GROUPS ? MOST_GROUPS : groups;
    for (size_t g = 0; g < groups; g++) {
        size_t at = g * count / groups, end = (g + 1) * count / groups;
        double one = median_variance(d, differences(levels + at, end - at, values, periods, first_of, 1, d));
        double two = median_variance(d, differences(levels + at, end - at, values, periods, first_of, 2, d));
        double sigma2 = isnan(one) ? (isnan(two) ? 0 : two / 2) : one / 2;
        if (!isnan(one) && !isnan(two)) {
            sigma2 = fmin(fmax((2 * one - two) / 2, 0), one / 2);
            noise->upper_bound = false;
        }
        for (size_t i = at; i < end; i++) levels[i].noise = sigma2;
    }
    size_t nruns = cut_at_moves(levels, count, values, first_of, runs);
    for (size_t i = 0; i < nruns; i++) mean += runs[i].part * runs[i].mean / (double)count;
    for (size_t i = 0; i < nruns; i++) {
        double away = runs[i].mean - mean, share = runs[i].part / (double)count;
        variance += share * away * away;
        of_mean += share * runs[i].noise / (double)runs[i].values;
        typical += share * runs[i].noise;
    }
    double truth = fmax(variance - of_mean, 0), shrink = variance > 0 ? sqrt(truth / variance) : 0;
    noise->share_of_spread = truth > 0 ? sqrt(typical / truth) : INFINITY;
    for (size_t i = 0; i < n * n; i++) expected[i] = 0;
    for (size_t i = 0; i < nruns; i++) {
        double value = mean + shrink * (runs[i].mean - mean), sd = sqrt(runs[i].noise),
               chance[DK_SEGMENTS_MAX];
        for (size_t a = 0; a < n; a++) chance[a] = band_chance(from[a], below[a], value, sd);
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                expected[a * n + b] += runs[i].part * weight[runs[i].customer] * chance[a] * chance[b];
    }
    for (size_t a = 0; a < n; a++) {
        double sum = 0;
        for (size_t b = 0; b < n; b++) sum += expected[a * n + b];
        for (size_t b = 0; b < n; b++) expected[a * n + b] = sum > 0 ? expected[a * n + b] / sum : NAN;
    }
done:
    free(levels);
    free(runs);
    free(d);
    return status;
}
