/* drivkraft lexicon sample: which comments to code next, as a sheet to code them in. */
#include <stdlib.h>

#include "base/intern.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/sample.h"

typedef struct options {
    dk_bench_options bench;
    dk_opt_list coded;
    int64_t size, seed;
    double random;
    bool blind;
} options;

/* Marks the comments whose ids stand in files of codes that exist already. */
static dk_status find_coded(const options *o, const dk_corpus *k, bool *skip, size_t *found, dk_error *err) {
    dk_intern ids;
    dk_intern_init(&ids);
    *found = 0;
    dk_status status = DK_OK;
    for (size_t f = 0; status == DK_OK && f < o->coded.count; f++) {
        dk_reader *reader = NULL;
        size_t column;
        dk_block *block = dk_block_new();
        status = block == NULL ? dk_fail_memory(err) : dk_reader_open(&reader, o->coded.items[f], NULL, err);
        if (status == DK_OK) status = dk_reader_find_column(reader, "id", "--coded", &column, err);
        if (status == DK_OK) status = dk_reader_select(reader, &column, 1, err);
        for (bool done = false; status == DK_OK;) {
            status = dk_reader_read_block(reader, block, &done, err);
            if (status != DK_OK || done) break;
            status = dk_reader_parse(reader, block, err);
            for (size_t r = 0; status == DK_OK && r < block->rows; r++)
                if (dk_intern_add(&ids, dk_block_cell(block, r, 0)) == DK_NO_ID) status = dk_fail_memory(err);
        }
        dk_block_free(block);
        dk_reader_free(reader);
    }
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        skip[i] = dk_intern_find(&ids, k->comments[i].id) != DK_NO_ID;
        *found += skip[i];
    }
    dk_intern_dispose(&ids);
    return status;
}

static dk_status make(const options *o, const dk_cli *cli, const char *source, dk_error *err) {
    dk_corpus_options co = {.keep_text = true};
    dk_sample_options so = {
        .size = (size_t)o->size, .random = o->random, .seed = (uint64_t)o->seed, .blind = o->blind};
    dk_corpus corpus = {0};
    dk_engine *engine = NULL;
    dk_sampled *sampled = NULL;
    bool *skip = NULL;
    size_t count = 0, coded = 0;
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, source, err);
    if (status == DK_OK) status = dk_bench_engine(&engine, cli, &o->bench, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &o->bench, &co, err);
    if (status == DK_OK && (skip = calloc(corpus.count + 1, sizeof *skip)) == NULL)
        status = dk_fail_memory(err);
    if (status == DK_OK) status = find_coded(o, &corpus, skip, &coded, err);
    so.skip = skip;
    if (status == DK_OK) status = dk_sample_choose(&corpus, engine, &so, &sampled, &count, err);
    const char *path = cli->output != NULL ? cli->output : "-";
    if (status == DK_OK) status = dk_sample_write(path, &corpus, engine, &so, sampled, count, err);
    if (status == DK_OK)
        dk_cli_note(cli, "%zu of %zu comments%s", count, corpus.count - coded,
                    coded > 0 ? " that are not coded yet" : "");
    free(skip);
    free(sampled);
    if (corpus.source != NULL) dk_corpus_dispose(&corpus);
    dk_engine_free(engine);
    return status;
}

static dk_status run_sample(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.size = 100, .seed = 1, .random = 0.5};
    const dk_opt table[] = {
        {"size", 'n', DK_OPT_INT, &o.size, "N", "how many comments (100)", 1, 1e6},
        {"random", 0, DK_OPT_NUMBER, &o.random, "SHARE",
         "drawn at random; the others are those most worth coding (0.5)", 0, 1},
        {"seed", 0, DK_OPT_INT, &o.seed, "N", "of the draw (1)", 0, 9e15},
        {"coded", 0, DK_OPT_LIST, &o.coded, "FILE", "leave out comments whose id stands in this sheet", 0, 0},
        {"blind", 0, DK_OPT_FLAG, &o.blind, NULL, "without what the engine says, so that coders are not led",
         0, 0},
        DK_BENCH_OPTIONS(o.bench),
        DK_BENCH_ENGINE_OPTION(o.bench),
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *corpus;
    dk_status status =
        dk_bench_parse(command, table, cli, argc, argv, &corpus,
                       "which file? drivkraft lexicon sample survey.csv --text comment -o coding.xlsx", err);
    if (status == DK_OK && corpus != NULL) status = make(&o, cli, corpus, err);
    dk_bench_dispose(&o.bench);
    dk_opt_list_dispose(&o.coded);
    return status;
}

const dk_command dk_lexicon_sample_command = {
    "lexicon sample", "Draws the comments to code next and writes a coding sheet.",
    "CORPUS --text COL [options] -o SHEET.xlsx|SHEET.csv",
    "  drivkraft lexicon sample survey.csv --text comment --id response_id --blind -o coding.xlsx\n"
    "  drivkraft lexicon sample survey.csv --text comment --id response_id --coded coding.xlsx --size 50 -o "
    "more.csv\n",
    run_sample};
