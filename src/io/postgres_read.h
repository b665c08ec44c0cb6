/* PostgreSQL behind dk_reader; src/io/postgres*.c are the only place of libpq.
 *
 * The source is a connection as libpq takes it, `postgresql://user@host/database?sslmode=require`, completed by the PG*
 * environment and the password file; the query comes beside it. Rows come through a cursor on the server, so that
 * memory does not grow with the result, within one read-only transaction that sees one state of the database for
 * both passes. */
#ifndef DK_IO_POSTGRES_READ_H
#define DK_IO_POSTGRES_READ_H

#include "base/hash.h"
#include "io/reader_kind.h"

/* Whether a source or a target names a PostgreSQL database. */
bool dk_postgres_recognise(const char *source);

/* Adds which database a source names, given or from the environment; no password. */
void dk_postgres_stamp(const char *source, dk_stamp *stamp);

dk_status dk_postgres_open(dk_reader *r, const char *source, const char *query, dk_error *err);

#endif
