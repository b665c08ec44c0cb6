#include "study/theme_groups.h"

#include <math.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "stats/nps.h"
#include "study/privacy.h"

/* So many rows of themes and groups are kept at most, about 3 MB of report.json. */
enum { MOST_ROWS = 40000 };

/* Languages that are read stand at their own numbers, and all of them at that of "other". */
enum { SEGMENTS, WAVES, LANGUAGES, WAYS };

/* What the responses of a cell say of one theme. */
typedef struct cell {
    dk_theme_use use;
    int64_t polarity;
    dk_nps_sum nps;
} cell;

typedef struct cube {
    dk_fit_context *x;
    const int *theme_of;
    size_t dims[WAYS], cells;
    int64_t *comments; /* by cell */
    int64_t *counts;   /* of the theme at hand */
    bool *hidden, *hidden_group;
    cell *said;
    size_t *first;     /* by theme: where its responses begin; n + 1 */
    uint32_t *rows;    /* responses by theme, ascending */
    uint8_t *depth;    /* by cell: how many of segment, wave and language it is of */
    size_t rows_cap;
} cube;

static void dispose(cube *q) {
    free(q->comments);
    free(q->counts);
    free(q->hidden);
    free(q->hidden_group);
    free(q->said);
    free(q->first);
    free(q->rows);
    free(q->depth);
}

/* The places of a response in each direction, its total and its own; returns how many cells that makes. */
static size_t cells_of(const cube *q, size_t i, size_t out[1 << WAYS]) {
    const dk_fit_context *x = q->x;
    int segment = x->segments->of != NULL ? x->segments->of[i] : 0;
    int wave = q->dims[WAVES] > 1 ? dk_waves_at(&x->waves, x->survey->date[i]) : -1;
    size_t at[WAYS] = {segment > 0 ? (size_t)segment : 0, (size_t)(wave + 1), q->dims[LANGUAGES] > 1 ? x->tagging->language[i] : 0};
    size_t n = 0;
    for (int mask = 0; mask < 1 << WAYS; mask++) {
        size_t place = 0;
        bool own = true;
        for (int d = 0; d < WAYS; d++) {
            bool is_own = mask >> d & 1;
            own = own && (!is_own || at[d] > 0);
            place = place * q->dims[d] + (is_own ? at[d] : 0);
        }
        if (own) out[n++] = place;
    }
    return n;
}

static bool is_read(const dk_fit_context *x, size_t i) {
    return !x->survey->dropped[i] && x->survey->commented[i] && x->tagging->language[i] != DK_LANG_OTHER;
}

/* Which responses speak of each theme. */
static dk_status list_responses(cube *q, dk_error *err) {
    const dk_fit_context *x = q->x;
    const dk_tagging *t = x->tagging;
    size_t nthemes = x->result->nthemes;
    q->first = calloc(nthemes + 2, sizeof *q->first);
    if (q->first == NULL) return dk_fail_memory(err);
    for (int fill = 0; fill < 2; fill++) {
        for (size_t i = 0; i < x->survey->n; i++) {
            if (!is_read(x, i)) continue;
            for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
                size_t j = t->first[i];
                while (t->marks[j].theme != t->marks[k].theme) j++;
                if (j < k) continue; /* each response once */
                size_t theme = (size_t)q->theme_of[t->marks[k].theme];
                if (fill) q->rows[q->first[theme + 1]++] = (uint32_t)i;
                else q->first[theme + 2]++;
            }
        }
        if (fill) break;
        for (size_t k = 2; k <= nthemes + 1; k++) q->first[k] += q->first[k - 1];
        q->rows = malloc((q->first[nthemes + 1] + 1) * sizeof *q->rows);
        if (q->rows == NULL) return dk_fail_memory(err);
    }
    return DK_OK; /* filling has moved each beginning to where it belongs */
}

static dk_status make_room(cube *q, dk_error *err) {
    const dk_study_result *r = q->x->result;
    size_t languages = 0;
    for (int l = 0; l < DK_LANGUAGES; l++) languages += r->languages[l].responses > 0;
    q->dims[SEGMENTS] = r->nsegments;
    q->dims[WAVES] = r->nwaves > 1 ? r->nwaves + 1 : 1;
    q->dims[LANGUAGES] = languages > 1 ? DK_LANGUAGES : 1;
    q->cells = q->dims[SEGMENTS] * q->dims[WAVES] * q->dims[LANGUAGES];
    q->comments = calloc(q->cells, sizeof *q->comments);
    q->counts = malloc(q->cells * sizeof *q->counts);
    q->hidden = malloc(q->cells);
    q->hidden_group = calloc(q->cells, 1);
    q->said = malloc(q->cells * sizeof *q->said);
    q->depth = malloc(q->cells);
    if (q->comments == NULL || q->counts == NULL || q->hidden == NULL || q->hidden_group == NULL || q->said == NULL || q->depth == NULL)
        return dk_fail_memory(err);
    for (size_t c = 0; c < q->cells; c++)
        q->depth[c] = (uint8_t)((c % q->dims[LANGUAGES] > 0) + (c / q->dims[LANGUAGES] % q->dims[WAVES] > 0) +
                                (c / q->dims[LANGUAGES] / q->dims[WAVES] > 0));
    return DK_OK;
}

