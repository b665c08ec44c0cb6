/* What drives the outcome: for each outcome and segment a verdict, the drivers with their intervals, and the importance of
 * the touchpoints. */
#include <math.h>

#include "report/chart.h"

enum { MOST_DRIVERS = 15, MOST_OTHERS = 40 };

static const char *css_of(dk_sign sign) {
    return sign == DK_SIGN_POSITIVE ? "pos" : sign == DK_SIGN_NEGATIVE ? "neg" : "seg";
}

static void say_verdict(dk_page *p, const dk_study_fit *fit) {
    const dk_driver_result *d = fit->drivers;
    dk_page_raw(p, "<p>");
    if (d->verdict == DK_LINK)
        dk_page_tell(p, MSG_verdict_link, dk_page_count(p, d->rows), dk_page_share(p, d->r2));
    else if (!isfinite(d->detectable)) /* no theme of its own to judge */
        dk_page_tell(p, MSG_no_driver_plain, dk_page_count(p, d->rows));
    else if (d->verdict == DK_NO_LINK)
        dk_page_tell(p, MSG_verdict_no_link, dk_page_count(p, d->rows),
                     dk_page_outcome_size(p, fit->outcome, d->detectable));
    else
        dk_page_tell(p, MSG_verdict_unclear, dk_page_count(p, d->rows),
                     dk_page_outcome_size(p, fit->outcome, d->detectable));
    dk_page_raw(p, "</p>\n");
}

/* What the rows of a table share: the scale, and whether there is money. */
typedef struct lever_frame {
    dk_scale scale;
    bool worth;
} lever_frame;

static void lever_row(dk_page *p, const dk_study_fit *fit, const dk_study_lever *l,
                      const lever_frame *frame) {
    const dk_study_result *r = p->result;
    const dk_study_predictor *predictor = &fit->predictors[l->predictor];
    const dk_study_theme *theme = predictor->theme >= 0 ? &r->themes[predictor->theme] : NULL;
    dk_page_raw(p, "<tr><th scope=\"row\">");
    dk_page_text(p, dk_page_lever_name(p, predictor));
    dk_page_raw(p, "<small>");
    if (!l->supported) { /* there complaints and praise share a table */
        dk_page_tell(p, predictor->polarity == DK_SIGN_POSITIVE ? MSG_positive : MSG_negative);
        dk_page_raw(p, " · ");
    }
    dk_page_text(p, dk_message_word(predictor->touchpoint, p->language));
    if (theme != NULL && theme->owner != NULL) {
        dk_page_raw(p, " · ");
        dk_page_text(p, dk_message_owner(theme->owner, p->language));
    }
    if (predictor->pooled > 0) {
        dk_page_raw(p, " · ");
        dk_page_tell(p, MSG_pooled, dk_page_count(p, predictor->pooled));
    }
    dk_page_raw(p, "</small></th><td class=\"chart\">");
    dk_chart_interval(p, &frame->scale, l->moves, l->moves_ci, css_of(predictor->polarity), !l->supported);
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
    if (frame->worth)
        dk_page_cell(p, "num", dk_page_yearly(p) ? MSG_worth : MSG_worth_plain,
                     isfinite(l->worth) ? dk_page_money(p, l->worth, false) : "–");
    dk_page_raw(p, "</tr>\n");
}

static void frame_levers(const dk_study_fit *fit, bool supported, lever_frame *frame) {
    dk_scale_init(&frame->scale);
    dk_scale_take(&frame->scale, 0);
    frame->worth = false;
    for (size_t i = 0; i < fit->nlevers; i++) {
        const dk_study_lever *l = &fit->levers[i];
        if (l->supported != supported) continue;
        dk_scale_take(&frame->scale, l->moves);
        dk_scale_take(&frame->scale, l->moves_ci.lo);
        dk_scale_take(&frame->scale, l->moves_ci.hi);
        frame->worth |= isfinite(l->worth);
    }
    dk_scale_finish(&frame->scale, 4);
}

