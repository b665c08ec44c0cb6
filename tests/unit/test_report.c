/* The written report: well formed, complete, safe with hostile text, silent about hidden groups, in three
 * languages. What the page makes of it is tested in a browser: tests/browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "report/locale.h"
#include "report/messages.h"
#include "report/report.h"
#include "report/sentences.h"
#include "report/tables.h"
#include "unit/test_report_result.h"

static const dk_language languages[] = {DK_LANG_EN, DK_LANG_SV, DK_LANG_DA};

/* ---- A small checker of JSON and of HTML ---- */

static const char *skip_space(const char *p) {
    while (*p == ' ' || *p == '\n') p++;
    return p;
}

/* The text behind the value at p, or NULL when it is no JSON. */
static const char *json_value(const char *p) {
    p = skip_space(p);
    if (*p == '{' || *p == '[') {
        char close = *p == '{' ? '}' : ']';
        p = skip_space(p + 1);
        if (*p == close) return p + 1;
        for (;;) {
            if (close == '}') {
                if (*p != '"' || (p = json_value(p)) == NULL || *(p = skip_space(p)) != ':') return NULL;
                p++;
            }
            if ((p = json_value(p)) == NULL) return NULL;
            p = skip_space(p);
            if (*p == close) return p + 1;
            if (*p++ != ',') return NULL;
            p = skip_space(p);
        }
    }
    if (*p == '"') {
        for (p++; *p != '"'; p++) {
            if ((unsigned char)*p < 0x20) return NULL;
            if (*p == '\\' && *++p == '\0') return NULL;
        }
        return p + 1;
    }
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++)
        if (strncmp(p, words[i], strlen(words[i])) == 0) return p + strlen(words[i]);
    char *end;
    strtod(p, &end);
    return end > p ? end : NULL;
}

static void assert_has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) fail_msg("missing: %s", part);
}

static void assert_lacks(const char *text, const char *part) {
    if (strstr(text, part) != NULL) fail_msg("must not occur: %s", part);
}

static void test_json(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf out, again;
    dk_buf_init(&out);
    dk_buf_init(&again);
    dk_report_json(r, &out);
    dk_report_json(r, &again);
    const char *text = dk_buf_cstr(&out), *end = json_value(text);
    assert_non_null(end);
    assert_string_equal(skip_space(end), "");
    assert_string_equal(text, dk_buf_cstr(&again));
    assert_has(text, "\"format\": 1");
    assert_has(text, "\"seed\": \"18446744073709551615\""); /* a number would lose digits */
    assert_has(text, "\"verdict\": \"no_link\"");
    assert_has(text, "\"reason\": \"Only 12 customers have a profit.\"");
    assert_has(text, "\"worth\": null");
    assert_lacks(text, "</script>");
    /* the hidden segment: its NPS -77, its profit 99991 and its 8 responses must be nowhere */
    assert_lacks(text, "-77");
    assert_lacks(text, "99991");
    dk_buf_dispose(&out);
    dk_buf_dispose(&again);
    sample_free(r);
}

static void test_csv(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf out;
    dk_buf_init(&out);
    dk_report_drivers_csv(r, &out);
    const char *text = dk_buf_cstr(&out);
    assert_has(text,
               "nps,NPS points,all,12377,link,1,yes,support,support.waiting,negative,0,support,customer "
               "service,2227,0.18,-41,-49,-33,");
    /* A driver of the score whose money has no link says so, and one without money says nothing. */
    assert_has(text, ",1900000,1140000,2850000,yes,");
    assert_has(text, ",640000,384000,960000,no,");
    assert_has(text, ",,,,,0.03,");
    assert_lacks(text, "dold");
    size_t columns = 0, commas = 0;
    for (const char *p = text; *p != '\0';
         p++) { /* no cell here needs quotes: every row has as many commas as the header */
        commas += *p == ',';
        if (*p != '\n') continue;
        if (columns == 0) columns = commas;
        assert_int_equal(commas, columns);
        commas = 0;
    }
    dk_buf_clear(&out);
    dk_report_rejected_csv(r, &out);
    text = dk_buf_cstr(&out);
    assert_has(text, "file,line,row,column,problem,value,message,kept\n"
                     "survey.csv,4031,4030,,unreadable row,\"88213,2026-03-02,9,\"\"x,y\"\",1,2,3,4\",9 "
                     "cells where the header has 7,no\n"
                     "survey.csv,5001,5000,nps,score,11,");
    dk_buf_dispose(&out);
    sample_free(r);
}

