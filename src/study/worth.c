#include "study/worth.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "stats/dist.h"
#include "study/movement_hazard.h"
#include "study/worth_actions.h"
#include "study/worth_config.h"
#include "study/worth_project.h"

/* Replicates of what one customer brings a year, and of NPS. */
typedef struct priced {
    double *money, *up, *kept, *nps,
        *today; /* replicates + 1: the estimate last; today: see dk_worth_lever */
    bool has_up, has_kept, has_nps;
    size_t segment; /* state less 1 */
} priced;

typedef struct pricing {
    dk_movers *v;
    dk_worth *w;
    dk_actions actions;
    priced *of; /* by lever */
    size_t count, cap;
    size_t reps;
    int periods;
    double *p, *m; /* chains of all replicates, the estimate last */
} pricing;

static void dispose(pricing *c) {
    for (size_t i = 0; i < c->count; i++) free(c->of[i].money);
    free(c->of);
    free(c->p);
    free(c->m);
    dk_actions_dispose(&c->actions);
}

/* ---- One replicate ----------------------------------------------------------------------------------- */

static double effect_of(const dk_move_fit *f, bool has, size_t j, size_t r, size_t reps, bool *known) {
    *known = has && f->tested[j];
    if (!*known) return 0;
    return r < reps ? f->replicate[j * reps + r] : f->effect[j];
}

dk_change dk_worth_change(const dk_movers *v, size_t segment, size_t j, double share, size_t r) {
    const dk_mover *m = v->of + segment;
    size_t reps = (size_t)v->joint.replicates;
    dk_change c = {0};
    bool known;
    c.up = share * effect_of(&m->event[DK_EVENT_UP], m->has_event[DK_EVENT_UP], j, r, reps, &c.has_up);
    c.fall =
        share * effect_of(&m->event[DK_EVENT_FALL], m->has_event[DK_EVENT_FALL], j, r, reps, &c.has_fall);
    c.lost =
        share * effect_of(&m->event[DK_EVENT_LOST], m->has_event[DK_EVENT_LOST], j, r, reps, &c.has_lost);
    c.profit = share * effect_of(&m->profit, m->has_profit, j, r, reps, &known);
    return c;
}

void dk_worth_chain(const dk_movers *v, size_t r, double *p, double *m) {
    size_t n = v->n, reps = (size_t)v->joint.replicates;
    for (size_t s = 0; s < n; s++) {
        double sum = 0;
        for (size_t k = 0; k <= n; k++) {
            size_t way = s * (n + 1) + k;
            p[way] = fmax(r < reps ? v->chain.p_replicate[way * reps + r] : v->chain.p[way], 0);
            sum += p[way];
        }
        for (size_t k = 0; k <= n; k++) p[s * (n + 1) + k] /= sum > 0 ? sum : 1;
        m[s] = r < reps ? v->chain.m_replicate[s * reps + r] : v->chain.m[s];
    }
}

static double share_of(const dk_mover *m, size_t j, size_t r, size_t reps) {
    return r < reps ? m->prevalence_replicate[j * reps + r] : m->prevalence[j];
}

/* Adds what bringing predictor j to a level does; several predictors add up to one change. */
static void add_change(dk_change *sum, const dk_change *one) {
    sum->up += one->up;
    sum->fall += one->fall;
    sum->lost += one->lost;
    sum->profit += one->profit;
    sum->has_up = sum->has_up || one->has_up;
    sum->has_fall = sum->has_fall || one->has_fall;
    sum->has_lost = sum->has_lost || one->has_lost;
}

static dk_status new_priced(pricing *c, size_t segment, priced **out, dk_error *err) {
    double *all = calloc(5 * (c->reps + 1), sizeof *all);
    if (all == NULL || !dk_grow(&c->of, &c->cap, c->count + 1)) {
        free(all);
        return dk_fail_memory(err);
    }
    *out = c->of + c->count++;
    **out = (priced){all,
                     all + c->reps + 1,
                     all + 2 * (c->reps + 1),
                     all + 3 * (c->reps + 1),
                     all + 4 * (c->reps + 1),
                     false,
                     false,
                     false,
                     segment};
    return DK_OK;
}

