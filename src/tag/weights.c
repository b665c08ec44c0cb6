#include "tag/weights.h"

#include <math.h>
#include <stdlib.h>

#include "base/bits.h"
#include "lexicon/tsv.h"

int64_t dk_weights_damp(size_t n) { return (int64_t)(4096.0 / sqrt(sqrt(n > 0 ? (double)n : 1.0)) + 0.5); }

int32_t dk_weights_squeeze(int64_t logit) {
    double x = (double)logit / 1000.0;
    double y = x / sqrt(x * x + 4.0) * 1000;
    return (int32_t)(y < 0 ? y - 0.5 : y + 0.5);
}

/* ---- The file ---------------------------------------------------------------------------------------- */

typedef struct pair_slot {
    uint64_t key; /* left << 32 | right; 0 for empty, since members count from 1 */
    uint32_t row;
    int32_t value; /* the first of the row, from all rows of the data: what is asked for nearly always */
} pair_slot;

struct dk_weights {
    dk_language language; /* DK_LANG_OTHER until its row was read */
    const dk_morph *morph;
    dk_intern rows[DK_FEATURE_KINDS]; /* texts; [DK_FEATURE_PAIR]: the members of pairs */
    uint32_t *row_of[DK_FEATURE_KINDS]; /* by id: where the weights stand in values */
    size_t row_cap[DK_FEATURE_KINDS];
    pair_slot *pairs;
    size_t npairs, pairs_size;
    dk_bits pair_bits; /* the hashes of the pairs: most neighbours are none, and then the table need not be looked at */
    uint8_t *sides; /* by member: 1 when it is a left one, 2 a right one */
    size_t sides_cap;
    int32_t *values; /* `width` to a row: all rows of the data, then without each fold; row 0 is all zero */
    size_t nvalues, values_cap;
    uint32_t width; /* 0 until the first row */
    int32_t figures[DK_WEIGHT_FOLDS + 1][DK_FIGURES];
    int32_t bands[2];
};

static inline uint64_t pair_hash(uint64_t key) {
    key *= 0x9E3779B97F4A7C15ull;
    return key ^ key >> 32;
}

/* The slot of a pair, or the empty one where it belongs: its row is 0. */
static inline pair_slot *pair_at(const dk_weights *w, uint64_t key) {
    size_t at = pair_hash(key) & (w->pairs_size - 1);
    while (w->pairs[at].key != 0 && w->pairs[at].key != key) at = (at + 1) & (w->pairs_size - 1);
    return &w->pairs[at];
}

/* What a pair weighs in a column; 0 for one that is not in the file. */
static inline int32_t pair_weight(const dk_weights *w, uint32_t left, uint32_t right, uint32_t column) {
    uint64_t key = (uint64_t)left << 32 | right;
    if (!dk_bits_may_have(&w->pair_bits, pair_hash(key))) return 0;
    const pair_slot *slot = pair_at(w, key);
    return column == 0 ? slot->value : w->values[slot->row + column];
}

static bool index_pairs(dk_weights *w) {
    if (w->npairs == 0) return true;
    if (!dk_bits_init(&w->pair_bits, w->npairs)) return false;
    for (size_t i = 0; i < w->pairs_size; i++)
        if (w->pairs[i].key != 0) dk_bits_add(&w->pair_bits, pair_hash(w->pairs[i].key));
    return true;
}

static bool pair_put(dk_weights *w, uint64_t key, uint32_t row, int32_t value) {
    if (w->npairs * 2 >= w->pairs_size) {
        size_t size = w->pairs_size > 0 ? w->pairs_size * 2 : 64;
        pair_slot *slots = calloc(size, sizeof *slots), *old = w->pairs;
        if (slots == NULL) return false;
        size_t n = w->pairs_size;
        w->pairs = slots;
        w->pairs_size = size;
        w->npairs = 0;
        for (size_t i = 0; i < n; i++)
            if (old[i].key != 0) (void)pair_put(w, old[i].key, old[i].row, old[i].value); /* fits: never grows again here */
        free(old);
    }
    pair_slot *slot = pair_at(w, key);
    w->npairs += slot->key == 0;
    *slot = (pair_slot){key, row, value};
    return true;
}

/* The number of a member of pairs, from 1; 0 when memory ran out. */
static uint32_t member(dk_weights *w, dk_str text, uint8_t side) {
    uint32_t id = dk_intern_add(&w->rows[DK_FEATURE_PAIR], text);
    if (id == DK_NO_ID) return 0;
    size_t cap = w->sides_cap;
    if (!dk_grow(&w->sides, &w->sides_cap, (size_t)id + 1)) return 0;
    memset(w->sides + cap, 0, w->sides_cap - cap);
    w->sides[id] |= side;
    return id + 1;
}

