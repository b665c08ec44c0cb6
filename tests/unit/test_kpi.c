/* KPIs, trends, who answers, follow-up and journeys of small studies whose figures can be had by hand. */
#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "report/json_sections.h"
#include "stats/dist.h"
#include "study/analyze.h"
#include "study/kpi.h"
#include "study/lifetime.h"

static char folder[] = "/tmp/dk_kpi_XXXXXX";
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

static void write_file(const char *name, const char *content) {
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(content, f);
    assert_int_equal(fclose(f), 0);
}

/* Analyses FOLDER/study.yaml, made of the text. NULL when it fails, with *err. */
static dk_study_result *analyze(const char *yaml, dk_error *err) {
    char path[160];
    dk_study_config config;
    dk_study_result *result = NULL;
    write_file("study.yaml", yaml);
    snprintf(path, sizeof path, "%s/study.yaml", folder);
    dk_status status = dk_study_config_read(&config, path, err);
    config.bootstrap = 20;
    dk_analyze_options options = {.data_dir = here, .threads = 1, .no_fits = true};
    if (status == DK_OK) (void)dk_analyze(&config, &options, &result, err);
    dk_study_config_dispose(&config);
    return result;
}

static dk_study_result *study(const char *yaml) {
    dk_error err = {0};
    dk_study_result *r = analyze(yaml, &err);
    if (r == NULL) fail_msg("%s:%d: %s", err.file, (int)err.line, err.message);
    return r;
}

static const dk_kpi *find(const dk_study_result *r, const char *id) {
    for (size_t i = 0; i < r->kpi.nkpis; i++)
        if (strcmp(r->kpi.kpis[i].id, id) == 0) return &r->kpi.kpis[i];
    fail_msg("no KPI %s", id);
    return NULL;
}

static const dk_kpi_value *cut(const dk_kpi *k, dk_cut by, const char *group) {
    for (size_t i = 0; i < k->ncuts; i++)
        if (k->cuts[i].cut == by && strcmp(k->cuts[i].group, group) == 0) return &k->cuts[i];
    fail_msg("%s has no %s", k->id, group);
    return NULL;
}

static void assert_close(double got, double wanted) {
    if (!(fabs(got - wanted) <= 1e-9 * (1 + fabs(wanted)))) fail_msg("%.12g is not %.12g", got, wanted);
}

/* ---- Outcomes from records --------------------------------------------------------------------------- */

/* 40 customers over four quarters. Every fourth is gone after the second quarter; margin is 100, then 110 for those who stay. */
static void write_records(void) {
    dk_buf b, responses;
    dk_buf_init(&b);
    dk_buf_init(&responses);
    dk_buf_puts(&b, "customer_id,quarter,margin,revenue,orders,products,visits\n");
    dk_buf_puts(&responses, "response_id,customer_id,answered,nps,ordered\n");
    for (int c = 0; c < 40; c++) {
        for (int q = 1; q <= (c % 4 == 0 ? 2 : 4); q++)
            dk_buf_putf(&b, "C%02d,2025-Q%d,%d,%d,%d,%d,%d\n", c, q, q <= 2 ? 100 : 110, 1000 + 10 * c, 2 + c % 3, q <= 2 ? 1 : 1 + c % 2, c % 2);
        dk_buf_putf(&responses, "R%02d,C%02d,2025-05-%02d,%d,2025-05-01\n", c, c, 2 + c % 20, c % 4 == 0 ? 3 : c % 4 == 1 ? 7 : 10);
    }
    write_file("customers.csv", dk_buf_cstr(&b));
    write_file("responses.csv", dk_buf_cstr(&responses));
    dk_buf_dispose(&b);
    dk_buf_dispose(&responses);
}

static const char two_files[] = "responses: {file: responses.csv}\ncustomers: {file: customers.csv, period: quarter, profit: margin}\nsegments: none\ndiscount: 0\n"
                                "kpis:\n  revenue: revenue\n  transactions: orders\n  products: products\n  further: [visits]\n  experienced: ordered\n"
                                "  benchmarks: {churn: 0.05, visits: 0.6}\n  targets: {nps: 40}\n";

