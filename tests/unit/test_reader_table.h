/* Reads a text through the reader the way the pipeline does and shows the rows as "[cell][cell]" lines. */
#ifndef TEST_READER_TABLE_H
#define TEST_READER_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/reader.h"

typedef struct table {
    dk_status status;
    dk_error err;
    dk_read_counts counts;
    dk_buf rows;    /* "[a][b]" and a line end for each row */
    dk_buf places;  /* "number:line " for each row */
    dk_buf rejects; /* "number:line:column reason" and a line end for each */
    dk_buf header;  /* "[name][name]" */
    dk_buf description;
} table;

static inline void table_init(table *t) {
    memset(t, 0, sizeof *t);
}

static inline void table_dispose(table *t) {
    dk_buf_dispose(&t->rows);
    dk_buf_dispose(&t->places);
    dk_buf_dispose(&t->rejects);
    dk_buf_dispose(&t->header);
    dk_buf_dispose(&t->description);
}

static inline void table_take(table *t, const dk_block *b) {
    for (size_t i = 0; i < b->rows; i++) {
        for (size_t c = 0; c < b->columns; c++) {
            dk_str cell = dk_block_cell(b, i, c);
            dk_buf_putc(&t->rows, '[');
            dk_buf_put(&t->rows, cell.ptr, cell.len);
            dk_buf_putc(&t->rows, ']');
        }
        dk_buf_putc(&t->rows, '\n');
        dk_buf_putf(&t->places, "%lld:%lld ", (long long)b->row[i].number, (long long)b->row[i].line);
    }
    for (size_t i = 0; i < b->nrejects; i++) {
        const dk_reject *x = &b->rejects[i];
        dk_buf_putf(&t->rejects, "%lld:%lld:%lld %s\n", (long long)x->number, (long long)x->line,
                    (long long)x->column, x->reason);
    }
    dk_read_counts_add(&t->counts, &b->counts);
}

/* Reads the rest of an open reader. */
static inline void table_rest(table *t, dk_reader *r) {
    dk_block *b = dk_block_new();
    assert_non_null(b);
    while (t->status == DK_OK) {
        bool done = false;
        t->status = dk_reader_read_block(r, b, &done, &t->err);
        if (t->status != DK_OK || done) break;
        t->status = dk_reader_parse(r, b, &t->err);
        if (t->status == DK_OK) table_take(t, b);
    }
    dk_block_free(b);
}

static inline void table_read(table *t, const char *path, const dk_reader_options *options) {
    table_init(t);
    dk_reader *r = NULL;
    t->status = dk_reader_open(&r, path, options, &t->err);
    if (t->status != DK_OK) return;
    for (size_t i = 0; i < dk_reader_columns(r); i++) {
        dk_str name = dk_reader_column_name(r, i);
        dk_buf_putc(&t->header, '[');
        dk_buf_put(&t->header, name.ptr, name.len);
        dk_buf_putc(&t->header, ']');
    }
    table_rest(t, r);
    dk_reader_describe(r, &t->counts, &t->description);
    dk_reader_free(r);
}

static inline char *temp_file(const char *suffix, const char *bytes, size_t len) {
    char *path = malloc(64);
    assert_non_null(path);
    snprintf(path, 64, "/tmp/dk-test-XXXXXX%s", suffix);
    int fd = mkstemps(path, (int)strlen(suffix));
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
    return path;
}

static inline void drop_file(char *path) {
    unlink(path);
    free(path);
}

/* Reads bytes as a file whose name ends in suffix. */
static inline void table_from(table *t, const char *suffix, const char *bytes, size_t len,
                              const dk_reader_options *options) {
    char *path = temp_file(suffix, bytes, len);
    table_read(t, path, options);
    drop_file(path);
}

static inline void table_of(table *t, const char *text) {
    table_from(t, ".csv", text, strlen(text), NULL);
}

#endif
