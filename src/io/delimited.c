#include "io/delimited.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "io/boundary.h"
#include "io/clean.h"
#include "io/scan.h"

enum {
    FAR = 120, /* bytes before a place that an excerpt still shows */
    EXCERPT = 160
};

bool dk_delimited_grow(char **bytes, size_t *cap, size_t need) {
    if (need > SIZE_MAX / 2 - DK_SCAN_PAD) return false;
    return dk_grow(bytes, cap, need + DK_SCAN_PAD);
}

dk_status dk_delimited_fail(const dk_delimited *d, const char *bytes, size_t len, int64_t line,
                            const char *at, dk_error *err, const char *format, ...) {
    const char *start = bytes;
    for (const char *p = bytes; p < at; p++) {
        if (*p != d->dialect.eol) continue;
        line++;
        start = p + 1;
    }
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dk_fail_at(err, DK_EDATA, d->source->name, line, at - start + 1, "%s", message);
    /* the line from its start, or "..." and what stands at the place; made valid, since terminals will show it */
    bool far = at - start > FAR;
    const char *from = far ? at : start, *stop = memchr(at, d->dialect.eol, (size_t)(bytes + len - at));
    size_t n = (size_t)((stop != NULL ? stop : bytes + len) - from);
    char line_text[EXCERPT + DK_SCAN_PAD] = "...";
    if (n > EXCERPT - 4) {
        n = EXCERPT - 4;
        while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80) n--; /* never half a character */
    }
    memcpy(line_text + 3, from, n);
    dk_str excerpt = {line_text + (far ? 0 : 3), n + (far ? 3 : 0)};
    dk_arena arena = {0};
    dk_read_counts uncounted = {0};
    if (dk_cell_clean(&excerpt, &arena, &uncounted)) dk_error_excerpt(err, excerpt.ptr, excerpt.len);
    dk_arena_dispose(&arena);
    return DK_EDATA;
}

const char dk_delimited_close_it[] = "add the closing quote, or say --quote none if quotes are plain text here";

dk_status dk_delimited_fill(dk_delimited *d, size_t want, dk_error *err) {
    if (!dk_delimited_grow(&d->carry, &d->carry_cap, want)) return dk_fail_memory(err);
    while (!d->ended && want - d->carry_len >= 4) {
        size_t got;
        dk_status status =
            dk_source_read(d->source, d->carry + d->carry_len, want - d->carry_len, &got, err);
        if (status != DK_OK) return status;
        d->carry_len += got;
        if (got == 0) d->ended = true;
        if (d->source->eager) break;
    }
    return DK_OK;
}

static dk_status too_long(const dk_delimited *d, const struct dk_block_data *data, const dk_boundary *b,
                          dk_error *err) {
    const char *at = data->bytes + (b->inside ? b->open : b->record);
    dk_delimited_fail(d, data->bytes, data->len, d->line, at, err,
                      b->inside ? "a quoted field that begins here is not closed within %zu MB"
                                : "a row that begins here does not end within %zu MB",
                      data->len >> 20);
    if (b->inside) dk_error_remedy(err, "%s", dk_delimited_close_it);
    return DK_EDATA;
}

/* The source ended within a record. Cut within a quoted field of one line, it is a row to reject; else the field has
   swallowed the rows behind it. */
static dk_status last_record(const dk_delimited *d, struct dk_block_data *data, dk_boundary *b,
                             dk_error *err) {
    size_t len = data->len;
    if (b->record == len) return DK_OK;
    if (b->inside) {
        size_t text_end = len;
        while (text_end > b->open && (data->bytes[text_end - 1] == '\n' || data->bytes[text_end - 1] == '\r'))
            text_end--;
        if (memchr(data->bytes + b->open, d->dialect.eol, text_end - b->open) != NULL) {
            dk_delimited_fail(d, data->bytes, len, d->line, data->bytes + b->open, err,
                              "a quoted field that begins here is never closed");
            dk_error_remedy(err, "%s", dk_delimited_close_it);
            return DK_EDATA;
        }
        data->cut = true;
    }
    dk_boundary_end(b, &d->dialect, data->bytes, len);
    return DK_OK;
}

/* The next bytes: what was read ahead, then the source. */
static dk_status pull(dk_delimited *d, struct dk_block_data *data, size_t want, dk_error *err) {
    size_t held = d->carry_len - d->carry_at, n = held < want - data->len ? held : want - data->len;
    memcpy(data->bytes + data->len, d->carry + d->carry_at, n);
    d->carry_at += n;
    data->len += n;
    if (d->source->eager && n > 0) return DK_OK;
    while (!d->ended && want - data->len >= 4) {
        size_t got;
        dk_status status = dk_source_read(d->source, data->bytes + data->len, want - data->len, &got, err);
        if (status != DK_OK) return status;
        data->len += got;
        if (got == 0) d->ended = true;
        if (d->source->eager) break;
    }
    return DK_OK;
}

