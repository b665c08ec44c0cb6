/* Tagging a column of Arrow: chunks of rows on several threads, put together in order. */
#include <stdlib.h>

#include "base/pipeline.h"
#include "io/cell.h"
#include "tag/arrow_out.h"
#include "tag/each.h"
#include "tag/engine.h"
#include "tag/rows.h"

enum { CHUNK = 1024 }; /* rows a worker takes at a time */

/* Fields of the result in the order of their content, depth first. */
enum { ROOT, LANGUAGE, CONFIDENCE, SENTIMENT, LABEL, THEMES, MENTIONS, MENTION, THEME, TOUCHPOINT, STAGE, MLABEL, POLARITY, START, END, MATCH, ENTRY, RULES, FIELDS };

typedef struct chunk {
    int64_t first, count;
    dk_buf themes, match, entry, rules; /* text, one element behind the other */
    int32_t *ends;                      /* of the elements of themes, within it */
    size_t ends_cap;
    struct mention {
        int32_t theme, start, end, match, entry, rules; /* the last three are ends of the texts, within theirs */
        int16_t polarity;
        int8_t label;
    } *mentions;
    size_t nmentions, mentions_cap;
    int32_t *counts; /* mentions by row */
    size_t counts_cap;
} chunk;

struct dk_tagger {
    const dk_engine *engine;
    int threads;
    void **sessions, **items;
    chunk *chunks;
    int nchunks;
    dk_arena arena;
    const char **themes, **touchpoints, **stages; /* words of the dictionaries */
    int32_t *touchpoint_of, *stage_of;            /* by theme */
};

static const char *const languages[] = {"other", "sv", "da", "en", NULL};
static const char *const labels[] = {"neutral", "negative", "positive", "mixed", NULL};

/* The number of a word in a list that grows. */
static int32_t word_number(const char **words, const char *word) {
    int32_t i = 0;
    while (words[i] != NULL && strcmp(words[i], word) != 0) i++;
    words[i] = word;
    return i;
}

static dk_status list_words(dk_tagger *t, dk_error *err) {
    const dk_taxonomy *x = dk_engine_taxonomy(t->engine);
    t->themes = dk_arena_calloc(&t->arena, x->count + 1, sizeof *t->themes);
    t->touchpoints = dk_arena_calloc(&t->arena, x->count + 1, sizeof *t->touchpoints);
    t->stages = dk_arena_calloc(&t->arena, x->count + 1, sizeof *t->stages);
    t->touchpoint_of = dk_arena_calloc(&t->arena, x->count + 1, sizeof *t->touchpoint_of);
    t->stage_of = dk_arena_calloc(&t->arena, x->count + 1, sizeof *t->stage_of);
    if (t->themes == NULL || t->touchpoints == NULL || t->stages == NULL || t->touchpoint_of == NULL || t->stage_of == NULL)
        return dk_fail_memory(err);
    for (size_t i = 0; i < x->count; i++) {
        t->themes[i] = x->themes[i].id;
        t->touchpoint_of[i] = word_number(t->touchpoints, x->touchpoints[x->themes[i].touchpoint]);
        t->stage_of[i] = word_number(t->stages, x->themes[i].stage);
    }
    return DK_OK;
}

dk_status dk_tagger_new(dk_tagger **out, const dk_engine *engine, const dk_tag_plan *plan, int threads, dk_error *err) {
    dk_tagger *t = calloc(1, sizeof *t);
    *out = NULL;
    if (t == NULL) return dk_fail_memory(err);
    t->engine = engine;
    t->threads = threads < 1 ? dk_cpu_count() : threads;
    t->nchunks = dk_pipeline_items(t->threads);
    t->sessions = calloc((size_t)t->threads, sizeof *t->sessions);
    t->items = calloc((size_t)t->nchunks, sizeof *t->items);
    t->chunks = calloc((size_t)t->nchunks, sizeof *t->chunks);
    dk_status status = t->sessions != NULL && t->items != NULL && t->chunks != NULL ? list_words(t, err) : dk_fail_memory(err);
    for (int i = 0; i < t->nchunks && status == DK_OK; i++) t->items[i] = &t->chunks[i];
    for (int i = 0; i < t->threads && status == DK_OK; i++) status = dk_session_new((dk_session **)&t->sessions[i], engine, plan, err);
    if (status == DK_OK) *out = t;
    else dk_tagger_free(t);
    return status;
}

