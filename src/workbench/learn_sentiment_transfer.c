#include "workbench/learn_sentiment_transfer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "text/token.h"
#include "text/utf8.h"

enum { ROUNDS = 5, SENTENCE_MAX = 60, LOOK = 25, SKIP = 4, KEY_MIN = 4 };
#define T_MIN 0.05

/* Sentences of one side: a key of each, and its words. */
typedef struct side {
    dk_intern keys, words;
    uint32_t *key; /* by sentence */
    size_t *first; /* by sentence: into ids; one more than sentences */
    size_t n, key_cap, first_cap;
    uint32_t *ids;
    size_t nids, ids_cap;
} side;

static void side_dispose(side *s) {
    dk_intern_dispose(&s->keys);
    dk_intern_dispose(&s->words);
    free(s->key);
    free(s->first);
    free(s->ids);
}

static dk_status add_sentence(side *s, dk_str key, dk_str text, dk_tokens *tokens, dk_buf *scratch, dk_error *err) {
    dk_status status = dk_tokenize(tokens, text.ptr, text.len, err);
    if (status != DK_OK) return status;
    if (!dk_grow(&s->key, &s->key_cap, s->n + 1) || !dk_grow(&s->first, &s->first_cap, s->n + 2)) return dk_fail_memory(err);
    s->key[s->n] = dk_intern_add(&s->keys, key);
    s->first[s->n] = s->nids;
    for (size_t i = 0; i < tokens->count && s->nids - s->first[s->n] < SENTENCE_MAX; i++) {
        const dk_token *t = &tokens->items[i];
        if (t->kind != DK_TOKEN_WORD) continue;
        dk_buf_clear(scratch);
        status = dk_utf8_fold(scratch, text.ptr + t->start, t->end - t->start, err);
        if (status != DK_OK) return status;
        uint32_t id = dk_intern_add(&s->words, (dk_str){scratch->ptr, scratch->len});
        if (id == DK_NO_ID || !dk_grow(&s->ids, &s->ids_cap, s->nids + 1)) return dk_fail_memory(err);
        s->ids[s->nids++] = id;
    }
    s->first[++s->n] = s->nids;
    return s->key[s->n - 1] == DK_NO_ID ? dk_fail_memory(err) : DK_OK;
}

static dk_status side_read(side *s, const char *path, const char *text, const char *key, dk_error *err) {
    dk_reader_options options = {.quoting = DK_QUOTE_NONE, .delimiter = '\t'};
    dk_reader *reader = NULL;
    size_t columns[2];
    dk_tokens tokens = {0};
    dk_buf scratch;
    memset(s, 0, sizeof *s);
    dk_intern_init(&s->keys);
    dk_intern_init(&s->words);
    dk_buf_init(&scratch);
    dk_block *block = dk_block_new();
    dk_status status = block == NULL ? dk_fail_memory(err) : dk_reader_open(&reader, path, &options, err);
    if (status == DK_OK) status = dk_reader_find_column(reader, text, NULL, &columns[0], err);
    if (status == DK_OK) status = dk_reader_find_column(reader, key != NULL ? key : text, NULL, &columns[1], err);
    if (status == DK_OK) status = dk_reader_select(reader, columns, 2, err);
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(reader, block, err);
        for (size_t i = 0; status == DK_OK && i < block->rows; i++)
            status = add_sentence(s, dk_block_cell(block, i, 1), dk_block_cell(block, i, 0), &tokens, &scratch, err);
    }
    dk_tokens_dispose(&tokens);
    dk_buf_dispose(&scratch);
    dk_block_free(block);
    dk_reader_free(reader);
    return status;
}

/* How many sentences on end have the same keys when a goes on at i and b at j. */
static int agreement(const side *a, const side *b, size_t i, size_t j) {
    int same = 0;
    while (same < LOOK && i + (size_t)same < a->n && j + (size_t)same < b->n &&
           dk_str_eq(dk_intern_text(&a->keys, a->key[i + (size_t)same]), dk_intern_text(&b->keys, b->key[j + (size_t)same])))
        same++;
    return same;
}

