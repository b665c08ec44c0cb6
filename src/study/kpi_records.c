/* KPIs of the customers' records: worth, growth and loss. */
#include <math.h>
#include <stdlib.h>

#include "study/kpi_values.h"

static bool neighbours(const dk_kpi_space *s, size_t item) {
    const dk_panel *p = s->context->panel;
    const dk_records *r = s->context->records;
    return item + 1 < r->count && r->items[item + 1].customer == r->items[item].customer && p->period[item + 1] == p->period[item] + 1;
}

/* The mean of a number of the records, or of the responses where it stands there. */
dk_status dk_kpi_gather_mean(dk_kpi_draft *d, const dk_kpi_space *s, const char *name, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_records *r = s->context->records;
    dk_kpi_values from;
    if (!dk_kpi_find_values(s, name, &from)) return DK_OK;
    d->source = dk_kpi_source(s, &from);
    if (from.record == NULL) {
        d->base = "responses";
        return dk_kpi_gather_numbers(d, s, from.response, err);
    }
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t k = 0; k < r->count && status == DK_OK; k++) {
        double value = dk_kpi_of_record(&from, r, k);
        if (isnan(value)) continue;
        dk_fact *f = dk_facts_add_record(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->y = value;
    }
    for (size_t i = 0; i < v->n && status == DK_OK; i++)
        if (r->followup[i] != DK_NO_RECORD && !v->dropped[i]) d->by_response[i] = dk_kpi_of_record(&from, r, r->followup[i]);
    if (!r->periods) d->base = "customers";
    return status;
}

/* Sum of one column over sum of another, where both are known. */
static dk_status gather_quotient(dk_kpi_draft *d, const dk_kpi_space *s, const char *above, const char *below, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_records *r = s->context->records;
    dk_kpi_values y, x;
    if (!dk_kpi_find_values(s, above, &y) || !dk_kpi_find_values(s, below, &x) || (y.record == NULL) != (x.record == NULL)) return DK_OK;
    dk_status status = dk_kpi_begin(d, s, err);
    size_t n = y.record != NULL ? r->count : v->n;
    for (size_t k = 0; k < n && status == DK_OK; k++) {
        double a = y.record != NULL ? dk_kpi_of_record(&y, r, k) : y.response[k], b = x.record != NULL ? dk_kpi_of_record(&x, r, k) : x.response[k];
        if (isnan(a) || isnan(b) || (y.record == NULL && v->dropped[k])) continue;
        dk_fact *f = y.record != NULL ? dk_facts_add_record(&d->facts, s, k) : dk_facts_add_response(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->y = a;
        f->x = b;
    }
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        if (v->dropped[i] || (y.record != NULL && r->followup[i] == DK_NO_RECORD)) continue;
        double a = y.record != NULL ? dk_kpi_of_record(&y, r, r->followup[i]) : y.response[i], b = x.record != NULL ? dk_kpi_of_record(&x, r, r->followup[i]) : x.response[i];
        d->by_response[i] = b > 0 ? a / b : NAN;
    }
    d->source = dk_kpi_text(s, "%s: %s, %s", y.record != NULL ? "customers" : "responses", y.name, x.name);
    if (y.record == NULL) d->base = "responses";
    return status;
}

/* What it cost to win a customer counts once for each. */
static dk_status gather_acquisition(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    dk_status status = dk_kpi_gather_mean(d, s, s->context->survey->config->kpi.input[DK_INPUT_ACQUISITION_COST], err);
    size_t kept = 0;
    for (size_t k = 0; k < d->facts.count && status == DK_OK; k++) {
        dk_fact f = d->facts.items[k];
        if (f.y == 0) continue;
        f.x = kept == 0 || d->facts.items[kept - 1].customer != f.customer; /* records stand by customer */
        d->facts.items[kept++] = f;
    }
    d->facts.count = kept;
    d->base = NULL;
    return status;
}

/* Whether the customer of a record was lost by the next period: 1, 0, or NaN when that cannot be known. */
static double lost_after(const dk_kpi_space *s, size_t item) {
    const dk_panel *p = s->context->panel;
    const dk_records *r = s->context->records;
    if (p != NULL) return p->state[item] < 1 || p->next[item] == DK_STATE_CENSORED ? NAN : p->next[item] == DK_STATE_LOST;
    return r->churned != NULL && r->churned[r->items[item].source] >= 0 ? r->churned[r->items[item].source] : NAN;
}

static bool loss_is_known(const dk_kpi_space *s) {
    return s->context->panel != NULL || (s->context->records != NULL && s->context->records->churned != NULL);
}

static dk_status gather_churn(dk_kpi_draft *d, const dk_kpi_space *s, bool retained, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_records *r = s->context->records;
    const dk_panel *p = s->context->panel;
    if (!loss_is_known(s)) return DK_OK;
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t k = 0; k < r->count && status == DK_OK; k++) {
        double lost = lost_after(s, k);
        if (isnan(lost)) continue;
        dk_fact *f = dk_facts_add_record(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->y = lost;
        f->response = s->during[k];
    }
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        if (v->dropped[i]) continue;
        if (p == NULL && r->followup[i] != DK_NO_RECORD) d->by_response[i] = lost_after(s, r->followup[i]);
        if (p != NULL && (p->followup[i] >= 1 || p->followup[i] == DK_STATE_LOST)) d->by_response[i] = p->followup[i] == DK_STATE_LOST;
    }
    d->facts.interval = DK_INTERVAL_SHARE;
    if (retained) {
        d->facts.scale = -1;
        d->facts.offset = 1;
        free(d->by_response); /* it is churn the other way about: one correlation is enough */
        d->by_response = NULL;
    }
    if (p == NULL) {
        d->formula = retained ? "customers not marked as lost / customers" : "customers marked as lost / customers";
        d->base = "customers";
    }
    d->source = r->churned != NULL ? "customers: churned" : "customers: no further record";
    return status;
}

