#include "study/privacy.h"

/* A line of a table: every stride-th cell. Returns whether something was hidden. */
static bool hide_line(const int64_t *counts, size_t n, size_t stride, int64_t min, bool *hidden) {
    bool any = false;
    for (;;) {
        int64_t covered = 0;
        size_t nhidden = 0, smallest = n;
        bool found = false;
        for (size_t i = 0; i < n; i++) {
            int64_t count = counts[i * stride];
            if (count > 0 && count < min && !hidden[i * stride]) hidden[i * stride] = found = any = true;
            if (count <= 0) continue;
            if (hidden[i * stride]) {
                covered += count;
                nhidden++;
            } else if (smallest == n || count <= counts[smallest * stride]) {
                smallest = i;
            }
        }
        if (found) continue;
        if (nhidden == 0 || (nhidden > 1 && covered >= min) || smallest == n) return any;
        hidden[smallest * stride] = any = true;
    }
}

void dk_privacy_hide(const int64_t *counts, size_t n, int64_t min, bool *hidden) { hide_line(counts, n, 1, min, hidden); }

void dk_privacy_hide_table(const int64_t *counts, size_t rows, size_t columns, int64_t min, bool *hidden) {
    /* what is hidden for a row may leave a column with one hidden cell, and the other way about */
    for (bool again = true; again;) {
        again = false;
        for (size_t r = 0; r < rows; r++) again = hide_line(counts + r * columns, columns, 1, min, hidden + r * columns) || again;
        for (size_t c = 0; c < columns; c++) again = hide_line(counts + c, rows, columns, min, hidden + c) || again;
    }
}

/* A line whose first cell is the total of the others. A hidden total is an unknown like any other: with all its parts shown it could
   be had by adding them up. */
static bool hide_parts(const int64_t *counts, size_t n, size_t stride, int64_t min, bool *hidden) {
    bool any = false;
    if (counts[0] > 0 && counts[0] < min && !hidden[0]) hidden[0] = any = true;
    if (n < 2) return any;
    any = hide_line(counts + stride, n - 1, stride, min, hidden + stride) || any;
    if (!hidden[0] || counts[0] <= 0) return any;
    size_t smallest = 0;
    for (size_t i = 1; i < n; i++) {
        if (counts[i * stride] <= 0) continue;
        if (hidden[i * stride]) return any;
        if (smallest == 0 || counts[i * stride] <= counts[smallest * stride]) smallest = i;
    }
    if (smallest > 0) hidden[smallest * stride] = any = true;
    return any;
}

void dk_privacy_hide_cube(const int64_t *counts, const size_t dims[3], int64_t min, bool *hidden) {
    const size_t strides[3] = {dims[1] * dims[2], dims[2], 1};
    for (bool again = true; again;) {
        again = false;
        for (int d = 0; d < 3; d++) {
            int a = (d + 1) % 3, b = (d + 2) % 3;
            for (size_t i = 0; i < dims[a]; i++)
                for (size_t k = 0; k < dims[b]; k++) {
                    size_t from = i * strides[a] + k * strides[b];
                    again = hide_parts(counts + from, dims[d], strides[d], min, hidden + from) || again;
                }
        }
        if (!again) again = dk_privacy_solve_cube(counts, dims, min, hidden);
    }
}
