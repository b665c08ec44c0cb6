#include "study/features.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void dk_features_dispose(dk_features *f) {
    for (size_t i = 0; i < f->nrows; i++) free(f->rows[i]);
    for (size_t i = 0; i < f->nreals; i++) free(f->reals[i]);
    free(f->rows);
    free(f->reals);
    free(f->predictors);
    free(f->group_of);
    free(f->about);
    free(f->groups);
    free(f->controls);
    free(f->control_names);
    memset(f, 0, sizeof *f);
}

/* Makes the features the owner of list also when that fails. */
static dk_status own_rows(dk_features *f, uint32_t *list, dk_error *err) {
    if (list != NULL && dk_grow(&f->rows, &f->rows_cap, f->nrows + 1)) {
        f->rows[f->nrows++] = list;
        return DK_OK;
    }
    free(list);
    return dk_fail_memory(err);
}

/* ---- Controls ---------------------------------------------------------------------------------------- */

static dk_status add_control(dk_features *f, dk_fit_context *x, const char *name, dk_column column, dk_error *err) {
    size_t cap = f->controls_cap;
    char *copy = dk_arena_strdup(&x->result->arena, name, strlen(name));
    if (copy == NULL || !dk_grow(&f->controls, &f->controls_cap, f->ncontrols + 1)) return dk_fail_memory(err);
    if (f->controls_cap > cap) {
        const char **names = realloc(f->control_names, f->controls_cap * sizeof *names);
        if (names == NULL) return dk_fail_memory(err);
        f->control_names = names;
    }
    column.name = copy;
    f->control_names[f->ncontrols] = copy;
    f->controls[f->ncontrols++] = column;
    return DK_OK;
}

/* A 0/1 control for the responses of the subset whose mark is value; none when all or nearly none have it. */
static dk_status add_dummy(dk_features *f, dk_fit_context *x, const char *name, const uint32_t *marks, uint32_t value,
                           const uint32_t *subset, size_t n, size_t least, dk_error *err) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += marks[i] == value;
    if (count < least || count == 0 || count == n) return DK_OK;
    uint32_t *list = malloc(count * sizeof *list);
    size_t at = 0;
    for (size_t i = 0; list != NULL && i < n; i++)
        if (marks[i] == value) list[at++] = subset[i];
    dk_status status = own_rows(f, list, err);
    if (status != DK_OK) return status;
    return add_control(f, x, name, (dk_column){.kind = DK_COLUMN_ROWS, .values = list, .count = count}, err);
}

/* Dummies for all values but the most common one; texts names them. */
static dk_status add_levels(dk_features *f, dk_fit_context *x, const char *name, const dk_intern *texts,
                            const uint32_t *marks, const uint32_t *subset, size_t n, dk_error *err) {
    size_t *counts = calloc(texts->count + 1, sizeof *counts), most = 0;
    dk_buf label;
    dk_buf_init(&label);
    dk_status status = counts != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        if (marks[i] != DK_NO_ID) counts[marks[i]]++;
    for (size_t k = 0; status == DK_OK && k < texts->count; k++)
        if (counts[k] > counts[most]) most = k;
    for (size_t k = 0; status == DK_OK && k < texts->count; k++) {
        if (k == most) continue;
        dk_buf_clear(&label);
        dk_buf_putf(&label, "%s %s", name, texts->strings[k].ptr);
        status = add_dummy(f, x, dk_buf_cstr(&label), marks, (uint32_t)k, subset, n, (size_t)x->survey->config->min_mentions, err);
    }
    free(counts);
    dk_buf_dispose(&label);
    return status;
}

/* A number as control; where it is missing the mean stands, and an indicator says so. */
static dk_status add_number(dk_features *f, dk_fit_context *x, const char *name, const double *values,
                            const uint32_t *subset, size_t n, uint32_t *marks, dk_error *err) {
    double sum = 0, low = INFINITY, high = -INFINITY;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        double v = values[subset[i]];
        marks[i] = isnan(v);
        if (marks[i]) continue;
        sum += v;
        known++;
        low = fmin(low, v);
        high = fmax(high, v);
    }
    if (known == 0 || low == high) return DK_OK;
    double *column = malloc((x->survey->n + 1) * sizeof *column);
    if (column == NULL || !dk_grow(&f->reals, &f->reals_cap, f->nreals + 1)) {
        free(column);
        return dk_fail_memory(err);
    }
    f->reals[f->nreals++] = column;
    for (size_t i = 0; i < x->survey->n; i++) column[i] = isnan(values[i]) ? sum / (double)known : values[i];
    dk_status status = add_control(f, x, name, (dk_column){.kind = DK_COLUMN_REAL, .values = column}, err);
    if (status != DK_OK || known == n) return status;
    dk_buf label;
    dk_buf_init(&label);
    dk_buf_putf(&label, "%s missing", name);
    status = add_dummy(f, x, dk_buf_cstr(&label), marks, 1, subset, n, 1, err);
    dk_buf_dispose(&label);
    return status;
}

