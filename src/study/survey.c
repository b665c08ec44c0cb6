#include "study/survey.h"

#include <math.h>
#include <stdlib.h>

enum { LOOK_ROWS = 2000 };

/* ---- Variables that the study names ------------------------------------------------------------------ */

/* Words of the study file that stand for what was recognised, whatever its column is called. */
static bool is_builtin(const dk_survey *s, const char *name) {
    bool scored = s->column[DK_ROLE_SCORE] != DK_NO_COLUMN;
    bool worth = s->column[DK_ROLE_PROFIT] != DK_NO_COLUMN || s->config->customers.path != NULL;
    return ((strcmp(name, "nps") == 0 || strcmp(name, "score") == 0) && scored) || (strcmp(name, "profit") == 0 && worth) ||
           strcmp(name, "language") == 0 || strcmp(name, "wave") == 0;
}

/* The exact name only: a column of the customers' file must not be taken for a like one here. */
static size_t column_named(const dk_reader *reader, const char *name) {
    for (size_t c = 0; c < dk_reader_columns(reader); c++)
        if (dk_str_is(dk_reader_column_name(reader, c), name)) return c;
    return DK_NO_COLUMN;
}

static void add_variable(dk_survey *s, const char *name, dk_role role, int64_t line) {
    if (name == NULL || dk_survey_variable(s, name) != NULL || is_builtin(s, name)) return;
    size_t column = column_named(s->reader, name);
    dk_variable *v = s->variables + s->nvariables++;
    memset(v, 0, sizeof *v);
    dk_intern_init(&v->texts);
    *v = (dk_variable){.name = name, .role = role, .line = line, .column = column, .of_records = column == DK_NO_COLUMN, .texts = v->texts,
                       .amounts.name = name};
}

/* Those that stand in neither file are found out when the customers' file is open. */
static dk_status add_variables(dk_survey *s, dk_error *err) {
    const dk_study_config *c = s->config;
    const dk_kpi_config *kpi = &c->kpi;
    s->variables = calloc(c->noutcomes + c->ncontrols + DK_INPUTS + kpi->nfurther + 1, sizeof *s->variables);
    if (s->variables == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < c->noutcomes; i++) add_variable(s, c->outcomes[i], DK_ROLE_OUTCOME, c->outcomes_line);
    for (size_t i = 0; i < c->ncontrols; i++) add_variable(s, c->controls[i], DK_ROLE_CONTROL, c->controls_line);
    if (c->segmenting >= DK_SEGMENT_COLUMN) add_variable(s, c->segment_column, DK_ROLE_SEGMENT, c->segment_line);
    for (int i = 0; i < DK_INPUTS; i++) add_variable(s, kpi->input[i], DK_ROLE_KPI, kpi->line[i]);
    for (size_t i = 0; i < kpi->nfurther; i++) add_variable(s, kpi->further[i].column, DK_ROLE_KPI, kpi->further[i].line);
    for (size_t i = 0; i < s->nvariables && c->customers.path == NULL; i++) {
        const dk_variable *v = s->variables + i;
        if (!v->of_records) continue;
        size_t column;
        dk_status status = dk_reader_find_column(s->reader, v->name, dk_role_name(v->role), &column, err);
        if (status == DK_OK) {
            s->variables[i].column = column; /* the same name in other letters */
            s->variables[i].of_records = false;
            continue;
        }
        if (err != NULL && c->name != NULL) {
            dk_error found = *err;
            dk_fail_at(err, DK_EDATA, c->name, v->line, 0, "%s", found.message);
            dk_error_remedy(err, "%s", found.remedy);
        }
        return DK_EDATA;
    }
    return DK_OK;
}

bool dk_survey_is_money(const dk_survey *s, const dk_variable *v, size_t profit_column) {
    static const dk_kpi_input money[] = {DK_INPUT_REVENUE, DK_INPUT_CONTRACT_VALUE, DK_INPUT_SUPPORT_COST, DK_INPUT_ACQUISITION_COST};
    if (v->column == profit_column) return true;
    for (size_t k = 0; k < sizeof money / sizeof *money; k++) {
        const char *name = s->config->kpi.input[money[k]];
        if (name != NULL && strcmp(name, v->name) == 0) return true;
    }
    return false;
}

dk_variable *dk_survey_variable(const dk_survey *survey, const char *name) {
    for (size_t i = 0; i < survey->nvariables; i++)
        if (strcmp(survey->variables[i].name, name) == 0) return survey->variables + i;
    return NULL;
}

/* ---- Opening ----------------------------------------------------------------------------------------- */

