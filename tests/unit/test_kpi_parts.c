/* The parts that figures rest on: what may be shown, smoothing of a series, money that can be read two ways. */
#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "io/cell.h"
#include "study/amounts.h"
#include "study/level.h"
#include "study/privacy.h"

static void assert_close(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance)) fail_msg("%.12g is not %.12g within %g", got, wanted, tolerance);
}

/* ---- Privacy ----------------------------------------------------------------------------------------- */

static void assert_hidden(const int64_t *counts, const char *wanted) {
    bool hidden[16] = {false};
    size_t n = strlen(wanted);
    dk_privacy_hide(counts, n, 10, hidden);
    for (size_t i = 0; i < n; i++)
        if (hidden[i] != (wanted[i] == 'x')) fail_msg("group %zu of %s", i, wanted);
}

/* A lone hidden group is the total less the others: whoever can subtract would see it. */
static void no_group_is_had_by_subtraction(void **state) {
    (void)state;
    assert_hidden((int64_t[]){50, 10, 300}, "...");
    assert_hidden((int64_t[]){9, 40, 30}, "x.x");
    assert_hidden((int64_t[]){9, 40, 40}, "x.x");     /* of equal ones the later */
    assert_hidden((int64_t[]){4, 5, 40, 30}, "xx.x"); /* two are hidden, but their sum of 9 would show */
    assert_hidden((int64_t[]){6, 5, 40, 30}, "xx..");
    assert_hidden((int64_t[]){9, 0, 40}, "x.x");      /* a group of nobody covers nobody */
    assert_hidden((int64_t[]){0, 0, 40}, "...");
    assert_hidden((int64_t[]){9}, "x");
    assert_hidden((int64_t[]){3, 2}, "xx");
}

/* Whatever the counts: no row and no column may have hidden cells that margins give away. */
static void no_cell_of_a_table_is_had_by_subtraction(void **state) {
    (void)state;
    enum { ROWS = 5, COLUMNS = 4, MIN = 10 };
    uint64_t seed = 1;
    for (int run = 0; run < 500; run++) {
        int64_t counts[ROWS * COLUMNS];
        bool hidden[ROWS * COLUMNS] = {false};
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            counts[i] = (int64_t)(seed >> 33) % (run % 2 == 0 ? 40 : 200);
        }
        dk_privacy_hide_table(counts, ROWS, COLUMNS, MIN, hidden);
        for (int line = 0; line < ROWS + COLUMNS; line++) {
            int n = line < ROWS ? COLUMNS : ROWS, nhidden = 0, shown = 0;
            int64_t sum = 0;
            for (int k = 0; k < n; k++) {
                int at = line < ROWS ? line * COLUMNS + k : k * COLUMNS + line - ROWS;
                if (counts[at] == 0) continue;
                assert_true(hidden[at] || counts[at] >= MIN);
                sum += hidden[at] ? counts[at] : 0;
                nhidden += hidden[at];
                shown += !hidden[at];
            }
            if (nhidden > 0 && shown > 0) assert_true(nhidden > 1 && sum >= MIN);
        }
    }
}

/* ---- The local level --------------------------------------------------------------------------------- */

/* Flow of the Nile 1871 to 1970 (Cobb 1978), the series of Durbin and Koopman 2012. */
static const double nile[100] = {
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260,
    1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821,
    768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801,
    1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740};

/* Durbin and Koopman 2012, section 2.10: with a noise variance of 15099 the likelihood is largest at a level variance of 1469.1. */
static void the_level_variance_is_that_of_the_book(void **state) {
    (void)state;
    double variance[100], smoothed[100], se[100];
    for (int t = 0; t < 100; t++) variance[t] = 15099;
    double q = dk_level_smooth(nile, variance, 100, NAN, smoothed, se);
    assert_close(q, 1469.1, 1.5);
    /* their log likelihood of -632.54 has the constant (n - 1)/2 log 2 pi and leaves the first point out, as here */
    assert_close(dk_level_likelihood(nile, variance, 100, q) - 99.0 / 2 * log(2 * 3.14159265358979323846), -632.54, 0.01);
}

