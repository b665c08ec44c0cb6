#include "workbench/learn_lemma.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/intern.h"
#include "text/morph_rank.h"
#include "text/morph_script.h"
#include "text/morph_sources.h"
#include "text/utf8.h"

enum { EPOCHS = 30, RULE_LETTERS = 6, RULE_SUPPORT = 3 };
static const double RATE = 0.3, RIDGE = 2e-4, UNKNOWN_WEIGHT = 0.3, DOUBT = 0.5;

typedef struct token {
    uint32_t form, lemma; /* numbers in words */
    uint32_t sentence;
} token;

typedef struct learner {
    const dk_learn_lemma_options *options;
    morph_sources sources;
    dk_intern words;
    token *tokens;
    size_t ntokens, token_cap;
    uint32_t nsentences;
    dk_error *err;
} learner;

/* A form with one of its lemmas and how often they go together in the training part. */
typedef struct example {
    uint32_t form, lemma, count;
} example;

typedef struct example_list {
    example *items;
    size_t count, cap;
} example_list;

/* ---- Reading the treebank -------------------------------------------------------------------------- */

static bool all_letters(dk_str text) {
    for (size_t at = 0; at < text.len;) {
        unsigned size;
        uint32_t c = dk_utf8_decode(text.ptr, text.len, at, &size);
        if (dk_utf8_class(c) != DK_CHAR_LETTER) return false;
        at += size;
    }
    return text.len > 0;
}

static dk_status intern_folded(learner *l, dk_str text, dk_buf *scratch, uint32_t *id) {
    dk_buf_clear(scratch);
    dk_status status = dk_utf8_fold(scratch, text.ptr, text.len, l->err);
    if (status != DK_OK) return status;
    *id = dk_intern_add(&l->words, (dk_str){scratch->ptr, scratch->len});
    return *id == DK_NO_ID ? dk_fail_memory(l->err) : DK_OK;
}

static dk_status read_treebank(learner *l) {
    const char *path = l->options->treebank;
    dk_buf text, folded;
    dk_buf_init(&text);
    dk_buf_init(&folded);
    dk_status status = dk_file_read(path, &text, l->err);
    int64_t number = 0;
    dk_str last = {"", 0};
    for (size_t at = 0; status == DK_OK && at < text.len;) {
        const char *start = text.ptr + at, *end = memchr(start, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - start) : text.len - at;
        at += len + 1;
        dk_str columns[6];
        int n = 0;
        for (size_t i = 0, from = 0; i <= len && n < 6; i++) {
            if (i < len && start[i] != '\t') continue;
            columns[n++] = (dk_str){start + from, i - from};
            from = i + 1;
        }
        if (++number == 1 || len == 0) continue;
        if (n < 5) {
            status = dk_fail_at(l->err, DK_EDATA, path, number, 0,
                                "expected sentence, start, end, form and lemma");
            break;
        }
        if (l->nsentences == 0 || !dk_str_eq(columns[0], last)) l->nsentences++;
        last = columns[0];
        /* an end of 0 marks a token that the text does not show, a lemma _ the rest of a word written apart */
        if (dk_str_is(columns[2], "0") || dk_str_is(columns[4], "_") || !all_letters(columns[3]) ||
            columns[3].len > DK_MORPH_WORD_MAX)
            continue;
        token t = {.sentence = l->nsentences - 1};
        status = intern_folded(l, columns[3], &folded, &t.form);
        if (status == DK_OK) status = intern_folded(l, columns[4], &folded, &t.lemma);
        if (status == DK_OK && !dk_grow(&l->tokens, &l->token_cap, l->ntokens + 1))
            status = dk_fail_memory(l->err);
        if (status == DK_OK) l->tokens[l->ntokens++] = t;
    }
    if (status == DK_OK && l->ntokens == 0)
        status = dk_fail_at(l->err, DK_EDATA, path, number, 0, "no words");
    dk_buf_dispose(&text);
    dk_buf_dispose(&folded);
    return status;
}

