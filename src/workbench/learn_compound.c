#include "workbench/learn_compound.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/intern.h"
#include "text/compound.h"
#include "text/morph_sources.h"
#include "text/utf8.h"

enum { EPOCHS = 60, PARTS_SUPPORT = 3 };
static const double RATE = 0.1, RIDGE = 1e-4, PART_RIDGE = 2e-2, SIMPLE_WEIGHT = 2;

typedef struct word {
    dk_str text, parts; /* folded */
} word;

typedef struct learner {
    const dk_learn_compound_options *options;
    morph_sources sources;
    dk_arena arena;
    word *words; /* those of the file, then those that are simple by hand */
    size_t count, from_file, cap;
    dk_error *err;
} learner;

/* Parts that occur often enough to have a weight of their own: "left\tbarn", "head\tkund". */
typedef struct part_table {
    dk_intern names, hashes; /* hashes: the keys of text/compound.h, in the order of names */
    uint32_t *counts;
    size_t cap;
    double *weights, *squares;
} part_table;

typedef struct fit {
    double weights[SPLIT_USED], squares[SPLIT_USED];
    part_table parts;
} fit;

static dk_status keep_folded(learner *l, dk_str text, dk_str *out) {
    dk_buf folded;
    dk_buf_init(&folded);
    dk_status status = dk_utf8_fold(&folded, text.ptr, text.len, l->err);
    if (status == DK_OK) {
        out->ptr = dk_arena_strdup(&l->arena, folded.ptr != NULL ? folded.ptr : "", folded.len);
        out->len = folded.len;
        if (out->ptr == NULL) status = dk_fail_memory(l->err);
    }
    dk_buf_dispose(&folded);
    return status;
}

static dk_status read_words(learner *l) {
    morph_file *file = calloc(1, sizeof *file);
    if (file == NULL) return dk_fail_memory(l->err);
    size_t at = 0;
    int language = -1, parts = -1, text = -1;
    morph_line line = {.number = 0};
    dk_status status = dk_file_read(l->options->words, &file->text, l->err);
    if (status == DK_OK && morph_next_line(file, "\n", &at, &line))
        for (int i = 0; i < line.ncolumns; i++) {
            if (dk_str_is(line.columns[i], "language")) language = i;
            if (dk_str_is(line.columns[i], "parts")) parts = i;
            if (dk_str_is(line.columns[i], "text")) text = i;
        }
    if (status == DK_OK && (language < 0 || parts < 0 || text < 0))
        status = dk_fail_at(l->err, DK_EDATA, l->options->words, 1, 0,
                            "expected columns language, parts and text");
    while (status == DK_OK && morph_next_line(file, "\n", &at, &line)) {
        if (line.ncolumns <= language || line.ncolumns <= parts || line.ncolumns <= text) {
            status = dk_fail_at(l->err, DK_EDATA, l->options->words, line.number, 0, "a column is missing");
        } else if (dk_str_is(line.columns[language], l->options->language)) {
            if (!dk_grow(&l->words, &l->cap, l->count + 1)) status = dk_fail_memory(l->err);
            if (status == DK_OK) status = keep_folded(l, line.columns[text], &l->words[l->count].text);
            if (status == DK_OK) status = keep_folded(l, line.columns[parts], &l->words[l->count].parts);
            if (status == DK_OK && l->words[l->count].text.len <= DK_MORPH_WORD_MAX) l->count++;
        }
    }
    if (status == DK_OK && l->count < 10)
        status = dk_fail_at(l->err, DK_EDATA, l->options->words, 0, 0, "too few words of language %s",
                            l->options->language);
    dk_buf_dispose(&file->text);
    free(file);
    l->from_file = l->count;
    for (at = 0; status == DK_OK && morph_next_line(&l->sources.simple, "word", &at, &line); l->count++) {
        if (!dk_grow(&l->words, &l->cap, l->count + 1)) return dk_fail_memory(l->err);
        l->words[l->count] = (word){line.columns[0], line.columns[0]};
    }
    return status;
}

