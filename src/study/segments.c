#include "study/segments.h"

#include <math.h>
#include <stdlib.h>

void dk_segments_dispose(dk_segments *g) {
    free(g->of);
    free(g->of_record);
    dk_arena_dispose(&g->arena);
    memset(g, 0, sizeof *g);
}

static const char *keep_text(dk_segments *g, const char *text, dk_error *err) {
    const char *copy = dk_arena_strdup(&g->arena, text, strlen(text));
    if (copy == NULL) dk_fail_memory(err);
    return copy;
}

/* ---- Of a column ------------------------------------------------------------------------------------- */

typedef struct level {
    const char *name;
    uint32_t id;
    int usual;       /* place among names in common use, -1 for none */
    double profit;   /* mean, NaN without */
} level;

static int usual_place(const char *name) {
    static const char *const names[] = {"blue", "blå", "low", "låg", "lav", "bronze", "brons", "silver", "sølv", "medium", "mellan", "mellem",
                                        "mid", "gold", "guld", "high", "hög", "høj", "platinum", "platina", "platin", "diamond"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0) return (int)i;
    return -1;
}

static int by_rank(const void *a, const void *b) {
    const level *x = a, *y = b;
    if (x->usual >= 0 && y->usual >= 0) return (x->usual > y->usual) - (x->usual < y->usual);
    if (!isnan(x->profit) && !isnan(y->profit) && x->profit != y->profit) return x->profit < y->profit ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Means of profit by level, over the responses. */
static dk_status mean_profits(const dk_survey *s, const uint32_t *of, level *levels, size_t n, dk_error *err) {
    double *sum = calloc(n + 1, sizeof *sum), *count = calloc(n + 1, sizeof *count);
    dk_status status = sum != NULL && count != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < s->n; i++) {
        if (of[i] >= n || isnan(s->profit[i])) continue;
        sum[of[i]] += s->profit[i];
        count[of[i]]++;
    }
    for (size_t k = 0; status == DK_OK && k < n; k++) levels[k].profit = count[k] > 0 ? sum[k] / count[k] : NAN;
    free(sum);
    free(count);
    return status;
}

/* place[level] becomes the segment of each level of the column; -1 for levels that the study does not name. */
static dk_status order_levels(dk_segments *g, const dk_survey *s, const uint32_t *of, const dk_intern *texts,
                              int8_t *place, dk_error *err) {
    const dk_study_config *c = s->config;
    size_t n = texts->count;
    if (c->nbands > 0) {
        for (size_t k = 0; k < n; k++) {
            place[k] = -1;
            for (size_t j = 0; j < c->nbands; j++)
                if (strcasecmp(texts->strings[k].ptr, c->bands[j].name) == 0) place[k] = (int8_t)(j + 1);
        }
        for (size_t j = 0; j < c->nbands; j++) g->name[g->count++] = c->bands[j].name;
        return DK_OK;
    }
    level *levels = calloc(n + 1, sizeof *levels);
    if (levels == NULL) return dk_fail_memory(err);
    bool usual = true;
    for (size_t k = 0; k < n; k++) {
        levels[k] = (level){texts->strings[k].ptr, (uint32_t)k, usual_place(texts->strings[k].ptr), NAN};
        usual = usual && levels[k].usual >= 0;
    }
    dk_status status = DK_OK;
    if (!usual) {
        for (size_t k = 0; k < n; k++) levels[k].usual = -1;
        if (s->profit != NULL) status = mean_profits(s, of, levels, n, err);
    }
    qsort(levels, n, sizeof *levels, by_rank);
    for (size_t k = 0; k < n; k++) {
        place[levels[k].id] = (int8_t)(k + 1);
        g->name[g->count++] = levels[k].name;
    }
    free(levels);
    return status;
}

static dk_status own_records(dk_segments *g, const dk_records *r, dk_error *err) {
    g->of_record = malloc(r->count + 1);
    return g->of_record != NULL ? DK_OK : dk_fail_memory(err);
}

/* The segment column by record, as levels of the same texts as by response; NULL when it is the responses' own. */
static const uint32_t *record_levels(const dk_survey *s, const dk_records *r) {
    if (r == NULL) return NULL;
    if (s->config->segmenting == DK_SEGMENT_COLUMN) {
        const dk_variable *v = dk_survey_variable(s, s->config->segment_column);
        return v->of_records ? r->levels[v - s->variables] : NULL;
    }
    return s->column[DK_ROLE_SEGMENT] == DK_NO_COLUMN ? r->levels[s->nvariables + 1] : NULL;
}

