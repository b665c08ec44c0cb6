#include "study/describe.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "stats/nps.h"
#include "study/privacy.h"

static const char *keep_buf(dk_study_result *r, dk_buf *buf) {
    const char *text = dk_arena_strdup(&r->arena, dk_buf_cstr(buf), buf->len);
    dk_buf_clear(buf);
    return text;
}

/* ---- Files and columns ------------------------------------------------------------------------------- */

/* "0 to 10", "blue < silver < gold", "2025-01-02 to 2025-12-30" */
static void put_detail(dk_buf *out, const dk_fit_context *x, dk_role role) {
    const dk_survey *s = x->survey;
    if (role == DK_ROLE_SCORE && s->score != NULL) {
        dk_buf_put_double(out, s->score_low);
        dk_buf_puts(out, " to ");
        dk_buf_put_double(out, s->score_high);
        if (!s->score_is_nps) dk_buf_puts(out, ", not NPS");
    } else if (role == DK_ROLE_SEGMENT && x->segments->order != NULL) {
        dk_buf_puts(out, x->segments->order);
    } else if (role == DK_ROLE_DATE && x->result->first_date != NULL) {
        dk_buf_putf(out, "%s to %s%s", x->result->first_date, x->result->last_date,
                    s->date_order == DK_MONTH_FIRST ? ", month first" : "");
    }
}

/* Why a column that is called like something was not taken for it. */
static const char *why_unfit(dk_role role) {
    switch (role) {
    case DK_ROLE_COMMENT: return "called like a comment, but a few values occur again and again, or they are not text";
    case DK_ROLE_SCORE: return "called like a score, but few values are scores";
    case DK_ROLE_DATE: return "called like a date, but few values are dates";
    case DK_ROLE_PROFIT:
    case DK_ROLE_WEIGHT: return "called like a number, but few values are numbers";
    case DK_ROLE_SEGMENT: return "called like a segment, but it has one value or more than 20";
    default: return NULL;
    }
}

static dk_status describe_columns(dk_fit_context *x, dk_study_file *f, const dk_reader *reader, const size_t *column,
                                  const bool *named, const int64_t *missing, const int64_t *bad, bool records, dk_error *err) {
    dk_study_result *r = x->result;
    size_t n = dk_reader_columns(reader);
    dk_buf text;
    dk_buf_init(&text);
    f->columns = dk_arena_calloc(&r->arena, n + 1, sizeof *f->columns);
    if (f->columns == NULL) return dk_fail_memory(err);
    f->ncolumns = n;
    for (size_t c = 0; c < n; c++) {
        dk_column_use *u = f->columns + c;
        dk_str name = dk_reader_column_name(reader, c);
        u->name = dk_arena_strdup(&r->arena, name.ptr, name.len);
        if (u->name == NULL) return dk_fail_memory(err);
        for (int role = 1; role < DK_ROLES; role++) {
            if (column[role] != c) continue;
            u->role = (dk_role)role;
            u->guessed = !named[role];
            u->missing = missing[role];
            u->bad = bad[role];
        }
        for (size_t k = 0; k < x->survey->nvariables; k++) {
            const dk_variable *v = x->survey->variables + k;
            if (reader != (v->of_records ? x->records->reader : x->survey->reader) || v->column != c) continue;
            if (u->role == DK_ROLE_LEFT_OUT) u->role = v->role, u->missing = v->missing;
        }
        if (!records) put_detail(&text, x, u->role);
        if (!records && u->role == DK_ROLE_LEFT_OUT && why_unfit(x->survey->unfit[c]) != NULL) dk_buf_puts(&text, why_unfit(x->survey->unfit[c]));
        if (text.len > 0) u->detail = keep_buf(r, &text);
    }
    dk_buf_dispose(&text);
    return DK_OK;
}

static dk_status describe_file(dk_fit_context *x, dk_study_file *f, const char *content, const dk_reader *reader,
                               const dk_read_counts *counts, dk_error *err) {
    dk_study_result *r = x->result;
    dk_buf text;
    dk_buf_init(&text);
    const char *path = dk_reader_source(reader);
    f->path = dk_arena_strdup(&r->arena, path, strlen(path));
    f->name = f->path != NULL ? dk_path_name(f->path) : NULL;
    f->content = content;
    dk_reader_describe(reader, counts, &text);
    f->description = keep_buf(r, &text);
    dk_buf_dispose(&text);
    f->rows = counts->rows;
    f->rejected = counts->rejected;
    f->repaired_cells = counts->repaired_cells;
    f->control_cells = counts->control_cells;
    f->short_rows = counts->short_rows;
    f->stray_quotes = counts->stray_quotes;
    return f->path != NULL && f->description != NULL ? DK_OK : dk_fail_memory(err);
}

