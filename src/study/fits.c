#include "study/fits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/nps.h"
#include "study/features.h"

/* One outcome as a column over all responses; use[i] tells where it has a value. */
typedef struct outcome {
    dk_column column;
    int64_t *whole;
    double *real;
    uint8_t *use;
} outcome;

static void dispose_outcome(outcome *o) {
    free(o->whole);
    free(o->real);
    free(o->use);
}

static const char *keep_text(dk_study_result *r, const char *text) { return dk_arena_strdup(&r->arena, text, strlen(text)); }

/* ---- Outcomes ---------------------------------------------------------------------------------------- */

/* The numbers of an outcome by response, or NULL when the study has none. */
static const double *outcome_values(const dk_fit_context *x, const char *name) {
    const dk_variable *v = dk_survey_variable(x->survey, name);
    if (v != NULL) return v->values;
    if (strcmp(name, "nps") == 0 || strcmp(name, "score") == 0) return x->survey->score;
    return strcmp(name, "profit") == 0 ? x->survey->profit : NULL;
}

/* logarithm: of the values above 0; others are left out. */
static dk_status make_outcome(outcome *o, const dk_fit_context *x, const char *name, bool logarithm, dk_error *err) {
    const dk_survey *s = x->survey;
    const double *values = outcome_values(x, name);
    bool nps = strcmp(name, "nps") == 0 && dk_survey_variable(s, name) == NULL;
    memset(o, 0, sizeof *o);
    o->use = calloc(s->n + 1, 1);
    if (nps) o->whole = calloc(s->n + 1, sizeof *o->whole);
    else o->real = calloc(s->n + 1, sizeof *o->real);
    if (o->use == NULL || (o->whole == NULL && o->real == NULL)) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) {
        o->use[i] = !s->dropped[i] && !isnan(values[i]) && (!logarithm || values[i] > 0);
        if (!o->use[i]) continue;
        if (logarithm) o->real[i] = log(values[i]);
        else if (nps) o->whole[i] = dk_nps_contribution((int)values[i]);
        else o->real[i] = values[i];
    }
    o->column = nps ? (dk_column){name, DK_COLUMN_FIXED, o->whole, 0, 1} : (dk_column){name, DK_COLUMN_REAL, o->real, 0, 0};
    return DK_OK;
}

static bool only_0_and_1(const dk_survey *s, const double *values) {
    bool any[2] = {false, false};
    for (size_t i = 0; i < s->n; i++) {
        if (isnan(values[i])) continue;
        if (values[i] != 0 && values[i] != 1) return false;
        any[(int)values[i]] = true;
    }
    return any[0] && any[1];
}

static dk_status add_outcome(dk_fit_context *x, const char *name, dk_error *err) {
    dk_study_result *r = x->result;
    const double *values = outcome_values(x, name);
    if (values == NULL)
        return dk_fail_at(err, DK_EDATA, x->survey->config->name, x->survey->config->outcomes_line, 0,
                          "outcomes: there is no column for %s", name);
    dk_study_outcome *o = r->outcomes + r->noutcomes++;
    bool nps = strcmp(name, "nps") == 0, score = strcmp(name, "score") == 0;
    o->name = keep_text(r, name);
    o->money = strcmp(name, "profit") == 0 || (x->records != NULL && x->records->column[DK_ROLE_PROFIT] != DK_NO_COLUMN &&
               strcmp(name, dk_reader_column_name(x->records->reader, x->records->column[DK_ROLE_PROFIT]).ptr) == 0);
    o->model = !nps && !score && only_0_and_1(x->survey, values) ? DK_MODEL_BINARY : DK_MODEL_LINEAR;
    bool logarithm = o->money && x->survey->config->money == DK_MONEY_LOG;
    if (logarithm) o->model = DK_MODEL_LINEAR;
    o->unit = logarithm ? "logarithm (0.1 is about 10 % more)" : nps ? "NPS points" : score ? "points of the score" : o->model == DK_MODEL_BINARY ? "probability"
            : o->money && r->currency != NULL ? r->currency : o->name;
    return o->name != NULL ? DK_OK : dk_fail_memory(err);
}

/* Those of the study; else NPS, or the score where it has another scale; and profit where there is some. */
dk_status dk_fits_outcomes(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_study_config *c = s->config;
    x->result->outcomes = dk_arena_calloc(&x->result->arena, c->noutcomes + 3, sizeof *x->result->outcomes);
    if (x->result->outcomes == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t i = 0; i < c->noutcomes && status == DK_OK; i++) {
        const char *name = c->outcomes[i];
        if (strcmp(name, "nps") == 0 && !s->score_is_nps && s->score != NULL && dk_survey_variable(s, name) == NULL) name = "score";
        status = add_outcome(x, name, err);
    }
    if (c->noutcomes == 0 && s->score != NULL) status = add_outcome(x, s->score_is_nps ? "nps" : "score", err);
    if (c->noutcomes == 0 && s->profit != NULL && status == DK_OK) status = add_outcome(x, "profit", err);
    return status;
}

