#include "study/answering.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/nps.h"
#include "study/privacy.h"

/* ---- Weights ----------------------------------------------------------------------------------------- */

enum { LEAST_INVITED = 30, LEAST_ANSWERED = 10, WAVES = 512 };

typedef struct cell {
    int64_t invited, answered;
} cell;

static bool enough(const cell *c) { return c->invited >= LEAST_INVITED && c->answered >= LEAST_ANSWERED; }

dk_status dk_answering_weights(const dk_survey *s, const dk_invitations *v, double **weights, int64_t *cells, dk_error *err) {
    dk_wave_unit unit = s->config->wave_unit;
    int32_t first = INT32_MAX;
    for (size_t k = 0; unit != DK_WAVE_NONE && k < v->count; k++)
        if (v->items[k].first != DK_NO_DATE && dk_wave_of(v->items[k].first, unit) < first) first = dk_wave_of(v->items[k].first, unit);
    cell *by_both = calloc((size_t)DK_SEGMENTS_MAX * WAVES, sizeof *by_both), by_segment[DK_SEGMENTS_MAX] = {{0, 0}}, all = {0, 0};
    double *w = malloc((s->n + 1) * sizeof *w), sum = 0;
    if (by_both == NULL || w == NULL) {
        free(by_both);
        free(w);
        return dk_fail_memory(err);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; pass == 1 && i < s->n; i++) w[i] = 1;
        for (size_t k = 0; k < v->count; k++) {
            const dk_invitation *i = v->items + k;
            size_t segment = i->segment > 0 ? (size_t)i->segment : 0;
            int32_t wave = i->first != DK_NO_DATE && unit != DK_WAVE_NONE ? dk_wave_of(i->first, unit) - first : 0;
            cell *both = by_both + segment * WAVES + (wave < WAVES ? wave : WAVES - 1);
            if (pass == 0) {
                cell *const each[] = {both, &by_segment[segment], &all};
                for (int c = 0; c < 3; c++) each[c]->invited++, each[c]->answered += i->answered;
            } else if (i->response != DK_NO_ID) {
                const cell *c = enough(both) ? both : enough(&by_segment[segment]) ? &by_segment[segment] : &all;
                w[i->response] = (double)c->invited / (double)c->answered;
            }
        }
    }
    *cells = 0;
    for (size_t k = 0; k < (size_t)DK_SEGMENTS_MAX * WAVES; k++) *cells += enough(&by_both[k]);
    size_t asked = 0;
    for (size_t k = 0; k < v->count; k++)
        if (v->items[k].response != DK_NO_ID) sum += w[v->items[k].response], asked++;
    for (size_t k = 0; k < v->count; k++)
        if (v->items[k].response != DK_NO_ID) w[v->items[k].response] *= (double)asked / sum;
    free(by_both);
    *weights = w;
    return DK_OK;
}

/* ---- Rates ------------------------------------------------------------------------------------------- */

typedef struct tally {
    int64_t invited, answered, responses, commented;
} tally;

/* Adds the groups of one cut, n tallies with names. */
static void add_rates(dk_fit_context *x, dk_cut cut, const char *const *names, const tally *tallies, const bool *pre_hidden, size_t n, bool asked) {
    dk_study_result *r = x->result;
    dk_answering *a = &r->kpi.answering;
    int64_t people[128] = {0};
    bool hidden[128] = {false};
    for (size_t k = 0; k < n; k++) people[k] = tallies[k].responses;
    for (size_t k = 0; k < n && pre_hidden != NULL; k++) hidden[k] = pre_hidden[k];
    dk_privacy_hide(people, n, r->min_privacy, hidden);
    for (size_t k = 0; k < n; k++) {
        const tally *t = tallies + k;
        if (t->responses == 0 && t->invited == 0) continue;
        dk_answer_rate *rate = a->rates + a->nrates++;
        *rate = (dk_answer_rate){cut, names[k], hidden[k] || (t->responses > 0 && t->responses < r->min_privacy), asked ? t->invited : -1, asked ? t->answered : -1, t->responses,
                                 t->commented, NAN, NAN, {NAN, NAN}, {NAN, NAN}};
        if (asked && t->invited > 0) {
            rate->response_rate = (double)t->answered / (double)t->invited;
            rate->response_ci = dk_wilson((double)t->answered, (double)t->invited, r->confidence);
        }
        if (t->responses > 0) {
            rate->comment_rate = (double)t->commented / (double)t->responses;
            rate->comment_ci = dk_wilson((double)t->commented, (double)t->responses, r->confidence);
        }
    }
}

static int wave_at(const dk_study_result *r, const int32_t *first, int32_t day) {
    int wave = -1;
    for (size_t w = 0; w < r->nwaves && day != DK_NO_DATE && first[w] <= day; w++) wave = (int)w;
    return wave;
}

