#include "io/jsonl.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "io/clean.h"
#include "io/scan.h"

enum { SAMPLE = 256 * 1024, RAW_LIMIT = 1000, DEEPEST = 8, LONGEST_KEY = 512 };

typedef struct jsonl {
    char *carry; /* what was read and belongs to the next block, from carry_at on */
    size_t carry_at, carry_len, carry_cap;
    bool ended;
    int64_t line, number, serial;
    atomic_llong unknown; /* rows with keys that are no column */
} jsonl;

static size_t skip_space(const char *p, size_t len) {
    size_t n = 0;
    while (n < len && strchr(" \t\r\n", p[n]) != NULL && p[n] != '\0') n++;
    return n;
}

static json_t *parse_line(const char *p, size_t len, json_error_t *error) {
    return json_loadb(p, len, JSON_ALLOW_NUL, error);
}

bool dk_jsonl_begins(const char *head, size_t len) {
    size_t at = skip_space(head, len);
    return at < len && head[at] == '{';
}

bool dk_jsonl_recognise(const char *head, size_t len) {
    size_t at = skip_space(head, len);
    if (at == len || head[at] != '{') return false;
    const char *end = memchr(head + at, '\n', len - at);
    json_error_t error;
    json_t *object = parse_line(head + at, end != NULL ? (size_t)(end - head) - at : len - at, &error);
    bool is = json_is_object(object);
    /* a first line longer than what was looked at: a quoted key decides */
    if (!is && end == NULL) is = at + 1 < len && head[at + 1 + skip_space(head + at + 1, len - at - 1)] == '"';
    json_decref(object);
    return is;
}

/* Columns ---------------------------------------------------------------------------------------------------------------------- */

typedef struct names {
    dk_str *items;
    size_t count, cap;
    dk_arena *arena;
} names;

static bool add_name(names *n, const char *key, size_t len) {
    for (size_t i = 0; i < n->count; i++)
        if (n->items[i].len == len && memcmp(n->items[i].ptr, key, len) == 0) return true;
    if (!dk_grow(&n->items, &n->cap, n->count + 1)) return false;
    const char *copy = dk_arena_strdup(n->arena, key, len);
    n->items[n->count++] = (dk_str){copy, len};
    return copy != NULL;
}

/* The leaves of an object as outer.inner; prefix has room for LONGEST_KEY bytes, at of them taken. */
static bool add_names(names *n, json_t *object, char *prefix, size_t at, int depth) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        size_t len = strlen(key);
        if (at + len + 2 > LONGEST_KEY) continue; /* no column is called so; its rows count as having more keys */
        memcpy(prefix + at, key, len);
        if (json_is_object(value) && depth < DEEPEST) {
            prefix[at + len] = '.';
            if (!add_names(n, value, prefix, at + len + 1, depth + 1)) return false;
        } else if (!add_name(n, prefix, at + len)) {
            return false;
        }
    }
    return true;
}

static dk_status find_columns(dk_reader *r, jsonl *j, dk_error *err) {
    names n = {.arena = &r->arena};
    char prefix[LONGEST_KEY];
    bool ok = true;
    for (size_t at = 0; ok && at < j->carry_len;) {
        const char *line = j->carry + at, *end = memchr(line, '\n', j->carry_len - at);
        if (end == NULL && !j->ended && at > 0) break;
        size_t len = end != NULL ? (size_t)(end - line) : j->carry_len - at;
        json_error_t error;
        json_t *object = parse_line(line, len, &error);
        if (json_is_object(object)) ok = add_names(&n, object, prefix, 0, 0);
        json_decref(object);
        at += len + 1;
    }
    dk_status status = DK_OK;
    if (!ok) {
        status = dk_fail_memory(err);
    } else if (n.count == 0) {
        status = dk_fail_at(err, DK_EDATA, r->source, 1, 0, "no line at its beginning is a JSON object with keys");
        dk_error_remedy(err, "expected one object a line, such as {\"id\": 1, \"comment\": \"...\"}");
    } else {
        status = dk_reader_set_columns(r, n.items, n.count, err);
    }
    free(n.items);
    return status;
}

