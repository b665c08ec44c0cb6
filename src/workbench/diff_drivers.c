/* What a change of lexicon does to the ranking of the drivers. */
#include <math.h>
#include <stdlib.h>

#include "workbench/diff_private.h"

enum { MENTIONS_LEAST = 30 }; /* a touchpoint with fewer is no predictor, as in an analysis */

static const dk_sheet_column columns[] = {
    {"touchpoint", DK_SHEET_TEXT, 0, 0},   {"rank_a", DK_SHEET_COUNT, 0, 0},
    {"rank_b", DK_SHEET_COUNT, 0, 0},      {"importance_a", DK_SHEET_REAL, 0, 0},
    {"importance_b", DK_SHEET_REAL, 0, 0}, {"negative_a", DK_SHEET_REAL, 0, 0},
    {"negative_b", DK_SHEET_REAL, 0, 0},   {"positive_a", DK_SHEET_REAL, 0, 0},
    {"positive_b", DK_SHEET_REAL, 0, 0}};

/* The rank, importance and effects of each touchpoint; NaN where it is no predictor. */
typedef struct standing {
    double rank, importance, negative, positive;
} standing;

static bool has(const dk_diff_row *row, int side, size_t touchpoint, bool positive) {
    const uint64_t *bits = positive ? row->positive[side] : row->negative[side];
    return bits[touchpoint / 64] >> (touchpoint % 64) & 1;
}

static dk_status fit(const dk_diff_row *rows, size_t n, int side, const char *const *names,
                     const bool *outcome, size_t ntouchpoints, int threads, standing *out, double *r2,
                     dk_error *err) {
    double *scores = malloc((n + 1) * sizeof *scores);
    uint32_t *numbers = malloc((2 * ntouchpoints * n + 1) * sizeof *numbers), group_of[256];
    dk_column *predictors = calloc(2 * ntouchpoints + 1, sizeof *predictors);
    const char **groups = malloc((ntouchpoints + 1) * sizeof *groups);
    size_t place[256], npredictors = 0, ngroups = 0, used = 0;
    bool positives[256];
    dk_status status = scores == NULL || numbers == NULL || predictors == NULL || groups == NULL
                           ? dk_fail_memory(err)
                           : DK_OK;
    for (size_t i = 0; status == DK_OK && i < n; i++) scores[i] = rows[i].score;
    for (size_t t = 0; status == DK_OK && t < ntouchpoints; t++) {
        bool any = false;
        for (int sign = 0; sign < 2 && !outcome[t]; sign++) {
            uint32_t *list = numbers + used;
            size_t count = 0;
            for (size_t i = 0; i < n; i++)
                if (has(&rows[i], side, t, sign == 1)) list[count++] = (uint32_t)i;
            if (count < MENTIONS_LEAST) continue;
            predictors[npredictors] =
                (dk_column){.name = names[t], .kind = DK_COLUMN_ROWS, .values = list, .count = count};
            positives[npredictors] = sign == 1;
            place[npredictors] = t;
            group_of[npredictors++] = (uint32_t)ngroups;
            used += count;
            any = true;
        }
        if (any) groups[ngroups++] = names[t];
    }
    dk_driver_result *result = NULL;
    *r2 = NAN;
    if (status == DK_OK && npredictors > 0 && n >= MENTIONS_LEAST) {
        dk_driver_table table = {.rows = n,
                                 .outcome = {.name = "score", .kind = DK_COLUMN_REAL, .values = scores},
                                 .predictors = predictors,
                                 .group_of = group_of,
                                 .npredictors = npredictors,
                                 .groups = groups,
                                 .ngroups = ngroups};
        dk_driver_options options;
        dk_driver_options_init(&options);
        options.bootstrap = 0;
        options.threads = threads;
        status = dk_drivers_fit(&table, &options, &result, err);
    }
    for (size_t d = 0; status == DK_OK && result != NULL && d < result->ndrivers; d++)
        for (size_t k = 0; k < result->drivers[d].nterms; k++) {
            const dk_driver_term *term = &result->drivers[d].terms[k];
            standing *s = &out[place[term->column]];
            s->rank = result->drivers[d].rank;
            s->importance = result->drivers[d].importance;
            *(positives[term->column] ? &s->positive : &s->negative) = term->effect;
        }
    if (status == DK_OK && result != NULL) *r2 = result->r2;
    dk_drivers_free(result);
    free(scores);
    free(numbers);
    free(predictors);
    free(groups);
    return status;
}

typedef struct order {
    double rank; /* the better of both */
    size_t touchpoint;
} order;

static int by_rank(const void *a, const void *b) {
    const order *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return (x->touchpoint > y->touchpoint) - (x->touchpoint < y->touchpoint);
}

dk_status dk_diff_drivers(dk_book *book, const dk_diff_row *rows, size_t n, const char *const *names,
                          const bool *outcome, size_t ntouchpoints, int threads, dk_error *err) {
    standing sides[2][128];
    order list[128];
    double r2[2];
    size_t count = 0;
    dk_status status = DK_OK;
    for (int s = 0; s < 2; s++)
        for (size_t t = 0; t < ntouchpoints; t++) sides[s][t] = (standing){NAN, NAN, NAN, NAN};
    for (int s = 0; status == DK_OK && s < 2; s++)
        status = fit(rows, n, s, names, outcome, ntouchpoints, threads, sides[s], &r2[s], err);
    if (status != DK_OK) return status;
    for (size_t t = 0; t < ntouchpoints; t++) {
        double a = sides[0][t].rank, b = sides[1][t].rank;
        if (isnan(a) && isnan(b)) continue;
        list[count++] = (order){fmin(a, b), t};
    }
    qsort(list, count, sizeof *list, by_rank);
    dk_sheet *s =
        dk_book_add(book, "drivers", "Drivers of the score", columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        const standing *a = &sides[0][list[i].touchpoint], *b = &sides[1][list[i].touchpoint];
        dk_sheet_text(s, dk_str_from(names[list[i].touchpoint]));
        const double cells[] = {a->rank,     b->rank,     a->importance, b->importance,
                                a->negative, b->negative, a->positive,   b->positive};
        for (int x = 0; x < 8; x++) dk_sheet_real(s, cells[x]);
    }
    if (count == 0) {
        dk_sheet_note(s, "no touchpoint has %d mentions among the %zu scored comments", MENTIONS_LEAST, n);
        return DK_OK;
    }
    dk_sheet_note(s,
                  "linear model of the score on touchpoints with %d mentions or more, %zu scored comments; "
                  "R2 %.3f and %.3f",
                  MENTIONS_LEAST, n, r2[0], r2[1]);
    return DK_OK;
}
