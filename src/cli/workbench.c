#include "cli/workbench.h"

#include <stdlib.h>

void dk_bench_dispose(dk_bench_options *b) {
    dk_opt_list_dispose(&b->lexicons);
    dk_opt_list_dispose(&b->weights);
}

dk_status dk_bench_parse(const dk_command *command, const dk_opt *table, dk_cli *cli, int argc, char **argv,
                         const char **source, const char *missing, dk_error *err) {
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    *source = NULL;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords != 1) return dk_fail(err, DK_EUSAGE, "%s", missing);
    *source = words[0];
    return DK_OK;
}

dk_status dk_bench_engine(dk_engine **engine, const dk_cli *cli, const dk_bench_options *b, dk_error *err) {
    dk_engine_options o = {.lexicons = b->lexicons.items,
                           .nlexicons = b->lexicons.count,
                           .weights = b->weights.items,
                           .nweights = b->weights.count,
                           .engine = b->engine,
                           .no_spelling = b->no_spelling,
                           .no_learned = b->no_learned};
    return dk_input_engine(engine, cli, &o, err);
}

static void note_reject(void *context, const char *source, const dk_reject *reject) {
    const dk_bench_watch *watch = context;
    dk_cli_note(watch->cli, "drivkraft: %s:%lld:%lld: row left out: %s", source, (long long)reject->line,
                (long long)reject->column, reject->reason);
}

static void move_progress(void *context, int64_t taken, int64_t total) {
    dk_bench_watch *watch = context;
    watch->progress.total = total;
    dk_progress_update(&watch->progress, taken);
}

void dk_bench_watch_begin(dk_bench_watch *watch, dk_corpus_options *co, const dk_cli *cli,
                          const char *label) {
    watch->cli = cli;
    co->rejected = note_reject;
    co->progress = move_progress;
    co->progress_context = watch;
    dk_progress_begin(&watch->progress, cli, label, 0);
}

void dk_bench_watch_end(dk_bench_watch *watch, int64_t rows) {
    dk_progress_end(&watch->progress, rows);
}

dk_status dk_bench_corpus_options(dk_corpus_options *co, const dk_cli *cli, const dk_bench_options *b,
                                  const char *source, dk_error *err) {
    const dk_input_options *in = &b->input;
    if (in->text == NULL)
        return dk_fail(err, DK_EUSAGE, "--text is missing: the column that holds the comments");
    co->source = source;
    co->text = in->text;
    co->id = in->id;
    if (b->language != NULL)
        co->plan.language_fixed = dk_language_from_name(dk_str_from(b->language), &co->plan.language);
    co->packs = b->pack;
    co->cross_fitted = b->weights.count > 0;
    co->customer = in->customer;
    co->threads = (int)cli->threads;
    return dk_format_apply(&in->format, &co->reader, err);
}

dk_status dk_bench_corpus(dk_corpus *corpus, const dk_engine *engine, const dk_cli *cli,
                          const dk_bench_options *b, dk_corpus_options *co, dk_error *err) {
    dk_bench_watch watch;
    dk_bench_watch_begin(&watch, co, cli, "reading");
    dk_status status = dk_corpus_read(corpus, engine, co, err);
    dk_bench_watch_end(&watch, corpus->counts.rows);
    if (status != DK_OK) return status;
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    dk_buf packs;
    dk_buf_init(&packs);
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (corpus->plan.packs >> i & 1)
            dk_buf_putf(&packs, "%s%s", packs.len > 0 ? ", " : "", lexicon->packs[i]);
    if (b->pack != NULL && strcmp(b->pack, "auto") == 0)
        dk_cli_note(cli, "packs       %s", packs.len > 0 ? dk_buf_cstr(&packs) : "none");
    dk_buf_dispose(&packs);
    if (corpus->count == 0)
        return dk_fail(err, DK_EDATA, "%s holds no comments in column %s", co->source, co->text);
    return DK_OK;
}

dk_status dk_bench_write_file(const char *path, dk_buf *text, dk_error *err) {
    dk_output *out = NULL;
    dk_status status = dk_output_open(&out, path, err);
    if (status == DK_OK) status = dk_output_put(out, text, err);
    if (status == DK_OK) return dk_output_close(out, err);
    dk_output_abort(out);
    return status;
}

dk_status dk_bench_write(const dk_book *book, const dk_cli *cli, const dk_bench_options *b, dk_error *err) {
    dk_sheet_format format = DK_SHEET_AS_TEXT;
    if (b->format != NULL && strcmp(b->format, "csv") == 0) format = DK_SHEET_AS_CSV;
    if (b->format != NULL && strcmp(b->format, "json") == 0) format = DK_SHEET_AS_JSON;
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_book_put(book, format, b->table, &text, err);
    if (status == DK_OK) status = dk_bench_write_file(cli->output != NULL ? cli->output : "-", &text, err);
    dk_buf_dispose(&text);
    return status;
}
