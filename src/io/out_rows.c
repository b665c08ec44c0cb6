/* Rows of typed cells in one run of bytes. */
#include <assert.h>
#include <math.h>

#include "io/clean.h"
#include "io/csv_write.h"
#include "io/writer_kind.h"

static void put(dk_out_rows *r, dk_out_form form, const void *value, size_t size) {
    dk_buf_putc(&r->bytes, (char)form);
    dk_buf_put(&r->bytes, value, size);
}

/* Whether text is UTF-8 without a NUL. */
static bool is_sound(dk_str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        if (p[i] > 0 && p[i] < 0x80) {
            i++;
            continue;
        }
        size_t n = dk_utf8_sequence(p + i, text.len - i);
        if (n < 2) return false;
        i += n;
    }
    return true;
}

/* A NUL becomes a blank and each byte that is no UTF-8 U+FFFD. */
static void put_mended(dk_buf *out, dk_str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        size_t n = dk_utf8_sequence(p + i, text.len - i);
        if (n == 0)
            dk_buf_puts(out, "\xEF\xBF\xBD");
        else if (p[i] == 0)
            dk_buf_putc(out, ' ');
        else
            dk_buf_put(out, text.ptr + i, n);
        i += n > 0 ? n : 1;
    }
}

void dk_out_text(dk_out_rows *r, dk_str text) {
    assert(text.len < UINT32_MAX); /* readers take no longer rows */
    uint32_t len = (uint32_t)text.len;
    if (is_sound(text)) {
        put(r, DK_FORM_TEXT, &len, sizeof len);
        dk_buf_put(&r->bytes, text.ptr, len);
        return;
    }
    dk_buf mended;
    dk_buf_init(&mended);
    put_mended(&mended, text);
    len = (uint32_t)mended.len;
    put(r, DK_FORM_TEXT, &len, sizeof len);
    dk_buf_put(&r->bytes, mended.ptr, len);
    r->bytes.failed |= mended.failed;
    r->mended++;
    dk_buf_dispose(&mended);
}

void dk_out_words(dk_out_rows *r, const char *text) {
    if (text == NULL)
        dk_out_null(r);
    else
        dk_out_text(r, dk_str_from(text));
}

void dk_out_count(dk_out_rows *r, int64_t value) {
    put(r, DK_FORM_COUNT, &value, sizeof value);
}

void dk_out_number(dk_out_rows *r, double value) {
    if (isfinite(value))
        put(r, DK_FORM_NUMBER, &value, sizeof value);
    else
        dk_out_null(r);
}

void dk_out_milli(dk_out_rows *r, int32_t thousandths) {
    put(r, DK_FORM_MILLI, &thousandths, sizeof thousandths);
}

void dk_out_flag(dk_out_rows *r, bool value) {
    char byte = value;
    put(r, DK_FORM_FLAG, &byte, 1);
}

void dk_out_null(dk_out_rows *r) {
    put(r, DK_FORM_NULL, NULL, 0);
}
void dk_out_end(dk_out_rows *r) {
    r->rows++;
}

const char *dk_out_next(const char *at, dk_out_cell *cell) {
    uint32_t len;
    int32_t milli;
    cell->form = (dk_out_form)*at++;
    switch (cell->form) {
    case DK_FORM_NULL: return at;
    case DK_FORM_TEXT:
        memcpy(&len, at, sizeof len);
        cell->text = (dk_str){at + sizeof len, len};
        return at + sizeof len + len;
    case DK_FORM_COUNT: memcpy(&cell->count, at, sizeof cell->count); return at + sizeof cell->count;
    case DK_FORM_NUMBER: memcpy(&cell->number, at, sizeof cell->number); return at + sizeof cell->number;
    case DK_FORM_MILLI:
        memcpy(&milli, at, sizeof milli);
        cell->count = milli;
        cell->number = milli / 1000.0;
        return at + sizeof milli;
    case DK_FORM_FLAG: cell->count = *at; return at + 1;
    }
    assert(!"a cell of no form");
    return at;
}

void dk_out_put_number(dk_buf *buf, const dk_out_cell *cell) {
    if (cell->form == DK_FORM_COUNT)
        dk_buf_put_int(buf, cell->count);
    else if (cell->form == DK_FORM_MILLI)
        dk_buf_put_milli(buf, cell->count);
    else
        dk_buf_put_double(buf, cell->number);
}

void dk_out_put_csv(dk_buf *buf, const dk_out_cell *cell) {
    if (cell->form == DK_FORM_TEXT)
        dk_csv_put_safe(buf, cell->text);
    else if (cell->form == DK_FORM_FLAG)
        dk_buf_puts(buf, cell->count ? "yes" : "no");
    else if (cell->form != DK_FORM_NULL)
        dk_out_put_number(buf, cell);
}

void dk_out_csv_head(dk_buf *out, const dk_out_table *table) {
    for (size_t i = 0; i < table->ncolumns; i++)
        dk_buf_putf(out, "%s%s", table->columns[i].name, i + 1 < table->ncolumns ? "," : "\n");
}

void dk_out_csv(dk_buf *out, const dk_out_table *table, const dk_out_rows *rows) {
    const char *at = rows->bytes.ptr;
    out->failed |= rows->bytes.failed;
    for (int64_t r = 0; r < rows->rows && !out->failed; r++) {
        for (size_t i = 0; i < table->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            dk_out_put_csv(out, &cell);
            dk_buf_putc(out, i + 1 < table->ncolumns ? ',' : '\n');
        }
    }
}