typedef struct pairing {
    uint32_t *a, *b; /* sentence numbers */
    size_t n, a_cap, b_cap;
} pairing;

/* Walks both sides, leaping over up to SKIP - 1 sentences that one of them lacks, to where the keys agree longest. */
static dk_status align(const side *a, const side *b, pairing *p, dk_error *err) {
    for (size_t i = 0, j = 0; i < a->n && j < b->n; i++, j++) {
        int best = -1;
        size_t di = 0, dj = 0;
        for (size_t x = 0; x < SKIP; x++)
            for (size_t y = 0; y < SKIP; y++) {
                int score = agreement(a, b, i + x, j + y) * 100 - (int)(x + y);
                if (score > best) best = score, di = x, dj = y;
            }
        i += di;
        j += dj;
        if (i >= a->n || j >= b->n) break;
        if (!dk_str_eq(dk_intern_text(&a->keys, a->key[i]), dk_intern_text(&b->keys, b->key[j]))) continue;
        if (!dk_grow(&p->a, &p->a_cap, p->n + 1) || !dk_grow(&p->b, &p->b_cap, p->n + 1)) return dk_fail_memory(err);
        p->a[p->n] = (uint32_t)i;
        p->b[p->n++] = (uint32_t)j;
    }
    return DK_OK;
}

/* ---- IBM model 1 ------------------------------------------------------------------------------------- */

/* The cells of all sentence pairs share the entries of the table t. */
typedef struct model1 {
    dk_intern entries;  /* 8 bytes: x, y; x = DK_NO_ID is the empty word */
    double *t, *count;
    uint32_t *cells; /* by sentence pair, y and x in order: the entry */
    size_t ncells, cells_cap;
} model1;

static uint32_t entry_of(model1 *m, uint32_t x, uint32_t y) {
    uint32_t key[2] = {x, y};
    return dk_intern_add(&m->entries, (dk_str){(const char *)key, sizeof key});
}

static void entry_words(const model1 *m, uint32_t entry, uint32_t key[2]) {
    memcpy(key, dk_intern_text(&m->entries, entry).ptr, 2 * sizeof *key);
}

static dk_status model1_cells(model1 *m, const side *a, const side *b, const pairing *p, dk_error *err) {
    for (size_t k = 0; k < p->n; k++) {
        size_t i = p->a[k], j = p->b[k], nx = a->first[i + 1] - a->first[i], ny = b->first[j + 1] - b->first[j];
        if (!dk_grow(&m->cells, &m->cells_cap, m->ncells + (nx + 1) * ny)) return dk_fail_memory(err);
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x <= nx; x++) {
                uint32_t e = entry_of(m, x < nx ? a->ids[a->first[i] + x] : DK_NO_ID, b->ids[b->first[j] + y]);
                if (e == DK_NO_ID) return dk_fail_memory(err);
                m->cells[m->ncells++] = e;
            }
    }
    return DK_OK;
}

static dk_status model1_run(model1 *m, const side *a, const side *b, const pairing *p, dk_error *err) {
    size_t n = m->entries.count;
    double *totals = calloc(a->words.count + 1, sizeof *totals); /* the last is the empty word's */
    m->t = malloc((n + 1) * sizeof *m->t);
    m->count = malloc((n + 1) * sizeof *m->count);
    if (totals == NULL || m->t == NULL || m->count == NULL) {
        free(totals);
        return dk_fail_memory(err);
    }
    for (size_t e = 0; e < n; e++) m->t[e] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        memset(m->count, 0, n * sizeof *m->count);
        memset(totals, 0, (a->words.count + 1) * sizeof *totals);
        const uint32_t *cell = m->cells;
        for (size_t k = 0; k < p->n; k++) {
            size_t nx = a->first[p->a[k] + 1] - a->first[p->a[k]], ny = b->first[p->b[k] + 1] - b->first[p->b[k]];
            for (size_t y = 0; y < ny; y++, cell += nx + 1) {
                double sum = 0;
                for (size_t x = 0; x <= nx; x++) sum += m->t[cell[x]];
                for (size_t x = 0; x <= nx && sum > 0; x++) m->count[cell[x]] += m->t[cell[x]] / sum;
            }
        }
        for (size_t e = 0; e < n; e++) {
            uint32_t key[2];
            entry_words(m, (uint32_t)e, key);
            totals[key[0] == DK_NO_ID ? a->words.count : key[0]] += m->count[e];
        }
        for (size_t e = 0; e < n; e++) {
            uint32_t key[2];
            entry_words(m, (uint32_t)e, key);
            double total = totals[key[0] == DK_NO_ID ? a->words.count : key[0]];
            m->t[e] = total > 0 ? m->count[e] / total : 0;
        }
    }
    free(totals);
    return DK_OK;
}

