/* Where we stand: the headline in words, the segments, the waves. */
#include <math.h>
#include <stdlib.h>

#include "report/chart.h"

static void put_date_span(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->first_date == NULL || r->last_date == NULL) return;
    dk_page_tell(p, MSG_dates, dk_page_date(p, r->first_date), dk_page_date(p, r->last_date));
    dk_page_raw(p, " · ");
}

/* The segments with the lowest and the highest NPS that may be shown. */
static bool extremes(const dk_study_result *r, size_t *lowest, size_t *highest) {
    *lowest = *highest = 0;
    for (size_t i = 1; i < r->nsegments; i++) {
        const dk_study_segment *s = &r->segments[i];
        if (s->hidden || s->nps.n == 0) continue;
        if (*lowest == 0 || s->nps.nps < r->segments[*lowest].nps.nps) *lowest = i;
        if (*highest == 0 || s->nps.nps > r->segments[*highest].nps.nps) *highest = i;
    }
    return *lowest != *highest;
}

static void say_standing(dk_page *p) {
    const dk_study_result *r = p->result;
    const dk_study_segment *all = &r->segments[0];
    dk_page_raw(p, "<p class=\"lead\">");
    if (all->hidden) {
        dk_page_tell(p, MSG_too_few_to_show, dk_page_count(p, r->min_privacy));
    } else if (all->nps.n > 0) {
        dk_page_tell(p, MSG_nps_is, dk_page_number(p, all->nps.nps, 0), dk_page_range(p, all->nps.ci, 0),
                     dk_page_count(p, all->nps.n));
        size_t lowest, highest;
        if (extremes(r, &lowest, &highest)) {
            dk_page_raw(p, " ");
            dk_page_tell(p, MSG_nps_segments, dk_page_segment(p, (int)lowest),
                         dk_page_number(p, r->segments[lowest].nps.nps, 0), dk_page_segment(p, (int)highest),
                         dk_page_number(p, r->segments[highest].nps.nps, 0));
        }
    } else if (all->score.n > 0) {
        dk_page_tell(p, MSG_score_is, dk_page_number(p, all->score.mean, 2),
                     dk_page_range(p, all->score.ci, 2), dk_page_count(p, all->score.n));
    } else {
        dk_page_tell(p, MSG_no_score, dk_page_count(p, r->comments));
    }
    dk_page_raw(p, "</p>\n");
}

static void say_link(dk_page *p) {
    const dk_study_link *l = &p->result->link;
    if (!l->tested) return;
    dk_page_raw(p, "<p class=\"lead\">");
    if (l->verdict == DK_LINK)
        dk_page_tell(p, dk_page_yearly(p) ? MSG_link_found : MSG_link_found_plain,
                     dk_page_money(p, l->effect, false), dk_page_money_range(p, l->ci));
    else if (l->verdict == DK_NO_LINK)
        dk_page_tell(p, MSG_link_none, dk_page_money(p, l->ruled_out, false));
    else
        dk_page_tell(p, MSG_link_unclear, dk_page_count(p, l->n));
    dk_page_raw(p, "</p>\n");
}

/* A sentence with the first three of the supported complaints, or of the praise, that move the outcome upward. False
   when there is none. */
static bool say_first(dk_page *p, const dk_study_fit *fit, bool praise, dk_message opening) {
    enum { NAMED = 3 };
    int named = 0;
    for (size_t i = 0; i < fit->nlevers && named < NAMED; i++) {
        const dk_study_lever *l = &fit->levers[i];
        const dk_study_predictor *predictor = &fit->predictors[l->predictor];
        bool positive = predictor->polarity == DK_SIGN_POSITIVE;
        if (!l->supported || positive != praise || !(l->moves > 0)) continue;
        dk_page_raw(p, named > 0 ? ", <b>" : "<p class=\"lead\">");
        if (named++ == 0) {
            dk_page_tell(p, opening);
            dk_page_raw(p, "<b>");
        }
        dk_page_text(p, dk_page_lever_name(p, predictor));
        dk_page_raw(p, "</b> ");
        dk_page_text(p, dk_page_outcome_value(p, fit->outcome, l->moves, false));
    }
    if (named > 0) dk_page_raw(p, ".</p>\n");
    return named > 0;
}