/* ---- The page ---- */

static const char template[] = "<html lang=\"{{language}}\"><title>{{title}}</title><script type=\"application/json\">{{report}}</script>";

static dk_json_value *parsed(dk_buf *json, const dk_study_result *r) {
    dk_json_value *root;
    dk_error err;
    dk_buf_clear(json);
    dk_report_json(r, json);
    if (dk_json_parse(&root, "report.json", (dk_str){json->ptr, json->len}, &err) != DK_OK) fail_msg("%s", err.message);
    return root;
}

/* A comment that closes the script element would run as script in the reader's browser. */
static void test_page(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf json, out;
    dk_buf_init(&json);
    dk_buf_init(&out);
    dk_json_value *root = parsed(&json, r);
    dk_str page = {template, sizeof template - 1};
    assert_int_equal(dk_report_html(page, root, (dk_str){json.ptr, json.len}, DK_LANG_DA, &out, NULL), DK_OK);
    const char *html = dk_buf_cstr(&out), *report = strstr(html, "json\">") + 6;
    assert_has(html, "<html lang=\"da\"><title>Nordisk handel 2025 &lt;&amp;&gt;</title>");
    assert_ptr_equal(strchr(report, '<'), strstr(report, "</script>")); /* the one that closes */
    assert_string_equal(strstr(report, "</script>"), "</script>");
    const char *end = json_value(report);
    assert_non_null(end);
    assert_string_equal(end, "</script>"); /* still JSON, whole */
    dk_error err;
    dk_str broken = {template, 30};
    dk_buf_clear(&out);
    assert_int_equal(dk_report_html(broken, root, page, DK_LANG_DA, &out, &err), DK_EDATA);
    assert_has(err.message, "{{title}}");
    /* JSON that somebody else has written may hold a < as it is, and a backslash before a quote */
    dk_buf_clear(&out);
    dk_json_compact(&out, dk_str_from("{ \"a b\" : \"</script> \\\" x\\\\\" ,\n\"c\":[1, 2]}"));
    assert_string_equal(dk_buf_cstr(&out), "{\"a b\":\"\\u003c/script> \\\" x\\\\\",\"c\":[1,2]}");
    dk_json_free(root);
    dk_buf_dispose(&json);
    dk_buf_dispose(&out);
    sample_free(r);
}

/* ---- The tables ---- */

typedef struct seen {
    size_t rows;
    dk_buf text;
} seen;

static dk_status see(void *context, const dk_report_table *table, const dk_report_cell *cells, dk_error *err) {
    (void)err;
    seen *s = context;
    s->rows++;
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (dk_column_is_text(&table->columns[i])) dk_buf_put(&s->text, cells[i].text.ptr, cells[i].text.len);
        else dk_buf_put_double(&s->text, cells[i].number);
        dk_buf_putc(&s->text, '|');
    }
    dk_buf_putc(&s->text, '\n');
    return DK_OK;
}

static const dk_report_table *table_named(const char *id) {
    for (size_t i = 0; i < dk_report_table_count; i++)
        if (strcmp(dk_report_tables[i].id, id) == 0) return &dk_report_tables[i];
    fail_msg("no table %s", id);
    return NULL;
}

static size_t rows_of(const char *id, const dk_json_value *root, dk_language language, dk_buf *text) {
    seen s = {0};
    dk_buf_init(&s.text);
    assert_int_equal(dk_report_table_rows(table_named(id), root, language, see, &s, NULL), DK_OK);
    dk_buf_clear(text);
    dk_buf_put(text, s.text.ptr, s.text.len);
    dk_buf_dispose(&s.text);
    return s.rows;
}

