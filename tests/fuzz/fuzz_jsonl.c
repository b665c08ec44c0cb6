/* JSON Lines of any bytes: every cell is valid UTF-8, every row is accounted for, and neither the size of the blocks nor reading as a
 * feed (eager, with the columns known) shows in what comes out. */
#include "base/hash.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "io/clean.h"
#include "io/reader.h"

const char *const fuzz_tokens[] = {"{",      "}",      "[",         "]",       ":",       ",",      "\"",         "\\\"", "\\u00e5", "\\ud83d\\ude00",
                                   "\\ud83d", "\\u0000", "\n",        "\r\n",    "null",    "true",   "1e999",      "-0",   "0.1",     "12345678901234567890",
                                   "\"id\":", "\"text\":", "{\"a\":{", "[[[[[[[[", "\xC3\xA5", "\xE5",   "\xEF\xBB\xBF", " ",   "\t",      "//"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"{\"id\":1,\"text\":\"Bra!\"}\n{\"id\":2,\"text\":null,\"nps\":9}\n",
                                  "{\"id\":\"a\",\"text\":\"s\\u00e5 \\ud83d\\ude00\",\"more\":{\"x\":[1,2]}}\n\n{\"text\":\"\\\"\"}",
                                  "{\"id\":1}\n{\"id\":1,\"id\":2}\nnot json\n{\"id\":3",
                                  "{}\n"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

typedef struct outcome {
    dk_status status;
    dk_read_counts counts;
    uint64_t cells;
} outcome;

static void check_block(const dk_block *b, outcome *o) {
    fuzz_require(b->rows + b->nrejects == (size_t)b->numbered, "rows are lost");
    for (size_t i = 0; i < b->rows * b->columns; i++) {
        dk_str cell = b->cells[i];
        for (size_t k = 0, n; k < cell.len; k += n) {
            n = dk_utf8_sequence((const unsigned char *)cell.ptr + k, cell.len - k);
            fuzz_require(n > 0, "a cell is not UTF-8");
        }
        o->cells = dk_hash_mix(o->cells, dk_hash(cell.ptr, cell.len));
    }
    for (size_t i = 0; i < b->nrejects; i++) fuzz_require(b->rejects[i].line > 0, "a reject has no place");
    dk_read_counts_add(&o->counts, &b->counts);
}

static void read_all(const char *path, const dk_reader_options *options, outcome *o) {
    memset(o, 0, sizeof *o);
    dk_reader *r = NULL;
    dk_block *b = dk_block_new();
    dk_error err;
    fuzz_require(b != NULL, "no memory");
    o->status = dk_reader_open(&r, path, options, &err);
    while (o->status == DK_OK) {
        bool done = false;
        o->status = dk_reader_read_block(r, b, &done, &err);
        if (o->status != DK_OK || done) break;
        o->status = dk_reader_parse(r, b, &err);
        if (o->status == DK_OK) check_block(b, o);
    }
    dk_block_free(b);
    dk_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char file[64], path[64];
    fuzz_file(&fd, file, bytes, len);
    if (path[0] == '\0') { /* the ending says that it is JSON Lines whatever it begins with */
        snprintf(path, sizeof path, "/tmp/dk-fuzz-%ld.jsonl", (long)getpid());
        unlink(path);
    }
    fuzz_require(symlink(file, path) == 0, "no temporary link");
    outcome large, small, eager;
    dk_reader_options options = {0};
    read_all(path, &options, &large);
    options.block_bytes = 16 + dk_hash(bytes, len) % 200;
    read_all(path, &options, &small);
    const char *keys[] = {"id", "text"};
    dk_reader_options feed = {.eager = true, .keys = keys, .nkeys = 2};
    read_all(path, &feed, &eager);
    unlink(path);
    fuzz_require(large.status == small.status, "the size of blocks changes the outcome");
    if (large.status != DK_OK) return 0;
    fuzz_require(large.cells == small.cells, "the size of blocks changes the cells");
    fuzz_require(memcmp(&large.counts, &small.counts, sizeof large.counts) == 0, "the size of blocks changes the counts");
    return 0;
}
