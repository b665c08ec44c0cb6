/* The driver fit as a whole: the same rows give the same bits, importance adds up, verdicts are right in clear cases. */
#include "numeric/dataset.h"

#include "base/hash.h"
#include "stats/frame.h"

enum { N = 900, P = 5 };

typedef struct data {
    uint8_t mention[3][N];
    double rating[2][N];
    int64_t outcome[N];
    double weight[N];
    uint64_t cluster[N];
} data;

static double uniform(uint64_t seed, uint64_t i) {
    return ((double)(dk_hash_mix(seed, i) >> 11) + 0.5) * 0x1p-53;
}
static double normal(uint64_t seed, uint64_t i) {
    return sqrt(-2 * log(uniform(seed, 2 * i))) * cos(6.283185307179586 * uniform(seed, 2 * i + 1));
}

/* effect: how much of the outcome the predictors make. */
static data *make(uint64_t seed, double effect) {
    data *d = calloc(1, sizeof *d);
    assert_non_null(d);
    for (size_t i = 0; i < N; i++) {
        double line = 0;
        for (size_t j = 0; j < 3; j++) {
            d->mention[j][i] = uniform(seed + j, i) < 0.1 + 0.1 * (double)j;
            line += d->mention[j][i] * (double)(40 - 30 * (int)j);
        }
        for (size_t j = 0; j < 2; j++) {
            d->rating[j][i] = nearbyint(1000 * normal(seed + 10 + j, i)) / 1000;
            line += d->rating[j][i] * (j == 0 ? 20 : -5);
        }
        d->outcome[i] = (int64_t)nearbyint(100 * (effect * line + 30 * normal(seed + 20, i)));
        d->weight[i] = 0.25 * (double)(1 + i % 7);
        d->cluster[i] = dk_hash_mix(seed + 30, i / 2);
    }
    return d;
}

typedef struct wish {
    bool weights, clusters, grouped;
    int threads, bootstrap;
    double budget;
    size_t controls; /* the last so many predictors are controls */
} wish;

static dk_driver_result *fit(const data *d, const wish *w) {
    static const char *const names[P] = {"late", "rude", "broken", "price", "speed"};
    static const char *const groups[3] = {"people", "things", "money"};
    static const uint32_t group_of[P] = {0, 0, 1, 2, 1};
    dk_column x[P];
    for (size_t j = 0; j < 3; j++) x[j] = (dk_column){names[j], DK_COLUMN_MENTION, d->mention[j], 0, 0};
    for (size_t j = 0; j < 2; j++) x[3 + j] = (dk_column){names[3 + j], DK_COLUMN_REAL, d->rating[j], 0, 0};
    dk_driver_table t = {.rows = N,
                         .outcome = {"nps", DK_COLUMN_FIXED, d->outcome, 0, 100},
                         .predictors = x,
                         .npredictors = P - w->controls,
                         .controls = x + P - w->controls,
                         .ncontrols = w->controls,
                         .weights = w->weights ? d->weight : NULL,
                         .clusters = w->clusters ? d->cluster : NULL};
    if (w->grouped) {
        t.groups = groups;
        t.group_of = group_of;
        t.ngroups = 3;
    }
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = w->bootstrap;
    o.threads = w->threads > 0 ? w->threads : 1;
    if (w->budget > 0) o.budget = w->budget;
    dk_driver_result *r = NULL;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    return r;
}

