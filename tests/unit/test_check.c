/* The check of lexicons: that each fault is found where it is, and that what is in order is left alone. A finding that is missing
   here would let an entry that never counts stand in the shipped lexicons; one too many would make people delete entries that do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "text/regex.h"
#include "workbench/check_fix.h"
#include "workbench/check_private.h"

static char folder[] = "/tmp/drivkraft-check-XXXXXX";

static void put_file(const char *name, const char *text) {
    char path[512], parent[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(dk_folder_make(parent, NULL), DK_OK);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static const char taxonomy[] = "theme\tstage\towner\trole\ten\tsv\tda\n"
                               "price.level\tbuy\tsales\tdriver\tPrice\tPris\tPris\n"
                               "price.fees\tbuy\tsales\tdriver\tFees\tAvgifter\tGebyrer\n"
                               "staff.care\tuse\tsales\tdriver\tCare\tOmsorg\tOmsorg\n";

static int set_up(void **state) {
    (void)state;
    char link[512];
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(link, sizeof link, "%s/models", folder);
    put_file("lexicons/taxonomy.tsv", taxonomy);
    return symlink(DK_SOURCE_DIR "/models", link);
}

static int tear_down(void **state) {
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *const files[] = {"lexicons/sv/themes.tsv", "lexicons/sv/valence.tsv", "lexicons/sv/modifiers.tsv", "lexicons/en/themes.tsv",
                                    "lexicons/da/valence.tsv", "lexicons/sv/known.tsv", "lexicons/packs/hotel/sv/themes.tsv"};

/* Checks lexicons of these files alone; texts in the order of `files`, NULL for none. */
static dk_check *check_texts(const char *const texts[7], int threads) {
    for (int i = 0; i < 7; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
        if (texts[i] != NULL) put_file(files[i], texts[i]);
    }
    dk_check *check = NULL;
    dk_error err = {0};
    dk_check_options o = {.data_dir = folder, .threads = threads};
    if (dk_check_run(&check, &o, &err) != DK_OK) fail_msg("%s", err.message);
    return check;
}

/* Findings as lines: kind file:line:column other. Notes on false friends and covered words are left out unless wanted. */
static char *as_text(const dk_check *check, bool notes) {
    dk_buf out;
    dk_buf_init(&out);
    for (size_t i = 0; i < check->count; i++) {
        const dk_finding *x = &check->findings[i];
        if (!notes && dk_check_kind_level(x->kind) == DK_CHECK_NOTE) continue;
        dk_buf_putf(&out, "%s %s:%lld:%lld %s\n", dk_check_kind_name(x->kind), x->file, (long long)x->line, (long long)x->column, x->other);
    }
    char *text = strdup(dk_buf_cstr(&out));
    dk_buf_dispose(&out);
    return text;
}

static void expect_on(int threads, const char *const texts[7], bool notes, const char *wanted) {
    dk_check *check = check_texts(texts, threads);
    char *got = as_text(check, notes);
    assert_string_equal(got, wanted);
    free(got);
    dk_check_free(check);
}

static void expect(const char *const texts[7], bool notes, const char *wanted) { expect_on(1, texts, notes, wanted); }

#define THEMES "theme\tterm\tvalence\n"

/* Every mistake of a file is told with its place, not only the first, and what else stands in the file is still checked. */
static void test_syntax(void **state) {
    (void)state;
    const char *const texts[7] = {THEMES "price.level\tpris\n"
                                         "price.levle\tdyr\t-2\n"
                                         "price.level\t\"dyrt\t-2\n"
                                         "price.level\tbillig\tmycket\n"
                                         "price.level\t/kr[/\n"
                                         "price.level\tpris\n"
                                         "price.level\tl\xE5g\n"};
    expect(texts, false,
           "syntax sv/themes.tsv:3:1 \nsyntax sv/themes.tsv:4:13 \nsyntax sv/themes.tsv:5:20 \n"
           "syntax sv/themes.tsv:6:13 \ndoubled sv/themes.tsv:7:13 sv/themes.tsv:2\nsyntax sv/themes.tsv:8:13 \n");
}