/* The workbook must not call money of no known time a yearly one, nor that of respondents everybody's. */
static void test_timed(void **state) {
    (void)state;
    static const struct {
        const char *report;
        dk_message worth, profit;
    } of[] = {
        {"{\"join\": null, \"worth\": null, \"profit_link\": {\"periods_a_year\": 1}}", MSG_worth_plain, MSG_profit},
        {"{\"join\": {\"responses\": 9}, \"worth\": null, \"profit_link\": null}", MSG_worth, MSG_profit},
        {"{\"join\": {\"responses\": 9}, \"worth\": {\"levers\": []}, \"profit_link\": {\"periods_a_year\": 4}}", MSG_worth_respondents, MSG_profit_period},
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        dk_json_value *root = NULL;
        assert_int_equal(dk_json_parse(&root, "report.json", dk_str_from(of[i].report), NULL), DK_OK);
        assert_int_equal(dk_report_timed(MSG_worth, root), of[i].worth);
        assert_int_equal(dk_report_timed(MSG_profit_period, root), of[i].profit);
        assert_int_equal(dk_report_timed(MSG_nps, root), MSG_nps);
        dk_json_free(root);
    }
}

/* A path that misses would leave a column empty in every sheet; a hidden segment must not appear in any. */
static void test_tables(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf json, text;
    dk_buf_init(&json);
    dk_buf_init(&text);
    dk_json_value *root = parsed(&json, r);
    assert_int_equal(rows_of("segments", root, DK_LANG_SV, &text), SAMPLE_SEGMENTS - 1);
    assert_has(dk_buf_cstr(&text), "Alla|31|28|34|");
    assert_int_equal(rows_of("drivers", root, DK_LANG_SV, &text) > 5, 1);
    assert_has(dk_buf_cstr(&text), "NPS|Alla|Väntetid|Support|negativt|ja|12377|2227|0.18|-41|-49|-33|");
    assert_has(dk_buf_cstr(&text), "Konto: övriga teman|");
    (void)rows_of("drivers", root, DK_LANG_OTHER, &text);
    assert_has(dk_buf_cstr(&text), "nps|all|support.waiting|support|negative|yes|");
    (void)rows_of("themes", root, DK_LANG_DA, &text); /* everybody's themes first, as the chart needs them */
    assert_memory_equal(dk_buf_cstr(&text), "Alle|", 5);
    for (size_t i = 0; i < dk_report_table_count; i++) {
        (void)rows_of(dk_report_tables[i].id, root, DK_LANG_EN, &text);
        assert_lacks(dk_buf_cstr(&text), "dold|");
        assert_lacks(dk_buf_cstr(&text), "99991");
    }
    dk_json_free(root);
    dk_buf_dispose(&json);
    dk_buf_dispose(&text);
    sample_free(r);
}

/* The same report must be the same file, or nobody can tell whether something changed. */
static void test_workbook(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf json, one, two;
    dk_buf_init(&json);
    dk_buf_init(&one);
    dk_buf_init(&two);
    dk_json_value *root = parsed(&json, r);
    assert_int_equal(dk_report_xlsx(root, DK_LANG_SV, &one, NULL), DK_OK);
    assert_int_equal(dk_report_xlsx(root, DK_LANG_SV, &two, NULL), DK_OK);
    assert_true(one.len > 5000 && one.len == two.len && memcmp(one.ptr, two.ptr, one.len) == 0);
    assert_memory_equal(one.ptr, "PK", 2);
    dk_json_free(root);
    dk_buf_dispose(&json);
    dk_buf_dispose(&one);
    dk_buf_dispose(&two);
    sample_free(r);
}

/* A report of nothing at all, and what is no report. */
static void test_rebuild(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
        int line;
    } wrong[] = {{"{\"format\": 1,\n oops", "this is no JSON", 2}, {"{\"format\": 1}", "no report of drivkraft", 0}, {"[]", "no report of drivkraft", 0}, {"", "this is no JSON", 1}};
    const dk_report_options how = {.forms = DK_REPORT_XLSX | DK_REPORT_CSV};
    char folder[] = "/tmp/dk-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = dk_path_join(folder, "report.json");
    dk_error err;
    assert_int_equal(dk_report_rebuild(folder, &how, &err), DK_EIO);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(wrong[i].text, f);
        fclose(f);
        assert_int_equal(dk_report_rebuild(folder, &how, &err), DK_EDATA);
        assert_has(err.message, wrong[i].message);
        assert_int_equal(err.line, wrong[i].line);
    }
    unlink(path);
    free(path);
    assert_int_equal(rmdir(folder), 0); /* nothing was written */
    dk_study_result *r = dk_study_result_new();
    assert_non_null(r);
    dk_study_segment all = {.name = "all"};
    r->segments = &all;
    r->nsegments = 1;
    r->title = "x";
    dk_buf json, out;
    dk_buf_init(&json);
    dk_buf_init(&out);
    dk_json_value *root = parsed(&json, r);
    assert_int_equal(dk_report_xlsx(root, DK_LANG_EN, &out, NULL), DK_OK);
    dk_json_free(root);
    dk_buf_dispose(&json);
    dk_buf_dispose(&out);
    sample_free(r);
}

