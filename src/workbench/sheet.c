#include "workbench/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/csv_write.h"
#include "io/json_write.h"
#include "text/utf8.h"

typedef struct cell {
    dk_str text;
    double real;
    int64_t whole;
    bool is_whole;
} cell;

struct dk_sheet {
    dk_book *book;
    const char *name, *title;
    const dk_sheet_column *columns;
    size_t ncolumns;
    cell *cells;
    size_t count, cap;
    const char **notes;
    size_t nnotes, notes_cap;
};

void dk_book_init(dk_book *book, const char *stamp) {
    memset(book, 0, sizeof *book);
    dk_arena_init(&book->arena);
    book->stamp = stamp;
}

void dk_book_dispose(dk_book *book) {
    for (size_t i = 0; i < book->count; i++) {
        free(book->sheets[i]->cells);
        free(book->sheets[i]->notes);
        free(book->sheets[i]);
    }
    free(book->sheets);
    dk_arena_dispose(&book->arena);
}

dk_sheet *dk_book_add(dk_book *book, const char *name, const char *title, const dk_sheet_column *columns,
                      size_t ncolumns) {
    dk_sheet *s = dk_grow(&book->sheets, &book->cap, book->count + 1) ? calloc(1, sizeof *s) : NULL;
    if (s == NULL) {
        book->failed = true;
        return NULL;
    }
    s->book = book;
    s->name = name;
    s->title = title;
    s->columns = columns;
    s->ncolumns = ncolumns;
    return book->sheets[book->count++] = s;
}

static cell *next_cell(dk_sheet *s) {
    if (s == NULL) return NULL;
    if (!dk_grow(&s->cells, &s->cap, s->count + 1)) {
        s->book->failed = true;
        return NULL;
    }
    cell *c = &s->cells[s->count++];
    *c = (cell){.real = NAN};
    return c;
}

void dk_sheet_text(dk_sheet *s, dk_str text) {
    cell *c = next_cell(s);
    if (c == NULL) return;
    c->text.ptr = dk_arena_strdup(&s->book->arena, text.ptr, text.len);
    c->text.len = text.len;
    if (c->text.ptr == NULL) {
        s->book->failed = true;
        s->count--;
    }
}

void dk_sheet_textf(dk_sheet *s, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    dk_sheet_text(s, dk_str_from(text));
}

void dk_sheet_int(dk_sheet *s, int64_t value) {
    cell *c = next_cell(s);
    if (c != NULL) c->is_whole = true, c->whole = value, c->real = (double)value;
}

void dk_sheet_real(dk_sheet *s, double value) {
    cell *c = next_cell(s);
    if (c != NULL) c->real = value;
}

size_t dk_sheet_rows(const dk_sheet *s) {
    return s != NULL ? s->count / s->ncolumns : 0;
}

void dk_sheet_note(dk_sheet *s, const char *format, ...) {
    char text[512];
    if (s == NULL) return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = dk_arena_strdup(&s->book->arena, text, strlen(text));
    if (copy == NULL || !dk_grow(&s->notes, &s->notes_cap, s->nnotes + 1))
        s->book->failed = true;
    else
        s->notes[s->nnotes++] = copy;
}

static bool is_text(dk_sheet_kind kind) {
    return kind == DK_SHEET_TEXT || kind == DK_SHEET_TEXT_RIGHT;
}

/* ---- Text -------------------------------------------------------------------------------------------- */