/* Of a feed the columns are those asked for: its first line may be broken, or lack a key. */
static dk_status take_keys(dk_reader *r, dk_error *err) {
    dk_str *keys = calloc(r->options.nkeys + 1, sizeof *keys);
    dk_status status = keys == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; i < r->options.nkeys && status == DK_OK; i++) {
        size_t len = strlen(r->options.keys[i]);
        keys[i] = (dk_str){dk_arena_strdup(&r->arena, r->options.keys[i], len), len};
        if (keys[i].ptr == NULL) status = dk_fail_memory(err);
    }
    if (status == DK_OK) status = dk_reader_set_columns(r, keys, r->options.nkeys, err);
    free(keys);
    return status;
}

/* Reading ---------------------------------------------------------------------------------------------------------------------- */

static bool room_for(char **bytes, size_t *cap, size_t need) {
    return need <= SIZE_MAX / 2 - DK_SCAN_PAD && dk_grow(bytes, cap, need + DK_SCAN_PAD);
}

static dk_status pull(dk_reader *r, jsonl *j, char *to, size_t room, size_t *len, dk_error *err) {
    while (!j->ended && room - *len >= 4) {
        size_t got;
        dk_status status = dk_source_read(&r->text, to + *len, room - *len, &got, err);
        if (status != DK_OK) return status;
        *len += got;
        j->ended = got == 0;
        if (r->options.eager) break;
    }
    return DK_OK;
}

static dk_status fill_block(dk_reader *r, jsonl *j, struct dk_block_data *data, dk_error *err) {
    for (size_t want = r->options.block_bytes;;) {
        size_t held = j->carry_len - j->carry_at;
        if (want < held) {
            want *= 2;
            continue;
        }
        if (!room_for(&data->bytes, &data->cap, want)) return dk_fail_memory(err);
        memcpy(data->bytes + data->len, j->carry + j->carry_at, held);
        data->len += held;
        j->carry_at = j->carry_len = 0;
        dk_status status = pull(r, j, data->bytes, want, &data->len, err);
        if (status != DK_OK || j->ended) return status;
        if (data->len > 0 && memrchr(data->bytes, '\n', data->len) != NULL) return DK_OK;
        if (data->len > r->options.record_limit)
            return dk_fail_at(err, DK_EDATA, r->source, j->line, 1, "a line that begins here does not end within %zu MB",
                              data->len >> 20);
        if (!r->options.eager || want - data->len < 4) want *= 2;
    }
}

static dk_status read_block(dk_reader *r, dk_block *block, bool *done, dk_error *err) {
    jsonl *j = r->state;
    struct dk_block_data *data = block->data;
    data->len = 0;
    dk_status status = fill_block(r, j, data, err);
    if (status != DK_OK) return status;
    *done = data->len == 0;
    if (*done) return DK_OK;
    const char *last = j->ended ? data->bytes + data->len - 1 : memrchr(data->bytes, '\n', data->len);
    size_t keep = (size_t)(last - data->bytes) + 1, tail = data->len - keep;
    if (!room_for(&j->carry, &j->carry_cap, tail)) return dk_fail_memory(err);
    memcpy(j->carry, data->bytes + keep, tail);
    j->carry_at = 0;
    j->carry_len = tail;
    data->len = keep;
    memset(data->bytes + keep, 0, DK_SCAN_PAD);
    data->line = j->line;
    block->serial = j->serial++;
    block->first_number = j->number;
    block->numbered = 0;
    block->counts.blank_lines = 0;
    for (const char *p = data->bytes, *end = p + keep; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((stop != NULL ? stop : end) - p);
        bool blank = skip_space(p, len) == len;
        block->numbered += !blank;
        block->counts.blank_lines += blank;
        j->line++;
        p += len + 1;
    }
    j->number += block->numbered;
    return DK_OK;
}

/* Parsing ---------------------------------------------------------------------------------------------------------------------- */

