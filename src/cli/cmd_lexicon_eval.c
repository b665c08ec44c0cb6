/* drivkraft lexicon eval: the engine against hand-coded comments. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/evaluate.h"

enum { PAIRS = 8, EXTRAS = DK_CODED_PAIRS + 2 * PAIRS };

typedef struct options {
    dk_bench_options bench;
    const char *coder, *codes, *polarity, *sentiment, *score, *map, *level;
    int64_t bootstrap, seed, errors;
} options;

/* The columns of a file of codes: those that were named, and of the others those that it has. */
typedef struct columns {
    const char *names[EXTRAS], *options[EXTRAS];
    char storage[2 * PAIRS][16];
    size_t count;
} columns;

static bool has_column(const dk_reader *reader, const char *name) {
    for (size_t i = 0; i < dk_reader_columns(reader); i++)
        if (dk_str_is(dk_reader_column_name(reader, i), name)) return true;
    return false;
}

static dk_status find_columns(const options *o, const dk_corpus_options *co, columns *c, dk_error *err) {
    dk_reader *reader = NULL;
    dk_status status = dk_reader_open(&reader, co->source, &co->reader, err);
    if (status != DK_OK) return status;
    const char *wanted[DK_CODED_PAIRS] = {o->coder, o->codes, o->polarity, o->sentiment, o->score};
    static const char *const usual[DK_CODED_PAIRS] = {"coder", "themes", NULL, "sentiment", NULL};
    static const char *const names[DK_CODED_PAIRS] = {"--coder", "--codes", "--polarity", "--sentiment",
                                                      "--score"};
    bool explicit = o->codes != NULL || o->score != NULL;
    for (int i = 0; i < DK_CODED_PAIRS; i++) {
        c->options[i] = names[i];
        c->names[i] = wanted[i];
        bool guess = usual[i] != NULL && (!explicit || i == DK_CODED_CODER);
        if (wanted[i] == NULL && guess && has_column(reader, usual[i])) c->names[i] = usual[i];
    }
    c->count = DK_CODED_PAIRS;
    for (int p = 0; p < PAIRS && !explicit; p++) {
        char *theme = c->storage[2 * p], *polarity = c->storage[2 * p + 1];
        snprintf(theme, sizeof c->storage[0], "theme%d", p + 1);
        snprintf(polarity, sizeof c->storage[0], "polarity%d", p + 1);
        if (!has_column(reader, theme)) break;
        c->options[c->count] = c->options[c->count + 1] = "--codes";
        c->names[c->count] = theme;
        c->names[c->count + 1] = has_column(reader, polarity) ? polarity : NULL;
        c->count += 2;
    }
    dk_reader_free(reader);
    if (c->names[DK_CODED_CODES] == NULL && c->names[DK_CODED_SENTIMENT] == NULL &&
        c->names[DK_CODED_SCORE] == NULL && c->count == DK_CODED_PAIRS) {
        dk_fail(err, DK_EUSAGE, "%s has no column themes, theme1 or sentiment", co->source);
        dk_error_remedy(err, "--codes, --sentiment or --score names what the comments are compared with");
        return DK_EUSAGE;
    }
    return DK_OK;
}

/* Who coded a file that has no such column: its name without folder and ending. */
static void coder_of(const char *path, char out[128]) {
    const char *name = dk_path_name(path), *dot = strrchr(name, '.');
    int len = dot != NULL && dot > name ? (int)(dot - name) : (int)strlen(name);
    snprintf(out, 128, "%.*s", len, name);
}

static dk_status read_file(const options *o, const dk_cli *cli, const dk_engine *engine,
                           const dk_scheme *scheme, const char *path, dk_corpus *corpus, dk_coded *coded,
                           dk_error *err) {
    columns c = {{0}, {0}, {{0}}, 0};
    dk_corpus_options co = {.keep_text = true};
    char coder[128];
    coder_of(path, coder);
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, path, err);
    if (status == DK_OK) status = find_columns(o, &co, &c, err);
    co.extras = c.names;
    co.options = c.options;
    co.nextras = c.count;
    if (status == DK_OK) status = dk_bench_corpus(corpus, engine, cli, &o->bench, &co, err);
    return status == DK_OK ? dk_coded_add(coded, scheme, corpus, coder, o->score != NULL, err) : status;
}

