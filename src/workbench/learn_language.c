#include "workbench/learn_language.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/intern.h"
#include "text/language_features.h"
#include "text/token.h"
#include "text/utf8.h"
#include "workbench/language_fit.h"

enum { C = DK_LANGUAGE_CLASSES, SHORT_WORDS = 3 };

/* What a labelled sentence is for cross-validation: its example, its true class. */
typedef struct held_row {
    uint32_t example;
    uint8_t class_index, fold;
} held_row;

typedef struct trainer {
    const dk_learn_language_options *options;
    dk_intern words, features; /* features as the model file writes them */
    dk_fit_example *examples;
    size_t nexamples, examples_cap;
    uint32_t *word_of; /* word ids of the examples */
    size_t nword_of, word_of_cap;
    uint32_t *word_first, *feature_of, *feature_count; /* see dk_fit_corpus; words or examples that hold a feature */
    size_t feature_of_cap;
    held_row *held;
    size_t nheld, held_cap;
    float (*counts)[C]; /* by word id: per million in each word list */
    size_t counts_cap;
    bool listed[C];
    dk_fit_corpus corpus;
    float *weights;
    uint8_t *keep;
    float prior[DK_FIT_KINDS][C];
    dk_tokens tokens;
    dk_buf folded, file;
} trainer;

void dk_learn_language_defaults(dk_learn_language_options *options) {
    *options = (dk_learn_language_options){
        .folds = 5, .epochs = 8, .max_features = 90000, .min_count = 3, .l2 = 1e-6f, .text_weight = 0.15f, .list_weight = 0.8f, .other_odds = 0.7f, .seed = 20261101};
}

/* ---- Reading the sources ----------------------------------------------------------------------------- */

static dk_status add_example(trainer *t, uint32_t first, uint32_t count, float weight, int kind, int class_index,
                             int fold, dk_error *err) {
    if (!dk_grow(&t->examples, &t->examples_cap, t->nexamples + 1)) return dk_fail_memory(err);
    dk_fit_example *e = t->examples + t->nexamples++;
    *e = (dk_fit_example){.first = first, .count = count, .weight = weight, .source_kind = (uint8_t)kind};
    e->fold = (int8_t)fold;
    if (class_index >= 0) e->target[class_index] = 1;
    return DK_OK;
}

static dk_status add_word(trainer *t, dk_str form, dk_error *err) {
    uint32_t id = dk_intern_add(&t->words, form);
    if (id == DK_NO_ID || !dk_grow(&t->word_of, &t->word_of_cap, t->nword_of + 1)) return dk_fail_memory(err);
    t->word_of[t->nword_of++] = id;
    return DK_OK;
}

/* The words of a text, folded; numbers, marks and emoji say nothing. */
static dk_status add_text(trainer *t, dk_str text, uint32_t *first, uint32_t *count, dk_error *err) {
    *first = (uint32_t)t->nword_of;
    dk_status status = dk_tokenize(&t->tokens, text.ptr, text.len, err);
    for (size_t i = 0; status == DK_OK && i < t->tokens.count; i++) {
        const dk_token *token = t->tokens.items + i;
        if (token->kind != DK_TOKEN_WORD) continue;
        dk_buf_clear(&t->folded);
        status = dk_utf8_fold(&t->folded, text.ptr + token->start, token->end - token->start, err);
        if (status == DK_OK) status = add_word(t, (dk_str){t->folded.ptr, t->folded.len}, err);
    }
    *count = (uint32_t)t->nword_of - *first;
    return status;
}

/* The whole text, and of longer ones a piece of 1 to 3 and one of 4 to 8 words: short comments are the hard ones. */
static dk_status add_pieces(trainer *t, uint32_t first, uint32_t count, int kind, int class_index, int fold,
                            float weight, dk_error *err) {
    dk_status status = add_example(t, first, count, weight, kind, class_index, fold, err);
    uint64_t r = dk_hash_mix(t->options->seed, first);
    if (status == DK_OK && count > SHORT_WORDS) {
        uint32_t n = 1 + (uint32_t)(r & 0xFFFF) % SHORT_WORDS;
        uint32_t at = first + (uint32_t)(r >> 16 & 0xFFFF) % (count - n + 1);
        status = add_example(t, at, n, weight * 0.5f, kind, class_index, fold, err);
    }
    if (status == DK_OK && count > 10) {
        uint32_t n = 4 + (uint32_t)(r >> 32 & 0xFFFF) % 5;
        uint32_t at = first + (uint32_t)(r >> 48) % (count - n + 1);
        status = add_example(t, at, n, weight * 0.5f, kind, class_index, fold, err);
    }
    return status;
}

