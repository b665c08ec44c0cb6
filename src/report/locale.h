/* Numbers, money and dates as Swedish, Danish and English readers write them; no setlocale. Text, not HTML. */
#ifndef DK_REPORT_LOCALE_H
#define DK_REPORT_LOCALE_H

#include "base/buffer.h"
#include "text/language.h"

/* Rounded half away from zero: 12 408,5 (sv), 12.408,5 (da), 12,408.5 (en). Real minus signs; NaN is an en dash. */
void dk_locale_number(dk_buf *out, dk_language language, double value, int decimals);

/* The same with a plus sign when it rounds to more than zero. */
void dk_locale_signed(dk_buf *out, dk_language language, double value, int decimals);

/* 0.153 is 15 % (sv, da) or 15% (en); one decimal below 10 % unless it is a whole number. */
void dk_locale_share(dk_buf *out, dk_language language, double share);

/* With three figures that count, in millions from 1,000,000 on: 1,9 MSEK (sv), 1,9 mio. SEK (da), 1.9 MSEK (en). */
void dk_locale_money(dk_buf *out, dk_language language, double amount, const char *currency, bool sign);

/* YYYY-MM-DD as it is (sv), 2.3.2026 (da), 2 Mar 2026 (en); anything else as it is. */
void dk_locale_date(dk_buf *out, dk_language language, const char *date);

#endif
