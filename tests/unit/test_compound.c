/* Splitting of compounds over the real dictionaries and models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/morph_fixture.h"

static void put_split(dk_buf *out, const char *language, const char *word) {
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t n = dk_morph_split(fixture_morph(language), dk_str_from(word), parts, DK_MORPH_PARTS_MAX);
    dk_buf_clear(out);
    for (size_t i = 0; i < n; i++) dk_buf_putf(out, "%s%s", i > 0 ? "+" : "", parts[i].text);
}

/* Wrong if: a joint stays on a part, a lost vowel or consonant is not restored, or the head is not a lemma. */
static void compounds_fall_into_their_parts(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"sv", "leveranstiden", "leverans+tid"},       {"sv", "kundtjänstens", "kund+tjänst"},
        {"sv", "flickskolor", "flicka+skola"},         {"sv", "sagoböcker", "saga+bok"},
        {"sv", "toppolitik", "topp+politik"},          {"sv", "betalningssätten", "betalning+sätt"},
        {"sv", "mobiltäckningen", "mobil+täckning"},   {"sv", "webbplatsen", "webb+plats"},
        {"da", "leveringstiden", "levering+tid"},      {"da", "kundeservicen", "kunde+service"},
        {"da", "mobildækning", "mobil+dækning"},       {"da", "forsikringsselskabet", "forsikring+selskab"},
        {"da", "fødselsdagsgaver", "fødselsdag+gave"}, {"da", "ventetider", "vente+tid"},
    };
    dk_buf got;
    dk_buf_init(&got);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_split(&got, cases[i][0], cases[i][1]);
        if (strcmp(dk_buf_cstr(&got), cases[i][2]) != 0)
            fail_msg("%s: %s, not %s", cases[i][1], dk_buf_cstr(&got), cases[i][2]);
    }
    dk_buf_dispose(&got);
}

/* Wrong if: the end of a simple word is taken for a head. */
static void simple_words_stay_whole(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"sv", "arbeta"},      {"sv", "leverans"},    {"sv", "leveranser"},
                                           {"sv", "problem"},     {"sv", "president"},   {"sv", "flickorna"},
                                           {"sv", "trevlig"},     {"sv", "fantastiskt"}, {"sv", "dator"},
                                           {"sv", "kom"},         {"sv", "en"},          {"da", "arbejde"},
                                           {"da", "pigerne"},     {"da", "hedder"},      {"da", "sender"},
                                           {"da", "leveringen"},  {"da", "dejligt"},     {"da", "stopper"},
                                           {"da", "universitet"}, {"en", "understand"},  {"en", "customers"}};
    dk_buf got;
    dk_buf_init(&got);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_split(&got, cases[i][0], cases[i][1]);
        if (got.len > 0) fail_msg("%s is cut: %s", cases[i][1], dk_buf_cstr(&got));
    }
    dk_buf_dispose(&got);
}

/* Wrong if: spans do not lie in the form, overlap, or hold the joint. */
static void spans_lie_in_the_form(void **state) {
    (void)state;
    dk_part parts[DK_MORPH_PARTS_MAX];
    const char *word = "leveranstidernas";
    assert_int_equal(
        dk_morph_split(fixture_morph("sv"), dk_str_from("regeringsbesluten"), parts, DK_MORPH_PARTS_MAX), 2);
    assert_int_equal(parts[0].start, 0);
    assert_int_equal(parts[0].end, strlen("regering"));
    assert_int_equal(parts[1].start, strlen("regerings"));
    assert_int_equal(parts[1].end, strlen("regeringsbesluten"));
    assert_true(parts[0].known && parts[1].known);
    assert_int_equal(dk_morph_split(fixture_morph("sv"), dk_str_from(word), parts, 1),
                     0); /* no room for two */
}

/* Wrong if: an unknown first part keeps a word with a known head from being split. */
static void first_parts_may_be_unknown(void **state) {
    (void)state;
    dk_part parts[DK_MORPH_PARTS_MAX];
    assert_int_equal(
        dk_morph_split(fixture_morph("sv"), dk_str_from("qvitterabonnemanget"), parts, DK_MORPH_PARTS_MAX),
        2);
    assert_string_equal(parts[1].text, "abonnemang");
    assert_false(parts[0].known);
}

/* Wrong if: words without sense, long or of broken UTF-8 are read beyond their end (run under ASan). */
static void odd_words_are_survived(void **state) {
    (void)state;
    char text[DK_MORPH_WORD_MAX + 1];
    dk_part parts[DK_MORPH_PARTS_MAX];
    for (size_t len = 0; len <= DK_MORPH_WORD_MAX; len++) {
        for (size_t i = 0; i < len; i++) text[i] = "kundtj\xC3\xA4nst-s\xA5"[i * 7 % 15];
        char *copy = malloc(len + 1); /* of its own size, so that a step too far is seen */
        assert_non_null(copy);
        memcpy(copy, text, len);
        dk_morph_split(fixture_morph("sv"), (dk_str){copy, len}, parts, DK_MORPH_PARTS_MAX);
        dk_morph_split(fixture_morph("da"), (dk_str){copy, len}, parts, DK_MORPH_PARTS_MAX);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compounds_fall_into_their_parts), cmocka_unit_test(simple_words_stay_whole),
        cmocka_unit_test(spans_lie_in_the_form), cmocka_unit_test(first_parts_may_be_unknown),
        cmocka_unit_test(odd_words_are_survived)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
