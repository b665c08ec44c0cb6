/* Segments compared, the permutation test, logits that do not depend on order. */
#include "numeric/dataset.h"

#include "base/hash.h"
#include "stats/impute.h"
#include "stats/permute.h"
#include "stats/segments.h"

static double uniform(uint64_t seed, uint64_t i) {
    return ((double)(dk_hash_mix(seed, i) >> 11) + 0.5) * 0x1p-53;
}
static double normal(uint64_t seed, uint64_t i) {
    return sqrt(-2 * log(uniform(seed, 2 * i))) * cos(6.283185307179586 * uniform(seed, 2 * i + 1));
}

/* The eight schools (Rubin 1981): Q = 4.7 on 7 degrees of freedom, no variance between, everything drawn to 7.69
   (metafor::rma(yi = effects, sei = errors, method = "DL")). */
static void eight_schools(void **state) {
    (void)state;
    const double effects[] = {28, 8, -3, 7, -1, 1, 18, 12}, errors[] = {15, 10, 16, 11, 9, 11, 10, 18};
    dk_segment_test t;
    dk_shrunk s[8];
    dk_segments_compare(effects, errors, 8, &t, s);
    assert_close(t.q, 4.707078864400, 1e-11);
    assert_int_equal(t.df, 7);
    assert_close(t.p, 0.695659166635, 1e-10);
    assert_true(t.between_sd == 0);
    assert_close(t.mean, 7.685616724956, 1e-12);
    for (int i = 0; i < 8; i++) assert_close(s[i].effect, t.mean, 1e-12);
}

/* Where segments truly differ the precise ones keep their effect and the rough ones give way; missing ones stay missing. */
static void shrinkage_follows_error(void **state) {
    (void)state;
    const double effects[] = {-10, 0, 10, NAN, 30}, errors[] = {1, 1, 1, 2, 20};
    dk_segment_test t;
    dk_shrunk s[5];
    dk_segments_compare(effects, errors, 5, &t, s);
    assert_int_equal(t.n, 4);
    assert_true(t.p < 1e-10 && t.between_sd > 5);
    assert_true(fabs(s[0].effect + 10) < 0.3 && s[0].se < 1);
    assert_true(s[4].effect < 10 && s[4].effect > t.mean && s[4].se < 20);
    assert_true(isnan(s[3].effect));
    dk_segments_compare(effects, errors, 1, &t, s);
    assert_true(isnan(t.p));
    assert_close(s[0].effect, -10, 1e-12);
}

/* p must be small under a link, uniform without, and the same for any number of threads. */
static void permutation_test(void **state) {
    (void)state;
    enum { M = 60, RUNS = 200 };
    double x[3 * M], y[M], r2, p, again;
    int below = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        for (size_t i = 0; i < M; i++) {
            for (size_t j = 0; j < 3; j++) x[j * M + i] = normal(run * 4 + j, i);
            y[i] =
                2 * x[i] + exp(normal(run * 4 + 3, i)); /* only the control matters; errors far from normal */
        }
        SUCCEED(dk_permutation_test(x, y, M, 3, 1, 99, run, 1, &r2, &p, &error_));
        below += p <= 0.10;
    }
    assert_in_range(below, 7, 36); /* binomial(200, .1): outside in one of 10,000 */
    for (size_t i = 0; i < M; i++) y[i] += 1.5 * x[M + i];
    SUCCEED(dk_permutation_test(x, y, M, 3, 1, 199, 5, 1, &r2, &p, &error_));
    SUCCEED(dk_permutation_test(x, y, M, 3, 1, 199, 5, 3, &r2, &again, &error_));
    assert_close(p, 0.005, 1e-12);
    assert_true(p == again);
    dk_error err;
    assert_int_equal(dk_permutation_test(x, y, 4, 3, 1, 99, 1, 1, &r2, &p, &err), DK_EDATA);
    for (size_t i = 0; i < M; i++) y[i] = 3;
    assert_int_equal(dk_permutation_test(x, y, M, 3, 1, 99, 1, 1, &r2, &p, &err), DK_EDATA);
}

/* R2 of the test is that of the fit beyond the controls. */
static void permutation_r2_is_the_fits(void **state) {
    (void)state;
    dataset d = dataset_read("swiss.csv");
    static const char *const names[] = {"Agriculture", "Catholic", "Education", "Examination"};
    double *x = calloc(4 * d.rows, sizeof *x), *y = dataset_numbers(&d, "Fertility", 1), r2, p;
    dk_column columns[4];
    for (size_t j = 0; j < 4; j++) {
        double *c = dataset_numbers(&d, names[j], 1);
        memcpy(x + j * d.rows, c, d.rows * sizeof *c);
        free(c);
        columns[j] = (dk_column){names[j], DK_COLUMN_REAL, x + j * d.rows, 0, 0};
    }
    dk_driver_table t = {.rows = d.rows,
                         .outcome = {"Fertility", DK_COLUMN_REAL, y, 0, 0},
                         .predictors = columns + 1,
                         .npredictors = 3,
                         .controls = columns,
                         .ncontrols = 1};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 0;
    dk_driver_result *r;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    SUCCEED(dk_permutation_test(x, y, d.rows, 4, 1, 99, 1, 1, &r2, &p, &error_));
    assert_close(r2, r->r2 - r->r2_controls, 1e-11);
    dk_drivers_free(r);
    free(x);
    free(y);
    dataset_free(&d);
}

