#include "study/config.h"

#include <math.h>

#include "base/file.h"
#include "io/cell.h"
#include "study/worth_config.h"

void dk_study_config_init(dk_study_config *config) {
    memset(config, 0, sizeof *config);
    config->report_language = DK_LANG_EN;
    config->wave_unit = DK_WAVE_QUARTER;
    config->language = "auto";
    config->packs = "auto";
    config->bootstrap = 1000;
    config->seed = 1;
    config->min_mentions = 30;
    config->min_privacy = 10;
    config->confidence = 0.95;
    config->fdr = 0.05;
    config->discount = 0.08;
    dk_kpi_config_init(&config->kpi);
    config->score_low = config->score_high = NAN;
}

void dk_study_config_dispose(dk_study_config *config) {
    dk_yaml_dispose(&config->yaml);
    dk_arena_dispose(&config->arena);
}

const char *dk_study_config_path(dk_study_config *config, const char *path) {
    const char *slash = config->name != NULL ? strrchr(config->name, '/') : NULL;
    size_t scheme = strncmp(path, "sqlite:", 7) == 0 ? 7 : 0; /* what stands before the path of a database */
    bool elsewhere = strcmp(path, "-") == 0 || strncmp(path, "postgresql:", 11) == 0 || strncmp(path, "postgres:", 9) == 0;
    if (slash == NULL || path[scheme] == '/' || elsewhere) return path;
    size_t folder = (size_t)(slash - config->name) + 1, n = strlen(path);
    char *joined = dk_arena_alloc(&config->arena, folder + n + 1);
    if (joined == NULL) return NULL;
    memcpy(joined, path, scheme);
    memcpy(joined + scheme, config->name, folder);
    memcpy(joined + scheme + folder, path + scheme, n - scheme + 1);
    return joined;
}

/* ---- Files and their columns ------------------------------------------------------------------------- */

static const struct {
    const char *key;
    dk_role role;
} roles[] = {{"id", DK_ROLE_ID},           {"comment", DK_ROLE_COMMENT}, {"score", DK_ROLE_SCORE},
             {"customer", DK_ROLE_CUSTOMER}, {"date", DK_ROLE_DATE},       {"segment", DK_ROLE_SEGMENT},
             {"weight", DK_ROLE_WEIGHT},   {"profit", DK_ROLE_PROFIT},   {"period", DK_ROLE_PERIOD},
             {"touchpoint", DK_ROLE_TOUCHPOINT}, {"churned", DK_ROLE_CHURNED}};
enum { NROLES = sizeof roles / sizeof *roles };

static dk_status read_format(dk_study_config *c, const dk_yaml *map, dk_reader_options *options, dk_error *err) {
    const char *delimiter = NULL, *quote = NULL;
    dk_status status = dk_yaml_text(&c->yaml, map, "delimiter", &delimiter, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "quote", &quote, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "encoding", &options->encoding, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "query", &options->query, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "sheet", &options->sheet, err);
    if (status != DK_OK) return status;
    if (delimiter != NULL) {
        options->delimiter = strcmp(delimiter, "tab") == 0 ? '\t' : delimiter[0];
        if (options->delimiter != '\t' && delimiter[1] != '\0')
            return dk_yaml_fail(&c->yaml, dk_yaml_get(map, "delimiter"), err, "expected one character, or tab");
    }
    if (quote != NULL) {
        bool none = strcmp(quote, "none") == 0;
        options->quoting = none ? DK_QUOTE_NONE : DK_QUOTE_DOUBLE;
        if (!none && strcmp(quote, "double") != 0)
            return dk_yaml_fail(&c->yaml, dk_yaml_get(map, "quote"), err, "expected double or none");
    }
    return DK_OK;
}

static dk_status read_source(dk_study_config *c, const char *key, dk_study_source *source, dk_error *err) {
    const char *known[NROLES + 9];
    size_t n = 0;
    for (size_t i = 0; i < NROLES; i++) known[n++] = roles[i].key;
    known[n++] = "file";
    known[n++] = "delimiter";
    known[n++] = "quote";
    known[n++] = "encoding";
    known[n++] = "query";
    known[n++] = "sheet";
    known[n++] = "currency";
    if (source == &c->customers) known[n++] = "window";
    known[n] = NULL;
    const dk_yaml *map;
    const char *file = NULL;
    dk_status status = dk_yaml_map(&c->yaml, c->yaml.root, key, &map, err);
    if (status != DK_OK || map == NULL) return status;
    status = dk_yaml_only(&c->yaml, map, known, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "file", &file, err);
    if (status == DK_OK && file == NULL) status = dk_yaml_fail(&c->yaml, map, err, "file is missing: which file is it?");
    if (status == DK_OK) status = read_format(c, map, &source->reader, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "currency", &source->currency, err);
    if (status == DK_OK) status = dk_yaml_integer(&c->yaml, map, "window", 1, 36525, &c->window, err);
    for (size_t i = 0; status == DK_OK && i < NROLES; i++) {
        status = dk_yaml_text(&c->yaml, map, roles[i].key, &source->column[roles[i].role], err);
        const dk_yaml *y = dk_yaml_get(map, roles[i].key);
        if (y != NULL) source->line[roles[i].role] = y->line;
    }
    if (status != DK_OK) return status;
    source->file_line = dk_yaml_get(map, "file")->line;
    if (source->currency != NULL) source->currency_line = dk_yaml_get(map, "currency")->line;
    source->path = dk_study_config_path(c, file);
    return source->path != NULL ? DK_OK : dk_fail_memory(err);
}

