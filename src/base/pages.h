/* Memory for large tables that are looked into at random: on huge pages where the system gives them, since otherwise most looks
 * also miss the translation buffers of the processor.
 */
#ifndef DK_BASE_PAGES_H
#define DK_BASE_PAGES_H

#include <stdlib.h>
#include <sys/mman.h>

#include "base/status.h"

/* size bytes aligned to cache lines, not cleared, for free(); NULL when memory ran out. */
static inline void *dk_pages_alloc(size_t size) {
    const size_t huge = (size_t)2 << 20;
    size_t unit = size >= 2 * huge ? huge : 64;
    if (size > SIZE_MAX - unit) return NULL;
    size = (size + unit - 1) / unit * unit;
    void *p = aligned_alloc(unit, size);
    if (p != NULL && unit == huge) (void)madvise(p, size, MADV_HUGEPAGE); /* a wish; without it all works too */
    return p;
}

#endif
