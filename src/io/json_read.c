#include "io/json_read.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

dk_status dk_json_parse(dk_json_value **root, const char *name, dk_str text, dk_error *err) {
    json_error_t error;
    json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    *root = (dk_json_value *)value;
    if (value != NULL) return DK_OK;
    if (json_error_code(&error) == json_error_out_of_memory) return dk_fail_memory(err);
    return dk_fail_at(err, DK_EDATA, name, error.line, error.column, "this is no JSON: %s", error.text);
}

void dk_json_free(dk_json_value *root) {
    json_decref((json_t *)root);
}

static const json_t *of(const dk_json_value *value) {
    return (const json_t *)value;
}

const dk_json_value *dk_json_get(const dk_json_value *object, const char *key) {
    const json_t *found = json_object_get(of(object), key);
    return json_is_null(found) ? NULL : (const dk_json_value *)found;
}

const dk_json_value *dk_json_at(const dk_json_value *value, const char *path) {
    char key[64];
    while (value != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        if (len >= sizeof key) return NULL;
        memcpy(key, path, len);
        key[len] = '\0';
        value =
            json_is_array(of(value)) ? dk_json_item(value, strtoul(key, NULL, 10)) : dk_json_get(value, key);
        path += len + (path[len] == '.');
    }
    return value;
}

size_t dk_json_count(const dk_json_value *array) {
    return json_array_size(of(array));
}

const dk_json_value *dk_json_item(const dk_json_value *array, size_t index) {
    const json_t *found = json_array_get(of(array), index);
    return json_is_null(found) ? NULL : (const dk_json_value *)found;
}

const char *dk_json_str(const dk_json_value *value) {
    return json_string_value(of(value));
}

double dk_json_num(const dk_json_value *value) {
    return json_is_number(of(value)) ? json_number_value(of(value)) : NAN;
}

bool dk_json_is_true(const dk_json_value *value) {
    return json_is_true(of(value));
}

bool dk_json_is_object(const dk_json_value *value) {
    return json_is_object(of(value));
}

void dk_json_compact(dk_buf *out, dk_str json) {
    bool quoted = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (c == '<') {
            dk_buf_puts(out, "\\u003c");
            continue;
        }
        if (!quoted && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
        dk_buf_putc(out, c);
        if (quoted && c == '\\' && i + 1 < json.len)
            dk_buf_putc(out, json.ptr[++i]);
        else if (c == '"')
            quoted = !quoted;
    }
}
