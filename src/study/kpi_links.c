/* Does experience go with outcome? */
#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/inference.h"
#include "study/kpi.h"

/* The verdict "no link" needs that more than this part of the variance is ruled out, as for drivers. */
static const double negligible_r2 = 0.02;
enum { LEAST = 30 };

typedef struct ranked {
    double value;
    size_t at;
} ranked;

static int by_value(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Replaces values by their ranks, equal ones by the middle of theirs. */
static void rank(double *values, ranked *work, size_t n) {
    for (size_t i = 0; i < n; i++) work[i] = (ranked){values[i], i};
    qsort(work, n, sizeof *work, by_value);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && work[end].value == work[i].value; end++) {}
        for (size_t k = i; k < end; k++) values[work[k].at] = (double)(i + end - 1) / 2;
    }
}

dk_status dk_rank_correlation(double *x, double *y, size_t n, double confidence, double *r, dk_interval *ci, double *p, dk_error *err) {
    ranked *work = malloc((n + 1) * sizeof *work);
    if (work == NULL) return dk_fail_memory(err);
    rank(x, work, n);
    rank(y, work, n);
    free(work);
    double mean = ((double)n - 1) / 2, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
        xy += (x[i] - mean) * (y[i] - mean);
    }
    *r = *p = ci->lo = ci->hi = NAN;
    if (n < 4 || xx == 0 || yy == 0) return DK_OK;
    *r = fmax(-1, fmin(1, xy / sqrt(xx * yy)));
    double df = (double)n - 2, z = atanh(*r), half = dk_norm_quantile(0.5 + confidence / 2) * sqrt((1 + *r * *r / 2) / ((double)n - 3));
    *ci = fabs(*r) < 1 ? (dk_interval){tanh(z - half), tanh(z + half)} : (dk_interval){*r, *r};
    *p = fabs(*r) < 1 ? dk_t_p(*r * sqrt(df / (1 - *r * *r)), df) : 0;
    return DK_OK;
}

/* Means by customer of what both KPIs are known for; returns how many customers. */
static size_t pair_up(dk_kpi_space *s, const double *a, const double *b, double *x, double *y, double *count) {
    const dk_survey *v = s->context->survey;
    size_t n = 0;
    s->stamp++;
    for (size_t i = 0; i < v->n; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        uint32_t customer = v->customer != NULL ? v->customer[i] : DK_NO_ID;
        size_t c = customer != DK_NO_ID ? customer : v->customers.count + i;
        if (s->seen[c] != s->stamp) {
            s->seen[c] = s->stamp;
            s->sum[c] = (double)n;
            x[n] = y[n] = count[n] = 0;
            n++;
        }
        size_t at = (size_t)s->sum[c];
        x[at] += a[i];
        y[at] += b[i];
        count[at]++;
    }
    for (size_t k = 0; k < n; k++) {
        x[k] /= count[k];
        y[k] /= count[k];
    }
    return n;
}

static const char *say(const dk_kpi_space *s, const dk_kpi_link *l) {
    const dk_kpi_results *k = &s->context->result->kpi;
    const char *a = k->kpis[l->experience].label[DK_LANG_EN], *b = k->kpis[l->outcome].label[DK_LANG_EN];
    switch (l->verdict) {
    case DK_LINK:
        return dk_kpi_text(s, l->ruled_out * l->ruled_out <= negligible_r2 ? "%s and %s are linked, but weakly: rank correlation %.2f (%.2f to %.2f) over %lld customers."
                                                                           : "%s and %s are linked: rank correlation %.2f (%.2f to %.2f) over %lld customers.", a, b, l->r, l->ci.lo, l->ci.hi, (long long)l->n);
    case DK_NO_LINK:
        return dk_kpi_text(s, "%s and %s: no link. %lld customers rule out a rank correlation beyond %.2f either way.", a, b, (long long)l->n, l->ruled_out);
    default:
        if (l->n < LEAST) return dk_kpi_text(s, "%s and %s: %lld customers have both, which is too few to tell.", a, b, (long long)l->n);
        return dk_kpi_text(s, "%s and %s: %lld customers cannot tell; the rank correlation lies between %.2f and %.2f%s.", a, b, (long long)l->n, l->ci.lo, l->ci.hi,
                           l->ci.lo > 0 || l->ci.hi < 0 ? ", which among so many pairs may be chance" : "");
    }
}

dk_status dk_kpi_links_make(dk_kpi_space *s, const dk_kpi_draft *drafts, dk_error *err) {
    dk_study_result *r = s->context->result;
    dk_kpi_results *k = &r->kpi;
    size_t n = s->context->survey->n, most = k->nkpis * k->nkpis;
    k->links = dk_arena_calloc(&r->arena, most + 1, sizeof *k->links);
    double *work = malloc(3 * (n + 1) * sizeof *work), *p = calloc(most + 1, sizeof *p), *q = calloc(most + 1, sizeof *q);
    dk_status status = k->links != NULL && work != NULL && p != NULL && q != NULL ? DK_OK : dk_fail_memory(err);
    double *x = work, *y = work != NULL ? work + n + 1 : NULL, *count = work != NULL ? work + 2 * (n + 1) : NULL;
    for (size_t a = 0; a < k->nkpis && status == DK_OK; a++)
        for (size_t b = 0; b < k->nkpis && status == DK_OK; b++) {
            if (k->kpis[a].kind != DK_KPI_EXPERIENCE || k->kpis[b].kind != DK_KPI_OUTCOME) continue;
            if (drafts[a].by_response == NULL || drafts[b].by_response == NULL) continue;
            dk_kpi_link *l = k->links + k->nlinks;
            *l = (dk_kpi_link){.experience = a, .outcome = b};
            l->n = (int64_t)pair_up(s, drafts[a].by_response, drafts[b].by_response, x, y, count);
            if (l->n < r->min_privacy || l->n < 4) continue;
            status = dk_rank_correlation(x, y, (size_t)l->n, r->confidence, &l->r, &l->ci, &l->p, err);
            if (status != DK_OK || isnan(l->r)) continue;
            l->ruled_out = fmax(fabs(l->ci.lo), fabs(l->ci.hi));
            p[k->nlinks++] = l->p;
        }
    if (status == DK_OK) status = dk_fdr(p, k->nlinks, false, q, err);
    for (size_t i = 0; i < k->nlinks && status == DK_OK; i++) {
        dk_kpi_link *l = k->links + i;
        l->q = q[i];
        l->verdict = l->n < LEAST ? DK_INCONCLUSIVE : l->q <= r->alpha ? DK_LINK
                     : l->ruled_out * l->ruled_out <= negligible_r2 ? DK_NO_LINK : DK_INCONCLUSIVE;
        l->text = say(s, l);
        if (l->text == NULL) status = dk_fail_memory(err);
    }
    free(work);
    free(p);
    free(q);
    return status;
}
