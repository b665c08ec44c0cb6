/* The term language, the reading of lexicon files with their errors, and matching. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "lexicon/index.h"
#include "text/literals.h"
#include "text/utf8.h"

/* ---- A data folder in a temporary place --------------------------------------------------------------- */

static char folder[64];

static void put(const char *name, const char *text) {
    char *path = dk_path_join(folder, name), *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(dk_folder_make(path, NULL), DK_OK);
    *slash = '/';
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
    free(path);
}

static int make_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/dk_lexicon_XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    put("lexicons/taxonomy.tsv", "theme\tstage\towner\trole\ten\tsv\tda\tcovers\n"
                                 "delivery.speed\treceive\tlogistics\tdriver\tDelivery speed\tLeveranstid\tLeveringstid\t\n"
                                 "support.access\tsupport\tcustomer service\tdriver\tReaching support\tN\xC3\xA5" "barhet\tT\t\n"
                                 "price.level\tchoose\tpricing\tdriver\tPrice\tPris\tPris\t\n");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* ---- Terms ------------------------------------------------------------------------------------------- */

static void terms_are_parsed(void **state) {
    (void)state;
    dk_arena arena;
    dk_arena_init(&arena);
    dk_term t;
    assert_int_equal(dk_term_parse(&t, dk_str_from("ring/ringde ... tillbaka"), &arena, NULL), DK_OK);
    assert_int_equal(t.nsteps, 2);
    assert_int_equal(t.steps[0].nalternatives, 2);
    assert_true(t.steps[1].gap);
    assert_int_equal(dk_term_parse(&t, dk_str_from("\"Leverans\" lever* *tid +problem /^kr\\d+$/"), &arena, NULL), DK_OK);
    static const dk_matcher expected[] = {DK_MATCH_EXACT, DK_MATCH_PREFIX, DK_MATCH_SUFFIX, DK_MATCH_PART, DK_MATCH_REGEX};
    assert_int_equal(t.nsteps, 5);
    for (size_t i = 0; i < 5; i++) assert_int_equal(t.steps[i].alternatives[0].matcher, expected[i]);
    assert_true(dk_str_is(t.steps[0].alternatives[0].texts[0], "leverans"));
    assert_int_equal(dk_term_parse(&t, dk_str_from("don't answer"), &arena, NULL), DK_OK);
    assert_int_equal(t.steps[0].alternatives[0].ntexts, 2); /* do + n't, as in a comment */
    assert_int_equal(dk_term_parse(&t, dk_str_from("//leve[rst]+.{0,20}sen//"), &arena, NULL), DK_OK);
    assert_true(t.comment_regex);
    dk_arena_dispose(&arena);
}

static void mistakes_in_terms_are_located(void **state) {
    (void)state;
    static const struct {
        const char *term;
        int64_t column;
    } cases[] = {{"", 1}, {"... svar", 1}, {"svar ...", 9}, {"\"leverans", 1}, {"svar/ nu", 6}, {"le*ver*", 3},
                 {"//abc", 1}, {"svar /abc", 6}, {"a b c d e f g h i j k l m n o p q", 33}};
    dk_arena arena;
    dk_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_term t;
        dk_error err = {0};
        assert_int_equal(dk_term_parse(&t, dk_str_from(cases[i].term), &arena, &err), DK_EDATA);
        assert_int_equal(err.column, cases[i].column);
    }
    dk_arena_dispose(&arena);
}