static int class_of(dk_str name) {
    for (int c = 0; c < C; c++)
        if (dk_str_is(name, dk_language_class_name(c))) return c;
    return 0;
}

/* Splits a line at its tabs; returns the number of fields. */
static size_t split(dk_str line, dk_str *fields, size_t max) {
    size_t n = 0;
    while (n < max) {
        const char *tab = memchr(line.ptr, '\t', line.len);
        size_t len = tab != NULL ? (size_t)(tab - line.ptr) : line.len;
        fields[n++] = (dk_str){line.ptr, len};
        if (tab == NULL) break;
        line = (dk_str){tab + 1, line.len - len - 1};
    }
    return n;
}

enum { MAX_FIELDS = 32 };

static int field_named(const dk_str *fields, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (dk_str_is(fields[i], name)) return (int)i;
    return -1;
}

static dk_status read_table_row(trainer *t, const dk_learn_source *source, dk_str text, int class_index, dk_error *err) {
    uint32_t first, count;
    dk_status status = add_text(t, text, &first, &count, err);
    if (status != DK_OK || count == 0) return status;
    if (source->kind == DK_LEARN_TEXTS)
        return add_pieces(t, first, count, DK_LEARN_TEXTS, class_index, -1, t->options->text_weight, err);
    int folds = t->options->folds;
    int fold = folds > 0 ? (int)(dk_hash_seeded(text.ptr, text.len, t->options->seed) % (uint64_t)folds) : -1;
    if (!dk_grow(&t->held, &t->held_cap, t->nheld + 1)) return dk_fail_memory(err);
    t->held[t->nheld++] = (held_row){(uint32_t)t->nexamples, (uint8_t)class_index, (uint8_t)fold};
    return add_pieces(t, first, count, DK_LEARN_LABELLED, class_index, fold, 1, err);
}

static dk_status read_list_row(trainer *t, const dk_learn_source *source, dk_str line, double *total, dk_error *err) {
    const char *space = memchr(line.ptr, ' ', line.len);
    double count = space != NULL ? strtod(space + 1, NULL) : 0; /* the line ends before the file does: see read_source */
    if (count <= 0) return dk_fail(err, DK_EDATA, "expected a word, a space and a count");
    dk_buf_clear(&t->folded);
    dk_status status = dk_utf8_fold(&t->folded, line.ptr, (size_t)(space - line.ptr), err);
    if (status != DK_OK) return status;
    uint32_t id = dk_intern_add(&t->words, (dk_str){t->folded.ptr, t->folded.len});
    size_t cap = t->counts_cap;
    if (id == DK_NO_ID || !dk_grow(&t->counts, &t->counts_cap, t->words.count)) return dk_fail_memory(err);
    if (t->counts_cap > cap) memset(t->counts + cap, 0, (t->counts_cap - cap) * sizeof *t->counts);
    t->counts[id][source->class_index] += (float)count;
    *total += count;
    return DK_OK;
}