/* Without a comment, with a comment but no driver in it, in another language, or none of these. */
enum { SPEAKS = 0, NO_COMMENT, NO_DRIVER, OTHER_LANGUAGE };

static uint32_t kind_of(const dk_fit_context *x, size_t i) {
    const dk_tagging *t = x->tagging;
    if (!x->survey->commented[i]) return NO_COMMENT;
    if (t->language[i] == DK_LANG_OTHER) return OTHER_LANGUAGE;
    for (size_t k = t->first[i]; k < t->first[i + 1]; k++)
        if (!x->taxonomy->themes[t->marks[k].theme].outcome) return SPEAKS;
    return NO_DRIVER;
}

static dk_status add_comment_controls(dk_features *f, dk_fit_context *x, const uint32_t *subset, size_t n,
                                      uint32_t *marks, dk_error *err) {
    static const char *const names[] = {NULL, "no comment", "comment without a driver", "comment in another language"};
    dk_status status = DK_OK;
    for (size_t i = 0; i < n; i++) marks[i] = kind_of(x, subset[i]);
    for (uint32_t k = NO_COMMENT; k <= OTHER_LANGUAGE && status == DK_OK; k++)
        status = add_dummy(f, x, names[k], marks, k, subset, n, 5, err);
    size_t counts[DK_LANGUAGES] = {0};
    for (size_t i = 0; i < n; i++) {
        marks[i] = x->survey->commented[subset[i]] ? x->tagging->language[subset[i]] : DK_LANG_OTHER;
        counts[marks[i]]++;
    }
    dk_language most = DK_LANG_SV;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++)
        if (counts[l] > counts[most]) most = (dk_language)l;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES && status == DK_OK; l++) {
        char name[32] = "language ";
        if (l == (int)most) continue;
        memcpy(name + 9, dk_language_name((dk_language)l), 3);
        status = add_dummy(f, x, name, marks, (uint32_t)l, subset, n, (size_t)x->survey->config->min_mentions, err);
    }
    return status;
}

static dk_status add_wave_controls(dk_features *f, dk_fit_context *x, const uint32_t *subset, size_t n, uint32_t *marks,
                                   dk_error *err) {
    const dk_survey *s = x->survey;
    dk_wave_unit unit = s->config->wave_unit;
    dk_intern waves;
    dk_buf name;
    dk_intern_init(&waves);
    dk_buf_init(&name);
    dk_status status = DK_OK;
    for (size_t i = 0; i < n && s->date != NULL && unit != DK_WAVE_NONE && status == DK_OK; i++) {
        marks[i] = DK_NO_ID;
        if (s->date[subset[i]] == DK_NO_DATE) continue;
        dk_buf_clear(&name);
        dk_wave_put(&name, dk_wave_of(s->date[subset[i]], unit), unit);
        marks[i] = dk_intern_add(&waves, (dk_str){name.ptr, name.len});
        if (marks[i] == DK_NO_ID) status = dk_fail_memory(err);
    }
    if (status == DK_OK && waves.count > 1) status = add_levels(f, x, "wave", &waves, marks, subset, n, err);
    dk_intern_dispose(&waves);
    dk_buf_dispose(&name);
    return status;
}

static dk_status add_controls(dk_features *f, dk_fit_context *x, const uint32_t *subset, size_t n, const double *before,
                              dk_error *err) {
    const dk_study_config *c = x->survey->config;
    uint32_t *marks = malloc((n + 1) * sizeof *marks);
    dk_status status = marks != NULL ? add_comment_controls(f, x, subset, n, marks, err) : dk_fail_memory(err);
    if (status == DK_OK && before != NULL) status = add_number(f, x, "before", before, subset, n, marks, err);
    for (size_t k = 0; k < c->ncontrols && status == DK_OK; k++) {
        const dk_variable *v = dk_survey_variable(x->survey, c->controls[k]);
        if (v == NULL) {
            if (strcmp(c->controls[k], "wave") == 0) status = add_wave_controls(f, x, subset, n, marks, err);
            else if (strcmp(c->controls[k], "profit") == 0 && x->survey->profit != NULL)
                status = add_number(f, x, "profit", x->survey->profit, subset, n, marks, err);
            continue;
        }
        if (v->numbers >= 4 * v->others) {
            status = add_number(f, x, v->name, v->values, subset, n, marks, err);
            continue;
        }
        for (size_t i = 0; i < n; i++) marks[i] = v->levels[subset[i]];
        status = add_levels(f, x, v->name, &v->texts, marks, subset, n, err);
    }
    free(marks);
    return status;
}

