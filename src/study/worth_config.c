#include "study/worth_config.h"

#include "base/file.h"
#include "base/nearest.h"
#include "study/dates.h"
#include "study/worth_actions.h"

static const char *const targets[] = {"zero", "best segment", "best quartile", "own"};

const char *dk_target_name(dk_target target) {
    return targets[target];
}

static dk_status read_target(const dk_study_config *c, const dk_yaml *map, const char *key, dk_target first,
                             dk_target *out, dk_error *err) {
    const char *text = NULL;
    dk_status status = dk_yaml_text(&c->yaml, map, key, &text, err);
    if (status != DK_OK || text == NULL) return status;
    for (dk_target t = first; t < DK_TARGET_OWN; t++)
        if (strcmp(text, targets[t]) == 0) {
            *out = t;
            return DK_OK;
        }
    return dk_yaml_fail(&c->yaml, dk_yaml_get(map, key), err,
                        "expected %sbest segment or best quartile; own levels stand in worth.levels",
                        first == DK_TARGET_ZERO ? "zero, " : "");
}

/* theme: 0.05 is of complaints; theme: {negative: 0.05, positive: 0.3} tells. */
static dk_status read_levels(dk_study_config *c, const dk_yaml *map, dk_worth_config *w, dk_error *err) {
    static const char *const signs[] = {"negative", "positive", NULL};
    const dk_yaml *y = NULL;
    dk_status status = dk_yaml_map(&c->yaml, map, "levels", &y, err);
    if (status != DK_OK || y == NULL) return status;
    w->levels = dk_arena_calloc(&c->arena, 2 * y->count + 1, sizeof *w->levels);
    if (w->levels == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < y->count && status == DK_OK; i++) {
        dk_own_level level = {y->keys[i], DK_SIGN_NEGATIVE, 0, y->key_lines[i]};
        const dk_yaml *item = y->items[i];
        if (item->kind != DK_YAML_MAP) {
            status = dk_yaml_number(&c->yaml, y, y->keys[i], 0, 1, &level.level, err);
            w->levels[w->nlevels++] = level;
            continue;
        }
        status = dk_yaml_only(&c->yaml, item, signs, err);
        for (int k = 0; k < 2 && status == DK_OK; k++) {
            if (dk_yaml_get(item, signs[k]) == NULL) continue;
            level.sign = k == 0 ? DK_SIGN_NEGATIVE : DK_SIGN_POSITIVE;
            status = dk_yaml_number(&c->yaml, item, signs[k], 0, 1, &level.level, err);
            w->levels[w->nlevels++] = level;
        }
    }
    return status;
}

static dk_status read_owners(dk_study_config *c, dk_worth_config *w, dk_error *err) {
    const dk_yaml *y = NULL;
    dk_status status = dk_yaml_map(&c->yaml, c->yaml.root, "owners", &y, err);
    if (status != DK_OK || y == NULL) return status;
    w->owners = dk_arena_calloc(&c->arena, y->count + 1, sizeof *w->owners);
    if (w->owners == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < y->count && status == DK_OK; i++) {
        w->owners[i] = (dk_owner_name){y->keys[i], NULL, y->key_lines[i]};
        status = dk_yaml_text(&c->yaml, y, y->keys[i], &w->owners[i].owner, err);
        w->nowners++;
    }
    return status;
}

/* Sums of two currencies would be no sum. */
static dk_status same_currency(const dk_study_config *c, const char *what, const char *currency, int64_t line,
                               dk_error *err) {
    if (currency == NULL || c->currency == NULL || strcasecmp(currency, c->currency) == 0) return DK_OK;
    dk_fail_at(err, DK_EDATA, c->name, line, 0, "%s is in %s, but the study in %s (line %lld)", what,
               currency, c->currency, (long long)c->currency_line);
    dk_error_remedy(err, "convert the amounts, or name the study's currency as it is");
    return DK_EDATA;
}

