#include "io/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "io/writer_kind.h"
#include "io/xlsx_write.h"

enum { PATIENCE = 10000, RUN_LENGTH = 120 };

static const dk_out_column run_columns[] = {{"command", DK_OUT_TEXT},
                                            {"source", DK_OUT_TEXT},
                                            {"version", DK_OUT_TEXT},
                                            {"stamp", DK_OUT_TEXT},
                                            {"rows", DK_OUT_COUNT}};
static const dk_out_table run_table = {"runs", run_columns, sizeof run_columns / sizeof *run_columns};

struct dk_writer {
    dk_target *targets;
    size_t ntargets, opened;
    const dk_out_table **tables; /* the caller's, then runs */
    size_t ntables;
    int64_t *rows; /* by table */
    int64_t mended;
    char *run, *command, *stamp, *source, *schema, *prefix;
    dk_stamp inputs;
};

struct dk_parcel {
    dk_out_rows *rows; /* by table */
    dk_buf *shaped;    /* by target and table */
    size_t ntables, ntargets;
};

/* ---- Which target ---- */

static const struct {
    const char *scheme, *ending;
    const dk_target_kind *kind;
    bool whole; /* the scheme is part of where */
} forms[] = {
    {"postgresql:", NULL, &dk_postgres_target, true}, {"postgres:", NULL, &dk_postgres_target, true},
    {"sqlite:", ".db", &dk_sqlite_target, false},     {NULL, ".sqlite", &dk_sqlite_target, false},
    {NULL, ".sqlite3", &dk_sqlite_target, false},     {"xlsx:", ".xlsx", &dk_xlsx_target, false},
    {"csv:", ".csv", &dk_csv_target, false},          {"jsonl:", ".jsonl", &dk_jsonl_target, false},
    {NULL, ".ndjson", &dk_jsonl_target, false},
};

static dk_status find_kind(dk_target *t, const char *target, dk_error *err) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t len = forms[i].scheme != NULL ? strlen(forms[i].scheme) : 0;
        bool named = len > 0 && strncmp(target, forms[i].scheme, len) == 0;
        size_t all = strlen(target), end = forms[i].ending != NULL ? strlen(forms[i].ending) : all + 1;
        if (!named && (all <= end || strcasecmp(target + all - end, forms[i].ending) != 0)) continue;
        t->kind = forms[i].kind;
        t->where = named && !forms[i].whole ? target + len : target;
        bool query =
            t->kind == &dk_sqlite_target && strchr(t->where, '?') != NULL; /* that is how a source is named */
        if (*t->where == '\0' || strcmp(t->where, "-") == 0 || query) break;
        return DK_OK;
    }
    if (strcmp(target, "-") == 0 || (t->kind != NULL && strcmp(t->where, "-") == 0)) {
        dk_fail(err, DK_EUSAGE, "--to %s: tables cannot go to standard output", target);
        dk_error_remedy(err, "-o - writes one table there");
    } else {
        dk_fail(err, DK_EUSAGE, "--to %s: no kind of target", target);
        dk_error_remedy(err, "sqlite:FILE, postgresql://HOST/DATABASE, FILE.xlsx, FILE.csv, FILE.jsonl, "
                             "csv:FOLDER or jsonl:FOLDER");
    }
    return DK_EUSAGE;
}

/* ---- Helpers of the kinds ---- */

dk_status dk_target_misfit(const dk_target *t, const char *table, const char *column, const char *found,
                           const char *wanted, dk_error *err) {
    if (found == NULL)
        dk_fail_at(err, DK_EDATA, t->name, 0, 0, "the table %s is there and has no column %s (%s)", table,
                   column, wanted);
    else
        dk_fail_at(err, DK_EDATA, t->name, 0, 0,
                   "the table %s is there and its column %s is %s where %s is needed", table, column, found,
                   wanted);
    dk_error_remedy(err, "rename or drop %s, or choose other tables: --prefix dk_%s", table,
                    t->kind == &dk_postgres_target ? ", or --schema drivkraft" : "");
    return DK_EDATA;
}

