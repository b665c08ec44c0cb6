#include "workbench/corpus.h"

#include <assert.h>
#include <stdlib.h>

#include "io/cell.h"
#include "tag/rows.h"
#include "text/utf8.h"

/* What a block of comments came to; words by numbers of this block. */
typedef struct item {
    dk_corpus_comment
        *comments; /* first and first_mention count from the block's own; id and text stay in the block */
    size_t *rows;  /* by comment */
    size_t ncomments, comments_cap, rows_cap;
    uint32_t *tokens;
    size_t ntokens, tokens_cap;
    dk_corpus_mention *mentions;
    size_t nmentions, mentions_cap;
    dk_intern spellings, words;
    uint32_t *word_of; /* by spelling */
    size_t word_of_cap;
    uint32_t *global; /* by word, when delivered */
    size_t global_cap;
    dk_buf fold;
    bool begun;
} item;

static void dispose_item(void *p) {
    item *t = p;
    free(t->comments);
    free(t->rows);
    free(t->tokens);
    free(t->mentions);
    free(t->word_of);
    free(t->global);
    if (!t->begun) return;
    dk_intern_dispose(&t->spellings);
    dk_intern_dispose(&t->words);
    dk_buf_dispose(&t->fold);
}

static void begin_item(item *t) {
    if (t->begun) {
        dk_intern_dispose(&t->spellings);
        dk_intern_dispose(&t->words);
    } else {
        dk_buf_init(&t->fold);
    }
    dk_intern_init(&t->spellings);
    dk_intern_init(&t->words);
    t->begun = true;
    t->ncomments = t->ntokens = t->nmentions = 0;
}

/* The number of the word that a token is. Folding is done once a spelling. */
static dk_status word_of(item *t, dk_str spelling, uint32_t *word, dk_error *err) {
    size_t known = t->spellings.count;
    uint32_t s = dk_intern_add(&t->spellings, spelling);
    if (s == DK_NO_ID || !dk_grow(&t->word_of, &t->word_of_cap, (size_t)s + 1)) return dk_fail_memory(err);
    if (s >= known) {
        dk_buf_clear(&t->fold);
        dk_status status = dk_utf8_fold(&t->fold, spelling.ptr, spelling.len, err);
        if (status != DK_OK) return status;
        t->word_of[s] = dk_intern_add(&t->words, (dk_str){t->fold.ptr, t->fold.len});
        if (t->word_of[s] == DK_NO_ID) return dk_fail_memory(err);
    }
    *word = t->word_of[s];
    return DK_OK;
}

static bool is_word(const dk_token *k) {
    return k->kind == DK_TOKEN_WORD || k->kind == DK_TOKEN_EMOJI || k->kind == DK_TOKEN_NAME;
}

static dk_status add_tokens(item *t, dk_str text, const dk_comment *c, dk_error *err) {
    if (!dk_grow(&t->tokens, &t->tokens_cap, t->ntokens + c->ntokens + 1)) return dk_fail_memory(err);
    size_t m = 0;
    bool after_word = false;
    for (size_t i = 0; i < c->ntokens; i++) {
        const dk_token *k = &c->tokens[i];
        if (!is_word(k)) {
            if (after_word) t->tokens[t->ntokens++] = DK_CORPUS_BREAK;
            after_word = false;
            continue;
        }
        uint32_t word = 0;
        dk_status status = word_of(t, (dk_str){text.ptr + k->start, k->end - k->start}, &word, err);
        if (status != DK_OK) return status;
        while (m < c->nmentions && c->mentions[m].end <= k->start) m++;
        bool themed = false; /* mentions are ordered by their start, but a long one may hold short ones */
        for (size_t x = m; !themed && x < c->nmentions && c->mentions[x].start < k->end; x++)
            themed = c->mentions[x].end > k->start;
        t->tokens[t->ntokens++] = word | (themed ? (uint32_t)DK_CORPUS_THEMED : 0);
        after_word = true;
    }
    return DK_OK;
}

static dk_status add_comment(item *t, const dk_block *block, size_t row, const dk_comment *c, dk_str text,
                             dk_error *err) {
    if (!dk_grow(&t->comments, &t->comments_cap, t->ncomments + 1) ||
        !dk_grow(&t->rows, &t->rows_cap, t->ncomments + 1) ||
        !dk_grow(&t->mentions, &t->mentions_cap, t->nmentions + c->nmentions + 1))
        return dk_fail_memory(err);
    dk_corpus_comment *o = &t->comments[t->ncomments];
    t->rows[t->ncomments++] = row;
    *o = (dk_corpus_comment){.line = block->row[row].line,
                             .first = t->ntokens,
                             .first_mention = t->nmentions,
                             .nmentions = (uint32_t)c->nmentions,
                             .sentiment = (int16_t)c->sentiment,
                             .confidence = (int16_t)c->confidence,
                             .language = (uint8_t)c->language,
                             .label = (uint8_t)c->label};
    for (size_t i = 0; i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        t->mentions[t->nmentions++] = (dk_corpus_mention){
            m->theme, m->entry, m->start, m->end, (int16_t)m->polarity, (uint8_t)m->label};
    }
    dk_status status = add_tokens(t, text, c, err);
    t->comments[t->ncomments - 1].ntokens = (uint32_t)(t->ntokens - t->comments[t->ncomments - 1].first);
    return status;
}

