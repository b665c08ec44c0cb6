#include "cli/input.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/pipeline.h"
#include "cli/targets.h"
#include "io/cell.h"
#include "tag/each.h"

/* The longest row of a feed: a quote that is never closed must not wait for ever. */
static const size_t STREAM_LIMIT = (size_t)1 << 20;

dk_status dk_input_open(dk_input *in, const dk_cli *cli, const char *source, const dk_input_options *o,
                        bool rewindable, dk_error *err) {
    in->cli = cli;
    in->opened = dk_cli_seconds();
    dk_reader_options ro = {.rewindable = rewindable};
    if (o->text == NULL) return dk_fail(err, DK_EUSAGE, "--text is missing: the column that holds the comments");
    size_t columns[3], nkeys = 0;
    const char *keys[3] = {o->text};
    if (o->id != NULL) keys[++nkeys] = o->id;
    if (o->customer != NULL) keys[++nkeys] = o->customer;
    if (o->stream) {
        ro.eager = in->stream = true;
        ro.record_limit = STREAM_LIMIT;
        ro.keys = keys;
        ro.nkeys = nkeys + 1;
    }
    dk_status status = dk_format_apply(&o->format, &ro, err);
    if (status == DK_OK) status = dk_reader_open(&in->reader, source, &ro, err);
    if (status == DK_OK) status = dk_reader_find_column(in->reader, o->text, "--text", &columns[0], err);
    in->has_id = o->id != NULL;
    if (status == DK_OK && in->has_id) status = dk_reader_find_column(in->reader, o->id, "--id", &columns[1], err);
    size_t n = in->has_id ? 2 : 1;
    if (status == DK_OK && o->customer != NULL) {
        in->customer = n;
        status = dk_reader_find_column(in->reader, o->customer, "--customer", &columns[n++], err);
    }
    return status == DK_OK ? dk_reader_select(in->reader, columns, n, err) : status;
}

dk_status dk_input_engine(dk_engine **engine, const dk_cli *cli, const dk_engine_options *options, dk_error *err) {
    if (options->engine != NULL) return dk_engine_open(engine, options, err);
    char *data_dir = NULL;
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) {
        dk_engine_options o = *options;
        o.data_dir = data_dir;
        status = dk_engine_open(engine, &o, err);
    }
    free(data_dir);
    return status;
}

/* Blocks of other shares are passed over: where blocks begin depends on the source alone, so all jobs see the same ones. */
static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    dk_input *in = context;
    dk_block *block = ((dk_input_batch *)item)->block;
    for (;;) {
        dk_status status = dk_reader_read_block(in->reader, block, done, err);
        if (status != DK_OK || *done) return status;
        in->numbered += block->numbered;
        if (in->shares == 0 || block->serial % in->shares + 1 == in->share) return DK_OK;
    }
}

/* The id of a row: its number where there is no column of ids. */
static dk_str id_of(const dk_input *in, const dk_block *block, size_t row, char number[24]) {
    if (in->has_id) return dk_block_cell(block, row, 1);
    return (dk_str){number, (size_t)snprintf(number, 24, "%lld", (long long)block->row[row].number)};
}

/* A block under work. */
typedef struct working {
    dk_input *in;
    dk_session *session;
    dk_input_batch *batch;
} working;

static dk_str text_of(void *context, size_t row) {
    dk_str text = dk_block_cell(((working *)context)->batch->block, row, 0);
    return dk_cell_missing(text) ? (dk_str){text.ptr, 0} : text; /* as in an analysis: "NA" and "." are no comments */
}

static dk_str customer_of(void *context, size_t row) {
    const working *w = context;
    return w->in->customer != 0 ? dk_block_cell(w->batch->block, row, w->in->customer) : (dk_str){"", 0};
}