void dk_target_quote(dk_buf *buf, const char *name) {
    dk_buf_putc(buf, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"') dk_buf_putc(buf, '"');
        dk_buf_putc(buf, *name);
    }
    dk_buf_putc(buf, '"');
}

void dk_target_table(dk_buf *buf, const dk_target *t, size_t table) {
    char name[200];
    if (t->schema != NULL) {
        dk_target_quote(buf, t->schema);
        dk_buf_putc(buf, '.');
    }
    snprintf(name, sizeof name, "%s%s", t->prefix, t->tables[table]->name);
    dk_target_quote(buf, name);
}

void dk_target_list(dk_buf *buf, const dk_out_table *table, const char *(*type)(dk_out_kind kind)) {
    for (size_t i = 0; i < dk_target_columns(table); i++) {
        dk_out_column c = dk_target_column(table, i);
        dk_buf_puts(buf, i == 0 ? "(" : ", ");
        dk_target_quote(buf, c.name);
        if (type != NULL) dk_buf_putf(buf, " %s", type(c.kind));
    }
    if (type != NULL && table == &run_table) dk_buf_puts(buf, ", PRIMARY KEY (\"run\")");
    dk_buf_putc(buf, ')');
}

/* ---- Parcels ---- */

dk_parcel *dk_parcel_new(const dk_writer *w) {
    dk_parcel *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    p->ntables = w->ntables;
    p->ntargets = w->ntargets;
    p->rows = calloc(p->ntables, sizeof *p->rows);
    p->shaped = calloc(p->ntables * p->ntargets, sizeof *p->shaped);
    if (p->rows != NULL && p->shaped != NULL) return p;
    dk_parcel_free(p);
    return NULL;
}

void dk_parcel_free(dk_parcel *p) {
    if (p == NULL) return;
    for (size_t i = 0; p->rows != NULL && i < p->ntables; i++) dk_buf_dispose(&p->rows[i].bytes);
    for (size_t i = 0; p->shaped != NULL && i < p->ntables * p->ntargets; i++) dk_buf_dispose(&p->shaped[i]);
    free(p->rows);
    free(p->shaped);
    free(p);
}

dk_out_rows *dk_parcel_rows(dk_parcel *p, size_t table) {
    return &p->rows[table];
}

dk_status dk_writer_shape(const dk_writer *w, dk_parcel *p, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t k = 0; k < p->ntables && status == DK_OK; k++) {
        status = dk_buf_status(&p->rows[k].bytes, err);
        for (size_t i = 0; i < p->ntargets && status == DK_OK; i++) {
            const dk_target *t = &w->targets[i];
            dk_buf *out = &p->shaped[i * p->ntables + k];
            if (t->kind->shape == NULL || p->rows[k].rows == 0) continue;
            t->kind->shape(t, k, &p->rows[k], out);
            status = dk_buf_status(out, err);
        }
    }
    return status;
}

dk_status dk_writer_put(dk_writer *w, dk_parcel *p, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t k = 0; k < p->ntables; k++) {
        dk_out_rows *rows = &p->rows[k];
        for (size_t i = 0; i < p->ntargets && rows->rows > 0; i++) {
            dk_target *t = &w->targets[i];
            dk_buf *bytes = t->kind->shape != NULL ? &p->shaped[i * p->ntables + k] : &rows->bytes;
            if (status == DK_OK) status = t->kind->put(t, k, bytes->ptr, bytes->len, err);
            dk_buf_clear(&p->shaped[i * p->ntables + k]);
        }
        w->rows[k] += rows->rows;
        w->mended += rows->mended;
        rows->rows = rows->mended = 0;
        dk_buf_clear(&rows->bytes);
    }
    return status;
}

/* ---- The writer ---- */

static bool copy_text(char **to, const char *from) {
    if (from == NULL) return true;
    *to = strdup(from);
    return *to != NULL;
}

