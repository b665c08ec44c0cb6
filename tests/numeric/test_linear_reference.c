/* Least squares, robust errors and importance against R 4.2 and the certified values of NIST StRD. If one fails, a figure
   of every report is wrong. The R command that printed a number stands beside it. */
#include "dataset.h"

#include "stats/dist.h"
#include "stats/estimate.h"

typedef struct fitted {
    dataset data;
    double *columns[16];
    size_t n;
    dk_driver_result *result;
} fitted;

/* Fits outcome on predictors, all numbers of a data set, with the given HC errors. */
static fitted fit(const char *file, const char *outcome, const char *const *names, size_t n,
                  const double *factors, int hc, const char *cluster, const char *cluster2) {
    fitted f = {.data = dataset_read(file), .n = n};
    dk_column predictors[16];
    uint64_t *ids[2] = {NULL, NULL};
    f.columns[0] = dataset_numbers(&f.data, outcome, factors != NULL ? factors[0] : 1);
    for (size_t j = 0; j < n; j++) {
        f.columns[j + 1] = dataset_numbers(&f.data, names[j], factors != NULL ? factors[j + 1] : 1);
        predictors[j] = (dk_column){names[j], DK_COLUMN_REAL, f.columns[j + 1], 0, 0};
    }
    const char *clusters[2] = {cluster, cluster2};
    for (int k = 0; k < 2; k++) {
        if (clusters[k] == NULL) continue;
        double *x = dataset_numbers(&f.data, clusters[k], 1);
        ids[k] = calloc(f.data.rows, sizeof *ids[k]);
        for (size_t i = 0; i < f.data.rows; i++) ids[k][i] = (uint64_t)x[i];
        free(x);
    }
    dk_driver_table table = {.rows = f.data.rows,
                             .outcome = {outcome, DK_COLUMN_REAL, f.columns[0], 0, 0},
                             .predictors = predictors,
                             .npredictors = n,
                             .clusters = ids[0],
                             .clusters2 = ids[1]};
    dk_driver_options options;
    dk_driver_options_init(&options);
    options.bootstrap = 0;
    options.hc = hc;
    dk_error err = {0};
    if (dk_drivers_fit(&table, &options, &f.result, &err) != DK_OK) fail_msg("%s: %s", file, err.message);
    free(ids[0]);
    free(ids[1]);
    return f;
}

static void dispose(fitted *f) {
    dk_drivers_free(f->result);
    dataset_free(&f->data);
    for (size_t j = 0; j <= f->n; j++) free(f->columns[j]);
}

static const dk_driver_term *term(const dk_driver_result *r, const char *name) {
    for (size_t g = 0; g < r->ndrivers; g++)
        for (size_t t = 0; t < r->drivers[g].nterms; t++)
            if (strcmp(r->drivers[g].terms[t].predictor, name) == 0) return &r->drivers[g].terms[t];
    fail_msg("no term %s", name);
    return NULL;
}

static const char *const swiss_names[] = {"Agriculture", "Examination", "Education", "Catholic",
                                          "Infant.Mortality"};

/* relaimpo::calc.relimp(lm(Fertility ~ ., swiss), type = c("lmg", "last", "first", "betasq", "genizi")) */
static void swiss_importance(void **state) {
    (void)state;
    static const double lmg[] = {0.057091220768091, 0.171173028900234, 0.260134678624385, 0.105570150373494,
                                 0.112765922926522};
    static const double last[] = {0.0428696071254942, 0.0073874185151243, 0.1619626930773364,
                                  0.0623726258274239, 0.0569452587324973};
    static const double first[] = {0.12466490990575, 0.41716447050059, 0.44061564672392, 0.21500350161854,
                                   0.17351892732486};
    static const double betasq[] = {0.097919729041395, 0.027151862623226, 0.449437205966835,
                                    0.120825779565862, 0.063069278591507};
    static const double genizi[] = {0.048416895811901, 0.154708249806160, 0.271964104646000,
                                    0.114680029947562, 0.116965721381105};
    /* car::vif */
    static const double vif[] = {2.2841293775973, 3.6754195755443, 2.7749427811270, 1.9371603802631,
                                 1.1075422255570};
    fitted f = fit("swiss.csv", "Fertility", swiss_names, 5, NULL, 3, NULL, NULL);
    const dk_driver_result *r = f.result;
    assert_close(r->r2, 0.70673500159273, 1e-12);
    double total = 0;
    for (size_t i = 0; i < 5; i++) {
        const dk_driver_term *t = term(r, swiss_names[i]);
        assert_close(t->importance, lmg[i], 1e-12);
        assert_close(t->last, last[i], 1e-11);
        assert_close(t->first, first[i], 1e-12);
        assert_close(t->beta * t->beta, betasq[i], 1e-12);
        assert_close(t->relative_weight, genizi[i], 1e-12);
        assert_close(t->vif, vif[i], 1e-11);
        total += t->importance;
    }
    assert_close(total, r->r2, 1e-13);
    dispose(&f);
}

