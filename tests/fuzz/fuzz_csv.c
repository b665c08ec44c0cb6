/* The delimited reader on any bytes: it must not read or write beyond its memory, every cell must be valid UTF-8,
 * every row must be accounted for, and the size of the blocks must not show. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "fuzz/target.h"
#include "io/clean.h"
#include "io/reader.h"

const char *const fuzz_tokens[] = {
    ",",        ";",
    "\t",       "|",
    "\"",       "\"\"",
    "\n",       "\r\n",
    "\r",       "\n\n",
    ",\"",      "\",",
    "\"\n",     "\xC3\xA5",
    "\xE5",     "\xF0\x9F\x98\x80",
    "\xFF\xFE", "\xEF\xBB\xBF",
    "sep=;\n",  "\x01",
    "NA",       "åäö och en längre text som fyller mer än ett block av sextiofyra byte i filen"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"id,nps,text\n1,9,bra\n2,3,\"dyr, men \"\"ok\"\"\"\n3,,\"rad\nrad\"\n",
                                  "id\ttext\n1\t\"Nej\" sa hon\n2\tja\n",
                                  "a;b\r\n1;2\r\n\r\n3;4\r\n",
                                  "text\rett\rtv\xE5\r",
                                  "sep=;\na;b\n1;\"2\n3\"\n",
                                  ""};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static void require(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "fuzz_csv: %s\n", what);
    abort();
}

typedef struct outcome {
    dk_status status;
    dk_error err;
    dk_read_counts counts;
    uint64_t hash, places, rejects; /* apart, since where blocks end decides what comes between what */
} outcome;

static void check_block(const dk_block *b, outcome *o) {
    require(b->rows + b->nrejects == (size_t)b->numbered, "rows are lost");
    for (size_t i = 0; i < b->rows * b->columns; i++) {
        dk_str cell = b->cells[i];
        for (size_t k = 0, n; k < cell.len; k += n) {
            n = dk_utf8_sequence((const unsigned char *)cell.ptr + k, cell.len - k);
            require(n > 0, "a cell is not UTF-8");
        }
        o->hash = dk_hash_mix(o->hash, dk_hash(cell.ptr, cell.len));
    }
    for (size_t i = 0; i < b->rows; i++)
        o->places = dk_hash_mix(o->places, dk_hash_mix((uint64_t)b->row[i].number, (uint64_t)b->row[i].line));
    for (size_t i = 0; i < b->nrejects; i++) {
        const dk_reject *x = &b->rejects[i];
        require(x->line > 0 && x->column > 0, "a reject has no place");
        o->rejects = dk_hash_mix(o->rejects, dk_hash(x->raw.ptr, x->raw.len) + (uint64_t)x->column);
    }
    dk_read_counts_add(&o->counts, &b->counts);
}

static void read_all(const char *path, const dk_reader_options *options, outcome *o) {
    memset(o, 0, sizeof *o);
    dk_reader *r = NULL;
    dk_block *b = dk_block_new();
    require(b != NULL, "no memory");
    o->status = dk_reader_open(&r, path, options, &o->err);
    while (o->status == DK_OK) {
        bool done = false;
        o->status = dk_reader_read_block(r, b, &done, &o->err);
        if (o->status != DK_OK || done) break;
        o->status = dk_reader_parse(r, b, &o->err);
        if (o->status == DK_OK) check_block(b, o);
    }
    dk_block_free(b);
    dk_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static char path[64];
    if (path[0] == '\0') {
        snprintf(path, sizeof path, "/tmp/dk-fuzz-%ld.tsv", (long)getpid());
        FILE *made = fopen(path, "wb");
        require(made != NULL, "no temporary file");
        fclose(made);
    }
    FILE *f = fopen(path, "wb");
    require(f != NULL && fwrite(bytes, 1, len, f) == len && fclose(f) == 0, "no temporary file");
    uint64_t pick = dk_hash(bytes, len);
    dk_reader_options options = {.delimiter = "\0,;\t"[pick % 4],
                                 .quoting = (dk_quoting)(pick / 4 % 3),
                                 .no_header = pick / 12 % 2 == 1};
    outcome large, small;
    read_all(path, &options, &large);
    options.block_bytes = 16 + pick / 24 % 200;
    read_all(path, &options, &small);
    unlink(path);
    require(large.status == small.status, "the size of blocks changes the outcome");
    if (large.status != DK_OK) return 0;
    require(large.hash == small.hash, "the size of blocks changes the cells");
    require(large.places == small.places, "the size of blocks changes the places of rows");
    require(large.rejects == small.rejects, "the size of blocks changes the rejects");
    require(memcmp(&large.counts, &small.counts, sizeof large.counts) == 0,
            "the size of blocks changes the counts");
    return 0;
}