/* Equal but for joining letters at the end, which a splitter may keep or drop. */
static bool same_part(dk_str a, dk_str b) {
    while (a.len > 0 && strchr("se-", a.ptr[a.len - 1]) != NULL) a.len--;
    while (b.len > 0 && strchr("se-", b.ptr[b.len - 1]) != NULL) b.len--;
    return dk_str_eq(a, b);
}

static bool is_simple(const word *w) {
    return memchr(w->parts.ptr, '+', w->parts.len) == NULL;
}

static dk_str first_part(const word *w) {
    const char *plus = memchr(w->parts.ptr, '+', w->parts.len);
    return (dk_str){w->parts.ptr, plus != NULL ? (size_t)(plus - w->parts.ptr) : w->parts.len};
}

static dk_str last_part(const word *w) {
    size_t at = w->parts.len;
    while (at > 0 && w->parts.ptr[at - 1] != '+') at--;
    return (dk_str){w->parts.ptr + at, w->parts.len - at};
}

/* Marks the cuts that give the right head, and among them only those with the right left side if there are any. */
static size_t mark_right(const word *w, const morph_cut *cuts, size_t n, bool *right) {
    size_t heads = 0, both = 0;
    dk_str left = first_part(w), head = last_part(w);
    for (size_t i = 0; i < n; i++) {
        dk_str text = {w->text.ptr + cuts[i].head_start, w->text.len - cuts[i].head_start};
        right[i] = same_part(head, text) || same_part(head, (dk_str){cuts[i].head, cuts[i].lemma_len});
        heads += right[i];
        both += right[i] && same_part(left, (dk_str){cuts[i].base, cuts[i].base_len});
    }
    for (size_t i = 0; both > 0 && i < n; i++)
        right[i] &= same_part(left, (dk_str){cuts[i].base, cuts[i].base_len});
    return heads;
}

/* ---- Parts with a weight of their own ---------------------------------------------------------------- */

static dk_status count_part(part_table *t, const char *side, dk_str text, uint64_t hash, dk_error *err) {
    char name[DK_MORPH_WORD_MAX + 8];
    size_t n = strlen(side);
    memcpy(name, side, n);
    name[n++] = '\t';
    memcpy(name + n, text.ptr, text.len);
    size_t before = t->names.count;
    uint32_t id = dk_intern_add(&t->names, (dk_str){name, n + text.len});
    uint32_t key = dk_intern_add(&t->hashes, (dk_str){(const char *)&hash, sizeof hash});
    if (id == DK_NO_ID || key == DK_NO_ID || !dk_grow(&t->counts, &t->cap, id + 1))
        return dk_fail_memory(err);
    if (id == before) t->counts[id] = 0;
    t->counts[id]++;
    return DK_OK;
}

static uint32_t find_part(const part_table *t, uint64_t hash) {
    uint32_t id = dk_intern_find(&t->hashes, (dk_str){(const char *)&hash, sizeof hash});
    return id != DK_NO_ID && t->counts[id] >= PARTS_SUPPORT ? id : DK_NO_ID;
}

static dk_status count_parts(const learner *l, const dk_morph *m, int folds, int without, fit *f,
                             morph_cut *cuts) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < l->count; i++) {
        const word *w = &l->words[i];
        if ((int)(i % (size_t)folds) == without) continue;
        morph_cut simple;
        bool right[CUTS_MAX];
        size_t n = morph_cuts(m, w->text.ptr, w->text.len, &simple, cuts);
        for (size_t c = 0; status == DK_OK && is_simple(w) && c < n; c++) /* heads that mislead */
            status = count_part(&f->parts, "head", (dk_str){cuts[c].head, cuts[c].lemma_len},
                                cuts[c].head_hash, l->err);
        if (is_simple(w)) continue;
        if (mark_right(w, cuts, n, right) == 0) continue;
        size_t k = 0;
        while (k < n && !right[k]) k++;
        if (k == n) continue;
        status = count_part(&f->parts, "left", (dk_str){cuts[k].base, cuts[k].base_len}, cuts[k].left_hash,
                            l->err);
        if (status == DK_OK)
            status = count_part(&f->parts, "head", (dk_str){cuts[k].head, cuts[k].lemma_len},
                                cuts[k].head_hash, l->err);
    }
    f->parts.weights = calloc(f->parts.names.count + 1, sizeof *f->parts.weights);
    f->parts.squares = calloc(f->parts.names.count + 1, sizeof *f->parts.squares);
    if (f->parts.weights == NULL || f->parts.squares == NULL) return dk_fail_memory(l->err);
    return status;
}