static int by_form(const void *pa, const void *pb) {
    const example *a = pa, *b = pb;
    if (a->form != b->form) return a->form < b->form ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->lemma > b->lemma) - (a->lemma < b->lemma);
}

/* Sentences are dealt to the folds in blocks, since neighbours come from one text. */
static int fold_of(const learner *l, uint32_t sentence, int folds) {
    return (int)((uint64_t)sentence * (uint64_t)folds / l->nsentences);
}

/* The examples of all sentences but those of one fold (-1 for none), by form, the most frequent lemma first. */
static dk_status collect(const learner *l, int folds, int without, example_list *out) {
    out->count = 0;
    if (!dk_grow(&out->items, &out->cap, l->ntokens + 1)) return dk_fail_memory(l->err);
    for (size_t i = 0; i < l->ntokens; i++)
        if (fold_of(l, l->tokens[i].sentence, folds) != without)
            out->items[out->count++] = (example){l->tokens[i].form, l->tokens[i].lemma, 0};
    qsort(out->items, out->count, sizeof *out->items, by_form);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (kept == 0 || out->items[kept - 1].form != out->items[i].form ||
            out->items[kept - 1].lemma != out->items[i].lemma)
            out->items[kept++] = out->items[i];
        out->items[kept - 1].count++;
    }
    out->count = kept;
    qsort(out->items, out->count, sizeof *out->items, by_form);
    return DK_OK;
}

/* ---- The weights ----------------------------------------------------------------------------------- */

typedef struct fit {
    double *weights, *squares;
    size_t n;
} fit;

static size_t find_lemma(const morph_candidate *list, size_t count, dk_str lemma) {
    size_t i = 0;
    while (i < count && !dk_str_eq((dk_str){list[i].text, list[i].len}, lemma)) i++;
    return i;
}

/* One step of AdaGrad on the log probability of the right candidate. */
static void step(fit *f, const morph_candidate *list, size_t count, size_t right, double weight) {
    double scores[CANDIDATES_MAX], best = -HUGE_VAL, sum = 0;
    for (size_t i = 0; i < count; i++) {
        scores[i] = 0;
        for (unsigned k = 0; k < list[i].nfeatures; k++) scores[i] += f->weights[list[i].features[k]];
        if (scores[i] > best) best = scores[i];
    }
    for (size_t i = 0; i < count; i++) sum += scores[i] = exp(scores[i] - best);
    for (size_t i = 0; i < count; i++) {
        double slope = weight * ((i == right) - scores[i] / sum);
        for (unsigned k = 0; k < list[i].nfeatures; k++) {
            uint32_t feature = list[i].features[k];
            double g = slope - RIDGE * f->weights[feature];
            f->squares[feature] += g * g;
            f->weights[feature] += RATE * g / sqrt(f->squares[feature] + 1e-8);
        }
    }
}

static dk_status fit_weights(const learner *l, const dk_morph *m, const example_list *examples, fit *f) {
    morph_candidate *list = malloc(CANDIDATES_MAX * sizeof *list);
    f->n = m->image->nclasses + m->image->nscripts + FIX_COUNT;
    f->weights = calloc(f->n, sizeof *f->weights);
    f->squares = calloc(f->n, sizeof *f->squares);
    if (list == NULL || f->weights == NULL || f->squares == NULL) {
        free(list);
        return dk_fail_memory(l->err);
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (size_t i = 0; i < examples->count; i++) {
            /* a stride that visits all in another order than that of first sight, the same in every run */
            const example *e = &examples->items[(i * 7919 + (size_t)epoch * 13) % examples->count];
            dk_str form = dk_intern_text(&l->words, e->form), lemma = dk_intern_text(&l->words, e->lemma);
            for (int pretend = 0; pretend < 2; pretend++) {
                size_t n = morph_candidates(m, form.ptr, form.len, pretend == 1, list);
                size_t right = find_lemma(list, n, lemma);
                double weight = log2(1.0 + e->count) * (pretend ? UNKNOWN_WEIGHT : 1);
                if (right < n && n > 1) step(f, list, n, right, weight);
            }
        }
    }
    free(list);
    return DK_OK;
}

