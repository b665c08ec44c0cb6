/* Spelling: the one target word that an unknown form is a single typing error away from.
 *
 * Errors are one letter dropped, doubled or put in, one letter changed, or two neighbours swapped (Damerau), in
 * code points. Lookup hashes the deletion neighbourhood of the form (W. Garbe's SymSpell), so that its cost does not depend on
 * the number of targets. A dk_spelling is immutable once built and may be shared by threads.
 */
#ifndef DK_TEXT_SPELLING_H
#define DK_TEXT_SPELLING_H

#include "base/buffer.h"
#include "text/morph_hash.h"

#define DK_SPELLING_NONE UINT32_MAX

typedef struct dk_spelling dk_spelling;

/* targets: folded words, of which those under min_letters code points (or over 127 bytes) are left out; a doubled target
   counts once, by its first index. The texts are copied, and with a morphology (may be NULL) their plausible lemmas are kept. */
dk_status dk_spelling_new(dk_spelling **out, const dk_str *targets, size_t count, int min_letters, const dk_morph *morph,
                          dk_error *err);
void dk_spelling_free(dk_spelling *spelling);

/* The index of the only target within one error of form; DK_SPELLING_NONE when there is none, when two different targets
   tie, or when form is itself a target. Whether form is a known word is for the caller to ask first. */
uint32_t dk_spelling_find(const dk_spelling *spelling, dk_str form);

/* A target, borrowed from the table. */
typedef struct dk_spelling_word {
    dk_str text;
    uint32_t first, nlemmas; /* see dk_spelling_lemma */
} dk_spelling_word;

/* All targets within one error of form; returns how many, 0 also when form is itself a target or when there
   are more than DK_SPELLING_NEAR. */
enum { DK_SPELLING_NEAR = 6 };
size_t dk_spelling_near(const dk_spelling *spelling, const morph_word *form, dk_spelling_word words[DK_SPELLING_NEAR]);

/* Lemma 0..nlemmas-1 of a target, the most probable first. */
dk_str dk_spelling_lemma(const dk_spelling *spelling, const dk_spelling_word *word, uint32_t number);

/* Whether any target is within one error of form. */
bool dk_spelling_reaches(const dk_spelling *spelling, dk_str form);

/* Writes the table as an image (base/image.h), and takes one that lies in memory for as long as the table is used; false when
   it is none. */
dk_status dk_spelling_write(const dk_spelling *spelling, dk_buf *image, dk_error *err);
bool dk_spelling_attach(dk_spelling **out, const void *image, size_t size);

#endif
