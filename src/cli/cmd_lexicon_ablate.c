/* drivkraft lexicon ablate: what each entry contributes. */
#include <stdlib.h>

#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/ablate.h"
#include "workbench/coverage.h"

typedef struct options {
    dk_bench_options bench;
    const char *score, *codes, *map;
    int64_t top;
} options;

static dk_status make(const options *o, const dk_cli *cli, const char *source, dk_error *err) {
    const char *extras[DK_CODED_PAIRS] = {[DK_CODED_CODES] = o->codes, [DK_CODED_SCORE] = o->score};
    static const char *const names[DK_CODED_PAIRS] = {"--coder", "--codes", "--polarity", "--sentiment",
                                                      "--score"};
    dk_corpus_options co = {.extras = extras, .options = names, .nextras = DK_CODED_PAIRS, .keep_text = true};
    dk_ablate_options ao = {.top = (size_t)o->top, .threads = (int)cli->threads};
    dk_bench_options rules = o->bench;
    rules.no_learned = true;
    dk_corpus corpus = {0};
    dk_engine *engine = NULL;
    dk_scheme scheme = {0};
    dk_coded coded;
    dk_book book;
    double *scores = NULL;
    dk_coded_init(&coded);
    dk_status status = dk_bench_corpus_options(&co, cli, &rules, source, err);
    if (status == DK_OK) status = dk_bench_engine(&engine, cli, &rules, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &rules, &co, err);
    dk_book_init(&book, engine != NULL ? dk_engine_stamp(engine) : NULL);
    if (status == DK_OK && o->score != NULL) {
        status = dk_corpus_scores(&corpus, DK_CODED_SCORE, &scores, &ao.highest, err);
        ao.scores = scores;
    }
    if (status == DK_OK && o->codes != NULL) {
        status = dk_scheme_make(&scheme, dk_engine_taxonomy(engine), o->map, false, err);
        if (status == DK_OK) status = dk_coded_add(&coded, &scheme, &corpus, "coder", false, err);
        ao.coded = &coded;
        ao.scheme = &scheme;
    }
    if (status == DK_OK) status = dk_ablate_make(&book, &corpus, engine, &ao, err);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    free(scores);
    dk_coded_dispose(&coded);
    dk_scheme_dispose(&scheme);
    if (corpus.source != NULL) dk_corpus_dispose(&corpus);
    dk_engine_free(engine);
    return status;
}

static dk_status run_ablate(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.top = 40};
    const dk_opt table[] = {
        {"score", 0, DK_OPT_STRING, &o.score, "COL", "judge by low and high scores", 0, 0},
        {"codes", 0, DK_OPT_STRING, &o.codes, "COL", "judge by hand-coded themes", 0, 0},
        {"map", 0, DK_OPT_STRING, &o.map, "FILE", "TSV of code and themes, for codes of your own", 0, 0},
        DK_BENCH_OPTIONS(o.bench),
        {"top", 'n', DK_OPT_INT, &o.top, "N",
         "how many entries (40): half the best, half the worst, where they are judged", 1, 1e9},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *corpus;
    dk_status status =
        dk_bench_parse(command, table, cli, argc, argv, &corpus,
                       "which file? drivkraft lexicon ablate survey.csv --text comment --score nps", err);
    if (status == DK_OK && corpus != NULL) status = make(&o, cli, corpus, err);
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_ablate_command = {
    "lexicon ablate", "Shows what each entry contributes, by reading every comment without it.",
    "CORPUS --text COL [options]",
    "  drivkraft lexicon ablate survey.csv --text comment --score nps\n"
    "  drivkraft lexicon ablate coded.csv --text comment --codes themes --format csv --top 100000 -o "
    "entries.csv\n",
    run_ablate};