static dk_status price(pricing *c, size_t segment, const size_t *which, const double *levels, size_t n,
                       dk_error *err) {
    const dk_movers *v = c->v;
    const dk_mover *m = v->of + segment;
    priced *x = NULL;
    dk_status status = new_priced(c, segment, &x, err);
    for (size_t r = 0; r <= c->reps && status == DK_OK; r++) {
        dk_change sum = {0};
        for (size_t i = 0; i < n; i++) {
            double share = levels[i] - share_of(m, which[i], r, c->reps);
            dk_change one = dk_worth_change(v, segment, which[i], share, r);
            bool known;
            x->nps[r] += share * effect_of(&m->nps, m->has_nps, which[i], r, c->reps, &known);
            x->has_nps = x->has_nps || known;
            add_change(&sum, &one);
        }
        dk_projection out;
        dk_worth_project(v->n, c->p + r * v->n * (v->n + 1), c->m + r * v->n, segment, &sum, c->periods, 0,
                         &out);
        x->money[r] = out.money;
        x->up[r] = out.up;
        x->kept[r] = out.kept;
        x->has_up = sum.has_up;
        x->has_kept = sum.has_lost;
    }
    return status;
}

/* ---- Levers ------------------------------------------------------------------------------------------ */

static dk_figure figure(const pricing *c, const double *replicates, double times, bool known) {
    dk_figure f = {NAN, {NAN, NAN}};
    if (!known) return f;
    dk_interval ci = dk_joint_interval(&c->v->joint, replicates);
    f.value = replicates[c->reps] * times;
    f.ci = (dk_interval){ci.lo * times, ci.hi * times};
    return f;
}

static dk_worth_for worth_for(const pricing *c, const priced *x, int64_t customers) {
    double n = (double)customers;
    return (dk_worth_for){customers, figure(c, x->up, n, x->has_up), figure(c, x->kept, n, x->has_kept),
                          figure(c, x->money, n, true)};
}

/* Two-sided p of the money by the standard deviation of its replicates. */
static double money_p(const pricing *c, const priced *x, double *t) {
    double sum = 0, squares = 0, n = (double)c->reps;
    *t = NAN;
    for (size_t r = 0; r < c->reps; r++) sum += x->money[r] / n;
    for (size_t r = 0; r < c->reps; r++) squares += (x->money[r] - sum) * (x->money[r] - sum);
    double sd = c->reps > 1 ? sqrt(squares / (n - 1)) : NAN;
    if (!(sd > 0)) return NAN;
    *t = x->money[c->reps] / sd;
    return dk_t_p(*t, INFINITY);
}

/* A link, or none when even the part of the profit's variance at the end of the interval would not matter (2 %, as in the
   driver fits), or neither. */
static dk_verdict verdict_of(bool supported, double t, double n) {
    double most = fabs(t) + dk_norm_quantile(0.95);
    return supported ? DK_LINK : most * most / n < 0.02 ? DK_NO_LINK : DK_INCONCLUSIVE;
}

static void describe(pricing *c, dk_worth_lever *l, size_t segment) {
    const dk_fit_context *x = c->v->context;
    const char *id = l->theme >= 0 ? x->taxonomy->themes[l->theme].id : NULL;
    const dk_action *action = dk_actions_find(&c->actions, id, l->touchpoint, l->polarity);
    l->segment = x->segments->count > 1 ? (int)segment + 1 : 0;
    l->owner = dk_movement_owner(x, l->theme, l->touchpoint);
    l->stage = l->theme >= 0 ? x->taxonomy->themes[l->theme].stage : NULL;
    for (int k = 0; k < DK_LANGUAGES && action != NULL; k++)
        l->action[k] = dk_arena_strdup(&x->result->arena, action->text[k], strlen(action->text[k]));
    if (l->owner != NULL) l->owner = dk_arena_strdup(&x->result->arena, l->owner, strlen(l->owner));
    if (l->stage != NULL) l->stage = dk_arena_strdup(&x->result->arena, l->stage, strlen(l->stage));
}

