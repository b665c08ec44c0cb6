/* Ablation: what each entry contributes, found by reading every comment again without it.
 *
 * A comment is read by the hand-written entries and rules alone (no learned weights), once whole and once without each entry that
 * decided something in it. Against scores an entry contributes the comments whose sign it makes right, less those it makes
 * wrong; against codes the F1 that would be lost without it. Entries are left out one at a time: two that say the same may each
 * seem superfluous.
 *
 * Tables: entries (those that decide, by what they contribute), idle (those that match but never decide).
 */
#ifndef DK_WORKBENCH_ABLATE_H
#define DK_WORKBENCH_ABLATE_H

#include "workbench/coded.h"
#include "workbench/sheet.h"

typedef struct dk_ablate_options {
    size_t top;
    int threads;
    const double *scores; /* by comment; NULL for none */
    double highest;
    const dk_coded *coded; /* of this corpus; NULL for none */
    const dk_scheme *scheme;
} dk_ablate_options;

/* The corpus was read with its text by an engine without learned weights. */
dk_status dk_ablate_make(dk_book *book, const dk_corpus *corpus, const dk_engine *engine,
                         const dk_ablate_options *options, dk_error *err);

#endif
