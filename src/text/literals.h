/* The literals of a regular expression: strings that a text must hold for it to match, so that most texts can be skipped. */
#ifndef DK_TEXT_LITERALS_H
#define DK_TEXT_LITERALS_H

#include "base/status.h"

enum { DK_LITERAL_MIN = 2, DK_LITERAL_MAX = 23, DK_LITERALS_MAX = 64 };

/* Folded letters, ASCII and Latin-1, in UTF-8: DK_LITERAL_MIN to DK_LITERAL_MAX bytes. */
typedef struct dk_literal {
    char text[DK_LITERAL_MAX];
    uint8_t len;
} dk_literal;

typedef struct dk_literals {
    dk_literal items[DK_LITERALS_MAX];
    size_t count;
    size_t from; /* where the part of the pattern begins that the strings are of: a match ends with a match of the pattern from there on;
                    SIZE_MAX when they are of several alternatives */
    bool leads;  /* what that part matches begins with one of the strings */
} dk_literals;

/* Fills out with strings of which every match of the pattern (taken without regard to case) holds at least one, the longest
   that are to be had. None when there is no such set, or the pattern uses what is not read here: switches, verbs,
   references, rare escapes. A string lies within one run of letters of the text. */
void dk_regex_literals(dk_str pattern, dk_literals *out);

/* The most words (runs of ASCII letters and digits: other letters are marks to \W) that a text can hold which the pattern matches from its beginning to its end: a bound from above, SIZE_MAX
   when there is none or the pattern is not held to both ends. "^\W*(very )?good\W*$" gives 2. */
size_t dk_regex_most_words(dk_str pattern);

#endif