static bool same_bits(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void assert_same(const dk_driver_result *a, const dk_driver_result *b) {
    assert_int_equal(a->rows, b->rows);
    assert_true(same_bits(a->r2, b->r2) && same_bits(a->condition, b->condition) &&
                same_bits(a->p_model, b->p_model));
    assert_int_equal(a->ndrivers, b->ndrivers);
    for (size_t g = 0; g < a->ndrivers; g++) {
        const dk_driver *x = &a->drivers[g], *y = &b->drivers[g];
        assert_string_equal(x->name, y->name);
        assert_true(same_bits(x->importance, y->importance) &&
                    same_bits(x->importance_ci.lo, y->importance_ci.lo) &&
                    same_bits(x->importance_ci.hi, y->importance_ci.hi) && same_bits(x->q, y->q) &&
                    same_bits(x->prob_top3, y->prob_top3) && same_bits(x->p_max, y->p_max));
        for (size_t t = 0; t < x->nterms; t++) {
            assert_true(same_bits(x->terms[t].effect, y->terms[t].effect) &&
                        same_bits(x->terms[t].se, y->terms[t].se) &&
                        same_bits(x->terms[t].opportunity_ci.lo, y->terms[t].opportunity_ci.lo) &&
                        same_bits(x->terms[t].importance, y->terms[t].importance));
        }
    }
}

static void swap_rows(data *d, size_t i, size_t j) {
#define SWAP(array)                                         \
    do {                                                    \
        unsigned char t_[8];                                \
        memcpy(t_, &(array)[i], sizeof(array)[i]);          \
        memcpy(&(array)[i], &(array)[j], sizeof(array)[i]); \
        memcpy(&(array)[j], t_, sizeof(array)[i]);          \
    } while (0)
    for (size_t k = 0; k < 3; k++) SWAP(d->mention[k]);
    for (size_t k = 0; k < 2; k++) SWAP(d->rating[k]);
    SWAP(d->outcome);
    SWAP(d->weight);
    SWAP(d->cluster);
}

/* Otherwise a report would change with the number of processors, or with the order of the export. */
static void same_bits_for_threads_and_shuffles(void **state) {
    (void)state;
    const wish kinds[] = {{.bootstrap = 100},
                          {.bootstrap = 100, .clusters = true},
                          {.bootstrap = 100, .weights = true, .grouped = true},
                          {.bootstrap = 100, .weights = true, .clusters = true, .controls = 1}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        data *d = make(7, 1);
        wish two = kinds[k];
        two.threads = 3;
        dk_driver_result *a = fit(d, &kinds[k]), *b = fit(d, &two);
        for (size_t i = N - 1; i > 0; i--) swap_rows(d, i, dk_hash_mix(99, i) % (i + 1));
        dk_driver_result *c = fit(d, &kinds[k]);
        assert_same(a, b);
        assert_same(a, c);
        dk_drivers_free(a);
        dk_drivers_free(b);
        dk_drivers_free(c);
        free(d);
    }
}

/* Otherwise shares would not add up to what the model explains. */
static void importance_adds_up(void **state) {
    (void)state;
    data *d = make(3, 1);
    const wish kinds[] = {
        {.grouped = true, .bootstrap = 50}, {.grouped = true, .budget = 1}, {.controls = 2}};
    for (size_t k = 0; k < 3; k++) {
        dk_driver_result *r = fit(d, &kinds[k]);
        double groups = 0, shares = 0;
        for (size_t g = 0; g < r->ndrivers; g++) {
            double terms = 0;
            for (size_t t = 0; t < r->drivers[g].nterms; t++) terms += r->drivers[g].terms[t].importance;
            assert_close(terms, r->drivers[g].importance, 1e-12);
            groups += r->drivers[g].importance;
            shares += r->drivers[g].share;
        }
        assert_close(groups, r->r2 - r->r2_controls, 1e-12);
        assert_close(shares, 1, 1e-12);
        assert_int_equal(r->exact, k != 1);
        dk_drivers_free(r);
    }
    free(d);
}

/* Sampled orders must estimate what the exact method computes, and their error must be of the size they say. */
static void sampling_agrees_with_exact(void **state) {
    (void)state;
    data *d = make(5, 1);
    dk_driver_result *exact = fit(d, &(wish){.bootstrap = 64}),
                     *sampled = fit(d, &(wish){.bootstrap = 64, .budget = 1});
    for (size_t g = 0; g < P; g++) {
        const dk_driver *x = &exact->drivers[g], *y = NULL;
        for (size_t h = 0; h < P; h++)
            if (strcmp(sampled->drivers[h].name, x->name) == 0) y = &sampled->drivers[h];
        assert_non_null(y);
        assert_true(fabs(x->importance - y->importance) <= 4 * y->importance_se + 1e-9);
        assert_true(fabs(x->importance_ci.hi - y->importance_ci.hi) < 0.2 * x->importance_ci.hi + 0.002);
    }
    dk_drivers_free(exact);
    dk_drivers_free(sampled);
    free(d);
}

/* Counting a row twice is giving it weight 2: otherwise weights or moments are off. */
static void weights_count_rows(void **state) {
    (void)state;
    enum { M = 60 };
    double x[2 * M], y[2 * M], w[M];
    for (size_t i = 0; i < M; i++) {
        x[i] = x[M + i] = normal(1, i);
        y[i] = y[M + i] = x[i] + normal(2, i);
        w[i] = 2;
    }
    dk_column predictor = {"x", DK_COLUMN_REAL, x, 0, 0};
    dk_driver_table once = {.rows = M,
                            .outcome = {"y", DK_COLUMN_REAL, y, 0, 0},
                            .predictors = &predictor,
                            .npredictors = 1,
                            .weights = w};
    dk_driver_table twice = once;
    twice.rows = 2 * M;
    twice.weights = NULL;
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 0;
    dk_driver_result *a, *b;
    SUCCEED(dk_drivers_fit(&once, &o, &a, &error_));
    SUCCEED(dk_drivers_fit(&twice, &o, &b, &error_));
    assert_close(a->drivers[0].effect, b->drivers[0].effect, 1e-13);
    assert_close(a->r2, b->r2, 1e-13);
    assert_int_equal(a->rows, M);
    dk_drivers_free(a);
    dk_drivers_free(b);
}

/* A subset must be what a table of those rows alone would give; mentions listed by row what 0/1 bytes give. */
static void subsets_and_row_lists(void **state) {
    (void)state;
    data *d = make(11, 1);
    uint32_t subset[N / 2], listed[N];
    uint8_t half[N / 2];
    int64_t y[N / 2];
    size_t count = 0;
    for (uint32_t i = 0; i < N; i++)
        if (d->mention[0][i]) listed[count++] = i;
    for (uint32_t i = 0; i < N / 2; i++) {
        subset[i] = 2 * i + 1;
        half[i] = d->mention[0][2 * i + 1];
        y[i] = d->outcome[2 * i + 1];
    }
    dk_column rows = {"late", DK_COLUMN_ROWS, listed, count, 0},
              bytes = {"late", DK_COLUMN_MENTION, half, 0, 0};
    dk_driver_table a = {.rows = N,
                         .outcome = {"y", DK_COLUMN_FIXED, d->outcome, 0, 100},
                         .predictors = &rows,
                         .npredictors = 1,
                         .subset = subset,
                         .nsubset = N / 2};
    dk_driver_table b = {
        .rows = N / 2, .outcome = {"y", DK_COLUMN_FIXED, y, 0, 100}, .predictors = &bytes, .npredictors = 1};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 40;
    dk_driver_result *ra, *rb;
    SUCCEED(dk_drivers_fit(&a, &o, &ra, &error_));
    SUCCEED(dk_drivers_fit(&b, &o, &rb, &error_));
    assert_same(ra, rb);
    dk_drivers_free(ra);
    dk_drivers_free(rb);
    free(d);
}

/* Absorbed constants must give what a dummy column for each value gives. */
static void fixed_effects_are_dummies(void **state) {
    (void)state;
    data *d = make(31, 1);
    uint64_t id[N];
    uint8_t dummy[4][N];
    for (size_t i = 0; i < N; i++) {
        size_t level = dk_hash_mix(8, i) % 5;
        id[i] = dk_hash_mix(9, level);
        d->outcome[i] += 2000 * (int64_t)level;
        for (size_t k = 0; k < 4; k++) dummy[k][i] = level == k;
    }
    dk_column x[] = {{"late", DK_COLUMN_MENTION, d->mention[0], 0, 0},
                     {"price", DK_COLUMN_REAL, d->rating[0], 0, 0}};
    dk_column dummies[4];
    for (size_t k = 0; k < 4; k++) dummies[k] = (dk_column){"dummy", DK_COLUMN_MENTION, dummy[k], 0, 0};
    dk_driver_table a = {.rows = N,
                         .outcome = {"y", DK_COLUMN_FIXED, d->outcome, 0, 100},
                         .predictors = x,
                         .npredictors = 2,
                         .fixed_effects = id,
                         .weights = d->weight};
    dk_driver_table b = a;
    b.fixed_effects = NULL;
    b.controls = dummies;
    b.ncontrols = 4;
    for (int clustered = 0; clustered < 2; clustered++) {
        a.clusters = b.clusters = clustered ? d->cluster : NULL;
        dk_driver_options o;
        dk_driver_options_init(&o);
        o.hc = 1; /* what few rows and clusters call for is not for absorbed effects */
        o.bootstrap = 64;
        dk_driver_result *ra, *rb;
        SUCCEED(dk_drivers_fit(&a, &o, &ra, &error_));
        SUCCEED(dk_drivers_fit(&b, &o, &rb, &error_));
        for (size_t g = 0; g < 2; g++) {
            const dk_driver_term *s = ra->drivers[g].terms, *t = rb->drivers[g].terms;
            assert_string_equal(s->predictor, t->predictor);
            assert_close(s->effect, t->effect, 1e-11);
            assert_close(s->se, t->se, 1e-10);
            assert_close(s->p, t->p, 1e-7);
            /* Replicates of rows without a cluster are drawn by their content, which differs here. */
            if (clustered) assert_close(s->opportunity_ci.lo, t->opportunity_ci.lo, 0.02);
        }
        dk_drivers_free(ra);
        dk_drivers_free(rb);
    }
    free(d);
}

static void verdicts_of_clear_cases(void **state) {
    (void)state;
    data *linked = make(21, 1), *unlinked = make(22, 0);
    dk_driver_result *r = fit(linked, &(wish){.bootstrap = 50});
    assert_int_equal(r->verdict, DK_LINK);
    dk_drivers_free(r);
    r = fit(unlinked, &(wish){.bootstrap = 50});
    assert_int_equal(r->verdict, DK_NO_LINK);
    assert_true(r->ruled_out > 0 && r->ruled_out < 10);
    dk_drivers_free(r);
    free(linked);
    free(unlinked);
}

/* A column that others add up to gets no coefficient and is named; one that never varies too. */
static void aliased_columns_are_named(void **state) {
    (void)state;
    enum { M = 50 };
    double a[M], b[M], c[M], same[M], y[M];
    for (size_t i = 0; i < M; i++) {
        a[i] = normal(1, i);
        b[i] = normal(2, i);
        c[i] = a[i] - b[i];
        same[i] = 3;
        y[i] = a[i] + normal(3, i);
    }
    dk_column x[] = {{"a", DK_COLUMN_REAL, a, 0, 0},
                     {"b", DK_COLUMN_REAL, b, 0, 0},
                     {"c", DK_COLUMN_REAL, c, 0, 0},
                     {"same", DK_COLUMN_REAL, same, 0, 0}};
    dk_driver_table t = {
        .rows = M, .outcome = {"y", DK_COLUMN_REAL, y, 0, 0}, .predictors = x, .npredictors = 4};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 20;
    dk_driver_result *r;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    int aliased = 0, noted = 0;
    for (size_t g = 0; g < 4; g++)
        if (r->drivers[g].terms[0].aliased) {
            aliased++;
            assert_true(isnan(r->drivers[g].effect) && r->drivers[g].importance == 0);
            assert_true(r->drivers[g].name[0] == 'c' || r->drivers[g].name[0] == 's');
        }
    for (size_t i = 0; i < r->nnotes; i++) noted += strstr(r->notes[i], "left out") != NULL;
    assert_int_equal(aliased, 2);
    assert_int_equal(noted, 2);
    dk_drivers_free(r);
}

static void bad_tables_are_refused(void **state) {
    (void)state;
    double x[] = {1, 2, NAN, 4}, y[] = {1, 1, 1, 1}, good[] = {1, 2, 3, 5};
    dk_column column = {"x", DK_COLUMN_REAL, x, 0, 0};
    dk_driver_table t = {
        .rows = 4, .outcome = {"y", DK_COLUMN_REAL, good, 0, 0}, .predictors = &column, .npredictors = 1};
    dk_driver_options o;
    dk_driver_options_init(&o);
    dk_driver_result *r;
    dk_error err;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EDATA); /* not finite */
    column.values = good;
    t.outcome.values = y;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EDATA); /* does not vary */
    t.outcome.values = good;
    t.rows = 0;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EDATA);
    t.rows = 4;
    o.confidence = 1;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EUSAGE);
    t.npredictors = 0;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EUSAGE);
}