/* The longest head of text (or tail, when from_end) of at most so many columns. */
static dk_str cut(dk_str text, size_t widest, bool from_end) {
    size_t width = 0, at = 0;
    if (!from_end) {
        while (at < text.len) {
            unsigned size;
            dk_utf8_decode(text.ptr, text.len, at, &size);
            width += dk_utf8_width(text.ptr + at, size);
            if (width > widest) break;
            at += size;
        }
        return (dk_str){text.ptr, at};
    }
    at = text.len;
    while (at > 0) {
        size_t from = at - 1;
        while (from > 0 && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from--;
        width += dk_utf8_width(text.ptr + from, at - from);
        if (width > widest) break;
        at = from;
    }
    return (dk_str){text.ptr + at, text.len - at};
}

/* What is shown of a cell. */
static void show(const dk_sheet_column *column, const cell *c, dk_buf *out) {
    dk_buf_clear(out);
    if (is_text(column->kind)) {
        size_t widest = column->widest > 0 ? (size_t)column->widest : SIZE_MAX;
        bool right = column->kind == DK_SHEET_TEXT_RIGHT;
        bool whole = dk_utf8_width(c->text.ptr, c->text.len) <= widest;
        dk_str part = whole ? c->text : cut(c->text, widest - 1, right);
        if (!whole && right) dk_buf_puts(out, "…");
        for (size_t i = 0; i < part.len; i++)
            dk_buf_putc(out, part.ptr[i] == '\n' || part.ptr[i] == '\t' || part.ptr[i] == '\r' ? ' '
                                                                                               : part.ptr[i]);
        if (!whole && !right) dk_buf_puts(out, "…");
    } else if (isnan(c->real)) {
        return;
    } else if (column->kind == DK_SHEET_SHARE) {
        dk_buf_putf(out, "%.1f %%", c->real * 100);
    } else if (column->kind == DK_SHEET_COUNT) {
        dk_buf_putf(out, "%lld", (long long)(c->is_whole ? c->whole : (int64_t)c->real));
    } else {
        dk_buf_putf(out, isinf(c->real) ? "%.2f" : fabs(c->real) >= 1000 ? "%.0f" : "%.2f", c->real);
    }
}

static void pad(dk_buf *out, size_t columns) {
    while (columns-- > 0) dk_buf_putc(out, ' ');
}

static void put_shown(dk_buf *out, const dk_buf *shown, dk_sheet_kind kind, size_t width, bool last) {
    size_t w = dk_utf8_width(shown->ptr, shown->len), fill = width > w ? width - w : 0;
    if (kind != DK_SHEET_TEXT) pad(out, fill);
    dk_buf_put(out, shown->ptr, shown->len);
    if (kind == DK_SHEET_TEXT && !last) pad(out, fill);
    if (!last) dk_buf_puts(out, "  ");
}

static void heading(const dk_sheet_column *column, dk_buf *out) {
    dk_buf_clear(out);
    for (const char *p = column->name; *p != '\0'; p++) dk_buf_putc(out, *p == '_' ? ' ' : *p);
}

/* A row of the table as it is shown; row SIZE_MAX is the heading. */
static void put_text_row(const dk_sheet *s, size_t row, const size_t *widths, size_t last, dk_buf *shown,
                         dk_buf *out) {
    dk_buf_puts(out, "  ");
    for (size_t c = 0; c <= last; c++) {
        if (s->columns[c].hidden) continue;
        if (row == SIZE_MAX)
            heading(&s->columns[c], shown);
        else
            show(&s->columns[c], &s->cells[row * s->ncolumns + c], shown);
        put_shown(out, shown, s->columns[c].kind, widths[c], c == last);
    }
    while (out->len > 0 && out->ptr[out->len - 1] == ' ') out->len--;
    dk_buf_putc(out, '\n');
}

static dk_status put_text(const dk_sheet *s, dk_buf *out, dk_error *err) {
    size_t *widths = calloc(s->ncolumns, sizeof *widths), rows = dk_sheet_rows(s), last = 0;
    dk_buf shown;
    dk_buf_init(&shown);
    if (widths == NULL) return dk_fail_memory(err);
    for (size_t c = 0; c < s->ncolumns; c++) {
        if (s->columns[c].hidden) continue;
        last = c;
        heading(&s->columns[c], &shown);
        widths[c] = dk_utf8_width(shown.ptr, shown.len);
        for (size_t r = 0; r < rows; r++) {
            show(&s->columns[c], &s->cells[r * s->ncolumns + c], &shown);
            size_t w = dk_utf8_width(shown.ptr, shown.len);
            if (w > widths[c]) widths[c] = w;
        }
    }
    if (s->title != NULL) dk_buf_putf(out, "%s\n", s->title);
    if (rows > 0)
        put_text_row(s, SIZE_MAX, widths, last, &shown, out);
    else if (s->nnotes == 0)
        dk_buf_puts(out, "  none\n");
    for (size_t r = 0; r < rows; r++) put_text_row(s, r, widths, last, &shown, out);
    for (size_t i = 0; i < s->nnotes; i++) dk_buf_putf(out, "  %s\n", s->notes[i]);
    free(widths);
    dk_status status = dk_buf_status(&shown, err);
    dk_buf_dispose(&shown);
    return status;
}

/* ---- CSV and JSON ------------------------------------------------------------------------------------ */

static void put_number(const dk_sheet_column *column, const cell *c, dk_buf *out) {
    if (c->is_whole)
        dk_buf_put_int(out, c->whole);
    else if (column->kind == DK_SHEET_COUNT && !isnan(c->real))
        dk_buf_put_int(out, (int64_t)c->real);
    else
        dk_buf_put_double(out, c->real);
}

static void put_csv(const dk_sheet *s, dk_buf *out) {
    for (size_t c = 0; c < s->ncolumns; c++) dk_buf_putf(out, "%s%s", c > 0 ? "," : "", s->columns[c].name);
    dk_buf_putc(out, '\n');
    for (size_t i = 0; i < s->count; i++) {
        size_t c = i % s->ncolumns;
        if (c > 0) dk_buf_putc(out, ',');
        if (is_text(s->columns[c].kind))
            dk_csv_put(out, s->cells[i].text);
        else
            put_number(&s->columns[c], &s->cells[i], out);
        if (c + 1 == s->ncolumns) dk_buf_putc(out, '\n');
    }
}

static void put_json(const dk_sheet *s, dk_json *j) {
    dk_json_key(j, s->name);
    dk_json_array(j);
    for (size_t i = 0; i < s->count; i++) {
        size_t c = i % s->ncolumns;
        const cell *x = &s->cells[i];
        if (c == 0) dk_json_object(j);
        dk_json_key(j, s->columns[c].name);
        if (is_text(s->columns[c].kind))
            dk_json_string(j, x->text);
        else if (x->is_whole)
            dk_json_int(j, x->whole);
        else
            dk_json_double(j, x->real);
        if (c + 1 == s->ncolumns) dk_json_end(j);
    }
    dk_json_end(j);
}

static dk_status put_book_json(const dk_book *book, const char *only, dk_buf *out, dk_error *err) {
    dk_json j;
    dk_json_init(&j, out, true);
    dk_json_object(&j);
    dk_json_key(&j, "version");
    dk_json_text(&j, book->stamp);
    for (size_t i = 0; i < book->count; i++)
        if (only == NULL || strcmp(only, book->sheets[i]->name) == 0) put_json(book->sheets[i], &j);
    dk_json_key(&j, "notes");
    dk_json_array(&j);
    for (size_t i = 0; i < book->count; i++)
        for (size_t n = 0; n < book->sheets[i]->nnotes; n++) dk_json_text(&j, book->sheets[i]->notes[n]);
    dk_json_end(&j);
    dk_json_end(&j);
    dk_buf_putc(out, '\n');
    return dk_buf_status(out, err);
}

static dk_status no_such_table(const dk_book *book, const char *only, dk_error *err) {
    dk_buf names;
    dk_buf_init(&names);
    for (size_t i = 0; i < book->count; i++)
        dk_buf_putf(&names, "%s%s", i > 0 ? ", " : "", book->sheets[i]->name);
    dk_fail(err, DK_EUSAGE, "--table %s: no such table", only);
    dk_error_remedy(err, "tables: %s", dk_buf_cstr(&names));
    dk_buf_dispose(&names);
    return DK_EUSAGE;
}

dk_status dk_book_put(const dk_book *book, dk_sheet_format format, const char *only, dk_buf *out,
                      dk_error *err) {
    if (book->failed) return dk_fail_memory(err);
    bool found = only == NULL;
    for (size_t i = 0; i < book->count; i++)
        found |= only != NULL && strcmp(only, book->sheets[i]->name) == 0;
    if (!found) return no_such_table(book, only, err);
    if (format == DK_SHEET_AS_JSON) return put_book_json(book, only, out, err);
    dk_status status = DK_OK;
    bool first = true;
    for (size_t i = 0; status == DK_OK && i < book->count; i++) {
        if (only != NULL && strcmp(only, book->sheets[i]->name) != 0) continue;
        if (format == DK_SHEET_AS_CSV) {
            put_csv(book->sheets[i], out);
            break;
        }
        if (!first) dk_buf_putc(out, '\n');
        first = false;
        status = put_text(book->sheets[i], out, err);
    }
    return status == DK_OK ? dk_buf_status(out, err) : status;
}
