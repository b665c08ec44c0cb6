#include "io/rows.h"

#include <stdlib.h>

#include "io/clean.h"
#include "io/scan.h"

/* Packed rows: each cell as its length in 4 bytes and its text. */
typedef struct rows_state {
    dk_row_source source;
    char *name;
    dk_buf row;
    int64_t drop, number, serial;
    bool ended; /* a source is not asked again once it has said so */
} rows_state;

void dk_row_put(dk_buf *row, const char *text, size_t len) {
    uint32_t n = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
    dk_buf_put(row, &n, sizeof n);
    dk_buf_put(row, text, n);
}

/* The next row into s->row. */
static dk_status take_row(dk_reader *r, rows_state *s, bool *done, dk_error *err) {
    dk_buf_clear(&s->row);
    dk_status status = s->source.next(s->source.state, &s->row, done, err);
    if (status == DK_OK && s->row.failed) status = dk_fail_memory(err);
    if (status == DK_OK && s->row.len > r->options.record_limit)
        status = dk_fail_at(err, DK_EDATA, s->name, s->number, 0, "row %lld has more than %zu MB", (long long)s->number,
                            r->options.record_limit >> 20);
    return status;
}

static dk_status read_block(dk_reader *r, dk_block *block, bool *done, dk_error *err) {
    rows_state *s = r->state;
    struct dk_block_data *data = block->data;
    data->len = 0;
    block->numbered = 0;
    block->first_number = s->number;
    block->serial = s->serial;
    while (!s->ended && data->len < r->options.block_bytes) {
        dk_status status = take_row(r, s, &s->ended, err);
        if (status != DK_OK) return status;
        if (s->ended) break;
        if (!dk_grow(&data->bytes, &data->cap, data->len + s->row.len + DK_SCAN_PAD)) return dk_fail_memory(err);
        memcpy(data->bytes + data->len, s->row.ptr, s->row.len);
        data->len += s->row.len;
        block->numbered++;
    }
    *done = block->numbered == 0;
    if (!*done) memset(data->bytes + data->len, 0, DK_SCAN_PAD);
    s->number += block->numbered;
    s->serial += !*done;
    return DK_OK;
}

static dk_status parse(const dk_reader *r, dk_block *b, dk_error *err) {
    if (!dk_block_reserve(b, (size_t)b->numbered, b->columns)) return dk_fail_memory(err);
    char *p = b->data->bytes;
    for (int64_t i = 0; i < b->numbered; i++) {
        dk_str *cells = b->cells + (size_t)i * b->columns;
        for (size_t c = 0; c < r->ncolumns; c++) {
            uint32_t len;
            memcpy(&len, p, sizeof len);
            p += sizeof len;
            if (r->slot[c] != DK_UNSELECTED) cells[r->slot[c]] = (dk_str){p, len};
            p += len;
        }
        for (size_t k = 0; k < b->columns; k++) {
            if (r->twin[k] != k) cells[k] = cells[r->twin[k]];
            else if (!dk_cell_clean(&cells[k], &b->data->arena, &b->counts)) return dk_fail_memory(err);
        }
        b->row[b->rows++] = (dk_row){b->first_number + i, b->first_number + i};
    }
    b->counts.rows = (int64_t)b->rows;
    return DK_OK;
}

/* Leaves out what stands between the header and the responses. */
static dk_status drop_rows(dk_reader *r, rows_state *s, dk_error *err) {
    dk_status status = DK_OK;
    for (int64_t i = 0; status == DK_OK && !s->ended && i < s->drop; i++) status = take_row(r, s, &s->ended, err);
    return status;
}

static dk_status rewind_rows(dk_reader *r, dk_error *err) {
    rows_state *s = r->state;
    s->number = 1;
    s->serial = 0;
    s->ended = false;
    dk_status status = s->source.rewind(s->source.state, err);
    return status == DK_OK ? drop_rows(r, s, err) : status;
}

static void progress(const dk_reader *r, int64_t *taken, int64_t *total) {
    const rows_state *s = r->state;
    *taken = s->number - 1;
    *total = 0;
    if (s->source.progress != NULL) s->source.progress(s->source.state, taken, total);
}

static void describe(const dk_reader *r, const dk_read_counts *counts, dk_buf *out, dk_buf *notes) {
    const rows_state *s = r->state;
    dk_buf_puts(out, s->source.format);
    if (counts->repaired_cells > 0)
        dk_buf_putf(notes, "%lld cell%s repaired", (long long)counts->repaired_cells, counts->repaired_cells == 1 ? "" : "s");
}

static void free_state(dk_reader *r) {
    rows_state *s = r->state;
    s->source.free(s->source.state);
    dk_buf_dispose(&s->row);
    free(s->name);
    free(s);
}

static const dk_reader_kind kind = {read_block, parse, rewind_rows, progress, describe, free_state};

dk_status dk_rows_open(dk_reader *r, const dk_row_source *source, const char *name, const dk_str *names, size_t count,
                       int64_t drop, dk_error *err) {
    rows_state *s = calloc(1, sizeof *s);
    if (s == NULL) {
        source->free(source->state);
        return dk_fail_memory(err);
    }
    s->source = *source;
    s->drop = drop;
    s->number = 1;
    dk_buf_init(&s->row);
    r->state = s;
    r->kind = &kind;
    s->name = strdup(name);
    if (s->name == NULL) return dk_fail_memory(err);
    r->source = s->name;
    dk_status status = dk_reader_set_columns(r, names, count, err);
    return status == DK_OK ? drop_rows(r, s, err) : status;
}
