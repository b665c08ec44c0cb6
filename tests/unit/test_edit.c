/* The editor of lexicons: what a change is said to do is what it does, files keep all that was not changed, and nothing of anybody
 * else's is overwritten. Answers over the wire are tested in tests/security and tests/browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/hash.h"
#include "io/output.h"
#include "workbench/edit_private.h"

static char folder[] = "/tmp/dk-edit-XXXXXX";

static void write_text(const char *path, const char *text, size_t len) {
    dk_output *out;
    assert_int_equal(dk_output_open(&out, path, NULL), DK_OK);
    assert_int_equal(dk_output_write(out, text, len, NULL), DK_OK);
    assert_int_equal(dk_output_close(out, NULL), DK_OK);
}

static void path_of(char out[300], const char *name) {
    snprintf(out, 300, "%s/%s", folder, name);
}

static void assert_text(const char *path, const char *wanted) {
    dk_buf text;
    dk_buf_init(&text);
    assert_int_equal(dk_file_read(path, &text, NULL), DK_OK);
    assert_string_equal(dk_buf_cstr(&text), wanted);
    dk_buf_dispose(&text);
}

/* A data folder with the models of the checkout and the beginning of each of its lexicons: small enough to be read a hundred times. */
static void make_data(void) {
    enum { LINES = 300 };
    static const char *const files[] = {
        "sv/themes.tsv",    "sv/valence.tsv", "sv/modifiers.tsv", "da/themes.tsv",    "da/valence.tsv",
        "da/modifiers.tsv", "en/themes.tsv",  "en/valence.tsv",   "en/modifiers.tsv", "shared/valence.tsv"};
    char command[900];
    snprintf(command, sizeof command,
             "cd %s && mkdir -p lexicons/sv lexicons/da lexicons/en lexicons/shared && cp "
             "%s/lexicons/taxonomy.tsv lexicons/ && ln -s %s/models models",
             folder, DK_SOURCE_DIR, DK_SOURCE_DIR);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(command, sizeof command, "head -n %d %s/lexicons/%s > %s/lexicons/%s", LINES, DK_SOURCE_DIR,
                 files[i], folder, files[i]);
        assert_int_equal(system(command), 0);
    }
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL) return 1;
    make_data();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0;
}

/* ---- Random comments and changes --------------------------------------------------------------------- */

static uint64_t seed = 20;
static unsigned roll(unsigned n) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

static const char *const fillers[] = {
    "the",      "och",         "men",      "not",        "inte",      "ikke",         "very",
    "jättebra", "kundservice", "leverans", "leveransen", "levereans", "kundtjänsten", "prisen",
    "waiting",  "was",         "helpful",  "hjälpsam",   "aldrig",    "too",          "for",
    "10",       "24/7",        "!",        ".",          ","};

/* A word of some entry of the lexicon, perhaps with a typing error, an ending or drawn out. */
static void put_word(const dk_lexicon *lex, dk_buf *out) {
    if (roll(3) == 0) {
        dk_buf_puts(out, fillers[roll(sizeof fillers / sizeof *fillers)]);
        return;
    }
    dk_str term = lex->sources[roll((unsigned)lex->count)].text;
    char word[80];
    size_t n = 0;
    for (size_t i = 0; i < term.len && n < 60; i++) {
        unsigned char c = (unsigned char)term.ptr[i];
        if (c >= 0x80 || (c >= 'a' && c <= 'z') || c == ' ' || c == '-')
            word[n++] = (char)c;
        else if (c == '/')
            break;
    }
    unsigned how = roll(8);
    if (how == 0 && n > 6) memmove(word + 3, word + 4, n - 4), n--; /* a letter is missing */
    if (how == 1 && n > 2 && n < 60 && word[n - 1] >= 'a') memset(word + n, word[n - 1], 3), n += 3;
    dk_buf_put(out, word, n);
    if (how == 2) dk_buf_puts(out, "s");
    if (how == 3) dk_buf_puts(out, "en");
}

static void make_corpus(const char *path, int comments) {
    dk_lexicon *lex;
    dk_buf text;
    dk_buf_init(&text);
    assert_int_equal(dk_lexicon_open(&lex, folder, NULL, 0, NULL), DK_OK);
    dk_buf_puts(&text, "id,text\n");
    for (int i = 0; i < comments; i++) {
        dk_buf_putf(&text, "%d,\"", i);
        for (unsigned w = 4 + roll(8); w > 0; w--) {
            put_word(lex, &text);
            dk_buf_putc(&text, ' ');
        }
        dk_buf_puts(&text, "\"\n");
    }
    write_text(path, text.ptr, text.len);
    dk_buf_dispose(&text);
    dk_lexicon_free(lex);
}

