/* The reader on bad files: each fault is located, counted and explained, and rows that can be kept are kept. */
#include "test_reader_table.h"

#include <sys/stat.h>

typedef struct bad_case {
    const char *what, *text;
    int line, column;
    const char *message, *excerpt, *remedy; /* parts that must occur */
} bad_case;

static const bad_case bad[] = {
    {"unclosed quote", "id,nps,text\n1,9,ok\n2,8,\"Toppen! Aldrig haft\n3,1,dyrt\n", 3, 5,
     "a quoted field that begins here is never closed", "2,8,\"Toppen! Aldrig haft", "--quote none"},
    {"unclosed quote that a later one seems to close", "id,text\n1,\"Toppen\n2,\"Bra, men dyr\"\n", 2, 3,
     "a quoted field that begins here is never closed properly", "1,\"Toppen", "double the quotes"},
    {"unclosed quote in the header", "id,\"text\n1,a\n2,b\n", 1, 4, "header row is never closed", "id,\"text",
     "closing quote"},
    {"empty", "", 0, 0, "the file is empty", "", "header row"},
    {"only blank lines", "\n\r\n\n", 0, 0, "the file is empty", "", "header row"},
    {"gzip", "\x1f\x8b\x08 rest", 0, 0, "the gzip data are damaged", "", ""},
    {"workbook", "PK\x03\x04 rest", 0, 0, "cannot read this workbook", "", ""},
};

static void test_fatal(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const bad_case *c = &bad[i];
        table t;
        char *path = temp_file(".csv", c->text, strlen(c->text));
        table_read(&t, path, NULL);
        if (t.status != DK_EDATA) fail_msg("%s: status %d", c->what, (int)t.status);
        assert_string_equal(t.err.file, path);
        if (t.err.line != c->line || t.err.column != c->column)
            fail_msg("%s: at %lld:%lld", c->what, (long long)t.err.line, (long long)t.err.column);
        if (strstr(t.err.message, c->message) == NULL) fail_msg("%s: %s", c->what, t.err.message);
        if (strstr(t.err.excerpt, c->excerpt) == NULL) fail_msg("%s: excerpt %s", c->what, t.err.excerpt);
        if (strstr(t.err.remedy, c->remedy) == NULL) fail_msg("%s: remedy %s", c->what, t.err.remedy);
        table_dispose(&t);
        drop_file(path);
    }
}

/* The place of an unclosed quote deep in a file of many blocks, where rows span lines. */
static void test_place_in_later_block(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text\n");
    for (int i = 0; i < 500; i++) dk_buf_puts(&text, "1,\"two\nlines\"\n\n");
    dk_buf_puts(&text, "1,å,\"never\nclosed\n");
    dk_reader_options options = {.block_bytes = 64};
    table t;
    table_from(&t, ".csv", text.ptr, text.len, &options);
    assert_int_equal(t.status, DK_EDATA);
    assert_int_equal(t.err.line, 1502);
    assert_int_equal(t.err.column, 6); /* in bytes */
    assert_int_equal(t.counts.rows, 500);
    table_dispose(&t);
    dk_buf_dispose(&text);
}

/* A place far to the right would not be in an excerpt that begins with the line. */
static void test_far_excerpt(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text\n");
    for (int i = 0; i < 200; i++) dk_buf_puts(&text, "å");
    dk_buf_puts(&text, ",\"here it begins\nand\n");
    table t;
    table_of(&t, dk_buf_cstr(&text));
    assert_int_equal(t.err.column, 402);
    assert_string_equal(t.err.excerpt, "...\"here it begins");
    table_dispose(&t);
    dk_buf_dispose(&text);
}

static void test_rejects(void **state) {
    (void)state;
    table t;
    table_of(&t, "a,b,c\n1,2,3\n1,2,3,4,5\n\"x\ny\",2,3,\"4\"\n,,,9\n4,5,6\n");
    assert_int_equal(t.status, DK_OK);
    /* the rejected rows keep their numbers, so that the numbers of the others are those of the file */
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][2][3]\n[4][5][6]\n");
    assert_string_equal(dk_buf_cstr(&t.places), "1:2 5:7 ");
    assert_string_equal(dk_buf_cstr(&t.rejects), "2:3:7 5 cells where the header has 3\n"
                                                 "3:5:8 4 cells where the header has 3\n"
                                                 "4:6:4 4 cells where the header has 3\n");
    assert_int_equal(t.counts.rejected, 3);
    assert_int_equal(t.counts.rows, 2);
    table_dispose(&t);
}

