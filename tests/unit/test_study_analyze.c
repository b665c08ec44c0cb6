/* Whole analyses on small files: what was wrong in the data is said, what was planted is found. */
#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "study/analyze.h"
#include "study/phrases.h"
#include "study/simulate.h"

static char folder[] = "/tmp/dk_analyze_XXXXXX";
static char here[2048];

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) != NULL && getcwd(here, sizeof here) != NULL ? 0 : -1;
}

static int drop_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *path_of(const char *name) {
    static char paths[4][160];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const char *content) {
    const char *path = path_of(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(content, f);
    assert_int_equal(fclose(f), 0);
    return path;
}

static dk_status run(const dk_study_config *config, int threads, const char *out, dk_study_result **result, dk_error *err) {
    dk_analyze_options options = {.data_dir = here, .folder = out, .threads = threads};
    return dk_analyze(config, &options, result, err);
}

static dk_study_result *analyze_least(const char *csv, int64_t min_privacy) {
    dk_study_config config;
    dk_study_result *result = NULL;
    dk_error err = {0};
    dk_study_config_init(&config);
    config.responses.path = write_file("responses.csv", csv);
    config.bootstrap = 20;
    config.min_privacy = min_privacy;
    if (run(&config, 1, NULL, &result, &err) != DK_OK) fail_msg("%s:%d: %s", err.file, (int)err.line, err.message);
    dk_study_config_dispose(&config);
    return result;
}

static dk_study_result *analyze_file(const char *csv) { return analyze_least(csv, 10); }

static const dk_problem *find_problem(const dk_study_result *r, dk_problem_kind kind, int64_t line) {
    for (size_t i = 0; i < r->nproblems; i++)
        if (r->problems[i].kind == kind && r->problems[i].line == line) return &r->problems[i];
    fail_msg("no problem \"%s\" in line %d", dk_problem_name(kind), (int)line);
    return NULL;
}

/* Nothing may be dropped silently: each fault is one problem with its line, and the row stays where it can. */
static void faults_are_counted_and_located(void **state) {
    (void)state;
    dk_study_result *r = analyze_least("id,customer,nps,comment,date,weight\n"
                                      "1,a,9,Great service,2025-01-02,1\n"
                                      "2,b,11,Slow delivery,2025-02-30,1\n"
                                      "2,b,7,,2025-03-31,1\n"
                                      "4,c,eleven,Fine,,-2\n"
                                      "5,c,NA,\"two\nlines\",2025-04-01,x\n"
                                      "6,d,8,ok,2025-05-01,1,extra,cells\n"
                                      "7,e,10 - very likely,Friendly staff,2025-06-01,2\n", 1);
    assert_int_equal(r->responses, 6);
    assert_int_equal(r->scored, 3);
    assert_int_equal(r->comments, 5);
    assert_int_equal(r->problem_counts[DK_PROBLEM_SCORE], 2);
    assert_string_equal(find_problem(r, DK_PROBLEM_SCORE, 3)->value, "11");
    assert_string_equal(find_problem(r, DK_PROBLEM_SCORE, 5)->value, "eleven");
    assert_string_equal(find_problem(r, DK_PROBLEM_DATE, 3)->value, "2025-02-30");
    assert_string_equal(find_problem(r, DK_PROBLEM_DUPLICATE, 4)->value, "2");
    assert_true(find_problem(r, DK_PROBLEM_DUPLICATE, 4)->kept);
    assert_int_equal(r->problem_counts[DK_PROBLEM_WEIGHT], 2);
    find_problem(r, DK_PROBLEM_WEIGHT, 5);
    find_problem(r, DK_PROBLEM_WEIGHT, 6);
    assert_false(find_problem(r, DK_PROBLEM_ROW, 8)->kept);
    assert_int_equal(r->files[0].rejected, 1);
    assert_true(r->score_is_nps);
    /* 9, 7 and 10 with weights 1, 1, 2: (1 + 2 - 0) / 4 */
    assert_true(fabs(r->segments[0].nps.nps - 75) < 1e-9);
    assert_int_equal(r->customers, 4);
    assert_string_equal(r->first_date, "2025-01-02");
    assert_int_equal(r->nfits, 1);
    assert_false(r->fits[0].fitted);
    assert_non_null(r->fits[0].reason);
    dk_study_result_free(r);
}

static void other_scales_are_not_taken_for_nps(void **state) {
    (void)state;
    char csv[8192] = "id,rating,comment\n";
    for (int i = 0; i < 60; i++) sprintf(csv + strlen(csv), "%d,%d,Comment number %d here\n", i, 1 + i % 5, i);
    dk_study_result *r = analyze_file(csv);
    assert_false(r->score_is_nps);
    assert_true(r->score_lowest == 1 && r->score_highest == 5);
    assert_int_equal(r->segments[0].nps.n, 0);
    assert_true(fabs(r->segments[0].score.mean - 3) < 1e-12);
    assert_string_equal(r->outcomes[0].name, "score");
    dk_study_result_free(r);
}

static void without_a_score_there_are_themes(void **state) {
    (void)state;
    dk_study_result *r = analyze_file("text\nFast delivery and friendly staff\nThe delivery was slow\nVery slow delivery\n\nRude staff\n");
    assert_int_equal(r->responses, 5); /* the blank line is a row without a comment */
    assert_int_equal(r->comments, 4);
    assert_int_equal(r->noutcomes, 0);
    assert_int_equal(r->nfits, 0);
    bool seen = false;
    for (size_t i = 0; i < r->nthemes; i++) {
        if (strcmp(r->themes[i].id, "delivery.speed") != 0) continue;
        const dk_theme_use *use = r->themes[i].use;
        seen = true;
        assert_int_equal(use->responses, 3);
        assert_int_equal(use->negative, 2);
        assert_int_equal(use->positive, 1);
        assert_int_equal(use->negative + use->neutral + use->positive + use->mixed, use->responses);
        assert_true(use->hidden); /* under the privacy minimum of 10 */
    }
    assert_true(seen);
    assert_int_equal(r->nquotes, 0); /* a quote of a hidden theme would show it */
    dk_study_result_free(r);
}

static void empty_and_headless_files_are_errors(void **state) {
    static const char *const contents[] = {"", "id,nps,comment\n", "id,nps,comment\n1,9,\"never closed\n2,3,x\n"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dk_study_config config;
        dk_study_result *result = NULL;
        dk_error err = {0};
        dk_study_config_init(&config);
        config.responses.path = write_file("bad.csv", contents[i]);
        assert_int_equal(run(&config, 1, folder, &result, &err), DK_EDATA);
        assert_null(result);
        assert_string_equal(err.file, config.responses.path);
        assert_false(dk_file_exists(path_of("comments.csv"))); /* nothing half-written */
        dk_study_config_dispose(&config);
    }
}

/* An answer's segment must come from before it and its profit from after it, or the outcome would explain itself. */
static void records_join_before_and_after_the_answer(void **state) {
    (void)state;
    write_file("answers.csv", "id,customer,nps,comment,date\n"
                              "1,a,9,Great,2025-05-15\n"  /* before: Q1 (100), after: Q3 (300) */
                              "2,b,3,Bad,2025-02-01\n"    /* no period ended before */
                              "3,c,8,,2025-08-01\n"       /* before: Q1, the last known; nothing after */
                              "4,x,8,,2025-08-01\n");     /* no record */
    write_file("records.csv", "customer,quarter,margin\na,2025-Q1,100\na,2025-Q2,200\na,2025-Q3,300\n"
                              "b,2025-Q1,900\nb,2025-Q2,950\nc,2025-Q1,700\na,2025-Q2,999\nd,2025-Q1,5\n,2025-Q1,5\ne,soon,5\n");
    const char *study = write_file("join.yaml", "responses: {file: answers.csv}\ncustomers: {file: records.csv}\n"
                                                "segments: {by: margin, bands: {low: [.., 500], high: [500, ..]}}\n"
                                                "outcomes: [nps]\nanalysis: {min_privacy: 1}\n");
    dk_study_config config;
    dk_study_result *r = NULL;
    dk_error err = {0};
    assert_int_equal(dk_study_config_read(&config, study, &err), DK_OK);
    if (run(&config, 1, NULL, &r, &err) != DK_OK) fail_msg("%s", err.message);
    assert_true(r->join.joined);
    assert_int_equal(r->join.matched, 3);
    assert_int_equal(r->join.unmatched, 1);
    assert_int_equal(r->join.out_of_window, 1);
    assert_int_equal(r->join.customers, 4);
    assert_int_equal(r->join.customers_without_response, 1);
    assert_int_equal(r->join.duplicate_records, 1);
    assert_int_equal(r->problem_counts[DK_PROBLEM_CUSTOMER], 1);
    assert_int_equal(r->problem_counts[DK_PROBLEM_RECORD], 3);
    assert_int_equal(r->nsegments, 3);
    assert_string_equal(r->segments[1].name, "low");
    assert_int_equal(r->segments[1].responses, 1);
    assert_int_equal(r->segments[2].responses, 1);
    assert_int_equal(r->segments[0].profit.n, 2); /* a after Q2, b after Q1 */
    assert_true(fabs(r->segments[1].profit.mean - 300) < 1e-9);
    dk_study_result_free(r);
    dk_study_config_dispose(&config);
}

static void unknown_columns_of_a_study_name_its_line(void **state) {
    (void)state;
    static const struct {
        const char *study;
        int64_t line;
    } cases[] = {
        {"responses:\n  file: answers.csv\n  comment: coment\n", 3},
        {"responses: {file: answers.csv}\noutcomes: [profitt]\n", 2},
        {"responses: {file: answers.csv}\ncustomers: {file: records.csv}\ncontrols:\n  [marginn]\n", 4},
        {"responses: {file: answers.csv}\ncustomers: {file: records.csv,\n  customer: quartr}\n", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_study_config config;
        dk_study_result *r = NULL;
        dk_error err = {0};
        assert_int_equal(dk_study_config_read(&config, write_file("wrong.yaml", cases[i].study), &err), DK_OK);
        assert_int_equal(run(&config, 1, NULL, &r, &err), DK_EDATA);
        if (err.line != cases[i].line || strstr(err.file, "wrong.yaml") == NULL)
            fail_msg("case %zu: %s:%d: %s", i, err.file, (int)err.line, err.message);
        dk_study_config_dispose(&config);
    }
}

/* ---- Simulated studies ------------------------------------------------------------------------------- */

static void simulate_into(const char *study, const char *out, dk_simulated *done) {
    dk_study_config config;
    dk_scenario scenario;
    dk_error err = {0};
    dk_status status = dk_study_config_read(&config, study, &err);
    if (status == DK_OK) status = dk_scenario_read(&scenario, &config, &err);
    if (status == DK_OK) status = dk_simulate(&config, &scenario, out, done, &err);
    if (status != DK_OK) fail_msg("%s:%d: %s", err.file, (int)err.line, err.message);
    dk_study_config_dispose(&config);
}

static void assert_same_file(const char *a, const char *b, const char *name, bool same) {
    char first[256], second[256];
    dk_buf x, y;
    dk_buf_init(&x);
    dk_buf_init(&y);
    snprintf(first, sizeof first, "%s/%s", a, name);
    snprintf(second, sizeof second, "%s/%s", b, name);
    assert_int_equal(dk_file_read(first, &x, NULL), DK_OK);
    assert_int_equal(dk_file_read(second, &y, NULL), DK_OK);
    bool equal = x.len == y.len && x.len > 0 && memcmp(x.ptr, y.ptr, x.len) == 0;
    if (equal != same) fail_msg("%s and %s are %s", first, second, equal ? "the same" : "different");
    dk_buf_dispose(&x);
    dk_buf_dispose(&y);
}

static const char *small_study(const char *name, int seed) {
    char text[4096];
    snprintf(text, sizeof text,
             "currency: SEK\nresponses: {file: responses.csv, id: response_id, customer: customer_id, date: answered, score: nps, comment: comment}\n"
             "customers: {file: customers.csv, customer: customer_id, period: quarter, profit: margin}\n"
             "segments: {by: margin, bands: {blue: [.., 500], gold: [500, ..]}}\noutcomes: [nps]\nanalysis: {bootstrap: 50}\n"
             "simulate:\n  seed: %d\n  customers: 2500\n  quarters: 3\n  invited: 0.6\n  answered: 0.7\n  commented: 0.9\n  spread: 10\n"
             "  languages: {sv: 0.5, da: 0.3, en: 0.2}\n  phrases: %s/examples/retailer/phrases\n"
             "  customers_of: {blue: {share: 0.5, margin: 200, nps: 15}, gold: {share: 0.5, margin: 1500, nps: 35}}\n"
             "  profit_a_step: 20\n  churn: 0.01\n"
             "  themes:\n    support.waiting: {negative: {said: 0.15, nps: -40}}\n    product.quality: {negative: {said: 0.12, nps: -30}, positive: {said: 0.15, nps: 25}}\n"
             "    billing.invoice: {negative: {said: 0.1, nps: 0}}\n",
             seed, here);
    return write_file(name, text);
}

static void a_seed_is_a_study(void **state) {
    static const char *const files[] = {"responses.csv", "customers.csv", "invitations.csv", "truth.csv", "truth_mentions.csv", "truth.json"};
    (void)state;
    dk_simulated a, b, c;
    char first[64], second[64], third[64];
    snprintf(first, sizeof first, "%s/a", folder);
    snprintf(second, sizeof second, "%s/b", folder);
    snprintf(third, sizeof third, "%s/c", folder);
    simulate_into(small_study("one.yaml", 5), first, &a);
    simulate_into(small_study("one.yaml", 5), second, &b);
    simulate_into(small_study("two.yaml", 6), third, &c);
    for (size_t i = 0; i < 6; i++) {
        assert_same_file(first, second, files[i], true);
        assert_same_file(first, third, files[i], false);
    }
    assert_int_equal(a.customers, 2500);
    assert_true(a.responses > 2500 && a.responses < 3800); /* 2500 x 3 x .6 x .7 = 3150, less those who left */
    assert_true(a.comments > a.responses * 85 / 100 && a.comments < a.responses * 95 / 100);
    assert_int_equal(a.clamped, 0);
}

/* The planted effects must lie in the intervals of what is found, here with room for the mentions that are misread:
   four effects, each with 3 standard errors. */
static void what_is_planted_is_found(void **state) {
    static const struct {
        const char *predictor;
        double effect;
    } planted[] = {{"support.waiting negative", -40}, {"product.quality negative", -30}, {"product.quality positive", 25}, {"billing.invoice negative", 0}};
    (void)state;
    char data[64], study[96], out1[64], out3[64];
    dk_simulated done;
    dk_study_config config;
    dk_study_result *r = NULL, *again = NULL;
    dk_error err = {0};
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(study, sizeof study, "%s/found.yaml", data);
    snprintf(out1, sizeof out1, "%s/out1", folder);
    snprintf(out3, sizeof out3, "%s/out3", folder);
    simulate_into(small_study("found.yaml", 11), data, &done);
    assert_int_equal(dk_study_config_read(&config, study, &err), DK_OK);
    assert_int_equal(dk_folder_make(out1, &err), DK_OK);
    assert_int_equal(dk_folder_make(out3, &err), DK_OK);
    if (run(&config, 1, out1, &r, &err) != DK_OK) fail_msg("%s", err.message);
    if (run(&config, 3, out3, &again, &err) != DK_OK) fail_msg("%s", err.message);
    assert_int_equal(r->responses, done.responses);
    assert_int_equal(r->comments, done.comments);
    assert_true(r->languages[DK_LANG_OTHER].share < 0.02);
    const dk_study_fit *f = dk_study_find_fit(r, 0, 0), *g = dk_study_find_fit(again, 0, 0);
    assert_true(f != NULL && f->fitted && g != NULL && g->nlevers == f->nlevers);
    for (size_t k = 0; k < sizeof planted / sizeof *planted; k++) {
        bool seen = false;
        for (size_t i = 0; i < f->nlevers; i++) {
            const dk_driver_term *t = f->levers[i].term;
            if (strcmp(t->predictor, planted[k].predictor) != 0) continue;
            seen = true;
            if (fabs(t->effect - planted[k].effect) > 3 * t->se)
                fail_msg("%s: %.1f with standard error %.1f, planted is %.1f", t->predictor, t->effect, t->se, planted[k].effect);
        }
        if (!seen) fail_msg("%s is no lever", planted[k].predictor);
    }
    assert_string_equal(f->levers[0].term->predictor, "support.waiting negative"); /* .135 x 40, the largest */
    assert_true(f->levers[0].supported && f->levers[0].moves > 0);
    /* a step of the score is worth 20 a quarter */
    assert_int_equal(r->link.verdict, DK_LINK);
    assert_true(r->link.per_year == 4 && fabs(r->link.effect - 80) < 3 * r->link.se);
    /* threads must not show */
    assert_same_file(out1, out3, "comments.csv", true);
    assert_same_file(out1, out3, "mentions.csv", true);
    for (size_t i = 0; i < f->nlevers; i++) {
        assert_string_equal(f->levers[i].term->predictor, g->levers[i].term->predictor);
        assert_memory_equal(&f->levers[i].moves_ci, &g->levers[i].moves_ci, sizeof(dk_interval));
        assert_true(f->levers[i].term->effect == g->levers[i].term->effect && f->levers[i].driver->q == g->levers[i].driver->q);
    }
    assert_int_equal(r->nquotes, again->nquotes);
    for (size_t i = 0; i < r->nquotes; i++) assert_string_equal(r->quotes[i].text, again->quotes[i].text);
    dk_study_result_free(r);
    dk_study_result_free(again);
    dk_study_config_dispose(&config);
}

static void mistakes_in_phrases_are_located(void **state) {
    static const struct {
        const char *text;
        int64_t line, column;
    } cases[] = {{"theme\tpolarity\tphrase\nprice.level\tnegative\t{a|b\n", 2, 22},
                 {"theme\tpolarity\tphrase\nprice.level\tnegative\ta}\n", 2, 23},
                 {"theme\tpolarity\tphrase\n\nprice.level\tbad\tx\n", 3, 13},
                 {"theme\tpolarity\tphrase\nprice.level negative x\n", 2, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_phrases phrases;
        dk_error err = {0};
        assert_int_equal(dk_phrases_read(&phrases, write_file("p.tsv", cases[i].text), &err), DK_EDATA);
        if (err.line != cases[i].line || err.column != cases[i].column) fail_msg("case %zu: %d:%d %s", i, (int)err.line, (int)err.column, err.message);
        dk_phrases_dispose(&phrases);
    }
}

/* Each alternative must come up, and about as often as the others. */
static void alternatives_are_equally_likely(void **state) {
    (void)state;
    dk_phrases phrases;
    dk_rng rng = dk_rng_of(1, 2, 3);
    int seen[4] = {0};
    assert_int_equal(dk_phrases_read(&phrases, write_file("p.tsv", "theme\tpolarity\tphrase\nx\t\t{a|b|{c|d}}\n"), NULL), DK_OK);
    for (int i = 0; i < 6000; i++) {
        dk_buf out;
        dk_buf_init(&out);
        dk_phrases_put(&phrases, "x", DK_SIGN_NEUTRAL, &rng, &out);
        assert_int_equal(out.len, 1);
        seen[out.ptr[0] - 'a']++;
        dk_buf_dispose(&out);
    }
    assert_in_range(seen[0], 1850, 2150);
    assert_in_range(seen[1], 1850, 2150);
    assert_in_range(seen[2], 880, 1120);
    assert_in_range(seen[3], 880, 1120);
    dk_phrases_dispose(&phrases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_counted_and_located),
        cmocka_unit_test(other_scales_are_not_taken_for_nps),
        cmocka_unit_test(without_a_score_there_are_themes),
        cmocka_unit_test(empty_and_headless_files_are_errors),
        cmocka_unit_test(records_join_before_and_after_the_answer),
        cmocka_unit_test(unknown_columns_of_a_study_name_its_line),
        cmocka_unit_test(a_seed_is_a_study),
        cmocka_unit_test(what_is_planted_is_found),
        cmocka_unit_test(mistakes_in_phrases_are_located),
        cmocka_unit_test(alternatives_are_equally_likely),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
