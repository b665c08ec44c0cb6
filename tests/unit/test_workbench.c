/* The workbench on small corpora: counts equal to counting by hand, company that is planted and found, and a comparison of lexicons
 * that explains every comment. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "io/output.h"
#include "workbench/corpus.h"
#include "workbench/coded.h"
#include "workbench/diff.h"
#include "workbench/kwic.h"
#include "workbench/neighbours.h"
#include "workbench/sample.h"
#include "workbench/suggest.h"
#include "workbench/sheet.h"
#include "workbench/tally.h"

static dk_engine *engine;
static char folder[] = "/tmp/dk-workbench-XXXXXX";

static int set_up(void **state) {
    (void)state;
    dk_engine_options options = {.data_dir = ".", .no_learned = true};
    return mkdtemp(folder) == NULL || dk_engine_open(&engine, &options, NULL) != DK_OK;
}

static int tear_down(void **state) {
    (void)state;
    dk_engine_free(engine);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0;
}

static char *write_file(const char *name, const char *text) {
    char *path = dk_path_join(folder, name);
    dk_output *out;
    assert_int_equal(dk_output_open(&out, path, NULL), DK_OK);
    assert_int_equal(dk_output_write(out, text, strlen(text), NULL), DK_OK);
    assert_int_equal(dk_output_close(out, NULL), DK_OK);
    return path;
}

static void read_corpus(dk_corpus *k, const char *path, const char *label, int threads) {
    const char *extras[1] = {label};
    static const char *const names[1] = {"--label"};
    dk_corpus_options o = {.source = path,
                           .text = "text",
                           .id = "id",
                           .extras = extras,
                           .options = names,
                           .nextras = 1,
                           .keep_text = true,
                           .threads = threads,
                           .reader = {.block_bytes = 4096}};
    o.plan.language_fixed = true;
    o.plan.language = DK_LANG_EN;
    dk_error err = {0};
    if (dk_corpus_read(k, engine, &o, &err) != DK_OK) fail_msg("%s", err.message);
}

/* A text whose words come by chance from a few lists: words of one list keep each other's company. */
static char *planted(size_t comments) {
    static const char *const good[] = {"glim", "brant", "florn", "quell", "spiv"},
                             *const bad[] = {"drob", "skarn", "mulch", "grelt", "plonk"},
                             *const other[] = {"table", "chair", "window", "street", "garden"};
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,label,text\n");
    uint32_t random = 12345;
    for (size_t i = 0; i < comments; i++) {
        bool happy = i % 2 == 0;
        dk_buf_putf(&text, "c%zu,%s,", i, happy ? "positive" : "negative");
        for (int w = 0; w < 8; w++) {
            random = random * 1664525u + 1013904223u;
            uint32_t r = random >> 16;
            const char *word = r % 3 == 0 ? other[r / 3 % 5] : happy ? good[r / 3 % 5] : bad[r / 3 % 5];
            dk_buf_putf(&text, "%s%s", w > 0 ? " " : "", word);
        }
        dk_buf_puts(&text, i % 7 == 0 ? ". glim\n" : "\n");
    }
    char *path = write_file("planted.csv", dk_buf_cstr(&text));
    dk_buf_dispose(&text);
    return path;
}

static size_t place_of(const dk_intern *words, const char *text) {
    return dk_intern_find(words, dk_str_from(text));
}

/* Whether words a and b (b may be none) stand side by side in a comment. */
static bool holds(const dk_corpus *k, size_t comment, uint32_t a, uint32_t b) {
    const dk_corpus_comment *c = &k->comments[comment];
    for (uint32_t t = 0; t < c->ntokens; t++) {
        if ((k->tokens[c->first + t] & DK_CORPUS_WORD) != a) continue;
        if (b == DK_NO_ID || (t + 1 < c->ntokens && (k->tokens[c->first + t + 1] & DK_CORPUS_WORD) == b))
            return true;
    }
    return false;
}

