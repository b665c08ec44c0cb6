/* Foreign lexicons: each format read to the term language, every loss told with its line, and what can be said in both worlds coming
   back the same. A failure means that somebody's dictionary is taken over with other terms, values or themes than it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "workbench/convert.h"

static char folder[] = "/tmp/drivkraft-convert-XXXXXX";

static void put_file(const char *name, const char *text, char path[512]) {
    char parent[512];
    snprintf(path, 512, "%s/%s", folder, name);
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(dk_folder_make(parent, NULL), DK_OK);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state) {
    (void)state;
    char path[512];
    if (mkdtemp(folder) == NULL) return -1;
    put_file("lexicons/taxonomy.tsv", "theme\tstage\towner\trole\ten\tsv\tda\n"
                                      "price.level\tbuy\tsales\tdriver\tPrice\tPris\tPris\nstaff.care\tuse\tsales\tdriver\tCare\tOmsorg\tOmsorg\n", path);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* All that comes of a file, as one text: the lexicon files one after the other, then the remarks. */
static char *read_as(dk_convert_options o, const char *name, const char *text) {
    static const char *const kinds[] = {"wrong", "lost", "changed", "doubled"};
    char path[512];
    dk_import import = {0};
    dk_converted c = {0};
    dk_error err = {0};
    dk_buf out;
    dk_buf_init(&out);
    put_file(name, text, path);
    o.path = path;
    dk_status status = dk_convert_read(&import, &o, &err);
    if (status == DK_OK) status = dk_convert_files(&import, &o, &c, &err);
    dk_buf_put(&out, c.taxonomy.ptr, c.taxonomy.len);
    dk_buf_put(&out, c.themes.ptr, c.themes.len);
    dk_buf_put(&out, c.valence.ptr, c.valence.len);
    dk_buf_put(&out, c.modifiers.ptr, c.modifiers.len);
    for (size_t i = 0; i < import.nremarks; i++)
        dk_buf_putf(&out, "%s %lld:%lld\n", kinds[import.remarks[i].kind], (long long)import.remarks[i].line, (long long)import.remarks[i].column);
    if (status != DK_OK) dk_buf_putf(&out, "status %d line %lld: %s\n", status, (long long)err.line, err.message);
    char *all = strdup(dk_buf_cstr(&out));
    dk_buf_dispose(&out);
    dk_converted_dispose(&c);
    dk_import_dispose(&import);
    return all;
}

static void expect(dk_convert_options o, const char *name, const char *text, const char *wanted) {
    char *got = read_as(o, name, text);
    assert_string_equal(got, wanted);
    free(got);
}

#define V "term\tvalence\temotion\tnote\n"
#define T "theme\tterm\tvalence\tnote\n"

static void test_afinn(void **state) {
    (void)state;
    expect((dk_convert_options){.format = "afinn"}, "a.txt",
           "Bra\t2\ninte bra\t-2\r\ncan't stand\t-3\rnoll\t0\nbra\t2\nBRA\t3\ntolv\t12\nvad\n\n#1\t1\nis/isnt\t-1\n",
           V "\"bra\"\t2\n\"inte\" \"bra\"\t-2\n\"can't\" \"stand\"\t-3\n\"#1\"\t1\n\"is/isnt\"\t-1\n"
             "lost 4:6\nwrong 7:6\nwrong 8:4\ndoubled 5:0\nlost 6:0\n");
    expect((dk_convert_options){.format = "afinn", .inflect = true}, "a.txt", "bra\t2\n+plus\t1\n", V "bra\t2\n\"+plus\"\t1\n");
}

/* -4..4 with decimals spread to -5..5; emoticons are terms, also those that begin as comments do elsewhere. */
static void test_vader(void **state) {
    (void)state;
    expect((dk_convert_options){.format = "vader"}, "v.txt", "good\t1.9\t0.9434\t[2, 1]\n:)\t2.0\t1\t[]\n;)\t0.9\t1\t[]\n\"x\t1\nbad\t-4.5\n",
           V "\"good\"\t2.375\n\":)\"\t2.5\n\";)\"\t1.125\nlost 4:1\nwrong 5:5\n");
}