static void say_drivers(dk_page *p) {
    int outcome = dk_page_main_outcome(p);
    const dk_study_fit *fit = outcome >= 0 ? dk_study_find_fit(p->result, outcome, 0) : NULL;
    if (fit == NULL || p->result->segments[0].hidden) return;
    if (fit->fitted) {
        bool any = say_first(p, fit, false, MSG_first_drivers);
        any |= say_first(p, fit, true, MSG_first_praise);
        if (any) return;
    }
    dk_page_raw(p, "<p class=\"lead\">");
    if (fit->fitted && !isfinite(fit->drivers->detectable))
        dk_page_tell(p, MSG_no_driver_plain, dk_page_count(p, fit->drivers->rows));
    else if (fit->fitted)
        dk_page_tell(p, MSG_no_driver, dk_page_count(p, fit->drivers->rows),
                     dk_page_outcome_size(p, outcome, fit->drivers->detectable));
    else
        dk_page_tell(p, MSG_not_fitted);
    dk_page_raw(p, "</p>\n");
}

void dk_page_headline(dk_page *p) {
    const dk_study_result *r = p->result;
    dk_page_raw(p, "<header>\n<p class=\"over\">");
    dk_page_tell(p, MSG_report_kind);
    dk_page_raw(p, "</p>\n<h1>");
    dk_page_text(p, r->title);
    dk_page_raw(p, "</h1>\n");
    say_standing(p);
    say_link(p);
    say_drivers(p);
    dk_page_raw(p, "<p class=\"small\">");
    put_date_span(p);
    dk_page_tell(p, MSG_counts, dk_page_count(p, r->responses), dk_page_count(p, r->comments));
    dk_page_raw(p, " · ");
    dk_page_tell(p, MSG_version, r->version != NULL ? r->version : "", r->stamp != NULL ? r->stamp : "");
    dk_page_raw(p, "</p>\n</header>\n");
}

/* Profit of a customers' file is that of one of its periods, as the file has it. */
static dk_message profit_label(const dk_page *p) {
    return p->result->link.tested && p->result->link.per_year != 1 ? MSG_profit_period : MSG_profit;
}

static void segment_row(dk_page *p, size_t i, const dk_scale *scale) {
    const dk_study_result *r = p->result;
    const dk_study_segment *s = &r->segments[i];
    bool scored = s->nps.n > 0, profit = r->segments[0].profit.n > 0;
    dk_page_raw(p, i == 0 ? "<tr class=\"all\"><th scope=\"row\">" : "<tr><th scope=\"row\">");
    dk_page_text(p, dk_page_segment(p, (int)i));
    dk_page_raw(p, "</th>");
    if (s->hidden) {
        dk_page_rawf(p, "<td colspan=\"%d\" class=\"note\">", profit ? 5 : 4);
        dk_page_tell(p, MSG_too_few_to_show, dk_page_count(p, r->min_privacy));
        dk_page_raw(p, "</td></tr>\n");
        return;
    }
    dk_page_raw(p, "<td class=\"chart\">");
    if (scored)
        dk_chart_interval(p, scale, s->nps.nps, s->nps.ci, "seg", false);
    else if (s->score.n > 0)
        dk_chart_interval(p, scale, s->score.mean, s->score.ci, "seg", false);
    dk_page_raw(p, "</td>");
    dk_page_cell(p, "num", r->score_is_nps ? MSG_nps : MSG_score,
                 scored           ? dk_page_figure(p, s->nps.nps, s->nps.ci, 0)
                 : s->score.n > 0 ? dk_page_figure(p, s->score.mean, s->score.ci, 2)
                                  : "");
    dk_page_cell(p, "num", MSG_responses, dk_page_count(p, s->responses));
    dk_page_cell(p, "num", MSG_with_comment, dk_page_share(p, s->commented));
    if (profit)
        dk_page_cell(p, "num", profit_label(p), s->profit.n > 0 ? dk_page_money(p, s->profit.mean, false) : "");
    dk_page_raw(p, "</tr>\n");
}