static dk_status from_column(dk_segments *g, const dk_survey *s, const dk_records *r, const uint32_t *of, const dk_intern *texts,
                             const char *column, dk_problems *problems, dk_error *err) {
    size_t n = texts->count;
    if (n + 1 > DK_SEGMENTS_MAX || s->config->nbands + 1 > DK_SEGMENTS_MAX)
        return dk_fail_at(err, DK_EDATA, s->config->name != NULL ? s->config->name : dk_reader_source(s->reader), s->config->segment_line, 0,
                          "%s has %zu different values, which is more than %d segments; use bands or quantiles", column, n, DK_SEGMENTS_MAX - 1);
    int8_t place[DK_SEGMENTS_MAX];
    dk_status status = order_levels(g, s, of, texts, place, err);
    const uint32_t *levels = status == DK_OK ? record_levels(s, r) : NULL;
    if (levels != NULL) status = own_records(g, r, err);
    for (size_t i = 0; levels != NULL && status == DK_OK && i < r->count; i++)
        g->of_record[i] = levels[r->items[i].source] != DK_NO_ID ? place[levels[r->items[i].source]] : -1;
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        g->of[i] = of[i] != DK_NO_ID ? place[of[i]] : -1;
        if (of[i] != DK_NO_ID && g->of[i] < 0)
            status = dk_problems_add(problems, DK_PROBLEM_SEGMENT, s->file, s->row[i], s->line[i], column, texts->strings[of[i]],
                                     "no segment of the study has this name; the row stays, without a segment", true, err);
    }
    return status;
}

/* ---- Of a number ------------------------------------------------------------------------------------- */

/* The number that segments are cut by, before the answer where there are records. */
static double cut_value(const dk_survey *s, const dk_records *r, const dk_variable *v, size_t i) {
    if (v != NULL && v->role == DK_ROLE_OUTCOME && v->of_records) /* outcomes follow the answer: take the baseline */
        return r->baseline[i] != DK_NO_RECORD ? r->values[v - s->variables][r->items[r->baseline[i]].source] : NAN;
    if (v != NULL) return v->values[i];
    if (strcmp(s->config->segment_column, "score") == 0) return s->score != NULL ? s->score[i] : NAN;
    if (r != NULL && r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN)
        return r->baseline[i] != DK_NO_RECORD ? r->values[s->nvariables][r->items[r->baseline[i]].source] : NAN;
    return s->profit != NULL ? s->profit[i] : NAN;
}

const double *dk_segments_record_values(const dk_survey *s, const dk_records *r) {
    if (r == NULL || s->config->segmenting < DK_SEGMENT_BANDS) return NULL;
    const dk_variable *v = dk_survey_variable(s, s->config->segment_column);
    if (v != NULL) return v->of_records ? r->values[v - s->variables] : NULL;
    return strcmp(s->config->segment_column, "score") != 0 && r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN ? r->values[s->nvariables] : NULL;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Turns shares of customers into bands of the number. */
static dk_status quantile_bands(dk_segments *g, const dk_survey *s, const double *values, dk_error *err) {
    double *sorted = malloc((s->n + 1) * sizeof *sorted);
    uint8_t *seen = calloc(s->customers.count + 1, 1);
    size_t n = 0;
    dk_status status = sorted != NULL && seen != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        uint32_t customer = s->customer != NULL ? s->customer[i] : DK_NO_ID;
        if (isnan(values[i]) || (customer != DK_NO_ID && seen[customer]++)) continue;
        sorted[n++] = values[i];
    }
    if (status == DK_OK) qsort(sorted, n, sizeof *sorted, by_value);
    double from = -INFINITY;
    for (size_t k = 1; status == DK_OK && k < g->count; k++) {
        size_t at = (size_t)ceil(s->config->bands[k - 1].below * (double)n - 1e-9);
        g->from[k] = from;
        g->below[k] = from = at >= n ? INFINITY : sorted[at]; /* equal values stay together, in the upper segment */
    }
    free(sorted);
    free(seen);
    return status;
}

static int8_t band_of(const dk_segments *g, double value) {
    for (size_t k = 1; k < g->count; k++)
        if (value >= g->from[k] && value < g->below[k]) return (int8_t)k;
    return -1;
}

