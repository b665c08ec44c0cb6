/* Tokens: words, numbers, addresses, emoji and punctuation, as byte spans of the original text.
 *
 * Unicode's UAX #29 in spirit. Differences, each for the sake of feedback: decimals, dates, prices, addresses, @names,
 * #tags, emoticons and emoji sequences are one token each; a hyphen inside a word belongs to the word; English
 * n't, 's, 're, 've, 'll, 'd and 'm are tokens of their own, so that a negation can be seen; common abbreviations
 * keep their full stop and end no sentence; a colon between letters and underscores at the edge of a word are marks.
 * tests/unit/test_wordbreak.c holds the tokens against Unicode's own examples and counts these differences by rule.
 */
#ifndef DK_TEXT_TOKEN_H
#define DK_TEXT_TOKEN_H

#include "base/buffer.h"

typedef struct dk_tokens {
    dk_token *items;
    size_t count, cap;
    size_t capitals; /* how many have DK_TOKEN_UPPER_ALL */
} dk_tokens;

void dk_tokens_dispose(dk_tokens *tokens);

/* Cuts text (up to 4 GB - 1) into tokens, replacing what the array held. Any bytes are accepted: those that are no
   UTF-8 become punctuation tokens. Takes time linear in len. */
dk_status dk_tokenize(dk_tokens *tokens, const char *text, size_t len, dk_error *err);

#endif
