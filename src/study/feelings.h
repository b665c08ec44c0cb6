/* Feelings that customers name: the emotions of the lexicon's opinion words (valence.tsv), told for each mention of a theme.
 *
 * A mention has a feeling when an opinion word of its clause names one, still says what the word alone says (not negated, wished for
 * or asked after), and points the same way as the mention: in "angry about the delay, but the staff were lovely" the staff get no
 * anger. Most opinion words name none: "bad" says how something is, not how somebody feels. A phrase of a theme that
 * restates the score ("made me angry") has the feeling of the word in it; that of another theme ("glad staff") has none.
 */
#ifndef DK_STUDY_FEELINGS_H
#define DK_STUDY_FEELINGS_H

#include "tag/session.h"

typedef struct dk_feelings dk_feelings;

/* The feeling of each entry of a lexicon, read-only afterwards. */
dk_status dk_feelings_new(dk_feelings **out, const dk_lexicon *lexicon, dk_error *err);
void dk_feelings_free(dk_feelings *feelings);

/* Sets named[i] for each mention of the comment that the session has tagged last: bit e is dk_emotion e. */
void dk_feelings_find(const dk_feelings *feelings, const dk_session *session, const dk_comment *comment, uint16_t *named);

#endif
