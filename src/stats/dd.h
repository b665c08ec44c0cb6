/* Double-double arithmetic: about 32 digits from pairs of doubles (Dekker 1971; Knuth's two-sum).
 *
 * Exact integer moments lose nothing until they are centred; centring and elimination in double-double keep what a
 * double would lose to cancellation. Needs strict IEEE doubles: compiled without contraction and fast-math.
 */
#ifndef DK_STATS_DD_H
#define DK_STATS_DD_H

#include <stdint.h>

typedef struct dd {
    double hi, lo; /* hi is the value rounded to double */
} dd;

static inline dd dd_two_sum(double a, double b) {
    double s = a + b, t = s - a;
    return (dd){s, (a - (s - t)) + (b - t)};
}

static inline dd dd_quick_sum(double a, double b) {
    double s = a + b;
    return (dd){s, b - (s - a)};
}

static inline dd dd_two_product(double a, double b) {
    const double split = 134217729.0; /* 2^27 + 1 */
    double p = a * b, t = split * a, ah = t - (t - a), al = a - ah;
    t = split * b;
    double bh = t - (t - b), bl = b - bh;
    return (dd){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static inline dd dd_add(dd a, dd b) {
    dd s = dd_two_sum(a.hi, b.hi), t = dd_two_sum(a.lo, b.lo);
    s = dd_quick_sum(s.hi, s.lo + t.hi);
    return dd_quick_sum(s.hi, s.lo + t.lo);
}

static inline dd dd_neg(dd a) {
    return (dd){-a.hi, -a.lo};
}
static inline dd dd_sub(dd a, dd b) {
    return dd_add(a, dd_neg(b));
}

static inline dd dd_mul(dd a, dd b) {
    dd p = dd_two_product(a.hi, b.hi);
    return dd_quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline dd dd_div(dd a, dd b) {
    double q1 = a.hi / b.hi;
    dd r = dd_sub(a, dd_mul(b, (dd){q1, 0}));
    double q2 = r.hi / b.hi;
    r = dd_sub(r, dd_mul(b, (dd){q2, 0}));
    double q3 = r.hi / b.hi;
    return dd_add(dd_quick_sum(q1, q2), (dd){q3, 0});
}

static inline dd dd_from(double a) {
    return (dd){a, 0};
}

/* Exact up to 106 bits. */
static inline dd dd_from_int128(__int128 v) {
    double hi = (double)v;
    return dd_quick_sum(hi, (double)(v - (__int128)hi));
}

#endif