/* A term of one of the ways in which terms are written. */
static void put_term(dk_buf *out) {
    switch (roll(8)) {
    case 0: dk_buf_puts(out, "lev*"); break;
    case 1: dk_buf_puts(out, "*service"); break;
    case 2: dk_buf_puts(out, "+kund"); break;
    case 3: dk_buf_puts(out, "/^h.*p/"); break;
    case 4: dk_buf_puts(out, "//very (help|bad)//"); break;
    case 5: dk_buf_puts(out, "24/7"); break;
    default:
        if (roll(3) == 0) dk_buf_puts(out, "not ... ");
        dk_buf_putf(out, "%s", fillers[6 + roll(14)]);
        if (roll(3) == 0) dk_buf_putf(out, " %.*s", 12, "waiting");
    }
}

/* A step of one change: an entry changed, removed or added. */
static bool make_step(dk_edit *edit, edit_step *step) {
    const dk_lexicon *lex = dk_engine_lexicon(edit->now.engine);
    const dk_entry_source *s = &lex->sources[roll((unsigned)lex->count)];
    dk_edit_file *f = &edit->files[s->file];
    dk_str cells[DK_EDIT_CELLS], line, none = {NULL, 0};
    assert_true(dk_edit_file_cells(f, s->line, cells) && dk_edit_file_line(f, s->line, &line));
    unsigned how = roll(5);
    if (how == 0) return edit_step_add(step, s->file, s->line, line, none, NULL) == DK_OK;
    dk_buf term, text;
    dk_buf_init(&term);
    dk_buf_init(&text);
    int at = f->kind == DK_ENTRY_THEME ? 1 : 0, valence = f->kind == DK_ENTRY_THEME     ? 2
                                                          : f->kind == DK_ENTRY_VALENCE ? 1
                                                                                        : -1;
    if (how >= 3) put_term(&term), cells[at] = (dk_str){term.ptr, term.len};
    if (valence >= 0) cells[valence] = dk_str_from(roll(2) ? "-3" : "4");
    assert_int_equal(dk_edit_file_compose(f, cells, &text, NULL), DK_OK);
    dk_str new = {text.ptr, text.len};
    dk_status status = how == 4 ? edit_step_add(step, s->file, s->line, none, new, NULL)
                                : edit_step_add(step, s->file, s->line, line, new, NULL);
    dk_buf_dispose(&term);
    dk_buf_dispose(&text);
    return status == DK_OK;
}

static void open_edit(dk_edit **edit, dk_edit_options *o, const char *corpus) {
    static const char *const extras[DK_EDIT_EXTRAS] = {NULL, NULL}, *const names[DK_EDIT_EXTRAS] = {
                                                                        "--score", "--customer"};
    *o = (dk_edit_options){.engine = {.data_dir = folder}, .threads = 2};
    o->corpus = (dk_corpus_options){.source = corpus,
                                    .text = "text",
                                    .id = "id",
                                    .keep_text = true,
                                    .extras = extras,
                                    .options = names,
                                    .nextras = DK_EDIT_EXTRAS,
                                    .threads = 2};
    dk_error err = {0};
    if (dk_edit_open(edit, o, &err) != DK_OK)
        fail_msg("%s:%lld %s", err.file, (long long)err.line, err.message);
}

static void assert_same_results(const dk_edit *edit, const edit_state *a, const edit_state *b,
                                const char *what, int number) {
    for (size_t i = 0; i < edit->corpus.count; i++)
        if (edit_differs(a, b, i) || a->results[i].sentiment != b->results[i].sentiment)
            fail_msg("%s %d: comment %s differs", what, number, edit->corpus.comments[i].id.ptr);
}

