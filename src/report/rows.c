#include "report/rows.h"

#include <math.h>

#define TABLE(name, columns) \
    { name, columns, sizeof columns / sizeof *columns }
#define TEXT(name) \
    { name, DK_OUT_TEXT }
#define COUNT(name) \
    { name, DK_OUT_COUNT }
#define NUMBER(name) \
    { name, DK_OUT_NUMBER }
#define FLAG(name) \
    { name, DK_OUT_FLAG }
/* A figure and the ends of its interval. */
#define FIGURE(name) NUMBER(name), NUMBER(name "_low"), NUMBER(name "_high")

static void add_figure(dk_out_rows *rows, double value, dk_interval ci) {
    dk_out_number(rows, value);
    dk_out_number(rows, ci.lo);
    dk_out_number(rows, ci.hi);
}

/* ---- Drivers ---- */

static const dk_out_column driver_columns[] = {
    TEXT("outcome"),
    TEXT("unit"),
    TEXT("segment"),
    COUNT("n"),
    TEXT("verdict"),
    COUNT("rank"),
    FLAG("supported"),
    TEXT("touchpoint"),
    TEXT("theme"),
    TEXT("polarity"),
    COUNT("pooled"),
    TEXT("stage"),
    TEXT("owner"),
    COUNT("mentions"),
    NUMBER("prevalence"),
    FIGURE("effect"),
    NUMBER("se"),
    NUMBER("p"),
    NUMBER("touchpoint_q"),
    FIGURE("moves"),
    FIGURE("worth"),
    FLAG("worth_supported"),
    NUMBER("importance"),
    FIGURE("touchpoint_importance"),
    NUMBER("touchpoint_share"),
    NUMBER("touchpoint_prob_top3"),
};
const dk_out_table dk_report_drivers_table = TABLE("drivers", driver_columns);

static const char *sign_name(dk_sign sign) {
    return sign == DK_SIGN_NEGATIVE ? "negative" : sign == DK_SIGN_POSITIVE ? "positive" : "neutral";
}

static void add_lever(const dk_study_result *r, const dk_study_fit *fit, size_t rank, dk_out_rows *rows) {
    const dk_study_lever *lever = &fit->levers[rank];
    const dk_study_predictor *predictor = &fit->predictors[lever->predictor];
    const dk_study_theme *theme = predictor->theme >= 0 ? &r->themes[predictor->theme] : NULL;
    const dk_study_outcome *outcome = &r->outcomes[fit->outcome];
    const dk_driver_term *term = lever->term;
    const dk_driver *driver = lever->driver;
    dk_out_words(rows, outcome->name);
    dk_out_words(rows, outcome->unit);
    dk_out_words(rows, r->segments[fit->segment].name);
    dk_out_count(rows, fit->drivers->rows);
    dk_out_words(rows, dk_verdict_name(fit->drivers->verdict));
    dk_out_count(rows, (int64_t)rank + 1);
    dk_out_flag(rows, lever->supported);
    dk_out_words(rows, predictor->touchpoint);
    dk_out_words(rows, theme != NULL ? theme->id : NULL);
    dk_out_words(rows, sign_name(predictor->polarity));
    dk_out_count(rows, predictor->pooled);
    dk_out_words(rows, theme != NULL ? theme->stage : NULL);
    dk_out_words(rows, theme != NULL ? theme->owner : NULL);
    dk_out_count(rows, term->mentions);
    dk_out_number(rows, term->prevalence);
    add_figure(rows, term->effect, term->ci);
    dk_out_number(rows, term->se);
    dk_out_number(rows, term->p);
    dk_out_number(rows, driver->q);
    add_figure(rows, lever->moves, lever->moves_ci);
    add_figure(rows, lever->worth, lever->worth_ci);
    if (isnan(lever->worth))
        dk_out_null(rows);
    else
        dk_out_flag(rows, lever->worth_supported);
    dk_out_number(rows, term->importance);
    add_figure(rows, driver->importance, driver->importance_ci);
    dk_out_number(rows, driver->share);
    dk_out_number(rows, driver->prob_top3);
    dk_out_end(rows);
}

void dk_report_drivers_rows(const dk_study_result *r, dk_out_rows *rows) {
    for (size_t i = 0; i < r->nfits; i++) {
        const dk_study_fit *fit = &r->fits[i];
        if (!fit->fitted || r->segments[fit->segment].hidden) continue;
        for (size_t k = 0; k < fit->nlevers; k++) add_lever(r, fit, k, rows);
    }
}

/* ---- Segments ---- */

