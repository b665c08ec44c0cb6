#include "study/movement_fit.h"

#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/inference.h"

#define PRIOR_MENTION (1 / (2.5 * 2.5))
#define PRIOR_CONTROL (1 / (10.0 * 10.0))

/* ---- Linear algebra of a few dozen columns ----------------------------------------------------------- */

/* The generalised inverse of a symmetric k x k matrix by sweeping its columns in order (Goodnight 1979); a column whose pivot
   falls below 1e-8 of its diagonal is an alias of those before it and gets zeros and use = false. */
static void sweep_inverse(size_t k, double *a, bool *use, double *diagonal) {
    for (size_t i = 0; i < k; i++) diagonal[i] = a[i * k + i];
    for (size_t c = 0; c < k; c++) {
        double pivot = a[c * k + c];
        use[c] = use[c] && diagonal[c] > 0 && pivot > 1e-8 * diagonal[c];
        if (!use[c]) continue;
        for (size_t j = 0; j < k; j++) a[c * k + j] /= pivot;
        for (size_t i = 0; i < k; i++) {
            double f = a[i * k + c];
            if (i == c || f == 0) continue;
            for (size_t j = 0; j < k; j++) a[i * k + j] -= f * a[c * k + j];
            a[i * k + c] = -f / pivot;
        }
        a[c * k + c] = 1 / pivot;
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            if (!use[i] || !use[j]) a[i * k + j] = 0;
}

static double logistic(double x) {
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

typedef struct work {
    const dk_move_design *d;
    bool logit;
    double *beta, *inverse, *gradient, *step, *diagonal, *prior;
    bool *use;
    double *eta, *residual; /* by row; residual: y less its expectation */
    const double *y;
} work;

static double penalised_likelihood(const work *w, const double *beta) {
    const dk_move_design *d = w->d;
    double ll = 0;
    for (size_t i = 0; i < d->n; i++) {
        double eta = 0, y = w->y[d->row[i]];
        for (size_t j = 0; j < d->k; j++) eta += d->x[i * d->k + j] * beta[j];
        ll += d->weight[i] * (y * eta - (eta > 0 ? eta + log1p(exp(-eta)) : log1p(exp(eta))));
    }
    for (size_t j = 0; j < d->k; j++) ll -= w->prior[j] * beta[j] * beta[j] / 2;
    return ll;
}

/* Information and gradient at beta; the information is inverted in place. */
static void information(work *w) {
    const dk_move_design *d = w->d;
    size_t k = d->k;
    memset(w->inverse, 0, k * k * sizeof *w->inverse);
    memset(w->gradient, 0, k * sizeof *w->gradient);
    for (size_t i = 0; i < d->n; i++) {
        const double *x = d->x + i * k;
        double eta = 0, y = w->y[d->row[i]];
        for (size_t j = 0; j < k; j++) eta += x[j] * w->beta[j];
        double mean = w->logit ? logistic(eta) : eta,
               curvature = d->weight[i] * (w->logit ? mean * (1 - mean) : 1);
        w->eta[i] = eta;
        w->residual[i] = y - mean;
        for (size_t j = 0; j < k; j++) {
            if (x[j] == 0) continue;
            w->gradient[j] += d->weight[i] * (y - mean) * x[j];
            double f = curvature * x[j];
            for (size_t l = 0; l <= j; l++) w->inverse[j * k + l] += f * x[l];
        }
    }
    for (size_t j = 0; j < k; j++) {
        w->gradient[j] -= w->prior[j] * w->beta[j];
        w->inverse[j * k + j] += w->prior[j];
        for (size_t l = 0; l < j; l++) w->inverse[l * k + j] = w->inverse[j * k + l];
    }
    sweep_inverse(k, w->inverse, w->use, w->diagonal);
}

/* Newton's method with halved steps; a linear fit is there after the first. */
static void estimate(work *w) {
    enum { STEPS = 50 };
    size_t k = w->d->k;
    double ll = w->logit ? penalised_likelihood(w, w->beta) : 0;
    for (int t = 0; t < STEPS; t++) {
        information(w);
        double gain = 0;
        for (size_t j = 0; j < k; j++) {
            w->step[j] = 0;
            for (size_t l = 0; l < k; l++) w->step[j] += w->inverse[j * k + l] * w->gradient[l];
            gain += w->step[j] * w->gradient[j];
        }
        if (!(gain > 1e-12) && t > 0) return;
        double size = 1, next = 0;
        for (int half = 0; half < 30; half++, size /= 2) {
            for (size_t j = 0; j < k; j++) w->diagonal[j] = w->beta[j] + size * w->step[j];
            next = w->logit ? penalised_likelihood(w, w->diagonal) : 0;
            if (!w->logit || next >= ll - 1e-12 * fabs(ll)) break;
        }
        for (size_t j = 0; j < k; j++) w->beta[j] += size * w->step[j];
        ll = next;
        if (!w->logit && t > 0) return;
    }
    information(w);
}

/* ---- Effects, influences, replicates ----------------------------------------------------------------- */

/* How row i differs by the mention of predictor j, for those whom a change would touch; false for the others. slope_with and
   slope_without are the derivatives of the two probabilities. */
static bool difference(const work *w, size_t i, size_t j, double *change, double *slope_with,
                       double *slope_without) {
    const dk_move_design *d = w->d;
    size_t column = d->first + j;
    bool says = d->x[i * d->k + column] != 0, praise = d->about[j].polarity == DK_SIGN_POSITIVE;
    if (says == praise) return false;
    double b = w->beta[column], with = logistic(w->eta[i] + (says ? 0 : b)),
           without = logistic(w->eta[i] - (says ? b : 0));
    *change = with - without;
    *slope_with = with * (1 - with);
    *slope_without = without * (1 - without);
    return true;
}

/* Effects of a logit, and in lead (npredictors x k) their derivatives by the coefficients. */
static void logit_effects(const work *w, dk_move_fit *f, double *lead, double *reach) {
    const dk_move_design *d = w->d;
    size_t k = d->k;
    for (size_t j = 0; j < f->npredictors; j++) {
        double *g = lead + j * k, sum = 0, weight = 0, change, with, without;
        memset(g, 0, k * sizeof *g);
        for (size_t i = 0; i < d->n; i++) {
            if (!difference(w, i, j, &change, &with, &without)) continue;
            const double *x = d->x + i * k;
            weight += d->weight[i];
            sum += d->weight[i] * change;
            for (size_t l = 0; l < k; l++) g[l] += d->weight[i] * (with - without) * x[l];
            /* of the mention itself: 1 with it, 0 without, whichever the row has */
            g[d->first + j] += d->weight[i] * (x[d->first + j] != 0 ? without : with);
        }
        reach[j] = weight;
        f->effect[j] = weight > 0 ? sum / weight : NAN;
        for (size_t l = 0; l < k; l++) g[l] = weight > 0 ? g[l] / weight : 0;
    }
}

/* estimates: coefficients, then (logit) effects, then the mean of the outcome. */
static dk_status add_influences(const work *w, dk_move_fit *f, const double *m, const double *reach,
                                double total, dk_joint_sum *sum, double *covariance, dk_error *err) {
    const dk_move_design *d = w->d;
    size_t k = d->k, p = f->npredictors, q = sum->q;
    double *all = calloc(q + 1, sizeof *all);
    dk_status status = all != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t c = 0; c < d->customers && status == DK_OK; c++) {
        memset(all, 0, q * sizeof *all);
        for (size_t i = d->start[c]; i < d->start[c + 1]; i++) {
            const double *x = d->x + i * k;
            double leverage = 0, mean = w->logit ? logistic(w->eta[i]) : 0;
            for (size_t a = 0; a < k; a++) {
                if (x[a] == 0) continue;
                double row = 0;
                for (size_t b = 0; b < k; b++) row += w->inverse[a * k + b] * x[b];
                leverage += x[a] * row;
            }
            leverage *= d->weight[i] * (w->logit ? mean * (1 - mean) : 1);
            double score = d->weight[i] * w->residual[i] / (1 - fmin(leverage, 0.9));
            for (size_t e = 0; e + 1 < q; e++) {
                const double *row = m + e * k;
                double dot = 0;
                for (size_t a = 0; a < k; a++) dot += row[a] * x[a];
                all[e] += dot * score;
            }
            for (size_t j = 0; w->logit && j < p; j++) {
                double change, with, without;
                if (f->use[j] && difference(w, i, j, &change, &with, &without))
                    all[p + j] += d->weight[i] * (change - f->effect[j]) / reach[j];
            }
            all[q - 1] += d->weight[i] * (w->y[d->row[i]] - f->rate) / total;
        }
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++) covariance[a * p + b] += all[a] * all[b];
        status = dk_joint_add(sum, d->unit[c], all, err);
    }
    free(all);
    return status;
}

