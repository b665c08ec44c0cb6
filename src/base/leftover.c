#include "base/leftover.h"

#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum { MOST = 64 };

/* Lock-free, since a handler may run in the middle of anything. */
static _Atomic(const char *) paths[MOST];

void dk_leftover_add(const char *path) {
    for (int i = 0; i < MOST; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&paths[i], &none, path)) return;
    }
}

void dk_leftover_forget(const char *path) {
    for (int i = 0; path != NULL && i < MOST; i++) {
        const char *mine = path;
        if (atomic_compare_exchange_strong(&paths[i], &mine, NULL)) return;
    }
}

void dk_leftover_remove_all(void) {
    for (int i = 0; i < MOST; i++) {
        const char *path = atomic_exchange(&paths[i], NULL);
        if (path != NULL) (void)!unlink(path);
    }
}