static dk_status read_source(trainer *t, const dk_learn_source *source, dk_error *err) {
    dk_status status = dk_file_read(source->path, &t->file, err);
    if (status != DK_OK) return status;
    dk_buf_cstr(&t->file); /* a NUL behind the last line */
    int text_at = -1, class_at = -1;
    int64_t number = 0;
    double total = 0;
    const char *p = t->file.ptr, *end = p + t->file.len;
    while (p < end && status == DK_OK) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        if (eol == NULL) eol = end;
        dk_str line = {p, (size_t)(eol - p)}, fields[MAX_FIELDS];
        p = eol + 1;
        number++;
        if (source->kind == DK_LEARN_WORDS) {
            status = read_list_row(t, source, line, &total, err);
        } else if (number == 1) {
            size_t n = split(line, fields, MAX_FIELDS);
            text_at = field_named(fields, n, "text");
            class_at = field_named(fields, n, "origin");
            if (class_at < 0) class_at = field_named(fields, n, "language");
            if (text_at < 0 || (source->kind == DK_LEARN_LABELLED && class_at < 0))
                status = dk_fail(err, DK_EDATA, "expected a header row with text%s",
                                 source->kind == DK_LEARN_LABELLED ? " and origin or language" : "");
        } else {
            size_t n = split(line, fields, MAX_FIELDS);
            if ((int)n <= text_at || (int)n <= class_at) {
                status = dk_fail(err, DK_EDATA, "expected as many fields as the header row has");
                break;
            }
            int c = source->kind == DK_LEARN_LABELLED ? class_of(fields[class_at]) : source->class_index;
            status = read_table_row(t, source, fields[text_at], c, err);
        }
    }
    if (status == DK_EDATA && err != NULL) {
        snprintf(err->file, sizeof err->file, "%s", source->path);
        err->line = number;
    }
    if (source->kind == DK_LEARN_WORDS && status == DK_OK) {
        t->listed[source->class_index] = true;
        for (size_t w = 0; w < t->words.count && w < t->counts_cap; w++)
            t->counts[w][source->class_index] *= (float)(1e6 / total);
    }
    return status;
}

/* A listed word is one example, shared among the languages by how common it is in each; the weight grows with the
   logarithm of how common it is, since common words are what comments are made of. */
static dk_status add_listed_words(trainer *t, dk_error *err) {
    size_t n = t->words.count < t->counts_cap ? t->words.count : t->counts_cap;
    for (size_t w = 0; w < n; w++) {
        float sum = 0, floor = 0.3f; /* about the rarest word of a list of 50,000 */
        for (int c = 0; c < C; c++) sum += t->counts[w][c];
        dk_language_symbols s;
        dk_language_symbols_of(dk_intern_text(&t->words, (uint32_t)w), &s);
        if (sum <= 0 || s.count == 0) continue;
        uint32_t first = (uint32_t)t->nword_of;
        if (!dk_grow(&t->word_of, &t->word_of_cap, t->nword_of + 1)) return dk_fail_memory(err);
        t->word_of[t->nword_of++] = (uint32_t)w;
        float weight = t->options->list_weight * logf(1 + sum / floor);
        dk_status status = add_example(t, first, 1, weight, DK_LEARN_WORDS, -1, -1, err);
        if (status != DK_OK) return status;
        sum = 0;
        for (int c = 0; c < C; c++) sum += t->listed[c] ? t->counts[w][c] + floor : 0;
        dk_fit_example *e = t->examples + t->nexamples - 1;
        for (int c = 0; c < C; c++) e->target[c] = t->listed[c] ? (t->counts[w][c] + floor) / sum : 0;
    }
    return DK_OK;
}

/* ---- Features ---------------------------------------------------------------------------------------- */

static dk_status add_feature(trainer *t, size_t *n, dk_str text, dk_error *err) {
    uint32_t id = dk_intern_add(&t->features, text);
    if (id == DK_NO_ID || !dk_grow(&t->feature_of, &t->feature_of_cap, *n + 1)) return dk_fail_memory(err);
    t->feature_of[(*n)++] = id;
    return DK_OK;
}

/* The features of each word in the order of dk_language_keys. */
static dk_status make_features(trainer *t, dk_error *err) {
    size_t n = 0, nwords = t->words.count;
    dk_status status = DK_OK;
    t->word_first = malloc((nwords + 1) * sizeof *t->word_first);
    if (t->word_first == NULL) return dk_fail_memory(err);
    for (size_t w = 0; w < nwords && status == DK_OK; w++) {
        t->word_first[w] = (uint32_t)n;
        dk_language_symbols s;
        char text[4 * (DK_LANGUAGE_MAX_CHARS + 2) + 1];
        size_t begins[DK_LANGUAGE_MAX_CHARS + 3];
        dk_language_symbols_of(dk_intern_text(&t->words, (uint32_t)w), &s);
        begins[0] = 0;
        for (int i = 0; i < s.count; i++) begins[i + 1] = begins[i] + dk_utf8_encode(s.symbol[i], text + begins[i]);
        for (int i = 0; i < s.count && status == DK_OK; i++)
            for (int len = 1; len <= DK_LANGUAGE_NGRAM && i + len <= s.count && status == DK_OK; len++)
                if (len > 1 || (i > 0 && i + 1 < s.count))
                    status = add_feature(t, &n, (dk_str){text + begins[i], begins[i + len] - begins[i]}, err);
        if (s.count > 0 && status == DK_OK) {
            text[0] = '='; /* in the place of the boundary mark */
            status = add_feature(t, &n, (dk_str){text, begins[s.count - 1]}, err);
        }
    }
    t->word_first[nwords] = (uint32_t)n;
    return status;
}