void dk_tagger_free(dk_tagger *t) {
    if (t == NULL) return;
    for (int i = 0; t->sessions != NULL && i < t->threads; i++) dk_session_free(t->sessions[i]);
    for (int i = 0; t->chunks != NULL && i < t->nchunks; i++) {
        chunk *c = &t->chunks[i];
        dk_buf *texts[] = {&c->themes, &c->match, &c->entry, &c->rules};
        for (int k = 0; k < 4; k++) dk_buf_dispose(texts[k]);
        free(c->ends);
        free(c->counts);
        free(c->mentions);
    }
    free(t->sessions);
    free(t->items);
    free(t->chunks);
    dk_arena_dispose(&t->arena);
    free(t);
}

/* ---- A batch ----------------------------------------------------------------------------------------- */

/* Results as they grow; those of fixed size by row are written by the workers, each its own rows. */
typedef struct batch {
    dk_tagger *tagger;
    dk_arrow_column text;
    int64_t given; /* rows handed to chunks */
    int8_t *language, *label;
    double *confidence, *sentiment;
    int32_t *themes_end, *mentions_end; /* n + 1 each, the first 0 */
    dk_buf themes;
    dk_buf theme, touchpoint, stage, mlabel, polarity, start, end; /* by mention */
    dk_buf match_end, entry_end, rules_end, match, entry, rules;
    int64_t nmentions;
} batch;

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    batch *b = context;
    chunk *c = item;
    (void)err;
    c->first = b->given;
    c->count = b->text.length - b->given < CHUNK ? b->text.length - b->given : CHUNK;
    *done = c->count == 0;
    b->given += c->count;
    return DK_OK;
}

static dk_status put_mentions(const dk_tagger *t, chunk *c, dk_str text, const dk_comment *comment, dk_error *err) {
    if (!dk_grow(&c->mentions, &c->mentions_cap, c->nmentions + comment->nmentions + 1)) return dk_fail_memory(err);
    for (size_t i = 0; i < comment->nmentions; i++) {
        const dk_mention *m = &comment->mentions[i];
        const dk_entry_source *source = &dk_engine_lexicon(t->engine)->sources[m->entry];
        dk_str file = t->engine->file_cells[source->file]; /* ",sv/themes.tsv:" */
        dk_buf_put(&c->match, text.ptr + m->start, m->end - m->start);
        dk_buf_put(&c->entry, file.ptr + 1, file.len - 1);
        dk_buf_put_int(&c->entry, source->line);
        if (m->rules != 0) dk_rules_put(&c->rules, m->rules);
        c->mentions[c->nmentions++] = (struct mention){(int32_t)m->theme, (int32_t)m->start, (int32_t)m->end, (int32_t)c->match.len,
                                                       (int32_t)c->entry.len, (int32_t)c->rules.len, (int16_t)m->polarity, (int8_t)m->label};
    }
    return DK_OK;
}

/* A chunk under work. */
typedef struct working {
    batch *b;
    chunk *c;
} working;

static dk_str text_of(void *context, size_t row) {
    const working *w = context;
    dk_str text = dk_arrow_text(&w->b->text, w->c->first + (int64_t)row);
    return text.ptr == NULL || dk_cell_missing(text) ? (dk_str){"", 0} : text;
}

static dk_status take(void *context, size_t row, dk_str text, const dk_comment *comment, dk_error *err) {
    const working *w = context;
    batch *b = w->b;
    chunk *c = w->c;
    size_t at = (size_t)c->first + row;
    b->language[at] = (int8_t)comment->language;
    b->label[at] = (int8_t)comment->label;
    b->confidence[at] = comment->confidence / 1000.0;
    b->sentiment[at] = comment->sentiment / 1000.0;
    dk_rows_put_themes(&c->themes, dk_engine_taxonomy(b->tagger->engine), comment);
    dk_status status = put_mentions(b->tagger, c, text, comment, err);
    if (status != DK_OK) return status;
    if (c->themes.len > INT32_MAX || c->match.len > INT32_MAX || c->entry.len > INT32_MAX || c->rules.len > INT32_MAX)
        return dk_fail(err, DK_EDATA, "texts of the result have more than 2 GB");
    c->ends[row] = (int32_t)c->themes.len;
    c->counts[row] = (int32_t)comment->nmentions;
    return DK_OK;
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    batch *b = context;
    chunk *c = item;
    dk_buf_clear(&c->themes);
    dk_buf_clear(&c->match);
    dk_buf_clear(&c->entry);
    dk_buf_clear(&c->rules);
    c->nmentions = 0;
    if (!dk_grow(&c->ends, &c->ends_cap, (size_t)c->count) || !dk_grow(&c->counts, &c->counts_cap, (size_t)c->count)) return dk_fail_memory(err);
    working w = {b, c};
    for (int64_t i = 0; i < c->count; i++)
        if (text_of(&w, (size_t)i).len > INT32_MAX)
            return dk_fail(err, DK_EDATA, "row %lld: a comment of more than 2 GB", (long long)(c->first + i + 1));
    return dk_tag_each(worker, &(dk_tag_rows){(size_t)c->count, &w, text_of, NULL, take}, err);
}