/* The Wald test of all tested coefficients together. */
static dk_status test_model(dk_move_fit *f, const double *covariance, size_t customers, dk_error *err) {
    size_t p = f->npredictors, n = 0, rank;
    double *v = malloc((p * p + 1) * sizeof *v), *form = malloc((p * p + 1) * sizeof *form),
           *b = malloc((p + 1) * sizeof *b);
    size_t *which = malloc((p + 1) * sizeof *which);
    dk_status status = v != NULL && form != NULL && b != NULL && which != NULL ? DK_OK : dk_fail_memory(err);
    f->p_model = NAN;
    for (size_t j = 0; status == DK_OK && j < p; j++)
        if (f->tested[j]) which[n++] = j;
    double scale = (double)customers / ((double)customers - 1);
    for (size_t a = 0; status == DK_OK && a < n; a++) {
        b[a] = f->coef[which[a]];
        for (size_t c = 0; c < n; c++) v[a * n + c] = covariance[which[a] * p + which[c]] * scale;
    }
    if (status == DK_OK && n > 0 && customers > n + 1) {
        status = dk_wald_form(v, n, form, &rank, err);
        /* F on customers - rank: a chi-squared would call too much a link when customers are few */
        if (status == DK_OK && rank > 0)
            f->p_model =
                dk_f_p(dk_quadratic(form, b, n) / (double)rank, (double)rank, (double)(customers - rank));
    }
    free(v);
    free(form);
    free(b);
    free(which);
    return status;
}

