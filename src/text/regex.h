/* Regular expressions with bounded cost. The only place of PCRE2. */
#ifndef DK_TEXT_REGEX_H
#define DK_TEXT_REGEX_H

#include "base/status.h"

typedef struct dk_regex dk_regex;
typedef struct dk_regex_scratch dk_regex_scratch; /* one a thread */

/* Compiles a UTF-8 pattern that matches without regard to case. On failure DK_EDATA with the reason in the message and
   the 1-based offset of the mistake in err->column. */
dk_status dk_regex_new(dk_regex **out, dk_str pattern, dk_error *err);
void dk_regex_free(dk_regex *regex);

/* The same for a pattern that is known to compile, as those of a compiled lexicon: it is compiled when it is first needed, by
   whichever thread needs it. */
dk_status dk_regex_new_later(dk_regex **out, dk_str pattern, dk_error *err);

/* As the last, for a pattern that is to match at `from` or not at all. */
dk_status dk_regex_new_anchored(dk_regex **out, dk_str pattern, dk_error *err);

dk_regex_scratch *dk_regex_scratch_new(void); /* NULL when memory ran out */
void dk_regex_scratch_free(dk_regex_scratch *scratch);

/* Finds the first match in text at or after from. The number of backtracking steps and the depth are limited, so
   that no pattern can stall a run: *limited is set when a limit was met or memory ran out, and then there is no match. text may hold
   bytes that are no UTF-8: they match nothing. */
bool dk_regex_find(dk_regex *regex, dk_regex_scratch *scratch, dk_str text, size_t from, size_t *start,
                   size_t *end, bool *limited);

#endif
