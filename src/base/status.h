/* Failing: fills a dk_error once, at the place where the failure was found. */
#ifndef DK_BASE_STATUS_H
#define DK_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>

#include "drivkraft.h"

#if defined(__GNUC__)
#define DK_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define DK_LIKELY(x) __builtin_expect(!!(x), 1)
#define DK_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define DK_PRINTF(f, a)
#define DK_LIKELY(x) (x)
#define DK_UNLIKELY(x) (x)
#endif

/* Fills *err (when not NULL) and returns status, so that a caller can write: return dk_fail(err, DK_EDATA, ...); */
dk_status dk_fail(dk_error *err, dk_status status, const char *format, ...) DK_PRINTF(3, 4);

/* The same with a place: file may be NULL, line and column 0 when unknown. */
dk_status dk_fail_at(dk_error *err, dk_status status, const char *file, int64_t line, int64_t column,
                     const char *format, ...) DK_PRINTF(6, 7);

/* Appends ": strerror(code)" to the message; status is DK_EIO. */
dk_status dk_fail_errno(dk_error *err, int code, const char *file, const char *format, ...) DK_PRINTF(4, 5);

/* Memory ran out; returns DK_ENOMEM. */
dk_status dk_fail_memory(dk_error *err);

/* Adds to an error that dk_fail* has just filled. */
void dk_error_excerpt(dk_error *err, const char *text, size_t len);
void dk_error_remedy(dk_error *err, const char *format, ...) DK_PRINTF(2, 3);

/* Analysers read one file at a time (tests/analyse): this tells them that what has failed is not DK_OK. */
#if defined(DK_ANALYSE) && !defined(DK_STATUS_C)
#define dk_fail(err, status, ...) ((dk_fail)((err), (status), __VA_ARGS__), (status))
#define dk_fail_at(err, status, ...) ((dk_fail_at)((err), (status), __VA_ARGS__), (status))
#define dk_fail_errno(err, ...) ((dk_fail_errno)((err), __VA_ARGS__), DK_EIO)
#define dk_fail_memory(err) ((dk_fail_memory)(err), DK_ENOMEM)
#endif

/* The exit code of the program for a status: 0 done, 1 data or fit, 2 usage, 3 I/O (and memory). */
int dk_exit_code(dk_status status);

#endif
