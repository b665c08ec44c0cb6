/* Tokens and folding. Each case shows the tokens of a text, separated by | */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/hash.h"
#include "text/token.h"
#include "text/utf8.h"

static void show(const char *text, char *out, size_t size) {
    dk_tokens t = {0};
    assert_int_equal(dk_tokenize(&t, text, strlen(text), NULL), DK_OK);
    *out = '\0';
    for (size_t i = 0; i < t.count; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s%.*s", i > 0 ? "|" : "",
                 (int)(t.items[i].end - t.items[i].start), text + t.items[i].start);
    dk_tokens_dispose(&t);
}

static void texts_are_cut_as_people_read_them(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Bra pris, snabb leverans!", "Bra|pris|,|snabb|leverans|!"},
        {"Det kostar 1.299,50 kr den 2026-03-02 kl. 10:30.", "Det|kostar|1.299,50|kr|den|2026-03-02|kl.|10:30|."},
        {"T.ex. f.eks. bl.a. osv. ca. 5 st", "T.ex.|f.eks.|bl.a.|osv.|ca.|5|st"},
        {"I don't think it's what they've said", "I|do|n't|think|it|'s|what|they|'ve|said"},
        {"I can\xE2\x80\x99t complain", "I|ca|n\xE2\x80\x99t|complain"},
        {"e-handel och wi-fi", "e-handel|och|wi-fi"},
        {"se www.shop.se/a?b=1, eller https://x.dk.", "se|www.shop.se/a?b=1|,|eller|https://x.dk|."},
        {"mejla kund.tjanst@shop.se nu", "mejla|kund.tjanst@shop.se|nu"},
        {"@foretag svara #arg", "@foretag|svara|#arg"},
        {"bra :-) men dyrt :( <3", "bra|:-)|men|dyrt|:(|<3"},
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD toppen \xF0\x9F\x87\xB8\xF0\x9F\x87\xAA", "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD|toppen|\xF0\x9F\x87\xB8\xF0\x9F\x87\xAA"},
        {"5G och 4-6 dagar", "5G|och|4-6|dagar"},
        {"bra.Men dyrt", "bra|.|Men|dyrt"},
        {"Sm\xC3\xA5 br\xC3\xB8" "d og \xC3\xA6g", "Sm\xC3\xA5|br\xC3\xB8" "d|og|\xC3\xA6g"},
        {"Aldrig!!! ... n\xC3\xA5v\xC3\xA4l", "Aldrig|!!!|...|n\xC3\xA5v\xC3\xA4l"},
        /* marks and joiners go with the character before them, and a mark of nothing is nothing */
        {"a\xCC\x8Aret, !\xCC\x88 \xCC\x88" "ja 1\xEF\xB8\x8F\xE2\x83\xA3", "a\xCC\x8Aret|,|!\xCC\x88|ja|1\xEF\xB8\x8F\xE2\x83\xA3"},
        {"80'erne, rock'n'roll", "80'erne|,|rock'n'roll"},
        {"", ""},
    };
    char got[1024];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        show(cases[i][0], got, sizeof got);
        assert_string_equal(got, cases[i][1]);
    }
}

static void sentences_end_where_they_should(void **state) {
    (void)state;
    const char *text = "Bra kl. 10. Men t.ex. dyrt\nDyrt 2.5 kr";
    dk_tokens t = {0};
    assert_int_equal(dk_tokenize(&t, text, strlen(text), NULL), DK_OK);
    size_t ends = 0;
    for (size_t i = 0; i < t.count; i++) ends += (t.items[i].flags & DK_TOKEN_ENDS_SENTENCE) != 0;
    assert_int_equal(ends, 3);
    assert_true(t.items[0].flags & DK_TOKEN_BEGINS_SENTENCE);
    dk_tokens_dispose(&t);
}

