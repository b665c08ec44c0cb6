#include "io/reader.h"

#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "io/arrow_read.h"
#include "io/delimited.h"
#include "io/jsonl.h"
#include "io/postgres_read.h"
#include "io/reader_kind.h"
#include "io/sqlite_read.h"
#include "io/statfile.h"
#include "io/workbook.h"

enum { BLOCK_BYTES = 512 * 1024, LEAST_BYTES = 16 };
static const size_t RECORD_LIMIT = (size_t)256 << 20;

bool dk_path_ends(const char *path, const char *ending) {
    size_t len = strlen(path), n = strlen(ending);
    if (len > 3 && strcasecmp(path + len - 3, ".gz") == 0) len -= 3;
    else if (len > 4 && strcasecmp(path + len - 4, ".zst") == 0) len -= 4;
    return len >= n && strncasecmp(path + len - n, ending, n) == 0;
}

/* The first bytes of a regular file; nothing for standard input and pipes, which can be read only once. A pipe is not even opened: who
   writes to it would take that for its reader, and write to nobody. */
static size_t peek(const char *path, char *head, size_t room) {
    struct stat st;
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, head, room);
    close(fd);
    return n > 0 ? (size_t)n : 0;
}

static dk_status open_text(dk_reader *r, const char *path, dk_error *err) {
    const dk_reader_options *o = &r->options;
    dk_source_options so = {o->encoding, o->rewindable, o->unpack_limit, o->eager};
    dk_status status = dk_source_open(&r->text, path, &so, err);
    if (status != DK_OK) return status;
    r->source = r->text.name;
    bool is_json = o->delimiter == '\0' && r->text.encoding == NULL &&
                   (dk_path_ends(path, ".jsonl") || dk_path_ends(path, ".ndjson") ||
                    dk_jsonl_recognise(r->text.head + r->text.head_at, r->text.head_len - r->text.head_at));
    if (o->eager && o->delimiter == '\0') is_json = is_json || dk_jsonl_begins(r->text.head + r->text.head_at, r->text.head_len - r->text.head_at);
    return is_json ? dk_jsonl_open(r, err) : dk_delimited_open(r, path, err);
}

/* `sqlite:FILE?QUERY`; a query in the options is as good. */
static dk_status open_sqlite(dk_reader *r, const char *source, dk_error *err) {
    const char *mark = strchr(source, '?');
    size_t len = mark != NULL ? (size_t)(mark - source) : strlen(source);
    char *path = strndup(source, len);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = dk_file_exists(path) ? dk_sqlite_open(r, path, mark != NULL ? mark + 1 : r->options.query, err)
                                            : dk_fail_at(err, DK_EIO, path, 0, 0, "there is no such database");
    free(path);
    return status;
}

static dk_status refuse_option(const char *source, const char *option, const char *what, dk_error *err) {
    return dk_fail(err, DK_EUSAGE, "%s is for %s, and %s is none", option, what, source);
}

static dk_status open_source(dk_reader *r, const char *source, dk_error *err) {
    static const char sqlite_magic[] = "SQLite format 3";
    char head[16];
    const dk_reader_options *o = &r->options;
    if (o->arrow != NULL) return dk_arrow_open(r, source, err);
    if (o->eager) return open_text(r, source, err);
    if (dk_postgres_recognise(source)) return dk_postgres_open(r, source, o->query, err);
    if (strncmp(source, "sqlite:", 7) == 0) return open_sqlite(r, source + 7, err);
    size_t len = peek(source, head, sizeof head);
    if (len == sizeof sqlite_magic && memcmp(head, sqlite_magic, len) == 0) return dk_sqlite_open(r, source, o->query, err);
    if (o->query != NULL) return refuse_option(source, "--query", "databases", err);
    if (dk_workbook_recognise(head, len) && !dk_path_ends(source, ".zip"))
        return dk_workbook_open(r, source, o->sheet, o->unpack_limit, err);
    if (o->sheet != NULL) return refuse_option(source, "--sheet", "Excel workbooks", err);
    dk_statfile kind = dk_statfile_recognise(source, head, len);
    if (kind != DK_STATFILE_NONE) return dk_statfile_open(r, source, kind, err);
    return open_text(r, source, err);
}

