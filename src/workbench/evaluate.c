#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "workbench/agreement.h"
#include "workbench/evaluate_private.h"

int dk_poisson_one(uint64_t bits) {
    static const double below[] = {
        0.36787944117144233, 0.7357588823428847, 0.9196986029286058, 0.9810118431238462, 0.9963401531726563,
        0.9994058151824183,  0.9999167588507119, 0.9999897508033253, 0.999998874797402,  0.9999998885745217,
        0.9999999899522336,  0.9999999991683892, 0.9999999999363988, 0.9999999999954802, 0.9999999999997004};
    double u = (double)(bits >> 11) * 0x1p-53;
    int k = 0;
    while (k < 15 && u >= below[k]) k++;
    return k;
}

size_t dk_found_themes(const dk_corpus *k, size_t comment, dk_found out[DK_FOUND_MAX]) {
    const dk_corpus_comment *c = &k->comments[comment];
    size_t n = 0;
    for (uint32_t m = 0; m < c->nmentions; m++) {
        const dk_corpus_mention *x = &k->mentions[c->first_mention + m];
        size_t at = 0;
        while (at < n && out[at].theme != x->theme) at++;
        if (at == n) {
            if (n == DK_FOUND_MAX) break;
            out[n++] = (dk_found){x->theme, (uint32_t)(c->first_mention + m), x->label};
            continue;
        }
        uint8_t *label = &out[at].label;
        bool both = (*label == DK_POSITIVE && x->label == DK_NEGATIVE) ||
                    (*label == DK_NEGATIVE && x->label == DK_POSITIVE);
        if (both)
            *label = DK_MIXED;
        else if (*label == DK_NEUTRAL)
            *label = x->label;
    }
    return n;
}

size_t dk_find_code(const dk_scheme *s, const dk_code *code, const dk_found *found, size_t n) {
    size_t at = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (!dk_accepts(s, code->code, found[i].theme)) continue;
        if ((int)found[i].label == code->label) return i;
        if (at == SIZE_MAX) at = i;
    }
    return at;
}

bool dk_theme_coded(const dk_evaluation *e, const dk_rating *r, uint32_t theme) {
    for (uint32_t c = 0; c < r->count; c++)
        if (dk_accepts(e->scheme, e->coded->codes[r->first + c].code, theme)) return true;
    return false;
}

static dk_status add_count(dk_evaluation *e, dk_count count, dk_error *err) {
    if (!dk_grow(&e->counts, &e->counts_cap, e->ncounts + 1)) return dk_fail_memory(err);
    e->counts[e->ncounts++] = count;
    return DK_OK;
}

/* Compares every reading with the engine's. */
static dk_status compare(dk_evaluation *e, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < e->coded->nratings; i++) {
        const dk_rating *r = &e->coded->ratings[i];
        if (!r->themes) continue;
        dk_found found[DK_FOUND_MAX];
        const dk_unit *u = &e->coded->units[r->unit];
        size_t n = dk_found_themes(u->corpus, u->comment, found);
        for (uint32_t c = 0; status == DK_OK && c < r->count; c++) {
            const dk_code *code = &e->coded->codes[r->first + c];
            size_t at = dk_find_code(e->scheme, code, found, n);
            dk_count x = {
                .unit = r->unit, .code = code->code, .right = at != SIZE_MAX, .missed = at == SIZE_MAX};
            x.polar = x.right && code->label >= 0;
            x.right_polar = x.polar && (int)found[at].label == code->label;
            status = add_count(e, x, err);
        }
        for (size_t f = 0; status == DK_OK && f < n; f++) {
            uint32_t code = e->scheme->primary[found[f].theme];
            bool again = false; /* a second theme of the same code is no second error */
            for (size_t b = 0; b < f; b++)
                again |= e->scheme->primary[found[b].theme] == code && !dk_theme_coded(e, r, found[b].theme);
            if (code == DK_NO_ID || again || dk_theme_coded(e, r, found[f].theme)) continue;
            status = add_count(e, (dk_count){.unit = r->unit, .code = code, .wrong = 1}, err);
        }
    }
    return status;
}

/* Sums of counts: of one code, or of all. */
typedef struct sums {
    double right, wrong, missed, polar, right_polar;
} sums;

static void add_sums(sums *s, const dk_count *c, double weight) {
    s->right += weight * c->right;
    s->wrong += weight * c->wrong;
    s->missed += weight * c->missed;
    s->polar += weight * c->polar;
    s->right_polar += weight * c->right_polar;
}

static double precision(const sums *s) {
    return s->right + s->wrong > 0 ? s->right / (s->right + s->wrong) : NAN;
}
static double recall(const sums *s) {
    return s->right + s->missed > 0 ? s->right / (s->right + s->missed) : NAN;
}
static double f1(const sums *s) {
    return dk_f1(s->right, s->wrong, s->missed);
}

