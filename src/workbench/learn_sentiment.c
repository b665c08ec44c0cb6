#include "workbench/learn_sentiment.h"

#include <math.h>
#include <stdlib.h>

#include "base/pipeline.h"
#include "tag/session.h"
#include "workbench/learn_sentiment_measure.h"

#define FIGURE_L2 0.1
enum { NOT_ACTIVE = -1 };

/* One fit: over all rows but those of a fold or of a source. */
typedef struct job {
    int fold, source; /* -1: none is left out */
    bool alone;       /* without the figures of the rules */
    double *weights;  /* by feature of the data; kept only where keep */
    double figures[DK_FIGURES];
    bool keep;
} job;

typedef struct work {
    const dk_learn_sentiment_options *options;
    dk_sentiment_data data;
    double *prior; /* by feature, or NULL */
    job *jobs;
    size_t njobs;
    double *both, *alone, *left_out; /* by row: logits from weights that have not seen it */
} work;

static bool trains(const job *j, const dk_sentiment_row *row) {
    return (int)row->fold != j->fold && (int)row->source != j->source;
}

typedef struct ranked {
    double value;
    uint32_t feature;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return (x->feature > y->feature) - (x->feature < y->feature);
}

/* The features of the training rows in compact numbers. */
typedef struct compact {
    int32_t *number;   /* by feature of the data */
    uint32_t *count;   /* training rows with it, by feature of the data */
    uint32_t *features; /* by compact number: feature of the data */
    size_t n;
    dk_fit_row *rows;
    size_t nrows;
    uint32_t *lists;
    double *prior, *weights;
} compact;

static void compact_dispose(compact *c) {
    free(c->number);
    free(c->count);
    free(c->features);
    free(c->rows);
    free(c->lists);
    free(c->prior);
    free(c->weights);
}

static dk_status compact_begin(compact *c, const work *w, const job *j, dk_error *err) {
    const dk_sentiment_data *d = &w->data;
    size_t nfeatures = d->names.count;
    memset(c, 0, sizeof *c);
    c->number = malloc((nfeatures + 1) * sizeof *c->number);
    c->count = calloc(nfeatures + 1, sizeof *c->count);
    c->features = malloc((nfeatures + 1) * sizeof *c->features);
    c->rows = malloc((d->nrows + 1) * sizeof *c->rows);
    c->lists = malloc((d->nfeatures + 1) * sizeof *c->lists);
    c->weights = malloc((nfeatures + 1) * sizeof *c->weights);
    c->prior = malloc((nfeatures + 1) * sizeof *c->prior);
    if (c->number == NULL || c->count == NULL || c->features == NULL || c->rows == NULL || c->lists == NULL ||
        c->weights == NULL || c->prior == NULL)
        return dk_fail_memory(err);
    for (size_t i = 0; i < d->nrows; i++)
        if (trains(j, &d->rows[i]))
            for (uint32_t k = 0; k < d->rows[i].nfeatures; k++) c->count[d->features[d->rows[i].first + k]]++;
    for (size_t f = 0; f < nfeatures; f++) {
        bool active = c->count[f] >= w->options->min_count || (w->prior != NULL && w->prior[f] != 0);
        c->number[f] = active ? (int32_t)c->n : NOT_ACTIVE;
        if (active) c->features[c->n++] = (uint32_t)f;
    }
    return DK_OK;
}

static void compact_rows(compact *c, const work *w, const job *j) {
    const dk_sentiment_data *d = &w->data;
    size_t at = 0;
    c->nrows = 0;
    for (size_t i = 0; i < d->nrows; i++) {
        const dk_sentiment_row *row = &d->rows[i];
        if (!trains(j, row)) continue;
        dk_fit_row *to = &c->rows[c->nrows++];
        *to = (dk_fit_row){.features = c->lists + at, .damp = row->damp, .y = row->y, .s = row->weight};
        for (int f = 0; f < DK_FIGURES; f++) to->figures[f] = (float)row->figures[f] / 1000.0f;
        for (uint32_t k = 0; k < row->nfeatures; k++) {
            int32_t number = c->number[d->features[row->first + k]];
            if (number != NOT_ACTIVE) c->lists[at++] = (uint32_t)number;
        }
        to->nfeatures = (uint32_t)(c->lists + at - to->features);
    }
    for (size_t k = 0; k < c->n; k++) c->prior[k] = w->prior != NULL ? w->prior[c->features[k]] : 0;
}

