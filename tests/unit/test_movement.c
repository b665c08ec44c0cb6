/* Movement and worth by parts, each against a figure that is known another way. */
#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "study/lifetime.h"
#include "study/movement.h"
#include "study/rng.h"
#include "study/worth_config.h"
#include "study/worth_project.h"

static void assert_close(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.15g is not %.15g within %g", a, b, tolerance);
}

/* ---- Lifetimes --------------------------------------------------------------------------------------- */

/* One segment and no discount: the margin times the expected lifetime, or the formula is another one. */
static void one_segment_is_margin_times_lifetime(void **state) {
    (void)state;
    double q = 0.9, m = 120, v, periods;
    dk_lifetime how;
    assert_int_equal(dk_lifetime_value(1, &q, &m, 0, 40, &v, &periods, &how, NULL), DK_OK);
    assert_close(periods, 10, 1e-12);
    assert_close(v, m * periods, 1e-9);
    assert_close(how.radius, 0.9, 1e-6);
    assert_int_equal(how.horizon, 0);
}

/* Two segments, solved by hand: v1 = 10 + (.8 v1 + .1 v2) / 1.1 and v2 = 50 + (.2 v1 + .7 v2) / 1.1. */
static void two_segments_solve_their_equations(void **state) {
    (void)state;
    double q[] = {0.8, 0.1, 0.2, 0.7}, m[] = {10, 50}, v[2];
    dk_lifetime how;
    assert_int_equal(dk_lifetime_value(2, q, m, 0.1, 40, v, NULL, &how, NULL), DK_OK);
    assert_close(v[0], 10 + (0.8 * v[0] + 0.1 * v[1]) / 1.1, 1e-9);
    assert_close(v[1], 50 + (0.2 * v[0] + 0.7 * v[1]) / 1.1, 1e-9);
    /* the eigenvalues of q are .9 and .6 */
    assert_close(how.radius, 0.9 / 1.1, 1e-6);
}

/* Nobody leaves and nothing is discounted: a value without end must be cut at the horizon, not printed. */
static void what_never_ends_is_cut(void **state) {
    (void)state;
    double q[] = {0.5, 0.5, 0.5, 0.5}, m[] = {1, 3}, v[2], periods[2];
    dk_lifetime how;
    assert_int_equal(dk_lifetime_value(2, q, m, 0, 40, v, periods, &how, NULL), DK_OK);
    assert_int_equal(how.horizon, 40);
    assert_close(v[0], 1 + 39 * 2.0, 1e-9);
    assert_close(periods[0], 40, 1e-9);
    /* with a discount the same has an end */
    assert_int_equal(dk_lifetime_value(2, q, m, 0.02, 40, v, periods, &how, NULL), DK_OK);
    assert_int_equal(how.horizon, 0);
    assert_close(v[0], 1 + (v[0] + v[1]) / 2 / 1.02, 1e-8);
}

/* ---- Noise ------------------------------------------------------------------------------------------- */

enum { CUSTOMERS = 6000 };

static double normal(uint64_t seed, uint64_t what, uint64_t which) {
    dk_rng rng = dk_rng_of(seed, what, which);
    return dk_rng_normal(&rng);
}

typedef struct figures {
    double *values, *weight, expected[9];
    uint32_t *periods;
    size_t *first_of;
    dk_move_noise noise;
} figures;

