/* Dates as statistics packages and workbooks count them, written as ISO 8601. */
#ifndef DK_IO_CALENDAR_H
#define DK_IO_CALENDAR_H

#include "base/buffer.h"

/* Days from 1970-01-01 to the day from which others count. */
enum { DK_DAYS_SPSS = -141428 /* 1582-10-14 */, DK_DAYS_STATA = -3653 /* 1960-01-01 */, DK_DAYS_EXCEL = -25569 /* 1899-12-30 */,
       DK_DAYS_EXCEL_1904 = -24107 /* 1904-01-01 */ };

/* Appends "2026-03-02" for whole days since 1970-01-01, or "2026-03-02T14:05:09" for a time of day in seconds
   (0 to 86399) when with_time. Years 1 to 9999; false, and nothing appended, beyond. */
bool dk_put_date(dk_buf *out, int64_t days, int64_t seconds, bool with_time);

#endif
