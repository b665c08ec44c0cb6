/* gzip, the only place of zlib. */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "io/unpack.h"

enum { GZIP_WINDOW = 15 + 16 }; /* the largest window, with gzip's header and checksum */

static void *open_state(void) {
    z_stream *z = calloc(1, sizeof *z);
    if (z != NULL && inflateInit2(z, GZIP_WINDOW) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static const char *step(void *state, const char **in, size_t *in_len, char **to, size_t *room, bool *ended) {
    z_stream *z = state;
    uInt offered = *in_len < UINT_MAX ? (uInt)*in_len : UINT_MAX, space = *room < UINT_MAX ? (uInt)*room : UINT_MAX;
    z->next_in = (z_const Bytef *)*in;
    z->avail_in = offered;
    z->next_out = (Bytef *)*to;
    z->avail_out = space;
    int result = inflate(z, Z_NO_FLUSH);
    *in += offered - z->avail_in;
    *in_len -= offered - z->avail_in;
    *to += space - z->avail_out;
    *room -= space - z->avail_out;
    *ended = result == Z_STREAM_END;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return NULL;
    return z->msg != NULL ? z->msg : result == Z_MEM_ERROR ? "out of memory" : "unknown format";
}

static bool reset(void *state) {
    return inflateReset2(state, GZIP_WINDOW) == Z_OK;
}

static void close_state(void *state) {
    inflateEnd(state);
    free(state);
}

const dk_unpack_kind dk_unpack_gzip = {"gzip", "\x1f\x8b", 2, open_state, step, reset, close_state};