/* Wrong numerators or denominators: the formulas printed beside the figures would be lies. */
static void outcomes_are_those_of_their_formulas(void **state) {
    (void)state;
    write_records();
    dk_study_result *r = study(two_files);
    /* at start of Q1, Q2, Q3: 40, 40, 30; lost after Q2: 10; the last quarter is censored */
    const dk_kpi *churn = find(r, "churn");
    assert_close(churn->all.value, 10.0 / 110);
    assert_int_equal(churn->all.n, 110);
    assert_close(churn->benchmark, 0.05);
    assert_true(churn->all.ci.lo > 0 && churn->all.ci.lo < churn->all.value && churn->all.ci.hi > churn->all.value);
    assert_close(find(r, "retention")->all.value, 1 - 10.0 / 110);
    double mean = (80 * 100.0 + 60 * 110.0) / 140;
    assert_close(find(r, "profit")->all.value, mean);
    assert_close(find(r, "lifetime_value")->all.value, mean / (10.0 / 110));
    /* a customer's records are one draw: errors are added up by customer before they are squared */
    double squares = 0;
    for (int c = 0; c < 40; c++) squares += pow((2 * (100 - mean) + (c % 4 == 0 ? 0 : 2 * (110 - mean))) / 140, 2);
    assert_close(find(r, "profit")->all.se, sqrt(squares * 40 / 39));
    double half = dk_t_quantile(0.975, 39) * find(r, "profit")->all.se;
    assert_close(find(r, "profit")->all.ci.hi, mean + half);
    /* Q1 to Q2: 4000 of 4000; Q2 to Q3: 30 x 110 of 4000, leavers at 0; Q3 to Q4: 3300 of 3300 */
    assert_close(find(r, "margin_growth")->all.value, (4000 + 3300 + 3300) / (4000.0 + 4000 + 3300) - 1);
    /* in both of two quarters: 40 + 30 + 30; products rose between Q2 and Q3 for odd customers, of whom there are 20 */
    assert_close(find(r, "cross_sell")->all.value, 20.0 / 100);
    assert_string_equal(find(r, "visits")->unit, "share");
    assert_close(find(r, "visits")->benchmark, 0.6);
    double revenue = 0, orders = 0;
    for (int c = 0; c < 40; c++) {
        revenue += (c % 4 == 0 ? 2 : 4) * (1000 + 10 * c);
        orders += (c % 4 == 0 ? 2 : 4) * (2 + c % 3);
    }
    assert_close(find(r, "transaction_value")->all.value, revenue / orders);
    assert_close(find(r, "nps")->all.value, 100 * (20 - 10) / 40.0);
    assert_close(find(r, "nps")->target, 40);
    assert_close(find(r, "delay")->all.value, (2 * 210 - 40 + 40) / 40.0);
    assert_non_null(strstr(find(r, "delay")->note, "delay"));
    dk_study_result_free(r);
}

/* The two ways to a lifetime value are one where there is one segment and no discount. */
static void both_lifetime_values_agree(void **state) {
    (void)state;
    write_records();
    dk_study_result *r = study(two_files);
    double simple = find(r, "lifetime_value")->all.value, q = find(r, "retention")->all.value, m = find(r, "profit")->all.value, v;
    dk_lifetime how;
    assert_int_equal(dk_lifetime_value(1, &q, &m, 0, 40, &v, NULL, &how, NULL), DK_OK);
    assert_close(simple, v);
    /* and so does that of the study's own matrix, which counts its margin over the same records */
    assert_close(find(r, "lifetime_value_matrix")->all.value, simple);
    dk_study_result_free(r);
}

/* Those who gave 3 left, nobody else did: a link that must be said; visits alternate and have none. */
static void links_and_their_absence_are_said(void **state) {
    (void)state;
    write_records();
    dk_study_result *r = study(two_files);
    bool churn = false;
    for (size_t i = 0; i < r->kpi.nlinks; i++) {
        const dk_kpi_link *l = r->kpi.links + i;
        if (strcmp(r->kpi.kpis[l->outcome].id, "churn") != 0 || strcmp(r->kpi.kpis[l->experience].id, "nps") != 0) continue;
        churn = true;
        assert_int_equal(l->n, 40);
        assert_int_equal(l->verdict, DK_LINK);
        assert_true(l->r < -0.7 && l->ci.hi < 0);
        assert_non_null(strstr(l->text, "are linked"));
    }
    assert_true(churn);
    dk_study_result_free(r);
}