/* What the panel knows of the join. */
static dk_status describe_periods(dk_fit_context *x, dk_error *err) {
    const dk_panel *p = x->panel;
    dk_study_result *r = x->result;
    dk_join *j = &r->join;
    if (p == NULL) return DK_OK;
    j->periods = (int64_t)p->nperiods;
    j->followed = p->followed;
    j->left = p->left;
    j->censored = p->censored;
    j->gap = p->gap;
    dk_buf text;
    dk_buf_init(&text);
    dk_date_put(&text, p->first[0]);
    j->first_period = keep_buf(r, &text);
    dk_date_put(&text, p->last[p->nperiods - 1]);
    j->last_period = keep_buf(r, &text);
    dk_buf_dispose(&text);
    return j->first_period != NULL && j->last_period != NULL ? DK_OK : dk_fail_memory(err);
}

dk_status dk_describe_files(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    r->files = dk_arena_calloc(&r->arena, 3, sizeof *r->files);
    if (r->files == NULL) return dk_fail_memory(err);
    r->nfiles = x->records != NULL ? 2 : 1;
    dk_status status = describe_file(x, &r->files[0], "responses", s->reader, &s->counts, err);
    if (status == DK_OK)
        status = describe_columns(x, &r->files[0], s->reader, s->column, s->named, s->missing, s->bad, false, err);
    const dk_invitations *v = x->invitations;
    if (status == DK_OK && v != NULL) { /* behind the others, as their problems count them */
        dk_study_file *f = &r->files[r->nfiles++];
        status = describe_file(x, f, "invitations", v->reader, &v->counts, err);
        if (status == DK_OK) status = describe_columns(x, f, v->reader, v->column, v->named, v->missing, v->missing, true, err);
    }
    if (status != DK_OK || x->records == NULL) return status;
    const dk_records *k = x->records;
    r->join = k->join;
    status = describe_periods(x, err);
    if (status != DK_OK) return status;
    status = describe_file(x, &r->files[1], "customers", k->reader, &k->counts, err);
    return status == DK_OK ? describe_columns(x, &r->files[1], k->reader, k->column, k->named, k->missing, k->bad, true, err) : status;
}

/* ---- Languages, segments, waves ---------------------------------------------------------------------- */

typedef struct standing {
    int8_t *scores;      /* -1 without; only when the score is NPS */
    uint32_t *rows;      /* the subset at hand */
    size_t nrows;
    uint32_t *seen;      /* by customer: number of the subset that last saw it */
    uint32_t stamp;
} standing;

static const dk_nps no_nps = {.nps = NAN, .se = NAN, .ci = {NAN, NAN}};
static const dk_mean_figure no_figure = {0, NAN, NAN, {NAN, NAN}};

static dk_status figure(const dk_fit_context *x, const double *values, const standing *w, dk_mean_figure *out, dk_error *err) {
    *out = no_figure;
    if (values == NULL || w->nrows == 0) return DK_OK;
    dk_mean mean;
    dk_status status = dk_mean_compute(values, x->survey->weight, x->clusters, w->rows, w->nrows, x->result->confidence, &mean, err);
    if (status != DK_OK) return status;
    *out = (dk_mean_figure){mean.n, mean.mean, mean.se, mean.ci};
    return DK_OK;
}

static dk_status nps_of(const dk_fit_context *x, const standing *w, dk_nps *out, dk_error *err) {
    *out = no_nps;
    if (w->scores == NULL || w->nrows == 0) return DK_OK;
    return dk_nps_compute(w->scores, x->survey->weight, x->clusters, w->rows, w->nrows, x->result->confidence, out, err);
}

