#include "study/drivers_partial.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "io/output.h"

static const char title[] = "drivkraft partial 4\n";

typedef struct head {
    uint64_t shape[6];  /* columns, clusters, clusters2, fixed, weights, decimals */
    uint64_t counts[8]; /* predictors, controls, groups, segments, indicators, impute, stages, columns that rows are lost to */
    int64_t rows[4];    /* read, missing, unreadable, rejected */
    int64_t options[7]; /* model, bootstrap, seed, min_rows, hc, r2, family_wise */
    double numbers[4];  /* confidence, alpha, negligible_r2, winsor */
} head;

static void put_text(dk_buf *out, const char *text) {
    dk_buf_put(out, text, strlen(text) + 1);
}

/* What must be the same in all parts: everything but the counts of rows and segments. */
static void put_question(dk_buf *out, const dk_drivers_data *d, const char *outcome) {
    put_text(out, outcome);
    for (size_t i = 0; i < d->npredictors; i++) put_text(out, d->predictors[i]);
    for (size_t i = 0; i < d->ncontrols; i++) put_text(out, d->controls[i]);
    for (size_t i = 0; i < d->ngroups; i++) put_text(out, d->groups[i]);
    for (size_t i = 0; i < d->nstages; i++) put_text(out, d->stages[i]);
    for (size_t i = 0; i < d->nlost; i++) put_text(out, d->lost_names[i]);
    if (d->npredictors > 0) dk_buf_put(out, d->group_of, d->npredictors * sizeof *d->group_of);
    if (d->nstages > 0) dk_buf_put(out, d->stage_of, d->ngroups * sizeof *d->stage_of);
}

static dk_status put_head(dk_buf *out, const dk_drivers_data *d, const dk_driver_options *o, const char *outcome,
                          dk_error *err) {
    head h = {
        .shape = {d->shape.ncols, d->shape.clusters, d->shape.clusters2, d->shape.fixed, d->shape.weights,
                  d->shape.decimals},
        .counts = {d->npredictors, d->ncontrols, d->ngroups, d->nsegments, d->nindicators, d->impute,
                   d->nstages, d->nlost},
        .rows = {d->read, d->missing, d->unreadable, d->rejected},
        .options = {o->model, o->bootstrap, (int64_t)o->seed, o->min_rows, o->hc, o->r2, o->family_wise},
        .numbers = {o->confidence, o->alpha, o->negligible_r2, o->winsor}};
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_put(&text, &h, sizeof h);
    put_question(&text, d, outcome);
    dk_status status = dk_buf_status(&text, err);
    if (status == DK_OK) {
        uint64_t sizes[2] = {text.len, dk_hash(text.ptr, text.len)};
        dk_buf_puts(out, title);
        dk_buf_put(out, sizes, sizeof sizes);
        dk_buf_put(out, text.ptr, text.len);
        size_t bytes = 2 * d->nlost * sizeof *d->lost;
        uint64_t hash = bytes > 0 ? dk_hash(d->lost, bytes) : 0;
        dk_buf_put(out, d->lost, bytes);
        dk_buf_put(out, &hash, sizeof hash);
    }
    dk_buf_dispose(&text);
    return status;
}

static dk_status put_segment(dk_buf *out, const dk_drivers_segment *segment, dk_error *err) {
    uint64_t len = segment->name.len;
    dk_buf_put(out, &len, sizeof len);
    dk_buf_put(out, segment->name.ptr, len);
    return dk_rows_write(segment->rows, out, err);
}

dk_status dk_drivers_put_partial(dk_drivers_data *d, const dk_driver_options *o, const char *outcome, dk_buf *out,
                                 dk_error *err) {
    dk_status status = put_head(out, d, o, outcome, err);
    for (size_t s = 0; s < d->nsegments && status == DK_OK; s++) status = put_segment(out, &d->segments[s], err);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}

dk_status dk_drivers_write_partial(dk_drivers_data *d, const dk_driver_options *o, const char *outcome,
                                   const char *path, dk_error *err) {
    dk_buf out;
    dk_output *file = NULL;
    dk_buf_init(&out);
    dk_status status = put_head(&out, d, o, outcome, err);
    if (status == DK_OK) status = dk_output_open(&file, path, err);
    for (size_t s = 0; s < d->nsegments && status == DK_OK; s++) { /* a segment at a time is in memory twice */
        status = put_segment(&out, &d->segments[s], err);
        if (status == DK_OK) status = dk_output_put(file, &out, err);
    }
    if (status == DK_OK)
        status = dk_output_close(file, err);
    else
        dk_output_abort(file);
    dk_buf_dispose(&out);
    return status;
}

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool take(cursor *c, void *out, size_t size) {
    if ((size_t)(c->end - c->at) < size) return false;
    memcpy(out, c->at, size);
    c->at += size;
    return true;
}

