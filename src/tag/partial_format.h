/* What the writer and the reader of partial results share; the layout stands in partial.h. */
#ifndef DK_TAG_PARTIAL_FORMAT_H
#define DK_TAG_PARTIAL_FORMAT_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/hash.h"

#define DK_PARTIAL_TITLE "drivkraft tag partial 1\n"

enum { DK_PARTIAL_HEAD = 3, DK_PARTIAL_CHUNK = 5 }; /* numbers of the head before its texts; of a chunk, and of the tail */

static inline void dk_partial_put_numbers(dk_buf *out, const uint64_t *numbers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char bytes[8];
        for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)(numbers[i] >> (8 * k));
        dk_buf_put(out, bytes, sizeof bytes);
    }
}

static inline uint64_t dk_partial_hash(const char *comments, size_t ncomments, const char *mentions, size_t nmentions) {
    return dk_hash_mix(ncomments > 0 ? dk_hash(comments, ncomments) : 0, nmentions > 0 ? dk_hash(mentions, nmentions) : 0);
}

#endif
