#include "workbench/neighbours.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "stats/linalg.h"

/* A sparse matrix by rows. */
typedef struct sparse {
    size_t *first; /* by row; one more at the end */
    uint32_t *columns;
    float *values;
    size_t rows;
} sparse;

/* Counts of pairs of rows, a < b or a == b, in an open table. */
typedef struct pair_counts {
    uint64_t *keys; /* key + 1 */
    uint32_t *counts;
    size_t size, used;
} pair_counts;

static bool pairs_init(pair_counts *p, size_t size) {
    *p = (pair_counts){calloc(size, sizeof *p->keys), calloc(size, sizeof *p->counts), size, 0};
    return p->keys != NULL && p->counts != NULL;
}

static void pairs_dispose(pair_counts *p) {
    free(p->keys);
    free(p->counts);
}

static size_t pairs_place(const pair_counts *p, uint64_t key) {
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (p->size - 1);
    while (p->keys[at] != 0 && p->keys[at] != key + 1) at = (at + 1) & (p->size - 1);
    return at;
}

static bool pairs_grow(pair_counts *p) {
    pair_counts bigger;
    if (!pairs_init(&bigger, p->size * 2)) {
        pairs_dispose(&bigger);
        return false;
    }
    for (size_t i = 0; i < p->size; i++) {
        if (p->keys[i] == 0) continue;
        size_t at = pairs_place(&bigger, p->keys[i] - 1);
        bigger.keys[at] = p->keys[i];
        bigger.counts[at] = p->counts[i];
    }
    bigger.used = p->used;
    pairs_dispose(p);
    *p = bigger;
    return true;
}

static bool pairs_add(pair_counts *p, uint32_t a, uint32_t b) {
    uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
    size_t at = pairs_place(p, key);
    if (p->keys[at] == 0) {
        p->keys[at] = key + 1;
        if (++p->used * 2 > p->size) {
            p->counts[at] = 1;
            return pairs_grow(p);
        }
    }
    p->counts[at]++;
    return true;
}

/* ---- The matrix -------------------------------------------------------------------------------------- */

static dk_status count_pairs(const dk_neighbours *n, const dk_corpus *k, int window, const dk_watch *watch,
                             pair_counts *pairs, dk_error *err) {
    for (size_t i = 0; i < k->count; i++) {
        dk_status status = i % 4096 == 0 ? dk_watch_tell(watch, (double)i / (double)k->count, err) : DK_OK;
        if (status != DK_OK) return status;
        const dk_corpus_comment *c = &k->comments[i];
        const uint32_t *tokens = k->tokens + c->first;
        for (uint32_t a = 0; a < c->ntokens; a++) {
            uint32_t left = tokens[a] & DK_CORPUS_WORD;
            if (left == DK_CORPUS_BREAK || (left = n->row_of[left]) == DK_NO_ID) continue;
            for (uint32_t b = a + 1; b < c->ntokens && b <= a + (uint32_t)window; b++) {
                uint32_t right = tokens[b] & DK_CORPUS_WORD;
                if (right == DK_CORPUS_BREAK || (right = n->row_of[right]) == DK_NO_ID || right == left)
                    continue;
                if (!pairs_add(pairs, left, right)) return dk_fail_memory(err);
            }
        }
    }
    return DK_OK;
}

typedef struct cell {
    uint32_t row, column;
    float value;
} cell;

static int by_place(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static dk_status make_matrix(const pair_counts *pairs, size_t n, sparse *m, dk_error *err) {
    double *sums = calloc(n + 1, sizeof *sums), all = 0, smooth = 0;
    cell *cells = malloc((2 * pairs->used + 1) * sizeof *cells);
    size_t count = 0;
    *m = (sparse){.rows = n, .first = calloc(n + 2, sizeof *m->first)};
    dk_status status = sums == NULL || cells == NULL || m->first == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < pairs->size; i++) {
        if (pairs->keys[i] == 0) continue;
        sums[(pairs->keys[i] - 1) >> 32] += pairs->counts[i];
        sums[(uint32_t)(pairs->keys[i] - 1)] += pairs->counts[i];
    }
    for (size_t i = 0; status == DK_OK && i < n; i++) all += sums[i], smooth += pow(sums[i], 0.75);
    for (size_t i = 0; status == DK_OK && i < pairs->size; i++) {
        if (pairs->keys[i] == 0) continue;
        uint32_t a = (uint32_t)((pairs->keys[i] - 1) >> 32), b = (uint32_t)(pairs->keys[i] - 1);
        double joint = pairs->counts[i] / all;
        double one = log(joint / (sums[a] / all * pow(sums[b], 0.75) / smooth)),
               two = log(joint / (sums[b] / all * pow(sums[a], 0.75) / smooth));
        double value = (one + two) / 2;
        if (value <= 0) continue;
        cells[count++] = (cell){a, b, (float)value};
        cells[count++] = (cell){b, a, (float)value};
    }
    if (status == DK_OK) {
        qsort(cells, count, sizeof *cells, by_place);
        m->columns = malloc((count + 1) * sizeof *m->columns);
        m->values = malloc((count + 1) * sizeof *m->values);
        if (m->columns == NULL || m->values == NULL) status = dk_fail_memory(err);
    }
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        m->first[cells[i].row + 1]++;
        m->columns[i] = cells[i].column;
        m->values[i] = cells[i].value;
    }
    for (size_t r = 0; status == DK_OK && r < n; r++) m->first[r + 1] += m->first[r];
    free(sums);
    free(cells);
    return status;
}