/* Keeps the features that move most; false when all stay. */
static dk_status compact_prune(compact *c, size_t nfeatures, size_t max, bool *pruned, dk_error *err) {
    *pruned = c->n > max;
    if (!*pruned) return DK_OK;
    ranked *order = malloc(c->n * sizeof *order);
    if (order == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < c->n; k++)
        order[k] = (ranked){fabs(c->weights[k]) * sqrt((double)c->count[c->features[k]] + 1), c->features[k]};
    qsort(order, c->n, sizeof *order, compare_ranked);
    for (size_t f = 0; f < nfeatures; f++) c->number[f] = NOT_ACTIVE;
    for (size_t k = 0; k < max; k++) c->number[order[k].feature] = 0;
    c->n = 0;
    for (size_t f = 0; f < nfeatures; f++)
        if (c->number[f] != NOT_ACTIVE) {
            c->number[f] = (int32_t)c->n;
            c->features[c->n++] = (uint32_t)f;
        }
    free(order);
    return DK_OK;
}

/* The logit of a row by weights over the features of the data, as a fit row would have it. */
static double logit_of(const work *w, const dk_sentiment_row *row, const double *weights, const double *figures) {
    double sum = 0, figure_sum = 0;
    for (uint32_t k = 0; k < row->nfeatures; k++) sum += weights[w->data.features[row->first + k]];
    for (int f = 0; f < DK_FIGURES; f++) figure_sum += figures[f] * row->figures[f] / 1000.0;
    return sum * (double)row->damp + figure_sum;
}

static dk_status run_job(void *context, size_t index, dk_error *err) {
    work *w = context;
    job *j = &w->jobs[index];
    size_t nfeatures = w->data.names.count;
    compact c;
    bool pruned = false;
    dk_status status = compact_begin(&c, w, j, err);
    for (int round = 0; status == DK_OK && (round == 0 || pruned); round++) {
        compact_rows(&c, w, j);
        dk_fit fit = {c.rows, c.nrows, c.n, c.prior, w->options->l2, FIGURE_L2, j->alone};
        status = dk_fit_run(&fit, c.weights, j->figures, err);
        if (status != DK_OK || round == 1) break;
        status = compact_prune(&c, nfeatures, w->options->max_features, &pruned, err);
    }
    j->weights = calloc(nfeatures + 1, sizeof *j->weights);
    if (status == DK_OK && j->weights == NULL) status = dk_fail_memory(err);
    for (size_t k = 0; status == DK_OK && k < c.n; k++) j->weights[c.features[k]] = c.weights[k];
    compact_dispose(&c);
    double *scores = j->alone ? w->alone : j->source >= 0 ? w->left_out : w->both;
    for (size_t i = 0; status == DK_OK && i < w->data.nrows; i++)
        if (!trains(j, &w->data.rows[i])) scores[i] = logit_of(w, &w->data.rows[i], j->weights, j->figures);
    if (!j->keep) {
        free(j->weights);
        j->weights = NULL;
    }
    return status;
}

static dk_status plan_jobs(work *w, int folds, dk_error *err) {
    const dk_learn_sentiment_options *o = w->options;
    w->jobs = calloc(1 + 2 * (size_t)folds + o->nsources, sizeof *w->jobs);
    if (w->jobs == NULL) return dk_fail_memory(err);
    w->jobs[w->njobs++] = (job){.fold = -1, .source = -1, .keep = true};
    for (int k = 0; k < folds; k++) w->jobs[w->njobs++] = (job){.fold = k, .source = -1, .keep = o->cross_fit};
    for (int k = 0; k < folds; k++) w->jobs[w->njobs++] = (job){.fold = k, .source = -1, .alone = true};
    size_t labelled = 0;
    for (size_t s = 0; s < o->nsources; s++) labelled += o->sources[s].scale < DK_SCALE_NEUTRAL;
    for (size_t s = 0; s < o->nsources && labelled > 1 && !o->no_sources_out; s++)
        if (o->sources[s].scale < DK_SCALE_NEUTRAL) w->jobs[w->njobs++] = (job){.fold = -1, .source = (int)s};
    return DK_OK;
}