static void test_sentistrength(void **state) {
    (void)state;
    expect((dk_convert_options){.format = "sentistrength"}, "EmotionLookupTable.txt", "abandon*\t-2\nlove\t4\tremark\nfine\t1\n",
           V "abandon*\t-2\n\"love\"\t4\nlost 3:0\n");
    expect((dk_convert_options){.format = "sentistrength"}, "BoosterWordList.txt", "very\t1\nslightly\t-1\n",
           "term\tkind\tstrength\treach\tnote\n\"very\"\tintensifier\t1.4\n\"slightly\"\tdiminisher\t0.6\n");
    expect((dk_convert_options){.format = "sentistrength"}, "NegatingWordList.txt", "not\n", "term\tkind\tstrength\treach\tnote\n\"not\"\tnegator\t\n");
    expect((dk_convert_options){.format = "sentistrength", .table = "emoticon"}, "x.txt", ":)\t1\n", V "\":)\"\t1\n");
}

static void test_dds(void **state) {
    (void)state;
    const char *text = "luksus,1,sb.,1,3,luksus;luksus';luksussen\n\"a, b\",,sb.,2,-1,\"Rip, Rap;rip\"\nflad,,adj.,3,x,flad\nnul,,adj.,4,0,nul\n";
    expect((dk_convert_options){.format = "dds"}, "d.csv", text,
           V "\"luksus\"\t3\n\"luksussen\"\t3\n\"rip,\" \"rap\"\t-1\n\"rip\"\t-1\nwrong 3:0\nlost 4:0\ndoubled 1:0\n");
    expect((dk_convert_options){.format = "dds"}, "d.csv", "a,b\n", "status 1 line 1: no file of DDS: 6 columns were expected, headword, "
                                                                   "homograph, part of speech, id, polarity and forms\n");
}

static void test_tables_and_lists(void **state) {
    (void)state;
    dk_convert_options csv = {.format = "csv", .term = "ord", .value = "v", .category = "k"};
    expect(csv, "t.csv", "v;k;ord\n2;price.level;billig*\n-1;;dyr\nx;;fel\n",
           "theme\tstage\towner\trole\ten\tsv\tda\tcovers\nprice.level\timported\timported\tdriver\tprice.level\tprice.level\tprice.level\t\n" T
           "price.level\tbillig*\t2\n" V "\"dyr\"\t-1\nwrong 4:0\n");
    const char *two[] = {"2"}, *theme[] = {"=staff.care"};
    expect((dk_convert_options){.format = "list", .valences = two, .nvalences = 1}, "l.txt", "; about\ngood\na+\n# more\n\"bad\"\n",
           V "\"good\"\t2\n\"a+\"\t2\nlost 5:1\n");
    char *got = read_as((dk_convert_options){.format = "list", .themes = theme, .nthemes = 1}, "l.txt", "kind\n");
    assert_non_null(strstr(got, T "staff.care\t\"kind\"\n"));
    free(got);
    expect((dk_convert_options){.format = "list"}, "l.txt", "good\n",
           "status 2 line 0: these terms have no value and no category: --valence V or --theme =THEME says what they are\n");
}

/* Categories by number, also with bare CR, names with a gloss, columns by spaces, and conditions on other words. */
static void test_liwc(void **state) {
    (void)state;
    const char *valences[] = {"posemo=2", "negemo=-2"};
    dk_convert_options o = {.format = "liwc", .valences = valences, .nvalences = 2};
    expect(o, "l.dic", "%\r125\tposemo (Positive Emotion)\r126\tnegemo\r%\rgood\t125\rbad*      \t126\rlike\t(02 134)125/464 126\rkind of\t<of>131/125 125\r"
                       "odd\t999\rnone\rx y  125 126\rfair-*\t125\r",
           V "\"good\"\t2\nbad*\t-2\n\"like\"\t-2\n\"kind\" \"of\"\t2\n\"x\" \"y\"\t2\n/^fair-.*$/\t2\n"
             "lost 7:6\nlost 8:9\nwrong 9:5\nwrong 10:5\nlost 11:0\n");
    expect((dk_convert_options){.format = "liwc"}, "l.dic", "good\t1\n",
           "status 1 line 1: no LIWC dictionary: a line with % was expected first, then the categories, another %, and the terms\n");
    expect((dk_convert_options){.format = "liwc"}, "l.dic", "%\n1\ta\n", "status 1 line 0: no LIWC dictionary: the second line with % is missing\n");
}