/* How many comments each cell has, and which may not be shown at all. */
static void count_groups(cube *q) {
    const dk_fit_context *x = q->x;
    const dk_study_result *r = x->result;
    for (size_t i = 0; i < x->survey->n; i++) {
        size_t at[1 << WAYS];
        if (!is_read(x, i)) continue;
        for (size_t n = cells_of(q, i, at); n > 0; n--) q->comments[at[n - 1]]++;
    }
    size_t segment = q->dims[WAVES] * q->dims[LANGUAGES];
    for (size_t s = 1; s < r->nsegments; s++) q->hidden_group[s * segment] = r->segments[s].hidden;
    for (size_t w = 1; w < q->dims[WAVES]; w++) /* a wave that is hidden in the series is so here too */
        for (size_t s = 0; s < r->nsegments; s++)
            q->hidden_group[s * segment + w * q->dims[LANGUAGES]] = r->series[(w - 1) * r->nsegments + s].hidden;
    dk_privacy_hide_cube(q->comments, q->dims, r->min_privacy, q->hidden_group);
    for (size_t w = 1; w < q->dims[WAVES]; w++) /* and the other way about */
        for (size_t s = 0; s < r->nsegments; s++)
            if (q->hidden_group[s * segment + w * q->dims[LANGUAGES]]) r->series[(w - 1) * r->nsegments + s].hidden = true;
}

static void add_response(cube *q, size_t i, size_t theme) {
    const dk_survey *s = q->x->survey;
    const dk_tagging *t = q->x->tagging;
    cell one = {.polarity = 0};
    bool negative = false, positive = false;
    for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
        const dk_mark *m = t->marks + k;
        if ((size_t)q->theme_of[m->theme] != theme) continue;
        one.use.mentions++;
        one.polarity += m->polarity;
        negative = negative || m->sign < 0;
        positive = positive || m->sign > 0;
        one.use.feelings[DK_EMOTION_NONE] += m->feelings != 0;
        for (int e = 1; e < DK_EMOTIONS; e++) one.use.feelings[e] += m->feelings >> e & 1;
    }
    size_t at[1 << WAYS];
    for (size_t n = cells_of(q, i, at); n > 0; n--) {
        cell *c = q->said + at[n - 1];
        c->use.mentions += one.use.mentions;
        c->use.responses++;
        c->use.mixed += negative && positive;
        c->use.negative += negative && !positive;
        c->use.positive += positive && !negative;
        c->use.neutral += !negative && !positive;
        c->polarity += one.polarity;
        for (int e = 0; e < DK_EMOTIONS; e++) c->use.feelings[e] += one.use.feelings[e];
        if (s->score_is_nps && !isnan(s->score[i])) dk_nps_add(&c->nps, (int)s->score[i], s->weight != NULL ? s->weight[i] : 1);
    }
}

/* To so many decimals: figures of tables that have many rows. */
static double rounded(double value, double unit) { return isfinite(value) ? round(value * unit) / unit : NAN; }

static dk_theme_use finish(const cube *q, size_t at) {
    const dk_study_result *r = q->x->result;
    const cell *c = q->said + at;
    dk_theme_use use = c->use;
    dk_nps nps;
    dk_nps_finish(&c->nps, r->confidence, &nps);
    use.share = (double)use.responses / (double)q->comments[at];
    use.polarity = rounded((double)c->polarity / (double)use.mentions / 1000, 10000);
    use.nps = c->nps.n >= r->min_privacy ? rounded(nps.nps, 100) : NAN;
    use.impact = NAN;
    return use;
}

