/* Why a comment is tagged as it is, for programs: what `explain --format json` prints. */
#ifndef DK_TAG_EXPLAIN_H
#define DK_TAG_EXPLAIN_H

#include "base/buffer.h"
#include "tag/inspect.h"

/* A token and what it adds to the logit, damped. */
typedef struct dk_learned_word {
    size_t token;
    int64_t weight; /* thousandths */
} dk_learned_word;

enum { DK_LEARNED_WORDS = 8 };

/* The tokens whose learned weights count most, the strongest first; returns how many. *all is the sum over all tokens. */
size_t dk_explain_strongest(const dk_reading *reading, const dk_comment *comment, dk_learned_word out[DK_LEARNED_WORDS], int64_t *all);

/* Appends the JSON object and a line end for the comment that the session tagged last. */
void dk_explain_put_json(dk_buf *out, const dk_engine *engine, dk_session *session, dk_str text, const dk_comment *comment);

#endif
