#include "study/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/file.h"
#include "base/nearest.h"
#include "io/cell.h"

/* Aliases may refer to each other, so that a small file can stand for an endless tree. */
enum { MOST_LEVELS = 32, MOST_NODES = 100000 };

typedef struct builder {
    dk_yaml_file *file;
    yaml_document_t *document;
    size_t nodes;
} builder;

static dk_status make_node(builder *b, int id, const char *path, int level, dk_yaml **out, dk_error *err);

static const char *join_path(builder *b, const char *path, const char *key) {
    size_t n = strlen(path), m = strlen(key);
    char *joined = dk_arena_alloc(&b->file->arena, n + m + 2);
    if (joined == NULL) return NULL;
    memcpy(joined, path, n);
    if (n > 0) joined[n++] = '.';
    memcpy(joined + n, key, m + 1);
    return joined;
}

static dk_status make_map(builder *b, const yaml_node_t *node, dk_yaml *y, int level, dk_error *err) {
    const yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
    y->kind = DK_YAML_MAP;
    y->count = (size_t)(node->data.mapping.pairs.top - pairs);
    y->keys = dk_arena_calloc(&b->file->arena, y->count + 1, sizeof *y->keys);
    y->key_lines = dk_arena_calloc(&b->file->arena, y->count + 1, sizeof *y->key_lines);
    y->items = dk_arena_calloc(&b->file->arena, y->count + 1, sizeof *y->items);
    if (y->keys == NULL || y->key_lines == NULL || y->items == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < y->count; i++) {
        const yaml_node_t *key = yaml_document_get_node(b->document, pairs[i].key);
        int64_t line = (int64_t)key->start_mark.line + 1;
        if (key->type != YAML_SCALAR_NODE)
            return dk_fail_at(err, DK_EDATA, b->file->name, line, (int64_t)key->start_mark.column + 1,
                              "expected a word as key");
        y->keys[i] = dk_arena_strdup(&b->file->arena, (const char *)key->data.scalar.value, key->data.scalar.length);
        y->key_lines[i] = line;
        if (y->keys[i] == NULL) return dk_fail_memory(err);
        for (size_t j = 0; j < i; j++)
            if (strcmp(y->keys[i], y->keys[j]) == 0)
                return dk_fail_at(err, DK_EDATA, b->file->name, line, (int64_t)key->start_mark.column + 1,
                                  "%s stands twice; the first is in line %lld", y->keys[i], (long long)y->key_lines[j]);
        const char *path = join_path(b, y->path, y->keys[i]);
        if (path == NULL) return dk_fail_memory(err);
        dk_status status = make_node(b, pairs[i].value, path, level + 1, &y->items[i], err);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

static dk_status make_list(builder *b, const yaml_node_t *node, dk_yaml *y, int level, dk_error *err) {
    const yaml_node_item_t *items = node->data.sequence.items.start;
    y->kind = DK_YAML_LIST;
    y->count = (size_t)(node->data.sequence.items.top - items);
    y->items = dk_arena_calloc(&b->file->arena, y->count + 1, sizeof *y->items);
    if (y->items == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t i = 0; i < y->count && status == DK_OK; i++)
        status = make_node(b, items[i], y->path, level + 1, &y->items[i], err);
    return status;
}

static dk_status make_node(builder *b, int id, const char *path, int level, dk_yaml **out, dk_error *err) {
    const yaml_node_t *node = yaml_document_get_node(b->document, id);
    dk_yaml *y = dk_arena_calloc(&b->file->arena, 1, sizeof *y);
    if (y == NULL) return dk_fail_memory(err);
    *out = y;
    y->path = path;
    y->line = (int64_t)node->start_mark.line + 1;
    y->column = (int64_t)node->start_mark.column + 1;
    if (level > MOST_LEVELS || ++b->nodes > MOST_NODES)
        return dk_fail_at(err, DK_EDATA, b->file->name, y->line, y->column, "more than %d levels or %d values",
                          MOST_LEVELS, MOST_NODES);
    if (node->type == YAML_MAPPING_NODE) return make_map(b, node, y, level, err);
    if (node->type == YAML_SEQUENCE_NODE) return make_list(b, node, y, level, err);
    y->kind = DK_YAML_SCALAR;
    y->quoted = node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    y->text = dk_arena_strdup(&b->file->arena, (const char *)node->data.scalar.value, node->data.scalar.length);
    return y->text != NULL ? DK_OK : dk_fail_memory(err);
}

/* libyaml's work grows with the square of the depth of brackets, which it does not limit: no study has this many. Those in quotes count too. */
static dk_status check_brackets(const dk_buf *bytes, const char *path, dk_error *err) {
    enum { MOST = 2 * MOST_LEVELS };
    int64_t line = 1, depth = 0;
    size_t begin = 0;
    for (size_t i = 0; i < bytes->len; i++) {
        char c = bytes->ptr[i];
        if (c == '[' || c == '{') depth++;
        else if ((c == ']' || c == '}') && depth > 0) depth--;
        else if (c == '\n') line++, begin = i + 1;
        if (depth > MOST) return dk_fail_at(err, DK_EDATA, path, line, (int64_t)(i - begin) + 1, "more than %d brackets within each other", MOST);
    }
    return DK_OK;
}

dk_status dk_yaml_read(dk_yaml_file *file, const char *path, dk_error *err) {
    yaml_parser_t parser;
    yaml_document_t document;
    dk_buf bytes;
    bool parsing = false, loaded = false;
    memset(file, 0, sizeof *file);
    dk_buf_init(&bytes);
    dk_status status = dk_file_read(path, &bytes, err);
    if (status == DK_OK) status = check_brackets(&bytes, path, err);
    if (status != DK_OK) goto done;
    file->name = dk_arena_strdup(&file->arena, path, strlen(path));
    parsing = file->name != NULL && yaml_parser_initialize(&parser);
    if (!parsing) {
        status = dk_fail_memory(err);
        goto done;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)(bytes.len > 0 ? bytes.ptr : ""), bytes.len);
    loaded = yaml_parser_load(&parser, &document);
    if (!loaded) {
        status = dk_fail_at(err, DK_EDATA, path, (int64_t)parser.problem_mark.line + 1,
                            (int64_t)parser.problem_mark.column + 1, "%s%s%s",
                            parser.problem != NULL ? parser.problem : "this is no YAML",
                            parser.context != NULL ? ", " : "", parser.context != NULL ? parser.context : "");
        goto done;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    builder b = {file, &document, 0};
    if (root == NULL || root->type != YAML_MAPPING_NODE)
        status = dk_fail_at(err, DK_EDATA, path, 1, 0, root == NULL ? "the file is empty; a study names its files and columns"
                                                                    : "expected keys with values, such as title: ...");
    else
        status = make_node(&b, 1, "", 0, &file->root, err);
done:
    if (loaded) yaml_document_delete(&document);
    if (parsing) yaml_parser_delete(&parser);
    dk_buf_dispose(&bytes);
    return status;
}

void dk_yaml_dispose(dk_yaml_file *file) {
    dk_arena_dispose(&file->arena);
    memset(file, 0, sizeof *file);
}

const dk_yaml *dk_yaml_get(const dk_yaml *map, const char *key) {
    for (size_t i = 0; map != NULL && map->kind == DK_YAML_MAP && i < map->count; i++)
        if (strcmp(map->keys[i], key) == 0) return map->items[i];
    return NULL;
}

dk_status dk_yaml_only(const dk_yaml_file *file, const dk_yaml *map, const char *const *names, dk_error *err) {
    size_t n = 0;
    while (names[n] != NULL) n++;
    for (size_t i = 0; i < map->count; i++) {
        bool known = false;
        for (size_t j = 0; j < n && !known; j++) known = strcmp(map->keys[i], names[j]) == 0;
        if (known) continue;
        const char *near = dk_nearest(dk_str_from(map->keys[i]), names, n);
        dk_fail_at(err, DK_EDATA, file->name, map->key_lines[i], map->column, "%s%s%s: there is no such key", map->path,
                   map->path[0] != '\0' ? "." : "", map->keys[i]);
        if (near != NULL) {
            dk_error_remedy(err, "did you mean %s?", near);
        } else {
            char list[180];
            size_t at = 0;
            for (size_t j = 0; j < n && at < sizeof list; j++)
                at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", j > 0 ? ", " : "", names[j]);
            dk_error_remedy(err, "keys: %s", list);
        }
        return DK_EDATA;
    }
    return DK_OK;
}

dk_status dk_yaml_fail(const dk_yaml_file *file, const dk_yaml *node, dk_error *err, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return dk_fail_at(err, DK_EDATA, file->name, node->line, node->column, "%s%s%s", node->path,
                      node->path[0] != '\0' ? ": " : "", message);
}

dk_status dk_yaml_text(const dk_yaml_file *file, const dk_yaml *map, const char *key, const char **out, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    if (y == NULL) return DK_OK;
    if (y->kind != DK_YAML_SCALAR || y->text[0] == '\0') return dk_yaml_fail(file, y, err, "expected a text");
    *out = y->text;
    return DK_OK;
}

dk_status dk_yaml_number(const dk_yaml_file *file, const dk_yaml *map, const char *key, double low, double high,
                         double *out, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    double value;
    if (y == NULL) return DK_OK;
    if (y->kind != DK_YAML_SCALAR || !dk_cell_number(dk_str_from(y->text), &value) || !(value >= low && value <= high))
        return dk_yaml_fail(file, y, err, "expected a number from %g to %g", low, high);
    *out = value;
    return DK_OK;
}

dk_status dk_yaml_integer(const dk_yaml_file *file, const dk_yaml *map, const char *key, int64_t low, int64_t high,
                          int64_t *out, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    int64_t value;
    if (y == NULL) return DK_OK;
    if (y->kind != DK_YAML_SCALAR || !dk_cell_integer(dk_str_from(y->text), &value) || value < low || value > high)
        return dk_yaml_fail(file, y, err, "expected a whole number from %lld to %lld", (long long)low, (long long)high);
    *out = value;
    return DK_OK;
}

dk_status dk_yaml_bool(const dk_yaml_file *file, const dk_yaml *map, const char *key, bool *out, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    if (y == NULL) return DK_OK;
    bool yes = y->kind == DK_YAML_SCALAR && (strcmp(y->text, "yes") == 0 || strcmp(y->text, "true") == 0);
    bool no = y->kind == DK_YAML_SCALAR && (strcmp(y->text, "no") == 0 || strcmp(y->text, "false") == 0);
    if (!yes && !no) return dk_yaml_fail(file, y, err, "expected yes or no");
    *out = yes;
    return DK_OK;
}

dk_status dk_yaml_texts(dk_yaml_file *file, const dk_yaml *map, const char *key, const char *const **out,
                        size_t *count, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    if (y == NULL) return DK_OK;
    size_t n = y->kind == DK_YAML_SCALAR ? 1 : y->count;
    const char **texts = dk_arena_calloc(&file->arena, n + 1, sizeof *texts);
    if (texts == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const dk_yaml *item = y->kind == DK_YAML_SCALAR ? y : y->items[i];
        if (y->kind == DK_YAML_MAP || item->kind != DK_YAML_SCALAR || item->text[0] == '\0')
            return dk_yaml_fail(file, item, err, "expected a list of texts, as in [a, b]");
        texts[i] = item->text;
    }
    *out = texts;
    *count = n;
    return DK_OK;
}

dk_status dk_yaml_map(const dk_yaml_file *file, const dk_yaml *map, const char *key, const dk_yaml **out, dk_error *err) {
    const dk_yaml *y = dk_yaml_get(map, key);
    *out = NULL;
    if (y == NULL) return DK_OK;
    if (y->kind != DK_YAML_MAP) return dk_yaml_fail(file, y, err, "expected keys with values below it");
    *out = y;
    return DK_OK;
}
