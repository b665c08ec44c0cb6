/* An arena: memory for a batch or for the life of a structure, given back all at once. */
#ifndef DK_BASE_ARENA_H
#define DK_BASE_ARENA_H

#include "base/status.h"

typedef struct dk_arena_block dk_arena_block;

typedef struct dk_arena {
    dk_arena_block *first, *current;
    size_t used; /* bytes used of the current block */
} dk_arena;

/* All-zero is an empty arena; init is for arenas that are not static or calloc'ed. */
void dk_arena_init(dk_arena *arena);
void dk_arena_dispose(dk_arena *arena);

/* Forgets all that was given out and keeps the memory for the next batch. */
void dk_arena_reset(dk_arena *arena);

/* size bytes aligned to 16, not cleared; NULL when memory ran out. */
void *dk_arena_alloc(dk_arena *arena, size_t size);

/* count * size bytes cleared; NULL when memory ran out or the product overflows. */
void *dk_arena_calloc(dk_arena *arena, size_t count, size_t size);

/* A NUL-ended copy; NULL when memory ran out. */
char *dk_arena_strdup(dk_arena *arena, const char *text, size_t len);

/* Bytes held from the system. */
size_t dk_arena_held(const dk_arena *arena);

#endif
