#include "base/nearest.h"

#include "base/buffer.h"

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

size_t dk_edits(dk_str a, dk_str b) {
    enum { MOST = 63 };
    if (a.len > MOST || b.len > MOST) return SIZE_MAX;
    size_t rows[3][MOST + 1], *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.len; j++) last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
            size_t best = last[j - 1] + !same;
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
                           lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]);
            if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len];
}

const char *dk_nearest(dk_str name, const char *const *names, size_t count) {
    const char *best = NULL;
    size_t least = 3;
    for (size_t i = 0; i < count; i++) {
        dk_str other = dk_str_from(names[i]);
        size_t d = dk_edits(name, other);
        if (d >= least || d >= other.len) continue;
        least = d;
        best = names[i];
    }
    return best;
}
