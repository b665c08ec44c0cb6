/* Excel workbooks (.xlsx) behind dk_reader. workbook_orcus.cpp is the only place of liborcus.
 *
 * One sheet is read: the one that is named, else the first. Its first row with text is the header; blank rows are skipped.
 * Dates, which Excel stores as numbers with a format, become ISO 8601; formulas count with the value that Excel stored. A
 * workbook is held in memory while it is parsed, so one that unpacks to more than 250 times its size (beyond 64 MB) is
 * refused, as with packed text. */
#ifndef DK_IO_WORKBOOK_H
#define DK_IO_WORKBOOK_H

#include "base/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dk_reader;

bool dk_workbook_recognise(const char *head, size_t len);

/* sheet: NULL for the first. limit as in dk_unpack_open. */
dk_status dk_workbook_open(struct dk_reader *r, const char *path, const char *sheet, double limit, dk_error *err);

/* What parsing hands out; both return false to stop. */
typedef struct dk_workbook_sink {
    void *context;
    bool (*row)(void *context, int32_t row, const dk_str *cells, size_t count); /* 0-based row, in order, gaps possible */
    bool (*formula)(void *context, int32_t row, int32_t column, dk_str result); /* behind all rows, in no order */
} dk_workbook_sink;

/* Parses the sheet. DK_EDATA when it is no workbook, DK_EUSAGE with the names when there is no such sheet; DK_OK also when the
   sink stopped. */
dk_status dk_workbook_parse(const char *path, const char *sheet, const dk_workbook_sink *sink, dk_error *err);

#ifdef __cplusplus
}
#endif

#endif
