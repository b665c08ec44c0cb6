/* report.json: the join, movement and lifetimes. */
#include "io/csv_write.h"
#include "report/json_put.h"
#include "report/json_sections.h"

/* The line of a file, or null. */
static void line(dk_json *j, const char *key, int64_t value) {
    dk_json_key(j, key);
    if (value > 0)
        dk_json_int(j, value);
    else
        dk_json_null(j);
}

void dk_json_join(dk_json *j, const dk_study_result *r) {
    const dk_join *x = &r->join;
    dk_json_key(j, "join");
    if (!x->joined) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    count(j, "responses", x->responses);
    count(j, "matched", x->matched);
    count(j, "unmatched", x->unmatched);
    count(j, "out_of_window", x->out_of_window);
    count(j, "customers", x->customers);
    count(j, "customers_without_response", x->customers_without_response);
    count(j, "duplicate_records", x->duplicate_records);
    count(j, "records", x->records);
    count(j, "periods", x->periods);
    text(j, "first_period", x->first_period);
    text(j, "last_period", x->last_period);
    count(j, "window_days", x->window_days);
    count(j, "with_baseline", x->with_baseline);
    count(j, "with_followup", x->with_followup);
    count(j, "followed", x->followed);
    count(j, "left", x->left);
    count(j, "censored", x->censored);
    count(j, "gap", x->gap);
    count(j, "repeat_customers", x->repeat_customers);
    count(j, "most_responses", x->most_responses);
    begin_object(j, "first_lines");
    line(j, "unmatched", x->first_unmatched);
    line(j, "duplicate", x->first_duplicate);
    line(j, "out_of_window", x->first_out_of_window);
    dk_json_end(j);
    dk_json_end(j);
}

static const char *state_name(const dk_study_result *r, int state) {
    return state == 0 ? "lost" : r->segments[state].name;
}

