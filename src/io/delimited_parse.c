/* The parallel half of the delimited reader: a block of complete records becomes cells. */
#include <stdio.h>

#include "io/clean.h"
#include "io/delimited.h"
#include "io/scan.h"

enum { MARK_DOUBLED = 1, MARK_TAIL = 2, RAW_LIMIT = 1000 };

/* Where the next delimiter, line end or quote is: one bit a byte for the 64 bytes from base on. */
typedef struct cursor {
    const char *base, *end;
    uint64_t stops, quotes;
    char delimiter, eol;
} cursor;

static inline void load(cursor *c, const char *at) {
    c->base = at;
    c->stops = dk_scan_either(at, c->delimiter, c->eol);
    c->quotes = dk_scan_equal(at, '"');
}

/* The first delimiter or line end from `from` on, or the end. The bytes behind the end are zero, which is neither. */
static inline const char *next_stop(cursor *c, const char *from) {
    if (from - c->base >= 64) load(c, from);
    uint64_t m = c->stops & ~dk_scan_first((size_t)(from - c->base));
    while (m == 0) {
        if (c->end - c->base <= 64) return c->end;
        load(c, c->base + 64);
        m = c->stops;
    }
    return c->base + dk_scan_lowest(m);
}

static inline const char *next_quote(cursor *c, const char *from) {
    if (from - c->base >= 64) load(c, from);
    uint64_t m = c->quotes & ~dk_scan_first((size_t)(from - c->base));
    while (m == 0) {
        if (c->end - c->base <= 64) return c->end;
        load(c, c->base + 64);
        m = c->quotes;
    }
    return c->base + dk_scan_lowest(m);
}

/* One row on its way: what the fields so far have shown. */
typedef struct row_state {
    const char *start;
    size_t fields;
    const char *excess; /* the first cell with text beyond the header's columns */
    const char *cut;    /* the opening quote of a field that the end of the file cuts short */
    int64_t inner_lines;
    bool blank;
} row_state;

static int64_t count_lines(const char *p, const char *end, char eol) {
    int64_t n = 0;
    while (p < end && (p = memchr(p, eol, (size_t)(end - p))) != NULL) {
        n++;
        p++;
    }
    return n;
}

/* Takes the doubled quotes of a quoted cell back to one, in place, and moves up what is behind its closing quote. */
static void unquote(dk_str *cell, uint8_t mark, size_t tail) {
    char *from = (char *)cell->ptr, *end = from + cell->len, *to = from;
    if ((mark & MARK_DOUBLED) != 0) {
        for (;;) {
            char *quote = memchr(from, '"', (size_t)(end - from));
            size_t n = quote != NULL ? (size_t)(quote - from) + 1 : (size_t)(end - from);
            if (to != from) memmove(to, from, n);
            to += n;
            if (quote == NULL) break;
            from = quote + 2;
        }
    } else {
        to = end;
    }
    if (tail > 0) memmove(to, end + 1, tail);
    cell->len = (size_t)(to - cell->ptr) + tail;
}

static bool only_spaces(const char *p, size_t len) {
    while (len > 0 && (*p == ' ' || *p == '\t')) {
        p++;
        len--;
    }
    return len == 0;
}

static dk_status reject(dk_block *b, const dk_delimited *d, const dk_reader *r, const row_state *row,
                        const char *next, int64_t number, int64_t line, dk_error *err) {
    struct dk_block_data *data = b->data;
    if (!dk_grow(&b->rejects, &data->rejects_cap, b->nrejects + 1)) return dk_fail_memory(err);
    dk_reject *x = &b->rejects[b->nrejects];
    const char *at = row->cut != NULL ? row->cut : row->excess, *line_start = row->start;
    x->number = number;
    x->line = line;
    for (const char *p = row->start; p < at; p++) {
        if (*p != d->dialect.eol) continue;
        x->line++;
        line_start = p + 1;
    }
    x->column = at - line_start + 1;
    size_t len = (size_t)(next - row->start);
    while (len > 0 && (row->start[len - 1] == '\n' || row->start[len - 1] == '\r')) len--;
    if (len > RAW_LIMIT) {
        len = RAW_LIMIT;
        while (len > 0 && ((unsigned char)row->start[len] & 0xC0) == 0x80) len--; /* never half a character */
    }
    x->raw = (dk_str){row->start, len};
    dk_read_counts uncounted = {0};
    if (!dk_cell_clean(&x->raw, &data->arena, &uncounted)) return dk_fail_memory(err);
    if (row->cut != NULL) {
        x->reason = "the file ends within a quoted field";
    } else {
        char text[96];
        snprintf(text, sizeof text, "%zu cells where the header has %zu", row->fields, r->ncolumns);
        x->reason = dk_arena_strdup(&data->arena, text, strlen(text));
        if (x->reason == NULL) return dk_fail_memory(err);
    }
    b->nrejects++;
    b->counts.rejected++;
    return DK_OK;
}

/* A quoted field that spans lines and is closed in the middle of a cell has lost its closing quote. */
static dk_status lost_quote(const dk_delimited *d, const struct dk_block_data *data, const char *open,
                            dk_error *err) {
    dk_delimited_fail(d, data->bytes, data->len, data->line, open, err,
                      "a quoted field that begins here is never closed properly");
    dk_error_remedy(
        err, "add the closing quote, double the quotes inside, or say --quote none if quotes are plain text");
    return DK_EDATA;
}

