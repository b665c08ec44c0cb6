/* What drives the outcome: for each outcome and segment a verdict, the drivers with their intervals, and the importance of
 * the touchpoints. */
#include <math.h>

#include "report/chart.h"

enum { MOST_DRIVERS = 15, MOST_OTHERS = 40 };

static const char *css_of(dk_sign sign) { return sign == DK_SIGN_POSITIVE ? "pos" : sign == DK_SIGN_NEGATIVE ? "neg" : "seg"; }

static void say_verdict(dk_page *p, const dk_study_fit *fit) {
    const dk_driver_result *d = fit->drivers;
    dk_page_raw(p, "<p>");
    if (d->verdict == DK_LINK)
        dk_page_tell(p, MSG_verdict_link, dk_page_count(p, d->rows), dk_page_share(p, d->r2));
    else if (d->verdict == DK_NO_LINK)
        dk_page_tell(p, MSG_verdict_no_link, dk_page_count(p, d->rows),
                     dk_page_outcome_value(p, fit->outcome, fabs(d->detectable), true));
    else
        dk_page_tell(p, MSG_verdict_unclear, dk_page_count(p, d->rows),
                     dk_page_outcome_value(p, fit->outcome, fabs(d->detectable), true));
    dk_page_raw(p, "</p>\n");
}

static void lever_row(dk_page *p, const dk_study_fit *fit, const dk_study_lever *l, const dk_scale *scale, bool worth) {
    const dk_study_result *r = p->result;
    const dk_study_predictor *predictor = &fit->predictors[l->predictor];
    const dk_study_theme *theme = predictor->theme >= 0 ? &r->themes[predictor->theme] : NULL;
    dk_page_raw(p, "<tr><th scope=\"row\">");
    dk_page_text(p, dk_page_lever_name(p, predictor));
    dk_page_raw(p, "<small>");
    dk_page_text(p, dk_message_word(predictor->touchpoint, p->language));
    if (theme != NULL && theme->owner != NULL) {
        dk_page_raw(p, " · ");
        dk_page_text(p, dk_message_word(theme->owner, p->language));
    }
    if (predictor->pooled > 0) {
        dk_page_raw(p, " · ");
        dk_page_tell(p, MSG_pooled, dk_page_count(p, predictor->pooled));
    }
    dk_page_raw(p, "</small></th><td class=\"chart\">");
    dk_chart_interval(p, scale, l->moves, l->moves_ci, css_of(predictor->polarity), !l->supported);
    dk_page_raw(p, "</td>");
    dk_page_cell(p, "num strong", MSG_moves, dk_page_outcome_value(p, fit->outcome, l->moves, false));
    dk_page_raw(p, "<td class=\"num\" data-label=\"");
    dk_page_tell(p, MSG_effect);
    dk_page_raw(p, "\">");
    dk_page_text(p, dk_page_outcome_value(p, fit->outcome, l->term->effect, true));
    dk_page_raw(p, "<small>");
    dk_page_text(p, dk_page_outcome_range(p, fit->outcome, l->term->ci, true));
    dk_page_raw(p, "</small></td>");
    dk_page_cell(p, "num", MSG_said_by, dk_page_share(p, l->term->prevalence));
    if (worth) dk_page_cell(p, "num", MSG_worth, isfinite(l->worth) ? dk_page_money(p, l->worth, false) : "–");
    dk_page_raw(p, "</tr>\n");
}

static void lever_table(dk_page *p, const dk_study_fit *fit, dk_sign sign, bool supported, size_t most,
                        dk_message heading) {
    dk_scale scale;
    dk_scale_init(&scale);
    dk_scale_take(&scale, 0);
    size_t rows = 0;
    bool worth = false;
    for (size_t i = 0; i < fit->nlevers && rows < most; i++) {
        const dk_study_lever *l = &fit->levers[i];
        if (l->supported != supported || (supported && fit->predictors[l->predictor].polarity != sign)) continue;
        dk_scale_take(&scale, l->moves);
        dk_scale_take(&scale, l->moves_ci.lo);
        dk_scale_take(&scale, l->moves_ci.hi);
        worth |= isfinite(l->worth);
        rows++;
    }
    if (rows == 0) return;
    dk_scale_finish(&scale, 4);
    dk_page_raw(p, "<table class=\"rows\"><thead><tr>");
    dk_page_head_cell(p, NULL, heading);
    dk_page_raw(p, "<th scope=\"col\" class=\"chart\"><span class=\"hide\">");
    dk_page_tell(p, MSG_chart);
    dk_page_raw(p, "</span>");
    dk_chart_axis(p, &scale);
    dk_page_raw(p, "</th>");
    dk_page_head_cell(p, "num", MSG_moves);
    dk_page_head_cell(p, "num", MSG_effect);
    dk_page_head_cell(p, "num", MSG_said_by);
    if (worth) dk_page_head_cell(p, "num", MSG_worth);
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0, n = 0; i < fit->nlevers && n < rows; i++) {
        const dk_study_lever *l = &fit->levers[i];
        if (l->supported != supported || (supported && fit->predictors[l->predictor].polarity != sign)) continue;
        lever_row(p, fit, l, &scale, worth);
        n++;
    }
    dk_page_raw(p, "</tbody></table>\n");
}