static dk_status recognise(dk_survey *s, dk_error *err) {
    dk_block *block = dk_block_new();
    dk_column_look *looks = calloc(dk_reader_columns(s->reader) + 1, sizeof *looks);
    bool done = false;
    s->unfit = calloc(dk_reader_columns(s->reader) + 1, sizeof *s->unfit);
    dk_status status = block != NULL && looks != NULL && s->unfit != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = dk_reader_read_block(s->reader, block, &done, err);
    if (status == DK_OK && !done) status = dk_reader_parse(s->reader, block, err);
    if (status == DK_OK && (done || (block->rows == 0 && block->nrejects == 0)))
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(s->reader), 1, 0, "the file has a header row and nothing below it");
    if (status == DK_OK && !done) status = dk_columns_look(block, LOOK_ROWS, looks, err);
    if (status == DK_OK)
        status = dk_columns_recognise(s->reader, &s->config->responses, s->config->name, looks, false, s->column, s->named, s->unfit, err);
    dk_block_free(block);
    free(looks);
    return status != DK_OK ? status : dk_reader_rewind(s->reader, err);
}

static dk_status none_recognised(const dk_survey *s, dk_error *err) {
    enum { SHOWN = 5 };
    dk_buf names;
    dk_buf_init(&names);
    for (size_t c = 0; c < dk_reader_columns(s->reader) && c < SHOWN; c++) {
        dk_str name = dk_reader_column_name(s->reader, c);
        dk_buf_putf(&names, "%s%.*s", c > 0 ? ", " : "", (int)(name.len < 60 ? name.len : 60), name.ptr);
    }
    if (dk_reader_columns(s->reader) > SHOWN) dk_buf_puts(&names, ", ...");
    dk_fail_at(err, DK_EDATA, dk_reader_source(s->reader), 1, 0, "no column was recognised among %s", dk_buf_cstr(&names));
    dk_error_remedy(err, "name them, as in --text COL --score COL; the first row must hold the names of the columns");
    dk_buf_dispose(&names);
    return DK_EDATA;
}

/* Comments are read too: the first pass looks at their language. */
static dk_status select_columns(dk_survey *s, dk_error *err) {
    size_t most = DK_ROLES + s->nvariables;
    s->selected = calloc(most, sizeof *s->selected);
    if (s->selected == NULL) return dk_fail_memory(err);
    for (int r = 0; r < DK_ROLES; r++) {
        s->place[r] = DK_NO_COLUMN;
        if (s->column[r] == DK_NO_COLUMN) continue;
        s->place[r] = s->nselected;
        s->selected[s->nselected++] = s->column[r];
    }
    for (size_t i = 0; i < s->nvariables; i++)
        if (!s->variables[i].of_records) s->selected[s->nselected++] = s->variables[i].column;
    if (s->nselected == 0) return none_recognised(s, err);
    return dk_reader_select(s->reader, s->selected, s->nselected, err);
}

dk_status dk_survey_open(dk_survey *s, const dk_study_config *config, dk_error *err) {
    memset(s, 0, sizeof *s);
    s->config = config;
    dk_intern_init(&s->ids);
    dk_intern_init(&s->customers);
    dk_intern_init(&s->segments);
    dk_intern_init(&s->touchpoints);
    s->profit_amounts.name = "profit";
    dk_reader_options options = config->responses.reader;
    options.rewindable = true;
    dk_status status = dk_reader_open(&s->reader, config->responses.path, &options, err);
    if (status == DK_OK) status = recognise(s, err);
    if (status == DK_OK) status = add_variables(s, err);
    if (status == DK_OK) status = select_columns(s, err);
    return status;
}

void dk_survey_dispose(dk_survey *s) {
    dk_reader_free(s->reader);
    for (size_t i = 0; i < s->nvariables; i++) {
        free(s->variables[i].values);
        free(s->variables[i].levels);
        dk_intern_dispose(&s->variables[i].texts);
        dk_amounts_dispose(&s->variables[i].amounts);
    }
    free(s->variables);
    free(s->selected);
    free(s->unfit);
    free(s->row);
    free(s->line);
    free(s->id);
    free(s->customer);
    free(s->date);
    free(s->score);
    free(s->weight);
    free(s->profit);
    free(s->segment);
    free(s->touchpoint);
    dk_amounts_dispose(&s->profit_amounts);
    free(s->commented);
    free(s->dropped);
    dk_intern_dispose(&s->ids);
    dk_intern_dispose(&s->customers);
    dk_intern_dispose(&s->segments);
    dk_intern_dispose(&s->touchpoints);
    memset(s, 0, sizeof *s);
}

dk_str dk_survey_id(const dk_survey *s, size_t response, char scratch[24]) {
    if (s->id != NULL) return dk_intern_text(&s->ids, s->id[response]);
    size_t at = 24;
    int64_t number = s->row[response];
    do {
        scratch[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (dk_str){scratch + at, 24 - at};
}
