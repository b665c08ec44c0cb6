/* What fuzz targets share: a claim that must hold, and the input as a file for code that opens paths. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static inline void fuzz_require(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "the input shows a fault: %s\n", what);
    abort();
}

/* A file in memory: *fd is made at the first call and then filled anew; path names it. */
static inline void fuzz_file(int *fd, char path[64], const void *bytes, size_t len) {
    if (*fd < 0) {
        *fd = memfd_create("fuzz", MFD_CLOEXEC);
        fuzz_require(*fd >= 0, "no file in memory can be made");
        snprintf(path, 64, "/proc/self/fd/%d", *fd);
    }
    fuzz_require(ftruncate(*fd, 0) == 0 && pwrite(*fd, bytes, len, 0) == (ssize_t)len, "the file in memory cannot be filled");
}

#endif
