/* SQLite databases as targets.
 *
 * A database that does not exist is made beside its place, without journal or locks, and appears when it is whole (io/output.h). One that
 * exists is changed in one transaction in the journal mode that it has: who reads it sees the old rows or the new ones, and what a
 * killed program leaves is rolled back by the next one that opens it. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "io/output.h"
#include "io/sqlite_file.h"
#include "io/writer_kind.h"

typedef struct database {
    sqlite3 *db;
    sqlite3_stmt **inserts; /* by table */
    dk_output *fresh;       /* the file of a new database, NULL when it was there */
} database;

static dk_status fail(const dk_target *t, dk_error *err, const char *doing) {
    const database *d = t->state;
    int code = sqlite3_errcode(d->db) & 0xFF;
    if (code == SQLITE_NOMEM) return dk_fail_memory(err);
    dk_status status =
        code == SQLITE_ERROR || code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_CONSTRAINT
            ? DK_EDATA
            : DK_EIO;
    dk_fail_at(err, status, t->name, 0, 0, "%s: %s", doing, sqlite3_errmsg(d->db));
    if (code == SQLITE_BUSY)
        dk_error_remedy(err, "another program uses it: try again when that is done; if it is the input too, "
                             "say once: PRAGMA journal_mode = WAL");
    if (code == SQLITE_FULL) dk_error_remedy(err, "free some space; nothing was changed");
    if (code == SQLITE_NOTADB) dk_error_remedy(err, "give the target another name");
    return status;
}

/* ---- Opening ---- */

static int open_fresh(database *d) {
    static const char quick[] =
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE";
    int code = dk_sqlite_open_fd(dk_output_fd(d->fresh), &d->db);
    return code == SQLITE_OK ? sqlite3_exec(d->db, quick, NULL, NULL, NULL) : code;
}

