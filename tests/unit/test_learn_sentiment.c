/* Learning sentiment: the fit, the scales of scores, the figures, and a whole run from a file to weights that work. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "tag/inspect.h"
#include "workbench/learn_sentiment_measure.h"
#include "workbench/learn_sentiment_transfer.h"

static char folder[] = "/tmp/dk_learn_XXXXXX";
static char path[80];

static int make_folder(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(path, sizeof path, "%s/data.tsv", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static FILE *begin_file(const char *name) {
    char whole[120];
    snprintf(whole, sizeof whole, "%s/%s", folder, name);
    FILE *f = fopen(whole, "wb");
    assert_non_null(f);
    return f;
}

static void assert_close(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g", a, b);
}

/* ---- The fit ----------------------------------------------------------------------------------------- */

/* At the minimum of sum s (log(1 + e^z) - y z) + l2/2 (w - w0)^2 the gradient is 0. Wrong if the fit ends elsewhere. */
static void fit_ends_at_the_minimum(void **state) {
    (void)state;
    enum { ROWS = 60, FEATURES = 7 };
    static uint32_t lists[ROWS][3];
    dk_fit_row rows[ROWS] = {0};
    double prior[FEATURES] = {0.5, 0, 0, -0.3, 0, 0, 2}, weights[FEATURES], figures[DK_FIGURES];
    for (uint32_t i = 0; i < ROWS; i++) {
        lists[i][0] = i % 5, lists[i][1] = i * i % 6, lists[i][2] = i % 5; /* twice the same, and feature 6 never */
        rows[i] = (dk_fit_row){.features = lists[i], .nfeatures = 1 + i % 3, .damp = 1 / (1 + (float)(i % 4)),
                               .y = (float)(i % 3) / 2, .s = 1 + (float)(i % 2)};
        rows[i].figures[DK_FIGURE_BIAS] = 1;
        rows[i].figures[DK_FIGURE_GOOD] = (float)(i % 7) / 3;
    }
    dk_fit fit = {rows, ROWS, FEATURES, prior, 0.5, 0.1, false};
    assert_int_equal(dk_fit_run(&fit, weights, figures, NULL), DK_OK);
    double g[FEATURES], gf = 0.1 * figures[DK_FIGURE_GOOD];
    for (int k = 0; k < FEATURES; k++) g[k] = 0.5 * (weights[k] - prior[k]);
    for (int i = 0; i < ROWS; i++) {
        double d = (double)rows[i].s * (1 / (1 + exp(-dk_fit_logit(&rows[i], weights, figures))) - (double)rows[i].y);
        for (uint32_t k = 0; k < rows[i].nfeatures; k++) g[rows[i].features[k]] += d * (double)rows[i].damp;
        gf += d * (double)rows[i].figures[DK_FIGURE_GOOD];
    }
    for (int k = 0; k < FEATURES; k++) assert_close(g[k], 0, 0.01);
    assert_close(gf, 0, 0.01);
    assert_close(weights[6], 2, 1e-9); /* no row knows it: it stays where it began */
    fit.no_figures = true;
    assert_int_equal(dk_fit_run(&fit, weights, figures, NULL), DK_OK);
    assert_true(figures[DK_FIGURE_GOOD] == 0 && figures[DK_FIGURE_BIAS] != 0);
}

/* ---- Scores ------------------------------------------------------------------------------------------ */

static void assert_label(dk_scale scale, const char *label, double expected) {
    float y, weight = 1;
    bool fine = dk_scale_read(scale, dk_str_from(label), 0, &y, &weight);
    if (!fine) y = -2;
    if ((double)y != expected) fail_msg("%s %s: %g is not %g", dk_scale_name(scale), label, (double)y, expected);
}

