/* The parts below the driver fit: distributions, false discovery rates, NPS, lanes, orders, stored rows. */
#include "numeric/dataset.h"

#include "base/hash.h"
#include "stats/boot.h"
#include "stats/dist.h"
#include "stats/importance.h"
#include "stats/inference.h"
#include "stats/linalg.h"
#include "stats/nps.h"
#include "stats/rows.h"

/* R: qnorm, pt, qt, pf, pchisq. If wrong, every p and interval is. */
static void distributions(void **state) {
    (void)state;
    assert_close(dk_norm_quantile(0.975), 1.959963984540054, 1e-14);
    assert_close(dk_norm_quantile(1e-10), -6.361340902404056, 1e-13);
    assert_close(dk_t_p(2.5, 7), 0.040992218585753, 1e-12);          /* 2 * pt(-2.5, 7) */
    assert_close(dk_t_quantile(0.975, 5), 2.570581835636314, 1e-12); /* qt(.975, 5) */
    assert_close(dk_t_quantile(0.025, 1), -12.70620473617471, 1e-11);
    assert_close(dk_f_p(3.5, 3, 20), 0.034493103885124, 1e-12); /* pf(3.5, 3, 20, lower = FALSE) */
    assert_close(dk_chi2_p(7.8, 3), 0.050331097859853, 1e-12);  /* pchisq(7.8, 3, lower = FALSE) */
    /* pchisq(5, 4, ncp = bound) is the tail. */
    assert_close(dk_chi2_noncentrality_upper(5, 4, 0.05), 11.021075826004, 1e-8);
    assert_close(dk_chi2_noncentrality_upper(0.1, 4, 0.05), 0, 1e-12);
}

/* p.adjust(p, "BH") and "BY" of R. */
static void false_discovery_rates(void **state) {
    (void)state;
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    double q[5];
    SUCCEED(dk_fdr(p, 5, false, q, &error_));
    assert_close(q[0], 0.02, 1e-14);
    assert_close(q[1], 0.04, 1e-14);
    assert_true(isnan(q[2]));
    assert_close(q[3], 0.04, 1e-14);
    assert_close(q[4], 0.02, 1e-14);
    SUCCEED(dk_fdr(p, 5, true, q, &error_));
    assert_close(q[4], 0.02 * (1 + 1. / 2 + 1. / 3 + 1. / 4), 1e-14);
}

static void nps_and_its_interval(void **state) {
    (void)state;
    const int8_t scores[] = {10, 9, 9, 8, 7, 6, 0, 11, -1, 10};
    dk_nps nps;
    SUCCEED(dk_nps_compute(scores, NULL, NULL, NULL, 10, 0.95, &nps, &error_));
    assert_int_equal(nps.n, 8);
    assert_close(nps.nps, 25, 1e-12); /* 4 of 8 less 2 of 8 */
    assert_close(nps.se, 100 * sqrt((0.5 + 0.25 - 0.0625) / 8), 1e-12);
    double up = 4.75 / 11, down = 2.75 / 11,
           half = 1.959963984540054 * sqrt((up + down - (up - down) * (up - down)) / 11);
    assert_close(nps.ci.lo, 100 * (up - down - half), 1e-10);
    assert_close(nps.ci.hi, 100 * (up - down + half), 1e-10);
    /* Each response twice in one cluster says no more than once. */
    int8_t doubled[16];
    uint64_t clusters[16];
    for (int i = 0; i < 16; i++) {
        doubled[i] = scores[(i / 2) < 7 ? i / 2 : 9];
        clusters[i] = (uint64_t)i / 2;
    }
    dk_nps grouped;
    SUCCEED(dk_nps_compute(doubled, NULL, clusters, NULL, 16, 0.95, &grouped, &error_));
    assert_close(grouped.nps, 25, 1e-12);
    assert_close(grouped.se, nps.se * sqrt(8. / 7), 1e-12);
    SUCCEED(dk_nps_compute(scores + 7, NULL, NULL, NULL, 2, 0.95, &nps, &error_));
    assert_true(nps.n == 0 && isnan(nps.nps));
    /* Where all say the same, the interval would end before the NPS. */
    SUCCEED(dk_nps_compute(scores, NULL, NULL, NULL, 1, 0.95, &nps, &error_));
    assert_true(nps.nps == 100 && nps.ci.hi == 100 && nps.ci.lo < 0);
    SUCCEED(dk_nps_compute(scores + 5, NULL, NULL, NULL, 2, 0.95, &nps, &error_));
    assert_true(nps.nps == -100 && nps.ci.lo == -100 && nps.ci.hi > 0);
}

