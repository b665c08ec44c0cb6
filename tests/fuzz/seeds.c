/* What a target begins from, for libFuzzer, which sees nothing of fuzz_seeds and fuzz_tokens: with DK_FUZZ_SEEDS=FOLDER in the environment a target
 * writes its seeds into that folder, and its tokens to FOLDER.dict, in the form of -dict, and ends. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

static FILE *create(const char *path) {
    FILE *f = fopen(path, "wb");
    if (f != NULL) return f;
    perror(path);
    exit(1);
}

static void finish(FILE *f, const char *path) {
    bool failed = ferror(f) != 0;
    if (fclose(f) == 0 && !failed) return;
    fprintf(stderr, "%s: cannot be written\n", path);
    exit(1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *folder = getenv("DK_FUZZ_SEEDS");
    char path[1024];
    if (folder == NULL) return 0;
    for (size_t i = 0; i < fuzz_nseeds; i++) {
        snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
        FILE *f = create(path);
        fwrite(fuzz_seeds[i], 1, strlen(fuzz_seeds[i]), f);
        finish(f, path);
    }
    snprintf(path, sizeof path, "%s.dict", folder);
    FILE *f = create(path);
    for (size_t i = 0; i < fuzz_ntokens; i++) {
        fputc('"', f);
        for (const char *c = fuzz_tokens[i]; *c != '\0'; c++) fprintf(f, "\\x%02X", (unsigned char)*c);
        fputs("\"\n", f);
    }
    finish(f, path);
    exit(0);
}