/* Kendall's example of ranks without ties, and ties at mid-rank, by hand. */
static void rank_correlation_is_that_of_the_books(void **state) {
    (void)state;
    double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, y[] = {7, 4, 3, 10, 6, 2, 9, 8, 1, 5}, r, p;
    double a[] = {1, 1, 2, 3}, b[] = {5, 7, 7, 9};
    dk_interval ci;
    int d2 = 0;
    for (int i = 0; i < 10; i++) d2 += (int)((x[i] - y[i]) * (x[i] - y[i]));
    assert_int_equal(dk_rank_correlation(x, y, 10, 0.95, &r, &ci, &p, NULL), DK_OK);
    assert_close(r, 1 - 6.0 * d2 / (10 * 99));
    assert_true(ci.lo < r && ci.hi > r && p > 0.05);
    /* ranks .5 .5 2 3 and 0 1.5 1.5 3: sums of squares about 1.5 are 4.5 each, of products 3.75 */
    assert_int_equal(dk_rank_correlation(a, b, 4, 0.95, &r, &ci, &p, NULL), DK_OK);
    assert_close(r, 3.75 / 4.5);
}

/* ---- Privacy ----------------------------------------------------------------------------------------- */

/* 60 of a, 30 of b, 4 of c: c must not be shown, and b not either, since all less a and b would give it. */
static void small_segments_are_hidden_with_their_cover(void **state) {
    (void)state;
    dk_buf b;
    dk_buf_init(&b);
    dk_buf_puts(&b, "response_id,customer_id,segment,nps\n");
    for (int i = 0; i < 94; i++) dk_buf_putf(&b, "R%d,C%d,%s,%d\n", i, i, i < 60 ? "a" : i < 90 ? "b" : "c", i % 11);
    write_file("responses.csv", dk_buf_cstr(&b));
    dk_study_result *r = study("responses: {file: responses.csv}\n");
    const dk_kpi *nps = find(r, "nps");
    assert_false(cut(nps, DK_CUT_SEGMENT, "a")->hidden);
    assert_true(cut(nps, DK_CUT_SEGMENT, "b")->hidden);
    assert_true(cut(nps, DK_CUT_SEGMENT, "c")->hidden);
    assert_true(r->segments[2].hidden && r->segments[3].hidden);
    dk_buf_clear(&b);
    dk_report_kpis_csv(r, &b);
    assert_non_null(strstr(dk_buf_cstr(&b), "nps,experience,Net Promoter Score,segment,b,NPS points,,,,,,,yes,"));
    dk_buf_dispose(&b);
    dk_study_result_free(r);
}

/* ---- Who answers ------------------------------------------------------------------------------------- */

/* 200 of a and 200 of b are asked; all of a's 100 answers are 10, all of b's 50 are 0. Weighted as asked, NPS is 0, not 33. */
static void weights_make_up_for_who_is_missing(void **state) {
    (void)state;
    dk_buf asked, answers;
    dk_buf_init(&asked);
    dk_buf_init(&answers);
    dk_buf_puts(&asked, "customer_id,invited,segment,response_id\n");
    dk_buf_puts(&answers, "response_id,customer_id,answered,segment,nps\n");
    for (int i = 0; i < 400; i++) {
        bool a = i < 200, answered = a ? i % 2 == 0 : i % 4 == 0;
        dk_buf_putf(&asked, "C%d,2025-02-01,%s,", i, a ? "a" : "b");
        if (answered) dk_buf_putf(&asked, "R%d", i);
        dk_buf_putc(&asked, '\n');
        if (answered) dk_buf_putf(&answers, "R%d,C%d,2025-02-%02d,%s,%d\n", i, i, 2 + i % 20, a ? "a" : "b", a ? 10 : 0);
    }
    write_file("invitations.csv", dk_buf_cstr(&asked));
    write_file("responses.csv", dk_buf_cstr(&answers));
    static const char *const studies[] = {"responses: {file: responses.csv}\ninvitations: {file: invitations.csv, date: invited}\n",
                                          "responses: {file: responses.csv}\ninvitations: {file: invitations.csv, date: invited}\nanswering: {weight: yes}\n"};
    for (int used = 0; used < 2; used++) {
        dk_study_result *r = study(studies[used]);
        const dk_kpi *rate = find(r, "response_rate");
        assert_close(rate->all.value, 150 / 400.0);
        assert_close(cut(rate, DK_CUT_SEGMENT, "a")->value, 0.5);
        assert_close(cut(rate, DK_CUT_SEGMENT, "b")->value, 0.25);
        const dk_answering *a = &r->kpi.answering;
        assert_true(a->weighted && a->used == (used == 1));
        assert_int_equal(a->invited, 400);
        assert_close(a->results[0].plain.nps, 100 * (100 - 50) / 150.0);
        assert_close(a->results[0].weighted.nps, 0);
        assert_close(a->highest / a->lowest, 2);
        assert_close(find(r, "nps")->all.value, used ? 0 : 100 / 3.0); /* the switch reaches all figures */
        assert_close(r->segments[0].nps.nps, used ? 0 : 100 / 3.0);
        dk_study_result_free(r);
    }
    dk_buf_dispose(&asked);
    dk_buf_dispose(&answers);
}

