#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024 };

struct dk_arena_block {
    dk_arena_block *next;
    size_t size;
    _Alignas(16) char data[];
};

void dk_arena_init(dk_arena *arena) { memset(arena, 0, sizeof *arena); }

void dk_arena_dispose(dk_arena *arena) {
    for (dk_arena_block *b = arena->first, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    memset(arena, 0, sizeof *arena);
}

void dk_arena_reset(dk_arena *arena) {
    arena->current = arena->first;
    arena->used = 0;
}

void *dk_arena_alloc(dk_arena *arena, size_t size) {
    if (size > SIZE_MAX - sizeof(dk_arena_block) - 64) return NULL;
    size = (size + 15) & ~(size_t)15;
    while (arena->current != NULL) {
        if (arena->current->size - arena->used >= size) {
            void *p = arena->current->data + arena->used;
            arena->used += size;
            return p;
        }
        if (arena->current->next == NULL) break;
        arena->current = arena->current->next;
        arena->used = 0;
    }
    size_t room = size > BLOCK ? size : BLOCK;
    dk_arena_block *b = malloc(sizeof *b + room);
    if (b == NULL) return NULL;
    b->size = room;
    b->next = NULL;
    if (arena->current == NULL)
        arena->first = b;
    else
        arena->current->next = b;
    arena->current = b;
    arena->used = size;
    return b->data;
}

void *dk_arena_calloc(dk_arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    void *p = dk_arena_alloc(arena, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

char *dk_arena_strdup(dk_arena *arena, const char *text, size_t len) {
    char *p = dk_arena_alloc(arena, len + 1);
    if (p == NULL) return NULL;
    if (len > 0) memcpy(p, text, len);
    p[len] = '\0';
    return p;
}

size_t dk_arena_held(const dk_arena *arena) {
    size_t held = 0;
    for (const dk_arena_block *b = arena->first; b != NULL; b = b->next) held += sizeof *b + b->size;
    return held;
}
