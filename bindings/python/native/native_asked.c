/* What a study asks, for those who gather its rows in parts. */
#include <math.h>

#include "io/json_write.h"
#include "native_text.h"
#include "study/dates.h"
#include "study/records.h"
#include "tag/session.h"

static void put_text(dk_json *j, const char *key, const char *value) {
    dk_json_key(j, key);
    dk_json_text(j, value);
}

static void put_int(dk_json *j, const char *key, int64_t value) {
    dk_json_key(j, key);
    dk_json_int(j, value);
}

/* Infinite and unknown ones are null. */
static void put_number(dk_json *j, const char *key, double value) {
    dk_json_key(j, key);
    if (isfinite(value)) dk_json_double(j, value);
    else dk_json_null(j);
}

static void put_texts(dk_json *j, const char *key, const char *const *values, size_t n) {
    dk_json_key(j, key);
    dk_json_array(j);
    for (size_t i = 0; i < n; i++) dk_json_text(j, values[i]);
    dk_json_end(j);
}

static void put_columns(dk_json *j, const char *key, const dk_reader *reader, const size_t column[DK_ROLES]) {
    dk_json_key(j, key);
    dk_json_object(j);
    for (int role = 0; role < DK_ROLES; role++)
        if (column[role] != DK_NO_COLUMN && role != DK_ROLE_LEFT_OUT) put_text(j, dk_role_name((dk_role)role), dk_reader_column_name(reader, column[role]).ptr);
    dk_json_end(j);
}

/* Outcomes, controls and what segments are cut by, beside the columns that have a role of their own. */
static void put_variables(dk_json *j, const dk_survey *s, const dk_records *r) {
    dk_json_key(j, "variables");
    dk_json_object(j);
    for (size_t k = 0; k < s->nvariables; k++) {
        const dk_variable *v = s->variables + k;
        dk_json_key(j, v->name);
        dk_json_object(j);
        put_text(j, "column", dk_reader_column_name(v->of_records ? r->reader : s->reader, v->column).ptr);
        dk_json_key(j, "of_records");
        dk_json_bool(j, v->of_records);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_segments(dk_json *j, const dk_study_config *c) {
    static const char *const kinds[] = {"guess", "none", "column", "bands", "quantiles"};
    dk_json_key(j, "segments");
    dk_json_object(j);
    put_text(j, "kind", kinds[c->segmenting]);
    put_text(j, "of", c->segment_column);
    dk_json_key(j, "bands");
    dk_json_array(j);
    for (size_t k = 0; k < c->nbands; k++) {
        dk_json_object(j);
        put_text(j, "name", c->bands[k].name);
        put_number(j, "from", c->bands[k].from);
        put_number(j, "below", c->bands[k].below);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

static void put_settings(dk_json *j, const dk_study_config *c) {
    static const char *const units[] = {"none", "month", "quarter", "year"}, *const scales[] = {"level", "winsor", "log"};
    put_texts(j, "outcomes", c->outcomes, c->noutcomes);
    put_texts(j, "controls", c->controls, c->ncontrols);
    put_segments(j, c);
    put_text(j, "waves", units[c->wave_unit]);
    put_text(j, "money", scales[c->money]);
    put_int(j, "bootstrap", c->bootstrap);
    put_int(j, "seed", c->seed);
    put_int(j, "min_mentions", c->min_mentions);
    put_int(j, "min_privacy", c->min_privacy);
    put_int(j, "window", c->window);
    put_number(j, "confidence", c->confidence);
    put_number(j, "fdr", c->fdr);
    put_number(j, "score_low", c->score_low);
    put_number(j, "score_high", c->score_high);
    put_text(j, "language", c->language);
    put_text(j, "packs", c->packs);
    put_texts(j, "lexicons", c->lexicons, c->nlexicons);
    put_texts(j, "weights", c->weights, c->nweights);
    put_text(j, "currency", c->currency);
    dk_json_key(j, "score_blind");
    dk_json_bool(j, c->score_blind);
    dk_json_key(j, "drop_duplicates");
    dk_json_bool(j, c->drop_duplicates);
    dk_json_key(j, "weighted_by_answering");
    dk_json_bool(j, c->kpi.weight);
}

dk_status dk_native_asked(const dk_native_study *study, dk_native_text *json, dk_error *err) {
    dk_study_config config;
    struct dk_arrow_table arrow[2];
    dk_survey survey = {0};
    dk_records records = {0};
    dk_buf out;
    dk_json j;
    dk_buf_init(&out);
    dk_status status = dk_native_configure(study, &config, arrow, err);
    bool with_records = study->customers.name != NULL, weighted = config.kpi.weight;
    if (!with_records) config.customers.path = NULL; /* all columns are those of the responses then */
    dk_kpi_config_init(&config.kpi);                 /* whose columns need not be there */
    config.kpi.weight = weighted;
    if (status == DK_OK && study->table.name != NULL) status = dk_survey_open(&survey, &config, err);
    if (status == DK_OK && study->table.name != NULL && with_records) status = dk_records_open(&records, &survey, err);
    if (status == DK_OK) {
        dk_json_init(&j, &out, false);
        dk_json_object(&j);
        put_settings(&j, &config);
        if (survey.reader != NULL) put_columns(&j, "columns", survey.reader, survey.column);
        if (records.reader != NULL) put_columns(&j, "records", records.reader, records.column);
        put_variables(&j, &survey, &records);
        dk_json_end(&j);
        status = dk_native_take(&out, json, err);
    }
    if (with_records) dk_records_dispose(&records);
    if (survey.config != NULL) dk_survey_dispose(&survey);
    dk_study_config_dispose(&config);
    return status;
}

dk_status dk_native_taxonomy(const dk_engine *engine, dk_native_text *json, dk_error *err) {
    const dk_taxonomy *t = dk_engine_taxonomy(engine);
    dk_buf out;
    dk_json j;
    dk_buf_init(&out);
    dk_json_init(&j, &out, false);
    dk_json_array(&j);
    for (size_t i = 0; i < t->count; i++) {
        dk_json_object(&j);
        put_text(&j, "theme", t->themes[i].id);
        put_text(&j, "touchpoint", t->touchpoints[t->themes[i].touchpoint]);
        put_text(&j, "stage", t->themes[i].stage);
        dk_json_key(&j, "outcome");
        dk_json_bool(&j, t->themes[i].outcome);
        dk_json_end(&j);
    }
    dk_json_end(&j);
    return dk_native_take(&out, json, err);
}

bool dk_native_period(const char *text, int32_t *first, int32_t *last) { return dk_period_parse(dk_str_from(text), DK_DAY_FIRST, first, last); }
