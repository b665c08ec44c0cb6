/* To which share mentions are brought: zero, that of the best segment, of the best quarter of the waves, or the study's own. */
#include <math.h>
#include <stdlib.h>

#include "study/worth.h"

static bool same_predictor(const dk_study_predictor *a, const dk_study_predictor *b) {
    return a->theme == b->theme && a->polarity == b->polarity && strcmp(a->touchpoint, b->touchpoint) == 0;
}

/* The least share of complaints, or the largest of praise, that any segment has. */
static double best_segment(const dk_movers *v, size_t segment, size_t j) {
    const dk_study_predictor *about = v->of[segment].features.about + j;
    double best = v->of[segment].prevalence[j];
    for (size_t k = 0; k < v->n; k++)
        for (size_t i = 0; i < v->of[k].features.npredictors; i++)
            if (same_predictor(about, v->of[k].features.about + i))
                best = about->polarity == DK_SIGN_NEGATIVE ? fmin(best, v->of[k].prevalence[i])
                                                           : fmax(best, v->of[k].prevalence[i]);
    return best;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The share in the best quarter of the segment's waves with enough responses; the present one with fewer than two of them. */
static dk_status best_quartile(const dk_movers *v, size_t segment, size_t j, double *out, dk_error *err) {
    const dk_survey *s = v->context->survey;
    const dk_mover *m = v->of + segment;
    const dk_move_design *d = &m->whole;
    dk_wave_unit unit = s->config->wave_unit != DK_WAVE_NONE ? s->config->wave_unit : DK_WAVE_QUARTER;
    int32_t low = INT32_MAX, high = INT32_MIN;
    *out = m->prevalence[j];
    for (size_t i = 0; i < d->n; i++) {
        int32_t wave = dk_wave_of(s->date[d->row[i]], unit);
        low = wave < low ? wave : low;
        high = wave > high ? wave : high;
    }
    if (low >= high || high - low > 1000) return DK_OK;
    size_t waves = (size_t)(high - low) + 1, n = 0;
    double *said = calloc(2 * waves, sizeof *said);
    if (said == NULL) return dk_fail_memory(err);
    double *all = said + waves;
    for (size_t i = 0; i < d->n; i++) {
        size_t wave = (size_t)(dk_wave_of(s->date[d->row[i]], unit) - low);
        said[wave] += d->weight[i] * d->x[i * d->k + d->first + j];
        all[wave] += d->weight[i];
    }
    for (size_t k = 0; k < waves; k++)
        if (all[k] >= (double)s->config->min_mentions) said[n++] = said[k] / all[k];
    qsort(said, n, sizeof *said, by_value);
    if (n >= 2)
        *out =
            m->features.about[j].polarity == DK_SIGN_NEGATIVE ? said[(n - 1) / 4] : said[n - 1 - (n - 1) / 4];
    free(said);
    return DK_OK;
}

dk_status dk_worth_level(const dk_movers *v, size_t segment, size_t j, dk_target *target, double *level,
                         dk_error *err) {
    static const dk_worth_config usual = {.negative = DK_TARGET_ZERO, .positive = DK_TARGET_BEST_SEGMENT};
    const dk_study_predictor *about = v->of[segment].features.about + j;
    const dk_worth_config *w =
        v->context->survey->config->worth != NULL ? v->context->survey->config->worth : &usual;
    bool negative = about->polarity == DK_SIGN_NEGATIVE;
    for (size_t i = 0; about->theme >= 0 && i < w->nlevels; i++)
        if (w->levels[i].sign == about->polarity &&
            strcmp(w->levels[i].theme, v->context->taxonomy->themes[about->theme].id) == 0) {
            *target = DK_TARGET_OWN;
            *level = w->levels[i].level;
            return DK_OK;
        }
    *target = negative ? w->negative : w->positive;
    *level = *target == DK_TARGET_BEST_SEGMENT ? best_segment(v, segment, j) : 0;
    /* the best segment itself has only its own best times to look up to */
    if (*target == DK_TARGET_BEST_SEGMENT && *level == v->of[segment].prevalence[j])
        *target = DK_TARGET_BEST_QUARTILE;
    return *target == DK_TARGET_BEST_QUARTILE ? best_quartile(v, segment, j, level, err) : DK_OK;
}
