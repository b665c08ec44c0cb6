#include "io/postgres_read.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/rows.h"

enum { FETCH = 5000 }; /* rows from the cursor at a time */
#define FETCH_TEXT "5000"

typedef struct database {
    PGconn *connection;
    PGresult *batch;
    char *name; /* without password */
    int at, columns;
} database;

bool dk_postgres_recognise(const char *source) {
    return strncmp(source, "postgresql:", 11) == 0 || strncmp(source, "postgres:", 9) == 0;
}

/* The message of the server or of libpq, without its line ends. */
static dk_status fail(const database *d, dk_status status, dk_error *err, const char *doing) {
    char text[320];
    snprintf(text, sizeof text, "%s", d->connection != NULL ? PQerrorMessage(d->connection) : "out of memory");
    for (char *p = text; *p != '\0'; p++)
        if (*p == '\n') *p = ' ';
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ') text[--len] = '\0';
    return dk_fail_at(err, status, d->name, 0, 0, "%s: %s", doing, text);
}

/* DK_EDATA when the server refused what was asked, DK_EIO when it is gone. */
static dk_status run(database *d, const char *statement, dk_error *err, const char *doing) {
    PGresult *result = PQexec(d->connection, statement);
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK) return DK_OK;
    return fail(d, PQstatus(d->connection) == CONNECTION_OK ? DK_EDATA : DK_EIO, err, doing);
}

static dk_status fetch(database *d, dk_error *err) {
    PQclear(d->batch);
    d->at = 0;
    d->batch = PQexec(d->connection, "FETCH FORWARD " FETCH_TEXT " FROM drivkraft");
    if (PQresultStatus(d->batch) == PGRES_TUPLES_OK) return DK_OK;
    return fail(d, PQstatus(d->connection) == CONNECTION_OK ? DK_EDATA : DK_EIO, err, "cannot read on");
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
    dk_status status = run(d, "MOVE ABSOLUTE 0 FROM drivkraft", err, "cannot read again");
    return status == DK_OK ? fetch(d, err) : status;
}

static void free_state(void *state) {
    database *d = state;
    PQclear(d->batch);
    PQfinish(d->connection);
    free(d->name);
    free(d);
}

/* host/database, for messages: a connection string may hold a password. */
static char *plain_name(PGconn *c) {
    const char *host = PQhost(c), *base = PQdb(c);
    char text[256];
    snprintf(text, sizeof text, "postgresql://%s/%s", host != NULL ? host : "", base != NULL ? base : "");
    return strdup(text);
}

static dk_status open_cursor(database *d, const char *query, dk_error *err) {
    dk_status status = run(d, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err, "cannot begin");
    if (status != DK_OK) return status;
    dk_buf statement;
    dk_buf_init(&statement);
    dk_buf_puts(&statement, "DECLARE drivkraft SCROLL CURSOR FOR ");
    dk_buf_puts(&statement, query);
    status = dk_buf_status(&statement, err);
    if (status == DK_OK) status = run(d, dk_buf_cstr(&statement), err, "the query does not work");
    dk_buf_dispose(&statement);
    return status == DK_OK ? fetch(d, err) : status;
}

static dk_status connect_to(database *d, const char *source, const char *query, dk_error *err) {
    /* "postgresql:" alone leaves everything to the environment */
    const char *rest = strchr(source, ':') + 1;
    const char *info = strcmp(rest, "") == 0 || strcmp(rest, "//") == 0 ? "" : source;
    const char *const keywords[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *const values[] = {info, "UTF8", "drivkraft", NULL};
    d->connection = PQconnectdbParams(keywords, values, 1);
    if (d->connection == NULL) return dk_fail_memory(err);
    d->name = plain_name(d->connection);
    if (d->name == NULL) return dk_fail_memory(err);
    if (PQstatus(d->connection) != CONNECTION_OK) return fail(d, DK_EIO, err, "cannot connect");
    return open_cursor(d, query, err);
}

dk_status dk_postgres_open(dk_reader *r, const char *source, const char *query, dk_error *err) {
    if (query == NULL) {
        dk_fail(err, DK_EUSAGE, "a PostgreSQL source needs a query");
        dk_error_remedy(err, "add --query 'SELECT id, comment, score FROM responses ORDER BY id'");
        return DK_EUSAGE;
    }
    database *d = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    dk_status status = connect_to(d, source, query, err);
    d->columns = status == DK_OK ? PQnfields(d->batch) : 0;
    if (status == DK_OK && d->columns == 0) status = dk_fail_at(err, DK_EUSAGE, d->name, 0, 0, "the query gives no columns");
    dk_str *names = status == DK_OK ? calloc((size_t)d->columns, sizeof *names) : NULL;
    if (status == DK_OK && names == NULL) status = dk_fail_memory(err);
    if (status != DK_OK) {
        free_state(d);
        return status;
    }
    for (int c = 0; c < d->columns; c++) names[c] = dk_str_from(PQfname(d->batch, c));
    dk_row_source rows = {"PostgreSQL", d, next, rewind_query, NULL, free_state};
    status = dk_rows_open(r, &rows, d->name, names, (size_t)d->columns, 0, err);
    free(names);
    return status;
}
