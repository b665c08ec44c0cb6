#include "study/kpi_facts.h"

#include <math.h>
#include <stdlib.h>

#include "stats/dist.h"
#include "stats/nps.h"
#include "study/privacy.h"
#include "study/touchpoint_cover.h"

enum { MOST_TOUCHPOINTS = 128 };

/* ---- Groups ------------------------------------------------------------------------------------------ */

/* The survey's own column of touchpoints, or else what the comments mention. */
static dk_status find_touchpoints(dk_kpi_space *s, dk_error *err) {
    const dk_survey *v = s->context->survey;
    const dk_tagging *t = s->context->tagging;
    const dk_taxonomy *taxonomy = s->context->taxonomy;
    s->touchpoints_mentioned = v->touchpoint == NULL;
    s->ntouchpoints = s->touchpoints_mentioned ? taxonomy->ntouchpoints : v->touchpoints.count;
    if (s->ntouchpoints > MOST_TOUCHPOINTS) s->ntouchpoints = MOST_TOUCHPOINTS;
    s->touchpoint = calloc(s->ntouchpoints + 1, sizeof *s->touchpoint);
    s->touches = calloc(v->n + 1, sizeof *s->touches);
    if (s->touchpoint == NULL || s->touches == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < s->ntouchpoints; k++)
        s->touchpoint[k] = s->touchpoints_mentioned ? taxonomy->touchpoints[k] : v->touchpoints.strings[k].ptr;
    for (size_t i = 0; i < v->n; i++) {
        if (!s->touchpoints_mentioned) {
            uint32_t k = v->touchpoint[i];
            if (k < s->ntouchpoints) s->touches[i][k / 64] |= UINT64_C(1) << (k % 64);
            continue;
        }
        for (size_t m = t->first[i]; m < t->first[i + 1]; m++) {
            uint32_t k = taxonomy->themes[t->marks[m].theme].touchpoint;
            if (k < s->ntouchpoints) s->touches[i][k / 64] |= UINT64_C(1) << (k % 64);
        }
    }
    return DK_OK;
}

static dk_status find_answers(dk_kpi_space *s, dk_error *err) {
    const dk_records *r = s->context->records;
    if (r == NULL) return DK_OK;
    s->answer = malloc((r->count + 1) * sizeof *s->answer);
    s->during = malloc((r->count + 1) * sizeof *s->during);
    if (s->answer == NULL || s->during == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < r->count; k++) s->answer[k] = s->during[k] = DK_NO_ID;
    for (size_t i = 0; i < s->context->survey->n; i++)
        if (r->followup[i] != DK_NO_RECORD && !s->context->survey->dropped[i]) s->answer[r->followup[i]] = (uint32_t)i;
    const dk_survey *v = s->context->survey;
    for (size_t i = 0; i < v->n && v->date != NULL; i++) {
        uint32_t c = v->customer != NULL ? v->customer[i] : DK_NO_ID;
        if (c == DK_NO_ID || c >= r->ncustomers || v->date[i] == DK_NO_DATE || v->dropped[i]) continue;
        for (size_t k = r->first_of[c]; k < r->first_of[c + 1]; k++)
            if (r->items[k].first <= v->date[i] && v->date[i] <= r->items[k].last) s->during[k] = (uint32_t)i;
    }
    return DK_OK;
}

dk_status dk_kpi_space_make(dk_kpi_space *s, dk_fit_context *context, const dk_invitations *invitations, dk_error *err) {
    const dk_survey *v = context->survey;
    *s = (dk_kpi_space){.context = context, .invitations = invitations, .ncustomers = v->customers.count + v->n};
    s->sum = calloc(s->ncustomers + 1, sizeof *s->sum);
    s->seen = calloc(s->ncustomers + 1, sizeof *s->seen);
    dk_status status = s->sum != NULL && s->seen != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK && v->score_is_nps) {
        s->scores = malloc(v->n + 1);
        if (s->scores == NULL) status = dk_fail_memory(err);
        for (size_t i = 0; status == DK_OK && i < v->n; i++) s->scores[i] = (int8_t)(isnan(v->score[i]) ? -1 : v->score[i]);
    }
    if (status == DK_OK) status = find_touchpoints(s, err);
    return status == DK_OK ? find_answers(s, err) : status;
}

void dk_kpi_space_dispose(dk_kpi_space *s) {
    free(s->answer);
    free(s->during);
    free(s->touchpoint);
    free(s->touches);
    free(s->scores);
    free(s->sum);
    free(s->seen);
    memset(s, 0, sizeof *s);
}

int dk_kpi_wave(const dk_kpi_space *s, int32_t day) {
    return dk_waves_at(&s->context->waves, day);
}

