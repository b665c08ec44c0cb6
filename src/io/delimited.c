#include "io/delimited.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "io/boundary.h"
#include "io/clean.h"
#include "io/scan.h"

enum {
    FAR = 120, /* bytes before a place that an excerpt still shows */
    EXCERPT = 160,
    SAMPLE = 256 * 1024 /* what the dialect is told from, whatever the size of the blocks */
};

static bool grow_bytes(char **bytes, size_t *cap, size_t need) {
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
    dk_fail_at(err, DK_EDATA, d->source.name, line, at - start + 1, "%s", message);
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

static const char close_it[] = "add the closing quote, or say --quote none if quotes are plain text here";

/* Reads on until the carry holds at least want bytes or the source ends. */
static dk_status fill_carry(dk_delimited *d, size_t want, dk_error *err) {
    if (!grow_bytes(&d->carry, &d->carry_cap, want)) return dk_fail_memory(err);
    while (!d->ended && want - d->carry_len >= 4) {
        size_t got;
        dk_status status =
            dk_source_read(&d->source, d->carry + d->carry_len, want - d->carry_len, &got, err);
        if (status != DK_OK) return status;
        d->carry_len += got;
        if (got == 0) d->ended = true;
    }
    return DK_OK;
}

/* Looks through the whole file (of a stream: through the carry) for quoted fields that are not closed. */
static dk_status settle_tab_quotes(dk_delimited *d, dk_error *err) {
    dk_tab_quotes t = {0};
    bool whole = d->ended || d->source.seekable;
    dk_tab_quotes_feed(&t, d->carry, d->carry_len);
    dk_status status = DK_OK;
    if (!d->ended && d->source.seekable && !t.open) {
        enum { PIECE = 256 * 1024 };
        char *piece = malloc(PIECE);
        if (piece == NULL) return dk_fail_memory(err);
        size_t got;
        do {
            status = dk_source_read(&d->source, piece, PIECE, &got, err);
            if (status == DK_OK) dk_tab_quotes_feed(&t, piece, got);
        } while (status == DK_OK && got > 0 && !t.open);
        free(piece);
        /* read again what the carry holds */
        size_t held = d->carry_len;
        d->carry_len = 0;
        if (status == DK_OK) status = dk_source_rewind(&d->source, err);
        if (status == DK_OK) status = fill_carry(d, held, err);
    }
    d->dialect.quoted = t.any && dk_tab_quotes_closed(&t, whole);
    return status;
}

static bool tab_named(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".tab") == 0);
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
            if (at != NULL) dk_error_remedy(err, "%s", close_it);
            return DK_EDATA;
        }
        dk_status status = fill_carry(d, 2 * d->carry_len, err);
        if (status != DK_OK) return status;
    }
}

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

static dk_status name_columns(dk_reader *r, dk_delimited *d, const char *record, size_t count,
                              dk_error *err) {
    dk_field *fields = calloc(count, sizeof *fields);
    dk_str *names = calloc(count, sizeof *names);
    dk_status status = DK_OK;
    if (fields == NULL || names == NULL) status = dk_fail_memory(err);
    if (status == DK_OK)
        dk_record_split(&d->dialect, record, d->carry + d->carry_len, d->ended, fields, count, &count);
    for (size_t i = 0; i < count && status == DK_OK; i++) {
        bool ok = true;
        if (r->options.no_header) {
            dk_buf number;
            dk_buf_init(&number);
            dk_buf_put_int(&number, (int64_t)i + 1);
            names[i] = (dk_str){dk_arena_strdup(&r->arena, dk_buf_cstr(&number), number.len), number.len};
            ok = names[i].ptr != NULL;
            dk_buf_dispose(&number);
        } else {
            ok = put_field(&names[i], &fields[i], &r->arena);
        }
        if (!ok) status = dk_fail_memory(err);
    }
    /* a trailing delimiter on the header makes no column */
    if (count > 1 && names != NULL && names[count - 1].len == 0) count--;
    if (status == DK_OK) status = dk_reader_set_columns(r, names, count, err);
    free(fields);
    free(names);
    return status;
}