/* Figures of so many periods: a fixed true value, noise, and true changes that stay. */
static void fill(figures *r, size_t periods, double noise, double change) {
    r->values = malloc(CUSTOMERS * periods * sizeof *r->values);
    r->periods = malloc(CUSTOMERS * periods * sizeof *r->periods);
    r->first_of = malloc((CUSTOMERS + 1) * sizeof *r->first_of);
    r->weight = malloc(CUSTOMERS * sizeof *r->weight);
    assert_true(r->values != NULL && r->periods != NULL && r->first_of != NULL && r->weight != NULL);
    for (size_t c = 0; c <= CUSTOMERS; c++) r->first_of[c] = c * periods;
    for (size_t c = 0; c < CUSTOMERS; c++) {
        double truth = normal(3, 1, c);
        r->weight[c] = 1;
        for (size_t t = 0; t < periods; t++) {
            if (t > 0) truth += change * normal(3, 2, c * 16 + t);
            r->values[c * periods + t] = truth + noise * normal(3, 3, c * 16 + t);
            r->periods[c * periods + t] = (uint32_t)t;
        }
    }
    double cut = 0.4307273 * sqrt(1 + noise * noise), from[] = {-INFINITY, -cut, cut},
           below[] = {-cut, cut, INFINITY}; /* terciles of the figures */
    assert_int_equal(dk_noise_expect(r->values, r->periods, r->first_of, CUSTOMERS, from, below, 3, r->weight,
                                     r->expected, &r->noise, NULL),
                     DK_OK);
}

static void drop(figures *r) {
    free(r->values);
    free(r->periods);
    free(r->first_of);
    free(r->weight);
}

/* With noise of .7 of the true spread a third leaves the bottom tercile though nothing changed: a bivariate normal with
   correlation 1 / 1.49 keeps .639 of them. An expectation that misses this would sell noise as movement. */
static void noise_alone_moves_a_third(void **state) {
    (void)state;
    for (size_t periods = 2; periods <= 4; periods++) {
        figures r;
        fill(&r, periods, 0.7, 0);
        assert_true(r.noise.known);
        assert_int_equal(r.noise.upper_bound, periods == 2);
        assert_close(r.expected[0], 0.639, 0.02);
        assert_close(r.expected[8], 0.639, 0.02);
        assert_close(r.expected[0] + r.expected[1] + r.expected[2], 1, 1e-9);
        assert_close(r.noise.share_of_spread, 0.7, 0.06);
        drop(&r);
    }
}

/* True changes must not be taken for noise where three periods can tell them apart. */
static void true_change_is_no_noise(void **state) {
    (void)state;
    figures r;
    fill(&r, 4, 0, 0.3);
    assert_true(r.noise.known && !r.noise.upper_bound);
    assert_true(r.noise.share_of_spread < 0.1);
    assert_true(r.expected[0] > 0.9); /* a tenth of noise moves some 5 in 100 */
    drop(&r);
}

/* Two kinds of customers far from the border between them; every seventh changes sides for good. Their mean lies on the border: taken
   for their true figure it would let noise carry them across half the time. */
static void who_moved_is_not_carried_by_noise(void **state) {
    (void)state;
    figures r;
    fill(&r, 10, 0.2, 0);
    double from[] = {-INFINITY, 0}, below[] = {0, INFINITY};
    for (size_t c = 0; c < CUSTOMERS; c++)
        for (size_t t = 0; t < 10; t++)
            r.values[c * 10 + t] =
                ((c % 2 == 0) != (c % 7 == 0 && t >= 5) ? 1.5 : -1.5) + 0.2 * normal(3, 4, c * 16 + t);
    assert_int_equal(dk_noise_expect(r.values, r.periods, r.first_of, CUSTOMERS, from, below, 2, r.weight,
                                     r.expected, &r.noise, NULL),
                     DK_OK);
    assert_true(r.noise.known && r.expected[1] < 0.01 && r.expected[2] < 0.01);
    drop(&r);
}

/* ---- Projection -------------------------------------------------------------------------------------- */

