#include "io/arrow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool bit(const uint8_t *bits, int64_t i) { return bits[i / 8] >> (i % 8) & 1; }

/* The kind that a format string stands for; false for any other. */
static bool parse_format(const char *format, dk_arrow_kind *kind, int *width) {
    static const struct {
        const char *format;
        dk_arrow_kind kind;
        int width;
    } known[] = {{"n", DK_ARROW_NULL, 0},  {"b", DK_ARROW_BOOL, 0},  {"c", DK_ARROW_INT, 1},   {"C", DK_ARROW_UINT, 1}, {"s", DK_ARROW_INT, 2},
                 {"S", DK_ARROW_UINT, 2},  {"i", DK_ARROW_INT, 4},   {"I", DK_ARROW_UINT, 4},  {"l", DK_ARROW_INT, 8},  {"L", DK_ARROW_UINT, 8},
                 {"f", DK_ARROW_FLOAT, 4}, {"g", DK_ARROW_FLOAT, 8}, {"u", DK_ARROW_TEXT, 4},  {"U", DK_ARROW_TEXT, 8}, {"vu", DK_ARROW_VIEW, 16}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(format, known[i].format) != 0) continue;
        *kind = known[i].kind;
        *width = known[i].width;
        return true;
    }
    return false;
}

static bool is_text(dk_arrow_kind kind) { return kind == DK_ARROW_TEXT || kind == DK_ARROW_VIEW; }

static int64_t buffers_of(dk_arrow_kind kind) { return kind == DK_ARROW_NULL ? 0 : kind == DK_ARROW_TEXT || kind == DK_ARROW_VIEW ? 3 : 2; }

/* An array of length 0 may have no buffers at all; views have as many more as they point into, and their sizes. */
static bool holds_together(dk_arrow_kind kind, const struct ArrowArray *a) {
    int64_t need = kind == DK_ARROW_VIEW ? 3 : buffers_of(kind);
    if (a->length < 0 || a->offset < 0 || a->offset > INT64_MAX - a->length || a->n_buffers < need) return false;
    if (need == 0 || a->length == 0) return true;
    return a->buffers != NULL && a->buffers[1] != NULL;
}

static dk_status refuse(const struct ArrowSchema *schema, const char *what, dk_error *err) {
    const char *name = schema->name != NULL && schema->name[0] != '\0' ? schema->name : "(no name)";
    dk_fail(err, DK_EDATA, "column %.100s of type \"%.40s\" %s", name, schema->format != NULL ? schema->format : "", what);
    return DK_EDATA;
}

dk_status dk_arrow_column_open(dk_arrow_column *c, const struct ArrowSchema *schema, const struct ArrowArray *a, dk_error *err) {
    memset(c, 0, sizeof *c);
    if (schema->format == NULL || !parse_format(schema->format, &c->kind, &c->width)) {
        refuse(schema, "cannot be read", err);
        dk_error_remedy(err, "cast it to text or to a number");
        return DK_EDATA;
    }
    if (!holds_together(c->kind, a)) return refuse(schema, "lacks buffers that its type needs", err);
    c->length = a->length;
    c->offset = a->offset;
    if (c->kind != DK_ARROW_NULL && a->buffers != NULL) {
        c->valid = a->null_count != 0 ? a->buffers[0] : NULL;
        c->values = a->buffers[1];
        if (is_text(c->kind)) c->bytes = a->buffers[2];
    }
    if (c->kind == DK_ARROW_VIEW && a->buffers != NULL) {
        c->views = (const void *const *)(a->buffers + 2);
        c->nviews = a->n_buffers - 3;
    }
    if (schema->dictionary == NULL) return DK_OK;
    if ((c->kind != DK_ARROW_INT && c->kind != DK_ARROW_UINT) || a->dictionary == NULL || schema->dictionary->format == NULL ||
        !parse_format(schema->dictionary->format, &c->word_kind, &c->word_width) || !is_text(c->word_kind)) {
        refuse(schema, "is a dictionary of something else than text", err);
        dk_error_remedy(err, "decode the dictionary first");
        return DK_EDATA;
    }
    if (!holds_together(c->word_kind, a->dictionary)) return refuse(schema, "has a dictionary that lacks buffers", err);
    c->words = a->dictionary;
    return DK_OK;
}

bool dk_arrow_is_text(const dk_arrow_column *c) { return is_text(c->kind) || c->words != NULL || c->kind == DK_ARROW_NULL; }