/* Reads "a" or "a,b,c" into `count` numbers of at most DK_WEIGHT_MAX either way. */
static dk_status read_numbers(const dk_tsv *tsv, dk_str cell, int32_t *out, size_t max, size_t *count, dk_error *err) {
    const char *p = cell.ptr, *end = cell.ptr + cell.len;
    for (*count = 0; p < end || *count == 0;) {
        const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma != NULL ? comma : end;
        double value = NAN;
        dk_status status = dk_tsv_number(tsv, (dk_str){p, (size_t)(stop - p)}, "a weight in thousandths", -DK_WEIGHT_MAX,
                                         DK_WEIGHT_MAX, &value, err);
        if (status != DK_OK) return status;
        if (isnan(value) || value != floor(value)) return dk_tsv_fail(tsv, p, err, "a whole number of thousandths was expected");
        if (*count == max) return dk_tsv_fail(tsv, p, err, "more than %d folds", DK_WEIGHT_FOLDS);
        out[(*count)++] = (int32_t)value;
        p = comma != NULL ? comma + 1 : end;
        if (comma != NULL && p == end) return dk_tsv_fail(tsv, comma, err, "a weight was expected behind the comma");
    }
    return DK_OK;
}

static dk_status put_row(dk_weights *w, const dk_tsv *tsv, dk_str kind, dk_str text, const int32_t *values, dk_error *err) {
    if (dk_str_is(kind, "figure")) {
        for (int f = 0; f < DK_FIGURES; f++)
            if (dk_str_is(text, dk_figure_name(f))) {
                for (uint32_t k = 0; k < w->width; k++) w->figures[k][f] = values[k];
                return DK_OK;
            }
        return dk_tsv_fail(tsv, text.ptr, err, "no figure %.*s", (int)text.len, text.ptr);
    }
    if (dk_str_is(kind, "language")) {
        if (!dk_language_from_name(text, &w->language) || w->language == DK_LANG_OTHER)
            return dk_tsv_fail(tsv, text.ptr, err, "sv, da or en was expected");
        return DK_OK;
    }
    if (dk_str_is(kind, "band")) {
        bool plain = dk_str_is(text, "plain");
        if (!plain && !dk_str_is(text, "opinion"))
            return dk_tsv_fail(tsv, text.ptr, err, "the bands are opinion and plain");
        if (values[0] < 0 || values[0] > 1000) return dk_tsv_fail(tsv, text.ptr, err, "a band lies within 0..1000");
        w->bands[!plain] = values[0];
        return DK_OK;
    }
    int k = 0;
    while (k < DK_FEATURE_KINDS && !dk_str_is(kind, dk_feature_name((dk_feature_kind)k))) k++;
    if (k == DK_FEATURE_KINDS)
        return dk_tsv_fail(tsv, kind.ptr, err, "word, lemma, head, negated, pair, mark, figure, band or language was expected");
    if (text.len == 0) return dk_tsv_fail(tsv, kind.ptr, err, "a row without a text");
    uint32_t row = (uint32_t)w->nvalues;
    if (!dk_grow(&w->values, &w->values_cap, w->nvalues + w->width)) return dk_fail_memory(err);
    memcpy(w->values + row, values, w->width * sizeof *values);
    w->nvalues += w->width;
    if (k == DK_FEATURE_PAIR) {
        const char *space = memchr(text.ptr, ' ', text.len);
        if (space == NULL || space == text.ptr || space + 1 == text.ptr + text.len)
            return dk_tsv_fail(tsv, text.ptr, err, "two words with a space between were expected");
        uint32_t left = member(w, (dk_str){text.ptr, (size_t)(space - text.ptr)}, 1);
        uint32_t right = member(w, (dk_str){space + 1, (size_t)(text.ptr + text.len - space - 1)}, 2);
        if (left == 0 || right == 0) return dk_fail_memory(err);
        uint64_t key = (uint64_t)left << 32 | right;
        if (w->npairs > 0 && pair_at(w, key)->key != 0) return dk_tsv_fail(tsv, text.ptr, err, "this pair stands here twice");
        return pair_put(w, key, row, values[0]) ? DK_OK : dk_fail_memory(err);
    }
    size_t known = w->rows[k].count;
    uint32_t id = dk_intern_add(&w->rows[k], text);
    if (id == DK_NO_ID || !dk_grow(&w->row_of[k], &w->row_cap[k], (size_t)id + 1)) return dk_fail_memory(err);
    if (id < known) return dk_tsv_fail(tsv, text.ptr, err, "this %s stands here twice", dk_feature_name((dk_feature_kind)k));
    w->row_of[k][id] = row;
    return DK_OK;
}

