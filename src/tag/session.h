/* Tagging: an engine is opened once and shared; a session is one worker's own.
 *
 *   dk_engine_open -> dk_session_new (one a thread) -> dk_session_tag per comment -> free in reverse
 */
#ifndef DK_TAG_SESSION_H
#define DK_TAG_SESSION_H

#include "lexicon/lexicon.h"
#include "lexicon/taxonomy.h"
#include "text/language.h"
#include "text/token.h"

typedef struct dk_engine dk_engine;
typedef struct dk_session dk_session;

typedef struct dk_engine_options {
    const char *data_dir;         /* holds lexicons/ and models/ (see dk_data_find) */
    const char *const *lexicons;  /* the user's own lexicon folders or files, before the shipped ones */
    size_t nlexicons;
    bool no_spelling;             /* do not match typing errors */
    bool no_learned;              /* only hand-written entries and rules, no learned weights */
    const char *const *weights;   /* files of weights learned from the user's own scores, in place of the shipped ones */
    size_t nweights;
} dk_engine_options;

/* Opens lexicons (all packs included), models and dictionaries. Read-only afterwards and safe to share. */
dk_status dk_engine_open(dk_engine **out, const dk_engine_options *options, dk_error *err);
void dk_engine_free(dk_engine *engine);

const dk_taxonomy *dk_engine_taxonomy(const dk_engine *engine);
const dk_lexicon *dk_engine_lexicon(const dk_engine *engine);

/* 32 hex digits over lexicons, models, dictionaries and program. */
const char *dk_engine_stamp(const dk_engine *engine);

/* What is decided once for a whole file (see study/plan.h); all zero is: no prior, no packs. */
typedef struct dk_tag_plan {
    bool language_fixed;         /* every comment is in this language; otherwise it is found for each */
    dk_language language;
    dk_language_prior prior;     /* of the file, for short comments; all zero for none */
    uint32_t packs;              /* bit i: pack i of the lexicon is on */
} dk_tag_plan;

typedef enum dk_label { DK_NEUTRAL = 0, DK_NEGATIVE, DK_POSITIVE, DK_MIXED } dk_label;
const char *dk_label_name(dk_label label);

/* Bits of dk_mention.rules; dk_rule_names prints them joined by | */
enum {
    DK_RULE_NEGATED = 1 << 0,
    DK_RULE_INTENSIFIED = 1 << 1,
    DK_RULE_DIMINISHED = 1 << 2,
    DK_RULE_CONTRASTED = 1 << 3,
    DK_RULE_SUGGESTION = 1 << 4,
    DK_RULE_COMPARISON = 1 << 5,
    DK_RULE_EXCESS = 1 << 6,
    DK_RULE_LACK = 1 << 7,
    DK_RULE_IDIOM = 1 << 8,
    DK_RULE_QUESTION = 1 << 9,
    DK_RULE_SPELLING = 1 << 10,
    DK_RULE_COMPOUND = 1 << 11,
    DK_RULE_OWN = 1 << 12,     /* no opinion near: the entry's own valence */
    DK_RULE_COMMENT = 1 << 13, /* no opinion near: the comment's sentiment */
    DK_RULE_LEARNED = 1 << 14, /* no opinion near: the learned weights of the words around */
    DK_RULES = 15
};
void dk_rules_put(dk_buf *buf, uint32_t rules);

typedef struct dk_mention {
    uint32_t theme;      /* index into the taxonomy */
    uint32_t entry;      /* index into the lexicon: its file and line */
    uint32_t start, end; /* bytes of the match in the comment */
    int32_t polarity;    /* thousandths, -1000..1000 */
    uint32_t rules;
    dk_label label; /* negative, neutral or positive */
} dk_mention;

/* The result of one comment; what it points to is the session's until its next call. */
typedef struct dk_comment {
    dk_language language;      /* DK_LANG_OTHER for any but sv, da, en */
    int32_t confidence;        /* of the language, thousandths */
    int32_t sentiment;         /* thousandths, -1000..1000 */
    dk_label label;
    const dk_mention *mentions; /* in order of start */
    size_t nmentions;
    const dk_token *tokens;
    size_t ntokens;
} dk_comment;

dk_status dk_session_new(dk_session **out, const dk_engine *engine, const dk_tag_plan *plan, dk_error *err);
void dk_session_free(dk_session *session);

/* From now on comments are weighed without what was learned from the rows of this fold (1, 2, ...; 0: with all), so that a
   score does not explain itself. Weights that were not learned by folds are used as they are. */
void dk_session_set_fold(dk_session *session, int fold);

/* Tags one comment. The empty comment is neutral and of language other with confidence 0. */
dk_status dk_session_tag(dk_session *session, dk_str text, dk_comment *comment, dk_error *err);

/* Adds to counts[pack] how many entries of each pack the comment would hit: what --pack auto decides on. */
dk_status dk_session_count_packs(dk_session *session, dk_str text, uint64_t counts[DK_MAX_PACKS], dk_error *err);

#endif
