/* What a source is, as a hash: so that the run of the same command on the same input has the same id. */
#ifndef DK_IO_SOURCE_STAMP_H
#define DK_IO_SOURCE_STAMP_H

#include "base/hash.h"
#include "io/reader.h"

/* Adds a file's bytes; of a database, which is not read for this, where it is and the query. DK_EUSAGE for standard input and pipes, which
   cannot be read twice: the message asks for --run. options may be NULL. */
dk_status dk_stamp_source(dk_stamp *stamp, const char *source, const dk_reader_options *options, dk_error *err);

#endif