static dk_status from_number(dk_segments *g, const dk_survey *s, const dk_records *r, dk_error *err) {
    const dk_study_config *c = s->config;
    const dk_variable *v = dk_survey_variable(s, c->segment_column);
    double *values = malloc((s->n + 1) * sizeof *values);
    size_t known = 0;
    if (values == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) known += !isnan(values[i] = cut_value(s, r, v, i));
    dk_status status = DK_OK;
    if (known == 0)
        status = dk_fail_at(err, DK_EDATA, c->name, c->segment_line, 0, "segments.by: %s has no number for any response", c->segment_column);
    if (status == DK_OK && c->nbands + 1 > DK_SEGMENTS_MAX)
        status = dk_fail_at(err, DK_EDATA, c->name, c->segment_line, 0, "more than %d segments", DK_SEGMENTS_MAX - 1);
    for (size_t k = 0; k < c->nbands && status == DK_OK; k++) {
        g->name[g->count] = c->bands[k].name;
        g->from[g->count] = c->bands[k].from;
        g->below[g->count++] = c->bands[k].below;
    }
    if (status == DK_OK && c->segmenting == DK_SEGMENT_QUANTILES) status = quantile_bands(g, s, values, err);
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        g->of[i] = band_of(g, values[i]);
    }
    const double *recorded = status == DK_OK ? dk_segments_record_values(s, r) : NULL;
    if (recorded != NULL) status = own_records(g, r, err);
    for (size_t i = 0; recorded != NULL && status == DK_OK && i < r->count; i++) {
        double value = recorded[r->items[i].source];
        g->of_record[i] = -1;
        for (size_t k = 1; k < g->count; k++)
            if (value >= g->from[k] && value < g->below[k]) g->of_record[i] = (int8_t)k;
    }
    free(values);
    return status;
}

/* ---- Both -------------------------------------------------------------------------------------------- */

static dk_status describe(dk_segments *g, const dk_study_config *c, const char *column, dk_error *err) {
    dk_buf text;
    dk_buf_init(&text);
    if (c->segmenting == DK_SEGMENT_QUANTILES && c->nbands == 3) dk_buf_puts(&text, "terciles of ");
    else dk_buf_puts(&text, c->segmenting == DK_SEGMENT_QUANTILES ? "quantiles of " : c->segmenting == DK_SEGMENT_BANDS ? "bands of " : "column ");
    dk_buf_puts(&text, column);
    g->source = keep_text(g, dk_buf_cstr(&text), err);
    dk_buf_clear(&text);
    for (size_t k = 1; k < g->count; k++) dk_buf_putf(&text, "%s%s", k > 1 ? " < " : "", g->name[k]);
    g->order = keep_text(g, dk_buf_cstr(&text), err);
    dk_buf_dispose(&text);
    return g->source != NULL && g->order != NULL ? DK_OK : DK_ENOMEM;
}

dk_status dk_segments_make(dk_segments *g, const dk_survey *s, const dk_records *r, dk_problems *problems, dk_error *err) {
    const dk_study_config *c = s->config;
    memset(g, 0, sizeof *g);
    for (int k = 0; k < DK_SEGMENTS_MAX; k++) g->from[k] = g->below[k] = NAN;
    g->name[0] = "all";
    g->count = 1;
    bool guess = c->segmenting == DK_SEGMENT_GUESS;
    if (c->segmenting == DK_SEGMENT_NONE || (guess && s->segment == NULL)) return DK_OK;
    g->of = malloc(s->n + 1);
    if (g->of == NULL) return dk_fail_memory(err);
    dk_status status;
    const char *column = c->segment_column;
    if (guess) {
        size_t at = s->column[DK_ROLE_SEGMENT];
        column = at != DK_NO_COLUMN ? dk_reader_column_name(s->reader, at).ptr : dk_reader_column_name(r->reader, r->column[DK_ROLE_SEGMENT]).ptr;
        status = from_column(g, s, r, s->segment, &s->segments, column, problems, err);
    } else if (c->segmenting == DK_SEGMENT_COLUMN) {
        const dk_variable *v = dk_survey_variable(s, column);
            status = from_column(g, s, r, v->levels, &v->texts, column, problems, err);
    } else {
        status = from_number(g, s, r, err);
    }
    return status == DK_OK ? describe(g, c, column, err) : status;
}