/* Wrong here: keyness compares counts that are no counts. */
static void tallies_equal_counting(void **state) {
    (void)state;
    char *path = planted(400);
    dk_corpus k;
    read_corpus(&k, path, "label", 2);
    uint32_t *group = malloc(k.count * sizeof *group);
    for (size_t i = 0; i < k.count; i++) group[i] = i % 5 == 0 ? DK_NO_ID : (uint32_t)(i % 3);
    dk_tally t;
    dk_tally_options o = {
        .group = group, .ngroups = 3, .focus = 5, .min_count = 4, .parts = false, .phrases = true};
    assert_int_equal(dk_tally_make(&t, &k, engine, &o, NULL), DK_OK);
    size_t words = 0, pairs = 0;
    for (size_t x = 0; x < t.count; x++) {
        const dk_item *item = &t.items[x];
        if (item->nwords == 3) continue;
        uint32_t want[3] = {0};
        for (size_t i = 0; i < k.count; i++)
            if (group[i] != DK_NO_ID &&
                holds(&k, i, item->words[0], item->nwords == 2 ? item->words[1] : DK_NO_ID))
                want[group[i]]++;
        for (int g = 0; g < 3; g++) assert_int_equal(t.counts[x * 3 + (size_t)g], want[g]);
        assert_true(want[0] + want[2] >= 4);
        words += item->nwords == 1;
        pairs += item->nwords == 2;
    }
    assert_int_equal(words, 15);
    assert_true(pairs > 40);
    /* a phrase does not cross a full stop: "glim" after it follows no word */
    uint32_t glim = (uint32_t)place_of(&k.words, "glim");
    for (size_t x = 0; x < t.count; x++)
        if (t.items[x].nwords == 2 && t.items[x].words[1] == glim)
            assert_true(t.counts[x * 3] <= k.count / 3);
    dk_tally_dispose(&t);
    dk_corpus_dispose(&k);
    free(group);
    free(path);
}

/* Wrong here: what the tools print depends on the machine. */
static void corpora_do_not_depend_on_threads(void **state) {
    (void)state;
    char *path = planted(2000);
    dk_corpus a, b;
    read_corpus(&a, path, "label", 1);
    read_corpus(&b, path, "label", 4);
    assert_int_equal(a.count, b.count);
    assert_int_equal(a.ntokens, b.ntokens);
    assert_memory_equal(a.tokens, b.tokens, a.ntokens * sizeof *a.tokens);
    assert_memory_equal(a.extras, b.extras, a.count * sizeof *a.extras);
    for (size_t i = 0; i < a.count; i++) {
        assert_true(dk_str_eq(a.comments[i].id, b.comments[i].id) &&
                    dk_str_eq(a.comments[i].text, b.comments[i].text));
        assert_int_equal(a.comments[i].line, b.comments[i].line);
    }
    dk_corpus_dispose(&a);
    dk_corpus_dispose(&b);
    free(path);
}

/* Wrong here: suggestions by neighbours are chance. */
static void company_is_found(void **state) {
    (void)state;
    static const char *const good[] = {"glim", "brant", "florn", "quell", "spiv"}, *const bad[] = {
                                                                                       "drob", "skarn",
                                                                                       "mulch", "grelt",
                                                                                       "plonk"};
    char *path = planted(1500);
    dk_corpus k;
    read_corpus(&k, path, "label", 2);
    uint32_t *frequency = malloc(k.words.count * sizeof *frequency);
    for (size_t w = 0; w < k.words.count; w++) frequency[w] = 100;
    dk_neighbours n;
    dk_neighbours_options o = {
        .frequency = frequency, .min_count = 1, .max_words = 100, .window = 4, .dimensions = 2};
    assert_int_equal(dk_neighbours_make(&n, &k, &o, NULL), DK_OK);
    for (int i = 0; i < 5; i++)
        for (int side = 0; side < 2; side++) {
            uint32_t row = n.row_of[place_of(&k.words, side == 0 ? good[i] : bad[i])];
            for (int j = 0; j < 4; j++) { /* the four others of its list come first */
                dk_str near = dk_intern_text(&k.words, n.words[n.nearest[row * DK_NEAR + (size_t)j].row]);
                bool same = false;
                for (int x = 0; x < 5; x++) same |= dk_str_is(near, side == 0 ? good[x] : bad[x]);
                assert_true(same);
            }
        }
    dk_neighbours_dispose(&n);
    dk_corpus_dispose(&k);
    free(frequency);
    free(path);
}