static dk_status read_sources(work *w, int folds, dk_error *err) {
    const dk_learn_sentiment_options *o = w->options;
    dk_engine_options eo = {.data_dir = o->data_dir, .no_learned = true};
    dk_tag_plan plan = {.language_fixed = true, .language = o->language};
    dk_engine *engine = NULL;
    dk_session *session = NULL;
    dk_status status = dk_engine_open(&engine, &eo, err);
    if (status == DK_OK) status = dk_session_new(&session, engine, &plan, err);
    for (size_t s = 0; status == DK_OK && s < o->nsources; s++)
        status = dk_sentiment_data_read(&w->data, &o->sources[s], (uint32_t)s, folds, session, err);
    dk_session_free(session);
    dk_engine_free(engine);
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < w->data.nrows; i++) good += w->data.rows[i].y == 1, bad += w->data.rows[i].y == 0;
    if (status == DK_OK && (good == 0 || bad == 0))
        status = dk_fail(err, DK_EDATA, "%zu rows are positive and %zu negative: both are needed to learn from", good, bad);
    return status;
}

/* ---- Figures ----------------------------------------------------------------------------------------- */

typedef enum which { RULES, ALONE, BOTH, LEFT_OUT } which;

/* The verdicts on the rows of a source (or of all that know neutral rows, with source -1). */
static size_t collect(const work *w, int source, which from, dk_verdict_row *out) {
    size_t n = 0;
    for (size_t i = 0; i < w->data.nrows; i++) {
        const dk_sentiment_row *row = &w->data.rows[i];
        if (source >= 0 && row->source != (uint32_t)source) continue;
        double z = from == RULES ? row->by_rules : from == ALONE ? w->alone[i] : from == BOTH ? w->both[i] : w->left_out[i];
        out[n++] = (dk_verdict_row){z, (double)row->y, (double)row->weight, row->opinions};
    }
    return n;
}

/* Whether the bands are to be chosen by a source: by numbers that people gave where there are such, else by aspects. */
static bool knows_neutral(const dk_learn_sentiment_options *o, size_t source) {
    bool numbers = false;
    for (size_t s = 0; s < o->nsources; s++) numbers |= o->sources[s].scale == DK_SCALE_VALENCE;
    return o->sources[source].scale == (numbers ? DK_SCALE_VALENCE : DK_SCALE_ASPECTS);
}

/* Slope and bands from verdicts on rows that the weights had not seen. */
static void calibrate(const work *w, dk_verdict_row *room, dk_learn_sentiment_figures *f) {
    size_t n = 0;
    f->slope = dk_calibrate(room, collect(w, -1, BOTH, room));
    for (size_t s = 0; s < w->options->nsources; s++)
        if (knows_neutral(w->options, s)) n += collect(w, (int)s, BOTH, room + n);
    dk_bands_choose(room, n, f->slope, f->bands);
}

static dk_status measure(const work *w, dk_learn_sentiment_figures *f, dk_error *err) {
    dk_verdict_row *room = malloc((w->data.nrows + 1) * sizeof *room);
    f->sources = calloc(w->options->nsources + 1, sizeof *f->sources);
    dk_status status = room == NULL || f->sources == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) calibrate(w, room, f);
    for (size_t s = 0; status == DK_OK && s < w->options->nsources; s++) {
        dk_learn_source_figures *to = &f->sources[s];
        dk_learn_measure *measures[] = {&to->rules, &to->weights, &to->both, &to->left_out};
        for (int m = RULES; status == DK_OK && m <= LEFT_OUT; m++) {
            size_t n = collect(w, (int)s, (which)m, room);
            status = dk_measure(room, n, measures[m], err);
            if (m != BOTH) continue;
            to->rows = n;
            for (size_t i = 0; i < n; i++) to->positive += room[i].y == 1, to->negative += room[i].y == 0;
            to->neutral = to->rows - to->positive - to->negative;
            to->three = to->three_f1 = NAN;
            if (to->neutral > 0) dk_three_classes(room, n, f->slope, f->bands, &to->three, &to->three_f1);
        }
        bool left_out = false;
        for (size_t j = 0; j < w->njobs; j++) left_out |= w->jobs[j].source == (int)s;
        if (!left_out)
            to->left_out = (dk_learn_measure){NAN, NAN, NAN};
    }
    free(room);
    return status;
}

/* ---- The file ---------------------------------------------------------------------------------------- */

static long milli(double x, double slope) {
    double v = x * slope * 1000;
    if (v > DK_WEIGHT_MAX) v = DK_WEIGHT_MAX;
    if (v < -DK_WEIGHT_MAX) v = -DK_WEIGHT_MAX;
    return lround(v);
}