static const char *take_text(cursor *c, dk_arena *arena) {
    size_t len = strnlen(c->at, (size_t)(c->end - c->at));
    if (c->at + len == c->end) return NULL;
    const char *text = dk_arena_strdup(arena, c->at, len);
    c->at += len + 1;
    return text;
}

static const char **take_texts(cursor *c, size_t n, dk_arena *arena) {
    const char **texts = dk_arena_calloc(arena, n + 1, sizeof *texts);
    for (size_t i = 0; i < n && texts != NULL; i++)
        if ((texts[i] = take_text(c, arena)) == NULL) return NULL;
    return texts;
}

static dk_status damaged(const char *path, dk_error *err) {
    return dk_fail_at(err, DK_EDATA, path, 0, 0, "not a whole partial result");
}

static const int64_t MOST_ROWS = (int64_t)1 << 48;

/* Whether the options of a head are such as there are; numbers within their type are checked by the fit. */
static bool is_choice(const int64_t options[7]) {
    return options[0] >= DK_MODEL_LINEAR && options[0] <= DK_MODEL_ORDINAL && options[1] >= 0 && options[1] <= INT32_MAX &&
           options[4] >= 0 && options[4] <= 3 && options[5] >= DK_R2_MCFADDEN && options[5] <= DK_R2_ESTRELLA &&
           (options[6] == 0 || options[6] == 1);
}

/* How many rows were lost to each column. */
static bool add_lost(cursor *c, dk_drivers_data *d) {
    size_t bytes = 2 * d->nlost * sizeof *d->lost;
    const char *counts = c->at;
    uint64_t hash;
    if ((size_t)(c->end - c->at) < bytes) return false;
    c->at += bytes;
    if (!take(c, &hash, sizeof hash) || hash != (bytes > 0 ? dk_hash(counts, bytes) : 0)) return false;
    for (size_t i = 0; i < 2 * d->nlost; i++) {
        int64_t count;
        memcpy(&count, counts + i * sizeof count, sizeof count);
        d->lost[i] += count;
    }
    return true;
}

/* The head of the first part becomes the question; those of others must agree with it. */
static dk_status read_head(const char *path, cursor *c, dk_drivers_data *d, dk_driver_options *o, head *first,
                           const char **outcome, head *h, dk_error *err) {
    uint64_t sizes[2];
    size_t len = sizeof title - 1;
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, title, len) != 0) return damaged(path, err);
    c->at += len;
    if (!take(c, sizes, sizeof sizes) || sizes[0] > (size_t)(c->end - c->at) || sizes[0] < sizeof *h ||
        dk_hash(c->at, sizes[0]) != sizes[1])
        return damaged(path, err);
    cursor text = {c->at, c->at + sizes[0]};
    c->at += sizes[0];
    take(&text, h, sizeof *h);
    for (int i = 0; i < 4; i++) /* rows that were read: more than any run could have, and the sum over parts would overflow */
        if (h->rows[i] < 0 || h->rows[i] > MOST_ROWS) return damaged(path, err);
    size_t rest = (size_t)(text.end - text.at);
    if (*outcome != NULL) {
        dk_buf mine;
        dk_buf_init(&mine);
        put_question(&mine, d, *outcome);
        bool same = mine.len == rest && memcmp(mine.ptr, text.at, rest) == 0 &&
                    memcmp(h->shape, first->shape, sizeof h->shape) == 0 &&
                    memcmp(h->options, first->options, sizeof h->options) == 0 &&
                    memcmp(h->numbers, first->numbers, sizeof h->numbers) == 0;
        dk_buf_dispose(&mine);
        return same ? DK_OK
                    : dk_fail_at(err, DK_EDATA, path, 0, 0,
                                 "made with other columns or options than the first part");
    }
    *first = *h;
    d->shape = (dk_rows_shape){.ncols = h->shape[0],
                               .clusters = h->shape[1] != 0,
                               .clusters2 = h->shape[2] != 0,
                               .fixed = h->shape[3] != 0,
                               .weights = h->shape[4] != 0,
                               .decimals = h->shape[5] != 0};
    if (h->counts[0] > rest || h->counts[1] > rest || h->counts[2] > rest ||
        h->counts[6] > rest || h->counts[7] > rest || !is_choice(h->options) ||
        h->counts[0] + h->counts[1] + 1 != h->shape[0])
        return damaged(path, err);
    d->npredictors = h->counts[0];
    d->ncontrols = h->counts[1];
    d->ngroups = h->counts[2];
    d->impute = h->counts[5] != 0;
    d->nstages = h->counts[6];
    d->nlost = h->counts[7];
    d->nindicators = h->counts[4] < h->counts[1] ? h->counts[4] : h->counts[1];
    *outcome = take_text(&text, &d->arena);
    d->predictors = take_texts(&text, d->npredictors, &d->arena);
    d->controls = take_texts(&text, d->ncontrols, &d->arena);
    d->groups = take_texts(&text, d->ngroups, &d->arena);
    d->stages = take_texts(&text, d->nstages, &d->arena);
    d->lost_names = take_texts(&text, d->nlost, &d->arena);
    d->lost = dk_arena_calloc(&d->arena, 2 * d->nlost + 1, sizeof *d->lost);
    d->group_of = dk_arena_calloc(&d->arena, d->npredictors + 1, sizeof *d->group_of);
    d->stage_of = dk_arena_calloc(&d->arena, d->ngroups + 1, sizeof *d->stage_of);
    if (*outcome == NULL || d->predictors == NULL || d->controls == NULL || d->groups == NULL ||
        d->stages == NULL || d->lost_names == NULL || d->lost == NULL || d->group_of == NULL || d->stage_of == NULL ||
        !take(&text, d->group_of, d->npredictors * sizeof *d->group_of) ||
        (d->nstages > 0 && !take(&text, d->stage_of, d->ngroups * sizeof *d->stage_of)))
        return damaged(path, err);
    for (size_t g = 0; g < d->ngroups; g++)
        if (d->nstages > 0 && d->stage_of[g] >= d->nstages) return damaged(path, err);
    for (size_t i = 0; i < d->npredictors; i++)
        if (d->group_of[i] >= d->ngroups) return damaged(path, err);
    o->model = (dk_driver_model)h->options[0];
    o->bootstrap = (int)h->options[1];
    o->seed = (uint64_t)h->options[2];
    o->min_rows = h->options[3];
    o->hc = (int)h->options[4];
    o->r2 = (dk_r2)h->options[5];
    o->family_wise = (int)h->options[6];
    o->confidence = h->numbers[0];
    o->alpha = h->numbers[1];
    o->negligible_r2 = h->numbers[2];
    o->winsor = h->numbers[3];
    return DK_OK;
}