/* What an outcome of the records was in the last period before the answer; NULL where there is no such thing. slot is the
   place of its values among those of the records. */
static dk_status value_before(const dk_fit_context *x, size_t slot, double **out, dk_error *err) {
    const dk_records *r = x->records;
    *out = NULL;
    if (r == NULL || !r->periods || r->values[slot] == NULL) return DK_OK;
    double *before = malloc((x->survey->n + 1) * sizeof *before);
    if (before == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < x->survey->n; i++)
        before[i] = r->baseline[i] != DK_NO_RECORD ? r->values[slot][r->items[r->baseline[i]].source] : NAN;
    *out = before;
    return DK_OK;
}

static dk_status outcome_before(const dk_fit_context *x, const char *name, double **out, dk_error *err) {
    const dk_variable *v = dk_survey_variable(x->survey, name);
    *out = NULL;
    if (v != NULL && v->of_records) return value_before(x, (size_t)(v - x->survey->variables), out, err);
    return v == NULL && strcmp(name, "profit") == 0 ? value_before(x, x->survey->nvariables, out, err) : DK_OK;
}

/* ---- One fit ----------------------------------------------------------------------------------------- */

static dk_status list_rows(const dk_fit_context *x, const uint8_t *use, size_t segment, uint32_t **rows, size_t *n, dk_error *err) {
    *rows = malloc((x->survey->n + 1) * sizeof **rows);
    *n = 0;
    if (*rows == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < x->survey->n; i++)
        if (use[i] && dk_segment_has(x->segments, segment, i)) (*rows)[(*n)++] = (uint32_t)i;
    return DK_OK;
}

/* Stages of the groups, so that importance adds up from themes to touchpoints to stages. */
typedef struct stages {
    uint32_t *of; /* by group */
    const char **name;
    size_t n;
} stages;

static const char *stage_name(const dk_taxonomy *t, const char *touchpoint) {
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->touchpoints[t->themes[i].touchpoint], touchpoint) == 0 && t->themes[i].stage != NULL) return t->themes[i].stage;
    return "";
}

static dk_status find_stages(const dk_fit_context *x, const dk_features *f, stages *s, dk_error *err) {
    *s = (stages){.of = dk_arena_calloc(&x->result->arena, f->ngroups + 1, sizeof *s->of),
                  .name = dk_arena_calloc(&x->result->arena, f->ngroups + 1, sizeof *s->name)};
    if (s->of == NULL || s->name == NULL) return dk_fail_memory(err);
    for (size_t g = 0; g < f->ngroups; g++) {
        const char *name = stage_name(x->taxonomy, f->groups[g]);
        while (s->of[g] < s->n && strcmp(s->name[s->of[g]], name) != 0) s->of[g]++;
        if (s->of[g] == s->n && (s->name[s->n++] = keep_text(x->result, name)) == NULL) return dk_fail_memory(err);
    }
    return DK_OK;
}

static dk_driver_table table_of(const dk_fit_context *x, const outcome *o, const dk_features *f, const uint32_t *rows, size_t n) {
    return (dk_driver_table){.rows = x->survey->n, .outcome = o->column, .predictors = f->predictors, .group_of = f->group_of,
                             .npredictors = f->npredictors, .groups = f->groups, .ngroups = f->ngroups, .controls = f->controls,
                             .ncontrols = f->ncontrols, .weights = x->survey->weight, .clusters = x->clusters, .subset = rows,
                             .nsubset = n};
}

static void report_progress(void *context, double done) {
    dk_fit_context *x = context;
    if (x->progress != NULL) x->progress(x->progress_context, "drivers", (int64_t)(done * 1000), 1000);
}

static dk_driver_options options_of(dk_fit_context *x, dk_driver_model model) {
    const dk_study_config *c = x->survey->config;
    dk_driver_options options;
    dk_driver_options_init(&options);
    options.model = model;
    options.bootstrap = (int)c->bootstrap;
    options.seed = (uint64_t)c->seed;
    options.threads = x->threads;
    options.confidence = c->confidence;
    options.alpha = c->fdr;
    options.progress = report_progress;
    options.progress_context = x;
    return options;
}

