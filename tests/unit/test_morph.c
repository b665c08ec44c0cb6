/* Lemmas, inflected forms and the dictionary, over the real dictionaries and models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>

#include "text/morph_form.h"
#include "unit/morph_fixture.h"

static const struct {
    const char *language, *form, *lemma;
} known[] = {
    {"sv", "leveranser", "leverans"},
    {"sv", "kundtjänsten", "kundtjänst"},
    {"sv", "dåligt", "dålig"},
    {"sv", "sämre", "dålig"},
    {"sv", "skrev", "skriva"},
    {"sv", "gick", "gå"},
    {"sv", "böckerna", "bok"},
    {"sv", "männen", "man"},
    {"sv", "psykologiska", "psykologisk"},
    {"sv", "görs", "göra"},
    {"sv", "returfrakten", "returfrakt"},
    {"sv", "är", "vara"},
    {"da", "leveringer", "levering"},
    {"da", "pigerne", "pige"},
    {"da", "gik", "gå"},
    {"da", "mændene", "mand"},
    {"da", "bedre", "god"},
    {"da", "skrevet", "skrive"},
    {"da", "kundeservicen", "kundeservice"},
    {"da", "klubberne", "klub"},
    {"da", "har", "have"},
    {"en", "deliveries", "delivery"},
    {"en", "livery", "livery"},
    {"en", "went", "go"},
    {"en", "women", "woman"},
    {"en", "stopped", "stop"},
    {"en", "quickly", "quickly"},
    {"en", "unhappier", "unhappy"},
    {"en", "was", "be"},
    {"en", "customers", "customer"},
    {"en", "colours", "colour"},
    {"en", "bigger", "big"},
    {"en", "refunded", "refund"},
};

/* Wrong if: a common form gets another lemma first. */
static void the_first_lemma_is_right(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        dk_lemma list[DK_MORPH_LEMMAS_MAX];
        size_t n = dk_morph_lemmas(fixture_morph(known[i].language), dk_str_from(known[i].form), 0, list,
                                   DK_MORPH_LEMMAS_MAX);
        assert_true(n > 0);
        if (strcmp(list[0].text, known[i].lemma) != 0)
            fail_msg("%s %s: %s, not %s", known[i].language, known[i].form, list[0].text, known[i].lemma);
        assert_true(list[0].plausible);
        assert_int_equal(list[0].len, strlen(list[0].text));
    }
}

/* Wrong if: a lexicon that takes every plausible candidate would match livery by deliveries, or miss one of two real
   readings. */
static void plausible_lemmas_are_neither_silly_nor_few(void **state) {
    (void)state;
    dk_lemma list[DK_MORPH_LEMMAS_MAX];
    size_t n = dk_morph_lemmas(fixture_morph("en"), dk_str_from("deliveries"), 0, list, DK_MORPH_LEMMAS_MAX);
    for (size_t i = 0; i < n; i++) assert_false(list[i].plausible && strcmp(list[i].text, "delivery") != 0);
    n = dk_morph_lemmas(fixture_morph("en"), dk_str_from("better"), 0, list, DK_MORPH_LEMMAS_MAX);
    bool good = false, well = false;
    for (size_t i = 0; i < n; i++) {
        good |= list[i].plausible && strcmp(list[i].text, "good") == 0;
        well |= list[i].plausible && strcmp(list[i].text, "well") == 0;
        assert_true(i == 0 || list[i].score <= list[i - 1].score);
    }
    assert_true(good && well);
}

/* Wrong if: scores are no probabilities, or candidates repeat. */
static void scores_share_one(void **state) {
    (void)state;
    static const char *const forms[] = {"fördelar", "vår", "gifta", "xyzzy", "kundtjänstmedarbetarnas"};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        dk_lemma list[DK_MORPH_LEMMAS_MAX];
        float sum = 0;
        size_t n = dk_morph_lemmas(fixture_morph("sv"), dk_str_from(forms[f]), 0, list, DK_MORPH_LEMMAS_MAX);
        for (size_t i = 0; i < n; i++) {
            sum += list[i].score;
            for (size_t k = 0; k < i; k++) assert_string_not_equal(list[i].text, list[k].text);
        }
        assert_true(sum > 0.95f && sum < 1.001f);
    }
}

