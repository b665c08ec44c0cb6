/* Language identification: wrong answers here would tag comments with the wrong lexicon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "text/language.h"
#include "text/token.h"
#include "text/utf8.h"

static dk_language_model *model;

static int open_model(void **state) {
    (void)state;
    dk_error err;
    if (dk_language_open(&model, "models/language.tsv", &err) == DK_OK) return 0;
    fprintf(stderr, "%s:%lld:%lld %s\n", err.file, (long long)err.line, (long long)err.column, err.message);
    return -1;
}

static int close_model(void **state) {
    (void)state;
    dk_language_free(model);
    return 0;
}

/* Sums over the words of a text as a session does it; returns the number of words. */
static uint64_t sum_words(const char *text, int64_t sums[DK_LANGUAGE_CLASSES]) {
    dk_tokens tokens = {0};
    dk_buf folded;
    dk_buf_init(&folded);
    uint64_t words = 0;
    memset(sums, 0, DK_LANGUAGE_CLASSES * sizeof *sums);
    assert_int_equal(dk_tokenize(&tokens, text, strlen(text), NULL), DK_OK);
    for (size_t i = 0; i < tokens.count; i++) {
        int32_t scores[DK_LANGUAGE_CLASSES];
        if (tokens.items[i].kind != DK_TOKEN_WORD) continue;
        dk_buf_clear(&folded);
        assert_int_equal(dk_utf8_fold(&folded, text + tokens.items[i].start,
                                      tokens.items[i].end - tokens.items[i].start, NULL), DK_OK);
        words += dk_language_score(model, (dk_str){folded.ptr, folded.len}, scores);
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) sums[c] += scores[c];
    }
    dk_tokens_dispose(&tokens);
    dk_buf_dispose(&folded);
    return words;
}

static dk_language language_of(const char *text, const dk_language_prior *prior, int32_t *confidence) {
    int64_t sums[DK_LANGUAGE_CLASSES];
    uint64_t words = sum_words(text, sums);
    return dk_language_decide(model, sums, words, prior, confidence);
}

static void knows_plain_comments(void **state) {
    static const struct {
        const char *text;
        dk_language language;
    } cases[] = {
        {"Jättebra service och snabb leverans, kommer att handla här igen!", DK_LANG_SV},
        {"Kundtjänsten svarade aldrig på mina mejl", DK_LANG_SV},
        {"väntade en vecka på svar", DK_LANG_SV},
        {"Dålig app", DK_LANG_SV},
        {"Rigtig god betjening, men jeg ventede alt for længe i telefonen", DK_LANG_DA},
        {"Pakken kom aldrig frem, og jeg fik ingen besked", DK_LANG_DA},
        {"meget utilfreds med regningen", DK_LANG_DA},
        {"Hurtig levering", DK_LANG_DA},
        {"Great staff but the delivery was two days late", DK_LANG_EN},
        {"never again", DK_LANG_EN},
        {"Easy to order", DK_LANG_EN},
        {"Ich habe drei Wochen auf meine Bestellung gewartet und niemand antwortet", DK_LANG_OTHER},
        {"Kundeservice var veldig hyggelige og hjalp meg med en gang, jeg fikk pengene tilbake uten noe mas", DK_LANG_OTHER},
        {"Eg veit ikkje kva som skjedde, men dei var flinke til å hjelpe oss", DK_LANG_OTHER},
        {"Ik heb twee weken op mijn pakket gewacht en niemand belde terug", DK_LANG_OTHER},
        {"Palvelu oli todella hyvää ja nopeaa", DK_LANG_OTHER},
        {"Отличный магазин, спасибо", DK_LANG_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t confidence;
        dk_language got = language_of(cases[i].text, NULL, &confidence);
        if (got != cases[i].language)
            fail_msg("\"%s\" came out as %s (%d)", cases[i].text, dk_language_name(got), (int)confidence);
        assert_in_range(confidence, 300, 1000);
    }
}

/* If it failed, cutting a comment into clauses would change its language. */
static void evidence_is_additive(void **state) {
    (void)state;
    int64_t whole[DK_LANGUAGE_CLASSES], first[DK_LANGUAGE_CLASSES], second[DK_LANGUAGE_CLASSES];
    uint64_t n = sum_words("varorna kom fram i tid och allt fungerar", whole);
    assert_int_equal(n, sum_words("varorna kom fram i tid", first) + sum_words("och allt fungerar", second));
    for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) assert_true(whole[c] == first[c] + second[c]);
    /* an order of words that differs must not matter either */
    sum_words("fungerar allt och tid i fram kom varorna", second);
    assert_memory_equal(whole, second, sizeof whole);
}