static dk_status open_database(dk_target *t, dk_error *err) {
    database *d = t->state = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    t->name = strdup(t->where);
    d->inserts = calloc(t->ntables, sizeof *d->inserts);
    if (t->name == NULL || d->inserts == NULL) return dk_fail_memory(err);
    struct stat st;
    bool exists = stat(t->where, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
    dk_status status = exists ? DK_OK : dk_output_open(&d->fresh, t->where, err);
    if (status != DK_OK) return status;
    int code = exists ? sqlite3_open_v2(t->where, &d->db, SQLITE_OPEN_READWRITE, NULL) : open_fresh(d);
    if (code != SQLITE_OK) return fail(t, err, "cannot open the database");
    sqlite3_busy_timeout(d->db, t->patience);
    /* reads its head: whether it is a database at all, and one that may be written */
    if (sqlite3_exec(d->db, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK)
        return fail(t, err, "cannot open the database");
    if (sqlite3_db_readonly(d->db, "main") == 1)
        return dk_fail_at(err, DK_EIO, t->name, 0, 0, "the database may not be written");
    return DK_OK;
}

/* ---- Tables ---- */

static const char *type_name(dk_out_kind kind) {
    return kind == DK_OUT_TEXT ? "TEXT" : kind == DK_OUT_NUMBER ? "REAL" : "INTEGER";
}

/* Runs one statement; with run the id of the run is its parameter. */
static dk_status execute(dk_target *t, dk_buf *statement, bool run, const char *doing, dk_error *err) {
    const database *d = t->state;
    sqlite3_stmt *s = NULL;
    dk_status status = dk_buf_status(statement, err);
    if (status != DK_OK) return status;
    int code = sqlite3_prepare_v2(d->db, dk_buf_cstr(statement), -1, &s, NULL);
    if (code == SQLITE_OK && run) code = sqlite3_bind_text(s, 1, t->run, -1, SQLITE_STATIC);
    if (code == SQLITE_OK) code = sqlite3_step(s);
    if (code != SQLITE_DONE && code != SQLITE_ROW) status = fail(t, err, doing);
    sqlite3_finalize(s);
    dk_buf_clear(statement);
    return status;
}

/* Whether each column of ours is in the table that is there; *present: whether there is one. */
static dk_status check_table(dk_target *t, size_t table, bool *present, dk_error *err) {
    const database *d = t->state;
    const dk_out_table *wanted = t->tables[table];
    char name[200];
    sqlite3_stmt *s = NULL;
    snprintf(name, sizeof name, "%s%s", t->prefix, wanted->name);
    *present = false;
    dk_status status = DK_OK;
    if (sqlite3_prepare_v2(d->db, "SELECT type FROM pragma_table_info(?1) WHERE name = ?2 OR ?2 IS NULL", -1,
                           &s, NULL) != SQLITE_OK)
        return fail(t, err, "cannot look at the tables");
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    *present = sqlite3_step(s) == SQLITE_ROW;
    for (size_t i = 0; *present && status == DK_OK && i < dk_target_columns(wanted); i++) {
        dk_out_column c = dk_target_column(wanted, i);
        sqlite3_reset(s);
        sqlite3_bind_text(s, 2, c.name, -1, SQLITE_STATIC);
        const char *type = sqlite3_step(s) == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
        if (type == NULL || sqlite3_stricmp(type, type_name(c.kind)) != 0)
            status = dk_target_misfit(t, name, c.name, type, type_name(c.kind), err);
    }
    sqlite3_finalize(s);
    return status;
}

static dk_status make_table(dk_target *t, size_t table, dk_error *err) {
    dk_buf sql;
    dk_buf_init(&sql);
    dk_buf_puts(&sql, "CREATE TABLE ");
    dk_target_table(&sql, t, table);
    dk_buf_putc(&sql, ' ');
    dk_target_list(&sql, t->tables[table], type_name);
    dk_status status = execute(t, &sql, false, "cannot make a table", err);
    if (status == DK_OK && table + 1 < t->ntables) { /* runs has a key */
        dk_buf_putf(&sql, "CREATE INDEX \"%s%s_run\" ON ", t->prefix, t->tables[table]->name);
        dk_target_table(&sql, t, table);
        dk_buf_puts(&sql, " (\"run\")");
        status = execute(t, &sql, false, "cannot make an index", err);
    }
    dk_buf_dispose(&sql);
    return status;
}

static dk_status prepare_insert(dk_target *t, size_t table, dk_error *err) {
    database *d = t->state;
    dk_buf sql;
    dk_buf_init(&sql);
    dk_buf_puts(&sql, "INSERT INTO ");
    dk_target_table(&sql, t, table);
    dk_buf_putc(&sql, ' ');
    dk_target_list(&sql, t->tables[table], NULL);
    dk_buf_puts(&sql, " VALUES (?");
    for (size_t i = 1; i < dk_target_columns(t->tables[table]); i++) dk_buf_puts(&sql, ", ?");
    dk_buf_putc(&sql, ')');
    dk_status status = dk_buf_status(&sql, err);
    if (status == DK_OK && (sqlite3_prepare_v3(d->db, dk_buf_cstr(&sql), -1, SQLITE_PREPARE_PERSISTENT,
                                               &d->inserts[table], NULL) != SQLITE_OK ||
                            sqlite3_bind_text(d->inserts[table], 1, t->run, -1, SQLITE_STATIC) != SQLITE_OK))
        status = fail(t, err, "cannot write");
    dk_buf_dispose(&sql);
    return status;
}

/* Rows of this run that are there already give way to the new ones. */
static dk_status remove_run(dk_target *t, dk_error *err) {
    const database *d = t->state;
    dk_buf sql;
    dk_buf_init(&sql);
    dk_status status = DK_OK;
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        dk_buf_puts(&sql, "DELETE FROM ");
        dk_target_table(&sql, t, k);
        dk_buf_puts(&sql, " WHERE \"run\" = ?");
        status = execute(t, &sql, true, "cannot remove earlier rows", err);
        t->replaced = t->replaced || sqlite3_changes(d->db) > 0;
    }
    dk_buf_dispose(&sql);
    return status;
}

static dk_status begin_run(dk_target *t, dk_error *err) {
    const database *d = t->state;
    if (sqlite3_exec(d->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return fail(t, err, "cannot begin to write");
    dk_status status = DK_OK;
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        bool present;
        status = check_table(t, k, &present, err);
        if (status == DK_OK && !present) status = make_table(t, k, err);
    }
    if (status == DK_OK && d->fresh == NULL) status = remove_run(t, err);
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) status = prepare_insert(t, k, err);
    return status;
}

/* ---- Rows ---- */

static int bind_cell(sqlite3_stmt *s, int at, const dk_out_cell *cell) {
    switch (cell->form) {
    case DK_FORM_TEXT:
        return sqlite3_bind_text64(s, at, cell->text.ptr, cell->text.len, SQLITE_STATIC, SQLITE_UTF8);
    case DK_FORM_COUNT:
    case DK_FORM_FLAG: return sqlite3_bind_int64(s, at, cell->count);
    case DK_FORM_NUMBER:
    case DK_FORM_MILLI: return sqlite3_bind_double(s, at, cell->number);
    case DK_FORM_NULL: break;
    }
    return sqlite3_bind_null(s, at);
}

static dk_status put_rows(dk_target *t, size_t table, const char *bytes, size_t len, dk_error *err) {
    const database *d = t->state;
    sqlite3_stmt *s = d->inserts[table];
    for (const char *at = bytes, *end = bytes + len; at < end;) {
        int code = SQLITE_OK;
        for (size_t i = 0; i < t->tables[table]->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            if (code == SQLITE_OK) code = bind_cell(s, (int)i + 2, &cell);
        }
        if (code == SQLITE_OK && sqlite3_step(s) != SQLITE_DONE) code = SQLITE_ERROR;
        if (code != SQLITE_OK) return fail(t, err, "cannot write");
        sqlite3_reset(s);
    }
    return DK_OK;
}

/* ---- The end ---- */

static void close_database(database *d, size_t ntables) {
    for (size_t k = 0; d->inserts != NULL && k < ntables; k++) {
        sqlite3_finalize(d->inserts[k]);
        d->inserts[k] = NULL;
    }
    sqlite3_close(d->db); /* which rolls back what is open */
    d->db = NULL;
}

static dk_status commit_transaction(dk_target *t, dk_error *err) {
    const database *d = t->state;
    return sqlite3_exec(d->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ? DK_OK
                                                                        : fail(t, err, "cannot write");
}

/* A new file can be written to its end; it is not there until it is renamed. */
static dk_status prepare_end(dk_target *t, dk_error *err) {
    database *d = t->state;
    if (d->fresh == NULL) return DK_OK;
    dk_status status = commit_transaction(t, err);
    if (status == DK_OK) close_database(d, t->ntables);
    return status;
}

static dk_status commit(dk_target *t, dk_error *err) {
    database *d = t->state;
    if (d->fresh == NULL) return commit_transaction(t, err);
    dk_output *fresh = d->fresh;
    d->fresh = NULL;
    return dk_output_close(fresh, err);
}

static void free_database(dk_target *t) {
    database *d = t->state;
    close_database(d, t->ntables);
    dk_output_abort(d->fresh);
    free(d->inserts);
    free(d);
}

const dk_target_kind dk_sqlite_target = {open_database, begin_run, NULL,         put_rows,
                                         prepare_end,   commit,    free_database};