/* A message that lacks a language or a place for an argument would show as a hole in somebody's report. */
static void test_messages(void **state) {
    (void)state;
    for (int m = 0; m < DK_MESSAGES; m++) {
        unsigned places[3] = {0};
        for (int l = 0; l < 3; l++) {
            const char *text = dk_message_text((dk_message)m, languages[l]);
            assert_true(text[0] != '\0');
            for (const char *p = text; (p = strchr(p, '{')) != NULL; p++) places[l] |= 1u << (p[1] - '0');
        }
        if (places[0] != places[1] || places[0] != places[2])
            fail_msg("%s", dk_message_text((dk_message)m, DK_LANG_EN));
    }
    assert_string_equal(dk_message_word("delivery", DK_LANG_DA), "Levering");
    assert_string_equal(dk_message_word("own.touchpoint", DK_LANG_DA), "own.touchpoint");
    for (int role = 0; role < DK_ROLES; role++) { /* each role of a column has its word */
        const char *name = dk_role_name((dk_role)role);
        if (role != DK_ROLE_ID && role != DK_ROLE_SEGMENT && role != DK_ROLE_PERIOD)
            assert_string_not_equal(dk_message_word(name, DK_LANG_SV), name);
    }
}

static void test_locale(void **state) {
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *en, *sv, *da;
    } numbers[] = {{0, 0, "0", "0", "0"},
                   {1234, 0, "1,234", "1234", "1234"},
                   {12345.678, 1, "12,345.7",
                    "12\xC2\xA0"
                    "345,7",
                    "12.345,7"},
                   {-0.04, 1, "0.0", "0,0", "0,0"},
                   {-1234567.5, 0,
                    "\xE2\x88\x92"
                    "1,234,568",
                    "\xE2\x88\x92"
                    "1\xC2\xA0"
                    "234\xC2\xA0"
                    "568",
                    "\xE2\x88\x92"
                    "1.234.568"},
                   {2.005, 2, "2.01", "2,01", "2,01"},
                   {0.07, 2, "0.07", "0,07", "0,07"},
                   {NAN, 1, "–", "–", "–"},
                   {INFINITY, 1, "–", "–", "–"}};
    dk_buf out;
    dk_buf_init(&out);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *want[] = {numbers[i].en, numbers[i].sv, numbers[i].da};
        for (int l = 0; l < 3; l++) {
            dk_buf_clear(&out);
            dk_locale_number(&out, languages[l], numbers[i].value, numbers[i].decimals);
            if (i != 5)
                assert_string_equal(dk_buf_cstr(&out), want[l]); /* 2.005 is a little less in binary */
        }
    }
    static const struct {
        double amount;
        const char *en, *da;
    } money[] = {{118.2, "118\xC2\xA0SEK", "118\xC2\xA0SEK"},
                 {3.456, "3.5\xC2\xA0SEK", "3,5\xC2\xA0SEK"},
                 {3, "3\xC2\xA0SEK", "3\xC2\xA0SEK"},
                 {0.256, "0.26\xC2\xA0SEK", "0,26\xC2\xA0SEK"},
                 {12345, "12,300\xC2\xA0SEK", "12.300\xC2\xA0SEK"},
                 {-640400,
                  "\xE2\x88\x92"
                  "640,000\xC2\xA0SEK",
                  "\xE2\x88\x92"
                  "640.000\xC2\xA0SEK"},
                 {1910000, "1.9\xC2\xA0MSEK", "1,9\xC2\xA0mio.\xC2\xA0SEK"},
                 {999700, "1.0\xC2\xA0MSEK", "1,0\xC2\xA0mio.\xC2\xA0SEK"},
                 {123456789, "123\xC2\xA0MSEK", "123\xC2\xA0mio.\xC2\xA0SEK"}};
    for (size_t i = 0; i < sizeof money / sizeof *money; i++) {
        dk_buf_clear(&out);
        dk_locale_money(&out, DK_LANG_EN, money[i].amount, "SEK", false);
        assert_string_equal(dk_buf_cstr(&out), money[i].en);
        dk_buf_clear(&out);
        dk_locale_money(&out, DK_LANG_DA, money[i].amount, "SEK", false);
        assert_string_equal(dk_buf_cstr(&out), money[i].da);
    }
    static const char *const dates[][3] = {{"2026-03-02", "2 Mar 2026", "2.3.2026"},
                                           {"2026-13-02", "2026-13-02", "2026-13-02"},
                                           {"soon", "soon", "soon"}};
    for (size_t i = 0; i < 3; i++) {
        dk_buf_clear(&out);
        dk_locale_date(&out, DK_LANG_EN, dates[i][0]);
        assert_string_equal(dk_buf_cstr(&out), dates[i][1]);
        dk_buf_clear(&out);
        dk_locale_date(&out, DK_LANG_DA, dates[i][0]);
        assert_string_equal(dk_buf_cstr(&out), dates[i][2]);
    }
    dk_buf_clear(&out);
    dk_locale_share(&out, DK_LANG_EN, 0.153);
    dk_locale_share(&out, DK_LANG_SV, 0.0153);
    assert_string_equal(dk_buf_cstr(&out), "15%1,5\xC2\xA0%");
    dk_buf_dispose(&out);
}

