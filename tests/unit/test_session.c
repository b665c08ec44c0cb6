/* Tagging with the shipped lexicons: the same answer whatever came before, and bounded work on hostile comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/hash.h"
#include "tag/inspect.h"
#include "tag/rows.h"
#include "text/utf8.h"

static dk_engine *engine;

static int open_engine(void **state) {
    (void)state;
    dk_engine_options options = {.data_dir = "."};
    dk_error err = {0};
    dk_status status = dk_engine_open(&engine, &options, &err);
    if (status != DK_OK) fprintf(stderr, "%s:%lld: %s\n", err.file, (long long)err.line, err.message);
    return status;
}

static int close_engine(void **state) {
    (void)state;
    dk_engine_free(engine);
    return 0;
}

/* The rows that what is said of a comment becomes. */
static void put_rows(dk_str comment, const dk_comment *c, dk_buf *out) {
    dk_str id = dk_str_from("x");
    dk_buf_clear(out);
    dk_rows_put_comment(out, engine, id, c);
    dk_rows_put_mentions(out, engine, id, comment, c);
    for (size_t i = 0; i < c->nmentions; i++) {
        assert_true(c->mentions[i].start < c->mentions[i].end && c->mentions[i].end <= comment.len);
        assert_in_range(c->mentions[i].polarity + 1000, 0, 2000);
    }
    assert_in_range(c->sentiment + 1000, 0, 2000);
}

static void tag(dk_session *session, const char *text, size_t len, dk_buf *out) {
    dk_comment c;
    dk_error err = {0};
    dk_str comment = {text, len};
    assert_int_equal(dk_session_tag(session, comment, &c, &err), DK_OK);
    put_rows(comment, &c, out);
}

static const char *const comments[] = {
    "Snabb leverans men kundtj\xC3\xA4nsten svarar aldrig, tredje g\xC3\xA5ngen nu",
    "Hurtig levering, men kundeservice svarer aldrig, tredje gang nu",
    "Fast delivery but customer service never answers, third time now",
    "Personalen var inte s\xC3\xA4rskilt trevlig \xF0\x9F\x98\xA1",
    "Jeg købte en bog.",
    "BRAAAA pris!!! :-)",
    "No Do not bother to order from you anymore.", /* words both negated and within an idiom */
    "Jag kan inte klaga, aldrig n\xC3\xA5gra problem. Fungerar inte.",
    "",
    "   ",
    "123 456",
};
enum { COMMENTS = sizeof comments / sizeof *comments };

static void the_same_thing_is_said_in_three_languages(void **state) {
    (void)state;
    static const char *const languages[] = {"sv", "da", "en"};
    dk_session *session;
    assert_int_equal(dk_session_new(&session, engine, NULL, NULL), DK_OK);
    for (int i = 0; i < 3; i++) {
        dk_comment c;
        assert_int_equal(dk_session_tag(session, dk_str_from(comments[i]), &c, NULL), DK_OK);
        assert_string_equal(dk_language_name(c.language), languages[i]);
        assert_int_equal(c.label, DK_MIXED);
        const dk_taxonomy *t = dk_engine_taxonomy(engine);
        bool speed = false, access = false;
        for (size_t m = 0; m < c.nmentions; m++) {
            const char *theme = t->themes[c.mentions[m].theme].id;
            speed |= strcmp(theme, "delivery.speed") == 0 && c.mentions[m].label == DK_POSITIVE;
            access |= strcmp(theme, "support.access") == 0 && c.mentions[m].label == DK_NEGATIVE;
        }
        assert_true(speed);
        assert_true(access);
    }
    dk_session_free(session);
}