static void put_worths(pricing *c, dk_worth_lever *l, const priced *x, double *t) {
    const dk_mover *m = c->v->of + x->segment;
    l->nps = figure(c, x->nps, 1, x->has_nps);
    l->respondents = worth_for(c, x, m->respondents);
    l->all = worth_for(c, x, c->v->chain.now[x->segment]);
    l->p = money_p(c, x, t);
}

/* What the mentions bring, or cost, as often as they are said now. */
static dk_status price_today(pricing *c, size_t segment, size_t j, dk_worth_lever *l, dk_error *err) {
    double none = 0, sign = l->polarity == DK_SIGN_NEGATIVE ? 1 : -1;
    dk_status status = price(c, segment, &j, &none, 1, err);
    if (status != DK_OK) return status;
    priced *none_said = c->of + --c->count, *x = c->of + c->count - 1;
    for (size_t r = 0; r <= c->reps; r++) x->today[r] = sign * none_said->money[r];
    free(none_said->money);
    l->today = figure(c, x->today, (double)c->v->of[segment].respondents, true);
    return DK_OK;
}

static dk_status price_segment(pricing *c, size_t segment, dk_error *err) {
    const dk_mover *m = c->v->of + segment;
    dk_worth *w = c->w;
    size_t n = m->features.npredictors, first = w->nlevers, count;
    double *p = malloc((n + 1) * sizeof *p), *q = malloc((n + 1) * sizeof *q),
           *t = malloc((n + 1) * sizeof *t);
    dk_status status = p != NULL && q != NULL && t != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t j = 0; j < n && status == DK_OK; j++) {
        const dk_study_predictor *about = m->features.about + j;
        if (!m->profit.tested[j]) continue;
        dk_worth_lever *l = w->levers + w->nlevers;
        dk_target target;
        *l = (dk_worth_lever){.theme = about->theme,
                              .touchpoint = about->touchpoint,
                              .polarity = about->polarity,
                              .pooled = about->pooled,
                              .mentions = about->mentions,
                              .prevalence = m->prevalence[j]};
        status = dk_worth_level(c->v, segment, j, &target, &l->level, err);
        l->target = dk_target_name(target);
        describe(c, l, segment);
        if (status == DK_OK) status = price(c, segment, &j, &l->level, 1, err);
        if (status != DK_OK) break;
        put_worths(c, l, c->of + c->count - 1, &t[w->nlevers - first]);
        status = price_today(c, segment, j, l, err);
        p[w->nlevers - first] = l->p;
        w->nlevers++;
    }
    count = w->nlevers - first;
    if (status == DK_OK) status = dk_movement_fdr(p, count, m->profit.p_model, q, err);
    for (size_t i = 0; i < count && status == DK_OK; i++) {
        dk_worth_lever *l = w->levers + first + i;
        l->q = q[i];
        l->supported = q[i] <= c->v->context->result->alpha &&
                       (l->all.money.ci.lo > 0 || l->all.money.ci.hi < 0 || l->respondents.money.ci.lo > 0 ||
                        l->respondents.money.ci.hi < 0);
        l->verdict = verdict_of(l->supported, t[i], (double)m->nfollowed);
    }
    free(p);
    free(q);
    free(t);
    return status;
}

/* All complaints about a touchpoint gone. */
static dk_status price_touchpoints(pricing *c, size_t segment, dk_error *err) {
    const dk_mover *m = c->v->of + segment;
    size_t which[2 * DK_THEMES_MAX];
    double levels[2 * DK_THEMES_MAX] = {0};
    dk_status status = DK_OK;
    for (size_t g = 0; g < m->features.ngroups && status == DK_OK; g++) {
        size_t n = 0;
        dk_worth_lever *l = c->w->touchpoints + c->w->ntouchpoints;
        *l = (dk_worth_lever){.theme = -1,
                              .touchpoint = m->features.groups[g],
                              .polarity = DK_SIGN_NEGATIVE,
                              .target = dk_target_name(DK_TARGET_ZERO)};
        for (size_t j = 0; j < m->features.npredictors; j++) {
            const dk_study_predictor *about = m->features.about + j;
            if (m->features.group_of[j] != g || about->polarity != DK_SIGN_NEGATIVE || !m->profit.tested[j])
                continue;
            which[n++] = j;
            l->mentions += about->mentions;
            l->prevalence += m->prevalence[j];
        }
        if (n == 0) continue;
        describe(c, l, segment);
        status = price(c, segment, which, levels, n, err);
        if (status != DK_OK) break;
        double t;
        put_worths(c, l, c->of + c->count - 1, &t);
        l->q = l->p;
        l->supported = !isnan(l->p) && fmax(l->p, isnan(m->profit.p_model) ? 0 : m->profit.p_model) <=
                                           c->v->context->result->alpha;
        l->verdict = verdict_of(l->supported, t, (double)m->nfollowed);
        c->w->ntouchpoints++;
    }
    return status;
}

