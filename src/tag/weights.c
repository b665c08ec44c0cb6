#include <math.h>
#include <stdlib.h>

#include "tag/weights_private.h"

int64_t dk_weights_damp(size_t n) { return (int64_t)(4096.0 / sqrt(sqrt(n > 0 ? (double)n : 1.0)) + 0.5); }

int32_t dk_weights_squeeze(int64_t logit) {
    double x = (double)logit / 1000.0;
    double y = x / sqrt(x * x + 4.0) * 1000;
    return (int32_t)(y < 0 ? y - 0.5 : y + 0.5);
}

/* ---- The image --------------------------------------------------------------------------------------- */

static void take_bits(dk_image_reader *r, uint32_t section, dk_bits *bits) {
    size_t n;
    bits->words = (uint64_t *)(uintptr_t)dk_image_take(r, section, sizeof *bits->words, &n); /* only read from here on */
    bits->mask = 64 * (uint64_t)n - 1;
    if (n == 0 || (n & (n - 1)) != 0) r->failed = true;
}

dk_status dk_weights_attach(dk_weights **out, const void *image, size_t size, dk_morph *const morphs[DK_LANGUAGES],
                            dk_error *err) {
    dk_image_reader r = {.failed = false};
    dk_weights *w = calloc(1, sizeof *w);
    if (w == NULL) return dk_fail_memory(err);
    dk_buf_init(&w->owned);
    dk_intern_init(&w->words);
    r.failed = !dk_image_open(&r.image, image, size, WEIGHTS_KIND, WEIGHTS_VERSION, false);
    if (!r.failed) {
        size_t ntexts, nfeatures, npairs, nvalues;
        w->head = dk_image_take_exactly(&r, SECTION_HEAD, sizeof *w->head, 1);
        w->texts = dk_image_take(&r, SECTION_TEXTS, sizeof *w->texts, &ntexts);
        w->features = dk_image_take(&r, SECTION_FEATURES, sizeof *w->features, &nfeatures);
        take_bits(&r, SECTION_TEXT_BITS, &w->text_bits);
        w->pairs = dk_image_take(&r, SECTION_PAIRS, sizeof *w->pairs, &npairs);
        take_bits(&r, SECTION_PAIR_BITS, &w->pair_bits);
        w->values = dk_image_take(&r, SECTION_VALUES, sizeof *w->values, &nvalues);
        w->texts_mask = ntexts - 1;
        w->pairs_mask = npairs - 1;
        r.failed = r.failed || ntexts == 0 || (ntexts & (ntexts - 1)) != 0 || npairs == 0 || (npairs & (npairs - 1)) != 0 ||
                   w->head->language == DK_LANG_OTHER || w->head->language >= DK_LANGUAGES || w->head->width == 0 ||
                   w->head->width > DK_WEIGHT_FOLDS + 1;
    }
    if (r.failed) {
        free(w);
        return dk_fail(err, DK_EDATA, "the compiled weights are damaged");
    }
    if (morphs != NULL) w->morph = morphs[w->head->language];
    *out = w;
    return DK_OK;
}

void dk_weights_image(const dk_weights *w, const void **image, size_t *size) {
    *image = w->owned.ptr;
    *size = w->owned.len;
}

void dk_weights_free(dk_weights *w) {
    if (w == NULL) return;
    dk_intern_dispose(&w->words);
    dk_buf_dispose(&w->owned);
    free(w);
}

/* What a pair weighs in a column; 0 for one that is not in the file. */
static inline int32_t pair_weight(const dk_weights *w, uint32_t left, uint32_t right, uint32_t column) {
    uint64_t key = (uint64_t)left << 32 | right, hash = pair_hash(key);
    if (!dk_bits_may_have(&w->pair_bits, hash)) return 0;
    uint64_t at = hash & w->pairs_mask;
    while (w->pairs[at].key != 0 && w->pairs[at].key != key) at = (at + 1) & w->pairs_mask;
    return column == 0 ? w->pairs[at].value : w->values[w->pairs[at].row + column];
}