/* ---- Facts ------------------------------------------------------------------------------------------- */

static dk_fact *add(dk_facts *f) {
    if (!dk_grow(&f->items, &f->cap, f->count + 1)) return NULL;
    dk_fact *fact = f->items + f->count++;
    *fact = (dk_fact){.x = 1, .w = 1, .customer = DK_NO_ID, .response = DK_NO_ID, .segment = -1, .wave = -1};
    return fact;
}

dk_fact *dk_facts_add_response(dk_facts *f, const dk_kpi_space *s, size_t i) {
    const dk_survey *v = s->context->survey;
    dk_fact *fact = add(f);
    if (fact == NULL) return NULL;
    uint32_t customer = v->customer != NULL ? v->customer[i] : DK_NO_ID;
    fact->customer = customer != DK_NO_ID ? customer : (uint32_t)(v->customers.count + i);
    fact->response = (uint32_t)i;
    fact->w = v->weight != NULL ? v->weight[i] : 1;
    fact->segment = s->context->segments->of != NULL ? s->context->segments->of[i] : -1;
    fact->wave = (int16_t)(v->date != NULL ? dk_kpi_wave(s, v->date[i]) : -1);
    return fact;
}

dk_fact *dk_facts_add_record(dk_facts *f, const dk_kpi_space *s, size_t item) {
    const dk_record *record = s->context->records->items + item;
    const dk_panel *panel = s->context->panel;
    dk_fact *fact = add(f);
    if (fact == NULL) return NULL;
    fact->customer = record->customer;
    fact->response = s->answer[item];
    fact->wave = (int16_t)dk_kpi_wave(s, record->first);
    if (s->context->segments->of == NULL) return fact;
    if (panel != NULL) fact->segment = panel->state[item];
    else fact->segment = s->context->segments->of_record != NULL ? s->context->segments->of_record[item] : -1;
    return fact;
}

dk_fact *dk_facts_add_invitation(dk_facts *f, const dk_kpi_space *s, size_t k) {
    const dk_invitation *invitation = s->invitations->items + k;
    dk_fact *fact = add(f);
    if (fact == NULL) return NULL;
    fact->customer = invitation->customer != DK_NO_ID ? invitation->customer : (uint32_t)(s->context->survey->customers.count + k % (s->context->survey->n + 1));
    fact->segment = invitation->segment;
    fact->wave = (int16_t)dk_kpi_wave(s, invitation->first);
    return fact;
}

void dk_facts_dispose(dk_facts *f) {
    free(f->items);
    memset(f, 0, sizeof *f);
}

/* ---- Values ------------------------------------------------------------------------------------------ */

/* Some of the facts: those in a group, or all. */
typedef struct subset {
    const uint32_t *at; /* NULL: all */
    size_t n;
} subset;

static const dk_fact *fact_of(const dk_facts *f, subset of, size_t k) { return f->items + (of.at != NULL ? of.at[k] : k); }

/* Adds up what the facts of a customer contribute, and returns the sum of squares over customers. */
static double square_sums(const dk_facts *f, dk_kpi_space *s, subset of, const double total[4], int64_t *people) {
    double r = total[0] / total[1], r2 = f->divided ? total[2] / total[3] : 1, squares = 0;
    *people = 0;
    s->stamp++;
    for (size_t k = 0; k < of.n; k++) {
        const dk_fact *a = fact_of(f, of, k);
        double d = (a->y - r * a->x) / total[1] / r2;
        if (f->divided) d -= r / (r2 * r2) * (a->y2 - r2 * a->x2) / total[3];
        if (s->seen[a->customer] != s->stamp) {
            s->seen[a->customer] = s->stamp;
            s->sum[a->customer] = 0;
            ++*people;
        }
        /* (old + new)^2 - old^2, so that one pass is enough */
        double before = s->sum[a->customer], after = before + a->w * d;
        squares += after * after - before * before;
        s->sum[a->customer] = after;
    }
    return fmax(squares, 0);
}

/* p(1) - p(-1) as NPS has it: three facts more, 3/4 of them 1 and 3/4 of them -1 (Rocks 2016), widened to hold its value. */
static dk_interval net_interval(const dk_facts *f, subset of, double se, double people, double confidence) {
    double w = 0, up = 0, down = 0, z = dk_norm_quantile(0.5 + confidence / 2);
    for (size_t k = 0; k < of.n; k++) {
        const dk_fact *a = fact_of(f, of, k);
        w += a->w;
        up += a->y > 0 ? a->w : 0;
        down += a->y < 0 ? a->w : 0;
    }
    up /= w;
    down /= w;
    double n = se > 0 ? (up + down - (up - down) * (up - down)) / (se * se) : people, value = up - down;
    up = (up * n + 0.75) / (n + 3);
    down = (down * n + 0.75) / (n + 3);
    double half = z * sqrt((up + down - (up - down) * (up - down)) / (n + 3));
    return (dk_interval){fmin(value, fmax(-1, up - down - half)), fmax(value, fmin(1, up - down + half))};
}