typedef struct reading {
    dk_corpus *corpus;
    const dk_pass *pass;
    bool keep_text, cross_fitted;
} reading;

static dk_status work(void *context, void *worker, const dk_block *block, void *p, dk_error *err) {
    const reading *x = context;
    item *t = p;
    begin_item(t);
    dk_status status = DK_OK;
    for (size_t r = 0; status == DK_OK && r < block->rows; r++) {
        dk_str text = dk_pass_text(block, r);
        dk_comment c;
        if (text.len == 0) continue;
        if (x->cross_fitted)
            dk_session_set_customer(worker, dk_pass_extra(x->pass, block, r, x->corpus->nextras));
        status = dk_session_tag(worker, text, &c, err);
        if (status == DK_OK) status = add_comment(t, block, r, &c, text, err);
    }
    return status;
}

static bool copy_text(dk_arena *arena, dk_str from, dk_str *to) {
    to->ptr = dk_arena_strdup(arena, from.ptr, from.len);
    to->len = from.len;
    return to->ptr != NULL;
}

static dk_status deliver_comment(const reading *x, const dk_block *block, const item *t, size_t i,
                                 dk_error *err) {
    dk_corpus *k = x->corpus;
    size_t row = t->rows[i];
    char scratch[24];
    dk_corpus_comment c = t->comments[i];
    c.first += k->ntokens;
    c.first_mention += k->nmentions;
    bool ok = copy_text(&k->arena, dk_pass_id(x->pass, block, row, scratch), &c.id);
    if (x->keep_text) ok = ok && copy_text(&k->arena, dk_pass_text(block, row), &c.text);
    for (size_t e = 0; ok && e < k->nextras; e++) {
        dk_str cell = dk_cell_trim(dk_pass_extra(x->pass, block, row, e));
        uint32_t value = dk_cell_missing(cell) ? DK_NO_ID : dk_intern_add(&k->values, cell);
        k->extras[k->count * k->nextras + e] = value;
    }
    if (!ok) return dk_fail_memory(err);
    k->comments[k->count++] = c;
    return DK_OK;
}

static dk_status deliver(void *context, const dk_block *block, void *p, dk_error *err) {
    reading *x = context;
    dk_corpus *k = x->corpus;
    item *t = p;
    if (!dk_grow(&k->comments, &k->cap, k->count + t->ncomments) ||
        !dk_grow(&t->global, &t->global_cap, t->words.count + 1) ||
        !dk_grow(&k->extras, &k->extras_cap, (k->count + t->ncomments) * k->nextras + 1) ||
        !dk_grow(&k->tokens, &k->tokens_cap, k->ntokens + t->ntokens + 1) ||
        !dk_grow(&k->mentions, &k->mentions_cap, k->nmentions + t->nmentions + 1))
        return dk_fail_memory(err);
    for (uint32_t w = 0; w < t->words.count; w++) {
        t->global[w] = dk_intern_add(&k->words, dk_intern_text(&t->words, w));
        if (t->global[w] == DK_NO_ID) return dk_fail_memory(err);
    }
    k->empty += (int64_t)(block->rows - t->ncomments);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < t->ncomments; i++)
        status = deliver_comment(x, block, t, i, err);
    for (size_t i = 0; i < t->ntokens; i++) {
        uint32_t word = t->tokens[i] & DK_CORPUS_WORD;
        k->tokens[k->ntokens + i] =
            word == DK_CORPUS_BREAK ? word : t->global[word] | (t->tokens[i] & DK_CORPUS_THEMED);
    }
    if (t->nmentions > 0) memcpy(k->mentions + k->nmentions, t->mentions, t->nmentions * sizeof *t->mentions);
    k->ntokens += t->ntokens;
    k->nmentions += t->nmentions;
    return status;
}

