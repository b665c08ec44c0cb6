/* Excel workbooks (.xlsx, ECMA-376) behind dk_reader. workbook_parse.c is the only place of libzip and of Expat.
 *
 * One sheet is read: the one that is named, else the first. Its first row with text is the header; blank rows are skipped.
 * Dates, which Excel stores as numbers with a format, become ISO 8601; formulas count with the value that Excel stored.
 * Parts are unpacked as they are parsed; what stays in memory is the table of shared strings. A workbook that unpacks to
 * more than 250 times its size, beyond 64 MB, is refused, as with packed text. */
#ifndef DK_IO_WORKBOOK_H
#define DK_IO_WORKBOOK_H

#include "base/buffer.h"

struct dk_reader;

bool dk_workbook_recognise(const char *head, size_t len);

/* sheet: NULL for the first. limit as in dk_unpack_open. */
dk_status dk_workbook_open(struct dk_reader *r, const char *path, const char *sheet, double limit, dk_error *err);

/* Takes the cells of the next row, borrowed until it returns. */
typedef dk_status (*dk_workbook_row)(void *context, const dk_str *cells, size_t count, dk_error *err);

/* Parses the sheet and hands out its rows. DK_EDATA when it is no workbook, DK_EUSAGE with the names when there is no such
   sheet. */
dk_status dk_workbook_parse(const char *path, const char *sheet, double limit, dk_workbook_row row, void *context, dk_error *err);

/* Whether a workbook just written is whole: every part of XML ends as it should, and *cells, which is set, is how many cells its sheets hold.
   DK_EDATA when it is not. */
dk_status dk_workbook_check(const char *path, int64_t *cells, dk_error *err);

#endif
