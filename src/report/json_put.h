/* Short writers that the files of report.json share: a key and its value in one call. */
#ifndef DK_REPORT_JSON_PUT_H
#define DK_REPORT_JSON_PUT_H

#include <math.h>

#include "io/json_write.h"
#include "study/result.h"

static inline void text(dk_json *j, const char *key, const char *value) {
    dk_json_key(j, key);
    dk_json_text(j, value);
}

static inline void count(dk_json *j, const char *key, int64_t value) {
    dk_json_key(j, key);
    dk_json_int(j, value);
}

static inline void number(dk_json *j, const char *key, double value) {
    dk_json_key(j, key);
    dk_json_double(j, value);
}

static inline void flag(dk_json *j, const char *key, bool value) {
    dk_json_key(j, key);
    dk_json_bool(j, value);
}

static inline void interval(dk_json *j, const char *key, dk_interval ci) {
    dk_json_key(j, key);
    dk_json_interval(j, ci.lo, ci.hi);
}

/* A figure and its interval, or null when there is none. */
static inline void figure(dk_json *j, const char *key, const dk_figure *f) {
    dk_json_key(j, key);
    if (isnan(f->value)) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    number(j, "value", f->value);
    interval(j, "ci", f->ci);
    dk_json_end(j);
}

static inline void begin_list(dk_json *j, const char *key) {
    dk_json_key(j, key);
    dk_json_array(j);
}

static inline void begin_object(dk_json *j, const char *key) {
    dk_json_key(j, key);
    dk_json_object(j);
}

static inline const char *sign_name(dk_sign sign) {
    return sign == DK_SIGN_NEGATIVE ? "negative" : sign == DK_SIGN_POSITIVE ? "positive" : "neutral";
}

static inline void put_nps(dk_json *j, const char *key, const dk_nps *nps) {
    dk_json_key(j, key);
    if (nps->n == 0) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    count(j, "n", nps->n);
    number(j, "n_effective", nps->n_effective);
    number(j, "nps", nps->nps);
    number(j, "se", nps->se);
    interval(j, "ci", nps->ci);
    number(j, "promoters", nps->promoters);
    number(j, "passives", nps->passives);
    number(j, "detractors", nps->detractors);
    dk_json_end(j);
}

static inline void put_mean(dk_json *j, const char *key, const dk_mean_figure *m) {
    dk_json_key(j, key);
    if (m->n == 0) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    count(j, "n", m->n);
    number(j, "mean", m->mean);
    number(j, "se", m->se);
    interval(j, "ci", m->ci);
    dk_json_end(j);
}

#endif
