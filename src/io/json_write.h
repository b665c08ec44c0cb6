/* Writing JSON (RFC 8259) as a stream into a dk_buf.
 *
 *     dk_json j;
 *     dk_json_init(&j, buf, true);
 *     dk_json_object(&j);
 *     dk_json_key(&j, "n"); dk_json_int(&j, 212);
 *     dk_json_key(&j, "ci"); dk_json_array(&j); dk_json_double(&j, lo); dk_json_double(&j, hi); dk_json_end(&j);
 *     dk_json_end(&j);
 *
 * Strings are escaped so that the text can also stand inside a <script> element (<, >, &, U+2028 and U+2029 are
 * written as \u escapes), and bytes that are not UTF-8 become U+FFFD. Doubles read back as the same double; nan and
 * the infinities are null. The buffer may be emptied between calls. Failure to append shows in dk_buf_status.
 */
#ifndef DK_IO_JSON_WRITE_H
#define DK_IO_JSON_WRITE_H

#include "base/buffer.h"

enum { DK_JSON_DEPTH = 64 };

typedef struct dk_json {
    dk_buf *buf;
    int depth;
    bool pretty;    /* each member of an object, and each object or array in an array, on its own line */
    bool after_key; /* a key was written and waits for its value */
    char closer[DK_JSON_DEPTH]; /* of each open object or array */
    bool used[DK_JSON_DEPTH];   /* it has a member already */
    bool broken[DK_JSON_DEPTH]; /* its closer goes on a line of its own */
} dk_json;

void dk_json_init(dk_json *j, dk_buf *buf, bool pretty);

/* Open an object or an array; dk_json_end closes the innermost one. Deeper than DK_JSON_DEPTH is a programming error. */
void dk_json_object(dk_json *j);
void dk_json_array(dk_json *j);
void dk_json_end(dk_json *j);

void dk_json_key(dk_json *j, const char *name);

void dk_json_string(dk_json *j, dk_str text);
void dk_json_text(dk_json *j, const char *text); /* NULL is null */
void dk_json_int(dk_json *j, int64_t value);
void dk_json_double(dk_json *j, double value);
void dk_json_bool(dk_json *j, bool value);

/* [lo, hi]: null when an end is not known (NaN), or neither is finite; an end that is open alone is null within. */
void dk_json_interval(dk_json *j, double lo, double hi);
void dk_json_null(dk_json *j);

/* Appends text as a JSON string with its quotes, outside of any writer. */
void dk_json_escape(dk_buf *buf, dk_str text);

#endif
