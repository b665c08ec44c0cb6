#include "base/intern.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/hash.h"

void dk_intern_init(dk_intern *table) { memset(table, 0, sizeof *table); }

void dk_intern_dispose(dk_intern *table) {
    dk_arena_dispose(&table->arena);
    free(table->strings);
    free(table->hashes);
    free(table->slots);
    memset(table, 0, sizeof *table);
}

/* The slot of text: the one that holds it, or the empty one where it belongs. */
static size_t probe(const dk_intern *t, dk_str text, uint64_t hash) {
    size_t mask = t->nslots - 1, at = hash & mask;
    while (t->slots[at] != 0) {
        uint32_t id = t->slots[at] - 1;
        if (t->hashes[id] == hash && dk_str_eq(t->strings[id], text)) break;
        at = (at + 1) & mask;
    }
    return at;
}

static bool rehash(dk_intern *t, size_t nslots) {
    uint32_t *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL) return false;
    for (size_t id = 0; id < t->count; id++) {
        size_t at = t->hashes[id] & (nslots - 1);
        while (slots[at] != 0) at = (at + 1) & (nslots - 1);
        slots[at] = (uint32_t)id + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->nslots = nslots;
    return true;
}

uint32_t dk_intern_add(dk_intern *t, dk_str text) {
    if (t->count * 2 >= t->nslots && !rehash(t, t->nslots == 0 ? 64 : t->nslots * 2)) return DK_NO_ID;
    uint64_t hash = dk_hash(text.ptr, text.len);
    size_t at = probe(t, text, hash);
    if (t->slots[at] != 0) return t->slots[at] - 1;
    if (t->count >= DK_NO_ID - 1) return DK_NO_ID;
    if (!dk_grow(&t->strings, &t->cap, t->count + 1)) return DK_NO_ID;
    if (!dk_grow(&t->hashes, &t->hash_cap, t->count + 1)) return DK_NO_ID;
    char *copy = dk_arena_strdup(&t->arena, text.ptr, text.len);
    if (copy == NULL) return DK_NO_ID;
    t->strings[t->count] = (dk_str){copy, text.len};
    t->hashes[t->count] = hash;
    t->slots[at] = (uint32_t)++t->count;
    return (uint32_t)t->count - 1;
}

uint32_t dk_intern_find(const dk_intern *t, dk_str text) {
    if (t->nslots == 0) return DK_NO_ID;
    size_t at = probe(t, text, dk_hash(text.ptr, text.len));
    return t->slots[at] != 0 ? t->slots[at] - 1 : DK_NO_ID;
}