dk_status dk_reader_open(dk_reader **reader, const char *source, const dk_reader_options *options,
                         dk_error *err) {
    *reader = NULL;
    dk_reader *r = calloc(1, sizeof *r);
    if (r == NULL) return dk_fail_memory(err);
    if (options != NULL) r->options = *options;
    if (r->options.block_bytes == 0) r->options.block_bytes = BLOCK_BYTES;
    if (r->options.block_bytes < LEAST_BYTES) r->options.block_bytes = LEAST_BYTES;
    if (r->options.record_limit == 0) r->options.record_limit = RECORD_LIMIT;
    r->text.fd = -1;
    dk_status status = open_source(r, source, err);
    r->options.encoding = r->options.query = r->options.sheet = NULL; /* the caller's, who may free them now */
    r->options.keys = NULL;
    if (status == DK_OK)
        *reader = r;
    else
        dk_reader_free(r);
    return status;
}

void dk_reader_free(dk_reader *r) {
    if (r == NULL) return;
    if (r->kind != NULL) r->kind->free(r);
    dk_source_close(&r->text);
    free(r->slot);
    free(r->twin);
    dk_arena_dispose(&r->arena);
    free(r);
}

const char *dk_reader_source(const dk_reader *r) {
    return r->source;
}
size_t dk_reader_columns(const dk_reader *r) {
    return r->ncolumns;
}
dk_str dk_reader_column_name(const dk_reader *r, size_t column) {
    return r->names[column];
}

dk_block *dk_block_new(void) {
    dk_block *b = calloc(1, sizeof *b);
    struct dk_block_data *data = calloc(1, sizeof *data);
    if (b == NULL || data == NULL) {
        free(b);
        free(data);
        return NULL;
    }
    b->data = data;
    return b;
}

void dk_block_free(dk_block *b) {
    if (b == NULL) return;
    free(b->data->bytes);
    free(b->data->marks);
    dk_arena_dispose(&b->data->arena);
    free(b->data);
    free(b->cells);
    free(b->row);
    free(b->rejects);
    free(b);
}

bool dk_block_reserve(dk_block *b, size_t rows, size_t columns) {
    if (columns != 0 && rows > SIZE_MAX / columns) return false;
    return dk_grow(&b->cells, &b->data->cells_cap, rows * columns) &&
           dk_grow(&b->row, &b->data->row_cap, rows) &&
           dk_grow(&b->data->marks, &b->data->marks_cap, columns);
}

dk_status dk_reader_read_block(dk_reader *r, dk_block *b, bool *done, dk_error *err) {
    r->started = true;
    b->rows = b->nrejects = 0;
    b->columns = r->nselected;
    b->counts = (dk_read_counts){0};
    dk_arena_reset(&b->data->arena);
    *done = false;
    return r->kind->read_block(r, b, done, err);
}

dk_status dk_reader_parse(const dk_reader *r, dk_block *b, dk_error *err) {
    return r->kind->parse(r, b, err);
}

dk_status dk_reader_rewind(dk_reader *r, dk_error *err) {
    dk_status status = r->kind->rewind(r, err);
    if (status == DK_OK) r->started = false;
    return status;
}

void dk_reader_progress(const dk_reader *r, int64_t *taken, int64_t *total) {
    r->kind->progress(r, taken, total);
}

void dk_read_counts_add(dk_read_counts *sum, const dk_read_counts *more) {
    sum->rows += more->rows;
    sum->rejected += more->rejected;
    sum->short_rows += more->short_rows;
    sum->blank_lines += more->blank_lines;
    sum->repaired_cells += more->repaired_cells;
    sum->utf8_cells += more->utf8_cells;
    sum->control_cells += more->control_cells;
    sum->stray_quotes += more->stray_quotes;
}

static void note(dk_buf *notes, int64_t n, const char *one, const char *many) {
    if (n == 0) return;
    if (notes->len > 0) dk_buf_puts(notes, ", ");
    dk_buf_put_grouped(notes, n);
    dk_buf_putf(notes, " %s", n == 1 ? one : many);
}

void dk_reader_describe(const dk_reader *r, const dk_read_counts *counts, dk_buf *out) {
    dk_buf notes;
    dk_buf_init(&notes);
    dk_buf_put_grouped(out, counts->rows);
    dk_buf_puts(out, counts->rows == 1 ? " row, " : " rows, ");
    r->kind->describe(r, counts, out, &notes);
    note(&notes, counts->control_cells, "cell with control characters", "cells with control characters");
    note(&notes, counts->stray_quotes, "cell with text behind its closing quote",
         "cells with text behind their closing quote");
    note(&notes, counts->short_rows, "row too short", "rows too short");
    note(&notes, counts->rejected, "row rejected", "rows rejected");
    if (notes.len > 0) {
        dk_buf_puts(out, " (");
        dk_buf_put(out, notes.ptr, notes.len);
        dk_buf_putc(out, ')');
    }
    if (notes.failed) out->failed = true;
    dk_buf_dispose(&notes);
}