static dk_status read_row(dk_weights *w, const dk_tsv *tsv, const dk_str cells[4], dk_error *err) {
    int32_t values[DK_WEIGHT_FOLDS + 1];
    size_t one, folds = 0;
    dk_status status = read_numbers(tsv, cells[2], values, 1, &one, err);
    if (status == DK_OK && cells[3].len > 0)
        status = read_numbers(tsv, cells[3], values + 1, DK_WEIGHT_FOLDS, &folds, err);
    if (status != DK_OK) return status;
    if (w->width == 0) {
        w->width = (uint32_t)folds + 1;
        if (!dk_grow(&w->values, &w->values_cap, w->width)) return dk_fail_memory(err);
        memset(w->values, 0, w->width * sizeof *w->values);
        w->nvalues = w->width;
    }
    if (folds + 1 != w->width)
        return dk_tsv_fail(tsv, cells[2].ptr, err, "weights of %zu folds where the first row has %u", folds, w->width - 1);
    return put_row(w, tsv, cells[0], cells[1], values, err);
}

dk_status dk_weights_open(dk_weights **out, const char *path, dk_morph *const morphs[DK_LANGUAGES], dk_stamp *stamp,
                          dk_error *err) {
    static const char *const names[] = {"kind", "text", "weight", "folds", NULL};
    dk_weights *w = calloc(1, sizeof *w);
    if (w == NULL) return dk_fail_memory(err);
    w->bands[0] = w->bands[1] = DK_NEUTRAL_BAND;
    for (int k = 0; k < DK_FEATURE_KINDS; k++) dk_intern_init(&w->rows[k]);
    dk_tsv tsv;
    dk_status status = dk_tsv_open(&tsv, path, names, 3, err);
    if (status == DK_OK) {
        dk_str cells[DK_TSV_COLUMNS];
        for (bool end = false; status == DK_OK;) {
            status = dk_tsv_next(&tsv, cells, &end, err);
            if (status != DK_OK || end) break;
            status = read_row(w, &tsv, cells, err);
        }
        if (status == DK_OK && w->language == DK_LANG_OTHER)
            status = dk_fail_at(err, DK_EDATA, path, 0, 0, "no row says which language the weights are of");
        if (stamp != NULL) dk_stamp_add(stamp, tsv.text.ptr, tsv.text.len);
        dk_tsv_dispose(&tsv);
    }
    if (status == DK_OK && !index_pairs(w)) status = dk_fail_memory(err);
    if (status == DK_OK && morphs != NULL) w->morph = morphs[w->language];
    if (status != DK_OK) dk_weights_free(w);
    else *out = w;
    return status;
}

void dk_weights_free(dk_weights *w) {
    if (w == NULL) return;
    for (int k = 0; k < DK_FEATURE_KINDS; k++) {
        dk_intern_dispose(&w->rows[k]);
        free(w->row_of[k]);
    }
    free(w->pairs);
    dk_bits_dispose(&w->pair_bits);
    free(w->sides);
    free(w->values);
    free(w);
}

uint64_t dk_fold_hash(dk_str key) {
    while (key.len > 0 && (unsigned char)key.ptr[0] <= ' ') key.ptr++, key.len--;
    while (key.len > 0 && (unsigned char)key.ptr[key.len - 1] <= ' ') key.len--;
    uint64_t hash = 0;
    char part[64];
    for (size_t at = 0; at < key.len;) {
        size_t n = 0;
        for (; n < sizeof part && at < key.len; n++, at++)
            part[n] = key.ptr[at] >= 'A' && key.ptr[at] <= 'Z' ? (char)(key.ptr[at] | 32) : key.ptr[at];
        hash = dk_hash_seeded(part, n, hash + 1);
    }
    return hash == 0 && key.len > 0 ? 1 : hash;
}

int dk_weights_folds(const dk_weights *w) { return (int)w->width - 1; }
dk_language dk_weights_language(const dk_weights *w) { return w->language; }

dk_label dk_weights_label(const dk_weights *w, int32_t sentiment, bool opinions) {
    return sentiment >= w->bands[opinions] ? DK_POSITIVE : sentiment <= -w->bands[opinions] ? DK_NEGATIVE : DK_NEUTRAL;
}

/* ---- Weighing ---------------------------------------------------------------------------------------- */