static void mistakes_in_files_name_file_line_and_column(void **state) {
    (void)state;
    static const struct {
        const char *themes, *message;
        int64_t line, column;
    } cases[] = {
        {"theme\tterm\tvalence\n\n# note\nno.theme\tord\n", "the taxonomy has no theme no.theme", 4, 1},
        {"theme\tterm\tvalence\nprice.level\tdyr\tmycket\n", "mycket is no valence; a number from -5 to 5 was expected", 2, 17},
        {"theme\tterm\tvalence\nprice.level\tdyr\t0\n", "a valence of 0 says nothing; leave such a word out", 2, 17},
        {"theme\tterm\tvalence\nprice.level\t\"dyr\n", "the closing \" is missing", 2, 13},
        {"theme\tword\nprice.level\tdyr\n", "unknown column word; the columns here are theme, term, valence, note", 1, 7},
        {"theme\tterm\nprice.level\tdyr\t-2\n", "a cell too many: the header row has 2 columns", 2, 17},
        {"", "empty file: a header row with the column theme was expected", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("lexicons/sv/themes.tsv", cases[i].themes);
        dk_lexicon *lexicon = NULL;
        dk_error err = {0};
        assert_int_equal(dk_lexicon_open(&lexicon, folder, NULL, 0, &err), DK_EDATA);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.column, cases[i].column);
        assert_non_null(strstr(err.file, "sv/themes.tsv"));
    }
}

/* ---- Matching ---------------------------------------------------------------------------------------- */

/* Wrong if a path is lost, or found otherwise, where it is known beforehand whether and how a pair of words goes on. */
static void check_pairs(const dk_index *index, const dk_word *const *words, const dk_tokens *tokens, const dk_matches *wanted,
                        dk_matches *got) {
    for (uint32_t i = 0; i < tokens->count; i++) {
        uint32_t leads = i + 1 < tokens->count ? dk_index_leads(index, words[i], words[i + 1]) : DK_LEADS_NOWHERE;
        dk_index_fetch(index, leads);
        assert_int_equal(dk_index_match_at(index, words, tokens, i, leads, 0, got, NULL), DK_OK);
    }
    assert_int_equal(got->count, wanted->count);
    size_t told = offsetof(dk_match, won) + 1; /* without the padding behind the last member */
    for (size_t i = 0; i < got->count; i++) assert_memory_equal(&got->items[i], &wanted->items[i], told);
    free(got->items);
}

/* Matches text against the Swedish files in the folder and writes "first-last:line" of every match. */
static void match(const char *text, char *out, size_t size) {
    dk_lexicon *lexicon = NULL;
    dk_index *index = NULL;
    dk_error err = {0};
    assert_int_equal(dk_lexicon_open(&lexicon, folder, NULL, 0, &err), DK_OK);
    assert_int_equal(dk_index_new(&index, lexicon, DK_LANG_SV, NULL, true, &err), DK_OK);
    dk_tokens tokens = {0};
    assert_int_equal(dk_tokenize(&tokens, text, strlen(text), NULL), DK_OK);
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    dk_arena arena;
    dk_arena_init(&arena);
    dk_word *words = calloc(tokens.count, sizeof *words);
    const dk_word **pointers = calloc(tokens.count, sizeof *pointers);
    dk_buf folded;
    dk_buf_init(&folded);
    for (size_t i = 0; i < tokens.count; i++) {
        dk_buf_clear(&folded);
        dk_utf8_fold(&folded, text + tokens.items[i].start, tokens.items[i].end - tokens.items[i].start, NULL);
        assert_int_equal(dk_index_analyse(index, scratch, (dk_str){folded.ptr, folded.len},
                                          (dk_token_kind)tokens.items[i].kind, &arena, &words[i], NULL, NULL), DK_OK);
        pointers[i] = &words[i];
    }
    dk_matches m = {0}, by_pairs = {0};
    uint64_t limited = 0;
    assert_int_equal(dk_index_match(index, pointers, &tokens, 0, &m, NULL), DK_OK);
    check_pairs(index, pointers, &tokens, &m, &by_pairs);
    dk_callers callers = {.count = 0};
    assert_true(dk_callers_find(&callers, pointers, tokens.count));
    assert_int_equal(dk_index_match_patterns(index, scratch, dk_str_from(text), pointers, &tokens, &callers, 0, &m, &limited, NULL), DK_OK);
    free(callers.tokens);
    *out = '\0';
    for (size_t i = 0; i < m.count; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s%u-%u:%u", i > 0 ? " " : "", m.items[i].first, m.items[i].last,
                 lexicon->sources[m.items[i].entry].line);
    free(m.items);
    free(words);
    free(pointers);
    dk_buf_dispose(&folded);
    dk_arena_dispose(&arena);
    dk_regex_scratch_free(scratch);
    dk_tokens_dispose(&tokens);
    dk_index_free(index);
    dk_lexicon_free(lexicon);
}