static dk_status open_state(dk_reader *r, dk_delimited *d, const char *path, dk_error *err) {
    const dk_reader_options *o = &r->options;
    dk_status status = dk_source_open(&d->source, path, o->encoding, o->rewindable, err);
    if (status != DK_OK) return status;
    r->source = d->source.name;
    status = fill_carry(d, SAMPLE, err);
    if (status != DK_OK) return status;
    dk_dialect_detect(&d->dialect, d->carry, d->carry_len, d->ended, tab_named(path), o);
    if (d->dialect.delimiter == '\t' && o->quoting == DK_QUOTE_AUTO) status = settle_tab_quotes(d, err);
    if (status != DK_OK) return status;
    const char *record, *next;
    size_t count;
    status = first_record(r, d, &record, &next, &count, err);
    if (status != DK_OK) return status;
    if (record == NULL) {
        dk_fail_at(err, DK_EDATA, d->source.name, 0, 0, "the file is empty");
        dk_error_remedy(err,
                        "expected a header row with the names of the columns, then one row per response");
        return DK_EDATA;
    }
    status = name_columns(r, d, record, count, err);
    const char *data = o->no_header ? record : next;
    d->data_start = (size_t)(data - d->carry);
    d->opening = d->carry_len;
    d->data_line = 1;
    for (const char *p = d->carry; p < data; p++) d->data_line += *p == d->dialect.eol;
    d->carry_at = d->data_start;
    d->line = d->data_line;
    d->number = 1;
    return status;
}

static dk_status too_long(const dk_delimited *d, const struct dk_block_data *data, const dk_boundary *b,
                          dk_error *err) {
    const char *at = data->bytes + (b->inside ? b->open : b->record);
    dk_delimited_fail(d, data->bytes, data->len, d->line, at, err,
                      b->inside ? "a quoted field that begins here is not closed within %zu MB"
                                : "a row that begins here does not end within %zu MB",
                      data->len >> 20);
    if (b->inside) dk_error_remedy(err, "%s", close_it);
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
            dk_error_remedy(err, "%s", close_it);
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
    while (!d->ended && want - data->len >= 4) {
        size_t got;
        dk_status status = dk_source_read(&d->source, data->bytes + data->len, want - data->len, &got, err);
        if (status != DK_OK) return status;
        data->len += got;
        if (got == 0) d->ended = true;
    }
    return DK_OK;
}

static dk_status find_records(dk_reader *r, dk_delimited *d, struct dk_block_data *data, dk_boundary *b,
                              dk_error *err) {
    for (size_t want = r->options.block_bytes;; want *= 2) {
        if (!grow_bytes(&data->bytes, &data->cap, want)) return dk_fail_memory(err);
        dk_status status = pull(d, data, want, err);
        if (status != DK_OK) return status;
        memset(data->bytes + data->len, 0, DK_SCAN_PAD);
        dk_boundary_find(b, &d->dialect, data->bytes, data->len);
        if (d->ended && d->carry_at == d->carry_len) return last_record(d, data, b, err);
        if (b->record > 0) return DK_OK;
        if (data->len > r->options.record_limit) return too_long(d, data, b, err);
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
    if (!grow_bytes(&d->carry, &d->carry_cap, tail)) return false;
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
    dk_status status = dk_source_rewind(&d->source, err);
    if (status != DK_OK) return status;
    d->carry_at = d->carry_len = 0;
    d->ended = false;
    status = fill_carry(d, d->opening, err);
    d->carry_at = d->data_start < d->carry_len ? d->data_start : d->carry_len;
    d->line = d->data_line;
    d->number = 1;
    d->serial = 0;
    return status;
}

static void progress(const dk_reader *r, int64_t *taken, int64_t *total) {
    const dk_delimited *d = r->state;
    *taken = d->source.taken;
    *total = d->source.size;
}

static void describe(const dk_reader *r, const dk_read_counts *counts, dk_buf *out, dk_buf *notes) {
    const dk_delimited *d = r->state;
    dk_buf_putf(out, "%s, ", dk_delimiter_name(d->dialect.delimiter));
    if (d->source.encoding != NULL) {
        bool utf16 = strncmp(d->source.encoding, "UTF-16", 6) == 0;
        dk_buf_puts(out, utf16 ? "UTF-16" : d->source.encoding);
        if (d->source.broken > 0) dk_buf_putf(notes, "%lld broken characters", (long long)d->source.broken);
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
    dk_source_close(&d->source);
    free(d->carry);
    free(d);
}

static const dk_reader_kind kind = {read_block, dk_delimited_parse, rewind_source,
                                    progress,   describe,           free_state};

dk_status dk_delimited_open(dk_reader *r, const char *source, dk_error *err) {
    dk_delimited *d = calloc(1, sizeof *d);
    if (d == NULL) return dk_fail_memory(err);
    r->state = d;
    r->kind = &kind;
    d->source.fd = -1;
    return open_state(r, d, source, err);
}
