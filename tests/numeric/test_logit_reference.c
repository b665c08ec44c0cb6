/* Binary and ordered logit against R's glm, MASS::polr and ordinal::clm. If one fails, effects on churn, promoters or
   levels are wrong. */
#include "dataset.h"

#include "stats/frame.h"
#include "stats/glm.h"

typedef struct logit {
    double *x[8], *y, *w;
    size_t n, k;
    dk_frame frame;
    dk_moments moments;
    dk_solution linear;
    dk_design design;
    dk_glm glm;
} logit;

static void fit(logit *l, size_t n, size_t k, bool binary) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    dk_column columns[8];
    size_t at[8];
    bool use[8];
    l->n = n;
    l->k = k;
    for (size_t j = 0; j < k; j++) {
        columns[j] = (dk_column){names[j], DK_COLUMN_REAL, l->x[j], 0, 0};
        at[j] = dk_frame_predictor(j);
        use[j] = true;
    }
    dk_driver_table t = {.rows = n,
                         .outcome = {"y", DK_COLUMN_REAL, l->y, 0, 0},
                         .predictors = columns,
                         .npredictors = k,
                         .weights = l->w};
    SUCCEED(dk_frame_from_table(&t, &l->frame, &error_));
    SUCCEED(dk_moments_compute(l->frame.rows, 2, &l->moments, &error_));
    SUCCEED(
        dk_solve(&l->moments, l->frame.unit, l->frame.weight_unit, at, k, 0, 1, NULL, DK_ALIASED, &l->linear, &error_));
    SUCCEED(
        dk_design_init(&l->design, l->frame.rows, &l->moments, l->frame.unit, at, 1, &l->linear, &error_));
    SUCCEED(dk_glm_fit(l->frame.rows, &l->design, use, l->frame.weight_unit, binary, 2, &l->glm, &error_));
}

static void dispose(logit *l) {
    dk_glm_dispose(&l->glm);
    dk_design_dispose(&l->design);
    dk_solution_dispose(&l->linear);
    dk_moments_dispose(&l->moments);
    dk_frame_dispose(&l->frame);
    for (size_t j = 0; j < l->k; j++) free(l->x[j]);
    free(l->y);
    free(l->w);
}

static double coef(const logit *l, size_t j) {
    return l->glm.theta[l->glm.nlevels - 1 + j] / l->linear.sd[j];
}

static double se(const logit *l, size_t j) {
    size_t at = l->glm.nlevels - 1 + j;
    return sqrt(l->glm.inverse[at * l->glm.size + at]) / l->linear.sd[j];
}

/* The threshold for the columns' own zero. */
static double cut(const logit *l, size_t j) {
    double alpha = l->glm.theta[j];
    for (size_t i = 0; i < l->k; i++)
        alpha += l->glm.theta[l->glm.nlevels - 1 + i] *
                 (l->linear.mean[i] / l->linear.sd[i] - l->design.mean[i + 1]);
    return alpha;
}

static void *numbers(size_t n) {
    void *p = calloc(n, sizeof(double));
    assert_non_null(p);
    return p;
}

static void read_wine(logit *l, bool product) {
    dataset d = dataset_read("wine.csv");
    size_t k = product ? 3 : 2;
    memset(l, 0, sizeof *l);
    l->y = dataset_numbers(&d, "rating", 1);
    for (size_t j = 0; j < k; j++) l->x[j] = numbers(d.rows);
    for (size_t i = 0; i < d.rows; i++) {
        l->x[0][i] = strcmp(dataset_text(&d, i, "temp"), "warm") == 0;
        l->x[1][i] = strcmp(dataset_text(&d, i, "contact"), "yes") == 0;
        if (product) l->x[2][i] = l->x[0][i] * l->x[1][i];
    }
    fit(l, d.rows, k, false);
    dataset_free(&d);
}

/* ordinal::clm(rating ~ temp * contact, data = wine), clm(rating ~ temp + contact) */
static void ordered_wine(void **state) {
    (void)state;
    static const double b[] = {2.32118426070462, 1.34746042643330, 0.35954888019115},
                        b2[] = {2.5031020078989, 1.5277976580951};
    static const double s[] = {0.70094793944207, 0.66035565019156, 0.92381884843406},
                        s2[] = {0.52868010082485, 0.47662262964830};
    static const double cuts[] = {-1.41126196470537, 1.14355366039732, 3.37708248668694, 4.94198225630615};
    static const double cuts2[] = {-1.3443834112647, 1.2508087984165, 3.4668869264740, 5.0064042042700};
    logit l;
    read_wine(&l, true);
    for (size_t j = 0; j < 3; j++) {
        assert_close(coef(&l, j), b[j], 1e-6);
        assert_close(se(&l, j), s[j], 1e-6);
    }
    for (size_t j = 0; j < 4; j++) assert_close(cut(&l, j), cuts[j], 1e-6);
    assert_close(l.glm.ll, -86.41620041958, 1e-10);
    assert_false(l.glm.penalised);
    dispose(&l);
    read_wine(&l, false);
    for (size_t j = 0; j < 2; j++) {
        assert_close(coef(&l, j), b2[j], 1e-7);
        assert_close(se(&l, j), s2[j], 1e-7);
    }
    for (size_t j = 0; j < 4; j++) assert_close(cut(&l, j), cuts2[j], 1e-7);
    assert_close(l.glm.ll, -86.491923365649, 1e-11);
    dispose(&l);
}

