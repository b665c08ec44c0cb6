/* Opening a delimited file: dialect, quotes, header. */
#include <stdio.h>
#include <stdlib.h>

#include "io/clean.h"
#include "io/delimited.h"
#include "io/scan.h"

enum { SAMPLE = 256 * 1024 }; /* what the dialect is told from, whatever the size of the blocks */

/* Looks through the whole file (of a stream: through the carry) for quoted fields that are not closed. */
static dk_status settle_tab_quotes(dk_delimited *d, dk_error *err) {
    dk_tab_quotes t = {0};
    bool whole = d->ended || d->source->seekable;
    dk_tab_quotes_feed(&t, d->carry, d->carry_len);
    dk_status status = DK_OK;
    if (!d->ended && d->source->seekable && !t.open) {
        enum { PIECE = 256 * 1024 };
        char *piece = malloc(PIECE);
        if (piece == NULL) return dk_fail_memory(err);
        size_t got;
        do {
            status = dk_source_read(d->source, piece, PIECE, &got, err);
            if (status == DK_OK) dk_tab_quotes_feed(&t, piece, got);
        } while (status == DK_OK && got > 0 && !t.open);
        free(piece);
        /* read again what the carry holds */
        size_t held = d->carry_len;
        d->carry_len = 0;
        if (status == DK_OK) status = dk_source_rewind(d->source, err);
        if (status == DK_OK) status = dk_delimited_fill(d, held, err);
    }
    d->dialect.quoted = t.any && dk_tab_quotes_closed(&t, whole);
    return status;
}

static bool tab_named(const char *path) {
    return dk_path_ends(path, ".tsv") || dk_path_ends(path, ".tab");
}

/* The first record that is not blank, complete in the carry. NULL with DK_OK when there is none. */
static dk_status first_record(const dk_reader *r, dk_delimited *d, const char **record, const char **next,
                              size_t *count, dk_error *err) {
    for (;;) {
        const char *p = d->carry + d->dialect.skip, *end = d->carry + d->carry_len;
        while (p < end && (*p == '\n' || *p == '\r')) p++;
        *record = NULL;
        if (p == end && d->ended) return DK_OK;
        dk_field last;
        *next = dk_record_split(&d->dialect, p, end, d->ended, &last, 1, count);
        *record = p;
        if (*next != NULL) return DK_OK;
        if (d->ended || d->carry_len > r->options.record_limit) {
            const char *at = d->dialect.quoted ? memchr(p, '"', (size_t)(end - p)) : NULL;
            dk_delimited_fail(d, d->carry, d->carry_len, 1, at != NULL ? at : p, err,
                              at != NULL ? "a quoted field in the header row is never closed"
                                         : "the header row does not end");
            if (at != NULL) dk_error_remedy(err, "%s", dk_delimited_close_it);
            return DK_EDATA;
        }
        dk_status status = dk_delimited_fill(d, 2 * d->carry_len + 4, err);
        if (status != DK_OK) return status;
    }
}

/* The text of a header cell; it outlives the carry. */
static bool put_field(dk_str *name, const dk_field *f, dk_arena *arena) {
    char *text = dk_arena_alloc(arena, f->len + f->tail + DK_SCAN_PAD);
    if (text == NULL) return false;
    size_t len = 0;
    for (size_t i = 0; i < f->len; i++) {
        text[len++] = f->ptr[i];
        if (f->quoted && f->ptr[i] == '"') i++; /* doubled */
    }
    if (f->tail > 0) memcpy(text + len, f->ptr + f->len + 1, f->tail);
    len += f->tail;
    memset(text + len, 0, DK_SCAN_PAD);
    *name = (dk_str){text, len};
    dk_read_counts ignored = {0};
    return dk_cell_clean(name, arena, &ignored);
}

/* The first count cells of a record; those that are not there stay empty. */
static bool take_cells(dk_reader *r, const dk_delimited *d, const char *record, dk_field *fields, size_t count,
                       dk_str *cells) {
    size_t there;
    memset(fields, 0, count * sizeof *fields);
    dk_record_split(&d->dialect, record, d->carry + d->carry_len, d->ended, fields, count, &there);
    for (size_t i = 0; i < count; i++) {
        cells[i] = (dk_str){"", 0};
        if (i < there && !put_field(&cells[i], &fields[i], &r->arena)) return false;
    }
    return true;
}