/* Wrong if: words without sense, of one byte, empty, too long or no UTF-8 crash or get no lemma. */
static void odd_forms_have_a_lemma(void **state) {
    (void)state;
    char text[200];
    dk_lemma list[DK_MORPH_LEMMAS_MAX];
    const dk_morph *m = fixture_morph("da");
    assert_int_equal(dk_morph_lemmas(m, (dk_str){"", 0}, 0, list, 1), 0);
    assert_int_equal(dk_morph_lemmas(m, dk_str_from("hus"), 0, list, 0), 0);
    memset(text, 'a', sizeof text);
    assert_int_equal(dk_morph_lemmas(m, (dk_str){text, DK_MORPH_WORD_MAX + 1}, 0, list, 1), 0);
    assert_true(dk_morph_lemmas(m, (dk_str){text, DK_MORPH_WORD_MAX}, 0, list, 1) == 1);
    assert_true(dk_morph_lemmas(m, dk_str_from("\xC3"), 0, list, 1) == 1);
    assert_true(dk_morph_lemmas(m, dk_str_from("\xA5\xA5\xA5\xA5\xA5"), 0, list, 1) == 1);
    assert_true(dk_morph_lemmas(m, dk_str_from("qqqq"), 0, list, 1) == 1);
    assert_string_equal(list[0].text, "qqqq");
}

/* Wrong if: an unknown name written with a capital is inflected away, or a common word is taken for a name. */
static void capitals_hint_at_names(void **state) {
    (void)state;
    dk_lemma list[DK_MORPH_LEMMAS_MAX];
    dk_morph_lemmas(fixture_morph("da"), dk_str_from("zorgks"), DK_MORPH_CAPITAL, list, DK_MORPH_LEMMAS_MAX);
    assert_string_equal(list[0].text, "zorgk");
    dk_morph_lemmas(fixture_morph("da"), dk_str_from("pigerne"), DK_MORPH_CAPITAL, list, DK_MORPH_LEMMAS_MAX);
    assert_string_equal(list[0].text, "pige");
    dk_morph_lemmas(fixture_morph("en"), dk_str_from("zorgks"), DK_MORPH_CAPITAL, list, DK_MORPH_LEMMAS_MAX);
    assert_string_equal(list[0].text, "zorgks");
}

/* Wrong if: the dictionary has lost words, or knows what is none. */
static void the_dictionary_is_asked(void **state) {
    (void)state;
    assert_true(dk_morph_known(fixture_morph("sv"), dk_str_from("leveransen")));
    assert_false(dk_morph_known(fixture_morph("sv"), dk_str_from("leverasnen")));
    assert_false(dk_morph_known(fixture_morph("sv"), dk_str_from("flick"))); /* only inside compounds */
    assert_true(dk_morph_known(fixture_morph("da"), dk_str_from("bestillingen")));
    assert_true(dk_morph_known(fixture_morph("en"), dk_str_from("colour")));
    assert_true(dk_morph_known(fixture_morph("en"), dk_str_from("color")));
    assert_true(dk_morph_frequency(fixture_morph("en"), dk_str_from("the")) > 10000);
    assert_true(dk_morph_frequency(fixture_morph("sv"), dk_str_from("och")) >
                dk_morph_frequency(fixture_morph("sv"), dk_str_from("leverans")));
    assert_true(dk_morph_frequency(fixture_morph("sv"), dk_str_from("xyzzy")) == 0);
}

static void collect(void *context, dk_str form) {
    dk_buf_putc(context, ' ');
    dk_buf_put(context, form.ptr, form.len);
    dk_buf_putc(context, ' ');
}

/* Wrong if: a form is missing, comes twice, or belongs to another word. */
static void lemmas_expand_to_their_forms(void **state) {
    (void)state;
    static const struct {
        const char *language, *lemma, *has, *has_not;
    } cases[] = {{"sv", "leverans", " leveransernas ", " leverera "},
                 {"sv", "bok", " böckerna ", " boll "},
                 {"sv", "psykologisk", " psykologiskt ", " psykolog "},
                 {"sv", "testleverans", " testleveranser ", " leveranser "},
                 {"da", "mand", " mændene ", " manden- "},
                 {"da", "god", " bedste ", " gud "},
                 {"en", "delivery", " deliveries ", " livery "},
                 {"en", "stop", " stopped ", " stopful "},
                 {"en", "quick", " quicker ", " quickly "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_buf forms;
        dk_buf_init(&forms);
        size_t n =
            dk_morph_expand(fixture_morph(cases[i].language), dk_str_from(cases[i].lemma), collect, &forms);
        const char *text = dk_buf_cstr(&forms);
        assert_true(n > 1);
        assert_memory_equal(text + 1, cases[i].lemma, strlen(cases[i].lemma)); /* itself first */
        if (strstr(text, cases[i].has) == NULL) fail_msg("%s lacks%s:%s", cases[i].lemma, cases[i].has, text);
        if (strstr(text, cases[i].has_not) != NULL)
            fail_msg("%s has%s:%s", cases[i].lemma, cases[i].has_not, text);
        const char *first = strstr(text, cases[i].has);
        assert_null(strstr(first + 1, cases[i].has));
        dk_buf_dispose(&forms);
    }
    dk_buf alone;
    dk_buf_init(&alone);
    assert_int_equal(dk_morph_expand(fixture_morph("en"), dk_str_from("qqzx"), collect, &alone), 1);
    assert_string_equal(dk_buf_cstr(&alone), " qqzx ");
    dk_buf_dispose(&alone);
}

static void *look_up_all(void *context) {
    dk_buf *out = context;
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            dk_lemma list[DK_MORPH_LEMMAS_MAX];
            dk_part parts[DK_MORPH_PARTS_MAX];
            const dk_morph *m = fixture_morph(known[i].language);
            dk_str form = dk_str_from(known[i].form);
            size_t n = dk_morph_lemmas(m, form, 0, list, DK_MORPH_LEMMAS_MAX);
            size_t k = dk_morph_split(m, form, parts, DK_MORPH_PARTS_MAX);
            dk_buf_putf(out, "%s %zu %d %zu\n", list[0].text, n, (int)(1e6f * list[0].score), k);
        }
    return NULL;
}

