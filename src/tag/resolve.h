/* Overlapping matches: the longest wins, then the better fit, then the earlier entry. */
#ifndef DK_TAG_RESOLVE_H
#define DK_TAG_RESOLVE_H

#include "tag/opinion.h"

/* Bits of dk_match.won. */
enum { DK_WON_THEME = 1, DK_WON_OPINION = 2 };

/* Fills themes, opinions (with base as value) and shifts of reading from its matches. */
dk_status dk_resolve(dk_reading *reading, const dk_lexicon *lexicon, size_t ntokens, dk_error *err);

#endif