static void a_year_ahead_adds_up(void **state) {
    (void)state;
    /* one state, a tenth leaves: .02 fewer leave from now on */
    double p[] = {0.1, 0.9}, m[] = {100};
    dk_change keep = {.lost = -0.02, .has_lost = true, .profit = 2};
    dk_projection out;
    dk_worth_project(1, p, m, 0, &keep, 4, 0, &out);
    double with = 0, without = 0;
    for (int t = 1; t <= 4; t++) with += pow(0.92, t) * 100, without += pow(0.9, t) * 100;
    assert_close(out.money, with - without, 1e-9); /* profit of 2 a period is exactly what the .02 bring */
    assert_close(out.kept, pow(0.92, 4) - pow(0.9, 4), 1e-12);
    assert_close(out.up, 0, 0);
    /* profit that moves do not explain stays one period and is there each period */
    dk_change more = {.profit = 7};
    dk_worth_project(1, p, m, 0, &more, 4, 0, &out);
    assert_close(out.money, 7 * (1 + 0.9 + 0.81 + 0.729), 1e-9);
    assert_close(out.kept, 0, 0);
    /* the first period brings what the profit fit says, whatever the moves are made of */
    double p2[] = {0.05, 0.85, 0.1, 0.05, 0.1, 0.85}, m2[] = {100, 400};
    dk_change up = {.up = 0.03,
                    .has_up = true,
                    .lost = -0.01,
                    .has_lost = true,
                    .fall = -0.01,
                    .has_fall = true,
                    .profit = 25};
    dk_worth_project(2, p2, m2, 0, &up, 1, 0, &out);
    assert_close(out.money, 25, 1e-9);
    assert_close(out.up, 0.03, 1e-12);
    assert_close(out.kept, 0.01, 1e-12);
    /* no change, no worth; and discounting makes less of it */
    dk_change none = {.has_up = true, .has_lost = true, .has_fall = true};
    dk_worth_project(2, p2, m2, 0, &none, 8, 0, &out);
    assert_close(out.money, 0, 1e-9);
    dk_projection now, later;
    dk_worth_project(2, p2, m2, 0, &up, 8, 0, &now);
    dk_worth_project(2, p2, m2, 0, &up, 8, 0.05, &later);
    assert_true(later.money < now.money && later.money > now.money / pow(1.05, 8));
}

/* ---- Fits -------------------------------------------------------------------------------------------- */

enum { ROWS = 2000 };

typedef struct fixture {
    dk_survey survey;
    dk_fit_context context;
    dk_features features;
    dk_column predictors[2], controls[1];
    dk_study_predictor about[2];
    const char *names[1];
    uint32_t subset[ROWS], said[2][ROWS], group_of[2];
    uint64_t clusters[ROWS];
    double control[ROWS], y[ROWS], weight[ROWS];
    dk_move_design design;
    dk_joint joint;
} fixture;

/* 1000 customers with two answers each; theme 0 is said by a fifth (a complaint), theme 1 by a tenth (praise). */
static fixture *make_fixture(bool logit) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    size_t n[2] = {0, 0};
    for (uint32_t i = 0; i < ROWS; i++) {
        dk_rng rng = dk_rng_of(5, 1, i);
        bool a = dk_rng_unit(&rng) < 0.2, b = dk_rng_unit(&rng) < 0.1;
        f->subset[i] = i;
        f->clusters[i] = dk_hash_mix(9, i / 2);
        f->control[i] = dk_rng_normal(&rng);
        f->weight[i] = 1;
        if (a) f->said[0][n[0]++] = i;
        if (b) f->said[1][n[1]++] = i;
        double eta = 0.3 * normal(5, 2, i / 2) + 0.5 * f->control[i] + (a ? 0.8 : 0) + (b ? -0.6 : 0);
        f->y[i] = logit ? dk_rng_unit(&rng) < 1 / (1 + exp(1 - eta)) : 10 + eta + dk_rng_normal(&rng);
    }
    for (size_t k = 0; k < 2; k++) {
        f->predictors[k] = (dk_column){"said", DK_COLUMN_ROWS, f->said[k], n[k], 0};
        f->about[k] = (dk_study_predictor){.theme = (int)k,
                                           .touchpoint = "t",
                                           .polarity = k == 0 ? DK_SIGN_NEGATIVE : DK_SIGN_POSITIVE,
                                           .mentions = (int64_t)n[k]};
        f->group_of[k] = (uint32_t)k;
    }
    f->predictors[1].name = "said too";
    f->controls[0] = (dk_column){"control", DK_COLUMN_REAL, f->control, 0, 0};
    f->names[0] = "control";
    f->features = (dk_features){.predictors = f->predictors,
                                .about = f->about,
                                .npredictors = 2,
                                .controls = f->controls,
                                .control_names = f->names,
                                .ncontrols = 1};
    f->survey.n = ROWS;
    f->survey.weight = f->weight;
    f->context = (dk_fit_context){.survey = &f->survey, .clusters = f->clusters};
    assert_int_equal(dk_joint_init(&f->joint, 1000, 1, 0.95, NULL), DK_OK);
    assert_int_equal(
        dk_move_design_make(&f->design, &f->context, &f->features, f->subset, ROWS, NULL, 0, NULL), DK_OK);
    return f;
}

