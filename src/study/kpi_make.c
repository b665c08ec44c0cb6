#include "study/kpi_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "stats/dist.h"
#include "stats/nps.h"

void dk_kpi_draft_dispose(dk_kpi_draft *d) {
    dk_facts_dispose(&d->facts);
    free(d->by_response);
    d->by_response = NULL;
}

const char *dk_kpi_text(const dk_kpi_space *s, const char *format, ...) {
    char text[500];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return dk_arena_strdup(&s->context->result->arena, text, n > 0 && (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

dk_status dk_kpi_begin(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    size_t n = s->context->survey->n;
    d->by_response = malloc((n + 1) * sizeof *d->by_response);
    if (d->by_response == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < n; i++) d->by_response[i] = NAN;
    return DK_OK;
}

/* ---- Where values stand ------------------------------------------------------------------------------ */

bool dk_kpi_find_values(const dk_kpi_space *s, const char *name, dk_kpi_values *out) {
    const dk_survey *v = s->context->survey;
    const dk_records *r = s->context->records;
    *out = (dk_kpi_values){.name = name};
    if (name == NULL) return false;
    out->variable = dk_survey_variable(v, name);
    if (out->variable != NULL) {
        if (out->variable->of_records) out->record = r->values[out->variable - v->variables];
        else out->response = out->variable->values;
    } else if (strcmp(name, "profit") == 0) {
        if (r != NULL && r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN) out->record = r->values[v->nvariables];
        else out->response = v->profit;
        size_t at = out->record != NULL ? r->column[DK_ROLE_PROFIT] : v->column[DK_ROLE_PROFIT];
        if (at != DK_NO_COLUMN) out->name = dk_reader_column_name(out->record != NULL ? r->reader : v->reader, at).ptr;
    } else if (strcmp(name, "score") == 0 || strcmp(name, "nps") == 0) {
        out->response = v->score;
    }
    return out->response != NULL || out->record != NULL;
}

const char *dk_kpi_source(const dk_kpi_space *s, const dk_kpi_values *v) {
    return dk_kpi_text(s, "%s: %s", v->record != NULL ? "customers" : "responses", v->name);
}

/* ---- Of the responses -------------------------------------------------------------------------------- */

/* The mean of a number by response. */
dk_status dk_kpi_gather_numbers(dk_kpi_draft *d, const dk_kpi_space *s, const double *number, dk_error *err) {
    const dk_survey *v = s->context->survey;
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        if (v->dropped[i] || isnan(number[i])) continue;
        dk_fact *f = dk_facts_add_response(&d->facts, s, i);
        if (f == NULL) return dk_fail_memory(err);
        d->by_response[i] = f->y = number[i];
    }
    return status;
}

static dk_status gather_nps(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    if (s->scores == NULL) return DK_OK;
    dk_status status = dk_kpi_gather_numbers(d, s, v->score, err);
    for (size_t k = 0; k < d->facts.count && status == DK_OK; k++) {
        dk_fact *f = d->facts.items + k;
        d->by_response[f->response] = f->y;
        f->y = dk_nps_contribution((int)f->y);
    }
    d->facts.interval = DK_INTERVAL_NPS;
    d->source = dk_kpi_text(s, "responses: %s", dk_reader_column_name(v->reader, v->column[DK_ROLE_SCORE]).ptr);
    return status;
}

/* Where the score is not NPS its mean is what stands for the experience. */
static dk_status gather_score(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    if (v->score == NULL || v->score_is_nps) return DK_OK;
    d->formula = dk_kpi_text(s, "mean of the score, %g to %g", v->score_low, v->score_high);
    d->source = dk_kpi_text(s, "responses: %s", dk_reader_column_name(v->reader, v->column[DK_ROLE_SCORE]).ptr);
    return dk_kpi_gather_numbers(d, s, v->score, err);
}

/* The upper two boxes of a scale of 1 to 5, 1 to 7 and 0 to 10. */
static double top_boxes(double low, double high) { return high - low <= 10 ? high - 1 : low + 0.8 * (high - low); }

static dk_status gather_csat(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_kpi_config *c = &v->config->kpi;
    dk_kpi_values from;
    double low = INFINITY, high = -INFINITY;
    if (!dk_kpi_find_values(s, c->input[DK_INPUT_CSAT], &from)) {
        /* a satisfaction score of its own scale is one already */
        if (v->score == NULL || v->score_is_nps) return DK_OK;
        from = (dk_kpi_values){.response = v->score, .name = dk_reader_column_name(v->reader, v->column[DK_ROLE_SCORE]).ptr};
        low = v->score_low;
        high = v->score_high;
    }
    if (from.response == NULL) return DK_OK;
    for (size_t i = 0; i < v->n; i++) {
        if (isnan(from.response[i])) continue;
        low = fmin(low, from.response[i]);
        high = fmax(high, from.response[i]);
    }
    /* nobody need have given the highest score of the scale */
    if (high <= 5 && low >= 1) low = 1, high = 5;
    else if (high <= 7 && low >= 1) low = 1, high = 7;
    else if (high <= 10 && low >= 0) low = 0, high = 10;
    double least = isnan(c->csat_from) ? top_boxes(low, high) : c->csat_from;
    dk_status status = dk_kpi_gather_numbers(d, s, from.response, err);
    for (size_t k = 0; k < d->facts.count && status == DK_OK; k++) d->facts.items[k].y = d->facts.items[k].y >= least;
    if (from.response == v->score) { /* the mean score has its correlations already */
        free(d->by_response);
        d->by_response = NULL;
    }
    d->facts.interval = DK_INTERVAL_SHARE;
    d->formula = dk_kpi_text(s, "scores of %g or more (of %g to %g) / scores", least, low, high);
    d->source = dk_kpi_source(s, &from);
    return status;
}

static dk_status gather_ces(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    dk_kpi_values from;
    if (!dk_kpi_find_values(s, s->context->survey->config->kpi.input[DK_INPUT_CES], &from) || from.response == NULL) return DK_OK;
    d->source = dk_kpi_source(s, &from);
    return dk_kpi_gather_numbers(d, s, from.response, err);
}

static dk_status gather_comments(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    if (v->place[DK_ROLE_COMMENT] == DK_NO_COLUMN) return DK_OK;
    for (size_t i = 0; i < v->n; i++) {
        if (v->dropped[i]) continue;
        dk_fact *f = dk_facts_add_response(&d->facts, s, i);
        if (f == NULL) return dk_fail_memory(err);
        f->y = v->commented[i];
    }
    d->facts.interval = DK_INTERVAL_SHARE;
    d->source = dk_kpi_text(s, "responses: %s", dk_reader_column_name(v->reader, v->column[DK_ROLE_COMMENT]).ptr);
    return DK_OK;
}

static dk_status gather_sentiment(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_tagging *t = s->context->tagging;
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        if (v->dropped[i] || !v->commented[i] || t->language[i] == DK_LANG_OTHER) continue;
        dk_fact *f = dk_facts_add_response(&d->facts, s, i);
        if (f == NULL) return dk_fail_memory(err);
        d->by_response[i] = f->y = t->sentiment[i] / 1000.0;
    }
    d->source = "responses: comments as read";
    return status;
}

static dk_status gather_asked(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    for (size_t k = 0; s->invitations != NULL && k < s->invitations->count; k++) {
        dk_fact *f = dk_facts_add_invitation(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->y = s->invitations->items[k].answered;
    }
    d->facts.interval = DK_INTERVAL_SHARE;
    d->source = "invitations";
    return DK_OK;
}

/* ---- Time -------------------------------------------------------------------------------------------- */

/* Days between a date column and the answer, forwards or backwards; what would be negative is a mistake and is counted. */
static dk_status gather_days(dk_kpi_draft *d, const dk_kpi_space *s, dk_kpi_input input, int sign, int64_t *negative, int64_t *unread, dk_error *err) {
    const dk_survey *v = s->context->survey;
    dk_kpi_values from;
    if (!dk_kpi_find_values(s, v->config->kpi.input[input], &from) || from.variable == NULL || from.variable->of_records || v->date == NULL) return DK_OK;
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        uint32_t text = from.variable->levels[i];
        if (v->dropped[i] || text == DK_NO_ID || v->date[i] == DK_NO_DATE) continue;
        int32_t day = dk_date_parse(from.variable->texts.strings[text], v->date_order);
        int32_t days = sign * (day - v->date[i]);
        *unread += day == DK_NO_DATE;
        *negative += day != DK_NO_DATE && days < 0;
        if (day == DK_NO_DATE || days < 0) continue;
        dk_fact *f = dk_facts_add_response(&d->facts, s, i);
        if (f == NULL) return dk_fail_memory(err);
        d->by_response[i] = f->y = days;
    }
    d->source = dk_kpi_source(s, &from);
    return status;
}

/* The slope of the score on delay, with errors clustered by customer, as a sentence. */
static const char *delay_effect(const dk_kpi_draft *d, dk_kpi_space *s) {
    const dk_survey *v = s->context->survey;
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (size_t k = 0; k < d->facts.count; k++) {
        const dk_fact *f = d->facts.items + k;
        double score = v->score != NULL ? v->score[f->response] : NAN;
        if (isnan(score)) continue;
        double y = s->scores != NULL ? dk_nps_contribution((int)score) : score, x = f->y / 7;
        n += f->w, sx += f->w * x, sy += f->w * y, sxx += f->w * x * x, sxy += f->w * x * y;
    }
    double spread = sxx - sx * sx / n;
    if (!(n > 0) || !(spread > 1e-9 * sxx)) return NULL;
    double slope = (sxy - sx * sy / n) / spread, squares = 0, people = 0;
    s->stamp++;
    for (size_t k = 0; k < d->facts.count; k++) {
        const dk_fact *f = d->facts.items + k;
        double score = v->score[f->response];
        if (isnan(score)) continue;
        double y = s->scores != NULL ? dk_nps_contribution((int)score) : score, x = f->y / 7 - sx / n;
        if (s->seen[f->customer] != s->stamp) {
            s->seen[f->customer] = s->stamp;
            s->sum[f->customer] = 0;
            people++;
        }
        double before = s->sum[f->customer], after = before + f->w * x * (y - sy / n - slope * x) / spread;
        squares += after * after - before * before;
        s->sum[f->customer] = after;
    }
    if (people < 30) return dk_kpi_text(s, "With %g scored answers nothing can be said of what delay does to scores.", people);
    double se = sqrt(fmax(squares, 0) * people / (people - 1)), t = dk_t_quantile(0.5 + s->context->result->confidence / 2, people - 1);
    const char *unit = s->scores != NULL ? "NPS points" : "points of the score";
    if (fabs(slope) > t * se)
        return dk_kpi_text(s, "Scores and delay are linked: each week of delay goes with %+.2g %s (%+.2g to %+.2g).", slope, unit, slope - t * se, slope + t * se);
    return dk_kpi_text(s, "No link between delay and scores: each week goes with %+.2g %s (%+.2g to %+.2g, which holds 0).", slope, unit, slope - t * se,
                       slope + t * se);
}

static dk_status gather_delay(dk_kpi_draft *d, dk_kpi_space *s, bool reply, dk_error *err) {
    int64_t negative = 0, unread = 0;
    dk_status status = gather_days(d, s, reply ? DK_INPUT_REPLIED : DK_INPUT_EXPERIENCED, reply ? 1 : -1, &negative, &unread, err);
    if (status != DK_OK || d->facts.count == 0) return status;
    const char *effect = reply ? NULL : delay_effect(d, s);
    dk_buf note;
    dk_buf_init(&note);
    if (reply) {
        double share = 100.0 * (double)d->facts.count / (double)s->context->result->responses;
        dk_buf_putf(&note, "%zu answers (%.0f %%) were replied to; the others do not count.", d->facts.count, share);
    }
    if (effect != NULL) dk_buf_puts(&note, effect);
    if (unread > 0) dk_buf_putf(&note, "%s%lld values are no dates.", note.len > 0 ? " " : "", (long long)unread);
    if (negative > 0)
        dk_buf_putf(&note, "%s%lld lie %s and are left out.", note.len > 0 ? " " : "", (long long)negative, reply ? "before the answer" : "after the answer");
    if (note.len > 0) d->note = dk_kpi_text(s, "%s", dk_buf_cstr(&note));
    dk_buf_dispose(&note);
    return DK_OK;
}

dk_status dk_kpi_gather(dk_kpi_draft *d, dk_kpi_space *s, dk_kpi_id id, dk_error *err) {
    *d = (dk_kpi_draft){.about = &dk_kpi_list[id], .facts.scale = 1};
    switch (id) {
    case DK_KPI_RESPONSE_RATE: return gather_asked(d, s, err);
    case DK_KPI_COMMENT_RATE: return gather_comments(d, s, err);
    case DK_KPI_DELAY: return gather_delay(d, s, false, err);
    case DK_KPI_REPLY_TIME: return gather_delay(d, s, true, err);
    case DK_KPI_NPS: return gather_nps(d, s, err);
    case DK_KPI_SCORE: return gather_score(d, s, err);
    case DK_KPI_CSAT: return gather_csat(d, s, err);
    case DK_KPI_CES: return gather_ces(d, s, err);
    case DK_KPI_SENTIMENT: return gather_sentiment(d, s, err);
    default: return dk_kpi_gather_outcome(d, s, id, err);
    }
}

/* ---- What the study adds ----------------------------------------------------------------------------- */

dk_status dk_kpi_gather_further(dk_kpi_draft *d, dk_kpi_space *s, const dk_kpi_further *further, dk_error *err) {
    *d = (dk_kpi_draft){.facts.scale = 1};
    dk_status status = dk_kpi_gather_mean(d, s, further->column, err);
    if (status == DK_OK && d->facts.count == 0)
        return dk_fail_at(err, DK_EDATA, s->context->survey->config->name, further->line, 0, "kpis: %s has no number", further->column);
    bool share = true; /* 0 and 1 are no and yes, as of a conversion */
    for (size_t k = 0; k < d->facts.count; k++) share = share && (d->facts.items[k].y == 0 || d->facts.items[k].y == 1);
    if (share) d->facts.interval = DK_INTERVAL_SHARE;
    return status;
}

dk_status dk_kpi_index_themes(const dk_fit_context *x, const dk_kpi_index *index, bool *in, dk_error *err) {
    const dk_taxonomy *t = x->taxonomy;
    for (size_t k = 0; k < index->nthemes; k++) {
        bool found = false;
        for (size_t i = 0; i < t->count; i++) {
            if (strcmp(t->themes[i].id, index->themes[k]) != 0 && strcmp(t->touchpoints[t->themes[i].touchpoint], index->themes[k]) != 0) continue;
            in[i] = found = true;
        }
        if (found) continue;
        const char *names[DK_THEMES_MAX];
        for (size_t i = 0; i < t->count; i++) names[i] = t->themes[i].id;
        const char *near = dk_nearest(dk_str_from(index->themes[k]), names, t->count);
        dk_fail_at(err, DK_EDATA, x->survey->config->name, index->line, 0, "kpis.indexes.%s: there is no theme or touchpoint %s", index->name, index->themes[k]);
        if (near != NULL) dk_error_remedy(err, "did you mean %s?", near);
        else dk_error_remedy(err, "lexicons/taxonomy.tsv lists them");
        return DK_EDATA;
    }
    return DK_OK;
}

dk_status dk_kpi_gather_index(dk_kpi_draft *d, dk_kpi_space *s, const dk_kpi_index *index, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_tagging *t = s->context->tagging;
    *d = (dk_kpi_draft){.facts = {.scale = 100, .interval = DK_INTERVAL_NET}};
    bool *in = calloc(s->context->taxonomy->count + 1, sizeof *in);
    dk_status status = in != NULL ? dk_kpi_index_themes(s->context, index, in, err) : dk_fail_memory(err);
    if (status == DK_OK) status = dk_kpi_begin(d, s, err);
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        bool any = false, negative = false, positive = false;
        for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
            if (!in[t->marks[k].theme]) continue;
            any = true;
            negative = negative || t->marks[k].sign < 0;
            positive = positive || t->marks[k].sign > 0;
        }
        if (!any || v->dropped[i]) continue;
        dk_fact *f = dk_facts_add_response(&d->facts, s, i);
        if (f == NULL) {
            status = dk_fail_memory(err);
            break;
        }
        d->by_response[i] = f->y = positive - negative;
    }
    dk_buf themes;
    dk_buf_init(&themes);
    for (size_t k = 0; k < index->nthemes; k++) dk_buf_putf(&themes, "%s%s", k > 0 ? ", " : "", index->themes[k]);
    d->source = dk_kpi_text(s, "comments: %s", dk_buf_cstr(&themes));
    dk_buf_dispose(&themes);
    free(in);
    return status;
}
