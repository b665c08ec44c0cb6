/* Times reading and parsing: bench_reader FILE [REPEATS] [COLUMN...]. Prints the best time on one thread, its speed, and
 * what was read. With the name of a column only that one is materialised. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "io/reader.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef struct run_times {
    double all, boundaries;
} run_times;

static dk_status run(const char *path, char **columns, int ncolumns, run_times *times, dk_buf *text,
                     dk_error *err) {
    dk_reader *r = NULL;
    dk_block *b = dk_block_new();
    dk_read_counts counts = {0};
    size_t chosen[64], bytes = 0;
    double start = now(), boundaries = 0;
    dk_status status = b == NULL ? dk_fail_memory(err) : dk_reader_open(&r, path, NULL, err);
    for (int i = 0; i < ncolumns && i < 64 && status == DK_OK; i++)
        status = dk_reader_find_column(r, columns[i], NULL, &chosen[i], err);
    if (status == DK_OK && ncolumns > 0) status = dk_reader_select(r, chosen, (size_t)ncolumns, err);
    for (bool done = false; status == DK_OK;) {
        double t = now();
        status = dk_reader_read_block(r, b, &done, err);
        boundaries += now() - t;
        if (status == DK_OK && !done) status = dk_reader_parse(r, b, err);
        if (status != DK_OK || done) break;
        dk_read_counts_add(&counts, &b->counts);
        for (size_t i = 0; i < b->rows * b->columns; i++) bytes += b->cells[i].len;
    }
    double all = now() - start;
    if (all < times->all) *times = (run_times){all, boundaries};
    dk_buf_clear(text);
    if (status == DK_OK) dk_reader_describe(r, &counts, text);
    dk_buf_putf(text, "; %zu bytes in cells", bytes);
    dk_reader_free(r);
    dk_block_free(b);
    return status;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: bench_reader FILE [REPEATS] [COLUMN...]\n");
        return 2;
    }
    int repeats = argc > 2 ? atoi(argv[2]) : 7;
    run_times best = {1e9, 0};
    dk_buf text;
    dk_buf_init(&text);
    dk_error err;
    for (int i = 0; i < repeats; i++) {
        dk_status status = run(argv[1], argv + 3, argc > 3 ? argc - 3 : 0, &best, &text, &err);
        if (status == DK_OK) continue;
        fprintf(stderr, "%s:%lld:%lld: %s\n%s\n%s\n", err.file, (long long)err.line, (long long)err.column,
                err.message, err.excerpt, err.remedy);
        dk_buf_dispose(&text);
        return 1;
    }
    FILE *f = fopen(argv[1], "rb");
    double size = 0;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0) size = (double)ftell(f);
    if (f != NULL) fclose(f);
    printf("%.3f s (%.3f s reading and finding rows), %.0f MB/s: %s\n", best.all, best.boundaries,
           size / best.all / 1e6, dk_buf_cstr(&text));
    dk_buf_dispose(&text);
    return 0;
}
