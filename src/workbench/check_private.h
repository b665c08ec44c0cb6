/* Shared by the files of the check; not for others. */
#ifndef DK_WORKBENCH_CHECK_PRIVATE_H
#define DK_WORKBENCH_CHECK_PRIVATE_H

#include "lexicon/index.h"
#include "workbench/check.h"

typedef struct checker {
    const dk_check_options *options;
    dk_lexicon *lexicon;
    dk_morph *morphs[DK_LANGUAGES];
    dk_index *indexes[DK_LANGUAGES];
    uint32_t only;      /* the one entry to look at; DK_NO_ID: those of the files */
    const char *filter; /* only files of this name or below this folder, NULL: all */
    uint8_t *
        settled; /* by entry: 1 when it was found doubled or in conflict, so that it is no news that it loses */
    dk_check *check;
} checker;

/* Whether findings about the entry are wanted. */
bool checker_wants(const checker *c, uint32_t entry);

static inline bool checker_does(const checker *c, dk_check_kind kind) {
    return c->options->kinds == 0 || (c->options->kinds >> kind & 1);
}

/* Where findings are put: the whole check's, or those of a part that is merged later. */
typedef struct findings {
    dk_finding *items;
    size_t count, cap;
    dk_arena arena;
    bool failed; /* memory ran out */
} findings;

void findings_dispose(findings *f);

/* A finding about an entry; other is an entry or DK_NO_ID. */
void findings_add(findings *f, const checker *c, dk_check_kind kind, uint32_t entry, uint32_t other,
                  const char *format, ...) DK_PRINTF(6, 7);

/* Copies a finding of another part. */
void findings_take(findings *f, const dk_finding *finding);

/* The stages. Each puts its findings into f and returns DK_ENOMEM or what a file gave. */
dk_status check_patterns_compile(checker *c, findings *f,
                                 dk_error *err); /* drops entries that no index can be built with */
dk_status check_doubles(checker *c, findings *f, dk_error *err);
dk_status check_reach(checker *c, findings *f, dk_error *err);
dk_status check_words(checker *c, findings *f, dk_error *err);
dk_status check_friends(checker *c, findings *f, dk_error *err);
dk_status check_patterns(checker *c, findings *f, dk_error *err);
dk_status check_style(checker *c, findings *f, dk_error *err);

/* ---- Texts that an entry ought to match ---- */

/* Calls each with texts that the term ought to match in language, likeliest first, until it returns false or the texts run out;
   at most a few hundred. *tokens is what the tokenizer makes of it; made is false when that is not what the term asks for.
   morph may be NULL. */
typedef struct dk_witness {
    dk_str text;
    const dk_tokens *tokens;
    bool made;
} dk_witness;
dk_status witness_each(const dk_term *term, const dk_morph *morph,
                       bool (*each)(void *context, const dk_witness *w), void *context, dk_error *err);

/* Fills out with up to max texts, NUL-ended in the arena, that the pattern ought to match; returns how many. Patterns with
   what is not read here (references, switches, conditions) have none. */
size_t pattern_samples(dk_str pattern, dk_arena *arena, const char **out, size_t max);

/* The reason why a pattern may take exponentially or very many steps, NULL when none was found. */
const char *pattern_risk(dk_str pattern, dk_regex_scratch *scratch);

#endif
