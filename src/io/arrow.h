/* Columns of Apache Arrow, borrowed from whoever holds them through the C Data Interface: no library, no copies.
 *
 * The structs are those of the specification (https://arrow.apache.org/docs/format/CDataInterface.html, version 1.0). Columns of
 * numbers, booleans and text are read: int8 to uint64, float32 and float64, bool, null, utf8, large_utf8, utf8_view, and
 * dictionaries of text; with nulls, and with the offsets of slices.
 */
#ifndef DK_IO_ARROW_H
#define DK_IO_ARROW_H

#include "base/buffer.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

typedef enum dk_arrow_kind {
    DK_ARROW_NULL,
    DK_ARROW_BOOL,
    DK_ARROW_INT,   /* width bytes */
    DK_ARROW_UINT,  /* width bytes */
    DK_ARROW_FLOAT, /* width bytes */
    DK_ARROW_TEXT,  /* offsets of width bytes */
    DK_ARROW_VIEW   /* views of 16 bytes */
} dk_arrow_kind;

/* A column, or the dictionary of one. Everything is borrowed. */
typedef struct dk_arrow_column {
    dk_arrow_kind kind;
    int width;
    int64_t length, offset;
    const uint8_t *valid; /* a bit an element, the first of each byte lowest; NULL: all are */
    const void *values, *bytes;
    const void *const *views; /* buffers that views point into */
    int64_t nviews;
    const struct ArrowArray *words; /* the dictionary: values are then numbers of its elements */
    dk_arrow_kind word_kind;
    int word_width;
} dk_arrow_column;

/* Looks at an array by its schema. DK_EDATA names the column and its type when it is of another kind or does not hold together. */
dk_status dk_arrow_column_open(dk_arrow_column *column, const struct ArrowSchema *schema, const struct ArrowArray *array, dk_error *err);

/* Whether all its elements are text (or null). */
bool dk_arrow_is_text(const dk_arrow_column *column);

/* The text of an element of a column of text, borrowed; ptr is NULL for a null. */
dk_str dk_arrow_text(const dk_arrow_column *column, int64_t row);

/* Appends an element as a cell of a table would hold it: text as it is, whole numbers in digits, others as the shortest decimal that reads
   back as the same, booleans as 1 and 0, nothing for nulls and for what is no number. */
void dk_arrow_put(const dk_arrow_column *column, int64_t row, dk_buf *out);

#endif