/* Wrong here: where a word stands says nothing of it, and words that judge are not told from words that name. */
static void frames_tell_what_judges(void **state) {
    (void)state;
    static const char *const listed[] = {"friendly", "helpful", "rude", "awful", "excellent", "wonderful", "terrible",
                                         "polite", "useless", "horrible", "pleasant", "nasty", "brilliant", "dreadful"},
                             *const things[] = {"table", "chair", "window", "street", "garden", "paper", "bottle",
                                                "ladder", "pencil", "carpet", "curtain", "kettle", "pillow", "mirror"},
                             *const judging[] = {"flimbrous", "dorvish", "sneltic", "quarmy", "plibbish"},
                             *const naming[] = {"gromble", "tavrik", "spondel", "wexlum", "nardle"};
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,label,text\n");
    for (int i = 0; i < 1000; i++) {
        const char *adjective = i % 4 == 0 ? judging[i / 4 % 5] : listed[i % 14];
        const char *noun = i % 4 == 1 ? naming[i / 4 % 5] : things[i % 14];
        dk_buf_putf(&text, "c%d,,", i);
        dk_buf_putf(&text, i % 2 == 0 ? "the clerk was very %s. a %s stood there\n" : "it is so %s today. my %s was on it\n", adjective,
                    noun);
    }
    char *path = write_file("frames.csv", dk_buf_cstr(&text));
    dk_corpus k;
    read_corpus(&k, path, "label", 2);
    dk_suggestions s;
    dk_suggest_options o = {.min_count = 5, .prior = 500};
    assert_int_equal(dk_suggest_make(&s, &k, engine, &o, NULL), DK_OK);
    double least = 1, most = 0;
    for (size_t i = 0; i < s.count; i++)
        for (int w = 0; w < 5; w++) {
            if (dk_str_is(s.items[i].forms, judging[w])) least = fmin(least, s.items[i].probability);
            if (dk_str_is(s.items[i].forms, naming[w])) most = fmax(most, s.items[i].probability);
        }
    assert_true(most > 0 && least < 1); /* all are suggested */
    assert_true(least > most);
    dk_suggest_dispose(&s);
    dk_corpus_dispose(&k);
    dk_buf_dispose(&text);
    free(path);
}

static const char comments[] =
    "id,text\n"
    "1,The delivery was very fast and the driver was friendly\n2,Customer service never answers the phone\n"
    "3,Not expensive but slow\n4,It was ok\n5,Terrible quality and rude staff\n6,I love the app\n"
    "7,The invoice was wrong again and nobody called back\n8,Great price\n9,We waited three weeks for the "
    "parcel\n"
    "10,The glimworks were glimmy\n";

/* A change of lexicon that adds, shadows and turns; wrong here: a researcher is told nothing, or something untrue. */
static void every_change_is_explained(void **state) {
    (void)state;
    char *path = write_file("comments.csv", comments);
    char *valence = write_file("valence.tsv", "term\tvalence\nfast\t-4\nglimmy\t5\nthree weeks\t3\n");
    char *themes =
        write_file("themes.tsv",
                   "theme\tterm\tvalence\nprice.level\tdelivery was\noverall.ease\twaited three weeks\t4\n");
    const char *mine[2] = {valence, themes};
    dk_engine *other;
    dk_engine_options options = {.data_dir = ".", .no_learned = true, .lexicons = mine, .nlexicons = 2};
    assert_int_equal(dk_engine_open(&other, &options, NULL), DK_OK);
    dk_corpus_options co = {.source = path, .text = "text", .id = "id", .threads = 2};
    dk_diff_options o = {.changes = SIZE_MAX, .causes = 100};
    for (int way = 0; way < 2; way++) { /* there and back */
        dk_book book;
        dk_diff_figures f;
        dk_buf text;
        dk_buf_init(&text);
        dk_book_init(&book, NULL);
        const dk_engine *sides[2] = {way == 0 ? engine : other, way == 0 ? other : engine};
        assert_int_equal(dk_diff_make(&book, sides, &co, &o, &f, NULL), DK_OK);
        assert_int_equal(f.comments, 10);
        assert_int_equal(f.unexplained, 0);
        assert_true(f.changed >= 3);
        assert_int_equal(dk_book_put(&book, DK_SHEET_AS_CSV, "changes", &text, NULL), DK_OK);
        const char *cause = way == 0 ? "added" : "removed";
        const char *const ids[] = {"\n1,", "\n9,", "\n10,"};
        for (int i = 0; i < 3; i++) {
            const char *row = strstr(dk_buf_cstr(&text), ids[i]);
            assert_non_null(row);
            const char *end = strchr(row + 1, '\n'), *found = strstr(row, cause);
            assert_true(found != NULL && found < end);
        }
        dk_buf_dispose(&text);
        dk_book_dispose(&book);
    }
    /* against itself nothing changes */
    dk_book book;
    dk_diff_figures f;
    dk_book_init(&book, NULL);
    assert_int_equal(dk_diff_make(&book, (const dk_engine *const[]){engine, engine}, &co, &o, &f, NULL),
                     DK_OK);
    assert_int_equal(f.changed, 0);
    dk_book_dispose(&book);
    dk_engine_free(other);
    free(path);
    free(valence);
    free(themes);
}

