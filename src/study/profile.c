#include "study/profile.h"

#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/inference.h"

enum { LEAST_MENTIONS = 5 };

/* A comment in a supported language. */
typedef struct voice {
    uint32_t response, customer;
    int8_t segment;
} voice;

typedef struct profiler {
    dk_fit_context *x;
    voice *voices;
    size_t nvoices;
    uint8_t *says;   /* by voice: the theme and sign at hand */
    double *sum;     /* by customer: of influence */
    uint32_t *seen, stamp;
    dk_profile_theme *found; /* segments x themes x 2, in this order */
    double *p, *q;
} profiler;

/* z of the difference between those in the segment and the others, from influences summed by customer. null: with one share for both. */
static double error_of(profiler *w, size_t segment, double here, double there, double n_here, double n_there) {
    double squares = 0, people = 0;
    w->stamp++;
    for (size_t i = 0; i < w->nvoices; i++) {
        const voice *v = w->voices + i;
        bool in = v->segment == (int8_t)segment;
        double d = in ? (w->says[i] - here) / n_here : -(w->says[i] - there) / n_there;
        if (w->seen[v->customer] != w->stamp) {
            w->seen[v->customer] = w->stamp;
            w->sum[v->customer] = 0;
            people++;
        }
        double before = w->sum[v->customer], after = before + d;
        squares += after * after - before * before;
        w->sum[v->customer] = after;
    }
    return people > 1 ? sqrt(fmax(squares, 0) * people / (people - 1)) : NAN;
}

static void test_theme(profiler *w, size_t segment, size_t theme, int sign, dk_profile_theme *out, double *p) {
    const dk_study_result *r = w->x->result;
    double n[2] = {0, 0}, hits[2] = {0, 0};
    for (size_t i = 0; i < w->nvoices; i++) {
        bool in = w->voices[i].segment == (int8_t)segment;
        n[in]++;
        hits[in] += w->says[i];
    }
    *out = (dk_profile_theme){theme, sign, hits[1] / n[1], hits[0] / n[0], NAN, NAN, {NAN, NAN}};
    *p = NAN;
    if (n[0] == 0 || n[1] == 0 || hits[0] + hits[1] < LEAST_MENTIONS) return;
    double pooled = (hits[0] + hits[1]) / (n[0] + n[1]), difference = out->here - out->elsewhere;
    double null = error_of(w, segment, pooled, pooled, n[1], n[0]), se = error_of(w, segment, out->here, out->elsewhere, n[1], n[0]);
    double z = dk_norm_quantile(0.5 + r->confidence / 2);
    if (!(null > 0)) return;
    out->p = *p = 2 * dk_norm_cdf(-fabs(difference) / null);
    out->ci = (dk_interval){difference - z * se, difference + z * se};
}

static dk_status find_voices(profiler *w, dk_error *err) {
    const dk_survey *s = w->x->survey;
    size_t people = s->customers.count + s->n;
    w->voices = malloc((s->n + 1) * sizeof *w->voices);
    w->says = malloc(s->n + 1);
    w->sum = calloc(people + 1, sizeof *w->sum);
    w->seen = calloc(people + 1, sizeof *w->seen);
    if (w->voices == NULL || w->says == NULL || w->sum == NULL || w->seen == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i] || !s->commented[i] || w->x->tagging->language[i] == DK_LANG_OTHER || w->x->segments->of[i] < 1) continue;
        uint32_t c = s->customer != NULL ? s->customer[i] : DK_NO_ID;
        w->voices[w->nvoices++] = (voice){(uint32_t)i, c != DK_NO_ID ? c : (uint32_t)(s->customers.count + i), w->x->segments->of[i]};
    }
    return DK_OK;
}

static void test_all(profiler *w, const int *theme_of) {
    const dk_study_result *r = w->x->result;
    const dk_tagging *t = w->x->tagging;
    for (size_t theme = 0; theme < r->nthemes; theme++)
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < w->nvoices; i++) {
                w->says[i] = 0;
                size_t at = w->voices[i].response;
                for (size_t k = t->first[at]; k < t->first[at + 1]; k++)
                    if (theme_of[t->marks[k].theme] == (int)theme && t->marks[k].sign == 2 * side - 1) w->says[i] = 1;
            }
            for (size_t g = 1; g < r->nsegments; g++) {
                size_t at = ((g - 1) * r->nthemes + theme) * 2 + (size_t)side;
                test_theme(w, g, theme, 2 * side - 1, &w->found[at], &w->p[at]);
                /* a segment or a theme in it that may not be shown is not tested either */
                if (r->segments[g].hidden || r->themes[theme].use[g].hidden) w->p[at] = NAN;
            }
        }
}

static int by_difference(const void *a, const void *b) {
    const dk_profile_theme *x = a, *y = b;
    double dx = fabs(x->here - x->elsewhere), dy = fabs(y->here - y->elsewhere);
    if (dx != dy) return dx > dy ? -1 : 1;
    if (x->theme != y->theme) return x->theme < y->theme ? -1 : 1;
    return (x->sign > y->sign) - (x->sign < y->sign);
}

static dk_status keep(profiler *w, dk_error *err) {
    dk_study_result *r = w->x->result;
    for (size_t g = 1; g < r->nsegments; g++) {
        dk_profile *to = r->kpi.profiles + g;
        to->themes = dk_arena_calloc(&r->arena, 2 * r->nthemes + 1, sizeof *to->themes);
        if (to->themes == NULL) return dk_fail_memory(err);
        for (size_t k = 0; k < 2 * r->nthemes; k++) {
            size_t at = (g - 1) * r->nthemes * 2 + k;
            to->tested += !isnan(w->p[at]);
            if (!(w->q[at] <= r->alpha)) continue;
            to->themes[to->nthemes] = w->found[at];
            to->themes[to->nthemes++].q = w->q[at];
        }
        qsort(to->themes, to->nthemes, sizeof *to->themes, by_difference);
    }
    return DK_OK;
}

dk_status dk_profiles_make(dk_fit_context *x, const int *theme_of, dk_error *err) {
    dk_study_result *r = x->result;
    if (r->nsegments < 2) return DK_OK;
    profiler w = {.x = x};
    size_t most = (r->nsegments - 1) * r->nthemes * 2;
    r->kpi.profiles = dk_arena_calloc(&r->arena, r->nsegments, sizeof *r->kpi.profiles);
    w.found = calloc(most + 1, sizeof *w.found);
    w.p = malloc((most + 1) * sizeof *w.p);
    w.q = malloc((most + 1) * sizeof *w.q);
    dk_status status = r->kpi.profiles != NULL && w.found != NULL && w.p != NULL && w.q != NULL ? find_voices(&w, err) : dk_fail_memory(err);
    for (size_t g = 0; g < r->nsegments && status == DK_OK; g++) {
        const dk_study_segment *s = r->segments + g;
        r->kpi.profiles[g].share_of_responses = r->responses > 0 ? (double)s->responses / (double)r->responses : NAN;
        r->kpi.profiles[g].share_of_customers = r->customers > 0 ? (double)s->customers / (double)r->customers : NAN;
    }
    if (status == DK_OK) test_all(&w, theme_of);
    if (status == DK_OK) status = dk_fdr(w.p, most, false, w.q, err);
    if (status == DK_OK) status = keep(&w, err);
    free(w.voices);
    free(w.says);
    free(w.sum);
    free(w.seen);
    free(w.found);
    free(w.p);
    free(w.q);
    return status;
}
