/* kpis.csv, segments.csv, followup.csv and contacts.csv. */
#include "io/csv_write.h"
#include "report/json_sections.h"

static void put_words(dk_buf *out, const char *text) {
    if (text != NULL) dk_csv_put_safe(out, dk_str_from(text));
}

static void next_words(dk_buf *out, const char *text) {
    dk_buf_putc(out, ',');
    put_words(out, text);
}

static void next_number(dk_buf *out, double value) {
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, value);
}

static void next_count(dk_buf *out, int64_t value) {
    dk_buf_putc(out, ',');
    dk_buf_put_int(out, value);
}

static void put_kpi_row(const dk_kpi *k, const dk_kpi_value *v, dk_buf *out) {
    put_words(out, k->id);
    next_words(out, dk_kpi_kind_name(k->kind));
    next_words(out, k->label[DK_LANG_EN]);
    next_words(out, dk_cut_name(v->cut));
    next_words(out, v->group);
    next_words(out, k->unit);
    if (v->hidden) {
        dk_buf_puts(out, ",,,,");
    } else {
        next_count(out, v->n);
        next_number(out, v->value);
        next_number(out, v->ci.lo);
        next_number(out, v->ci.hi);
    }
    next_number(out, k->benchmark);
    next_number(out, k->target);
    next_words(out, v->hidden ? "yes" : "no");
    next_words(out, k->formula);
    next_words(out, k->source);
    dk_buf_putc(out, '\n');
}

void dk_report_kpis_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "kpi,kind,name,by,group,unit,n,value,low,high,benchmark,target,hidden,formula,source\n");
    for (size_t i = 0; i < r->kpi.nkpis; i++) {
        const dk_kpi *k = &r->kpi.kpis[i];
        put_kpi_row(k, &k->all, out);
        for (size_t c = 0; c < k->ncuts; c++) put_kpi_row(k, &k->cuts[c], out);
    }
}

void dk_report_segments_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "segment,from,below,hidden,responses,customers,share_of_responses,share_of_customers,share_of_profit,nps,nps_low,nps_high,profit,profit_low,"
                     "profit_high,theme,polarity,share,elsewhere,difference_low,difference_high,q\n");
    for (size_t g = 1; r->kpi.profiles != NULL && g < r->nsegments; g++) {
        const dk_study_segment *s = &r->segments[g];
        const dk_profile *p = &r->kpi.profiles[g];
        /* a row for the segment, then one for each theme that sets it apart */
        for (size_t i = 0; i < (s->hidden ? 1 : p->nthemes + 1); i++) {
            put_words(out, s->name);
            next_number(out, s->from);
            next_number(out, s->below);
            next_words(out, s->hidden ? "yes" : "no");
            if (s->hidden) {
                dk_buf_puts(out, ",,,,,,,,,,,,,,,,,,\n");
                continue;
            }
            next_count(out, s->responses);
            next_count(out, s->customers);
            next_number(out, p->share_of_responses);
            next_number(out, p->share_of_customers);
            next_number(out, s->profit_share);
            next_number(out, s->nps.nps);
            next_number(out, s->nps.ci.lo);
            next_number(out, s->nps.ci.hi);
            next_number(out, s->profit.mean);
            next_number(out, s->profit.ci.lo);
            next_number(out, s->profit.ci.hi);
            if (i == 0) {
                dk_buf_puts(out, ",,,,,,,\n");
                continue;
            }
            const dk_profile_theme *t = &p->themes[i - 1];
            next_words(out, r->themes[t->theme].id);
            next_words(out, t->sign < 0 ? "negative" : "positive");
            next_number(out, t->here);
            next_number(out, t->elsewhere);
            next_number(out, t->ci.lo);
            next_number(out, t->ci.hi);
            next_number(out, t->q);
            dk_buf_putc(out, '\n');
        }
    }
}

void dk_report_followup_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "rank,urgency,response,customer,date,segment,score,value,language,sentiment,themes,owner,reason,comment\n");
    for (size_t i = 0; i < r->kpi.nfollowups; i++) {
        const dk_followup *f = &r->kpi.followups[i];
        dk_buf_put_int(out, (int64_t)i + 1);
        next_count(out, f->urgency);
        next_words(out, f->id);
        next_words(out, f->customer);
        next_words(out, f->date);
        next_words(out, f->segment);
        next_number(out, f->score);
        next_number(out, f->value);
        next_words(out, f->language);
        next_number(out, f->sentiment);
        next_words(out, f->themes);
        next_words(out, f->owner);
        next_words(out, f->reason);
        next_words(out, f->text);
        dk_buf_putc(out, '\n');
    }
}

void dk_report_contacts_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "customer,surveys,first,last,allowed,days\n");
    for (size_t i = 0; i < r->kpi.contact.nover; i++) {
        const dk_contact *c = &r->kpi.contact.over[i];
        put_words(out, c->customer);
        next_count(out, c->surveys);
        next_words(out, c->first);
        next_words(out, c->last);
        next_count(out, r->kpi.contact.most);
        next_count(out, r->kpi.contact.days);
        dk_buf_putc(out, '\n');
    }
}
