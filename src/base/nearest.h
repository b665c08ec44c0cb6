/* The nearest name, for "did you mean". */
#ifndef DK_BASE_NEAREST_H
#define DK_BASE_NEAREST_H

#include "base/status.h"

/* The one of count names with the fewest edits (insert, delete, replace) to name, at most 2 and fewer than it has
   letters, the first of equals; NULL when none is near. ASCII case does not count. */
const char *dk_nearest(dk_str name, const char *const *names, size_t count);

#endif
