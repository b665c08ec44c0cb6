/* Dates and periods as people write them. Days are counted from 1970-01-01 in the proleptic Gregorian calendar. */
#ifndef DK_STUDY_DATES_H
#define DK_STUDY_DATES_H

#include "base/buffer.h"
#include "study/config.h"

#define DK_NO_DATE INT32_MIN

/* How day and month stand in 03/05/2018: a file decides, see dk_date_order. */
typedef enum dk_date_order { DK_DAY_FIRST, DK_MONTH_FIRST } dk_date_order;

/* A date: 2026-03-02, 2026/3/2, 20260302, 2.3.2026, 02/03/26, 2-3-2026, 2/3 2026 or 2/3-2026 (day first), 2 mars 2026,
   2. marts 2026, March 2, 2026 (months in Swedish, Danish and English, or their first three letters and more), or 46083 (the
   days of a spreadsheet, 1970 to 2099); a time behind it (after a space or a T) is not looked at. Years of two digits lie
   in 1970..2069. DK_NO_DATE for anything else, such as the 31st of February. */
int32_t dk_date_parse(dk_str cell, dk_date_order order);

/* What a cell says about the order: 1 when it can only be day first, -1 when only month first, 0 otherwise. */
int dk_date_hint(dk_str cell);

/* A period of an operational record: 2025, 2025-Q1, 2025Q1, Q1 2025, 2025-03, 2025M03, or a date (its day alone). Sets the first
   day and the last; false for anything else. */
bool dk_period_parse(dk_str cell, dk_date_order order, int32_t *first, int32_t *last);

int32_t dk_date_of(int year, int month, int day);
void dk_date_split(int32_t date, int *year, int *month, int *day);

/* Appends 2026-03-02. */
void dk_date_put(dk_buf *buf, int32_t date);

/* The number of the wave that a date lies in, counted from the year 0; and the wave's name ("2026 Q1") and days. */
int32_t dk_wave_of(int32_t date, dk_wave_unit unit);
void dk_wave_put(dk_buf *buf, int32_t wave, dk_wave_unit unit);
void dk_wave_days(int32_t wave, dk_wave_unit unit, int32_t *first, int32_t *last);

#endif
