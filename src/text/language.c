#include "text/language.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/image.h"
#include "text/language_features.h"
#include "text/language_ngrams.h"

/* exp(-d / DK_LANGUAGE_UNIT) in 1/2^30 for d in 0..EXP_STEPS-1; beyond that it is under a thousandth of a thousandth. */
#define EXP_STEPS (14 * DK_LANGUAGE_UNIT)

/* A word that is a feature as a whole. */
typedef struct listed_word {
    uint64_t key; /* 0 for an empty slot */
    int32_t weights[DK_LANGUAGE_CLASSES];
} listed_word;

struct dk_language_model {
    dk_ngrams ngrams;
    listed_word *words; /* open addressing */
    size_t mask;        /* of words */
    int32_t prior[DK_LANGUAGE_CLASSES];
    uint32_t exp[EXP_STEPS];
    bool borrowed; /* ngrams and words are an image's */
};

static const char *const class_names[DK_LANGUAGE_CLASSES] = {"other", "sv", "da", "en", "nb", "nn", "de", "nl"};

const char *dk_language_name(dk_language language) {
    return (unsigned)language < DK_LANGUAGES ? class_names[language] : class_names[DK_LANG_OTHER];
}

const char *dk_language_class_name(int class_index) {
    return class_index >= 0 && class_index < DK_LANGUAGE_CLASSES ? class_names[class_index] : class_names[0];
}

bool dk_language_from_name(dk_str name, dk_language *language) {
    for (int i = 0; i < DK_LANGUAGES; i++) {
        if (!dk_str_is(name, class_names[i])) continue;
        *language = (dk_language)i;
        return true;
    }
    return false;
}

/* ---- Reading the model ------------------------------------------------------------------------------- */

typedef struct model_reader {
    const char *path, *line, *p, *end; /* end of the line */
    int64_t number;
} model_reader;

static dk_status bad_line(const model_reader *r, const char *at, const char *expected, dk_error *err) {
    dk_fail_at(err, DK_EDATA, r->path, r->number, at - r->line + 1, "language model: expected %s", expected);
    dk_error_excerpt(err, r->line, (size_t)(r->end - r->line));
    dk_error_remedy(err, "make it anew with `drivkraft learn language`");
    return DK_EDATA;
}

/* So large may a weight be that the score of no form leaves its bounds. */
enum { WEIGHT_MAX = DK_LANGUAGE_SCORE_MAX / DK_LANGUAGE_MAX_FEATURES };
_Static_assert((int)WEIGHT_MAX <= (int)NGRAM_WEIGHT_MAX, "the sums of a cell");

/* DK_LANGUAGE_CLASSES integers of at most 5 digits, a tab before each, to the end of the line. */
static dk_status read_weights(model_reader *r, int32_t weights[DK_LANGUAGE_CLASSES], dk_error *err) {
    for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) {
        if (r->p == r->end || *r->p != '\t') return bad_line(r, r->p, "a tab and a weight for each of 8 classes", err);
        const char *start = ++r->p;
        bool negative = r->p < r->end && *r->p == '-';
        if (negative) r->p++;
        int32_t value = 0;
        const char *digits = r->p;
        for (; r->p < r->end && *r->p >= '0' && *r->p <= '9' && r->p - digits < 6; r->p++)
            value = value * 10 + (*r->p - '0');
        if (r->p == digits || value > WEIGHT_MAX) return bad_line(r, start, "an integer from -4969 to 4969", err);
        weights[c] = negative ? -value : value;
    }
    return r->p == r->end ? DK_OK : bad_line(r, r->p, "the end of the line after 8 weights", err);
}

/* The slot of a word, or the empty one where it belongs. */
static listed_word *word_slot(const dk_language_model *m, uint64_t key) {
    size_t at = (size_t)(key >> 32) & m->mask;
    while (m->words[at].key != 0 && m->words[at].key != key) at = (at + 1) & m->mask;
    return &m->words[at];
}

/* The weights of the feature that a line begins with, as the model writes it: an n-gram with < and > as boundaries, or = and a whole
   word. They are all zero; NULL with *status set when there are none. */