void dk_move_fit_dispose(dk_move_fit *f) {
    free(f->use);
    free(f->tested);
    free(f->coef);
    free(f->coef_se);
    free(f->effect);
    free(f->effect_se);
    free(f->p);
    free(f->replicate);
    memset(f, 0, sizeof *f);
}

static dk_status allocate(dk_move_fit *f, work *w, const dk_move_design *d, const dk_joint *joint,
                          dk_error *err) {
    size_t p = d->npredictors, k = d->k;
    f->npredictors = p;
    f->use = calloc(p + 1, sizeof *f->use);
    f->tested = calloc(p + 1, sizeof *f->tested);
    f->coef = calloc(p + 1, sizeof *f->coef);
    f->coef_se = calloc(p + 1, sizeof *f->coef_se);
    f->effect = calloc(p + 1, sizeof *f->effect);
    f->effect_se = calloc(p + 1, sizeof *f->effect_se);
    f->p = calloc(p + 1, sizeof *f->p);
    f->replicate = calloc(p * (size_t)joint->replicates + 1, sizeof *f->replicate);
    w->beta = calloc(k, sizeof *w->beta);
    w->inverse = calloc(k * k, sizeof *w->inverse);
    w->gradient = calloc(k, sizeof *w->gradient);
    w->step = calloc(k, sizeof *w->step);
    w->diagonal = calloc(k, sizeof *w->diagonal);
    w->prior = calloc(k, sizeof *w->prior);
    w->use = calloc(k, sizeof *w->use);
    w->eta = calloc(d->n + 1, sizeof *w->eta);
    w->residual = calloc(d->n + 1, sizeof *w->residual);
    bool good = f->use != NULL && f->tested != NULL && f->coef != NULL && f->coef_se != NULL &&
                f->effect != NULL && f->effect_se != NULL && f->p != NULL && f->replicate != NULL &&
                w->beta != NULL && w->inverse != NULL && w->gradient != NULL && w->step != NULL &&
                w->diagonal != NULL && w->prior != NULL && w->use != NULL && w->eta != NULL &&
                w->residual != NULL;
    return good ? DK_OK : dk_fail_memory(err);
}