static void every_kind_of_term_matches(void **state) {
    (void)state;
    put("lexicons/sv/themes.tsv", "theme\tterm\tvalence\n"
                                  "delivery.speed\tleverans\n"                /* 2 */
                                  "delivery.speed\tsnabb leverans\t3\n"       /* 3 */
                                  "support.access\tring/ringer ... tillbaka\n" /* 4 */
                                  "price.level\tdyr*\t-2\n"                   /* 5 */
                                  "price.level\t*pris\n"                      /* 6 */
                                  "price.level\t/^kr\\d+$/\n"                 /* 7 */
                                  "price.level\t//kostar.{0,9}mycket//\n"     /* 8 */
                                  "support.access\t\"24/7\"\n"                /* 9 */
                                  "price.level\t:-)\n");                      /* 10 */
    static const char *const cases[][2] = {
        {"Snabb leverans", "0-1:3 1-1:2"},
        {"ni ringer aldrig mig tillbaka", "1-4:4"},
        {"ring igen. Kom inte tillbaka", ""},     /* a gap stays within its sentence */
        {"ring a b c d tillbaka", ""},            /* and holds three tokens at most */
        {"dyrast kampanjpris", "0-0:5 1-1:6"},
        {"kr500 var det", "0-0:7"},
        {"det Kostar f\xC3\xB6r mycket", "1-3:8"},
        {"hj\xC3\xA4lp 24/7 :-)", "1-1:9 2-2:10"},
        {"leveranss", "0-0:2"},                   /* one typing error, and only one word that is near */
        {"levransx", ""},
    };
    char got[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        match(cases[i][0], got, sizeof got);
        assert_string_equal(got, cases[i][1]);
    }
}

/* Wrong if one of several ways from a word to the next is taken for the only one, or what goes on behind it is lost. */
static void words_that_go_on_in_several_ways_match_in_all(void **state) {
    (void)state;
    put("lexicons/sv/themes.tsv", "theme\tterm\n"
                                  "delivery.speed\tsnabb leverans\n"           /* 2 */
                                  "delivery.speed\tsnabb* leverans\n"          /* 3 */
                                  "delivery.speed\tsnabb lever*\n"             /* 4 */
                                  "delivery.speed\t\"snabb\" leverans hem\n" /* 5 */
                                  "price.level\tbra pris idag ... alltid\n"    /* 6 */
                                  "price.level\tbra ... alltid\n");            /* 7 */
    static const char *const cases[][2] = {
        {"snabb leverans", "0-1:2 0-1:4 0-1:3"},
        {"snabba leverans", "0-1:3"},
        {"snabb levererad", "0-1:4"},
        {"snabb leverans hem", "0-1:2 0-1:4 0-1:3 0-2:5"},
        {"bra pris idag som alltid", "0-4:6 0-4:7"}, /* a gap holds three words */
        {"bra alltid", "0-1:7"},
        {"snabb", ""},
    };
    char got[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        match(cases[i][0], got, sizeof got);
        assert_string_equal(got, cases[i][1]);
    }
}

static void a_wrong_pattern_points_into_its_line(void **state) {
    (void)state;
    put("lexicons/sv/themes.tsv", "theme\tterm\nprice.level\t//leve[rst//\n");
    dk_lexicon *lexicon = NULL;
    dk_index *index = NULL;
    dk_error err = {0};
    assert_int_equal(dk_lexicon_open(&lexicon, folder, NULL, 0, &err), DK_OK);
    assert_int_equal(dk_index_new(&index, lexicon, DK_LANG_SV, NULL, false, &err), DK_EDATA);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.file, "sv/themes.tsv");
    assert_non_null(strstr(err.message, "missing terminating ]"));
    dk_lexicon_free(lexicon);
}

