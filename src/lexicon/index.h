/* The index of one language: which entries the tokens of a comment match, in one pass.
 *
 * Every distinct matcher of the lexicon ("form", word, prefix*, ...) is an atom. The atoms that a word form
 * satisfies are found once a form (dk_index_analyse) and kept by the caller as a dk_word; entries are paths
 * of atoms in a trie. Matching then costs a look at each token's word and, where a phrase may go on, one probe of
 * an edge table: it does not depend on the number of entries.
 *
 * Built once, read-only afterwards and safe to share.
 */
#ifndef DK_LEXICON_INDEX_H
#define DK_LEXICON_INDEX_H

#include "lexicon/lexicon.h"
#include "text/morph.h"
#include "text/regex.h"
#include "text/token.h"

typedef struct dk_index dk_index;

/* How a token satisfies an atom, the better the higher. */
enum { DK_FIT_PART = 1, DK_FIT_INFLECTED = 2, DK_FIT_FORM = 3, DK_FIT_EXACT = 4 };

typedef struct dk_hook {
    uint32_t atom;
    uint32_t node;    /* of the trie, reached from its root by the atom; 0 when no entry begins so */
    uint64_t bloom, pairs; /* copies from that node, so that most tokens need not look at it: where it leads, */
    uint32_t outputs; /* what ends here, */
    uint8_t has_gap;  /* whether a gap may follow */
    uint8_t fit;
} dk_hook;

enum {
    DK_WORD_SPELLING = 1, /* matched as the word it is one typing error away from */
    DK_WORD_COMPOUND = 2, /* matched by the last part of a compound */
    DK_WORD_ELONGATED = 4 /* written with drawn-out letters: braaaa */
};

/* An entry that is the form alone. */
typedef struct dk_alone {
    uint32_t entry;
    int16_t pack; /* of the entry, -1 for none */
    uint8_t fit;
    uint8_t role; /* dk_entry_role */
} dk_alone;

/* What a form means to the index. Forms that mean nothing have no hooks. */
typedef struct dk_word {
    const dk_hook *hooks; /* those that begin an entry first */
    const dk_alone *alone; /* the outputs of these, in their order */
    uint16_t nhooks, nstarts, nalone;
    uint8_t notes; /* DK_WORD_ bits */
    bool gaps;     /* a gap may follow */
    uint64_t bloom; /* of the atoms, to skip the edge table */
    const uint16_t *patterns; /* comment-wide patterns whose literal stands in the form, ended by UINT16_MAX; NULL for none */
} dk_word;

/* A match of an entry: tokens first..last, of which mask says which belong to it (bit i: first + i); the others stand in
   gaps. Matches of comment-wide regexes have start and end, others have both 0. */
typedef struct dk_match {
    uint64_t mask;
    uint32_t entry;
    uint32_t first, last;
    uint32_t start, end;
    uint32_t beside; /* for the owner: number + 1 of another match in the same place */
    uint8_t fit;     /* the least of its tokens */
    uint8_t notes;   /* DK_WORD_ bits of its tokens */
    uint8_t length;  /* tokens in mask */
    uint8_t role;    /* dk_entry_role */
    uint8_t won;     /* for the owner */
} dk_match;

typedef struct dk_matches {
    dk_match *items;
    size_t count, cap;
} dk_matches;

/* Builds the index of the entries in language and of those of every language. morph may be NULL: then words match
   as they are written. spelling allows one typing error in words of six letters or more, inflected ones too. The lexicon and the morphology are
   borrowed. A pattern that does not compile is DK_EDATA with file, line and column. */
dk_status dk_index_new(dk_index **out, const dk_lexicon *lexicon, dk_language language, const dk_morph *morph,
                       bool spelling, dk_error *err);
void dk_index_free(dk_index *index);

/* The two halves of dk_index_new: builds the index as an image (base/image.h; the same lexicon makes the same bytes), and takes one
   that lies in memory for as long as the index is used, with the lexicon and the morphology it was built from. */
dk_status dk_index_build(dk_buf *image, const dk_lexicon *lexicon, dk_language language, const dk_morph *morph,
                         bool spelling, dk_error *err);
dk_status dk_index_attach(dk_index **out, const void *image, size_t size, const dk_lexicon *lexicon, const dk_morph *morph,
                          dk_error *err);

/* Finds what a folded form means; hooks are put into arena. Its bases are found on the way: those of a word are left in *bases,
   which may be NULL. */
dk_status dk_index_analyse(const dk_index *index, dk_regex_scratch *scratch, dk_str form, dk_token_kind kind,
                           dk_arena *arena, dk_word *word, dk_bases *bases, dk_error *err);

/* Whether the form may be read otherwise because of the entries of this index, alone or beside others: it means something to it, calls
   for a pattern, or is one typing error away from one of its words. meaning is what
   dk_index_analyse found. */
bool dk_index_touches(const dk_index *index, dk_str form, const dk_word *meaning);

/* Appends to out every match of an entry whose pack is on (bit i of packs), in order of its first token; words[i] is what
   token i means, NULL for nothing. The work for one comment is bounded by its number of tokens. */
dk_status dk_index_match(const dk_index *index, const dk_word *const *words, const dk_tokens *tokens, uint32_t packs,
                         dk_matches *out, dk_error *err);

/* The same in parts, for who keeps the answer of dk_index_leads by pairs of words. */

/* How the paths of the trie that begin at a word go on with the next one: not at all, by one edge (its number), or by several, which
   is never wrong. It depends on the two words alone. */
enum { DK_LEADS_NOWHERE = 0 };
#define DK_LEADS_SOMEWHERE UINT32_MAX
uint32_t dk_index_leads(const dk_index *index, const dk_word *word, const dk_word *next);

/* Begins to fetch what dk_index_match_at will read of an edge. */
void dk_index_fetch(const dk_index *index, uint32_t leads);

/* The matches whose first token is `first`; leads is what dk_index_leads says of it and the token behind it, DK_LEADS_NOWHERE where there
   is none. */
dk_status dk_index_match_at(const dk_index *index, const dk_word *const *words, const dk_tokens *tokens, uint32_t first,
                            uint32_t leads, uint32_t packs, dk_matches *out, dk_error *err);

/* The tokens whose words call for comment-wide patterns, in their order. All-zero is none. */
typedef struct dk_callers {
    uint32_t *tokens;
    size_t count, cap;
    bool whole; /* some token means nothing here (words[i] is NULL), and a literal may stand in it: the whole text is looked at */
} dk_callers;

/* Finds them from words, which is as in dk_index_match; false when memory ran out. callers->tokens is the caller's to free. */
bool dk_callers_find(dk_callers *callers, const dk_word *const *words, size_t count);

/* Appends the matches of comment-wide patterns: of those that some word calls for by their literal, and of those without one.
   words is as in dk_index_match. *limited counts patterns given up on a comment for want of steps. */
dk_status dk_index_match_patterns(const dk_index *index, dk_regex_scratch *scratch, dk_str text,
                                  const dk_word *const *words, const dk_tokens *tokens, const dk_callers *callers,
                                  uint32_t packs, dk_matches *out, uint64_t *limited, dk_error *err);

/* Whether there are patterns without a literal, so that every comment is searched. */
bool dk_index_always_searches(const dk_index *index);

#endif
