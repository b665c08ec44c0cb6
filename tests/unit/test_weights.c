/* Learned weights: reading the file, the sums of a comment, cross-fitting, and that learner and weigher see the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/intern.h"
#include "tag/inspect.h"

static char path[] = "/tmp/dk_weights_XXXXXX";

static int make_file(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void put(const char *rows) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fprintf(f, "# made for a test\nkind\ttext\tweight\tfolds\n%s", rows) > 0);
    fclose(f);
}

/* ---- The file ---------------------------------------------------------------------------------------- */

static void refused(const char *rows, int line, int column, const char *says) {
    dk_weights *weights = NULL;
    dk_error err = {0};
    put(rows);
    assert_int_equal(dk_weights_open(&weights, path, NULL, NULL, &err), DK_EDATA);
    assert_int_equal(err.line, line);
    if (column > 0) assert_int_equal(err.column, column);
    if (strstr(err.message, says) == NULL) fail_msg("\"%s\" says nothing of \"%s\"", err.message, says);
}

/* Wrong if a file that was edited by hand is misread without a word. */
static void mistakes_are_located(void **state) {
    (void)state;
    refused("language\tsv\t0\nwrod\tbra\t500\n", 4, 1, "word, lemma");
    refused("language\tsv\t0\nword\tbra\t5OO\n", 4, 10, "weight");
    refused("language\tsv\t0\nword\tbra\t0.5\n", 4, 10, "whole number");
    refused("language\tsv\t0\nword\tbra\t100001\n", 4, 10, "weight");
    refused("language\tsv\t0\nword\tbra\t\n", 4, 0, "whole number");
    refused("language\tsv\t0\nword\t\t5\n", 4, 0, "without a text");
    refused("language\tsv\t0\nword\tbra\t5\nword\tbra\t6\n", 5, 6, "twice");
    refused("language\tsv\t0\npair\tbra\t5\n", 4, 6, "two words");
    refused("language\tsv\t0\npair\tinte bra\t5\npair\tinte bra\t5\n", 5, 6, "twice");
    refused("language\tsv\t0\nfigure\tshape\t5\n", 4, 8, "no figure");
    refused("language\tsv\t0\nband\tplain\t-5\n", 4, 6, "0..1000");
    refused("language\tfi\t0\n", 3, 10, "sv, da or en");
    refused("word\tbra\t5\n", 0, 0, "language");
    refused("language\tsv\t0\t0,0\nword\tbra\t5\t1\n", 4, 0, "folds");
    refused("language\tsv\t0\t0,0\nword\tbra\t5\t1,\n", 4, 0, "behind the comma");
    refused("", 0, 0, "language");
}

static void folds_and_bands_are_read(void **state) {
    (void)state;
    dk_weights *weights;
    put("language\tda\t0\t0,0,0\nband\tplain\t300\t0,0,0\nband\topinion\t200\t0,0,0\nword\tgod\t500\t400,500,600\n");
    assert_int_equal(dk_weights_open(&weights, path, NULL, NULL, NULL), DK_OK);
    assert_int_equal(dk_weights_language(weights), DK_LANG_DA);
    assert_int_equal(dk_weights_folds(weights), 3);
    assert_int_equal(dk_weights_form(weights, dk_str_from("god")), 500);
    assert_int_equal(dk_weights_form(weights, dk_str_from("gid")), 0);
    assert_int_equal(dk_weights_label(weights, 250, true), DK_POSITIVE);
    assert_int_equal(dk_weights_label(weights, 250, false), DK_NEUTRAL);
    assert_int_equal(dk_weights_label(weights, -300, false), DK_NEGATIVE);
    dk_weights_free(weights);
}

