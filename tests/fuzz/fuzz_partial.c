/* Partial results of `drivkraft drivers`, damaged or made up with right checksums: merged or refused, never believed beyond their bytes.
 *
 * The input is such a file; its title, lengths and hashes are put right here, the head's and those of the rows. */
#include "base/hash.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "study/drivers_partial.h"

const char *const fuzz_tokens[] = {"\x01\x01\x01\x01\x01\x01\x01\x01", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\x7F", "y", "score"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"drivkraft partial 4\n0123456701234567", ""};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

enum { TITLE = 20, SIZES = 16, HEAD = 8 * (6 + 8 + 4 + 7 + 4), SEGMENTS = 8 * (6 + 3), LOST = 8 * (6 + 7), ROWS_HEAD = 24 };

static size_t runs, taken;

/* Corpora are of one version of the format: with those of another all inputs would be refused at once, and nothing be tried. */
static void look_back(void) {
    if (runs < 100 || taken > 0) return;
    fprintf(stderr, "of %zu inputs none was taken: make seeds anew by drivkraft drivers --partial\n", runs);
    _exit(1);
}

static uint64_t number_at(const char *at) {
    uint64_t n;
    memcpy(&n, at, sizeof n);
    return n;
}

/* Puts the length, as far as there are bytes for it, and the hash of what stands behind; where that ends. */
static size_t mend_hashed(char *bytes, size_t at, size_t len) {
    if (len - at < SIZES) return len;
    uint64_t size = number_at(bytes + at), rest = len - at - SIZES;
    if (size > rest) size = rest;
    uint64_t sizes[2] = {size, size > 0 ? dk_hash(bytes + at + SIZES, size) : 0};
    memcpy(bytes + at, sizes, sizeof sizes);
    return at + SIZES + (size_t)size;
}

/* What a mutation broke: the title, and all lengths and hashes. */
static void mend(char *bytes, size_t len) {
    memcpy(bytes, "drivkraft partial 4\n", TITLE);
    if (number_at(bytes + TITLE) < HEAD) {
        uint64_t rest = len - TITLE - SIZES;
        memcpy(bytes + TITLE, &rest, sizeof rest);
    }
    size_t at = mend_hashed(bytes, TITLE, len);
    if (at - TITLE - SIZES < HEAD) return;
    uint64_t segments = number_at(bytes + TITLE + SIZES + SEGMENTS), lost = number_at(bytes + TITLE + SIZES + LOST);
    if (lost > (len - at) / 16 || len - at - 16 * lost < 8) return;
    uint64_t hash = lost > 0 ? dk_hash(bytes + at, 16 * lost) : 0;
    at += 16 * lost;
    memcpy(bytes + at, &hash, sizeof hash);
    at += sizeof hash;
    for (uint64_t s = 0; s < segments && len - at >= 8; s++) {
        uint64_t name = number_at(bytes + at);
        if (name > len - at - 8 || len - at - 8 - name < ROWS_HEAD) return;
        at += 8 + name + ROWS_HEAD;
        for (int i = 0; i < DK_ROWS_PARTS && at < len; i++) at = mend_hashed(bytes, at, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char path[64];
    if (runs++ == 0) atexit(look_back);
    dk_buf file;
    dk_buf_init(&file);
    dk_buf_put(&file, bytes, len);
    if (len >= TITLE + SIZES && !file.failed) mend(file.ptr, len);
    fuzz_file(&fd, path, file.ptr != NULL ? file.ptr : "", file.len);
    dk_drivers_data data;
    dk_driver_options options;
    const char *outcome;
    dk_error err = {0};
    const char *const paths[] = {path, path};
    dk_status status = dk_drivers_merge(paths, 1 + len % 2, &data, &options, &outcome, &err);
    if (status == DK_OK) {
        taken++;
        fuzz_require(outcome != NULL && data.group_of != NULL, "a question without an outcome");
        for (size_t i = 0; i < data.npredictors; i++) fuzz_require(data.group_of[i] < data.ngroups, "a predictor of no group");
        dk_drivers_data_dispose(&data);
    } else {
        fuzz_require(err.message[0] != '\0', "refused without saying why");
    }
    dk_buf_dispose(&file);
    return 0;
}
