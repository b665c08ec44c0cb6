/* Partial results of drivkraft drivers: rows gathered from a piece of the data, merged later to the bytes of one run.
 *
 * A file is "drivkraft partial 1\n", the length and hash of a head (the names, groups and options as NUL-ended text), the
 * head, and for each segment its name and rows (dk_rows_write, checksummed). It keeps whole rows in compact form, not
 * only their sums: robust errors need a second look, and rows without a customer must be told from copies elsewhere.
 */
#ifndef DK_CLI_DRIVERS_PARTIAL_H
#define DK_CLI_DRIVERS_PARTIAL_H

#include "cli/drivers_input.h"

dk_status dk_drivers_write_partial(dk_drivers_data *data, const dk_driver_options *options,
                                   const char *outcome, const char *path, dk_error *err);

/* Reads the partial files into one data set. DK_EDATA names a file that is damaged or comes from another question. outcome
   is in data's arena. */
dk_status dk_drivers_merge(const char *const *paths, size_t n, dk_drivers_data *data,
                           dk_driver_options *options, const char **outcome, dk_error *err);

/* Fits the whole and each segment and writes the answer to the output of cli. */
dk_status dk_drivers_answer_all(const dk_drivers_data *data, const dk_driver_options *options,
                                const dk_cli *cli, const char *format, const char *outcome, dk_error *err);

#endif