static int32_t *read_feature(dk_language_model *m, ngrams_builder *b, model_reader *r, dk_status *status, dk_error *err) {
    const char *start = r->p, *tab = memchr(start, '\t', (size_t)(r->end - start));
    if (tab == NULL || tab == start) {
        *status = bad_line(r, start, "a feature, a tab and 8 weights", err);
        return NULL;
    }
    r->p = tab;
    dk_language_symbols s;
    int n = dk_language_symbols_read((dk_str){start, (size_t)(tab - start)}, &s);
    bool new, word = *start == '=' && n > 2;
    int32_t *weights;
    if (word) {
        uint64_t key = 0;
        for (int i = 0; i < n; i++) key = dk_language_key_add(key, s.symbol[i]);
        key = dk_language_key_end(key);
        listed_word *slot = word_slot(m, key);
        new = slot->key == 0;
        slot->key = key;
        weights = slot->weights;
    } else if (n > DK_LANGUAGE_NGRAM) {
        *status = bad_line(r, start, "an n-gram of 1 to 5 characters, or = and a word", err);
        return NULL;
    } else {
        ngram_node *node = ngrams_add(b, s.symbol, n);
        if (node == NULL) {
            *status = dk_fail_memory(err);
            return NULL;
        }
        new = !node->listed;
        node->listed = true;
        weights = node->weights;
    }
    if (new) return weights;
    *status = bad_line(r, r->line, "each feature once; this one came before", err);
    return NULL;
}

static dk_status read_row(dk_language_model *m, ngrams_builder *b, model_reader *r, dk_error *err) {
    static const char prior[] = "(prior)";
    if ((size_t)(r->end - r->p) > sizeof prior && memcmp(r->p, prior, sizeof prior - 1) == 0) {
        r->p += sizeof prior - 1;
        return read_weights(r, m->prior, err);
    }
    dk_status status = DK_OK;
    int32_t *weights = read_feature(m, b, r, &status, err);
    return weights != NULL ? read_weights(r, weights, err) : status;
}

static bool is_header(const model_reader *r) {
    static const char header[] = "feature\t";
    return (size_t)(r->end - r->p) >= sizeof header && memcmp(r->p, header, sizeof header - 1) == 0;
}

/* Room for every word of the file, and a table at most half full. */
static bool make_room(dk_language_model *m, const dk_buf *file) {
    size_t words = 1, slots = 1024;
    for (const char *p = file->ptr, *end = p + file->len; p != NULL && p < end;) {
        words += *p == '=';
        p = memchr(p, '\n', (size_t)(end - p));
        if (p != NULL) p++;
    }
    while (slots < 2 * words) slots *= 2;
    m->mask = slots - 1;
    m->words = calloc(slots, sizeof *m->words);
    return m->words != NULL;
}

/* By repeated integer multiplication, so that every machine has the same table: e^(-1/64) = 4228380000 / 2^32. */
static void fill_exp(uint32_t table[EXP_STEPS]) {
    _Static_assert(DK_LANGUAGE_UNIT == 64, "the constant is exp(-1/64)");
    uint64_t x = UINT64_C(1) << 31;
    for (int d = 0; d < EXP_STEPS; d++) {
        table[d] = (uint32_t)(x >> 1);
        x = (x * UINT64_C(4228380000) + (UINT64_C(1) << 31)) >> 32;
    }
}

dk_status dk_language_open(dk_language_model **model, const char *path, dk_error *err) {
    dk_buf file;
    ngrams_builder ngrams = {0};
    size_t rows = 0;
    dk_buf_init(&file);
    *model = NULL;
    dk_language_model *m = calloc(1, sizeof *m);
    dk_status status = m != NULL ? dk_file_read(path, &file, err) : dk_fail_memory(err);
    if (status == DK_OK && !make_room(m, &file)) status = dk_fail_memory(err);
    if (status != DK_OK) goto done;
    fill_exp(m->exp);
    model_reader r = {.path = path};
    const char *end = file.ptr + file.len;
    for (r.line = file.ptr; r.line < end && status == DK_OK; r.line = r.end + 1) {
        r.number++;
        r.p = r.line;
        r.end = memchr(r.line, '\n', (size_t)(end - r.line));
        if (r.end == NULL) {
            r.end = end;
            status = bad_line(&r, r.end, "a line end; the file is cut short", err);
        } else if (r.p != r.end && *r.p != '#' && !is_header(&r)) {
            status = read_row(m, &ngrams, &r, err);
            rows++;
        }
    }
    if (status == DK_OK && rows == 0)
        status = dk_fail_at(err, DK_EDATA, path, r.number, 0, "language model: the file has no features");
    if (status == DK_OK && !ngrams_finish(&ngrams, &m->ngrams)) status = dk_fail_memory(err);
done:
    ngrams_builder_dispose(&ngrams);
    dk_buf_dispose(&file);
    if (status == DK_OK)
        *model = m;
    else
        dk_language_free(m);
    return status;
}

