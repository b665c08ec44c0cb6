/* Agreement between coders and with the engine, and sentiment against what coders said. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "workbench/agreement.h"
#include "workbench/evaluate_private.h"

static const dk_sheet_column agreement_columns[] = {{"what", DK_SHEET_TEXT, 0, 0},
                                                    {"who", DK_SHEET_TEXT, 0, 0},
                                                    {"comments", DK_SHEET_COUNT, 0, 0},
                                                    {"kappa", DK_SHEET_REAL, 0, 0},
                                                    {"alpha", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column sentiment_columns[] = {
    {"coder", DK_SHEET_TEXT, 0, 0},    {"coded", DK_SHEET_TEXT, 0, 0},     {"negative", DK_SHEET_COUNT, 0, 0},
    {"neutral", DK_SHEET_COUNT, 0, 0}, {"positive", DK_SHEET_COUNT, 0, 0}, {"mixed", DK_SHEET_COUNT, 0, 0},
    {"right", DK_SHEET_SHARE, 0, 0}};
enum { CODERS = 64 }; /* more are refused */
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Values by unit and coder, the engine last. */
typedef struct grid {
    double *values;
    size_t units, width;
} grid;

static dk_status grid_new(grid *g, size_t units, size_t coders, dk_error *err) {
    *g = (grid){.units = units, .width = coders + 1};
    g->values = malloc((units * g->width + 1) * sizeof *g->values);
    if (g->values == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < units * g->width; i++) g->values[i] = NAN;
    return DK_OK;
}

/* Kappa over the units that both have, of categories 0..k-1. */
static double kappa_of(const grid *g, size_t a, size_t b, size_t k, size_t *both) {
    double table[16] = {0};
    for (size_t u = 0; u < g->units; u++) {
        double x = g->values[u * g->width + a], y = g->values[u * g->width + b];
        if (isnan(x) || isnan(y)) continue;
        table[(size_t)x * k + (size_t)y]++;
        ++*both;
    }
    return dk_kappa(table, k);
}

static dk_status alpha_of(const grid *g, const size_t *columns, size_t n, double *alpha, dk_error *err) {
    double *values = malloc((g->units * n + 1) * sizeof *values);
    if (values == NULL) return dk_fail_memory(err);
    for (size_t u = 0; u < g->units; u++)
        for (size_t c = 0; c < n; c++) values[u * n + c] = g->values[u * g->width + columns[c]];
    dk_status status = dk_alpha(values, g->units, n, DK_METRIC_NOMINAL, alpha, err);
    free(values);
    return status;
}

/* Alpha among the coders, and mean kappa and alpha of each coder with the engine. */
static dk_status agree(const grid *g, size_t k, double *human, double *machine, double *kappa,
                       dk_error *err) {
    size_t coders = g->width - 1, columns[CODERS], both = 0;
    double sum_alpha = 0, sum_kappa = 0, nalpha = 0, nkappa = 0;
    *human = NAN;
    for (size_t c = 0; c < coders && c < CODERS; c++) columns[c] = c;
    dk_status status =
        coders > 1 ? alpha_of(g, columns, coders < CODERS ? coders : CODERS, human, err) : DK_OK;
    for (size_t c = 0; status == DK_OK && c < coders; c++) {
        double alpha, one = kappa_of(g, c, coders, k, &both);
        columns[0] = c;
        columns[1] = coders;
        status = alpha_of(g, columns, 2, &alpha, err);
        if (!isnan(one)) sum_kappa += one, nkappa++;
        if (!isnan(alpha)) sum_alpha += alpha, nalpha++;
    }
    *kappa = nkappa > 0 ? sum_kappa / nkappa : NAN;
    *machine = nalpha > 0 ? sum_alpha / nalpha : NAN;
    return status;
}