static void lever_head(dk_page *p, const lever_frame *frame) {
    dk_page_raw(p, "<table class=\"rows\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_theme);
    dk_page_raw(p, "<th scope=\"col\" class=\"chart\"><span class=\"hide\">");
    dk_page_tell(p, MSG_chart);
    dk_page_raw(p, "</span>");
    dk_chart_axis(p, &frame->scale);
    dk_page_raw(p, "</th>");
    dk_page_head_cell(p, "num", MSG_moves);
    dk_page_head_cell(p, "num", MSG_effect);
    dk_page_head_cell(p, "num", MSG_said_by);
    if (frame->worth) dk_page_head_cell(p, "num", dk_page_yearly(p) ? MSG_worth : MSG_worth_plain);
    dk_page_raw(p, "</tr></thead>\n");
}

/* The supported levers that are praise, or are not, under their heading. */
static void lever_group(dk_page *p, const dk_study_fit *fit, const lever_frame *frame, bool praise) {
    size_t rows = 0;
    for (size_t i = 0; i < fit->nlevers && rows < MOST_DRIVERS; i++) {
        const dk_study_lever *l = &fit->levers[i];
        bool positive = fit->predictors[l->predictor].polarity == DK_SIGN_POSITIVE;
        if (!l->supported || positive != praise) continue;
        if (rows++ == 0) {
            dk_page_rawf(p, "<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"%d\">",
                         frame->worth ? 6 : 5);
            dk_page_tell(p, praise ? MSG_to_keep : MSG_to_mend);
            dk_page_raw(p, "</th></tr>\n");
        }
        lever_row(p, fit, l, frame);
    }
    if (rows > 0) dk_page_raw(p, "</tbody>\n");
}

static void supported(dk_page *p, const dk_study_fit *fit) {
    if (fit->nlevers == 0 || !fit->levers[0].supported) return;
    lever_frame frame;
    frame_levers(fit, true, &frame);
    lever_head(p, &frame);
    lever_group(p, fit, &frame, false);
    lever_group(p, fit, &frame, true);
    dk_page_raw(p, "</table>\n");
}

static void others(dk_page *p, const dk_study_fit *fit) {
    int64_t n = 0;
    for (size_t i = 0; i < fit->nlevers; i++) n += !fit->levers[i].supported;
    if (n == 0) return;
    dk_page_raw(p, "<details><summary>");
    dk_page_tell(p, MSG_others, dk_page_count(p, n));
    dk_page_raw(p, "</summary>\n");
    lever_frame frame;
    frame_levers(fit, false, &frame);
    lever_head(p, &frame);
    dk_page_raw(p, "<tbody>\n");
    for (size_t i = 0, rows = 0; i < fit->nlevers && rows < MOST_OTHERS; i++) {
        if (fit->levers[i].supported) continue;
        lever_row(p, fit, &fit->levers[i], &frame);
        rows++;
    }
    dk_page_raw(p, "</tbody></table>\n");
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
        dk_page_cell(p, "num", MSG_among_first,
                     isfinite(g->prob_top3) ? dk_page_share(p, g->prob_top3) : "–");
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
            dk_page_raw(p, " (");
            dk_page_sentence(p, fit->reason);
            dk_page_raw(p, ")");
        }
        dk_page_raw(p, "</p>\n</article>\n");
        return;
    }
    say_verdict(p, fit);
    supported(p, fit);
    others(p, fit);
    importance(p, fit);
    if (fit->drivers->nnotes > 0) {
        dk_page_raw(p, "<ul class=\"small\">");
        for (size_t i = 0; i < fit->drivers->nnotes; i++) {
            dk_page_raw(p, "<li>");
            dk_page_sentence(p, fit->drivers->notes[i]);
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
                dk_page_tell(p, MSG_drivers_read, dk_page_share(p, r->confidence),
                             dk_page_share(p, r->alpha));
                dk_page_raw(p, "</p>\n");
                begun = true;
            }
            one_fit(p, fit);
        }
        if (begun) dk_page_raw(p, "</section>\n");
    }
}
