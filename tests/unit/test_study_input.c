/* Dates, columns and the study file: what the rest of a study builds on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "study/columns.h"
#include "study/dates.h"
#include "study/tagging.h"

static char folder[] = "/tmp/dk_study_XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int drop_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *write_file(const char *name, const char *content) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(content, f);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void dates_are_read_as_people_write_them(void **state) {
    static const struct {
        const char *text;
        dk_date_order order;
        const char *date; /* NULL: none */
    } cases[] = {
        {"2026-03-02", DK_DAY_FIRST, "2026-03-02"},
        {" 2026/3/2 ", DK_DAY_FIRST, "2026-03-02"},
        {"20260302", DK_DAY_FIRST, "2026-03-02"},
        {"2.3.2026", DK_MONTH_FIRST, "2026-03-02"}, /* points are never American */
        {"02/03/2026", DK_DAY_FIRST, "2026-03-02"},
        {"02/03/2026", DK_MONTH_FIRST, "2026-02-03"},
        {"02-03-26", DK_DAY_FIRST, "2026-03-02"},
        {"02/03/98", DK_DAY_FIRST, "1998-03-02"},
        {"2026-03-02 19:36", DK_DAY_FIRST, "2026-03-02"},
        {"2026-03-02T19:36:01Z", DK_DAY_FIRST, "2026-03-02"},
        {"29.2.2024", DK_DAY_FIRST, "2024-02-29"},
        {"29.2.2025", DK_DAY_FIRST, NULL},
        {"2026-02-31", DK_DAY_FIRST, NULL},
        {"13/13/2026", DK_DAY_FIRST, NULL},
        {"2026-3", DK_DAY_FIRST, NULL},
        {"soon", DK_DAY_FIRST, NULL},
        {"", DK_DAY_FIRST, NULL},
        {"2/3-2026", DK_MONTH_FIRST, "2026-03-02"}, /* Nordic, with the day first in any file */
        {"2/3 2026", DK_MONTH_FIRST, "2026-03-02"},
        {"1-2/2026", DK_DAY_FIRST, NULL},
        {"2 mars 2026", DK_DAY_FIRST, "2026-03-02"},
        {"2. marts 2026 kl. 10", DK_DAY_FIRST, "2026-03-02"},
        {"March 2, 2026", DK_DAY_FIRST, "2026-03-02"},
        {"24-OKT-2025", DK_DAY_FIRST, "2025-10-24"},
        {"31 juni 2026", DK_DAY_FIRST, NULL},
        {"2 marvelous 2026", DK_DAY_FIRST, NULL},
        {"2026 mars", DK_DAY_FIRST, NULL},
        {"46083", DK_DAY_FIRST, "2026-03-02"}, /* as a spreadsheet exports an unformatted date */
        {"12345", DK_DAY_FIRST, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_buf out;
        dk_buf_init(&out);
        int32_t date = dk_date_parse(dk_str_from(cases[i].text), cases[i].order);
        if (date != DK_NO_DATE) dk_date_put(&out, date);
        if (strcmp(dk_buf_cstr(&out), cases[i].date != NULL ? cases[i].date : "") != 0)
            fail_msg("\"%s\" was read as %s", cases[i].text, dk_buf_cstr(&out));
        dk_buf_dispose(&out);
    }
    assert_int_equal(dk_date_hint(dk_str_from("25/12/2020")), 1);
    assert_int_equal(dk_date_hint(dk_str_from("12/25/2020")), -1);
    assert_int_equal(dk_date_hint(dk_str_from("11/12/2020")), 0);
}

