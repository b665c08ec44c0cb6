/* An SQLite database in a file that is open already and may have no name: how a new one is made before it appears (io/output.h). */
#ifndef DK_IO_SQLITE_FILE_H
#define DK_IO_SQLITE_FILE_H

#include <sqlite3.h>

/* Opens the database in a descriptor open for reading and writing, which stays the caller's. Nobody else may use the file meanwhile, and
   there is no journal. A code of SQLite. */
int dk_sqlite_open_fd(int fd, sqlite3 **db);

#endif