/* The value behind a column: the whole name as a key, else its first part and the rest within that. */
static json_t *find_value(json_t *object, dk_str name) {
    json_t *value = json_object_get(object, name.ptr);
    if (value != NULL) return value;
    char part[LONGEST_KEY];
    for (const char *dot = memchr(name.ptr, '.', name.len); dot != NULL;
         dot = memchr(dot + 1, '.', name.len - (size_t)(dot + 1 - name.ptr))) {
        size_t len = (size_t)(dot - name.ptr);
        if (len >= sizeof part) return NULL;
        memcpy(part, name.ptr, len);
        part[len] = '\0';
        json_t *inner = json_object_get(object, part);
        if (!json_is_object(inner)) continue;
        value = find_value(inner, (dk_str){dot + 1, name.len - len - 1});
        if (value != NULL) return value;
    }
    return NULL;
}

static bool put_value(json_t *value, dk_buf *out) {
    if (json_is_string(value)) {
        dk_buf_put(out, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        dk_buf_put_int(out, json_integer_value(value));
    } else if (json_is_real(value)) {
        dk_buf_put_double(out, json_real_value(value));
    } else if (json_is_boolean(value)) {
        dk_buf_puts(out, json_is_true(value) ? "true" : "false");
    } else if (value != NULL && !json_is_null(value)) {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        if (text == NULL) return false;
        dk_buf_puts(out, text);
        free(text);
    }
    return !out->failed;
}

static bool take_cells(const dk_reader *r, dk_block *b, json_t *object, dk_buf *text) {
    dk_str *cells = b->cells + b->rows * b->columns;
    for (size_t c = 0; c < r->ncolumns; c++) {
        uint32_t slot = r->slot[c];
        if (slot == DK_UNSELECTED) continue;
        dk_buf_clear(text);
        if (!put_value(find_value(object, r->names[c]), text)) return false;
        char *copy = dk_arena_alloc(&b->data->arena, text->len + DK_SCAN_PAD);
        if (copy == NULL) return false;
        if (text->len > 0) memcpy(copy, text->ptr, text->len);
        memset(copy + text->len, 0, DK_SCAN_PAD);
        cells[slot] = (dk_str){copy, text->len};
        if (!dk_cell_clean(&cells[slot], &b->data->arena, &b->counts)) return false;
    }
    for (size_t k = 0; k < b->columns; k++) cells[k] = cells[r->twin[k]];
    return true;
}

/* Why an object is no row of a feed, which must have all keys asked for (a key in other letters would pass for comments that are
   all empty); NULL when it is one. */
static const char *lacks_key(const dk_reader *r, json_t *object, char reason[LONGEST_KEY]) {
    size_t c = 0;
    while (c < r->ncolumns && find_value(object, r->names[c]) != NULL) c++;
    if (c == r->ncolumns) return NULL;
    dk_str name = r->names[c];
    enum { LOOKED_AT = 32 };
    const char *keys[LOOKED_AT], *key;
    size_t n = 0;
    json_t *value;
    json_object_foreach(object, key, value) if (n < LOOKED_AT) keys[n++] = key;
    const char *near = dk_nearest(name, keys, n);
    snprintf(reason, LONGEST_KEY, "there is no key %.100s%s%.100s%s", name.ptr, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
             near != NULL ? "?" : "");
    return reason;
}

/* Whether some key is neither a column nor the first part of one. */
static bool has_unknown_key(const dk_reader *r, json_t *object) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        size_t len = strlen(key), c = 0;
        while (c < r->ncolumns && (r->names[c].len < len || memcmp(r->names[c].ptr, key, len) != 0 ||
                                   (r->names[c].len > len && r->names[c].ptr[len] != '.')))
            c++;
        if (c == r->ncolumns && !json_is_null(value)) return true;
    }
    return false;
}

static dk_status reject(dk_block *b, const char *p, size_t len, int64_t number, int64_t line, int column,
                        const char *reason, dk_error *err) {
    struct dk_block_data *data = b->data;
    if (!dk_grow(&b->rejects, &data->rejects_cap, b->nrejects + 1)) return dk_fail_memory(err);
    if (len > RAW_LIMIT) {
        len = RAW_LIMIT;
        while (len > 0 && ((unsigned char)p[len] & 0xC0) == 0x80) len--; /* never half a character */
    }
    dk_reject *x = &b->rejects[b->nrejects];
    dk_read_counts uncounted = {0};
    *x = (dk_reject){number, line, column > 0 ? column : 1, dk_arena_strdup(&data->arena, reason, strlen(reason)), {p, len}};
    if (x->reason == NULL || !dk_cell_clean(&x->raw, &data->arena, &uncounted)) return dk_fail_memory(err);
    b->nrejects++;
    b->counts.rejected++;
    return DK_OK;
}