static void fit_dispose(fit *f) {
    free(f->weights);
    free(f->squares);
    memset(f, 0, sizeof *f);
}

/* Lends the weights to m, in thousandths. */
static dk_status use_weights(dk_morph *m, const fit *f, int32_t **lent, dk_error *err) {
    *lent = malloc(f->n * sizeof **lent);
    if (*lent == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < f->n; i++) (*lent)[i] = (int32_t)lround(1000 * f->weights[i]);
    m->weights = *lent;
    return DK_OK;
}

typedef struct text_list {
    char **lines;
    size_t count, cap;
} text_list;

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Model lines are sorted, so that a new model differs from the old one only where it does. */
static dk_status add_line(text_list *list, dk_buf *line, dk_error *err) {
    if (dk_buf_status(line, err) != DK_OK || !dk_grow(&list->lines, &list->cap, list->count + 1))
        return dk_fail_memory(err);
    char *copy = strdup(dk_buf_cstr(line));
    if (copy == NULL) return dk_fail_memory(err);
    list->lines[list->count++] = copy;
    dk_buf_clear(line);
    return DK_OK;
}

static void put_lines(text_list *list, dk_buf *out) {
    if (list->count > 0) qsort(list->lines, list->count, sizeof *list->lines, by_bytes);
    for (size_t i = 0; i < list->count; i++) {
        dk_buf_puts(out, list->lines[i]);
        free(list->lines[i]);
    }
    free(list->lines);
    memset(list, 0, sizeof *list);
}

static dk_status write_weights(const dk_morph *m, const fit *f, dk_buf *out, size_t *lines, dk_error *err) {
    const morph_image *h = m->image;
    text_list list = {0};
    dk_buf line;
    dk_buf_init(&line);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < f->n; i++) {
        long value = lround(1000 * f->weights[i]);
        char fixed[24];
        if (value == 0) continue;
        if (i < h->nclasses)
            dk_buf_putf(&line, "weight\tclass:%s", m->strings + m->classes[i].name);
        else if (i < h->nclasses + h->nscripts)
            dk_buf_putf(&line, "weight\tscript:%s", m->strings + m->scripts[i - h->nclasses].text);
        else
            dk_buf_putf(&line, "weight\t%s",
                        morph_feature_name((unsigned)(i - h->nclasses - h->nscripts), fixed));
        dk_buf_putf(&line, "\t%ld\n", value);
        status = add_line(&list, &line, err);
    }
    *lines = list.count;
    put_lines(&list, out);
    dk_buf_dispose(&line);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}

/* ---- Suffix rules ------------------------------------------------------------------------------------ */

/* Counts of (ending, script) and of endings over the frequent words that the dictionary knows. */
typedef struct rule_counts {
    dk_intern pairs, endings; /* a pair is "ending \t script" */
    uint32_t *pair_counts, *ending_counts;
    size_t pair_cap, ending_cap;
} rule_counts;

static dk_status bump(dk_intern *table, uint32_t **counts, size_t *cap, dk_str key, dk_error *err) {
    size_t before = table->count;
    uint32_t id = dk_intern_add(table, key);
    if (id == DK_NO_ID || !dk_grow(counts, cap, id + 1)) return dk_fail_memory(err);
    if (id == before) (*counts)[id] = 0;
    (*counts)[id]++;
    return DK_OK;
}