/* Writes the heads that occur often enough: the model knows them as heads even if they are no words (haltig). */
static dk_status list_heads(const learner *l, int folds, int without, dk_buf *out) {
    dk_intern heads;
    uint32_t *counts = NULL;
    size_t cap = 0;
    dk_intern_init(&heads);
    dk_status status = DK_OK;
    dk_buf_clear(out);
    for (size_t i = 0; status == DK_OK && i < l->count; i++) {
        if ((int)(i % (size_t)folds) == without || is_simple(&l->words[i])) continue;
        size_t before = heads.count;
        uint32_t id = dk_intern_add(&heads, last_part(&l->words[i]));
        if (id == DK_NO_ID || !dk_grow(&counts, &cap, id + 1)) {
            status = dk_fail_memory(l->err);
            break;
        }
        if (id == before) counts[id] = 0;
        if (++counts[id] == PARTS_SUPPORT)
            dk_buf_putf(out, "part\thead\t%.*s\t0\n", (int)heads.strings[id].len, heads.strings[id].ptr);
    }
    free(counts);
    dk_intern_dispose(&heads);
    return status == DK_OK ? dk_buf_status(out, l->err) : status;
}

/* ---- The fit --------------------------------------------------------------------------------------------- */

static double score_cut(const fit *f, const morph_cut *c) {
    double score = 0;
    for (int i = 0; i < SPLIT_USED; i++) score += f->weights[i] * c->values[i];
    if (c->values[SPLIT_SIMPLE]) return score;
    uint32_t left = find_part(&f->parts, c->left_hash), head = find_part(&f->parts, c->head_hash);
    return score + (left != DK_NO_ID ? f->parts.weights[left] : 0) +
           (head != DK_NO_ID ? f->parts.weights[head] : 0);
}

static void move(double *weight, double *square, double slope, double ridge) {
    double g = slope - ridge * *weight;
    *square += g * g;
    *weight += RATE * g / sqrt(*square + 1e-8);
}

static void move_cut(fit *f, const morph_cut *c, double slope) {
    for (int i = 0; i < SPLIT_USED; i++)
        if (c->values[i] != 0) move(&f->weights[i], &f->squares[i], slope * c->values[i], RIDGE);
    if (c->values[SPLIT_SIMPLE]) return;
    uint32_t left = find_part(&f->parts, c->left_hash), head = find_part(&f->parts, c->head_hash);
    if (left != DK_NO_ID) move(&f->parts.weights[left], &f->parts.squares[left], slope, PART_RIDGE);
    if (head != DK_NO_ID) move(&f->parts.weights[head], &f->parts.squares[head], slope, PART_RIDGE);
}

/* One step on the log of the summed probability of the right choices; choice n is "simple". */
static void step(fit *f, const morph_cut *cuts, size_t n, const morph_cut *simple, const bool *right,
                 bool simple_right, double weight) {
    double p[CUTS_MAX + 1], best = score_cut(f, simple), sum = 0, good = 0;
    p[n] = best;
    for (size_t i = 0; i < n; i++) {
        p[i] = score_cut(f, &cuts[i]);
        if (p[i] > best) best = p[i];
    }
    for (size_t i = 0; i <= n; i++) sum += p[i] = exp(p[i] - best);
    for (size_t i = 0; i <= n; i++)
        if (i < n ? right[i] : simple_right) good += p[i];
    for (size_t i = 0; i <= n; i++) {
        bool is_right = i < n ? right[i] : simple_right;
        double slope = weight * ((is_right && good > 0 ? p[i] / good : 0) - p[i] / sum);
        move_cut(f, i < n ? &cuts[i] : simple, slope);
    }
}

