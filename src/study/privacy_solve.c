/* What hiding line by line leaves: several lines together may still determine a cell. Every count that is shown is an equation over the
 * smallest cells (a part in every direction); a hidden count is told exactly when its own equation is a linear combination of those.
 * That is found by elimination, over the field of 2^31 - 1 elements instead of the rationals: a combination over the rationals is one there,
 * so that nothing is missed. Empty cells are known to be empty. */
#include "study/privacy.h"

#include <stdlib.h>
#include <string.h>

#define PRIME UINT64_C(2147483647)
enum { MOST_PARTS = 400 }; /* more cells that are not empty than this are left as they are: a table so large has its groups of few in many lines */

typedef struct space {
    size_t n;        /* smallest cells that are not empty */
    size_t *place;   /* of each, among all cells */
    uint32_t *rows;  /* the row whose first element is at column k, n elements from k * n */
    uint32_t *row;   /* the one at hand */
    bool *used;
} space;

static uint64_t inverse(uint64_t a) {
    uint64_t result = 1;
    for (uint64_t power = PRIME - 2; power > 0; power >>= 1, a = a * a % PRIME)
        if (power & 1) result = result * a % PRIME;
    return result;
}

/* Whether part `at` belongs to cell `cell`: the same place in each direction, or the total of it. */
static bool belongs(const size_t dims[3], size_t cell, size_t at) {
    for (int d = 2; d >= 0; d--) {
        size_t c = cell % dims[d], a = at % dims[d];
        if (c != 0 && c != a) return false;
        cell /= dims[d];
        at /= dims[d];
    }
    return true;
}

/* The equation of a cell less what is known already; the first column that is left, or n when nothing is. */
static size_t reduce(space *s, const size_t dims[3], size_t cell) {
    size_t first = s->n;
    for (size_t k = 0; k < s->n; k++) s->row[k] = belongs(dims, cell, s->place[k]);
    for (size_t k = 0; k < s->n; k++) {
        if (s->row[k] == 0) continue;
        if (!s->used[k]) {
            first = first < k ? first : k;
            continue;
        }
        const uint32_t *known = s->rows + k * s->n;
        uint64_t factor = PRIME - s->row[k];
        for (size_t j = k; j < s->n; j++) s->row[j] = (uint32_t)((s->row[j] + factor * known[j]) % PRIME);
    }
    return first;
}

static void learn(space *s, const size_t dims[3], size_t cell) {
    size_t first = reduce(s, dims, cell);
    if (first == s->n) return;
    uint64_t factor = inverse(s->row[first]);
    uint32_t *known = s->rows + first * s->n;
    memset(known, 0, first * sizeof *known);
    for (size_t j = first; j < s->n; j++) known[j] = (uint32_t)(s->row[j] * factor % PRIME);
    s->used[first] = true;
}

static bool is_small(int64_t count, int64_t min) { return count > 0 && count < min; }

/* In how many directions a cell is a part and not the total. */
static int depth_of(const size_t dims[3], size_t c) {
    return (c % dims[2] > 0) + (c / dims[2] % dims[1] > 0) + (c / dims[2] / dims[1] > 0);
}

/* The shown cell to hide for another's sake: one that is a part in two directions or more before one that is so in one (totals by one
   direction stand in other tables too), one that shares a part with `cell` before one that does not, then the smallest, the later of equals; 0
   when only the total of all is shown. */
static size_t cover_of(const space *s, const size_t dims[3], const int64_t *counts, const bool *hidden, size_t cells, size_t cell) {
    size_t best = 0;
    int best_rank = -1;
    for (size_t c = 1; c < cells; c++) {
        if (hidden[c] || counts[c] <= 0) continue;
        bool shares = false;
        for (size_t k = 0; k < s->n && !shares; k++) shares = belongs(dims, c, s->place[k]) && belongs(dims, cell, s->place[k]);
        int rank = 2 * (depth_of(dims, c) > 1) + shares;
        if (rank < best_rank || (rank == best_rank && counts[c] > counts[best])) continue;
        best = c;
        best_rank = rank;
    }
    return best;
}

/* Whether a cell is one of the smallest and not empty. */
static bool is_part(const int64_t *counts, const size_t dims[3], size_t c) {
    const size_t place[3] = {c / dims[2] / dims[1], c / dims[2] % dims[1], c % dims[2]};
    for (int d = 0; d < 3; d++)
        if (place[d] == 0 && dims[d] > 1) return false;
    return counts[c] > 0;
}

bool dk_privacy_solve_cube(const int64_t *counts, const size_t dims[3], int64_t min, bool *hidden) {
    size_t cells = dims[0] * dims[1] * dims[2], small = 0, cover = 0;
    space s = {0};
    for (size_t c = 0; c < cells; c++) {
        s.n += is_part(counts, dims, c);
        small += hidden[c] && is_small(counts[c], min);
    }
    if (small == 0 || s.n > MOST_PARTS) return false;
    s.place = malloc((s.n + 1) * sizeof *s.place);
    s.rows = malloc((s.n * s.n + 1) * sizeof *s.rows);
    s.row = malloc((s.n + 1) * sizeof *s.row);
    s.used = calloc(s.n + 1, sizeof *s.used);
    if (s.place == NULL || s.rows == NULL || s.row == NULL || s.used == NULL) goto done;
    s.n = 0;
    for (size_t c = 0; c < cells; c++)
        if (is_part(counts, dims, c)) s.place[s.n++] = c;
    for (size_t c = 0; c < cells; c++)
        if (!hidden[c] && counts[c] > 0) learn(&s, dims, c);
    for (size_t c = 0; c < cells && cover == 0; c++)
        if (hidden[c] && is_small(counts[c], min) && reduce(&s, dims, c) == s.n) cover = cover_of(&s, dims, counts, hidden, cells, c);
    if (cover > 0) hidden[cover] = true;
done:
    free(s.place);
    free(s.rows);
    free(s.row);
    free(s.used);
    return cover > 0;
}