/* Solves the normal equations of the whole series at once: the smoother must give the same, gaps and ends included. */
static void smoothing_is_the_posterior_of_the_whole(void **state) {
    (void)state;
    enum { N = 9 };
    const double y[N] = {NAN, 3, 8, NAN, NAN, 5, 4.5, 12, NAN}, variance[N] = {1, 4, 1, 1, 1, 2, 0.5, 9, 1}, q = 1.7;
    double m[N][2 * N] = {{0}}, smoothed[N], se[N];
    dk_level_smooth(y, variance, N, q, smoothed, se);
    for (int t = 0; t < N; t++) {
        m[t][N + t] = 1;
        if (!isnan(y[t])) m[t][t] += 1 / variance[t];
        if (t + 1 == N) continue;
        m[t][t] += 1 / q;
        m[t + 1][t + 1] += 1 / q;
        m[t][t + 1] -= 1 / q;
        m[t + 1][t] -= 1 / q;
    }
    for (int i = 0; i < N; i++) { /* Gauss and Jordan; the matrix is positive definite */
        double pivot = m[i][i];
        for (int j = 0; j < 2 * N; j++) m[i][j] /= pivot;
        for (int k = 0; k < N; k++) {
            double by = m[k][i];
            for (int j = 0; k != i && j < 2 * N; j++) m[k][j] -= by * m[i][j];
        }
    }
    for (int i = 0; i < N; i++) {
        double mean = 0;
        for (int t = 0; t < N; t++)
            if (!isnan(y[t])) mean += m[i][N + t] * y[t] / variance[t];
        assert_close(smoothed[i], mean, 1e-10);
        assert_close(se[i], sqrt(m[i][N + i]), 1e-10);
    }
}

/* Differences that noise explains must vanish: an ECG is what the line must not look like. */
static void noise_alone_is_smoothed_to_a_line(void **state) {
    (void)state;
    const double y[8] = {30, 31, 29, 30.5, 29.5, 30, 31, 29}, variance[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    double smoothed[8], se[8];
    assert_true(dk_level_smooth(y, variance, 8, NAN, smoothed, se) == 0);
    for (int t = 0; t < 8; t++) {
        assert_close(smoothed[t], 30, 1e-9);
        assert_close(se[t], 3 / sqrt(8), 1e-9);
    }
    double nothing[3] = {NAN, NAN, NAN};
    assert_true(isnan(dk_level_smooth(nothing, variance, 3, NAN, smoothed, se)) && isnan(smoothed[0]));
}

/* ---- Money that can be read two ways ----------------------------------------------------------------- */

static double settled(const char *const *cells, bool money, const char *needs) {
    dk_amounts a = {.name = "margin"};
    double values[16];
    size_t n = 0;
    for (; cells[n] != NULL; n++) {
        assert_true(dk_cell_amount(dk_str_from(cells[n]), &values[n]));
        assert_int_equal(dk_amounts_note(&a, dk_str_from(cells[n]), n, NULL), DK_OK);
    }
    dk_amounts_settle(&a, money, values);
    dk_buf text;
    dk_buf_init(&text);
    dk_amounts_say(&a, &text);
    if (needs == NULL) assert_int_equal(text.len, 0);
    else if (strstr(dk_buf_cstr(&text), needs) == NULL) fail_msg("\"%s\" is not in \"%s\"", needs, dk_buf_cstr(&text));
    dk_buf_dispose(&text);
    dk_amounts_dispose(&a);
    return values[0];
}

/* A margin read a thousand times too small would turn every figure of worth round, silently. */
static void the_column_tells_thousands_from_decimals(void **state) {
    (void)state;
    assert_close(settled((const char *[]){"12.345 kr", "950 kr", "8.900 kr", NULL}, true, "read as 12345"), 12345, 0);
    assert_close(settled((const char *[]){"-12.345", "1.234,50", NULL}, false, "read as 12345"), -12345, 0);
    assert_close(settled((const char *[]){"12.345", "950,50", NULL}, false, "as the other values"), 12345, 0);
    assert_close(settled((const char *[]){"1,234", "1,234,567", NULL}, false, "read as 12345"), 1234, 0);
    assert_close(settled((const char *[]){"1.234", "3.5", "950", NULL}, true, "read as 12.345"), 1.234, 0);
    assert_close(settled((const char *[]){"1.234", "0.250", NULL}, true, "read as 12.345"), 1.234, 0);
    assert_close(settled((const char *[]){"1.234", "9500", "120", NULL}, true, "without a sign"), 1.234, 0);
    assert_close(settled((const char *[]){"1.234", "2.345", NULL}, false, "nothing in the column"), 1.234, 0);
    assert_close(settled((const char *[]){"1.234", "-2.345", NULL}, true, "read as 12345"), 1234, 0);
    assert_close(settled((const char *[]){"1234", "950", "12.5", NULL}, true, NULL), 1234, 0);
    assert_close(settled((const char *[]){"4.125", "4", "3.875", NULL}, false, "read as 12.345"), 4.125, 0); /* mean ratings are no money */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_group_is_had_by_subtraction),        cmocka_unit_test(no_cell_of_a_table_is_had_by_subtraction),
        cmocka_unit_test(the_level_variance_is_that_of_the_book), cmocka_unit_test(smoothing_is_the_posterior_of_the_whole),
        cmocka_unit_test(noise_alone_is_smoothed_to_a_line),     cmocka_unit_test(the_column_tells_thousands_from_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
