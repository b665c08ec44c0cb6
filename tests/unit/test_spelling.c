/* One-letter errors: each kind, ties, and a comparison with the plain definition on thousands of made-up words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "text/spelling.h"
#include "text/utf8.h"

static dk_spelling *make(const char *const *words, size_t n, int min_letters) {
    dk_str *targets = malloc((n + 1) * sizeof *targets);
    dk_spelling *spelling;
    assert_non_null(targets);
    for (size_t i = 0; i < n; i++) targets[i] = dk_str_from(words[i]);
    assert_int_equal(dk_spelling_new(&spelling, targets, n, min_letters, NULL, NULL), DK_OK);
    free(targets);
    return spelling;
}

static uint32_t find(const dk_spelling *s, const char *form) {
    return dk_spelling_find(s, dk_str_from(form));
}

/* Wrong if: one of the four errors is not found, or counts twice for a letter of two bytes. */
static void every_kind_of_error_is_found(void **state) {
    (void)state;
    static const char *const words[] = {"leverans", "förändring", "kundtjänst"};
    dk_spelling *s = make(words, 3, 6);
    assert_int_equal(find(s, "leverns"), 0);   /* dropped */
    assert_int_equal(find(s, "leverrans"), 0); /* doubled */
    assert_int_equal(find(s, "leverens"), 0);  /* changed */
    assert_int_equal(find(s, "leevrans"), 0);  /* swapped */
    assert_int_equal(find(s, "everans"), 0);   /* at either end */
    assert_int_equal(find(s, "leveranss"), 0);
    assert_int_equal(find(s, "förandring"), 1); /* ä to a: two bytes, one letter */
    assert_int_equal(find(s, "kundtjnst"), 2);
    assert_int_equal(find(s, "kundtjäsnt"), 2);
    assert_int_equal(find(s, "leverens."), DK_SPELLING_NONE); /* two errors */
    assert_int_equal(find(s, "leverans"), DK_SPELLING_NONE);  /* no error */
    assert_int_equal(find(s, ""), DK_SPELLING_NONE);
    dk_spelling_free(s);
}

/* Wrong if: one of several equally near words is taken. */
static void ties_are_left_alone(void **state) {
    (void)state;
    static const char *const words[] = {"banken", "tanken", "skanken", "tanken"};
    dk_spelling *s = make(words, 4, 6);
    assert_int_equal(find(s, "ranken"), DK_SPELLING_NONE);
    assert_int_equal(find(s, "tankens"), 1); /* the doubled target is one */
    assert_int_equal(find(s, "tanken"), DK_SPELLING_NONE);
    dk_spelling_free(s);
}

/* Wrong if: short words, which are one letter from everything, are corrected to. */
static void short_targets_are_left_out(void **state) {
    (void)state;
    static const char *const words[] = {"bra", "öppet", "snabbt"};
    dk_spelling *s = make(words, 3, 6);
    assert_int_equal(find(s, "bro"), DK_SPELLING_NONE);
    assert_int_equal(find(s, "öppen"), DK_SPELLING_NONE);
    assert_int_equal(find(s, "snabt"), 2);
    dk_spelling_free(s);
    s = make(words, 0, 6);
    assert_int_equal(find(s, "snabt"), DK_SPELLING_NONE);
    dk_spelling_free(s);
}

/* Damerau's distance by its definition (restricted: a swapped pair is not edited again), over bytes. */
static int plain_distance(const char *a, const char *b) {
    int n = (int)strlen(a), m = (int)strlen(b), d[16][16];
    for (int i = 0; i <= n; i++) d[i][0] = i;
    for (int k = 0; k <= m; k++) d[0][k] = k;
    for (int i = 1; i <= n; i++)
        for (int k = 1; k <= m; k++) {
            int best = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
            if (d[i - 1][k] + 1 < best) best = d[i - 1][k] + 1;
            if (d[i][k - 1] + 1 < best) best = d[i][k - 1] + 1;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && d[i - 2][k - 2] + 1 < best)
                best = d[i - 2][k - 2] + 1;
            d[i][k] = best;
        }
    return d[n][m];
}

/* Wrong if: for some word over a small alphabet, where near words abound, the answer is not that of the definition. */
static void agrees_with_the_definition(void **state) {
    (void)state;
    enum { TARGETS = 300, FORMS = 4000 };
    static char text[TARGETS][12];
    const char *words[TARGETS];
    uint32_t seed = 12345, found = 0;
    for (int i = 0; i < TARGETS; i++) {
        int len = 6 + (int)((seed = seed * 1664525u + 1013904223u) >> 24) % 4;
        for (int k = 0; k < len; k++)
            text[i][k] = (char)('a' + (int)((seed = seed * 1664525u + 1013904223u) >> 24) % 3);
        text[i][len] = '\0';
        words[i] = text[i];
    }
    dk_spelling *s = make(words, TARGETS, 6);
    for (int f = 0; f < FORMS; f++) {
        char form[12];
        int len = 5 + (int)((seed = seed * 1664525u + 1013904223u) >> 24) % 6;
        for (int k = 0; k < len; k++)
            form[k] = (char)('a' + (int)((seed = seed * 1664525u + 1013904223u) >> 24) % 3);
        form[len] = '\0';
        int near = 0, exact = 0;
        const char *which = NULL;
        for (int i = 0; i < TARGETS; i++) {
            int d = plain_distance(form, text[i]);
            exact |= d == 0;
            if (d == 1 && (which == NULL || strcmp(which, text[i]) != 0)) {
                near++;
                which = text[i];
            }
        }
        uint32_t got = find(s, form);
        if (exact || near != 1) {
            assert_int_equal(got, DK_SPELLING_NONE);
        } else {
            assert_int_not_equal(got, DK_SPELLING_NONE);
            assert_string_equal(text[got], which);
            found++;
        }
    }
    assert_true(found > 50);
    dk_spelling_free(s);
}

static size_t near_of(const dk_spelling *s, const char *form, dk_spelling_word near[DK_SPELLING_NEAR]) {
    morph_word word;
    morph_word_init(&word, form, strlen(form));
    return dk_spelling_near(s, &word, near);
}

/* Who asks for all that is near must get each word once, and nothing for a word that is right or that is near too many. */
static void all_near_words_are_listed(void **state) {
    (void)state;
    static const char *const words[] = {"trevlig", "trevliga", "trevligt", "trivsam", "banan", "banas", "banar", "banal", "banat", "banad", "banak"};
    dk_spelling *s = make(words, sizeof words / sizeof *words, 4);
    dk_spelling_word near[DK_SPELLING_NEAR];
    assert_int_equal(near_of(s, "trevligg", near), 3);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < i; k++) assert_false(dk_str_eq(near[i].text, near[k].text));
    assert_int_equal(near_of(s, "trevlig", near), 0);
    assert_int_equal(near_of(s, "trivsamm", near), 1);
    assert_true(dk_str_is(near[0].text, "trivsam"));
    assert_int_equal(near[0].nlemmas, 0); /* no morphology says what they are forms of */
    assert_int_equal(near_of(s, "bana", near), 0); /* seven are near */
    dk_spelling_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_near_words_are_listed),
        cmocka_unit_test(every_kind_of_error_is_found), cmocka_unit_test(ties_are_left_alone),
        cmocka_unit_test(short_targets_are_left_out), cmocka_unit_test(agrees_with_the_definition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
