#include "stats/nps.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"

int dk_nps_contribution(int score) {
    if (score < 0 || score > 10) return INT_MIN;
    return score >= 9 ? 100 : score >= 7 ? 0 : -100;
}

void dk_nps_add(dk_nps_sum *sum, int score, double weight) {
    int c = dk_nps_contribution(score);
    if (c == INT_MIN || !(weight > 0)) return;
    sum->n++;
    sum->w += weight;
    sum->w2 += weight * weight;
    if (c > 0) sum->promoters += weight;
    if (c < 0) sum->detractors += weight;
}

/* The adjusted Wald interval on n responses, with the quantile of the normal or t distribution. */
static dk_interval adjusted_wald(double promoters, double detractors, double n, double quantile) {
    double up = (promoters * n + 0.75) / (n + 3), down = (detractors * n + 0.75) / (n + 3), centre = up - down;
    double half = quantile * sqrt((up + down - centre * centre) / (n + 3)), nps = 100 * (promoters - detractors);
    return (dk_interval){fmin(nps, fmax(-100, 100 * (centre - half))), fmax(nps, fmin(100, 100 * (centre + half)))};
}

void dk_nps_finish(const dk_nps_sum *s, double confidence, dk_nps *nps) {
    *nps = (dk_nps){.n = s->n, .weight = s->w, .nps = NAN, .se = NAN, .ci = {NAN, NAN}};
    if (s->n == 0) return;
    double n = s->w * s->w / s->w2, up = s->promoters / s->w, down = s->detractors / s->w;
    nps->n_effective = n;
    nps->promoters = up;
    nps->detractors = down;
    nps->passives = fmax(0, 1 - up - down);
    nps->nps = 100 * (up - down);
    nps->se = 100 * sqrt(fmax(0, up + down - (up - down) * (up - down)) / n);
    nps->ci = adjusted_wald(up, down, n, dk_norm_quantile(0.5 + confidence / 2));
}

double dk_nps_impact(const dk_nps_sum *all, const dk_nps_sum *theme) {
    double rest = all->w - theme->w;
    if (theme->n == 0 || theme->n == all->n || !(rest > 0)) return NAN;
    double nps = 100 * (all->promoters - all->detractors) / all->w;
    double nps_theme = 100 * (theme->promoters - theme->detractors) / theme->w;
    return theme->w * (nps_theme - nps) / rest;
}

typedef struct unit {
    uint64_t cluster;
    double w, wx;
} unit;

static int by_cluster(const void *a, const void *b) {
    const unit *x = a, *y = b;
    if (x->cluster != y->cluster) return x->cluster < y->cluster ? -1 : 1;
    if (x->wx != y->wx) return x->wx < y->wx ? -1 : 1;
    return (x->w > y->w) - (x->w < y->w);
}

/* The standard error of a weighted mean from sums per cluster: G/(G-1) sum (wx_g - mean w_g)^2 / W^2. Sorting also fixes
   the order of summation, so that shuffled rows give the same bits. */
static double clustered_se(unit *units, size_t n, double w, double mean, int64_t *clusters) {
    qsort(units, n, sizeof *units, by_cluster);
    double meat = 0;
    *clusters = 0;
    for (size_t i = 0; i < n;) {
        double sum = 0;
        size_t j = i;
        for (; j < n && units[j].cluster == units[i].cluster; j++) sum += units[j].wx - mean * units[j].w;
        meat += sum * sum;
        ++*clusters;
        i = j;
    }
    double g = (double)*clusters;
    return g > 1 ? sqrt(meat * g / (g - 1)) / w : NAN;
}

dk_status dk_nps_compute(const int8_t *scores, const double *weights, const uint64_t *clusters,
                         const uint32_t *subset, size_t n, double confidence, dk_nps *nps, dk_error *err) {
    dk_nps_sum sum = {0};
    unit *units = NULL;
    if (clusters != NULL && n > 0 && (units = malloc(n * sizeof *units)) == NULL) return dk_fail_memory(err);
    size_t count = 0;
    for (size_t k = 0; k < n; k++) {
        size_t i = subset != NULL ? subset[k] : k;
        int c = dk_nps_contribution(scores[i]);
        double w = weights != NULL ? weights[i] : 1;
        if (c == INT_MIN || !(w > 0)) continue;
        dk_nps_add(&sum, scores[i], w);
        if (units != NULL) units[count++] = (unit){clusters[i], w, w * c};
    }
    dk_nps_finish(&sum, confidence, nps);
    if (units != NULL && count > 0) {
        int64_t g;
        double se = clustered_se(units, count, sum.w, nps->nps, &g);
        /* The adjusted interval with the number of responses that would give the clustered error. */
        double var = nps->promoters + nps->detractors - (nps->nps / 100) * (nps->nps / 100);
        if (se > 0 && var > 0) {
            double n_eff = fmin(var * 1e4 / (se * se), (double)sum.n);
            nps->ci = adjusted_wald(nps->promoters, nps->detractors, n_eff, dk_t_quantile(0.5 + confidence / 2, (double)(g - 1)));
            nps->n_effective = n_eff;
        }
        nps->se = se;
    }
    free(units);
    return DK_OK;
}

dk_status dk_mean_compute(const double *values, const double *weights, const uint64_t *clusters,
                          const uint32_t *subset, size_t n, double confidence, dk_mean *mean, dk_error *err) {
    *mean = (dk_mean){.mean = NAN, .sd = NAN, .se = NAN, .ci = {NAN, NAN}};
    unit *units = n > 0 ? malloc(n * sizeof *units) : NULL;
    if (n > 0 && units == NULL) return dk_fail_memory(err);
    double w = 0, w2 = 0, wx = 0, wxx = 0;
    size_t count = 0;
    for (size_t k = 0; k < n; k++) {
        size_t i = subset != NULL ? subset[k] : k;
        double weight = weights != NULL ? weights[i] : 1;
        if (isnan(values[i]) || !(weight > 0)) continue;
        units[count] = (unit){clusters != NULL ? clusters[i] : count, weight, weight * values[i]};
        count++;
        w += weight;
        w2 += weight * weight;
        wx += weight * values[i];
    }
    if (count > 0) {
        double m = wx / w;
        for (size_t i = 0; i < count; i++) {
            double d = units[i].wx / units[i].w - m;
            wxx += units[i].w * d * d;
        }
        mean->n = (int64_t)count;
        mean->n_effective = w * w / w2;
        mean->mean = m;
        if (count > 1) mean->sd = sqrt(wxx / w * mean->n_effective / (mean->n_effective - 1));
        mean->se = clustered_se(units, count, w, m, &mean->clusters);
        double df = clusters != NULL ? (double)(mean->clusters - 1) : mean->n_effective - 1;
        double half = df > 0 ? dk_t_quantile(0.5 + confidence / 2, df) * mean->se : NAN;
        mean->ci = (dk_interval){m - half, m + half};
    }
    free(units);
    return DK_OK;
}

dk_interval dk_wilson(double hits, double n, double confidence) {
    if (!(n > 0)) return (dk_interval){0, 1};
    double z = dk_norm_quantile(0.5 + confidence / 2), p = hits / n, z2 = z * z;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return (dk_interval){fmax(0, centre - half), fmin(1, centre + half)};
}

dk_interval dk_agresti_coull(double hits, double n, double confidence) {
    double z = dk_norm_quantile(0.5 + confidence / 2), m = n + z * z, p = (hits + z * z / 2) / m;
    double half = z * sqrt(p * (1 - p) / m);
    return (dk_interval){fmax(0, p - half), fmin(1, p + half)};
}