static void drop_fixture(fixture *f) {
    dk_move_design_dispose(&f->design);
    dk_joint_dispose(&f->joint);
    free(f);
}

static dk_driver_result *reference(const fixture *f, bool logit) {
    dk_driver_options options;
    dk_driver_result *d = NULL;
    dk_driver_options_init(&options);
    options.model = logit ? DK_MODEL_BINARY : DK_MODEL_LINEAR;
    options.bootstrap = 0;
    dk_driver_table table = {.rows = ROWS,
                             .outcome = {"y", DK_COLUMN_REAL, f->y, 0, 0},
                             .predictors = f->predictors,
                             .npredictors = 2,
                             .controls = f->controls,
                             .ncontrols = 1,
                             .clusters = f->clusters};
    assert_int_equal(dk_drivers_fit(&table, &options, &d, NULL), DK_OK);
    return d;
}

static const dk_driver_term *term_of(const dk_driver_result *d, size_t column) {
    for (size_t i = 0; i < d->ndrivers; i++)
        if (d->drivers[i].terms[0].column == column) return d->drivers[i].terms;
    fail_msg("no term %zu", column);
    return NULL;
}

static double spread(const double *x, size_t n) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += (x[i] - sum) * (x[i] - sum);
    return sqrt(squares / (double)(n - 1));
}

/* Two programs for the same regression: their estimates must be one, their clustered errors nearly. */
static void a_linear_fit_is_that_of_the_driver_statistics(void **state) {
    (void)state;
    fixture *f = make_fixture(false);
    dk_move_fit fit;
    assert_int_equal(dk_move_fit_make(&fit, &f->design, &f->joint, f->y, false, NULL), DK_OK);
    dk_driver_result *d = reference(f, false);
    for (size_t j = 0; j < 2; j++) {
        const dk_driver_term *t = term_of(d, j);
        assert_close(fit.effect[j], t->effect, 1e-9);
        assert_close(fit.effect_se[j] / t->se, 1, 0.02); /* HC3-like against CR1 */
        assert_close(spread(fit.replicate + j * 1000, 1000) / fit.effect_se[j], 1, 0.1);
    }
    dk_drivers_free(d);
    dk_move_fit_dispose(&fit);
    drop_fixture(f);
}

/* The effects of a logit, added up over those whom they are of, must be what the model's own probabilities say; and near
   the average marginal effects of the driver statistics, which are derivatives. */
static void a_logit_tells_what_a_mention_changes(void **state) {
    (void)state;
    fixture *f = make_fixture(true);
    dk_move_fit fit;
    assert_int_equal(dk_move_fit_make(&fit, &f->design, &f->joint, f->y, true, NULL), DK_OK);
    dk_driver_result *d = reference(f, true);
    for (size_t j = 0; j < 2; j++) {
        const dk_driver_term *t = term_of(d, j);
        assert_true(fit.tested[j] && fit.coef[j] * (j == 0 ? 1 : -1) > 0.3);
        assert_close(fit.effect[j] / t->effect, 1, 0.2);
        assert_close(fit.effect_se[j] / t->se, 1, 0.25);
        assert_close(spread(fit.replicate + j * 1000, 1000) / fit.effect_se[j], 1, 0.1);
    }
    assert_true(fit.p_model < 0.01);
    dk_drivers_free(d);
    dk_move_fit_dispose(&fit);
    /* what happened to nobody who said it has no test, and a finite effect */
    for (size_t i = 0; i < f->predictors[0].count; i++) f->y[f->said[0][i]] = 0;
    assert_int_equal(dk_move_fit_make(&fit, &f->design, &f->joint, f->y, true, NULL), DK_OK);
    assert_true(!fit.tested[0] && isnan(fit.p[0]) && isfinite(fit.coef[0]) && fit.coef[0] < -1);
    dk_move_fit_dispose(&fit);
    drop_fixture(f);
}