static dk_status say_why(dk_study_fit *fit, dk_fit_context *x, const char *format, ...) DK_PRINTF(3, 4);
static dk_status say_why(dk_study_fit *fit, dk_fit_context *x, const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fit->reason = keep_text(x->result, text);
    return fit->reason != NULL ? DK_OK : DK_ENOMEM;
}

/* ---- Levers ------------------------------------------------------------------------------------------ */

static int by_move(const void *a, const void *b) {
    const dk_study_lever *x = a, *y = b;
    if (x->supported != y->supported) return x->supported ? -1 : 1;
    double p = fabs(x->moves), q = fabs(y->moves);
    if (p != q) return p > q ? -1 : 1;
    return (x->predictor > y->predictor) - (x->predictor < y->predictor);
}

/* Opportunity is prevalence x effect: what the outcome would lose were the mentions gone. What an improvement moves is
   the opposite for negative mentions. */
static dk_status make_levers(dk_study_fit *fit, dk_fit_context *x, dk_error *err) {
    const dk_driver_result *d = fit->drivers;
    fit->levers = dk_arena_calloc(&x->result->arena, fit->npredictors + 1, sizeof *fit->levers);
    if (fit->levers == NULL) return dk_fail_memory(err);
    for (size_t g = 0; g < d->ndrivers; g++)
        for (size_t k = 0; k < d->drivers[g].nterms; k++) {
            const dk_driver_term *t = d->drivers[g].terms + k;
            if (t->aliased || isnan(t->effect)) continue;
            bool negative = fit->predictors[t->column].polarity == DK_SIGN_NEGATIVE;
            dk_study_lever *l = fit->levers + fit->nlevers++;
            *l = (dk_study_lever){.predictor = t->column, .driver = d->drivers + g, .term = t, .worth = NAN, .worth_ci = {NAN, NAN}};
            l->moves = negative ? -t->opportunity : t->opportunity;
            l->moves_ci = negative ? (dk_interval){-t->opportunity_ci.hi, -t->opportunity_ci.lo} : t->opportunity_ci;
            l->supported = d->drivers[g].q <= x->result->alpha && (t->ci.lo > 0 || t->ci.hi < 0);
        }
    qsort(fit->levers, fit->nlevers, sizeof *fit->levers, by_move);
    return DK_OK;
}

/* What the levers of an NPS fit are worth: what they move of the score itself, times what a step of the score goes with in
   money a year, for the customers who answered in the segment. The interval is by the delta method, the two estimates
   taken as independent. */
static dk_status price_levers(dk_study_fit *fit, dk_fit_context *x, const dk_features *f, const uint32_t *rows, size_t n, dk_error *err) {
    const dk_study_link *link = &x->result->link;
    if (!link->tested || link->verdict != DK_LINK) return DK_OK;
    outcome score;
    dk_driver_result *d = NULL;
    dk_status status = make_outcome(&score, x, "score", false, err);
    dk_driver_options options = options_of(x, DK_MODEL_LINEAR);
    options.bootstrap = 0;
    dk_driver_table table = table_of(x, &score, f, rows, n);
    if (status == DK_OK) status = dk_drivers_fit(&table, &options, &d, err);
    const dk_study_segment *segment = x->result->segments + fit->segment;
    double customers = (double)(segment->customers > 0 ? segment->customers : segment->responses), z = 1.959963984540054;
    for (size_t g = 0; status == DK_OK && g < d->ndrivers; g++)
        for (size_t k = 0; k < d->drivers[g].nterms; k++) {
            const dk_driver_term *t = d->drivers[g].terms + k;
            for (size_t i = 0; i < fit->nlevers; i++) {
                dk_study_lever *l = fit->levers + i;
                if (l->predictor != t->column || t->aliased) continue;
                double sign = fit->predictors[t->column].polarity == DK_SIGN_NEGATIVE ? -1 : 1, steps = sign * t->prevalence * t->effect;
                double se = hypot(t->prevalence * t->se * link->effect, steps * link->se) * customers;
                l->worth = steps * link->effect * customers;
                l->worth_ci = (dk_interval){l->worth - z * se, l->worth + z * se};
                l->worth_supported = l->worth_ci.lo > 0 || l->worth_ci.hi < 0;
            }
        }
    dk_drivers_free(d);
    dispose_outcome(&score);
    return status;
}

/* ---- All fits ---------------------------------------------------------------------------------------- */

