#include "study/simulate_truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv_write.h"
#include "stats/dist.h"

enum { UP, FALL, LOST, EVENTS };
enum { SCORES = 11, NODES = 41, DRAWS = 20000, DRAW_TRUTH = 9, QUARTERS = 4, CLASSES = DK_SCENARIO_SEGMENTS };

/* Chances of a quarter, averaged over what customers of a class meet. */
typedef struct quarter {
    double lost, up, down; /* up and down of all, not of those who stay */
    double lift;           /* of the margin, of those who leave half */
} quarter;

struct dk_truth {
    const dk_study_config *c;
    const dk_scenario *s;
    size_t n; /* bands, and classes */
    double *
        fresh; /* class x score x band: where a new margin of the class lies, with the score's lift and noise */
    double *effect, *answers;    /* planted x band x event; planted x band */
    quarter *with;               /* class x (planted + 1): without the theme; the last with all */
    double *customers, *margins; /* band x class: how many, and their own margins added up */
};

void dk_truth_free(dk_truth *t) {
    if (t == NULL) return;
    free(t->fresh);
    free(t->effect);
    free(t->answers);
    free(t->with);
    free(t->customers);
    free(t->margins);
    free(t);
}

static double lift_of(const dk_scenario *s, int score) {
    return s->profit_a_step * (score - 7);
}

static double in_band(const dk_band *b, double mean, double sd) {
    return dk_norm_cdf((b->below - mean) / sd) - dk_norm_cdf((b->from - mean) / sd);
}

/* Over the normal distribution of own margins, by a grid of its quantiles. */
static void fill_fresh(dk_truth *t) {
    for (size_t class = 0; class < t->n; class ++)
        for (int score = 0; score < SCORES; score++)
            for (int node = 0; node < NODES; node++) {
                double around = 1 + DK_WORLD_AROUND * dk_norm_quantile((node + 0.5) / NODES),
                       margin = t->s->margin[class] * (around < 0.2 ? 0.2 : around);
                for (size_t b = 0; b < t->n; b++)
                    t->fresh[(class * SCORES + (size_t)score) * t->n + b] +=
                        in_band(t->c->bands + b, margin + lift_of(t->s, score),
                                DK_WORLD_NOISE * fabs(margin)) /
                        NODES;
            }
}

static void add_quarter(const dk_truth *t, size_t class, double base, const dk_met *met, quarter *sum) {
    double chance[SCORES];
    dk_world_scores(dk_world_expected(base, met, (int)class, NULL) / 100, chance);
    for (int score = 0; score < SCORES; score++) {
        dk_chances c = dk_world_chances(t->s, t->n, class, score, met);
        sum->lost += chance[score] * c.lost / DRAWS;
        sum->up += chance[score] * (1 - c.lost) * c.up / DRAWS;
        sum->down += chance[score] * (1 - c.lost) * c.down / DRAWS;
        sum->lift += chance[score] * (1 - c.lost / 2) * lift_of(t->s, score) / DRAWS;
    }
}

/* The same draws with and without each theme, so that their difference is not noise. */
static void average_quarters(dk_truth *t) {
    size_t width = t->s->nplanted + 1;
    for (size_t class = 0; class < t->n; class ++) {
        quarter *row = t->with + class * width;
        dk_rng rng = dk_rng_of((uint64_t)t->s->seed, DRAW_TRUTH, class);
        for (int d = 0; d < DRAWS; d++) {
            dk_met met = {.n = 0};
            quarter all = {0};
            double base = t->s->nps[class] + t->s->spread * dk_rng_normal(&rng);
            if (dk_rng_unit(&rng) < t->s->commented) dk_world_meet(t->s, &rng, &met);
            add_quarter(t, class, base, &met, &all);
            for (size_t k = 0; k < width; k++) {
                dk_met less = {.n = 0};
                for (size_t i = 0; i < met.n; i++)
                    if (k + 1 == width || met.items[i] != t->s->planted + k)
                        less.items[less.n++] = met.items[i];
                quarter *sum = row + k;
                if (less.n < met.n) {
                    add_quarter(t, class, base, &less, sum);
                    continue;
                }
                sum->lost += all.lost;
                sum->up += all.up;
                sum->down += all.down;
                sum->lift += all.lift;
            }
        }
    }
}