/* ---- Sums over the segments -------------------------------------------------------------------------- */

static void add_times(double *sum, const double *x, double times, size_t n) {
    for (size_t r = 0; r < n; r++) sum[r] += times * x[r];
}

/* For each thing that is priced in several segments, the sum of its worths; at is where its levers' replicates begin. */
static dk_status sum_segments(pricing *c, dk_worth_lever *levers, size_t *nlevers, size_t at, dk_error *err) {
    size_t n = *nlevers, width = c->reps + 1;
    double *sums = malloc((8 * width + 1) * sizeof *sums);
    dk_status status = sums != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const dk_worth_lever *a = levers + i;
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen = seen || (levers[k].theme == a->theme && levers[k].polarity == a->polarity &&
                            strcmp(levers[k].touchpoint, a->touchpoint) == 0);
        if (seen) continue;
        dk_worth_lever sum = *a;
        double responses = 0, weight = 0;
        bool up = false, kept = false, nps = false, supported = false;
        sum.segment = 0;
        sum.mentions = 0;
        sum.respondents.customers = sum.all.customers = 0;
        memset(sums, 0, 8 * width * sizeof *sums);
        sum.prevalence = sum.level = 0;
        sum.p = sum.q = NAN;
        sum.pooled = 0;
        for (size_t k = i; k < n; k++) {
            const dk_worth_lever *b = levers + k;
            const priced *x = c->of + at + k;
            if (b->theme != a->theme || b->polarity != a->polarity ||
                strcmp(b->touchpoint, a->touchpoint) != 0)
                continue;
            double rows = (double)c->v->of[x->segment].nrows;
            add_times(sums, x->money, (double)b->respondents.customers, width);
            add_times(sums + width, x->up, (double)b->respondents.customers, width);
            add_times(sums + 2 * width, x->kept, (double)b->respondents.customers, width);
            add_times(sums + 3 * width, x->money, (double)b->all.customers, width);
            add_times(sums + 4 * width, x->up, (double)b->all.customers, width);
            add_times(sums + 5 * width, x->kept, (double)b->all.customers, width);
            add_times(sums + 6 * width, x->nps, rows, width);
            add_times(sums + 7 * width, x->today, (double)b->respondents.customers, width);
            up = up || x->has_up;
            kept = kept || x->has_kept;
            nps = nps || x->has_nps;
            supported = supported || b->supported;
            weight += rows;
            sum.mentions += b->mentions;
            sum.prevalence += rows * b->prevalence;
            sum.level += rows * b->level;
            sum.respondents.customers += b->respondents.customers;
            sum.all.customers += b->all.customers;
            sum.pooled = b->pooled > sum.pooled ? b->pooled : sum.pooled;
            if (strcmp(b->target, sum.target) != 0) sum.target = "by segment";
        }
        for (size_t k = 0; k < c->v->n; k++) responses += (double)c->v->of[k].nrows;
        sum.prevalence /= weight;
        sum.level /= weight;
        sum.nps = figure(c, sums + 6 * width, responses > 0 ? 1 / responses : 0, nps);
        sum.respondents.money = figure(c, sums, 1, true);
        sum.respondents.moving_up = figure(c, sums + width, 1, up);
        sum.respondents.kept = figure(c, sums + 2 * width, 1, kept);
        sum.today = figure(c, sums + 7 * width, 1, true);
        sum.all.money = figure(c, sums + 3 * width, 1, true);
        sum.all.moving_up = figure(c, sums + 4 * width, 1, up);
        sum.all.kept = figure(c, sums + 5 * width, 1, kept);
        priced whole = {.money = sums + 3 * width};
        double t;
        sum.p = money_p(c, &whole, &t);
        sum.supported = supported && (sum.all.money.ci.lo > 0 || sum.all.money.ci.hi < 0);
        sum.verdict = verdict_of(sum.supported, t, responses);
        levers[(*nlevers)++] = sum;
    }
    free(sums);
    return status;
}

