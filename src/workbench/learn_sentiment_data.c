#include "workbench/learn_sentiment_data.h"

#include <stdlib.h>

#include "base/hash.h"
#include "tag/inspect.h"

enum { SURE = 600 }; /* the rules' verdict on an unlabelled row counts from here on, thousandths */

static const char *const scale_names[DK_SCALES] = {"sign",    "nps",      "stars",   "valence",
                                                   "aspects", "question", "neutral", "unlabelled"};

const char *dk_scale_name(dk_scale scale) { return scale_names[scale]; }

bool dk_scale_from_name(dk_str name, dk_scale *scale) {
    for (int i = 0; i < DK_SCALES; i++)
        if (dk_str_is(name, scale_names[i])) {
            *scale = (dk_scale)i;
            return true;
        }
    return false;
}

static bool read_number(dk_str text, double *value) {
    char copy[32], *stop;
    if (text.len == 0 || text.len >= sizeof copy) return false;
    for (size_t i = 0; i < text.len; i++) copy[i] = text.ptr[i] == ',' ? '.' : text.ptr[i];
    copy[text.len] = '\0';
    *value = strtod(copy, &stop);
    return stop == copy + text.len && *value - *value == 0;
}

/* 1, 0, 1/2 or -1 for positive, negative, neutral and other words, by their first three letters. */
static float sign_of(dk_str word) {
    static const char *const heads[] = {"pos", "neg", "neu"};
    static const float signs[] = {1, 0, 0.5f};
    for (int i = 0; i < 3; i++) {
        bool same = word.len >= 3;
        for (size_t k = 0; same && k < 3; k++) same = (word.ptr[k] | 32) == heads[i][k];
        if (same) return signs[i];
    }
    return -1;
}

/* y when all aspects agree, otherwise -1. */
static float aspects_of(dk_str cell, float *weight) {
    float y = -1;
    if (cell.len == 0) {
        *weight /= 2; /* no aspect that the coders asked for: mostly facts */
        return 0.5f;
    }
    for (const char *p = cell.ptr, *end = p + cell.len; p < end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar != NULL ? bar : end;
        const char *colon = memrchr(p, ':', (size_t)(stop - p));
        float one = colon != NULL ? sign_of((dk_str){colon + 1, (size_t)(stop - colon - 1)}) : -1;
        if (one < 0 || (y >= 0 && one != y)) return -1;
        y = one;
        p = stop + 1;
    }
    return y;
}

bool dk_scale_read(dk_scale scale, dk_str label, int32_t by_rules, float *y, float *weight) {
    double number = 0;
    *y = -1;
    switch (scale) {
    case DK_SCALE_SIGN: *y = label.len == 1 && *label.ptr == '1' ? 1 : label.len == 1 && *label.ptr == '0' ? 0 : sign_of(label);
        return *y >= 0;
    case DK_SCALE_NPS:
        if (!read_number(label, &number) || number < 0 || number > 10) return false;
        *y = number >= 9 ? 1 : number <= 6 ? 0 : -1;
        return true;
    case DK_SCALE_STARS:
        if (!read_number(label, &number) || number < 1 || number > 5) return false;
        *y = number > 3 ? 1 : number < 3 ? 0 : 0.5f;
        return true;
    case DK_SCALE_VALENCE:
        if (!read_number(label, &number)) return false;
        *y = number > 0 ? 1 : number < 0 ? 0 : 0.5f;
        return true;
    case DK_SCALE_ASPECTS: *y = aspects_of(label, weight); return true;
    case DK_SCALE_QUESTION:
        *y = dk_str_is(label, "best") ? 1 : dk_str_is(label, "improve") ? 0 : -1;
        return *y >= 0;
    case DK_SCALE_NEUTRAL: *y = 0.5f; return true;
    case DK_SCALE_UNLABELLED: *y = by_rules >= SURE ? 1 : by_rules <= -SURE ? 0 : -1; return true;
    case DK_SCALES: break;
    }
    return false;
}

void dk_sentiment_data_init(dk_sentiment_data *data) {
    memset(data, 0, sizeof *data);
    dk_intern_init(&data->names);
}

void dk_sentiment_data_dispose(dk_sentiment_data *data) {
    free(data->rows);
    free(data->features);
    free(data->by_name);
    dk_intern_dispose(&data->names);
}

typedef struct gathering {
    dk_sentiment_data *data;
    dk_buf name;
} gathering;

static dk_status gather(void *context, dk_feature_kind kind, dk_str text, dk_str second, dk_error *err) {
    gathering *g = context;
    dk_buf_clear(&g->name);
    dk_buf_putc(&g->name, (char)('0' + (int)kind));
    dk_buf_put(&g->name, text.ptr, text.len);
    if (kind == DK_FEATURE_PAIR) {
        dk_buf_putc(&g->name, ' ');
        dk_buf_put(&g->name, second.ptr, second.len);
    }
    dk_status status = dk_buf_status(&g->name, err);
    if (status != DK_OK) return status;
    dk_sentiment_data *d = g->data;
    uint32_t id = dk_intern_add(&d->names, (dk_str){g->name.ptr, g->name.len});
    if (id == DK_NO_ID || !dk_grow(&d->features, &d->features_cap, d->nfeatures + 1)) return dk_fail_memory(err);
    d->features[d->nfeatures++] = id;
    return DK_OK;
}

