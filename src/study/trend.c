#include "study/trend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/inference.h"
#include "stats/nps.h"
#include "study/level.h"

/* Mean scores by wave, where the score is not NPS: the series has none. */
static dk_status score_points(const dk_fit_context *x, dk_trend *t, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_study_result *r = x->result;
    uint32_t *rows = malloc((s->n + 1) * sizeof *rows);
    dk_status status = rows != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t w = 0; w < r->nwaves && status == DK_OK; w++) {
        int32_t first = dk_date_parse(dk_str_from(r->waves[w].first), DK_DAY_FIRST), last = dk_date_parse(dk_str_from(r->waves[w].last), DK_DAY_FIRST);
        size_t n = 0;
        dk_mean mean;
        for (size_t i = 0; i < s->n; i++)
            if (!s->dropped[i] && s->date[i] >= first && s->date[i] <= last && !isnan(s->score[i]) && dk_segment_has(x->segments, (size_t)t->segment, i))
                rows[n++] = (uint32_t)i;
        t->points[w].n = (int64_t)n;
        if (n == 0) continue;
        status = dk_mean_compute(s->score, s->weight, x->clusters, rows, n, r->confidence, &mean, err);
        t->points[w].value = mean.mean;
        t->points[w].ci = mean.ci;
    }
    free(rows);
    return status;
}

static dk_status read_points(const dk_fit_context *x, dk_trend *t, dk_error *err) {
    const dk_study_result *r = x->result;
    double z = dk_norm_quantile(0.5 + r->confidence / 2);
    dk_status status = DK_OK;
    for (size_t w = 0; w < r->nwaves; w++) {
        const dk_study_point *from = r->series + w * r->nsegments + t->segment;
        dk_trend_point *p = t->points + w;
        *p = (dk_trend_point){.hidden = from->hidden, .n = from->nps.n, .value = from->nps.nps, .se = NAN, .smoothed = NAN, .ci = from->nps.ci, .band = {NAN, NAN},
                              .limits = {NAN, NAN}, .change = NAN, .p = NAN, .q = NAN, .change_ci = {NAN, NAN}};
        if (p->n == 0) p->ci = (dk_interval){NAN, NAN};
    }
    if (!r->score_is_nps) status = score_points(x, t, err);
    for (size_t w = 0; w < r->nwaves; w++) {
        dk_trend_point *p = t->points + w;
        /* from the adjusted interval: the plain error is 0 when all say the same */
        p->se = fmax((p->ci.hi - p->ci.lo) / 2 / z, 1e-6);
        p->used = p->n >= t->min_n && !isnan(p->value);
    }
    return status;
}

/* An NPS lies within -100 and 100, whatever a normal approximation says of it. */
static dk_interval within_scale(const dk_trend *t, dk_interval i) {
    return strcmp(t->measure, "nps") == 0 ? (dk_interval){fmax(i.lo, -100), fmin(i.hi, 100)} : i;
}

static void set_limits(dk_trend *t, size_t n) {
    double all = 0, sum = 0, variance = 0;
    for (size_t w = 0; w < n; w++) {
        const dk_trend_point *p = t->points + w;
        if (!p->used) continue;
        double size = (double)p->n;
        all += size;
        sum += size * p->value;
        variance += size * (p->se * p->se * size);
    }
    t->centre = all > 0 ? sum / all : NAN;
    for (size_t w = 0; w < n; w++) {
        dk_trend_point *p = t->points + w;
        if (!p->used) continue;
        double half = 3 * sqrt(variance / all / (double)p->n);
        p->outside = p->value < t->centre - half || p->value > t->centre + half;
        p->limits = within_scale(t, (dk_interval){t->centre - half, t->centre + half});
    }
}

static dk_status smooth(const dk_study_result *r, dk_trend *t, dk_error *err) {
    size_t n = r->nwaves;
    double *work = malloc(4 * n * sizeof *work), z = dk_norm_quantile(0.5 + r->confidence / 2);
    if (work == NULL) return dk_fail_memory(err);
    double *y = work, *variance = work + n, *smoothed = work + 2 * n, *se = work + 3 * n;
    for (size_t w = 0; w < n; w++) {
        y[w] = t->points[w].used ? t->points[w].value : NAN;
        variance[w] = t->points[w].se * t->points[w].se;
    }
    t->level_sd = sqrt(dk_level_smooth(y, variance, n, NAN, smoothed, se));
    for (size_t w = 0; w < n; w++) {
        t->points[w].smoothed = smoothed[w];
        t->points[w].band = within_scale(t, (dk_interval){smoothed[w] - z * se[w], smoothed[w] + z * se[w]});
    }
    free(work);
    return DK_OK;
}

