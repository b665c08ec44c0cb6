/* A spool: rows in a temporary file, each behind its length in 4 bytes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/rows.h"

struct dk_spool {
    FILE *file;
    int64_t rows, at;
};

static const char place[] = "temporary file";

dk_status dk_spool_new(dk_spool **spool, dk_error *err) {
    *spool = calloc(1, sizeof **spool);
    if (*spool == NULL) return dk_fail_memory(err);
    (*spool)->file = tmpfile();
    if ((*spool)->file != NULL) return DK_OK;
    dk_fail_errno(err, errno, place, "cannot make it");
    free(*spool);
    *spool = NULL;
    return DK_EIO;
}

static void free_spool(void *state) {
    dk_spool *s = state;
    fclose(s->file);
    free(s);
}

void dk_spool_free(dk_spool *spool) {
    if (spool != NULL) free_spool(spool);
}

dk_status dk_spool_add(dk_spool *spool, const dk_buf *row, dk_error *err) {
    uint32_t len = (uint32_t)row->len;
    if (row->failed || row->len > UINT32_MAX) return dk_fail_memory(err);
    if (fwrite(&len, sizeof len, 1, spool->file) != 1 || (len > 0 && fwrite(row->ptr, len, 1, spool->file) != 1))
        return dk_fail_errno(err, errno, place, "cannot write");
    spool->rows++;
    return DK_OK;
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    dk_spool *s = state;
    uint32_t len;
    *done = s->at == s->rows;
    if (*done) return DK_OK;
    if (fread(&len, sizeof len, 1, s->file) != 1) return dk_fail_errno(err, errno, place, "cannot read");
    if (!dk_buf_reserve(row, len)) return dk_fail_memory(err);
    if (len > 0 && fread(row->ptr + row->len, len, 1, s->file) != 1) return dk_fail_errno(err, errno, place, "cannot read");
    row->len += len;
    s->at++;
    return DK_OK;
}

static dk_status rewind_spool(void *state, dk_error *err) {
    dk_spool *s = state;
    s->at = 0;
    if (fflush(s->file) != 0 || fseek(s->file, 0, SEEK_SET) != 0) return dk_fail_errno(err, errno, place, "cannot read again");
    return DK_OK;
}

static void progress(const void *state, int64_t *taken, int64_t *total) {
    const dk_spool *s = state;
    *taken = s->at;
    *total = s->rows;
}

dk_status dk_spool_source(dk_spool *spool, const char *format, dk_row_source *source, dk_error *err) {
    *source = (dk_row_source){format, spool, next, rewind_spool, progress, free_spool};
    return rewind_spool(spool, err);
}