/* Distinct customers of the subset. */
static int64_t count_customers(const dk_survey *s, standing *w) {
    int64_t n = 0;
    if (s->customer == NULL) return 0;
    w->stamp++;
    for (size_t i = 0; i < w->nrows; i++) {
        uint32_t c = s->customer[w->rows[i]];
        if (c == DK_NO_ID || w->seen[c] == w->stamp) continue;
        w->seen[c] = w->stamp;
        n++;
    }
    return n;
}

/* Shares of responses with a comment, for all and for promoters, passives and detractors. */
static void comment_rates(const dk_survey *s, const standing *w, int64_t least, dk_study_segment *g) {
    int64_t n[4] = {0}, with[4] = {0};
    for (size_t i = 0; i < w->nrows; i++) {
        int score = w->scores != NULL ? w->scores[w->rows[i]] : -1, kind = score < 0 ? 3 : score >= 9 ? 0 : score >= 7 ? 1 : 2;
        n[kind]++;
        with[kind] += s->commented[w->rows[i]];
    }
    if (least < 1) least = 1; /* the rate of a few would tell of each */
    g->commented_promoters = n[0] >= least ? (double)with[0] / (double)n[0] : NAN;
    g->commented_passives = n[1] >= least ? (double)with[1] / (double)n[1] : NAN;
    g->commented_detractors = n[2] >= least ? (double)with[2] / (double)n[2] : NAN;
    g->comments = with[0] + with[1] + with[2] + with[3];
    g->commented = w->nrows > 0 ? (double)g->comments / (double)w->nrows : NAN;
}

static dk_status describe_segment(dk_fit_context *x, standing *w, size_t k, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    dk_study_segment *g = r->segments + k;
    const char *name = x->segments->name[k];
    g->name = dk_arena_strdup(&r->arena, name, strlen(name));
    if (g->name == NULL) return dk_fail_memory(err);
    g->from = x->segments->from[k];
    g->below = x->segments->below[k];
    w->nrows = 0;
    int64_t sentiment = 0, spoken = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i] || !dk_segment_has(x->segments, k, i)) continue;
        w->rows[w->nrows++] = (uint32_t)i;
        g->scored += s->score != NULL && !isnan(s->score[i]);
        if (!s->commented[i] || x->tagging->language[i] == DK_LANG_OTHER) continue;
        sentiment += x->tagging->sentiment[i];
        spoken++;
    }
    g->responses = (int64_t)w->nrows;
    g->hidden = g->responses < r->min_privacy;
    g->customers = count_customers(s, w);
    g->sentiment = spoken > 0 ? (double)sentiment / (double)spoken / 1000 : NAN;
    comment_rates(s, w, r->min_privacy, g);
    dk_status status = nps_of(x, w, &g->nps, err);
    if (status == DK_OK) status = figure(x, s->score, w, &g->score, err);
    if (status == DK_OK) status = figure(x, s->profit, w, &g->profit, err);
    double all = r->segments[0].profit.mean * (double)r->segments[0].profit.n;
    g->profit_share = g->profit.n > 0 && all > 0 ? g->profit.mean * (double)g->profit.n / all : NAN;
    return status;
}

static dk_status describe_languages(dk_fit_context *x, standing *w, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    int64_t counts[DK_LANGUAGES] = {0};
    bool hidden[DK_LANGUAGES] = {false};
    dk_status status = DK_OK;
    for (int l = 0; l < DK_LANGUAGES && status == DK_OK; l++) {
        w->nrows = 0;
        for (size_t i = 0; i < s->n; i++)
            if (!s->dropped[i] && s->commented[i] && x->tagging->language[i] == l) w->rows[w->nrows++] = (uint32_t)i;
        r->languages[l].responses = (int64_t)w->nrows;
        r->languages[l].share = r->comments > 0 ? (double)w->nrows / (double)r->comments : NAN;
        status = nps_of(x, w, &r->languages[l].nps, err);
        counts[l] = r->languages[l].responses;
    }
    dk_privacy_hide(counts, DK_LANGUAGES, r->min_privacy, hidden);
    for (int l = 0; l < DK_LANGUAGES; l++)
        if ((r->languages[l].hidden = hidden[l])) r->languages[l].nps = no_nps;
    return status;
}

