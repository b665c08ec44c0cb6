#include "study/drivers_output.h"

#include <math.h>
#include <stdio.h>

#include "io/csv_write.h"
#include "io/json_write.h"

static const dk_driver_term *find_term(const dk_driver_result *r, size_t column) {
    for (size_t g = 0; g < r->ndrivers; g++)
        for (size_t t = 0; t < r->drivers[g].nterms; t++)
            if (r->drivers[g].terms[t].column == column) return &r->drivers[g].terms[t];
    return NULL;
}

dk_status dk_drivers_compare(const dk_drivers_answer *answers, size_t nanswers, dk_arena *arena,
                             dk_drivers_across **across, size_t *n, dk_error *err) {
    *n = 0;
    for (size_t g = 0; g < answers[0].result->ndrivers; g++) *n += answers[0].result->drivers[g].nterms;
    *across = dk_arena_calloc(arena, *n, sizeof **across);
    double *effects = dk_arena_alloc(arena, 2 * nanswers * sizeof *effects);
    if (*across == NULL || effects == NULL) return dk_fail_memory(err);
    double *errors = effects + nanswers;
    for (size_t i = 0; i < *n; i++) {
        dk_drivers_across *a = &(*across)[i];
        a->shrunk = dk_arena_calloc(arena, nanswers, sizeof *a->shrunk);
        if (a->shrunk == NULL) return dk_fail_memory(err);
        for (size_t s = 1; s < nanswers; s++) {
            const dk_driver_term *t = find_term(answers[s].result, i);
            effects[s - 1] = t->effect;
            errors[s - 1] = t->se;
            a->predictor = t->predictor;
        }
        dk_segments_compare(effects, errors, nanswers - 1, &a->test, a->shrunk + 1);
    }
    return DK_OK;
}

static void put_number(dk_json *j, const char *key, double value) {
    dk_json_key(j, key);
    dk_json_double(j, value);
}

static void put_interval(dk_json *j, const char *key, dk_interval ci) {
    dk_json_key(j, key);
    dk_json_interval(j, ci.lo, ci.hi);
}

/* shrunk: of a segment's fit, else NULL. */
static void put_term(dk_json *j, const dk_driver_term *t, const dk_shrunk *shrunk, bool logarithm) {
    dk_json_object(j);
    dk_json_key(j, "predictor");
    dk_json_text(j, t->predictor);
    put_number(j, "effect", t->effect);
    put_number(j, "se", t->se);
    put_interval(j, "ci", t->ci);
    put_number(j, "p", t->p);
    put_number(j, "df", t->df);
    if (logarithm) { /* of the outcome itself, as a part of it */
        put_number(j, "change", expm1(t->effect));
        put_interval(j, "change_ci", (dk_interval){expm1(t->ci.lo), expm1(t->ci.hi)});
    }
    if (shrunk != NULL) {
        put_number(j, "effect_shrunk", shrunk->effect);
        put_number(j, "se_shrunk", shrunk->se);
    }
    put_number(j, "prevalence", t->prevalence);
    put_number(j, "opportunity", t->opportunity);
    put_interval(j, "opportunity_ci", t->opportunity_ci);
    put_number(j, "impact", t->impact);
    dk_json_key(j, "impact_from");
    if (t->impact_from != NULL)
        dk_json_text(j, t->impact_from);
    else
        dk_json_null(j);
    put_number(j, "impact_part", t->impact_part);
    put_number(j, "importance", t->importance);
    put_number(j, "beta", t->beta);
    put_number(j, "first", t->first);
    put_number(j, "last", t->last);
    put_number(j, "relative_weight", t->relative_weight);
    put_number(j, "vif", t->vif);
    dk_json_key(j, "nonzero");
    dk_json_int(j, t->mentions);
    dk_json_key(j, "aliased");
    dk_json_bool(j, t->aliased);
    dk_json_end(j);
}