/* ---- Predictors -------------------------------------------------------------------------------------- */

/* The responses that say something of a theme with a sign: lists[2 * theme + positive]. */
typedef struct theme_rows {
    uint32_t **list;
    size_t *count, *cap, nlists;
} theme_rows;

static void free_lists(theme_rows *t) {
    for (size_t k = 0; t->list != NULL && k < t->nlists; k++) free(t->list[k]);
    free(t->list);
    free(t->count);
    free(t->cap);
}

static dk_status collect(theme_rows *t, const dk_fit_context *x, const uint32_t *subset, size_t n, dk_error *err) {
    const dk_tagging *g = x->tagging;
    for (size_t i = 0; i < n; i++)
        for (size_t k = g->first[subset[i]]; k < g->first[subset[i] + 1]; k++) {
            const dk_mark *m = g->marks + k;
            size_t at = 2 * (size_t)m->theme + (m->sign > 0);
            if (m->sign == 0 || x->taxonomy->themes[m->theme].outcome) continue;
            if (t->count[at] > 0 && t->list[at][t->count[at] - 1] == subset[i]) continue; /* said twice */
            if (!dk_grow(&t->list[at], &t->cap[at], t->count[at] + 1)) return dk_fail_memory(err);
            t->list[at][t->count[at]++] = subset[i];
        }
    return DK_OK;
}

static dk_status add_predictor(dk_features *f, dk_fit_context *x, uint32_t *list, size_t count, const char *name,
                               int theme, const char *touchpoint, dk_sign sign, int pooled, dk_error *err) {
    dk_status status = own_rows(f, list, err);
    if (status != DK_OK) return status;
    dk_buf label;
    dk_buf_init(&label);
    dk_buf_putf(&label, "%s %s", name, sign < 0 ? "negative" : "positive");
    char *copy = dk_arena_strdup(&x->result->arena, dk_buf_cstr(&label), label.len);
    char *group = dk_arena_strdup(&x->result->arena, touchpoint, strlen(touchpoint));
    dk_buf_dispose(&label);
    if (copy == NULL || group == NULL) return dk_fail_memory(err);
    size_t i = f->npredictors++;
    f->predictors[i] = (dk_column){.name = copy, .kind = DK_COLUMN_ROWS, .values = list, .count = count};
    f->about[i] = (dk_study_predictor){.theme = theme, .touchpoint = group, .polarity = sign, .mentions = (int64_t)count, .pooled = pooled};
    if (f->ngroups == 0 || strcmp(f->groups[f->ngroups - 1], touchpoint) != 0) f->groups[f->ngroups++] = group;
    f->group_of[i] = (uint32_t)(f->ngroups - 1);
    return DK_OK;
}

