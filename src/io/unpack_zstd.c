/* Zstandard, the only place of libzstd. A window of up to 128 MB is accepted, the library's own default. */
#include <zstd.h>

#include "io/unpack.h"

static void *open_state(void) {
    return ZSTD_createDStream();
}

static const char *step(void *state, const char **in, size_t *in_len, char **to, size_t *room, bool *ended) {
    ZSTD_inBuffer from = {*in, *in_len, 0};
    ZSTD_outBuffer out = {*to, *room, 0};
    size_t result = ZSTD_decompressStream(state, &out, &from);
    *in += from.pos;
    *in_len -= from.pos;
    *to += out.pos;
    *room -= out.pos;
    *ended = result == 0;
    return ZSTD_isError(result) ? ZSTD_getErrorName(result) : NULL;
}

static bool reset(void *state) {
    return !ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only));
}

static void close_state(void *state) {
    ZSTD_freeDStream(state);
}

const dk_unpack_kind dk_unpack_zstd = {"Zstandard", "\x28\xb5\x2f\xfd", 4, open_state, step, reset, close_state};