static bool number_columns(dk_reader *r, dk_str *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char number[24];
        int n = snprintf(number, sizeof number, "%zu", i + 1);
        names[i] = (dk_str){dk_arena_strdup(&r->arena, number, (size_t)n), (size_t)n};
        if (names[i].ptr == NULL) return false;
    }
    return true;
}

/* Names the columns from the first record, and moves *data over what else belongs to the header. */
static dk_status name_columns(dk_reader *r, dk_delimited *d, const char *record, size_t count, const char **data,
                              dk_error *err) {
    dk_field *fields = calloc(count, sizeof *fields);
    dk_str *rows = calloc(3 * count, sizeof *rows), *names = rows;
    dk_status status = fields == NULL || rows == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK && r->options.no_header) {
        if (!number_columns(r, names, count)) status = dk_fail_memory(err);
        *data = record;
    } else if (status == DK_OK) {
        const char *at = record, *end = d->carry + d->carry_len, *after[3] = {NULL};
        bool ok = true;
        for (int i = 0; i < 3; i++) { /* the header, and two rows that may belong to it; how many of a feed are there is chance */
            size_t ignored;
            for (size_t c = 0; c < count; c++) rows[(size_t)i * count + c] = (dk_str){"", 0};
            if (at == NULL || (i > 0 && r->options.eager)) continue;
            const char *next = dk_record_split(&d->dialect, at, end, d->ended, NULL, 0, &ignored);
            if (i == 0 || next != NULL) ok = ok && take_cells(r, d, at, fields, count, rows + (size_t)i * count);
            after[i] = next;
            at = next != NULL && next < end ? next : NULL;
        }
        if (ok) ok = dk_survey_recognise(&d->exported, names, rows + count, rows + 2 * count, count, &r->arena);
        if (!ok) status = dk_fail_memory(err);
        *data = after[d->exported.drop];
        /* a trailing delimiter on the header makes no column */
        if (d->exported.tool == NULL && count > 1 && names[count - 1].len == 0) count--;
    }
    if (status == DK_OK) status = dk_reader_set_columns(r, names, count, err);
    free(fields);
    free(rows);
    return status;
}

static dk_status open_state(dk_reader *r, dk_delimited *d, const char *path, dk_error *err) {
    const dk_reader_options *o = &r->options;
    dk_status status = dk_delimited_fill(d, SAMPLE, err);
    if (status != DK_OK) return status;
    const char *line_end = o->eager ? memchr(d->carry, '\n', d->carry_len) : NULL;
    size_t sample = line_end != NULL ? (size_t)(line_end - d->carry) + 1 : d->carry_len;
    dk_dialect_detect(&d->dialect, d->carry, sample, d->ended, tab_named(path), o);
    if (d->dialect.delimiter == '\t' && o->quoting == DK_QUOTE_AUTO) {
        if (o->eager) d->dialect.quoted = false; /* what is not yet there cannot be looked at */
        else status = settle_tab_quotes(d, err);
    }
    if (status != DK_OK) return status;
    const char *record, *next;
    size_t count;
    status = first_record(r, d, &record, &next, &count, err);
    if (status != DK_OK) return status;
    if (record == NULL) {
        dk_fail_at(err, DK_EDATA, d->source->name, 0, 0, "the file is empty");
        dk_error_remedy(err,
                        "expected a header row with the names of the columns, then one row per response");
        return DK_EDATA;
    }
    const char *data = next;
    status = name_columns(r, d, record, count, &data, err);
    d->data_start = (size_t)(data - d->carry);
    d->opening = d->carry_len;
    d->data_line = 1;
    for (const char *p = d->carry; p < data; p++) d->data_line += *p == d->dialect.eol;
    d->carry_at = d->data_start;
    d->line = d->data_line;
    d->number = 1;
    return status;
}

dk_status dk_delimited_open(dk_reader *r, const char *path, dk_error *err) {
    dk_delimited *d = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    r->state = d;
    r->kind = &dk_delimited_kind;
    d->source = &r->text;
    return open_state(r, d, path, err);
}
