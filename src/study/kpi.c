#include "study/kpi.h"

#include <math.h>
#include <stdlib.h>

const char *dk_kpi_kind_name(dk_kpi_kind kind) {
    static const char *const names[DK_KPI_KINDS] = {"descriptive", "experience", "outcome"};
    return names[kind];
}

const char *dk_cut_name(dk_cut cut) {
    static const char *const names[DK_CUTS] = {"all", "segment", "touchpoint", "wave", "language", "score"};
    return names[cut];
}

static const char *unit_name(const dk_kpi_space *s, const dk_kpi_about *about, const char *column) {
    const dk_study_result *r = s->context->result;
    switch (about != NULL ? about->unit : DK_UNIT_OWN) {
    case DK_UNIT_SHARE: return "share";
    case DK_UNIT_DAYS: return "days";
    case DK_UNIT_NPS: return "NPS points";
    case DK_UNIT_SCORE: return "points";
    case DK_UNIT_SENTIMENT: return "sentiment, -1 to 1";
    case DK_UNIT_MONEY: return r->currency != NULL ? r->currency : "money";
    default: return column;
    }
}

static double mark_of(const dk_kpi_mark *marks, size_t n, const char *id) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(marks[i].id, id) == 0) return marks[i].value;
    return NAN;
}

/* "Profit per customer and period" is that of a customer where the data have no periods. */
static const char *without_period(const dk_kpi_space *s, const char *label) {
    static const char *const ends[] = {" and period", " och period", " og periode"};
    size_t n = strlen(label);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (n > end && strcmp(label + n - end, ends[i]) == 0) return dk_kpi_text(s, "%.*s", (int)(n - end), label);
    }
    return label;
}

/* The KPI of a draft, without its values. */
static dk_kpi *add(dk_kpi_space *s, const dk_kpi_draft *d, const char *id, const char *label, dk_kpi_kind kind) {
    dk_kpi_results *k = &s->context->result->kpi;
    const dk_kpi_config *c = &s->context->survey->config->kpi;
    const dk_kpi_about *about = d->about;
    dk_kpi *kpi = k->kpis + k->nkpis++;
    *kpi = (dk_kpi){.id = id, .kind = kind, .unit = unit_name(s, about, label), .source = d->source, .note = d->note, .better = 1};
    for (int l = 0; l < DK_LANGUAGES; l++) kpi->label[l] = label;
    kpi->interval = about != NULL ? about->interval : "t, linearised, clustered by customer";
    if (about != NULL) {
        kpi->label[DK_LANG_SV] = about->sv;
        kpi->label[DK_LANG_DA] = about->da;
        kpi->better = about->better;
    }
    if (about == NULL) kpi->better = 0;
    if (d->base != NULL && strcmp(d->base, "customer-periods") != 0)
        for (int l = 0; l < DK_LANGUAGES; l++) kpi->label[l] = without_period(s, kpi->label[l]);
    if (about == NULL && d->facts.interval == DK_INTERVAL_SHARE) {
        kpi->unit = "share";
        kpi->interval = "Wilson on the effective number, clustered by customer";
    }
    kpi->formula = d->formula != NULL ? d->formula : about != NULL ? about->formula : NULL;
    kpi->base = d->base != NULL ? d->base : about != NULL ? about->base : "customer-periods";
    kpi->benchmark = mark_of(c->benchmarks, c->nbenchmarks, id);
    kpi->target = mark_of(c->targets, c->ntargets, id);
    kpi->all = (dk_kpi_value){DK_CUT_ALL, "all", false, 0, NAN, NAN, {NAN, NAN}};
    return kpi;
}

/* ---- KPIs made from other results -------------------------------------------------------------------- */

/* The last change of a trend that could be computed; NULL without. */
static const dk_trend_point *last_change(const dk_study_result *r, const dk_trend *t) {
    for (size_t w = r->nwaves; w-- > 0;)
        if (!isnan(t->points[w].change)) return t->points + w;
    return NULL;
}