static dk_status count_rules(const dk_morph *m, const char *word, size_t len, const char *script,
                             rule_counts *c, dk_error *err) {
    size_t strip = strcspn(script, ">");
    int letters = 0;
    for (size_t at = len; at-- > 1;) {
        if (((unsigned char)word[at] & 0xC0) == 0x80) continue;
        if (++letters > RULE_LETTERS) break;
        dk_status status =
            bump(&c->endings, &c->ending_counts, &c->ending_cap, (dk_str){word + at, len - at}, err);
        if (status == DK_OK && len - at >= strip) {
            char key[DK_MORPH_WORD_MAX + 300];
            int n = snprintf(key, sizeof key, "%.*s\t%s", (int)(len - at), word + at, script);
            status = bump(&c->pairs, &c->pair_counts, &c->pair_cap, (dk_str){key, (size_t)n}, err);
        }
        if (status != DK_OK) return status;
    }
    (void)m;
    return DK_OK;
}

/* Rules for every ending that the words support; of rare scripts of an ending nothing is kept. */
static dk_status write_rules(const learner *l, const dk_morph *m, dk_buf *out, size_t *lines) {
    rule_counts c = {.pair_cap = 0};
    dk_intern_init(&c.pairs);
    dk_intern_init(&c.endings);
    morph_candidate *list = malloc(CANDIDATES_MAX * sizeof *list);
    dk_status status = list != NULL ? DK_OK : dk_fail_memory(l->err);
    morph_line line;
    for (size_t at = 0; status == DK_OK && morph_next_line(&l->sources.words, "word", &at, &line);) {
        dk_str word = line.columns[0];
        size_t records;
        const morph_record *r = morph_lookup(m, MAP_FORMS, word.ptr, word.len, &records);
        if (word.len > DK_MORPH_WORD_MAX || !morph_set_is_word(m, r, records)) continue;
        size_t n = morph_candidates(m, word.ptr, word.len, false, list);
        morph_rank(list, n, false);
        status = count_rules(m, word.ptr, word.len, m->strings + m->scripts[list[0].script].text, &c, l->err);
    }
    text_list rules = {0};
    dk_buf text;
    dk_buf_init(&text);
    for (size_t i = 0; status == DK_OK && i < c.pairs.count; i++) {
        dk_str pair = dk_intern_text(&c.pairs, (uint32_t)i);
        const char *tab = memchr(pair.ptr, '\t', pair.len);
        dk_str ending = {pair.ptr, (size_t)(tab - pair.ptr)};
        uint32_t all = c.ending_counts[dk_intern_find(&c.endings, ending)];
        double p = c.pair_counts[i] / (all + 1.0);
        if (c.pair_counts[i] < RULE_SUPPORT || p < 0.05) continue;
        dk_buf_putf(&text, "rule\t%.*s\t%d\n", (int)pair.len, pair.ptr, (int)lround(-1000 * log2(p)));
        status = add_line(&rules, &text, l->err);
    }
    *lines = rules.count;
    put_lines(&rules, out);
    dk_buf_dispose(&text);
    dk_intern_dispose(&c.pairs);
    dk_intern_dispose(&c.endings);
    free(c.pair_counts);
    free(c.ending_counts);
    free(list);
    return status == DK_OK ? dk_buf_status(out, l->err) : status;
}

/* ---- Forms learned whole ----------------------------------------------------------------------------- */

/* Forms whose most frequent lemma the ranking does not put first, or is not sure of. */
static dk_status write_forms(const learner *l, const dk_morph *m, const example_list *examples, dk_buf *out,
                             size_t *lines) {
    morph_candidate *list = malloc(CANDIDATES_MAX * sizeof *list);
    if (list == NULL) return dk_fail_memory(l->err);
    text_list forms = {0};
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < examples->count;) {
        size_t first = i, total = 0;
        for (; i < examples->count && examples->items[i].form == examples->items[first].form; i++)
            total += examples->items[i].count;
        dk_str form = dk_intern_text(&l->words, examples->items[first].form);
        dk_str lemma = dk_intern_text(&l->words, examples->items[first].lemma);
        size_t n = morph_candidates(m, form.ptr, form.len, false, list);
        morph_rank(list, n, false);
        bool agrees = n > 0 && dk_str_eq((dk_str){list[0].text, list[0].len}, lemma);
        if (agrees && (list[0].probability > 0.8 || total < 3)) continue;
        for (size_t k = first; status == DK_OK && k < i; k++) {
            dk_str other = dk_intern_text(&l->words, examples->items[k].lemma);
            int confidence = (int)lround(1000.0 * examples->items[k].count / ((double)total + DOUBT));
            if (confidence < 50 || other.len == 0 || other.len > DK_MORPH_WORD_MAX) continue;
            dk_buf_putf(&text, "form\t%.*s\t%.*s\t%d\n", (int)form.len, form.ptr, (int)other.len, other.ptr,
                        confidence);
            status = add_line(&forms, &text, l->err);
        }
    }
    *lines = forms.count;
    put_lines(&forms, out);
    dk_buf_dispose(&text);
    free(list);
    return status == DK_OK ? dk_buf_status(out, l->err) : status;
}

