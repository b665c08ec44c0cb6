/* The text that outputs are made of: CSV cells, JSON, and what cells read back as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "io/cell.h"
#include "io/csv_write.h"
#include "io/json_write.h"

static void test_csv(void **state) {
    (void)state;
    static const char *const cells[][2] = {{"", ""},
                                           {"plain text", "plain text"},
                                           {"a,b", "\"a,b\""},
                                           {"\"", "\"\"\"\""},
                                           {"a\nb", "\"a\nb\""},
                                           {"a\rb", "\"a\rb\""},
                                           {"say \"x\"", "\"say \"\"x\"\"\""},
                                           {" a;b\t", " a;b\t"}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        dk_buf buf;
        dk_buf_init(&buf);
        dk_csv_puts(&buf, cells[i][0]);
        assert_string_equal(dk_buf_cstr(&buf), cells[i][1]);
        dk_buf_dispose(&buf);
    }
    /* a special byte at each place of each length: the scan must not step over one */
    for (size_t len = 1; len < 40; len++) {
        for (size_t at = 0; at < len; at++) {
            char text[40];
            memset(text, 'x', len);
            text[at] = ',';
            dk_buf buf;
            dk_buf_init(&buf);
            dk_csv_put(&buf, (dk_str){text, len});
            assert_int_equal(buf.len, len + 2);
            dk_buf_dispose(&buf);
        }
    }
    dk_buf buf;
    dk_buf_init(&buf);
    dk_csv_put_row(&buf, (dk_str[]){dk_str_from("a"), dk_str_from(""), dk_str_from("b,c")}, 3);
    dk_csv_put_row(&buf, (dk_str[]){dk_str_from("")}, 1);
    assert_string_equal(dk_buf_cstr(&buf), "a,,\"b,c\"\n\"\"\n");
    dk_buf_dispose(&buf);
}

static void write_sample(dk_json *j) {
    dk_json_object(j);
    dk_json_key(j, "n");
    dk_json_int(j, INT64_MIN);
    dk_json_key(j, "ci");
    dk_json_array(j);
    dk_json_double(j, -0.5);
    dk_json_double(j, NAN);
    dk_json_end(j);
    dk_json_key(j, "rows");
    dk_json_array(j);
    dk_json_object(j);
    dk_json_key(j, "a");
    dk_json_bool(j, true);
    dk_json_end(j);
    dk_json_object(j);
    dk_json_end(j);
    dk_json_end(j);
    dk_json_key(j, "none");
    dk_json_array(j);
    dk_json_end(j);
    dk_json_key(j, "t");
    dk_json_text(j, NULL);
    dk_json_end(j);
}

static void test_json_shape(void **state) {
    (void)state;
    dk_buf buf;
    dk_json j;
    dk_buf_init(&buf);
    dk_json_init(&j, &buf, false);
    write_sample(&j);
    assert_string_equal(dk_buf_cstr(&buf),
                        "{\"n\":-9223372036854775808,\"ci\":[-0.5,null],\"rows\":[{\"a\":true},{}],"
                        "\"none\":[],\"t\":null}");
    dk_buf_clear(&buf);
    dk_json_init(&j, &buf, true);
    write_sample(&j);
    assert_string_equal(dk_buf_cstr(&buf),
                        "{\n  \"n\": -9223372036854775808,\n  \"ci\": [-0.5, null],\n  \"rows\": [\n    {\n"
                        "      \"a\": true\n    },\n    {}\n  ],\n  \"none\": [],\n  \"t\": null\n}\n");
    dk_buf_dispose(&buf);
}