/* Wrong if a comparison or a concordance judged comments by weights that were learned from them, and so said otherwise than tag. */
static void own_weights_are_cross_fitted(void **state) {
    (void)state;
    enum { COMMENTS = 40 };
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text,who\n");
    for (int i = 0; i < COMMENTS; i++) dk_buf_putf(&text, "%d,my parcel was blorvig,c%d\n", i, i);
    char *path = write_file("folds.csv", dk_buf_cstr(&text));
    char *weights = write_file("folds.tsv", "kind\ttext\tweight\tfolds\nlanguage\ten\t0\t0,0\nword\tblorvig\t9000\t-9000,9000\n");
    dk_engine *own;
    dk_engine_options options = {.data_dir = ".", .weights = (const char *const[]){weights}, .nweights = 1};
    assert_int_equal(dk_engine_open(&own, &options, NULL), DK_OK);
    dk_corpus_options co = {.source = path, .text = "text", .id = "id", .customer = "who", .threads = 2, .cross_fitted = true};
    co.plan.language_fixed = true;
    co.plan.language = DK_LANG_EN;
    int64_t negative = 0;
    for (int i = 0; i < COMMENTS; i++) { /* as tag does */
        char who[8];
        dk_comment c;
        dk_session *session;
        snprintf(who, sizeof who, "c%d", i);
        assert_int_equal(dk_session_new(&session, own, &co.plan, NULL), DK_OK);
        dk_session_set_customer(session, dk_str_from(who));
        assert_int_equal(dk_session_tag(session, dk_str_from("my parcel was blorvig"), &c, NULL), DK_OK);
        negative += c.label == DK_NEGATIVE;
        dk_session_free(session);
    }
    assert_true(negative > 5 && negative < COMMENTS - 5);
    dk_book book;
    dk_diff_figures f;
    dk_diff_options o = {.changes = SIZE_MAX, .causes = 10, .models_differ = true};
    dk_book_init(&book, NULL);
    assert_int_equal(dk_diff_make(&book, (const dk_engine *const[]){own, own}, &co, &o, &f, NULL), DK_OK);
    dk_buf_clear(&text);
    assert_int_equal(dk_book_put(&book, DK_SHEET_AS_CSV, "summary", &text, NULL), DK_OK);
    char line[64];
    double share = 100.0 * (double)negative / COMMENTS; /* of quarters: prints exactly */
    snprintf(line, sizeof line, "\"negative, %%\",%g,%g", share, share);
    if (strstr(dk_buf_cstr(&text), line) == NULL) fail_msg("not %s in\n%s", line, dk_buf_cstr(&text));
    dk_book_dispose(&book);
    bool *entries = calloc(dk_engine_lexicon(own)->count + 1, sizeof *entries);
    dk_kwic_figures kf;
    memset(entries, true, dk_engine_lexicon(own)->count);
    dk_kwic_options ko = {.entries = entries, .theme = DK_NO_ID, .label = DK_NEGATIVE, .lines = 5, .width = 20};
    dk_book_init(&book, NULL);
    assert_int_equal(dk_kwic_make(&book, own, &co, &ko, &kf, NULL), DK_OK);
    assert_int_equal(kf.comments, negative); /* each has places: an entry matches its parcel */
    dk_book_dispose(&book);
    free(entries);
    dk_engine_free(own);
    dk_buf_dispose(&text);
    free(path);
    free(weights);
}

/* Pairs of entries: changed in valence, moved, alone. */
static void entries_are_paired(void **state) {
    (void)state;
    dk_pairing p;
    const dk_lexicon *lex = dk_engine_lexicon(engine);
    assert_int_equal(dk_pairing_make(&p, lex, lex, NULL), DK_OK);
    assert_int_equal(p.same, lex->count);
    assert_int_equal(p.changed + p.removed + p.added + p.moved, 0);
    for (size_t i = 0; i < lex->count; i++) assert_int_equal(p.partner[0][i], i);
    dk_pairing_dispose(&p);
}