static void put_measure(dk_buf *out, const dk_learn_measure *m) {
    if (isnan(m->accuracy)) dk_buf_puts(out, "  -    -    -   ");
    else dk_buf_putf(out, "  %.3f %.3f %.3f", m->accuracy, m->macro_f1, m->auc);
}

static void put_head(dk_buf *out, const work *w, const dk_learn_sentiment_figures *f) {
    const dk_learn_sentiment_options *o = w->options;
    dk_buf_putf(out, "# Learned sentiment of %s: thousandths of a logit (see tag/weights.h). A positive weight speaks for a satisfied\n"
                     "# customer. Rows may be edited; a row that is taken out weighs nothing.\n",
                dk_language_name(o->language));
    if (o->note != NULL) dk_buf_puts(out, o->note);
    dk_buf_putf(out, "# How: logistic regression, L2 %g, features of %u rows or more, the %zu that move most; %zu rows.\n", o->l2,
                o->min_count, o->max_features, f->rows);
    dk_buf_puts(out, "# Figures are of rows that the weights had not seen (folds by text; the last: learned without that source):\n"
                     "# accuracy, macro-F1 and AUC of positive against negative; accuracy and macro-F1 of three classes.\n"
                     "# source (positive/neutral/negative): rules alone | weights alone | both | both, other sources | three classes\n");
    for (size_t s = 0; s < o->nsources; s++) {
        const dk_learn_source_figures *x = &f->sources[s];
        const char *slash = strrchr(o->sources[s].path, '/');
        dk_buf_putf(out, "#   %s (%zu/%zu/%zu):", slash != NULL ? slash + 1 : o->sources[s].path, x->positive, x->neutral,
                    x->negative);
        const dk_learn_measure *measures[] = {&x->rules, &x->weights, &x->both, &x->left_out};
        for (int m = 0; m < 4; m++) {
            if (m > 0) dk_buf_puts(out, " |");
            put_measure(out, measures[m]);
        }
        if (!isnan(x->three)) dk_buf_putf(out, " |  %.3f %.3f", x->three, x->three_f1);
        dk_buf_putc(out, '\n');
    }
    dk_buf_putf(out, "# Calibrated by a slope of %.3f.\n", f->slope);
}

static void put_folds(dk_buf *out, const work *w, const job *folds, int nfolds, uint32_t feature, int figure, double slope) {
    for (int k = 0; w->options->cross_fit && k < nfolds; k++) {
        double v = figure >= 0 ? folds[k].figures[figure] : folds[k].weights[feature];
        dk_buf_putf(out, "%c%ld", k == 0 ? '\t' : ',', milli(v, slope));
    }
    dk_buf_putc(out, '\n');
}

/* A text that the file could not hold: a pair has one space, others none. */
static bool writable(dk_str name) {
    size_t spaces = 0;
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] < ' ' || name.ptr[i] == '"') return false;
        spaces += name.ptr[i] == ' ';
    }
    return spaces == (name.ptr[0] == '0' + DK_FEATURE_PAIR ? 1 : 0);
}

static dk_status write_model(const work *w, int nfolds, dk_buf *out, dk_learn_sentiment_figures *f, dk_error *err) {
    const job *all = &w->jobs[0], *folds = &w->jobs[1];
    uint32_t *order = malloc((w->data.names.count + 1) * sizeof *order);
    if (order == NULL) return dk_fail_memory(err);
    size_t n = 0;
    for (uint32_t i = 0; i < w->data.names.count; i++) {
        bool any = milli(all->weights[i], f->slope) != 0;
        for (int k = 0; w->options->cross_fit && k < nfolds; k++) any |= milli(folds[k].weights[i], f->slope) != 0;
        if (any && writable(dk_sentiment_feature(&w->data, i))) order[n++] = i;
    }
    f->weights = n;
    put_head(out, w, f);
    const char *more = w->options->cross_fit ? "\tfolds\n" : "\n";
    dk_buf_putf(out, "kind\ttext\tweight%s", more);
    const char *const single[3] = {"language", "band", "band"};
    const char *const texts[3] = {dk_language_name(w->options->language), "plain", "opinion"};
    const long numbers[3] = {0, f->bands[0], f->bands[1]};
    for (int i = 0; i < 3; i++) {
        dk_buf_putf(out, "%s\t%s\t%ld", single[i], texts[i], numbers[i]);
        for (int k = 0; w->options->cross_fit && k < nfolds; k++) dk_buf_puts(out, k == 0 ? "\t0" : ",0");
        dk_buf_putc(out, '\n');
    }
    for (int i = 0; i < DK_FIGURES; i++) {
        dk_buf_putf(out, "figure\t%s\t%ld", dk_figure_name(i), milli(all->figures[i], f->slope));
        put_folds(out, w, folds, nfolds, 0, i, f->slope);
    }
    for (size_t i = 0; i < n; i++) {
        dk_str name = dk_sentiment_feature(&w->data, order[i]);
        dk_buf_putf(out, "%s\t%.*s\t%ld", dk_feature_name((dk_feature_kind)(name.ptr[0] - '0')), (int)name.len - 1,
                    name.ptr + 1, milli(all->weights[order[i]], f->slope));
        put_folds(out, w, folds, nfolds, order[i], -1, f->slope);
    }
    free(order);
    return dk_buf_status(out, err);
}

