/* Scope: clauses, and what negators, intensifiers and the like do to the opinions within their reach. */
#ifndef DK_TAG_SCOPE_H
#define DK_TAG_SCOPE_H

#include "tag/opinion.h"

/* Cuts the tokens into clauses at the ends of sentences, at contrast words, semicolons, dashes and brackets; sets clause
   of the tokens and of the opinions, and the weight and rules of the clauses: those of a sentence that ends in a question mark ask. */
dk_status dk_scope_clauses(dk_reading *reading, const dk_lexicon *lexicon, dk_tokens *tokens, dk_str text,
                           dk_error *err);

/* Applies the modifiers of reading to its opinions. */
dk_status dk_scope_shift(dk_reading *reading, const dk_lexicon *lexicon, const dk_tokens *tokens, dk_str text,
                         dk_error *err);

#endif