/* ---- Segments ---------------------------------------------------------------------------------------- */

/* [500, 2000], where .. or nothing is open. */
static dk_status read_band(const dk_study_config *c, const dk_yaml *y, dk_band *band, dk_error *err) {
    double ends[2] = {-INFINITY, INFINITY};
    bool good = y->kind == DK_YAML_LIST && y->count == 2;
    for (size_t i = 0; good && i < 2; i++) {
        const dk_yaml *end = y->items[i];
        good = end->kind == DK_YAML_SCALAR;
        if (good && end->text[0] != '\0' && strcmp(end->text, "..") != 0 && strcmp(end->text, "~") != 0)
            good = dk_cell_number(dk_str_from(end->text), &ends[i]);
    }
    if (!good || !(ends[0] < ends[1]))
        return dk_yaml_fail(&c->yaml, y, err, "expected [from, below] with numbers in order, or .. where it is open");
    band->from = ends[0];
    band->below = ends[1];
    return DK_OK;
}

static dk_status read_bands(dk_study_config *c, const dk_yaml *map, bool quantiles, dk_error *err) {
    if (map->count < 2) return dk_yaml_fail(&c->yaml, map, err, "expected at least two segments");
    c->bands = dk_arena_calloc(&c->arena, map->count, sizeof *c->bands);
    if (c->bands == NULL) return dk_fail_memory(err);
    c->nbands = map->count;
    for (size_t i = 0; i < map->count; i++) {
        dk_band *band = c->bands + i;
        band->name = map->keys[i];
        band->from = i > 0 ? c->bands[i - 1].below : 0;
        dk_status status = quantiles ? dk_yaml_number(&c->yaml, map, map->keys[i], 0, 1, &band->below, err)
                                     : read_band(c, map->items[i], band, err);
        if (status != DK_OK) return status;
        if (quantiles && !(band->below > band->from))
            return dk_yaml_fail(&c->yaml, map->items[i], err, "expected a share above %g, up to which customers are %s",
                                band->from, band->name);
        if (quantiles || i == 0) continue;
        const dk_band *before = band - 1;
        if (band->from < before->below)
            return dk_fail_at(err, DK_EDATA, c->yaml.name, map->items[i]->line, map->items[i]->column,
                              "%s: %s (up to %g) and %s (from %g) overlap; write them from the lowest to the highest",
                              map->path, before->name, before->below, band->name, band->from);
        if (band->from > before->below)
            return dk_fail_at(err, DK_EDATA, c->yaml.name, map->items[i]->line, map->items[i]->column,
                              "%s: nothing is said of what lies between %s (up to %g) and %s (from %g)", map->path,
                              before->name, before->below, band->name, band->from);
    }
    if (quantiles && c->bands[c->nbands - 1].below < 1)
        return dk_yaml_fail(&c->yaml, map, err, "the last segment must reach 1");
    return DK_OK;
}

static dk_status read_segments(dk_study_config *c, dk_error *err) {
    static const char *const known[] = {"column", "order", "by", "bands", "quantiles", NULL};
    const dk_yaml *y = dk_yaml_get(c->yaml.root, "segments"), *bands = NULL, *quantiles = NULL;
    const char *column = NULL, *by = NULL;
    if (y == NULL) return DK_OK;
    if (y->kind == DK_YAML_SCALAR && strcmp(y->text, "none") == 0) {
        c->segmenting = DK_SEGMENT_NONE;
        return DK_OK;
    }
    const dk_yaml *map;
    dk_status status = dk_yaml_map(&c->yaml, c->yaml.root, "segments", &map, err);
    if (status == DK_OK) status = dk_yaml_only(&c->yaml, map, known, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "column", &column, err);
    if (status == DK_OK) status = dk_yaml_text(&c->yaml, map, "by", &by, err);
    if (status == DK_OK) status = dk_yaml_map(&c->yaml, map, "bands", &bands, err);
    if (status == DK_OK) status = dk_yaml_map(&c->yaml, map, "quantiles", &quantiles, err);
    if (status != DK_OK) return status;
    bool cut = by != NULL && column == NULL && (bands != NULL) != (quantiles != NULL);
    if (!cut && (column == NULL || by != NULL || bands != NULL || quantiles != NULL))
        return dk_yaml_fail(&c->yaml, map, err, "expected column, or by with either bands or quantiles");
    c->segment_line = map->line;
    c->segment_column = cut ? by : column;
    c->segmenting = !cut ? DK_SEGMENT_COLUMN : bands != NULL ? DK_SEGMENT_BANDS : DK_SEGMENT_QUANTILES;
    if (cut) return read_bands(c, bands != NULL ? bands : quantiles, bands == NULL, err);
    const char *const *order = NULL;
    status = dk_yaml_texts(&c->yaml, map, "order", &order, &c->nbands, err);
    if (status != DK_OK || c->nbands == 0) return status;
    c->bands = dk_arena_calloc(&c->arena, c->nbands, sizeof *c->bands);
    if (c->bands == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < c->nbands; i++) c->bands[i] = (dk_band){order[i], NAN, NAN};
    return DK_OK;
}