/* Ids and prefixes end up in file names, messages and SQL. */
static dk_status check_word(const char *option, const char *text, bool strict, dk_error *err) {
    size_t len = text != NULL ? strlen(text) : 1;
    bool good = len > 0 && len <= RUN_LENGTH;
    for (size_t i = 0; text != NULL && i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        good = good && c >= 0x20 && c != 0x7F &&
               (!strict || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                (c >= 'A' && c <= 'Z'));
    }
    if (good) return DK_OK;
    return dk_fail(err, DK_EUSAGE,
                   strict ? "%s %s: up to %d letters, digits and underscores were expected"
                          : "%s %s: a text of up to %d characters was expected",
                   option, text, RUN_LENGTH);
}

static dk_status check_options(const dk_writer_options *o, dk_error *err) {
    dk_status status = check_word("--run", o->run, false, err);
    if (status == DK_OK) status = check_word("--prefix", o->prefix, true, err);
    if (status == DK_OK) status = check_word("--schema", o->schema, false, err);
    for (size_t i = 0; i < o->ntargets && status == DK_OK; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(o->targets[i], o->targets[k]) == 0)
                status = dk_fail(err, DK_EUSAGE, "--to %s is given twice", o->targets[i]);
    return status;
}

/* What only some targets know is refused where there is none of them. */
static dk_status check_use(const dk_writer *w, const dk_writer_options *o, dk_error *err) {
    bool postgres = false, database = false;
    for (size_t i = 0; i < w->ntargets; i++) {
        postgres = postgres || w->targets[i].kind == &dk_postgres_target;
        database = database || postgres || w->targets[i].kind == &dk_sqlite_target;
    }
    if (o->schema != NULL && !postgres)
        return dk_fail(err, DK_EUSAGE, "--schema is for PostgreSQL, and no --to is one");
    if (o->prefix != NULL && !database)
        return dk_fail(err, DK_EUSAGE, "--prefix is for databases, and no --to is one");
    return DK_OK;
}

static bool make_room(dk_writer *w, const dk_writer_options *o) {
    w->targets = calloc(o->ntargets, sizeof *w->targets);
    w->tables = calloc(o->ntables + 1, sizeof *w->tables);
    w->rows = calloc(o->ntables + 1, sizeof *w->rows);
    return w->targets != NULL && w->tables != NULL && w->rows != NULL && copy_text(&w->run, o->run) &&
           copy_text(&w->command, o->command) && copy_text(&w->schema, o->schema) &&
           copy_text(&w->prefix, o->prefix != NULL ? o->prefix : "");
}

dk_status dk_writer_open(dk_writer **out, const dk_writer_options *o, dk_error *err) {
    *out = NULL;
    dk_status status = check_options(o, err);
    dk_writer *w = status == DK_OK ? calloc(1, sizeof *w) : NULL;
    if (w == NULL) return status != DK_OK ? status : dk_fail_memory(err);
    w->inputs = o->inputs;
    if (!make_room(w, o)) status = dk_fail_memory(err);
    for (size_t k = 0; k < o->ntables && status == DK_OK; k++) w->tables[w->ntables++] = o->tables[k];
    if (status == DK_OK) w->tables[w->ntables++] = &run_table;
    for (size_t i = 0; i < o->ntargets && status == DK_OK; i++) {
        w->targets[i] = (dk_target){.tables = w->tables,
                                    .ntables = w->ntables,
                                    .prefix = w->prefix,
                                    .patience = o->patience > 0 ? o->patience : PATIENCE,
                                    .sheet_rows = o->sheet_rows > 0 ? o->sheet_rows : DK_XLSX_MOST_ROWS};
        status = find_kind(&w->targets[i], o->targets[i], err);
        if (w->targets[i].kind == &dk_postgres_target) w->targets[i].schema = w->schema;
        w->ntargets++;
    }
    if (status == DK_OK) status = check_use(w, o, err);
    for (; w->opened < w->ntargets && status == DK_OK; w->opened++)
        status = w->targets[w->opened].kind->open(&w->targets[w->opened], err);
    if (status == DK_OK)
        *out = w;
    else
        dk_writer_free(w);
    return status;
}