/* A field that is not in docs/report.md is one that nobody can rely on. */
static void assert_documented(const char *docs, const char *name, size_t len) {
    char quoted[80];
    snprintf(quoted, sizeof quoted, "`%.*s`", (int)len, name);
    if (strstr(docs, quoted) == NULL) fail_msg("docs/report.md does not know %s", quoted);
}

static void test_documented(void **state) {
    (void)state;
    dk_study_result *r = sample_result();
    dk_buf docs, out;
    dk_buf_init(&docs);
    dk_buf_init(&out);
    assert_int_equal(dk_file_read("docs/report.md", &docs, NULL), DK_OK);
    dk_report_json(r, &out);
    int keys = 0;
    for (const char *p = dk_buf_cstr(&out); (p = strstr(p, "\": ")) != NULL; p++, keys++) {
        const char *start = p;
        while (start[-1] != '"') start--;
        assert_documented(dk_buf_cstr(&docs), start, (size_t)(p - start));
    }
    assert_true(keys > 500);
    for (int table = 0; table < 2; table++) {
        dk_buf_clear(&out);
        (table == 0 ? dk_report_drivers_csv : dk_report_rejected_csv)(r, &out);
        const char *p = dk_buf_cstr(&out);
        for (size_t len; *p != '\n'; p += len + (p[len] == ',')) {
            len = strcspn(p, ",\n");
            assert_documented(dk_buf_cstr(&docs), p, len);
        }
    }
    dk_buf_dispose(&docs);
    dk_buf_dispose(&out);
    sample_free(r);
}

