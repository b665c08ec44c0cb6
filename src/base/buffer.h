/* A growing byte buffer for output, and growing arrays. */
#ifndef DK_BASE_BUFFER_H
#define DK_BASE_BUFFER_H

#include <string.h>

#include "base/status.h"

/* Once an append fails the buffer stays failed: check dk_buf_status at the end instead of at every step. */
typedef struct dk_buf {
    char *ptr;
    size_t len, cap;
    bool failed;
} dk_buf;

void dk_buf_init(dk_buf *buf);
void dk_buf_dispose(dk_buf *buf);
void dk_buf_clear(dk_buf *buf);

/* Makes room for more bytes behind len; false when memory ran out. */
bool dk_buf_reserve(dk_buf *buf, size_t more);

void dk_buf_putf(dk_buf *buf, const char *format, ...) DK_PRINTF(2, 3);
void dk_buf_put_int(dk_buf *buf, int64_t value);

/* The same for people, with a comma every three digits: 12,408. */
void dk_buf_put_grouped(dk_buf *buf, int64_t value);

/* A fixed-point number of thousandths as a decimal without trailing zeros: -250 is -0.25. */
void dk_buf_put_milli(dk_buf *buf, int64_t thousandths);

/* The shortest decimal that reads back as the same double; nan and inf print as an empty string. */
void dk_buf_put_double(dk_buf *buf, double value);

/* Here and not in buffer.c because rows are put together from many short pieces. */
static inline void dk_buf_put(dk_buf *buf, const void *bytes, size_t len) {
    if (len == 0 || (DK_UNLIKELY(buf->cap - buf->len < len) && !dk_buf_reserve(buf, len))) return;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

static inline void dk_buf_puts(dk_buf *buf, const char *text) { dk_buf_put(buf, text, strlen(text)); }

static inline void dk_buf_putc(dk_buf *buf, char c) {
    if (buf->len == buf->cap && !dk_buf_reserve(buf, 1)) return;
    buf->ptr[buf->len++] = c;
}

/* The text so far, ended by a NUL that does not count; "" when memory ran out. */
const char *dk_buf_cstr(dk_buf *buf);

/* DK_OK, or DK_ENOMEM when any append failed. */
dk_status dk_buf_status(const dk_buf *buf, dk_error *err);

/* Makes *array (of *cap elements of size bytes) hold at least need elements; false when memory ran out. */
bool dk_grow_array(void **array, size_t *cap, size_t need, size_t size);
#define dk_grow(array, cap, need) dk_grow_array((void **)(array), (cap), (need), sizeof **(array))

static inline dk_str dk_str_from(const char *text) {
    dk_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

static inline bool dk_str_eq(dk_str a, dk_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool dk_str_is(dk_str a, const char *text) { return dk_str_eq(a, dk_str_from(text)); }

/* Byte order, the shorter first: a total order for qsort. */
int dk_str_compare(dk_str a, dk_str b);

#endif
