/* Drives a fuzz target without libFuzzer: replays files, then a bounded, seeded run of mutations of its seeds.
 *
 *     fuzz_csv [--runs N] [--seed S] [FILE or FOLDER...]
 *
 * Files of folders are replayed in the order of their names, and also begun from. The same arguments give the same inputs. A crash names the run, so that --seed S --runs N repeats it. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"

enum { MOST = 4096, MOST_FILES = 4096, MOST_NAME = 1024 };

static char *kept[MOST_FILES]; /* files of folders */
static size_t nkept;

static uint64_t state;

static uint64_t draw(uint64_t below) { /* splitmix64 (Steele, Lea and Flood 2014) */
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % below;
}

/* The bytes of a file, up to room of them. */
static size_t load(const char *path, uint8_t *bytes, size_t room) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    size_t len = fread(bytes, 1, room, f);
    fclose(f);
    return len;
}

static void run_exact(const uint8_t *bytes, size_t len) {
    uint8_t *exact = malloc(len > 0 ? len : 1); /* so that a sanitizer sees a byte read too far */
    if (exact == NULL) exit(1);
    memcpy(exact, bytes, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static int not_hidden(const struct dirent *d) { return d->d_name[0] != '.'; }

static void replay(const char *path) {
    static uint8_t bytes[1 << 22];
    struct dirent **names;
    int n = scandir(path, &names, not_hidden, alphasort);
    if (n < 0) { /* a file */
        run_exact(bytes, load(path, bytes, sizeof bytes));
        return;
    }
    for (int i = 0; i < n; i++) {
        char file[MOST_NAME];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        free(names[i]);
        run_exact(bytes, load(file, bytes, sizeof bytes));
        if (nkept < MOST_FILES && (kept[nkept] = strdup(file)) != NULL) nkept++;
    }
    free(names);
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
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
            runs = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else
            replay(argv[i]);
    }
    static uint8_t text[MOST];
    for (uint64_t run = 0; run < runs; run++) {
        state = seed * 0x100000001B3u + run;
        size_t pick = draw(fuzz_nseeds + nkept), len;
        if (pick < fuzz_nseeds) {
            len = strlen(fuzz_seeds[pick]);
            memcpy(text, fuzz_seeds[pick], len);
        } else {
            len = load(kept[pick - fuzz_nseeds], text, MOST);
        }
        for (uint64_t n = 1 + draw(24); n > 0; n--) len = mutate(text, len);
        run_exact(text, len);
    }
    for (size_t i = 0; i < nkept; i++) free(kept[i]);
    return 0;
}