static void dispose_matrix(sparse *m) {
    free(m->first);
    free(m->columns);
    free(m->values);
}

/* ---- Its leading eigenvectors ------------------------------------------------------------------------ */

/* y = M x for d columns; x and y are d x n, a column of d numbers a word. */
static void multiply(const sparse *m, const double *x, double *y, size_t d) {
    for (size_t r = 0; r < m->rows; r++) {
        double *out = y + r * d;
        for (size_t j = 0; j < d; j++) out[j] = 0;
        for (size_t i = m->first[r]; i < m->first[r + 1]; i++) {
            const double *in = x + (size_t)m->columns[i] * d, v = m->values[i];
            for (size_t j = 0; j < d; j++) out[j] += v * in[j];
        }
    }
}

/* g (d x d) = a b' for a and b of d x n. */
static dk_status outer(const double *a, const double *b, size_t n, size_t d, double *scratch, double *g,
                       dk_error *err) {
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < d; j++) scratch[j * n + r] = b[r * d + j];
    memset(g, 0, d * d * sizeof *g);
    return dk_gemm_nn(d, d, n, a, d, scratch, n, g, d, err);
}

/* Makes the rows of x (d x n) orthonormal: x = V diag(1 / sqrt(l)) V' of x x', after which x x' is 1. */
static dk_status orthonormalise(double *x, size_t n, size_t d, double *scratch, double *g, double *h,
                                dk_error *err) {
    double values[256];
    dk_status status = outer(x, x, n, d, scratch, g, err);
    if (status == DK_OK) status = dk_eigen_symmetric(d, g, values, err);
    if (status != DK_OK) return status;
    /* h = diag(1/sqrt(l)) V', with directions that vanished left out */
    for (size_t j = 0; j < d; j++)
        for (size_t i = 0; i < d; i++)
            h[j * d + i] = values[i] > values[d - 1] * 1e-12 ? g[i * d + j] / sqrt(values[i]) : 0;
    memset(scratch, 0, n * d * sizeof *scratch);
    status = dk_gemm_nn(d, n, d, h, d, x, d, scratch, d, err);
    if (status == DK_OK) memcpy(x, scratch, n * d * sizeof *x);
    return status;
}

static dk_status find_vectors(dk_neighbours *n, const sparse *m, const dk_watch *watch, dk_error *err) {
    enum { ROUNDS = 7 };
    size_t d = n->dimensions, size = n->count * d + 1;
    double *x = malloc(size * sizeof *x), *y = malloc(size * sizeof *y),
           *scratch = malloc(size * sizeof *scratch);
    double *g = malloc(d * d * sizeof *g), *h = malloc(d * d * sizeof *h), values[256];
    n->vectors = calloc(size, sizeof *n->vectors);
    dk_status status =
        x == NULL || y == NULL || scratch == NULL || g == NULL || h == NULL || n->vectors == NULL
            ? dk_fail_memory(err)
            : DK_OK;
    for (size_t i = 0; status == DK_OK && i + 1 < size; i++)
        x[i] = (double)(dk_hash_mix(i, 1) >> 11) * 0x1p-53 - 0.5;
    for (int round = 0; status == DK_OK && round < ROUNDS; round++) {
        status = dk_watch_tell(watch, round / (double)ROUNDS, err);
        if (status == DK_OK) status = orthonormalise(x, n->count, d, scratch, g, h, err);
        if (status != DK_OK) break;
        multiply(m, x, y, d);
        double *swap = x;
        x = y;
        y = swap;
    }
    /* y is orthonormal and x = M y: the small matrix y M y' has the eigenvalues */
    if (status == DK_OK) status = outer(x, y, n->count, d, scratch, g, err);
    for (size_t i = 0; status == DK_OK && i < d; i++)
        for (size_t j = 0; j < i; j++) g[i * d + j] = g[j * d + i] = (g[i * d + j] + g[j * d + i]) / 2;
    if (status == DK_OK) status = dk_eigen_symmetric(d, g, values, err);
    for (size_t r = 0; status == DK_OK && r < n->count; r++) {
        double length = 0;
        for (size_t v = 0; v < d; v++) {
            double sum = 0;
            for (size_t j = 0; j < d; j++) sum += g[v * d + j] * y[r * d + j];
            scratch[v] =
                sum *
                sqrt(fabs(
                    values
                        [v])); /* the singular value; without the negative ones fewer words are found again */
            length += scratch[v] * scratch[v];
        }
        for (size_t v = 0; v < d; v++)
            n->vectors[r * d + v] = length > 0 ? (float)(scratch[v] / sqrt(length)) : 0;
    }
    free(x);
    free(y);
    free(scratch);
    free(g);
    free(h);
    return status;
}

