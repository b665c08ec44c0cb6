/* Simulated studies end to end: what was planted in moving and in worth must lie in the intervals of what is found, and nothing
 * may be found where nothing was planted. The large version is tests/bench/recover.py. */
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
#include "study/simulate.h"

static char folder[] = "/tmp/dk_recovery_XXXXXX";
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

static dk_study_result *study_of(int seed, double effect) {
    char path[64], data[64], study[96], text[4096];
    dk_study_config config;
    dk_scenario scenario;
    dk_simulated done;
    dk_study_result *r = NULL;
    dk_error err = {0};
    snprintf(path, sizeof path, "%s/study.yaml", folder);
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(study, sizeof study, "%s/study.yaml", data);
    snprintf(
        text, sizeof text,
        "currency: SEK\nresponses: {file: responses.csv, id: response_id, customer: customer_id, date: "
        "answered, score: nps, comment: comment}\n"
        "customers: {file: customers.csv, customer: customer_id, period: quarter, profit: margin}\n"
        "segments: {by: margin, bands: {blue: [.., 500], gold: [500, ..]}}\noutcomes: [nps]\nanalysis: "
        "{bootstrap: 200}\n"
        "simulate:\n  seed: %d\n  customers: 2500\n  quarters: 3\n  invited: 0.8\n  answered: 0.8\n  "
        "commented: 0.9\n  spread: 10\n"
        "  languages: {sv: 0.6, en: 0.4}\n  phrases: %s/examples/retailer/phrases\n"
        "  customers_of: {blue: {share: 0.6, margin: 200, nps: 15, up: 0.1}, gold: {share: 0.4, margin: "
        "1500, nps: 35, down: 0.08}}\n"
        "  profit_a_step: %g\n  churn: 0.06\n"
        "  themes:\n    support.waiting: {negative: {said: 0.2, nps: -40, up: %g, down: %g, lost: %g}}\n"
        "    product.quality: {negative: {said: 0.12, nps: -30, lost: %g}, positive: {said: 0.15, nps: 25}}\n"
        "    billing.invoice: {negative: {said: 0.1, nps: 0}}\n",
        seed, here, effect != 0 ? 10.0 : 0.0, -effect, effect, effect, effect / 2);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    dk_status status = dk_study_config_read(&config, path, &err);
    if (status == DK_OK) status = dk_scenario_read(&scenario, &config, &err);
    if (status == DK_OK) status = dk_simulate(&config, &scenario, data, &done, &err);
    dk_study_config_dispose(&config);
    if (status == DK_OK) status = dk_study_config_read(&config, study, &err);
    dk_analyze_options options = {.data_dir = here, .threads = 1};
    if (status == DK_OK) status = dk_analyze(&config, &options, &r, &err);
    if (status != DK_OK) fail_msg("%s:%d: %s", err.file, (int)err.line, err.message);
    dk_study_config_dispose(&config);
    return r;
}

/* The last number in the line of a truth file that begins with this key. */
static double truth_of(const char *file, const char *key, int column) {
    char path[96], line[256];
    snprintf(path, sizeof path, "%s/data/%s", folder, file);
    FILE *f = fopen(path, "rb");
    double found = NAN;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, key, strlen(key)) != 0) continue;
        char *at = line;
        for (int c = 0; c < column; c++) at = strchr(at, ',') + 1;
        found = atof(at);
    }
    fclose(f);
    return found;
}

typedef struct tally {
    int intervals, held, links, found;
} tally;

static void count_interval(tally *t, double truth, dk_interval ci) {
    t->intervals++;
    t->held += ci.lo <= truth && truth <= ci.hi;
}

static void compare(const dk_study_result *r, tally *t) {
    char key[128];
    for (size_t i = 0; i < r->movement.nhazards; i++) {
        const dk_move_hazard *h = r->movement.hazards + i;
        if (!h->fitted)
            fail_msg("%s from %s: %s", dk_move_event_name(h->event), r->segments[h->from].name, h->reason);
        for (size_t k = 0; k < h->ndrivers; k++) {
            const dk_move_driver *d = h->drivers + k;
            if (d->theme < 0) continue;
            snprintf(key, sizeof key, "%s,%s,%s,%s,", r->segments[h->from].name, r->themes[d->theme].id,
                     d->polarity < 0 ? "negative" : "positive", dk_move_event_name(h->event));
            double truth = truth_of("truth_movement.csv", key, 5);
            if (isnan(truth)) continue; /* misread: a theme that was not planted */
            count_interval(t, truth, d->effect.ci);
            t->links += d->supported;
            t->found += d->supported && strcmp(r->themes[d->theme].id, "support.waiting") == 0;
        }
    }
    for (size_t i = 0; i < r->worth.nlevers; i++) {
        const dk_worth_lever *l = r->worth.levers + i;
        if (l->theme < 0 || l->segment == 0 || l->polarity > 0) continue;
        snprintf(key, sizeof key, "%s,%s,negative,", r->segments[l->segment].name, r->themes[l->theme].id);
        double money = truth_of("truth_worth.csv", key, 4), kept = truth_of("truth_worth.csv", key, 5);
        if (isnan(money)) continue;
        count_interval(t, money, l->all.money.ci);
        if (!isnan(l->all.kept.value)) count_interval(t, kept, l->all.kept.ci);
        t->links += l->supported;
    }
}

/* Strong effects: found in each study, and the intervals of all planted things hold them, three in four at the very least (some 60
   intervals at 95 % that go together). */
static void what_moves_customers_is_found(void **state) {
    (void)state;
    tally t = {0};
    for (int seed = 1; seed <= 2; seed++) {
        dk_study_result *r = study_of(seed, 1.6);
        int before = t.found;
        compare(r, &t);
        if (t.found < before + 2)
            fail_msg("seed %d: support.waiting goes with moving in %d questions of 4", seed,
                     t.found - before);
        /* respondents are some of all customers, and the sum is over the segments */
        for (size_t i = 0; i < r->worth.nlevers; i++) {
            const dk_worth_lever *l = r->worth.levers + i;
            double sum = 0;
            if (l->segment != 0 || l->theme < 0) continue;
            for (size_t k = 0; k < r->worth.nlevers; k++)
                if (r->worth.levers[k].segment > 0 && r->worth.levers[k].theme == l->theme &&
                    r->worth.levers[k].polarity == l->polarity)
                    sum += r->worth.levers[k].all.money.value;
            assert_true(fabs(sum - l->all.money.value) <= 1e-9 * (1 + fabs(sum)));
            assert_true(l->respondents.customers < l->all.customers * 2);
        }
        dk_study_result_free(r);
    }
    assert_true(t.intervals >= 30);
    if (t.held * 4 < t.intervals * 3) fail_msg("%d of %d intervals hold the truth", t.held, t.intervals);
}

/* Nothing moves anybody and the score moves no money: no link may be claimed, or nearly none of all. */
static void nothing_is_found_where_nothing_is(void **state) {
    (void)state;
    tally t = {0};
    for (int seed = 11; seed <= 12; seed++) {
        dk_study_result *r = study_of(seed, 0);
        compare(r, &t);
        for (size_t i = 0; i < r->movement.nhazards; i++)
            assert_int_not_equal(r->movement.hazards[i].verdict, DK_LINK);
        dk_study_result_free(r);
    }
    assert_int_equal(t.links, 0);
    if (t.held * 5 < t.intervals * 4) fail_msg("%d of %d intervals hold zero", t.held, t.intervals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_customers_is_found),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
