#include "study/simulate_world.h"

#include <math.h>
#include <string.h>

void dk_world_scores(double m, double chance[11]) {
    static const double low[] = {0.06, 0.05, 0.07, 0.12, 0.15, 0.28, 0.27}; /* 0 to 6 among detractors */
    double passive = 0.35 * (1 - fabs(m)), promoter = (1 - passive + m) / 2, ten = 0.5 + 0.2 * m;
    for (int k = 0; k < 7; k++) chance[k] = low[k] * (1 - passive - promoter);
    chance[7] = chance[8] = passive / 2;
    chance[9] = promoter * (1 - ten);
    chance[10] = promoter * ten;
}

double dk_world_expected(double base, const dk_met *met, int band, bool *clamped) {
    for (size_t i = 0; i < met->n; i++) base += met->items[i]->nps[band];
    bool beyond = base > DK_WORLD_CLAMP || base < -DK_WORLD_CLAMP;
    if (clamped != NULL) *clamped = beyond;
    return beyond ? copysign(DK_WORLD_CLAMP, base) : base;
}

static double chance_of(double rate, double add) {
    if (!(rate > 0)) return 0;
    if (rate >= 1) return 1;
    return 1 / (1 + exp(-(log(rate / (1 - rate)) + add)));
}

dk_chances dk_world_chances(const dk_scenario *s, size_t n, size_t class, int score, const dk_met *met) {
    double lost = s->churn_a_step * (score - 7), up = 0, down = 0;
    for (size_t i = 0; i < met->n; i++) {
        lost += met->items[i]->lost;
        up += met->items[i]->up;
        down += met->items[i]->down;
    }
    dk_chances c = {chance_of(s->churn, lost), class + 1 < n ? chance_of(s->up[class], up) : 0,
                    class > 0 ? chance_of(s->down[class], down) : 0};
    double both = c.up + c.down;
    if (both > 1) c.up /= both, c.down /= both;
    return c;
}

void dk_world_meet(const dk_scenario *s, dk_rng *rng, dk_met *met) {
    met->n = 0;
    for (size_t i = 0; i < s->nplanted; i++) {
        const dk_planted *p = s->planted + i;
        bool mentioned = dk_rng_unit(rng) < p->said;
        /* a theme is praised or blamed, not both */
        for (size_t k = 0; k < met->n; k++)
            mentioned = mentioned && strcmp(met->items[k]->theme, p->theme) != 0;
        if (mentioned && met->n < DK_WORLD_MET) met->items[met->n++] = p;
    }
    for (size_t i = met->n; i > 1; i--) {
        size_t j = dk_rng_below(rng, i);
        const dk_planted *t = met->items[i - 1];
        met->items[i - 1] = met->items[j];
        met->items[j] = t;
    }
}

double dk_world_margin(const dk_scenario *s, size_t class, dk_rng *rng) {
    double around = 1 + DK_WORLD_AROUND * dk_rng_normal(rng);
    return s->margin[class] * (around < 0.2 ? 0.2 : around);
}

int dk_world_band(const dk_study_config *c, double margin) {
    for (size_t k = 0; k < c->nbands; k++)
        if (margin >= c->bands[k].from && margin < c->bands[k].below) return (int)k;
    return 0;
}