static int by_money(const void *a, const void *b) {
    const dk_worth_lever *x = a, *y = b;
    if (x->supported != y->supported) return x->supported ? -1 : 1;
    double p = fabs(x->all.money.value), q = fabs(y->all.money.value);
    if (p != q) return p > q ? -1 : 1;
    if (x->segment != y->segment) return x->segment < y->segment ? -1 : 1;
    int order = strcmp(x->touchpoint, y->touchpoint);
    if (order != 0) return order;
    return x->theme != y->theme ? (x->theme < y->theme ? -1 : 1)
                                : (x->polarity > y->polarity) - (x->polarity < y->polarity);
}

/* ---- The whole --------------------------------------------------------------------------------------- */

static dk_status state_assumptions(pricing *c, dk_error *err) {
    static const char *const always[] = {"Associations are taken as causes: mentions that are brought to the "
                                         "level take what goes with them along.",
                                         "The change works from the first of the twelve months to the last, "
                                         "on customers while they are in the segment.",
                                         "Money is the profit of the periods that follow, projected twelve "
                                         "months ahead and not discounted; it is not a lifetime value.",
                                         "Who moves because of the change goes on as others of the new "
                                         "segment do; what else it adds to profit lasts one period.",
                                         "All customers: those who did not answer are taken to meet what "
                                         "those of their segment who did answered of.",
                                         "Levels are taken as given; shares of mentions, effects, transition "
                                         "probabilities and margins carry the uncertainty."};
    enum { ALWAYS = sizeof always / sizeof *always };
    const double NOISY = 0.1; /* of the spread between customers */
    dk_worth *w = c->w;
    const dk_move_noise *noise = &c->v->context->result->movement.noise;
    w->assumptions = dk_arena_calloc(&c->v->context->result->arena, ALWAYS + 1, sizeof *w->assumptions);
    if (w->assumptions == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < ALWAYS; i++) w->assumptions[w->nassumptions++] = always[i];
    if (noise->known && noise->share_of_spread > NOISY) /* the matrix is not corrected for it */
        w->assumptions[w->nassumptions++] = "Customers who cross a border by noise alone count as moving, so that who is lifted seems to come down sooner: "
                                            "money that comes of moving up, most of all into the most profitable segment, may be too low.";
    return DK_OK;
}

static dk_status read_actions(pricing *c, const char *data_dir, dk_error *err) {
    const dk_worth_config *w = c->v->context->survey->config->worth;
    const dk_taxonomy *t = c->v->context->taxonomy;
    dk_status status = DK_OK;
    if (w != NULL && w->actions != NULL) status = dk_actions_read(&c->actions, w->actions, t, err);
    char *path = dk_path_join(data_dir, "lexicons/actions.tsv");
    if (path == NULL) return dk_fail_memory(err);
    if (status == DK_OK && dk_file_exists(path)) status = dk_actions_read(&c->actions, path, t, err);
    free(path);
    return status;
}

static dk_status begin(pricing *c, dk_error *err) {
    const dk_movers *v = c->v;
    dk_arena *arena = &v->context->result->arena;
    size_t most = 0, width = v->n * (v->n + 1);
    for (size_t k = 0; k < v->n; k++) most += v->of[k].features.npredictors;
    c->w->levers = dk_arena_calloc(arena, 2 * most + 1, sizeof *c->w->levers);
    c->w->touchpoints = dk_arena_calloc(arena, 2 * most + 1, sizeof *c->w->touchpoints);
    c->p = malloc((c->reps + 1) * width * sizeof *c->p);
    c->m = malloc((c->reps + 1) * v->n * sizeof *c->m);
    if (c->w->levers == NULL || c->w->touchpoints == NULL || c->p == NULL || c->m == NULL)
        return dk_fail_memory(err);
    for (size_t r = 0; r <= c->reps; r++) dk_worth_chain(v, r, c->p + r * width, c->m + r * v->n);
    return DK_OK;
}

