/* Monte Carlo calibration of the driver statistics: do 95 % intervals cover, are null predictors left alone, are verdicts
 * right? Prints a table in Markdown for RESULTS.md.
 *
 *     calibrate [RUNS] [SEED]      2000 runs by default: some minutes
 *
 * Data: mentions are thresholded correlated normals (prevalence 4 to 25 %), ratings are correlated normals; the outcome
 * is an NPS contribution (-100, 0, 100) cut from a latent line with noise, or the line with skewed, heteroscedastic
 * noise. True effects, opportunities and importances are those of a population of a million rows of the same kind; importance counts
 * where it is above .001 there, be it a real driver's or shared by a correlated one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "drivkraft.h"

enum { K = 8 };

typedef struct rng {
    uint64_t seed, counter;
} rng;

static double uniform(rng *r) {
    return ((double)(dk_hash_mix(r->seed, r->counter++) >> 11) + 0.5) * 0x1p-53;
}
static double normal(rng *r) {
    return sqrt(-2 * log(uniform(r))) * cos(6.283185307179586 * uniform(r));
}

typedef enum kind { MENTIONS, RATINGS } kind;

typedef struct scenario {
    const char *name;
    kind kind;
    size_t n, per_cluster;
    double beta[K];     /* per mention in NPS points, or per standard deviation of a rating */
    double correlation; /* between neighbouring predictors */
    bool nps;           /* the outcome is a contribution cut from the line */
    bool binary;        /* the outcome is whether the line and logistic noise are above 0 */
    bool pairs; /* predictors two by two are one group: its importance, not that of each, is looked at */
} scenario;

typedef struct sample {
    size_t n;
    uint8_t *mention[K];
    double *rating[K];
    double *y;
    uint64_t *cluster;
} sample;

static void *need(size_t count, size_t size) {
    void *p = calloc(count + 1, size);
    if (p == NULL) exit(1);
    return p;
}

static sample sample_new(size_t n) {
    sample s = {.n = n, .y = need(n, sizeof(double)), .cluster = need(n, sizeof(uint64_t))};
    for (int j = 0; j < K; j++) {
        s.mention[j] = need(n, 1);
        s.rating[j] = need(n, sizeof(double));
    }
    return s;
}

static void sample_free(sample *s) {
    for (int j = 0; j < K; j++) {
        free(s->mention[j]);
        free(s->rating[j]);
    }
    free(s->y);
    free(s->cluster);
}

static void draw(const scenario *sc, rng *r, sample *s) {
    static const double cut[K] = {1.75, 1.6, 1.3, 1.1, 0.9, 0.7, 1.3, 1.0}; /* prevalence 4 to 24 % */
    double rho = sc->correlation, root = sqrt(1 - rho * rho), shared = 0;
    for (size_t i = 0; i < s->n; i++) {
        double z[K], line = 0;
        z[0] = normal(r);
        for (int j = 1; j < K; j++) z[j] = rho * z[j - 1] + root * normal(r);
        if (i % sc->per_cluster == 0) shared = normal(r);
        for (int j = 0; j < K; j++) {
            s->mention[j][i] = z[j] > cut[j];
            s->rating[j][i] = nearbyint(z[j] * 1000) / 1000;
            line += sc->beta[j] * (sc->kind == MENTIONS ? s->mention[j][i] : s->rating[j][i]);
        }
        double noise = sc->per_cluster > 1 ? 0.6 * shared + 0.8 * normal(r) : normal(r);
        if (sc->binary) {
            double u = uniform(r);
            s->y[i] = line / 30 - 0.5 + log(u / (1 - u)) > 0;
        } else if (sc->nps) {
            double score = 8 + line / 35 + 2 * noise;
            s->y[i] = score >= 8.5 ? 100 : score >= 6.5 ? 0 : -100;
        } else {
            double spread = 60 * exp(0.25 * z[0]); /* unequal errors */
            s->y[i] = nearbyint(100 * (line + spread * noise)) / 100;
        }
        s->cluster[i] = dk_hash_mix(r->seed, i / sc->per_cluster);
    }
}

static dk_driver_result *fit(const scenario *sc, const sample *s, int replicates) {
    static const char *const names[K] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    static const uint32_t pair[K] = {0, 0, 1, 1, 2, 2, 3, 3};
    dk_column x[K];
    for (int j = 0; j < K; j++) {
        if (sc->kind == MENTIONS)
            x[j] = (dk_column){names[j], DK_COLUMN_MENTION, s->mention[j], 0, 0};
        else
            x[j] = (dk_column){names[j], DK_COLUMN_REAL, s->rating[j], 0, 0};
    }
    dk_driver_table t = {.rows = s->n,
                         .outcome = {"y", DK_COLUMN_REAL, s->y, 0, 0},
                         .predictors = x,
                         .npredictors = K,
                         .group_of = sc->pairs ? pair : NULL,
                         .groups = sc->pairs ? names : NULL,
                         .ngroups = K / 2,
                         .clusters = sc->per_cluster > 1 ? s->cluster : NULL};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = replicates;
    if (sc->binary) o.model = DK_MODEL_BINARY;
    dk_driver_result *result;
    dk_error err = {0};
    if (dk_drivers_fit(&t, &o, &result, &err) != DK_OK) {
        fprintf(stderr, "calibrate: %s\n", err.message);
        exit(1);
    }
    return result;
}

typedef struct truth {
    double effect[K], opportunity[K], importance[K];
} truth;