static dk_status read_initiative(dk_study_config *c, const dk_yaml *y, dk_initiative *n, dk_error *err) {
    static const char *const known[] = {"name",        "theme", "polarity", "segment", "change",   "cost",
                                        "cost_a_year", "start", "months",   "owner",   "currency", NULL};
    const dk_yaml_file *f = &c->yaml;
    const char *polarity = "negative", *currency = NULL;
    *n = (dk_initiative){
        .sign = DK_SIGN_NEGATIVE, .day = DK_NO_DATE, .months = 12, .line = y->line, .change = 2};
    if (y->kind != DK_YAML_MAP)
        return dk_yaml_fail(f, y, err, "expected {name: .., theme: .., change: .., cost: ..}");
    dk_status status = dk_yaml_only(f, y, known, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "name", &n->name, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "theme", &n->theme, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "owner", &n->owner, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "segment", &n->segment, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "polarity", &polarity, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "start", &n->start, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "currency", &currency, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "change", -1, 1, &n->change, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "cost", 0, 1e15, &n->cost, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "cost_a_year", 0, 1e15, &n->cost_a_year, err);
    if (status == DK_OK) status = dk_yaml_integer(f, y, "months", 1, 600, &n->months, err);
    if (status != DK_OK) return status;
    if (n->name == NULL || n->theme == NULL)
        return dk_yaml_fail(f, y, err, "%s is missing", n->name == NULL ? "name" : "theme");
    if (n->change > 1)
        return dk_yaml_fail(f, y, err,
                            "change is missing: by which part does it change the mentions? -0.5 halves them");
    if (n->cost + n->cost_a_year <= 0)
        return dk_yaml_fail(f, y, err,
                            "cost (or cost_a_year) is missing: without one there is no return on it");
    if (strcmp(polarity, "positive") == 0)
        n->sign = DK_SIGN_POSITIVE;
    else if (strcmp(polarity, "negative") != 0)
        return dk_yaml_fail(f, dk_yaml_get(y, "polarity"), err, "expected negative or positive");
    if (n->start != NULL) {
        n->day = dk_date_parse(dk_str_from(n->start), DK_DAY_FIRST);
        if (n->day == DK_NO_DATE)
            return dk_yaml_fail(f, dk_yaml_get(y, "start"), err, "expected a date such as 2026-01-01");
    }
    n->theme_line = dk_yaml_get(y, "theme")->line;
    if (n->segment != NULL) n->segment_line = dk_yaml_get(y, "segment")->line;
    if (n->segment != NULL && strcmp(n->segment, "all") == 0) n->segment = NULL;
    return currency == NULL ? DK_OK
                            : same_currency(c, n->name, currency, dk_yaml_get(y, "currency")->line, err);
}

static dk_status read_initiatives(dk_study_config *c, dk_worth_config *w, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(c->yaml.root, "initiatives");
    if (y == NULL) return DK_OK;
    if (y->kind != DK_YAML_LIST) return dk_yaml_fail(&c->yaml, y, err, "expected a list of initiatives");
    w->initiatives = dk_arena_calloc(&c->arena, y->count + 1, sizeof *w->initiatives);
    if (w->initiatives == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t i = 0; i < y->count && status == DK_OK; i++)
        status = read_initiative(c, y->items[i], w->initiatives + w->ninitiatives++, err);
    return status;
}

/* The name of a column that tells another currency than the study's: margin_eur, Profit (DKK). */
static const char *currency_in_name(const char *name) {
    static const char *const codes[] = {"SEK", "DKK", "NOK", "EUR", "USD", "GBP",
                                        "CHF", "ISK", "PLN", "CAD", "AUD", "JPY"};
    for (size_t i = 0; name != NULL && name[i] != '\0'; i++) {
        if (i > 0 && ((name[i - 1] | 32) >= 'a' && (name[i - 1] | 32) <= 'z')) continue;
        for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
            if (strncasecmp(name + i, codes[k], 3) == 0 &&
                !((name[i + 3] | 32) >= 'a' && (name[i + 3] | 32) <= 'z'))
                return codes[k];
    }
    return NULL;
}