/* Appends text whose ends are relative to it; false when it passes 2 GB. */
static bool fits(const dk_buf *text, const dk_buf *more) { return text->len + more->len <= INT32_MAX; }

static void put32(dk_buf *out, int64_t value) {
    int32_t v = (int32_t)value;
    dk_buf_put(out, &v, sizeof v);
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    batch *b = context;
    const chunk *c = item;
    const dk_tagger *t = b->tagger;
    if (!fits(&b->themes, &c->themes) || !fits(&b->match, &c->match) || !fits(&b->entry, &c->entry) || !fits(&b->rules, &c->rules) ||
        b->nmentions + (int64_t)c->nmentions > INT32_MAX) {
        dk_fail(err, DK_EDATA, "texts of the result have more than 2 GB");
        dk_error_remedy(err, "tag fewer rows at a time");
        return DK_EDATA;
    }
    int64_t mentions = b->nmentions;
    for (int64_t i = 0; i < c->count; i++) {
        b->themes_end[c->first + i + 1] = (int32_t)b->themes.len + c->ends[i];
        mentions += c->counts[i];
        b->mentions_end[c->first + i + 1] = (int32_t)mentions;
    }
    for (size_t i = 0; i < c->nmentions; i++) {
        const struct mention *m = &c->mentions[i];
        double polarity = m->polarity / 1000.0;
        put32(&b->theme, m->theme);
        put32(&b->touchpoint, t->touchpoint_of[m->theme]);
        put32(&b->stage, t->stage_of[m->theme]);
        dk_buf_putc(&b->mlabel, m->label);
        dk_buf_put(&b->polarity, &polarity, sizeof polarity);
        put32(&b->start, m->start);
        put32(&b->end, m->end);
        put32(&b->match_end, (int64_t)b->match.len + m->match);
        put32(&b->entry_end, (int64_t)b->entry.len + m->entry);
        put32(&b->rules_end, (int64_t)b->rules.len + m->rules);
    }
    b->nmentions = mentions;
    dk_buf_put(&b->themes, c->themes.ptr, c->themes.len);
    dk_buf_put(&b->match, c->match.ptr, c->match.len);
    dk_buf_put(&b->entry, c->entry.ptr, c->entry.len);
    dk_buf_put(&b->rules, c->rules.ptr, c->rules.len);
    return DK_OK;
}

static dk_status make_room(batch *b, dk_error *err) {
    size_t n = (size_t)b->text.length + 1;
    b->language = malloc(n);
    b->label = malloc(n);
    b->confidence = malloc(n * sizeof *b->confidence);
    b->sentiment = malloc(n * sizeof *b->sentiment);
    b->themes_end = calloc(n, sizeof *b->themes_end);
    b->mentions_end = calloc(n, sizeof *b->mentions_end);
    put32(&b->match_end, 0);
    put32(&b->entry_end, 0);
    put32(&b->rules_end, 0);
    return b->language != NULL && b->label != NULL && b->confidence != NULL && b->sentiment != NULL && b->themes_end != NULL && b->mentions_end != NULL
               ? DK_OK : dk_fail_memory(err);
}

