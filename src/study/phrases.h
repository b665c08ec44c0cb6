/* Phrases that simulated comments are made of, from a TSV file a language: theme, polarity, phrase.
 *
 * polarity is negative or positive. A phrase may hold alternatives, also nested: "{Leveransen|Paketet} tog {tre|fem}
 * {dagar|långa dagar}". Beside themes of the taxonomy there are three kinds that carry no theme: opener (polarity empty),
 * closer (after what was said) and plain (a comment that says no more than good or bad).
 */
#ifndef DK_STUDY_PHRASES_H
#define DK_STUDY_PHRASES_H

#include "base/buffer.h"
#include "base/intern.h"
#include "study/result.h"
#include "study/rng.h"

typedef struct dk_phrase {
    uint32_t theme; /* into themes */
    dk_sign sign;
    const char *text;
} dk_phrase;

typedef struct dk_phrases {
    dk_phrase *items;
    size_t count, cap;
    dk_intern themes;
    dk_arena arena;
} dk_phrases;

/* DK_EDATA names file, line and column of an unknown polarity, a missing column or braces that do not match. */
dk_status dk_phrases_read(dk_phrases *phrases, const char *path, dk_error *err);
void dk_phrases_dispose(dk_phrases *phrases);

/* How many phrases there are for a theme and sign. */
size_t dk_phrases_count(const dk_phrases *phrases, const char *theme, dk_sign sign);

/* Appends one of them, its alternatives chosen; nothing when there is none. */
void dk_phrases_put(const dk_phrases *phrases, const char *theme, dk_sign sign, dk_rng *rng, dk_buf *out);

#endif