static int64_t signed_at(const void *values, int width, int64_t i) {
    switch (width) {
    case 1: return ((const int8_t *)values)[i];
    case 2: return ((const int16_t *)values)[i];
    case 4: return ((const int32_t *)values)[i];
    default: return ((const int64_t *)values)[i];
    }
}

static uint64_t unsigned_at(const void *values, int width, int64_t i) {
    switch (width) {
    case 1: return ((const uint8_t *)values)[i];
    case 2: return ((const uint16_t *)values)[i];
    case 4: return ((const uint32_t *)values)[i];
    default: return ((const uint64_t *)values)[i];
    }
}

/* An element of text by its place in the buffers, the offset counted in. */
static dk_str text_at(dk_arrow_kind kind, int width, const void *values, const void *bytes, const void *const *views, int64_t nviews, int64_t i) {
    static const dk_str empty = {"", 0};
    if (kind == DK_ARROW_TEXT) {
        int64_t from = signed_at(values, width, i), to = signed_at(values, width, i + 1);
        return to > from && bytes != NULL ? (dk_str){(const char *)bytes + from, (size_t)(to - from)} : empty;
    }
    /* a view: length, then twelve bytes of text, or four of it with the number of a buffer and the place there */
    const char *view = (const char *)values + 16 * i;
    int32_t parts[4];
    memcpy(parts, view, sizeof parts);
    if (parts[0] <= 0) return empty;
    if (parts[0] <= 12) return (dk_str){view + 4, (size_t)parts[0]};
    if (parts[2] < 0 || parts[2] >= nviews || parts[3] < 0) return empty;
    return (dk_str){(const char *)views[parts[2]] + parts[3], (size_t)parts[0]};
}

static dk_str word_at(const dk_arrow_column *c, int64_t row) {
    static const dk_str null = {NULL, 0};
    const struct ArrowArray *w = c->words;
    int64_t k = c->kind == DK_ARROW_INT ? signed_at(c->values, c->width, row + c->offset) : (int64_t)unsigned_at(c->values, c->width, row + c->offset);
    if (k < 0 || k >= w->length) return null;
    k += w->offset;
    if (w->null_count != 0 && w->buffers[0] != NULL && !bit(w->buffers[0], k)) return null;
    bool view = c->word_kind == DK_ARROW_VIEW;
    return text_at(c->word_kind, c->word_width, w->buffers[1], w->buffers[2], view ? (const void *const *)(w->buffers + 2) : NULL,
                   view ? w->n_buffers - 3 : 0, k);
}

static bool is_null(const dk_arrow_column *c, int64_t row) {
    return c->kind == DK_ARROW_NULL || (c->valid != NULL && !bit(c->valid, row + c->offset));
}

dk_str dk_arrow_text(const dk_arrow_column *c, int64_t row) {
    if (is_null(c, row)) return (dk_str){NULL, 0};
    if (c->words != NULL) return word_at(c, row);
    return text_at(c->kind, c->width, c->values, c->bytes, c->views, c->nviews, row + c->offset);
}

/* The shortest decimal of a float that reads back as the same float. */
static void put_float(dk_buf *out, float value) {
    char text[32];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    dk_buf_put_double(out, strtod(text, NULL));
}

void dk_arrow_put(const dk_arrow_column *c, int64_t row, dk_buf *out) {
    if (is_null(c, row)) return;
    int64_t i = row + c->offset;
    if (dk_arrow_is_text(c)) {
        dk_str text = dk_arrow_text(c, row);
        dk_buf_put(out, text.ptr, text.len);
    } else if (c->kind == DK_ARROW_BOOL) {
        dk_buf_putc(out, bit(c->values, i) ? '1' : '0');
    } else if (c->kind == DK_ARROW_INT) {
        dk_buf_put_int(out, signed_at(c->values, c->width, i));
    } else if (c->kind == DK_ARROW_UINT) {
        uint64_t v = unsigned_at(c->values, c->width, i);
        if (v <= INT64_MAX) dk_buf_put_int(out, (int64_t)v);
        else dk_buf_putf(out, "%llu", (unsigned long long)v);
    } else if (c->width == 8) {
        double v = ((const double *)c->values)[i];
        if (isfinite(v)) dk_buf_put_double(out, v);
    } else {
        float v = ((const float *)c->values)[i];
        if (isfinite(v)) put_float(out, v);
    }
}
