/* A corpus: the comments of a file, tagged, in memory; what the tools of the workbench count over.
 *
 * A million comments of 40 words take some 400 MB with their text and half of it without. Words are folded forms with dense
 * numbers in the order of their first sight in the file, so that nothing depends on the number of threads.
 */
#ifndef DK_WORKBENCH_CORPUS_H
#define DK_WORKBENCH_CORPUS_H

#include "base/intern.h"
#include "tag/session.h"
#include "workbench/pass.h"

/* A token of a corpus is the number of its word, with a bit for those that a theme's entry covers; BREAK stands where a mark, a
   number or an address stood. */
enum { DK_CORPUS_WORD = 0x3fffffff, DK_CORPUS_THEMED = 0x40000000, DK_CORPUS_BREAK = DK_CORPUS_WORD };

typedef struct dk_corpus_mention {
    uint32_t theme, entry, start, end;
    int16_t polarity;
    uint8_t label;
} dk_corpus_mention;

typedef struct dk_corpus_comment {
    dk_str id, text;             /* text: empty unless it is kept */
    int64_t line;                /* of the source */
    size_t first, first_mention; /* into tokens and mentions */
    uint32_t ntokens, nmentions;
    int16_t sentiment, confidence;
    uint8_t language, label; /* dk_language, dk_label */
} dk_corpus_comment;

typedef struct dk_corpus_options {
    const char *source, *text, *id;
    dk_reader_options reader;
    const char *const *extras;  /* further columns, each an option of the user's; NULL ones are empty */
    const char *const *options; /* how they are called on the command line */
    size_t nextras;
    bool keep_text;
    bool
        cross_fitted; /* weights that have folds are used without the fold of the comment, or of its customer */
    const char *customer; /* their column; NULL for none */
    dk_tag_plan plan;
    const char *packs; /* auto, none, names; NULL: those of the plan */
    int threads;
    void (*rejected)(void *context, const char *source, const dk_reject *reject);
    void (*progress)(void *context, int64_t taken, int64_t total);
    void *progress_context;
} dk_corpus_options;

typedef struct dk_corpus {
    const char *source;
    dk_corpus_comment *comments; /* those that have text */
    size_t count, cap;
    uint32_t *tokens;
    size_t ntokens, tokens_cap;
    dk_corpus_mention *mentions;
    size_t nmentions, mentions_cap;
    uint32_t *extras; /* count x nextras: numbers into values, DK_NO_ID for missing */
    size_t nextras, extras_cap;
    dk_intern words, values;
    int64_t empty; /* rows without a comment */
    dk_read_counts counts;
    dk_tag_plan plan; /* as it came out */
    dk_arena arena;
} dk_corpus;

/* Reads and tags; dispose also after a failure. The engine is borrowed until the corpus is read. */
dk_status dk_corpus_read(dk_corpus *corpus, const dk_engine *engine, const dk_corpus_options *options,
                         dk_error *err);
void dk_corpus_dispose(dk_corpus *corpus);

static inline uint32_t dk_corpus_extra(const dk_corpus *c, size_t comment, size_t extra) {
    return c->extras[comment * c->nextras + extra];
}

/* Ranks the words whose counts[word * stride] is `least` or more: the most frequent first, of equals the lower number. *place[word] is the place of
   a word, DK_NO_ID for those that are too rare or come after the first `most`; *order, which may be NULL, the words by place, *n how
   many. Both are the caller's to free, also after a failure. */
dk_status dk_corpus_rank(const dk_corpus *corpus, const uint32_t *counts, size_t stride, uint32_t least, size_t most,
                         uint32_t **order, uint32_t **place, size_t *n, dk_error *err);

/* The packs that the first comments of an opened pass call for, as tag --pack auto chooses; the pass begins anew. */
dk_status dk_corpus_choose_packs(dk_pass *pass, const dk_engine *engine, dk_tag_plan *plan, dk_error *err);

#endif