static dk_status count_rates(dk_fit_context *x, const dk_invitations *v, dk_error *err) {
    enum { SCORES = 11, WAVES_SHOWN = 128 };
    static const char *const digits[SCORES] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    tally all = {0}, segments[DK_SEGMENTS_MAX] = {{0}}, waves[WAVES_SHOWN] = {{0}}, scores[SCORES] = {{0}};
    const char *names[WAVES_SHOWN];
    bool hidden[DK_SEGMENTS_MAX] = {false}, segmented = false;
    int32_t first[WAVES_SHOWN];
    if (r->nwaves > WAVES_SHOWN) return DK_OK; /* find_waves keeps them at 120 */
    for (size_t w = 0; w < r->nwaves; w++) first[w] = dk_date_parse(dk_str_from(r->waves[w].first), DK_DAY_FIRST);
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i]) continue;
        int wave = s->date != NULL ? wave_at(r, first, s->date[i]) : -1, segment = x->segments->of != NULL ? x->segments->of[i] : -1;
        int score = s->score_is_nps && !isnan(s->score[i]) ? (int)s->score[i] : -1;
        tally *const each[] = {&all, segment > 0 ? &segments[segment] : NULL, wave >= 0 ? &waves[wave] : NULL, score >= 0 ? &scores[score] : NULL};
        for (int k = 0; k < 4; k++)
            if (each[k] != NULL) each[k]->responses++, each[k]->commented += s->commented[i];
    }
    for (size_t k = 0; v != NULL && k < v->count; k++) {
        const dk_invitation *i = v->items + k;
        int wave = wave_at(r, first, i->first);
        tally *const each[] = {&all, i->segment > 0 ? &segments[i->segment] : NULL, wave >= 0 ? &waves[wave] : NULL};
        segmented = segmented || i->segment > 0;
        for (int c = 0; c < 3; c++)
            if (each[c] != NULL) each[c]->invited++, each[c]->answered += i->answered;
    }
    r->kpi.answering.rates = dk_arena_calloc(&r->arena, 1 + r->nsegments + r->nwaves + SCORES, sizeof *r->kpi.answering.rates);
    if (r->kpi.answering.rates == NULL) return dk_fail_memory(err);
    add_rates(x, DK_CUT_ALL, (const char *const[]){"all"}, &all, NULL, 1, v != NULL);
    for (size_t g = 1; g < r->nsegments; g++) {
        names[g - 1] = r->segments[g].name;
        hidden[g - 1] = r->segments[g].hidden;
    }
    if (r->nsegments > 1) add_rates(x, DK_CUT_SEGMENT, names, segments + 1, hidden, r->nsegments - 1, segmented);
    for (size_t w = 0; w < r->nwaves; w++) names[w] = r->waves[w].name;
    add_rates(x, DK_CUT_WAVE, names, waves, NULL, r->nwaves, v != NULL && v->dated);
    add_rates(x, DK_CUT_SCORE, digits, scores, NULL, SCORES, false);
    return DK_OK;
}

/* ---- Both results ------------------------------------------------------------------------------------ */

static dk_status compare_nps(dk_fit_context *x, const double *weights, const double *plain, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    dk_answering *a = &r->kpi.answering;
    int8_t *scores = malloc(s->n + 1);
    uint32_t *rows = malloc((s->n + 1) * sizeof *rows);
    double *both = malloc((s->n + 1) * sizeof *both), sum = 0, squares = 0;
    a->results = dk_arena_calloc(&r->arena, r->nsegments, sizeof *a->results);
    dk_status status = scores != NULL && rows != NULL && both != NULL && a->results != NULL ? DK_OK : dk_fail_memory(err);
    a->lowest = INFINITY;
    a->highest = 0;
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        scores[i] = (int8_t)(s->score_is_nps && !isnan(s->score[i]) && !s->dropped[i] ? s->score[i] : -1);
        both[i] = weights[i] * (plain != NULL ? plain[i] : 1);
        sum += both[i];
        squares += both[i] * both[i];
        a->lowest = fmin(a->lowest, weights[i]);
        a->highest = fmax(a->highest, weights[i]);
    }
    a->n_effective = squares > 0 ? sum * sum / squares : NAN;
    for (size_t g = 0; g < r->nsegments && status == DK_OK && s->score_is_nps; g++) {
        dk_weighted_nps *out = a->results + a->nresults;
        size_t n = 0;
        for (size_t i = 0; i < s->n; i++)
            if (dk_segment_has(x->segments, g, i)) rows[n++] = (uint32_t)i;
        *out = (dk_weighted_nps){.segment = (int)g, .hidden = r->segments[g].hidden || r->segments[g].nps.n == 0};
        if (n == 0) continue;
        status = dk_nps_compute(scores, plain, x->clusters, rows, n, r->confidence, &out->plain, err);
        if (status == DK_OK) status = dk_nps_compute(scores, both, x->clusters, rows, n, r->confidence, &out->weighted, err);
        a->nresults++;
    }
    free(scores);
    free(rows);
    free(both);
    return status;
}

dk_status dk_answering_make(dk_fit_context *x, const dk_invitations *v, const double *weights, int64_t cells, const double *plain, bool used, dk_error *err) {
    dk_study_result *r = x->result;
    dk_answering *a = &r->kpi.answering;
    char text[500] = "There is no file of invitations (invitations: in the study file), so that nothing can be said of those who did not answer.";
    a->invitations = v != NULL;
    a->used = used;
    a->cells = cells;
    for (size_t k = 0; v != NULL && k < v->count; k++) a->answered += v->items[k].answered;
    if (v != NULL) {
        a->invited = (int64_t)v->count;
        a->unknown = v->unasked;
        snprintf(text, sizeof text, "%lld invitations, %lld of them answered, found by %s; %lld responses belong to no invitation.", (long long)a->invited,
                 (long long)a->answered, v->by_id ? "the response's id" : v->by_flag ? "what the file says" : "customer and date", (long long)v->unasked);
    }
    a->note = dk_arena_strdup(&r->arena, text, strlen(text));
    dk_status status = a->note != NULL ? count_rates(x, v, err) : dk_fail_memory(err);
    if (status != DK_OK || weights == NULL) return status;
    a->weighted = true;
    a->method = "inverse of the rate of answering by segment and wave, scaled to a mean of 1";
    return compare_nps(x, weights, plain, err);
}
