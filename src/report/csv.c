/* drivers.csv and rejected.csv. */
#include <math.h>

#include "io/csv_write.h"
#include "report/report.h"

static void put_text(dk_buf *out, const char *text) {
    dk_buf_putc(out, ',');
    if (text != NULL) dk_csv_put_safe(out, dk_str_from(text));
}

static void put_number(dk_buf *out, double value) {
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, value);
}

static void put_interval(dk_buf *out, double value, dk_interval ci) {
    put_number(out, value);
    put_number(out, ci.lo);
    put_number(out, ci.hi);
}

static void put_count(dk_buf *out, int64_t value) {
    dk_buf_putc(out, ',');
    dk_buf_put_int(out, value);
}

static const char *sign_name(dk_sign sign) {
    return sign == DK_SIGN_NEGATIVE ? "negative" : sign == DK_SIGN_POSITIVE ? "positive" : "neutral";
}

static void put_lever(const dk_study_result *r, const dk_study_fit *fit, size_t rank, dk_buf *out) {
    const dk_study_lever *lever = &fit->levers[rank];
    const dk_study_predictor *predictor = &fit->predictors[lever->predictor];
    const dk_study_theme *theme = predictor->theme >= 0 ? &r->themes[predictor->theme] : NULL;
    const dk_study_outcome *outcome = &r->outcomes[fit->outcome];
    const dk_driver_term *term = lever->term;
    const dk_driver *driver = lever->driver;
    dk_csv_put_safe(out, dk_str_from(outcome->name));
    put_text(out, outcome->unit);
    put_text(out, r->segments[fit->segment].name);
    put_count(out, fit->drivers->rows);
    put_text(out, dk_verdict_name(fit->drivers->verdict));
    put_count(out, (int64_t)rank + 1);
    put_text(out, lever->supported ? "yes" : "no");
    put_text(out, predictor->touchpoint);
    put_text(out, theme != NULL ? theme->id : NULL);
    put_text(out, sign_name(predictor->polarity));
    put_count(out, predictor->pooled);
    put_text(out, theme != NULL ? theme->stage : NULL);
    put_text(out, theme != NULL ? theme->owner : NULL);
    put_count(out, term->mentions);
    put_number(out, term->prevalence);
    put_interval(out, term->effect, term->ci);
    put_number(out, term->se);
    put_number(out, term->p);
    put_number(out, driver->q);
    put_interval(out, lever->moves, lever->moves_ci);
    put_interval(out, lever->worth, lever->worth_ci);
    put_text(out, isnan(lever->worth) ? NULL : lever->worth_supported ? "yes" : "no");
    put_number(out, term->importance);
    put_interval(out, driver->importance, driver->importance_ci);
    put_number(out, driver->share);
    put_number(out, driver->prob_top3);
    dk_buf_putc(out, '\n');
}

void dk_report_drivers_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(
        out,
        "outcome,unit,segment,n,verdict,rank,supported,touchpoint,theme,polarity,pooled,stage,owner,mentions,"
        "prevalence,effect,effect_low,effect_high,se,p,touchpoint_q,moves,moves_low,moves_high,worth,worth_low,"
        "worth_high,worth_supported,importance,touchpoint_importance,touchpoint_importance_low,touchpoint_importance_high,"
        "touchpoint_share,touchpoint_prob_top3\n");
    for (size_t i = 0; i < r->nfits; i++) {
        const dk_study_fit *fit = &r->fits[i];
        if (!fit->fitted || r->segments[fit->segment].hidden) continue;
        for (size_t k = 0; k < fit->nlevers; k++) put_lever(r, fit, k, out);
    }
}

void dk_report_rejected_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "file,line,row,column,problem,value,message,kept\n");
    for (size_t i = 0; i < r->nproblems; i++) {
        const dk_problem *p = &r->problems[i];
        dk_csv_puts(out, p->file >= 0 ? r->files[p->file].name : "");
        dk_buf_putc(out, ',');
        if (p->line > 0) dk_buf_put_int(out, p->line);
        put_count(out, p->row);
        put_text(out, p->column);
        put_text(out, dk_problem_name(p->kind));
        put_text(out, p->value);
        put_text(out, p->message);
        put_text(out, p->kept ? "yes" : "no");
        dk_buf_putc(out, '\n');
    }
}