/* The published formula and "NPS of all less NPS without the theme" are one number. */
static void leave_one_out_impact(void **state) {
    (void)state;
    dk_nps_sum all = {0}, theme = {0}, rest = {0};
    for (int i = 0; i < 200; i++) {
        int score = (int)(dk_hash_mix(4, (uint64_t)i) % 11);
        double w = 1 + i % 3;
        dk_nps_add(&all, score, w);
        dk_nps_add(i % 4 == 0 ? &theme : &rest, score, w);
    }
    dk_nps a, without;
    dk_nps_finish(&all, 0.95, &a);
    dk_nps_finish(&rest, 0.95, &without);
    assert_close(dk_nps_impact(&all, &theme), a.nps - without.nps, 1e-10);
    assert_true(isnan(dk_nps_impact(&all, &all)));
}

static void shares_and_means(void **state) {
    (void)state;
    dk_interval w = dk_wilson(10, 40, 0.95); /* prop.test(10, 40, correct = FALSE) */
    assert_close(w.lo, 0.14187118639096, 1e-12);
    assert_close(w.hi, 0.40193961420768, 1e-12);
    const double x[] = {1, 2, 3, 4, NAN};
    dk_mean m;
    SUCCEED(dk_mean_compute(x, NULL, NULL, NULL, 5, 0.95, &m, &error_));
    assert_close(m.mean, 2.5, 1e-15);
    assert_close(m.se, sqrt(5. / 3) / 2, 1e-12); /* t.test(1:4) */
    assert_close(m.ci.lo, 0.44573974323948, 1e-12);
}

/* Every instruction set must give the same bits, and draws must be Poisson(1). */
static void lanes_agree(void **state) {
    (void)state;
    enum { R = 4096, Q = 8 };
    const dk_lanes *all[3];
    int n = dk_lanes_all(all);
    static uint32_t keys[R];
    static double first[R] __attribute__((aligned(64))), out[R] __attribute__((aligned(64)));
    double mean = 0, square = 0, product = 0;
    for (uint32_t r = 0; r < R; r++) keys[r] = (uint32_t)dk_hash_mix(1, r);
    for (uint64_t unit = 0; unit < 64; unit++) {
        double before = 0;
        all[0]->poisson(dk_hash_mix(2, unit), keys, R, 1, first);
        for (int k = 1; k < n; k++) {
            all[k]->poisson(dk_hash_mix(2, unit), keys, R, 1, out);
            assert_memory_equal(first, out, sizeof first);
        }
        for (size_t r = 0; r < R; r++) {
            mean += first[r];
            square += first[r] * first[r];
            product += first[r] * before;
            before = first[r];
        }
    }
    double count = 64. * R;
    assert_true(fabs(mean / count - 1) < 5 / sqrt(count));
    assert_true(fabs(square / count - 2) < 5 * sqrt(11 / count));
    assert_true(fabs(product / count - 1) < 5 * sqrt(3 / count)); /* independent of its neighbour */
    size_t ends[] = {0, 1, 2, 4, 7};
    dk_lane_groups groups = {4, ends};
    dk_lane a[Q * (Q + 1) / 2], floor[Q], value[4], want[4],
        *work = aligned_alloc(64, 64 * (dk_lanes_shapley_work(&groups) + 64));
    assert_non_null(work);
    for (int l = 0; l < DK_LANES; l++) {
        double x[Q][12];
        for (int i = 0; i < Q; i++)
            for (int r = 0; r < 12; r++)
                x[i][r] = (double)(dk_hash_mix((uint64_t)(l * 100 + i), (uint64_t)r) >> 40) * 0x1p-24;
        for (int i = 0; i < Q; i++) {
            floor[i][l] = 1e-9;
            for (int j = 0; j <= i; j++) {
                double t = 0;
                for (int r = 0; r < 12; r++) t += x[i][r] * x[j][r];
                a[i * (i + 1) / 2 + j][l] = t;
            }
        }
    }
    for (int k = 0; k < n; k++) {
        all[k]->shapley(a, &groups, floor, value, work);
        if (k == 0) memcpy(want, value, sizeof want);
        assert_memory_equal(value, want, sizeof want);
    }
    /* All 24 orders of four groups average to the same numbers. */
    dk_lane orders[4] = {{0}};
    int count_orders = 0;
    for (size_t o = 0; o < 256; o++) {
        size_t order[4] = {o & 3, o >> 2 & 3, o >> 4 & 3, o >> 6};
        if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15) continue;
        all[n - 1]->in_order(a, &groups, order, floor, orders, work);
        count_orders++;
    }
    assert_int_equal(count_orders, 24);
    for (int g = 0; g < 4; g++)
        for (int l = 0; l < DK_LANES; l++) assert_close(orders[g][l] / 24, want[g][l], 1e-9);
    free(work);
}