/* Wrong if: threads that share a morphology disturb each other (run under TSan) or get other answers. */
static void threads_share_it(void **state) {
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    dk_buf out[THREADS];
    for (int i = 0; i < THREADS; i++) {
        dk_buf_init(&out[i]);
        assert_int_equal(pthread_create(&threads[i], NULL, look_up_all, &out[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_string_equal(dk_buf_cstr(&out[i]), dk_buf_cstr(&out[0]));
        if (i > 0) dk_buf_dispose(&out[i]);
    }
    dk_buf_dispose(&out[0]);
}

/* Words that come of a form by leaving out a letter or swapping two: those of the sums of its parts must be those of its text, each once for
   each place, or a typing error would be mended to a rarer word. */
static void slips_are_those_of_the_text(void **state) {
    (void)state;
    static const char *const forms[] = {"bedömma", "fraktt", "hjalep", "åäö", "öal", "x", "levernas", "ordrer", "brå"};
    const dk_morph *m = fixture_morph("sv");
    size_t found = 0;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        dk_str form = dk_str_from(forms[i]);
        dk_morph_form f;
        dk_slip slip;
        slip.begun = false;
        assert_true(dk_morph_form_init(&f, m, form));
        for (size_t at = 0, next; at < form.len; at = next) {
            for (next = at + 1; next < form.len && ((unsigned char)form.ptr[next] & 0xC0) == 0x80;) next++;
            size_t after = next + (next < form.len);
            while (after < form.len && ((unsigned char)form.ptr[after] & 0xC0) == 0x80) after++;
            char without[64], swapped[64];
            snprintf(without, sizeof without, "%.*s%s", (int)at, form.ptr, form.ptr + next);
            snprintf(swapped, sizeof swapped, "%.*s%.*s%.*s%s", (int)at, form.ptr, (int)(after - next), form.ptr + next, (int)(next - at),
                     form.ptr + at, form.ptr + after);
            for (int k = 0; k < (next < form.len ? 2 : 1); k++) {
                dk_str word = dk_str_from(k == 0 ? without : swapped);
                if (!dk_morph_known(m, word) || dk_morph_frequency(m, word) < 1) continue;
                assert_true(dk_morph_form_next_slip(&f, 1, &slip));
                assert_true(dk_str_eq((dk_str){slip.text, slip.len}, word));
                found++;
            }
        }
        assert_false(dk_morph_form_next_slip(&f, 1, &slip));
    }
    assert_true(found >= 8);
    dk_morph_form unknown;
    dk_slip none;
    none.begun = false;
    assert_true(dk_morph_form_init(&unknown, NULL, dk_str_from("fraktt"))); /* without a dictionary nothing is a word */
    assert_false(unknown.known);
    assert_false(dk_morph_form_next_slip(&unknown, 0, &none));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_lemma_is_right),
                                       cmocka_unit_test(plausible_lemmas_are_neither_silly_nor_few),
                                       cmocka_unit_test(scores_share_one),
                                       cmocka_unit_test(odd_forms_have_a_lemma),
                                       cmocka_unit_test(capitals_hint_at_names),
                                       cmocka_unit_test(the_dictionary_is_asked),
                                       cmocka_unit_test(lemmas_expand_to_their_forms),
                                       cmocka_unit_test(slips_are_those_of_the_text),
                                       cmocka_unit_test(threads_share_it)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