static const dk_out_column segment_columns[] = {
    TEXT("segment"),
    NUMBER("band_from"),
    NUMBER("band_below"),
    FLAG("hidden"),
    COUNT("responses"),
    COUNT("customers"),
    COUNT("comments"),
    NUMBER("commented"),
    NUMBER("share_of_responses"),
    NUMBER("share_of_customers"),
    NUMBER("share_of_profit"),
    FIGURE("nps"),
    NUMBER("promoters"),
    NUMBER("passives"),
    NUMBER("detractors"),
    FIGURE("score"),
    FIGURE("profit"),
    NUMBER("sentiment"),
};
const dk_out_table dk_report_segments_table = TABLE("segments", segment_columns);

static void add_nps(const dk_nps *nps, dk_out_rows *rows) {
    bool any = nps->n > 0;
    add_figure(rows, any ? nps->nps : NAN, any ? nps->ci : (dk_interval){NAN, NAN});
    dk_out_number(rows, any ? nps->promoters : NAN);
    dk_out_number(rows, any ? nps->passives : NAN);
    dk_out_number(rows, any ? nps->detractors : NAN);
}

static void add_mean(const dk_mean_figure *mean, dk_out_rows *rows) {
    bool any = mean->n > 0;
    add_figure(rows, any ? mean->mean : NAN, any ? mean->ci : (dk_interval){NAN, NAN});
}

void dk_report_segments_rows(const dk_study_result *r, dk_out_rows *rows) {
    for (size_t g = 0; g < r->nsegments; g++) {
        const dk_study_segment *s = &r->segments[g];
        const dk_profile *profile = g > 0 && r->kpi.profiles != NULL ? &r->kpi.profiles[g] : NULL;
        dk_out_words(rows, s->name);
        dk_out_number(rows, s->from);
        dk_out_number(rows, s->below);
        dk_out_flag(rows, s->hidden);
        if (s->hidden) {
            for (size_t i = 4; i < dk_report_segments_table.ncolumns; i++) dk_out_null(rows);
            dk_out_end(rows);
            continue;
        }
        dk_out_count(rows, s->responses);
        if (s->customers > 0)
            dk_out_count(rows, s->customers);
        else
            dk_out_null(rows);
        dk_out_count(rows, s->comments);
        dk_out_number(rows, s->commented);
        dk_out_number(rows, profile != NULL ? profile->share_of_responses : g == 0 ? 1 : NAN);
        dk_out_number(rows, profile != NULL ? profile->share_of_customers : g == 0 ? 1 : NAN);
        dk_out_number(rows, s->profit.n > 0 ? s->profit_share : NAN);
        add_nps(&s->nps, rows);
        add_mean(&s->score, rows);
        add_mean(&s->profit, rows);
        dk_out_number(rows, s->comments > 0 ? s->sentiment : NAN);
        dk_out_end(rows);
    }
}

/* ---- KPIs ---- */

static const dk_out_column kpi_columns[] = {
    TEXT("kpi"),      TEXT("kind"),    TEXT("name"),   TEXT("cut"),      TEXT("part"),
    TEXT("unit"),     FLAG("hidden"),  COUNT("n"),     FIGURE("figure"), NUMBER("benchmark"),
    NUMBER("target"), TEXT("formula"), TEXT("source"),
};
const dk_out_table dk_report_kpis_table = TABLE("kpis", kpi_columns);

static void add_kpi(const dk_kpi *k, const dk_kpi_value *v, dk_out_rows *rows) {
    dk_out_words(rows, k->id);
    dk_out_words(rows, dk_kpi_kind_name(k->kind));
    dk_out_words(rows, k->label[DK_LANG_EN]);
    dk_out_words(rows, dk_cut_name(v->cut));
    dk_out_words(rows, v->group);
    dk_out_words(rows, k->unit);
    dk_out_flag(rows, v->hidden);
    if (v->hidden)
        dk_out_null(rows);
    else
        dk_out_count(rows, v->n);
    add_figure(rows, v->hidden ? NAN : v->value, v->hidden ? (dk_interval){NAN, NAN} : v->ci);
    dk_out_number(rows, k->benchmark);
    dk_out_number(rows, k->target);
    dk_out_words(rows, k->formula);
    dk_out_words(rows, k->source);
    dk_out_end(rows);
}

void dk_report_kpis_rows(const dk_study_result *r, dk_out_rows *rows) {
    for (size_t i = 0; i < r->kpi.nkpis; i++) {
        const dk_kpi *k = &r->kpi.kpis[i];
        add_kpi(k, &k->all, rows);
        for (size_t c = 0; c < k->ncuts; c++) add_kpi(k, &k->cuts[c], rows);
    }
}