/* If this failed, the page would show an effect that the saved file does not have: comments would be missed that a change reaches. */
static void test_what_is_read_is_all_that_changes(void **state) {
    (void)state;
    enum { CHANGES = 44 };
    char corpus[300];
    path_of(corpus, "corpus.csv");
    make_corpus(corpus, 400);
    dk_edit_options o;
    dk_edit *edit;
    open_edit(&edit, &o, corpus);
    uint32_t *all = malloc(edit->corpus.count * sizeof *all);
    for (uint32_t i = 0; i < edit->corpus.count; i++) all[i] = i;
    size_t read = 0, changed = 0;
    for (int c = 0; c < CHANGES; c++) {
        edit_step step = {0};
        dk_error err = {0};
        assert_true(make_step(edit, &step));
        dk_status status = edit_try(edit, &step, &err);
        if (status != DK_OK) fail_msg("change %d (%s): %s", c, step.changes[0].after, err.message);
        edit_state whole = {.engine = edit->tried.engine};
        assert_int_equal(edit_results(edit, &whole, &edit->now, all, edit->corpus.count, NULL), DK_OK);
        assert_same_results(edit, &edit->tried, &whole,
                            step.changes[0].after != NULL ? step.changes[0].after : "removed", c);
        for (size_t i = 0; i < edit->corpus.count; i++) changed += edit_differs(&edit->now, &whole, i);
        read += edit->tried.read;
        free(whole.results);
        free(whole.said);
        if (c % 2 == 0) assert_int_equal(edit_take(edit, &step, NULL), DK_OK);
        edit_step_dispose(&step);
    }
    assert_true(changed > CHANGES);                       /* or nothing was tested */
    assert_true(read < CHANGES * edit->corpus.count / 2); /* or all is read anew every time */
    free(all);
    dk_edit_free(edit);
}

/* If this failed, undoing would leave something behind, or a saved file would not mean what the page said. */
static void test_undo_and_saved_files(void **state) {
    (void)state;
    char corpus[300];
    path_of(corpus, "corpus.csv");
    make_corpus(corpus, 200);
    dk_edit_options o, again_options;
    dk_edit *edit, *again;
    open_edit(&edit, &o, corpus);
    size_t lengths[64], nfiles = edit->nfiles;
    uint64_t hashes[64];
    assert_true(nfiles < 64);
    for (size_t i = 0; i < nfiles; i++)
        lengths[i] = edit->files[i].text.len, hashes[i] = edit->files[i].disk[0];
    for (int c = 0; c < 12; c++) {
        edit_step step = {0};
        assert_true(make_step(edit, &step));
        assert_int_equal(edit_take(edit, &step, NULL), DK_OK);
    }
    assert_int_equal(dk_edit_unsaved(edit), 12);
    for (int c = 0; c < 12; c++) assert_int_equal(edit_undo(edit, NULL), DK_OK);
    assert_int_equal(edit_undo(edit, NULL), DK_EUSAGE);
    assert_int_equal(dk_edit_unsaved(edit), 0);
    assert_same_results(edit, &edit->saved, &edit->now, "undone", 0);
    for (size_t i = 0; i < nfiles; i++) {
        assert_int_equal(edit->files[i].text.len, lengths[i]);
        assert_int_equal(dk_hash(edit->files[i].text.ptr, edit->files[i].text.len), hashes[i]);
    }
    for (int c = 0; c < 12; c++) {
        edit_step step = {0};
        assert_true(make_step(edit, &step));
        assert_int_equal(edit_take(edit, &step, NULL), DK_OK);
    }
    assert_int_equal(edit_save(edit, NULL), DK_OK);
    assert_int_equal(dk_edit_unsaved(edit), 0);
    open_edit(&again, &again_options, corpus); /* reads the files, and tags all with them */
    assert_int_equal(dk_engine_lexicon(again->base)->count, dk_engine_lexicon(edit->now.engine)->count);
    assert_same_results(edit, &edit->now, &again->now, "saved", 0);
    dk_edit_free(again);
    assert_int_equal(edit_undo(edit, NULL), DK_OK); /* a saved step can be undone, and is unsaved then */
    assert_int_equal(dk_edit_unsaved(edit), 1);
    dk_edit_free(edit);
}

/* Asks until the suggestions are there. */
static void ask_suggestions(dk_edit *edit, const char *question, dk_buf *out) {
    do {
        dk_buf_clear(out);
        assert_int_equal(dk_edit_reply(edit, "suggest", dk_str_from(question), out), DK_OK);
    } while (strstr(dk_buf_cstr(out), "\"running\":true") != NULL);
}

