/* What is made of an outcome and told beside an effect: winsorised amounts, Estrella's R2, impact and where it comes
   from, family-wise q. */
#include "numeric/dataset.h"

#include "base/hash.h"
#include "stats/frame.h"

enum { N = 500 };

static double uniform(uint64_t seed, uint64_t i) {
    return ((double)(dk_hash_mix(seed, i) >> 11) + 0.5) * 0x1p-53;
}
static double normal(uint64_t seed, uint64_t i) {
    return sqrt(-2 * log(uniform(seed, 2 * i))) * cos(6.283185307179586 * uniform(seed, 2 * i + 1));
}

typedef struct data {
    uint8_t late[N], rude[N], left[N];
    int64_t amount[N];
} data;

/* rude is said mostly where late is; amounts have a long tail. */
static data make(void) {
    data d;
    for (size_t i = 0; i < N; i++) {
        d.late[i] = uniform(1, i) < 0.3;
        d.rude[i] = uniform(2, i) < (d.late[i] ? 0.4 : 0.05);
        d.left[i] = uniform(3, i) < 0.2 + 0.3 * d.late[i] + 0.1 * d.rude[i];
        d.amount[i] = llround(100 * exp(6 - 0.5 * d.late[i] + normal(4, i)));
    }
    return d;
}

static dk_driver_result *fit(const data *d, const dk_column *outcome, const dk_driver_options *o) {
    dk_column x[] = {{"late", DK_COLUMN_MENTION, d->late, 0, 0}, {"rude", DK_COLUMN_MENTION, d->rude, 0, 0}};
    dk_driver_table t = {.rows = N, .outcome = *outcome, .predictors = x, .npredictors = 2};
    dk_driver_result *r = NULL;
    SUCCEED(dk_drivers_fit(&t, o, &r, &error_));
    return r;
}

static const dk_driver_term *term(const dk_driver_result *r, const char *name) {
    for (size_t g = 0; g < r->ndrivers; g++)
        if (strcmp(r->drivers[g].name, name) == 0) return r->drivers[g].terms;
    fail_msg("no term %s", name);
    return NULL;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* R: quantile(amount, c(.02, .98), type = 1), the amounts cut to them, lm. If it fails, a few customers decide, or
   all figures are off. */
static void winsorised_amounts(void **state) {
    (void)state;
    data d = make(), cut = d;
    int64_t sorted[N];
    memcpy(sorted, d.amount, sizeof sorted);
    qsort(sorted, N, sizeof *sorted, ascending);
    int64_t low = sorted[9], high = sorted[489], count = 0; /* the 10th and the 490th of 500 */
    for (size_t i = 0; i < N; i++) {
        count += d.amount[i] < low || d.amount[i] > high;
        cut.amount[i] = d.amount[i] < low ? low : d.amount[i] > high ? high : d.amount[i];
    }
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 64;
    dk_column column = {"amount", DK_COLUMN_FIXED, cut.amount, 0, 100};
    dk_driver_result *want = fit(&cut, &column, &o);
    o.winsor = 0.02;
    column.values = d.amount;
    dk_driver_result *got = fit(&d, &column, &o);
    assert_true(got->outcome_low == (double)low / 100 && got->outcome_high == (double)high / 100);
    assert_int_equal(got->outcome_cut, count);
    assert_true(isnan(want->outcome_low));
    const char *const names[] = {"late", "rude"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(term(got, names[i])->effect == term(want, names[i])->effect);
        assert_true(term(got, names[i])->opportunity_ci.lo == term(want, names[i])->opportunity_ci.lo);
    }
    assert_true(strstr(got->notes[0], "winsorised") != NULL);
    dk_drivers_free(want);
    dk_drivers_free(got);
}

/* Impact is what leaving rows out does to the mean, and impact - opportunity adds up over the other columns. */
static void impact_is_opportunity_and_company(void **state) {
    (void)state;
    data d = make();
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 0;
    dk_driver_result *r = fit(&d, &(dk_column){"amount", DK_COLUMN_FIXED, d.amount, 0, 100}, &o);
    double all = 0, without = 0, n = 0;
    for (size_t i = 0; i < N; i++) {
        all += (double)d.amount[i] / 100 / N;
        if (d.rude[i]) continue;
        without += (double)d.amount[i] / 100;
        n++;
    }
    const dk_driver_term *rude = term(r, "rude");
    assert_close(rude->impact, all - without / n, 1e-12);
    assert_string_equal(rude->impact_from, "late");
    assert_close(rude->impact, rude->opportunity + rude->impact_part, 1e-10); /* late is the only other one */
    dk_drivers_free(r);
}

/* Estrella 1998 from McFadden's: 1 - (1 - r)^(-2 l0 / n). If it fails, --r2 estrella prints something else. */
static void estrella(void **state) {
    (void)state;
    data d = make();
    dk_column column = {"left", DK_COLUMN_MENTION, d.left, 0, 0};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 0;
    o.model = DK_MODEL_BINARY;
    dk_driver_result *mcfadden = fit(&d, &column, &o);
    o.r2 = DK_R2_ESTRELLA;
    dk_driver_result *r = fit(&d, &column, &o);
    double p = 0;
    for (size_t i = 0; i < N; i++) p += (double)d.left[i] / N;
    double l0 = p * log(p) + (1 - p) * log(1 - p);
    assert_close(r->r2, 1 - pow(1 - mcfadden->r2, -2 * l0), 1e-10);
    assert_close(r->drivers[0].importance + r->drivers[1].importance, r->r2, 1e-12);
    assert_close(r->drivers[0].terms->effect, mcfadden->drivers[0].terms->effect, 1e-12);
    dk_drivers_free(mcfadden);
    dk_drivers_free(r);
}

/* Step-down p are no smaller than the tests' own, in their order, and q with family_wise is that p. */
static void family_wise(void **state) {
    (void)state;
    data d = make();
    dk_column column = {"amount", DK_COLUMN_FIXED, d.amount, 0, 100};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 999;
    o.family_wise = 1;
    dk_driver_result *r = fit(&d, &column, &o);
    for (size_t g = 0; g < 2; g++) {
        const dk_driver *x = &r->drivers[g], *y = &r->drivers[1 - g];
        assert_true(x->q == fmax(x->p_max, r->p_model));
        if (x->p < y->p) assert_true(x->p_max <= y->p_max);
        assert_true(x->p_max >= 1.0 / 1000);
    }
    dk_drivers_free(r);
    o.bootstrap = 0;
    dk_driver_table t = {.rows = 0};
    dk_error err = {0};
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EUSAGE);
}