/* Without ids an answer belongs to the last invitation before it, and to one only. */
static void answers_are_found_by_customer_and_date(void **state) {
    (void)state;
    write_file("invitations.csv", "customer_id,date\nA,2025-01-10\nA,2025-04-10\nB,2025-01-10\nC,2025-01-10\n,2025-01-10\n");
    write_file("responses.csv", "response_id,customer_id,date,nps\n1,A,2025-04-12,9\n2,B,2025-01-10,8\n3,B,2025-01-11,8\n4,C,2025-01-01,3\n");
    dk_study_result *r = study("responses: {file: responses.csv}\ninvitations: {file: invitations.csv}\nanalysis: {min_privacy: 1}\n");
    assert_int_equal(r->kpi.answering.invited, 4);
    assert_int_equal(r->kpi.answering.answered, 2); /* A's second, B's; C's came before it was asked for */
    assert_int_equal(r->kpi.answering.unknown, 2);
    assert_int_equal(r->problem_counts[DK_PROBLEM_RECORD], 1);
    assert_string_equal(r->files[r->problems[0].file].content, "invitations");
    dk_study_result_free(r);
}

/* ---- Over time --------------------------------------------------------------------------------------- */

/* Six quarters of 200 answers. level[q] of ten are promoters, the others detractors. */
static dk_study_result *over_time(const int *level) {
    dk_buf b;
    dk_buf_init(&b);
    dk_buf_puts(&b, "response_id,date,nps\n");
    for (int q = 0; q < 6; q++)
        for (int i = 0; i < (q == 3 ? 12 : 200); i++)
            dk_buf_putf(&b, "R%d-%d,%d-%02d-10,%d\n", q, i, 2024 + q / 4, 1 + q % 4 * 3, i % 10 < level[q] ? 10 : 0);
    write_file("responses.csv", dk_buf_cstr(&b));
    dk_buf_dispose(&b);
    return study("responses: {file: responses.csv}\n");
}

static void changes_are_told_from_noise(void **state) {
    (void)state;
    dk_study_result *r = over_time((int[]){5, 5, 5, 9, 8, 8});
    const dk_trend *t = r->kpi.trends;
    assert_string_equal(t->verdict, "changed");
    assert_false(t->points[3].used); /* 12 answers: neither smoothed nor compared */
    assert_true(isnan(t->points[3].change) && !isnan(t->points[3].smoothed));
    assert_true(t->points[4].significant && !t->points[1].significant && !t->points[5].significant);
    assert_close(t->points[4].change, 60);
    assert_true(t->points[4].outside && t->points[0].outside && t->points[0].limits.lo < t->centre && t->points[0].limits.hi > t->centre);
    assert_true(t->points[0].smoothed < 15 && t->points[5].smoothed > 45);
    assert_close(r->series[5 * r->nsegments].smoothed, t->points[5].smoothed);
    assert_close(find(r, "nps_change")->all.value, 0);
    dk_study_result_free(r);
    r = over_time((int[]){5, 5, 5, 5, 5, 5});
    assert_string_equal(r->kpi.trends->verdict, "steady");
    assert_true(r->kpi.trends->level_sd == 0);
    dk_study_result_free(r);
}

/* ---- Whom to call back, who is asked too often ------------------------------------------------------- */