/* sqrt(diag(sandwich::vcovHC(lm(Fertility ~ ., swiss), type = ...))) */
static void swiss_robust(void **state) {
    (void)state;
    static const double se[4][5] = {
        {0.059555942344975, 0.229212395853350, 0.173713163729460, 0.028531157326139, 0.379512368986479},
        {0.063764961443609, 0.245411608120064, 0.185990058276545, 0.030547550340228, 0.406333786738201},
        {0.065227135225108, 0.250028440411012, 0.190826073384248, 0.030533295093137, 0.416484687678397},
        {0.071596806855559, 0.273378342953844, 0.210120414967704, 0.032756195147932, 0.458734715205387}};
    for (int hc = 0; hc < 4; hc++) {
        fitted f = fit("swiss.csv", "Fertility", swiss_names, 5, NULL, hc, NULL, NULL);
        for (size_t i = 0; i < 5; i++) assert_close(term(f.result, swiss_names[i])->se, se[hc][i], 1e-11);
        dispose(&f);
    }
}

/* NIST StRD Longley, certified. 9 digits of the coefficients are asked for, 11 and more are there. */
static void nist_longley(void **state) {
    (void)state;
    static const char *const names[] = {"GNP.deflator", "GNP",        "Unemployed",
                                        "Armed.Forces", "Population", "Year"};
    static const double factors[] = {1000, 1, 1000, 10, 10, 1000, 1};
    static const double b[] = {15.0618722713733,  -0.0358191792925910, -2.02022980381683,
                               -1.03322686717359, -0.0511041056535807, 1829.15146461355};
    /* relaimpo::calc.relimp(lm(Employed ~ ., longley), type = "lmg") */
    static const double lmg[] = {0.213818429911180, 0.230219350835640, 0.069602792970205,
                                 0.050803830962625, 0.211606822581053, 0.219427777316593};
    fitted f = fit("longley.csv", "Employed", names, 6, factors, 3, NULL, NULL);
    for (size_t i = 0; i < 6; i++) {
        assert_close(term(f.result, names[i])->effect, b[i], 1e-12);
        assert_close(term(f.result, names[i])->importance, lmg[i], 1e-11);
    }
    assert_close(f.result->intercept, -3482258.63459582, 1e-12);
    assert_close(f.result->residual_sd, 304.854073561965, 1e-12);
    assert_close(f.result->r2, 0.995479004577296, 1e-13);
    dispose(&f);
}

/* Powers 1..degree of x as predictors of y. */
static dk_driver_result *polynomial(const double *x, const double *y, size_t n, size_t degree) {
    static const char *const names[] = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10"};
    double *powers[10];
    dk_column predictors[10];
    for (size_t d = 0; d < degree; d++) {
        powers[d] = calloc(n, sizeof **powers);
        for (size_t i = 0; i < n; i++) powers[d][i] = (d == 0 ? 1 : powers[d - 1][i]) * x[i];
        predictors[d] = (dk_column){names[d], DK_COLUMN_REAL, powers[d], 0, 0};
    }
    dk_driver_table table = {.rows = n,
                             .outcome = {"y", DK_COLUMN_REAL, y, 0, 0},
                             .predictors = predictors,
                             .npredictors = degree};
    dk_driver_options options;
    dk_driver_options_init(&options);
    options.bootstrap = 0;
    dk_driver_result *r;
    dk_error err = {0};
    if (dk_drivers_fit(&table, &options, &r, &err) != DK_OK) fail_msg("%s", err.message);
    for (size_t d = 0; d < degree; d++) free(powers[d]);
    return r;
}

/* NIST StRD Filip, certified: raw Gram matrices in double precision lose every digit, QR in double keeps 7 to 8. */
static void nist_filip(void **state) {
    (void)state;
    static const double b[] = {-2772.17959193342,     -2316.37108160893,   -1127.97394098372,
                               -354.478233703349,     -75.1242017393757,   -10.8753180355343,
                               -1.06221498588947,     -0.0670191154593408, -0.00246781078275479,
                               -0.0000402962525080404};
    dataset d = dataset_read("filip.csv");
    double *y = dataset_numbers(&d, "y", 1), *x = dataset_numbers(&d, "x", 1);
    dk_driver_result *r = polynomial(x, y, d.rows, 10);
    char name[8];
    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "x%d", i + 1);
        assert_close(term(r, name)->effect, b[i], 1e-7);
    }
    assert_close(r->intercept, -1467.48961422980, 1e-7);
    assert_close(r->r2, 0.9967274162, 1e-9);
    assert_true(r->condition > 1e6);
    dk_drivers_free(r);
    free(x);
    free(y);
    dataset_free(&d);
}