void dk_writer_add_input(dk_writer *w, const void *bytes, size_t len) {
    dk_stamp_add(&w->inputs, bytes, len);
}

dk_status dk_writer_begin(dk_writer *w, const char *stamp, const char *source, dk_error *err) {
    if (!copy_text(&w->stamp, stamp) || !copy_text(&w->source, source)) return dk_fail_memory(err);
    if (w->run == NULL) {
        char id[33];
        dk_stamp all = w->inputs;
        dk_stamp_add(&all, w->command, strlen(w->command) + 1);
        dk_stamp_add(&all, stamp, strlen(stamp) + 1);
        dk_stamp_text(&all, id);
        id[16] = '\0';
        if (!copy_text(&w->run, id)) return dk_fail_memory(err);
    }
    dk_status status = DK_OK;
    for (size_t i = 0; i < w->ntargets && status == DK_OK; i++) {
        w->targets[i].run = w->run;
        status = w->targets[i].kind->begin(&w->targets[i], err);
    }
    return status;
}

const char *dk_writer_run(const dk_writer *w) {
    return w->run;
}

/* The row of the table runs. */
static dk_status put_run(dk_writer *w, int64_t rows, dk_error *err) {
    dk_parcel *p = dk_parcel_new(w);
    if (p == NULL) return dk_fail_memory(err);
    dk_out_rows *row = dk_parcel_rows(p, w->ntables - 1);
    dk_out_words(row, w->command);
    dk_out_words(row, w->source);
    dk_out_words(row, dk_version());
    dk_out_words(row, w->stamp);
    dk_out_count(row, rows);
    dk_out_end(row);
    dk_status status = dk_writer_shape(w, p, err);
    if (status == DK_OK) status = dk_writer_put(w, p, err);
    dk_parcel_free(p);
    return status;
}

dk_status dk_writer_finish(dk_writer *w, int64_t rows, dk_error *err) {
    dk_status status = put_run(w, rows, err);
    for (size_t i = 0; i < w->ntargets && status == DK_OK; i++)
        status = w->targets[i].kind->prepare(&w->targets[i], err);
    for (size_t i = 0; i < w->ntargets && status == DK_OK; i++)
        status = w->targets[i].kind->commit(&w->targets[i], err);
    return status;
}

size_t dk_writer_targets(const dk_writer *w) {
    return w->ntargets;
}

void dk_writer_describe(const dk_writer *w, size_t target, dk_buf *out) {
    const dk_target *t = &w->targets[target];
    dk_buf_putf(out, "%s: run %s%s:", t->name, w->run, t->replaced ? " (its earlier rows are replaced)" : "");
    for (size_t k = 0; k + 1 < w->ntables; k++) {
        dk_buf_puts(out, k > 0 ? ", " : " ");
        dk_buf_put_grouped(out, w->rows[k]);
        dk_buf_putf(out, " %s", w->tables[k]->name);
    }
    dk_buf_put(out, t->remark.ptr, t->remark.len);
    if (w->mended > 0)
        dk_buf_putf(out, "; %lld texts were no UTF-8 or held NUL bytes, and are mended",
                    (long long)w->mended);
}

void dk_writer_free(dk_writer *w) {
    if (w == NULL) return;
    for (size_t i = 0; i < w->ntargets; i++) {
        if (w->targets[i].state != NULL) w->targets[i].kind->free(&w->targets[i]);
        free(w->targets[i].name);
        dk_buf_dispose(&w->targets[i].remark);
    }
    free(w->targets);
    free(w->tables);
    free(w->rows);
    free(w->run);
    free(w->command);
    free(w->stamp);
    free(w->source);
    free(w->schema);
    free(w->prefix);
    free(w);
}