/* ---- Carrying over ----------------------------------------------------------------------------------- */

static dk_status give(dk_sentiment_transfer *t, dk_str word, double weight, dk_error *err) {
    size_t known = t->words.count;
    uint32_t id = dk_intern_add(&t->words, word);
    if (id == DK_NO_ID || !dk_grow(&t->weights, &t->weights_cap, (size_t)id + 1)) return dk_fail_memory(err);
    t->weights[id] = (id < known ? t->weights[id] : 0) + weight;
    return DK_OK;
}

static dk_status carry_aligned(dk_sentiment_transfer *t, const dk_transfer_source *source, const dk_weights *weights,
                               dk_error *err) {
    side a, b = {0};
    pairing p = {0};
    model1 m = {0};
    dk_intern_init(&m.entries);
    dk_status status = side_read(&a, source->path, source->text, source->key, err);
    if (status == DK_OK) status = side_read(&b, source->other, source->text, source->key, err);
    if (status == DK_OK) status = align(&a, &b, &p, err);
    if (status == DK_OK) status = model1_cells(&m, &a, &b, &p, err);
    if (status == DK_OK) status = model1_run(&m, &a, &b, &p, err);
    for (uint32_t e = 0; status == DK_OK && e < m.entries.count; e++) {
        uint32_t key[2];
        entry_words(&m, e, key);
        if (key[0] == DK_NO_ID || m.t[e] < T_MIN) continue;
        int32_t w = dk_weights_form(weights, dk_intern_text(&b.words, key[1]));
        if (w != 0) status = give(t, dk_intern_text(&a.words, key[0]), source->weight * m.t[e] * w / 1000.0, err);
    }
    t->aligned += p.n;
    side_dispose(&a);
    side_dispose(&b);
    free(p.a);
    free(p.b);
    free(m.t);
    free(m.count);
    free(m.cells);
    dk_intern_dispose(&m.entries);
    return status;
}

size_t dk_cognate_key(dk_str word, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.ptr[i], d = i + 1 < word.len ? (unsigned char)word.ptr[i + 1] : 0;
        char put = (char)c;
        if (c == 0xC3 && (d == 0xA4 || d == 0xA6)) put = 'e', i++;      /* ä, æ */
        else if (c == 0xC3 && (d == 0xB6 || d == 0xB8)) put = 'o', i++; /* ö, ø */
        else if (c == 0xC3 && d == 0xA5) put = '@', i++;                /* å */
        else if (c == 'c' && d == 'k') continue;
        else if (c == 'x') put = 's', n > 0 && out[n - 1] == 'k' ? (void)0 : (void)(out[n++] = 'k');
        else if (c == 'd' && n > 0 && strchr("aeiouy@", out[n - 1]) != NULL) put = 't';
        else if (c == 'g' && n > 0 && strchr("aeiouy@", out[n - 1]) != NULL) put = 'k';
        else if (c == 'b' && n > 0 && strchr("aeiouy@", out[n - 1]) != NULL) put = 'p';
        else if (c == 'v' && n > 0 && out[n - 1] == 'h') n--, put = 'v';
        if (n > 0 && out[n - 1] == put) continue; /* doubled consonants */
        out[n++] = put;
    }
    /* endings: -a, -e; -ar, -or, -er; -an, -en; -at, -et */
    if (n > 3 && (out[n - 1] == 'a')) out[n - 1] = 'e';
    if (n > 4 && strchr("rnts", out[n - 1]) != NULL && strchr("ao", out[n - 2]) != NULL) out[n - 2] = 'e';
    out[n] = '\0';
    return n;
}

