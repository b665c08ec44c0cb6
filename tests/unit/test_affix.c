/* The expander of .aff and .dic files: rules one by one, damaged files, and the real dictionaries against Hunspell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "text/affix.h"
#include "text/spellcheck.h"

static dk_status note(void *context, const dk_affix_form *f, dk_error *err) {
    dk_buf *out = context;
    dk_buf_putf(out, "%.*s<%.*s", (int)f->form.len, f->form.ptr,
                (int)(f->stem.len ? f->stem.len : f->entry.len), f->stem.len ? f->stem.ptr : f->entry.ptr);
    if (f->properties != 0) dk_buf_putf(out, ":%u", f->properties);
    dk_buf_putc(out, ' ');
    return dk_buf_status(out, err);
}

static void expect(const char *aff, const char *dic, const char *expected) {
    dk_affix *affix;
    dk_error err;
    dk_buf out;
    dk_buf_init(&out);
    assert_int_equal(dk_affix_parse(&affix, "test.aff", dk_str_from(aff), &err), DK_OK);
    assert_int_equal(dk_affix_expand(affix, dk_str_from(dic), note, &out, NULL, &err), DK_OK);
    assert_string_equal(dk_buf_cstr(&out), expected);
    dk_buf_dispose(&out);
    dk_affix_free(affix);
}

/* Wrong if: a rule is applied where its condition or its strip does not fit, or the wrong bytes are cut. */
static void suffixes_follow_conditions(void **state) {
    (void)state;
    expect("SFX D Y 3\nSFX D 0 d e\nSFX D y ied [^aeiou]y\nSFX D 0 ed [^ey]\n", "3\nlike/D\ntry/D\nplay/D\n",
           "like<like liked<like try<try tried<try play<play ");
    expect("SFX D Y 2\nSFX D ö or [åö]\nSFX D 0 x .\n", "1\nfrö/D\n", "frö<frö fror<frö fröx<frö ");
}

/* Wrong if: a prefix meets a suffix that forbids it, or only one of the two stands on the form. */
static void prefixes_cross_where_both_allow(void **state) {
    (void)state;
    expect("PFX U Y 1\nPFX U 0 un .\nSFX R Y 1\nSFX R 0 er .\nSFX N N 1\nSFX N 0 ly .\n", "1\nkind/URN\n",
           "kind<kind unkind<kind kinder<kind unkinder<kind kindly<kind ");
}

/* Wrong if: continuation classes are not followed, or a stem that needs an affix comes out by itself. */
static void suffixes_continue(void **state) {
    (void)state;
    expect("FLAG num\nNEEDAFFIX 8\nSFX 3 Y 1\nSFX 3 0 b/11,8 b\nSFX 11 Y 1\nSFX 11 0 er .\n", "1\nklub/3\n",
           "klub<klub klubber<klub ");
}

/* Wrong if: words for the inside of compounds, forbidden words or the flags of parts are not told apart. */
static void properties_are_told(void **state) {
    (void)state;
    expect("ONLYINCOMPOUND Z\nFORBIDDENWORD !\nCOMPOUNDBEGIN X\nCOMPOUNDEND Y\nSFX z N 1\nSFX z a 0/XZ a\n",
           "3\nskola/Yz\nfel/!\n", "skola<skola:8 skol<skola:5 fel<fel:2 ");
}

/* Wrong if: one of the four ways to write flags, or aliases, are misread. */
static void flags_in_every_writing(void **state) {
    (void)state;
    expect("FLAG long\nSFX aB Y 1\nSFX aB 0 s .\n", "1\nx/aB\n", "x<x xs<x ");
    expect("FLAG UTF-8\nSFX å Y 1\nSFX å 0 s .\n", "1\nx/å\n", "x<x xs<x ");
    expect("AF 2\nAF A\nAF AB\nSFX A Y 1\nSFX A 0 s .\nSFX B Y 1\nSFX B 0 t .\n", "1\nx/2\n",
           "x<x xs<x xt<x ");
}

/* Wrong if: st: fields, escaped slashes or words with spaces before fields are cut wrongly. */
static void entries_have_fields(void **state) {
    (void)state;
    expect("SET UTF-8\n", "4\ngik st:gå\na\\/b\ngå al:gik\n\n# no entry\n",
           "gik<gå a/b<a/b gå<gå # no entry<# no entry ");
}