/* NIST StRD Wampler1 and 2: polynomials of degree 5 that fit exactly. */
static void nist_wampler(void **state) {
    (void)state;
    double x[21], y1[21], y2[21];
    for (int i = 0; i < 21; i++) {
        x[i] = i;
        y1[i] = y2[i] = 0;
        for (int k = 5; k >= 0; k--) {
            y1[i] = y1[i] * i + 1;
            y2[i] = y2[i] * i + pow(10, -k);
        }
    }
    dk_driver_result *r1 = polynomial(x, y1, 21, 5), *r2 = polynomial(x, y2, 21, 5);
    char name[8];
    for (int k = 1; k <= 5; k++) {
        snprintf(name, sizeof name, "x%d", k);
        assert_close(term(r1, name)->effect, 1, 1e-12);
        assert_close(term(r2, name)->effect, pow(10, -k), 1e-9);
    }
    assert_close(r1->intercept, 1, 1e-10);
    dk_drivers_free(r1);
    dk_drivers_free(r2);
}

/* sandwich::vcovCL(lm(y ~ x, PetersenCL), ~ firm), ~ year, ~ firm + year; vcovHC types HC0 to HC3 */
static void petersen(void **state) {
    (void)state;
    static const char *const x[] = {"x"};
    static const double hc[] = {0.028389481867632, 0.028395161467942, 0.028400787725024, 0.028412101270435};
    for (int i = 0; i < 4; i++) {
        fitted f = fit("petersen.csv", "y", x, 1, NULL, i, NULL, NULL);
        assert_close(term(f.result, "x")->effect, 1.034833439461695, 1e-10);
        assert_close(f.result->intercept, 0.029679720734518, 1e-10);
        assert_close(term(f.result, "x")->se, hc[i], 1e-9);
        dispose(&f);
    }
    fitted firm = fit("petersen.csv", "y", x, 1, NULL, 3, "firm", NULL);
    fitted year = fit("petersen.csv", "y", x, 1, NULL, 3, "year", NULL);
    fitted both = fit("petersen.csv", "y", x, 1, NULL, 3, "firm", "year");
    assert_close(term(firm.result, "x")->se, 0.050595725884030, 1e-9);
    assert_close(term(year.result, "x")->se, 0.033388913411926, 1e-9);
    assert_close(term(both.result, "x")->se, 0.053558022944938, 1e-9);
    assert_int_equal(firm.result->clusters, 500);
    dispose(&firm);
    dispose(&year);
    dispose(&both);
}

/* m <- lm(Fertility ~ ., swiss, weights = w); clubSandwich::coef_test(m, vcov = "CR2" or "CR3", cluster = seq_len(47)
   %% 9, test = "Satterthwaite", inverse_var = TRUE), and with each row as its own cluster; w = 1 or 1 + seq_len(47) %%
   3. CR3 here is the jackknife's, (G - 1) / G of the package's. If it fails, intervals of few clusters or few rows are
   wrong. */
