/* The figures of the workbench against published worked examples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "workbench/agreement.h"
#include "workbench/keyness.h"

#define assert_close(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))
#define NO NAN

/* Cohen 1960, the example of two clinical psychologists: kappa .492. Wrong here: every human-machine figure is. */
static void kappa_is_cohens(void **state) {
    (void)state;
    static const double table[] = {.44, .07, .09, .05, .20, .05, .01, .03, .06};
    assert_close(dk_kappa(table, 3), .492, .0005);
    static const double alike[] = {5, 0, 0, 0};
    assert_true(isnan(dk_kappa(alike, 2))); /* one category alone tells nothing */
    static const double opposed[] = {0, 5, 5, 0};
    assert_close(dk_kappa(opposed, 2), -1, 1e-12);
}

/* Krippendorff 2011: A (binary, two observers) .095, B (nominal, two observers) .692, C (four observers, missing data): nominal
   .743, ordinal .815, interval .849. */
static void alpha_is_krippendorffs(void **state) {
    (void)state;
    static const double a[] = {0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0};
    static const double b[] = {1, 2, 1, 1, 2, 2, 2, 2, 4, 2, 3, 3, 3, 3, 3, 3, 5, 5, 4, 4, 4, 4, 1, 4};
    static const double c[] = {1, 1, NO, 1, 2, 2, 3, 2, 3, 3, 3, 3, 3,  3, 3, 3, 2,  2,  2, 2, 1,  2, 3,  4,
                               4, 4, 4,  4, 1, 1, 2, 1, 2, 2, 2, 2, NO, 5, 5, 5, NO, NO, 1, 1, NO, 3, NO, NO};
    double alpha;
    assert_int_equal(dk_alpha(a, 10, 2, DK_METRIC_NOMINAL, &alpha, NULL), 0);
    assert_close(alpha, .095, .0005);
    assert_int_equal(dk_alpha(b, 12, 2, DK_METRIC_NOMINAL, &alpha, NULL), 0);
    assert_close(alpha, .692, .0005);
    assert_int_equal(dk_alpha(c, 12, 4, DK_METRIC_NOMINAL, &alpha, NULL), 0);
    assert_close(alpha, .743, .0005);
    assert_int_equal(dk_alpha(c, 12, 4, DK_METRIC_ORDINAL, &alpha, NULL), 0);
    assert_close(alpha, .815, .0005);
    assert_int_equal(dk_alpha(c, 12, 4, DK_METRIC_INTERVAL, &alpha, NULL), 0);
    assert_close(alpha, .849, .0005);
    static const double one[] = {1, 1, 1, 1};
    assert_int_equal(dk_alpha(one, 2, 2, DK_METRIC_NOMINAL, &alpha, NULL), 0);
    assert_true(isnan(alpha));
    assert_int_equal(dk_alpha(one, 0, 2, DK_METRIC_NOMINAL, &alpha, NULL), 0);
    assert_true(isnan(alpha));
}

/* The example of the documentation of scikit-learn's f1_score: true 0 1 2 0 1 2, predicted 0 2 1 0 0 1: macro .2667, micro .3333. */
static void f1_is_that_of_scikit_learn(void **state) {
    (void)state;
    double macro = (dk_f1(2, 1, 0) + dk_f1(0, 2, 2) + dk_f1(0, 1, 2)) / 3;
    assert_close(macro, 0.266666667, 1e-8);
    assert_close(dk_f1(2, 4, 4), 1.0 / 3, 1e-12);
    assert_true(isnan(dk_f1(0, 0, 0)));
}

/* Dunning 1993, the first rows of table 2: -2 log lambda 270.72 "the swiss", 263.90 "can be", 256.84 "previous year". */
static void likelihood_is_dunnings(void **state) {
    (void)state;
    assert_close(dk_log_likelihood(110, 2442, 111, 29114), 270.72, .005);
    assert_close(dk_log_likelihood(29, 13, 123, 31612), 263.90, .005);
    assert_close(dk_log_likelihood(31, 23, 139, 31584), 256.84, .005);
    assert_close(dk_log_likelihood(10, 90, 10, 90), 0, 1e-9); /* independent */
    assert_close(dk_mutual_information(10, 90, 10, 90), 0, 1e-12);
    assert_close(dk_mutual_information(25, 0, 0, 75), 2, 1e-12); /* always together: log2(1 / .25) */
    assert_true(isinf(dk_mutual_information(0, 1, 1, 1)));
}

/* Monroe, Colaresi & Quinn 2008, equations 16 and 20, worked by hand: 20 of 1,000 words here, 5 of 2,000 there, 25 of 3,000 in
   the background, 300 words of prior (2.5 of them this one): log(22.5/1277.5) - log(7.5/2292.5) = 1.68335, se = sqrt(1/22.5 +
   1/7.5) = 0.421637. */
static void log_odds_have_their_prior(void **state) {
    (void)state;
    dk_keyness_counts c = {20, 5, 1000, 2000, 25, 3000, 300};
    double se, odds = dk_log_odds(&c, &se);
    assert_close(odds, 1.683350, 1e-5);
    assert_close(se, 0.421637, 1e-6);
    dk_keyness_counts mirrored = {5, 20, 2000, 1000, 25, 3000, 300};
    assert_close(dk_log_odds(&mirrored, &se), -odds, 1e-12);
    dk_keyness_counts alone = {5, 0, 5, 0, 5, 5, 0};
    assert_close(dk_log_odds(&alone, &se), 0, 1e-12); /* a part of this one word: no odds */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kappa_is_cohens),
        cmocka_unit_test(alpha_is_krippendorffs),
        cmocka_unit_test(f1_is_that_of_scikit_learn),
        cmocka_unit_test(likelihood_is_dunnings),
        cmocka_unit_test(log_odds_have_their_prior),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