static dk_status gather_lifetime(dk_kpi_draft *d, const dk_kpi_space *s, dk_error *err) {
    const dk_records *r = s->context->records;
    dk_kpi_values profit;
    int64_t lost = 0;
    if (s->context->panel == NULL || !dk_kpi_find_values(s, "profit", &profit) || profit.record == NULL) return DK_OK;
    for (size_t k = 0; k < r->count; k++) {
        double value = dk_kpi_of_record(&profit, r, k), left = lost_after(s, k);
        if (s->context->panel->state[k] < 1 || (isnan(value) && isnan(left))) continue;
        dk_fact *f = dk_facts_add_record(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->x = !isnan(value);
        f->y = isnan(value) ? 0 : value;
        f->response = s->during[k];
        f->x2 = !isnan(left);
        f->y2 = isnan(left) ? 0 : left;
        lost += f->y2 > 0;
    }
    d->facts.divided = true;
    if (lost == 0) d->facts.count = 0; /* nobody left: the lifetime has no end */
    d->source = dk_kpi_text(s, "customers: %s", profit.name);
    return DK_OK;
}

/* A period against the one before. share: whether it rose, among those who stayed; otherwise by how much, leavers at 0. */
static dk_status gather_growth(dk_kpi_draft *d, const dk_kpi_space *s, const char *name, bool share, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_records *r = s->context->records;
    const dk_panel *p = s->context->panel;
    dk_kpi_values from;
    if (p == NULL || !dk_kpi_find_values(s, name, &from) || from.record == NULL) return DK_OK;
    dk_status status = dk_kpi_begin(d, s, err);
    for (size_t k = 0; k < r->count && status == DK_OK; k++) {
        double before = dk_kpi_of_record(&from, r, k), now = neighbours(s, k) ? dk_kpi_of_record(&from, r, k + 1) : NAN;
        if (!share && p->next[k] == DK_STATE_LOST) now = 0;
        if (isnan(before) || isnan(now)) continue;
        dk_fact *f = dk_facts_add_record(&d->facts, s, k);
        if (f == NULL) return dk_fail_memory(err);
        f->response = s->during[k];
        f->y = share ? now > before : now;
        f->x = share ? 1 : before;
        f->wave = (int16_t)(f->wave >= 0 && (size_t)f->wave + 1 < s->context->result->nwaves ? f->wave + 1 : -1); /* growth is of the later period */
    }
    for (size_t i = 0; i < v->n && status == DK_OK; i++) {
        if (v->dropped[i] || r->followup[i] == DK_NO_RECORD || r->baseline[i] == DK_NO_RECORD) continue;
        double before = dk_kpi_of_record(&from, r, r->baseline[i]), now = dk_kpi_of_record(&from, r, r->followup[i]);
        d->by_response[i] = isnan(now - before) ? NAN : share ? now > before : now - before;
    }
    d->facts.interval = share ? DK_INTERVAL_SHARE : DK_INTERVAL_RATIO;
    if (!share) d->facts.offset = -1;
    d->source = dk_kpi_source(s, &from);
    return status;
}

dk_status dk_kpi_gather_outcome(dk_kpi_draft *d, dk_kpi_space *s, dk_kpi_id id, dk_error *err) {
    const char *const *input = s->context->survey->config->kpi.input;
    const char *upsell = input[DK_INPUT_CONTRACT_VALUE] != NULL ? input[DK_INPUT_CONTRACT_VALUE] : input[DK_INPUT_REVENUE];
    switch (id) {
    case DK_KPI_CHURN: return gather_churn(d, s, false, err);
    case DK_KPI_RETENTION: return gather_churn(d, s, true, err);
    case DK_KPI_PROFIT: return dk_kpi_gather_mean(d, s, "profit", err);
    case DK_KPI_LIFETIME: return gather_lifetime(d, s, err);
    case DK_KPI_SUPPORT_COST: return dk_kpi_gather_mean(d, s, input[DK_INPUT_SUPPORT_COST], err);
    case DK_KPI_ACQUISITION_COST: return gather_acquisition(d, s, err);
    case DK_KPI_TRANSACTION_VALUE: return gather_quotient(d, s, input[DK_INPUT_REVENUE], input[DK_INPUT_TRANSACTIONS], err);
    case DK_KPI_CONTRACT_VALUE: return dk_kpi_gather_mean(d, s, input[DK_INPUT_CONTRACT_VALUE], err);
    case DK_KPI_REVENUE: return dk_kpi_gather_mean(d, s, input[DK_INPUT_REVENUE], err);
    case DK_KPI_REVENUE_GROWTH: return gather_growth(d, s, input[DK_INPUT_REVENUE], false, err);
    case DK_KPI_MARGIN_GROWTH: return gather_growth(d, s, "profit", false, err);
    case DK_KPI_CROSS_SELL: return gather_growth(d, s, input[DK_INPUT_PRODUCTS], true, err);
    case DK_KPI_UPSELL:
        d->formula = input[DK_INPUT_CONTRACT_VALUE] != NULL ? "customers whose contract value rose on the period before / customers in both periods"
                                                            : "customers whose revenue rose on the period before / customers in both periods";
        return gather_growth(d, s, upsell, true, err);
    default: return DK_OK; /* made from other results */
    }
}
