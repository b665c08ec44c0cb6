#include "study/movement_matrix.h"

#include <math.h>
#include <stdlib.h>

#include "stats/nps.h"
#include "study/privacy.h"

/* ---- All customers ----------------------------------------------------------------------------------- */

void dk_chain_dispose(dk_chain *c) {
    free(c->p);
    free(c->p_replicate);
    free(c->p_se);
    free(c->m);
    free(c->m_replicate);
    free(c->m_se);
    free(c->count);
    free(c->at_risk);
    free(c->now);
    memset(c, 0, sizeof *c);
}

static void count_ways(dk_chain *c, const dk_panel *p, const dk_records *r, double *profits) {
    for (size_t i = 0; i < r->count; i++) {
        int from = p->state[i], to = p->next[i];
        if (from < 1) continue;
        if (p->period[i] + 1 == p->complete) c->now[from - 1]++;
        if (p->profit != NULL && !isnan(p->profit[i])) {
            profits[from - 1]++;
            c->m[from - 1] += p->profit[i];
        }
        c->censored += to == DK_STATE_CENSORED || to == DK_STATE_GAP;
        if (to < 0) continue;
        c->count[(size_t)(from - 1) * (c->n + 1) + (size_t)to]++;
        c->at_risk[from - 1]++;
        c->total++;
    }
}

/* Influences by customer of all shares and margins: records of a customer stand together. */
static dk_status add_influences(dk_chain *c, const dk_fit_context *x, const dk_panel *p,
                                const double *profits, dk_joint_sum *sum, dk_error *err) {
    const dk_records *r = x->records;
    size_t ways = c->n * (c->n + 1), q = ways + c->n;
    double *all = malloc((q + 1) * sizeof *all);
    dk_status status = all != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t customer = 0; customer < r->ncustomers && status == DK_OK; customer++) {
        bool any = false;
        memset(all, 0, q * sizeof *all);
        for (size_t i = r->first_of[customer]; i < r->first_of[customer + 1]; i++) {
            int from = p->state[i] - 1, to = p->next[i];
            if (from < 0) continue;
            if (p->profit != NULL && !isnan(p->profit[i]))
                all[ways + (size_t)from] += (p->profit[i] - c->m[from]) / profits[from];
            any = true;
            if (to < 0) continue;
            double *row = all + (size_t)from * (c->n + 1), n = (double)c->at_risk[from];
            for (size_t k = 0; k <= c->n; k++)
                row[k] += ((k == (size_t)to) - c->p[(size_t)from * (c->n + 1) + k]) / n;
        }
        if (!any) continue;
        c->customers++;
        dk_str id = dk_intern_text(&x->survey->customers, (uint32_t)customer);
        status = dk_joint_add(sum, dk_hash_seeded(id.ptr, id.len, 0), all, err);
    }
    free(all);
    return status;
}

dk_status dk_chain_make(dk_chain *c, const dk_fit_context *x, const dk_panel *p, const dk_joint *joint,
                        dk_error *err) {
    size_t n = p->nstates, ways = n * (n + 1), q = ways + n, r = (size_t)joint->replicates;
    *c = (dk_chain){.n = n,
                    .p = calloc(ways, sizeof *c->p),
                    .p_replicate = calloc(ways * r + 1, sizeof *c->p_replicate),
                    .p_se = calloc(ways, sizeof *c->p_se),
                    .m = calloc(n, sizeof *c->m),
                    .m_replicate = calloc(n * r + 1, sizeof *c->m_replicate),
                    .m_se = calloc(n, sizeof *c->m_se),
                    .count = calloc(ways, sizeof *c->count),
                    .at_risk = calloc(n, sizeof *c->at_risk),
                    .now = calloc(n, sizeof *c->now)};
    double *profits = calloc(n, sizeof *profits), *estimates = calloc(q, sizeof *estimates),
           *se = calloc(q, sizeof *se), *replicates = calloc(q * r + 1, sizeof *replicates);
    dk_joint_sum sum = {0};
    bool good = c->p != NULL && c->p_replicate != NULL && c->p_se != NULL && c->m != NULL &&
                c->m_replicate != NULL && c->m_se != NULL && c->count != NULL && c->at_risk != NULL &&
                c->now != NULL && profits != NULL && estimates != NULL && se != NULL && replicates != NULL;
    dk_status status = good ? dk_joint_begin(&sum, joint, q, err) : dk_fail_memory(err);
    if (status != DK_OK) goto done;
    count_ways(c, p, x->records, profits);
    for (size_t s = 0; s < n; s++) {
        for (size_t k = 0; k <= n; k++)
            c->p[s * (n + 1) + k] =
                c->at_risk[s] > 0 ? (double)c->count[s * (n + 1) + k] / (double)c->at_risk[s] : k == s + 1;
        c->m[s] = profits[s] > 0 ? c->m[s] / profits[s] : NAN;
    }
    status = add_influences(c, x, p, profits, &sum, err);
    memcpy(estimates, c->p, ways * sizeof *estimates);
    memcpy(estimates + ways, c->m, n * sizeof *estimates);
    if (status == DK_OK) status = dk_joint_end(&sum, estimates, replicates, se, err);
    if (status != DK_OK) goto done;
    memcpy(c->p_replicate, replicates, ways * r * sizeof *replicates);
    memcpy(c->m_replicate, replicates + ways * r, n * r * sizeof *replicates);
    memcpy(c->p_se, se, ways * sizeof *se);
    memcpy(c->m_se, se + ways, n * sizeof *se);
done:
    dk_joint_drop(&sum);
    free(profits);
    free(estimates);
    free(se);
    free(replicates);
    if (status != DK_OK) dk_chain_dispose(c);
    return status;
}

