#include "io/csv_write.h"

#include "io/cell.h"

static const bool special[256] = {[','] = true, ['"'] = true, ['\n'] = true, ['\r'] = true};

static bool needs_quotes(dk_str cell) {
    /* eight at a time: most cells are short or plain */
    const unsigned char *p = (const unsigned char *)cell.ptr, *end = p + cell.len;
    while (end - p >= 8) {
        bool any = special[p[0]] | special[p[1]] | special[p[2]] | special[p[3]];
        any |= special[p[4]] | special[p[5]] | special[p[6]] | special[p[7]];
        if (any) return true;
        p += 8;
    }
    while (p < end)
        if (special[*p++]) return true;
    return false;
}

void dk_csv_put(dk_buf *buf, dk_str cell) {
    if (!needs_quotes(cell)) {
        dk_buf_put(buf, cell.ptr, cell.len);
        return;
    }
    if (!dk_buf_reserve(buf, cell.len + 2)) return;
    dk_buf_putc(buf, '"');
    const char *p = cell.ptr, *end = p + cell.len;
    for (;;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        size_t n = quote != NULL ? (size_t)(quote - p) + 1 : (size_t)(end - p);
        dk_buf_put(buf, p, n);
        if (quote == NULL) break;
        dk_buf_putc(buf, '"');
        p = quote + 1;
    }
    dk_buf_putc(buf, '"');
}

void dk_csv_puts(dk_buf *buf, const char *cell) {
    dk_csv_put(buf, dk_str_from(cell));
}

void dk_csv_put_safe(dk_buf *buf, dk_str cell) {
    double number;
    if (cell.len == 0) return;
    bool formula = cell.ptr[0] != '\0' && strchr("=+-@\t\r", cell.ptr[0]) != NULL && !dk_cell_number(cell, &number);
    if (!formula) {
        dk_csv_put(buf, cell);
        return;
    }
    dk_buf quoted;
    dk_buf_init(&quoted);
    dk_buf_putc(&quoted, '\'');
    dk_buf_put(&quoted, cell.ptr, cell.len);
    if (quoted.failed) buf->failed = true;
    else dk_csv_put(buf, (dk_str){quoted.ptr, quoted.len});
    dk_buf_dispose(&quoted);
}

void dk_csv_put_row(dk_buf *buf, const dk_str *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0) dk_buf_putc(buf, ',');
        dk_csv_put(buf, cells[i]);
    }
    if (count == 1 && cells[0].len == 0) dk_buf_puts(buf, "\"\"");
    dk_buf_putc(buf, '\n');
}