static void put_segments(dk_page *p) {
    const dk_study_result *r = p->result;
    dk_scale scale;
    dk_scale_init(&scale);
    for (size_t i = 0; i < r->nsegments; i++) {
        const dk_study_segment *s = &r->segments[i];
        if (s->hidden) continue;
        const dk_interval ci = s->nps.n > 0 ? s->nps.ci : s->score.ci;
        if (s->nps.n > 0 || s->score.n > 0) {
            dk_scale_take(&scale, ci.lo);
            dk_scale_take(&scale, ci.hi);
        }
    }
    dk_scale_finish(&scale, 5);
    dk_page_raw(p, "<table class=\"rows\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_segment);
    dk_page_raw(p, "<th scope=\"col\" class=\"chart\">");
    dk_page_raw(p, "<span class=\"hide\">");
    dk_page_tell(p, MSG_chart);
    dk_page_raw(p, "</span>");
    dk_chart_axis(p, &scale);
    dk_page_raw(p, "</th>");
    dk_page_head_cell(p, "num", r->score_is_nps ? MSG_nps_ci : MSG_score_ci);
    dk_page_head_cell(p, "num", MSG_responses);
    dk_page_head_cell(p, "num", MSG_with_comment);
    if (r->segments[0].profit.n > 0) dk_page_head_cell(p, "num", profit_label(p));
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < r->nsegments; i++) segment_row(p, i, &scale);
    dk_page_raw(p, "</tbody></table>\n");
    if (r->segment_source != NULL) {
        dk_page_raw(p, "<p class=\"small\">");
        dk_page_tell(p, MSG_segment);
        dk_page_raw(p, ": ");
        dk_page_sentence(p, r->segment_source);
        dk_page_raw(p, "</p>\n");
    }
}

static void wave_cell(dk_page *p, size_t w, size_t s) {
    const dk_study_result *r = p->result;
    const dk_study_point *point = &r->series[w * r->nsegments + s];
    dk_page_raw(p, "<td class=\"num\" data-label=\"");
    dk_page_text(p, dk_page_segment(p, (int)s));
    dk_page_raw(p, "\">");
    if (point->hidden || r->segments[s].hidden)
        dk_page_tell(p, MSG_hidden);
    else if (point->nps.n > 0)
        dk_page_text(p, dk_page_figure(p, point->nps.nps, point->nps.ci, 0));
    else
        dk_page_raw(p, "–");
    dk_page_raw(p, "</td>");
}

static void put_waves(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->nwaves < 2 || !r->score_is_nps || r->segments[0].nps.n == 0) return;
    dk_chart_point *points = calloc(r->nwaves, sizeof *points);
    if (points == NULL) {
        p->out->failed = true;
        return;
    }
    for (size_t w = 0; w < r->nwaves; w++) {
        const dk_study_point *s = &r->series[w * r->nsegments];
        bool shown = !s->hidden && s->nps.n > 0;
        const dk_interval none = {NAN, NAN};
        points[w] = (dk_chart_point){r->waves[w].name, shown ? s->nps.nps : NAN, shown ? s->smoothed : NAN,
                                     shown ? s->nps.ci : none, shown ? s->band : none};
    }
    dk_page_element(p, "h3", NULL, MSG_over_time);
    dk_chart_waves(p, points, r->nwaves, MSG_over_time_chart);
    free(points);
    dk_page_raw(p, "<table class=\"rows plain\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_wave);
    for (size_t s = 0; s < r->nsegments; s++) {
        dk_page_raw(p, "<th scope=\"col\" class=\"num\">");
        dk_page_text(p, dk_page_segment(p, (int)s));
        dk_page_raw(p, "</th>");
    }
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t w = 0; w < r->nwaves; w++) {
        dk_page_raw(p, "<tr><th scope=\"row\">");
        dk_page_text(p, r->waves[w].name);
        dk_page_raw(p, "</th>");
        for (size_t s = 0; s < r->nsegments; s++) wave_cell(p, w, s);
        dk_page_raw(p, "</tr>\n");
    }
    dk_page_raw(p, "</tbody></table>\n");
}

void dk_page_standing(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->segments[0].nps.n == 0 && r->segments[0].score.n == 0) return;
    dk_page_raw(p, "<section id=\"standing\">\n");
    dk_page_element(p, "h2", NULL, MSG_where_we_stand);
    put_segments(p);
    put_waves(p);
    if (r->link.tested && r->link.about != NULL) {
        dk_page_element(p, "h3", NULL, MSG_score_and_profit);
        dk_page_raw(p, "<p>");
        dk_page_tell(p, MSG_correlation, dk_page_number(p, r->link.correlation, 2),
                     dk_page_count(p, r->link.n), dk_page_count(p, r->link.customers));
        dk_page_raw(p, " ");
        dk_page_sentence(p, r->link.about);
        dk_page_raw(p, "</p>\n");
    }
    dk_page_raw(p, "</section>\n");
}