static void dispose_work(work *w) {
    free(w->beta);
    free(w->inverse);
    free(w->gradient);
    free(w->step);
    free(w->diagonal);
    free(w->prior);
    free(w->use);
    free(w->eta);
    free(w->residual);
}

/* Whether each mention has enough of either outcome, and what the outcome is on the whole. */
static double describe_outcome(dk_move_fit *f, const dk_move_design *d, const double *y, bool logit) {
    double total = 0, sum = 0;
    for (size_t i = 0; i < d->n; i++) {
        total += d->weight[i];
        sum += d->weight[i] * y[d->row[i]];
        f->events += y[d->row[i]] != 0;
    }
    f->rate = total > 0 ? sum / total : NAN;
    for (size_t j = 0; j < f->npredictors; j++) {
        size_t says = 0, events = 0;
        for (size_t i = 0; i < d->n; i++)
            if (d->x[i * d->k + d->first + j] != 0) says++, events += y[d->row[i]] != 0;
        f->use[j] = says > 0 && says < d->n;
        double expected = (double)says * f->rate;
        /* by the events to be expected: choosing by those that happened would choose large effects */
        f->tested[j] = f->use[j] && (logit ? expected >= DK_EVENTS_FOR_TEST &&
                                                 (double)says - expected >= DK_EVENTS_FOR_TEST &&
                                                 events > 0 && events < says
                                           : says >= DK_EVENTS_FOR_TEST);
    }
    return total;
}