/* ---- Respondents ------------------------------------------------------------------------------------- */

typedef struct way {
    uint32_t customer;
    int8_t from, to;
} way;

static int by_customer(const void *a, const void *b) {
    const way *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* Counts and customer-clustered standard errors of the ways from baseline to follow-up. */
static dk_status count_respondents(const dk_fit_context *x, const dk_panel *p, dk_chain *c, dk_error *err) {
    const dk_survey *s = x->survey;
    size_t n = p->nstates, ways = n * (n + 1), count = 0;
    way *all = malloc((s->n + 1) * sizeof *all);
    double *of_one = calloc(ways, sizeof *of_one);
    *c = (dk_chain){.n = n,
                    .p = calloc(ways, sizeof *c->p),
                    .p_se = calloc(ways, sizeof *c->p_se),
                    .count = calloc(ways, sizeof *c->count),
                    .at_risk = calloc(n, sizeof *c->at_risk)};
    dk_status status = all != NULL && of_one != NULL && c->p != NULL && c->p_se != NULL && c->count != NULL &&
                               c->at_risk != NULL
                           ? DK_OK
                           : dk_fail_memory(err);
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        if (p->baseline[i] < 1) continue;
        c->censored += p->followup[i] == DK_STATE_CENSORED || p->followup[i] == DK_STATE_GAP;
        if (p->followup[i] < 0) continue;
        all[count++] = (way){s->customer[i], p->baseline[i], p->followup[i]};
        c->count[(size_t)(p->baseline[i] - 1) * (n + 1) + (size_t)p->followup[i]]++;
        c->at_risk[p->baseline[i] - 1]++;
        c->total++;
    }
    if (status == DK_OK) qsort(all, count, sizeof *all, by_customer);
    for (size_t w = 0; w < ways && status == DK_OK; w++)
        c->p[w] = c->at_risk[w / (n + 1)] > 0 ? (double)c->count[w] / (double)c->at_risk[w / (n + 1)] : 0;
    for (size_t i = 0; i < count && status == DK_OK;) {
        uint32_t customer = all[i].customer;
        memset(of_one, 0, ways * sizeof *of_one);
        for (; i < count && all[i].customer == customer; i++)
            for (size_t k = 0; k <= n; k++) {
                size_t at = (size_t)(all[i].from - 1) * (n + 1) + k;
                of_one[at] += ((k == (size_t)all[i].to) - c->p[at]) / (double)c->at_risk[all[i].from - 1];
            }
        for (size_t w = 0; w < ways; w++) c->p_se[w] += of_one[w] * of_one[w];
        c->customers++;
    }
    for (size_t w = 0; w < ways && status == DK_OK; w++) c->p_se[w] = sqrt(c->p_se[w]);
    free(all);
    free(of_one);
    return status;
}

/* ---- Into the result --------------------------------------------------------------------------------- */

static dk_interval share_interval(double share, double se, int64_t n, double confidence) {
    double worth = se > 0 ? fmin(share * (1 - share) / (se * se), (double)n) : (double)n;
    return dk_wilson(share * worth, worth, confidence);
}