static void few_clusters(void **state) {
    (void)state;
    static const struct {
        int hc;
        bool weighted, rows;
        double se[5], df[5];
    } want[] = {
        {2,
         false,
         false,
         {0.0680445400516794, 0.1885793730856478, 0.2049157948282254, 0.0295787777101198, 0.3613394438519195},
         {7.01754325534325, 6.98777630191342, 4.94101805278093, 6.68119807056302, 4.52272686642849}},
        {3,
         false,
         false,
         {0.0752662767705031, 0.2100528142661773, 0.2232912365411284, 0.0319262484501115, 0.4143643639134296},
         {6.96858331432588, 6.80321507756525, 4.10083762840565, 6.60231628303482, 3.75033179110051}},
        {2,
         true,
         false,
         {0.0733088617795131, 0.2157599958297457, 0.2606150399839614, 0.0335699681066715, 0.4652689509802633},
         {6.45947755511081, 6.61576323026374, 5.24136593619080, 6.10634318476301, 4.33802442871531}},
        {3,
         true,
         false,
         {0.0824906846972480, 0.2409389795340981, 0.2956711816776391, 0.0366194232135752, 0.5524647949049698},
         {6.30377604825017, 6.35352428808445, 5.03739420719170, 5.97381018595450, 3.56884925295095}},
        {2,
         false,
         true,
         {0.0652271352251079, 0.2500284404110117, 0.1908260733842476, 0.0305332950931371, 0.4164846876783933},
         {18.25474072162203, 19.28381927341898, 8.11233642249458, 22.29090822340729, 10.39649847402162}},
        {3,
         false,
         true,
         {0.0715968068555589, 0.2733783429538432, 0.2101204149677044, 0.0327561951479323, 0.4587347152053792},
         {17.59223855358369, 18.50093663461516, 6.53503483745918, 21.91041292600254, 8.11646307956205}}};
    dataset data = dataset_read("swiss.csv");
    double *column[6], weight[47];
    uint64_t cluster[47];
    dk_column x[5];
    column[5] = dataset_numbers(&data, "Fertility", 1);
    for (size_t j = 0; j < 5; j++) {
        column[j] = dataset_numbers(&data, swiss_names[j], 1);
        x[j] = (dk_column){swiss_names[j], DK_COLUMN_REAL, column[j], 0, 0};
    }
    for (size_t i = 0; i < 47; i++) {
        cluster[i] = (i + 1) % 9;
        weight[i] = 1 + (double)((i + 1) % 3);
    }
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        dk_driver_table t = {.rows = 47,
                             .outcome = {"Fertility", DK_COLUMN_REAL, column[5], 0, 0},
                             .predictors = x,
                             .npredictors = 5,
                             .weights = want[k].weighted ? weight : NULL,
                             .clusters = want[k].rows ? NULL : cluster};
        dk_driver_options o;
        dk_driver_options_init(&o);
        o.bootstrap = 0;
        o.hc = want[k].hc;
        dk_driver_result *r = NULL;
        SUCCEED(dk_drivers_fit(&t, &o, &r, &error_));
        for (size_t j = 0; j < 5; j++) {
            const dk_driver_term *got = term(r, swiss_names[j]);
            double se = want[k].se[j] * (want[k].hc == 3 && !want[k].rows ? sqrt(8.0 / 9) : 1);
            assert_close(got->df, want[k].df[j], 1e-7);
            assert_close((got->ci.hi - got->ci.lo) / 2, se * dk_t_quantile(0.975, want[k].df[j]), 1e-7);
            assert_close(got->p, dk_t_p(got->effect / se, want[k].df[j]), 1e-6);
            if (want[k].rows) assert_close(got->se, want[k].se[j], 1e-9);
        }
        dk_drivers_free(r);
    }
    for (size_t j = 0; j < 6; j++) free(column[j]);
    dataset_free(&data);
}

/* Importance of p terms from published correlations; r: upper triangle by rows, y first. */
static void importance_of(const double *r, size_t p, double *lmg, double *relative) {
    double a[36];
    uint32_t group[5] = {0, 1, 2, 3, 4};
    bool use[5] = {true, true, true, true, true};
    size_t q = p + 1, at = 0;
    for (size_t i = 0; i < q; i++) a[i * q + i] = 1;
    for (size_t i = 0; i < q; i++)
        for (size_t j = i + 1; j < q; j++, at++) {
            size_t x = i == 0 ? p : i - 1, y = j - 1; /* the outcome goes last */
            a[x * q + y] = a[y * q + x] = r[at];
        }
    dk_group_plan plan;
    double se[5];
    SUCCEED(dk_group_plan_init(&plan, group, use, p, p, NULL, 0, 0, 1e9, 1, &error_));
    SUCCEED(dk_group_importance(a, p, &plan, lmg, se, &error_));
    SUCCEED(dk_compare_importance(a, p, use, NULL, NULL, relative, NULL, NULL, &error_));
    dk_group_plan_dispose(&plan);
}

/* Azen & Budescu 2003; and achievement, IQ, motivation on grades: relaimpo and Johnson's relative weights. */
static void published_correlations(void **state) {
    (void)state;
    static const double azen[] = {.6, .3, .4, .5, .8, .1, .3, .1, .1, .5};
    static const double lmg[] = {0.292176177682518, 0.075861351514750, 0.094910880417221, 0.121404108371123};
    static const double rw[] = {0.290759021959284, 0.076119802505086, 0.097606146247461, 0.119867547273780};
    double got[5], weights[5], total = 0;
    importance_of(azen, 4, got, weights);
    for (int i = 0; i < 4; i++) {
        assert_close(got[i], lmg[i], 1e-12);
        assert_close(weights[i], rw[i], 1e-12);
        total += got[i];
    }
    assert_close(total, 0.58435251798561, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swiss_importance), cmocka_unit_test(swiss_robust),
        cmocka_unit_test(nist_longley),     cmocka_unit_test(nist_filip),
        cmocka_unit_test(nist_wampler),     cmocka_unit_test(petersen),
        cmocka_unit_test(few_clusters),     cmocka_unit_test(published_correlations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