/* ---- The rest ---------------------------------------------------------------------------------------- */

/* The index of the value among the choices, or an error that lists them. */
static dk_status read_choice(dk_study_config *c, const char *key, const char *const *choices, int *out, dk_error *err) {
    const char *text = NULL;
    dk_status status = dk_yaml_text(&c->yaml, c->yaml.root, key, &text, err);
    if (status != DK_OK || text == NULL) return status;
    dk_buf list;
    dk_buf_init(&list);
    int found = -1;
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(text, choices[i]) == 0) found = i;
        dk_buf_putf(&list, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
    if (found >= 0) *out = found;
    else status = dk_yaml_fail(&c->yaml, dk_yaml_get(c->yaml.root, key), err, "expected one of %s", dk_buf_cstr(&list));
    dk_buf_dispose(&list);
    return status;
}

static dk_status read_analysis(dk_study_config *c, dk_error *err) {
    static const char *const known[] = {"bootstrap",   "seed",      "confidence", "fdr",        "min_mentions",
                                        "min_privacy", "score_low", "score_high", "duplicates", "score_blind", "redact", "min_wave", "money", NULL};
    const dk_yaml_file *f = &c->yaml;
    const dk_yaml *map;
    const char *duplicates = NULL, *money = NULL;
    dk_status status = dk_yaml_map(f, f->root, "analysis", &map, err);
    if (status != DK_OK || map == NULL) return status;
    status = dk_yaml_only(f, map, known, err);
    if (status == DK_OK) status = dk_yaml_integer(f, map, "bootstrap", 0, 100000, &c->bootstrap, err);
    if (status == DK_OK) status = dk_yaml_integer(f, map, "seed", 0, INT64_MAX, &c->seed, err);
    if (status == DK_OK) status = dk_yaml_integer(f, map, "min_mentions", 1, 1000000, &c->min_mentions, err);
    if (status == DK_OK) status = dk_yaml_integer(f, map, "min_privacy", 1, 1000000, &c->min_privacy, err);
    if (status == DK_OK) status = dk_yaml_integer(f, map, "min_wave", 2, 1000000, &c->kpi.min_wave, err);
    if (status == DK_OK) status = dk_yaml_number(f, map, "confidence", 0.5, 0.9999, &c->confidence, err);
    if (status == DK_OK) status = dk_yaml_number(f, map, "fdr", 0.0001, 0.5, &c->fdr, err);
    if (status == DK_OK) status = dk_yaml_number(f, map, "score_low", -1000, 1000, &c->score_low, err);
    if (status == DK_OK) status = dk_yaml_number(f, map, "score_high", -1000, 1000, &c->score_high, err);
    bool redact = !c->no_redact;
    if (status == DK_OK) status = dk_yaml_bool(f, map, "score_blind", &c->score_blind, err);
    if (status == DK_OK) status = dk_yaml_bool(f, map, "redact", &redact, err);
    c->no_redact = !redact;
    if (status == DK_OK) status = dk_yaml_text(f, map, "money", &money, err);
    if (status == DK_OK && money != NULL) {
        static const char *const scales[] = {"level", "winsorised", "log"};
        int found = -1;
        for (int i = 0; i < 3; i++)
            if (strcmp(money, scales[i]) == 0) found = i;
        if (found < 0) return dk_yaml_fail(f, dk_yaml_get(map, "money"), err, "expected level, winsorised or log");
        c->money = (dk_money_scale)found;
    }
    if (status == DK_OK) status = dk_yaml_text(f, map, "duplicates", &duplicates, err);
    if (status != DK_OK || duplicates == NULL) return status;
    c->drop_duplicates = strcmp(duplicates, "first") == 0;
    if (!c->drop_duplicates && strcmp(duplicates, "keep") != 0)
        return dk_yaml_fail(f, dk_yaml_get(map, "duplicates"), err, "expected keep or first");
    return DK_OK;
}

