/* Learning lemmas, compounds and word lists from small made-up material. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "workbench/learn_compound.h"
#include "workbench/learn_lemma.h"
#include "workbench/learn_words.h"

static char path[64];

static const char *write_temporary(const char *text) {
    strcpy(path, "/tmp/drivkraft-learn-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t len = strlen(text);
    assert_true(write(fd, text, len) == (ssize_t)len);
    close(fd);
    return path;
}

static const char head[] = "sentence\tstart\tend\tform\tlemma\tupos\ttext\n";

/* Wrong if: a form that no rule explains is not learned whole, a regular one is, or the same treebank makes other bytes. */
static void lemmas_are_learned(void **state) {
    (void)state;
    dk_buf bank, model, again, report;
    dk_buf_init(&bank);
    dk_buf_init(&model);
    dk_buf_init(&again);
    dk_buf_init(&report);
    dk_buf_puts(&bank, head);
    static const char *const pairs[][2] = {{"zork", "blimp"},          {"customers", "customer"},
                                           {"deliveries", "delivery"}, {"called", "call"},
                                           {"good", "good"},           {"_", "_"}};
    for (int sentence = 1; sentence <= 8; sentence++)
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            dk_buf_putf(&bank, "%d\t0\t4\t%s\t%s\tX\tx\n", sentence, pairs[i][0], pairs[i][1]);
    dk_learn_lemma_options options = {.language = "en",
                                      .treebank = write_temporary(dk_buf_cstr(&bank)),
                                      .date = "2026-11",
                                      .morph = {.models = DK_SOURCE_DIR "/models", .cache = ""},
                                      .folds = 2};
    dk_learn_lemma_figures figures;
    dk_error err;
    assert_int_equal(dk_learn_lemmas(&options, &model, &report, &figures, &err), DK_OK);
    assert_int_equal(figures.sentences, 8);
    assert_int_equal(figures.tokens, 40); /* the lone _ is no word */
    assert_int_equal(figures.forms, 5);
    assert_true(figures.accuracy == 1 && figures.seen_share == 1);
    assert_int_equal(report.len, 0);
    assert_non_null(strstr(dk_buf_cstr(&model), "\nform\tzork\tblimp\t9"));
    assert_null(strstr(dk_buf_cstr(&model), "\nform\tcustomers"));
    assert_non_null(strstr(dk_buf_cstr(&model), "\nrule\t"));
    assert_int_equal(dk_learn_lemmas(&options, &again, NULL, &figures, &err), DK_OK);
    assert_string_equal(dk_buf_cstr(&model), dk_buf_cstr(&again));
    unlink(path);
    dk_buf_dispose(&bank);
    dk_buf_dispose(&model);
    dk_buf_dispose(&again);
    dk_buf_dispose(&report);
}

/* Wrong if: a damaged treebank is learned from, or reported without its place. */
static void damaged_treebanks_are_located(void **state) {
    (void)state;
    char text[256];
    dk_buf model;
    dk_buf_init(&model);
    const char *const bad[] = {"1\t0\t4\tzork\n", ""};
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s%s", head, bad[i]);
        dk_learn_lemma_options options = {.language = "en",
                                          .treebank = write_temporary(text),
                                          .morph = {.models = DK_SOURCE_DIR "/models", .cache = ""}};
        dk_learn_lemma_figures figures;
        dk_error err;
        assert_int_equal(dk_learn_lemmas(&options, &model, NULL, &figures, &err), DK_EDATA);
        assert_string_equal(err.file, path);
        assert_int_equal(err.line, i == 0 ? 2 : 1);
        unlink(path);
    }
    dk_buf_dispose(&model);
}

/* Wrong if: a missing column or too few words make a model. */
static void damaged_compounds_are_located(void **state) {
    (void)state;
    dk_buf model;
    dk_buf_init(&model);
    const char *const bad[] = {"language\ttext\nsv\tx\n", "language\tparts\ttext\nsv\tbarn+ben\n",
                               "language\tparts\ttext\nsv\ta\ta\n"};
    for (size_t i = 0; i < 3; i++) {
        dk_learn_compound_options options = {.language = "sv",
                                             .words = write_temporary(bad[i]),
                                             .morph = {.models = DK_SOURCE_DIR "/models", .cache = ""}};
        dk_learn_compound_figures figures;
        dk_error err;
        assert_int_equal(dk_learn_compounds(&options, &model, NULL, &figures, &err), DK_EDATA);
        assert_string_equal(err.file, path);
        unlink(path);
    }
    dk_buf_dispose(&model);
}

/* Wrong if: counts are scaled wrongly, words are not folded or doubled, or what is no word stays. */
static void word_lists_are_scaled(void **state) {
    (void)state;
    dk_buf model;
    dk_buf_init(&model);
    size_t words;
    dk_error err;
    dk_learn_words_options options = {.language = "sv",
                                      .list = write_temporary("Och 600\noch 100\nwi-fi 200\n-a 50\na1 50\n"),
                                      .date = "2026-11"};
    assert_int_equal(dk_learn_words(&options, &model, &words, &err), DK_OK);
    assert_int_equal(words, 2);
    assert_non_null(strstr(dk_buf_cstr(&model), "\nword\tcount\noch\t60000000\nwi-fi\t20000000\n"));
    unlink(path);
    options.list = write_temporary("och 5\nmen x\n");
    assert_int_equal(dk_learn_words(&options, &model, &words, &err), DK_EDATA);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 5);
    unlink(path);
    dk_buf_dispose(&model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lemmas_are_learned), cmocka_unit_test(damaged_treebanks_are_located),
        cmocka_unit_test(damaged_compounds_are_located), cmocka_unit_test(word_lists_are_scaled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