void dk_language_free(dk_language_model *model) {
    if (model == NULL) return;
    if (!model->borrowed) {
        free(model->ngrams.numbers);
        free(model->ngrams.cells);
        free(model->words);
    }
    free(model);
}

/* ---- As an image ------------------------------------------------------------------------------------- */

enum { IMAGE_KIND = 0x676E616C, IMAGE_VERSION = 5 }; /* "lang" */
enum { SECTION_NUMBERS = 1, SECTION_CELLS, SECTION_WORDS, SECTION_PRIOR };

dk_status dk_language_write(const dk_language_model *m, dk_buf *image, dk_error *err) {
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    dk_image_put(image, SECTION_NUMBERS, m->ngrams.numbers, NGRAM_SYMBOLS, sizeof *m->ngrams.numbers);
    dk_image_put(image, SECTION_CELLS, m->ngrams.cells, m->ngrams.ncells, sizeof *m->ngrams.cells);
    dk_image_put(image, SECTION_WORDS, m->words, m->mask + 1, sizeof *m->words);
    dk_image_put(image, SECTION_PRIOR, m->prior, DK_LANGUAGE_CLASSES, sizeof *m->prior);
    return dk_image_end(image, err);
}

bool dk_language_attach(dk_language_model **model, const void *image, size_t size) {
    dk_image_reader r = {.failed = false};
    if (!dk_image_open(&r.image, image, size, IMAGE_KIND, IMAGE_VERSION, false)) return false;
    dk_language_model *m = calloc(1, sizeof *m);
    if (m == NULL) return false;
    m->borrowed = true; /* nothing is written through these pointers from here on */
    dk_ngrams *g = &m->ngrams;
    size_t slots;
    g->numbers = (uint16_t *)(uintptr_t)dk_image_take_exactly(&r, SECTION_NUMBERS, sizeof *g->numbers, NGRAM_SYMBOLS);
    g->cells = (ngram_cell *)(uintptr_t)dk_image_take(&r, SECTION_CELLS, sizeof *g->cells, &g->ncells);
    m->words = (listed_word *)(uintptr_t)dk_image_take(&r, SECTION_WORDS, sizeof *m->words, &slots);
    const int32_t *prior = dk_image_take_exactly(&r, SECTION_PRIOR, sizeof *prior, DK_LANGUAGE_CLASSES);
    if (r.failed || g->ncells == 0 || slots == 0 || (slots & (slots - 1)) != 0) {
        free(m);
        return false;
    }
    m->mask = slots - 1;
    memcpy(m->prior, prior, sizeof m->prior);
    fill_exp(m->exp);
    *model = m;
    return true;
}

/* ---- Scoring and deciding ---------------------------------------------------------------------------- */

typedef int32_t score_vector __attribute__((vector_size(4 * DK_LANGUAGE_CLASSES))); /* compilers add them one by one otherwise */
typedef int16_t narrow_vector __attribute__((vector_size(2 * DK_LANGUAGE_CLASSES)));

/* A form on its way through the automaton. */
typedef struct lane {
    size_t form;
    int at, count; /* the symbol that is read next, and how many there are */
    uint32_t state, cell;
    uint64_t key; /* of the whole word */
    score_vector sum;
    uint16_t numbers[DK_LANGUAGE_MAX_CHARS + 2]; /* of its symbols */
} lane;