/* The strata of a sample: everything is drawn when all are wanted, and weights add up to the file. */
static void samples_stand_for_the_file(void **state) {
    (void)state;
    char *path = planted(300);
    dk_corpus k;
    read_corpus(&k, path, NULL, 1);
    dk_sample_options o = {.size = 60, .random = 0.5, .seed = 3};
    dk_sampled *sampled;
    size_t n;
    assert_int_equal(dk_sample_choose(&k, engine, &o, &sampled, &n, NULL), DK_OK);
    assert_int_equal(n, 60);
    double weights = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(sampled[i].weight)) weights += sampled[i].weight;
        if (i > 0) assert_true(sampled[i].comment > sampled[i - 1].comment);
    }
    assert_true(fabs(weights - 300) < 1e-9);
    free(sampled);
    o.size = 1000;
    assert_int_equal(dk_sample_choose(&k, engine, &o, &sampled, &n, NULL), DK_OK);
    assert_int_equal(n, 300);
    free(sampled);
    dk_corpus_dispose(&k);
    free(path);
}

static void polarities_are_read(void **state) {
    (void)state;
    assert_int_equal(dk_polarity_parse(dk_str_from("Negativ")), DK_NEGATIVE);
    assert_int_equal(dk_polarity_parse(dk_str_from("positive")), DK_POSITIVE);
    assert_int_equal(dk_polarity_parse(dk_str_from("+")), DK_POSITIVE);
    assert_int_equal(dk_polarity_parse(dk_str_from("blandet")), DK_MIXED);
    assert_int_equal(dk_polarity_parse(dk_str_from("0")), DK_NEUTRAL);
    assert_int_equal(dk_polarity_parse(dk_str_from("10")), -1);
    assert_int_equal(dk_polarity_parse(dk_str_from("")), -1);
}

/* Widths are those of the terminal, cut texts keep the side next to the match, and CSV holds one table. */
static void sheets_line_up(void **state) {
    (void)state;
    static const dk_sheet_column columns[] = {{"left", DK_SHEET_TEXT_RIGHT, 8, false},
                                              {"n", DK_SHEET_COUNT, 0, false},
                                              {"share", DK_SHEET_SHARE, 0, false},
                                              {"file", DK_SHEET_TEXT, 0, true}};
    dk_book book;
    dk_buf out;
    dk_buf_init(&out);
    dk_book_init(&book, "v");
    dk_sheet *s = dk_book_add(&book, "one", "One", columns, 4);
    dk_sheet_text(s, dk_str_from("f\xC3\xB6re \xF0\x9F\x98\xA1 \xC3\xA5\xC3\xA4\xC3\xB6 slut"));
    dk_sheet_int(s, 12);
    dk_sheet_real(s, 0.125);
    dk_sheet_text(s, dk_str_from("a,\"b\""));
    dk_sheet_text(s, dk_str_from("kort"));
    dk_sheet_real(s, NAN);
    dk_sheet_real(s, NAN);
    dk_sheet_text(s, dk_str_from("x"));
    assert_int_equal(dk_book_put(&book, DK_SHEET_AS_TEXT, NULL, &out, NULL), DK_OK);
    assert_string_equal(
        dk_buf_cstr(&out),
        "One\n      left   n   share\n  \xE2\x80\xA6\xC3\xA4\xC3\xB6 slut  12  12.5 %\n      kort\n");
    dk_buf_clear(&out);
    assert_int_equal(dk_book_put(&book, DK_SHEET_AS_CSV, NULL, &out, NULL), DK_OK);
    assert_string_equal(dk_buf_cstr(&out),
                        "left,n,share,file\nf\xC3\xB6re \xF0\x9F\x98\xA1 \xC3\xA5\xC3\xA4\xC3\xB6 "
                        "slut,12,0.125,\"a,\"\"b\"\"\"\nkort,,,x\n");
    dk_error err = {0};
    assert_int_equal(dk_book_put(&book, DK_SHEET_AS_CSV, "two", &out, &err), DK_EUSAGE);
    assert_string_equal(err.remedy, "tables: one");
    dk_buf_dispose(&out);
    dk_book_dispose(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tallies_equal_counting), cmocka_unit_test(corpora_do_not_depend_on_threads),
        cmocka_unit_test(company_is_found),       cmocka_unit_test(frames_tell_what_judges),
        cmocka_unit_test(every_change_is_explained),
        cmocka_unit_test(own_weights_are_cross_fitted),
        cmocka_unit_test(entries_are_paired),     cmocka_unit_test(samples_stand_for_the_file),
        cmocka_unit_test(polarities_are_read),    cmocka_unit_test(sheets_line_up),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