dk_status dk_truth_new(dk_truth **out, const dk_study_config *c, const dk_scenario *s, dk_error *err) {
    dk_truth *t = *out = calloc(1, sizeof *t);
    if (t == NULL) return dk_fail_memory(err);
    t->c = c;
    t->s = s;
    t->n = c->nbands;
    t->fresh = calloc(t->n * SCORES * t->n, sizeof *t->fresh);
    t->effect = calloc(s->nplanted * t->n * EVENTS + 1, sizeof *t->effect);
    t->answers = calloc(s->nplanted * t->n + 1, sizeof *t->answers);
    t->with = calloc(t->n * (s->nplanted + 1), sizeof *t->with);
    t->customers = calloc(t->n * t->n, sizeof *t->customers);
    t->margins = calloc(t->n * t->n, sizeof *t->margins);
    if (t->fresh == NULL || t->effect == NULL || t->answers == NULL || t->with == NULL ||
        t->customers == NULL || t->margins == NULL) {
        dk_truth_free(t);
        *out = NULL;
        return dk_fail_memory(err);
    }
    fill_fresh(t);
    average_quarters(t);
    return DK_OK;
}

/* ---- Movement ---------------------------------------------------------------------------------------- */

/* Where the customer is two quarters on, over all scores that the answer could have had. */
static void chances_of_events(const dk_truth *t, int band, size_t class, double margin, double base,
                              const dk_met *met, double event[EVENTS]) {
    double chance[SCORES];
    dk_world_scores(dk_world_expected(base, met, band, NULL) / 100, chance);
    memset(event, 0, EVENTS * sizeof *event);
    for (int score = 0; score < SCORES; score++) {
        dk_chances c = dk_world_chances(t->s, t->n, class, score, met);
        event[LOST] += chance[score] * c.lost;
        event[FALL] += chance[score] * c.lost;
        for (size_t b = 0; b < t->n; b++) {
            if ((int)b == band) continue;
            double there = (1 - c.up - c.down) * in_band(t->c->bands + b, margin + lift_of(t->s, score),
                                                         DK_WORLD_NOISE * fabs(margin));
            if (class + 1 < t->n) there += c.up * t->fresh[((class + 1) * SCORES + (size_t)score) * t->n + b];
            if (class > 0) there += c.down * t->fresh[((class - 1) * SCORES + (size_t)score) * t->n + b];
            event[(int)b > band ? UP : FALL] += chance[score] * (1 - c.lost) * there;
        }
    }
}

void dk_truth_answer(dk_truth *t, int band, size_t class, double margin, double base, const dk_met *met) {
    double as_is[EVENTS], other[EVENTS];
    chances_of_events(t, band, class, margin, base, met, as_is);
    for (size_t k = 0; k < t->s->nplanted; k++) {
        const dk_planted *p = t->s->planted + k;
        dk_met changed = {.n = 0};
        bool says = false;
        for (size_t i = 0; i < met->n; i++) {
            says = says || met->items[i] == p;
            if (met->items[i] != p) changed.items[changed.n++] = met->items[i];
        }
        if (says != (p->sign == DK_SIGN_NEGATIVE) || (!says && changed.n == DK_WORLD_MET)) continue;
        if (!says) changed.items[changed.n++] = p;
        chances_of_events(t, band, class, margin, base, &changed, other);
        size_t at = k * t->n + (size_t)band;
        t->answers[at]++;
        for (int e = 0; e < EVENTS; e++)
            t->effect[at * EVENTS + (size_t)e] += says ? as_is[e] - other[e] : other[e] - as_is[e];
    }
}

