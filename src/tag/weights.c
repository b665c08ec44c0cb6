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

void dk_weigher_dispose(dk_weigher *w) {
    for (int l = 0; l < DK_LANGUAGES; l++) free(w->records[l]);
    memset(w, 0, sizeof *w);
}

static void add_row(const dk_weights *w, uint32_t row, int32_t *to) {
    for (uint32_t k = 0; k < w->head->width; k++) to[k] += w->values[row + k];
}

/* What a form is in the words of the weights. */
typedef struct meaning {
    int32_t values[2 * (DK_WEIGHT_FOLDS + 1)]; /* by column, then of the form negated */
    uint32_t left, right;
} meaning;

/* Adds what a text weighs as the kinds of feature that are wanted (bits). */
static void add_text(const dk_weights *w, dk_str text, unsigned kinds, meaning *m) {
    uint32_t n;
    const text_feature *f = features_of(w, text, &n);
    for (; n > 0; n--, f++) {
        if (!(kinds >> f->kind & 1)) continue;
        if (f->kind == DK_FEATURE_PAIR) {
            m->left = f->row & 1 ? f->row >> 2 : 0;
            m->right = f->row & 2 ? f->row >> 2 : 0;
        } else {
            add_row(w, f->row, m->values + (f->kind == DK_FEATURE_NEGATED ? w->head->width : 0));
        }
    }
}

int32_t dk_weights_form(const dk_weights *w, dk_str folded) {
    meaning m = {{0}, 0, 0};
    dk_bases bases;
    dk_str text[DK_FEATURE_KINDS];
    dk_morph_bases(w->morph, folded, &bases);
    dk_form_features_of(folded, DK_TOKEN_WORD, &bases, text);
    for (int k = DK_FEATURE_WORD; k <= DK_FEATURE_HEAD; k++) add_text(w, text[k], 1u << k, &m);
    return m.values[0];
}

const dk_intern *dk_weights_words(const dk_weights *w) { return &w->words; }

static void find_meaning(const dk_weights *w, const dk_forms *forms, uint32_t form, const dk_bases *bases, meaning *m) {
    dk_str text[DK_FEATURE_KINDS];
    dk_form_features_of(forms->folded[form], (dk_token_kind)forms->forms[form].kind, bases, text);
    memset(m, 0, sizeof *m);
    /* a word is asked for once in all its roles */
    unsigned own = 1u << DK_FEATURE_WORD;
    if (text[DK_FEATURE_PAIR].len > 0) own |= 1u << DK_FEATURE_PAIR;
    add_text(w, text[DK_FEATURE_WORD], own, m);
    add_text(w, text[DK_FEATURE_LEMMA], 1u << DK_FEATURE_LEMMA | 1u << DK_FEATURE_NEGATED, m);
    add_text(w, text[DK_FEATURE_HEAD], 1u << DK_FEATURE_HEAD, m);
    add_text(w, text[DK_FEATURE_MARK], 1u << DK_FEATURE_MARK, m);
}

/* Which column of the weights counts for a hash. */
static inline uint32_t column_of(const dk_weights *w, uint64_t fold_hash) {
    return fold_hash == 0 || w->head->width == 1 ? 0 : dk_fold_of(fold_hash, w->head->width - 1);
}

/* Numbers in a form's record: its weights, those of it negated, and its numbers as left and right member of pairs. */
static inline size_t stride_of(const dk_weights *w) { return 2 * w->head->width + 2; }

/* The record of a form that was met. */
static inline const int32_t *record_of(const dk_weigher *x, uint32_t form, unsigned language) {
    return x->records[language] + (size_t)form * stride_of(x->weights[language]);
}

dk_status dk_weigher_meet(dk_weigher *x, const dk_forms *forms, uint32_t form, dk_language language,
                          const dk_bases *bases, dk_error *err) {
    const dk_weights *w = x->weights[language];
    if (w == NULL) return DK_OK;
    size_t stride = stride_of(w);
    if (!dk_grow(&x->records[language], &x->cap[language], (form + 1) * stride)) return dk_fail_memory(err);
    meaning m;
    find_meaning(w, forms, form, bases, &m);
    dk_form *f = &forms->forms[form];
    f->weights[language - 1] = m.values[0];
    f->flags[language - 1] |= (uint8_t)((m.left != 0 ? DK_FORM_LEFT : 0) | (m.right != 0 ? DK_FORM_RIGHT : 0));
    int32_t *record = x->records[language] + form * stride;
    memcpy(record, m.values, 2 * w->head->width * sizeof *record);
    record[stride - 2] = (int32_t)m.left;
    record[stride - 1] = (int32_t)m.right;
    return DK_OK;
}

/* What two forms weigh side by side in a column. */
static int32_t weigh_pair(const dk_weigher *x, uint32_t left, uint32_t right, unsigned language, uint32_t column) {
    const dk_weights *w = x->weights[language];
    if (left == 0 || right == 0) return 0; /* too long for words: they mean nothing */
    uint32_t l = (uint32_t)record_of(x, left, language)[stride_of(w) - 2], r = (uint32_t)record_of(x, right, language)[stride_of(w) - 1];
    uint64_t key = (uint64_t)l << 32 | r, hash = pair_hash(key);
    if (l == 0 || r == 0 || !dk_bits_may_have(&w->pair_bits, hash)) return 0;
    uint64_t at = hash & w->pairs_mask;
    while (w->pairs[at].key != 0 && w->pairs[at].key != key) at = (at + 1) & w->pairs_mask;
    return column == 0 ? w->pairs[at].value : w->values[w->pairs[at].row + column];
}

