#include "study/worth_project.h"

#include <math.h>
#include <string.h>

enum { MOST = 64 };

/* Adds mass to the columns from .. to of a row in proportion to what they hold (evenly onto `near` when they hold nothing), and
   never more than there is to take away. */
static void shift(double *row, size_t from, size_t to, size_t near, double mass) {
    double held = 0;
    for (size_t k = from; k <= to; k++) held += row[k];
    if (mass < -held) mass = -held;
    if (held > 0)
        for (size_t k = from; k <= to; k++) row[k] += mass * row[k] / held;
    else
        row[near] += mass;
}

static void step(size_t n, const double *p, const double *changed, size_t s, const double *now,
                 double *next) {
    memset(next, 0, (n + 1) * sizeof *next);
    next[0] = now[0];
    for (size_t i = 0; i < n; i++) {
        const double *row = i == s && changed != NULL ? changed : p + i * (n + 1);
        for (size_t k = 0; k <= n; k++) next[k] += now[i + 1] * row[k];
    }
}

static double above(const double *row, size_t n, size_t s) {
    double sum = 0;
    for (size_t k = s + 2; k <= n; k++) sum += row[k];
    return sum;
}

void dk_worth_project(size_t n, const double *p, const double *m, size_t s, const dk_change *c, int periods,
                      double discount, dk_projection *out) {
    double row[MOST + 1], with[MOST + 1] = {0}, without[MOST + 1] = {0}, next[MOST + 1], factor = 1,
                                      moved = 0;
    const double *base = p + s * (n + 1);
    memcpy(row, base, (n + 1) * sizeof *row);
    if (c->has_up && s + 1 < n) shift(row, s + 2, n, s + 2, c->up);
    if (c->has_lost) shift(row, 0, 0, 0, c->lost);
    if (c->has_fall && s > 0) shift(row, 1, s, s, c->fall - (c->has_lost ? c->lost : 0));
    double sum = 0;
    for (size_t k = 0; k <= n; k++) sum += k != s + 1 ? row[k] : 0;
    row[s + 1] = 1 - sum;
    for (size_t k = 1; k <= n; k++) moved += row[k] != base[k] ? (row[k] - base[k]) * m[k - 1] : 0;
    double stays = c->profit - moved;
    *out = (dk_projection){0, 0, 0};
    with[s + 1] = without[s + 1] = 1;
    for (int t = 1; t <= periods; t++) {
        factor /= 1 + discount;
        out->up += with[s + 1] * above(row, n, s) - without[s + 1] * above(base, n, s);
        double gain = with[s + 1] * stays;
        step(n, p, row, s, with, next);
        memcpy(with, next, sizeof with);
        step(n, p, NULL, s, without, next);
        memcpy(without, next, sizeof without);
        for (size_t k = 1; k <= n; k++) gain += with[k] != without[k] ? (with[k] - without[k]) * m[k - 1] : 0;
        out->money += factor * gain;
    }
    out->kept = without[0] - with[0];
}
