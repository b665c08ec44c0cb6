/* Tokens: words, numbers, addresses, emoji and punctuation, as byte spans of the original text.
 *
 * Unicode's UAX #29 in spirit. Differences, each for the sake of feedback: decimals, dates, prices, addresses, @names,
 * #tags, emoticons and emoji sequences are one token each; a hyphen inside a word belongs to the word; English
 * n't, 's, 're, 've, 'll, 'd and 'm are tokens of their own, so that a negation can be seen; common abbreviations
 * keep their full stop and end no sentence.
 */
#ifndef DK_TEXT_TOKEN_H
#define DK_TEXT_TOKEN_H

#include "base/buffer.h"

typedef enum dk_token_kind {
    DK_TOKEN_WORD,
    DK_TOKEN_NUMBER,  /* digits with inner . , : / - and a unit sign: 2,5 10:30 2026-03-02 */
    DK_TOKEN_EMOJI,   /* one pictograph with its modifiers, or an emoticon such as :-) */
    DK_TOKEN_ADDRESS, /* URL or e-mail address */
    DK_TOKEN_NAME,    /* @name or #tag */
    DK_TOKEN_PUNCT,   /* one mark, or a run of the same mark (..., !!) */
} dk_token_kind;

enum {
    DK_TOKEN_UPPER_FIRST = 1 << 0, /* begins with a capital */
    DK_TOKEN_UPPER_ALL = 1 << 1,   /* at least two letters, all capitals */
    DK_TOKEN_SPACE_BEFORE = 1 << 2,
    DK_TOKEN_ENDS_SENTENCE = 1 << 3, /* . ! ? or a line break stands here */
    DK_TOKEN_BEGINS_SENTENCE = 1 << 4,
};

typedef struct dk_token {
    uint32_t start, end; /* bytes; end is behind the last */
    uint32_t form;       /* for the owner of the array: the number of the distinct form */
    uint8_t kind;        /* dk_token_kind */
    uint8_t flags;
    uint16_t clause; /* for the owner of the array: which clause of the comment it stands in */
} dk_token;

typedef struct dk_tokens {
    dk_token *items;
    size_t count, cap;
} dk_tokens;

void dk_tokens_dispose(dk_tokens *tokens);

/* Cuts text (up to 4 GB - 1) into tokens, replacing what the array held. Any bytes are accepted: those that are no
   UTF-8 become punctuation tokens. Takes time linear in len. */
dk_status dk_tokenize(dk_tokens *tokens, const char *text, size_t len, dk_error *err);

#endif
