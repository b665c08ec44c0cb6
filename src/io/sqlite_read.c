#include "io/sqlite_read.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "io/rows.h"

typedef struct database {
    sqlite3 *db;
    sqlite3_stmt *statement;
    char *path;
    int columns;
    int64_t row;
} database;

static dk_status fail(const database *d, dk_error *err, const char *doing) {
    int code = sqlite3_errcode(d->db);
    dk_status status = code == SQLITE_ERROR || code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? DK_EDATA : DK_EIO;
    if (code == SQLITE_NOMEM) return dk_fail_memory(err);
    return dk_fail_at(err, status, d->path, 0, 0, "%s: %s", doing, sqlite3_errmsg(d->db));
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    database *d = state;
    int code = sqlite3_step(d->statement);
    *done = code == SQLITE_DONE;
    if (*done) return DK_OK;
    if (code != SQLITE_ROW) return fail(d, err, "cannot read on");
    d->row++;
    for (int c = 0; c < d->columns; c++) {
        int type = sqlite3_column_type(d->statement, c);
        if (type == SQLITE_BLOB) {
            dk_fail_at(err, DK_EDATA, d->path, 0, 0, "row %lld: column %s holds binary data", (long long)d->row,
                       sqlite3_column_name(d->statement, c));
            dk_error_remedy(err, "leave it out of the query, or say CAST(%s AS TEXT)", sqlite3_column_name(d->statement, c));
            return DK_EDATA;
        }
        if (type == SQLITE_FLOAT) { /* the library prints 15 digits; a number shall read back as the same */
            dk_buf number;
            dk_buf_init(&number);
            dk_buf_put_double(&number, sqlite3_column_double(d->statement, c));
            dk_row_put(row, number.ptr, number.len);
            if (number.failed) row->failed = true;
            dk_buf_dispose(&number);
            continue;
        }
        const unsigned char *text = sqlite3_column_text(d->statement, c);
        if (text == NULL && type != SQLITE_NULL) return dk_fail_memory(err);
        dk_row_put(row, text != NULL ? (const char *)text : "", (size_t)sqlite3_column_bytes(d->statement, c));
    }
    return DK_OK;
}

static dk_status rewind_query(void *state, dk_error *err) {
    database *d = state;
    d->row = 0;
    return sqlite3_reset(d->statement) == SQLITE_OK ? DK_OK : fail(d, err, "cannot read again");
}

static void free_state(void *state) {
    database *d = state;
    sqlite3_finalize(d->statement);
    sqlite3_close(d->db);
    free(d->path);
    free(d);
}

/* The query for a file that is named without one. */
static dk_status only_table(database *d, dk_buf *query, dk_error *err) {
    static const char list[] = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                               "ESCAPE '\\' ORDER BY name";
    sqlite3_stmt *tables = NULL;
    dk_buf names;
    dk_buf_init(&names);
    dk_status status = DK_OK;
    int count = 0;
    if (sqlite3_prepare_v2(d->db, list, -1, &tables, NULL) != SQLITE_OK) status = fail(d, err, "cannot open the database");
    while (status == DK_OK && sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        if (name == NULL) continue;
        if (count++ == 0) {
            char *quoted = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
            if (quoted == NULL) status = dk_fail_memory(err);
            else dk_buf_puts(query, quoted);
            sqlite3_free(quoted);
        }
        if (count <= 12) dk_buf_putf(&names, "%s%s", count > 1 ? ", " : "", name);
    }
    if (status == DK_OK) status = dk_buf_status(query, err);
    if (status == DK_OK && count != 1) {
        status = dk_fail_at(err, count == 0 ? DK_EDATA : DK_EUSAGE, d->path, 0, 0,
                            count == 0 ? "the database has no table" : "the database has %d tables: %s", count, dk_buf_cstr(&names));
        if (count > 1) dk_error_remedy(err, "say which: 'sqlite:%s?SELECT ... FROM ...'", d->path);
    }
    sqlite3_finalize(tables);
    dk_buf_dispose(&names);
    return status;
}

static dk_status prepare(database *d, const char *query, dk_error *err) {
    const char *rest = NULL;
    if (sqlite3_prepare_v2(d->db, query, -1, &d->statement, &rest) != SQLITE_OK) {
        fail(d, err, "the query does not work");
        dk_error_excerpt(err, query, strlen(query));
        return err != NULL ? err->status : DK_EDATA;
    }
    while (rest != NULL && (*rest == ';' || *rest == ' ' || *rest == '\n' || *rest == '\t' || *rest == '\r')) rest++;
    if (d->statement == NULL || sqlite3_column_count(d->statement) == 0 || (rest != NULL && *rest != '\0') ||
        !sqlite3_stmt_readonly(d->statement))
        return dk_fail_at(err, DK_EUSAGE, d->path, 0, 0, "the query must be one SELECT");
    d->columns = sqlite3_column_count(d->statement);
    return DK_OK;
}

static dk_status open_database(database *d, const char *path, const char *query, dk_error *err) {
    enum { WAIT_MS = 10000 }; /* for a writer to finish */
    d->path = strdup(path);
    if (d->path == NULL) return dk_fail_memory(err);
    if (sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return dk_fail_at(err, DK_EIO, path, 0, 0, "cannot open the database: %s", d->db != NULL ? sqlite3_errmsg(d->db) : "out of memory");
    sqlite3_busy_timeout(d->db, WAIT_MS);
    if (sqlite3_exec(d->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) return fail(d, err, "cannot begin");
    dk_buf only;
    dk_buf_init(&only);
    dk_status status = query == NULL ? only_table(d, &only, err) : DK_OK;
    if (status == DK_OK) status = prepare(d, query != NULL ? query : dk_buf_cstr(&only), err);
    dk_buf_dispose(&only);
    return status;
}

dk_status dk_sqlite_open(dk_reader *r, const char *path, const char *query, dk_error *err) {
    database *d = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    dk_status status = open_database(d, path, query, err);
    dk_str *names = status == DK_OK ? calloc((size_t)d->columns, sizeof *names) : NULL;
    if (status == DK_OK && names == NULL) status = dk_fail_memory(err);
    for (int c = 0; status == DK_OK && c < d->columns; c++) {
        names[c] = dk_str_from(sqlite3_column_name(d->statement, c));
        if (names[c].ptr == NULL) status = dk_fail_memory(err);
    }
    if (status != DK_OK) {
        free(names);
        free_state(d);
        return status;
    }
    dk_row_source source = {"SQLite", d, next, rewind_query, NULL, free_state};
    status = dk_rows_open(r, &source, path, names, (size_t)d->columns, 0, err);
    free(names);
    return status;
}
