/* Partial results of drivkraft drivers: rows gathered from a piece of the data, merged later to the bytes of one run.
 *
 * A file is "drivkraft partial 4\n", the length and hash of a head (the names, groups and options as NUL-ended text), the
 * head, how many rows were lost to each column and the hash of that, and for each segment its name and rows (dk_rows_write, checksummed). It keeps each different row once
 * with its count, not only sums: robust errors need a second look, rows of a customer must meet, and rows without one must be told from
 * copies elsewhere; docs/scale.md has the arithmetic.
 */
#ifndef DK_STUDY_DRIVERS_PARTIAL_H
#define DK_STUDY_DRIVERS_PARTIAL_H

#include "base/buffer.h"
#include "study/drivers_input.h"

dk_status dk_drivers_write_partial(dk_drivers_data *data, const dk_driver_options *options,
                                   const char *outcome, const char *path, dk_error *err);

/* Reads the partial files into one data set. DK_EDATA names a file that is damaged or comes from another question. outcome
   is in data's arena. */
dk_status dk_drivers_merge(const char *const *paths, size_t n, dk_drivers_data *data,
                           dk_driver_options *options, const char **outcome, dk_error *err);

/* The same in memory: appends the bytes of such a file to out. */
dk_status dk_drivers_put_partial(dk_drivers_data *data, const dk_driver_options *options, const char *outcome,
                                 dk_buf *out, dk_error *err);

/* Adds the rows of a partial result in memory to merged, which begins as zeros; name is for messages. The first decides what the others must agree
   with. Once all are in, dk_drivers_sort its data, and dispose of it. */
typedef struct dk_drivers_merged {
    dk_drivers_data data;
    dk_driver_options options;
    const char *outcome; /* in the arena of data */
    void *first;         /* the head of the first part, in the arena too */
} dk_drivers_merged;

dk_status dk_drivers_merge_bytes(dk_drivers_merged *merged, const char *name, const char *bytes, size_t len, dk_error *err);

#endif