/* The same people in another order, or on more threads, are the same people: also for logits. */
static void logits_do_not_depend_on_order(void **state) {
    (void)state;
    enum { M = 600 };
    static uint8_t late[M], churned[M], late2[M], churned2[M];
    static double price[M], price2[M];
    static int64_t level[M], level2[M];
    for (size_t i = 0; i < M; i++) {
        late[i] = uniform(1, i) < 0.2;
        price[i] = nearbyint(100 * normal(2, i)) / 100;
        double line = late[i] + 0.7 * price[i] + log(uniform(3, i) / (1 - uniform(3, i)));
        churned[i] = line > 0;
        level[i] = line < -1 ? 1 : line < 1 ? 2 : 3;
        size_t to = M - 1 - i;
        late2[to] = late[i];
        price2[to] = price[i];
        churned2[to] = churned[i];
        level2[to] = level[i];
    }
    for (int ordinal = 0; ordinal < 2; ordinal++) {
        dk_column x[2][2] = {
            {{"late", DK_COLUMN_MENTION, late, 0, 0}, {"price", DK_COLUMN_REAL, price, 0, 0}},
            {{"late", DK_COLUMN_MENTION, late2, 0, 0}, {"price", DK_COLUMN_REAL, price2, 0, 0}}};
        dk_driver_result *r[2];
        for (int k = 0; k < 2; k++) {
            dk_driver_table t = {.rows = M, .predictors = x[k], .npredictors = 2};
            t.outcome = ordinal ? (dk_column){"level", DK_COLUMN_FIXED, k ? level2 : level, 0, 1}
                                : (dk_column){"churned", DK_COLUMN_MENTION, k ? churned2 : churned, 0, 0};
            dk_driver_options o;
            dk_driver_options_init(&o);
            o.model = ordinal ? DK_MODEL_ORDINAL : DK_MODEL_BINARY;
            o.bootstrap = 100;
            o.threads = 1 + 2 * k;
            SUCCEED(dk_drivers_fit(&t, &o, &r[k], &error_));
        }
        double total = 0;
        for (size_t g = 0; g < 2; g++) {
            const dk_driver *a = &r[0]->drivers[g], *b = &r[1]->drivers[g];
            assert_true(a->importance == b->importance && a->importance_ci.lo == b->importance_ci.lo &&
                        a->effect == b->effect && a->se == b->se &&
                        a->terms[0].opportunity_ci.hi == b->terms[0].opportunity_ci.hi);
            assert_true(a->q < 0.001 && a->effect > 0);
            assert_true(a->importance_ci.lo < a->importance && a->importance < a->importance_ci.hi);
            assert_true(a->terms[0].opportunity_ci.lo <= a->terms[0].opportunity &&
                        a->terms[0].opportunity <= a->terms[0].opportunity_ci.hi);
            total += a->importance;
        }
        assert_close(total, r[0]->r2, 1e-9);
        dk_drivers_free(r[0]);
        dk_drivers_free(r[1]);
    }
}

/* A confounding control of which 40 % is missing depending on the outcome: complete rows give a biased effect, the fit with
   gaps filled does not, and its errors are larger than with all data but honest. */
static void imputed_controls(void **state) {
    (void)state;
    enum { M = 1000, RUNS = 40 };
    static double x[M], c[M], holes[M], y[M];
    double full = 0, filled = 0, se_full = 0, se_filled = 0;
    int covered = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        for (size_t i = 0; i < M; i++) {
            c[i] = normal(900 + run, i);
            x[i] = 0.7 * c[i] + normal(2000 + run, i);
            y[i] = x[i] + 2 * c[i] + normal(3000 + run, i);
            holes[i] = uniform(4000 + run, i) < (y[i] > 0 ? 0.7 : 0.1) ? NAN : c[i];
        }
        for (int k = 0; k < 2; k++) {
            dk_column predictor = {"x", DK_COLUMN_REAL, x, 0, 0},
                      control = {"c", DK_COLUMN_REAL, k ? holes : c, 0, 0};
            dk_driver_table t = {.rows = M,
                                 .outcome = {"y", DK_COLUMN_REAL, y, 0, 0},
                                 .predictors = &predictor,
                                 .npredictors = 1,
                                 .controls = &control,
                                 .ncontrols = 1};
            dk_driver_options o;
            dk_driver_options_init(&o);
            o.bootstrap = 0;
            o.imputations = 10;
            dk_driver_result *r;
            SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
            *(k ? &filled : &full) += r->drivers[0].effect / RUNS;
            *(k ? &se_filled : &se_full) += r->drivers[0].se / RUNS;
            if (k) covered += r->drivers[0].ci.lo <= 1 && 1 <= r->drivers[0].ci.hi;
            if (k) assert_true(r->nnotes > 0);
            dk_drivers_free(r);
        }
    }
    assert_close(full, 1, 0.02);
    assert_close(filled, 1, 0.03);
    assert_true(se_filled > 1.1 * se_full && se_filled < 3 * se_full);
    assert_true(covered >= 33); /* binomial(40, .95): fewer in one of 10,000 */
}

/* Rubin's rules on figures worked by hand: m = 2, estimates 1 and 3, variances 1 and 1: total 1 + 1.5 x 2. */
static void rubins_rules(void **state) {
    (void)state;
    const double estimates[] = {1, 3};
    double within[] = {1}, pooled[1], df = INFINITY;
    SUCCEED(dk_rubin_pool(estimates, 2, 1, within, pooled, &df, &error_));
    assert_close(pooled[0], 2, 1e-15);
    assert_close(within[0], 4, 1e-15);
    assert_close(df, (1 + 1 / 3.) * (1 + 1 / 3.), 1e-14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_schools),
        cmocka_unit_test(shrinkage_follows_error),
        cmocka_unit_test(permutation_test),
        cmocka_unit_test(permutation_r2_is_the_fits),
        cmocka_unit_test(logits_do_not_depend_on_order),
        cmocka_unit_test(imputed_controls),
        cmocka_unit_test(rubins_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