static dk_status find_records(dk_reader *r, dk_delimited *d, struct dk_block_data *data, dk_boundary *b,
                              dk_error *err) {
    for (size_t want = r->options.block_bytes;;) {
        if (!dk_delimited_grow(&data->bytes, &data->cap, want)) return dk_fail_memory(err);
        dk_status status = pull(d, data, want, err);
        if (status != DK_OK) return status;
        memset(data->bytes + data->len, 0, DK_SCAN_PAD);
        dk_boundary_find(b, &d->dialect, data->bytes, data->len);
        if (d->ended && d->carry_at == d->carry_len) return last_record(d, data, b, err);
        if (b->record > 0) return DK_OK;
        if (data->len > r->options.record_limit) return too_long(d, data, b, err);
        if (!d->source->eager || want - data->len < 4) want *= 2;
    }
}

/* Gives back the bytes behind the last complete record. */
static bool push_back(dk_delimited *d, const struct dk_block_data *data, size_t from) {
    size_t tail = data->len - from;
    if (d->carry_at < d->carry_len) { /* they are still there, just before what was read ahead */
        d->carry_at -= tail;
        return true;
    }
    d->carry_at = d->carry_len = 0;
    if (!dk_delimited_grow(&d->carry, &d->carry_cap, tail)) return false;
    memcpy(d->carry, data->bytes + from, tail);
    d->carry_len = tail;
    return true;
}

static dk_status read_block(dk_reader *r, dk_block *block, bool *done, dk_error *err) {
    dk_delimited *d = r->state;
    struct dk_block_data *data = block->data;
    data->len = 0;
    data->cut = false;
    dk_boundary b = {.skip_blanks = r->ncolumns > 1};
    dk_status status = find_records(r, d, data, &b, err);
    if (status != DK_OK) return status;
    if (data->len == 0) {
        *done = true;
        return DK_OK;
    }
    if (!push_back(d, data, b.record)) return dk_fail_memory(err);
    data->len = b.record;
    memset(data->bytes + data->len, 0, DK_SCAN_PAD);
    data->line = d->line;
    data->multi_line = b.lines_complete + b.unended > b.records + b.blanks;
    block->serial = d->serial++;
    block->first_number = d->number;
    block->numbered = b.records;
    block->counts.blank_lines = b.blanks;
    d->number += b.records;
    d->line += b.lines_complete;
    return DK_OK;
}

static dk_status rewind_source(dk_reader *r, dk_error *err) {
    dk_delimited *d = r->state;
    dk_status status = dk_source_rewind(d->source, err);
    if (status != DK_OK) return status;
    d->carry_at = d->carry_len = 0;
    d->ended = false;
    status = dk_delimited_fill(d, d->opening, err);
    d->carry_at = d->data_start < d->carry_len ? d->data_start : d->carry_len;
    d->line = d->data_line;
    d->number = 1;
    d->serial = 0;
    return status;
}

static void progress(const dk_reader *r, int64_t *taken, int64_t *total) {
    const dk_delimited *d = r->state;
    *taken = d->source->taken;
    *total = d->source->size;
}

static void describe(const dk_reader *r, const dk_read_counts *counts, dk_buf *out, dk_buf *notes) {
    const dk_delimited *d = r->state;
    if (d->exported.tool != NULL) dk_buf_putf(out, "%s export, ", d->exported.tool);
    if (d->source->unpack != NULL) dk_buf_putf(out, "%s, ", dk_unpack_name(d->source->unpack));
    dk_buf_putf(out, "%s, ", dk_delimiter_name(d->dialect.delimiter));
    if (d->source->encoding != NULL) {
        bool utf16 = strncmp(d->source->encoding, "UTF-16", 6) == 0;
        dk_buf_puts(out, utf16 ? "UTF-16" : d->source->encoding);
        if (d->source->broken > 0) dk_buf_putf(notes, "%lld broken characters", (long long)d->source->broken);
    } else if (counts->repaired_cells > 0 && counts->utf8_cells * 50 < counts->repaired_cells) {
        dk_buf_puts(out, "Windows-1252");
    } else {
        dk_buf_puts(out, "UTF-8");
        if (counts->repaired_cells > 0)
            dk_buf_putf(notes, "%lld cell%s repaired", (long long)counts->repaired_cells,
                        counts->repaired_cells == 1 ? "" : "s");
    }
}

static void free_state(dk_reader *r) {
    dk_delimited *d = r->state;
    free(d->carry);
    free(d);
}

const dk_reader_kind dk_delimited_kind = {read_block, dk_delimited_parse, rewind_source,
                                    progress,   describe,           free_state};