static void read_housing(logit *l, bool binary) {
    static const char *const levels[6][2] = {{"Infl", "Medium"}, {"Infl", "High"},    {"Type", "Apartment"},
                                             {"Type", "Atrium"}, {"Type", "Terrace"}, {"Cont", "High"}};
    dataset d = dataset_read("housing.csv");
    memset(l, 0, sizeof *l);
    l->w = dataset_numbers(&d, "Freq", 1);
    l->y = numbers(d.rows);
    for (size_t j = 0; j < 6; j++) l->x[j] = numbers(d.rows);
    for (size_t i = 0; i < d.rows; i++) {
        const char *sat = dataset_text(&d, i, "Sat");
        l->y[i] = strcmp(sat, "High") == 0 ? 2 - binary : strcmp(sat, "Medium") == 0 ? 1 - binary : 0;
        for (size_t j = 0; j < 6; j++)
            l->x[j][i] = strcmp(dataset_text(&d, i, levels[j][0]), levels[j][1]) == 0;
    }
    fit(l, d.rows, 6, binary);
    dataset_free(&d);
}

/* MASS::polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing, Hess = TRUE); ordinal::clm of the same, from which
   polr differs by 4e-7 */
static void ordered_housing(void **state) {
    (void)state;
    static const double b[] = {0.56639373790205,  1.28881911036411,  -0.57235000203830,
                               -0.36618637068670, -1.09101465896256, 0.36028400456686};
    static const double s[] = {0.10465278136388, 0.12715614456756, 0.11923800859645,
                               0.15517333201859, 0.15148601856076, 0.09553579500226};
    logit l;
    read_housing(&l, false);
    for (size_t j = 0; j < 6; j++) {
        assert_close(coef(&l, j), b[j], 1e-6);
        assert_close(se(&l, j), s[j], 1e-6);
    }
    assert_close(cut(&l, 0), -0.49613513818919, 1e-6);
    assert_close(cut(&l, 1), 0.69070825925384, 1e-6);
    assert_close(l.glm.ll, -1739.5746495295, 1e-11);
    dispose(&l);
}

/* Brant's test of the same fit, by R: two glm(y > j, binomial), the covariance of their coefficients from the products of
   sandwich::estfun(fit) %*% vcov(fit) over people. */
static void proportional_odds(void **state) {
    (void)state;
    logit l;
    read_housing(&l, false);
    size_t people = 0, at = 0;
    for (size_t i = 0; i < l.n; i++) people += (size_t)l.w[i];
    logit each = {.y = numbers(people)};
    for (size_t j = 0; j < 6; j++) each.x[j] = numbers(people);
    for (size_t i = 0; i < l.n; i++)
        for (double c = 0; c < l.w[i]; c++, at++) {
            each.y[at] = l.y[i];
            for (size_t j = 0; j < 6; j++) each.x[j][at] = l.x[j][i];
        }
    fit(&each, people, 6, false);
    const bool use[6] = {true, true, true, true, true, true};
    double statistic, df, p;
    SUCCEED(dk_glm_proportional(each.frame.rows, &each.design, use, 1, 2, &each.glm, &statistic, &df, &p,
                                &error_));
    assert_close(statistic, 8.59013102109975, 1e-9);
    assert_close(df, 6, 0);
    assert_close(p, 0.19797449706205, 1e-9);
    dispose(&each);
    dispose(&l);
}

/* The deviance that polr prints. */
static void ordered_housing_deviance(void **state) {
    (void)state;
    logit l;
    read_housing(&l, false);
    assert_close(-2 * l.glm.ll, 3479.149299059, 1e-11);
    dispose(&l);
}

/* The same people one row each, high satisfaction against less: glm(high ~ ., binomial), average marginal effects
   mean(p (1 - p)) b with delta-method errors on vcovHC(type = "HC0") n / (n - 1), and the Shapley value of McFadden's R2
   over all orders of the three factors. */
