#include "io/postgres.h"

#include <stdio.h>
#include <stdlib.h>

bool dk_postgres_recognise(const char *source) {
    return strncmp(source, "postgresql:", 11) == 0 || strncmp(source, "postgres:", 9) == 0;
}

dk_status dk_postgres_fail(const dk_postgres *p, dk_status status, dk_error *err, const char *doing) {
    char text[320];
    snprintf(text, sizeof text, "%s",
             p->connection != NULL ? PQerrorMessage(p->connection) : "out of memory");
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\n') *c = ' ';
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ') text[--len] = '\0';
    return dk_fail_at(err, status, p->name, 0, 0, "%s: %s", doing, text);
}

dk_status dk_postgres_kind(const dk_postgres *p, const PGresult *result) {
    static const char *const classes[] = {
        "08", "53", "57", "58"}; /* no connection, no resources, ended by the operator, system error */
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool gone = PQstatus(p->connection) != CONNECTION_OK;
    for (size_t i = 0; code != NULL && i < sizeof classes / sizeof *classes; i++)
        gone = gone || strncmp(code, classes[i], 2) == 0;
    return gone ? DK_EIO : DK_EDATA;
}

dk_status dk_postgres_run(const dk_postgres *p, const char *statement, dk_error *err, const char *doing) {
    PGresult *result = PQexec(p->connection, statement);
    ExecStatusType code = PQresultStatus(result);
    dk_status status = DK_OK;
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
        status = dk_postgres_fail(p, dk_postgres_kind(p, result), err, doing);
    PQclear(result);
    return status;
}

/* host/database: a connection string may hold a password. */
static char *plain_name(PGconn *c) {
    const char *host = PQhost(c), *base = PQdb(c);
    char text[256];
    snprintf(text, sizeof text, "postgresql://%s/%s", host != NULL ? host : "", base != NULL ? base : "");
    return strdup(text);
}

static const char *conninfo_of(const char *source) {
    const char *rest = strchr(source, ':') + 1;
    return strcmp(rest, "") == 0 || strcmp(rest, "//") == 0 ? "" : source;
}

dk_status dk_postgres_connect(dk_postgres *p, const char *source, dk_error *err) {
    const char *const keywords[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *const values[] = {conninfo_of(source), "UTF8", "drivkraft", NULL};
    p->connection = PQconnectdbParams(keywords, values, 1);
    if (p->connection == NULL) return dk_fail_memory(err);
    p->name = plain_name(p->connection);
    if (p->name == NULL) return dk_fail_memory(err);
    return PQstatus(p->connection) == CONNECTION_OK ? DK_OK
                                                    : dk_postgres_fail(p, DK_EIO, err, "cannot connect");
}

void dk_postgres_close(dk_postgres *p) {
    PQfinish(p->connection);
    free(p->name);
    *p = (dk_postgres){0};
}

static const char *value_of(const PQconninfoOption *options, const char *keyword) {
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0) return options->val;
    return NULL;
}

void dk_postgres_stamp(const char *source, dk_stamp *stamp) {
    static const char *const keywords[] = {"host", "hostaddr", "port", "dbname", "user"};
    PQconninfoOption *given = PQconninfoParse(conninfo_of(source), NULL), *usual = PQconndefaults();
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        const char *value = value_of(given, keywords[i]);
        if (value == NULL) value = value_of(usual, keywords[i]);
        if (value == NULL) value = "";
        dk_stamp_add(stamp, value, strlen(value) + 1);
    }
    PQconninfoFree(given);
    PQconninfoFree(usual);
}
