/* The term language of lexicon entries (docs/lexicons.md), parsed to steps. */
#ifndef DK_LEXICON_TERM_H
#define DK_LEXICON_TERM_H

#include "base/arena.h"

typedef enum dk_matcher {
    DK_MATCH_EXACT,  /* "form": this folded form */
    DK_MATCH_WORD,   /* form: it and the inflections of its lemma */
    DK_MATCH_PREFIX, /* form*: text is without the star */
    DK_MATCH_SUFFIX, /* *form */
    DK_MATCH_PART,   /* +form: the word or a compound that has it as a part */
    DK_MATCH_REGEX   /* /pattern/ on one folded token */
} dk_matcher;

/* One way to fill a step: usually one token; a written form that is several tokens (don't) has several. */
typedef struct dk_alternative {
    dk_matcher matcher;
    dk_str *texts; /* folded */
    size_t ntexts;
} dk_alternative;

typedef struct dk_step {
    bool gap; /* up to DK_GAP_MAX tokens may stand before it */
    dk_alternative *alternatives;
    size_t nalternatives;
} dk_step;

#define DK_GAP_MAX 3
#define DK_STEPS_MAX 16
#define DK_ALTERNATIVES_MAX 64

typedef struct dk_term {
    dk_step *steps;
    size_t nsteps;
    bool comment_regex; /* //pattern//: then pattern is set and there are no steps */
    dk_str pattern;
} dk_term;

/* Parses text into *term, whose memory is the arena's. On failure DK_EDATA with the message, and the 1-based byte offset
   of the mistake within text in err->column; file and line are the caller's to add. */
dk_status dk_term_parse(dk_term *term, dk_str text, dk_arena *arena, dk_error *err);

#endif