static void scales_are_read(void **state) {
    (void)state;
    enum { NONE = -1, WRONG = -2 };
    assert_label(DK_SCALE_NPS, "9", 1);
    assert_label(DK_SCALE_NPS, "8", NONE);
    assert_label(DK_SCALE_NPS, "6", 0);
    assert_label(DK_SCALE_NPS, "11", WRONG);
    assert_label(DK_SCALE_NPS, "NA", WRONG);
    assert_label(DK_SCALE_NPS, "", WRONG);
    assert_label(DK_SCALE_STARS, "4,5", 1);
    assert_label(DK_SCALE_STARS, "3", 0.5);
    assert_label(DK_SCALE_STARS, "0", WRONG);
    assert_label(DK_SCALE_SIGN, "Positive", 1);
    assert_label(DK_SCALE_SIGN, "neg", 0);
    assert_label(DK_SCALE_SIGN, "neutral", 0.5);
    assert_label(DK_SCALE_SIGN, "good", WRONG);
    assert_label(DK_SCALE_VALENCE, "-0.5", 0);
    assert_label(DK_SCALE_VALENCE, "nan", WRONG);
    assert_label(DK_SCALE_ASPECTS, "food:positive|room:positive", 1);
    assert_label(DK_SCALE_ASPECTS, "food:positive|room:negative", NONE);
    assert_label(DK_SCALE_ASPECTS, "food:NEG", 0);
    assert_label(DK_SCALE_ASPECTS, "", 0.5);
    assert_label(DK_SCALE_QUESTION, "improve", 0);
    assert_label(DK_SCALE_QUESTION, "other", WRONG);
    float y, weight = 1;
    assert_true(dk_scale_read(DK_SCALE_UNLABELLED, dk_str_from(""), 900, &y, &weight) && y == 1);
    assert_true(dk_scale_read(DK_SCALE_UNLABELLED, dk_str_from(""), 100, &y, &weight) && y == -1);
}

/* ---- Figures ----------------------------------------------------------------------------------------- */

static void measures_are_right(void **state) {
    (void)state;
    const dk_verdict_row rows[] = {{2, 1, 1, true}, {1, 0, 1, true}, {0, 1, 1, true}, {-1, 0, 1, true}, {-3, 0, 1, true}, {5, 0.5, 1, true}};
    dk_learn_measure m;
    assert_int_equal(dk_measure(rows, 6, &m, NULL), DK_OK);
    assert_close(m.accuracy, 3.5 / 5, 1e-12);      /* the score of 0 counts half */
    assert_close(m.auc, (3 + 2) / 6.0, 1e-12);     /* 2 beats three, 0 beats two of three */
    assert_close(m.macro_f1, (2 * 1.5 / (3 + 1 + 0.5) + 2 * 2.0 / (4 + 0.5 + 1)) / 2, 1e-12);
    assert_int_equal(dk_measure(rows, 1, &m, NULL), DK_OK);
    assert_true(isnan(m.auc));
}

/* Rows drawn so that the probability of a logit z is sigmoid(z / 2): the slope is a half. */
static void calibration_finds_the_slope(void **state) {
    (void)state;
    dk_verdict_row rows[400];
    for (int i = 0; i < 200; i++) {
        double z = (i % 20 - 9.5) / 2, p = 1 / (1 + exp(-z / 2));
        rows[2 * i] = (dk_verdict_row){z, 1, p, true};
        rows[2 * i + 1] = (dk_verdict_row){z, 0, 1 - p, true};
    }
    assert_close(dk_calibrate(rows, 400), 0.5, 1e-4);
}

static void bands_are_chosen_apart(void **state) {
    (void)state;
    enum { EACH = 50 };
    dk_verdict_row rows[6 * EACH];
    for (int i = 0; i < EACH; i++) { /* with opinions neutral rows lie within .2 logits, without within 2.2 */
        double part = (i + 1.0) / EACH;
        for (int o = 0; o < 2; o++) {
            double wide = o ? 0.2 : 2.4;
            rows[6 * i + 3 * o] = (dk_verdict_row){(i % 2 ? 1 : -1) * wide * part * 0.9, 0.5, 1, o};
            rows[6 * i + 3 * o + 1] = (dk_verdict_row){wide * 1.2 + part, 1, 1, o};
            rows[6 * i + 3 * o + 2] = (dk_verdict_row){-wide * 1.2 - part, 0, 1, o};
        }
    }
    int32_t bands[2];
    double share, f1;
    dk_bands_choose(rows, 6 * EACH, 1, bands);
    dk_three_classes(rows, 6 * EACH, 1, bands, &share, &f1);
    assert_close(share, 1, 0);
    assert_close(f1, 1, 0);
    assert_in_range(bands[1], 90, 120);
    assert_in_range(bands[0], 730, 820);
}

/* ---- A whole run ------------------------------------------------------------------------------------- */

