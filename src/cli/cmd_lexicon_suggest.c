/* drivkraft lexicon suggest: words and valences that the lexicon lacks. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/suggest.h"

typedef struct options {
    dk_bench_options bench;
    const char *score, *codes, *map, *accept;
    int64_t min_count, top, words;
    double prior, least;
} options;

/* Whether a list is one of themes: its header, or the name of one that is not there yet, tells. */
static bool is_of_themes(const char *path, dk_str text) {
    size_t at = 0;
    while (at < text.len && (text.ptr[at] == '#' || text.ptr[at] == '\n')) {
        const char *stop = memchr(text.ptr + at, '\n', text.len - at);
        at = stop != NULL ? (size_t)(stop - text.ptr) + 1 : text.len;
    }
    if (at < text.len) return text.len - at >= 6 && memcmp(text.ptr + at, "theme\t", 6) == 0;
    return strcmp(dk_path_name(path), "themes.tsv") == 0;
}

static dk_status accept(const options *o, const dk_cli *cli, const dk_suggestions *s, const dk_theme_suggestions *themes,
                        dk_error *err) {
    dk_language language;
    if (o->bench.language == NULL || !dk_language_from_name(dk_str_from(o->bench.language), &language))
        return dk_fail(err, DK_EUSAGE,
                       "--accept needs --language sv, da or en: a list is of one language");
    dk_buf old, text;
    dk_buf_init(&old);
    dk_buf_init(&text);
    size_t added = 0;
    dk_status status = dk_file_exists(o->accept) ? dk_file_read(o->accept, &old, err) : DK_OK;
    bool of_themes = status == DK_OK && is_of_themes(o->accept, (dk_str){old.ptr, old.len});
    if (of_themes && o->codes == NULL) {
        status = dk_fail(err, DK_EUSAGE, "--accept %s: a list of themes takes what is said where codes were missed", o->accept);
        dk_error_remedy(err, "name the column of the codes: --codes COL");
    }
    if (status == DK_OK && of_themes)
        status = dk_suggest_accept_themes(themes, language, (size_t)o->top, (dk_str){old.ptr, old.len}, &text, &added, err);
    else if (status == DK_OK)
        status = dk_suggest_accept(s, language, (size_t)o->top, o->least, (dk_str){old.ptr, old.len}, &text,
                                   &added, err);
    if (status == DK_OK) status = dk_bench_write_file(o->accept, &text, err);
    if (status == DK_OK) dk_cli_note(cli, "%s: %zu %s added", o->accept, added, added == 1 ? "entry" : "entries");
    dk_buf_dispose(&old);
    dk_buf_dispose(&text);
    return status;
}

/* Suggestions for themes, from the comments in which a code was missed. */
static dk_status suggest_themes(const options *o, const dk_cli *cli, dk_book *book, const dk_engine *engine,
                                const char *source, dk_theme_suggestions *kept, dk_error *err) {
    const char *extras[DK_CODED_PAIRS] = {[DK_CODED_CODES] = o->codes};
    static const char *const names[DK_CODED_PAIRS] = {"--coder", "--codes", "--polarity", "--sentiment",
                                                      "--score"};
    dk_corpus_options co = {.extras = extras, .options = names, .nextras = DK_CODED_PAIRS};
    dk_corpus corpus = {0};
    dk_scheme scheme = {0};
    dk_coded coded;
    dk_coded_init(&coded);
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, source, err);
    if (status == DK_OK) status = dk_scheme_make(&scheme, dk_engine_taxonomy(engine), o->map, false, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &o->bench, &co, err);
    if (status == DK_OK) status = dk_coded_add(&coded, &scheme, &corpus, "coder", false, err);
    if (status == DK_OK)
        status = dk_suggest_themes(book, &coded, &scheme, &corpus, engine, (uint32_t)o->min_count, 15,
                                   o->prior, kept, err);
    dk_coded_dispose(&coded);
    dk_scheme_dispose(&scheme);
    if (corpus.source != NULL) dk_corpus_dispose(&corpus);
    return status;
}

static dk_status tell(void *context, double done, dk_error *err) {
    (void)err;
    dk_progress_update(context, (int64_t)(1000 * done));
    return DK_OK;
}

