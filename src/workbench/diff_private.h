/* Shared by the files of the comparison alone. */
#ifndef DK_WORKBENCH_DIFF_PRIVATE_H
#define DK_WORKBENCH_DIFF_PRIVATE_H

#include "tag/inspect.h"
#include "workbench/diff.h"

enum { DK_DIFF_WHY = 12 }; /* causes kept of one comment */

/* One reason why a comment came out otherwise. side: 0 for an entry of A, 1 of B. */
typedef struct dk_why {
    uint8_t cause, side;
    uint32_t entry; /* DK_NO_ID for none */
} dk_why;

/* Finds what changed a comment that both have read; returns how many reasons, at least one. */
size_t dk_diff_explain(const dk_pairing *pairing, const dk_reading *const readings[2], bool models_differ, dk_why out[DK_DIFF_WHY]);

/* Mentions of touchpoints by comment for the drivers: bit t of positive or negative, in A and in B. */
typedef struct dk_diff_row {
    uint64_t positive[2][2], negative[2][2];
    double score;
} dk_diff_row;

/* Adds the table drivers: the ranking of touchpoints by importance in A and in B. names has ntouchpoints, roles: outcome (left out). */
dk_status dk_diff_drivers(dk_book *book, const dk_diff_row *rows, size_t n, const char *const *names, const bool *outcome,
                          size_t ntouchpoints, int threads, dk_error *err);

#endif