static void binary_housing(void **state) {
    (void)state;
    static const char *const names[] = {"medium", "high", "apartment", "atrium", "terrace", "contact"};
    static const double b[] = {0.536154153673805,  1.303922567569714,  -0.528496555574205,
                               -0.487208796180828, -1.110697440232333, 0.312962776377173};
    static const double effect[] = {0.1180231711106285,  0.2870313980648905,  -0.1163375103643438,
                                    -0.1072488699830857, -0.2444969103427508, 0.0688922375300532};
    static const double error[] = {0.0260694787860445, 0.0273806963205002, 0.0281035411099361,
                                   0.0385993976445753, 0.0375009102600387, 0.0236894327873505};
    static const double importance[] = {0.04059470795834801, 0.01887156730964684, 0.00201337275976193};
    static const char *const groups[] = {"influence", "type", "contact"};
    static const uint32_t group_of[] = {0, 0, 1, 1, 1, 2};
    logit l;
    read_housing(&l, true);
    for (size_t j = 0; j < 6; j++) assert_close(coef(&l, j), b[j], 1e-9);
    size_t people = 0, at = 0;
    for (size_t i = 0; i < l.n; i++) people += (size_t)l.w[i];
    assert_int_equal(people, 1681);
    uint8_t *columns[6], *y = calloc(people, 1);
    dk_column x[6];
    for (size_t j = 0; j < 6; j++) {
        columns[j] = calloc(people, 1);
        x[j] = (dk_column){names[j], DK_COLUMN_MENTION, columns[j], 0, 0};
    }
    for (size_t i = 0; i < l.n; i++)
        for (double c = 0; c < l.w[i]; c++, at++) {
            y[at] = (uint8_t)l.y[i];
            for (size_t j = 0; j < 6; j++) columns[j][at] = (uint8_t)l.x[j][i];
        }
    dk_driver_table t = {.rows = people,
                         .outcome = {"high", DK_COLUMN_MENTION, y, 0, 0},
                         .predictors = x,
                         .npredictors = 6,
                         .groups = groups,
                         .group_of = group_of,
                         .ngroups = 3};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.model = DK_MODEL_BINARY;
    o.bootstrap = 200;
    dk_driver_result *r;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    assert_close(r->r2, 0.0614796480277567, 1e-10);
    assert_close(r->intercept, -0.655070515640427, 1e-9);
    for (size_t g = 0; g < 3; g++) {
        const dk_driver *d = &r->drivers[g];
        assert_string_equal(d->name, groups[g]);
        assert_close(d->importance, importance[g], 1e-8);
        assert_true(d->importance_ci.lo < d->importance && d->importance < d->importance_ci.hi);
        for (size_t k = 0; k < d->nterms; k++) {
            assert_close(d->terms[k].effect, effect[d->terms[k].column], 1e-9);
            assert_close(d->terms[k].se, error[d->terms[k].column], 1e-8);
        }
    }
    dk_drivers_free(r);
    for (size_t j = 0; j < 6; j++) free(columns[j]);
    free(y);
    dispose(&l);
}

/* A predictor that tells the outcomes apart perfectly has no finite estimate: the fit must end, shrink and say so. */
static void separation(void **state) {
    (void)state;
    double x[40], z[40];
    uint8_t y[40];
    for (int i = 0; i < 40; i++) {
        x[i] = i;
        z[i] = (i * 7) % 11;
        y[i] = i >= 20;
    }
    dk_column columns[] = {{"x", DK_COLUMN_REAL, x, 0, 0}, {"z", DK_COLUMN_REAL, z, 0, 0}};
    dk_driver_table t = {
        .rows = 40, .outcome = {"y", DK_COLUMN_MENTION, y, 0, 0}, .predictors = columns, .npredictors = 2};
    dk_driver_options o;
    dk_driver_options_init(&o);
    o.model = DK_MODEL_BINARY;
    o.bootstrap = 50;
    dk_driver_result *r;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    bool said = false;
    for (size_t i = 0; i < r->nnotes; i++) said = said || strstr(r->notes[i], "separate") != NULL;
    assert_true(said);
    assert_true(r->drivers[0].effect > 0 && isfinite(r->drivers[0].se));
    dk_drivers_free(r);
    o.model = DK_MODEL_LINEAR;
    SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
    dk_drivers_free(r);
    t.outcome = (dk_column){"x", DK_COLUMN_REAL, x, 0, 0};
    o.model = DK_MODEL_BINARY;
    t.predictors = columns + 1;
    t.npredictors = 1;
    dk_error err;
    assert_int_equal(dk_drivers_fit(&t, &o, &r, &err), DK_EDATA); /* 40 values are not two */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordered_wine),      cmocka_unit_test(ordered_housing),
        cmocka_unit_test(binary_housing),    cmocka_unit_test(separation),
        cmocka_unit_test(proportional_odds), cmocka_unit_test(ordered_housing_deviance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