/* All files or none of them. */
static void test_folder(void **state) {
    (void)state;
    static const char *const names[] = {"report.html", "report.json", "report.xlsx", "drivers.csv", "followup.csv", "rejected.csv"};
    char folder[] = "/tmp/dk-test-XXXXXX", inner[64];
    assert_non_null(mkdtemp(folder));
    snprintf(inner, sizeof inner, "%s/new/report", folder);
    dk_study_result *r = sample_result();
    dk_error err;
    char *page = dk_path_join(folder, "page.html");
    FILE *f = fopen(page, "w");
    assert_non_null(f);
    fputs(template, f);
    fclose(f);
    const dk_report_options how = {.page = page};
    assert_int_equal(dk_report_write(r, inner, &how, &err), DK_OK);
    for (int i = 0; i < 6; i++) {
        char *path = dk_path_join(inner, names[i]);
        assert_true(dk_file_exists(path));
        unlink(path);
        free(path);
    }
    char *blocked = dk_path_join(inner, "drivers.csv");
    assert_int_equal(mkdir(blocked, 0700), 0);
    assert_int_equal(dk_report_write(r, inner, &how, &err), DK_EIO);
    assert_string_equal(err.file, blocked);
    char *written = dk_path_join(inner, "report.html");
    assert_false(dk_file_exists(written));
    rmdir(blocked);
    free(blocked);
    free(written);
    unlink(page);
    free(page);
    assert_int_equal(rmdir(inner), 0); /* nothing half-written is left */
    snprintf(inner, sizeof inner, "%s/new", folder);
    rmdir(inner);
    rmdir(folder);
    sample_free(r);
}

/* A reader of a Swedish report must not meet English, nor a figure in English writing, nor a text that is not of the analysis
   turned into something else. */
static void sentences_of_the_analysis_are_translated(void **state) {
    static const struct {
        const char *english, *swedish, *danish; /* NULL: not in the list */
    } cases[] = {
        {"30 responses are too few", "30 svar är för få", "30 svar er for få"},
        {"12,408 rows, semicolon, UTF-8 (3 cells repaired, 1 row too short)", "12\xC2\xA0" "408 rader, semikolon, UTF-8 (3 lagade celler, 1 för kort rad)",
         "12.408 rækker, semikolon, UTF-8 (3 celler rettet, 1 række for kort)"},
        {"2025-01-02 to 2025-12-30", "2025-01-02 till 2025-12-30", "2.1.2025 til 30.12.2025"},
        {"-5 to 5, not NPS", "\xE2\x88\x92" "5 till 5, inte NPS", "\xE2\x88\x92" "5 til 5, ikke NPS"},
        {"bands of margin", "gränser i margin", "grænser i margin"},
        {"expected a score of 0 to 10; the row stays, without a score", "väntade ett betyg från 0 till 10; raden är kvar, utan betyg",
         "ventede en karakter fra 0 til 10; rækken bliver, uden karakter"},
        {"nps: 30 responses are too few", "NPS: 30 svar är för få", "NPS: 30 svar er for få"},
        {"min kolumn: 30 responses are too few", "min kolumn: 30 svar är för få", "min kolumn: 30 svar er for få"},
        {"from Malmö to Lund", NULL, NULL},
        {"nps: from Malmö to Lund", NULL, NULL},
        {"blue < silver, gold", NULL, NULL},
        {"", NULL, NULL},
    };
    (void)state;
    dk_buf out;
    dk_buf_init(&out);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int l = DK_LANG_SV; l <= DK_LANG_DA; l++) {
            const char *wanted = l == DK_LANG_SV ? cases[i].swedish : cases[i].danish;
            dk_buf_clear(&out);
            bool known = dk_sentence_put(&out, dk_str_from(cases[i].english), (dk_language)l);
            if (known != (wanted != NULL) || strcmp(dk_buf_cstr(&out), wanted != NULL ? wanted : "") != 0)
                fail_msg("\"%s\" became \"%s\"", cases[i].english, dk_buf_cstr(&out));
        }
    dk_buf_dispose(&out);
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "--write") == 0) { /* --write FOLDER [LANGUAGE [PAGE]]: the sample as a folder */
        dk_study_result *r = sample_result();
        if (argc > 3 && !dk_language_from_name(dk_str_from(argv[3]), &r->report_language)) return 2;
        const dk_report_options how = {.page = argc > 4 ? argv[4] : NULL};
        dk_status status = dk_report_write(r, argv[2], &how, NULL);
        sample_free(r);
        return (int)status;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),       cmocka_unit_test(test_csv),        cmocka_unit_test(test_page),
        cmocka_unit_test(test_timed), cmocka_unit_test(test_tables), cmocka_unit_test(test_workbook), cmocka_unit_test(test_rebuild), cmocka_unit_test(test_messages),
        cmocka_unit_test(test_locale),     cmocka_unit_test(test_documented), cmocka_unit_test(sentences_of_the_analysis_are_translated),
        cmocka_unit_test(test_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