static dk_status take(void *context, size_t row, dk_str text, const dk_comment *comment, dk_error *err) {
    const working *w = context;
    char number[24];
    (void)err;
    w->batch->row = row;
    w->in->each(w->in, w->session, id_of(w->in, w->batch->block, row, number), text, comment, w->batch);
    return DK_OK; /* where memory ran out the buffers know */
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    dk_input *in = context;
    dk_input_batch *b = item;
    dk_buf_clear(&b->out[0]);
    dk_buf_clear(&b->out[1]);
    dk_status status = dk_reader_parse(in->reader, b->block, err);
    working w = {in, worker, b};
    if (status == DK_OK) status = dk_tag_each(worker, &(dk_tag_rows){b->block->rows, &w, text_of, in->cross_fitted ? customer_of : NULL, take}, err);
    if (status == DK_OK && in->writer != NULL) status = dk_writer_shape(in->writer, b->parcel, err);
    return status;
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    dk_input *in = context;
    dk_input_batch *b = item;
    dk_read_counts_add(&in->counts, &b->block->counts);
    for (size_t i = 0; i < b->block->nrejects; i++) {
        const dk_reject *reject = &b->block->rejects[i];
        dk_cli_note(in->cli, "drivkraft: %s:%lld:%lld: row left out: %s", dk_reader_source(in->reader),
                    (long long)reject->line, (long long)reject->column, reject->reason);
    }
    int64_t taken;
    dk_reader_progress(in->reader, &taken, &in->progress.total);
    dk_progress_update(&in->progress, in->progress.total > 0 ? taken : in->counts.rows);
    dk_status status = DK_OK;
    if (in->partial != NULL) return dk_partial_put(in->partial, b->block->first_number, b->block->numbered, &b->out[0], &b->out[1], err);
    for (int i = 0; status == DK_OK && i < 2; i++)
        if (in->out[i] != NULL) status = dk_output_put(in->out[i], &b->out[i], err);
    for (int i = 0; status == DK_OK && in->stream && i < 2; i++)
        if (in->out[i] != NULL) status = dk_output_flush(in->out[i], err);
    if (status == DK_OK && in->writer != NULL) status = dk_writer_put(in->writer, b->parcel, err);
    return status;
}

dk_status dk_input_run(dk_input *in, const dk_tag_plan *plan, const char *label, dk_error *err) {
    /* a feed is answered block by block: with workers, blocks that are done would wait for those that fill the queue */
    int threads = in->stream ? 1 : (int)in->cli->threads, nitems = dk_pipeline_items(threads);
    dk_input_batch *batches = calloc((size_t)nitems, sizeof *batches);
    void **items = calloc((size_t)nitems, sizeof *items), **workers = calloc((size_t)threads, sizeof *workers);
    dk_status status = batches == NULL || items == NULL || workers == NULL ? dk_fail_memory(err) : DK_OK;
    for (int i = 0; status == DK_OK && i < nitems; i++) {
        items[i] = &batches[i];
        batches[i].block = dk_block_new();
        if (in->writer != NULL) batches[i].parcel = dk_parcel_new(in->writer);
        if (batches[i].block == NULL || (in->writer != NULL && batches[i].parcel == NULL)) status = dk_fail_memory(err);
    }
    for (int i = 0; status == DK_OK && i < threads; i++) {
        dk_session *session = NULL;
        status = dk_session_new(&session, in->engine, plan, err);
        workers[i] = session;
    }
    dk_progress_begin(&in->progress, in->cli, label, 0);
    in->begun = dk_cli_seconds();
    if (status == DK_OK) {
        dk_pipeline p = {in, produce, work, deliver, items, workers, threads};
        status = dk_pipeline_run(&p, err);
    }
    in->ended = dk_cli_seconds();
    dk_progress_end(&in->progress, in->counts.rows);
    for (int i = 0; batches != NULL && i < nitems; i++) {
        dk_block_free(batches[i].block);
        dk_parcel_free(batches[i].parcel);
        dk_buf_dispose(&batches[i].out[0]);
        dk_buf_dispose(&batches[i].out[1]);
    }
    for (int i = 0; workers != NULL && i < threads; i++) {
        if (workers[i] != NULL) dk_session_counts_add(workers[i], &in->tagged);
        dk_session_free(workers[i]);
    }
    free(batches);
    free(items);
    free(workers);
    return status;
}

dk_status dk_input_close(dk_input *in, dk_status status, dk_error *err) {
    for (int i = 0; status == DK_OK && in->writer != NULL && i < 2; i++) /* a full disk shows before anything is made visible */
        if (in->out[i] != NULL) status = dk_output_flush(in->out[i], err);
    if (status == DK_OK && in->writer != NULL) status = dk_writer_finish(in->writer, in->counts.rows, err);
    for (int i = 0; i < 2; i++) {
        if (status == DK_OK) status = dk_output_close(in->out[i], err);
        else dk_output_abort(in->out[i]);
    }
    if (in->partial != NULL) {
        if (status == DK_OK) status = dk_partial_close(in->partial, in->numbered, in->counts.rejected, err);
        else dk_partial_abort(in->partial);
    }
    if (status == DK_OK && in->reader != NULL) {
        dk_buf line;
        dk_buf_init(&line);
        dk_reader_describe(in->reader, &in->counts, &line);
        dk_cli_note(in->cli, "%s: %s", dk_reader_source(in->reader), dk_buf_cstr(&line));
        dk_buf_dispose(&line);
    }
    if (status == DK_OK && in->writer != NULL) dk_targets_note(in->cli, in->writer);
    dk_writer_free(in->writer);
    dk_reader_free(in->reader);
    dk_engine_free(in->engine);
    return status;
}