static dk_status read_packs(dk_study_config *c, dk_error *err) {
    const char *const *names = NULL;
    size_t n = 0;
    dk_status status = dk_yaml_texts(&c->yaml, c->yaml.root, "packs", &names, &n, err);
    if (status != DK_OK || n == 0) return status;
    dk_buf joined;
    dk_buf_init(&joined);
    for (size_t i = 0; i < n; i++) dk_buf_putf(&joined, "%s%s", i > 0 ? "," : "", names[i]);
    c->packs = dk_arena_strdup(&c->arena, dk_buf_cstr(&joined), joined.len);
    dk_buf_dispose(&joined);
    return c->packs != NULL ? DK_OK : dk_fail_memory(err);
}

static dk_status read_prior(dk_study_config *c, dk_error *err) {
    const char *text = NULL;
    dk_error wrong;
    dk_status status = dk_yaml_text(&c->yaml, c->yaml.root, "language_prior", &text, err);
    if (status != DK_OK || text == NULL) return status;
    c->has_prior = true;
    if (dk_language_prior_parse(text, &c->prior, &wrong) == DK_OK) return DK_OK;
    return dk_fail_at(err, DK_EDATA, c->name, dk_yaml_get(c->yaml.root, "language_prior")->line, 0, "language_prior: %s", wrong.message);
}

dk_status dk_study_config_read(dk_study_config *c, const char *path, dk_error *err) {
    static const char *const known[] = {"title",    "report_language", "currency", "responses", "customers", "segments",
                                        "outcomes", "controls",        "waves",    "language",  "language_prior", "packs", "lexicons", "weights",
                                        "kpis", "invitations", "answering", "contact", "followup", "stages", "journeys", "analysis", "simulate",        "discount", "worth",     "actions",
                                        "owners",   "initiatives",     NULL};
    static const char *const languages[] = {"sv", "da", "en", NULL}, *const tagged[] = {"auto", "sv", "da", "en", NULL};
    static const char *const units[] = {"none", "month", "quarter", "year", NULL};
    dk_study_config_init(c);
    const dk_yaml_file *f = &c->yaml;
    int report = 2, language = 0, unit = DK_WAVE_QUARTER;
    dk_status status = dk_yaml_read(&c->yaml, path, err);
    if (status != DK_OK) return status;
    c->name = f->name;
    status = dk_yaml_only(f, f->root, known, err);
    if (status == DK_OK) status = dk_yaml_text(f, f->root, "title", &c->title, err);
    if (status == DK_OK) status = dk_yaml_text(f, f->root, "currency", &c->currency, err);
    if (status == DK_OK) status = read_choice(c, "report_language", languages, &report, err);
    if (status == DK_OK) status = read_choice(c, "language", tagged, &language, err);
    if (status == DK_OK) status = read_choice(c, "waves", units, &unit, err);
    if (status == DK_OK) status = read_source(c, "responses", &c->responses, err);
    if (status == DK_OK) status = read_source(c, "customers", &c->customers, err);
    if (status == DK_OK) status = read_source(c, "invitations", &c->invitations, err);
    if (status == DK_OK) status = dk_kpi_config_read(&c->kpi, &c->yaml, &c->arena, err);
    if (status == DK_OK) status = read_segments(c, err);
    if (status == DK_OK) status = dk_yaml_texts(&c->yaml, f->root, "outcomes", &c->outcomes, &c->noutcomes, err);
    if (status == DK_OK) status = dk_yaml_texts(&c->yaml, f->root, "controls", &c->controls, &c->ncontrols, err);
    if (status == DK_OK) status = dk_yaml_texts(&c->yaml, f->root, "lexicons", &c->lexicons, &c->nlexicons, err);
    if (status == DK_OK) status = dk_yaml_texts(&c->yaml, f->root, "weights", &c->weights, &c->nweights, err);
    if (status == DK_OK) status = read_packs(c, err);
    if (status == DK_OK) status = read_prior(c, err);
    if (status == DK_OK) status = read_analysis(c, err);
    if (status == DK_OK) status = dk_worth_config_read(c, err);
    if (status != DK_OK) return status;
    c->report_language = (dk_language)(DK_LANG_SV + report);
    c->language = tagged[language];
    c->wave_unit = (dk_wave_unit)unit;
    if (dk_yaml_get(f->root, "outcomes") != NULL) c->outcomes_line = dk_yaml_get(f->root, "outcomes")->line;
    if (dk_yaml_get(f->root, "controls") != NULL) c->controls_line = dk_yaml_get(f->root, "controls")->line;
    if (c->responses.path == NULL)
        return dk_fail_at(err, DK_EDATA, path, f->root->line, 0, "responses is missing: which file holds the answers?");
    return DK_OK;
}
