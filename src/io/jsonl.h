/* JSON Lines behind dk_reader: one object a line, as data tools and logs write it. Jansson parses the lines (documents: json_read.h).
 *
 * The columns are the keys of the objects at the beginning of the file (256 KB), in the order in which they first come;
 * a key that only comes later is counted and named in dk_reader_describe's notes, never silently dropped. Objects within
 * objects become columns called outer.inner; lists become their JSON text. Numbers are written as the file's integers, or as
 * the shortest decimal that reads back the same; true and false as such; null is an empty cell. A line that is no
 * JSON object is rejected with line and column. */
#ifndef DK_IO_JSONL_H
#define DK_IO_JSONL_H

#include "io/reader_kind.h"

/* Whether the text that begins so is JSON Lines: its first line is an object. */
bool dk_jsonl_recognise(const char *head, size_t len);

/* Whether its first character is that of an object, broken or not: enough for a feed. */
bool dk_jsonl_begins(const char *head, size_t len);

/* r->text is open. Of an eager reader the columns are the keys of its options. */
dk_status dk_jsonl_open(dk_reader *r, dk_error *err);

#endif
