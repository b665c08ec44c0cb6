#include "io/json_write.h"

#include <assert.h>
#include <math.h>

#include "io/clean.h"

void dk_json_init(dk_json *j, dk_buf *buf, bool pretty) {
    *j = (dk_json){.buf = buf, .pretty = pretty};
}

static void new_line(dk_json *j) {
    dk_buf_putc(j->buf, '\n');
    for (int i = 0; i < j->depth; i++) dk_buf_puts(j->buf, "  ");
}

/* Comma and line break before a value or a key. */
static void separate(dk_json *j, bool container) {
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0) return;
    int top = j->depth - 1;
    if (j->used[top]) dk_buf_putc(j->buf, ',');
    bool object = j->closer[top] == '}';
    if (j->pretty && (object || container)) {
        new_line(j);
        j->broken[top] = true;
    } else if (j->pretty && j->used[top]) {
        dk_buf_putc(j->buf, ' ');
    }
    j->used[top] = true;
}

static void open_level(dk_json *j, char opener, char closer) {
    assert(j->depth < DK_JSON_DEPTH);
    separate(j, true);
    dk_buf_putc(j->buf, opener);
    j->closer[j->depth] = closer;
    j->used[j->depth] = j->broken[j->depth] = false;
    j->depth++;
}

void dk_json_object(dk_json *j) {
    open_level(j, '{', '}');
}
void dk_json_array(dk_json *j) {
    open_level(j, '[', ']');
}

void dk_json_end(dk_json *j) {
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    if (j->broken[j->depth]) new_line(j);
    dk_buf_putc(j->buf, j->closer[j->depth]);
    if (j->depth == 0 && j->pretty) dk_buf_putc(j->buf, '\n');
}

void dk_json_key(dk_json *j, const char *name) {
    assert(j->depth > 0 && j->closer[j->depth - 1] == '}' && !j->after_key);
    separate(j, false);
    dk_json_escape(j->buf, dk_str_from(name));
    dk_buf_puts(j->buf, j->pretty ? ": " : ":");
    j->after_key = true;
}

void dk_json_string(dk_json *j, dk_str text) {
    separate(j, false);
    dk_json_escape(j->buf, text);
}

void dk_json_text(dk_json *j, const char *text) {
    if (text == NULL)
        dk_json_null(j);
    else
        dk_json_string(j, dk_str_from(text));
}

void dk_json_int(dk_json *j, int64_t value) {
    separate(j, false);
    dk_buf_put_int(j->buf, value);
}

void dk_json_double(dk_json *j, double value) {
    separate(j, false);
    if (!isfinite(value))
        dk_buf_puts(j->buf, "null");
    else if (value == 0)
        dk_buf_puts(j->buf, signbit(value) ? "-0.0" : "0");
    else
        dk_buf_put_double(j->buf, value);
}

void dk_json_bool(dk_json *j, bool value) {
    separate(j, false);
    dk_buf_puts(j->buf, value ? "true" : "false");
}

void dk_json_interval(dk_json *j, double lo, double hi) {
    if (isnan(lo) || isnan(hi) || (isinf(lo) && isinf(hi))) {
        dk_json_null(j);
        return;
    }
    dk_json_array(j);
    dk_json_double(j, lo);
    dk_json_double(j, hi);
    dk_json_end(j);
}

void dk_json_null(dk_json *j) {
    separate(j, false);
    dk_buf_puts(j->buf, "null");
}

static bool plain(unsigned char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void put_escaped(dk_buf *buf, unsigned char c) {
    switch (c) {
    case '"': dk_buf_puts(buf, "\\\""); return;
    case '\\': dk_buf_puts(buf, "\\\\"); return;
    case '\n': dk_buf_puts(buf, "\\n"); return;
    case '\r': dk_buf_puts(buf, "\\r"); return;
    case '\t': dk_buf_puts(buf, "\\t"); return;
    default: dk_buf_putf(buf, "\\u%04x", c); return;
    }
}

void dk_json_escape(dk_buf *buf, dk_str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    dk_buf_putc(buf, '"');
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && plain(p[i])) i++;
        dk_buf_put(buf, text.ptr + start, i - start);
        if (i == text.len) break;
        size_t n = dk_utf8_sequence(p + i, text.len - i);
        if (n == 0) {
            dk_buf_puts(buf, "\xEF\xBF\xBD");
            n = 1;
        } else if (n == 1) {
            put_escaped(buf, p[i]);
        } else if (n == 3 && p[i] == 0xE2 && p[i + 1] == 0x80 && (p[i + 2] == 0xA8 || p[i + 2] == 0xA9)) {
            dk_buf_puts(buf, p[i + 2] == 0xA8 ? "\\u2028" : "\\u2029"); /* line ends in older JavaScript */
        } else {
            dk_buf_put(buf, text.ptr + i, n);
        }
        i += n;
    }
    dk_buf_putc(buf, '"');
}