static void count_features(trainer *t) {
    for (size_t i = 0; i < t->nexamples; i++) {
        const dk_fit_example *e = t->examples + i;
        for (uint32_t w = e->first; w < e->first + e->count; w++) {
            uint32_t word = t->word_of[w];
            for (uint32_t f = t->word_first[word]; f < t->word_first[word + 1]; f++)
                t->feature_count[t->feature_of[f]]++;
        }
    }
}

/* ---- Selection --------------------------------------------------------------------------------------- */

typedef struct ranked {
    float gain;
    uint32_t id;
} ranked;

static int by_gain(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->gain != y->gain ? (x->gain < y->gain ? 1 : -1) : (x->id > y->id) - (x->id < y->id);
}

/* Centres a row: only differences between classes decide. */
static void centre(float *row) {
    float mean = 0;
    for (int c = 0; c < C; c++) mean += row[c] / C;
    for (int c = 0; c < C; c++) row[c] -= mean;
}

/* Keeps the features whose weights, times the root of how often they are seen, are largest. */
static dk_status select_features(trainer *t, dk_error *err) {
    size_t n = 0;
    ranked *order = malloc((t->features.count + 1) * sizeof *order);
    if (order == NULL) return dk_fail_memory(err);
    for (size_t f = 0; f < t->features.count; f++) {
        if (!t->keep[f]) continue;
        float *row = t->weights + C * f, most = 0;
        centre(row);
        for (int c = 0; c < C; c++) most = fmaxf(most, fabsf(row[c]));
        order[n++] = (ranked){most * sqrtf((float)t->feature_count[f]), (uint32_t)f};
    }
    qsort(order, n, sizeof *order, by_gain);
    for (size_t i = t->options->max_features; i < n; i++) t->keep[order[i].id] = 0;
    free(order);
    return DK_OK;
}

static void round_weights(trainer *t) {
    for (size_t f = 0; f < t->features.count; f++) {
        float *row = t->weights + C * f;
        centre(row);
        for (int c = 0; c < C; c++) row[c] = rintf(row[c] * DK_LANGUAGE_UNIT) / DK_LANGUAGE_UNIT;
    }
    centre(t->prior[DK_LEARN_LABELLED]);
    for (int c = 0; c < C; c++) {
        float *p = &t->prior[DK_LEARN_LABELLED][c];
        if (c == DK_LANG_OTHER || c >= DK_LANGUAGES) *p -= t->options->other_odds;
        *p = rintf(*p * DK_LANGUAGE_UNIT) / DK_LANGUAGE_UNIT;
    }
}

static dk_status fit(trainer *t, int leave_out, dk_error *err) {
    const dk_learn_language_options *o = t->options;
    dk_fit_settings settings = {.leave_out = leave_out, .l2 = o->l2, .rate = 0.1f, .seed = o->seed};
    for (size_t f = 0; f < t->features.count; f++) t->keep[f] = t->feature_count[f] >= o->min_count;
    settings.epochs = (o->epochs + 1) / 2;
    dk_status status = dk_fit_softmax(&t->corpus, &settings, t->keep, t->weights, t->prior, err);
    if (status == DK_OK) status = select_features(t, err);
    settings.epochs = o->epochs;
    if (status == DK_OK) status = dk_fit_softmax(&t->corpus, &settings, t->keep, t->weights, t->prior, err);
    if (status == DK_OK) round_weights(t);
    return status;
}

