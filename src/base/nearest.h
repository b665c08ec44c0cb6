/* The nearest name, for "did you mean". */
#ifndef DK_BASE_NEAREST_H
#define DK_BASE_NEAREST_H

#include "base/status.h"

/* Edits (insert, delete, replace, swap of neighbours: Damerau 1964, restricted) from a to b in bytes, ASCII case apart;
   SIZE_MAX when one of them is longer than 63 bytes: such are far from everything. */
size_t dk_edits(dk_str a, dk_str b);

/* The one of count names with the fewest edits to name, at most 2 and fewer than it has letters, the first of equals; NULL
   when none is near. */
const char *dk_nearest(dk_str name, const char *const *names, size_t count);

#endif