static dk_status train(const learner *l, const dk_morph *m, int folds, int without, fit *f) {
    morph_cut *cuts = malloc(CUTS_MAX * sizeof *cuts), simple;
    if (cuts == NULL) return dk_fail_memory(l->err);
    dk_intern_init(&f->parts.names);
    dk_intern_init(&f->parts.hashes);
    dk_status status = count_parts(l, m, folds, without, f, cuts);
    for (int epoch = 0; status == DK_OK && epoch < EPOCHS; epoch++) {
        for (size_t k = 0; k < l->count; k++) {
            size_t i = (k * 7919 + (size_t)epoch * 13) % l->count;
            const word *w = &l->words[i];
            bool right[CUTS_MAX] = {false}, whole = is_simple(w);
            if ((int)(i % (size_t)folds) == without) continue;
            size_t n = morph_cuts(m, w->text.ptr, w->text.len, &simple, cuts);
            if (n == 0 || (!whole && mark_right(w, cuts, n, right) == 0)) continue;
            step(f, cuts, n, &simple, right, whole, whole ? SIMPLE_WEIGHT : 1);
        }
    }
    free(cuts);
    return status;
}

static void fit_dispose(fit *f) {
    dk_intern_dispose(&f->parts.names);
    dk_intern_dispose(&f->parts.hashes);
    free(f->parts.counts);
    free(f->parts.weights);
    free(f->parts.squares);
    memset(f, 0, sizeof *f);
}

static int by_bytes(const void *a, const void *b) {
    return dk_str_compare(*(const dk_str *)a, *(const dk_str *)b);
}

static dk_status write_model(const learner *l, const fit *f, dk_buf *out,
                             dk_learn_compound_figures *figures) {
    figures->weights = figures->parts = 0;
    for (unsigned i = 0; i < SPLIT_USED; i++) {
        long value = lround(1000 * f->weights[i]);
        if (value == 0) continue;
        dk_buf_putf(out, "split\t%s\t%ld\n", morph_split_feature_name(i), value);
        figures->weights++;
    }
    dk_str *names = malloc((f->parts.names.count + 1) * sizeof *names);
    if (names == NULL) return dk_fail_memory(l->err);
    memcpy(names, f->parts.names.strings, f->parts.names.count * sizeof *names);
    qsort(names, f->parts.names.count, sizeof *names, by_bytes);
    for (size_t i = 0; i < f->parts.names.count; i++) {
        uint32_t id = dk_intern_find(&f->parts.names, names[i]);
        long value = lround(1000 * f->parts.weights[id]);
        if (f->parts.counts[id] < PARTS_SUPPORT) continue;
        dk_buf_putf(out, "part\t%.*s\t%ld\n", (int)names[i].len, names[i].ptr, value);
        figures->parts++;
    }
    free(names);
    return dk_buf_status(out, l->err);
}

/* ---- Cross-validation ------------------------------------------------------------------------------------ */

static dk_status open_with(learner *l, const dk_buf *model, dk_morph **m) {
    dk_buf_clear(&l->sources.compounds.text);
    if (model != NULL) dk_buf_put(&l->sources.compounds.text, model->ptr, model->len);
    dk_status status = dk_buf_status(&l->sources.compounds.text, l->err);
    if (status != DK_OK) return status;
    morph_sources_stamp(&l->sources);
    return morph_open_sources(m, &l->sources, "", l->err);
}

typedef struct tally {
    size_t heads, exact, cut;
} tally;

static void judge(const dk_morph *m, const word *w, tally *t, dk_buf *report) {
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t n = dk_morph_split(m, w->text, parts, DK_MORPH_PARTS_MAX);
    bool good;
    if (is_simple(w)) {
        good = n == 0;
        t->cut += n > 0;
    } else {
        good = n > 0 && same_part(last_part(w), (dk_str){parts[n - 1].text, parts[n - 1].len});
        t->heads += good;
        t->exact += good && n == 2 && same_part(first_part(w), (dk_str){parts[0].text, parts[0].len}) &&
                    last_part(w).ptr == w->parts.ptr + first_part(w).len + 1;
    }
    if (good || report == NULL) return;
    dk_buf_putf(report, "%.*s\t%.*s\t", (int)w->text.len, w->text.ptr, (int)w->parts.len, w->parts.ptr);
    for (size_t i = 0; i < n; i++) dk_buf_putf(report, "%s%s", i > 0 ? "+" : "", parts[i].text);
    dk_buf_putc(report, '\n');
}

