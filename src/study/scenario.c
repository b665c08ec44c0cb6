#include "study/scenario.h"

#include <math.h>

#include "study/dates.h"

static dk_status read_segment(dk_scenario *s, const dk_study_config *c, const dk_yaml *map, size_t k, dk_error *err) {
    static const char *const known[] = {"share", "margin", "nps", "up", "down", NULL};
    const dk_yaml *y;
    dk_status status = dk_yaml_map(&c->yaml, map, c->bands[k].name, &y, err);
    if (status == DK_OK && y == NULL) status = dk_yaml_fail(&c->yaml, map, err, "the segment %s is missing", c->bands[k].name);
    if (status == DK_OK) status = dk_yaml_only(&c->yaml, y, known, err);
    if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "share", 0, 1, &s->share[k], err);
    if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "margin", -1e9, 1e9, &s->margin[k], err);
    if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "nps", -90, 90, &s->nps[k], err);
    if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "up", 0, 0.5, &s->up[k], err);
    if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "down", 0, 0.5, &s->down[k], err);
    return status;
}

/* One number for all segments, or a map from segment to number. */
static dk_status read_effect(const dk_study_config *c, const dk_yaml *map, double nps[DK_SCENARIO_SEGMENTS], dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, "nps");
    if (y == NULL) return dk_yaml_fail(&c->yaml, map, err, "nps is missing: what does a mention add?");
    if (y->kind != DK_YAML_MAP) {
        double all = 0;
        dk_status status = dk_yaml_number(&c->yaml, map, "nps", -150, 150, &all, err);
        for (size_t k = 0; k < DK_SCENARIO_SEGMENTS; k++) nps[k] = all;
        return status;
    }
    const char *names[DK_SCENARIO_SEGMENTS + 1] = {NULL};
    for (size_t k = 0; k < c->nbands; k++) names[k] = c->bands[k].name;
    dk_status status = dk_yaml_only(&c->yaml, y, names, err);
    for (size_t k = 0; k < c->nbands && status == DK_OK; k++) status = dk_yaml_number(&c->yaml, y, names[k], -150, 150, &nps[k], err);
    return status;
}

static dk_status read_themes(dk_scenario *s, dk_study_config *c, const dk_yaml *section, dk_error *err) {
    static const char *const signs[] = {"negative", "positive", NULL}, *const known[] = {"said", "nps", "up", "down", "lost", NULL};
    const dk_yaml *themes;
    dk_status status = dk_yaml_map(&c->yaml, section, "themes", &themes, err);
    if (status == DK_OK && themes == NULL) status = dk_yaml_fail(&c->yaml, section, err, "themes is missing: what do customers speak of?");
    if (status != DK_OK) return status;
    s->planted = dk_arena_calloc(&c->arena, 2 * themes->count + 1, sizeof *s->planted);
    if (s->planted == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < themes->count && status == DK_OK; i++) {
        const dk_yaml *theme;
        status = dk_yaml_map(&c->yaml, themes, themes->keys[i], &theme, err);
        if (status == DK_OK) status = dk_yaml_only(&c->yaml, theme, signs, err);
        for (int k = 0; k < 2 && status == DK_OK; k++) {
            const dk_yaml *y;
            dk_planted *p = s->planted + s->nplanted;
            status = dk_yaml_map(&c->yaml, theme, signs[k], &y, err);
            if (status != DK_OK || y == NULL) continue;
            *p = (dk_planted){.theme = themes->keys[i], .sign = k == 0 ? DK_SIGN_NEGATIVE : DK_SIGN_POSITIVE};
            status = dk_yaml_only(&c->yaml, y, known, err);
            if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "said", 0, 1, &p->said, err);
            if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "up", -5, 5, &p->up, err);
            if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "down", -5, 5, &p->down, err);
            if (status == DK_OK) status = dk_yaml_number(&c->yaml, y, "lost", -5, 5, &p->lost, err);
            if (status == DK_OK) status = read_effect(c, y, p->nps, err);
            s->nplanted++;
        }
    }
    return status;
}