static dk_status fit_one(dk_study_fit *fit, dk_fit_context *x, const outcome *o, const double *before, dk_error *err) {
    dk_study_result *r = x->result;
    uint32_t *rows = NULL;
    size_t n = 0;
    dk_features f = {0};
    dk_status status = list_rows(x, o->use, (size_t)fit->segment, &rows, &n, err);
    if (status == DK_OK && ((int64_t)n < r->min_mentions || (int64_t)n < r->min_privacy)) {
        status = say_why(fit, x, n == 1 ? "%zu response is too few" : "%zu responses are too few", n);
        goto done;
    }
    if (status == DK_OK) status = dk_features_make(&f, x, rows, n, before, r->outcomes[fit->outcome].model == DK_MODEL_BINARY ? o->real : NULL, err);
    if (status != DK_OK) goto done;
    if (f.npredictors == 0) {
        if (x->survey->place[DK_ROLE_COMMENT] == DK_NO_COLUMN) status = say_why(fit, x, "there is no comment column");
        else if (r->comments == 0) status = say_why(fit, x, "no response has a comment");
        else status = say_why(fit, x, "no theme is mentioned by %lld responses", (long long)r->min_mentions);
        goto done;
    }
    stages stage;
    status = find_stages(x, &f, &stage, err);
    if (status != DK_OK) goto done;
    dk_driver_table table = table_of(x, o, &f, rows, n);
    table.stage_of = stage.of;
    table.stages = stage.name;
    table.nstages = stage.n;
    dk_driver_options options = options_of(x, r->outcomes[fit->outcome].model);
    if (r->outcomes[fit->outcome].money && x->survey->config->money == DK_MONEY_WINSORISED && options.model == DK_MODEL_LINEAR)
        options.winsor = 0.01;
    dk_error why = {0};
    status = dk_drivers_fit(&table, &options, &fit->drivers, &why);
    if (status == DK_EDATA) {
        status = say_why(fit, x, "%s", why.message);
        goto done;
    }
    if (status != DK_OK) {
        if (err != NULL) *err = why;
        goto done;
    }
    fit->fitted = true;
    fit->npredictors = f.npredictors;
    fit->predictors = dk_arena_calloc(&r->arena, f.npredictors + 1, sizeof *fit->predictors);
    const char **controls = dk_arena_calloc(&r->arena, f.ncontrols + 1, sizeof *controls);
    if (fit->predictors == NULL || controls == NULL) {
        status = dk_fail_memory(err);
        goto done;
    }
    memcpy(fit->predictors, f.about, f.npredictors * sizeof *fit->predictors);
    for (size_t i = 0; i < f.ncontrols; i++) controls[i] = f.control_names[i];
    fit->controls = controls;
    fit->ncontrols = f.ncontrols;
    status = make_levers(fit, x, err);
    if (status == DK_OK && strcmp(r->outcomes[fit->outcome].name, "nps") == 0) status = price_levers(fit, x, &f, rows, n, err);
done:
    dk_features_dispose(&f);
    free(rows);
    return status;
}

dk_status dk_fits_make(dk_fit_context *x, dk_error *err) {
    dk_study_result *r = x->result;
    dk_status status = dk_fits_outcomes(x, err);
    if (status != DK_OK) return status;
    r->fits = dk_arena_calloc(&r->arena, r->noutcomes * x->segments->count + 1, sizeof *r->fits);
    if (r->fits == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < r->noutcomes && status == DK_OK; k++) {
        outcome o;
        double *before = NULL;
        status = make_outcome(&o, x, r->outcomes[k].name, r->outcomes[k].money && x->survey->config->money == DK_MONEY_LOG, err);
        if (status == DK_OK) status = outcome_before(x, r->outcomes[k].name, &before, err);
        for (size_t segment = 0; segment < x->segments->count && status == DK_OK; segment++) {
            dk_study_fit *fit = r->fits + r->nfits++;
            *fit = (dk_study_fit){.outcome = (int)k, .segment = (int)segment};
            status = fit_one(fit, x, &o, before, err);
        }
        dispose_outcome(&o);
        free(before);
    }
    return status;
}

void dk_fits_name_themes(dk_study_result *r, const int *theme_of_taxonomy) {
    for (size_t i = 0; i < r->nfits; i++)
        for (size_t k = 0; k < r->fits[i].npredictors; k++) {
            int *theme = &r->fits[i].predictors[k].theme;
            if (*theme >= 0) *theme = theme_of_taxonomy[*theme];
        }
}

/* ---- The link between score and profit --------------------------------------------------------------- */

static double correlation(const double *a, const double *b, const uint32_t *rows, size_t n) {
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) ma += a[rows[i]], mb += b[rows[i]];
    ma /= (double)n;
    mb /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double p = a[rows[i]] - ma, q = b[rows[i]] - mb;
        aa += p * p, bb += q * q, ab += p * q;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

