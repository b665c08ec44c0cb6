/* Arrow arrays of our own, for the results of tagging: memory in arenas and buffers that the last release gives back. */
#ifndef DK_TAG_ARROW_OUT_H
#define DK_TAG_ARROW_OUT_H

#include "io/arrow.h"

/* What a field of a result is; a struct or a list has children. */
typedef struct dk_arrow_field {
    const char *name, *format;
    const char *const *words; /* of a dictionary: its words, ended by NULL; NULL: no dictionary */
    const struct dk_arrow_field *children;
    int nchildren;
} dk_arrow_field;

/* Makes the schema of a field and its children. The caller releases it. */
dk_status dk_arrow_make_schema(const dk_arrow_field *field, struct ArrowSchema *schema, dk_error *err);

/* An array without nulls in the shape of the field: length of every level, and for each field, counted from the root with children
   after their parent (depth first), two buffers: values, or offsets and bytes; that of a struct are NULL. The buffers are malloc'ed and
   become the array's, also when it fails. */
typedef struct dk_arrow_content {
    int64_t length;
    void *values, *bytes;
} dk_arrow_content;

dk_status dk_arrow_make_array(const dk_arrow_field *field, dk_arrow_content **content, struct ArrowArray *array, dk_error *err);

#endif