static void put_agreement(dk_sheet *s, const char *what, const char *who, size_t n, double kappa,
                          double alpha) {
    dk_sheet_text(s, dk_str_from(what));
    dk_sheet_text(s, dk_str_from(who));
    dk_sheet_int(s, (int64_t)n);
    dk_sheet_real(s, kappa);
    dk_sheet_real(s, alpha);
}

/* One row for each pair, and one for all coders together. */
static dk_status put_pairs(dk_evaluation *e, dk_sheet *s, const char *what, const grid *g, size_t k,
                           dk_error *err) {
    size_t coders = g->width - 1;
    dk_status status = DK_OK;
    for (size_t a = 0; status == DK_OK && a < coders; a++)
        for (size_t b = a + 1; status == DK_OK && b <= coders; b++) {
            size_t both = 0, columns[2] = {a, b};
            double alpha, kappa = kappa_of(g, a, b, k, &both);
            if (both == 0) continue;
            status = alpha_of(g, columns, 2, &alpha, err);
            dk_str x = dk_intern_text(&e->coded->coders, (uint32_t)a);
            dk_str y = b < coders ? dk_intern_text(&e->coded->coders, (uint32_t)b) : dk_str_from("drivkraft");
            char who[256];
            snprintf(who, sizeof who, "%.*s and %.*s", (int)(x.len < 100 ? x.len : 100), x.ptr,
                     (int)(y.len < 100 ? y.len : 100), y.ptr);
            put_agreement(s, what, who, both, kappa, alpha);
        }
    if (status == DK_OK && coders > 2) {
        double human, machine, kappa;
        status = agree(g, k, &human, &machine, &kappa, err);
        if (!isnan(human)) put_agreement(s, what, "all coders", g->units, NAN, human);
    }
    return status;
}

dk_status dk_evaluate_agreement(dk_evaluation *e, double *human, double *machine, double *kappa,
                                dk_error *err) {
    const dk_coded *c = e->coded;
    size_t n = e->scheme->codes.count, coders = c->coders.count;
    grid g, all;
    bool *used = calloc(n + 1, sizeof *used);
    size_t nused = 0;
    if (used == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < c->ncodes; i++) used[c->codes[i].code] = true;
    for (size_t i = 0; i < n; i++) nused += used[i];
    dk_status status = grid_new(&g, c->nunits, coders, err);
    dk_status second = grid_new(&all, c->nunits * nused, coders, err);
    if (status == DK_OK) status = second;
    size_t block = 0;
    for (uint32_t code = 0; status == DK_OK && code < n; code++) {
        human[code] = machine[code] = kappa[code] = NAN;
        if (!used[code]) continue;
        for (size_t i = 0; i < g.units * g.width; i++) g.values[i] = NAN;
        for (size_t i = 0; i < c->nratings; i++) {
            const dk_rating *r = &c->ratings[i];
            if (!r->themes) continue;
            double has = 0;
            for (uint32_t x = 0; x < r->count; x++) has = c->codes[r->first + x].code == code ? 1 : has;
            g.values[r->unit * g.width + r->coder] = has;
            if (!isnan(g.values[r->unit * g.width + coders])) continue;
            dk_found found[DK_FOUND_MAX];
            size_t nf = dk_found_themes(c->units[r->unit].corpus, c->units[r->unit].comment, found);
            double machine_has = 0;
            for (size_t f = 0; f < nf; f++) {
                /* a theme that several codes of a map accept is the coder's, or else the first of them, as in the counts */
                bool theirs = dk_theme_coded(e, r, found[f].theme);
                bool this_one = theirs ? has > 0 && dk_accepts(e->scheme, code, found[f].theme)
                                       : e->scheme->primary[found[f].theme] == code;
                if (this_one) machine_has = 1;
            }
            g.values[r->unit * g.width + coders] = machine_has;
        }
        memcpy(all.values + block * g.units * g.width, g.values, g.units * g.width * sizeof *g.values);
        block++;
        status = agree(&g, 2, &human[code], &machine[code], &kappa[code], err);
    }
    if (status == DK_OK) {
        dk_sheet *s =
            dk_book_add(e->book, "agreement", "Agreement", agreement_columns, COUNT(agreement_columns));
        status = put_pairs(e, s, "codes", &all, 2, err);
        if (status == DK_OK) dk_sheet_note(s, "each comment counts once for each code that anybody used");
    }
    free(g.values);
    free(all.values);
    free(used);
    return status;
}