/* Owen values by their definition: all orders of groups, all orders within. */
static void owen_by_definition(void **state) {
    (void)state;
    enum { M = 5 };
    double a[(M + 1) * (M + 1)];
    for (int i = 0; i <= M; i++)
        for (int j = 0; j <= M; j++) a[i * (M + 1) + j] = i == j ? 1 : 0.15 + 0.05 * ((i + j) % 3);
    uint32_t group[M] = {0, 1, 0, 2, 0};
    bool use[M] = {true, true, true, true, true};
    dk_group_plan plan;
    double importance[3], se[3], owen[M], want[M] = {0};
    SUCCEED(dk_group_plan_init(&plan, group, use, M, 3, NULL, 0, 0, 1e9, 1, &error_));
    SUCCEED(dk_group_importance(a, M, &plan, importance, se, &error_));
    SUCCEED(dk_owen(a, M, &plan, importance, 1, owen, &error_));
    size_t ends[M + 1] = {0, 1, 2, 3, 4, 5}, allowed = 0;
    dk_lane_groups single = {M, ends};
    for (size_t code = 0; code < 3125; code++) { /* orders of five that keep groups together */
        size_t order[M], seen = 0, rest = code;
        bool together = true;
        for (int k = 0; k < M; k++, rest /= M) {
            order[k] = rest % M;
            seen |= (size_t)1 << order[k];
        }
        if (seen != 31) continue;
        for (int k = 0; k + 2 < M; k++)
            for (int l = k + 2; l < M; l++)
                if (group[order[k]] == group[order[l]] && group[order[l - 1]] != group[order[l]])
                    together = false;
        if (!together) continue;
        double value[M];
        SUCCEED(dk_importance_point(a, &single, NULL, 0, order, 1, value, NULL, &error_));
        for (int i = 0; i < M; i++) want[i] += value[i];
        allowed++;
    }
    assert_int_equal(allowed, 36);
    for (int i = 0; i < M; i++) assert_close(owen[i], want[i] / 36, 1e-10);
    dk_group_plan_dispose(&plan);
}

/* Nested Owen values by their definition: all orders that keep stages together, in them groups, in them terms;
   sampled orders keep the same together. If it fails, themes do not add up to touchpoints and stages as the documents
   say. */