int32_t dk_weigher_pair(const dk_weigher *x, const dk_forms *forms, uint32_t left, uint32_t right, dk_language language) {
    unsigned flags = forms->forms[left].flags[language - 1] << 1 & forms->forms[right].flags[language - 1];
    return flags & DK_FORM_RIGHT ? weigh_pair(x, left, right, language, 0) : 0;
}

static int64_t weigh_negated(const dk_weigher *x, const dk_tokens *tokens, const uint8_t *languages, const dk_reading *r,
                             const dk_lexicon *lexicon, int32_t *learned) {
    int64_t sum = 0;
    for (size_t s = 0; s < r->nshifts; s++) {
        size_t end;
        if (!dk_negated_tokens(tokens, lexicon, &r->shifts[s], &end)) continue;
        for (size_t i = (size_t)r->shifts[s].last + 1; i < end; i++) {
            const dk_weights *w = x->weights[languages[i]];
            if (w == NULL || tokens->items[i].kind != DK_TOKEN_WORD) continue;
            uint32_t form = tokens->items[i].form;
            if (form == 0) continue; /* too long for a word: it means nothing */
            int32_t v = record_of(x, form, languages[i])[w->head->width + column_of(w, x->fold_hash)];
            learned[i] += v;
            sum += v;
        }
    }
    return sum;
}

/* Forms bear the number of the last comment that weighed them, above a bit for each language; when the numbers run out they begin anew. */
static uint32_t next_serial(dk_weigher *x, const dk_forms *forms) {
    if (x->serial == UINT32_MAX >> DK_LANGUAGES) {
        for (size_t i = 0; i < forms->count; i++) forms->forms[i].seen = 0;
        x->serial = 0;
    }
    return ++x->serial << DK_LANGUAGES;
}

/* What the tokens weigh by themselves and beside their neighbours, where all are read in one language and weighed by all rows of the data,
   as nearly always. */
static int64_t weigh_uniform(const dk_forms *forms, const dk_tokens *tokens, const int32_t *pairs, unsigned language,
                             uint32_t serial, int32_t *learned) {
    int64_t sum = 0;
    bool before = false; /* whether the token before takes part in pairs */
    for (size_t i = 0; i < tokens->count; i++) {
        const dk_token *t = &tokens->items[i];
        int32_t v = 0;
        bool takes_part = !(t->flags & DK_TOKEN_READ_WHOLE); /* numbers and the like weigh nothing anyway */
        if (DK_LIKELY(takes_part)) {
            dk_form *f = &forms->forms[t->form];
            if (f->seen != serial) v = f->weights[language - 1];
            f->seen = serial;
            if (before) v += pairs[i];
        }
        before = takes_part;
        learned[i] = v;
        sum += v;
    }
    return sum;
}

/* The same in general. */
static int64_t weigh_mixed(const dk_weigher *x, const dk_forms *forms, const dk_tokens *tokens, const uint8_t *languages,
                           const int32_t *pairs, const uint32_t columns[DK_LANGUAGES], uint32_t serial, int32_t *learned) {
    int64_t sum = 0;
    unsigned before = DK_LANG_OTHER; /* what the token before is read in, when it takes part in pairs */
    for (size_t i = 0; i < tokens->count; i++) {
        const dk_token *t = &tokens->items[i];
        unsigned language = languages[i];
        const dk_weights *w = x->weights[language];
        bool after = before == language;
        learned[i] = 0;
        before = t->flags & DK_TOKEN_READ_WHOLE || w == NULL ? DK_LANG_OTHER : language;
        if (before == DK_LANG_OTHER) continue;
        dk_form *f = &forms->forms[t->form];
        uint32_t column = columns[language];
        int32_t v = 0;
        uint32_t seen = f->seen >> DK_LANGUAGES << DK_LANGUAGES == serial ? f->seen : serial;
        if (!(seen >> language & 1)) {
            v = f->weights[language - 1];
            if (column != 0 && t->form != 0) v = record_of(x, t->form, language)[column];
        }
        f->seen = seen | 1u << language;
        if (after && column == 0) v += pairs[i];
        else if (after) v += weigh_pair(x, tokens->items[i - 1].form, t->form, language, column);
        learned[i] = v;
        sum += v;
    }
    return sum;
}

int64_t dk_weigher_run(dk_weigher *x, const dk_forms *forms, const dk_tokens *tokens, const uint8_t *languages, const int32_t *pairs,
                       dk_language main, bool uniform, const dk_reading *r, const dk_lexicon *lexicon, int32_t *learned) {
    uint32_t serial = next_serial(x, forms);
    uint32_t columns[DK_LANGUAGES] = {0};
    for (int l = 0; l < DK_LANGUAGES; l++)
        if (x->weights[l] != NULL) columns[l] = column_of(x->weights[l], x->fold_hash);
    int64_t sum = uniform && columns[main] == 0 ? weigh_uniform(forms, tokens, pairs, main, serial, learned)
                                                : weigh_mixed(x, forms, tokens, languages, pairs, columns, serial, learned);
    sum += weigh_negated(x, tokens, languages, r, lexicon, learned);
    int32_t figures[DK_FIGURES];
    dk_figures_of(r, figures);
    const int32_t *coefficients = x->weights[main]->head->figures[columns[main]];
    int64_t total = sum * dk_weights_damp(tokens->count) / 4096;
    for (int f = 0; f < DK_FIGURES; f++) total += (int64_t)coefficients[f] * figures[f] / 1000;
    return total;
}