static void put_matrices(dk_json *j, const dk_study_result *r) {
    begin_list(j, "matrices");
    for (size_t i = 0; i < r->movement.nmatrices; i++) {
        const dk_move_matrix *m = r->movement.matrices + i;
        dk_json_object(j);
        text(j, "who", m->who);
        text(j, "step", m->step);
        count(j, "n", m->n);
        count(j, "customers", m->customers);
        count(j, "censored", m->censored);
        begin_list(j, "rows");
        for (size_t k = 0; k < m->nrows; k++) {
            const dk_move_row *row = m->rows + k;
            dk_json_object(j);
            text(j, "from", state_name(r, row->from));
            flag(j, "hidden", row->hidden);
            if (!row->hidden) {
                count(j, "n", row->n);
                begin_list(j, "to");
                for (size_t t = 0; t < row->nto; t++) {
                    const dk_move_share *s = row->to + t;
                    dk_json_object(j);
                    text(j, "to", state_name(r, s->to));
                    count(j, "n", s->n);
                    number(j, "share", s->share.value);
                    interval(j, "ci", s->share.ci);
                    number(j, "noise", s->noise);
                    dk_json_end(j);
                }
                dk_json_end(j);
            }
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_noise(dk_json *j, const dk_move_noise *n) {
    begin_object(j, "noise");
    flag(j, "known", n->known);
    text(j, "reason", n->known ? NULL : n->reason);
    number(j, "share_of_spread", n->known ? n->share_of_spread : NAN);
    flag(j, "upper_bound", n->known && n->upper_bound);
    text(j, "about", n->about);
    dk_json_end(j);
}

static void put_theme(dk_json *j, const dk_study_result *r, const dk_move_driver *d) {
    text(j, "touchpoint", d->touchpoint);
    text(j, "theme", d->theme >= 0 ? r->themes[d->theme].id : NULL);
    text(j, "polarity", sign_name((dk_sign)d->polarity));
    count(j, "pooled", d->pooled);
    text(j, "owner", d->theme >= 0 ? r->themes[d->theme].owner : NULL);
    count(j, "mentions", d->mentions);
    number(j, "prevalence", d->prevalence);
    flag(j, "supported", d->supported);
}

static void put_effect(dk_json *j, const dk_move_driver *d) {
    number(j, "effect", d->effect.value);
    number(j, "se", d->se);
    interval(j, "ci", d->effect.ci);
    number(j, "p", d->p);
    number(j, "q", d->q);
}

static void put_names(dk_json *j, const char *key, const char *const *names, size_t n) {
    begin_list(j, key);
    for (size_t i = 0; i < n; i++) dk_json_text(j, names[i]);
    dk_json_end(j);
}

static void put_hazard(dk_json *j, const dk_study_result *r, const dk_move_hazard *h) {
    dk_json_object(j);
    text(j, "event", dk_move_event_name(h->event));
    text(j, "from", r->segments[h->from].name);
    flag(j, "hidden", h->hidden);
    if (!h->hidden) {
        count(j, "n", h->n);
        count(j, "events", h->events);
        number(j, "rate", h->rate.value);
        interval(j, "rate_ci", h->rate.ci);
        flag(j, "fitted", h->fitted);
        text(j, "reason", h->fitted ? NULL : h->reason);
        text(j, "verdict", dk_verdict_name(h->verdict));
        number(j, "p_model", h->p_model);
        number(j, "ruled_out", h->ruled_out);
        number(j, "detectable", h->detectable);
        put_names(j, "controls", h->controls, h->ncontrols);
        begin_list(j, "drivers");
        for (size_t k = 0; k < h->ndrivers; k++) {
            const dk_move_driver *d = h->drivers + k;
            dk_json_object(j);
            put_theme(j, r, d);
            number(j, "odds_ratio", d->odds.value);
            interval(j, "odds_ci", d->odds.ci);
            put_effect(j, d);
            number(j, "moves", d->moves.value);
            interval(j, "moves_ci", d->moves.ci);
            number(j, "mediated", d->mediated.value);
            interval(j, "mediated_ci", d->mediated.ci);
            dk_json_end(j);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_gap(dk_json *j, const dk_study_result *r, const dk_move_gap *g) {
    begin_object(j, "gap");
    count(j, "n", g->n);
    flag(j, "fitted", g->fitted);
    text(j, "reason", g->fitted ? NULL : g->reason);
    text(j, "verdict", dk_verdict_name(g->verdict));
    number(j, "r2", g->fitted ? g->r2 : NAN);
    put_names(j, "controls", g->controls, g->ncontrols);
    begin_list(j, "drivers");
    for (size_t k = 0; k < g->ndrivers; k++) {
        dk_json_object(j);
        put_theme(j, r, g->drivers + k);
        put_effect(j, g->drivers + k);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

void dk_json_movement(dk_json *j, const dk_study_result *r) {
    const dk_movement *m = &r->movement;
    dk_json_key(j, "movement");
    if (!m->known) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    text(j, "kind", m->gap_only ? "gap between segments" : "movement");
    text(j, "period", m->period);
    number(j, "periods_a_year", m->periods_a_year);
    text(j, "about", m->about);
    begin_list(j, "states");
    for (size_t k = 1; k < r->nsegments; k++) dk_json_text(j, r->segments[k].name);
    if (m->churn_known) dk_json_text(j, "lost");
    dk_json_end(j);
    put_matrices(j, r);
    put_noise(j, &m->noise);
    begin_list(j, "hazards");
    for (size_t i = 0; i < m->nhazards; i++) put_hazard(j, r, m->hazards + i);
    dk_json_end(j);
    if (m->gap_only) {
        put_gap(j, r, &m->gap);
    } else {
        dk_json_key(j, "gap");
        dk_json_null(j);
    }
    dk_json_end(j);
}

void dk_json_lifetime(dk_json *j, const dk_study_result *r) {
    const dk_lifetimes *l = &r->lifetime;
    dk_json_key(j, "lifetime");
    if (!l->known) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    number(j, "discount_a_year", l->discount_a_year);
    number(j, "discount_a_period", l->discount_a_period);
    number(j, "spectral_radius", l->radius);
    line(j, "horizon_periods", l->horizon);
    text(j, "formula",
         l->horizon > 0 ? "v = sum of (Q/(1+d))^t m over the horizon" : "v = (I - Q/(1+d))^-1 m");
    begin_list(j, "segments");
    for (size_t i = 0; i < l->nrows; i++) {
        dk_json_object(j);
        text(j, "segment", r->segments[l->rows[i].segment].name);
        figure(j, "margin", &l->rows[i].margin);
        figure(j, "value", &l->rows[i].value);
        number(j, "expected_periods", l->rows[i].expected_periods);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

/* ---- movement.csv ------------------------------------------------------------------------------------ */

static void cell(dk_buf *out, const char *value) {
    dk_buf_putc(out, ',');
    if (value != NULL) dk_csv_put_safe(out, dk_str_from(value));
}

static void cells(dk_buf *out, double value, dk_interval ci) {
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, value);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, ci.lo);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, ci.hi);
}

static void put_ways(const dk_study_result *r, const dk_move_matrix *m, dk_buf *out) {
    for (size_t k = 0; k < m->nrows; k++)
        for (size_t t = 0; t < m->rows[k].nto && !m->rows[k].hidden; t++) {
            const dk_move_share *s = m->rows[k].to + t;
            dk_csv_puts(out, "matrix");
            cell(out, m->who);
            cell(out, m->step);
            cell(out, state_name(r, m->rows[k].from));
            cell(out, state_name(r, s->to));
            dk_buf_putf(out, ",%lld,%lld", (long long)m->rows[k].n, (long long)s->n);
            cells(out, s->share.value, s->share.ci);
            dk_buf_putc(out, ',');
            dk_buf_put_double(out, s->noise);
            dk_buf_puts(out, ",,,,,,,,,,,,,,,,\n");
        }
}

static void put_driver_row(const dk_study_result *r, const dk_move_hazard *h, const dk_move_driver *d,
                           dk_buf *out) {
    dk_csv_puts(out, h != NULL ? "hazard" : "gap between segments");
    cell(out, "respondents");
    cell(out, h != NULL ? "baseline to follow-up" : "one wave");
    cell(out, h != NULL ? r->segments[h->from].name : NULL);
    cell(out, h != NULL ? dk_move_event_name(h->event) : NULL);
    if (h != NULL)
        dk_buf_putf(out, ",%lld,%lld", (long long)h->n, (long long)h->events);
    else
        dk_buf_putf(out, ",%lld,", (long long)r->movement.gap.n);
    cells(out, h != NULL ? h->rate.value : NAN, h != NULL ? h->rate.ci : (dk_interval){NAN, NAN});
    dk_buf_putc(out, ',');
    cell(out, d->touchpoint);
    cell(out, d->theme >= 0 ? r->themes[d->theme].id : NULL);
    cell(out, sign_name((dk_sign)d->polarity));
    dk_buf_putf(out, ",%lld,%s", (long long)d->mentions, d->supported ? "yes" : "no");
    cells(out, d->odds.value, d->odds.ci);
    cells(out, d->effect.value, d->effect.ci);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, d->p);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, d->q);
    cells(out, d->mediated.value, d->mediated.ci);
    dk_buf_putc(out, '\n');
}

void dk_report_movement_csv(const dk_study_result *r, dk_buf *out) {
    const dk_movement *m = &r->movement;
    dk_buf_puts(out, "kind,who,step,from,to,n,events,share,share_low,share_high,noise,touchpoint,theme,"
                     "polarity,mentions,supported,"
                     "odds_ratio,odds_low,odds_high,effect,effect_low,effect_high,p,q,mediated,mediated_low,"
                     "mediated_high\n");
    for (size_t i = 0; i < m->nmatrices; i++) put_ways(r, m->matrices + i, out);
    for (size_t i = 0; i < m->nhazards; i++)
        for (size_t k = 0; k < m->hazards[i].ndrivers && !m->hazards[i].hidden; k++)
            put_driver_row(r, m->hazards + i, m->hazards[i].drivers + k, out);
    for (size_t k = 0; k < m->gap.ndrivers; k++) put_driver_row(r, NULL, m->gap.drivers + k, out);
}