/* A comment that could leave its string would be a program in the reader's browser. */
static void test_json_strings(void **state) {
    (void)state;
    static const char *const strings[][2] = {
        {"å 😀", "\"å 😀\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\r\t\b\x1f\x7f", "\"\\n\\r\\t\\u0008\\u001f\\u007f\""},
        {"</script><!--&", "\"\\u003c/script\\u003e\\u003c!--\\u0026\""},
        {"\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xA7", "\"\\u2028\\u2029\xE2\x80\xA7\""},
        {"a\xFF"
         "b\xC3",
         "\"a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        dk_buf buf;
        dk_buf_init(&buf);
        dk_json_escape(&buf, dk_str_from(strings[i][0]));
        assert_string_equal(dk_buf_cstr(&buf), strings[i][1]);
        dk_buf_dispose(&buf);
    }
    dk_buf buf;
    dk_buf_init(&buf);
    dk_json_escape(&buf, (dk_str){"a\0b", 3});
    assert_string_equal(dk_buf_cstr(&buf), "\"a\\u0000b\"");
    dk_buf_dispose(&buf);
}

static void test_json_numbers(void **state) {
    (void)state;
    static const double values[] = {
        0.1, 1.0 / 3, 1e300, 5e-324, -123456789.125, 1e15, 2.2250738585072014e-308, 100};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        dk_buf buf;
        dk_json j;
        dk_buf_init(&buf);
        dk_json_init(&j, &buf, false);
        dk_json_double(&j, values[i]);
        assert_true(strtod(dk_buf_cstr(&buf), NULL) == values[i]);
        dk_buf_dispose(&buf);
    }
}

static void test_missing(void **state) {
    (void)state;
    static const char *const missing[] = {"", " ", "NA", "na", " N/A ", ".", "n/a", "\xC2\xA0"};
    static const char *const present[] = {"0", "-", "nej", "NAN", "..", "N.A."};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_true(dk_cell_missing(dk_str_from(missing[i])));
    for (size_t i = 0; i < sizeof present / sizeof *present; i++)
        assert_false(dk_cell_missing(dk_str_from(present[i])));
}

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"7", 7},
                {" 7,5 ", 7.5},
                {"-0.25", -0.25},
                {"+3", 3},
                {"\xE2\x88\x92"
                 "12",
                 -12},
                {"1.234,5", 1234.5},
                {"1,234.5", 1234.5},
                {"1,234,567", 1234567},
                {"1.234.567", 1234567},
                {"1 234 567,8", 1234567.8},
                {"12\xC2\xA0"
                 "345",
                 12345},
                {"1'000", 1000},
                {"1e3", 1000},
                {"2,5E-2", 0.025},
                {"1,234", 1.234},
                {"0.1", 0.1},
                {".5", 0.5},
                {"5.", 5},
                {"123456789012345678", 123456789012345678.0},
                {"0.30000000000000004", 0.30000000000000004}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = -1;
        if (!dk_cell_number(dk_str_from(good[i].text), &value) || value != good[i].value)
            fail_msg("%s gives %.17g", good[i].text, value);
    }
    static const char *const bad[] = {"",         "x",     "nan", "inf", "0x10",     "7/10",
                                      "1e",       "1e999", "--1", "1-2", "1,2,3",    "12 34",
                                      "1.23.456", ",",     ".",   "-",   "7 points", "1.234,5.6"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value;
        if (dk_cell_number(dk_str_from(bad[i]), &value)) fail_msg("%s gives %g", bad[i], value);
    }
    /* money as Nordic spreadsheets export it; a unit that is not known must not pass for a number */
    static const struct {
        const char *text;
        double value;
    } amounts[] = {{"1.234,50 kr.", 1234.5}, {"-80 kr", -80}, {"SEK 1 200", 1200}, {"100:-", 100}, {"12,5 %", 12.5}, {"\xE2\x82\xAC" "9.99", 9.99}, {"7", 7}};
    static const char *const no_amounts[] = {"kr", "kr kr", "12 km", "%", ":-", "1 kr 2", "krona 5"};
    double amount;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (!dk_cell_amount(dk_str_from(amounts[i].text), &amount) || amount != amounts[i].value) fail_msg("%s", amounts[i].text);
    for (size_t i = 0; i < sizeof no_amounts / sizeof *no_amounts; i++)
        if (dk_cell_amount(dk_str_from(no_amounts[i]), &amount)) fail_msg("%s gives %g", no_amounts[i], amount);
    int64_t whole;
    assert_true(dk_cell_integer(dk_str_from(" -12 "), &whole) && whole == -12);
    assert_true(dk_cell_integer(dk_str_from("9223372036854775807"), &whole) && whole == INT64_MAX);
    assert_false(dk_cell_integer(dk_str_from("9223372036854775808"), &whole));
    assert_false(dk_cell_integer(dk_str_from("1.0"), &whole));
    assert_false(dk_cell_integer(dk_str_from("-"), &whole));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),          cmocka_unit_test(test_json_shape),
        cmocka_unit_test(test_json_strings), cmocka_unit_test(test_json_numbers),
        cmocka_unit_test(test_missing),      cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
