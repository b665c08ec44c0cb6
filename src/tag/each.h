/* Tagging the rows of a table, several at a time. */
#ifndef DK_TAG_EACH_H
#define DK_TAG_EACH_H

#include "tag/session.h"

/* Rows, numbered from 0; context is the caller's. A comment that is missing is empty. */
typedef struct dk_tag_rows {
    size_t count;
    void *context;
    dk_str (*text)(void *context, size_t row);
    dk_str (*customer)(void *context, size_t row); /* as dk_session_set_customer takes it, who wrote the row; NULL: the session knows already */
    dk_status (*take)(void *context, size_t row, dk_str text, const dk_comment *comment, dk_error *err);
} dk_tag_rows;

/* Calls take for every row in its order; the session looks into the comment meanwhile (tag/inspect.h). */
dk_status dk_tag_each(dk_session *session, const dk_tag_rows *rows, dk_error *err);

#endif