/* Puts rows and features in order. Words that are only known from elsewhere become features too. */
static dk_status order_data(work *w, dk_error *err) {
    const dk_intern *words = w->options->prior_words;
    dk_sentiment_data *d = &w->data;
    dk_buf name;
    dk_buf_init(&name);
    dk_status status = DK_OK;
    for (uint32_t i = 0; status == DK_OK && words != NULL && i < words->count; i++) {
        dk_buf_clear(&name);
        dk_buf_putc(&name, '0' + DK_FEATURE_WORD);
        dk_buf_put(&name, dk_intern_text(words, i).ptr, dk_intern_text(words, i).len);
        status = dk_buf_status(&name, err);
        if (status == DK_OK && dk_intern_add(&d->names, (dk_str){name.ptr, name.len}) == DK_NO_ID) status = dk_fail_memory(err);
    }
    dk_buf_dispose(&name);
    if (status == DK_OK) status = dk_sentiment_data_order(d, err);
    if (status != DK_OK || words == NULL) return status;
    w->prior = calloc(d->names.count + 1, sizeof *w->prior);
    if (w->prior == NULL) return dk_fail_memory(err);
    for (uint32_t i = 0; i < d->names.count; i++) {
        dk_str feature = dk_sentiment_feature(d, i);
        if (feature.ptr[0] != '0' + DK_FEATURE_WORD) continue;
        uint32_t id = dk_intern_find(words, (dk_str){feature.ptr + 1, feature.len - 1});
        if (id != DK_NO_ID) w->prior[i] = w->options->prior_weights[id];
    }
    return DK_OK;
}

dk_status dk_learn_sentiment(const dk_learn_sentiment_options *options, dk_buf *model, dk_learn_sentiment_figures *figures,
                             dk_error *err) {
    dk_learn_sentiment_options o = *options;
    if (o.folds == 0) o.folds = 5;
    if (o.l2 == 0) o.l2 = 3;
    if (o.max_features == 0) o.max_features = 20000;
    if (o.min_count == 0) o.min_count = 3;
    memset(figures, 0, sizeof *figures);
    dk_buf_clear(model);
    work w = {.options = &o};
    dk_sentiment_data_init(&w.data);
    dk_status status = read_sources(&w, o.folds, err);
    size_t n = w.data.nrows + 1;
    if (status == DK_OK) {
        w.both = calloc(n, sizeof *w.both);
        w.alone = calloc(n, sizeof *w.alone);
        w.left_out = calloc(n, sizeof *w.left_out);
        if (w.both == NULL || w.alone == NULL || w.left_out == NULL) status = dk_fail_memory(err);
    }
    if (status == DK_OK) status = order_data(&w, err);
    if (status == DK_OK) status = plan_jobs(&w, o.folds, err);
    if (status == DK_OK) status = dk_parallel_for(o.threads > 0 ? o.threads : 1, w.njobs, run_job, &w, err);
    figures->rows = w.data.nrows;
    figures->unusable = w.data.unusable;
    figures->unusable_line = w.data.unusable_line;
    if (status == DK_OK) status = measure(&w, figures, err);
    if (status == DK_OK) status = write_model(&w, o.folds, model, figures, err);
    for (size_t i = 0; i < w.njobs; i++) free(w.jobs[i].weights);
    free(w.jobs);
    free(w.both);
    free(w.alone);
    free(w.left_out);
    free(w.prior);
    dk_sentiment_data_dispose(&w.data);
    return status;
}