static dk_status make(const options *o, const dk_cli *cli, const char **files, int nfiles, dk_error *err) {
    dk_engine *engine = NULL;
    dk_scheme scheme = {0};
    dk_coded coded;
    dk_book book;
    dk_corpus *corpora = calloc((size_t)nfiles, sizeof *corpora);
    dk_coded_init(&coded);
    dk_status status = corpora == NULL ? dk_fail_memory(err) : dk_bench_engine(&engine, cli, &o->bench, err);
    if (status == DK_OK)
        status = dk_scheme_make(&scheme, dk_engine_taxonomy(engine), o->map,
                                strcmp(o->level, "touchpoint") == 0, err);
    for (int i = 0; status == DK_OK && i < nfiles; i++)
        status = read_file(o, cli, engine, &scheme, files[i], &corpora[i], &coded, err);
    dk_book_init(&book, engine != NULL ? dk_engine_stamp(engine) : NULL);
    dk_evaluate_options eo = {.replicates = (int)o->bootstrap,
                              .seed = (uint64_t)o->seed,
                              .errors = o->errors == 0 ? SIZE_MAX : (size_t)o->errors};
    dk_evaluate_figures figures;
    if (status == DK_OK) status = dk_evaluate_make(&book, &coded, &scheme, engine, &eo, &figures, err);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    dk_coded_dispose(&coded);
    for (int i = 0; corpora != NULL && i < nfiles; i++)
        if (corpora[i].source != NULL) dk_corpus_dispose(&corpora[i]);
    free(corpora);
    dk_scheme_dispose(&scheme);
    dk_engine_free(engine);
    return status;
}

static dk_status run_eval(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.level = "theme", .bootstrap = 1000, .seed = 1, .errors = 10};
    const dk_opt table[] = {
        {"codes", 0, DK_OPT_STRING, &o.codes, "COL",
         "the column of the codes (themes, or theme1, theme2, ...)", 0, 0},
        {"polarity", 0, DK_OPT_STRING, &o.polarity, "COL", "the column of the codes' polarity", 0, 0},
        {"coder", 0, DK_OPT_STRING, &o.coder, "COL", "the column of who coded (coder, or the file's name)", 0,
         0},
        {"sentiment", 0, DK_OPT_STRING, &o.sentiment, "COL",
         "the column of the comments' sentiment (sentiment)", 0, 0},
        {"score", 0, DK_OPT_STRING, &o.score, "COL", "compare the sentiment with low and high scores", 0, 0},
        {"map", 0, DK_OPT_STRING, &o.map, "FILE", "TSV of code and themes, for codes of your own", 0, 0},
        {"level", 0, DK_OPT_CHOICE, &o.level, "theme|touchpoint", "what codes are compared as (theme)", 0, 0},
        DK_BENCH_OPTIONS(o.bench),
        DK_BENCH_ENGINE_OPTION(o.bench),
        {"bootstrap", 'b', DK_OPT_INT, &o.bootstrap, "N", "replicates for the intervals (1000)", 0, 100000},
        {"seed", 0, DK_OPT_INT, &o.seed, "N", "of the bootstrap and the lists (1)", 0, 9e12},
        {"errors", 0, DK_OPT_INT, &o.errors, "N", "how many of each kind are listed (10; 0 for all)", 0, 1e9},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered && nwords == 0)
        status = dk_fail(err, DK_EUSAGE,
                         "which files? drivkraft lexicon eval anna.csv bo.csv --text comment --id id");
    if (status == DK_OK && !answered) status = make(&o, cli, words, nwords, err);
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_eval_command = {
    "lexicon eval", "Measures the engine against hand-coded comments, beside the coders against each other.",
    "CODED... --text COL [--id COL] [options]",
    "  drivkraft lexicon eval anna.csv bo.csv --text comment --id id\n"
    "  drivkraft lexicon eval survey.csv --text comment --codes code --polarity question --map codes.tsv\n"
    "  drivkraft lexicon eval survey.csv --text comment --score nps\n"
    "  drivkraft lexicon eval anna.csv --text comment --errors 0 --format csv --table errors -o errors.csv\n",
    run_eval};