/* ---- Who is near ------------------------------------------------------------------------------------- */

/* Cosines of a block of words to all others by one product at a time. */
static dk_status find_nearest(dk_neighbours *n, const dk_watch *watch, dk_error *err) {
    enum { BLOCK = 256 };
    size_t d = n->dimensions;
    double *all = malloc((n->count * d + 1) * sizeof *all), *block = malloc(BLOCK * d * sizeof *block);
    double *cosines = malloc((BLOCK * n->count + 1) * sizeof *cosines);
    n->nearest = malloc((n->count * DK_NEAR + 1) * sizeof *n->nearest);
    dk_status status =
        all == NULL || block == NULL || cosines == NULL || n->nearest == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < n->count * d; i++) all[i] = n->vectors[i]; /* d x count */
    for (size_t first = 0; status == DK_OK && first < n->count; first += BLOCK) {
        size_t rows = n->count - first < BLOCK ? n->count - first : BLOCK;
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < d; j++) block[j * rows + r] = n->vectors[(first + r) * d + j];
        memset(cosines, 0, rows * n->count * sizeof *cosines);
        status = dk_watch_tell(watch, (double)first / (double)n->count, err);
        if (status == DK_OK) status = dk_gemm_nn(rows, n->count, d, block, rows, all, d, cosines, rows, err);
        for (size_t r = 0; status == DK_OK && r < rows; r++) {
            dk_neighbour *near = n->nearest + (first + r) * DK_NEAR;
            for (int i = 0; i < DK_NEAR; i++) near[i] = (dk_neighbour){DK_NO_ID, -2};
            for (uint32_t other = 0; other < n->count; other++) {
                float c = (float)cosines[other * rows + r];
                if (other == first + r || c <= near[DK_NEAR - 1].cosine) continue;
                int at = DK_NEAR - 1;
                for (; at > 0 && near[at - 1].cosine < c; at--) near[at] = near[at - 1];
                near[at] = (dk_neighbour){other, c};
            }
        }
    }
    free(all);
    free(block);
    free(cosines);
    return status;
}

dk_status dk_neighbours_make(dk_neighbours *n, const dk_corpus *corpus, const dk_neighbours_options *o,
                             dk_error *err) {
    memset(n, 0, sizeof *n);
    pair_counts pairs = {0};
    sparse matrix = {0};
    dk_status status = dk_corpus_rank(corpus, o->frequency, 1, o->min_count, o->max_words, &n->words, &n->row_of, &n->count, err);
    n->dimensions = o->dimensions < n->count / 2 ? o->dimensions : n->count / 2;
    if (n->dimensions > 256) n->dimensions = 256;
    if (status != DK_OK || n->dimensions < 2) return status; /* too few words to tell company apart */
    if (!pairs_init(&pairs, 1 << 16)) status = dk_fail_memory(err);
    const dk_watch pairing = dk_watch_part(o->watch, 0, 0.4), turning = dk_watch_part(o->watch, 0.4, 0.3),
                   comparing = dk_watch_part(o->watch, 0.7, 0.3);
    if (status == DK_OK) status = count_pairs(n, corpus, o->window, &pairing, &pairs, err);
    if (status == DK_OK) status = make_matrix(&pairs, n->count, &matrix, err);
    if (status == DK_OK) status = find_vectors(n, &matrix, &turning, err);
    if (status == DK_OK) status = find_nearest(n, &comparing, err);
    pairs_dispose(&pairs);
    dispose_matrix(&matrix);
    return status;
}

void dk_neighbours_dispose(dk_neighbours *n) {
    free(n->words);
    free(n->row_of);
    free(n->vectors);
    free(n->nearest);
}
