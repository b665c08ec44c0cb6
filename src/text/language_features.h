/* The features of a word form for language identification: its symbols, of which the character n-grams
 * are made, and the whole word.
 * Shared by the model (text/language.c) and its training (workbench/learn_language.c), so that both see the same.
 */
#ifndef DK_TEXT_LANGUAGE_FEATURES_H
#define DK_TEXT_LANGUAGE_FEATURES_H

#include "text/morph_hash.h"

/* n-grams of 1 to 5 symbols; a boundary mark stands before and behind the word. */
#define DK_LANGUAGE_NGRAM 5

/* Words are read to this many characters: enough to know the language, and a bound on the work for hostile input. */
#define DK_LANGUAGE_MAX_CHARS 40

/* More than any word has: every n-gram of the marked word, and the word itself. */
#define DK_LANGUAGE_MAX_FEATURES ((DK_LANGUAGE_MAX_CHARS + 2) * DK_LANGUAGE_NGRAM + 1)

/* A form as symbols: its letters between two boundary marks. Digits become 0, letters outside the Latin script
   U+FFFD; other characters are kept. */
typedef struct dk_language_symbols {
    uint32_t symbol[DK_LANGUAGE_MAX_CHARS + 2];
    int count; /* with the two marks; 0 when the form has no letter */
} dk_language_symbols;

#define DK_LANGUAGE_BEGIN '<'
#define DK_LANGUAGE_END '>'

void dk_language_symbols_of(dk_str form, dk_language_symbols *symbols);

/* The symbols of a feature as the model file writes it, its characters taken as they stand: an n-gram with its
   boundary marks, or = and a whole word without them. Returns how many; too many are cut at the room there is. */
int dk_language_symbols_read(dk_str feature, dk_language_symbols *symbols);

/* The hash of the whole word, never 0: of its symbols one after another, begun with 0. */
static inline uint64_t dk_language_key_add(uint64_t sum, uint32_t symbol) { return (sum + symbol + 1) * MORPH_SUM_BASE; }
static inline uint64_t dk_language_key_end(uint64_t sum) { return morph_mix(sum) | 1; }

#endif