static truth population(const scenario *sc, uint64_t seed) {
    rng r = {seed, 0};
    sample s = sample_new(sc->binary ? 100000 : 1000000); /* logits refit all sets of groups */
    draw(sc, &r, &s);
    dk_driver_result *f = fit(sc, &s, 0);
    truth t = {0};
    for (size_t g = 0; g < f->ndrivers; g++) {
        const dk_driver *d = &f->drivers[g];
        t.importance[d->terms->column] = d->importance;
        for (size_t k = 0; k < d->nterms; k++) {
            t.effect[d->terms[k].column] = d->terms[k].effect;
            t.opportunity[d->terms[k].column] = d->terms[k].opportunity;
        }
    }
    dk_drivers_free(f);
    sample_free(&s);
    return t;
}

static bool covers(dk_interval ci, double x) {
    return ci.lo <= x && x <= ci.hi;
}

static void run(const scenario *sc, int runs, uint64_t seed, int replicates) {
    truth t = population(sc, seed);
    int effect[K] = {0}, opportunity[K] = {0}, importance[K] = {0}, null_named = 0, verdicts[3] = {0},
        any = 0;
    sample s = sample_new(sc->n);
    for (int i = 0; i < runs; i++) {
        rng r = {dk_hash_mix(seed, (uint64_t)i + 1), 0};
        draw(sc, &r, &s);
        dk_driver_result *f = fit(sc, &s, replicates);
        bool false_one = false, one = false;
        for (size_t g = 0; g < f->ndrivers; g++) {
            const dk_driver *d = &f->drivers[g];
            bool real_one = false;
            importance[d->terms->column] += covers(d->importance_ci, t.importance[d->terms->column]);
            for (size_t k = 0; k < d->nterms; k++) {
                const dk_driver_term *m = &d->terms[k];
                effect[m->column] += covers(m->ci, t.effect[m->column]);
                opportunity[m->column] += covers(m->opportunity_ci, t.opportunity[m->column]);
                real_one = real_one || sc->beta[m->column] != 0;
            }
            one = one || d->q <= 0.05;
            false_one = false_one || (d->q <= 0.05 && !real_one);
        }
        any += one;
        null_named += false_one;
        verdicts[f->verdict]++;
        dk_drivers_free(f);
    }
    sample_free(&s);
    double low[3] = {1, 1, 1}, high[3] = {0, 0, 0}, mean[3] = {0}, real[3] = {0};
    for (int j = 0; j < K; j++) {
        const int *counts[3] = {effect, opportunity, importance};
        for (int k = 0; k < 3; k++) {
            if (k < 2 ? sc->beta[j] == 0 : t.importance[j] < 1e-3) continue;
            double c = (double)counts[k][j] / runs;
            real[k]++;
            low[k] = fmin(low[k], c);
            high[k] = fmax(high[k], c);
            mean[k] += c;
        }
    }
    printf("| %s |", sc->name);
    for (int k = 0; k < 3; k++) {
        if (real[k] > 0)
            printf(" %.1f (%.1f to %.1f) |", 100 * mean[k] / real[k], 100 * low[k], 100 * high[k]);
        else
            printf(" - |");
    }
    printf(" %.1f | %.1f | %.1f / %.1f / %.1f |\n", 100.0 * null_named / runs, 100.0 * any / runs,
           100.0 * verdicts[DK_LINK] / runs, 100.0 * verdicts[DK_NO_LINK] / runs,
           100.0 * verdicts[DK_INCONCLUSIVE] / runs);
    fflush(stdout);
}

int main(int argc, char **argv) {
    int runs = argc > 1 ? atoi(argv[1]) : 2000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260101;
    if (runs < 1) return 2;
    static const scenario scenarios[] = {
        {"NPS, mentions, n = 500", MENTIONS, 500, 1, {-40, -30, 0, -25, 0, 20, 0, 0}, 0.3, true},
        {"NPS, mentions, n = 2,000", MENTIONS, 2000, 1, {-40, -30, 0, -25, 0, 20, 0, 0}, 0.3, true},
        {"NPS, mentions, 1,500 in clusters of 3",
         MENTIONS,
         1500,
         3,
         {-40, -30, 0, -25, 0, 20, 0, 0},
         0.3,
         true},
        {"unequal errors, ratings, n = 300", RATINGS, 300, 1, {20, 0, 15, 0, 10, 0, 0, 0}, 0.3, false},
        {"unequal errors, ratings, correlation .6, n = 1,000",
         RATINGS,
         1000,
         1,
         {20, 0, 15, 0, 10, 0, 0, 0},
         0.6,
         false},
        {"groups of two, mentions, n = 1,000",
         MENTIONS,
         1000,
         1,
         {-40, -30, 0, -25, 0, 0, 0, 0},
         0.3,
         true,
         false,
         true},
        {"churn (binary), groups of two, n = 1,000",
         MENTIONS,
         1000,
         1,
         {-40, -30, 0, -25, 0, 0, 0, 0},
         0.3,
         false,
         true,
         true},
        {"weak drivers, mentions, n = 1,000", MENTIONS, 1000, 1, {-25, -15, 0, 10, 0, 0, 0, 0}, 0.3, true},
        {"no effect, NPS, mentions, n = 500", MENTIONS, 500, 1, {0}, 0.3, true},
        {"no effect, ratings, correlation .6, n = 5,000", RATINGS, 5000, 1, {0}, 0.6, false},
        {"no effect, clusters of 3, n = 1,500", MENTIONS, 1500, 3, {0}, 0.3, true},
        {"no effect, n = 60", RATINGS, 60, 1, {0}, 0.3, false},
    };
    printf("%d runs each, 400 replicates, seed %llu. Per cent: mean (lowest to highest predictor).\n\n", runs,
           (unsigned long long)seed);
    printf("| case | effect covered | opportunity covered | importance covered | a null predictor named | "
           "any named | "
           "link / no link / inconclusive |\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) run(&scenarios[i], runs, seed, 400);
    return 0;
}