static dk_status make_change(dk_kpi_space *s, dk_kpi_draft *d, bool *made, dk_error *err) {
    dk_study_result *r = s->context->result;
    *made = false;
    if (!r->score_is_nps || r->kpi.ntrends == 0 || last_change(r, r->kpi.trends) == NULL) return DK_OK;
    d->source = "responses: the trend";
    dk_kpi *kpi = add(s, d, d->about->id, d->about->en, d->about->kind);
    kpi->cuts = dk_arena_calloc(&r->arena, r->kpi.ntrends, sizeof *kpi->cuts);
    if (kpi->cuts == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < r->kpi.ntrends; k++) {
        const dk_trend *t = r->kpi.trends + k;
        const dk_trend_point *point = last_change(r, t);
        if (point == NULL) continue;
        dk_kpi_value *v = t->segment == 0 ? &kpi->all : &kpi->cuts[kpi->ncuts++];
        *v = (dk_kpi_value){t->segment == 0 ? DK_CUT_ALL : DK_CUT_SEGMENT, r->segments[t->segment].name, point->hidden, point->n, point->change,
                            (point->change_ci.hi - point->change_ci.lo) / 2, point->change_ci};
        if (t->segment == 0) kpi->note = dk_kpi_text(s, "%s", t->text);
    }
    *made = true;
    return DK_OK;
}

/* Everybody: the segments' values by their customers-periods of the panel. */
static dk_status make_matrix_lifetime(dk_kpi_space *s, dk_kpi_draft *d, bool *made, dk_error *err) {
    dk_study_result *r = s->context->result;
    const dk_panel *p = s->context->panel;
    const dk_lifetimes *l = &r->lifetime;
    *made = false;
    if (!l->known || p == NULL) return DK_OK;
    d->source = "customers: movement between segments";
    dk_kpi *kpi = add(s, d, d->about->id, d->about->en, d->about->kind);
    kpi->cuts = dk_arena_calloc(&r->arena, l->nrows + 1, sizeof *kpi->cuts);
    int64_t *n = calloc(r->nsegments + 1, sizeof *n), all = 0;
    if (kpi->cuts == NULL || n == NULL) {
        free(n);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < s->context->records->count; i++)
        if (p->state[i] >= 1 && (size_t)p->state[i] <= r->nsegments) n[r->nsegments > 1 ? (size_t)p->state[i] : 0]++, all++;
    double sum = 0, low = 0, high = 0;
    for (size_t k = 0; k < l->nrows; k++) {
        const dk_lifetime_row *row = l->rows + k;
        dk_kpi_value v = {DK_CUT_SEGMENT, r->segments[row->segment].name, r->segments[row->segment].hidden, n[row->segment], row->value.value, NAN, row->value.ci};
        sum += (double)n[row->segment] * row->value.value;
        low += (double)n[row->segment] * row->value.ci.lo;
        high += (double)n[row->segment] * row->value.ci.hi;
        if (row->segment > 0) kpi->cuts[kpi->ncuts++] = v;
        else kpi->all = v;
    }
    kpi->all.cut = DK_CUT_ALL;
    kpi->all.n = all;
    kpi->all.value = all > 0 ? sum / (double)all : NAN;
    /* the ends together are too wide, as if all segments erred alike: what is known is their intervals, not how they go together */
    if (all > 0) kpi->all.ci = (dk_interval){low / (double)all, high / (double)all};
    free(n);
    kpi->note = dk_kpi_text(s, "Discounted at %g %% a year; %s.", 100 * l->discount_a_year,
                            l->horizon > 0 ? "the sum has no end and is cut at a horizon" : "over all future periods, the current one included");
    *made = true;
    return DK_OK;
}

/* ---- All of them ------------------------------------------------------------------------------------- */

static dk_status take_draft(dk_kpi_space *s, dk_kpi_draft *drafts, dk_kpi_draft *d, const char *id, const char *label, dk_kpi_kind kind, dk_error *err) {
    if (d->facts.count == 0) {
        dk_kpi_draft_dispose(d);
        return DK_OK;
    }
    size_t at = s->context->result->kpi.nkpis;
    dk_kpi *kpi = add(s, d, id, label, kind);
    dk_status status = dk_facts_evaluate(&d->facts, s, kpi, err);
    dk_facts_dispose(&d->facts);
    drafts[at] = *d; /* keeps by_response for the correlations */
    return status;
}