/* ---- Cross-validation -------------------------------------------------------------------------------- */

static int length_of(uint32_t words) { return words <= 3 ? 0 : words <= 8 ? 1 : words <= 20 ? 2 : 3; }

static dk_language decide(const trainer *t, const dk_fit_example *e) {
    double score[C], mass[DK_LANGUAGES] = {0};
    for (int c = 0; c < C; c++) score[c] = t->prior[DK_LEARN_LABELLED][c];
    for (uint32_t w = e->first; w < e->first + e->count; w++) {
        uint32_t word = t->word_of[w];
        for (uint32_t f = t->word_first[word]; f < t->word_first[word + 1]; f++)
            for (int c = 0; c < C; c++) score[c] += t->weights[(size_t)C * t->feature_of[f] + (size_t)c];
    }
    double top = score[0];
    for (int c = 1; c < C; c++) top = fmax(top, score[c]);
    for (int c = 0; c < C; c++) mass[c < DK_LANGUAGES ? c : DK_LANG_OTHER] += exp(score[c] - top);
    dk_language best = DK_LANG_OTHER;
    for (int l = 1; l < DK_LANGUAGES; l++)
        if (mass[l] > mass[best]) best = (dk_language)l;
    return best;
}

static void judge(const trainer *t, int fold, dk_learn_language_report *report) {
    for (size_t i = 0; i < t->nheld; i++) {
        const held_row *h = t->held + i;
        if (h->fold != fold) continue;
        const dk_fit_example *e = t->examples + h->example;
        dk_language got = decide(t, e), gold = h->class_index < DK_LANGUAGES ? (dk_language)h->class_index : DK_LANG_OTHER;
        report->rows[gold][length_of(e->count)]++;
        report->right[gold][length_of(e->count)] += got == gold;
        report->confused[h->class_index][got]++;
        report->other_rows += gold == DK_LANG_OTHER;
        report->other_claimed += gold == DK_LANG_OTHER && got != DK_LANG_OTHER;
    }
}

/* ---- Writing ----------------------------------------------------------------------------------------- */

static void write_row(dk_buf *out, dk_str name, const float *row) {
    dk_buf_put(out, name.ptr, name.len);
    for (int c = 0; c < C; c++) {
        dk_buf_putc(out, '\t');
        dk_buf_put_int(out, (int64_t)lrintf(row[c] * DK_LANGUAGE_UNIT));
    }
    dk_buf_putc(out, '\n');
}

static void write_header(const dk_learn_language_report *report, const dk_learn_language_options *o, dk_buf *out) {
    dk_buf_puts(out, "# Language of a word: additive scores in 1/64 nat. < and > are the word's ends, = a whole word.\n");
    if (o->note != NULL) dk_buf_puts(out, o->note);
    if (o->folds > 0) {
        dk_buf_putf(out, "# Right in %d-fold cross-validation, by words of the text (1-3, 4-8, 9-20, 21 and more):\n", o->folds);
        for (int l = 1; l < DK_LANGUAGES; l++) {
            dk_buf_putf(out, "#   %s", dk_language_name((dk_language)l));
            for (int b = 0; b < DK_LEARN_LENGTHS; b++) {
                uint64_t n = report->rows[l][b];
                dk_buf_putf(out, "  %.3f (%llu)", n > 0 ? (double)report->right[l][b] / (double)n : 0.0,
                            (unsigned long long)n);
            }
            dk_buf_putc(out, '\n');
        }
        dk_buf_putf(out, "#   other languages taken for sv, da or en: %.3f (%llu)\n",
                    report->other_rows > 0 ? (double)report->other_claimed / (double)report->other_rows : 0.0,
                    (unsigned long long)report->other_rows);
    }
    dk_buf_putf(out, "# %llu examples, %llu features\n", (unsigned long long)report->examples,
                (unsigned long long)report->features);
    dk_buf_puts(out, "feature");
    for (int c = 0; c < C; c++) dk_buf_putf(out, "\t%s", dk_language_class_name(c));
    dk_buf_putc(out, '\n');
}

static int by_text(const void *a, const void *b) { return dk_str_compare(*(const dk_str *)a, *(const dk_str *)b); }

