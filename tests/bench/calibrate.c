/* Monte Carlo calibration of the driver statistics: do 95 % intervals cover, are null predictors left alone, are
 * verdicts right? Prints a table in Markdown for RESULTS.md.
 *
 *     calibrate [RUNS] [SEED] [PART OF A NAME]      1000 runs of every case by default: some minutes a case
 *
 * Data: mentions are thresholded correlated normals (prevalence 4 to 25 %), ratings are correlated normals; the
 * outcome is an NPS contribution (-100, 0, 100) cut from a latent line with noise, the line with heteroscedastic
 * noise, whether the line and logistic noise are above 0 (churn), or that sum cut into five levels. True effects,
 * opportunities and importances are those of a population of a million rows of the same kind; importance counts where
 * it is above .001 there, be it a real driver's or shared by a correlated one. A group is null when none of its
 * predictors is in the line.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "drivkraft.h"

enum { K = 8, REPLICATES = 400 };

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
typedef enum scale { NPS, AMOUNT, CHURN, LEVELS } scale;

typedef struct scenario {
    const char *name;
    kind kind;
    scale scale;
    size_t n;
    double beta[K];     /* per mention in NPS points, or per standard deviation of a rating */
    double correlation; /* between neighbouring predictors */
    size_t per_cluster; /* rows of a cluster on average (1 to 3 of each 4 of a pair), 0: none */
    double shared;      /* part of the variance of errors and predictors that a cluster shares */
    bool weights;       /* of 1/4 to 4, saying nothing about the outcome */
    bool pairs; /* predictors two by two are one group: its importance, not that of each, is looked at */
    bool rare;  /* the first predictor is mentioned in 6 of 1000 rows */
} scenario;

typedef struct sample {
    size_t n;
    uint8_t *mention[K];
    double *rating[K], *y, *weight;
    uint64_t *cluster;
} sample;

static void *need(size_t count, size_t size) {
    void *p = calloc(count + 1, size);
    if (p == NULL) exit(1);
    return p;
}

static sample sample_new(size_t n) {
    sample s = {.n = n,
                .y = need(n, sizeof(double)),
                .weight = need(n, sizeof(double)),
                .cluster = need(n, sizeof(uint64_t))};
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
    free(s->weight);
    free(s->cluster);
}

static double outcome_of(const scenario *sc, rng *r, double line, double first, double noise) {
    if (sc->scale == NPS) {
        double score = 8 + line / 35 + 2 * noise;
        return score >= 8.5 ? 100 : score >= 6.5 ? 0 : -100;
    }
    if (sc->scale == AMOUNT)
        return nearbyint(100 * (line + 60 * exp(0.25 * first) * noise)) / 100; /* unequal errors */
    double u = uniform(r), logit = line / 30 - 0.5 + log(u / (1 - u));
    if (sc->scale == CHURN) return logit > 0;
    return (double)((logit > -2) + (logit > -1) + (logit > 0) + (logit > 1.5));
}

