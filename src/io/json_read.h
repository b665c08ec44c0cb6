/* Reading JSON: the only place of Jansson but for jsonl.c. A document is parsed whole; values are borrowed from it until it is freed.
 *
 *     dk_json_parse(&root, "report.json", text, err);
 *     double nps = dk_json_num(dk_json_at(root, "segments.0.nps.nps"));
 *     dk_json_free(root);
 *
 * Getters take NULL and what is not of their kind, so that paths need no checks: a number that is not there is NaN, a text NULL.
 */
#ifndef DK_IO_JSON_READ_H
#define DK_IO_JSON_READ_H

#include "base/buffer.h"

typedef struct dk_json_value dk_json_value;

/* DK_EDATA names line and column; name is that of the file for the message. */
dk_status dk_json_parse(dk_json_value **root, const char *name, dk_str text, dk_error *err);
void dk_json_free(dk_json_value *root);

/* A member of an object; NULL when there is none or it is null. */
const dk_json_value *dk_json_get(const dk_json_value *object, const char *key);

/* Members and items along a path of keys and numbers joined by points: "fits.0.drivers". */
const dk_json_value *dk_json_at(const dk_json_value *value, const char *path);

/* Items of an array; 0 for anything else. */
size_t dk_json_count(const dk_json_value *array);
const dk_json_value *dk_json_item(const dk_json_value *array, size_t index);

const char *dk_json_str(const dk_json_value *value);
double dk_json_num(const dk_json_value *value);
bool dk_json_is_true(const dk_json_value *value);
bool dk_json_is_object(const dk_json_value *value);

/* Appends JSON without blanks between its parts and with every < as \u003c, so that it can stand in a script element. */
void dk_json_compact(dk_buf *out, dk_str json);

#endif