/* Splits one row and stores the selected cells, still with their doubled quotes. */
static dk_status split_row(const dk_reader *r, const dk_delimited *d, dk_block *b, cursor *c, const char **at,
                           row_state *row, dk_str *cells, dk_error *err) {
    const char *p = *at;
    uint8_t *marks = b->data->marks;
    *row = (row_state){.start = p};
    for (;;) {
        const char *start = p, *stop;
        size_t len, tail = 0;
        uint8_t mark = 0;
        bool quoted = d->dialect.quoted && p < c->end && *p == '"';
        if (!quoted) {
            stop = next_stop(c, p);
            len = (size_t)(stop - start);
        } else {
            const char *quote = next_quote(c, ++start);
            while (quote + 1 < c->end && quote[1] == '"') {
                mark |= MARK_DOUBLED;
                quote = next_quote(c, quote + 2);
            }
            len = (size_t)(quote - start);
            int64_t lines = b->data->multi_line ? count_lines(start, quote, c->eol) : 0;
            row->inner_lines += lines;
            stop = quote;
            if (quote < c->end) {
                stop = next_stop(c, quote + 1);
                tail = (size_t)(stop - quote) - 1;
            } else {
                row->cut = p;
            }
        }
        bool last = stop == c->end || *stop == c->eol;
        if (last && c->eol == '\n' && stop > start && stop[-1] == '\r') {
            if (!quoted && len > 0) len--;
            if (tail > 0) tail--;
        }
        if (tail > 0) {
            if (count_lines(start, start + len, c->eol) > 0) return lost_quote(d, b->data, p, err);
            mark |= MARK_TAIL;
        }
        size_t field = row->fields++;
        if (field < r->ncolumns) {
            uint32_t slot = r->slot[field];
            if (slot != DK_UNSELECTED) {
                cells[slot] = (dk_str){start, len};
                marks[slot] = mark;
            }
        } else if (row->excess == NULL && !(only_spaces(start, len) && tail == 0)) {
            row->excess = p;
        }
        if (!last) {
            p = stop + 1;
            continue;
        }
        row->blank = field == 0 && len == 0 && !quoted;
        *at = stop < c->end ? stop + 1 : stop;
        return DK_OK;
    }
}

/* The bytes behind the closing quote of a field, up to where the field ends. */
static size_t tail_length(const dk_delimited *d, const char *close, const char *end) {
    const char *p = close + 1;
    while (p < end && *p != d->dialect.eol && (*p != d->dialect.delimiter || d->dialect.delimiter == '\0'))
        p++;
    if ((p == end || *p == '\n') && d->dialect.eol == '\n' && p > close + 1 && p[-1] == '\r') p--;
    return (size_t)(p - close) - 1;
}

static bool finish_cells(const dk_reader *r, const dk_delimited *d, dk_block *b, const row_state *row,
                         dk_str *cells) {
    static const char empty[DK_SCAN_PAD];
    const char *end = b->data->bytes + b->data->len;
    if (row->fields < r->ncolumns) {
        b->counts.short_rows++;
        for (size_t f = row->fields; f < r->ncolumns; f++) {
            uint32_t slot = r->slot[f];
            if (slot == DK_UNSELECTED) continue;
            cells[slot] = (dk_str){empty, 0};
            b->data->marks[slot] = 0;
        }
    }
    for (size_t i = 0; i < r->nselected; i++) {
        if (r->twin[i] != i) {
            cells[i] = cells[r->twin[i]];
            continue;
        }
        uint8_t mark = b->data->marks[i];
        if (mark != 0) {
            size_t tail = (mark & MARK_TAIL) != 0 ? tail_length(d, cells[i].ptr + cells[i].len, end) : 0;
            unquote(&cells[i], mark, tail);
            b->counts.stray_quotes += (mark & MARK_TAIL) != 0;
        }
        if (!dk_cell_clean(&cells[i], &b->data->arena, &b->counts)) return false;
    }
    return true;
}

dk_status dk_delimited_parse(const dk_reader *r, dk_block *b, dk_error *err) {
    const dk_delimited *d = r->state;
    struct dk_block_data *data = b->data;
    char eol = d->dialect.eol, delimiter = d->dialect.delimiter != '\0' ? d->dialect.delimiter : eol;
    /* one more than there are rows: a blank line behind the last is split before it is known to be blank */
    if (!dk_block_reserve(b, (size_t)b->numbered + 1, b->columns)) return dk_fail_memory(err);
    const char *p = data->bytes, *end = p + data->len;
    cursor c = {.end = end, .delimiter = delimiter, .eol = eol};
    if (p < end) load(&c, p);
    int64_t number = b->first_number, line = data->line;
    while (p < end) {
        row_state row;
        dk_str *cells = b->cells + b->rows * b->columns;
        dk_status status = split_row(r, d, b, &c, &p, &row, cells, err);
        if (status != DK_OK) return status;
        if (row.blank && r->ncolumns > 1) {
            line++;
            continue;
        }
        if (row.excess != NULL || row.cut != NULL) {
            status = reject(b, d, r, &row, p, number, line, err);
            if (status != DK_OK) return status;
        } else {
            if (!finish_cells(r, d, b, &row, cells)) return dk_fail_memory(err);
            b->row[b->rows++] = (dk_row){number, line};
        }
        number++;
        line += row.inner_lines + 1;
    }
    b->counts.rows = (int64_t)b->rows;
    return DK_OK;
}
