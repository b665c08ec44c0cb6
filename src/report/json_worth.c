/* report.json: worth and returns on experience; and worth.csv. */
#include "io/csv_write.h"
#include "report/json_put.h"
#include "report/json_sections.h"

static void put_for(dk_json *j, const char *key, const dk_worth_for *w) {
    begin_object(j, key);
    count(j, "customers", w->customers);
    figure(j, "moving_up", &w->moving_up);
    figure(j, "kept", &w->kept);
    figure(j, "money", &w->money);
    dk_json_end(j);
}

static void put_action(dk_json *j, const dk_worth_lever *l) {
    dk_json_key(j, "action");
    if (l->action[DK_LANG_EN] == NULL) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    text(j, "en", l->action[DK_LANG_EN]);
    text(j, "sv", l->action[DK_LANG_SV]);
    text(j, "da", l->action[DK_LANG_DA]);
    dk_json_end(j);
}

static void put_lever(dk_json *j, const dk_study_result *r, const dk_worth_lever *l, size_t rank) {
    dk_json_object(j);
    count(j, "rank", (int64_t)rank);
    text(j, "segment", r->segments[l->segment].name);
    text(j, "touchpoint", l->touchpoint);
    text(j, "theme", l->theme >= 0 ? r->themes[l->theme].id : NULL);
    text(j, "polarity", sign_name((dk_sign)l->polarity));
    count(j, "pooled", l->pooled);
    text(j, "owner", l->owner);
    text(j, "stage", l->stage);
    put_action(j, l);
    count(j, "mentions", l->mentions);
    number(j, "prevalence", l->prevalence);
    text(j, "target", l->target);
    number(j, "level", l->level);
    flag(j, "supported", l->supported);
    number(j, "p", l->p);
    number(j, "q", l->q);
    text(j, "verdict", dk_verdict_name(l->verdict));
    figure(j, "nps", &l->nps);
    figure(j, "today", l->theme >= 0 || l->pooled > 0 ? &l->today : &(dk_figure){NAN, {NAN, NAN}});
    put_for(j, "respondents", &l->respondents);
    put_for(j, "all_customers", &l->all);
    dk_json_end(j);
}

static void put_rox(dk_json *j, const dk_study_result *r) {
    begin_list(j, "rox");
    for (size_t i = 0; i < r->worth.nrox; i++) {
        const dk_rox *x = r->worth.rox + i;
        dk_json_object(j);
        text(j, "name", x->name);
        text(j, "owner", x->owner);
        text(j, "theme", x->theme_id);
        text(j, "polarity", sign_name((dk_sign)x->polarity));
        text(j, "segment", r->segments[x->segment].name);
        number(j, "expected_change", x->change);
        number(j, "cost", x->cost);
        number(j, "cost_a_year", x->cost_a_year);
        text(j, "start", x->start);
        count(j, "months", x->months);
        number(j, "discount_a_year", x->discount_a_year);
        flag(j, "fitted", x->fitted);
        text(j, "reason", x->fitted ? NULL : x->reason);
        figure(j, "pv_gain", &x->gain);
        number(j, "pv_cost", x->pv_cost);
        figure(j, "rox", &x->rox);
        number(j, "probability_pays", x->pays);
        dk_json_end(j);
    }
    dk_json_end(j);
}

void dk_json_worth(dk_json *j, const dk_study_result *r) {
    const dk_worth *w = &r->worth;
    dk_json_key(j, "worth");
    if (w->known) {
        dk_json_object(j);
        text(j, "currency", r->currency);
        count(j, "months", 12);
        begin_list(j, "assumptions");
        for (size_t i = 0; i < w->nassumptions; i++) dk_json_text(j, w->assumptions[i]);
        dk_json_end(j);
        begin_list(j, "levers");
        for (size_t i = 0; i < w->nlevers; i++) put_lever(j, r, w->levers + i, i + 1);
        dk_json_end(j);
        begin_list(j, "touchpoints");
        for (size_t i = 0; i < w->ntouchpoints; i++) put_lever(j, r, w->touchpoints + i, i + 1);
        dk_json_end(j);
        dk_json_end(j);
    } else {
        dk_json_null(j);
    }
    put_rox(j, r);
}

/* ---- worth.csv --------------------------------------------------------------------------------------- */

static void cell(dk_buf *out, const char *value) {
    dk_buf_putc(out, ',');
    if (value != NULL) dk_csv_put_safe(out, dk_str_from(value));
}

static void cells(dk_buf *out, const dk_figure *f) {
    double values[] = {f->value, f->ci.lo, f->ci.hi};
    for (int k = 0; k < 3; k++) {
        dk_buf_putc(out, ',');
        dk_buf_put_double(out, values[k]);
    }
}

static void put_row(const dk_study_result *r, const dk_worth_lever *l, const char *kind, size_t rank,
                    dk_buf *out) {
    dk_buf_putf(out, "%s,%zu", kind, rank);
    cell(out, r->segments[l->segment].name);
    cell(out, l->touchpoint);
    cell(out, l->theme >= 0 ? r->themes[l->theme].id : NULL);
    cell(out, sign_name((dk_sign)l->polarity));
    cell(out, l->owner);
    cell(out, l->action[r->report_language]);
    dk_buf_putf(out, ",%lld,", (long long)l->mentions);
    dk_buf_put_double(out, l->prevalence);
    cell(out, l->target);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, l->level);
    cell(out, l->supported ? "yes" : "no");
    cell(out, dk_verdict_name(l->verdict));
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, l->q);
    cells(out, &l->nps);
    const dk_worth_for *both[] = {&l->respondents, &l->all};
    for (int k = 0; k < 2; k++) {
        dk_buf_putf(out, ",%lld", (long long)both[k]->customers);
        cells(out, &both[k]->moving_up);
        cells(out, &both[k]->kept);
        cells(out, &both[k]->money);
    }
    dk_buf_putc(out, '\n');
}

void dk_report_worth_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "of,rank,segment,touchpoint,theme,polarity,owner,action,mentions,prevalence,target,"
                     "level,supported,verdict,q,nps,nps_low,nps_high,"
                     "respondents,up,up_low,up_high,kept,kept_low,kept_high,money,money_low,money_high,"
                     "all_customers,all_up,all_up_low,all_up_high,all_kept,all_kept_low,all_kept_high,all_"
                     "money,all_money_low,all_money_high\n");
    for (size_t i = 0; i < r->worth.nlevers; i++) put_row(r, r->worth.levers + i, "theme", i + 1, out);
    for (size_t i = 0; i < r->worth.ntouchpoints; i++)
        put_row(r, r->worth.touchpoints + i, "touchpoint", i + 1, out);
}
