#define DK_STATUS_C
#include "base/status.h"

#include <stdio.h>
#include <string.h>

const char *dk_version(void) { return DK_VERSION; }

static void fill(dk_error *err, dk_status status, const char *file, int64_t line, int64_t column,
                 const char *format, va_list args) {
    memset(err, 0, sizeof *err);
    err->status = status;
    err->line = line;
    err->column = column;
    if (file != NULL) {
        size_t len = strlen(file);
        size_t skip = len >= sizeof err->file ? len - sizeof err->file + 1 : 0;
        memcpy(err->file, file + skip, len - skip + 1);
    }
    vsnprintf(err->message, sizeof err->message, format, args);
}

dk_status dk_fail(dk_error *err, dk_status status, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, NULL, 0, 0, format, args);
        va_end(args);
    }
    return status;
}

dk_status dk_fail_at(dk_error *err, dk_status status, const char *file, int64_t line, int64_t column,
                     const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, file, line, column, format, args);
        va_end(args);
    }
    return status;
}

dk_status dk_fail_errno(dk_error *err, int code, const char *file, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, DK_EIO, file, 0, 0, format, args);
        va_end(args);
        size_t len = strlen(err->message);
        char reason[128] = "";
        /* the GNU strerror_r may return another buffer; both forms are thread-safe */
        const char *text = strerror_r(code, reason, sizeof reason);
        snprintf(err->message + len, sizeof err->message - len, ": %s", text);
    }
    return DK_EIO;
}

dk_status dk_fail_memory(dk_error *err) { return dk_fail(err, DK_ENOMEM, "out of memory"); }

void dk_error_excerpt(dk_error *err, const char *text, size_t len) {
    if (err == NULL) return;
    if (len >= sizeof err->excerpt) len = sizeof err->excerpt - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) len--; /* never half a character */
    for (size_t i = 0; i < len; i++) err->excerpt[i] = (unsigned char)text[i] < 0x20 ? ' ' : text[i];
    err->excerpt[len] = '\0';
}

void dk_error_remedy(dk_error *err, const char *format, ...) {
    if (err == NULL) return;
    va_list args;
    va_start(args, format);
    vsnprintf(err->remedy, sizeof err->remedy, format, args);
    va_end(args);
}

int dk_exit_code(dk_status status) { return status == DK_ENOMEM ? 3 : (int)status; }