static dk_status parse(const dk_reader *r, dk_block *b, dk_error *err) {
    struct dk_block_data *data = b->data;
    jsonl *j = r->state;
    if (!dk_block_reserve(b, (size_t)b->numbered + 1, b->columns)) return dk_fail_memory(err);
    dk_status status = DK_OK;
    dk_buf text;
    dk_buf_init(&text);
    char reason[LONGEST_KEY];
    int64_t number = b->first_number, line = data->line, unknown = 0;
    for (const char *p = data->bytes, *end = p + data->len; status == DK_OK && p < end; line++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((stop != NULL ? stop : end) - p);
        if (skip_space(p, len) < len) {
            json_error_t error = {.text = ""};
            json_t *object = parse_line(p, len, &error);
            if (object == NULL) {
                status = reject(b, p, len, number, line, error.column, error.text, err);
            } else if (!json_is_object(object)) {
                status = reject(b, p, len, number, line, 1, "a JSON object was expected", err);
            } else if (r->options.eager && lacks_key(r, object, reason) != NULL) {
                status = reject(b, p, len, number, line, 1, reason, err);
            } else if (!take_cells(r, b, object, &text)) {
                status = dk_fail_memory(err);
            } else {
                unknown += !r->options.eager && has_unknown_key(r, object);
                b->row[b->rows++] = (dk_row){number, line};
            }
            json_decref(object);
            number++;
        }
        p += len + 1;
    }
    dk_buf_dispose(&text);
    b->counts.rows = (int64_t)b->rows;
    if (unknown > 0) atomic_fetch_add_explicit(&j->unknown, unknown, memory_order_relaxed);
    return status;
}

/* The rest --------------------------------------------------------------------------------------------------------------------- */

static dk_status begin(dk_reader *r, jsonl *j, dk_error *err) {
    j->carry_at = j->carry_len = 0;
    j->ended = false;
    j->line = j->number = 1;
    j->serial = 0;
    atomic_store(&j->unknown, 0);
    if (!room_for(&j->carry, &j->carry_cap, SAMPLE)) return dk_fail_memory(err);
    return r->options.eager ? DK_OK : pull(r, j, j->carry, SAMPLE, &j->carry_len, err);
}

static dk_status rewind_source(dk_reader *r, dk_error *err) {
    dk_status status = dk_source_rewind(&r->text, err);
    return status == DK_OK ? begin(r, r->state, err) : status;
}

static void progress(const dk_reader *r, int64_t *taken, int64_t *total) {
    *taken = r->text.taken;
    *total = r->text.size;
}

static void describe(const dk_reader *r, const dk_read_counts *counts, dk_buf *out, dk_buf *notes) {
    const jsonl *j = r->state;
    if (r->text.unpack != NULL) dk_buf_putf(out, "%s, ", dk_unpack_name(r->text.unpack));
    dk_buf_puts(out, "JSON Lines");
    if (counts->repaired_cells > 0)
        dk_buf_putf(notes, "%lld cell%s repaired", (long long)counts->repaired_cells, counts->repaired_cells == 1 ? "" : "s");
    long long unknown = atomic_load(&j->unknown);
    if (unknown > 0)
        dk_buf_putf(notes, "%s%lld row%s with keys that do not occur at the beginning, left out", notes->len > 0 ? ", " : "", unknown,
                    unknown == 1 ? "" : "s");
}

static void free_state(dk_reader *r) {
    jsonl *j = r->state;
    free(j->carry);
    free(j);
}

static const dk_reader_kind kind = {read_block, parse, rewind_source, progress, describe, free_state};

dk_status dk_jsonl_open(dk_reader *r, dk_error *err) {
    jsonl *j = calloc(1, sizeof *j);
    if (j == NULL) return dk_fail_memory(err);
    json_object_seed(0); /* before threads parse; dk_reader's order of columns does not depend on it */
    r->state = j;
    r->kind = &kind;
    dk_status status = begin(r, j, err);
    if (status != DK_OK) return status;
    return r->options.eager ? take_keys(r, err) : find_columns(r, j, err);
}