/* Comments of all kinds, many of them and a long one among them: each says what it says by itself. */
static void together_is_as_one_by_one(void **state) {
    (void)state;
    enum { MANY = 100, LONG = 40, LEN = 1 << 16 };
    dk_session *one, *several;
    dk_buf a, b;
    dk_buf_init(&a);
    dk_buf_init(&b);
    char *text = malloc(LEN);
    assert_non_null(text);
    for (size_t i = 0; i < LEN; i++) text[i] = "the delivery was late and nobody answers. "[i % 42];
    assert_int_equal(dk_session_new(&one, engine, NULL, NULL), DK_OK);
    assert_int_equal(dk_session_new(&several, engine, NULL, NULL), DK_OK);
    dk_str texts[MANY];
    dk_comment got[MANY];
    for (size_t i = 0; i < MANY; i++) texts[i] = i == LONG ? (dk_str){text, LEN} : dk_str_from(comments[i % COMMENTS]);
    size_t calls = 0, taken;
    for (size_t i = 0; i < MANY; i += taken, calls++) {
        assert_int_equal(dk_session_tag_some(several, texts + i, MANY - i, got, &taken, NULL), DK_OK);
        assert_in_range(taken, 1, i == LONG ? 1 : DK_TOGETHER);
        for (size_t k = 0; k < taken; k++) {
            put_rows(texts[i + k], &got[k], &a);
            tag(one, texts[i + k].ptr, texts[i + k].len, &b);
            assert_int_equal(a.len, b.len);
            assert_memory_equal(a.ptr, b.ptr, a.len);
            dk_inspect_comment(several, k);
            assert_int_equal(dk_inspect_reading(several)->nthemes, got[k].nmentions);
        }
    }
    assert_in_range(calls, MANY / DK_TOGETHER + 1, MANY / DK_TOGETHER + 3);
    assert_int_equal(dk_session_tag_some(several, texts, 0, got, &taken, NULL), DK_OK);
    assert_int_equal(taken, 0);
    dk_session_free(one);
    dk_session_free(several);
    dk_buf_dispose(&a);
    dk_buf_dispose(&b);
    free(text);
}

/* A few words that look Norwegian are read in the language that knows them all; in Danish "frakt" would be fra+akt, and say nothing. */
static void few_words_are_read_where_they_are_known(void **state) {
    (void)state;
    dk_session *session;
    dk_comment c;
    assert_int_equal(dk_session_new(&session, engine, NULL, NULL), DK_OK);
    assert_int_equal(dk_session_tag(session, dk_str_from("dyr frakt"), &c, NULL), DK_OK);
    assert_int_equal(c.nmentions, 1);
    assert_string_equal(dk_engine_taxonomy(engine)->themes[c.mentions[0].theme].id, "delivery.cost");
    dk_session_free(session);
}

/* A session that has met half a million other words, and has emptied its cache, says the same as a new one. */
static void what_came_before_changes_nothing(void **state) {
    (void)state;
    dk_session *old, *new;
    dk_buf a, b, noise;
    dk_buf_init(&a);
    dk_buf_init(&b);
    dk_buf_init(&noise);
    assert_int_equal(dk_session_new(&old, engine, NULL, NULL), DK_OK);
    for (uint64_t n = 0; n < 620000; n += 200) {
        dk_buf_clear(&noise);
        for (uint64_t i = 0; i < 200; i++) dk_buf_putf(&noise, "@n%llx ", (unsigned long long)dk_hash_mix(n, i));
        tag(old, noise.ptr, noise.len, &a);
    }
    for (int i = 0; i < COMMENTS; i++) /* every word once by itself, whatever it is part of later */
        for (const char *word = comments[i]; *word != '\0';) {
            size_t len = strcspn(word, " ");
            tag(old, word, len, &a);
            word += len + (word[len] == ' ');
        }
    for (int i = 0; i < COMMENTS; i++) {
        assert_int_equal(dk_session_new(&new, engine, NULL, NULL), DK_OK);
        tag(old, comments[i], strlen(comments[i]), &a);
        tag(new, comments[i], strlen(comments[i]), &b);
        assert_string_equal(dk_buf_cstr(&a), dk_buf_cstr(&b));
        dk_session_free(new);
    }
    dk_session_free(old);
    dk_buf_dispose(&a);
    dk_buf_dispose(&b);
    dk_buf_dispose(&noise);
}