/* Hands the batch's memory over to arrays; nothing of it is the batch's afterwards. */
static dk_status make_result(batch *b, struct ArrowSchema *schema, struct ArrowArray *array, dk_error *err) {
    const dk_tagger *t = b->tagger;
    const dk_arrow_field of_mention[] = {{"theme", "i", t->themes, NULL, 0},  {"touchpoint", "i", t->touchpoints, NULL, 0}, {"stage", "i", t->stages, NULL, 0},
                                         {"label", "c", labels, NULL, 0},     {"polarity", "g", NULL, NULL, 0},             {"start", "i", NULL, NULL, 0},
                                         {"end", "i", NULL, NULL, 0},         {"match", "u", NULL, NULL, 0},                {"entry", "u", NULL, NULL, 0},
                                         {"rules", "u", NULL, NULL, 0}};
    const dk_arrow_field mention = {"item", "+s", NULL, of_mention, 10};
    const dk_arrow_field of_comment[] = {{"language", "c", languages, NULL, 0},      {"language_confidence", "g", NULL, NULL, 0}, {"sentiment", "g", NULL, NULL, 0},
                                         {"label", "c", labels, NULL, 0},            {"themes", "u", NULL, NULL, 0},              {"mentions", "+l", NULL, &mention, 1}};
    const dk_arrow_field root = {"", "+s", NULL, of_comment, 6};
    int64_t n = b->text.length, m = b->nmentions;
    dk_arrow_content content[FIELDS] = {
        [ROOT] = {n, NULL, NULL}, [LANGUAGE] = {n, b->language, NULL}, [CONFIDENCE] = {n, b->confidence, NULL}, [SENTIMENT] = {n, b->sentiment, NULL},
        [LABEL] = {n, b->label, NULL}, [THEMES] = {n, b->themes_end, b->themes.ptr}, [MENTIONS] = {n, b->mentions_end, NULL}, [MENTION] = {m, NULL, NULL},
        [THEME] = {m, b->theme.ptr, NULL}, [TOUCHPOINT] = {m, b->touchpoint.ptr, NULL}, [STAGE] = {m, b->stage.ptr, NULL}, [MLABEL] = {m, b->mlabel.ptr, NULL},
        [POLARITY] = {m, b->polarity.ptr, NULL}, [START] = {m, b->start.ptr, NULL}, [END] = {m, b->end.ptr, NULL}, [MATCH] = {m, b->match_end.ptr, b->match.ptr},
        [ENTRY] = {m, b->entry_end.ptr, b->entry.ptr}, [RULES] = {m, b->rules_end.ptr, b->rules.ptr}};
    dk_arrow_content *at = content;
    dk_status status = dk_arrow_make_array(&root, &at, array, err);
    if (status != DK_OK) return status;
    status = dk_arrow_make_schema(&root, schema, err);
    if (status != DK_OK) array->release(array);
    return status;
}

static void dispose(batch *b) {
    free(b->language);
    free(b->label);
    free(b->confidence);
    free(b->sentiment);
    free(b->themes_end);
    free(b->mentions_end);
    dk_buf *all[] = {&b->themes, &b->theme, &b->touchpoint, &b->stage, &b->mlabel, &b->polarity, &b->start, &b->end,
                     &b->match_end, &b->entry_end, &b->rules_end, &b->match, &b->entry, &b->rules};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) dk_buf_dispose(all[i]);
}

dk_status dk_tag_arrow(dk_tagger *t, const struct ArrowSchema *schema, const struct ArrowArray *text, struct ArrowSchema *result_schema,
                       struct ArrowArray *result, dk_error *err) {
    batch b = {.tagger = t};
    dk_status status = dk_arrow_column_open(&b.text, schema, text, err);
    result->release = NULL;
    result_schema->release = NULL;
    if (status == DK_OK && !dk_arrow_is_text(&b.text)) {
        dk_fail(err, DK_EDATA, "the comments are numbers (type \"%.40s\"); text was expected", schema->format);
        return DK_EDATA;
    }
    if (status == DK_OK && b.text.length >= INT32_MAX) return dk_fail(err, DK_EDATA, "more than 2^31 rows in one batch");
    if (status == DK_OK) status = make_room(&b, err);
    dk_pipeline p = {&b, produce, work, deliver, t->items, t->sessions, t->threads};
    if (status == DK_OK) status = dk_pipeline_run(&p, err);
    dk_buf *texts[] = {&b.themes, &b.match, &b.entry, &b.rules, &b.theme, &b.touchpoint, &b.stage, &b.mlabel, &b.polarity, &b.start, &b.end,
                       &b.match_end, &b.entry_end, &b.rules_end};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++) {
        if (texts[i]->ptr == NULL) (void)dk_buf_reserve(texts[i], 8); /* buffers of no elements are there all the same */
        status = dk_buf_status(texts[i], err);
    }
    if (status != DK_OK) {
        dispose(&b);
        return status;
    }
    return make_result(&b, result_schema, result, err);
}
