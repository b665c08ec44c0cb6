/* Asking Hunspell whether it accepts a word: the only place of Hunspell.
 *
 * Slow and not thread-safe (Hunspell 1.7 has unlocked global state), so every call takes one lock of the process; it is for checks of
 * lexicons and of the expander, never for the path that tags. Words are asked as written, not folded.
 */
#ifndef DK_TEXT_SPELLCHECK_H
#define DK_TEXT_SPELLCHECK_H

#include "base/status.h"

typedef struct dk_spellcheck dk_spellcheck;

/* Opens the dictionary of "sv", "da" or "en" in folder (NULL: /usr/share/hunspell). DK_EIO when it is not there. */
dk_status dk_spellcheck_open(dk_spellcheck **out, const char *language, const char *folder, dk_error *err);
void dk_spellcheck_free(dk_spellcheck *check);

/* Whether Hunspell takes the word for right; false also for words with a NUL or over 255 bytes. */
bool dk_spellcheck_accepts(dk_spellcheck *check, dk_str word);

#endif
