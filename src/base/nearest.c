#include "base/nearest.h"

#include <string.h>

enum { MOST = 63 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static size_t edits(dk_str a, const char *b) {
    size_t n = strlen(b), row[MOST + 1];
    if (n > MOST || a.len > MOST) return MOST;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            size_t best = corner + (lower(a.ptr[i]) != lower(b[j - 1]));
            corner = row[j];
            if (corner + 1 < best) best = corner + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *dk_nearest(dk_str name, const char *const *names, size_t count) {
    const char *best = NULL;
    size_t least = 3;
    for (size_t i = 0; i < count; i++) {
        size_t d = edits(name, names[i]);
        if (d >= least || d >= strlen(names[i])) continue;
        least = d;
        best = names[i];
    }
    return best;
}
