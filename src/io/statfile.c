#include "io/statfile.h"

#include <errno.h>
#include <math.h>
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/calendar.h"
#include "io/rows.h"

enum { DISTINCT = 64, LONGEST_FORMAT = 16 };

typedef enum time_unit { NO_TIME, SPSS_DATE, SPSS_DATETIME, STATA_DAYS, STATA_MS } time_unit;
typedef enum label_use { NO_LABELS, LABELS_BESIDE, LABELS_FIRST } label_use;

typedef struct variable {
    const char *name, *set; /* of the label set; NULL without */
    time_unit time;
    label_use use;
    const char *seen[DISTINCT]; /* the values that occur, as cells; while that is still of interest */
    int nseen;
    bool many; /* more than DISTINCT */
} variable;

typedef struct label {
    const char *set, *value, *text;
} label;

typedef struct statfile {
    dk_arena arena;
    dk_spool *spool; /* while it is being written */
    dk_row_source coded;
    variable *variables;
    size_t nvariables, variables_cap;
    label *labels;
    size_t nlabels, labels_cap;
    dk_buf row, cell;
    size_t at; /* the variable whose value comes next */
    int64_t rows;
    dk_status status;
    dk_error *err;
    char said[160]; /* by the library about what is wrong */
} statfile;

dk_statfile dk_statfile_recognise(const char *path, const char *head, size_t len) {
    if (len >= 4 && (memcmp(head, "$FL2", 4) == 0 || memcmp(head, "$FL3", 4) == 0)) return DK_STATFILE_SPSS;
    if (len >= 11 && memcmp(head, "<stata_dta>", 11) == 0) return DK_STATFILE_STATA;
    /* 104 to 115: the number of the format, then the byte order */
    bool old = len >= 2 && head[0] >= 104 && head[0] <= 115 && (head[1] == 1 || head[1] == 2);
    return old && dk_path_ends(path, ".dta") ? DK_STATFILE_STATA : DK_STATFILE_NONE;
}

/* Metadata ----------------------------------------------------------------------------------------------------------------- */

static const char *keep(statfile *s, const char *text) {
    const char *copy = dk_arena_strdup(&s->arena, text, strlen(text));
    if (copy == NULL && s->status == DK_OK) s->status = dk_fail_memory(s->err);
    return copy;
}

static int answer(const statfile *s) {
    return s->status == DK_OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static time_unit time_of(const char *format) {
    if (format == NULL) return NO_TIME;
    if (begins(format, "%td") || begins(format, "%d")) return STATA_DAYS;
    if (begins(format, "%tc") || begins(format, "%tC")) return STATA_MS;
    if (begins(format, "DATETIME") || begins(format, "YMDHMS")) return SPSS_DATETIME;
    static const char *const dates[] = {"DATE", "ADATE", "EDATE", "SDATE", "JDATE"};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        if (begins(format, dates[i])) return SPSS_DATE;
    return NO_TIME;
}

static int on_variable(int index, readstat_variable_t *v, const char *set, void *context) {
    (void)index;
    statfile *s = context;
    if (!dk_grow(&s->variables, &s->variables_cap, s->nvariables + 1)) {
        s->status = dk_fail_memory(s->err);
        return READSTAT_HANDLER_ABORT;
    }
    variable *to = &s->variables[s->nvariables++];
    *to = (variable){.name = keep(s, readstat_variable_get_name(v))};
    to->set = set != NULL && *set != '\0' ? keep(s, set) : NULL;
    if (readstat_variable_get_type_class(v) == READSTAT_TYPE_CLASS_NUMERIC) to->time = time_of(readstat_variable_get_format(v));
    return answer(s);
}

static void put_float(dk_buf *out, float value) {
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    dk_buf_puts(out, text);
}

static void put_time(dk_buf *out, time_unit unit, double value) {
    bool days = unit == STATA_DAYS;
    double seconds = days ? 0 : floor(unit == STATA_MS ? value / 1000 : value), day = days ? floor(value) : floor(seconds / 86400);
    int64_t origin = unit == SPSS_DATE || unit == SPSS_DATETIME ? DK_DAYS_SPSS : DK_DAYS_STATA;
    bool known = fabs(day) < 1e7 && dk_put_date(out, (int64_t)day + origin, (int64_t)(seconds - day * 86400),
                                                unit == SPSS_DATETIME || unit == STATA_MS);
    if (!known) dk_buf_put_double(out, value);
}

/* A value as a cell; nothing for a missing one. */
static void put_value(dk_buf *out, readstat_value_t value, time_unit unit) {
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        const char *text = readstat_string_value(value);
        if (text != NULL) dk_buf_puts(out, text);
        return;
    }
    double number = readstat_double_value(value);
    if (isnan(number)) return;
    if (unit != NO_TIME) put_time(out, unit, number);
    else if (readstat_value_type(value) == READSTAT_TYPE_FLOAT) put_float(out, readstat_float_value(value));
    else dk_buf_put_double(out, number);
}