/* Changes between neighbouring used points, and whether one level fits all. */
static dk_status compare(const dk_study_result *r, dk_trend *t, size_t *used, dk_error *err) {
    size_t n = r->nwaves, before = n;
    double *p = malloc(2 * n * sizeof *p), z = dk_norm_quantile(0.5 + r->confidence / 2), weights = 0, mean = 0, chi = 0;
    if (p == NULL) return dk_fail_memory(err);
    *used = 0;
    for (size_t w = 0; w < n; w++) {
        dk_trend_point *now = t->points + w;
        p[w] = NAN;
        if (!now->used) continue;
        double weight = 1 / (now->se * now->se);
        weights += weight;
        mean += weight * now->value;
        if (before < n) {
            const dk_trend_point *old = t->points + before;
            double se = hypot(now->se, old->se);
            now->change = now->value - old->value;
            now->change_ci = (dk_interval){now->change - z * se, now->change + z * se};
            now->p = p[w] = 2 * dk_norm_cdf(-fabs(now->change) / se);
        }
        before = w;
        ++*used;
    }
    for (size_t w = 0; w < n; w++)
        if (t->points[w].used) chi += pow((t->points[w].value - mean / weights) / t->points[w].se, 2);
    t->p_steady = *used > 1 ? dk_chi2_p(chi, (double)*used - 1) : NAN;
    dk_status status = dk_fdr(p, n, false, p + n, err);
    for (size_t w = 0; w < n && status == DK_OK; w++) {
        t->points[w].q = p[n + w];
        t->points[w].significant = p[n + w] <= r->alpha;
    }
    free(p);
    return status;
}

static const char *say(dk_study_result *r, const dk_trend *t, size_t used) {
    char text[400];
    size_t real = 0, last = 0;
    for (size_t w = 0; w < r->nwaves; w++)
        if (t->points[w].significant) real++, last = w;
    const char *what = r->score_is_nps ? "NPS" : "The mean score";
    if (used < 2)
        snprintf(text, sizeof text, "%zu of %zu waves have %lld answers or more: too few to say whether %s changed.", used, r->nwaves, (long long)t->min_n, what);
    else if (real > 0)
        snprintf(text, sizeof text, "%s changed beyond chance between waves (changes: %zu), last in %s (%+.1f).", what, real, r->waves[last].name, t->points[last].change);
    else if (t->p_steady <= r->alpha)
        snprintf(text, sizeof text, "%s moved over the %zu waves (p %.2g), though no single step stands out.", what, used, t->p_steady);
    else
        snprintf(text, sizeof text, "No change of %s over %zu waves that chance would not explain.", r->score_is_nps ? what : "the mean score", used);
    return dk_arena_strdup(&r->arena, text, strlen(text));
}

static dk_status make_trend(dk_fit_context *x, dk_trend *t, int segment, dk_error *err) {
    dk_study_result *r = x->result;
    size_t used = 0;
    *t = (dk_trend){.segment = segment, .measure = r->score_is_nps ? "nps" : "score", .min_n = x->survey->config->kpi.min_wave, .level_sd = NAN, .centre = NAN};
    t->points = dk_arena_calloc(&r->arena, r->nwaves, sizeof *t->points);
    if (t->points == NULL) return dk_fail_memory(err);
    dk_status status = read_points(x, t, err);
    if (status == DK_OK) status = smooth(r, t, err);
    if (status == DK_OK) status = compare(r, t, &used, err);
    if (status != DK_OK) return status;
    set_limits(t, r->nwaves);
    bool changed = t->p_steady <= r->alpha;
    for (size_t w = 0; w < r->nwaves; w++) {
        changed = changed || t->points[w].significant;
        dk_study_point *to = r->series + w * r->nsegments + segment;
        if (!r->score_is_nps) continue;
        to->smoothed = t->points[w].smoothed;
        to->band = t->points[w].band;
    }
    t->verdict = used < 2 ? "too_short" : changed ? "changed" : "steady";
    t->text = say(r, t, used);
    return t->text != NULL ? DK_OK : dk_fail_memory(err);
}

dk_status dk_trends_make(dk_fit_context *x, dk_error *err) {
    dk_study_result *r = x->result;
    dk_status status = DK_OK;
    if (r->nwaves == 0 || x->survey->score == NULL) return DK_OK;
    r->kpi.trends = dk_arena_calloc(&r->arena, r->nsegments, sizeof *r->kpi.trends);
    if (r->kpi.trends == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < r->nsegments && status == DK_OK; k++)
        if (!r->segments[k].hidden) status = make_trend(x, &r->kpi.trends[r->kpi.ntrends++], (int)k, err);
    return status;
}