/* A record: four numbers, then the weights of the form and of the form negated, one for each fold. */
enum { LEFT, RIGHT, SEEN, SEEN_NEGATED, RECORD };

/* What SEEN may hold besides the serial of a comment: not filled yet, or filled and not met in a comment. */
enum { NOT_FILLED, MET, AHEAD = 16 };

void dk_weigher_dispose(dk_weigher *w) {
    for (int l = 0; l < DK_LANGUAGES; l++) free(w->records[l]);
    free(w->tokens);
    memset(w, 0, sizeof *w);
}

static void add_row(const dk_weights *w, dk_feature_kind kind, dk_str text, int32_t *to) {
    if (text.len == 0) return;
    uint32_t id = dk_intern_find(&w->rows[kind], text);
    if (id == DK_NO_ID) return;
    const int32_t *from = w->values + w->row_of[kind][id];
    for (uint32_t k = 0; k < w->width; k++) to[k] += from[k];
}

int32_t dk_weights_form(const dk_weights *w, dk_str folded) {
    int32_t sums[DK_WEIGHT_FOLDS + 1] = {0};
    dk_bases bases;
    dk_str text[DK_FEATURE_KINDS];
    dk_morph_bases(w->morph, folded, &bases);
    dk_form_features_of(folded, DK_TOKEN_WORD, &bases, text);
    for (int k = DK_FEATURE_WORD; k <= DK_FEATURE_HEAD; k++) add_row(w, (dk_feature_kind)k, text[k], sums);
    return sums[0];
}

const dk_intern *dk_weights_words(const dk_weights *w) { return &w->rows[DK_FEATURE_WORD]; }

static void fill_record(const dk_weights *w, const dk_forms *forms, uint32_t form, const dk_bases *bases, int32_t *record) {
    dk_str text[DK_FEATURE_KINDS];
    dk_form_features_of(forms->folded[form], (dk_token_kind)forms->forms[form].kind, bases, text);
    memset(record, 0, (RECORD + 2 * w->width) * sizeof *record);
    for (int k = 0; k < DK_FEATURE_KINDS; k++) {
        if (k == DK_FEATURE_PAIR) continue;
        add_row(w, (dk_feature_kind)k, text[k], record + RECORD + (k == DK_FEATURE_NEGATED ? w->width : 0));
    }
    if (text[DK_FEATURE_PAIR].len == 0) return;
    uint32_t id = dk_intern_find(&w->rows[DK_FEATURE_PAIR], text[DK_FEATURE_PAIR]);
    if (id == DK_NO_ID) return;
    record[LEFT] = w->sides[id] & 1 ? (int32_t)id + 1 : 0;
    record[RIGHT] = w->sides[id] & 2 ? (int32_t)id + 1 : 0;
}

/* The same for a form that did not come by dk_weigher_meet. */
static void look_up(const dk_weights *w, const dk_forms *forms, uint32_t form, int32_t *record) {
    dk_bases bases = {.lemma_len = 0};
    if (forms->forms[form].kind == DK_TOKEN_WORD) dk_morph_bases(w->morph, forms->folded[form], &bases);
    fill_record(w, forms, form, &bases, record);
}

static inline void prefetch_record(const dk_weigher *x, const dk_token *t, uint8_t language) {
    const dk_weights *w = x->weights[language];
    if (w != NULL) __builtin_prefetch(x->records[language] + t->form * (size_t)(RECORD + 2 * w->width));
}

/* Which column of the weights counts for a hash. */
static inline uint32_t column_of(const dk_weights *w, uint64_t fold_hash) {
    return fold_hash == 0 || w->width == 1 ? 0 : dk_fold_of(fold_hash, w->width - 1);
}

/* Makes room for the records of all forms, and forgets them when the forms were forgotten. */
static dk_status make_room(dk_weigher *x, const dk_forms *forms, dk_error *err) {
    if (x->resets != forms->counts.resets || x->serial == INT32_MAX) {
        for (int l = 0; l < DK_LANGUAGES; l++)
            if (x->records[l] != NULL) memset(x->records[l], 0, x->cap[l] * sizeof *x->records[l]);
        x->resets = forms->counts.resets;
        x->serial = 0;
    }
    if (x->serial == 0) x->serial = MET;
    for (int l = 0; l < DK_LANGUAGES; l++) {
        if (x->weights[l] == NULL) continue;
        size_t had = x->cap[l], stride = RECORD + 2 * x->weights[l]->width;
        if (had >= forms->count * stride) continue;
        if (!dk_grow(&x->records[l], &x->cap[l], forms->count * stride)) return dk_fail_memory(err);
        memset(x->records[l] + had, 0, (x->cap[l] - had) * sizeof *x->records[l]);
    }
    return DK_OK;
}