static int on_label(const char *set, readstat_value_t value, const char *text, void *context) {
    statfile *s = context;
    if (!dk_grow(&s->labels, &s->labels_cap, s->nlabels + 1)) {
        s->status = dk_fail_memory(s->err);
        return READSTAT_HANDLER_ABORT;
    }
    dk_buf_clear(&s->cell);
    put_value(&s->cell, value, NO_TIME);
    label *to = &s->labels[s->nlabels++];
    *to = (label){keep(s, set), keep(s, dk_buf_cstr(&s->cell)), keep(s, text)};
    return answer(s);
}

/* Values ------------------------------------------------------------------------------------------------------------------- */

static void note_value(statfile *s, variable *v) {
    if (v->set == NULL || v->many || s->cell.len == 0) return;
    const char *text = dk_buf_cstr(&s->cell);
    for (int i = 0; i < v->nseen; i++)
        if (strcmp(v->seen[i], text) == 0) return;
    v->many = v->nseen == DISTINCT;
    if (!v->many) v->seen[v->nseen++] = keep(s, text);
}

static int on_value(int row, readstat_variable_t *from, readstat_value_t value, void *context) {
    (void)row;
    statfile *s = context;
    size_t at = (size_t)readstat_variable_get_index(from);
    if (at >= s->nvariables) return READSTAT_HANDLER_ABORT;
    variable *v = &s->variables[at];
    dk_buf_clear(&s->cell);
    if (!readstat_value_is_missing(value, from)) put_value(&s->cell, value, v->time);
    note_value(s, v);
    dk_row_put(&s->row, s->cell.ptr, s->cell.len);
    if (s->cell.failed) s->row.failed = true;
    if (at + 1 < s->nvariables) return answer(s);
    if (s->status == DK_OK) s->status = dk_spool_add(s->spool, &s->row, s->err);
    dk_buf_clear(&s->row);
    s->rows++;
    return answer(s);
}

static void on_error(const char *message, void *context) {
    statfile *s = context;
    snprintf(s->said, sizeof s->said, "%s", message);
}

/* Labels ------------------------------------------------------------------------------------------------------------------- */

static const char *label_of(const statfile *s, const variable *v, const char *value) {
    for (size_t i = 0; i < s->nlabels; i++)
        if (strcmp(s->labels[i].set, v->set) == 0 && strcmp(s->labels[i].value, value) == 0) return s->labels[i].text;
    return NULL;
}

static void decide_labels(statfile *s) {
    for (size_t i = 0; i < s->nvariables; i++) {
        variable *v = &s->variables[i];
        if (v->set == NULL) continue;
        bool all = !v->many && v->nseen > 0, some = false, numbered = true;
        for (int k = 0; k < v->nseen; k++) {
            const char *text = label_of(s, v, v->seen[k]);
            some = some || text != NULL;
            all = all && text != NULL;
            numbered = numbered && text != NULL && begins(text, v->seen[k]);
        }
        v->use = all && !numbered ? LABELS_FIRST : some ? LABELS_BESIDE : NO_LABELS;
    }
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    statfile *s = state;
    dk_buf_clear(&s->row);
    dk_status status = s->coded.next(s->coded.state, &s->row, done, err);
    if (status != DK_OK || *done) return status;
    const char *p = s->row.ptr;
    for (size_t i = 0; i < s->nvariables; i++) {
        const variable *v = &s->variables[i];
        uint32_t len;
        memcpy(&len, p, sizeof len);
        p += sizeof len;
        if (v->use == NO_LABELS) {
            dk_row_put(row, p, len);
        } else {
            dk_buf_clear(&s->cell);
            dk_buf_put(&s->cell, p, len);
            const char *text = len > 0 ? label_of(s, v, dk_buf_cstr(&s->cell)) : NULL;
            if (text == NULL) text = "";
            if (v->use == LABELS_FIRST) dk_row_put(row, text, strlen(text));
            dk_row_put(row, p, len);
            if (v->use == LABELS_BESIDE) dk_row_put(row, text, strlen(text));
        }
        p += len;
    }
    if (s->cell.failed) row->failed = true;
    return DK_OK;
}