/* One theme: its cells, which of them may be shown, and their rows. */
static dk_status make_theme(cube *q, size_t theme, size_t counts[WAYS + 1], dk_error *err) {
    dk_study_result *r = q->x->result;
    dk_theme_use *use = r->themes[theme].use;
    size_t segment = q->dims[WAVES] * q->dims[LANGUAGES];
    memset(q->said, 0, q->cells * sizeof *q->said);
    for (size_t k = q->first[theme]; k < q->first[theme + 1]; k++) add_response(q, q->rows[k], theme);
    for (size_t c = 0; c < q->cells; c++) q->counts[c] = q->said[c].use.responses;
    memcpy(q->hidden, q->hidden_group, q->cells);
    for (size_t s = 0; s < r->nsegments; s++) q->hidden[s * segment] = q->hidden[s * segment] || use[s].hidden;
    dk_privacy_hide_cube(q->counts, q->dims, r->min_privacy, q->hidden);
    for (size_t s = 0; s < r->nsegments; s++) {
        use[s].hidden = q->hidden[s * segment];
        memcpy(use[s].feelings, q->said[s * segment].use.feelings, sizeof use[s].feelings);
    }
    for (size_t c = 0; c < q->cells; c++) {
        if (q->hidden[c] || q->counts[c] == 0 || q->hidden[0]) continue;
        if (q->depth[c] == 0 || c % segment == 0) continue; /* everybody, and one segment alone */
        if (!dk_grow(&r->group_uses, &q->rows_cap, r->ngroup_uses + 1)) return dk_fail_memory(err);
        r->group_uses[r->ngroup_uses++] = (dk_group_use){(int)theme, (int)c, finish(q, c)}; /* by cell, until groups have numbers */
        counts[q->depth[c]]++;
    }
    return DK_OK;
}

static int by_group(const void *a, const void *b) {
    const dk_group_use *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return (x->theme > y->theme) - (x->theme < y->theme);
}

/* Numbers the groups, those of fewer choices first, and copies what is kept into the result. */
static dk_status number_groups(cube *q, int deepest, dk_error *err) {
    dk_study_result *r = q->x->result;
    dk_group_use *found = r->group_uses;
    size_t nfound = r->ngroup_uses, segment = q->dims[WAVES] * q->dims[LANGUAGES];
    int *number = malloc(q->cells * sizeof *number);
    r->ngroup_uses = 0;
    r->groups = dk_arena_calloc(&r->arena, q->cells, sizeof *r->groups);
    r->group_uses = dk_arena_calloc(&r->arena, nfound + 1, sizeof *r->group_uses);
    dk_status status = number != NULL && r->groups != NULL && r->group_uses != NULL ? DK_OK : dk_fail_memory(err);
    for (int depth = 1; status == DK_OK && depth <= deepest; depth++)
        for (size_t c = 0; c < q->cells; c++) {
            if (q->depth[c] != depth || c % segment == 0 || q->comments[c] == 0) continue;
            int s = (int)(c / segment), w = (int)(c / q->dims[LANGUAGES] % q->dims[WAVES]), l = (int)(c % q->dims[LANGUAGES]);
            number[c] = (int)r->ngroups;
            r->groups[r->ngroups++] = (dk_theme_group){s > 0 ? s : -1, w > 0 ? w - 1 : -1, l > 0 ? l : -1, q->hidden_group[c], q->comments[c]};
        }
    for (size_t k = 0; status == DK_OK && k < nfound; k++) {
        if (q->depth[found[k].group] > deepest) continue;
        found[k].group = number[found[k].group];
        r->group_uses[r->ngroup_uses++] = found[k];
    }
    if (status == DK_OK) qsort(r->group_uses, r->ngroup_uses, sizeof *r->group_uses, by_group);
    free(number);
    free(found);
    return status;
}

dk_status dk_theme_groups_make(dk_fit_context *x, const int *theme_of, dk_error *err) {
    dk_study_result *r = x->result;
    size_t counts[WAYS + 1] = {0};
    cube q = {.x = x, .theme_of = theme_of};
    dk_status status = make_room(&q, err);
    if (status == DK_OK) status = list_responses(&q, err);
    if (status == DK_OK) count_groups(&q);
    for (size_t t = 0; status == DK_OK && t < r->nthemes; t++) status = make_theme(&q, t, counts, err);
    int deepest = WAYS;
    while (deepest > 1 && counts[1] + (deepest > 1 ? counts[2] : 0) + (deepest > 2 ? counts[3] : 0) > MOST_ROWS) deepest--;
    if (status == DK_OK) status = number_groups(&q, deepest, err);
    else free(r->group_uses);
    if (status != DK_OK) r->group_uses = NULL, r->ngroup_uses = 0;
    int ways = 0;
    for (int d = 0; d < WAYS; d++) ways += q.dims[d] > 1;
    r->group_depth = deepest < ways ? deepest : ways;
    dispose(&q);
    return status;
}