/* The same customers in another order: the same replicates, or intervals would depend on how a file is sorted. */
static void replicates_do_not_know_the_order(void **state) {
    (void)state;
    dk_joint joint;
    dk_joint_sum sum;
    double a[64], b[64], estimate = 0, se;
    assert_int_equal(dk_joint_init(&joint, 64, 7, 0.95, NULL), DK_OK);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(dk_joint_begin(&sum, &joint, 1, NULL), DK_OK);
        for (uint64_t c = 0; c < 1000; c++) {
            uint64_t which = turn == 0 ? c : 999 - c;
            double x = normal(8, 1, which);
            assert_int_equal(dk_joint_add(&sum, dk_hash_mix(4, which), &x, NULL), DK_OK);
        }
        assert_int_equal(dk_joint_end(&sum, &estimate, turn == 0 ? a : b, &se, NULL), DK_OK);
        assert_close(se, sqrt(1000), 3);
    }
    for (int r = 0; r < 64; r++) assert_close(a[r], b[r], 1e-9);
    dk_joint_dispose(&joint);
}

/* ---- The panel --------------------------------------------------------------------------------------- */

/* Customers by what becomes of them: 0 moves up and stays, 1 is recorded as lost, 2 has no further record, 3 skips a period, 4 answers when
   the follow-up lies beyond the data. A wrong state here is a wrong churn rate and a wrong movement. */