/* A 0/1 column for each segment but the first that has answers in it; *inside owns them. */
static dk_status add_segment_controls(const dk_fit_context *x, const uint32_t *rows, size_t n, uint8_t **inside, dk_column *controls,
                                      size_t *ncontrols, dk_error *err) {
    size_t rowcount = x->survey->n + 1, seen = 0;
    if (x->segments->of == NULL) return DK_OK;
    *inside = calloc(rowcount * x->segments->count, 1);
    if (*inside == NULL) return dk_fail_memory(err);
    for (size_t k = 1; k < x->segments->count; k++) {
        uint8_t *column = *inside + k * rowcount;
        size_t count = 0;
        for (size_t i = 0; i < n; i++) count += column[rows[i]] = dk_segment_has(x->segments, k, rows[i]);
        if (count == 0 || count == n || seen++ == 0) continue;
        controls[(*ncontrols)++] = (dk_column){x->segments->name[k], DK_COLUMN_MENTION, column, 0, 0};
    }
    return DK_OK;
}

dk_status dk_fits_link(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_link *link = &x->result->link;
    memset(link, 0, sizeof *link);
    if (s->score == NULL || s->profit == NULL) return DK_OK;
    double *before = NULL;
    uint8_t *use = calloc(s->n + 1, 1), *inside = NULL;
    uint32_t *rows = NULL;
    size_t n = 0;
    dk_driver_result *d = NULL;
    dk_error why = {0};
    dk_status status = use != NULL ? value_before(x, s->nvariables, &before, err) : dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < s->n; i++)
        use[i] = !s->dropped[i] && !isnan(s->score[i]) && !isnan(s->profit[i]) && (before == NULL || !isnan(before[i]));
    if (status == DK_OK) status = list_rows(x, use, 0, &rows, &n, err);
    if (status != DK_OK || (int64_t)n < x->result->min_mentions) goto done;
    dk_column predictor = {"score", DK_COLUMN_REAL, s->score, 0, 0}, controls[DK_SEGMENTS_MAX + 1];
    size_t ncontrols = 0;
    if (before != NULL) {
        /* a score that depends on the segment would else carry what the line through the profit before misses of it */
        controls[ncontrols++] = (dk_column){"profit before", DK_COLUMN_REAL, before, 0, 0};
        status = add_segment_controls(x, rows, n, &inside, controls, &ncontrols, err);
        if (status != DK_OK) goto done;
    }
    dk_driver_table table = {.rows = s->n, .outcome = {"profit", DK_COLUMN_REAL, s->profit, 0, 0}, .predictors = &predictor, .npredictors = 1,
                             .controls = controls, .ncontrols = ncontrols, .weights = s->weight, .clusters = x->clusters,
                             .subset = rows, .nsubset = n};
    dk_driver_options options = options_of(x, DK_MODEL_LINEAR);
    options.bootstrap = 0;
    bool winsorised = x->survey->config->money == DK_MONEY_WINSORISED; /* a logarithm would not give an effect in money */
    options.winsor = winsorised ? 0.01 : 0;
    status = dk_drivers_fit(&table, &options, &d, &why);
    if (status == DK_EDATA) { /* a score or profit that does not vary: nothing to test */
        status = DK_OK;
        goto done;
    }
    if (status != DK_OK) {
        if (err != NULL) *err = why;
        goto done;
    }
    const dk_driver *score = d->drivers;
    double year = x->records != NULL && !isnan(x->records->periods_a_year) ? x->records->periods_a_year : 1;
    *link = (dk_study_link){.tested = true, .verdict = d->verdict, .n = (int64_t)n, .customers = d->clusters, .effect = score->effect * year,
                            .se = score->se * year, .p = score->p, .ci = {score->ci.lo * year, score->ci.hi * year}, .per_year = year,
                            .ruled_out = fmax(fabs(score->ci.lo), fabs(score->ci.hi)) * year, .correlation = correlation(s->score, s->profit, rows, n)};
    bool yearly = x->records != NULL && !isnan(x->records->periods_a_year);
    link->about = before != NULL ? "Profit of the first period after the answer, with that of the last period before it and the segment held fixed, as a yearly rate."
                : yearly         ? "Profit as a yearly rate; nothing else is held fixed."
                                 : "Profit as it stands beside the score; nothing else is held fixed, and no period is known.";
done:
    dk_drivers_free(d);
    free(before);
    free(use);
    free(inside);
    free(rows);
    return status;
}