/* A day too many or too few would put answers into the wrong period, and so cause before effect. */
static void periods_begin_and_end_on_the_right_days(void **state) {
    static const struct {
        const char *text, *first, *last;
    } cases[] = {
        {"2025-Q1", "2025-01-01", "2025-03-31"}, {"2025Q4", "2025-10-01", "2025-12-31"}, {"Q2 2024", "2024-04-01", "2024-06-30"},
        {"2024-02", "2024-02-01", "2024-02-29"}, {"2025M12", "2025-12-01", "2025-12-31"}, {"2025", "2025-01-01", "2025-12-31"},
        {"2025-K3", "2025-07-01", "2025-09-30"}, {"2025-01-15", "2025-01-15", "2025-01-15"},
        {"2025-Q5", NULL, NULL}, {"2025-13", NULL, NULL}, {"Q1", NULL, NULL}, {"2025-Q", NULL, NULL}, {"first", NULL, NULL}, {"", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t first, last;
        bool good = dk_period_parse(dk_str_from(cases[i].text), DK_DAY_FIRST, &first, &last);
        if (good != (cases[i].first != NULL)) fail_msg("\"%s\"", cases[i].text);
        if (!good) continue;
        assert_int_equal(first, dk_date_parse(dk_str_from(cases[i].first), DK_DAY_FIRST));
        assert_int_equal(last, dk_date_parse(dk_str_from(cases[i].last), DK_DAY_FIRST));
    }
    int32_t first, last, day = dk_date_of(2025, 12, 31), wave = dk_wave_of(day, DK_WAVE_QUARTER);
    dk_wave_days(wave, DK_WAVE_QUARTER, &first, &last);
    assert_int_equal(last, day);
    assert_int_equal(dk_wave_of(day + 1, DK_WAVE_QUARTER), wave + 1);
    for (int32_t d = dk_date_of(1999, 1, 1); d < dk_date_of(2005, 1, 1); d++) {
        int y, m, k;
        dk_date_split(d, &y, &m, &k);
        assert_int_equal(dk_date_of(y, m, k), d);
    }
}

static void expect_columns(const char *csv, const char *const *expected) {
    dk_reader *reader = NULL;
    dk_error err = {0};
    dk_reader_options options = {.rewindable = true};
    assert_int_equal(dk_reader_open(&reader, write_file("c.csv", csv), &options, &err), DK_OK);
    dk_block *block = dk_block_new();
    bool done = false, named[DK_ROLES];
    dk_column_look looks[32];
    size_t column[DK_ROLES];
    dk_study_source source = {0};
    assert_int_equal(dk_reader_read_block(reader, block, &done, &err), DK_OK);
    assert_int_equal(dk_reader_parse(reader, block, &err), DK_OK);
    assert_int_equal(dk_columns_look(block, 100, looks, &err), DK_OK);
    assert_int_equal(dk_columns_recognise(reader, &source, NULL, looks, false, column, named, NULL, &err), DK_OK);
    for (int r = 1; r < DK_ROLES; r++) {
        const char *got = column[r] != DK_NO_COLUMN ? dk_reader_column_name(reader, column[r]).ptr : NULL, *want = NULL;
        for (size_t i = 0; expected[i] != NULL; i += 2)
            if (strcmp(expected[i], dk_role_name((dk_role)r)) == 0) want = expected[i + 1];
        if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0))
            fail_msg("%s: took %s, not %s", dk_role_name((dk_role)r), got != NULL ? got : "none", want != NULL ? want : "none");
    }
    dk_block_free(block);
    dk_reader_free(reader);
}

static void columns_are_recognised_in_three_languages(void **state) {
    (void)state;
    expect_columns("svar_id;Kund-ID;Datum;Betyg;Kommentar;Segment;Täckningsbidrag\n1;k1;2025-01-02;9;Mycket bra service;guld;120,5\n"
                   "2;k2;2025-01-03;2;Aldrig svar;blå;80\n",
                   (const char *const[]){"id", "svar_id", "customer", "Kund-ID", "date", "Datum", "score", "Betyg", "comment", "Kommentar",
                                         "segment", "Segment", "profit", "Täckningsbidrag", NULL});
    expect_columns("kundenr,dato,karakter,fritekst,vægt\n1,2025-01-02,9,Rigtig god betjening,1.5\n2,2025-01-03,4,Dårlig,0.5\n",
                   (const char *const[]){"customer", "kundenr", "date", "dato", "score", "karakter", "comment", "fritekst", "weight", "vægt", NULL});
    expect_columns("ResponseId,What did you think?,NPS Score,touchpoint\na,Not much to say about it,9,store\nb,The app is slow all day,3,web\n"
                   "c,Lovely people in there,8,web\nd,Never got my parcel,1,web\ne,Fine as far as it goes,7,web\nf,All good this time,10,web\n",
                   (const char *const[]){"id", "ResponseId", "comment", "What did you think?", "score", "NPS Score", "touchpoint", "touchpoint", NULL});
    /* money with its currency, stars, and answers that are said again and again */
    expect_columns("review_id;Stjerner;Kommentar;Dækningsbidrag\n1;★★★☆☆;Alt for lang ventetid;1.234,50 kr.\n2;★★★★★;Alt for lang ventetid;-80 kr.\n"
                   "3;★;Alt for lang ventetid;kr 7\n4;★★;Alt for lang ventetid;0\n",
                   (const char *const[]){"id", "review_id", "score", "Stjerner", "comment", "Kommentar", "profit", "Dækningsbidrag", NULL});
    /* a list to choose from is no comment, and a long question is about no customer for naming one */
    expect_columns("id,reason,Did the customer service answer fast enough?\n1,Price,yes\n2,Price,no\n3,Price,yes\n4,Price,no\n",
                   (const char *const[]){"id", "id", NULL});
    /* a column called score that holds words is none */
    expect_columns("id,score,text\n1,good,Quick and easy\n2,bad,Slow again today\n", (const char *const[]){"id", "id", "comment", "text", NULL});
}

/* A scale that is exported with its words would else be lost, and "8" of "8 av 10" be all that is right of it. */
static void scores_are_read_as_survey_tools_export_them(void **state) {
    static const struct {
        const char *text;
        double score; /* NaN: none */
    } cases[] = {{"9", 9}, {"10 - Extremely likely", 10}, {"8 av 10", 8}, {"4/5", 4}, {"4.5/5", 4.5}, {"4,5 / 5", 4.5}, {"80%", 80}, {"80 %", 80},
                 {"\xE2\x98\x85\xE2\x98\x85\xE2\x98\x86", 2}, {"\xE2\xAD\x90", 1}, {"", NAN}, {"high", NAN}, {"4/five", NAN}, {"9.", 9},
                 {"%", NAN}, {"4x", NAN}, {"\xE2\x98\x85 ok", NAN}, {"/5", NAN}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double score = NAN;
        bool good = dk_score_parse(dk_str_from(cases[i].text), &score);
        if (good == isnan(cases[i].score) || (good && score != cases[i].score)) fail_msg("\"%s\" was read as %g", cases[i].text, good ? score : NAN);
    }
}

