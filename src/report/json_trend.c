/* NPS over time in report.json. */
#include "report/json_put.h"
#include "report/json_sections.h"

static void put_point(dk_json *j, const char *wave, const dk_trend_point *p) {
    dk_json_object(j);
    text(j, "wave", wave);
    flag(j, "hidden", p->hidden);
    if (!p->hidden) {
        count(j, "n", p->n);
        flag(j, "used", p->used);
        number(j, "value", p->n > 0 ? p->value : NAN);
        interval(j, "ci", p->ci);
        number(j, "smoothed", p->smoothed);
        interval(j, "band", p->band);
        interval(j, "limits", p->limits);
        flag(j, "outside", p->outside);
        number(j, "change", p->change);
        interval(j, "change_ci", p->change_ci);
        number(j, "p", p->p);
        number(j, "q", p->q);
        flag(j, "significant", p->significant);
    }
    dk_json_end(j);
}

void dk_json_trend(dk_json *j, const dk_study_result *r) {
    begin_list(j, "trend");
    for (size_t i = 0; i < r->kpi.ntrends; i++) {
        const dk_trend *t = &r->kpi.trends[i];
        dk_json_object(j);
        text(j, "segment", r->segments[t->segment].name);
        text(j, "measure", t->measure);
        count(j, "min_n", t->min_n);
        number(j, "level_sd", t->level_sd);
        number(j, "centre", t->centre);
        number(j, "p_steady", t->p_steady);
        text(j, "verdict", t->verdict);
        text(j, "text", t->text);
        begin_list(j, "points");
        for (size_t w = 0; w < r->nwaves; w++) put_point(j, r->waves[w].name, &t->points[w]);
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}