#define ROW(id, name) id "\timported\timported\tdriver\t" name "\t" name "\t" name "\t\n"
#define TAXONOMY "theme\tstage\towner\trole\ten\tsv\tda\tcovers\n"

static void test_trees(void **state) {
    (void)state;
    expect((dk_convert_options){.format = "wordstat"}, "w.cat", "ECONOMY\n\t+STATE+\n\t\tCHILD* (1)\n\t\tHEALTH_CARE (2)\n\t\t@NEAR [A /5] (1)\nOTHER\n\tB?D (1)\n",
           TAXONOMY ROW("economy.state", "ECONOMY.+STATE+") ROW("imported.other", "OTHER") T
           "economy.state\tchild*\neconomy.state\t\"health\" \"care\"\nimported.other\t/^b.d$/\nchanged 4:3\nlost 5:3\n");
    expect((dk_convert_options){.format = "lexicoder", .touchpoint = "mood"}, "l.lc3", "+NEGATIVE\na lie \nabandon*\n++VERY\n*hat*\n+++++TOO DEEP\n",
           TAXONOMY ROW("mood.negative", "NEGATIVE") ROW("negative.very", "NEGATIVE.VERY") T
           "mood.negative\t\"a\" \"lie\"\nmood.negative\tabandon*\nnegative.very\t/^.*hat.*$/\nwrong 6:1\n");
    expect((dk_convert_options){.format = "yaml"}, "q.yaml", "price:\n  level: [cheap, 'expens*']\n  other:\n    deep: [\"not worth\"]\nmood: b?d\n",
           TAXONOMY ROW("price.level", "price.level") ROW("price.other-deep", "price.other.deep") ROW("imported.mood", "mood") T
           "price.level\t\"cheap\"\nprice.level\texpens*\nprice.other-deep\t\"not\" \"worth\"\nimported.mood\t/^b.d$/\n");
    expect((dk_convert_options){.format = "wordstat"}, "w.cat", "A\n\tB\n",
           "status 1 line 0: no WordStat dictionary: no line is a term with its weight, such as BAD (1)\n");
}

/* Old files are in Windows-1252. */
static void test_encoding(void **state) {
    (void)state;
    expect((dk_convert_options){.format = "afinn"}, "a.txt", "f\xF6rb\xE4ttra\t2\n", V "\"förbättra\"\t2\n");
    expect((dk_convert_options){.format = "afinn"}, "a.txt", "\xEF\xBB\xBF" "bra\t2\n", V "\"bra\"\t2\n");
}

static void test_assignments(void **state) {
    (void)state;
    const char *wrong[] = {"posemo=nine"}, *theme[] = {"a=b"};
    char *got = read_as((dk_convert_options){.format = "list", .valences = wrong, .nvalences = 1}, "l.txt", "good\n");
    assert_non_null(strstr(got, "status 2"));
    free(got);
    got = read_as((dk_convert_options){.format = "list", .themes = theme, .nthemes = 1}, "l.txt", "good\n");
    assert_non_null(strstr(got, "status 2"));
    free(got);
}

