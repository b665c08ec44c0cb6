/* Workbooks: whole or not there, the same bytes each time, odd names and texts. What stands in their cells is read back by
 * tests/report_schema.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "io/json_read.h"
#include "io/xlsx_write.h"

static void fill(dk_xlsx *book) {
    static const char *const choices[] = {"delivery.speed", "support, \"waiting\""};
    dk_xlsx_sheet *sheet;
    assert_int_equal(dk_xlsx_add_sheet(book, "Teman", &sheet, NULL), DK_OK);
    dk_xlsx_column(sheet, "theme", DK_XLSX_TEXT, 0);
    dk_xlsx_column(sheet, "effect", DK_XLSX_SIGNED, 14);
    for (int i = 0; i < 3; i++) {
        dk_xlsx_text(sheet, dk_str_from("=1+1"));
        dk_xlsx_number(sheet, i == 1 ? NAN : i);
        dk_xlsx_end_row(sheet);
    }
    const int values[] = {1};
    dk_xlsx_chart(sheet, DK_XLSX_BARS, "Teman", 0, values, 1, 1, 3);
    dk_xlsx_choices(sheet, 0, 100, choices, 2);
    assert_int_equal(dk_xlsx_rows(sheet), 3);
}

static void the_same_calls_give_the_same_bytes(void **state) {
    (void)state;
    dk_buf bytes[2];
    for (int i = 0; i < 2; i++) {
        dk_xlsx *book;
        dk_buf_init(&bytes[i]);
        assert_int_equal(dk_xlsx_new(&book, NULL), DK_OK);
        fill(book);
        assert_int_equal(dk_xlsx_finish(book, &bytes[i], NULL), DK_OK);
    }
    assert_int_equal(bytes[0].len, bytes[1].len);
    assert_memory_equal(bytes[0].ptr, bytes[1].ptr, bytes[0].len);
    dk_buf_dispose(&bytes[0]);
    dk_buf_dispose(&bytes[1]);
}

/* A file that is half a workbook would be taken for a whole one. */
static void a_workbook_is_whole_or_not_there(void **state) {
    (void)state;
    char folder[] = "/tmp/dk-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = dk_path_join(folder, "a.xlsx");
    dk_xlsx *book;
    dk_xlsx_sheet *sheet;
    dk_error err;
    assert_int_equal(dk_xlsx_open(&book, path, NULL), DK_OK);
    fill(book);
    dk_xlsx_abort(book);
    assert_false(dk_file_exists(path));
    /* a mistake within is told at the end, and leaves no file */
    assert_int_equal(dk_xlsx_open(&book, path, NULL), DK_OK);
    assert_int_equal(dk_xlsx_add_sheet(book, "x", &sheet, NULL), DK_OK);
    dk_xlsx_column(sheet, "one", DK_XLSX_TEXT, 0);
    dk_xlsx_text(sheet, dk_str_from("a"));
    dk_xlsx_text(sheet, dk_str_from("b"));
    assert_int_equal(dk_xlsx_close(book, &err), DK_EUSAGE);
    assert_non_null(strstr(err.message, "more cells than columns"));
    assert_false(dk_file_exists(path));
    assert_int_equal(dk_xlsx_open(&book, path, NULL), DK_OK);
    fill(book);
    assert_int_equal(dk_xlsx_close(book, &err), DK_OK);
    assert_true(dk_file_exists(path));
    unlink(path);
    free(path);
    assert_int_equal(rmdir(folder), 0);
}

/* Excel refuses a workbook whose sheets have names that it forbids, or twice the same. */
/* Files that may not grow beyond 20 KB stand for a temporary folder that is full. Wrong if a sheet that did not fit there is missing from the
   workbook without a word: packed, what is left of it fits. */