static void the_list_puts_the_most_urgent_first(void **state) {
    (void)state;
    write_file("responses.csv", "response_id,customer_id,date,nps,profit,replied,comment\n"
                                "1,A,2025-06-01,9,100,,Friendly staff and fast delivery\n"
                                "2,B,2025-06-02,2,900,,The delivery was terribly slow and I will never shop here again\n"
                                "3,C,2025-06-03,4,100,,The delivery was slow\n"
                                "4,D,2025-06-03,1,500,2025-06-04,Rude staff and the delivery was awful\n"
                                "5,E,2025-01-03,1,500,,Rude staff and the delivery was awful\n"
                                "6,F,2025-06-05,3,50,,\"=HYPERLINK(\"\"http://x\"\") awful delivery, write to a.b@example.com\"\n");
    dk_study_result *r = study("responses: {file: responses.csv}\nlanguage: en\nkpis: {replied: replied}\ncontact: {most: 1, days: 30}\n");
    const dk_kpi_results *k = &r->kpi;
    assert_int_equal(k->considered, 4); /* D was answered, E is of January */
    assert_int_equal(k->nfollowups, 3);
    assert_string_equal(k->followups[0].id, "2");
    assert_non_null(strstr(k->followups[0].reason, "threatens to leave"));
    assert_non_null(strstr(k->followups[0].reason, "most valuable"));
    assert_non_null(strstr(k->followups[0].reason, "can be mended: delivery.speed"));
    assert_string_equal(k->followups[0].owner, "logistics");
    assert_true(k->followups[0].urgency > k->followups[1].urgency && k->followups[1].urgency >= k->followups[2].urgency);
    dk_buf b;
    dk_buf_init(&b);
    dk_report_followup_csv(r, &b);
    assert_non_null(strstr(dk_buf_cstr(&b), ",\"'=HYPERLINK(")); /* a spreadsheet would open the link otherwise */
    assert_null(strstr(dk_buf_cstr(&b), "example.com"));
    dk_buf_dispose(&b);
    dk_study_result_free(r);
}

static void who_is_asked_too_often_is_listed(void **state) {
    (void)state;
    write_file("responses.csv", "response_id,customer_id,date,nps\n1,A,2025-01-01,9\n2,A,2025-01-31,9\n3,A,2025-02-28,9\n4,B,2025-01-01,8\n5,B,2025-06-01,8\n6,C,2025-01-01,7\n");
    dk_study_result *r = study("responses: {file: responses.csv}\ncontact: {most: 2, days: 60}\n");
    assert_int_equal(r->kpi.contact.customers, 3);
    assert_int_equal(r->kpi.contact.nover, 1);
    assert_string_equal(r->kpi.contact.over[0].customer, "A");
    assert_int_equal(r->kpi.contact.over[0].surveys, 3);
    assert_string_equal(r->kpi.contact.over[0].first, "2025-01-01");
    dk_study_result_free(r);
    r = study("responses: {file: responses.csv}\ncontact: {most: 2, days: 58}\n"); /* 1 January to 28 February are 59 days */
    assert_int_equal(r->kpi.contact.nover, 0);
    dk_study_result_free(r);
}

/* ---- Journeys, indexes, money ------------------------------------------------------------------------ */

static void journeys_and_stages_are_the_studys(void **state) {
    (void)state;
    dk_buf b;
    dk_buf_init(&b);
    dk_buf_puts(&b, "response_id,nps,comment\n");
    for (int i = 0; i < 12; i++) dk_buf_putf(&b, "a%d,2,The delivery was slow\nb%d,9,Friendly and helpful staff\n", i, i);
    write_file("responses.csv", dk_buf_cstr(&b));
    dk_buf_dispose(&b);
    dk_study_result *r = study("responses: {file: responses.csv}\nlanguage: en\nstages: {after the sale: [delivery]}\njourneys: {first order: [staff, delivery, website]}\n"
                               "kpis: {indexes: {care: {themes: [staff], target: 60}}}\n");
    const dk_journey *j = r->kpi.journeys;
    assert_int_equal(r->kpi.njourneys, 1);
    assert_int_equal(j->nsteps, 3);
    assert_string_equal(j->steps[1].touchpoint, "delivery");
    assert_string_equal(j->steps[1].stage, "after the sale");
    assert_int_equal(j->steps[1].responses, 12);
    assert_int_equal(j->steps[1].negative, 12);
    assert_close(j->steps[1].nps, -100);
    assert_int_equal(j->steps[2].responses, 0);
    assert_close(find(r, "index:care")->all.value, 100);
    assert_close(find(r, "index:care")->target, 60);
    assert_int_equal(find(r, "index:care")->all.n, 12);
    assert_close(cut(find(r, "nps"), DK_CUT_TOUCHPOINT, "delivery")->value, -100);
    dk_study_result_free(r);
}