dk_status dk_weigher_meet(dk_weigher *x, const dk_forms *forms, uint32_t form, dk_language language,
                          const dk_bases *bases, dk_error *err) {
    const dk_weights *w = x->weights[language];
    dk_status status = w != NULL ? make_room(x, forms, err) : DK_OK;
    if (status != DK_OK || w == NULL) return status;
    int32_t *record = x->records[language] + form * (size_t)(RECORD + 2 * w->width);
    fill_record(w, forms, form, bases, record);
    record[SEEN] = MET;
    return DK_OK;
}

static int64_t weigh_negated(dk_weigher *x, const dk_forms *forms, const dk_tokens *tokens, const uint8_t *languages, const dk_reading *r,
                             const dk_lexicon *lexicon) {
    int64_t sum = 0;
    for (size_t s = 0; s < r->nshifts; s++) {
        size_t end;
        if (!dk_negated_tokens(tokens, lexicon, &r->shifts[s], &end)) continue;
        for (size_t i = (size_t)r->shifts[s].last + 1; i < end; i++) {
            const dk_weights *w = x->weights[languages[i]];
            if (w == NULL || tokens->items[i].kind != DK_TOKEN_WORD) continue;
            uint32_t form = tokens->items[i].form;
            int32_t *record = x->records[languages[i]] + form * (size_t)(RECORD + 2 * w->width);
            if (DK_UNLIKELY(record[SEEN] == NOT_FILLED)) { /* words of an idiom have not been looked up */
                look_up(w, forms, form, record);
                record[SEEN] = MET;
            }
            int32_t v = record[RECORD + w->width + column_of(w, x->fold_hash)];
            x->tokens[i] += v;
            sum += v;
        }
    }
    return sum;
}

dk_status dk_weigher_run(dk_weigher *x, const dk_forms *forms, const dk_tokens *tokens, const uint8_t *languages,
                         dk_language main, const dk_reading *r, const dk_lexicon *lexicon, int64_t *logit, dk_error *err) {
    dk_status status = make_room(x, forms, err);
    if (status == DK_OK && !dk_grow(&x->tokens, &x->tokens_cap, tokens->count)) status = dk_fail_memory(err);
    if (status != DK_OK) return status;
    x->serial++;
    int64_t sum = 0;
    dk_idioms known = dk_idioms_of(r);
    uint32_t columns[DK_LANGUAGES] = {0};
    for (int l = 0; l < DK_LANGUAGES; l++)
        if (x->weights[l] != NULL) columns[l] = column_of(x->weights[l], x->fold_hash);
    int32_t left = 0; /* of the word before, 0 when there is none or it takes no part in a pair */
    for (size_t i = 0; i < tokens->count; i++) {
        const dk_token *t = &tokens->items[i];
        const dk_weights *w = x->weights[languages[i]];
        x->tokens[i] = 0;
        if (i + AHEAD < tokens->count) prefetch_record(x, &tokens->items[i + AHEAD], languages[i + AHEAD]);
        if (i > 0 && languages[i] != languages[i - 1]) left = 0;
        if (w == NULL || !dk_takes_part(t) || dk_in_idiom(&known, (uint32_t)i)) {
            left = 0;
            continue;
        }
        int32_t *record = x->records[languages[i]] + t->form * (size_t)(RECORD + 2 * w->width);
        if (DK_UNLIKELY(record[SEEN] == NOT_FILLED)) look_up(w, forms, t->form, record);
        uint32_t fold = columns[languages[i]];
        int32_t v = record[SEEN] != x->serial ? record[RECORD + fold] : 0;
        record[SEEN] = x->serial;
        if (left != 0 && record[RIGHT] != 0) v += pair_weight(w, (uint32_t)left, (uint32_t)record[RIGHT], fold);
        left = record[LEFT];
        x->tokens[i] = v;
        sum += v;
    }
    sum += weigh_negated(x, forms, tokens, languages, r, lexicon);
    int32_t figures[DK_FIGURES];
    dk_figures_of(r, figures);
    const int32_t *coefficients = x->weights[main]->figures[columns[main]];
    int64_t total = sum * dk_weights_damp(tokens->count) / 4096;
    for (int f = 0; f < DK_FIGURES; f++) total += (int64_t)coefficients[f] * figures[f] / 1000;
    *logit = total;
    return DK_OK;
}