static dk_status take_listed(dk_kpi_space *s, dk_kpi_draft *drafts, dk_kpi_kind kind, dk_error *err) {
    dk_status status = DK_OK;
    for (int id = 0; id < DK_KPI_COUNT && status == DK_OK; id++) {
        const dk_kpi_about *about = &dk_kpi_list[id];
        dk_kpi_draft d = {.about = about, .facts.scale = 1};
        bool made = false;
        if (about->kind != kind) continue;
        if (id == DK_KPI_NPS_CHANGE) status = make_change(s, &d, &made, err);
        else if (id == DK_KPI_LIFETIME_MATRIX) status = make_matrix_lifetime(s, &d, &made, err);
        else status = dk_kpi_gather(&d, s, (dk_kpi_id)id, err);
        if (status == DK_OK && !made) status = take_draft(s, drafts, &d, about->id, about->en, kind, err);
        else dk_kpi_draft_dispose(&d);
    }
    return status;
}

static dk_status take_further(dk_kpi_space *s, dk_kpi_draft *drafts, bool descriptive, dk_error *err) {
    const dk_kpi_config *c = &s->context->survey->config->kpi;
    dk_status status = DK_OK;
    for (size_t i = 0; i < c->nfurther && status == DK_OK; i++) {
        dk_kpi_draft d;
        if (c->further[i].descriptive != descriptive) continue;
        status = dk_kpi_gather_further(&d, s, &c->further[i], err);
        const char *name = dk_kpi_text(s, "%s", c->further[i].column);
        d.formula = "mean";
        if (status == DK_OK) status = take_draft(s, drafts, &d, name, name, descriptive ? DK_KPI_DESCRIPTIVE : DK_KPI_OUTCOME, err);
        else dk_kpi_draft_dispose(&d);
    }
    return status;
}

static dk_status take_indexes(dk_kpi_space *s, dk_kpi_draft *drafts, dk_error *err) {
    dk_study_result *r = s->context->result;
    const dk_kpi_config *c = &s->context->survey->config->kpi;
    dk_status status = DK_OK;
    for (size_t i = 0; i < c->nindexes && status == DK_OK; i++) {
        dk_kpi_draft d;
        size_t at = r->kpi.nkpis;
        status = dk_kpi_gather_index(&d, s, &c->indexes[i], err);
        d.formula = "100 x (responses that say something positive of its themes - negative) / responses that mention them";
        d.base = "responses that mention its themes";
        const char *id = dk_kpi_text(s, "index:%s", c->indexes[i].name), *label = dk_kpi_text(s, "%s", c->indexes[i].name);
        if (status == DK_OK) status = take_draft(s, drafts, &d, id, label, DK_KPI_EXPERIENCE, err);
        else dk_kpi_draft_dispose(&d);
        if (status != DK_OK || r->kpi.nkpis == at) continue;
        r->kpi.kpis[at].unit = "net score, -100 to 100";
        r->kpi.kpis[at].interval = "adjusted Wald (n + 3) on the effective number, clustered by customer";
        if (isnan(r->kpi.kpis[at].target)) r->kpi.kpis[at].target = c->indexes[i].target;
    }
    return status;
}

dk_status dk_kpis_make(dk_kpi_space *s, dk_error *err) {
    dk_study_result *r = s->context->result;
    const dk_kpi_config *c = &s->context->survey->config->kpi;
    size_t most = DK_KPI_COUNT + c->nfurther + c->nindexes;
    r->kpi.kpis = dk_arena_calloc(&r->arena, most, sizeof *r->kpi.kpis);
    dk_kpi_draft *drafts = calloc(most, sizeof *drafts);
    dk_status status = r->kpi.kpis != NULL && drafts != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = take_listed(s, drafts, DK_KPI_DESCRIPTIVE, err);
    if (status == DK_OK) status = take_further(s, drafts, true, err);
    if (status == DK_OK) status = take_listed(s, drafts, DK_KPI_EXPERIENCE, err);
    if (status == DK_OK) status = take_indexes(s, drafts, err);
    if (status == DK_OK) status = take_listed(s, drafts, DK_KPI_OUTCOME, err);
    if (status == DK_OK) status = take_further(s, drafts, false, err);
    if (status == DK_OK) status = dk_kpi_links_make(s, drafts, err);
    for (size_t i = 0; drafts != NULL && i < most; i++) dk_kpi_draft_dispose(&drafts[i]);
    free(drafts);
    return status;
}