/* The currency that a cell's mark stands for, or NULL. */
static const char *currency_of_cell(dk_str cell) {
    static const char *const signs[][2] = {{"\xE2\x82\xAC", "EUR"}, {"$", "USD"}, {"\xC2\xA3", "GBP"}};
    char text[64];
    size_t n = cell.len < sizeof text - 1 ? cell.len : sizeof text - 1;
    memcpy(text, cell.ptr, n);
    text[n] = '\0';
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
        if (strstr(text, signs[k][0]) != NULL) return signs[k][1];
    return currency_in_name(text);
}

dk_status dk_worth_config_cell(const dk_study_config *c, dk_str cell, const char *file, int64_t line,
                               dk_error *err) {
    /* most cells end in a digit and begin with one, and have no mark */
    if (c->currency == NULL || cell.len == 0 ||
        ((unsigned char)(cell.ptr[0] - '0') < 10 && (unsigned char)(cell.ptr[cell.len - 1] - '0') < 10))
        return DK_OK;
    const char *found = currency_of_cell(cell);
    if (found == NULL || strcasecmp(found, c->currency) == 0) return DK_OK;
    dk_fail_at(err, DK_EDATA, c->name, c->currency_line, 0, "the study is in %s, but %s line %lld says %.*s",
               c->currency, file, (long long)line, (int)(cell.len < 40 ? cell.len : 40), cell.ptr);
    dk_error_remedy(err, "convert the amounts, or name the study's currency as it is");
    return DK_EDATA;
}

static dk_status check_money(const dk_study_config *c, dk_error *err) {
    const dk_study_source *sources[] = {&c->responses, &c->customers};
    static const char *const names[] = {"responses", "customers"};
    dk_status status = DK_OK;
    for (int k = 0; k < 2 && status == DK_OK; k++) {
        status = same_currency(c, names[k], sources[k]->currency, sources[k]->currency_line, err);
        const char *column = sources[k]->column[DK_ROLE_PROFIT];
        if (status == DK_OK && sources[k]->currency == NULL)
            status =
                same_currency(c, column, currency_in_name(column), sources[k]->line[DK_ROLE_PROFIT], err);
    }
    return status;
}

dk_status dk_worth_config_read(dk_study_config *c, dk_error *err) {
    static const char *const known[] = {"negative", "positive", "levels", "horizon", NULL};
    const dk_yaml_file *f = &c->yaml;
    const dk_yaml *map = NULL;
    dk_worth_config *w = dk_arena_calloc(&c->arena, 1, sizeof *w);
    if (w == NULL) return dk_fail_memory(err);
    *w = (dk_worth_config){.negative = DK_TARGET_ZERO, .positive = DK_TARGET_BEST_SEGMENT, .horizon = 10};
    c->worth = w;
    if (dk_yaml_get(f->root, "currency") != NULL) c->currency_line = dk_yaml_get(f->root, "currency")->line;
    dk_status status = check_money(c, err);
    if (status == DK_OK) status = dk_yaml_number(f, f->root, "discount", 0, 1, &c->discount, err);
    if (status == DK_OK) status = dk_yaml_map(f, f->root, "worth", &map, err);
    if (status == DK_OK && map != NULL) {
        status = dk_yaml_only(f, map, known, err);
        if (status == DK_OK) status = read_target(c, map, "negative", DK_TARGET_ZERO, &w->negative, err);
        if (status == DK_OK)
            status = read_target(c, map, "positive", DK_TARGET_BEST_SEGMENT, &w->positive, err);
        if (status == DK_OK) status = dk_yaml_number(f, map, "horizon", 1, 100, &w->horizon, err);
        if (status == DK_OK) status = read_levels(c, map, w, err);
    }
    const char *actions = NULL;
    if (status == DK_OK) status = dk_yaml_text(f, f->root, "actions", &actions, err);
    if (status == DK_OK && actions != NULL) {
        w->actions = dk_study_config_path(c, actions);
        w->actions_line = dk_yaml_get(f->root, "actions")->line;
        if (w->actions == NULL) return dk_fail_memory(err);
    }
    if (status == DK_OK) status = read_owners(c, w, err);
    return status == DK_OK ? read_initiatives(c, w, err) : status;
}

