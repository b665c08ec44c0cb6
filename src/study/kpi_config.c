#include "study/kpi_config.h"

#include <math.h>
#include <string.h>

static const char *const inputs[DK_INPUTS] = {"csat",     "ces",          "experienced",      "replied", "revenue", "transactions", "contract_value",
                                              "products", "support_cost", "acquisition_cost"};

/* KPIs that a benchmark or a target can be of, beside those of further columns and of indexes. */
static const char *const ids[] = {"response_rate", "comment_rate",   "delay",         "reply_time",     "nps",          "nps_change", "score", "csat",
                                  "ces",           "sentiment",      "churn",         "retention",      "profit",       "lifetime_value",   "lifetime_value_matrix",
                                  "support_cost",  "acquisition_cost", "transaction_value", "contract_value", "revenue", "revenue_growth", "margin_growth",
                                  "cross_sell",    "upsell"};

const char *dk_kpi_input_name(dk_kpi_input input) { return inputs[input]; }

void dk_kpi_config_init(dk_kpi_config *c) {
    memset(c, 0, sizeof *c);
    c->csat_from = NAN;
    c->contact_days = 365;
    c->followup_most = 200;
    c->followup_days = 90;
    c->min_wave = 30;
}

static dk_status read_further(dk_kpi_config *c, dk_yaml_file *f, dk_arena *arena, const dk_yaml *map, dk_error *err) {
    static const char *const keys[2] = {"further", "descriptive"};
    const char *const *names[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        dk_status status = dk_yaml_texts(f, map, keys[k], &names[k], &n[k], err);
        if (status != DK_OK) return status;
    }
    c->further = dk_arena_calloc(arena, n[0] + n[1] + 1, sizeof *c->further);
    if (c->further == NULL) return dk_fail_memory(err);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < n[k]; i++)
            c->further[c->nfurther++] = (dk_kpi_further){names[k][i], dk_yaml_get(map, keys[k])->line, k == 1};
    return DK_OK;
}

static dk_status read_indexes(dk_kpi_config *c, dk_yaml_file *f, dk_arena *arena, const dk_yaml *kpis, dk_error *err) {
    static const char *const known[] = {"themes", "target", NULL};
    const dk_yaml *map;
    dk_status status = dk_yaml_map(f, kpis, "indexes", &map, err);
    if (status != DK_OK || map == NULL) return status;
    c->indexes = dk_arena_calloc(arena, map->count + 1, sizeof *c->indexes);
    if (c->indexes == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < map->count && status == DK_OK; i++) {
        dk_kpi_index *x = c->indexes + c->nindexes++;
        const dk_yaml *y = map->items[i];
        *x = (dk_kpi_index){.name = map->keys[i], .target = NAN, .line = map->key_lines[i]};
        if (y->kind != DK_YAML_MAP) { /* care: [staff.care] */
            status = dk_yaml_texts(f, map, x->name, &x->themes, &x->nthemes, err);
        } else {
            status = dk_yaml_only(f, y, known, err);
            if (status == DK_OK) status = dk_yaml_texts(f, y, "themes", &x->themes, &x->nthemes, err);
            if (status == DK_OK) status = dk_yaml_number(f, y, "target", -100, 100, &x->target, err);
        }
        if (status == DK_OK && x->nthemes == 0) status = dk_yaml_fail(f, y, err, "expected themes, as in {themes: [staff.care], target: 60}");
    }
    return status;
}

static bool is_kpi(const dk_kpi_config *c, const char *id) {
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strcmp(id, ids[i]) == 0) return true;
    for (size_t i = 0; i < c->nfurther; i++)
        if (strcmp(id, c->further[i].column) == 0) return true;
    for (size_t i = 0; i < c->nindexes; i++)
        if (strncmp(id, "index:", 6) == 0 && strcmp(id + 6, c->indexes[i].name) == 0) return true;
    return false;
}

/* After the further columns and indexes, which have ids of their own. */
static dk_status read_marks(const dk_kpi_config *c, dk_yaml_file *f, dk_arena *arena, const dk_yaml *kpis, const char *key,
                            dk_kpi_mark **marks, size_t *count, dk_error *err) {
    const dk_yaml *map;
    dk_status status = dk_yaml_map(f, kpis, key, &map, err);
    if (status != DK_OK || map == NULL) return status;
    *marks = dk_arena_calloc(arena, map->count + 1, sizeof **marks);
    if (*marks == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < map->count && status == DK_OK; i++) {
        dk_kpi_mark *m = *marks + (*count)++;
        m->id = map->keys[i];
        if (!is_kpi(c, m->id)) {
            status = dk_fail_at(err, DK_EDATA, f->name, map->key_lines[i], 0, "kpis.%s: there is no KPI %s", key, m->id);
            dk_error_remedy(err, "such as nps, csat, churn, profit, a column under further, or index:NAME; docs/kpis.md lists them");
        } else {
            status = dk_yaml_number(f, map, m->id, -1e15, 1e15, &m->value, err);
        }
    }
    return status;
}

