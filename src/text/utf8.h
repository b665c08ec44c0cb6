/* Unicode: decoding, classes of characters, folding. The only place of utf8proc. */
#ifndef DK_TEXT_UTF8_H
#define DK_TEXT_UTF8_H

#include "base/buffer.h"

typedef enum dk_char_class {
    DK_CHAR_SPACE,
    DK_CHAR_LETTER, /* letters and the marks that follow them */
    DK_CHAR_DIGIT,
    DK_CHAR_EMOJI,   /* pictographs, regional indicators, skin tones */
    DK_CHAR_JOINER,  /* zero-width joiner, variation selectors, soft hyphen: never begin a token */
    DK_CHAR_PUNCT,   /* punctuation and symbols */
    DK_CHAR_CONTROL, /* controls and bytes that are no UTF-8 */
} dk_char_class;

/* The character at text[at], at < len; *size is its length in bytes, 1 for a byte that is no UTF-8 (then the
   result is U+FFFD). */
uint32_t dk_utf8_decode(const char *text, size_t len, size_t at, unsigned *size);

/* Writes 1 to 4 bytes and returns how many. */
unsigned dk_utf8_encode(uint32_t c, char out[4]);

dk_char_class dk_utf8_class(uint32_t c);

/* Whether the character belongs to the one before it, as UAX #29 has it (Extend, Format, ZWJ): marks, joiners, selectors. */
bool dk_utf8_extends(uint32_t c);

/* Appends text folded: lower case, NFC, curly quotes straight; soft hyphens, zero-width characters and skin tones gone.
   Bytes that are no UTF-8 become U+FFFD. Folding a folded text changes nothing. */
dk_status dk_utf8_fold(dk_buf *out, const char *text, size_t len, dk_error *err);

/* True when text is valid UTF-8. */
bool dk_utf8_valid(const char *text, size_t len);

/* The number of characters of valid UTF-8. */
size_t dk_utf8_length(const char *text, size_t len);

/* Columns that a terminal gives to text (East Asian wide characters and emoji two, joiners and marks none). */
size_t dk_utf8_width(const char *text, size_t len);

#endif
