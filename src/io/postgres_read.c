#include "io/postgres_read.h"

#include <stdlib.h>

#include "io/postgres.h"
#include "io/rows.h"

enum { FETCH = 5000 }; /* rows from the cursor at a time */
#define FETCH_TEXT "5000"

typedef struct database {
    dk_postgres server;
    PGresult *batch;
    int at, columns;
} database;

static dk_status fetch(database *d, dk_error *err) {
    PQclear(d->batch);
    d->at = 0;
    d->batch = PQexec(d->server.connection, "FETCH FORWARD " FETCH_TEXT " FROM drivkraft");
    if (PQresultStatus(d->batch) == PGRES_TUPLES_OK) return DK_OK;
    return dk_postgres_fail(&d->server, dk_postgres_kind(&d->server, d->batch), err, "cannot read on");
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    database *d = state;
    *done = false;
    if (d->at == PQntuples(d->batch)) {
        bool last = d->at < FETCH;
        dk_status status = last ? DK_OK : fetch(d, err);
        *done = last || PQntuples(d->batch) == 0;
        if (status != DK_OK || *done) return status;
    }
    for (int c = 0; c < d->columns; c++)
        dk_row_put(row, PQgetvalue(d->batch, d->at, c), (size_t)PQgetlength(d->batch, d->at, c));
    d->at++;
    return DK_OK;
}

static dk_status rewind_query(void *state, dk_error *err) {
    database *d = state;
    dk_status status = dk_postgres_run(&d->server, "MOVE ABSOLUTE 0 FROM drivkraft", err, "cannot read again");
    return status == DK_OK ? fetch(d, err) : status;
}

static void free_state(void *state) {
    database *d = state;
    PQclear(d->batch);
    dk_postgres_close(&d->server);
    free(d);
}

static dk_status open_cursor(database *d, const char *query, dk_error *err) {
    dk_status status = dk_postgres_run(&d->server, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err, "cannot begin");
    if (status != DK_OK) return status;
    dk_buf statement;
    dk_buf_init(&statement);
    dk_buf_puts(&statement, "DECLARE drivkraft SCROLL CURSOR FOR ");
    dk_buf_puts(&statement, query);
    status = dk_buf_status(&statement, err);
    if (status == DK_OK) status = dk_postgres_run(&d->server, dk_buf_cstr(&statement), err, "the query does not work");
    dk_buf_dispose(&statement);
    return status == DK_OK ? fetch(d, err) : status;
}

dk_status dk_postgres_open(dk_reader *r, const char *source, const char *query, dk_error *err) {
    if (query == NULL) {
        dk_fail(err, DK_EUSAGE, "a PostgreSQL source needs a query");
        dk_error_remedy(err, "add --query 'SELECT id, comment, score FROM responses ORDER BY id'");
        return DK_EUSAGE;
    }
    database *d = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    dk_status status = dk_postgres_connect(&d->server, source, err);
    if (status == DK_OK) status = open_cursor(d, query, err);
    d->columns = status == DK_OK ? PQnfields(d->batch) : 0;
    if (status == DK_OK && d->columns == 0) status = dk_fail_at(err, DK_EUSAGE, d->server.name, 0, 0, "the query gives no columns");
    dk_str *names = status == DK_OK ? calloc((size_t)d->columns, sizeof *names) : NULL;
    if (status == DK_OK && names == NULL) status = dk_fail_memory(err);
    if (status != DK_OK) {
        free_state(d);
        return status;
    }
    for (int c = 0; c < d->columns; c++) names[c] = dk_str_from(PQfname(d->batch, c));
    dk_row_source rows = {"PostgreSQL", d, next, rewind_query, NULL, free_state};
    status = dk_rows_open(r, &rows, d->server.name, names, (size_t)d->columns, 0, err);
    free(names);
    return status;
}
