/* Shared by the files of the comparison, and by the editor, which gives the same reasons. */
#ifndef DK_WORKBENCH_DIFF_PRIVATE_H
#define DK_WORKBENCH_DIFF_PRIVATE_H

#include "base/intern.h"
#include "tag/inspect.h"
#include "workbench/diff.h"

enum { DK_DIFF_TOUCHPOINTS = 128 };
enum { DK_DIFF_WHY = 12 }; /* causes kept of one comment */

/* One reason why a comment came out otherwise. side: 0 for an entry of A, 1 of B. */
typedef struct dk_why {
    uint8_t cause, side;
    uint32_t entry; /* DK_NO_ID for none */
} dk_why;

/* Finds what changed a comment that both have read; returns how many reasons, at least one. */
size_t dk_diff_explain(const dk_pairing *pairing, const dk_reading *const readings[2], bool models_differ,
                       dk_why out[DK_DIFF_WHY]);

/* Mentions of touchpoints by comment for the drivers: bit t of positive or negative, in A and in B. */
typedef struct dk_diff_row {
    uint64_t positive[2][2], negative[2][2];
    double score;
} dk_diff_row;

/* Adds the table drivers: the ranking of touchpoints by importance in A and in B. names has ntouchpoints, roles: outcome (left out). */
dk_status dk_diff_drivers(dk_book *book, const dk_diff_row *rows, size_t n, const char *const *names,
                          const bool *outcome, size_t ntouchpoints, int threads, dk_error *err);

/* ---- What a comparison gathers ------------------------------------------------------------------------- */

/* What one block came to. Themes are numbers of the union of both taxonomies. */
typedef struct dk_diff_totals {
    int64_t comments, changed, themes, label, moved,
        unexplained; /* moved: sentiment alone, within its label */
    int64_t labels[2][4], with_theme[2];
    int64_t sentiment[2];
} dk_diff_totals;

/* A comment kept for the list. */
typedef struct dk_diff_kept {
    uint64_t draw;
    int64_t number, line;
    char *texts[4]; /* id, themes of A, of B, why */
    uint8_t labels[2];
} dk_diff_kept;

typedef struct dk_comparison {
    const dk_engine *const *engines;
    const dk_pass *pass;
    const dk_diff_options *o;
    bool cross_fitted;
    size_t customer; /* number of the extra */
    dk_pairing pairing;
    dk_intern themes;      /* union of the taxonomies */
    uint32_t *theme_of[2]; /* by theme of a side: its number in the union */
    dk_intern touchpoints;
    uint32_t *touchpoint_of[2];
    dk_diff_totals t;
    int64_t *theme_sums;            /* as in an item */
    int64_t *causes[2];             /* by entry of a side x DK_CAUSES: comments */
    int64_t bare_causes[DK_CAUSES]; /* without an entry */
    dk_diff_kept *list;             /* thinned when it is twice as long as wanted */
    size_t nlist, list_cap;
    dk_diff_row *rows;
    size_t nrows, rows_cap;
} dk_comparison;

/* Orders kept comments by their draw, for qsort; what comes later goes first when there are too many. */
int dk_diff_by_draw(const void *a, const void *b);

/* Adds the tables of a comparison that is done. */
dk_status dk_diff_put(dk_book *book, dk_comparison *c, const dk_corpus_options *co, dk_error *err);

#endif
