/* Interning: each distinct string once, with a dense number from 0 in order of first sight. */
#ifndef DK_BASE_INTERN_H
#define DK_BASE_INTERN_H

#include "base/arena.h"

#define DK_NO_ID UINT32_MAX

typedef struct dk_intern {
    dk_arena arena;
    dk_str *strings; /* by id; each ended by a NUL that does not count */
    uint64_t *hashes;
    size_t count, cap, hash_cap;
    uint32_t *slots; /* id + 1, 0 for empty; a power of two of them */
    size_t nslots;
} dk_intern;

void dk_intern_init(dk_intern *table);
void dk_intern_dispose(dk_intern *table);

/* The id of text, which is added when new; DK_NO_ID when memory ran out. */
uint32_t dk_intern_add(dk_intern *table, dk_str text);

/* The id of text, or DK_NO_ID when it was never added. */
uint32_t dk_intern_find(const dk_intern *table, dk_str text);

static inline dk_str dk_intern_text(const dk_intern *table, uint32_t id) { return table->strings[id]; }

#endif