/* The features that a text is, *count of them. */
static const text_feature *features_of(const dk_weights *w, dk_str text, uint32_t *count) {
    *count = 0;
    if (text.len == 0) return NULL;
    uint64_t hash = dk_hash(text.ptr, text.len);
    if (!dk_bits_may_have(&w->text_bits, hash)) return NULL;
    uint64_t at = hash & w->texts_mask;
    while (w->texts[at].count != 0 && w->texts[at].hash != hash) at = (at + 1) & w->texts_mask;
    *count = w->texts[at].count;
    return w->features + w->texts[at].first;
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

int dk_weights_folds(const dk_weights *w) { return (int)w->head->width - 1; }
dk_language dk_weights_language(const dk_weights *w) { return (dk_language)w->head->language; }

dk_label dk_weights_label(const dk_weights *w, int32_t sentiment, bool opinions) {
    return sentiment >= w->head->bands[opinions] ? DK_POSITIVE : sentiment <= -w->head->bands[opinions] ? DK_NEGATIVE : DK_NEUTRAL;
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

static void add_row(const dk_weights *w, uint32_t row, int32_t *to) {
    for (uint32_t k = 0; k < w->head->width; k++) to[k] += w->values[row + k];
}

/* Adds to a record what a text weighs as the kinds of feature that are wanted (bits). */
static void add_text(const dk_weights *w, dk_str text, unsigned kinds, int32_t *record) {
    uint32_t n;
    const text_feature *f = features_of(w, text, &n);
    for (; n > 0; n--, f++) {
        if (!(kinds >> f->kind & 1)) continue;
        if (f->kind == DK_FEATURE_PAIR) {
            record[LEFT] = f->row & 1 ? (int32_t)(f->row >> 2) : 0;
            record[RIGHT] = f->row & 2 ? (int32_t)(f->row >> 2) : 0;
        } else {
            add_row(w, f->row, record + RECORD + (f->kind == DK_FEATURE_NEGATED ? w->head->width : 0));
        }
    }
}

int32_t dk_weights_form(const dk_weights *w, dk_str folded) {
    int32_t record[RECORD + 2 * (DK_WEIGHT_FOLDS + 1)] = {0};
    dk_bases bases;
    dk_str text[DK_FEATURE_KINDS];
    dk_morph_bases(w->morph, folded, &bases);
    dk_form_features_of(folded, DK_TOKEN_WORD, &bases, text);
    for (int k = DK_FEATURE_WORD; k <= DK_FEATURE_HEAD; k++) add_text(w, text[k], 1u << k, record);
    return record[RECORD];
}

const dk_intern *dk_weights_words(const dk_weights *w) { return &w->words; }

static void fill_record(const dk_weights *w, const dk_forms *forms, uint32_t form, const dk_bases *bases, int32_t *record) {
    dk_str text[DK_FEATURE_KINDS];
    dk_form_features_of(forms->folded[form], (dk_token_kind)forms->forms[form].kind, bases, text);
    memset(record, 0, (RECORD + 2 * w->head->width) * sizeof *record);
    /* a word is asked for once in all its roles */
    unsigned own = 1u << DK_FEATURE_WORD;
    if (text[DK_FEATURE_PAIR].len > 0) own |= 1u << DK_FEATURE_PAIR;
    add_text(w, text[DK_FEATURE_WORD], own, record);
    add_text(w, text[DK_FEATURE_LEMMA], 1u << DK_FEATURE_LEMMA | 1u << DK_FEATURE_NEGATED, record);
    add_text(w, text[DK_FEATURE_HEAD], 1u << DK_FEATURE_HEAD, record);
    add_text(w, text[DK_FEATURE_MARK], 1u << DK_FEATURE_MARK, record);
}

/* The same for a form that did not come by dk_weigher_meet. */
static void look_up(const dk_weights *w, const dk_forms *forms, uint32_t form, int32_t *record) {
    dk_bases bases = {.lemma_len = 0};
    if (forms->forms[form].kind == DK_TOKEN_WORD) dk_morph_bases(w->morph, forms->folded[form], &bases);
    fill_record(w, forms, form, &bases, record);
}

static inline void prefetch_record(const dk_weigher *x, const dk_token *t, uint8_t language) {
    const dk_weights *w = x->weights[language];
    if (w != NULL) __builtin_prefetch(x->records[language] + t->form * (size_t)(RECORD + 2 * w->head->width));
}

/* Which column of the weights counts for a hash. */
static inline uint32_t column_of(const dk_weights *w, uint64_t fold_hash) {
    return fold_hash == 0 || w->head->width == 1 ? 0 : dk_fold_of(fold_hash, w->head->width - 1);
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
        size_t had = x->cap[l], stride = RECORD + 2 * x->weights[l]->head->width;
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
    int32_t *record = x->records[language] + form * (size_t)(RECORD + 2 * w->head->width);
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
            int32_t *record = x->records[languages[i]] + form * (size_t)(RECORD + 2 * w->head->width);
            if (DK_UNLIKELY(record[SEEN] == NOT_FILLED)) { /* words of an idiom have not been looked up */
                look_up(w, forms, form, record);
                record[SEEN] = MET;
            }
            int32_t v = record[RECORD + w->head->width + column_of(w, x->fold_hash)];
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
        int32_t *record = x->records[languages[i]] + t->form * (size_t)(RECORD + 2 * w->head->width);
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
    const int32_t *coefficients = x->weights[main]->head->figures[columns[main]];
    int64_t total = sum * dk_weights_damp(tokens->count) / 4096;
    for (int f = 0; f < DK_FIGURES; f++) total += (int64_t)coefficients[f] * figures[f] / 1000;
    *logit = total;
    return DK_OK;
}