static void nested_owen_by_definition(void **state) {
    (void)state;
    enum { M = 6 };
    double a[(M + 1) * (M + 1)];
    for (int i = 0; i <= M; i++)
        for (int j = 0; j <= M; j++) a[i * (M + 1) + j] = i == j ? 1 : 0.1 + 0.07 * ((i + j) % 3);
    uint32_t group[M] = {0, 1, 0, 2, 3, 3}, stage[4] = {0, 1, 0, 1};
    bool use[M] = {true, true, true, true, true, true};
    dk_group_plan plan;
    double importance[4], se[4], owen[M], want[M] = {0}, of_group[4] = {0};
    SUCCEED(dk_group_plan_init(&plan, group, use, M, 4, stage, 2, 0, 1e9, 1, &error_));
    assert_null(plan.orders);
    SUCCEED(dk_group_importance(a, M, &plan, importance, se, &error_));
    SUCCEED(dk_owen(a, M, &plan, importance, 1, owen, &error_));
    size_t ends[M + 1] = {0, 1, 2, 3, 4, 5, 6}, allowed = 0;
    dk_lane_groups single = {M, ends};
    for (size_t code = 0; code < 46656; code++) {
        size_t order[M], seen = 0, rest = code;
        bool together = true;
        for (int k = 0; k < M; k++, rest /= M) {
            order[k] = rest % M;
            seen |= (size_t)1 << order[k];
        }
        if (seen != 63) continue;
        for (int k = 0; k + 2 < M; k++)
            for (int l = k + 2; l < M; l++) {
                uint32_t first = group[order[k]], before = group[order[l - 1]], last = group[order[l]];
                if ((first == last && before != last) ||
                    (stage[first] == stage[last] && stage[before] != stage[last]))
                    together = false;
            }
        if (!together) continue;
        double value[M];
        SUCCEED(dk_importance_point(a, &single, NULL, 0, order, 1, value, NULL, &error_));
        for (int i = 0; i < M; i++) want[i] += value[i];
        allowed++;
    }
    assert_int_equal(allowed,
                     2 * (2 * 2) * (2 * 2)); /* stages; groups in each; terms in the two groups of two */
    for (int i = 0; i < M; i++) {
        assert_close(owen[i], want[i] / (double)allowed, 1e-10);
        of_group[group[i]] += want[i] / (double)allowed;
    }
    for (size_t g = 0; g < 4; g++) assert_close(importance[g], of_group[plan.group[g]], 1e-10);
    size_t orders[64 * 4];
    dk_orders_sample(4, plan.stage, 64, 5, orders);
    bool begins[4] = {false};
    for (size_t o = 0; o < 64; o++) {
        const size_t *order = orders + 4 * o;
        assert_true(plan.stage[order[0]] == plan.stage[order[1]] &&
                    plan.stage[order[2]] == plan.stage[order[3]]);
        begins[order[0]] = true;
    }
    for (size_t g = 0; g < 4; g++) assert_true(begins[g]);
    dk_group_plan_dispose(&plan);
}

static dk_rows *rows_of(size_t from, size_t to, size_t limit) {
    dk_rows_shape shape = {.ncols = 3, .weights = true, .decimals = true};
    dk_rows *rows;
    SUCCEED(dk_rows_new(&shape, &rows, &error_));
    dk_rows_limit(rows, limit);
    for (size_t i = from; i < to; i++) {
        int64_t v[3] = {(int64_t)(dk_hash_mix(1, i) % 2000) - 1000, i % 3 == 0, (int64_t)(i % 7) * 10};
        uint8_t d[3] = {2, 0, 1};
        dk_rows_record row = {.values = v, .decimals = d, .weight = (int64_t)(i % 4), .weight_decimals = 1};
        SUCCEED(dk_rows_add(rows, &row, &error_));
    }
    return rows;
}

static void assert_same_rows(dk_rows *a, dk_rows *b) {
    assert_int_equal(dk_rows_count(a), dk_rows_count(b));
    for (int p = 0; p < DK_ROWS_PARTS; p++) {
        dk_rows_part *x, *y;
        SUCCEED(dk_rows_get(a, p, &x, &error_));
        SUCCEED(dk_rows_get(b, p, &y, &error_));
        assert_int_equal(x->n, y->n);
        if (x->n > 0) {
            assert_memory_equal(x->unit, y->unit, x->n * 8);
            assert_memory_equal(x->weight, y->weight, x->n * 8);
            assert_memory_equal(x->value, y->value, x->start[x->n] * 8);
        }
        dk_rows_release(a, x);
        dk_rows_release(b, y);
    }
}

/* Rows that are equal are kept once, so that a part of many rows with few different answers stays small; and the same rows are the same
   bytes in whatever order and cut they came. */