static void put_driver(dk_json *j, const dk_driver *d, const dk_drivers_across *across, size_t segment,
                       bool logarithm) {
    dk_json_object(j);
    dk_json_key(j, "name");
    dk_json_text(j, d->name);
    if (d->stage != NULL) {
        dk_json_key(j, "stage");
        dk_json_text(j, d->stage);
    }
    put_number(j, "effect", d->effect);
    put_number(j, "se", d->se);
    put_interval(j, "ci", d->ci);
    put_number(j, "p", d->p);
    put_number(j, "q", d->q);
    put_number(j, "q_by", d->q_by);
    put_number(j, "p_max", d->p_max);
    put_number(j, "importance", d->importance);
    put_number(j, "importance_se", d->importance_se);
    put_interval(j, "importance_ci", d->importance_ci);
    put_number(j, "share", d->share);
    put_number(j, "prob_top3", d->prob_top3);
    dk_json_key(j, "rank");
    dk_json_int(j, d->rank);
    dk_json_key(j, "tie");
    dk_json_int(j, d->tie);
    dk_json_key(j, "terms");
    dk_json_array(j);
    for (size_t i = 0; i < d->nterms; i++)
        put_term(j, &d->terms[i], segment > 0 ? &across[d->terms[i].column].shrunk[segment] : NULL,
                 logarithm);
    dk_json_end(j);
    dk_json_end(j);
}

static void put_answer(dk_json *j, const dk_drivers_answer *a, const dk_drivers_across *across,
                       size_t segment) {
    const dk_driver_result *r = a->result;
    dk_json_key(j, "n");
    dk_json_int(j, r->rows);
    dk_json_key(j, "clusters");
    dk_json_int(j, r->clusters);
    put_number(j, "n_effective", r->n_effective);
    put_number(j, "r2", r->r2);
    put_number(j, "r2_controls", r->r2_controls);
    put_number(j, "r2_upper", r->r2_upper);
    dk_json_key(j, "verdict");
    dk_json_text(j, dk_verdict_name(r->verdict));
    put_number(j, "ruled_out", r->ruled_out);
    put_number(j, "detectable", r->detectable);
    put_number(j, "p_model", r->p_model);
    if (!isnan(a->p_permutation)) put_number(j, "p_permutation", a->p_permutation);
    put_number(j, "condition", r->condition);
    put_number(j, "intercept", r->intercept);
    put_number(j, "outcome_mean", r->outcome_mean);
    put_number(j, "outcome_sd", r->outcome_sd);
    put_number(j, "residual_sd", r->residual_sd);
    if (!isnan(r->outcome_low)) {
        put_interval(j, "winsorised_to", (dk_interval){r->outcome_low, r->outcome_high});
        dk_json_key(j, "winsorised");
        dk_json_int(j, r->outcome_cut);
    }
    dk_json_key(j, "exact");
    dk_json_bool(j, r->exact);
    dk_json_key(j, "replicates");
    dk_json_int(j, r->replicates);
    dk_json_key(j, "drivers");
    dk_json_array(j);
    for (size_t i = 0; i < r->ndrivers; i++) put_driver(j, &r->drivers[i], across, segment, a->logarithm);
    dk_json_end(j);
    if (r->nstages > 0) dk_json_key(j, "stages"), dk_json_array(j);
    for (size_t i = 0; i < r->nstages; i++) {
        dk_json_object(j);
        dk_json_key(j, "name");
        dk_json_text(j, r->stages[i].name);
        put_number(j, "importance", r->stages[i].importance);
        put_interval(j, "importance_ci", r->stages[i].importance_ci);
        put_number(j, "share", r->stages[i].share);
        dk_json_end(j);
    }
    if (r->nstages > 0) dk_json_end(j);
    dk_json_key(j, "notes");
    dk_json_array(j);
    for (size_t i = 0; i < a->nnotes; i++) dk_json_text(j, a->notes[i]);
    for (size_t i = 0; i < r->nnotes; i++) dk_json_text(j, r->notes[i]);
    dk_json_end(j);
}

static void put_across(dk_json *j, const dk_drivers_across *across, size_t n) {
    dk_json_key(j, "segment_tests");
    dk_json_array(j);
    for (size_t i = 0; i < n; i++) {
        dk_json_object(j);
        dk_json_key(j, "predictor");
        dk_json_text(j, across[i].predictor);
        put_number(j, "q", across[i].test.q);
        put_number(j, "df", across[i].test.df);
        put_number(j, "p", across[i].test.p);
        put_number(j, "between_sd", across[i].test.between_sd);
        put_number(j, "mean", across[i].test.mean);
        dk_json_end(j);
    }
    dk_json_end(j);
}

void dk_drivers_put_json(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                         const dk_drivers_across *across, size_t nacross) {
    dk_json j;
    dk_json_init(&j, out, true);
    dk_json_object(&j);
    put_answer(&j, &answers[0], NULL, 0);
    if (n > 1) {
        put_across(&j, across, nacross);
        dk_json_key(&j, "segments");
        dk_json_array(&j);
        for (size_t i = 1; i < n; i++) {
            dk_json_object(&j);
            dk_json_key(&j, "segment");
            dk_json_string(&j, answers[i].segment);
            put_answer(&j, &answers[i], across, i);
            dk_json_end(&j);
        }
        dk_json_end(&j);
    }
    dk_json_end(&j);
    dk_buf_putc(out, '\n');
}