/* A download that broke off: the rows before are good, the last is named. */
static void test_cut_file(void **state) {
    (void)state;
    static const char *const ends[] = {"id,text\n1,a\n2,\"b and", "id,text\n1,a\n2,\"b and\n",
                                       "id,text\n1,a\n2,\"b\"\"\r\n"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        table t;
        table_of(&t, ends[i]);
        assert_int_equal(t.status, DK_OK);
        assert_string_equal(dk_buf_cstr(&t.rows), "[1][a]\n");
        assert_string_equal(dk_buf_cstr(&t.rejects), "2:3:3 the file ends within a quoted field\n");
        table_dispose(&t);
    }
    /* cut outside of quotes it is a short row and kept */
    table t;
    table_of(&t, "id,nps,text\n1,9,a\n2,1");
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][9][a]\n[2][1][]\n");
    assert_int_equal(t.counts.short_rows, 1);
    table_dispose(&t);
}

/* What is shown of a rejected row is the row as it stands in the file, up to a limit. */
static void test_reject_text(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "a,b\n\"x \"\"y\"\"\",2,3\n1,2,k\xF6p\x1B[m\n1,2,");
    for (int i = 0; i < 5000; i++) dk_buf_puts(&text, "å");
    char *path = temp_file(".csv", text.ptr, text.len);
    dk_reader *r;
    dk_error err;
    assert_int_equal(dk_reader_open(&r, path, NULL, &err), DK_OK);
    dk_block *b = dk_block_new();
    bool done;
    assert_int_equal(dk_reader_read_block(r, b, &done, &err), DK_OK);
    assert_int_equal(b->numbered, 3);
    assert_int_equal(dk_reader_parse(r, b, &err), DK_OK);
    assert_int_equal(b->nrejects, 3);
    assert_true(dk_str_is(b->rejects[0].raw, "\"x \"\"y\"\"\",2,3"));
    assert_true(dk_str_is(b->rejects[1].raw, "1,2,köp [m")); /* safe to show and to write */
    assert_int_equal(b->rejects[2].raw.len, 1000);
    dk_block_free(b);
    dk_reader_free(r);
    drop_file(path);
    dk_buf_dispose(&text);
}

static void test_files(void **state) {
    (void)state;
    table t;
    table_read(&t, "/nonexistent/survey.csv", NULL);
    assert_int_equal(t.status, DK_EIO);
    assert_string_equal(t.err.file, "/nonexistent/survey.csv");
    assert_non_null(strstr(t.err.message, "cannot open: No such file"));
    table_read(&t, "/tmp", NULL);
    assert_int_equal(t.status, DK_EIO);
    assert_non_null(strstr(t.err.message, "folder"));
    if (geteuid() != 0) { /* root may read everything */
        char *path = temp_file(".csv", "a\n1\n", 4);
        chmod(path, 0);
        table_read(&t, path, NULL);
        assert_int_equal(t.status, DK_EIO);
        assert_non_null(strstr(t.err.message, "Permission denied"));
        drop_file(path);
    }
    dk_reader_options options = {.encoding = "no-such-encoding"};
    table_from(&t, ".csv", "a\n1\n", 4, &options);
    assert_int_equal(t.status, DK_EUSAGE);
    assert_non_null(strstr(t.err.message, "no-such-encoding"));
}

/* One row must not take all the memory there is. */
static void test_record_limit(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text\n1,\"");
    for (int i = 0; i < 100000; i++) dk_buf_puts(&text, "word\n");
    dk_reader_options options = {.block_bytes = 1024, .record_limit = 200000};
    table t;
    table_from(&t, ".csv", text.ptr, text.len, &options);
    assert_int_equal(t.status, DK_EDATA);
    assert_int_equal(t.err.line, 2);
    assert_int_equal(t.err.column, 3);
    assert_non_null(strstr(t.err.message, "is not closed within"));
    table_dispose(&t);
    /* but a long comment is read whole */
    dk_buf_puts(&text, "\"\n2,b\n");
    options.record_limit = 0;
    table_from(&t, ".csv", text.ptr, text.len, &options);
    assert_int_equal(t.status, DK_OK);
    assert_int_equal(t.counts.rows, 2);
    assert_int_equal(t.rows.len, 3 + 500000 + 3 + 7);
    table_dispose(&t);
    dk_buf_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fatal),       cmocka_unit_test(test_place_in_later_block),
        cmocka_unit_test(test_far_excerpt), cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_cut_file),    cmocka_unit_test(test_reject_text),
        cmocka_unit_test(test_files),       cmocka_unit_test(test_record_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
