/* Coverage: what the themes of a lexicon reach in a corpus, and what is said in the comments that they do not reach.
 *
 * Tables: coverage (comments, words and negative comments with any theme, in all and by language), themes, uncovered (words, parts
 * of compounds and phrases by keyness, each with its first comments).
 */
#ifndef DK_WORKBENCH_COVERAGE_H
#define DK_WORKBENCH_COVERAGE_H

#include "workbench/corpus.h"
#include "workbench/sheet.h"

typedef enum dk_contrast {
    DK_CONTRAST_COVERED, /* uncovered comments against the covered ones */
    DK_CONTRAST_SCORE,   /* among the uncovered: low scores against high ones */
    DK_CONTRAST_SEGMENT, /* among the uncovered: each segment against the others */
    DK_CONTRAST_WAVE     /* among the uncovered: each wave against the others */
} dk_contrast;

enum {
    DK_COVERAGE_SCORE,
    DK_COVERAGE_SEGMENT,
    DK_COVERAGE_DATE,
    DK_COVERAGE_EXTRAS
}; /* the extras of its corpus, in order */

typedef struct dk_coverage_options {
    dk_contrast contrast;
    bool has_score;
    bool month;         /* waves are months instead of quarters */
    uint32_t min_count; /* comments that an item must stand in */
    size_t top;         /* of each kind and group */
    double prior;       /* see keyness.h */
} dk_coverage_options;

/* Adds its tables to the book. DK_EDATA when a score or a date is asked for and none can be read, or a column has too many levels. */
dk_status dk_coverage_make(dk_book *book, const dk_corpus *corpus, const dk_engine *engine,
                           const dk_coverage_options *options, dk_error *err);

/* The side of a score: -1 low, 1 high, 0 between or none, by the scale that the file's highest score tells: to 5 (1, 2 | 4, 5),
   to 10 (0 to 6 | 9, 10), otherwise shares (to 60 | from 90). */
int dk_score_side(double score, double highest);

/* The scores of a corpus from one of its extras: NaN where there is none; *highest of them, NaN when there are none. */
dk_status dk_corpus_scores(const dk_corpus *corpus, size_t extra, double **scores, double *highest,
                           dk_error *err);

#endif
