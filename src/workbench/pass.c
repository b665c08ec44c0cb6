#include "workbench/pass.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pipeline.h"
#include "io/cell.h"

typedef struct batch {
    dk_block *block;
    void *item;
} batch;

dk_status dk_pass_open(dk_pass *p, const char *source, const dk_reader_options *options,
                       const dk_pass_columns *c, dk_error *err) {
    size_t n = DK_PASS_FIXED + c->nextras, *columns = calloc(n, sizeof *columns);
    if (columns == NULL) return dk_fail_memory(err);
    dk_status status = dk_reader_open(&p->reader, source, options, err);
    if (status == DK_OK)
        status = dk_reader_find_column(p->reader, c->text, "--text", &columns[DK_PASS_TEXT], err);
    columns[DK_PASS_ID] = columns[DK_PASS_TEXT]; /* not looked at without an id */
    p->has_id = c->id != NULL;
    assert(c->nextras <= DK_PASS_EXTRAS);
    if (status == DK_OK && p->has_id)
        status = dk_reader_find_column(p->reader, c->id, "--id", &columns[DK_PASS_ID], err);
    for (size_t i = 0; status == DK_OK && i < c->nextras; i++) {
        columns[DK_PASS_FIXED + i] = columns[DK_PASS_TEXT];
        if (c->extras[i] == NULL)
            p->absent |= UINT64_C(1) << i; /* stands for the text, and is not looked at */
        else
            status = dk_reader_find_column(p->reader, c->extras[i], c->options[i],
                                           &columns[DK_PASS_FIXED + i], err);
    }
    if (status == DK_OK) status = dk_reader_select(p->reader, columns, n, err);
    free(columns);
    return status;
}

void dk_pass_dispose(dk_pass *p) {
    dk_reader_free(p->reader);
    p->reader = NULL;
}

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    return dk_reader_read_block(((dk_pass *)context)->reader, ((batch *)item)->block, done, err);
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    dk_pass *p = context;
    batch *b = item;
    dk_status status = dk_reader_parse(p->reader, b->block, err);
    return status == DK_OK ? p->work(p->context, worker, b->block, b->item, err) : status;
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    dk_pass *p = context;
    batch *b = item;
    dk_read_counts_add(&p->counts, &b->block->counts);
    for (size_t i = 0; p->rejected != NULL && i < b->block->nrejects; i++)
        p->rejected(p->progress_context, dk_reader_source(p->reader), &b->block->rejects[i]);
    dk_reader_progress(p->reader, &p->taken, &p->total);
    if (p->progress != NULL)
        p->progress(p->progress_context, p->total > 0 ? p->taken : p->counts.rows, p->total);
    return p->deliver(p->context, b->block, b->item, err);
}

dk_status dk_pass_run(dk_pass *p, void *const *workers, int threads, size_t item_size,
                      void (*dispose)(void *item), dk_error *err) {
    int n = dk_pipeline_items(threads);
    batch *batches = calloc((size_t)n, sizeof *batches);
    void **items = calloc((size_t)n, sizeof *items), **states = calloc((size_t)threads, sizeof *states);
    dk_status status = batches == NULL || items == NULL || states == NULL ? dk_fail_memory(err) : DK_OK;
    for (int i = 0; status == DK_OK && i < threads; i++) states[i] = workers[i];
    for (int i = 0; status == DK_OK && i < n; i++) {
        items[i] = &batches[i];
        batches[i].block = dk_block_new();
        batches[i].item = calloc(1, item_size);
        if (batches[i].block == NULL || batches[i].item == NULL) status = dk_fail_memory(err);
    }
    if (status == DK_OK) {
        dk_pipeline pipeline = {p, produce, work, deliver, items, states, threads};
        status = dk_pipeline_run(&pipeline, err);
    }
    for (int i = 0; batches != NULL && i < n; i++) {
        dk_block_free(batches[i].block);
        if (batches[i].item != NULL) dispose(batches[i].item);
        free(batches[i].item);
    }
    free(batches);
    free(items);
    free(states);
    return status;
}

dk_str dk_pass_text(const dk_block *block, size_t row) {
    dk_str text = dk_block_cell(block, row, DK_PASS_TEXT);
    if (dk_cell_missing(text)) text.len = 0;
    return text;
}

dk_str dk_pass_id(const dk_pass *p, const dk_block *block, size_t row, char scratch[24]) {
    if (p->has_id) return dk_block_cell(block, row, DK_PASS_ID);
    return (dk_str){scratch, (size_t)snprintf(scratch, 24, "%lld", (long long)block->row[row].number)};
}