static dk_status make(const options *o, const dk_cli *cli, const char *source, dk_error *err) {
    const char *extras[DK_SUGGEST_EXTRAS] = {o->score};
    static const char *const names[DK_SUGGEST_EXTRAS] = {"--score"};
    dk_corpus_options co = {.extras = extras, .options = names, .nextras = DK_SUGGEST_EXTRAS};
    dk_progress bar;
    const dk_watch watch = {tell, &bar, 0, 1};
    dk_suggest_options so = {.has_score = o->score != NULL,
                             .min_count = (uint32_t)o->min_count,
                             .prior = o->prior,
                             .max_words = (size_t)o->words,
                             .watch = &watch};
    dk_corpus corpus = {0};
    dk_engine *engine = NULL;
    dk_suggestions suggestions = {0};
    dk_theme_suggestions themes = {0};
    dk_book book;
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, source, err);
    if (status == DK_OK) status = dk_bench_engine(&engine, cli, &o->bench, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &o->bench, &co, err);
    dk_book_init(&book, engine != NULL ? dk_engine_stamp(engine) : NULL);
    dk_progress_begin(&bar, cli, "suggesting", 1000);
    if (status == DK_OK) status = dk_suggest_make(&suggestions, &corpus, engine, &so, err);
    dk_progress_end(&bar, 1000);
    if (status == DK_OK) dk_suggest_put(&book, &suggestions, &corpus, (size_t)o->top, o->least);
    if (status == DK_OK && o->codes != NULL) status = suggest_themes(o, cli, &book, engine, source, &themes, err);
    if (status == DK_OK && o->accept != NULL) status = accept(o, cli, &suggestions, &themes, err);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    dk_suggest_dispose(&suggestions);
    dk_theme_suggestions_dispose(&themes);
    if (corpus.source != NULL) dk_corpus_dispose(&corpus);
    dk_engine_free(engine);
    return status;
}

static dk_status run_suggest(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.min_count = 10, .top = 50, .words = 12000, .prior = 500, .least = 0};
    const dk_opt table[] = {
        {"score", 0, DK_OPT_STRING, &o.score, "COL",
         "scores, or labels: what is said by the satisfied and by the others", 0, 0},
        {"codes", 0, DK_OPT_STRING, &o.codes, "COL", "hand-coded themes: what is said where one was missed",
         0, 0},
        {"map", 0, DK_OPT_STRING, &o.map, "FILE", "TSV of code and themes, for codes of your own", 0, 0},
        DK_BENCH_OPTIONS(o.bench),
        DK_BENCH_ENGINE_OPTION(o.bench),
        {"min-count", 0, DK_OPT_INT, &o.min_count, "N", "comments that a word must stand in (10)", 2, 1e9},
        {"top", 'n', DK_OPT_INT, &o.top, "N", "how many (50)", 0, 1e9},
        {"least", 0, DK_OPT_NUMBER, &o.least, "P", "only words that are at least so probable (0)", 0, 1},
        {"words", 0, DK_OPT_INT, &o.words, "N",
         "how many words neighbours are looked for among (12000; 0 for none)", 0, 100000},
        {"prior", 0, DK_OPT_NUMBER, &o.prior, "N",
         "words of background that each side is given beforehand (500)", 1e-3, 1e12},
        {"accept", 0, DK_OPT_STRING, &o.accept, "FILE",
         "add what is shown to this list, of valences or with --codes of themes (needs --language)", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *corpus;
    dk_status status =
        dk_bench_parse(command, table, cli, argc, argv, &corpus,
                       "which file? drivkraft lexicon suggest survey.csv --text comment --score nps", err);
    if (status == DK_OK && corpus != NULL) status = make(&o, cli, corpus, err);
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_suggest_command = {
    "lexicon suggest",
    "Suggests words and valences that the lexicon lacks.",
    "CORPUS --text COL [options]",
    "  drivkraft lexicon suggest survey.csv --text comment --score nps\n"
    "  drivkraft lexicon suggest survey.csv --text comment --score nps --language da --top 30 --accept "
    "my/da/valence.tsv\n"
    "  drivkraft lexicon suggest coded.csv --text comment --codes themes --table themes\n"
    "  drivkraft lexicon suggest coded.csv --text comment --codes themes --language en --accept my/en/themes.tsv\n",
    run_suggest,
    true};