static void mistakes_of_the_study_are_named_with_their_line(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *needs, *remedy;
        int line;
    } cases[] = {
        {"journeys:\n  order: [website, delivry]\n", "no touchpoint delivry", "did you mean delivery?", 3},
        {"stages: {x: [nothing of the kind]}\n", "no touchpoint", "there are brand", 2},
        {"kpis:\n  benchmarks: {npss: 30}\n", "no KPI npss", NULL, 3},
        {"kpis:\n  indexes:\n    care: [staff.car]\n", "no theme or touchpoint staff.car", "did you mean staff.care?", 4},
        {"kpis:\n  ces: efort\n", "efort", NULL, 3},
        {"kpis: {further: [comment]}\n", "has no number", NULL, 2},
        {"answering: {weight: yes}\n", "invitations", NULL, 2},
        {"contact: {days: 30}\n", "most is missing", NULL, 2},
        {"followup: {days: soon}\n", "followup.days", NULL, 2},
        {"invitations: {file: nowhere.csv}\n", "nowhere.csv", NULL, 0},
    };
    (void)state;
    write_file("responses.csv", "response_id,nps,comment\n1,9,Good staff here\n2,8,Slow delivery again\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char yaml[400];
        dk_error err = {0};
        snprintf(yaml, sizeof yaml, "responses: {file: responses.csv}\n%s", cases[i].yaml);
        dk_study_result *r = analyze(yaml, &err);
        assert_null(r);
        bool said = strstr(err.message, cases[i].needs) != NULL || strstr(err.file, cases[i].needs) != NULL;
        if (!said) fail_msg("%s: %s:%d: %s", cases[i].yaml, err.file, (int)err.line, err.message);
        if (cases[i].remedy != NULL && strstr(err.remedy, cases[i].remedy) == NULL) fail_msg("%s: %s", err.message, err.remedy);
        if (cases[i].line > 0) assert_int_equal(err.line, cases[i].line);
    }
}

/* Margins in thousands with a point would be read as a thousandth, and every figure of money with them. */
static void money_with_points_is_thousands_when_the_column_says_so(void **state) {
    (void)state;
    dk_buf b;
    dk_buf_init(&b);
    dk_buf_puts(&b, "response_id;customer_id;nps;profit\n");
    for (int i = 0; i < 20; i++) dk_buf_putf(&b, "%d;C%d;%d;%d.%03d kr\n", i, i, i % 11, 12 + i, 100 + i);
    write_file("responses.csv", dk_buf_cstr(&b));
    dk_buf_dispose(&b);
    dk_study_result *r = study("responses: {file: responses.csv}\n");
    assert_close(find(r, "profit")->all.value, (12000 + 100) + 9.5 * 1001);
    bool said = false;
    for (size_t i = 0; i < r->nnotes; i++) said = said || strstr(r->notes[i].text, "read as 12345") != NULL;
    assert_true(said);
    dk_study_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_are_those_of_their_formulas),
        cmocka_unit_test(both_lifetime_values_agree),
        cmocka_unit_test(links_and_their_absence_are_said),
        cmocka_unit_test(rank_correlation_is_that_of_the_books),
        cmocka_unit_test(small_segments_are_hidden_with_their_cover),
        cmocka_unit_test(weights_make_up_for_who_is_missing),
        cmocka_unit_test(answers_are_found_by_customer_and_date),
        cmocka_unit_test(changes_are_told_from_noise),
        cmocka_unit_test(the_list_puts_the_most_urgent_first),
        cmocka_unit_test(who_is_asked_too_often_is_listed),
        cmocka_unit_test(journeys_and_stages_are_the_studys),
        cmocka_unit_test(mistakes_of_the_study_are_named_with_their_line),
        cmocka_unit_test(money_with_points_is_thousands_when_the_column_says_so),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