static void expect_study_error(const char *yaml, int64_t line, const char *part) {
    dk_study_config config;
    dk_error err = {0};
    dk_study_config_init(&config);
    dk_status status = dk_study_config_read(&config, write_file("s.yaml", yaml), &err);
    if (status != DK_EDATA || err.line != line || (strstr(err.message, part) == NULL && strstr(err.remedy, part) == NULL))
        fail_msg("status %d, %s:%d: %s; %s", (int)status, err.file, (int)err.line, err.message, err.remedy);
    dk_study_config_dispose(&config);
}

static void mistakes_in_a_study_are_located(void **state) {
    (void)state;
    expect_study_error("", 1, "empty");
    expect_study_error("- a\n- b\n", 1, "expected keys");
    expect_study_error("title: x\n", 1, "responses is missing");
    expect_study_error("titel: x\nresponses: {file: a.csv}\n", 1, "did you mean title?");
    expect_study_error("responses:\n  file: a.csv\n  scoree: nps\n", 3, "did you mean score?");
    expect_study_error("responses: {file: a.csv}\nresponses: {file: b.csv}\n", 2, "stands twice");
    expect_study_error("responses: {file: a.csv}\nlanguage: norwegian\n", 2, "expected one of auto, sv, da, en");
    expect_study_error("responses: {file: a.csv}\nanalysis: {bootstrap: many}\n", 2, "expected a whole number");
    expect_study_error("responses: {file: a.csv}\nsegments:\n  by: m\n  bands:\n    a: [0, 10]\n    b: [5, ..]\n", 6, "overlap");
    expect_study_error("responses: {file: a.csv}\nsegments:\n  by: m\n  bands:\n    a: [0, 10]\n    b: [15, ..]\n", 6, "lies between");
    expect_study_error("responses: {file: a.csv}\nsegments: {by: m, quantiles: {a: 0.5, b: 0.4}}\n", 2, "above 0.5");
    expect_study_error("responses: {file: a.csv}\nsegments: {column: x, by: y}\n", 2, "expected column, or by");
    expect_study_error("responses: {file: [a}\n", 1, "");
    expect_study_error("responses: {file: a.csv}\nx: &a [*a]\n", 2, ""); /* an endless tree must end */
}

static void a_study_is_read_as_written(void **state) {
    (void)state;
    dk_study_config c;
    dk_error err = {0};
    const char *path = write_file("s.yaml", "title: Vårens mätning\nreport_language: sv\ncurrency: DKK\n"
                                            "responses: {file: svar.csv, score: betyg, delimiter: tab, quote: none}\n"
                                            "customers: {file: /data/k.csv, profit: tb}\n"
                                            "segments: {by: tb, quantiles: {blå: 0.33, silver: 0.67, guld: 1}}\n"
                                            "outcomes: [nps, tb]\ncontrols: kanal\nwaves: month\npacks: [telecom, health]\n"
                                            "analysis: {seed: 7, fdr: 0.1, duplicates: first, score_blind: yes}\n");
    assert_int_equal(dk_study_config_read(&c, path, &err), DK_OK);
    assert_string_equal(c.title, "Vårens mätning");
    assert_int_equal(c.report_language, DK_LANG_SV);
    assert_string_equal(c.currency, "DKK");
    assert_true(strncmp(c.responses.path, folder, strlen(folder)) == 0); /* beside the study file */
    assert_string_equal(c.customers.path, "/data/k.csv");
    assert_string_equal(c.responses.column[DK_ROLE_SCORE], "betyg");
    assert_int_equal(c.responses.line[DK_ROLE_SCORE], 4);
    assert_int_equal(c.responses.reader.delimiter, '\t');
    assert_int_equal(c.responses.reader.quoting, DK_QUOTE_NONE);
    assert_int_equal(c.segmenting, DK_SEGMENT_QUANTILES);
    assert_int_equal(c.nbands, 3);
    assert_string_equal(c.bands[2].name, "guld");
    assert_int_equal(c.noutcomes, 2);
    assert_int_equal(c.ncontrols, 1); /* a single text is a list of one */
    assert_int_equal(c.wave_unit, DK_WAVE_MONTH);
    assert_string_equal(c.packs, "telecom,health");
    assert_int_equal(c.seed, 7);
    assert_true(c.drop_duplicates && c.score_blind);
    dk_study_config_dispose(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(periods_begin_and_end_on_the_right_days),
        cmocka_unit_test(columns_are_recognised_in_three_languages),
        cmocka_unit_test(scores_are_read_as_survey_tools_export_them),
        cmocka_unit_test(mistakes_in_a_study_are_located),
        cmocka_unit_test(a_study_is_read_as_written),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
