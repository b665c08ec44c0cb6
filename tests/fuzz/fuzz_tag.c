/* Comments of any bytes through tokens, languages, lexicons and learned weights. Wrong if a token or a mention lies outside of the comment or out of
 * order, a figure leaves its range, a second session or the same one again says otherwise, or the rows written are not UTF-8. */
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "tag/inspect.h"
#include "tag/rows.h"
#include "text/utf8.h"

const char *const fuzz_tokens[] = {" inte ", " ikke ", " not ", " men ", " but ", "!!!", "???", "...", ":-)", "\xF0\x9F\x98\x80", "\xF0\x9F\x87\xB8\xF0\x9F\x87\xAA",
                                   "\xE2\x80\x8D", "\xCC\x88", "\xC3\xA5", "\xE5", "\xED\xA0\x80", "https://a.se/?x=1", "a@b.se", "@a", "#b", "1.000,50 kr", "10:30", "\n\n",
                                   "\xC2\xAD", "\xEF\xBF\xBD", "kundtj\xC3\xA4nsten", "leveransen", "priset", "jaaaaaattebra", "\xC2\xA0", "-", "/", "&amp;", "\xE2\x80\x8F", "\xF0\x9D\x94\xB8"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"Snabb leverans men kundtj\xC3\xA4nsten svarar aldrig, tredje g\xC3\xA5ngen nu",
                                  "Inte bara billigt utan ocks\xC3\xA5 bra! \xF0\x9F\x98\x80",
                                  "Levering var ikke til tiden, men personalet er venlige :-)",
                                  "The app crashes all the time... would be nice if it worked",
                                  "BRA!!! 10/10"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static dk_engine *engine;
static dk_session *first, *second;
static dk_buf rows, again;

static void close_all(void) {
    dk_session_free(first);
    dk_session_free(second);
    dk_engine_free(engine);
    dk_buf_dispose(&rows);
    dk_buf_dispose(&again);
}

static void open_all(void) {
    dk_error err;
    const char *data = getenv("DRIVKRAFT_DATA");
    dk_engine_options options = {.data_dir = data != NULL ? data : DK_SOURCE_DIR};
    dk_status status = dk_engine_open(&engine, &options, &err);
    dk_tag_plan plan = {.packs = UINT32_MAX};
    if (status == DK_OK) status = dk_session_new(&first, engine, &plan, &err);
    if (status == DK_OK) status = dk_session_new(&second, engine, &plan, &err);
    fuzz_require(status == DK_OK, "the engine does not open");
    atexit(close_all);
}

static void check(const dk_comment *c, dk_str text) {
    uint32_t before = 0;
    fuzz_require(c->sentiment >= -1000 && c->sentiment <= 1000 && c->confidence >= 0 && c->confidence <= 1000, "a figure leaves its range");
    for (size_t i = 0; i < c->ntokens; i++) {
        fuzz_require(c->tokens[i].start >= before && c->tokens[i].start < c->tokens[i].end && c->tokens[i].end <= text.len, "a token lies outside");
        before = c->tokens[i].end;
    }
    for (size_t i = 0; i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        fuzz_require(m->start < m->end && m->end <= text.len && (i == 0 || m->start >= m[-1].start), "a mention lies outside or out of order");
        fuzz_require(m->polarity >= -1000 && m->polarity <= 1000 && m->rules >> DK_RULES == 0, "a mention's figure leaves its range");
        fuzz_require(dk_engine_theme(engine, m->theme) != NULL && dk_engine_entry(engine, m->entry, NULL, 0) > 0, "a mention has no theme or entry");
    }
}

/* What is said of a comment, into which the session looks. */
static void put(dk_session *session, dk_str text, const dk_comment *c, dk_buf *out) {
    dk_buf_clear(out);
    check(c, text);
    dk_rows_put_comment(out, engine, dk_str_from("x"), c);
    dk_rows_put_mentions(out, engine, dk_str_from("x"), text, c);
    for (size_t i = 0; i < c->ntokens; i++) {
        dk_token_view view;
        dk_inspect_token(session, i, &view);
        dk_buf_putf(out, "%.*s %s %s\n", (int)view.norm.len, view.norm.ptr, view.lemma, view.parts);
    }
}

static void tag(dk_session *session, dk_str text, dk_buf *out) {
    dk_comment c;
    dk_error err;
    fuzz_require(dk_session_tag(session, text, &c, &err) == DK_OK, "a comment is refused");
    put(session, text, &c, out);
}

/* The same behind its halves. */
static void tag_beside(dk_session *session, dk_str text, dk_buf *out) {
    enum { N = 3 };
    dk_str texts[N] = {{text.ptr, text.len / 2}, {text.ptr + text.len / 2, text.len - text.len / 2}, text};
    dk_comment c[N];
    dk_error err;
    for (size_t at = 0, taken; at < N; at += taken) {
        fuzz_require(dk_session_tag_some(session, texts + at, N - at, c + at, &taken, &err) == DK_OK && taken > 0, "comments are refused");
        for (size_t k = 0; k < taken; k++) {
            dk_inspect_comment(session, k);
            put(session, texts[at + k], &c[at + k], out);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (engine == NULL) open_all();
    dk_str text = {(const char *)bytes, len};
    tag(first, text, &rows);
    tag_beside(second, text, &again);
    fuzz_require(rows.len == again.len && memcmp(dk_buf_cstr(&rows), dk_buf_cstr(&again), rows.len) == 0, "two sessions disagree");
    if (dk_utf8_valid(text.ptr, text.len)) fuzz_require(dk_utf8_valid(rows.ptr, rows.len), "rows are not UTF-8");
    tag(first, text, &again);
    fuzz_require(rows.len == again.len && memcmp(dk_buf_cstr(&rows), dk_buf_cstr(&again), rows.len) == 0, "a session disagrees with itself");
    return 0;
}