static dk_status describe_wave(dk_fit_context *x, standing *w, size_t at, int32_t wave, dk_wave_unit unit, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    int32_t from, to;
    dk_buf text;
    dk_buf_init(&text);
    dk_wave_days(wave, unit, &from, &to);
    dk_wave_put(&text, wave, unit);
    r->waves[at].name = keep_buf(r, &text);
    dk_date_put(&text, from);
    r->waves[at].first = keep_buf(r, &text);
    dk_date_put(&text, to);
    r->waves[at].last = keep_buf(r, &text);
    dk_buf_dispose(&text);
    dk_status status = DK_OK;
    for (size_t k = 0; k < r->nsegments && status == DK_OK; k++) {
        dk_study_point *point = r->series + at * r->nsegments + k;
        w->nrows = 0;
        for (size_t i = 0; i < s->n; i++)
            if (!s->dropped[i] && s->date[i] >= from && s->date[i] <= to && dk_segment_has(x->segments, k, i)) w->rows[w->nrows++] = (uint32_t)i;
        point->responses = (int64_t)w->nrows;
        point->smoothed = NAN;
        point->band = (dk_interval){NAN, NAN};
        status = nps_of(x, w, &point->nps, err);
        if (status == DK_OK) status = figure(x, s->profit, w, &point->profit, err);
    }
    return status;
}

/* Waves by segments are a table with shown margins: the segments of a wave make up its total, the waves of a segment that. */
static dk_status hide_points(dk_study_result *r, dk_error *err) {
    size_t columns = r->nsegments - 1, cells = r->nwaves * r->nsegments;
    int64_t *counts = calloc(cells + 1, sizeof *counts);
    bool *hidden = calloc(cells + 1, sizeof *hidden);
    if (counts == NULL || hidden == NULL) {
        free(counts);
        free(hidden);
        return dk_fail_memory(err);
    }
    for (size_t w = 0; w < r->nwaves; w++) counts[w] = r->series[w * r->nsegments].responses;
    dk_privacy_hide(counts, r->nwaves, r->min_privacy, hidden);
    for (size_t w = 0; w < r->nwaves; w++) r->series[w * r->nsegments].hidden = hidden[w];
    for (size_t w = 0; w < r->nwaves; w++)
        for (size_t k = 0; k < columns; k++) {
            counts[w * columns + k] = r->series[w * r->nsegments + k + 1].responses;
            hidden[w * columns + k] = r->series[w * r->nsegments].hidden || r->segments[k + 1].hidden;
        }
    dk_privacy_hide_table(counts, r->nwaves, columns, r->min_privacy, hidden);
    for (size_t w = 0; w < r->nwaves; w++)
        for (size_t k = 0; k < columns; k++) r->series[w * r->nsegments + k + 1].hidden = hidden[w * columns + k];
    free(counts);
    free(hidden);
    return DK_OK;
}

static dk_status describe_waves(dk_fit_context *x, standing *w, dk_error *err) {
    static const char *const units[] = {NULL, "month", "quarter", "year"};
    dk_study_result *r = x->result;
    const dk_waves *waves = &x->waves;
    if (waves->low > waves->high) return DK_OK;
    dk_buf text;
    dk_buf_init(&text);
    dk_date_put(&text, waves->low);
    r->first_date = keep_buf(r, &text);
    dk_date_put(&text, waves->high);
    r->last_date = keep_buf(r, &text);
    dk_buf_dispose(&text);
    if (waves->count == 0) return DK_OK;
    r->wave_unit = units[waves->unit];
    r->nwaves = waves->count;
    r->waves = dk_arena_calloc(&r->arena, r->nwaves, sizeof *r->waves);
    r->series = dk_arena_calloc(&r->arena, r->nwaves * r->nsegments, sizeof *r->series);
    if (r->waves == NULL || r->series == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t k = 0; k < r->nwaves && status == DK_OK; k++) status = describe_wave(x, w, k, waves->first + (int32_t)k, waves->unit, err);
    return status == DK_OK ? hide_points(r, err) : status;
}

static void count_responses(dk_fit_context *x) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i]) continue;
        r->responses++;
        r->scored += s->score != NULL && !isnan(s->score[i]);
        r->comments += s->commented[i];
        if (!s->commented[i] || x->tagging->language[i] == DK_LANG_OTHER) continue;
        r->labels[x->tagging->label[i]]++;
        r->without_theme += x->tagging->first[i] == x->tagging->first[i + 1];
    }
    r->uncertain_language = x->tagging->uncertain;
    r->score_lowest = s->score_low;
    r->score_highest = s->score_high;
    r->score_is_nps = s->score_is_nps;
}