static void the_panel_tells_lost_from_censored(void **state) {
    (void)state;
    enum { N = 5, RECORDS = 15, QUARTERS = 4 };
    static const struct {
        uint32_t customer;
        int quarter;
        double margin;
        int8_t churned;
    } rows[RECORDS] = {{0, 0, 10, 0}, {0, 1, 90, 0}, {0, 2, 90, 0}, {0, 3, 90, 0}, {1, 0, 10, 0},
                       {1, 1, 10, 0}, {1, 2, 5, 1},  {2, 0, 90, 0}, {2, 1, 90, 0}, {3, 0, 10, 0},
                       {3, 1, 10, 0}, {3, 3, 10, 0}, {4, 1, 90, 0}, {4, 2, 90, 0}, {4, 3, 10, 0}};
    int32_t days[QUARTERS + 1];
    for (int q = 0; q <= QUARTERS; q++) days[q] = dk_date_of(2025 + q / 4, 1 + q % 4 * 3, 1);
    dk_record items[RECORDS];
    double values[RECORDS], *columns[] = {values};
    int8_t churned[RECORDS], of_record[RECORDS];
    size_t first_of[N + 1] = {0};
    for (uint32_t i = 0; i < RECORDS; i++) {
        items[i] =
            (dk_record){rows[i].customer, days[rows[i].quarter], days[rows[i].quarter + 1] - 1, i + 2, i};
        values[i] = rows[i].margin;
        churned[i] = rows[i].churned;
        of_record[i] = rows[i].margin < 50 ? 1 : 2;
        first_of[rows[i].customer + 1] = i + 1;
    }
    /* answers in the second quarter, of customer 4 in the last */
    uint32_t customers[N] = {0, 1, 2, 3, 4}, baseline[N] = {0, 4, 7, 9, 13},
             followup[N] = {2, 6, DK_NO_RECORD, DK_NO_RECORD, DK_NO_RECORD};
    int32_t dates[N] = {days[1] + 30, days[1] + 30, days[1] + 30, days[1] + 30, days[3] + 30};
    uint8_t dropped[N] = {0};
    int8_t of[N] = {1, 1, 2, 1, 2};
    dk_survey survey = {.n = N, .customer = customers, .date = dates, .dropped = dropped};
    dk_records records = {.items = items,
                          .count = RECORDS,
                          .values = columns,
                          .churned = churned,
                          .first_of = first_of,
                          .ncustomers = N,
                          .periods = true,
                          .baseline = baseline,
                          .followup = followup};
    for (int r = 0; r < DK_ROLES; r++) records.place[r] = DK_NO_COLUMN;
    records.place[DK_ROLE_PROFIT] = 0;
    dk_segments segments = {.count = 3, .name = {"all", "low", "high"}, .of = of, .of_record = of_record};
    dk_panel p;
    bool known;
    assert_int_equal(dk_panel_make(&p, &survey, &records, &segments, &known, NULL), DK_OK);
    assert_true(known);
    assert_int_equal(p.nperiods, QUARTERS);
    assert_int_equal(p.nstates, 2);
    static const int8_t next[RECORDS] = {2,
                                         2,
                                         2,
                                         DK_STATE_CENSORED,
                                         1,
                                         DK_STATE_LOST,
                                         DK_STATE_UNKNOWN,
                                         2,
                                         DK_STATE_LOST,
                                         1,
                                         DK_STATE_GAP,
                                         DK_STATE_CENSORED,
                                         2,
                                         1,
                                         DK_STATE_CENSORED};
    for (size_t i = 0; i < RECORDS; i++)
        if (p.next[i] != next[i]) fail_msg("record %zu goes to %d, not %d", i, p.next[i], next[i]);
    static const int8_t after[N] = {2, DK_STATE_LOST, DK_STATE_LOST, DK_STATE_GAP, DK_STATE_CENSORED};
    for (size_t i = 0; i < N; i++)
        if (p.followup[i] != after[i]) fail_msg("answer %zu leads to %d, not %d", i, p.followup[i], after[i]);
    assert_close(p.after[0], 90, 0);
    assert_close(p.after[1], 5, 0); /* what was earned until they left */
    assert_close(p.after[2], 0, 0);
    assert_true(isnan(p.after[3]) && isnan(p.after[4]));
    assert_int_equal(p.followed + p.left + p.censored + p.gap, N);
    dk_panel_dispose(&p);
    /* one customer in the last period after three: it is not complete, and the others are not lost for want of a record there */
    churned[6] = 0;
    items[7].first = days[1], items[7].last = days[2] - 1;
    items[8].first = days[2], items[8].last = days[3] - 1;
    records.count = 9;
    first_of[4] = first_of[5] = 9;
    survey.n = 3;
    assert_int_equal(dk_panel_make(&p, &survey, &records, &segments, &known, NULL), DK_OK);
    assert_int_equal(p.complete + 1, p.nperiods);
    assert_int_equal(p.next[2], 2);
    assert_int_equal(p.next[6], DK_STATE_CENSORED);
    assert_int_equal(p.next[8], DK_STATE_CENSORED);
    dk_panel_dispose(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_segment_is_margin_times_lifetime),
        cmocka_unit_test(two_segments_solve_their_equations),
        cmocka_unit_test(what_never_ends_is_cut),
        cmocka_unit_test(noise_alone_moves_a_third),
        cmocka_unit_test(true_change_is_no_noise),
        cmocka_unit_test(who_moved_is_not_carried_by_noise),
        cmocka_unit_test(a_year_ahead_adds_up),
        cmocka_unit_test(a_linear_fit_is_that_of_the_driver_statistics),
        cmocka_unit_test(a_logit_tells_what_a_mention_changes),
        cmocka_unit_test(replicates_do_not_know_the_order),
        cmocka_unit_test(the_panel_tells_lost_from_censored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