static dk_status rewind_rows(void *state, dk_error *err) {
    statfile *s = state;
    return s->coded.rewind(s->coded.state, err);
}

static void progress(const void *state, int64_t *taken, int64_t *total) {
    const statfile *s = state;
    s->coded.progress(s->coded.state, taken, total);
}

static void free_state(void *state) {
    statfile *s = state;
    if (s->coded.state != NULL) s->coded.free(s->coded.state);
    dk_spool_free(s->spool);
    free(s->variables);
    free(s->labels);
    dk_buf_dispose(&s->row);
    dk_buf_dispose(&s->cell);
    dk_arena_dispose(&s->arena);
    free(s);
}

/* Opening ------------------------------------------------------------------------------------------------------------------ */

static dk_status read_file(statfile *s, const char *path, dk_statfile kind, dk_error *err) {
    dk_status status = dk_spool_new(&s->spool, err);
    readstat_parser_t *parser = status == DK_OK ? readstat_parser_init() : NULL;
    if (status != DK_OK) return status;
    if (parser == NULL) return dk_fail_memory(err);
    s->err = err;
    readstat_set_variable_handler(parser, on_variable);
    readstat_set_value_label_handler(parser, on_label);
    readstat_set_value_handler(parser, on_value);
    readstat_set_error_handler(parser, on_error);
    readstat_error_t code = kind == DK_STATFILE_SPSS ? readstat_parse_sav(parser, path, s) : readstat_parse_dta(parser, path, s);
    readstat_parser_free(parser);
    if (s->status != DK_OK) return s->status;
    if (code == READSTAT_ERROR_MALLOC) return dk_fail_memory(err);
    if (code != READSTAT_OK)
        return dk_fail_at(err, code == READSTAT_ERROR_OPEN ? DK_EIO : DK_EDATA, path, 0, 0,
                          "cannot read this %s file: %s%s%s", kind == DK_STATFILE_SPSS ? "SPSS" : "Stata", readstat_error_message(code),
                          s->said[0] != '\0' ? "; " : "", s->said);
    if (s->nvariables == 0) return dk_fail_at(err, DK_EDATA, path, 0, 0, "the file has no variables");
    status = dk_spool_source(s->spool, "", &s->coded, err);
    s->spool = NULL;
    return status;
}

static bool put_names(statfile *s, dk_str *names, size_t *count) {
    *count = 0;
    for (size_t i = 0; i < s->nvariables; i++) {
        const variable *v = &s->variables[i];
        names[(*count)++] = dk_str_from(v->name);
        if (v->use == NO_LABELS) continue;
        dk_buf_clear(&s->cell);
        dk_buf_putf(&s->cell, "%s.%s", v->name, v->use == LABELS_FIRST ? "code" : "label");
        const char *second = keep(s, dk_buf_cstr(&s->cell));
        if (second == NULL) return false;
        names[(*count)++] = dk_str_from(second);
    }
    return true;
}

dk_status dk_statfile_open(dk_reader *r, const char *path, dk_statfile kind, dk_error *err) {
    statfile *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    dk_buf_init(&s->row);
    dk_buf_init(&s->cell);
    dk_status status = read_file(s, path, kind, err);
    dk_str *names = NULL;
    size_t count = 0;
    if (status == DK_OK) {
        decide_labels(s);
        names = calloc(2 * s->nvariables, sizeof *names);
        if (names == NULL || !put_names(s, names, &count)) status = dk_fail_memory(err);
    }
    if (status == DK_OK) {
        dk_row_source source = {kind == DK_STATFILE_SPSS ? "SPSS" : "Stata", s, next, rewind_rows, progress, free_state};
        status = dk_rows_open(r, &source, path, names, count, 0, err);
    } else {
        free_state(s);
    }
    free(names);
    return status;
}