static void put_cell(dk_buf *out, double value) {
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, value);
}

void dk_drivers_put_csv(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                        const dk_drivers_across *across, size_t nacross) {
    (void)nacross;
    dk_buf_puts(
        out,
        "segment,rank,driver,predictor,effect,se,ci_lo,ci_hi,p,driver_p,driver_q,importance,importance_lo,"
        "importance_hi,share,prob_top3,tie,prevalence,opportunity,opportunity_lo,opportunity_hi,effect_"
        "shrunk,segments_p,n,verdict,stage\n");
    for (size_t a = 0; a < n; a++) {
        const dk_driver_result *r = answers[a].result;
        for (size_t i = 0; i < r->ndrivers; i++) {
            const dk_driver *d = &r->drivers[i];
            for (size_t k = 0; k < d->nterms; k++) {
                const dk_driver_term *t = &d->terms[k];
                dk_csv_put(out, answers[a].segment);
                dk_buf_putf(out, ",%d,", d->rank);
                dk_csv_puts(out, d->name);
                dk_buf_putc(out, ',');
                dk_csv_puts(out, t->predictor);
                const double numbers[] = {t->effect,
                                          t->se,
                                          t->ci.lo,
                                          t->ci.hi,
                                          t->p,
                                          d->p,
                                          d->q,
                                          d->importance,
                                          d->importance_ci.lo,
                                          d->importance_ci.hi,
                                          d->share,
                                          d->prob_top3};
                for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) put_cell(out, numbers[c]);
                dk_buf_putf(out, ",%d", d->tie);
                put_cell(out, t->prevalence);
                put_cell(out, t->opportunity);
                put_cell(out, t->opportunity_ci.lo);
                put_cell(out, t->opportunity_ci.hi);
                put_cell(out, a > 0 ? across[t->column].shrunk[a].effect : NAN);
                put_cell(out, a > 0 ? across[t->column].test.p : NAN);
                dk_buf_putf(out, ",%lld,%s,", (long long)r->rows, dk_verdict_name(r->verdict));
                if (d->stage != NULL) dk_csv_puts(out, d->stage);
                dk_buf_putc(out, '\n');
            }
        }
    }
}

/* ---- For people ---- */

/* Three significant digits without an exponent for the sizes that occur. */
static void format_short(char *out, size_t size, double x) {
    if (isnan(x)) {
        snprintf(out, size, "-");
        return;
    }
    int decimals = x == 0 ? 0 : 2 - (int)floor(log10(fabs(x)));
    snprintf(out, size, "%.*f", decimals < 0 ? 0 : decimals > 6 ? 6 : decimals, x);
}

static void put_range(dk_buf *out, double x, dk_interval ci, int width) {
    char value[32], lo[32], hi[32], text[112];
    format_short(value, sizeof value, x);
    format_short(lo, sizeof lo, ci.lo);
    format_short(hi, sizeof hi, ci.hi);
    if (isnan(ci.lo))
        snprintf(text, sizeof text, "%s", value);
    else
        snprintf(text, sizeof text, "%s (%s to %s)", value, lo, hi);
    dk_buf_putf(out, "  %*s", width, text);
}

/* Effects on a logarithm in words: what is added there multiplies the outcome. */
static void put_changes(dk_buf *out, const dk_driver_result *r) {
    char typical[32];
    format_short(typical, sizeof typical, exp(r->outcome_mean));
    dk_buf_putf(out, "effects on the logarithm, as a change of the typical (geometric mean) outcome of %s:\n",
                typical);
    for (size_t i = 0; i < r->ndrivers; i++)
        for (size_t k = 0; k < r->drivers[i].nterms; k++) {
            const dk_driver_term *t = &r->drivers[i].terms[k];
            if (isnan(t->effect)) continue;
            dk_buf_putf(out, "   %-28.28s  %+.1f %% (%+.1f to %+.1f %%)\n", t->predictor,
                        100 * expm1(t->effect), 100 * expm1(t->ci.lo), 100 * expm1(t->ci.hi));
        }
}