static dk_status put_matrix(dk_fit_context *x, const dk_panel *p, const dk_chain *c, const double *expected,
                            const char *who, const char *step, dk_error *err) {
    dk_study_result *r = x->result;
    dk_movement *m = &r->movement;
    dk_move_matrix *out = m->matrices + m->nmatrices++;
    size_t n = p->nstates, width = n + (m->churn_known ? 1 : 0);
    *out = (dk_move_matrix){.who = who,
                            .step = step,
                            .n = c->total,
                            .customers = c->customers,
                            .censored = c->censored,
                            .nrows = n};
    out->rows = dk_arena_calloc(&r->arena, n, sizeof *out->rows);
    if (out->rows == NULL) return dk_fail_memory(err);
    bool hidden[DK_SEGMENTS_MAX] = {false};
    dk_privacy_hide(c->at_risk, n, r->min_privacy, hidden); /* the rows make up the n of the matrix */
    for (size_t s = 0; s < n; s++) {
        dk_move_row *row = out->rows + s;
        *row = (dk_move_row){.from = (int)s + 1, .n = c->at_risk[s], .nto = width, .hidden = hidden[s]};
        row->to = dk_arena_calloc(&r->arena, width, sizeof *row->to);
        if (row->to == NULL) return dk_fail_memory(err);
        for (size_t k = 0; k < width; k++) {
            size_t to = k < n ? k + 1 : 0, at = s * (n + 1) + to;
            row->to[k] =
                (dk_move_share){.to = (int)to, .n = c->count[at], .noise = NAN, .share = {NAN, {NAN, NAN}}};
            if (row->n == 0) continue;
            row->to[k].share =
                (dk_figure){c->p[at], share_interval(c->p[at], c->p_se[at], row->n, r->confidence)};
            if (to > 0 && m->noise.known) row->to[k].noise = expected[s * n + to - 1];
        }
    }
    return DK_OK;
}

/* How often each customer's figures enter a matrix. */
static void weigh(const dk_fit_context *x, const dk_panel *p, bool respondents, double *weight) {
    const dk_records *r = x->records;
    memset(weight, 0, r->ncustomers * sizeof *weight);
    for (size_t i = 0; !respondents && i < r->count; i++)
        weight[r->items[i].customer] += p->state[i] > 0 && p->next[i] > 0;
    for (size_t i = 0; respondents && i < x->survey->n; i++)
        if (p->baseline[i] > 0 && p->followup[i] > 0) weight[x->survey->customer[i]]++;
}

dk_status dk_movement_matrices(dk_fit_context *x, const dk_panel *p, const dk_chain *chain, dk_error *err) {
    const dk_records *r = x->records;
    dk_movement *m = &x->result->movement;
    size_t n = p->nstates;
    const double *source = dk_segments_record_values(x->survey, r);
    double *values = malloc((r->count + 1) * sizeof *values),
           *weight = malloc((r->ncustomers + 1) * sizeof *weight);
    double *expected = calloc(2 * n * n, sizeof *expected);
    dk_chain respondents = {0};
    m->matrices = dk_arena_calloc(&x->result->arena, 2, sizeof *m->matrices);
    dk_status status = values != NULL && weight != NULL && expected != NULL && m->matrices != NULL
                           ? DK_OK
                           : dk_fail_memory(err);
    m->noise =
        (dk_move_noise){.share_of_spread = NAN, .reason = "segments are no bands of a number in the records"};
    for (size_t i = 0; source != NULL && status == DK_OK && i < r->count; i++)
        values[i] = p->state[i] > 0 ? source[r->items[i].source] : NAN;
    for (int k = 0; k < 2 && source != NULL && status == DK_OK; k++) {
        weigh(x, p, k == 1, weight);
        status =
            dk_noise_expect(values, p->period, r->first_of, r->ncustomers, x->segments->from + 1,
                            x->segments->below + 1, n, weight, expected + (size_t)k * n * n, &m->noise, err);
    }
    if (m->noise.known)
        m->noise.about = m->noise.upper_bound ? "Only two periods: all change of a customer's figure is "
                                                "taken as noise, so this is the most that noise could do."
                                              : "True figures are held fixed and only noise changes them; "
                                                "the noise is found from changes over one and two periods.";
    if (status == DK_OK) status = put_matrix(x, p, chain, expected, "all customers", "period to period", err);
    if (status == DK_OK) status = count_respondents(x, p, &respondents, err);
    if (status == DK_OK)
        status =
            put_matrix(x, p, &respondents, expected + n * n, "respondents", "baseline to follow-up", err);
    dk_chain_dispose(&respondents);
    free(values);
    free(weight);
    free(expected);
    return status;
}
