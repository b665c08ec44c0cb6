/* Makes the text of a cell safe to work with and to show: valid UTF-8 without control characters. */
#ifndef DK_IO_CLEAN_H
#define DK_IO_CLEAN_H

#include "base/arena.h"
#include "io/reader.h"

/* Cleans a cell in place, or in the arena when bytes that are not UTF-8 have to grow: each becomes the character that
   it is in Windows-1252 (U+FFFD where that has none). Control characters (C0 but for tab, LF and CR, and C1) become
   spaces of the same length. Adds to the counts. DK_SCAN_PAD bytes behind the cell must be readable. False when
   memory ran out. */
bool dk_cell_clean(dk_str *cell, dk_arena *arena, dk_read_counts *counts);

/* The length of the UTF-8 sequence that begins at p (1 to 4), or 0 when there is none within len bytes: overlong
   forms, surrogates and what lies beyond U+10FFFF are none (Unicode 15, table 3-7). */
size_t dk_utf8_sequence(const unsigned char *p, size_t len);

#endif