/* If this failed, a search would keep the page waiting, find something else than the command does, or read a lexicon that is gone. */
static void test_suggestions_beside_other_questions(void **state) {
    (void)state;
    char corpus[300];
    path_of(corpus, "corpus.csv");
    make_corpus(corpus, 800);
    dk_edit_options o;
    dk_edit *edit;
    open_edit(&edit, &o, corpus);
    edit_step step = {0};
    assert_true(make_step(edit, &step));
    assert_int_equal(edit_take(edit, &step, NULL), DK_OK); /* so that the lexicon is one that may go */
    dk_suggestions wanted;
    dk_suggest_options so = {.min_count = 10, .prior = 500, .max_words = 12000};
    assert_int_equal(dk_suggest_make(&wanted, &edit->corpus, edit->now.engine, &so, NULL), DK_OK);
    assert_true(wanted.count > 10);
    dk_buf out;
    dk_buf_init(&out);
    assert_int_equal(dk_edit_reply(edit, "suggest", dk_str_from("{}"), &out), DK_OK);
    assert_non_null(strstr(dk_buf_cstr(&out), "\"running\":true"));
    assert_int_equal(edit_undo(edit, NULL), DK_OK); /* the engine that is searched with is of no state any more */
    ask_suggestions(edit, "{}", &out);
    assert_int_equal(edit->suggestions.count, wanted.count);
    for (size_t i = 0; i < wanted.count; i++) {
        assert_true(dk_str_eq(edit->suggestions.items[i].term, wanted.items[i].term));
        assert_true(edit->suggestions.items[i].support == wanted.items[i].support);
    }
    /* stopped at once: what was found before stays, and nothing is left at work */
    dk_buf_clear(&out);
    assert_int_equal(dk_edit_reply(edit, "suggest", dk_str_from("{\"fresh\": true}"), &out), DK_OK);
    assert_non_null(strstr(dk_buf_cstr(&out), "\"running\":true"));
    assert_int_equal(dk_edit_reply(edit, "stop", dk_str_from("{}"), &out), DK_OK);
    assert_null(edit->search);
    dk_buf_clear(&out);
    assert_int_equal(dk_edit_reply(edit, "suggest", dk_str_from("{}"), &out), DK_OK);
    assert_non_null(strstr(dk_buf_cstr(&out), "\"running\":false"));
    assert_int_equal(edit->suggestions.count, wanted.count);
    dk_buf_clear(&out);
    assert_int_equal(dk_edit_reply(edit, "suggest", dk_str_from("{\"fresh\": true}"), &out), DK_OK);
    dk_edit_free(edit); /* with a search at work */
    dk_suggest_dispose(&wanted);
    dk_buf_dispose(&out);
}

/* If this failed, changes would go into another file than they are shown in once a list was made. */
static void test_a_list_is_made(void **state) {
    (void)state;
    char corpus[300], path[300];
    path_of(corpus, "corpus.csv");
    path_of(path, "lexicons/shared/modifiers.tsv");
    make_corpus(corpus, 50);
    dk_edit_options o;
    dk_edit *edit;
    open_edit(&edit, &o, corpus);
    size_t nfiles = edit->nfiles, count = dk_engine_lexicon(edit->base)->count;
    edit_step step = {0};
    uint32_t list = 0;
    while (edit->files[list].kind != DK_ENTRY_VALENCE) list++;
    assert_int_equal(edit_step_add(&step, list, dk_edit_file_lines(&edit->files[list]) + 1, (dk_str){NULL, 0},
                                   dk_str_from("flurbish\t2"), NULL),
                     DK_OK);
    dk_buf out;
    dk_buf_init(&out);
    assert_int_equal(edit_take(edit, &step, NULL), DK_OK);
    static const char make[] = "{\"name\": \"shared/modifiers.tsv\"}";
    assert_int_equal(dk_edit_reply(edit, "create", dk_str_from(make), &out), DK_EUSAGE); /* a change is unsaved */
    assert_int_equal(edit_save(edit, NULL), DK_OK);
    int64_t entries = (int64_t)dk_engine_lexicon(edit->now.engine)->count;
    dk_buf_clear(&out);
    assert_int_equal(dk_edit_reply(edit, "create", dk_str_from(make), &out), DK_OK);
    assert_int_equal(edit->nfiles, nfiles + 1);
    assert_int_equal(dk_engine_lexicon(edit->now.engine)->count, entries);
    assert_text(path, "# Words that turn, strengthen, weaken or frame the opinions near them\nterm\tkind\tstrength\treach\tnote\n");
    const dk_lexicon *lex = dk_engine_lexicon(edit->now.engine);
    for (size_t i = 0; i < edit->nfiles; i++) assert_string_equal(edit->files[i].shown, lex->files[i]);
    dk_buf_clear(&out);
    assert_int_equal(dk_edit_reply(edit, "create", dk_str_from(make), &out), DK_EUSAGE); /* it is there */
    assert_int_equal(edit_undo(edit, NULL), DK_OK); /* the step that was saved before finds its file */
    assert_int_equal(dk_engine_lexicon(edit->now.engine)->count, count);
    dk_edit_free(edit);
    dk_buf_dispose(&out);
    assert_int_equal(unlink(path), 0);
}