dk_status dk_corpus_choose_packs(dk_pass *pass, const dk_engine *engine, dk_tag_plan *plan, dk_error *err) {
    enum { LOOK_AT = 20000 };
    uint64_t hits[DK_MAX_PACKS] = {0}, texts = 0;
    dk_session *session = NULL;
    dk_block *block = dk_block_new();
    dk_status status = block == NULL ? dk_fail_memory(err) : dk_session_new(&session, engine, plan, err);
    for (bool done = false; status == DK_OK && texts < LOOK_AT;) {
        status = dk_reader_read_block(pass->reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(pass->reader, block, err);
        for (size_t i = 0; status == DK_OK && i < block->rows && texts < LOOK_AT; i++) {
            dk_str text = dk_pass_text(block, i);
            if (text.len == 0) continue;
            texts++;
            status = dk_session_count_packs(session, text, hits, err);
        }
    }
    dk_session_free(session);
    dk_block_free(block);
    if (status != DK_OK) return status;
    plan->packs = dk_packs_choose(dk_engine_lexicon(engine), hits, texts);
    return dk_reader_rewind(pass->reader, err);
}

dk_status dk_corpus_read(dk_corpus *k, const dk_engine *engine, const dk_corpus_options *o, dk_error *err) {
    memset(k, 0, sizeof *k);
    dk_arena_init(&k->arena);
    dk_intern_init(&k->words);
    dk_intern_init(&k->values);
    k->source = o->source;
    k->nextras = o->nextras;
    k->plan = o->plan;
    bool choose = o->packs != NULL && strcmp(o->packs, "auto") == 0;
    dk_pass pass = {.work = work,
                    .deliver = deliver,
                    .rejected = o->rejected,
                    .progress = o->progress,
                    .progress_context = o->progress_context};
    reading x = {k, &pass, o->keep_text, o->cross_fitted};
    pass.context = &x;
    dk_reader_options ro = o->reader;
    ro.rewindable |= choose;
    const char *extras[DK_PASS_EXTRAS],
        *options[DK_PASS_EXTRAS]; /* the customer stands behind those of the caller */
    assert(o->nextras < DK_PASS_EXTRAS);
    for (size_t i = 0; i < o->nextras; i++) extras[i] = o->extras[i], options[i] = o->options[i];
    extras[o->nextras] = o->customer;
    options[o->nextras] = "--customer";
    dk_pass_columns columns = {o->text, o->id, extras, options, o->nextras + 1};
    void **workers = calloc((size_t)o->threads, sizeof *workers);
    dk_status status =
        workers == NULL ? dk_fail_memory(err) : dk_pass_open(&pass, o->source, &ro, &columns, err);
    if (status == DK_OK && choose)
        status = dk_corpus_choose_packs(&pass, engine, &k->plan, err);
    else if (status == DK_OK && o->packs != NULL)
        status = dk_packs_parse(dk_engine_lexicon(engine), o->packs, &k->plan.packs, err);
    for (int i = 0; status == DK_OK && i < o->threads; i++) {
        dk_session *session = NULL;
        status = dk_session_new(&session, engine, &k->plan, err);
        workers[i] = session;
    }
    if (status == DK_OK) status = dk_pass_run(&pass, workers, o->threads, sizeof(item), dispose_item, err);
    k->counts = pass.counts;
    for (int i = 0; workers != NULL && i < o->threads; i++) dk_session_free(workers[i]);
    free(workers);
    dk_pass_dispose(&pass);
    return status;
}

void dk_corpus_dispose(dk_corpus *k) {
    free(k->comments);
    free(k->tokens);
    free(k->mentions);
    free(k->extras);
    dk_intern_dispose(&k->words);
    dk_intern_dispose(&k->values);
    dk_arena_dispose(&k->arena);
}

typedef struct ranked {
    uint32_t word, count;
} ranked;

static int by_count(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return (x->word > y->word) - (x->word < y->word);
}

dk_status dk_corpus_rank(const dk_corpus *c, const uint32_t *counts, size_t stride, uint32_t least, size_t most,
                         uint32_t **order, uint32_t **place, size_t *n, dk_error *err) {
    size_t room = c->words.count + 1, count = 0;
    ranked *words = malloc(room * sizeof *words);
    *place = malloc(room * sizeof **place);
    if (order != NULL) *order = malloc(room * sizeof **order);
    if (words == NULL || *place == NULL || (order != NULL && *order == NULL)) {
        free(words);
        return dk_fail_memory(err);
    }
    for (uint32_t w = 0; w < c->words.count; w++) {
        (*place)[w] = DK_NO_ID;
        if (counts[w * stride] >= least) words[count++] = (ranked){w, counts[w * stride]};
    }
    qsort(words, count, sizeof *words, by_count);
    *n = count < most ? count : most;
    for (uint32_t i = 0; i < *n; i++) {
        (*place)[words[i].word] = i;
        if (order != NULL) (*order)[i] = words[i].word;
    }
    free(words);
    return DK_OK;
}