static void a_full_temporary_folder_is_told(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {20000, 20000};
        setrlimit(RLIMIT_FSIZE, &limit);
        dk_xlsx *book;
        dk_xlsx_sheet *sheet;
        dk_error err = {0};
        dk_buf out;
        dk_buf_init(&out);
        if (dk_xlsx_new(&book, &err) != DK_OK || dk_xlsx_add_sheet(book, "Rows", &sheet, &err) != DK_OK) _exit(1);
        dk_xlsx_column(sheet, "row", DK_XLSX_COUNT, 0);
        for (int i = 0; i < 2000; i++) {
            dk_xlsx_number(sheet, i);
            dk_xlsx_end_row(sheet);
        }
        dk_status status = dk_xlsx_finish(book, &out, &err);
        dk_buf_dispose(&out);
        _exit(status == DK_EIO && strstr(err.message, "no space left") != NULL ? 0 : 2);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

/* Wrong if one of them makes a workbook that is not well-formed, which Excel would not open and dk_xlsx_finish refuses. */
static void names_and_texts_that_excel_forbids(void **state) {
    (void)state;
    static const char *const names[] = {"",
                                        "a/b:c",
                                        "'quoted'",
                                        "Ett mycket långt namn på ett blad i boken",
                                        "Ett mycket långt namn på ett blad i boken",
                                        "TEMAN",
                                        "Teman"};
    dk_xlsx *book;
    dk_buf out, text;
    dk_buf_init(&out);
    dk_buf_init(&text);
    assert_int_equal(dk_xlsx_new(&book, NULL), DK_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        dk_xlsx_sheet *sheet;
        assert_int_equal(dk_xlsx_add_sheet(book, names[i], &sheet, NULL), DK_OK);
        dk_xlsx_column(sheet, "a", DK_XLSX_WRAPPED, 0);
        dk_buf_clear(&text);
        for (int k = 0; k < 40000; k++) dk_buf_puts(&text, "å"); /* beyond Excel's 32,767 characters */
        dk_xlsx_text(sheet, (dk_str){text.ptr, text.len});
        dk_xlsx_end_row(sheet);
        dk_xlsx_text(sheet, (dk_str){"\x01 \0 \xFF \xEF\xBF\xBE \xEF\xBF\xBD", 13});
        dk_xlsx_end_row(sheet);
    }
    assert_int_equal(dk_xlsx_finish(book, &out, NULL), DK_OK);
    dk_buf_dispose(&out);
    dk_buf_dispose(&text);
}

static void json_is_read_along_paths(void **state) {
    (void)state;
    dk_json_value *root;
    dk_error err;
    const char *text =
        "{\"a\": [{\"b\": 1.5}, {\"b\": null}], \"t\": true, \"s\": \"x\", \"n\": 12345678901234567890}";
    assert_int_equal(dk_json_parse(&root, "f.json", dk_str_from(text), &err), DK_OK);
    assert_true(dk_json_num(dk_json_at(root, "a.0.b")) == 1.5);
    assert_true(isnan(dk_json_num(dk_json_at(root, "a.1.b"))));
    assert_true(isnan(dk_json_num(dk_json_at(root, "a.7.b.c"))));
    assert_int_equal(dk_json_count(dk_json_get(root, "a")), 2);
    assert_int_equal(dk_json_count(dk_json_get(root, "s")), 0);
    assert_true(dk_json_is_true(dk_json_get(root, "t")));
    assert_string_equal(dk_json_str(dk_json_get(root, "s")), "x");
    assert_null(dk_json_str(dk_json_get(root, "t")));
    dk_json_free(root);
    assert_int_equal(dk_json_parse(&root, "f.json", dk_str_from("{\"a\": 1,\n \"a\": 2}"), &err), DK_EDATA);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.file, "f.json");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_calls_give_the_same_bytes),
        cmocka_unit_test(a_workbook_is_whole_or_not_there),
        cmocka_unit_test(a_full_temporary_folder_is_told),
        cmocka_unit_test(names_and_texts_that_excel_forbids),
        cmocka_unit_test(json_is_read_along_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