/* ---- Sentiment --------------------------------------------------------------------------------------- */

/* Scores know no neutral customers: there the sign of the sentiment is compared. */
static int machine_label(const dk_coded *c, const dk_rating *r) {
    const dk_corpus_comment *m = &c->units[r->unit].corpus->comments[c->units[r->unit].comment];
    if (!dk_str_is(dk_intern_text(&c->coders, r->coder), "score")) return m->label;
    return m->sentiment < 0 ? DK_NEGATIVE : m->sentiment > 0 ? DK_POSITIVE : DK_NEUTRAL;
}

static void put_sentiment_rows(dk_evaluation *e, dk_sheet *s, uint32_t coder, const double *table) {
    static const dk_label order[] = {DK_NEGATIVE, DK_NEUTRAL, DK_POSITIVE, DK_MIXED};
    for (int i = 0; i < 4; i++) {
        const double *row = table + 4 * order[i];
        double sum = row[0] + row[1] + row[2] + row[3];
        if (sum == 0) continue;
        dk_sheet_text(s, dk_intern_text(&e->coded->coders, coder));
        dk_sheet_text(s, dk_str_from(dk_label_name(order[i])));
        for (int j = 0; j < 4; j++) dk_sheet_int(s, (int64_t)row[order[j]]);
        dk_sheet_real(s, row[order[i]] / sum);
    }
}

dk_status dk_evaluate_sentiment(dk_evaluation *e, dk_evaluate_figures *f, dk_error *err) {
    const dk_coded *c = e->coded;
    size_t coders = c->coders.count, any = 0;
    grid g = {0};
    double *tables = calloc(coders * 16 + 16, sizeof *tables), *all = tables + coders * 16;
    dk_status status = tables == NULL ? dk_fail_memory(err) : grid_new(&g, c->nunits, coders, err);
    for (size_t i = 0; status == DK_OK && i < c->nratings; i++) {
        const dk_rating *r = &c->ratings[i];
        if (r->label < 0) continue;
        int machine = machine_label(c, r);
        any++;
        tables[r->coder * 16 + (uint32_t)r->label * 4 + (uint32_t)machine]++;
        all[r->label * 4 + machine]++;
        g.values[r->unit * g.width + r->coder] = r->label;
        g.values[r->unit * g.width + coders] = machine;
    }
    if (status == DK_OK && any > 0) {
        double right = 0, sum_f1 = 0, used = 0;
        for (int l = 0; l < 4; l++) {
            double row = 0, column = 0;
            for (int m = 0; m < 4; m++) row += all[l * 4 + m], column += all[m * 4 + l];
            right += all[l * 5];
            if (row > 0) sum_f1 += dk_f1(all[l * 5], column - all[l * 5], row - all[l * 5]), used++;
        }
        f->sentiment_accuracy = right / (double)any;
        f->sentiment_f1 = sum_f1 / used;
        dk_sheet *s = dk_book_add(e->book, "sentiment", "Sentiment: coded, and what it came out as",
                                  sentiment_columns, COUNT(sentiment_columns));
        for (uint32_t k = 0; k < coders; k++) put_sentiment_rows(e, s, k, tables + k * 16);
        dk_sheet *a = dk_book_add(e->book, "sentiment_agreement", "Agreement on sentiment", agreement_columns,
                                  COUNT(agreement_columns));
        status = put_pairs(e, a, "sentiment", &g, 4, err);
    }
    free(g.values);
    free(tables);
    return status;
}