/* Trains on what the model's own heads make possible. */
static dk_status train_fold(learner *l, int folds, int without, fit *f, dk_buf *scratch) {
    dk_morph *m = NULL;
    dk_status status = list_heads(l, folds, without, scratch);
    if (status == DK_OK) status = open_with(l, scratch, &m);
    if (status == DK_OK) status = train(l, m, folds, without, f);
    dk_morph_free(m);
    return status;
}

static dk_status cross_validate(learner *l, dk_buf *report, dk_learn_compound_figures *figures) {
    int folds = l->options->folds > 0 ? l->options->folds : 5;
    tally t = {0};
    dk_buf model;
    dk_buf_init(&model);
    dk_status status = DK_OK;
    for (int fold = 0; status == DK_OK && fold < folds; fold++) {
        fit f = {.weights = {0}};
        dk_morph *m = NULL;
        status = train_fold(l, folds, fold, &f, &model);
        dk_buf_clear(&model);
        if (status == DK_OK) status = write_model(l, &f, &model, figures);
        if (status == DK_OK) status = open_with(l, &model, &m);
        for (size_t i = 0; status == DK_OK && i < l->from_file; i++)
            if ((int)(i % (size_t)folds) == fold) judge(m, &l->words[i], &t, report);
        fit_dispose(&f);
        dk_morph_free(m);
    }
    dk_buf_dispose(&model);
    for (size_t i = 0; i < l->from_file; i++)
        *(is_simple(&l->words[i]) ? &figures->simple : &figures->compounds) += 1;
    if (figures->compounds > 0) {
        figures->head = (double)t.heads / (double)figures->compounds;
        figures->exact = (double)t.exact / (double)figures->compounds;
    }
    if (figures->simple > 0) figures->false_split = (double)t.cut / (double)figures->simple;
    return status;
}

dk_status dk_learn_compounds(const dk_learn_compound_options *options, dk_buf *model, dk_buf *report,
                             dk_learn_compound_figures *figures, dk_error *err) {
    learner *l = calloc(1, sizeof *l);
    memset(figures, 0, sizeof *figures);
    dk_buf_clear(model);
    if (l == NULL) return dk_fail_memory(err);
    l->options = options;
    l->err = err;
    fit f = {.weights = {0}};
    dk_buf body;
    dk_buf_init(&body);
    dk_status status =
        morph_sources_read(&l->sources, options->language, &options->morph, MORPH_WITHOUT_COMPOUNDS, err);
    if (status == DK_OK) status = read_words(l);
    if (status == DK_OK) status = cross_validate(l, report, figures);
    if (status == DK_OK) status = train_fold(l, 1, -1, &f, &body);
    dk_buf_clear(&body);
    if (status == DK_OK) status = write_model(l, &f, &body, figures);
    if (status == DK_OK) {
        dk_buf_putf(
            model,
            "# Compounds of %s: weights of the features of a cut, and of single parts.\n"
            "# from: %s (%zu compounds, %zu simple words), the dictionaries of Debian's hunspell packages, "
            "words_%s.tsv\n"
            "# how: multinomial logistic regression over the cuts of a word, thousandths of a nat\n"
            "# when: %s\n"
            "# how good: cross-validated: heads right %.4f, all parts right %.4f, simple words cut %.4f\n"
            "# licence: CC0, as its source\n"
            "# made by: drivkraft learn compounds --language %s\n"
            "kind\tkey\tvalue\tmore\n",
            options->language, options->source != NULL ? options->source : dk_path_name(options->words),
            figures->compounds, figures->simple, options->language,
            options->date != NULL ? options->date : "-", figures->head, figures->exact, figures->false_split,
            options->language);
        dk_buf_put(model, body.ptr, body.len);
        status = dk_buf_status(model, err);
    }
    dk_buf_dispose(&body);
    fit_dispose(&f);
    free(l->words);
    dk_arena_dispose(&l->arena);
    morph_sources_dispose(&l->sources);
    free(l);
    return status;
}