static dk_status add_row(dk_sentiment_data *d, const dk_sentiment_source *source, uint32_t number, dk_str label, dk_str text,
                         int64_t line, dk_session *session, gathering *g, dk_error *err) {
    dk_comment comment;
    dk_status status = dk_session_tag(session, text, &comment, err);
    if (status != DK_OK || comment.ntokens == 0) return status;
    const dk_reading *r = dk_inspect_reading(session);
    dk_sentiment_row row = {.first = d->nfeatures, .source = number, .weight = 1, .by_rules = r->by_rules};
    if (!dk_scale_read(source->scale, label, r->by_rules, &row.y, &row.weight)) {
        if (d->unusable++ == 0) d->unusable_line = line;
        return DK_OK;
    }
    if (row.y < 0) return DK_OK;
    row.opinions = r->nopinions > 0;
    row.key = dk_hash_seeded(text.ptr, text.len, dk_hash(label.ptr, label.len));
    row.damp = (float)dk_weights_damp(comment.ntokens) / 4096.0f;
    dk_figures_of(r, row.figures);
    status = dk_inspect_features(session, gather, g, err);
    if (status != DK_OK) return status;
    row.nfeatures = (uint32_t)(d->nfeatures - row.first);
    if (!dk_grow(&d->rows, &d->rows_cap, d->nrows + 1)) return dk_fail_memory(err);
    d->rows[d->nrows++] = row;
    return DK_OK;
}

/* Gives the positive and the negative rows of a source the same weight together, and the source its own. */
static void balance(dk_sentiment_data *d, size_t first, double weight) {
    double good = 0, bad = 0;
    for (size_t i = first; i < d->nrows; i++) {
        good += d->rows[i].y == 1 ? (double)d->rows[i].weight : 0;
        bad += d->rows[i].y == 0 ? (double)d->rows[i].weight : 0;
    }
    double up = good > 0 && bad > 0 ? (good + bad) / (2 * good) : 1;
    double down = good > 0 && bad > 0 ? (good + bad) / (2 * bad) : 1;
    for (size_t i = first; i < d->nrows; i++)
        d->rows[i].weight *= (float)(weight * (d->rows[i].y == 1 ? up : d->rows[i].y == 0 ? down : 1));
}

dk_status dk_sentiment_data_read(dk_sentiment_data *d, const dk_sentiment_source *source, uint32_t number, int folds,
                                 dk_session *session, dk_error *err) {
    dk_reader_options options = {.quoting = source->tsv ? DK_QUOTE_NONE : DK_QUOTE_AUTO, .delimiter = source->tsv ? '\t' : 0};
    dk_reader *reader = NULL;
    size_t columns[3], n = 1, label = 0, cluster = 0, first = d->nrows;
    gathering g = {.data = d};
    dk_buf_init(&g.name);
    dk_block *block = dk_block_new();
    dk_status status = block == NULL ? dk_fail_memory(err) : dk_reader_open(&reader, source->path, &options, err);
    if (status == DK_OK) status = dk_reader_find_column(reader, source->text, "--text", &columns[0], err);
    if (status == DK_OK && source->label != NULL)
        status = dk_reader_find_column(reader, source->label, "--score", &columns[label = n++], err);
    if (status == DK_OK && source->cluster != NULL)
        status = dk_reader_find_column(reader, source->cluster, "--customer", &columns[cluster = n++], err);
    if (status == DK_OK) status = dk_reader_select(reader, columns, n, err);
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(reader, block, err);
        for (size_t i = 0; status == DK_OK && i < block->rows; i++) {
            dk_str text = dk_block_cell(block, i, 0);
            size_t before = d->nrows;
            dk_str value = source->label != NULL ? dk_block_cell(block, i, label) : (dk_str){"", 0};
            status = add_row(d, source, number, value, text, block->row[i].line, session, &g, err);
            if (status != DK_OK || d->nrows == before) continue;
            dk_str key = source->cluster != NULL ? dk_block_cell(block, i, cluster) : text;
            uint64_t hash = dk_fold_hash(key);
            d->rows[before].fold = (uint8_t)(dk_fold_of(hash != 0 ? hash : dk_fold_hash(text), (uint32_t)folds) - 1);
        }
    }
    if (status == DK_OK) balance(d, first, source->weight);
    dk_buf_dispose(&g.name);
    dk_block_free(block);
    dk_reader_free(reader);
    return status;
}

static int compare_keys(const void *a, const void *b) {
    const dk_sentiment_row *x = a, *y = b;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->fold > y->fold) - (x->fold < y->fold); /* equal texts with equal labels are equal but for their customer */
}

typedef struct named {
    dk_str name;
    uint32_t id;
} named;

static int compare_names(const void *a, const void *b) {
    const named *x = a, *y = b;
    size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
    int c = memcmp(x->name.ptr, y->name.ptr, n);
    return c != 0 ? c : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static int compare_numbers(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

dk_status dk_sentiment_data_order(dk_sentiment_data *d, dk_error *err) {
    size_t n = d->names.count;
    named *names = malloc((n + 1) * sizeof *names);
    uint32_t *number = malloc((n + 1) * sizeof *number);
    d->by_name = malloc((n + 1) * sizeof *d->by_name);
    dk_status status = names == NULL || number == NULL || d->by_name == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) {
        for (uint32_t i = 0; i < n; i++) names[i] = (named){dk_intern_text(&d->names, i), i};
        qsort(names, n, sizeof *names, compare_names);
        for (uint32_t i = 0; i < n; i++) {
            d->by_name[i] = names[i].id;
            number[names[i].id] = i;
        }
        for (size_t i = 0; i < d->nfeatures; i++) d->features[i] = number[d->features[i]];
        for (size_t i = 0; i < d->nrows; i++)
            qsort(d->features + d->rows[i].first, d->rows[i].nfeatures, sizeof *d->features, compare_numbers);
        qsort(d->rows, d->nrows, sizeof *d->rows, compare_keys);
    }
    free(names);
    free(number);
    return status;
}