/* Words of the vocabulary that no sentence pair explained take the mean weight of the words that are spelt alike. */
static dk_status carry_cognates(dk_sentiment_transfer *t, const dk_transfer_source *source, const dk_weights *weights,
                                dk_error *err) {
    side vocabulary;
    dk_intern keys;
    double *sums = NULL;
    uint32_t *counts = NULL;
    char key[4 * DK_FORM_MAX + 1];
    const dk_intern *words = dk_weights_words(weights);
    dk_intern_init(&keys);
    dk_status status = side_read(&vocabulary, source->path, source->text, NULL, err);
    sums = calloc(words->count + 1, sizeof *sums);
    counts = calloc(words->count + 1, sizeof *counts);
    if (status == DK_OK && (sums == NULL || counts == NULL)) status = dk_fail_memory(err);
    for (uint32_t i = 0; status == DK_OK && i < words->count; i++) {
        dk_str word = dk_intern_text(words, i);
        if (word.len > DK_FORM_MAX) continue;
        uint32_t id = dk_intern_add(&keys, (dk_str){key, dk_cognate_key(word, key)});
        if (id == DK_NO_ID) status = dk_fail_memory(err);
        else sums[id] += dk_weights_form(weights, word) / 1000.0, counts[id]++;
    }
    size_t explained = t->words.count;
    for (uint32_t i = 0; status == DK_OK && i < vocabulary.words.count; i++) {
        dk_str word = dk_intern_text(&vocabulary.words, i);
        if (word.len > DK_FORM_MAX || dk_intern_find(&t->words, word) != DK_NO_ID) continue;
        size_t len = dk_cognate_key(word, key);
        uint32_t id = len >= KEY_MIN ? dk_intern_find(&keys, (dk_str){key, len}) : DK_NO_ID;
        if (id != DK_NO_ID) status = give(t, word, source->weight * sums[id] / counts[id], err);
    }
    t->cognates += t->words.count - explained;
    free(sums);
    free(counts);
    dk_intern_dispose(&keys);
    side_dispose(&vocabulary);
    return status;
}

static dk_status carry(dk_sentiment_transfer *t, const dk_transfer_source *source, const char *models, dk_error *err) {
    char name[32];
    const char *language = dk_language_name(source->language);
    dk_morph *morphs[DK_LANGUAGES] = {NULL};
    dk_morph_options options = {.models = models};
    dk_weights *weights = NULL;
    snprintf(name, sizeof name, "sentiment_%s.tsv", language);
    char *path = dk_path_join(models, name);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = dk_morph_open(&morphs[source->language], language, &options, err);
    if (status == DK_OK) status = dk_weights_open(&weights, path, morphs, NULL, err);
    if (status == DK_OK)
        status = source->other != NULL ? carry_aligned(t, source, weights, err) : carry_cognates(t, source, weights, err);
    dk_weights_free(weights);
    dk_morph_free(morphs[source->language]);
    free(path);
    return status;
}

dk_status dk_sentiment_transfer_new(dk_sentiment_transfer **out, const dk_sentiment_recipe *recipe, const char *models,
                                    dk_error *err) {
    *out = NULL;
    if (recipe->ntransfers == 0) return DK_OK;
    dk_sentiment_transfer *t = calloc(1, sizeof *t);
    if (t == NULL) return dk_fail_memory(err);
    dk_intern_init(&t->words);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < recipe->ntransfers; i++) status = carry(t, &recipe->transfers[i], models, err);
    if (status == DK_OK) *out = t;
    else dk_sentiment_transfer_free(t);
    return status;
}

void dk_sentiment_transfer_free(dk_sentiment_transfer *t) {
    if (t == NULL) return;
    dk_intern_dispose(&t->words);
    free(t->weights);
    free(t);
}