static void forms_without_letters_say_nothing(void **state) {
    static const char *const forms[] = {"", "12", "!!", "😡", "10:30", "-", "\xff\xfe"};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        int32_t scores[DK_LANGUAGE_CLASSES];
        assert_false(dk_language_score(model, dk_str_from(forms[i]), scores));
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) assert_int_equal(scores[c], 0);
    }
    int32_t confidence = -1;
    assert_int_equal(language_of("10 / 10 !!! 😀", NULL, &confidence), DK_LANG_OTHER);
    assert_int_equal(confidence, 0);
}

/* Whatever else is scored at the same time. */
static void forms_are_scored_together_as_one_by_one(void **state) {
    (void)state;
    static const char *const words[] = {"leveransen", "", "12", "kundtjänst", "x", "forsinkelse", "delivery", "😡", "försäkringsbolagets", "a"};
    enum { N = 37, WORDS = sizeof words / sizeof *words };
    dk_str forms[N];
    int32_t scores[N][DK_LANGUAGE_CLASSES], alone[DK_LANGUAGE_CLASSES];
    bool speak[N];
    for (size_t i = 0; i < N; i++) forms[i] = dk_str_from(words[i * 7 % WORDS]);
    for (size_t n = 0; n <= N; n++) {
        dk_language_score_all(model, forms, n, scores, speak);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(dk_language_score(model, forms[i], alone), speak[i]);
            assert_memory_equal(scores[i], alone, sizeof alone);
        }
    }
}

/* A megabyte without spaces must cost and weigh no more than a word. */
static void long_forms_are_bounded(void **state) {
    (void)state;
    size_t len = 1 << 20;
    char *form = malloc(len);
    assert_non_null(form);
    for (size_t i = 0; i < len; i++) form[i] = "ettlångtord"[i % 11];
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)form[i] >= 0x80) form[i] = 'a';
    int32_t all[DK_LANGUAGE_CLASSES], head[DK_LANGUAGE_CLASSES];
    assert_true(dk_language_score(model, (dk_str){form, len}, all));
    assert_true(dk_language_score(model, (dk_str){form, 40}, head));
    assert_memory_equal(all, head, sizeof all);
    free(form);
}

/* A word that all three share must follow the file it stands in, and clear words must not. */
static void prior_decides_only_what_is_open(void **state) {
    (void)state;
    static const uint64_t danish[DK_LANGUAGES] = {0, 0, 500, 3}, swedish[DK_LANGUAGES] = {0, 500, 0, 3};
    dk_language_prior da, sv;
    dk_language_prior_learn(danish, &da);
    dk_language_prior_learn(swedish, &sv);
    assert_true(da.add[DK_LANG_DA] > 0 && da.add[DK_LANG_SV] < 0);
    assert_int_equal(da.add[DK_LANG_SV], -3 * DK_LANGUAGE_UNIT);
    int32_t confident, doubtful;
    assert_int_equal(language_of("ok service", &da, &confident), DK_LANG_DA);
    assert_int_equal(language_of("ok service", &sv, NULL), DK_LANG_SV);
    assert_int_equal(language_of("kundtjänsten svarade inte när jag ringde", &da, &doubtful), DK_LANG_SV);
    assert_int_equal(language_of("kundeservice svarede ikke, da jeg ringede til dem", &sv, NULL), DK_LANG_DA);
    /* nothing but the prior to go by */
    assert_int_equal(language_of("👍", &da, &confident), DK_LANG_DA);
    assert_in_range(confident, 500, 999);
    static const uint64_t even[DK_LANGUAGES] = {7, 7, 7, 7};
    dk_language_prior none;
    dk_language_prior_learn(even, &none);
    for (int l = 0; l < DK_LANGUAGES; l++) assert_int_equal(none.add[l], 0);
}