/* Made-up words: blorvig goes with promoters, snarpig with detractors, and 40 rows have each. */
static void write_survey(bool reversed) {
    FILE *f = begin_file("data.tsv");
    fputs("customer\tscore\ttext\n", f);
    for (int k = 0; k < 90; k++) {
        int i = reversed ? 89 - k : k;
        if (i >= 80) fprintf(f, "c%d\t%d\tutan ord som betyder n\xC3\xA5got %d\n", i, i % 2 ? 10 : 0, i);
        else fprintf(f, "c%d\t%d\ttidigt %s i vecka %d\n", i, i % 2 ? 10 : i % 7, i % 2 ? "blorvig" : "snarpig", i);
    }
    fputs("c91\t11\tskr\xC3\xA4p\n", f);
    fclose(f);
}

static void learn(int threads, dk_buf *model, dk_learn_sentiment_figures *figures) {
    dk_sentiment_source source = {.path = path, .text = "text", .label = "score", .cluster = "customer", .scale = DK_SCALE_NPS,
                                  .weight = 1};
    dk_learn_sentiment_options options = {.data_dir = ".", .language = DK_LANG_SV, .sources = &source, .nsources = 1,
                                          .folds = 4, .l2 = 0.5, .threads = threads, .cross_fit = true};
    dk_error err = {0};
    dk_buf_init(model);
    if (dk_learn_sentiment(&options, model, figures, &err) != DK_OK) fail_msg("%s", err.message);
}

/* Wrong if words that go with the score get no weight, or the figures were of rows that the weights had seen. */
static void learns_from_a_survey(void **state) {
    (void)state;
    dk_buf model;
    dk_learn_sentiment_figures figures;
    write_survey(false);
    learn(1, &model, &figures);
    assert_int_equal(figures.rows, 90);
    assert_int_equal(figures.unusable, 1);
    assert_int_equal(figures.unusable_line, 92);
    assert_true(figures.sources[0].both.auc > 0.85 && figures.sources[0].both.auc < 1); /* ten rows cannot be told apart */
    assert_true(figures.sources[0].both.auc > figures.sources[0].rules.auc);
    assert_true(isnan(figures.sources[0].left_out.auc)); /* there is no other source */
    assert_int_equal(figures.bands[0], 350);
    FILE *f = begin_file("weights.tsv");
    assert_int_equal(fwrite(model.ptr, 1, model.len, f), model.len);
    fclose(f);
    char name[120];
    snprintf(name, sizeof name, "%s/weights.tsv", folder);
    dk_weights *weights;
    assert_int_equal(dk_weights_open(&weights, name, NULL, NULL, NULL), DK_OK);
    assert_int_equal(dk_weights_folds(weights), 4);
    assert_true(dk_weights_form(weights, dk_str_from("blorvig")) > 300);
    assert_true(dk_weights_form(weights, dk_str_from("snarpig")) < -300);
    dk_weights_free(weights);
    free(figures.sources);
    dk_buf_dispose(&model);
}

/* Wrong if the order of the file or the number of threads showed in the weights. */
static void same_rows_same_bytes(void **state) {
    (void)state;
    dk_buf first, second;
    dk_learn_sentiment_figures figures;
    write_survey(false);
    learn(1, &first, &figures);
    free(figures.sources);
    write_survey(true);
    learn(3, &second, &figures);
    free(figures.sources);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.ptr, second.ptr, first.len);
    dk_buf_dispose(&first);
    dk_buf_dispose(&second);
}

static void one_kind_of_customer_is_not_enough(void **state) {
    (void)state;
    FILE *f = begin_file("data.tsv");
    fputs("customer\tscore\ttext\nc1\t9\tfint\nc2\t10\tbra\n", f);
    fclose(f);
    dk_sentiment_source source = {.path = path, .text = "text", .label = "score", .scale = DK_SCALE_NPS, .weight = 1};
    dk_learn_sentiment_options options = {.data_dir = ".", .language = DK_LANG_SV, .sources = &source, .nsources = 1};
    dk_learn_sentiment_figures figures;
    dk_buf model;
    dk_error err = {0};
    dk_buf_init(&model);
    assert_int_equal(dk_learn_sentiment(&options, &model, &figures, &err), DK_EDATA);
    assert_non_null(strstr(err.message, "2 rows are positive and 0 negative"));
    free(figures.sources);
    dk_buf_dispose(&model);
}

/* ---- Carrying over ----------------------------------------------------------------------------------- */

