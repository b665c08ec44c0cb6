/* Hand-coded comments: what coders wrote, beside what the engine says of the same comments.
 *
 * A file of codes has a row for each comment and coder: the comment, its id, the codes either in one column ("theme:polarity"
 * joined by |, polarity may be left out) or in columns theme1, polarity1, theme2, ... as `lexicon sample` writes them, and
 * perhaps a sentiment. A code is a theme of the taxonomy, or what a map says: a TSV with the columns code and themes, the
 * latter a list of themes and touchpoints ("staff.", "delivery.speed") joined by |. "none" stands for: looked at, no theme. A row with neither codes
 * nor sentiment is not coded yet.
 */
#ifndef DK_WORKBENCH_CODED_H
#define DK_WORKBENCH_CODED_H

#include "workbench/corpus.h"

/* What coders may write, and which themes of the taxonomy each code stands for. */
typedef struct dk_scheme {
    dk_intern codes;
    size_t nthemes;
    uint8_t *accepts;  /* code x theme: 0, or 1 */
    uint32_t *primary; /* by theme: the first code that accepts it, DK_NO_ID for none */
    bool touchpoints;  /* codes are touchpoints: what stands behind the full stop does not count */
} dk_scheme;

/* map: NULL for the themes of the taxonomy themselves.
   DK_EDATA with file and line for a map that names what the taxonomy has not. */
dk_status dk_scheme_make(dk_scheme *scheme, const dk_taxonomy *taxonomy, const char *map, bool touchpoints,
                         dk_error *err);
void dk_scheme_dispose(dk_scheme *scheme);

typedef struct dk_code {
    uint32_t code;
    int8_t label; /* dk_label, -1 for none given */
} dk_code;

/* What one coder said of one comment. */
typedef struct dk_rating {
    uint32_t unit, coder;
    uint32_t first, count; /* into codes */
    int8_t label;          /* sentiment of the comment; -1 for none given */
    bool themes;           /* themes were coded (perhaps none was found) */
} dk_rating;

/* A comment that at least one coder looked at. */
typedef struct dk_unit {
    const dk_corpus *corpus;
    size_t comment;
} dk_unit;

typedef struct dk_coded {
    dk_unit *units;
    size_t nunits, units_cap;
    dk_rating *ratings; /* in the order of reading */
    size_t nratings, ratings_cap;
    dk_code *codes;
    size_t ncodes, codes_cap;
    dk_intern ids, coders; /* an id is its unit */
    int64_t uncoded;       /* rows without codes and sentiment */
    int64_t unknown;       /* codes that the scheme has not; the first of them: */
    const dk_corpus *unknown_corpus;
    int64_t unknown_line;
    dk_str unknown_code;
    int64_t doubled; /* a coder's second row for a comment: left out */
} dk_coded;

/* The extras that a corpus of codes is read with, in this order; columns theme1, polarity1, ... follow in pairs. */
enum {
    DK_CODED_CODER,
    DK_CODED_CODES,
    DK_CODED_POLARITY,
    DK_CODED_SENTIMENT,
    DK_CODED_SCORE,
    DK_CODED_PAIRS
};

void dk_coded_init(dk_coded *coded);
void dk_coded_dispose(dk_coded *coded);

/* Adds the rows of a corpus read with those extras; it must outlive the codes. coder: the name of who coded rows without one. A score is
   read as a coder called "score" who says negative or positive (dk_score_side), when has_score. */
dk_status dk_coded_add(dk_coded *coded, const dk_scheme *scheme, const dk_corpus *corpus, const char *coder,
                       bool has_score, dk_error *err);

/* negative, neutral, positive or mixed, also in Swedish and Danish, their beginnings, signs, and best / improve; -1 for
   anything else. */
int dk_polarity_parse(dk_str word);

#endif