static void equal_rows_are_kept_once(void **state) {
    (void)state;
    dk_rows_shape shape = {.ncols = 3, .decimals = true};
    dk_rows *rows[3];
    dk_buf bytes[3];
    for (int k = 0; k < 3; k++) {
        SUCCEED(dk_rows_new(&shape, &rows[k], &error_));
        dk_rows_limit(rows[k], k == 0 ? (size_t)1 << 30 : 5000); /* the others find out, many times over, that their rows repeat */
        dk_buf_init(&bytes[k]);
    }
    for (size_t i = 0; i < 60000; i++) {
        size_t at = (size_t)(i * 7 % 30);
        int64_t v[3] = {(int64_t)at - 3, at % 2, 5};
        uint8_t d[3] = {0};
        dk_rows_record row = {.values = v, .decimals = d, .weight = 1};
        SUCCEED(dk_rows_add(rows[0], &row, &error_));
        SUCCEED(dk_rows_add(rows[i < 20000 ? 2 : 1], &row, &error_));
    }
    size_t used;
    SUCCEED(dk_rows_write(rows[0], &bytes[0], &error_));
    SUCCEED(dk_rows_write(rows[1], &bytes[1], &error_));
    SUCCEED(dk_rows_merge(rows[2], bytes[1].ptr, bytes[1].len, &used, &error_));
    SUCCEED(dk_rows_write(rows[2], &bytes[2], &error_));
    assert_true(bytes[0].len < 24 + 64 * 16 + 30 * 12);
    assert_int_equal(bytes[0].len, bytes[2].len);
    assert_memory_equal(bytes[0].ptr, bytes[2].ptr, bytes[0].len);
    assert_int_equal(dk_rows_count(rows[2]), 60000);
    assert_int_equal(dk_rows_nonzero(rows[2], 1), 30000);
    assert_same_rows(rows[0], rows[2]);
    for (int k = 0; k < 3; k++) {
        dk_rows_free(rows[k]);
        dk_buf_dispose(&bytes[k]);
    }
}

/* Rows kept in a file, and rows gathered in two places, are the rows kept in memory; damage is noticed. */
static void rows_spill_and_merge(void **state) {
    (void)state;
    dk_rows *whole = rows_of(0, 5000, (size_t)1 << 30), *spilled = rows_of(0, 5000, 20000);
    dk_rows *first = rows_of(2000, 5000, 30000), *second = rows_of(0, 2000, (size_t)1 << 30);
    assert_int_equal(dk_rows_count(whole), 3750); /* weight 0 is left out */
    assert_int_equal(dk_rows_decimals(whole, 0), 2);
    assert_int_equal(dk_rows_decimals(whole, 2), 0); /* 1.0 has no decimals */
    assert_same_rows(whole, spilled);
    dk_buf bytes;
    dk_buf_init(&bytes);
    SUCCEED(dk_rows_write(first, &bytes, &error_));
    size_t used;
    SUCCEED(dk_rows_merge(second, bytes.ptr, bytes.len, &used, &error_));
    assert_int_equal(used, bytes.len);
    assert_same_rows(whole, second);
    dk_error err;
    bytes.ptr[bytes.len / 2] ^= 1;
    dk_rows *other = rows_of(0, 10, 1000);
    assert_int_equal(dk_rows_merge(other, bytes.ptr, bytes.len, &used, &err), DK_EDATA);
    assert_int_equal(dk_rows_merge(other, bytes.ptr, 100, &used, &err), DK_EDATA);
    dk_buf_dispose(&bytes);
    dk_rows_free(whole);
    dk_rows_free(spilled);
    dk_rows_free(first);
    dk_rows_free(second);
    dk_rows_free(other);
}

static void linear_algebra(void **state) {
    (void)state;
    double a[] = {4, 2, 2, 3}, b[] = {10, 8}, values[2];
    SUCCEED(dk_spd_solve(2, a, b, 1, &error_));
    assert_close(b[0], 1.75, 1e-14);
    assert_close(b[1], 1.5, 1e-14);
    double e[] = {2, 1, 1, 2};
    SUCCEED(dk_eigen_symmetric(2, e, values, &error_));
    assert_close(values[0], 1, 1e-14);
    assert_close(values[1], 3, 1e-14);
    double singular[] = {1, 1, 1, 1};
    dk_error err;
    assert_int_equal(dk_spd_inverse(2, singular, &err), DK_EDATA);
    assert_non_null(dk_linalg_corename());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions),        cmocka_unit_test(false_discovery_rates),
        cmocka_unit_test(nps_and_its_interval), cmocka_unit_test(leave_one_out_impact),
        cmocka_unit_test(shares_and_means),     cmocka_unit_test(lanes_agree),
        cmocka_unit_test(owen_by_definition),   cmocka_unit_test(nested_owen_by_definition),
        cmocka_unit_test(rows_spill_and_merge), cmocka_unit_test(equal_rows_are_kept_once), cmocka_unit_test(linear_algebra),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