/* A theme whose every mention goes with one outcome has no finite log odds: the likelihood gains ever less by ever
   more of it. If the fit stops there, its error is 0 or not a number, and the theme is called a sure driver or left out.
   */
static void separation_is_seen(void **state) {
    (void)state;
    enum { ROWS = 300 };
    uint8_t rare[ROWS] = {0}, common[ROWS], left[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        rare[i] = i % 25 == 0;
        common[i] = uniform(3, i) < 0.4;
        left[i] = !rare[i] && uniform(4, i) < 0.3 + 0.2 * common[i];
    }
    dk_column x[] = {{"rare", DK_COLUMN_MENTION, rare, 0, 0}, {"common", DK_COLUMN_MENTION, common, 0, 0}};
    dk_driver_table t = {
        .rows = ROWS, .outcome = {"left", DK_COLUMN_MENTION, left, 0, 0}, .predictors = x, .npredictors = 2};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.model = DK_MODEL_BINARY;
    o.bootstrap = 200;
    dk_driver_result *r = NULL;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    bool told = false;
    for (size_t i = 0; i < r->nnotes; i++) told = told || strstr(r->notes[i], "separate") != NULL;
    assert_true(told);
    for (size_t g = 0; g < 2; g++) {
        const dk_driver *d = &r->drivers[g];
        assert_true(isfinite(d->effect) && isfinite(d->importance_ci.hi));
        if (strcmp(d->name, "rare") != 0) continue;
        assert_true(d->effect < 0 && d->effect > -1);
        assert_true(d->ci.hi - d->ci.lo > 0.3); /* twelve mentions without an event tell little */
    }
    dk_drivers_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separation_is_seen),        cmocka_unit_test(same_bits_for_threads_and_shuffles),
        cmocka_unit_test(importance_adds_up),        cmocka_unit_test(sampling_agrees_with_exact),
        cmocka_unit_test(weights_count_rows),        cmocka_unit_test(subsets_and_row_lists),
        cmocka_unit_test(fixed_effects_are_dummies), cmocka_unit_test(verdicts_of_clear_cases),
        cmocka_unit_test(aliased_columns_are_named), cmocka_unit_test(bad_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