/* Writes a lexicon of two files in a format; the losses behind it. */
static char *write_as(const char *format, const char *themes, const char *valence) {
    static const char *const kinds[] = {"wrong", "lost", "changed", "doubled"};
    char path[512];
    dk_lexicon *lexicon = NULL;
    dk_import losses = {0};
    dk_error err = {0};
    dk_buf out;
    dk_buf_init(&out);
    put_file("my/en/themes.tsv", themes, path);
    put_file("my/en/valence.tsv", valence, path);
    snprintf(path, sizeof path, "%s/my", folder);
    const char *user = path;
    if (dk_lexicon_open(&lexicon, folder, &user, 1, &err) != DK_OK) fail_msg("%s", err.message);
    assert_int_equal(dk_convert_write(lexicon, format, &out, &losses, &err), DK_OK);
    for (size_t i = 0; i < losses.nremarks; i++) dk_buf_putf(&out, "%s %lld\n", kinds[losses.remarks[i].kind], (long long)losses.remarks[i].line);
    char *all = strdup(dk_buf_cstr(&out));
    dk_import_dispose(&losses);
    dk_lexicon_free(lexicon);
    dk_buf_dispose(&out);
    return all;
}

/* What both worlds can say comes back as it was. */
static void test_round_trips(void **state) {
    (void)state;
    static const char themes[] = T "price.level\tcheap*\nprice.level\t\"not\" \"worth\" \"it\"\nprice.level\t\"can't\" \"pay\"\nstaff.care\t\"kind\"\n";
    static const char valence[] = V "\"good\"\t2\n\"not\" \"bad\"\t3\n\":)\"\t2.5\n\"awful\"\t-4\n";
    static const char *const trees[] = {"liwc", "yaml", "lexicoder", "wordstat"}, *const lists[] = {"afinn", "vader", "sentistrength", "csv"};
    dk_lexicon *known = NULL;
    dk_error err = {0};
    assert_int_equal(dk_lexicon_open(&known, folder, NULL, 0, &err), DK_OK);
    for (int i = 0; i < 4; i++) {
        char *there = write_as(trees[i], themes, V);
        char *back = read_as((dk_convert_options){.format = trees[i], .taxonomy = &known->taxonomy}, "back", there);
        assert_string_equal(back, themes);
        free(there);
        free(back);
    }
    for (int i = 0; i < 4; i++) {
        const char *whole = i == 0 || i == 2 ? V "\"good\"\t2\n\"not\" \"bad\"\t3\n\":)\"\t2\n\"awful\"\t-4\n" : valence;
        char *there = write_as(lists[i], T, whole);
        char *back = read_as((dk_convert_options){.format = lists[i], .term = "term", .value = "value"}, "back", there);
        assert_string_equal(back, whole);
        free(there);
        free(back);
    }
    /* with a theme and a valence each, a table */
    static const char both[] = T "price.level\t\"cheap\"\t2\nstaff.care\t\"rude\"\t-3.5\n";
    char *there = write_as("csv", both, V);
    char *back = read_as((dk_convert_options){.format = "csv", .value = "value", .category = "category", .taxonomy = &known->taxonomy}, "back", there);
    assert_string_equal(back, both);
    free(there);
    free(back);
    dk_lexicon_free(known);
}

/* What a format cannot say is told by line, never dropped in silence. */
static void test_losses(void **state) {
    (void)state;
    static const char themes[] = T "price.level\tring ... back\nprice.level\t+price\nprice.level\t/^kr\\d+$/\nprice.level\t*cost\nprice.level\t//a b//\n"
                                   "price.level\tcheap/dear \"now\"\t1\n";
    char *got = write_as("afinn", themes, V "good\t2.5\n");
    assert_string_equal(got, "cheap now\t1\ndear now\t1\ngood\t3\nlost 2\nlost 3\nlost 4\nlost 5\nlost 6\nchanged 7\nchanged 2\nchanged 0\n");
    free(got);
    got = write_as("yaml", themes, V);
    assert_string_equal(got, "\"price\":\n  \"level\":\n    - \"*cost\"\n    - \"cheap now\"\n    - \"dear now\"\nlost 2\nlost 3\nlost 4\nlost 6\nchanged 7\nchanged 0\n");
    free(got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_afinn),    cmocka_unit_test(test_vader),       cmocka_unit_test(test_sentistrength),
        cmocka_unit_test(test_dds),      cmocka_unit_test(test_tables_and_lists), cmocka_unit_test(test_liwc),
        cmocka_unit_test(test_trees),    cmocka_unit_test(test_encoding),    cmocka_unit_test(test_assignments),
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_losses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