/* Wrong if: a damaged .aff is read half, or reported without its place. */
static void damage_is_located(void **state) {
    (void)state;
    const struct {
        const char *aff;
        int64_t line;
    } bad[] = {{"SET ISO8859-1\n", 1},
               {"SET UTF-8\nFLAG odd\n", 2},
               {"SFX A Y\n", 1},
               {"SFX A Y 1\nSFX A 0 s [ab\n", 2},
               {"FLAG num\nSFX x Y 1\n", 2},
               {"SFX A Y many\n", 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dk_affix *affix;
        dk_error err;
        assert_int_equal(dk_affix_parse(&affix, "bad.aff", dk_str_from(bad[i].aff), &err), DK_EDATA);
        assert_null(affix);
        assert_string_equal(err.file, "bad.aff");
        assert_int_equal(err.line, bad[i].line);
    }
}

typedef struct comparison {
    dk_spellcheck *check;
    size_t forms, asked, refused;
    dk_buf examples;
} comparison;

static dk_status compare(void *context, const dk_affix_form *f, dk_error *err) {
    (void)err;
    comparison *c = context;
    if (f->properties & (DK_AFFIX_ONLY_COMPOUND | DK_AFFIX_FORBIDDEN) || c->forms++ % 307 != 0) return DK_OK;
    c->asked++;
    if (dk_spellcheck_accepts(c->check, f->form)) return DK_OK;
    c->refused++;
    dk_buf_putf(&c->examples, " %.*s", (int)f->form.len, f->form.ptr);
    return DK_OK;
}

/* Wrong if: the expander makes forms that Hunspell itself does not take. A few are refused for rules outside the expander's
   task (break points, forced capitals). */
static void hunspell_takes_what_is_made(void **state) {
    (void)state;
    static const struct {
        const char *language, *name;
    } all[] = {{"sv", "sv_SE"}, {"da", "da_DK"}, {"en", "en_US"}};
    for (size_t i = 0; i < 3; i++) {
        char path[256];
        dk_error err;
        dk_affix *affix;
        comparison c = {.forms = 0};
        dk_buf aff, dic;
        dk_buf_init(&aff);
        dk_buf_init(&dic);
        snprintf(path, sizeof path, "/usr/share/hunspell/%s.aff", all[i].name);
        assert_int_equal(dk_file_read(path, &aff, &err), DK_OK);
        assert_int_equal(dk_affix_parse(&affix, path, (dk_str){aff.ptr, aff.len}, &err), DK_OK);
        snprintf(path, sizeof path, "/usr/share/hunspell/%s.dic", all[i].name);
        assert_int_equal(dk_file_read(path, &dic, &err), DK_OK);
        assert_int_equal(dk_spellcheck_open(&c.check, all[i].language, NULL, &err), DK_OK);
        assert_int_equal(dk_affix_expand(affix, (dk_str){dic.ptr, dic.len}, compare, &c, NULL, &err), DK_OK);
        assert_true(c.forms > 100000);
        if (c.refused * 500 > c.asked)
            fail_msg("%s: %zu of %zu refused:%s", all[i].language, c.refused, c.asked,
                     dk_buf_cstr(&c.examples));
        dk_buf_dispose(&c.examples);
        dk_spellcheck_free(c.check);
        dk_affix_free(affix);
        dk_buf_dispose(&aff);
        dk_buf_dispose(&dic);
    }
}

/* Wrong if: a missing dictionary passes for an empty one. */
static void missing_dictionary_is_an_error(void **state) {
    (void)state;
    dk_spellcheck *check;
    dk_error err;
    assert_int_equal(dk_spellcheck_open(&check, "sv", "/nowhere", &err), DK_EIO);
    assert_non_null(strstr(err.remedy, "hunspell-sv"));
    assert_int_equal(dk_spellcheck_open(&check, "xx", NULL, &err), DK_EUSAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(suffixes_follow_conditions),
                                       cmocka_unit_test(prefixes_cross_where_both_allow),
                                       cmocka_unit_test(suffixes_continue),
                                       cmocka_unit_test(properties_are_told),
                                       cmocka_unit_test(flags_in_every_writing),
                                       cmocka_unit_test(entries_have_fields),
                                       cmocka_unit_test(damage_is_located),
                                       cmocka_unit_test(hunspell_takes_what_is_made),
                                       cmocka_unit_test(missing_dictionary_is_an_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