dk_status dk_worth_make(dk_movers *v, const char *data_dir, dk_error *err) {
    dk_study_result *r = v->context->result;
    pricing c = {.v = v,
                 .w = &r->worth,
                 .reps = (size_t)v->joint.replicates,
                 .periods = (int)fmax(1, lround(r->movement.periods_a_year))};
    bool any = false;
    for (size_t k = 0; k < v->n; k++) any = any || v->of[k].has_profit;
    r->worth.reason = v->panel->after == NULL             ? "the records have no profit"
                      : isnan(r->movement.periods_a_year) ? "the length of a period is not known"
                      : !any ? "too few answers have a profit after them, or no theme is said often enough"
                             : NULL;
    if (r->worth.reason != NULL) return DK_OK;
    dk_status status = begin(&c, err);
    if (status == DK_OK) status = read_actions(&c, data_dir, err);
    for (size_t k = 0; k < v->n && status == DK_OK; k++)
        if (v->of[k].has_profit && (int64_t)v->of[k].nrows >= r->min_privacy)
            status = price_segment(&c, k, err);
    size_t at = c.count;
    if (status == DK_OK && v->n > 1) status = sum_segments(&c, r->worth.levers, &r->worth.nlevers, 0, err);
    for (size_t k = 0; k < v->n && status == DK_OK; k++)
        if (v->of[k].has_profit && (int64_t)v->of[k].nrows >= r->min_privacy)
            status = price_touchpoints(&c, k, err);
    if (status == DK_OK && v->n > 1)
        status = sum_segments(&c, r->worth.touchpoints, &r->worth.ntouchpoints, at, err);
    if (status == DK_OK) {
        qsort(r->worth.levers, r->worth.nlevers, sizeof *r->worth.levers, by_money);
        qsort(r->worth.touchpoints, r->worth.ntouchpoints, sizeof *r->worth.touchpoints, by_money);
        status = state_assumptions(&c, err);
    }
    if (status == DK_OK) status = dk_worth_rox(v, err);
    r->worth.known = status == DK_OK;
    dispose(&c);
    return status;
}

void dk_worth_into_fits(dk_study_result *r) {
    for (size_t i = 0; i < r->nfits; i++) {
        dk_study_fit *f = r->fits + i;
        if (!f->fitted || strcmp(r->outcomes[f->outcome].name, "nps") != 0) continue;
        for (size_t k = 0; k < f->nlevers; k++) {
            dk_study_lever *l = f->levers + k;
            const dk_study_predictor *about = f->predictors + l->predictor;
            for (size_t j = 0; j < r->worth.nlevers; j++) {
                const dk_worth_lever *w = r->worth.levers + j;
                if (w->segment != f->segment || w->theme != about->theme ||
                    w->polarity != (int)about->polarity || strcmp(w->touchpoint, about->touchpoint) != 0)
                    continue;
                l->worth = w->today.value;
                l->worth_ci = w->today.ci;
                l->worth_supported = w->supported;
            }
        }
    }
}

static void name_theme(int *theme, const int *theme_of_taxonomy) {
    if (*theme >= 0) *theme = theme_of_taxonomy[*theme];
}

void dk_worth_name_themes(dk_study_result *r, const int *theme_of_taxonomy) {
    for (size_t i = 0; i < r->movement.nhazards; i++)
        for (size_t k = 0; k < r->movement.hazards[i].ndrivers; k++)
            name_theme(&r->movement.hazards[i].drivers[k].theme, theme_of_taxonomy);
    for (size_t k = 0; k < r->movement.gap.ndrivers; k++)
        name_theme(&r->movement.gap.drivers[k].theme, theme_of_taxonomy);
    for (size_t i = 0; i < r->worth.nlevers; i++) {
        dk_worth_lever *l = r->worth.levers + i;
        name_theme(&l->theme, theme_of_taxonomy);
        if (l->theme >= 0) l->stage = r->themes[l->theme].stage; /* the study may have stages of its own */
    }
    for (size_t i = 0; i < r->worth.nrox; i++) name_theme(&r->worth.rox[i].theme, theme_of_taxonomy);
}
