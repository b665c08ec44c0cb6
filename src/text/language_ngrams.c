#include "text/language_ngrams.h"

#include <stdlib.h>

void ngrams_builder_dispose(ngrams_builder *b) {
    free(b->nodes);
    free(b->numbers);
    memset(b, 0, sizeof *b);
}

static uint32_t child_of(const ngrams_builder *b, uint32_t parent, uint32_t number) {
    uint32_t at = b->nodes[parent].child;
    while (at != 0 && b->nodes[at].number != number) at = b->nodes[at].sibling;
    return at;
}

ngram_node *ngrams_add(ngrams_builder *b, const uint32_t *symbols, int n) {
    if (b->numbers == NULL && (b->numbers = calloc(NGRAM_SYMBOLS, sizeof *b->numbers)) == NULL) return NULL;
    if (!dk_grow(&b->nodes, &b->cap, b->count + (size_t)n + 1)) return NULL;
    if (b->count == 0) b->nodes[b->count++] = (ngram_node){0};
    uint32_t node = 0;
    for (int i = 0; i < n; i++) {
        uint16_t *number = &b->numbers[symbols[i] < NGRAM_SYMBOLS ? symbols[i] : NGRAM_SYMBOLS - 1];
        if (*number == 0) *number = (uint16_t)++b->nsymbols;
        uint32_t child = child_of(b, node, *number);
        if (child == 0) {
            child = (uint32_t)b->count++;
            b->nodes[child] = (ngram_node){.sibling = b->nodes[node].child, .parent = node, .number = *number};
            b->nodes[node].child = child;
        }
        node = child;
    }
    return &b->nodes[node];
}

/* The nodes from the root on, by length, into order. */
static void list_by_length(const ngrams_builder *b, uint32_t *order) {
    size_t n = 1;
    order[0] = 0;
    for (size_t i = 0; i < n; i++)
        for (uint32_t at = b->nodes[order[i]].child; at != 0; at = b->nodes[at].sibling) order[n++] = at;
}

/* Finds the longest ending of each node that is a node, and adds what that weighs to what the node does: it is shorter, so it is done. */
static void find_endings(ngrams_builder *b, const uint32_t *order) {
    for (size_t i = 1; i < b->count; i++) {
        ngram_node *n = &b->nodes[order[i]];
        if (n->parent == 0) continue;
        uint32_t ending = b->nodes[n->parent].fail, child = child_of(b, ending, n->number);
        while (child == 0 && ending != 0) {
            ending = b->nodes[ending].fail;
            child = child_of(b, ending, n->number);
        }
        n->fail = child;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) n->weights[c] += b->nodes[child].weights[c];
    }
}

/* The node itself or its longest ending from which n-grams go on. */
static uint32_t going_on(const ngrams_builder *b, uint32_t node) {
    while (node != 0 && b->nodes[node].child == 0) node = b->nodes[node].fail;
    return node;
}

typedef struct placing {
    dk_ngrams *g;
    size_t cap;      /* of cells */
    size_t low, try; /* no cell under `low` is empty; where to look for room for several */
} placing;

static bool make_room(placing *p, size_t n) {
    if (n <= p->cap) return true;
    size_t cap = n + n / 2;
    ngram_cell *cells = realloc(p->g->cells, cap * sizeof *cells);
    if (cells == NULL) return false;
    p->g->cells = cells;
    for (size_t i = p->cap; i < cap; i++) cells[i] = (ngram_cell){.from = NGRAM_NONE};
    p->cap = cap;
    return true;
}

/* Puts the children of a node into empty cells that lie as far apart as their numbers. */
static bool place_children(ngrams_builder *b, placing *p, uint32_t node) {
    enum { PATIENCE = 512 }; /* so full an area is not looked at again */
    uint32_t first = b->nodes[node].child, least = UINT32_MAX;
    for (uint32_t at = first; at != 0; at = b->nodes[at].sibling)
        if (b->nodes[at].number < least) least = b->nodes[at].number;
    bool several = b->nodes[first].sibling != 0;
    size_t cell = several ? p->try : p->low;
    size_t tries = 0;
    if (cell < least) cell = least;
    for (;; cell++) {
        if (!make_room(p, cell + b->nsymbols + 1)) return false;
        if (p->g->cells[cell].from != NGRAM_NONE) continue;
        bool fits = true;
        for (uint32_t at = first; fits && at != 0; at = b->nodes[at].sibling)
            fits = p->g->cells[cell - least + b->nodes[at].number].from == NGRAM_NONE;
        if (fits) break;
        tries++;
    }
    if (several && tries > PATIENCE) p->try = cell;
    uint32_t base = (uint32_t)(cell - least), from = b->nodes[node].cell;
    p->g->cells[from].base = base;
    for (uint32_t at = first; at != 0; at = b->nodes[at].sibling) {
        b->nodes[at].cell = base + b->nodes[at].number;
        p->g->cells[b->nodes[at].cell].from = from;
    }
    while (p->low < p->cap && p->g->cells[p->low].from != NGRAM_NONE) p->low++;
    if (p->try < p->low) p->try = p->low;
    return true;
}

bool ngrams_finish(ngrams_builder *b, dk_ngrams *out) {
    memset(out, 0, sizeof *out);
    placing p = {.g = out, .low = 1, .try = 1};
    static const uint32_t marks[] = {DK_LANGUAGE_BEGIN, DK_LANGUAGE_END};
    uint32_t *order = malloc((b->count + 3) * sizeof *order);
    bool ok = order != NULL && make_room(&p, 1);
    for (int i = 0; ok && i < 2; i++) {
        ngram_node *mark = ngrams_add(b, &marks[i], 1);
        ok = mark != NULL;
        if (ok) memset(mark->weights, 0, sizeof mark->weights);
    }
    if (ok) {
        list_by_length(b, order);
        find_endings(b, order);
        out->cells[0].from = NGRAM_NONE - 1; /* no child is put here */
    }
    for (size_t i = 0; ok && i < b->count; i++)
        if (b->nodes[order[i]].child != 0) ok = place_children(b, &p, order[i]);
    size_t used = 0;
    for (size_t i = 0; ok && i < b->count; i++) {
        const ngram_node *n = &b->nodes[order[i]];
        ngram_cell *cell = &out->cells[n->cell];
        cell->fail = b->nodes[going_on(b, n->fail)].cell;
        cell->to = b->nodes[going_on(b, order[i])].cell;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) cell->sums[c] = (int16_t)n->weights[c];
        if (n->cell > used) used = n->cell;
    }
    out->ncells = used + b->nsymbols + 1; /* a step from any state stays within */
    ok = ok && make_room(&p, out->ncells);
    free(order);
    out->numbers = b->numbers;
    b->numbers = NULL;
    return ok;
}
