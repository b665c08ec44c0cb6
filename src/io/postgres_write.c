/* PostgreSQL as a target: everything in one transaction, rows by COPY.
 *
 * A connection copies into one table at a time, so rows are gathered for each table and go out in pieces of some megabytes. Runs of
 * the same id wait for each other under an advisory lock, and so do those that make tables. */
#include <stdio.h>
#include <stdlib.h>

#include "io/postgres.h"
#include "io/writer_kind.h"

static const size_t PIECE = (size_t)4 << 20; /* bytes of a COPY */

typedef struct database {
    dk_postgres server;
    dk_buf *pending; /* by table */
} database;

static const char *type_name(dk_out_kind kind) {
    static const char *const names[] = {[DK_OUT_TEXT] = "text",
                                        [DK_OUT_COUNT] = "bigint",
                                        [DK_OUT_NUMBER] = "double precision",
                                        [DK_OUT_FLAG] = "boolean"};
    return names[kind];
}

static dk_status open_database(dk_target *t, dk_error *err) {
    database *d = t->state = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    d->pending = calloc(t->ntables, sizeof *d->pending);
    if (d->pending == NULL) return dk_fail_memory(err);
    dk_status status = dk_postgres_connect(&d->server, t->where, err);
    if (status != DK_OK) return status;
    t->name = strdup(d->server.name);
    if (t->name == NULL) return dk_fail_memory(err);
    return dk_postgres_run(&d->server, "SET client_min_messages = warning", err, "cannot begin");
}

/* ---- Tables ---- */

static dk_status run(const dk_target *t, dk_buf *statement, const char *doing, dk_error *err) {
    const database *d = t->state;
    dk_status status = dk_buf_status(statement, err);
    if (status == DK_OK) status = dk_postgres_run(&d->server, dk_buf_cstr(statement), err, doing);
    dk_buf_clear(statement);
    return status;
}

/* Asks with one parameter; the rows are the caller's to clear. */
static dk_status ask(const dk_target *t, const char *statement, const char *parameter, PGresult **rows,
                     dk_error *err) {
    const database *d = t->state;
    *rows = PQexecParams(d->server.connection, statement, 1, NULL, &parameter, NULL, NULL, 0);
    if (PQresultStatus(*rows) == PGRES_TUPLES_OK) return DK_OK;
    dk_status status =
        dk_postgres_fail(&d->server, dk_postgres_kind(&d->server, *rows), err, "cannot look at the tables");
    PQclear(*rows);
    *rows = NULL;
    return status;
}

/* Waits until no other transaction holds the lock of this name; it ends with ours. */
static dk_status lock(const dk_target *t, const char *name, dk_error *err) {
    PGresult *rows;
    dk_status status =
        ask(t, "SELECT pg_advisory_xact_lock(hashtextextended('drivkraft ' || $1, 0))", name, &rows, err);
    PQclear(rows);
    return status;
}