/* Takes up a form; false when it has no letter. */
static bool begin_lane(const dk_language_model *model, lane *l, size_t number, dk_str form) {
    dk_language_symbols s;
    dk_language_symbols_of(form, &s);
    if (s.count == 0) return false;
    uint64_t key = 0;
    for (int i = 0; i < s.count; i++) {
        key = dk_language_key_add(key, s.symbol[i]);
        l->numbers[i] = ngrams_number(&model->ngrams, s.symbol[i]);
    }
    l->key = dk_language_key_end(key);
    __builtin_prefetch(&model->words[(size_t)(l->key >> 32) & model->mask]);
    l->form = number;
    l->at = 0;
    l->count = s.count;
    l->state = 0;
    l->sum = (score_vector){0};
    return true;
}

/* Tries the step to l->cell, which is fetched. */
static inline void step(const ngram_cell *cells, lane *l) {
    const ngram_cell *c = &cells[l->cell];
    if (c->from == l->state) {
        narrow_vector row;
        memcpy(&row, c->sums, sizeof row);
        l->sum += __builtin_convertvector(row, score_vector);
        l->state = c->to;
        l->at++;
    } else if (l->state == 0) {
        l->at++;
    } else {
        l->state = cells[l->state].fail;
    }
    __builtin_prefetch(&cells[l->state]);
}

/* Each step waits for memory: several forms go side by side, so that they wait together. */
void dk_language_score_all(const dk_language_model *model, const dk_str *forms, size_t count,
                           int32_t (*scores)[DK_LANGUAGE_CLASSES], bool *speak) {
    enum { LANES = 16 };
    const ngram_cell *cells = model->ngrams.cells;
    lane lanes[LANES];
    size_t next = 0, n = 0;
    memset(scores, 0, count * sizeof *scores);
    for (;;) {
        for (; n < LANES && next < count; next++) {
            speak[next] = begin_lane(model, &lanes[n], next, forms[next]);
            n += speak[next];
        }
        if (n == 0) return;
        for (size_t k = 0; k < n; k++) {
            lane *l = &lanes[k];
            l->cell = cells[l->state].base + l->numbers[l->at];
            __builtin_prefetch(&cells[l->cell]);
        }
        for (size_t k = 0; k < n; k++) {
            lane *l = &lanes[k];
            step(cells, l);
            if (l->at < l->count) continue;
            score_vector word;
            memcpy(&word, word_slot(model, l->key)->weights, sizeof word); /* zeros where no word is */
            l->sum += word;
            memcpy(scores[l->form], &l->sum, sizeof word);
            if (k != --n) *l = lanes[n], k--;
        }
    }
}

bool dk_language_score(const dk_language_model *model, dk_str form, int32_t scores[DK_LANGUAGE_CLASSES]) {
    bool speaks;
    dk_language_score_all(model, &form, 1, (int32_t(*)[DK_LANGUAGE_CLASSES])(void *)scores, &speaks);
    return speaks;
}

dk_language dk_language_decide(const dk_language_model *model, const int64_t sums[DK_LANGUAGE_CLASSES],
                               uint64_t nwords, const dk_language_prior *prior, int32_t *confidence_milli) {
    int64_t total[DK_LANGUAGE_CLASSES], top = INT64_MIN;
    uint64_t mass[DK_LANGUAGES] = {0}, all = 0;
    bool informed = nwords > 0;
    for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) {
        int32_t add = prior != NULL ? prior->add[c < DK_LANGUAGES ? c : DK_LANG_OTHER] : 0;
        informed = informed || add != 0;
        total[c] = (nwords > 0 ? sums[c] + model->prior[c] : 0) + add;
        if (total[c] > top) top = total[c];
    }
    for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) {
        uint64_t below = (uint64_t)top - (uint64_t)total[c];
        uint64_t p = below < EXP_STEPS ? model->exp[below] : 0;
        mass[c < DK_LANGUAGES ? c : DK_LANG_OTHER] += p;
        all += p;
    }
    dk_language best = DK_LANG_OTHER;
    for (int l = 1; l < DK_LANGUAGES; l++)
        if (mass[l] > mass[best]) best = (dk_language)l;
    if (!informed) best = DK_LANG_OTHER;
    if (confidence_milli != NULL) *confidence_milli = informed ? (int32_t)((mass[best] * 1000 + all / 2) / all) : 0;
    return best;
}