/* Wrong if the same customer were in different folds for learner and session, or all customers in one. */
static void folds_go_by_content(void **state) {
    (void)state;
    assert_int_equal(dk_fold_hash(dk_str_from("")), 0);
    assert_int_equal(dk_fold_hash(dk_str_from(" \t")), 0);
    assert_true(dk_fold_hash(dk_str_from("C-1007")) == dk_fold_hash(dk_str_from("  c-1007\n")));
    assert_true(dk_fold_hash(dk_str_from("C-1007")) != dk_fold_hash(dk_str_from("C-1008")));
    char longer[200], other[200];
    memset(longer, 'x', sizeof longer);
    memcpy(other, longer, sizeof other);
    other[10] = 'y'; /* in the first of several parts */
    assert_true(dk_fold_hash((dk_str){longer, 200}) != dk_fold_hash((dk_str){other, 200}));
    int count[6] = {0};
    for (int i = 0; i < 1000; i++) {
        char id[16];
        snprintf(id, sizeof id, "k%d", i);
        count[dk_fold_of(dk_fold_hash(dk_str_from(id)), 5)]++;
    }
    assert_int_equal(count[0], 0);
    for (int k = 1; k <= 5; k++) assert_in_range(count[k], 150, 250);
}

static void squeezed_sentiment_is_odd_and_bounded(void **state) {
    (void)state;
    assert_int_equal(dk_weights_squeeze(0), 0);
    assert_int_equal(dk_weights_squeeze(2000), 707); /* 2 / sqrt(8) */
    assert_int_equal(dk_weights_squeeze(-2000), -707);
    assert_in_range(dk_weights_squeeze(100000000), 999, 1000);
    assert_int_equal(dk_weights_damp(0), 4096);
    assert_int_equal(dk_weights_damp(1), 4096);
    assert_int_equal(dk_weights_damp(16), 2048);
}

/* ---- Comments ---------------------------------------------------------------------------------------- */

static dk_engine *engine;
static dk_session *session;
static dk_comment comment;

static void begin(const char *weights, dk_language language) {
    const char *const files[] = {path};
    dk_engine_options options = {.data_dir = ".", .weights = files, .nweights = weights != NULL};
    dk_tag_plan plan = {.language_fixed = true, .language = language};
    dk_error err = {0};
    if (weights != NULL) put(weights);
    if (dk_engine_open(&engine, &options, &err) != DK_OK) fail_msg("%s:%d %s", err.file, (int)err.line, err.message);
    assert_int_equal(dk_session_new(&session, engine, &plan, NULL), DK_OK);
}

static void end(void) {
    dk_session_free(session);
    dk_engine_free(engine);
}

static int64_t logit_of(const char *text) {
    assert_int_equal(dk_session_tag(session, dk_str_from(text), &comment, NULL), DK_OK);
    return dk_inspect_reading(session)->logit;
}

/* The words mean nothing in any lexicon, so that only what is written here counts. */
static const char made_up[] = "language\tsv\t0\nfigure\tbias\t10\nword\tblorvig\t1000\nword\tsnarpig\t-400\n"
                              "negated\tblorvig\t-3000\npair\tsnarpig blorvig\t50\nmark\t!\t7\nmark\t!!!\t70\n"
                              "word\t\xF0\x9F\xAA\xA8\t200\n";

/* Wrong if a comment weighed anything but the sum of its features, damped by its length. */
static void sums_are_exact(void **state) {
    (void)state;
    begin(made_up, DK_LANG_SV);
    assert_int_equal(logit_of("blorvig"), 1010);
    assert_int_equal(logit_of("Blorvig"), 1010);
    assert_int_equal(logit_of("zzyzig"), 10);
    assert_int_equal(logit_of("blorvig blorvig"), 10 + 1000 * dk_weights_damp(2) / 4096);
    assert_int_equal(logit_of("snarpig blorvig"), 10 + 650 * dk_weights_damp(2) / 4096);
    assert_int_equal(logit_of("blorvig snarpig"), 10 + 600 * dk_weights_damp(2) / 4096);
    assert_int_equal(logit_of("snarpig, blorvig"), 10 + 600 * dk_weights_damp(3) / 4096);
    assert_int_equal(logit_of("blorvig!"), 10 + 1007 * dk_weights_damp(2) / 4096);
    assert_int_equal(logit_of("blorvig!!!!!"), 10 + 1070 * dk_weights_damp(2) / 4096);
    assert_int_equal(logit_of("\xF0\x9F\xAA\xA8"), 210);
    assert_int_equal(logit_of("inte blorvig"), 10 - 2000 * dk_weights_damp(2) / 4096);
    const dk_reading *r = dk_inspect_reading(session);
    assert_int_equal(r->learned[0], 0);
    assert_int_equal(r->learned[1], -2000);
    assert_int_equal(comment.sentiment, dk_weights_squeeze(r->logit));
    assert_int_equal(comment.label, DK_NEGATIVE);
    end();
}