/* Whether each column of ours is in the table that is there; *present: whether there is one. */
static dk_status check_table(const dk_target *t, size_t table, bool *present, dk_error *err) {
    const dk_out_table *wanted = t->tables[table];
    PGresult *rows;
    dk_buf name;
    dk_buf_init(&name);
    dk_target_table(&name, t, table);
    dk_status status = dk_buf_status(&name, err);
    if (status == DK_OK)
        status = ask(t,
                     "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
                     "to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                     dk_buf_cstr(&name), &rows, err);
    dk_buf_dispose(&name);
    if (status != DK_OK) return status;
    int count = PQntuples(rows);
    *present = count > 0;
    for (size_t i = 0; *present && status == DK_OK && i < dk_target_columns(wanted); i++) {
        dk_out_column c = dk_target_column(wanted, i);
        int at = 0;
        while (at < count && strcmp(PQgetvalue(rows, at, 0), c.name) != 0) at++;
        const char *type = at < count ? PQgetvalue(rows, at, 1) : NULL;
        char shown[200];
        snprintf(shown, sizeof shown, "%s%s", t->prefix, wanted->name);
        if (type == NULL || strcmp(type, type_name(c.kind)) != 0)
            status = dk_target_misfit(t, shown, c.name, type, type_name(c.kind), err);
    }
    PQclear(rows);
    return status;
}

static dk_status make_schema(const dk_target *t, dk_error *err) {
    PGresult *rows;
    dk_buf sql;
    if (t->schema == NULL) return DK_OK;
    dk_status status = ask(t, "SELECT 1 FROM pg_namespace WHERE nspname = $1", t->schema, &rows, err);
    if (status != DK_OK) return status;
    bool present = PQntuples(rows) > 0;
    PQclear(rows);
    if (present) return DK_OK;
    dk_buf_init(&sql);
    dk_buf_puts(&sql, "CREATE SCHEMA ");
    dk_target_quote(&sql, t->schema);
    status = run(t, &sql, "cannot make the schema", err);
    dk_buf_dispose(&sql);
    return status;
}

static dk_status make_table(const dk_target *t, size_t table, dk_error *err) {
    dk_buf sql;
    dk_buf_init(&sql);
    dk_buf_puts(&sql, "CREATE TABLE ");
    dk_target_table(&sql, t, table);
    dk_buf_putc(&sql, ' ');
    dk_target_list(&sql, t->tables[table], type_name);
    dk_status status = run(t, &sql, "cannot make a table", err);
    if (status == DK_OK && table + 1 < t->ntables) { /* runs has a key */
        dk_buf_puts(&sql, "CREATE INDEX ON ");
        dk_target_table(&sql, t, table);
        dk_buf_puts(&sql, " (\"run\")");
        status = run(t, &sql, "cannot make an index", err);
    }
    dk_buf_dispose(&sql);
    return status;
}

static dk_status make_tables(dk_target *t, dk_error *err) {
    bool locked = false;
    dk_status status = make_schema(t, err);
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        bool present;
        status = check_table(t, k, &present, err);
        if (status == DK_OK && !present &&
            !locked) { /* another run may be making it just now: look again when that has ended */
            status = lock(t, "tables", err);
            locked = true;
            if (status == DK_OK) status = check_table(t, k, &present, err);
        }
        if (status == DK_OK && !present) status = make_table(t, k, err);
    }
    return status;
}

/* Rows of this run that are there already give way to the new ones. */
static dk_status remove_run(dk_target *t, dk_error *err) {
    dk_status status = DK_OK;
    dk_buf sql;
    dk_buf_init(&sql);
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        PGresult *rows;
        dk_buf_puts(&sql, "WITH gone AS (DELETE FROM ");
        dk_target_table(&sql, t, k);
        dk_buf_puts(&sql, " WHERE \"run\" = $1 RETURNING 1) SELECT count(*) FROM gone");
        status = dk_buf_status(&sql, err);
        if (status == DK_OK) status = ask(t, dk_buf_cstr(&sql), t->run, &rows, err);
        if (status != DK_OK) break;
        t->replaced = t->replaced || strcmp(PQgetvalue(rows, 0, 0), "0") != 0;
        PQclear(rows);
        dk_buf_clear(&sql);
    }
    dk_buf_dispose(&sql);
    return status;
}

static dk_status begin_run(dk_target *t, dk_error *err) {
    const database *d = t->state;
    dk_status status = dk_postgres_run(&d->server, "BEGIN", err, "cannot begin");
    if (status == DK_OK) status = make_tables(t, err);
    if (status == DK_OK) status = lock(t, t->run, err);
    return status == DK_OK ? remove_run(t, err) : status;
}

/* ---- Rows ---- */

/* Text as COPY has it: tab, line ends and backslash escaped. */
static void put_text(dk_buf *out, dk_str text) {
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && text.ptr[i] != '\\' && text.ptr[i] != '\t' && text.ptr[i] != '\n' &&
               text.ptr[i] != '\r')
            i++;
        dk_buf_put(out, text.ptr + start, i - start);
        if (i == text.len) break;
        char c = text.ptr[i++];
        dk_buf_putc(out, '\\');
        dk_buf_putc(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
    }
}