/* ---- Training and cross-validation ----------------------------------------------------------------- */

static dk_status open_with(learner *l, const dk_buf *model, dk_morph **m) {
    dk_buf_clear(&l->sources.lemmas.text);
    if (model != NULL) dk_buf_put(&l->sources.lemmas.text, model->ptr, model->len);
    dk_status status = dk_buf_status(&l->sources.lemmas.text, l->err);
    if (status != DK_OK) return status;
    morph_sources_stamp(&l->sources);
    return morph_open_sources(m, &l->sources, "", l->err);
}

static dk_status train(learner *l, const example_list *examples, dk_buf *model,
                       dk_learn_lemma_figures *figures) {
    dk_morph *m = NULL;
    fit first = {.n = 0}, second = {.n = 0};
    int32_t *lent = NULL, *lent_again = NULL;
    dk_buf rules;
    dk_buf_init(&rules);
    dk_status status = open_with(l, NULL, &m);
    if (status == DK_OK) status = fit_weights(l, m, examples, &first);
    if (status == DK_OK) status = use_weights(m, &first, &lent, l->err);
    if (status == DK_OK) status = write_rules(l, m, &rules, &figures->rules);
    dk_morph_free(m);
    m = NULL;
    /* the rules are features of unknown words: a second fit weighs them against the rest */
    if (status == DK_OK) status = open_with(l, &rules, &m);
    if (status == DK_OK) status = fit_weights(l, m, examples, &second);
    if (status == DK_OK) status = use_weights(m, &second, &lent_again, l->err);
    dk_buf_clear(model);
    if (status == DK_OK) status = write_weights(m, &second, model, &figures->weights, l->err);
    if (status == DK_OK) dk_buf_put(model, rules.ptr, rules.len);
    if (status == DK_OK) status = write_forms(l, m, examples, model, &figures->irregulars);
    dk_morph_free(m);
    fit_dispose(&first);
    fit_dispose(&second);
    free(lent);
    free(lent_again);
    dk_buf_dispose(&rules);
    return status;
}

static int find_form(const void *key, const void *item) {
    uint32_t form = *(const uint32_t *)key, other = ((const example *)item)->form;
    return (form > other) - (form < other);
}

