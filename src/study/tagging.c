#include "study/tagging.h"

#include <stdlib.h>

#include "base/pipeline.h"
#include "io/cell.h"
#include "study/feelings.h"
#include "study/redact.h"
#include "tag/each.h"
#include "tag/rows.h"

enum { SURE = 800 };

/* What a batch's comments came out as: rows of results, their mentions in one array. */
typedef struct tagged {
    dk_language language;
    int32_t confidence, sentiment;
    dk_label label;
    size_t nmentions;
} tagged;

typedef struct batch {
    dk_block *block;
    tagged *rows;
    size_t rows_cap;
    dk_mention *mentions;
    uint16_t *feelings; /* by mention */
    size_t nmentions, mentions_cap, feelings_cap;
    dk_buf out[2];
    dk_parcel *parcel; /* NULL without a writer */
} batch;

typedef struct second_pass {
    dk_tagging *t;
    const dk_survey *s;
    const dk_engine *engine;
    dk_feelings *feelings;
    dk_output *out[2];
    dk_writer *writer;
    dk_study_progress *progress;
    void *context;
    size_t n;
} second_pass;

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    second_pass *p = context;
    dk_status status = dk_reader_read_block(p->s->reader, ((batch *)item)->block, done, err);
    int64_t taken, total;
    if (status == DK_OK && p->progress != NULL) {
        dk_reader_progress(p->s->reader, &taken, &total);
        p->progress(p->context, "tagging", taken, total);
    }
    return status;
}

/* The id as the first pass has it: a row number where the cell is missing. */
static dk_str id_of(const second_pass *p, const dk_block *b, size_t row, dk_buf *scratch) {
    size_t place = p->s->place[DK_ROLE_ID];
    dk_str cell = place != DK_NO_COLUMN ? dk_cell_trim(dk_block_cell(b, row, place)) : (dk_str){"", 0};
    if (!dk_cell_missing(cell)) return cell;
    dk_buf_clear(scratch);
    dk_buf_put_int(scratch, b->row[row].number);
    return (dk_str){scratch->ptr, scratch->len};
}

/* A batch under work. */
typedef struct working {
    const second_pass *p;
    dk_session *session;
    batch *b;
    dk_buf scratch;
} working;

static dk_str text_of(void *context, size_t row) {
    const working *w = context;
    size_t place = w->p->s->place[DK_ROLE_COMMENT];
    dk_str text = place != DK_NO_COLUMN ? dk_block_cell(w->b->block, row, place) : (dk_str){"", 0};
    return dk_cell_missing(text) ? (dk_str){text.ptr, 0} : text;
}

static dk_str customer_of(void *context, size_t row) {
    const working *w = context;
    size_t place = w->p->s->place[DK_ROLE_CUSTOMER];
    return place != DK_NO_COLUMN ? dk_block_cell(w->b->block, row, place) : (dk_str){"", 0};
}

static dk_status take(void *context, size_t row, dk_str text, const dk_comment *c, dk_error *err) {
    working *w = context;
    const second_pass *p = w->p;
    batch *b = w->b;
    dk_str id = id_of(p, b->block, row, &w->scratch);
    if (p->out[0] != NULL) dk_rows_put_comment(&b->out[0], p->engine, id, c);
    if (p->out[1] != NULL) dk_rows_put_mentions(&b->out[1], p->engine, id, text, c);
    if (p->writer != NULL) {
        dk_rows_add_comment(dk_parcel_rows(b->parcel, 0), p->engine, b->block->row[row].number, id, c);
        dk_rows_add_mentions(dk_parcel_rows(b->parcel, 1), p->engine, b->block->row[row].number, id, text, c);
    }
    if (!dk_grow(&b->mentions, &b->mentions_cap, b->nmentions + c->nmentions + 1) ||
        !dk_grow(&b->feelings, &b->feelings_cap, b->nmentions + c->nmentions + 1))
        return dk_fail_memory(err);
    if (c->nmentions > 0) {
        memcpy(b->mentions + b->nmentions, c->mentions, c->nmentions * sizeof *c->mentions);
        dk_feelings_find(p->feelings, w->session, c, b->feelings + b->nmentions);
    }
    b->nmentions += c->nmentions;
    b->rows[row] = (tagged){c->language, c->confidence, c->sentiment, c->label, c->nmentions};
    return DK_OK;
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    const second_pass *p = context;
    batch *b = item;
    b->nmentions = 0;
    dk_status status = dk_reader_parse(p->s->reader, b->block, err);
    if (status == DK_OK && !dk_grow(&b->rows, &b->rows_cap, b->block->rows + 1)) status = dk_fail_memory(err);
    working w = {.p = p, .session = worker, .b = b};
    dk_buf_init(&w.scratch);
    /* what was learned from a customer's score must not explain that score */
    bool cross_fitted = p->s->config->nweights > 0;
    if (status == DK_OK) status = dk_tag_each(worker, &(dk_tag_rows){b->block->rows, &w, text_of, cross_fitted ? customer_of : NULL, take}, err);
    if (status == DK_OK && p->writer != NULL) status = dk_writer_shape(p->writer, b->parcel, err);
    dk_buf_dispose(&w.scratch);
    return status;
}

/* ---- Delivery ---------------------------------------------------------------------------------------- */

