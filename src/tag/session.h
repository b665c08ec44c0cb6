/* Tagging, for the rooms above: what drivkraft.h offers to everybody, and a little more. */
#ifndef DK_TAG_SESSION_H
#define DK_TAG_SESSION_H

#include "lexicon/lexicon.h"
#include "lexicon/taxonomy.h"
#include "text/language.h"
#include "text/token.h"

const dk_taxonomy *dk_engine_taxonomy(const dk_engine *engine);
const dk_lexicon *dk_engine_lexicon(const dk_engine *engine);

void dk_rules_put(dk_buf *buf, uint32_t rules);

/* Adds 1 to counts[pack] of every pack with a theme entry that the comment would hit: what --pack auto decides on. */
dk_status dk_session_count_packs(dk_session *session, dk_str text, uint64_t counts[DK_MAX_PACKS], dk_error *err);

#endif
