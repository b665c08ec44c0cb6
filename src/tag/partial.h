/* Partial results of tagging: the rows of comments.csv and mentions.csv of a part of the data, merged later to the bytes of one run.
 *
 * A part is either a share of one source, K of N (all jobs name the same source, and each tags the blocks whose serial is K - 1
 * modulo N), or a whole source of its own, 1 of 1. Shares know the numbers of their rows, so that a merge can tell
 * which are missing or come twice and takes them in any order; whole sources are joined in the order given.
 *
 * A file is the line "drivkraft tag partial 1", a head, chunks and a tail. Numbers are 8 bytes, the low end first; a hash is that
 * of base/hash.h.
 *
 *   head   its length and hash; part, parts, has_id; plan, options and source, each ended by a NUL
 *   chunk  first row number (above 0), rows numbered, bytes of comments, bytes of mentions, hash of both; the two texts
 *   tail   0, rows numbered in the whole source, rows left out, chunks, hash over the hashes of the chunks
 */
#ifndef DK_TAG_PARTIAL_H
#define DK_TAG_PARTIAL_H

#include "io/output.h"

/* What the rows were made of; texts are borrowed. */
typedef struct dk_partial {
    uint32_t part, parts; /* 1..parts */
    bool has_id;          /* ids come from a column; else they are row numbers */
    const char *plan;     /* the text of the plan (tag/plan.h), version stamp included: the same in all parts */
    const char *options;  /* whatever else decides the rows: the same in all parts */
    const char *source;   /* name of the input without its folder */
} dk_partial;

typedef struct dk_partial_writer dk_partial_writer;

dk_status dk_partial_open(dk_partial_writer **writer, const char *path, const dk_partial *part, dk_error *err);

/* Appends the rows of one block: numbered rows from the number first on, in the order of the source. Clears both buffers. */
dk_status dk_partial_put(dk_partial_writer *writer, int64_t first, int64_t numbered, dk_buf *comments, dk_buf *mentions, dk_error *err);

/* Makes the file whole. total: rows numbered in the source, those of other shares included; left_out: own rows that could not be read.
   Frees the writer also when it fails. */
dk_status dk_partial_close(dk_partial_writer *writer, int64_t total, int64_t left_out, dk_error *err);
void dk_partial_abort(dk_partial_writer *writer);

/* Whether a file begins as one; DK_EIO when it cannot be read. */
dk_status dk_partial_recognise(const char *path, bool *is, dk_error *err);

typedef struct dk_partial_facts {
    int64_t rows, left_out;
} dk_partial_facts;

/* Writes folder/comments.csv, mentions.csv and plan.tsv, the bytes of one run over all of it, reading a chunk at a time. The folder must
   exist; the files appear only when all went well. DK_EDATA names a part that is damaged, was made with another plan, version or options,
   comes twice, or is missing. */
dk_status dk_partial_merge(const char *const *paths, size_t n, const char *folder, dk_partial_facts *facts, dk_error *err);

#endif