/* Wrong if the parts of an idiom that the rules turn round ("not bad") also counted as words. */
static void idioms_weigh_nothing_singly(void **state) {
    (void)state;
    begin("language\ten\t0\nword\tbad\t-5000\nword\tnot\t-3000\nnegated\tbad\t-900\npair\tnot bad\t-700\nword\tblorvish\t100\n",
          DK_LANG_EN);
    assert_int_equal(logit_of("not bad"), 0);
    assert_true(dk_inspect_reading(session)->nopinions > 0);
    assert_int_equal(logit_of("not bad blorvish"), 100 * dk_weights_damp(3) / 4096);
    assert_int_equal(logit_of("bad"), -5000);
    end();
}

/* Wrong if a score could explain itself: the weights that count must be those of the other folds. */
static void customers_are_cross_fitted(void **state) {
    (void)state;
    begin("language\tsv\t0\t0,0\nword\tblorvig\t1000\t2000,3000\n", DK_LANG_SV);
    assert_int_equal(logit_of("blorvig"), 1000);
    for (int i = 0; i < 20; i++) {
        char id[8];
        snprintf(id, sizeof id, "k%d", i);
        dk_session_set_customer(session, dk_str_from(id));
        assert_int_equal(logit_of("blorvig"), dk_fold_of(dk_fold_hash(dk_str_from(id)), 2) == 1 ? 2000 : 3000);
    }
    dk_session_set_customer(session, dk_str_from(""));
    assert_int_equal(logit_of("blorvig"), dk_fold_of(dk_fold_hash(dk_str_from("blorvig")), 2) == 1 ? 2000 : 3000);
    dk_session_set_customer(session, (dk_str){NULL, 0});
    assert_int_equal(logit_of("blorvig"), 1000);
    end();
}

static void without_learned_the_rules_decide(void **state) {
    (void)state;
    dk_engine_options options = {.data_dir = ".", .no_learned = true};
    dk_tag_plan plan = {.language_fixed = true, .language = DK_LANG_SV};
    assert_int_equal(dk_engine_open(&engine, &options, NULL), DK_OK);
    assert_int_equal(dk_session_new(&session, engine, &plan, NULL), DK_OK);
    assert_int_equal(logit_of("Mycket bra"), 0);
    const dk_reading *r = dk_inspect_reading(session);
    assert_null(r->learned);
    assert_int_equal(comment.sentiment, r->by_rules);
    assert_int_equal(comment.label, DK_POSITIVE);
    end();
}

/* ---- Learner and weigher ----------------------------------------------------------------------------- */

typedef struct table {
    dk_intern names;
    int64_t sum;
    long values[64000];
} table;

static dk_status add_feature(void *context, dk_feature_kind kind, dk_str text, dk_str second, dk_error *err) {
    (void)err;
    table *t = context;
    char name[400];
    int n = snprintf(name, sizeof name, "%s\t%.*s%s%.*s", dk_feature_name(kind), (int)text.len, text.ptr,
                     second.len > 0 ? " " : "", (int)second.len, second.ptr);
    uint32_t id = dk_intern_find(&t->names, (dk_str){name, (size_t)n});
    if (id != DK_NO_ID) t->sum += t->values[id];
    return DK_OK;
}

static void read_table(table *t, const char *file) {
    char line[1000];
    FILE *f = fopen(file, "r");
    assert_non_null(f);
    dk_intern_init(&t->names);
    while (fgets(line, sizeof line, f) != NULL) {
        char *tab = strrchr(line, '\t');
        if (line[0] == '#' || tab == NULL) continue;
        uint32_t id = dk_intern_add(&t->names, (dk_str){line, (size_t)(tab - line)});
        assert_true(id < 64000);
        t->values[id] = strtol(tab + 1, NULL, 10);
    }
    fclose(f);
}