/* What a user says of a file must act like what is learned from such a file, in whatever unit, and a slip must be named. */
static void a_prior_can_be_said(void **state) {
    (void)state;
    static const uint64_t seen[DK_LANGUAGES] = {0, 6000, 3000, 1000};
    dk_language_prior learned, said;
    dk_error err;
    dk_language_prior_learn(seen, &learned);
    assert_int_equal(dk_language_prior_parse("sv=0.6,da=0.3,en=0.1", &said, &err), DK_OK);
    assert_memory_equal(&said, &learned, sizeof said);
    assert_int_equal(dk_language_prior_parse("en=10, da=30, sv=60", &said, &err), DK_OK);
    assert_memory_equal(&said, &learned, sizeof said);
    assert_int_equal(dk_language_prior_parse("da", &said, &err), DK_OK);
    assert_true(said.add[DK_LANG_DA] > 0);
    assert_int_equal(said.add[DK_LANG_SV], -3 * DK_LANGUAGE_UNIT);
    static const char *const wrong[] = {"", "se", "sv=", "sv=x", "sv=.", "sv=1,sv=2", "sv=-1", "sv=1,", "sv=0,da=0", "sv=1e3", "sv 0.6"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dk_language_prior_parse(wrong[i], &said, &err), DK_EUSAGE);
        assert_string_not_equal(err.message, "");
    }
}

static void confidence_is_a_probability(void **state) {
    (void)state;
    int64_t sums[DK_LANGUAGE_CLASSES] = {0};
    int32_t confidence;
    sums[DK_LANG_SV] = 1 << 20;
    assert_int_equal(dk_language_decide(model, sums, 1, NULL, &confidence), DK_LANG_SV);
    assert_int_equal(confidence, 1000);
    /* two languages alike and the rest out of the race: one half */
    for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) sums[c] = -(1 << 20);
    dk_language_prior sv = {.add = {[DK_LANG_SV] = 3}};
    sums[DK_LANG_SV] = sums[DK_LANG_DA] = 0;
    dk_language_decide(model, sums, 1, NULL, &confidence);
    int32_t before = confidence;
    dk_language_decide(model, sums, 1, &sv, &confidence);
    assert_true(before >= 500 && confidence != before);
}

static void names_go_both_ways(void **state) {
    (void)state;
    for (int l = 0; l < DK_LANGUAGES; l++) {
        dk_language back;
        assert_true(dk_language_from_name(dk_str_from(dk_language_name((dk_language)l)), &back));
        assert_int_equal(back, l);
    }
    dk_language none;
    assert_false(dk_language_from_name(dk_str_from("auto"), &none));
}

/* A damaged model must be named by its line, not read as another one. */
static void damage_is_located(void **state) {
    static const struct {
        const char *text;
        int64_t line, column;
    } cases[] = {
        {"feature\tother\nab\t1\t2\t3\t4\t5\t6\t7\n", 2, 17},         /* one weight missing */
        {"# x\nab\t1\t2\t3\t4\t5\t6\t7\t8\t9\n", 2, 19},               /* one too many */
        {"ab\t1\t2\t3\tx\t5\t6\t7\t8\n", 1, 10},                       /* not a number */
        {"ab\t1\t2\t3\t99999\t5\t6\t7\t8\n", 1, 10},                   /* out of range */
        {"abcdef\t1\t2\t3\t4\t5\t6\t7\t8\n", 1, 1},                    /* an n-gram of six */
        {"a\t1\t2\t3\t4\t5\t6\t7\t8\na\t1\t2\t3\t4\t5\t6\t7\t8\n", 2, 1}, /* twice */
        {"a\t1\t2\t3\t4\t5\t6\t7\t8\nb\t1\t2", 2, 6},                  /* cut short */
        {"# nothing\n", 1, 0},
        {"", 0, 0},
    };
    (void)state;
    char path[] = "/tmp/dk_language_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(cases[i].text, f);
        fclose(f);
        dk_language_model *m = NULL;
        dk_error err = {0};
        assert_int_equal(dk_language_open(&m, path, &err), DK_EDATA);
        assert_null(m);
        assert_string_equal(err.file, path);
        if (err.line != cases[i].line || err.column != cases[i].column)
            fail_msg("case %zu: %d:%d %s", i, (int)err.line, (int)err.column, err.message);
    }
    unlink(path);
    dk_language_model *m = NULL;
    dk_error err = {0};
    assert_int_equal(dk_language_open(&m, path, &err), DK_EIO);
}

