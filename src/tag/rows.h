/* The rows of comments.csv and mentions.csv. */
#ifndef DK_TAG_ROWS_H
#define DK_TAG_ROWS_H

#include "base/buffer.h"
#include "io/writer.h"
#include "tag/session.h"

#define DK_COMMENTS_HEADER "id,language,language_confidence,sentiment,label,themes\n"
#define DK_MENTIONS_HEADER "id,theme,touchpoint,stage,label,polarity,start,end,match,entry,rules\n"

/* Appends the row of a comment; id is written as it is and quoted when needed. */
void dk_rows_put_comment(dk_buf *buf, const dk_engine *engine, dk_str id, const dk_comment *comment);

/* Appends a row for each mention; text is the comment. */
void dk_rows_put_mentions(dk_buf *buf, const dk_engine *engine, dk_str id, dk_str text, const dk_comment *comment);

/* Appends an object and a line end: id, language, language_confidence, sentiment, label, themes [{theme, label}], mentions with the
   columns of mentions.csv, rules as a list. id is always a string. */
void dk_rows_put_json(dk_buf *buf, const dk_engine *engine, dk_str id, dk_str text, const dk_comment *comment);

/* The same as tables of a writer (--to): as in the two files, and the number of the response in both. Places are start_byte and
   end_byte there and the match is matched, since SQL has its own use for those words. */
extern const dk_out_table dk_rows_comments, dk_rows_mentions;
void dk_rows_add_comment(dk_out_rows *rows, const dk_engine *engine, int64_t number, dk_str id, const dk_comment *comment);
void dk_rows_add_mentions(dk_out_rows *rows, const dk_engine *engine, int64_t number, dk_str id, dk_str text, const dk_comment *comment);

/* Appends theme:label of each theme in the order of the text, joined by |. */
void dk_rows_put_themes(dk_buf *buf, const dk_taxonomy *taxonomy, const dk_comment *comment);

/* The label of the theme of a mention over it and all later mentions of the theme. */
dk_label dk_rows_theme_label(const dk_comment *comment, size_t first);

/* Which packs a text calls for, from how often their entries occur (dk_session_count_packs) in so many comments with
   text: those that are hit in at least one comment in ten, and at least half as often as the foremost. */
uint32_t dk_packs_choose(const dk_lexicon *lexicon, const uint64_t counts[DK_MAX_PACKS], uint64_t ncomments);

/* The packs named in "hospitality,health"; "none" is none. DK_EUSAGE for an unknown one. */
dk_status dk_packs_parse(const dk_lexicon *lexicon, const char *names, uint32_t *packs, dk_error *err);

#endif