static int by_row(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The union of the lists of a touchpoint's rare themes of a sign; sorted, each response once. */
static dk_status unite(const theme_rows *t, const size_t *which, size_t nwhich, uint32_t **out, size_t *count, dk_error *err) {
    size_t all = 0, n = 0;
    for (size_t k = 0; k < nwhich; k++) all += t->count[which[k]];
    uint32_t *list = malloc((all + 1) * sizeof *list);
    if (list == NULL) return dk_fail_memory(err);
    for (size_t k = 0; k < nwhich; k++) {
        if (t->count[which[k]] > 0) memcpy(list + n, t->list[which[k]], t->count[which[k]] * sizeof *list);
        n += t->count[which[k]];
    }
    qsort(list, n, sizeof *list, by_row);
    size_t kept = 0;
    for (size_t k = 0; k < n; k++)
        if (kept == 0 || list[kept - 1] != list[k]) list[kept++] = list[k];
    *out = list;
    *count = kept;
    return DK_OK;
}

/* Whether a list of responses can carry an effect of its own. */
static bool is_rare(const uint32_t *list, size_t count, size_t least, const double *events) {
    size_t happened = 0;
    if (count < least) return true;
    for (size_t i = 0; events != NULL && i < count; i++) happened += events[list[i]] != 0;
    return events != NULL && (happened < DK_EVENTS_LEAST || count - happened < DK_EVENTS_LEAST);
}

/* All themes of one touchpoint; rare ones of one sign are pooled. What is rare even so is appended to rare. */
static dk_status add_touchpoint(dk_features *f, dk_fit_context *x, theme_rows *t, uint32_t touchpoint, const double *events,
                                size_t *rare, size_t *nrare, dk_error *err) {
    const dk_taxonomy *taxonomy = x->taxonomy;
    size_t least = (size_t)x->survey->config->min_mentions, small[2 * DK_THEMES_MAX], nsmall[2] = {0};
    const char *name = taxonomy->touchpoints[touchpoint];
    dk_status status = DK_OK;
    for (size_t theme = 0; theme < taxonomy->count && status == DK_OK; theme++) {
        if (taxonomy->themes[theme].touchpoint != touchpoint) continue;
        for (size_t positive = 0; positive < 2 && status == DK_OK; positive++) {
            size_t at = 2 * theme + positive, count = t->count[at];
            if (count == 0) continue;
            if (is_rare(t->list[at], count, least, events)) {
                small[positive * DK_THEMES_MAX + nsmall[positive]++] = at;
                continue;
            }
            uint32_t *list = t->list[at];
            t->list[at] = NULL; /* the features own it from here on */
            status = add_predictor(f, x, list, count, taxonomy->themes[theme].id, (int)theme, name, positive ? DK_SIGN_POSITIVE : DK_SIGN_NEGATIVE, 0, err);
        }
    }
    for (size_t positive = 0; positive < 2 && status == DK_OK; positive++) {
        const size_t *which = small + positive * DK_THEMES_MAX;
        uint32_t *list = NULL;
        size_t count = 0;
        if (nsmall[positive] == 0) continue;
        status = unite(t, which, nsmall[positive], &list, &count, err);
        if (status != DK_OK) break;
        if (!is_rare(list, count, least, events)) {
            char label[128];
            snprintf(label, sizeof label, "%s.other", name);
            f->pooled_themes += nsmall[positive];
            status = add_predictor(f, x, list, count, label, -1, name, positive ? DK_SIGN_POSITIVE : DK_SIGN_NEGATIVE, (int)nsmall[positive], err);
            continue;
        }
        free(list);
        for (size_t k = 0; k < nsmall[positive]; k++) rare[(*nrare)++] = which[k];
    }
    return status;
}

static dk_status add_predictors(dk_features *f, dk_fit_context *x, const uint32_t *subset, size_t n, const double *events,
                                dk_error *err) {
    size_t nlists = 2 * x->taxonomy->count, nrare[1] = {0};
    theme_rows t = {.list = calloc(nlists + 1, sizeof *t.list), .count = calloc(nlists + 1, sizeof *t.count),
                    .cap = calloc(nlists + 1, sizeof *t.cap), .nlists = nlists};
    size_t *rare = calloc(nlists + 1, sizeof *rare);
    f->predictors = calloc(nlists + 1, sizeof *f->predictors);
    f->group_of = calloc(nlists + 1, sizeof *f->group_of);
    f->about = calloc(nlists + 1, sizeof *f->about);
    f->groups = calloc(x->taxonomy->ntouchpoints + 1, sizeof *f->groups);
    bool good = t.list != NULL && t.count != NULL && t.cap != NULL && rare != NULL && f->predictors != NULL &&
                f->group_of != NULL && f->about != NULL && f->groups != NULL;
    dk_status status = good ? collect(&t, x, subset, n, err) : dk_fail_memory(err);
    for (uint32_t k = 0; k < x->taxonomy->ntouchpoints && status == DK_OK; k++)
        status = add_touchpoint(f, x, &t, k, events, rare, nrare, err);
    f->rare_themes = nrare[0];
    if (status == DK_OK && nrare[0] > 0) {
        uint32_t *list = NULL;
        size_t count = 0;
        status = unite(&t, rare, nrare[0], &list, &count, err);
        if (status == DK_OK) status = own_rows(f, list, err);
        if (status == DK_OK && count < n)
            status = add_control(f, x, "rare themes", (dk_column){.kind = DK_COLUMN_ROWS, .values = list, .count = count}, err);
    }
    free_lists(&t);
    free(rare);
    return status;
}

dk_status dk_features_make(dk_features *f, dk_fit_context *x, const uint32_t *subset, size_t n, const double *before,
                           const double *events, dk_error *err) {
    memset(f, 0, sizeof *f);
    dk_status status = add_predictors(f, x, subset, n, events, err);
    return status == DK_OK ? add_controls(f, x, subset, n, before, err) : status;
}