static void draw(const scenario *sc, rng *r, sample *s) {
    static const double cut[K] = {1.75, 1.6, 1.3, 1.1, 0.9, 0.7, 1.3, 1.0}; /* prevalence 4 to 24 % */
    double rho = sc->correlation, root = sqrt(1 - rho * rho), common[K + 1] = {0};
    double part = sqrt(sc->shared), rest = sqrt(1 - sc->shared);
    uint64_t last = UINT64_MAX;
    for (size_t i = 0; i < s->n; i++) {
        double z[K], line = 0;
        size_t both = 2 * sc->per_cluster, pair = both > 0 ? i / both : 0;
        uint64_t id = both > 0 ? 2 * pair + (i % both >= (sc->per_cluster + 1) / 2) : i;
        if (id != last && both > 0)
            for (int j = 0; j <= K; j++) common[j] = normal(r);
        last = id;
        z[0] = normal(r);
        for (int j = 1; j < K; j++) z[j] = rho * z[j - 1] + root * normal(r);
        for (int j = 0; j < K; j++) {
            double x = both > 0 ? part * common[j] + rest * z[j] : z[j];
            s->mention[j][i] = x > (sc->rare && j == 0 ? 2.512 : cut[j]);
            s->rating[j][i] = nearbyint(x * 1000) / 1000;
            line += sc->beta[j] * (sc->kind == MENTIONS ? s->mention[j][i] : s->rating[j][i]);
        }
        double noise = both > 0 ? part * common[K] + rest * normal(r) : normal(r);
        s->y[i] = outcome_of(sc, r, line, z[0], noise);
        s->weight[i] = ldexp(1, (int)(5 * uniform(r)) - 2);
        s->cluster[i] = dk_hash_mix(r->seed, id);
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
                         .weights = sc->weights ? s->weight : NULL,
                         .clusters = sc->per_cluster > 0 ? s->cluster : NULL};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = replicates;
    if (sc->scale == CHURN) o.model = DK_MODEL_BINARY;
    if (sc->scale == LEVELS) o.model = DK_MODEL_ORDINAL;
    dk_driver_result *result;
    dk_error err = {0};
    if (dk_drivers_fit(&t, &o, &result, &err) != DK_OK) {
        fprintf(stderr, "calibrate: %s: %s\n", sc->name, err.message);
        exit(1);
    }
    return result;
}

typedef struct truth {
    double effect[K], opportunity[K], importance[K];
} truth;