static void hide_segments(dk_study_result *r) {
    int64_t counts[DK_SEGMENTS_MAX];
    bool hidden[DK_SEGMENTS_MAX];
    for (size_t k = 1; k < r->nsegments; k++) {
        counts[k - 1] = r->segments[k].responses;
        hidden[k - 1] = r->segments[k].hidden;
    }
    dk_privacy_hide(counts, r->nsegments - 1, r->min_privacy, hidden);
    for (size_t k = 1; k < r->nsegments; k++) r->segments[k].hidden = hidden[k - 1];
}

typedef enum figure_kind { OF_NPS, OF_SCORE, OF_PROFIT, FIGURES } figure_kind;

/* How many answers a figure rests on; with blank it is taken away. at 0 is the whole time, else a wave. */
static int64_t answers_behind(dk_study_result *r, figure_kind kind, size_t at, size_t segment, bool blank) {
    dk_study_point *point = at > 0 ? r->series + (at - 1) * r->nsegments + segment : NULL;
    dk_study_segment *g = r->segments + segment;
    if (kind == OF_NPS) {
        dk_nps *nps = point != NULL ? &point->nps : &g->nps;
        if (blank) *nps = no_nps;
        return nps->n;
    }
    if (kind == OF_SCORE && point != NULL) return 0;
    dk_mean_figure *mean = kind == OF_SCORE ? &g->score : point != NULL ? &point->profit : &g->profit;
    if (blank) *mean = no_figure;
    return mean->n;
}

/* A group that is large enough may have few answers to one question: such a figure is taken away, and with it those from which it could
   be had by subtraction. */
static dk_status blank_small(dk_study_result *r, dk_error *err) {
    const size_t dims[3] = {r->nwaves + 1, r->nsegments, 1};
    size_t n = dims[0] * dims[1];
    int64_t *counts = malloc(n * sizeof *counts);
    bool *hidden = malloc(n);
    dk_status status = counts != NULL && hidden != NULL ? DK_OK : dk_fail_memory(err);
    for (figure_kind kind = OF_NPS; status == DK_OK && kind < FIGURES; kind++) {
        for (size_t i = 0; i < n; i++) {
            size_t at = i / r->nsegments, segment = i % r->nsegments;
            counts[i] = answers_behind(r, kind, at, segment, false);
            hidden[i] = r->segments[segment].hidden || (at > 0 && r->series[i - r->nsegments].hidden);
        }
        dk_privacy_hide_cube(counts, dims, r->min_privacy, hidden);
        for (size_t i = 0; i < n; i++)
            if (hidden[i]) (void)answers_behind(r, kind, i / r->nsegments, i % r->nsegments, true);
    }
    free(counts);
    free(hidden);
    return status;
}

dk_status dk_describe_standing(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    standing w = {.rows = malloc((s->n + 1) * sizeof *w.rows), .seen = calloc(s->customers.count + 1, sizeof *w.seen)};
    dk_status status = w.rows != NULL && w.seen != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK && s->score_is_nps) {
        w.scores = malloc(s->n + 1);
        if (w.scores == NULL) status = dk_fail_memory(err);
        for (size_t i = 0; status == DK_OK && i < s->n; i++) w.scores[i] = (int8_t)(isnan(s->score[i]) ? -1 : s->score[i]);
    }
    count_responses(x);
    r->nsegments = x->segments->count;
    r->segments = dk_arena_calloc(&r->arena, r->nsegments, sizeof *r->segments);
    if (status == DK_OK && r->segments == NULL) status = dk_fail_memory(err);
    if (x->segments->source != NULL)
        r->segment_source = dk_arena_strdup(&r->arena, x->segments->source, strlen(x->segments->source));
    for (size_t k = 0; k < r->nsegments && status == DK_OK; k++) status = describe_segment(x, &w, k, err);
    if (status == DK_OK) hide_segments(r);
    if (status == DK_OK) r->customers = r->segments[0].customers;
    if (status == DK_OK) status = describe_languages(x, &w, err);
    if (status == DK_OK) status = describe_waves(x, &w, err);
    if (status == DK_OK) status = blank_small(r, err);
    free(w.rows);
    free(w.seen);
    free(w.scores);
    return status;
}