static bool is_zero(const float *row) {
    for (int c = 0; c < C; c++)
        if (row[c] != 0) return false;
    return true;
}

/* In byte order, so that two versions of a model can be compared line by line. */
static dk_status write_model(const trainer *t, dk_learn_language_report *report, dk_buf *out, dk_error *err) {
    size_t n = 0;
    dk_str *names = malloc((t->features.count + 1) * sizeof *names);
    if (names == NULL) return dk_fail_memory(err);
    for (size_t f = 0; f < t->features.count; f++)
        if (t->keep[f] && !is_zero(t->weights + C * f)) names[n++] = dk_intern_text(&t->features, (uint32_t)f);
    qsort(names, n, sizeof *names, by_text);
    report->features = n;
    write_header(report, t->options, out);
    write_row(out, dk_str_from("(prior)"), t->prior[DK_LEARN_LABELLED]);
    for (size_t i = 0; i < n; i++) write_row(out, names[i], t->weights + C * (size_t)dk_intern_find(&t->features, names[i]));
    free(names);
    return dk_buf_status(out, err);
}

/* ---- The whole --------------------------------------------------------------------------------------- */

static dk_status prepare(trainer *t, const dk_learn_source *sources, size_t nsources, dk_error *err) {
    dk_status status = DK_OK;
    /* word lists first: their counts are kept by word id */
    for (int lists = 1; lists >= 0; lists--)
        for (size_t i = 0; i < nsources && status == DK_OK; i++)
            if ((sources[i].kind == DK_LEARN_WORDS) == lists) status = read_source(t, sources + i, err);
    if (status == DK_OK) status = add_listed_words(t, err);
    bool seen[C] = {false};
    for (size_t i = 0; i < t->nheld; i++) seen[t->held[i].class_index] = true;
    for (int c = 0; c < C && status == DK_OK; c++)
        if (!seen[c])
            status = dk_fail(err, DK_EDATA, "the labelled sentences have none in the class %s", dk_language_class_name(c));
    if (status == DK_OK) status = make_features(t, err);
    if (status != DK_OK) return status;
    size_t n = t->features.count;
    t->feature_count = calloc(n + 1, sizeof *t->feature_count);
    t->weights = malloc((n + 1) * C * sizeof *t->weights);
    t->keep = malloc(n + 1);
    if (t->feature_count == NULL || t->weights == NULL || t->keep == NULL) return dk_fail_memory(err);
    count_features(t);
    t->corpus = (dk_fit_corpus){.examples = t->examples, .nexamples = t->nexamples, .words = t->word_of,
                                .word_first = t->word_first, .features = t->feature_of, .nfeatures = n};
    for (int c = 0; c < C; c++) {
        t->corpus.competes[DK_LEARN_LABELLED][c] = t->corpus.competes[DK_LEARN_TEXTS][c] = true;
        t->corpus.competes[DK_LEARN_WORDS][c] = t->listed[c];
    }
    return DK_OK;
}

static void dispose(trainer *t) {
    dk_intern_dispose(&t->words);
    dk_intern_dispose(&t->features);
    dk_tokens_dispose(&t->tokens);
    dk_buf_dispose(&t->folded);
    dk_buf_dispose(&t->file);
    free(t->examples);
    free(t->word_of);
    free(t->word_first);
    free(t->feature_of);
    free(t->feature_count);
    free(t->held);
    free(t->counts);
    free(t->weights);
    free(t->keep);
}

dk_status dk_learn_language(const dk_learn_source *sources, size_t nsources, const dk_learn_language_options *options,
                            dk_buf *out, dk_learn_language_report *report, dk_error *err) {
    trainer t = {.options = options};
    dk_intern_init(&t.words);
    dk_intern_init(&t.features);
    memset(report, 0, sizeof *report);
    dk_status status = prepare(&t, sources, nsources, err);
    report->examples = t.nexamples;
    for (int fold = 0; fold < options->folds && status == DK_OK; fold++) {
        status = fit(&t, fold, err);
        if (status == DK_OK) judge(&t, fold, report);
    }
    if (status == DK_OK) status = fit(&t, -1, err);
    if (status == DK_OK) status = write_model(&t, report, out, err);
    dispose(&t);
    return status;
}