/* Few clusters are told, with the degrees of freedom that are left, and widen the interval beyond what se would give. */
static void few_clusters_are_told(void **state) {
    (void)state;
    data d = make();
    uint64_t cluster[N];
    for (size_t i = 0; i < N; i++) cluster[i] = i % 12;
    dk_column x[] = {{"late", DK_COLUMN_MENTION, d.late, 0, 0}, {"rude", DK_COLUMN_MENTION, d.rude, 0, 0}};
    dk_driver_table t = {.rows = N,
                         .outcome = {"amount", DK_COLUMN_FIXED, d.amount, 0, 100},
                         .predictors = x,
                         .npredictors = 2,
                         .clusters = cluster};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 0;
    dk_driver_result *r = NULL;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    bool told = false;
    for (size_t i = 0; i < r->nnotes; i++)
        told = told || strstr(r->notes[i], "12 clusters are few: intervals and p are widened for it") != NULL;
    assert_true(told);
    const dk_driver_term *late = term(r, "late");
    assert_true(late->df > 3 && late->df < 11);
    assert_true(late->ci.hi - late->ci.lo > 2 * 2.2 * late->se); /* t(11) is 2.2 */
    dk_drivers_free(r);
}

/* Two columns that differ in the eighth digit: the linear fit, from exact moments, still tells them apart (here
   exactly); a logit cannot, and leaves one out rather than print digits of noise. If it fails, either is nonsense
   without a word. */
static void nearly_the_same(void **state) {
    (void)state;
    static int64_t a[N], b[N], y[N];
    static uint8_t high[N];
    for (size_t i = 0; i < N; i++) {
        int64_t difference = (int64_t)(9 * uniform(7, i)) - 4;
        a[i] = llround(1e8 * normal(5, i));
        b[i] = a[i] + difference;
        y[i] = 3 * a[i] - 2 * b[i];
        high[i] = (double)a[i] + 1e8 * normal(6, i) > 0;
    }
    dk_column x[] = {{"a", DK_COLUMN_FIXED, a, 0, 1e8}, {"b", DK_COLUMN_FIXED, b, 0, 1e8}};
    dk_driver_table t = {
        .rows = N, .outcome = {"y", DK_COLUMN_FIXED, y, 0, 1e8}, .predictors = x, .npredictors = 2};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.bootstrap = 100;
    dk_driver_result *r = NULL;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    assert_true(r->condition > 1e7);
    assert_close(term(r, "a")->effect, 3, 1e-9);
    assert_close(term(r, "b")->effect, -2, 1e-9);
    assert_true(isnan(r->drivers[0].importance_ci.lo) && isnan(r->drivers[0].terms->opportunity_ci.lo));
    dk_drivers_free(r);
    t.outcome = (dk_column){"high", DK_COLUMN_MENTION, high, 0, 0};
    o.model = DK_MODEL_BINARY;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    assert_true(!term(r, "a")->aliased && term(r, "b")->aliased);
    assert_true(term(r, "a")->effect > 0 && isfinite(r->drivers[0].importance_ci.hi));
    assert_true(strstr(r->notes[0], "b says nothing new, it follows from a") != NULL);
    dk_drivers_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(winsorised_amounts), cmocka_unit_test(impact_is_opportunity_and_company),
        cmocka_unit_test(estrella),           cmocka_unit_test(family_wise),
        cmocka_unit_test(nearly_the_same),    cmocka_unit_test(few_clusters_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
