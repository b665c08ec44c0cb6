/* drivkraft lexicon coverage: what the themes reach in a corpus, and what is said where they do not reach. */
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/coverage.h"

typedef struct options {
    dk_bench_options bench;
    const char *score, *segment, *date, *against, *waves;
    int64_t min_count, top;
    double prior;
} options;

/* Which contrast is asked for; what it compares by must be there. */
static dk_status choose_contrast(const options *o, dk_coverage_options *co, dk_error *err) {
    static const char *const names[] = {"covered", "score", "segment", "wave"}, *const needs[] = {
                                                                                    NULL, "--score",
                                                                                    "--segment", "--date"};
    const char *const columns[] = {"", o->score, o->segment, o->date};
    for (int i = 0; i < 4; i++) {
        if (strcmp(o->against, names[i]) != 0) continue;
        co->contrast = (dk_contrast)i;
        if (columns[i] == NULL)
            return dk_fail(err, DK_EUSAGE, "--against %s needs a column: %s COL", names[i], needs[i]);
    }
    return DK_OK;
}

static dk_status make(const options *o, const dk_cli *cli, const char *source, dk_error *err) {
    dk_coverage_options co = {.has_score = o->score != NULL,
                              .month = strcmp(o->waves, "month") == 0,
                              .min_count = (uint32_t)o->min_count,
                              .top = (size_t)o->top,
                              .prior = o->prior};
    const char *extras[DK_COVERAGE_EXTRAS] = {o->score, o->segment, o->date};
    static const char *const names[DK_COVERAGE_EXTRAS] = {"--score", "--segment", "--date"};
    dk_corpus_options ko = {.extras = extras, .options = names, .nextras = DK_COVERAGE_EXTRAS};
    dk_corpus corpus = {0};
    dk_engine *engine = NULL;
    dk_book book;
    dk_status status = choose_contrast(o, &co, err);
    if (status == DK_OK) status = dk_bench_corpus_options(&ko, cli, &o->bench, source, err);
    if (status == DK_OK) status = dk_bench_engine(&engine, cli, &o->bench, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &o->bench, &ko, err);
    dk_book_init(&book, engine != NULL ? dk_engine_stamp(engine) : NULL);
    if (status == DK_OK) status = dk_coverage_make(&book, &corpus, engine, &co, err);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    dk_corpus_dispose(&corpus);
    dk_engine_free(engine);
    return status;
}

static dk_status run_coverage(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.against = "covered", .waves = "quarter", .min_count = 5, .top = 20, .prior = 500};
    const dk_opt table[] = {
        DK_BENCH_OPTIONS(o.bench),
        DK_BENCH_ENGINE_OPTION(o.bench),
        {"score", 0, DK_OPT_STRING, &o.score, "COL", "the column of the scores", 0, 0},
        {"segment", 0, DK_OPT_STRING, &o.segment, "COL", "the column of the segments", 0, 0},
        {"date", 0, DK_OPT_STRING, &o.date, "COL", "the column of the dates", 0, 0},
        {"against", 'a', DK_OPT_CHOICE, &o.against, "covered|score|segment|wave",
         "what the uncovered are compared by (covered)", 0, 0},
        {"waves", 0, DK_OPT_CHOICE, &o.waves, "quarter|month", "what a wave is (quarter)", 0, 0},
        {"min-count", 0, DK_OPT_INT, &o.min_count, "N", "comments that a word must stand in (5)", 1, 1e9},
        {"top", 'n', DK_OPT_INT, &o.top, "N", "how many words, parts and phrases of each group (20)", 1, 1e6},
        {"prior", 0, DK_OPT_NUMBER, &o.prior, "N",
         "words of background that each side is given beforehand (500)", 1e-3, 1e12},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *corpus;
    dk_status status =
        dk_bench_parse(command, table, cli, argc, argv, &corpus,
                       "which file? drivkraft lexicon coverage survey.csv --text comment", err);
    if (status == DK_OK && corpus != NULL) status = make(&o, cli, corpus, err);
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_coverage_command = {
    "lexicon coverage", "Shows what the themes reach, and what is said where they do not reach.",
    "CORPUS --text COL [options]",
    "  drivkraft lexicon coverage survey.csv --text comment --id response_id\n"
    "  drivkraft lexicon coverage survey.csv --text comment --score nps --against score\n"
    "  drivkraft lexicon coverage survey.csv --text comment --date answered --against wave --waves month\n"
    "  drivkraft lexicon coverage survey.csv --text comment --format csv --table uncovered -o "
    "uncovered.csv\n",
    run_coverage};
