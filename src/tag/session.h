/* Tagging, for the rooms above: what drivkraft.h offers to everybody, and a little more. */
#ifndef DK_TAG_SESSION_H
#define DK_TAG_SESSION_H

#include "lexicon/lexicon.h"
#include "lexicon/taxonomy.h"
#include "text/language.h"
#include "text/morph.h"
#include "text/token.h"

const dk_taxonomy *dk_engine_taxonomy(const dk_engine *engine);
const dk_lexicon *dk_engine_lexicon(const dk_engine *engine);
const dk_morph *dk_engine_morph(const dk_engine *engine, dk_language language); /* NULL for DK_LANG_OTHER */

/* Writes the engine as one image that holds all of it, for a file that dk_engine_open takes as options.engine; image is cleared
   first. The same content and options make the same bytes. */
dk_status dk_engine_put(const dk_engine *engine, dk_buf *image, dk_error *err);

/* An engine like base, which was opened and not made so, but with another lexicon, which it takes over also when it fails. It shares
   models and dictionaries with base, which must live longer, and the index of every language in which no entry reads otherwise or stands at
   another number. spelling: as base was opened. It has no version stamp and cannot be written. */
dk_status dk_engine_with_lexicon(dk_engine **out, const dk_engine *base, dk_lexicon *lexicon, bool spelling, int threads,
                                 dk_error *err);

void dk_rules_put(dk_buf *buf, uint32_t rules);

/* The name of the rule of bit 0 to DK_RULES - 1. */
const char *dk_rule_name(int bit);

/* What sessions have done, for measuring. */
typedef struct dk_session_counts {
    uint64_t tokens;
    uint64_t spellings; /* met for the first time; all other tokens were found in the cache */
    uint64_t forms;     /* distinct folded forms among them */
    uint64_t analysed;  /* times a form was looked up in the dictionaries and the lexicon of a language */
    uint64_t resets;    /* times the cache was full and emptied */
    uint64_t given_up;  /* patterns that ran out of steps on a comment */
    uint64_t pairs, pairs_known; /* neighbouring words, and those of them whose answer was at hand */
} dk_session_counts;

/* Adds those of a session to sum. */
void dk_session_counts_add(const dk_session *session, dk_session_counts *sum);

/* Adds 1 to counts[pack] of every pack with a theme entry that the comment would hit: what --pack auto decides on. */
dk_status dk_session_count_packs(dk_session *session, dk_str text, uint64_t counts[DK_MAX_PACKS], dk_error *err);

#endif
