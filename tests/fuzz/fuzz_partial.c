/* Partial results of `drivkraft drivers`, damaged or made up with right checksums: merged or refused, never believed beyond their bytes.
 *
 * The input: title, 8 bytes for the length of the head and 8 for its hash, both put right here, then the head and the rows. */
#include "base/hash.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "study/drivers_partial.h"

const char *const fuzz_tokens[] = {"\x01\x01\x01\x01\x01\x01\x01\x01", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\x7F", "y", "score"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"drivkraft partial 4\n0123456701234567", ""};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

enum { TITLE = 20, SIZES = 16, HEAD = 8 * (6 + 7 + 4 + 7 + 4) };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char path[64];
    dk_buf file;
    dk_buf_init(&file);
    dk_buf_put(&file, bytes, len);
    if (len >= TITLE + SIZES) { /* what a mutation broke: the head is as long as it says, else all of the rest, and its hash is right */
        uint64_t sizes[2], rest = len - TITLE - SIZES;
        memcpy(sizes, bytes + TITLE, sizeof sizes);
        if (sizes[0] < HEAD || sizes[0] > rest) sizes[0] = rest;
        sizes[1] = dk_hash(bytes + TITLE + SIZES, sizes[0]);
        memcpy(file.ptr + TITLE, sizes, sizeof sizes);
    }
    fuzz_file(&fd, path, file.ptr != NULL ? file.ptr : "", file.len);
    dk_drivers_data data;
    dk_driver_options options;
    const char *outcome;
    dk_error err = {0};
    const char *const paths[] = {path, path};
    dk_status status = dk_drivers_merge(paths, 1 + len % 2, &data, &options, &outcome, &err);
    if (status == DK_OK) {
        fuzz_require(outcome != NULL && data.group_of != NULL, "a question without an outcome");
        for (size_t i = 0; i < data.npredictors; i++) fuzz_require(data.group_of[i] < data.ngroups, "a predictor of no group");
        dk_drivers_data_dispose(&data);
    } else {
        fuzz_require(err.message[0] != '\0', "refused without saying why");
    }
    dk_buf_dispose(&file);
    return 0;
}
