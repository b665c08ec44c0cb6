#include "stats/segments.h"

#include <math.h>

#include "stats/dist.h"

static bool usable(const double *effects, const double *errors, size_t i) {
    return isfinite(effects[i]) && isfinite(errors[i]) && errors[i] > 0;
}

void dk_segments_compare(const double *effects, const double *errors, size_t n, dk_segment_test *t,
                         dk_shrunk *shrunk) {
    double w = 0, w2 = 0, wb = 0, q = 0;
    *t = (dk_segment_test){.q = NAN, .df = NAN, .p = NAN, .mean = NAN, .mean_se = NAN};
    for (size_t i = 0; i < n; i++) {
        shrunk[i] = (dk_shrunk){NAN, NAN};
        if (!usable(effects, errors, i)) continue;
        double precision = 1 / (errors[i] * errors[i]);
        t->n++;
        w += precision;
        w2 += precision * precision;
        wb += precision * effects[i];
    }
    if (t->n == 0) return;
    for (size_t i = 0; i < n; i++)
        if (usable(effects, errors, i)) q += pow((effects[i] - wb / w) / errors[i], 2);
    double between = 0;
    if (t->n > 1) {
        t->q = q;
        t->df = (double)(t->n - 1);
        t->p = dk_chi2_p(q, t->df);
        between = fmax(0, (q - t->df) / (w - w2 / w));
    }
    t->between_sd = sqrt(between);
    w = wb = 0;
    for (size_t i = 0; i < n; i++) {
        if (!usable(effects, errors, i)) continue;
        double precision = 1 / (errors[i] * errors[i] + between);
        w += precision;
        wb += precision * effects[i];
    }
    t->mean = wb / w;
    t->mean_se = sqrt(1 / w);
    for (size_t i = 0; i < n; i++) {
        if (!usable(effects, errors, i)) continue;
        double noise = errors[i] * errors[i], toward = noise / (noise + between);
        shrunk[i].effect = (1 - toward) * effects[i] + toward * t->mean;
        shrunk[i].se = sqrt((1 - toward) * noise + toward * toward / w);
    }
}
