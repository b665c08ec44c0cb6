/* SQLite behind dk_reader; the only place of the library for reading. `sqlite:FILE?SELECT ...` names a query, and
 * `sqlite:FILE` or the file alone its only table or view. The database is opened read-only, and one transaction holds
 * for both passes, so that a writer in between cannot make them differ. Numbers are written as SQLite casts them to text,
 * NULL is an empty cell, and a BLOB is an error that names its column. */
#ifndef DK_IO_SQLITE_READ_H
#define DK_IO_SQLITE_READ_H

#include "io/reader_kind.h"

/* query NULL: the only table. */
dk_status dk_sqlite_open(dk_reader *r, const char *path, const char *query, dk_error *err);

#endif