static void shape_rows(const dk_target *t, size_t table, const dk_out_rows *rows, dk_buf *out) {
    const char *at = rows->bytes.ptr;
    for (int64_t r = 0; r < rows->rows; r++) {
        put_text(out, dk_str_from(t->run));
        for (size_t i = 0; i < t->tables[table]->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            dk_buf_putc(out, '\t');
            if (cell.form == DK_FORM_TEXT)
                put_text(out, cell.text);
            else if (cell.form == DK_FORM_FLAG)
                dk_buf_putc(out, cell.count ? 't' : 'f');
            else if (cell.form == DK_FORM_NULL)
                dk_buf_puts(out, "\\N");
            else
                dk_out_put_number(out, &cell);
        }
        dk_buf_putc(out, '\n');
    }
}

/* Ends a COPY and takes the server's answer to it; what it says first counts. */
static dk_status end_copy(const dk_target *t, dk_error *err) {
    const database *d = t->state;
    PGconn *c = d->server.connection;
    dk_status status = DK_OK;
    if (PQputCopyEnd(c, NULL) != 1) return dk_postgres_fail(&d->server, DK_EIO, err, "cannot write");
    for (PGresult *result; (result = PQgetResult(c)) != NULL; PQclear(result))
        if (PQresultStatus(result) != PGRES_COMMAND_OK && status == DK_OK)
            status = dk_postgres_fail(&d->server, dk_postgres_kind(&d->server, result), err, "cannot write");
    return status;
}

static dk_status send_pending(dk_target *t, size_t table, dk_error *err) {
    const database *d = t->state;
    dk_buf *rows = &d->pending[table], sql;
    if (rows->len == 0) return DK_OK;
    dk_buf_init(&sql);
    dk_buf_puts(&sql, "COPY ");
    dk_target_table(&sql, t, table);
    dk_buf_putc(&sql, ' ');
    dk_target_list(&sql, t->tables[table], NULL);
    dk_buf_puts(&sql, " FROM STDIN");
    dk_status status = dk_buf_status(&sql, err);
    PGresult *begun = status == DK_OK ? PQexec(d->server.connection, dk_buf_cstr(&sql)) : NULL;
    if (status == DK_OK && PQresultStatus(begun) != PGRES_COPY_IN)
        status = dk_postgres_fail(&d->server, dk_postgres_kind(&d->server, begun), err, "cannot write");
    PQclear(begun);
    dk_buf_dispose(&sql);
    enum { SENT = 1 << 20 }; /* libpq takes an int, and keeps what the socket does not take */
    for (size_t at = 0; at < rows->len && status == DK_OK; at += SENT)
        if (PQputCopyData(d->server.connection, rows->ptr + at,
                          (int)(rows->len - at < SENT ? rows->len - at : SENT)) != 1)
            status = dk_postgres_fail(&d->server, DK_EIO, err, "cannot write");
    if (status == DK_OK) status = end_copy(t, err);
    dk_buf_clear(rows);
    return status;
}

static dk_status put_rows(dk_target *t, size_t table, const char *bytes, size_t len, dk_error *err) {
    const database *d = t->state;
    dk_buf_put(&d->pending[table], bytes, len);
    dk_status status = dk_buf_status(&d->pending[table], err);
    return status == DK_OK && d->pending[table].len >= PIECE ? send_pending(t, table, err) : status;
}

/* ---- The end ---- */

static dk_status prepare_end(dk_target *t, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) status = send_pending(t, k, err);
    return status;
}

static dk_status commit(dk_target *t, dk_error *err) {
    const database *d = t->state;
    return dk_postgres_run(&d->server, "COMMIT", err, "cannot write");
}

/* Closing the connection rolls back what is not committed. */
static void free_database(dk_target *t) {
    database *d = t->state;
    for (size_t k = 0; d->pending != NULL && k < t->ntables; k++) dk_buf_dispose(&d->pending[k]);
    free(d->pending);
    dk_postgres_close(&d->server);
    free(d);
}

const dk_target_kind dk_postgres_target = {open_database, begin_run, shape_rows,   put_rows,
                                           prepare_end,   commit,    free_database};