static void a_hostile_pattern_gives_up_by_its_step_limit(void **state) {
    (void)state;
    dk_regex *regex = NULL;
    assert_int_equal(dk_regex_new(&regex, dk_str_from("(?:a|aa)+[yz]"), NULL), DK_OK);
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    char text[4000];
    memset(text, 'a', sizeof text);
    size_t start, end;
    bool limited = false;
    assert_false(dk_regex_find(regex, scratch, (dk_str){text, sizeof text}, 0, &start, &end, &limited));
    assert_true(limited);
    dk_regex_scratch_free(scratch);
    dk_regex_free(regex);
}

/* A literal too many and a pattern is skipped that would have matched; one too few and it is tried on every comment. */
static void literals_that_a_pattern_needs_are_found(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"leve[rst]+.{0,20}sen", "leve"}, {"a|b", ""}, {"colou?r", "colo"}, {"kostar\\s+mycket", "kostar"},
        {"(x|y)?Pris", "pris"}, {"ab+c", "ab"}, {"^\\W*(meget |helt )?godt\\W*$", "godt"},
        {"(?:^|[.!])\\s*(?:bra|dåligt|SÄMST)$", "bra dåligt sämst"}, {"it's (good|bad) enough", "enough"},
        {"(good|bad|)", ""}, {"(abc){0,2}de", "de"}, {"(?!never)again", "again"}, {"x(?=behind)", ""},
        {"(?i)word", ""}, {"\\Qword\\E", ""}, {"[[:alpha:]word]then", "then"}, {"ab(c|d(ef|gh))", "ab"}, {"(one|two|one)", "one two"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_literals found;
        char out[200] = "";
        dk_regex_literals(dk_str_from(cases[i][0]), &found);
        for (size_t k = 0; k < found.count; k++) {
            if (k > 0) strcat(out, " ");
            strncat(out, found.items[k].text, found.items[k].len);
        }
        assert_string_equal(out, cases[i][1]);
    }
}

/* A pattern is tried only where its tail matches: a tail that begins too late, or where no match passes, would lose matches. */
static void tails_of_patterns_begin_with_their_literals(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"^\\W*(meget |helt )?godt\\W*$", "godt\\W*$"}, {"x\\Ktack\\b", "tack\\b"}, {"\\bavoid", "avoid"},
        {"(?:^|[.!])\\s*(?:bra|k(?:\xC3\xB6tt)?att)+!", "(?:bra|k(?:\xC3\xB6tt)?att)+!"}, /* inside it the literal does not lead */
        {"[.](?:bra|bad)+!", "(?:bra|bad)+!"}, {"good|. bad", ""}, {"a{3}(b+cd)?ef(?=gh)", "ef(?=gh)"}};
    static const bool leads[] = {true, true, true, false, true, false, true};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_literals found;
        dk_regex_literals(dk_str_from(cases[i][0]), &found);
        assert_string_equal(found.from == SIZE_MAX ? "" : cases[i][0] + found.from, cases[i][1]);
        if (found.from != SIZE_MAX) assert_int_equal(found.leads, leads[i]);
    }
}

/* A text of more words than a pattern can match is not tried: a word too few and matches are lost. Each pattern beside the longest text that
   it matches, by whose words the number is checked. */