/* ---- Against taxonomy and segments ------------------------------------------------------------------- */

static dk_status unknown(const dk_study_config *c, int64_t line, const char *what, const char *name,
                         const char *const *names, size_t n, dk_error *err) {
    const char *near = dk_nearest(dk_str_from(name), names, n);
    if (near != NULL)
        return dk_fail_at(err, DK_EDATA, c->name, line, 0, "there is no %s %s; did you mean %s?", what, name,
                          near);
    return dk_fail_at(err, DK_EDATA, c->name, line, 0, "there is no %s %s", what, name);
}

static bool is_touchpoint(const dk_taxonomy *t, const char *name) {
    for (size_t i = 0; i < t->ntouchpoints; i++)
        if (strcmp(t->touchpoints[i], name) == 0) return true;
    return false;
}

static dk_status check_theme(const dk_study_config *c, const dk_taxonomy *t, int64_t line, const char *name,
                             bool touchpoints, dk_error *err) {
    const char *names[2 * DK_THEMES_MAX];
    size_t n = 0;
    if (dk_taxonomy_find(t, dk_str_from(name)) != DK_NO_ID || (touchpoints && is_touchpoint(t, name)))
        return DK_OK;
    for (size_t i = 0; i < t->ntouchpoints && touchpoints; i++) names[n++] = t->touchpoints[i];
    for (size_t i = 0; i < t->count; i++) names[n++] = t->themes[i].id;
    return unknown(c, line, touchpoints ? "theme or touchpoint" : "theme", name, names, n, err);
}

/* Read again when worth is made: here only so that mistakes show before the work. */
static dk_status check_actions(const dk_study_config *c, const dk_taxonomy *t, dk_error *err) {
    dk_actions actions = {0};
    if (!dk_file_exists(c->worth->actions))
        return dk_fail_at(err, DK_EDATA, c->name, c->worth->actions_line, 0, "actions: there is no file %s",
                          c->worth->actions);
    dk_status status = dk_actions_read(&actions, c->worth->actions, t, err);
    dk_actions_dispose(&actions);
    return status;
}

dk_status dk_worth_config_check(const dk_study_config *c, const dk_taxonomy *t, const char *const *segments,
                                size_t nsegments, dk_error *err) {
    const dk_worth_config *w = c->worth;
    dk_status status = DK_OK;
    if (w == NULL) return DK_OK;
    if (w->actions != NULL) status = check_actions(c, t, err);
    for (size_t i = 0; i < w->nlevels && status == DK_OK; i++)
        status = check_theme(c, t, w->levels[i].line, w->levels[i].theme, false, err);
    for (size_t i = 0; i < w->nowners && status == DK_OK; i++)
        status = check_theme(c, t, w->owners[i].line, w->owners[i].of, true, err);
    for (size_t i = 0; i < w->ninitiatives && status == DK_OK; i++) {
        const dk_initiative *n = w->initiatives + i;
        status = check_theme(c, t, n->theme_line, n->theme, false, err);
        bool found = n->segment == NULL;
        for (size_t k = 1; k < nsegments; k++) found = found || strcmp(segments[k], n->segment) == 0;
        if (status == DK_OK && !found)
            status = unknown(c, n->segment_line, "segment", n->segment, segments + 1, nsegments - 1, err);
    }
    return status;
}

dk_status dk_worth_config_owners(const dk_study_config *c, dk_study_result *r, dk_error *err) {
    const dk_worth_config *w = c->worth;
    /* touchpoints first, so that a theme of its own has the last word */
    for (int themes = 0; w != NULL && themes < 2; themes++)
        for (size_t i = 0; i < w->nowners; i++) {
            const dk_owner_name *o = w->owners + i;
            const char *owner = dk_arena_strdup(&r->arena, o->owner, strlen(o->owner));
            if (owner == NULL) return dk_fail_memory(err);
            for (size_t k = 0; k < r->nthemes; k++)
                if (strcmp(themes ? r->themes[k].id : r->themes[k].touchpoint, o->of) == 0)
                    r->themes[k].owner = owner;
        }
    return DK_OK;
}
