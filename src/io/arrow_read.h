/* Tables of Arrow as a source of rows; see arrow.h for the columns that can be read. */
#ifndef DK_IO_ARROW_READ_H
#define DK_IO_ARROW_READ_H

#include "io/arrow.h"
#include "io/reader_kind.h"

/* A table in memory: batches of struct type ("+s") with the same schema, borrowed as long as a reader reads them. */
struct dk_arrow_table {
    const struct ArrowSchema *schema;
    const struct ArrowArray *const *batches;
    size_t nbatches;
};

/* Opens the table of r->options.arrow. name is for messages. DK_EDATA for a column that cannot be read: only when it is there. */
dk_status dk_arrow_open(dk_reader *r, const char *name, dk_error *err);

#endif
