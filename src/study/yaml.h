/* A YAML file as a tree that knows its lines: the only place of libyaml.
 *
 * One document of plain mappings, sequences and scalars; anchors and aliases work. Tags are not looked at: every scalar
 * is text, and the reader of a key says what it must be. */
#ifndef DK_STUDY_YAML_H
#define DK_STUDY_YAML_H

#include "base/arena.h"

typedef enum dk_yaml_kind { DK_YAML_SCALAR, DK_YAML_LIST, DK_YAML_MAP } dk_yaml_kind;

typedef struct dk_yaml dk_yaml;
struct dk_yaml {
    dk_yaml_kind kind;
    const char *path;    /* as in messages: segments.bands.silver */
    const char *text;    /* of a scalar */
    bool quoted;         /* "no" is text, no is false */
    size_t count;        /* of a list or a map */
    const char **keys;   /* of a map */
    int64_t *key_lines;
    dk_yaml **items;     /* of a list, or the values of a map */
    int64_t line, column;
};

typedef struct dk_yaml_file {
    const char *name; /* for messages */
    dk_yaml *root;
    dk_arena arena;
} dk_yaml_file;

/* Reads a file. DK_EDATA with line and column when it is no YAML, holds a key twice, nests deeper than 32 levels, or is
   empty or no map at the top. Dispose also after a failure. */
dk_status dk_yaml_read(dk_yaml_file *file, const char *path, dk_error *err);
void dk_yaml_dispose(dk_yaml_file *file);

/* The value of a key, or NULL; map may be NULL. */
const dk_yaml *dk_yaml_get(const dk_yaml *map, const char *key);

/* DK_EDATA when the map has a key that is none of the names (ended by NULL); says which one was likely meant. */
dk_status dk_yaml_only(const dk_yaml_file *file, const dk_yaml *map, const char *const *names, dk_error *err);

/* An error at a node: "segments.bands: ...". */
dk_status dk_yaml_fail(const dk_yaml_file *file, const dk_yaml *node, dk_error *err, const char *format, ...)
    DK_PRINTF(4, 5);

/* The value of a key of a map, checked; a key that is not there leaves *out as it is. Text is borrowed. */
dk_status dk_yaml_text(const dk_yaml_file *file, const dk_yaml *map, const char *key, const char **out, dk_error *err);
dk_status dk_yaml_number(const dk_yaml_file *file, const dk_yaml *map, const char *key, double low, double high,
                         double *out, dk_error *err);
dk_status dk_yaml_integer(const dk_yaml_file *file, const dk_yaml *map, const char *key, int64_t low, int64_t high,
                          int64_t *out, dk_error *err);
dk_status dk_yaml_bool(const dk_yaml_file *file, const dk_yaml *map, const char *key, bool *out, dk_error *err);

/* A list of texts, a single text counting as a list of one. */
dk_status dk_yaml_texts(dk_yaml_file *file, const dk_yaml *map, const char *key, const char *const **out,
                        size_t *count, dk_error *err);

/* The value must be a map; *out stays NULL without the key. */
dk_status dk_yaml_map(const dk_yaml_file *file, const dk_yaml *map, const char *key, const dk_yaml **out, dk_error *err);

#endif