/* A feature must count where it stands: <a at the beginning, a> at the end, =word for the whole. */
static void features_are_read_as_written(void **state) {
    (void)state;
    char path[] = "/tmp/dk_language_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "wb");
    assert_non_null(f);
    fputs("<a\t1\t0\t0\t0\t0\t0\t0\t0\na>\t0\t10\t0\t0\t0\t0\t0\t0\n=aå\t0\t0\t100\t0\t0\t0\t0\t0\nå\t0\t0\t0\t-1000\t0\t0\t0\t0\n", f);
    fclose(f);
    dk_language_model *m = NULL;
    assert_int_equal(dk_language_open(&m, path, NULL), DK_OK);
    unlink(path);
    int32_t s[DK_LANGUAGE_CLASSES];
    assert_true(dk_language_score(m, dk_str_from("aå"), s));
    assert_int_equal(s[0], 1);
    assert_int_equal(s[1], 0);
    assert_int_equal(s[2], 100);
    assert_int_equal(s[3], -1000);
    assert_true(dk_language_score(m, dk_str_from("åa"), s));
    assert_int_equal(s[0], 0);
    assert_int_equal(s[1], 10);
    assert_int_equal(s[2], 0);
    dk_language_free(m);
}

/* The automaton must say what adding up all n-grams of a word one by one says, also of those that end within longer ones or begin like
   them: if it did not, single letters or endings would count twice or not at all. */
static void sums_are_those_of_all_ngrams(void **state) {
    (void)state;
    static const char *const features[] = {"a", "b", "ab", "ba", "aba", "abab", "bab", "<a", "<ab", "b>", "ab>", "babab", "å", "aå", "<", ">", "abb"};
    enum { FEATURES = sizeof features / sizeof *features };
    char path[] = "/tmp/dk_language_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "wb");
    assert_non_null(f);
    for (int i = 0; i < FEATURES; i++) fprintf(f, "%s\t%d\t%d\t0\t0\t0\t0\t0\t-4969\n", features[i], 1 << (i % 12), -i);
    fclose(f);
    dk_language_model *m = NULL;
    assert_int_equal(dk_language_open(&m, path, NULL), DK_OK);
    unlink(path);
    for (unsigned pattern = 0; pattern < 3 * 3 * 3 * 3 * 3 * 3 * 3; pattern++) {
        static const char *const letters[] = {"a", "b", "å"};
        char word[32] = "", marked[40];
        for (unsigned rest = pattern, i = 0; i < 7; i++, rest /= 3) strcat(word, letters[rest % 3]);
        snprintf(marked, sizeof marked, "<%s>", word);
        int32_t expected[3] = {0}, got[DK_LANGUAGE_CLASSES];
        for (int i = 0; i < FEATURES; i++)
            for (const char *at = marked; strlen(features[i]) > 1 || strchr("<>", *features[i]) == NULL; at++) {
                at = strstr(at, features[i]);
                if (at == NULL) break;
                expected[0] += 1 << (i % 12), expected[1] -= i, expected[2] -= 4969;
            }
        assert_true(dk_language_score(m, dk_str_from(word), got));
        if (got[0] != expected[0] || got[1] != expected[1] || got[7] != expected[2])
            fail_msg("%s: %d %d %d, not %d %d %d", word, got[0], got[1], got[7], expected[0], expected[1], expected[2]);
    }
    dk_language_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_all_ngrams), cmocka_unit_test(knows_plain_comments),
        cmocka_unit_test(evidence_is_additive),
        cmocka_unit_test(forms_without_letters_say_nothing),
        cmocka_unit_test(forms_are_scored_together_as_one_by_one),
        cmocka_unit_test(long_forms_are_bounded),
        cmocka_unit_test(prior_decides_only_what_is_open),
        cmocka_unit_test(a_prior_can_be_said),
        cmocka_unit_test(confidence_is_a_probability),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(damage_is_located),
        cmocka_unit_test(features_are_read_as_written),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