static void put_table(dk_buf *out, const dk_drivers_answer *a, const char *outcome) {
    const dk_driver_result *r = a->result;
    if (a->segment.len > 0) dk_buf_putf(out, "\nsegment %.*s\n", (int)a->segment.len, a->segment.ptr);
    char mean[32], ruled[32];
    format_short(mean, sizeof mean, r->outcome_mean);
    format_short(ruled, sizeof ruled, r->ruled_out);
    dk_buf_putf(out, "%s  mean %s  rows %lld  R2 %.3f\n", outcome, mean, (long long)r->rows, r->r2);
    if (r->verdict == DK_LINK) dk_buf_puts(out, "linked: at least one driver is significant\n");
    if (r->verdict == DK_NO_LINK)
        dk_buf_putf(out, "no link: an effect over %s per standard deviation is ruled out\n", ruled);
    if (r->verdict == DK_INCONCLUSIVE)
        dk_buf_puts(out, isnan(r->p_model) ? "inconclusive: there is no predictor that could be judged\n"
                                           : "inconclusive: too few rows to tell\n");
    if (!isnan(a->p_permutation))
        dk_buf_putf(out, "permutation test of all predictors together: p %.3g\n", a->p_permutation);
    dk_buf_putf(out, "\n   %-28s  %28s  %8s  %28s  %6s  %28s\n", "driver", "effect", "q", "importance",
                "share", "opportunity");
    for (size_t i = 0; i < r->ndrivers; i++) {
        const dk_driver *d = &r->drivers[i];
        dk_buf_putf(out, "%2d %-28.28s", d->rank, d->name);
        put_range(out, d->effect, d->ci, 28);
        if (isnan(d->q))
            dk_buf_putf(out, "  %8s", "-");
        else
            dk_buf_putf(out, "  %8.2g", d->q);
        put_range(out, d->importance, d->importance_ci, 28);
        dk_buf_putf(out, "  %4.0f %%", 100 * d->share);
        if (d->nterms == 1) put_range(out, d->terms[0].opportunity, d->terms[0].opportunity_ci, 28);
        dk_buf_putc(out, '\n');
        for (size_t k = 0; k < d->nterms && d->nterms > 1; k++) {
            const dk_driver_term *t = &d->terms[k];
            dk_buf_putf(out, "     %-26.26s", t->predictor);
            put_range(out, t->effect, t->ci, 28);
            dk_buf_putf(out, "  %8s", "");
            put_range(out, t->importance, (dk_interval){NAN, NAN}, 28);
            dk_buf_putf(out, "  %6s", "");
            put_range(out, t->opportunity, t->opportunity_ci, 28);
            dk_buf_putc(out, '\n');
        }
        bool tied = i + 1 < r->ndrivers && r->drivers[i + 1].tie != d->tie &&
                    (i > 0 && r->drivers[i - 1].tie == d->tie);
        if (tied) dk_buf_puts(out, "   ^ cannot be told apart by importance\n");
    }
    if (r->nstages > 0) dk_buf_puts(out, "\nimportance by stage, the sum of its drivers\n");
    for (size_t i = 0; i < r->nstages; i++) {
        const dk_driver_stage *s = &r->stages[i];
        dk_buf_putf(out, "   %-28.28s  %38s", s->name, "");
        put_range(out, s->importance, s->importance_ci, 28);
        dk_buf_putf(out, "  %4.0f %%\n", 100 * s->share);
    }
    if (a->nnotes + r->nnotes > 0) dk_buf_putc(out, '\n');
    if (a->logarithm) put_changes(out, r);
    for (size_t i = 0; i < a->nnotes; i++) dk_buf_putf(out, "note: %s\n", a->notes[i]);
    for (size_t i = 0; i < r->nnotes; i++) dk_buf_putf(out, "note: %s\n", r->notes[i]);
}

void dk_drivers_put_text(dk_buf *out, const dk_drivers_answer *answers, size_t n,
                         const dk_drivers_across *across, size_t nacross, const char *outcome) {
    for (size_t i = 0; i < n; i++) put_table(out, &answers[i], outcome);
    if (n < 2) return;
    dk_buf_puts(
        out,
        "\ndo the segments differ?   effect, and in brackets drawn toward all as far as its error asks\n");
    for (size_t i = 0; i < nacross; i++) {
        dk_buf_putf(out, "   %-28.28s  p %-8.2g", across[i].predictor, across[i].test.p);
        for (size_t s = 1; s < n; s++) {
            char effect[32], shrunk[32];
            format_short(effect, sizeof effect, find_term(answers[s].result, i)->effect);
            format_short(shrunk, sizeof shrunk, across[i].shrunk[s].effect);
            dk_buf_putf(out, "  %.*s %s (%s)", (int)answers[s].segment.len, answers[s].segment.ptr, effect,
                        shrunk);
        }
        dk_buf_putc(out, '\n');
    }
}