static dk_status read_kpis(dk_kpi_config *c, dk_yaml_file *f, dk_arena *arena, dk_error *err) {
    const char *known[DK_INPUTS + 7];
    size_t n = 0;
    for (int k = 0; k < DK_INPUTS; k++) known[n++] = inputs[k];
    known[n++] = "csat_from";
    known[n++] = "further";
    known[n++] = "descriptive";
    known[n++] = "indexes";
    known[n++] = "benchmarks";
    known[n++] = "targets";
    known[n] = NULL;
    const dk_yaml *map;
    dk_status status = dk_yaml_map(f, f->root, "kpis", &map, err);
    if (status != DK_OK || map == NULL) return status;
    status = dk_yaml_only(f, map, known, err);
    for (int k = 0; k < DK_INPUTS && status == DK_OK; k++) {
        status = dk_yaml_text(f, map, inputs[k], &c->input[k], err);
        if (dk_yaml_get(map, inputs[k]) != NULL) c->line[k] = dk_yaml_get(map, inputs[k])->line;
    }
    if (status == DK_OK) status = dk_yaml_number(f, map, "csat_from", -1000, 1000, &c->csat_from, err);
    if (status == DK_OK) status = read_further(c, f, arena, map, err);
    if (status == DK_OK) status = read_indexes(c, f, arena, map, err);
    if (status == DK_OK) status = read_marks(c, f, arena, map, "benchmarks", &c->benchmarks, &c->nbenchmarks, err);
    if (status == DK_OK) status = read_marks(c, f, arena, map, "targets", &c->targets, &c->ntargets, err);
    return status;
}

static dk_status read_lists(dk_yaml_file *f, dk_arena *arena, const char *key, dk_touchpoint_list **lists, size_t *count, dk_error *err) {
    const dk_yaml *map;
    dk_status status = dk_yaml_map(f, f->root, key, &map, err);
    if (status != DK_OK || map == NULL) return status;
    *lists = dk_arena_calloc(arena, map->count + 1, sizeof **lists);
    if (*lists == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < map->count && status == DK_OK; i++) {
        dk_touchpoint_list *list = *lists + (*count)++;
        list->name = map->keys[i];
        list->line = map->key_lines[i];
        status = dk_yaml_texts(f, map, list->name, &list->touchpoints, &list->count, err);
        if (status == DK_OK && list->count == 0) status = dk_yaml_fail(f, map->items[i], err, "expected touchpoints, as in [website, order, delivery]");
    }
    return status;
}

dk_status dk_kpi_config_read(dk_kpi_config *c, dk_yaml_file *f, dk_arena *arena, dk_error *err) {
    static const char *const contact_keys[] = {"most", "days", NULL}, *const followup_keys[] = {"most", "days", NULL}, *const answering_keys[] = {"weight", NULL};
    const dk_yaml *contact = NULL, *followup = NULL, *answering = NULL;
    dk_status status = read_kpis(c, f, arena, err);
    if (status == DK_OK) status = read_lists(f, arena, "stages", &c->stages, &c->nstages, err);
    if (status == DK_OK) status = read_lists(f, arena, "journeys", &c->journeys, &c->njourneys, err);
    if (status == DK_OK) status = dk_yaml_map(f, f->root, "contact", &contact, err);
    if (status == DK_OK) status = dk_yaml_map(f, f->root, "followup", &followup, err);
    if (status == DK_OK) status = dk_yaml_map(f, f->root, "answering", &answering, err);
    if (status == DK_OK && contact != NULL) {
        status = dk_yaml_only(f, contact, contact_keys, err);
        if (status == DK_OK) status = dk_yaml_integer(f, contact, "most", 1, 10000, &c->contact_most, err);
        if (status == DK_OK) status = dk_yaml_integer(f, contact, "days", 1, 100000, &c->contact_days, err);
        if (status == DK_OK && c->contact_most == 0) status = dk_yaml_fail(f, contact, err, "most is missing: how many surveys may a customer get?");
    }
    if (status == DK_OK && followup != NULL) status = dk_yaml_only(f, followup, followup_keys, err);
    if (status == DK_OK && followup != NULL) status = dk_yaml_integer(f, followup, "most", 0, 1000000, &c->followup_most, err);
    if (status == DK_OK && followup != NULL) status = dk_yaml_integer(f, followup, "days", 1, 100000, &c->followup_days, err);
    if (status == DK_OK && answering != NULL) status = dk_yaml_only(f, answering, answering_keys, err);
    if (status == DK_OK && answering != NULL) status = dk_yaml_bool(f, answering, "weight", &c->weight, err);
    if (status == DK_OK && c->weight && dk_yaml_get(f->root, "invitations") == NULL)
        status = dk_yaml_fail(f, dk_yaml_get(answering, "weight"), err, "weights need to know who was asked: name the file under invitations:");
    return status;
}