static void put_line(dk_edit_file *f, int64_t n, int count, const char *line) {
    assert_int_equal(
        dk_edit_file_put(f, n, count, line != NULL ? dk_str_from(line) : (dk_str){NULL, 0}, NULL), DK_OK);
}

/* If this failed, saving would lose remarks, blank lines, odd columns or line ends of a file that somebody keeps by hand. */
static void test_files_keep_what_is_not_changed(void **state) {
    (void)state;
    static const char text[] =
        "\xEF\xBB\xBF# remark\r\nnote\tterm\tvalence\r\n\r\nmine\tgood\t2\r\n# end\r\n\tbad\t-2";
    char path[300];
    path_of(path, "odd.tsv");
    write_text(path, text, sizeof text - 1);
    dk_edit_file f = {0};
    assert_int_equal(dk_edit_file_open(&f, path, "odd.tsv", DK_ENTRY_VALENCE, NULL), DK_OK);
    dk_str cells[DK_EDIT_CELLS];
    assert_false(dk_edit_file_cells(&f, 2, cells)); /* the header */
    assert_false(dk_edit_file_cells(&f, 3, cells));
    assert_false(dk_edit_file_cells(&f, 5, cells));
    assert_true(dk_edit_file_cells(&f, 4, cells));
    assert_true(dk_str_is(cells[0], "good") && dk_str_is(cells[1], "2") && cells[2].len == 0 &&
                dk_str_is(cells[3], "mine"));
    dk_buf line;
    dk_buf_init(&line);
    dk_error err = {0};
    cells[2] = dk_str_from("joy"); /* the file has no such column */
    assert_int_equal(dk_edit_file_compose(&f, cells, &line, &err), DK_EDATA);
    assert_int_equal(err.column, 3);
    cells[2].len = 0;
    cells[1] = dk_str_from("3");
    assert_int_equal(dk_edit_file_compose(&f, cells, &line, NULL), DK_OK);
    assert_string_equal(dk_buf_cstr(&line), "mine\tgood\t3");
    put_line(&f, 4, 1, dk_buf_cstr(&line));
    put_line(&f, 7, 0, "\tnew\t1"); /* behind a last line without an end */
    put_line(&f, 6, 1, NULL);
    assert_true(f.dirty);
    assert_int_equal(dk_edit_file_save(&f, NULL), DK_OK);
    assert_false(f.dirty);
    assert_text(path,
                "\xEF\xBB\xBF# remark\r\nnote\tterm\tvalence\r\n\r\nmine\tgood\t3\r\n# end\r\n\tnew\t1\r\n");
    dk_buf_dispose(&line);
    dk_edit_file_dispose(&f);
}

/* If this failed, what somebody else wrote meanwhile would be lost. */
static void test_files_of_others_are_not_overwritten(void **state) {
    (void)state;
    char path[300];
    path_of(path, "shared.tsv");
    write_text(path, "term\tvalence\na\t1\n", 17);
    dk_edit_file f = {0};
    dk_error err = {0};
    assert_int_equal(dk_edit_file_open(&f, path, "shared.tsv", DK_ENTRY_VALENCE, NULL), DK_OK);
    put_line(&f, 2, 1, "a\t2");
    write_text(path, "term\tvalence\na\t5\n", 17); /* of the same length */
    assert_int_equal(dk_edit_file_save(&f, &err), DK_EDATA);
    assert_non_null(strstr(err.message, "was changed by somebody else"));
    assert_text(path, "term\tvalence\na\t5\n");
    assert_true(f.dirty);
    write_text(path, "term\tvalence\na\t1\n", 17); /* as it was: nothing is in the way */
    assert_int_equal(dk_edit_file_save(&f, NULL), DK_OK);
    assert_text(path, "term\tvalence\na\t2\n");
    assert_int_equal(unlink(path), 0);
    put_line(&f, 2, 1, "a\t3");
    assert_int_equal(dk_edit_file_save(&f, &err), DK_EDATA);
    assert_non_null(strstr(err.message, "was removed"));
    assert_false(dk_file_exists(path));
    dk_edit_file_dispose(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_read_is_all_that_changes),
        cmocka_unit_test(test_undo_and_saved_files),
        cmocka_unit_test(test_suggestions_beside_other_questions),
        cmocka_unit_test(test_a_list_is_made),
        cmocka_unit_test(test_files_keep_what_is_not_changed),
        cmocka_unit_test(test_files_of_others_are_not_overwritten),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