static dk_status read_languages(dk_scenario *s, const dk_study_config *c, const dk_yaml *section, dk_error *err) {
    static const char *const known[] = {"sv", "da", "en", NULL};
    const dk_yaml *y;
    dk_status status = dk_yaml_map(&c->yaml, section, "languages", &y, err);
    if (status != DK_OK || y == NULL) return status;
    s->language[DK_LANG_SV] = 0;
    status = dk_yaml_only(&c->yaml, y, known, err);
    double sum = 0;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES && status == DK_OK; l++) {
        status = dk_yaml_number(&c->yaml, y, known[l - DK_LANG_SV], 0, 1, &s->language[l], err);
        sum += s->language[l];
    }
    return status != DK_OK || fabs(sum - 1) < 1e-6 ? status : dk_yaml_fail(&c->yaml, y, err, "the shares sum to %g, not to 1", sum);
}

static dk_status read_quarter(dk_scenario *s, const dk_study_config *c, const dk_yaml *section, dk_error *err) {
    const char *text = "2025-Q1";
    int32_t first, last;
    dk_status status = dk_yaml_text(&c->yaml, section, "first_quarter", &text, err);
    if (status != DK_OK) return status;
    if (!dk_period_parse(dk_str_from(text), DK_DAY_FIRST, &first, &last) || last - first < 80 || last - first > 95)
        return dk_yaml_fail(&c->yaml, dk_yaml_get(section, "first_quarter"), err, "expected a quarter such as 2025-Q1");
    s->first_quarter = dk_wave_of(first, DK_WAVE_QUARTER);
    return DK_OK;
}

dk_status dk_scenario_read(dk_scenario *s, dk_study_config *c, dk_error *err) {
    static const char *const known[] = {"seed",   "customers", "first_quarter", "quarters",      "invited", "answered",     "commented", "spread",
                                        "languages", "phrases", "customers_of", "profit_a_step", "churn",   "churn_a_step", "themes",    NULL};
    *s = (dk_scenario){.seed = 1, .customers = 1000, .quarters = 4, .invited = 0.5, .answered = 0.5, .commented = 0.8, .spread = 15, .phrases = "phrases"};
    s->language[DK_LANG_SV] = 1;
    const dk_yaml_file *f = &c->yaml;
    const dk_yaml *y, *segments;
    dk_status status = dk_yaml_map(f, f->root, "simulate", &y, err);
    if (status != DK_OK) return status;
    if (y == NULL) return dk_fail_at(err, DK_EDATA, c->name, f->root->line, 0, "there is no simulate section: what shall be simulated?");
    if (c->segmenting != DK_SEGMENT_BANDS || c->nbands > DK_SCENARIO_SEGMENTS)
        return dk_fail_at(err, DK_EDATA, c->name, c->segment_line, 0, "a simulated study needs segments with at most %d bands", DK_SCENARIO_SEGMENTS);
    if (c->customers.path == NULL) return dk_fail_at(err, DK_EDATA, c->name, y->line, 0, "a simulated study needs a customers file to write");
    status = dk_yaml_only(f, y, known, err);
    if (status == DK_OK) status = dk_yaml_integer(f, y, "seed", 0, INT64_MAX, &s->seed, err);
    if (status == DK_OK) status = dk_yaml_integer(f, y, "customers", 10, 100000000, &s->customers, err);
    if (status == DK_OK) status = dk_yaml_integer(f, y, "quarters", 1, 40, &s->quarters, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "invited", 0, 1, &s->invited, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "answered", 0, 1, &s->answered, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "commented", 0, 1, &s->commented, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "spread", 0, 60, &s->spread, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "profit_a_step", -1e6, 1e6, &s->profit_a_step, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "churn", 0, 1, &s->churn, err);
    if (status == DK_OK) status = dk_yaml_number(f, y, "churn_a_step", -2, 2, &s->churn_a_step, err);
    if (status == DK_OK) status = dk_yaml_text(f, y, "phrases", &s->phrases, err);
    if (status == DK_OK) status = read_quarter(s, c, y, err);
    if (status == DK_OK) status = read_languages(s, c, y, err);
    if (status == DK_OK) status = dk_yaml_map(f, y, "customers_of", &segments, err);
    if (status == DK_OK && segments == NULL) status = dk_yaml_fail(f, y, err, "customers_of is missing: share, margin and nps of each segment");
    double sum = 0;
    for (size_t k = 0; k < c->nbands && status == DK_OK; k++) {
        status = read_segment(s, c, segments, k, err);
        sum += s->share[k];
    }
    if (status == DK_OK && fabs(sum - 1) > 1e-6) status = dk_yaml_fail(f, segments, err, "the shares sum to %g, not to 1", sum);
    return status == DK_OK ? read_themes(s, c, y, err) : status;
}