/* Doubled with the same meaning is a warning; with another one of them never counts, and nobody would know which. */
static void test_doubles(void **state) {
    (void)state;
    const char *const texts[7] = {THEMES "price.level\tdyr\t-2\n"
                                         "price.level\tdyr\t-2\n"
                                         "price.level\tdyr\t-3\n"
                                         "price.fees\tdyr\t-2\n"
                                         "staff.care\tdyr\t-2\n"
                                         "staff.care\tbillig\t2\n"
                                         "price.level\tbillig\t-1\n",
                                  "term\tvalence\temotion\nglad\t2\tjoy\nglad\t2\tjoy\narg\t-2\tanger\narg\t-2\tsadness\n",
                                  "term\tkind\nmycket\tintensifier\nmycket\tdiminisher\n"};
    expect(texts, false,
           "doubled sv/themes.tsv:3:13 sv/themes.tsv:2\n"
           "conflict sv/themes.tsv:4:13 sv/themes.tsv:2\n"
           "conflict sv/themes.tsv:5:12 sv/themes.tsv:2\n"
           "conflict sv/themes.tsv:8:13 sv/themes.tsv:7\n"
           "doubled sv/valence.tsv:3:1 sv/valence.tsv:2\n"
           "conflict sv/valence.tsv:5:1 sv/valence.tsv:4\n"
           "conflict sv/modifiers.tsv:3:1 sv/modifiers.tsv:2\n");
}

/* Another entry always wins: by an exact form, by its inflections, by file order; but not where only some of its forms are
   taken, nor where a gap or a compound leaves it something. */
static void test_shadows(void **state) {
    (void)state;
    const char *const texts[7] = {THEMES "price.level\thög avgift\n"
                                         "price.level\thöga avgifter\n"  /* fits better where it is written so: fine */
                                         "price.level\tpris\n"
                                         "price.level\t\"priset\"\n"     /* a form of its own: fine */
                                         "price.level\t+pris\n"          /* leaves compounds: fine */
                                         "price.level\tpris*\n"          /* prisqxq: fine */
                                         "price.level\tför ... dyr\n"    /* leaves words between: fine */
                                         "price.level\tför dyr\n"
                                         "price.level\tbra/fint pris\n"
                                         "price.level\tfint pris\n"      /* one of the alternatives */
                                         "price.fees\t\"avgift\"\n"
                                         "price.fees\tavgiften\n"
                                         "price.fees\t\"avgiften\"\n"};  /* written alone, both mean this form */
    for (int threads = 1; threads <= 3; threads += 2)
        expect_on(threads, texts, false,
                  "shadowed sv/themes.tsv:9:13 sv/themes.tsv:8\n"
                  "shadowed sv/themes.tsv:11:13 sv/themes.tsv:10\n"
                  "shadowed sv/themes.tsv:14:12 sv/themes.tsv:13\n");
}

/* A pack's entry is tried with the shipped ones; the shipped ones without any pack, since a pack may be off. */
static void test_packs(void **state) {
    (void)state;
    const char *const texts[7] = {[0] = THEMES "price.level\tpris\nprice.level\t\"rum\"\n",
                                  [6] = THEMES "price.level\tpris\nprice.level\trum\nprice.fees\tpris\n"};
    expect(texts, false, "conflict packs/hotel/sv/themes.tsv:4:12 packs/hotel/sv/themes.tsv:2\n");
}

/* What the tokenizer cuts otherwise can never match; what only looks so can. */
static void test_unreachable(void **state) {
    (void)state;
    const char *const texts[7] = {[0] = THEMES "price.level\t/^[$]\\d+/\n"   /* $ and 5 are two tokens */
                                               "price.level\t/^\\d+kr$/\n"   /* 5kr is one */
                                               "price.level\t\"24/7\"\n"
                                               "price.level\t:O\n"
                                               "price.level\t//pris(?=x)y//\n"
                                               "price.level\t//dyrt? som (?:fan|attan)//\n",
                                  [3] = THEMES "price.level\tdon't pay\nprice.level\tcan't/won't pay\nprice.level\t\"it's a\" steal\n"};
    expect(texts, false, "unreachable sv/themes.tsv:2:13 \nstyle sv/themes.tsv:5:13 \nunreachable sv/themes.tsv:6:13 \n");
}

/* A word no dictionary has is told once, unless it is listed; a list entry that is not needed is told too. */
static void test_unknown_words(void **state) {
    (void)state;
    const char *const texts[7] = {[0] = THEMES "price.level\tprisfördyring\nprice.level\tqwrtz\nprice.level\tdyr qwrtz\n"
                                               "price.level\tklaarna\nprice.level\tqw*\n",
                                  [5] = "word\tgroup\nklaarna\tbrand\npris\tbrand\nzzz\tnosuch\n"};
    expect(texts, false, "unknown sv/themes.tsv:3:13 \nstyle sv/known.tsv:3:1 \nsyntax sv/known.tsv:4:5 \n");
}

/* Words that mean something else across the water, from the table and by opposite valence. */
static void test_friends(void **state) {
    (void)state;
    const char *const texts[7] = {[1] = "term\tvalence\nrolig\t2\nbra\t2\nfin\t2\n", [4] = "term\tvalence\nrolig\t2\nfin\t-2\n"};
    expect(texts, true,
           "friend sv/valence.tsv:2:1 \nfriend sv/valence.tsv:3:1 \nfriend sv/valence.tsv:4:1 da/valence.tsv:3\n"
           "friend da/valence.tsv:2:1 \nfriend da/valence.tsv:3:1 sv/valence.tsv:4\n");
}

