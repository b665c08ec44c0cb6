/* In how many comments of each group words, parts of compounds and phrases stand.
 *
 * A group is a number that each comment has (uncovered, low score, a segment ...). Counted are items that at least min_count
 * comments of the groups in focus hold, each once a comment. Phrases are runs of two or three words without a mark between
 * them, and longer ones only where their shorter ones are frequent enough.
 */
#ifndef DK_WORKBENCH_TALLY_H
#define DK_WORKBENCH_TALLY_H

#include "workbench/corpus.h"

typedef enum dk_item_kind { DK_ITEM_WORD, DK_ITEM_PART, DK_ITEM_PHRASE, DK_ITEM_KINDS } dk_item_kind;
const char *dk_item_kind_name(dk_item_kind kind);

enum { DK_TALLY_EXAMPLES = 3, DK_TALLY_GROUPS = 32 };

typedef struct dk_item {
    uint32_t kind;     /* dk_item_kind */
    uint32_t words[3]; /* numbers in the corpus; of a part: its number among the parts */
    uint32_t nwords;
    uint32_t language;                    /* dk_language that most of its comments are in */
    uint32_t seen;                        /* comment + 1 that was counted last */
    uint32_t negative;                    /* comments in focus that came out negative */
    uint32_t examples[DK_TALLY_EXAMPLES]; /* the first comments in focus; DK_NO_ID for none */
} dk_item;

typedef struct dk_tally {
    const dk_corpus *corpus;
    dk_item *items;
    size_t count, cap;
    uint32_t *counts; /* item x ngroups */
    size_t counts_cap, ngroups;
    double totals[DK_TALLY_GROUPS]; /* sum over all words of the comments that hold each, by group */
    dk_intern parts;
    uint8_t *languages; /* by word: the language that most of its comments are in */
} dk_tally;

typedef struct dk_tally_options {
    const uint32_t *group; /* by comment; DK_NO_ID: in none */
    size_t ngroups;        /* at most DK_TALLY_GROUPS */
    uint32_t focus;        /* bit g: group g is in focus */
    uint32_t min_count;
    bool parts, phrases;
} dk_tally_options;

dk_status dk_tally_make(dk_tally *tally, const dk_corpus *corpus, const dk_engine *engine,
                        const dk_tally_options *options, dk_error *err);
void dk_tally_dispose(dk_tally *tally);

/* Appends the item's text: its words with blanks between, or +part. */
void dk_tally_put(const dk_tally *tally, const dk_item *item, dk_buf *out);

#endif