static void others(dk_page *p, const dk_study_fit *fit) {
    int64_t n = 0;
    for (size_t i = 0; i < fit->nlevers; i++) n += !fit->levers[i].supported;
    if (n == 0) return;
    dk_page_raw(p, "<details><summary>");
    dk_page_tell(p, MSG_others, dk_page_count(p, n));
    dk_page_raw(p, "</summary>\n");
    lever_table(p, fit, DK_SIGN_NEUTRAL, false, MOST_OTHERS, MSG_not_supported);
    dk_page_raw(p, "</details>\n");
}

static void importance(dk_page *p, const dk_study_fit *fit) {
    const dk_driver_result *d = fit->drivers;
    double explained = d->r2 - d->r2_controls;
    if (d->ndrivers == 0 || !(explained > 0)) return;
    dk_scale scale;
    dk_scale_init(&scale);
    dk_scale_take(&scale, 0);
    for (size_t i = 0; i < d->ndrivers; i++) {
        dk_scale_take(&scale, 100 * d->drivers[i].share);
        dk_scale_take(&scale, 100 * d->drivers[i].importance_ci.hi / explained);
    }
    dk_scale_finish(&scale, 4);
    dk_page_raw(p, "<details><summary>");
    dk_page_tell(p, MSG_importance, dk_page_share(p, explained));
    dk_page_raw(p, "</summary>\n<table class=\"rows\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_touchpoint);
    dk_page_raw(p, "<th scope=\"col\" class=\"chart\"><span class=\"hide\">");
    dk_page_tell(p, MSG_chart);
    dk_page_raw(p, "</span>");
    dk_chart_axis(p, &scale);
    dk_page_raw(p, "</th>");
    dk_page_head_cell(p, "num", MSG_share_explained);
    dk_page_head_cell(p, "num", MSG_among_first);
    dk_page_head_cell(p, "num", MSG_q_value);
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < d->ndrivers; i++) {
        const dk_driver *g = &d->drivers[i];
        dk_interval ci = {100 * g->importance_ci.lo / explained, 100 * g->importance_ci.hi / explained};
        dk_page_raw(p, "<tr><th scope=\"row\">");
        dk_page_text(p, dk_message_word(g->name, p->language));
        dk_page_raw(p, "</th><td class=\"chart\">");
        dk_chart_interval(p, &scale, 100 * g->share, ci, "seg", !(g->q <= p->result->alpha));
        dk_page_raw(p, "</td>");
        dk_page_cell(p, "num", MSG_share_explained, dk_page_share(p, g->share));
        dk_page_cell(p, "num", MSG_among_first, isfinite(g->prob_top3) ? dk_page_share(p, g->prob_top3) : "–");
        dk_page_cell(p, "num", MSG_q_value, dk_page_number(p, g->q, 3));
        dk_page_raw(p, "</tr>\n");
    }
    dk_page_raw(p, "</tbody></table>\n</details>\n");
}

static void one_fit(dk_page *p, const dk_study_fit *fit) {
    dk_page_raw(p, "<article>\n<h3>");
    dk_page_text(p, dk_page_segment(p, fit->segment));
    dk_page_raw(p, "</h3>\n");
    if (!fit->fitted) {
        dk_page_raw(p, "<p>");
        dk_page_tell(p, MSG_not_fitted);
        if (fit->reason != NULL) {
            dk_page_raw(p, " <span lang=\"en\">");
            dk_page_text(p, fit->reason);
            dk_page_raw(p, "</span>");
        }
        dk_page_raw(p, "</p>\n</article>\n");
        return;
    }
    say_verdict(p, fit);
    lever_table(p, fit, DK_SIGN_NEGATIVE, true, MOST_DRIVERS, MSG_to_mend);
    lever_table(p, fit, DK_SIGN_POSITIVE, true, MOST_DRIVERS, MSG_to_keep);
    others(p, fit);
    importance(p, fit);
    if (fit->drivers->nnotes > 0) {
        dk_page_raw(p, "<ul class=\"small\" lang=\"en\">");
        for (size_t i = 0; i < fit->drivers->nnotes; i++) {
            dk_page_raw(p, "<li>");
            dk_page_text(p, fit->drivers->notes[i]);
            dk_page_raw(p, "</li>");
        }
        dk_page_raw(p, "</ul>\n");
    }
    dk_page_raw(p, "</article>\n");
}

void dk_page_drivers(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->nfits == 0) return;
    for (size_t o = 0; o < r->noutcomes; o++) {
        bool begun = false;
        for (size_t i = 0; i < r->nfits; i++) {
            const dk_study_fit *fit = &r->fits[i];
            if ((size_t)fit->outcome != o || r->segments[fit->segment].hidden) continue;
            if (!begun) {
                dk_page_rawf(p, "<section id=\"drivers-%zu\">\n<h2>", o + 1);
                dk_page_tell(p, MSG_drivers_of, dk_message_word(r->outcomes[o].name, p->language));
                dk_page_raw(p, "</h2>\n<p class=\"small\">");
                dk_page_tell(p, MSG_drivers_read, dk_page_share(p, r->confidence), dk_page_share(p, r->alpha));
                dk_page_raw(p, "</p>\n");
                begun = true;
            }
            one_fit(p, fit);
        }
        if (begun) dk_page_raw(p, "</section>\n");
    }
}
