/* A pass over the comments of a file on many threads: what the tools of the workbench share.
 *
 * Each block of rows is handed to `work` on some thread together with an item of the caller's own, and then both to `deliver`
 * on the calling thread, in the order of the file. The cells of the block are still there then, so an item
 * needs to hold only what was found out.
 */
#ifndef DK_WORKBENCH_PASS_H
#define DK_WORKBENCH_PASS_H

#include "io/reader.h"

enum {
    DK_PASS_TEXT,
    DK_PASS_ID,
    DK_PASS_FIXED,
    DK_PASS_EXTRAS = 64
}; /* the first columns of a block; those of `extras` follow, at most DK_PASS_EXTRAS */

typedef struct dk_pass {
    dk_reader *reader;
    bool has_id;
    uint64_t absent;      /* bit e: extra e has no column */
    int64_t taken, total; /* bytes, for progress */
    dk_read_counts counts;
    void *context;
    dk_status (*work)(void *context, void *worker, const dk_block *block, void *item, dk_error *err);
    dk_status (*deliver)(void *context, const dk_block *block, void *item, dk_error *err);
    /* The two below may be NULL. progress is called on the calling thread. */
    void (*rejected)(void *context, const char *source, const dk_reject *reject);
    void (*progress)(void *context, int64_t taken, int64_t total);
    void *progress_context; /* of both */
} dk_pass;

typedef struct dk_pass_columns {
    const char *text, *id;      /* id: NULL for row numbers */
    const char *const *extras;  /* further columns, by name; one that is NULL is read as empty */
    const char *const *options; /* how the user named each, such as --score; for messages */
    size_t nextras;
} dk_pass_columns;

/* Opens a source and finds its columns; rewindable when it is to be read twice. */
dk_status dk_pass_open(dk_pass *pass, const char *source, const dk_reader_options *options,
                       const dk_pass_columns *columns, dk_error *err);
void dk_pass_dispose(dk_pass *pass);

/* Runs to the end of the source. workers has `threads` elements. items are item_size bytes each, cleared before the
   first use and reused from block to block; dispose frees what an item holds. */
dk_status dk_pass_run(dk_pass *pass, void *const *workers, int threads, size_t item_size,
                      void (*dispose)(void *item), dk_error *err);

/* The comment of a row ("NA" and "." are none), its id (scratch holds a row number), and an extra column. */
dk_str dk_pass_text(const dk_block *block, size_t row);
dk_str dk_pass_id(const dk_pass *pass, const dk_block *block, size_t row, char scratch[24]);
static inline dk_str dk_pass_extra(const dk_pass *pass, const dk_block *block, size_t row, size_t extra) {
    return pass->absent >> extra & 1 ? (dk_str){"", 0} : dk_block_cell(block, row, DK_PASS_FIXED + extra);
}

#endif