dk_status dk_drivers_merge_bytes(dk_drivers_merged *m, const char *path, const char *bytes, size_t len, dk_error *err) {
    dk_drivers_data *d = &m->data;
    head h;
    cursor c = {bytes, bytes + len};
    if (m->first == NULL) {
        m->first = dk_arena_calloc(&d->arena, 1, sizeof(head));
        if (m->first == NULL) return dk_fail_memory(err);
        dk_driver_options_init(&m->options);
    }
    dk_status status = read_head(path, &c, d, &m->options, m->first, &m->outcome, &h, err);
    if (status == DK_OK && !add_lost(&c, d)) status = damaged(path, err);
    for (uint64_t s = 0; status == DK_OK && s < h.counts[3]; s++) {
        uint64_t size;
        size_t used = 0;
        dk_rows *rows = NULL;
        if (!take(&c, &size, sizeof size) || size > (size_t)(c.end - c.at)) return damaged(path, err);
        dk_str name = {c.at, size};
        c.at += size;
        status = dk_drivers_segment_rows(d, name, &rows, err);
        if (status == DK_OK) status = dk_rows_merge(rows, c.at, (size_t)(c.end - c.at), &used, err);
        if (status == DK_EDATA && err != NULL && err->file[0] == '\0') status = damaged(path, err);
        c.at += used;
    }
    if (status == DK_OK && c.at != c.end) status = damaged(path, err);
    if (status == DK_OK) {
        d->read += h.rows[0];
        d->missing += h.rows[1];
        d->unreadable += h.rows[2];
        d->rejected += h.rows[3];
    }
    return status;
}

dk_status dk_drivers_merge(const char *const *paths, size_t n, dk_drivers_data *d, dk_driver_options *o,
                           const char **outcome, dk_error *err) {
    dk_drivers_merged m = {0};
    dk_buf buf;
    dk_status status = DK_OK;
    dk_buf_init(&buf);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        status = dk_file_read(paths[i], &buf, err);
        if (status == DK_OK) status = dk_drivers_merge_bytes(&m, paths[i], buf.ptr, buf.len, err);
    }
    dk_buf_dispose(&buf);
    if (status == DK_OK)
        dk_drivers_sort(&m.data);
    else
        dk_drivers_data_dispose(&m.data);
    *d = m.data;
    *o = m.options;
    *outcome = m.outcome;
    return status;
}