void dk_truth_put_movement(const dk_truth *t, dk_buf *out) {
    static const char *const names[] = {"up", "fall", "lost"};
    dk_buf_puts(out, "segment,theme,polarity,event,answers,effect\n");
    for (size_t k = 0; k < t->s->nplanted; k++)
        for (size_t b = 0; b < t->n; b++)
            for (int e = 0; e < EVENTS; e++) {
                const dk_planted *p = t->s->planted + k;
                size_t at = k * t->n + b;
                if (t->answers[at] == 0) continue;
                dk_csv_puts(out, t->c->bands[b].name);
                dk_buf_putf(out, ",%s,%s,%s,%.0f,", p->theme, p->sign < 0 ? "negative" : "positive", names[e],
                            t->answers[at]);
                dk_buf_put_double(out, t->effect[at * EVENTS + (size_t)e] / t->answers[at]);
                dk_buf_putc(out, '\n');
            }
}

/* ---- Worth ------------------------------------------------------------------------------------------- */

void dk_truth_customer(dk_truth *t, int band, size_t class, double margin) {
    t->customers[(size_t)band * t->n + class]++;
    t->margins[(size_t)band * t->n + class] += margin;
}

static double mean_margin(const dk_scenario *s, size_t class) {
    return s->margin[class]; /* the cut at a fifth adds a thousandth */
}

/* Money of four quarters, and the chance to be there at their end, of a customer of a class with this margin of their own. State 0
   is the customer as they are, 1 + class those who moved there. */
static void four_quarters(const dk_truth *t, size_t class, double margin, const quarter *changed,
                          double *money, double *kept) {
    double now[CLASSES + 1] = {1}, next[CLASSES + 1];
    *money = 0;
    for (int q = 0; q < QUARTERS; q++) {
        memset(next, 0, sizeof next);
        for (size_t state = 0; state <= t->n; state++) {
            size_t at = state == 0 ? class : state - 1;
            const quarter *c = at == class ? changed : t->with + at * (t->s->nplanted + 1) + t->s->nplanted;
            double own = state == 0 ? margin : mean_margin(t->s, at), stays = 1 - c->lost - c->up - c->down;
            *money += now[state] * (stays * own + c->lost * own / 2 + c->lift);
            next[state] += now[state] * stays;
            if (at + 1 < t->n) {
                *money += now[state] * c->up * mean_margin(t->s, at + 1);
                next[at + 2] += now[state] * c->up;
            }
            if (at > 0) {
                *money += now[state] * c->down * mean_margin(t->s, at - 1);
                next[at] += now[state] * c->down;
            }
        }
        memcpy(now, next, sizeof now);
    }
    *kept = 0;
    for (size_t state = 0; state <= t->n; state++) *kept += now[state];
}

void dk_truth_put_worth(const dk_truth *t, dk_buf *out) {
    dk_buf_puts(out, "segment,theme,polarity,customers,money,kept\n");
    for (size_t k = 0; k < t->s->nplanted; k++)
        for (size_t b = 0; b < t->n; b++) {
            const dk_planted *p = t->s->planted + k;
            double customers = 0, money = 0, kept = 0;
            if (p->sign != DK_SIGN_NEGATIVE) continue;
            for (size_t class = 0; class < t->n; class ++) {
                double n = t->customers[b * t->n + class], a, b1, c, d;
                if (n == 0) continue;
                const quarter *row = t->with + class * (t->s->nplanted + 1);
                double margin = t->margins[b * t->n + class] / n; /* money is linear in it */
                four_quarters(t, class, margin, row + k, &a, &b1);
                four_quarters(t, class, margin, row + t->s->nplanted, &c, &d);
                customers += n;
                money += n * (a - c);
                kept += n * (b1 - d);
            }
            dk_csv_puts(out, t->c->bands[b].name);
            dk_buf_putf(out, ",%s,negative,%.0f,", p->theme, customers);
            dk_buf_put_double(out, money);
            dk_buf_putc(out, ',');
            dk_buf_put_double(out, kept);
            dk_buf_putc(out, '\n');
        }
}