static truth population(const scenario *sc, uint64_t seed) {
    rng r = {seed, 0};
    bool logit = sc->scale == CHURN || sc->scale == LEVELS; /* logits refit all sets of groups */
    sample s = sample_new(logit ? 200000 : 1000000);
    draw(sc, &r, &s);
    scenario plain = *sc;
    plain.weights = false;
    plain.per_cluster = 0; /* standard errors are not looked at */
    dk_driver_result *f = fit(&plain, &s, 0);
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

/* What all runs of a case add up to; by predictor, a group's at its first. */
typedef struct counts {
    int effect[K], opportunity[K], importance[K],
        below[K]; /* below: the truth is under the importance interval */
    double nulls, nulls_named, nulls_sure, reals, reals_named, reals_sure, false_share;
    int any_null, any_null_sure, any, verdicts[3];
} counts;

static void add_run(const scenario *sc, const truth *t, const dk_driver_result *f, counts *c) {
    double named = 0, wrong = 0, wrong_sure = 0;
    for (size_t g = 0; g < f->ndrivers; g++) {
        const dk_driver *d = &f->drivers[g];
        size_t at = d->terms->column;
        bool real = false;
        c->importance[at] += covers(d->importance_ci, t->importance[at]);
        c->below[at] += t->importance[at] < d->importance_ci.lo;
        for (size_t k = 0; k < d->nterms; k++) {
            const dk_driver_term *m = &d->terms[k];
            c->effect[m->column] += covers(m->ci, t->effect[m->column]);
            c->opportunity[m->column] += covers(m->opportunity_ci, t->opportunity[m->column]);
            real = real || sc->beta[m->column] != 0;
        }
        bool is_named = d->q <= 0.05, is_sure = is_named && d->p_max <= 0.05;
        named += is_named;
        wrong += is_named && !real;
        wrong_sure += is_sure && !real;
        *(real ? &c->reals : &c->nulls) += 1;
        *(real ? &c->reals_named : &c->nulls_named) += is_named;
        *(real ? &c->reals_sure : &c->nulls_sure) += is_sure;
    }
    c->any += named > 0;
    c->any_null += wrong > 0;
    c->any_null_sure += wrong_sure > 0;
    c->false_share += named > 0 ? wrong / named : 0;
    c->verdicts[f->verdict]++;
}

static void print_coverage(const int *hits, int runs, const bool *counted) {
    double low = 1, high = 0, mean = 0, n = 0;
    for (int j = 0; j < K; j++) {
        if (!counted[j]) continue;
        double c = (double)hits[j] / runs;
        low = fmin(low, c);
        high = fmax(high, c);
        mean += c;
        n++;
    }
    if (n > 0)
        printf(" %.1f (%.1f to %.1f) |", 100 * mean / n, 100 * low, 100 * high);
    else
        printf(" - |");
}

static void print_share(double hits, double of) {
    if (of > 0)
        printf(" %.1f |", 100 * hits / of);
    else
        printf(" - |");
}

static void run(const scenario *sc, int runs, uint64_t seed) {
    truth t = population(sc, seed);
    counts c = {0};
    sample s = sample_new(sc->n);
    for (int i = 0; i < runs; i++) {
        rng r = {dk_hash_mix(seed, (uint64_t)i + 1), 0};
        draw(sc, &r, &s);
        dk_driver_result *f = fit(sc, &s, REPLICATES);
        add_run(sc, &t, f, &c);
        dk_drivers_free(f);
    }
    sample_free(&s);
    bool real[K], important[K];
    for (int j = 0; j < K; j++) {
        real[j] = sc->beta[j] != 0;
        important[j] = t.importance[j] >= 1e-3;
    }
    printf("| %s |", sc->name);
    print_coverage(c.effect, runs, real);
    print_coverage(c.opportunity, runs, real);
    print_coverage(c.importance, runs, important);
    print_share(c.nulls_named, c.nulls);
    print_share(c.any_null, c.nulls > 0 ? runs : 0);
    print_share(c.any_null_sure, c.nulls > 0 ? runs : 0);
    print_share(c.false_share, runs);
    print_share(c.reals_named, c.reals);
    print_share(c.reals_sure, c.reals);
    printf(" %.1f / %.1f / %.1f |\n", 100.0 * c.verdicts[DK_LINK] / runs,
           100.0 * c.verdicts[DK_NO_LINK] / runs, 100.0 * c.verdicts[DK_INCONCLUSIVE] / runs);
    fflush(stdout);
    if (getenv("CALIBRATE_DETAIL") == NULL) return;
    for (int j = 0; j < K; j++)
        if (important[j])
            fprintf(stderr,
                    "    %c importance %.4f covered %.1f, truth below %.1f; effect %.4g covered %.1f\n",
                    'a' + j, t.importance[j], 100.0 * c.importance[j] / runs, 100.0 * c.below[j] / runs,
                    t.effect[j], 100.0 * c.effect[j] / runs);
}

#define CLEAR \
    { -40, -30, 0, -25, 0, 20, 0, 0 }
#define STEPS \
    { 20, 0, 15, 0, 10, 0, 0, 0 }
#define TWO_PAIRS \
    { -40, -30, 0, -25, 0, 0, 0, 0 }
#define NOTHING \
    { 0 }

static const scenario scenarios[] = {
    {"NPS, n = 100", MENTIONS, NPS, 100, CLEAR, 0.3},
    {"NPS, n = 300", MENTIONS, NPS, 300, CLEAR, 0.3},
    {"NPS, n = 500", MENTIONS, NPS, 500, CLEAR, 0.3},
    {"NPS, n = 2,000", MENTIONS, NPS, 2000, CLEAR, 0.3},
    {"NPS, weights of 1/4 to 4, n = 2,000", MENTIONS, NPS, 2000, CLEAR, 0.3, .weights = true},
    {"NPS, 1,500 rows in clusters of 3", MENTIONS, NPS, 1500, CLEAR, 0.3, .per_cluster = 3, .shared = 0.36},
    {"NPS, 1,000 rows in 10 clusters", MENTIONS, NPS, 1000, CLEAR, 0.3, .per_cluster = 100, .shared = 0.1},
    {"NPS, 1,000 rows in 20 clusters", MENTIONS, NPS, 1000, CLEAR, 0.3, .per_cluster = 50, .shared = 0.1},
    {"NPS, first theme in 30 of 5,000 rows", MENTIONS, NPS, 5000, CLEAR, 0.3, .rare = true},
    {"the same in clusters of 2", MENTIONS, NPS, 5000, CLEAR, 0.3, .per_cluster = 2, .shared = 0.2,
     .rare = true},
    {"amounts, unequal errors, n = 300", RATINGS, AMOUNT, 300, STEPS, 0.3},
    {"amounts, correlation .6, n = 1,000, five nulls", RATINGS, AMOUNT, 1000, STEPS, 0.6},
    {"amounts, correlation .6, n = 2,000, one null",
     RATINGS,
     AMOUNT,
     2000,
     {20, 15, -20, 0, 20, -15, 20, 15},
     0.6},
    {"groups of two, n = 1,000", MENTIONS, NPS, 1000, TWO_PAIRS, 0.3, .pairs = true},
    {"weak drivers, n = 1,000", MENTIONS, NPS, 1000, {-25, -15, 0, 10, 0, 0, 0, 0}, 0.3},
    {"churn (binary), n = 300", MENTIONS, CHURN, 300, CLEAR, 0.3},
    {"churn (binary), n = 1,000", MENTIONS, CHURN, 1000, CLEAR, 0.3},
    {"churn (binary), groups of two, n = 1,000", MENTIONS, CHURN, 1000, TWO_PAIRS, 0.3, .pairs = true},
    {"churn (binary), clusters of 3, weights, n = 1,500", MENTIONS, CHURN, 1500, TWO_PAIRS, 0.3,
     .per_cluster = 3, .shared = 0.36, .weights = true, .pairs = true},
    {"ordinal of 5, groups of two, n = 1,000", MENTIONS, LEVELS, 1000, TWO_PAIRS, 0.3, .pairs = true},
    {"ordinal of 5, ratings, correlation .6, n = 1,000", RATINGS, LEVELS, 1000, STEPS, 0.6, .pairs = true},
    {"no effect, n = 60", RATINGS, AMOUNT, 60, NOTHING, 0.3},
    {"no effect, NPS, n = 500", MENTIONS, NPS, 500, NOTHING, 0.3},
    {"no effect, correlation .6, n = 5,000", RATINGS, AMOUNT, 5000, NOTHING, 0.6},
    {"no effect, clusters of 3, n = 1,500", MENTIONS, NPS, 1500, NOTHING, 0.3, .per_cluster = 3,
     .shared = 0.36},
    {"no effect, 10 clusters, n = 1,000", MENTIONS, NPS, 1000, NOTHING, 0.3, .per_cluster = 100,
     .shared = 0.1},
    {"no effect, 20 clusters, n = 1,000", MENTIONS, NPS, 1000, NOTHING, 0.3, .per_cluster = 50,
     .shared = 0.1},
    {"no effect, churn, n = 1,000", MENTIONS, CHURN, 1000, NOTHING, 0.3, .pairs = true},
    {"no effect, ordinal, n = 1,000", MENTIONS, LEVELS, 1000, NOTHING, 0.3, .pairs = true},
};

int main(int argc, char **argv) {
    int runs = argc > 1 ? atoi(argv[1]) : 1000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260101;
    if (runs < 1) return 2;
    printf("%d runs each, %d replicates, seed %llu. Per cent: mean (lowest to highest predictor).\n\n", runs,
           REPLICATES, (unsigned long long)seed);
    printf("| case | effect covered | opportunity covered | importance covered | a null named | any null "
           "named | any null named and p_max "
           "at most .05 | nulls among the named | a real one named | and p_max at most .05 | link / no link "
           "/ inconclusive |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (argc <= 3 || strstr(scenarios[i].name, argv[3]) != NULL) run(&scenarios[i], runs, seed);
    return 0;
}
