/* Writing CSV (RFC 4180 with LF line ends): appenders to a dk_buf, quoting only where it must be.
 *
 *     dk_csv_puts(buf, "id"); dk_buf_putc(buf, ','); dk_csv_put(buf, text); dk_buf_putc(buf, '\n');
 *
 * Numbers never need quotes: append them with dk_buf_put_int and the like.
 */
#ifndef DK_IO_CSV_WRITE_H
#define DK_IO_CSV_WRITE_H

#include "base/buffer.h"

/* Appends one cell. It is quoted when it holds a comma, a quote, LF or CR. */
void dk_csv_put(dk_buf *buf, dk_str cell);

void dk_csv_puts(dk_buf *buf, const char *cell);

/* The same for text that anybody may have written and that a spreadsheet will open: what such a program would take for a formula
   (=, +, -, @, tab or CR at the beginning, and no number) gets an apostrophe in front. */
void dk_csv_put_safe(dk_buf *buf, dk_str cell);

/* Appends a whole row and its line end. A row of one empty cell is written as "" so that it is no blank line. */
void dk_csv_put_row(dk_buf *buf, const dk_str *cells, size_t count);

#endif