/* Codes without a polarity count as found; found with another polarity is both missed and wrong. */
static double polarity_f1(const sums *s) {
    double off = s->polar - s->right_polar;
    return s->polar > 0 ? dk_f1(s->right - off, s->wrong + off, s->missed + off) : NAN;
}

static double macro_f1(const sums *codes, size_t n) {
    double sum = 0, used = 0;
    for (size_t c = 0; c < n; c++) {
        if (codes[c].right + codes[c].missed == 0) continue; /* codes that nobody used */
        sum += f1(&codes[c]);
        used++;
    }
    return used > 0 ? sum / used : NAN;
}

enum { MEASURES = 5 };

static void measure(const sums *all, const sums *codes, size_t n, double out[MEASURES]) {
    out[0] = f1(all);
    out[1] = precision(all);
    out[2] = recall(all);
    out[3] = macro_f1(codes, n);
    out[4] = polarity_f1(all);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The 2.5th and 97.5th percentile; NaN when the figure is not defined in some replicate. */
static void interval(double *values, size_t n, double *low, double *high) {
    *low = *high = NAN;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    if (kept < 20) return;
    qsort(values, kept, sizeof *values, by_value);
    *low = values[(size_t)(0.025 * (double)(kept - 1))];
    *high = values[(size_t)(0.975 * (double)(kept - 1) + 0.999999)];
}

/* Measures of the whole and F1 of each code in every replicate. member (by unit) leaves units out; NULL: none. */
typedef struct bootstrap {
    size_t replicates, ncodes;
    double *measures; /* measure x replicate */
    double *codes;    /* code x replicate */
} bootstrap;

static dk_status run_bootstrap(const dk_evaluation *e, size_t replicates, const bool *member, bootstrap *b,
                               dk_error *err) {
    size_t n = e->scheme->codes.count;
    *b = (bootstrap){.replicates = replicates, .ncodes = n};
    b->measures = malloc((MEASURES * replicates + 1) * sizeof *b->measures);
    b->codes = malloc((n * replicates + 1) * sizeof *b->codes);
    sums *codes = malloc((n + 1) * sizeof *codes);
    dk_status status = b->measures == NULL || b->codes == NULL || codes == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t r = 0; status == DK_OK && r < replicates; r++) {
        sums all = {0};
        memset(codes, 0, n * sizeof *codes);
        uint32_t unit = DK_NO_ID;
        double weight = 0, values[MEASURES];
        for (size_t i = 0; i < e->ncounts; i++) {
            const dk_count *c = &e->counts[i];
            if (member != NULL && !member[c->unit]) continue;
            if (c->unit != unit) {
                unit = c->unit;
                weight = dk_poisson_one(dk_hash_mix(e->hashes[unit], e->o->seed * 1000003 + r));
            }
            if (weight == 0) continue;
            add_sums(&all, c, weight);
            add_sums(&codes[c->code], c, weight);
        }
        measure(&all, codes, n, values);
        for (int m = 0; m < MEASURES; m++) b->measures[(size_t)m * replicates + r] = values[m];
        for (size_t c = 0; c < n; c++) b->codes[c * replicates + r] = f1(&codes[c]);
    }
    free(codes);
    return status;
}

static void dispose_bootstrap(bootstrap *b) {
    free(b->measures);
    free(b->codes);
}

/* ---- Tables ------------------------------------------------------------------------------------------ */