/* Comments made to hurt. That they end in time is by construction: the work a token may cause is bounded
   (index.h, regex.h); here it is only seen that they end, and with sane results. */
static void hostile_comments_are_survived(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    dk_buf out;
    dk_session *session;
    dk_buf_init(&out);
    assert_non_null(text);
    assert_int_equal(dk_session_new(&session, engine, NULL, NULL), DK_OK);
    static const char *const pieces[] = {"a", "\xF0\x9F\x98\xA1", "\"", "inte ", "aldrig svar ", "billig dyr ", "men ", "\xFF",
                                         "g\xC3\xA5 ... g\xC3\xA5 ", "'", "a.", "never ever not ", "bra? nej. ", "billigt inte, ", "not, good, ",
                                         "for for for ", "\xE2\x80\x8D"};
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        size_t len = strlen(pieces[p]), n = 0;
        for (; n + len < SIZE / 8; n += len) memcpy(text + n, pieces[p], len);
        tag(session, text, n, &out);
    }
    memset(text, 'x', SIZE);
    tag(session, text, SIZE, &out);
    uint64_t seed = 7;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < 512; i++) text[i] = (char)((seed = dk_hash_mix(seed, i)) >> 13);
        tag(session, text, 512, &out);
    }
    dk_session_free(session);
    dk_buf_dispose(&out);
    free(text);
}

static void packs_are_off_until_asked_for(void **state) {
    (void)state;
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    uint32_t packs;
    dk_error err;
    assert_int_equal(dk_packs_parse(lexicon, "hospitality,health", &packs, NULL), DK_OK);
    assert_int_equal(__builtin_popcount(packs), 2);
    assert_int_equal(dk_packs_parse(lexicon, "none", &packs, NULL), DK_OK);
    assert_int_equal(packs, 0);
    assert_int_equal(dk_packs_parse(lexicon, "hotels", &packs, &err), DK_EUSAGE);
    dk_comment c;
    dk_session *session;
    const char *text = "The hotel room had a comfortable bed";
    for (int on = 0; on < 2; on++) {
        dk_tag_plan plan = {.language_fixed = true, .language = DK_LANG_EN};
        if (on) dk_packs_parse(lexicon, "hospitality", &plan.packs, NULL);
        assert_int_equal(dk_session_new(&session, engine, &plan, NULL), DK_OK);
        assert_int_equal(dk_session_tag(session, dk_str_from(text), &c, NULL), DK_OK);
        bool room = false;
        for (size_t i = 0; i < c.nmentions; i++)
            room |= strncmp(dk_engine_taxonomy(engine)->themes[c.mentions[i].theme].id, "room.", 5) == 0;
        assert_int_equal(room, on);
        dk_session_free(session);
    }
}

/* What --stats says must add up, or nobody could tell a slow cache from a slow file. */
static void counts_say_what_the_cache_spared(void **state) {
    (void)state;
    dk_session *session;
    dk_session_counts c = {0};
    dk_comment comment;
    assert_int_equal(dk_session_new(&session, engine, NULL, NULL), DK_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dk_session_tag(session, dk_str_from("The staff, the STAFF and The food were good"), &comment, NULL), DK_OK);
        assert_int_equal(comment.ntokens, 10);
    }
    dk_session_counts_add(session, &c);
    assert_int_equal(c.tokens, 20);
    assert_int_equal(c.forms, 7);     /* the staff , and food were good */
    assert_int_equal(c.spellings, 8); /* The (which makes "the" known), staff, STAFF ... */
    assert_in_range(c.analysed, 7, 14); /* once a language */
    assert_int_equal(c.resets + c.given_up, 0);
    dk_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_thing_is_said_in_three_languages),
        cmocka_unit_test(together_is_as_one_by_one),
        cmocka_unit_test(few_words_are_read_where_they_are_known),
        cmocka_unit_test(what_came_before_changes_nothing),
        cmocka_unit_test(hostile_comments_are_survived),
        cmocka_unit_test(packs_are_off_until_asked_for),
        cmocka_unit_test(counts_say_what_the_cache_spared),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
