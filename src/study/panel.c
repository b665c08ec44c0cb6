#include "study/panel.h"

#include <math.h>
#include <stdlib.h>

void dk_panel_dispose(dk_panel *p) {
    free(p->first);
    free(p->last);
    free(p->period);
    free(p->state);
    free(p->next);
    free(p->profit);
    free(p->baseline);
    free(p->followup);
    free(p->after);
    memset(p, 0, sizeof *p);
}

static int by_day(const void *a, const void *b) {
    const int32_t *x = a, *y = b;
    return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* The distinct periods by their first day, and each record's number among them. */
static dk_status list_periods(dk_panel *p, const dk_records *r, dk_error *err) {
    int32_t(*days)[2] = malloc((r->count + 1) * sizeof *days);
    size_t n = 0, in_last = 0, before_last = 0;
    if (days == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < r->count; i++) {
        days[i][0] = r->items[i].first;
        days[i][1] = r->items[i].last;
    }
    qsort(days, r->count, sizeof *days, by_day);
    for (size_t i = 0; i < r->count; i++) {
        if (n > 0 && days[i][0] == p->first[n - 1]) {
            if (days[i][1] > p->last[n - 1]) p->last[n - 1] = days[i][1];
            continue;
        }
        p->first[n] = days[i][0];
        p->last[n++] = days[i][1];
    }
    p->nperiods = n;
    free(days);
    for (size_t i = 0; i < r->count; i++) {
        size_t low = 0, high = n - 1;
        while (low < high) {
            size_t middle = (low + high + 1) / 2;
            if (p->first[middle] <= r->items[i].first)
                low = middle;
            else
                high = middle - 1;
        }
        p->period[i] = (uint32_t)low;
        in_last += low + 1 == n;
        before_last += low + 2 == n;
    }
    p->complete = n > 1 && 2 * in_last < before_last ? n - 1 : n;
    return DK_OK;
}

static bool says_lost(const dk_records *r, size_t record) {
    return r->churned != NULL && r->churned[r->items[record].source] > 0;
}

static void set_states(dk_panel *p, const dk_survey *s, const dk_records *r, const dk_segments *g) {
    const double *profit = r->values[dk_records_profit(s)];
    for (size_t i = 0; i < r->count; i++) {
        p->state[i] = says_lost(r, i) ? DK_STATE_UNKNOWN : g->of_record != NULL ? g->of_record[i] : 1;
        if (p->profit != NULL) p->profit[i] = profit[r->items[i].source];
    }
    for (size_t i = 0; i < r->count; i++) {
        bool more = i + 1 < r->count && r->items[i + 1].customer == r->items[i].customer;
        if (says_lost(r, i))
            p->next[i] = DK_STATE_UNKNOWN;
        else if (more && p->period[i + 1] > p->period[i] + 1)
            p->next[i] = DK_STATE_GAP;
        else if (more)
            p->next[i] = says_lost(r, i + 1) ? DK_STATE_LOST : p->state[i + 1];
        else
            p->next[i] = p->period[i] + 1 < p->complete ? DK_STATE_LOST : DK_STATE_CENSORED;
    }
}

/* What became of the customer of a response. */
static int8_t followed_up(const dk_panel *p, const dk_survey *s, const dk_records *r, size_t i) {
    uint32_t at = r->followup[i], customer = s->customer[i];
    if (at != DK_NO_RECORD) return says_lost(r, at) ? DK_STATE_LOST : p->state[at];
    for (size_t k = r->first_of[customer]; k < r->first_of[customer + 1]; k++)
        if (r->items[k].first > s->date[i]) return DK_STATE_GAP;
    return p->first[p->complete - 1] > s->date[i] ? DK_STATE_LOST : DK_STATE_CENSORED;
}

static void set_responses(dk_panel *p, const dk_survey *s, const dk_records *r) {
    for (size_t i = 0; i < s->n; i++) {
        uint32_t before = r->baseline[i], after = r->followup[i];
        p->baseline[i] = p->followup[i] = DK_STATE_UNKNOWN;
        if (p->after != NULL) p->after[i] = NAN;
        if (s->date[i] == DK_NO_DATE || before == DK_NO_RECORD || s->dropped[i]) continue;
        p->baseline[i] = p->state[before];
        if (p->baseline[i] == DK_STATE_UNKNOWN) continue;
        p->followup[i] = followed_up(p, s, r, i);
        p->followed += p->followup[i] > 0;
        p->left += p->followup[i] == DK_STATE_LOST;
        p->censored += p->followup[i] == DK_STATE_CENSORED;
        p->gap += p->followup[i] == DK_STATE_GAP;
        if (p->after == NULL) continue;
        if (after != DK_NO_RECORD)
            p->after[i] = p->profit[after];
        else if (p->followup[i] == DK_STATE_LOST)
            p->after[i] = 0;
    }
}

dk_status dk_panel_make(dk_panel *p, const dk_survey *s, const dk_records *r, const dk_segments *g,
                        bool *known, dk_error *err) {
    memset(p, 0, sizeof *p);
    *known =
        r != NULL && r->periods && r->count > 0 && s->date != NULL && (g->of == NULL || g->of_record != NULL);
    if (!*known) return DK_OK;
    size_t n = r->count + 1;
    p->first = malloc(n * sizeof *p->first);
    p->last = malloc(n * sizeof *p->last);
    p->period = malloc(n * sizeof *p->period);
    p->state = malloc(n);
    p->next = malloc(n);
    p->baseline = malloc(s->n + 1);
    p->followup = malloc(s->n + 1);
    bool profit = r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN;
    if (profit) {
        p->profit = malloc(n * sizeof *p->profit);
        p->after = malloc((s->n + 1) * sizeof *p->after);
    }
    bool good = p->first != NULL && p->last != NULL && p->period != NULL && p->state != NULL &&
                p->next != NULL && p->baseline != NULL && p->followup != NULL &&
                (!profit || (p->profit != NULL && p->after != NULL));
    dk_status status = good ? list_periods(p, r, err) : dk_fail_memory(err);
    if (status != DK_OK) {
        dk_panel_dispose(p);
        *known = false;
        return status;
    }
    p->nstates = g->count > 1 ? g->count - 1 : 1;
    for (size_t k = 1; k <= p->nstates; k++) p->name[k] = g->count > 1 ? g->name[k] : g->name[0];
    set_states(p, s, r, g);
    set_responses(p, s, r);
    return DK_OK;
}