/* Whatever the bytes, tokens are in order, do not overlap, are not empty, and leave out only white space and joiners. */
static void any_bytes_are_cut_without_loss(void **state) {
    (void)state;
    dk_tokens t = {0};
    /* a NUL at the end is a mark like others: this once ran on beyond the text for ever */
    assert_int_equal(dk_tokenize(&t, "bra\0", 4, NULL), DK_OK);
    assert_int_equal(t.count, 2);
    uint64_t seed = 20261121;
    char text[300];
    for (int round = 0; round < 3000; round++) {
        size_t len = 0;
        while (len < sizeof text - 8) {
            seed = dk_hash_mix(seed, len);
            switch (seed % 7) {
            case 0: text[len++] = (char)(seed >> 32); break;
            case 1: text[len++] = "'.-@:/#"[(seed >> 32) % 7]; break;
            case 2: text[len++] = ' '; break;
            case 3: len += dk_utf8_encode((uint32_t)(seed >> 20) % 0x2FFF + 0x80, text + len); break;
            case 4: len += dk_utf8_encode(0x1F300 + (uint32_t)(seed >> 20) % 0x400, text + len); break;
            default: text[len++] = (char)('a' + (seed >> 32) % 26); break;
            }
        }
        assert_int_equal(dk_tokenize(&t, text, len, NULL), DK_OK);
        size_t at = 0;
        for (size_t i = 0; i <= t.count; i++) {
            size_t stop = i < t.count ? t.items[i].start : len;
            assert_true(stop >= at && stop <= len);
            while (at < stop) {
                unsigned size;
                uint32_t c = dk_utf8_decode(text, len, at, &size); /* between tokens: spaces, and marks and joiners of nothing */
                assert_true(dk_utf8_class(c) == DK_CHAR_SPACE || dk_utf8_extends(c));
                at += size;
            }
            if (i == t.count) break;
            assert_true(t.items[i].end > t.items[i].start);
            at = t.items[i].end;
        }
    }
    dk_tokens_dispose(&t);
}

static void folding_is_stable(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"LEVERANS", "leverans"},
        {"\xC3\x85NGER", "\xC3\xA5nger"},                       /* Å */
        {"a\xCC\x8A", "\xC3\xA5"},                              /* a with a combining ring */
        {"can\xE2\x80\x99t", "can't"},
        {"leve\xC2\xADrans", "leverans"},                       /* soft hyphen */
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "\xF0\x9F\x91\x8D"}, /* thumb without its skin tone */
        {"\xC3\x98L", "\xC3\xB8l"},
    };
    dk_buf b, again;
    dk_buf_init(&b);
    dk_buf_init(&again);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_buf_clear(&b);
        dk_buf_clear(&again);
        assert_int_equal(dk_utf8_fold(&b, cases[i][0], strlen(cases[i][0]), NULL), DK_OK);
        assert_string_equal(dk_buf_cstr(&b), cases[i][1]);
        assert_int_equal(dk_utf8_fold(&again, b.ptr, b.len, NULL), DK_OK);
        assert_string_equal(dk_buf_cstr(&again), cases[i][1]);
    }
    dk_buf_dispose(&b);
    dk_buf_dispose(&again);
}

static void bytes_that_are_no_utf8_are_found(void **state) {
    (void)state;
    assert_true(dk_utf8_valid("br\xC3\xA5", 4));
    assert_false(dk_utf8_valid("br\xE5", 3));
    assert_false(dk_utf8_valid("\xC0\xAF", 2));     /* an overlong slash */
    assert_false(dk_utf8_valid("\xED\xA0\x80", 3)); /* half a surrogate pair */
    assert_int_equal(dk_utf8_length("br\xC3\xA5", 4), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cut_as_people_read_them), cmocka_unit_test(sentences_end_where_they_should),
        cmocka_unit_test(any_bytes_are_cut_without_loss),    cmocka_unit_test(folding_is_stable),
        cmocka_unit_test(bytes_that_are_no_utf8_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
