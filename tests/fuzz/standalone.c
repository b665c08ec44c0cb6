/* Drives a fuzz target without libFuzzer: replays files, then a bounded, seeded run of mutations of its seeds.
 *
 *     fuzz_csv [--runs N] [--seed S] [FILE...]
 *
 * The same arguments give the same inputs. A crash names the run, so that --seed S --runs N repeats it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"

enum { MOST = 4096 };

static uint64_t state;

static uint64_t draw(uint64_t below) { /* splitmix64 (Steele, Lea and Flood 2014) */
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % below;
}

static int replay(const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    static uint8_t bytes[1 << 22];
    size_t len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    LLVMFuzzerTestOneInput(bytes, len);
    return 0;
}

static size_t put(uint8_t *text, size_t len, size_t at, const char *bytes, size_t n) {
    if (n > MOST - len) n = MOST - len;
    memmove(text + at + n, text + at, len - at);
    memcpy(text + at, bytes, n);
    return len + n;
}

/* One change: a token put in, bytes flipped, a piece doubled or dropped. */
static size_t mutate(uint8_t *text, size_t len) {
    size_t at = draw(len + 1), n;
    switch (draw(5)) {
    case 0:
    case 1: {
        const char *token = fuzz_tokens[draw(fuzz_ntokens)];
        return put(text, len, at, token, strlen(token));
    }
    case 2:
        if (at < len) text[at] = (uint8_t)draw(256);
        return len;
    case 3:
        n = draw(64);
        if (n > len - at) n = len - at;
        memmove(text + at, text + at + n, len - at - n);
        return len - n;
    default: {
        char piece[64];
        n = draw(sizeof piece);
        if (n > len - at) n = len - at;
        memcpy(piece, text + at, n);
        return put(text, len, draw(len + 1), piece, n);
    }
    }
}

int main(int argc, char **argv) {
    uint64_t runs = 0, seed = 1;
    int failures = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
            runs = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else
            failures += replay(argv[i]);
    }
    static uint8_t text[MOST];
    for (uint64_t run = 0; run < runs; run++) {
        state = seed * 0x100000001B3u + run;
        const char *start = fuzz_seeds[draw(fuzz_nseeds)];
        size_t len = strlen(start);
        memcpy(text, start, len);
        for (uint64_t n = 1 + draw(24); n > 0; n--) len = mutate(text, len);
        uint8_t *exact = malloc(len > 0 ? len : 1); /* so that a sanitizer sees a byte read too far */
        if (exact == NULL) return 1;
        memcpy(exact, text, len);
        LLVMFuzzerTestOneInput(exact, len);
        free(exact);
    }
    return failures != 0;
}