static dk_status nps_value(const dk_facts *f, const dk_kpi_space *s, subset of, dk_kpi_value *v, dk_error *err) {
    const dk_fit_context *x = s->context;
    uint32_t *rows = malloc((of.n + 1) * sizeof *rows);
    dk_nps nps;
    if (rows == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < of.n; k++) rows[k] = fact_of(f, of, k)->response;
    dk_status status = dk_nps_compute(s->scores, x->survey->weight, x->clusters, rows, of.n, x->result->confidence, &nps, err);
    if (status == DK_OK) {
        v->value = nps.nps;
        v->se = nps.se;
        v->ci = nps.ci;
    }
    free(rows);
    return status;
}

static dk_status evaluate_subset(const dk_facts *f, dk_kpi_space *s, subset of, dk_kpi_value *v, int64_t *people, dk_error *err) {
    double total[4] = {0}, confidence = s->context->result->confidence;
    v->n = 0;
    v->value = v->se = v->ci.lo = v->ci.hi = NAN;
    *people = 0;
    for (size_t k = 0; k < of.n; k++) {
        const dk_fact *a = fact_of(f, of, k);
        v->n++;
        total[0] += a->w * a->y;
        total[1] += a->w * a->x;
        total[2] += a->w * a->y2;
        total[3] += a->w * a->x2;
    }
    if (total[1] == 0 || v->n == 0 || (f->divided && (total[2] == 0 || total[3] == 0))) return DK_OK;
    double squares = square_sums(f, s, of, total, people), c = (double)*people;
    double r = total[0] / total[1] / (f->divided ? total[2] / total[3] : 1);
    v->value = f->scale * r + f->offset;
    if (f->interval == DK_INTERVAL_NPS) return nps_value(f, s, of, v, err);
    if (*people < 2) return DK_OK;
    double se = sqrt(squares * c / (c - 1));
    v->se = fabs(f->scale) * se;
    if (f->interval == DK_INTERVAL_SHARE) {
        double n = se > 0 ? r * (1 - r) / (se * se) : c;
        v->ci = dk_wilson(r * n, n, confidence);
        if (r <= 0) v->ci.lo = 0; /* and not what rounding leaves of it */
        if (r >= 1) v->ci.hi = 1;
        if (f->scale < 0) v->ci = (dk_interval){f->offset + f->scale * v->ci.hi, f->offset + f->scale * v->ci.lo};
    } else if (f->interval == DK_INTERVAL_NET) {
        v->ci = net_interval(f, of, se, c, confidence);
        v->ci = (dk_interval){f->scale * v->ci.lo, f->scale * v->ci.hi};
    } else {
        double t = dk_t_quantile(0.5 + confidence / 2, c - 1);
        if (v->se <= 1e-9 * fabs(v->value)) return DK_OK; /* all alike: nothing can be said of the error, least of all that there is none */
        if (f->divided && v->value > 0) {
            v->ci = (dk_interval){v->value * exp(-t * v->se / v->value), v->value * exp(t * v->se / v->value)};
            return DK_OK;
        }
        v->ci = (dk_interval){v->value - t * v->se, v->value + t * v->se};
    }
    return DK_OK;
}

/* ---- By group ---------------------------------------------------------------------------------------- */

static const char *group_name(const dk_kpi_space *s, dk_cut cut, size_t group) {
    const dk_study_result *r = s->context->result;
    switch (cut) {
    case DK_CUT_SEGMENT: return r->segments[group].name;
    case DK_CUT_WAVE: return r->waves[group].name;
    case DK_CUT_LANGUAGE: return dk_language_name((dk_language)group);
    default: return dk_arena_strdup(&s->context->result->arena, s->touchpoint[group], strlen(s->touchpoint[group]));
    }
}

static size_t group_count(const dk_kpi_space *s, dk_cut cut) {
    const dk_study_result *r = s->context->result;
    return cut == DK_CUT_SEGMENT ? r->nsegments : cut == DK_CUT_WAVE ? r->nwaves : cut == DK_CUT_LANGUAGE ? DK_LANGUAGES : s->ntouchpoints;
}

/* The group of a fact; -1 for none. Not for touchpoints, of which it may have several. */
static int group_of(const dk_kpi_space *s, const dk_fact *f, dk_cut cut) {
    const dk_fit_context *x = s->context;
    if (cut == DK_CUT_SEGMENT) return f->segment > 0 ? f->segment : -1;
    if (cut == DK_CUT_WAVE) return f->wave;
    return f->response != DK_NO_ID && x->survey->commented[f->response] ? x->tagging->language[f->response] : -1;
}