dk_status dk_move_fit_make(dk_move_fit *f, const dk_move_design *d, const dk_joint *joint, const double *y,
                           bool logit, dk_error *err) {
    memset(f, 0, sizeof *f);
    work w = {.d = d, .logit = logit, .y = y};
    size_t p = d->npredictors, k = d->k, q = logit ? 2 * p + 1 : p + 1;
    double *m = NULL, *estimates = NULL, *covariance = NULL, *se = NULL, *reach = NULL, *replicates = NULL;
    dk_joint_sum sum = {0};
    dk_status status = allocate(f, &w, d, joint, err);
    if (status != DK_OK) goto done;
    double total = describe_outcome(f, d, y, logit), low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < d->n; i++) low = fmin(low, y[d->row[i]]), high = fmax(high, y[d->row[i]]);
    if (!(high > low)) {
        status = dk_fail(err, DK_EDATA, "the outcome is the same in every row");
        goto done;
    }
    for (size_t j = 0; j < k; j++) {
        w.use[j] = j < d->first || f->use[j - d->first];
        w.prior[j] = !logit || j == 0 ? 0 : j < d->first ? PRIOR_CONTROL : PRIOR_MENTION;
    }
    if (logit) w.beta[0] = log(fmax(f->rate, 1e-9) / fmax(1 - f->rate, 1e-9));
    estimate(&w);
    m = calloc(q * k + 1, sizeof *m);
    estimates = calloc(q + 1, sizeof *estimates);
    se = calloc(q + 1, sizeof *se);
    reach = calloc(p + 1, sizeof *reach);
    covariance = calloc(p * p + 1, sizeof *covariance);
    replicates = calloc(q * (size_t)joint->replicates + 1, sizeof *replicates);
    if (m == NULL || estimates == NULL || se == NULL || reach == NULL || covariance == NULL ||
        replicates == NULL) {
        status = dk_fail_memory(err);
        goto done;
    }
    for (size_t j = 0; j < p; j++) {
        f->use[j] = f->use[j] && w.use[d->first + j];
        f->tested[j] = f->tested[j] && f->use[j];
        f->coef[j] = estimates[j] = w.beta[d->first + j];
        memcpy(m + j * k, w.inverse + (d->first + j) * k, k * sizeof *m);
    }
    if (logit) {
        logit_effects(&w, f, m + p * k, reach);
        for (size_t j = 0; j < p; j++) { /* derivatives times the inverse information */
            double *row = m + (p + j) * k;
            memcpy(w.step, row, k * sizeof *row);
            for (size_t b = 0; b < k; b++) {
                row[b] = 0;
                for (size_t a = 0; a < k; a++) row[b] += w.step[a] * w.inverse[a * k + b];
            }
            estimates[p + j] = f->effect[j];
        }
    } else {
        memcpy(f->effect, f->coef, p * sizeof *f->effect);
    }
    estimates[q - 1] = f->rate;
    status = dk_joint_begin(&sum, joint, q, err);
    if (status == DK_OK) status = add_influences(&w, f, m, reach, total, &sum, covariance, err);
    if (status == DK_OK) status = dk_joint_end(&sum, estimates, replicates, se, err);
    if (status != DK_OK) goto done;
    size_t r = (size_t)joint->replicates, effects = logit ? p : 0;
    memcpy(f->replicate, replicates + effects * r, p * r * sizeof *replicates);
    for (size_t j = 0; j < p; j++) {
        f->coef_se[j] = f->use[j] ? se[j] : NAN;
        f->effect_se[j] = f->use[j] ? se[effects + j] : NAN;
        f->p[j] = f->tested[j] && se[j] > 0 ? dk_t_p(f->coef[j] / se[j], (double)(d->customers - 1)) : NAN;
        if (!f->use[j]) f->coef[j] = f->effect[j] = NAN;
    }
    f->rate_se = se[q - 1];
    status = test_model(f, covariance, d->customers, err);
done:
    dk_joint_drop(&sum);
    dispose_work(&w);
    free(m);
    free(estimates);
    free(se);
    free(reach);
    free(covariance);
    free(replicates);
    if (status != DK_OK) dk_move_fit_dispose(f);
    return status;
}

dk_status dk_move_prevalence(const dk_move_design *d, const dk_joint *joint, double *prevalence,
                             double *replicate, dk_error *err) {
    size_t p = d->npredictors;
    double total = 0, *all = calloc(p + 1, sizeof *all);
    dk_joint_sum sum = {0};
    dk_status status = all != NULL ? dk_joint_begin(&sum, joint, p, err) : dk_fail_memory(err);
    memset(prevalence, 0, p * sizeof *prevalence);
    for (size_t i = 0; i < d->n; i++) {
        total += d->weight[i];
        for (size_t j = 0; j < p; j++) prevalence[j] += d->weight[i] * d->x[i * d->k + d->first + j];
    }
    for (size_t j = 0; j < p; j++) prevalence[j] /= total > 0 ? total : 1;
    for (size_t c = 0; c < d->customers && status == DK_OK; c++) {
        memset(all, 0, p * sizeof *all);
        for (size_t i = d->start[c]; i < d->start[c + 1]; i++)
            for (size_t j = 0; j < p; j++)
                all[j] += d->weight[i] * (d->x[i * d->k + d->first + j] - prevalence[j]) / total;
        status = dk_joint_add(&sum, d->unit[c], all, err);
    }
    if (status == DK_OK) status = dk_joint_end(&sum, prevalence, replicate, NULL, err);
    dk_joint_drop(&sum);
    free(all);
    return status;
}
