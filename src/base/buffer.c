#include "base/buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void dk_buf_init(dk_buf *buf) { memset(buf, 0, sizeof *buf); }

void dk_buf_dispose(dk_buf *buf) {
    free(buf->ptr);
    memset(buf, 0, sizeof *buf);
}

void dk_buf_clear(dk_buf *buf) {
    buf->len = 0;
    buf->failed = false;
}

bool dk_buf_reserve(dk_buf *buf, size_t more) {
    if (buf->cap - buf->len >= more) return true;
    if (buf->failed || more > SIZE_MAX / 2 - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t cap = buf->cap < 256 ? 256 : buf->cap;
    while (cap < buf->len + more) cap += cap / 2;
    char *p = realloc(buf->ptr, cap);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = p;
    buf->cap = cap;
    return true;
}

void dk_buf_putf(dk_buf *buf, const char *format, ...) {
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    if (n >= 0 && (size_t)n < sizeof small) {
        dk_buf_put(buf, small, (size_t)n);
    } else if (n >= 0 && dk_buf_reserve(buf, (size_t)n + 1)) {
        vsnprintf(buf->ptr + buf->len, (size_t)n + 1, format, again);
        buf->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void dk_buf_put_int(dk_buf *buf, int64_t value) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) digits[--at] = '-';
    dk_buf_put(buf, digits + at, sizeof digits - at);
}

void dk_buf_put_grouped(dk_buf *buf, int64_t value) {
    if (value < 1000 && value > -1000) {
        dk_buf_put_int(buf, value);
        return;
    }
    dk_buf_put_grouped(buf, value / 1000);
    dk_buf_putf(buf, ",%03d", abs((int)(value % 1000)));
}

void dk_buf_put_milli(dk_buf *buf, int64_t thousandths) {
    uint64_t rest = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;
    if (thousandths < 0) dk_buf_putc(buf, '-');
    dk_buf_put_int(buf, (int64_t)(rest / 1000));
    unsigned fraction = (unsigned)(rest % 1000);
    if (fraction == 0) return;
    char digits[4] = {'.', (char)('0' + fraction / 100), (char)('0' + fraction / 10 % 10), (char)('0' + fraction % 10)};
    size_t len = 4;
    while (digits[len - 1] == '0') len--;
    dk_buf_put(buf, digits, len);
}

void dk_buf_put_double(dk_buf *buf, double value) {
    if (!isfinite(value)) return;
    if (value == floor(value) && fabs(value) < 1e15) {
        dk_buf_put_int(buf, (int64_t)value);
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    dk_buf_puts(buf, text);
}

const char *dk_buf_cstr(dk_buf *buf) {
    if (!dk_buf_reserve(buf, 1)) return "";
    buf->ptr[buf->len] = '\0';
    return buf->ptr;
}

dk_status dk_buf_status(const dk_buf *buf, dk_error *err) { return buf->failed ? dk_fail_memory(err) : DK_OK; }

bool dk_grow_array(void **array, size_t *cap, size_t need, size_t size) {
    if (need <= *cap) return true;
    size_t more = *cap < 8 ? 8 : *cap;
    while (more < need) {
        if (more > SIZE_MAX / 2) return false;
        more += more / 2;
    }
    if (more > SIZE_MAX / size) return false;
    void *p = realloc(*array, more * size);
    if (p == NULL) return false;
    *array = p;
    *cap = more;
    return true;
}

int dk_str_compare(dk_str a, dk_str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n != 0 ? memcmp(a.ptr, b.ptr, n) : 0;
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}
