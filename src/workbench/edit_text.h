/* Comments for the page, shared by the answers of the editor. */
#ifndef DK_WORKBENCH_EDIT_TEXT_H
#define DK_WORKBENCH_EDIT_TEXT_H

#include "workbench/edit_private.h"

typedef struct edit_span {
    uint32_t start, end; /* bytes */
} edit_span;

/* Where a match stands. */
edit_span edit_span_of(const dk_match *match, const dk_comment *comment);

/* Members id, line, language and parts: the text as strings that are plain, marked, plain, ... by turns, so that nobody has to count bytes. A
   long comment is cut around its first mark. spans are put into order. */
void edit_put_comment(const dk_corpus_comment *comment, edit_span *spans, size_t n, dk_json *j);

/* What is drawn at random from many: by the id of its comment and its place, so that the same come every time. */
typedef struct edit_drawn {
    uint64_t draw;
    size_t number;
} edit_drawn;
uint64_t edit_draw(const dk_corpus *corpus, size_t comment, uint32_t place);

/* Leaves the `wanted` first by their draw at the beginning, in the order of their numbers; returns how many. */
size_t edit_choose(edit_drawn *drawn, size_t n, size_t wanted);

/* Tells a session whose comment follows, where weights are cross-fitted. */
void edit_customer(const dk_edit *edit, dk_session *session, size_t comment);

#endif