static dk_status cross_validate(learner *l, dk_buf *report, dk_learn_lemma_figures *figures) {
    int folds = l->options->folds > 0 ? l->options->folds : 5;
    size_t right = 0, seen = 0, seen_right = 0;
    example_list examples = {0};
    dk_buf model;
    dk_buf_init(&model);
    dk_status status = DK_OK;
    for (int fold = 0; status == DK_OK && fold < folds; fold++) {
        dk_morph *m = NULL;
        status = collect(l, folds, fold, &examples);
        if (status == DK_OK) status = train(l, &examples, &model, figures);
        if (status == DK_OK) status = open_with(l, &model, &m);
        for (size_t i = 0; status == DK_OK && i < l->ntokens; i++) {
            const token *t = &l->tokens[i];
            if (fold_of(l, t->sentence, folds) != fold) continue;
            dk_str form = dk_intern_text(&l->words, t->form), gold = dk_intern_text(&l->words, t->lemma);
            dk_lemma best;
            size_t n = dk_morph_lemmas(m, form, 0, &best, 1);
            dk_str got = n > 0 ? (dk_str){best.text, best.len} : form;
            bool known =
                bsearch(&t->form, examples.items, examples.count, sizeof *examples.items, find_form) != NULL;
            bool good = dk_str_eq(got, gold);
            right += good;
            seen += known;
            seen_right += known && good;
            if (!good && report != NULL)
                dk_buf_putf(report, "%.*s\t%.*s\t%.*s\t%s\n", (int)form.len, form.ptr, (int)gold.len,
                            gold.ptr, (int)got.len, got.ptr, known ? "seen" : "unseen");
        }
        dk_morph_free(m);
    }
    dk_buf_dispose(&model);
    free(examples.items);
    figures->accuracy = (double)right / (double)l->ntokens;
    figures->seen_share = (double)seen / (double)l->ntokens;
    figures->seen_accuracy = seen > 0 ? (double)seen_right / (double)seen : 0;
    figures->unseen_accuracy =
        l->ntokens > seen ? (double)(right - seen_right) / (double)(l->ntokens - seen) : 0;
    return status;
}

static void write_head(const learner *l, const dk_learn_lemma_figures *f, dk_buf *out) {
    const dk_learn_lemma_options *o = l->options;
    dk_buf_putf(out,
                "# Lemmas of %s: weights of features, suffix rules for unknown words, forms learned whole.\n"
                "# from: %s (%zu words, %zu sentences), the dictionaries of Debian's hunspell packages, "
                "words_%s.tsv\n"
                "# how: multinomial logistic regression (thousandths of a nat); rules: -1000 log2 of the "
                "probability of a\n"
                "#   script given the ending; forms: confidence in thousandths. Scripts read strip>add.\n"
                "# when: %s\n"
                "# how good: cross-validated by sentence: %.4f of words right; forms seen in training (%.1f "
                "%%) %.4f, not seen %.4f\n"
                "# licence: CC BY-SA 4.0, as its source\n"
                "# made by: drivkraft learn lemmas --language %s\n"
                "kind\tkey\tvalue\tmore\n",
                o->language, o->source != NULL ? o->source : dk_path_name(o->treebank), f->tokens,
                f->sentences, o->language, o->date != NULL ? o->date : "-", f->accuracy, 100 * f->seen_share,
                f->seen_accuracy, f->unseen_accuracy, o->language);
}

dk_status dk_learn_lemmas(const dk_learn_lemma_options *options, dk_buf *model, dk_buf *report,
                          dk_learn_lemma_figures *figures, dk_error *err) {
    learner *l = calloc(1, sizeof *l);
    memset(figures, 0, sizeof *figures);
    dk_buf_clear(model);
    if (l == NULL) return dk_fail_memory(err);
    l->options = options;
    l->err = err;
    dk_intern_init(&l->words);
    example_list all = {0};
    dk_buf body;
    dk_buf_init(&body);
    dk_status status = morph_sources_read(&l->sources, options->language, &options->morph,
                                          MORPH_WITHOUT_LEMMAS | MORPH_WITHOUT_COMPOUNDS, err);
    if (status == DK_OK) status = read_treebank(l);
    if (status == DK_OK) {
        figures->sentences = l->nsentences;
        figures->tokens = l->ntokens;
        status = cross_validate(l, report, figures);
    }
    if (status == DK_OK) status = collect(l, 1, -1, &all);
    if (status == DK_OK) status = train(l, &all, &body, figures);
    if (status == DK_OK) {
        for (size_t i = 0; i < all.count; i++)
            figures->forms += i == 0 || all.items[i].form != all.items[i - 1].form;
        write_head(l, figures, model);
        dk_buf_put(model, body.ptr, body.len);
        status = dk_buf_status(model, err);
    }
    dk_buf_dispose(&body);
    free(all.items);
    free(l->tokens);
    dk_intern_dispose(&l->words);
    morph_sources_dispose(&l->sources);
    free(l);
    return status;
}
