/* Connections to PostgreSQL, for its reader and its writer; only src/io/postgres*.c include this. */
#ifndef DK_IO_POSTGRES_H
#define DK_IO_POSTGRES_H

#include <libpq-fe.h>

#include "io/postgres_read.h"

typedef struct dk_postgres {
    PGconn *connection;
    char *name; /* postgresql://host/database, for messages: without a password */
} dk_postgres;

/* Connects; "postgresql:" alone leaves everything to the environment. DK_EIO when it cannot. Close also after a failure. */
dk_status dk_postgres_connect(dk_postgres *p, const char *source, dk_error *err);
void dk_postgres_close(dk_postgres *p);

/* The message of the server or of libpq, without its line ends, behind "doing: ". */
dk_status dk_postgres_fail(const dk_postgres *p, dk_status status, dk_error *err, const char *doing);

/* DK_EIO when the server is gone or has run out of something, DK_EDATA when it refused what was asked. result may be NULL. */
dk_status dk_postgres_kind(const dk_postgres *p, const PGresult *result);

/* Runs a statement that gives no rows, or whose rows do not matter. */
dk_status dk_postgres_run(const dk_postgres *p, const char *statement, dk_error *err, const char *doing);

#endif