/* Wrong if weights were learned for other features than those that they are applied to. */
static void learner_and_weigher_agree(void **state) {
    (void)state;
    static const char *const comments[] = {
        "Snabb leverans men kundtj\xC3\xA4nsten svarar aldrig!! Inga problem annars, inte s\xC3\xA5 dyrt.",
        "Jag fick INTE hj\xC3\xA4lp, inte hj\xC3\xA4lp alls ... men \xF0\x9F\x98\x8A till slut l\xC3\xB6ste det sig. L\xC3\xB6ste sig!",
        "Utan fungerande app (v 2.3) blir det sv\xC3\xA5rt; se www.exempel.se eller @butiken", "", "???", "bra bra bra"};
    table *t = calloc(1, sizeof *t);
    assert_non_null(t);
    begin(NULL, DK_LANG_SV);
    read_table(t, "models/sentiment_sv.tsv");
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
        (void)logit_of(comments[i]);
        const dk_reading *r = dk_inspect_reading(session);
        int64_t weighed = 0;
        for (size_t k = 0; r->learned != NULL && k < comment.ntokens; k++) weighed += r->learned[k];
        t->sum = 0;
        assert_int_equal(dk_inspect_features(session, add_feature, t, NULL), DK_OK);
        assert_int_equal(t->sum, weighed);
        if (i < 2) assert_true(weighed != 0);
    }
    dk_intern_dispose(&t->names);
    free(t);
    end();
}

/* ---- The shipped weights ----------------------------------------------------------------------------- */

static void labelled(dk_language language, const char *const *texts, dk_label label) {
    begin(NULL, language);
    for (; *texts != NULL; texts++) {
        (void)logit_of(*texts);
        if (comment.label != label) fail_msg("%s: %s (%d)", *texts, dk_label_name(comment.label), (int)comment.sentiment);
    }
    end();
}

/* Wrong if facts read as praise or blame. */
static void plain_statements_are_neutral(void **state) {
    (void)state;
    static const char *const sv[] = {"Bes\xC3\xB6kte butiken i tisdags.", "Jag k\xC3\xB6pte en bok.", "Vi bor i Lund.", NULL};
    static const char *const da[] = {"Jeg k\xC3\xB8" "bte en bog.", "Jeg bes\xC3\xB8gte butikken i tirsdags.", "Vi bor i Aarhus.", NULL};
    static const char *const en[] = {"I visited the store.", "I bought a book.", "We live in London.", NULL};
    labelled(DK_LANG_SV, sv, DK_NEUTRAL);
    labelled(DK_LANG_DA, da, DK_NEUTRAL);
    labelled(DK_LANG_EN, en, DK_NEUTRAL);
}

static void verdicts_are_verdicts(void **state) {
    (void)state;
    static const char *const good[] = {"Mycket bra service och trevlig personal.", "Inga problem alls.", NULL};
    static const char *const bad[] = {"Fortfarande inget svar efter tre veckor.", "Inte bra.", NULL};
    static const char *const good_da[] = {"Virkelig god service.", "Det virker bare hver gang.", NULL};
    static const char *const bad_da[] = {"De svarer aldrig p\xC3\xA5 telefonen.", "Ikke godt.", NULL};
    static const char *const good_en[] = {"Great service, highly recommended.", "Not bad at all.", NULL};
    static const char *const bad_en[] = {"Still waiting for my refund.", "Not good.", NULL};
    labelled(DK_LANG_SV, good, DK_POSITIVE);
    labelled(DK_LANG_SV, bad, DK_NEGATIVE);
    labelled(DK_LANG_DA, good_da, DK_POSITIVE);
    labelled(DK_LANG_DA, bad_da, DK_NEGATIVE);
    labelled(DK_LANG_EN, good_en, DK_POSITIVE);
    labelled(DK_LANG_EN, bad_en, DK_NEGATIVE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_located),
        cmocka_unit_test(folds_and_bands_are_read),
        cmocka_unit_test(folds_go_by_content),
        cmocka_unit_test(squeezed_sentiment_is_odd_and_bounded),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(idioms_weigh_nothing_singly),
        cmocka_unit_test(customers_are_cross_fitted),
        cmocka_unit_test(without_learned_the_rules_decide),
        cmocka_unit_test(learner_and_weigher_agree),
        cmocka_unit_test(plain_statements_are_neutral),
        cmocka_unit_test(verdicts_are_verdicts),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