static void the_most_words_of_a_pattern_are_no_fewer(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        size_t words, most; /* of the text; and what is to be known, SIZE_MAX for nothing */
    } cases[] = {{"^\\W*(meget |helt )?godt\\W*$", "... helt godt!", 2, 2},
                 {"^every ?thing$", "every thing", 2, 2},
                 {"^(?:a|so very) (?:good|bad){1,3}$", "so very badbadbad", 3, 5},
                 {"^it's [ok]+k$", "it's ok", 3, SIZE_MAX},
                 {"^x[ .]*y\\s*[!?]*$", "x  . y !?", 2, 2},
                 {"^(?=good)good+$", "gooddd", 1, 1},
                 {"^good.?$", "goodx", 1, 2},
                 {"^good\\w$", "goods", 1, 2},
                 {"^good(?: very)*$", "good very very very", 4, SIZE_MAX},
                 {"^good\\S*$", "good,but,dear", 3, SIZE_MAX},
                 {"^good|bad$", "good for nothing", 3, SIZE_MAX},
                 {"good$", "very good", 2, SIZE_MAX},
                 {"^good", "good for nothing", 3, SIZE_MAX},
                 {"^good\\$", "good$", 1, SIZE_MAX},
                 {"^(?i)good$", "GOOD", 1, SIZE_MAX}};
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t most = dk_regex_most_words(dk_str_from(cases[i].pattern));
        assert_int_equal(most, cases[i].most);
        assert_true(cases[i].words <= most);
        dk_regex *regex = NULL;
        size_t start, end;
        bool limited;
        assert_int_equal(dk_regex_new(&regex, dk_str_from(cases[i].pattern), NULL), DK_OK);
        assert_true(dk_regex_find(regex, scratch, dk_str_from(cases[i].text), 0, &start, &end, &limited));
        dk_regex_free(regex);
    }
    dk_regex_scratch_free(scratch);
}

/* Patterns that begin at a mark are tried there alone: the same matches must come out as when every place is tried, which is what
   the same pattern gives with a group around its begin. */
static void patterns_that_begin_at_marks_find_the_same(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"(?:^|[.!?:,])\\s*(?:inte )*bra\\b", "(?:(?:^|[.!?:,]))\\s*(?:inte )*bra\\b"},
                                           {"(?:^|[.!\\n])\\W*good(?=[.!\\n]|$)", "(?:(?:^|[.!\\n]))\\W*good(?=[.!\\n]|$)"},
                                           {"(?:^|[.])x|bra", "(?:(?:^|[.]))x|bra"},
                                           {"(?:^|[.])?bra", "(?:(?:^|[.])?)bra"},
                                           {"(?:^|[.])(?:bra)?", "(?:(?:^|[.]))(?:bra)?"}};
    static const char *const texts[] = {"bra", "helt bra", "dyrt, inte inte bra", "bra. bra! bra", "so\ngood. good!good", "goods.",
                                        "\xC3\xA5.x", "..bra", "", ".", "ok\xFF.bra"};
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        dk_regex *marks = NULL, *every = NULL;
        assert_int_equal(dk_regex_new(&marks, dk_str_from(pairs[i][0]), NULL), DK_OK);
        assert_int_equal(dk_regex_new(&every, dk_str_from(pairs[i][1]), NULL), DK_OK);
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            dk_str text = dk_str_from(texts[t]);
            for (size_t from = 0; from <= text.len;) {
                size_t start = 0, end = 0, start2 = 0, end2 = 0;
                bool limited;
                bool found = dk_regex_find(marks, scratch, text, from, &start, &end, &limited);
                assert_int_equal(found, dk_regex_find(every, scratch, text, from, &start2, &end2, &limited));
                if (!found) break;
                assert_int_equal(start, start2);
                assert_int_equal(end, end2);
                from = end;
            }
        }
        dk_regex_free(marks);
        dk_regex_free(every);
    }
    dk_regex_scratch_free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_parsed),
        cmocka_unit_test(mistakes_in_terms_are_located),
        cmocka_unit_test(mistakes_in_files_name_file_line_and_column),
        cmocka_unit_test(every_kind_of_term_matches),
        cmocka_unit_test(words_that_go_on_in_several_ways_match_in_all),
        cmocka_unit_test(a_wrong_pattern_points_into_its_line),
        cmocka_unit_test(a_hostile_pattern_gives_up_by_its_step_limit),
        cmocka_unit_test(patterns_that_begin_at_marks_find_the_same),
        cmocka_unit_test(literals_that_a_pattern_needs_are_found),
        cmocka_unit_test(the_most_words_of_a_pattern_are_no_fewer),
        cmocka_unit_test(tails_of_patterns_begin_with_their_literals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