/* An opinion that a theme entry gives as well is a note; one that contradicts it is lost and an error. */
static void test_covered(void **state) {
    (void)state;
    const char *const texts[7] = {[0] = THEMES "price.level\targ\t-2\nprice.level\tbillig\t2\n", [1] = "term\tvalence\narg\t-2\nbillig\t-1\n"};
    expect(texts, true, "covered sv/valence.tsv:2:1 sv/themes.tsv:2\nshadowed sv/valence.tsv:3:1 sv/themes.tsv:3\n");
}

/* Samples are texts that the pattern matches; patterns that run out of steps are known before a comment meets them. */
static void test_patterns(void **state) {
    (void)state;
    static const char *const easy[] = {"leve[rst]+.{0,20}sen", "^kr\\d+$", "(?:^|[.!?])\\W{0,9}bra$", "(a|b){2}c?", "[^a-z]x\\s\\w", "(?i)pris\\b"};
    static const char *const hard[] = {"(a+)+$", "(\\w+\\s?)+!", "^(?:a|aa)+$"};
    dk_arena arena = {0};
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    assert_non_null(scratch);
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++) {
        const char *samples[4];
        assert_true(pattern_samples(dk_str_from(easy[i]), &arena, samples, 4) > 0);
        if (pattern_risk(dk_str_from(easy[i]), scratch) != NULL) fail_msg("%s is no risk", easy[i]);
    }
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        if (pattern_risk(dk_str_from(hard[i]), scratch) == NULL) fail_msg("%s is a risk", hard[i]);
    dk_regex_scratch_free(scratch);
    dk_arena_dispose(&arena);
}

static void expect_fixed(const char *text, bool keep_order, const char *wanted) {
    dk_buf out;
    dk_fix_counts counts;
    dk_error err = {0};
    dk_buf_init(&out);
    assert_int_equal(dk_lexicon_fix(dk_str_from(text), "x", keep_order, &out, &counts, &err), DK_OK);
    assert_string_equal(dk_buf_cstr(&out), wanted);
    /* mended once is mended: a second run changes nothing */
    char *once = strdup(dk_buf_cstr(&out));
    dk_buf_clear(&out);
    assert_int_equal(dk_lexicon_fix(dk_str_from(once), "x", keep_order, &out, &counts, &err), DK_OK);
    assert_string_equal(dk_buf_cstr(&out), once);
    assert_int_equal(counts.mended + counts.removed + counts.moved, 0);
    free(once);
    dk_buf_dispose(&out);
}

/* --fix keeps every comment in its place, every entry that says something, and the letter case of patterns and notes. */
static void test_fix(void **state) {
    (void)state;
    expect_fixed("\xEF\xBB\xBFterm\tvalence\temotion\tnote\r\n# About\r\n\xC3\x84ldre   Herre \t1\t\t\r\nbra\t2\nBra\t2\nbra\t2\t\tKept\nbra\t3\n\n"
                 "# Other\n/\\W/\t1\narg\t-2\t\tNote A\n",
                 false,
                 "term\tvalence\temotion\tnote\n# About\nbra\t2\nbra\t2\t\tKept\nbra\t3\n\xC3\xA4ldre herre\t1\n\n"
                 "# Other\n/\\W/\t1\narg\t-2\t\tNote A\n");
    expect_fixed("theme\tterm\nb.b\tx\na.a\ty\na.a\t\"broken\n", true, "theme\tterm\nb.b\tx\na.a\ty\na.a\t\"broken\n");
    expect_fixed("term\tvalence\nbra \xEF\xBB\xBF\t2\n", false, "term\tvalence\nbra\t2\n"); /* the blank goes with the mark behind it */
    expect_fixed("theme\tterm\nb.b\tx\na.a\t+y\na.a\ty\n", false, "theme\tterm\na.a\t+y\na.a\ty\nb.b\tx\n");
    dk_buf out;
    dk_fix_counts counts;
    dk_error err = {0};
    dk_buf_init(&out);
    assert_int_equal(dk_lexicon_fix(dk_str_from("word\tvalue\nbra\t2\n"), "x.tsv", false, &out, &counts, &err), DK_EDATA);
    assert_int_equal(err.line, 1);
    dk_buf_dispose(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax),        cmocka_unit_test(test_doubles), cmocka_unit_test(test_shadows),
        cmocka_unit_test(test_packs),         cmocka_unit_test(test_unreachable), cmocka_unit_test(test_unknown_words),
        cmocka_unit_test(test_friends),       cmocka_unit_test(test_covered), cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_fix),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
