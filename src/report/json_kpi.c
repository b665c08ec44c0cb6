/* KPIs, profiles, who answers, follow-up and journeys in report.json. */
#include "report/json_put.h"
#include "report/json_sections.h"

enum { MOST_FOLLOWUPS = 50 }; /* all are in followup.csv */

static void put_value(dk_json *j, const dk_kpi_value *v) {
    flag(j, "hidden", v->hidden);
    if (v->hidden) return;
    count(j, "n", v->n);
    number(j, "value", v->value);
    interval(j, "ci", v->ci);
}

static void put_label(dk_json *j, const char *const label[DK_LANGUAGES]) {
    begin_object(j, "label");
    text(j, "en", label[DK_LANG_EN]);
    text(j, "sv", label[DK_LANG_SV]);
    text(j, "da", label[DK_LANG_DA]);
    dk_json_end(j);
}

static void put_kpi(dk_json *j, const dk_kpi *k) {
    dk_json_object(j);
    text(j, "id", k->id);
    put_label(j, k->label);
    text(j, "kind", dk_kpi_kind_name(k->kind));
    text(j, "unit", k->unit);
    text(j, "base", k->base);
    text(j, "formula", k->formula);
    text(j, "source", k->source);
    text(j, "interval", k->interval);
    text(j, "better", k->better > 0 ? "higher" : k->better < 0 ? "lower" : NULL);
    number(j, "benchmark", k->benchmark);
    number(j, "target", k->target);
    text(j, "note", k->note);
    put_value(j, &k->all);
    begin_list(j, "cuts");
    for (size_t i = 0; i < k->ncuts; i++) {
        dk_json_object(j);
        text(j, "by", dk_cut_name(k->cuts[i].cut));
        text(j, "group", k->cuts[i].group);
        put_value(j, &k->cuts[i]);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

void dk_json_kpis(dk_json *j, const dk_study_result *r) {
    begin_list(j, "kpis");
    for (size_t i = 0; i < r->kpi.nkpis; i++) put_kpi(j, &r->kpi.kpis[i]);
    dk_json_end(j);
    begin_list(j, "kpi_correlations");
    for (size_t i = 0; i < r->kpi.nlinks; i++) {
        const dk_kpi_link *l = &r->kpi.links[i];
        dk_json_object(j);
        text(j, "experience", r->kpi.kpis[l->experience].id);
        text(j, "outcome", r->kpi.kpis[l->outcome].id);
        count(j, "n", l->n);
        number(j, "r", l->r);
        interval(j, "ci", l->ci);
        number(j, "p", l->p);
        number(j, "q", l->q);
        text(j, "verdict", dk_verdict_name(l->verdict));
        number(j, "ruled_out", l->ruled_out);
        text(j, "text", l->text);
        dk_json_end(j);
    }
    dk_json_end(j);
}

void dk_json_profiles(dk_json *j, const dk_study_result *r) {
    begin_list(j, "profiles");
    for (size_t g = 1; r->kpi.profiles != NULL && g < r->nsegments; g++) {
        const dk_profile *p = &r->kpi.profiles[g];
        const dk_study_segment *s = &r->segments[g];
        dk_json_object(j);
        text(j, "segment", s->name);
        flag(j, "hidden", s->hidden);
        if (!s->hidden) {
            count(j, "responses", s->responses);
            count(j, "customers", s->customers);
            number(j, "share_of_responses", p->share_of_responses);
            number(j, "share_of_customers", p->share_of_customers);
            number(j, "share_of_profit", s->profit_share);
            put_nps(j, "nps", &s->nps);
            count(j, "tested", p->tested);
            begin_list(j, "themes");
            for (size_t i = 0; i < p->nthemes; i++) {
                const dk_profile_theme *t = &p->themes[i];
                dk_json_object(j);
                text(j, "theme", r->themes[t->theme].id);
                text(j, "polarity", sign_name((dk_sign)t->sign));
                number(j, "share", t->here);
                number(j, "elsewhere", t->elsewhere);
                number(j, "ratio", t->elsewhere > 0 ? t->here / t->elsewhere : NAN);
                number(j, "difference", t->here - t->elsewhere);
                interval(j, "ci", t->ci);
                number(j, "p", t->p);
                number(j, "q", t->q);
                flag(j, "more", t->here > t->elsewhere);
                dk_json_end(j);
            }
            dk_json_end(j);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_rate(dk_json *j, const dk_answer_rate *a) {
    dk_json_object(j);
    text(j, "by", dk_cut_name(a->cut));
    text(j, "group", a->group);
    flag(j, "hidden", a->hidden);
    if (!a->hidden) {
        dk_json_key(j, "invited");
        if (a->invited < 0) dk_json_null(j);
        else dk_json_int(j, a->invited);
        dk_json_key(j, "answered");
        if (a->invited < 0) dk_json_null(j);
        else dk_json_int(j, a->answered);
        number(j, "response_rate", a->response_rate);
        interval(j, "response_ci", a->response_ci);
        count(j, "responses", a->responses);
        count(j, "commented", a->commented);
        number(j, "comment_rate", a->comment_rate);
        interval(j, "comment_ci", a->comment_ci);
    }
    dk_json_end(j);
}

static void put_weighting(dk_json *j, const dk_study_result *r) {
    const dk_answering *a = &r->kpi.answering;
    dk_json_key(j, "weighting");
    if (!a->weighted) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    flag(j, "used", a->used);
    text(j, "method", a->method);
    count(j, "cells", a->cells);
    number(j, "lowest", a->lowest);
    number(j, "highest", a->highest);
    number(j, "n_effective", a->n_effective);
    begin_list(j, "results");
    for (size_t i = 0; i < a->nresults; i++) {
        const dk_weighted_nps *w = &a->results[i];
        if (w->hidden) continue;
        dk_json_object(j);
        text(j, "segment", r->segments[w->segment].name);
        number(j, "nps", w->plain.nps);
        interval(j, "ci", w->plain.ci);
        number(j, "weighted", w->weighted.nps);
        interval(j, "weighted_ci", w->weighted.ci);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

void dk_json_answering(dk_json *j, const dk_study_result *r) {
    const dk_answering *a = &r->kpi.answering;
    begin_object(j, "answering");
    text(j, "basis", a->invitations ? "invitations" : "none");
    text(j, "note", a->note);
    begin_list(j, "rates");
    for (size_t i = 0; i < a->nrates; i++) put_rate(j, &a->rates[i]);
    dk_json_end(j);
    put_weighting(j, r);
    dk_json_end(j);
}

/* No customer and no text: a report is read by many, the list by those who call. */
void dk_json_followup(dk_json *j, const dk_study_result *r) {
    const dk_kpi_results *k = &r->kpi;
    begin_object(j, "followup");
    count(j, "listed", (int64_t)k->nfollowups);
    count(j, "considered", k->considered);
    text(j, "file", "followup.csv");
    begin_list(j, "items");
    for (size_t i = 0; i < k->nfollowups && i < MOST_FOLLOWUPS; i++) {
        const dk_followup *f = &k->followups[i];
        dk_json_object(j);
        count(j, "rank", (int64_t)i + 1);
        text(j, "id", f->id);
        text(j, "segment", f->segment);
        text(j, "date", f->date);
        number(j, "score", f->score);
        count(j, "urgency", f->urgency);
        text(j, "themes", f->themes);
        text(j, "owner", f->owner);
        text(j, "reason", f->reason);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
    dk_json_key(j, "contact_rule");
    if (k->contact.most == 0) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    count(j, "most", k->contact.most);
    count(j, "days", k->contact.days);
    text(j, "basis", k->contact.by_invitations ? "invitations" : "responses");
    count(j, "customers", k->contact.customers);
    count(j, "over", (int64_t)k->contact.nover);
    text(j, "file", "contacts.csv");
    dk_json_end(j);
}

void dk_json_journeys(dk_json *j, const dk_study_result *r) {
    begin_list(j, "journeys");
    for (size_t i = 0; i < r->kpi.njourneys; i++) {
        const dk_journey *way = &r->kpi.journeys[i];
        dk_json_object(j);
        text(j, "name", way->name);
        begin_list(j, "steps");
        for (size_t k = 0; k < way->nsteps; k++) {
            const dk_journey_step *s = &way->steps[k];
            dk_json_object(j);
            text(j, "touchpoint", s->touchpoint);
            text(j, "stage", s->stage);
            flag(j, "hidden", s->hidden);
            if (!s->hidden) {
                count(j, "responses", s->responses);
                number(j, "share", s->share);
                count(j, "negative", s->negative);
                count(j, "positive", s->positive);
                number(j, "polarity", s->polarity);
                number(j, "nps", s->nps);
                number(j, "importance", s->importance);
                number(j, "importance_share", s->importance_share);
                flag(j, "supported", s->supported);
            }
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}
