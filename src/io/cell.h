/* What a cell means: missing, a number, a whole number. Independent of the locale. */
#ifndef DK_IO_CELL_H
#define DK_IO_CELL_H

#include "base/buffer.h"

/* Without leading and trailing spaces, tabs, line ends and no-break spaces. */
dk_str dk_cell_trim(dk_str cell);

/* Empty, NA, N/A and . are missing, in any case and with spaces around. */
bool dk_cell_missing(dk_str cell);

/* A decimal number: an optional sign (also U+2212), digits, one decimal point or one decimal comma, an optional
   exponent. Groups of three digits may be parted by spaces, no-break spaces, thin spaces or apostrophes, and by
   points or commas when the other one is the decimal sign or the same one occurs twice ("1.234,5", "1,234,567");
   a single comma is a decimal comma ("1,234" is 1.234). False for anything else, also nan, inf and hexadecimal. */
bool dk_cell_number(dk_str cell, double *value);

/* A number as dk_cell_number reads it, perhaps with one mark of money or share before or behind: kr, kr., SEK, DKK, NOK,
   ISK, EUR, USD, GBP, EURO, a sign of these, :- or ,- or %. The mark does not change the value: "12 %" is 12. */
bool dk_cell_amount(dk_str cell, double *value);

/* A whole number within int64_t: a sign and digits only. */
bool dk_cell_integer(dk_str cell, int64_t *value);

#endif