static const dk_sheet_column summary_columns[] = {{"measure", DK_SHEET_TEXT, 0, 0},
                                                  {"value", DK_SHEET_REAL, 0, 0},
                                                  {"low", DK_SHEET_REAL, 0, 0},
                                                  {"high", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column theme_columns[] = {{"code", DK_SHEET_TEXT, 0, 0},
                                                {"coded", DK_SHEET_COUNT, 0, 0},
                                                {"found", DK_SHEET_COUNT, 0, 0},
                                                {"precision", DK_SHEET_REAL, 0, 0},
                                                {"recall", DK_SHEET_REAL, 0, 0},
                                                {"f1", DK_SHEET_REAL, 0, 0},
                                                {"low", DK_SHEET_REAL, 0, 0},
                                                {"high", DK_SHEET_REAL, 0, 0},
                                                {"polarity_right", DK_SHEET_SHARE, 0, 0},
                                                {"f1_polarity", DK_SHEET_REAL, 0, 0},
                                                {"kappa", DK_SHEET_REAL, 0, 0},
                                                {"alpha_machine", DK_SHEET_REAL, 0, 0},
                                                {"alpha_human", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column curve_columns[] = {{"comments", DK_SHEET_COUNT, 0, 0},
                                                {"f1", DK_SHEET_REAL, 0, 0},
                                                {"low", DK_SHEET_REAL, 0, 0},
                                                {"high", DK_SHEET_REAL, 0, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static void put_measure(dk_sheet *s, const char *name, double value, double low, double high) {
    dk_sheet_text(s, dk_str_from(name));
    dk_sheet_real(s, value);
    dk_sheet_real(s, low);
    dk_sheet_real(s, high);
}

static void put_summary(dk_evaluation *e, dk_sheet *s, bootstrap *b, const double values[MEASURES],
                        dk_evaluate_figures *f) {
    static const char *const names[MEASURES] = {"F1", "precision", "recall", "macro-F1", "F1 with polarity"};
    for (int m = 0; m < MEASURES; m++) {
        double low, high;
        interval(b->measures + (size_t)m * b->replicates, b->replicates, &low, &high);
        if (m == 0) f->f1_low = low, f->f1_high = high;
        if (e->ncounts > 0 && !isnan(values[m])) put_measure(s, names[m], values[m], low, high);
    }
    if (!isnan(f->sentiment_accuracy)) {
        put_measure(s, "sentiment, share right", f->sentiment_accuracy, NAN, NAN);
        put_measure(s, "sentiment, macro-F1", f->sentiment_f1, NAN, NAN);
    }
    dk_sheet_note(s, "%zu comments, %zu coder%s; %.0f %% intervals from %zu replicates", f->comments,
                  f->coders, f->coders == 1 ? "" : "s", 95.0, b->replicates);
    const dk_coded *c = e->coded;
    if (c->uncoded > 0) dk_sheet_note(s, "not coded yet: %lld", (long long)c->uncoded);
    if (c->doubled > 0)
        dk_sheet_note(s, "left out, as the coder had coded that comment already: %lld",
                      (long long)c->doubled);
    if (c->unknown > 0)
        dk_sheet_note(s, "codes left out, unknown to the taxonomy or map: %lld, the first at %s:%lld: %.*s",
                      (long long)c->unknown, c->unknown_corpus->source, (long long)c->unknown_line,
                      (int)c->unknown_code.len, c->unknown_code.ptr);
}

typedef struct code_row {
    uint32_t code;
    double coded;
    dk_str name;
} code_row;

static int by_coded(const void *a, const void *b) {
    const code_row *x = a, *y = b;
    if (x->coded != y->coded) return x->coded > y->coded ? -1 : 1;
    return dk_str_compare(x->name, y->name);
}

static dk_status put_themes(dk_evaluation *e, dk_sheet *s, const sums *codes, bootstrap *b, dk_error *err) {
    size_t n = e->scheme->codes.count, used = 0;
    code_row *rows = malloc((n + 1) * sizeof *rows);
    double *agreement = malloc((3 * n + 1) * sizeof *agreement);
    dk_status status = rows == NULL || agreement == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) status = dk_evaluate_agreement(e, agreement, agreement + n, agreement + 2 * n, err);
    for (uint32_t c = 0; status == DK_OK && c < n; c++)
        if (codes[c].right + codes[c].wrong + codes[c].missed > 0)
            rows[used++] =
                (code_row){c, codes[c].right + codes[c].missed, dk_intern_text(&e->scheme->codes, c)};
    if (status == DK_OK) qsort(rows, used, sizeof *rows, by_coded);
    for (size_t i = 0; status == DK_OK && i < used; i++) {
        const sums *x = &codes[rows[i].code];
        double low, high;
        interval(b->codes + rows[i].code * b->replicates, b->replicates, &low, &high);
        dk_sheet_text(s, rows[i].name);
        dk_sheet_int(s, (int64_t)(x->right + x->missed));
        dk_sheet_int(s, (int64_t)(x->right + x->wrong));
        dk_sheet_real(s, precision(x));
        dk_sheet_real(s, recall(x));
        dk_sheet_real(s, f1(x));
        dk_sheet_real(s, low);
        dk_sheet_real(s, high);
        dk_sheet_real(s, x->polar > 0 ? x->right_polar / x->polar : NAN);
        dk_sheet_real(s, polarity_f1(x));
        dk_sheet_real(s, agreement[2 * n + rows[i].code]);
        dk_sheet_real(s, agreement[n + rows[i].code]);
        dk_sheet_real(s, agreement[rows[i].code]);
    }
    free(rows);
    free(agreement);
    return status;
}

typedef struct drawn {
    uint64_t draw;
    uint32_t unit;
} drawn;

static int by_draw(const void *a, const void *b) {
    const drawn *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* F1 after the first 25, 50, 100, ... comments in a drawn order. */
static dk_status put_curve(dk_evaluation *e, dk_error *err) {
    enum { FIRST = 25, REPLICATES = 200 };
    size_t n = e->coded->nunits;
    drawn *order = malloc((n + 1) * sizeof *order);
    bool *member = calloc(n + 1, sizeof *member);
    dk_status status = order == NULL || member == NULL ? dk_fail_memory(err) : DK_OK;
    dk_sheet *s = status == DK_OK ? dk_book_add(e->book, "curve", "F1 by number of coded comments",
                                                curve_columns, COUNT(curve_columns))
                                  : NULL;
    for (uint32_t u = 0; status == DK_OK && u < n; u++)
        order[u] = (drawn){dk_hash_mix(e->hashes[u], e->o->seed), u};
    if (status == DK_OK) qsort(order, n, sizeof *order, by_draw);
    size_t done = 0;
    for (size_t size = FIRST; status == DK_OK && done < n; size *= 2) {
        size_t until = size * 3 / 2 > n ? n : size;
        for (; done < until; done++) member[order[done].unit] = true;
        sums all = {0};
        for (size_t i = 0; i < e->ncounts; i++)
            if (member[e->counts[i].unit]) add_sums(&all, &e->counts[i], 1);
        bootstrap b;
        double low = NAN, high = NAN;
        status = run_bootstrap(e, REPLICATES, member, &b, err);
        if (status == DK_OK) interval(b.measures, REPLICATES, &low, &high);
        dispose_bootstrap(&b);
        dk_sheet_int(s, (int64_t)done);
        dk_sheet_real(s, f1(&all));
        dk_sheet_real(s, low);
        dk_sheet_real(s, high);
    }
    free(order);
    free(member);
    return status;
}

static dk_status make_tables(dk_evaluation *e, dk_evaluate_figures *f, dk_error *err) {
    size_t n = e->scheme->codes.count;
    sums all = {0}, *codes = calloc(n + 1, sizeof *codes);
    bootstrap b = {0};
    double values[MEASURES];
    dk_status status = codes == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < e->ncounts; i++) {
        add_sums(&all, &e->counts[i], 1);
        add_sums(&codes[e->counts[i].code], &e->counts[i], 1);
    }
    if (status == DK_OK) status = run_bootstrap(e, (size_t)e->o->replicates, NULL, &b, err);
    dk_sheet *summary = status == DK_OK ? dk_book_add(e->book, "summary", "Against the coders",
                                                      summary_columns, COUNT(summary_columns))
                                        : NULL;
    if (status == DK_OK) {
        measure(&all, codes, n, values);
        f->f1 = values[0];
        f->precision = values[1];
        f->recall = values[2];
        f->macro_f1 = values[3];
        f->polarity_f1 = values[4];
    }
    if (status == DK_OK && e->ncounts > 0) {
        dk_sheet *themes = dk_book_add(e->book, "themes", "Codes", theme_columns, COUNT(theme_columns));
        status = put_themes(e, themes, codes, &b, err);
    }
    if (status == DK_OK) status = dk_evaluate_sentiment(e, f, err);
    if (status == DK_OK) put_summary(e, summary, &b, values, f);
    if (status == DK_OK && e->ncounts > 0) status = dk_evaluate_errors(e, err);
    if (status == DK_OK && e->ncounts > 0) status = put_curve(e, err);
    dispose_bootstrap(&b);
    free(codes);
    return status;
}

dk_status dk_evaluate_make(dk_book *book, const dk_coded *coded, const dk_scheme *scheme,
                           const dk_engine *engine, const dk_evaluate_options *o, dk_evaluate_figures *f,
                           dk_error *err) {
    *f = (dk_evaluate_figures){
        NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, coded->nunits, coded->coders.count};
    if (coded->nratings == 0) {
        dk_fail(err, DK_EDATA, "nothing is coded");
        dk_error_remedy(
            err,
            "a column themes (delivery.speed:negative|staff.care), theme1 and polarity1, or --codes COL");
        return DK_EDATA;
    }
    enum { CODERS_MAX = 50 };
    if (coded->coders.count > CODERS_MAX)
        return dk_fail(err, DK_EDATA, "%zu coders: is the column of the coders the right one?",
                       coded->coders.count);
    dk_evaluation e = {.coded = coded, .scheme = scheme, .engine = engine, .o = o, .book = book};
    e.hashes = malloc((coded->nunits + 1) * sizeof *e.hashes);
    dk_status status = e.hashes == NULL ? dk_fail_memory(err) : DK_OK;
    for (uint32_t u = 0; status == DK_OK && u < coded->nunits; u++) {
        dk_str id = dk_intern_text(&coded->ids, u);
        e.hashes[u] = dk_hash(id.ptr, id.len);
    }
    if (status == DK_OK) status = compare(&e, err);
    if (status == DK_OK) status = make_tables(&e, f, err);
    free(e.hashes);
    free(e.counts);
    return status;
}