/* Lists the facts of each group, one group behind the other: group g has list[start[g]] to list[start[g + 1]]. */
static dk_status list_groups(const dk_facts *f, const dk_kpi_space *s, dk_cut cut, size_t groups, size_t *start, uint32_t **list, dk_error *err) {
    size_t end[MOST_TOUCHPOINTS + 1] = {0};
    *list = NULL;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < f->count; i++) {
            const dk_fact *a = f->items + i;
            if (cut != DK_CUT_TOUCHPOINT) {
                int g = group_of(s, a, cut);
                if (g < 0 || (size_t)g >= groups) continue;
                if (pass == 1) (*list)[end[g]] = (uint32_t)i;
                end[g]++;
                continue;
            }
            if (a->response == DK_NO_ID) continue;
            for (int word = 0; word < 2; word++)
                for (uint64_t bits = s->touches[a->response][word]; bits != 0; bits &= bits - 1) {
                    size_t g = 64 * (size_t)word + (size_t)__builtin_ctzll(bits);
                    if (pass == 1) (*list)[end[g]] = (uint32_t)i;
                    end[g]++;
                }
        }
        if (pass == 1) return DK_OK;
        start[0] = 0;
        for (size_t g = 0; g < groups; g++) {
            start[g + 1] = start[g] + end[g];
            end[g] = start[g];
        }
        *list = malloc((start[groups] + 1) * sizeof **list);
        if (*list == NULL) return dk_fail_memory(err);
    }
    return DK_OK;
}

static dk_status evaluate_cut(const dk_facts *f, dk_kpi_space *s, dk_cut cut, bool all_hidden, dk_kpi *kpi, dk_error *err) {
    const dk_study_result *r = s->context->result;
    size_t groups = group_count(s, cut), first = kpi->ncuts, start[MOST_TOUCHPOINTS + 1];
    int64_t people[MOST_TOUCHPOINTS] = {0};
    bool hidden[MOST_TOUCHPOINTS] = {false};
    uint32_t *list;
    if (groups > MOST_TOUCHPOINTS) groups = MOST_TOUCHPOINTS; /* waves are at most 120, segments 64 */
    bool few[MOST_TOUCHPOINTS + 1] = {false};
    dk_status status = list_groups(f, s, cut, groups, start, &list, err);
    if (status == DK_OK && cut == DK_CUT_TOUCHPOINT && s->touchpoints_mentioned && s->context->taxonomy->ntouchpoints <= MOST_TOUCHPOINTS)
        status = dk_touchpoints_hide(s->context, few, err);
    for (size_t g = cut == DK_CUT_SEGMENT; g < groups && status == DK_OK; g++) {
        dk_kpi_value v = {.cut = cut};
        size_t at = kpi->ncuts - first;
        status = evaluate_subset(f, s, (subset){list + start[g], start[g + 1] - start[g]}, &v, &people[at], err);
        if (status != DK_OK || isnan(v.value)) continue;
        hidden[at] = all_hidden || (cut == DK_CUT_SEGMENT && r->segments[g].hidden);
        v.hidden = few[g];
        v.group = group_name(s, cut, g);
        if (v.group == NULL) status = dk_fail_memory(err);
        kpi->cuts[kpi->ncuts++] = v;
    }
    free(list);
    size_t n = kpi->ncuts - first;
    dk_privacy_hide(people, n, r->min_privacy, hidden);
    for (size_t k = 0; k < n; k++) kpi->cuts[first + k].hidden |= hidden[k];
    return status;
}

dk_status dk_facts_evaluate(const dk_facts *f, dk_kpi_space *s, dk_kpi *kpi, dk_error *err) {
    static const dk_cut cuts[] = {DK_CUT_SEGMENT, DK_CUT_TOUCHPOINT, DK_CUT_WAVE, DK_CUT_LANGUAGE};
    int64_t people;
    size_t most = 0;
    for (size_t k = 0; k < 4; k++) most += group_count(s, cuts[k]);
    kpi->cuts = dk_arena_calloc(&s->context->result->arena, most + 1, sizeof *kpi->cuts);
    if (kpi->cuts == NULL) return dk_fail_memory(err);
    dk_status status = evaluate_subset(f, s, (subset){NULL, f->count}, &kpi->all, &people, err);
    kpi->all.cut = DK_CUT_ALL;
    kpi->all.group = "all";
    kpi->all.hidden = people < s->context->result->min_privacy;
    for (size_t k = 0; k < 4 && status == DK_OK; k++) status = evaluate_cut(f, s, cuts[k], kpi->all.hidden, kpi, err);
    return status;
}