static void cognates_share_a_key(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"v\xC3\xA4nlig", "venlig"}, {"kunna", "kunne"},      {"gata", "gade"},
                                           {"k\xC3\xB6pa", "k\xC3\xB8" "be"}, {"tacka", "takke"}, {"exakt", "eksakt"},
                                           {"vad", "hvad"},            {"priser", "priser"}};
    char a[64], b[64];
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        dk_cognate_key(dk_str_from(pairs[i][0]), a);
        dk_cognate_key(dk_str_from(pairs[i][1]), b);
        assert_string_equal(a, b);
    }
    dk_cognate_key(dk_str_from("billig"), a);
    dk_cognate_key(dk_str_from("bolig"), b);
    assert_string_not_equal(a, b);
}

/* Made-up Danish words that always stand where Swedish has "fantastisk" and "usel" must come to weigh like these, although
   one side lacks a sentence. */
static void weights_are_carried_over(void **state) {
    (void)state;
    FILE *sv = begin_file("sv.tsv"), *da = begin_file("da.tsv"), *recipe = begin_file("recipe.tsv");
    fputs("key\ttext\n", sv);
    fputs("key\ttext\n", da);
    for (int i = 0; i < 60; i++) {
        fprintf(sv, "k%d\t%s dag nummer %d\n", i / 3, i % 2 ? "fantastisk" : "usel", i);
        if (i != 31) fprintf(da, "k%d\tdag %s nummer %d\n", i / 3, i % 2 ? "blorvig" : "snarpig", i);
    }
    fputs("scale\tfile\ttext\tlabel\tweight\tother\tlanguage\nnote\t\tfor a test\nvalence\tda.tsv\ttext\tkey\t1\n"
          "transfer\tda.tsv\ttext\tkey\t0.5\tsv.tsv\tsv\n", recipe);
    fclose(sv);
    fclose(da);
    fclose(recipe);
    char name[120];
    snprintf(name, sizeof name, "%s/recipe.tsv", folder);
    dk_sentiment_recipe r;
    dk_sentiment_transfer *t;
    dk_error err = {0};
    assert_int_equal(dk_sentiment_recipe_read(&r, name, folder, &err), DK_OK);
    assert_int_equal(r.nsources, 1);
    assert_string_equal(dk_buf_cstr(&r.note), "# for a test\n");
    if (dk_sentiment_transfer_new(&t, &r, "models", &err) != DK_OK) fail_msg("%s", err.message);
    assert_in_range(t->aligned, 57, 59); /* where three keys on end are equal the gap may be seen up to two sentences late */
    uint32_t good = dk_intern_find(&t->words, dk_str_from("blorvig")), bad = dk_intern_find(&t->words, dk_str_from("snarpig"));
    assert_true(good != DK_NO_ID && bad != DK_NO_ID);
    assert_true(t->weights[good] > 0.05);
    assert_true(t->weights[bad] < -0.05);
    dk_sentiment_transfer_free(t);
    dk_sentiment_recipe_dispose(&r);
}

static void recipes_with_mistakes_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"nsp\ta.tsv\ttext\tscore\t1\n", "nps\ta.tsv\ttext\t\t1\n", "nps\ta.tsv\ttext\tscore\tx\n",
                                        "transfer\ta.tsv\ttext\tkey\t1\tb.tsv\tfi\n", "transfer\ta.tsv\ttext\tkey\t1\t\tsv\n"};
    char name[120];
    snprintf(name, sizeof name, "%s/recipe.tsv", folder);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        FILE *f = begin_file("recipe.tsv");
        fprintf(f, "scale\tfile\ttext\tlabel\tweight\tother\tlanguage\n%s", wrong[i]);
        fclose(f);
        dk_sentiment_recipe r;
        dk_error err = {0};
        assert_int_equal(dk_sentiment_recipe_read(&r, name, folder, &err), DK_EDATA);
        assert_int_equal(err.line, 2);
        dk_sentiment_recipe_dispose(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_ends_at_the_minimum),
        cmocka_unit_test(scales_are_read),
        cmocka_unit_test(measures_are_right),
        cmocka_unit_test(calibration_finds_the_slope),
        cmocka_unit_test(bands_are_chosen_apart),
        cmocka_unit_test(learns_from_a_survey),
        cmocka_unit_test(same_rows_same_bytes),
        cmocka_unit_test(one_kind_of_customer_is_not_enough),
        cmocka_unit_test(cognates_share_a_key),
        cmocka_unit_test(weights_are_carried_over),
        cmocka_unit_test(recipes_with_mistakes_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