static dk_status consider(second_pass *p, size_t response, const tagged *row, const dk_mention *mentions, dk_str text, dk_error *err) {
    const dk_comment c = {.language = row->language, .confidence = row->confidence, .sentiment = row->sentiment, .label = row->label,
                          .mentions = mentions, .nmentions = row->nmentions};
    return dk_quotes_consider(&p->t->quotes, response, text, &c, err);
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    second_pass *p = context;
    batch *b = item;
    dk_tagging *t = p->t;
    const dk_mention *mentions = b->mentions;
    const uint16_t *feelings = b->feelings;
    dk_status status = DK_OK;
    for (int k = 0; k < 2 && status == DK_OK; k++)
        if (p->out[k] != NULL) status = dk_output_put(p->out[k], &b->out[k], err);
    if (status == DK_OK && p->writer != NULL) status = dk_writer_put(p->writer, b->parcel, err);
    if (status == DK_OK && p->n + b->block->rows > p->s->n)
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(p->s->reader), 0, 0, "the file has grown while it was read");
    if (status == DK_OK && !dk_grow(&t->marks, &t->marks_cap, t->nmarks + b->nmentions + 1)) status = dk_fail_memory(err);
    for (size_t r = 0; r < b->block->rows && status == DK_OK; r++) {
        const tagged *row = b->rows + r;
        size_t i = p->n++;
        t->language[i] = (uint8_t)row->language;
        t->label[i] = (uint8_t)row->label;
        t->sentiment[i] = (int16_t)row->sentiment;
        t->uncertain += p->s->commented[i] && row->confidence < SURE;
        t->first[i] = t->nmarks;
        for (size_t k = 0; k < row->nmentions; k++)
            t->marks[t->nmarks++] = (dk_mark){(uint16_t)mentions[k].theme, (int16_t)mentions[k].polarity, feelings[k],
                                              mentions[k].label == DK_NEGATIVE ? -1 : mentions[k].label == DK_POSITIVE};
        if (row->nmentions > 0 && !p->s->dropped[i])
            status = consider(p, i, row, mentions, dk_block_cell(b->block, r, p->s->place[DK_ROLE_COMMENT]), err);
        mentions += row->nmentions;
        feelings += row->nmentions;
    }
    return status;
}

static dk_status make_room(dk_tagging *t, const dk_survey *s, dk_error *err) {
    t->language = calloc(s->n + 1, sizeof *t->language);
    t->label = calloc(s->n + 1, sizeof *t->label);
    t->sentiment = calloc(s->n + 1, sizeof *t->sentiment);
    t->first = calloc(s->n + 1, sizeof *t->first);
    return t->language != NULL && t->label != NULL && t->sentiment != NULL && t->first != NULL ? DK_OK
                                                                                                                  : dk_fail_memory(err);
}

dk_status dk_tagging_run(dk_tagging *t, const dk_survey *s, const dk_segments *segments, const dk_engine *engine, int threads, dk_output *comments,
                         dk_output *mentions, dk_writer *writer, dk_study_progress *progress, void *context, dk_error *err) {
    second_pass p = {.t = t, .s = s, .engine = engine, .out = {comments, mentions}, .writer = writer, .progress = progress, .context = context};
    int nitems = dk_pipeline_items(threads);
    batch *batches = calloc((size_t)nitems, sizeof *batches);
    void **items = calloc((size_t)nitems, sizeof *items), **workers = calloc((size_t)threads, sizeof *workers);
    dk_status status = batches != NULL && items != NULL && workers != NULL ? DK_OK : dk_fail_memory(err);
    memset(t, 0, sizeof *t);
    if (status == DK_OK) status = make_room(t, s, err);
    if (status == DK_OK) status = dk_quotes_init(&t->quotes, s, dk_engine_taxonomy(engine), segments, err);
    if (status == DK_OK) status = dk_feelings_new(&p.feelings, dk_engine_lexicon(engine), err);
    for (int i = 0; i < nitems && status == DK_OK; i++) {
        items[i] = batches + i;
        batches[i].block = dk_block_new();
        if (writer != NULL) batches[i].parcel = dk_parcel_new(writer);
        if (batches[i].block == NULL || (writer != NULL && batches[i].parcel == NULL)) status = dk_fail_memory(err);
    }
    for (int i = 0; i < threads && status == DK_OK; i++) status = dk_session_new((dk_session **)&workers[i], engine, &s->plan, err);
    if (status == DK_OK) status = dk_reader_rewind(s->reader, err);
    if (status == DK_OK) status = dk_reader_select(s->reader, s->selected, s->nselected, err);
    dk_pipeline pipeline = {&p, produce, work, deliver, items, workers, threads};
    if (status == DK_OK) status = dk_pipeline_run(&pipeline, err);
    if (status == DK_OK && p.n != s->n)
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(s->reader), 0, 0, "the file has shrunk while it was read");
    if (status == DK_OK) t->first[s->n] = t->nmarks;
    for (int i = 0; batches != NULL && i < nitems; i++) {
        dk_block_free(batches[i].block);
        dk_parcel_free(batches[i].parcel);
        free(batches[i].rows);
        free(batches[i].mentions);
        free(batches[i].feelings);
        dk_buf_dispose(&batches[i].out[0]);
        dk_buf_dispose(&batches[i].out[1]);
    }
    for (int i = 0; workers != NULL && i < threads; i++) dk_session_free(workers[i]);
    dk_feelings_free(p.feelings);
    free(batches);
    free(items);
    free(workers);
    return status;
}

void dk_tagging_dispose(dk_tagging *t) {
    free(t->language);
    free(t->label);
    free(t->sentiment);
    free(t->first);
    free(t->marks);
    dk_quotes_dispose(&t->quotes);
    memset(t, 0, sizeof *t);
}
