/* The tokenizer against Unicode's own examples of word boundaries (UAX #29), WordBreakTest.txt of Debian's package unicode-data.
 *
 * A place between two characters is looked at when a token lies on it or ends there; what stands between tokens (white space,
 * controls) is no token of ours. Tokens differ from UAX #29 where feedback needs it, in the ways that `difference` lists and in
 * no other: a place that differs in a way that is not listed fails. For the file's version 15.0.0 the places are counted too,
 * so that none comes or goes unseen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "text/token.h"
#include "text/utf8.h"

#define WORD_BREAK_TEST "/usr/share/unicode/auxiliary/WordBreakTest.txt"

enum { PLACES = 32 };

typedef struct example {
    char text[256];
    size_t len, n;
    size_t at[PLACES]; /* where place i is, in bytes */
    bool cut[PLACES];  /* whether the standard breaks there */
    uint32_t before[PLACES], behind[PLACES]; /* characters around it; before: without the marks that belong to it */
} example;

/* How our tokens differ from the standard, and at how many places of the examples of Unicode 15.0.0. */
static const struct {
    const char *why;
    int places;
} ways[] = {
    {"joined: a run of one mark is one token (WB999)", 50},
    {"joined: letters and digits around an apostrophe, 80'erne (WB999)", 28},
    {"joined: kana and kanji with other letters (WB999)", 32},
    {"joined: digits around a colon, 10:30 (WB999)", 10},
    {"cut: an emoji is a token of its own even behind a joiner (WB3c)", 7},
    {"cut: a colon, or a mark or quote between letters, is punctuation, Pris:bra (WB6, WB7)", 77},
    {"cut: a separator with a mark of its own ends a number (WB11, WB12)", 40},
    {"cut: underscores at the edge of a word (WB13a, WB13b)", 40},
    {"cut: the letters of a flag with a mark between (WB15)", 1},
};
enum { WAYS = sizeof ways / sizeof *ways };

static bool is_letter(uint32_t c) { return dk_utf8_class(c) == DK_CHAR_LETTER; }
static bool is_digit(uint32_t c) { return dk_utf8_class(c) == DK_CHAR_DIGIT; }
static bool is_kana(uint32_t c) { return c >= 0x3031 && c <= 0x30FF; }
static bool is_flag(uint32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

/* The way in which a place differs, or -1 for none that is listed. */
static int difference(const example *e, size_t i) {
    uint32_t a = e->before[i], b = e->behind[i], mark = is_letter(a) || is_digit(a) ? b : a, other = mark == a ? b : a;
    if (dk_utf8_extends(b)) return -1; /* what extends a character always goes with it */
    if (e->cut[i]) {
        if (a == b) return 0;
        if (mark == '\'' && (is_letter(other) || is_digit(other))) return 1;
        if (is_kana(a) || is_kana(b)) return 2;
        return mark == ':' && is_digit(other) ? 3 : -1;
    }
    if (is_flag(a) && is_flag(b)) return 8;
    if (dk_utf8_class(b) == DK_CHAR_EMOJI) return 4;
    if (a == '_' || b == '_') return 7;
    if (mark < 0x80 && strchr(":.'\",", (int)mark) != NULL) return is_digit(other) ? 6 : is_letter(other) ? 5 : -1;
    return -1;
}

/* Reads "÷ 0061 × 0308 ÷"; false for a line without an example. */
static bool read_example(char *line, example *e) {
    static const char cut[] = "\xC3\xB7", joined[] = "\xC3\x97";
    memset(e, 0, sizeof *e);
    line[strcspn(line, "#")] = '\0';
    uint32_t base = 0;
    for (char *p = strtok(line, " \t\n"); p != NULL; p = strtok(NULL, " \t\n")) {
        if (strcmp(p, cut) == 0 || strcmp(p, joined) == 0) {
            assert_true(e->n < PLACES);
            e->at[e->n] = e->len;
            e->before[e->n] = base;
            e->cut[e->n++] = strcmp(p, cut) == 0;
        } else {
            uint32_t c = (uint32_t)strtoul(p, NULL, 16);
            assert_true(e->len + 4 < sizeof e->text);
            e->len += dk_utf8_encode(c, e->text + e->len);
            e->behind[e->n - 1] = c;
            if (!dk_utf8_extends(c)) base = c;
        }
    }
    return e->n > 2;
}

/* 1 when a place lies within a token, 0 at the edge of one, -1 between tokens. */
static int ours(const dk_tokens *t, size_t at) {
    int found = -1;
    for (size_t i = 0; i < t->count; i++) {
        if (t->items[i].start < at && at < t->items[i].end) return 1;
        if (t->items[i].start == at || t->items[i].end == at) found = 0;
    }
    return found;
}

static void words_break_as_unicode_says_but_for_the_listed_ways(void **state) {
    (void)state;
    FILE *f = fopen(WORD_BREAK_TEST, "r");
    if (f == NULL) {
        print_message("%s is not there (package unicode-data): skipped\n", WORD_BREAK_TEST);
        skip();
    }
    char line[4096];
    int counts[WAYS] = {0}, examples = 0, places = 0, unlisted = 0;
    bool known_version = false;
    dk_tokens t = {0};
    while (fgets(line, sizeof line, f) != NULL) {
        example e;
        if (strncmp(line, "# WordBreakTest-15.0.0", 22) == 0) known_version = true;
        if (!read_example(line, &e)) continue;
        examples++;
        assert_int_equal(dk_tokenize(&t, e.text, e.len, NULL), DK_OK);
        for (size_t i = 1; i + 1 < e.n; i++) {
            int inside = ours(&t, e.at[i]);
            places += inside >= 0;
            if (inside < 0 || (inside == 1) != e.cut[i]) continue;
            int way = difference(&e, i);
            if (way < 0) print_message("U+%04X %s U+%04X\n", e.before[i], e.cut[i] ? "joined to" : "cut from", e.behind[i]), unlisted++;
            else counts[way]++;
        }
    }
    fclose(f);
    dk_tokens_dispose(&t);
    assert_int_equal(unlisted, 0);
    assert_true(examples > 1500 && places > 3000);
    for (int w = 0; known_version && w < WAYS; w++) {
        if (counts[w] != ways[w].places) print_message("%s: %d places\n", ways[w].why, counts[w]);
        assert_int_equal(counts[w], ways[w].places);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_break_as_unicode_says_but_for_the_listed_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
