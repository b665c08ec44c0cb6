/* Scripts: how one word is edited into another, as "strip>add": cities to city is "ies>y". */
#ifndef DK_TEXT_MORPH_SCRIPT_H
#define DK_TEXT_MORPH_SCRIPT_H

#include "base/intern.h"
#include "text/morph.h"

/* The number of the script that makes to of from (which keeps the longest common start, cut between characters), added to
   scripts when new; DK_NO_ID when memory ran out or a word is longer than DK_MORPH_WORD_MAX. */
uint32_t morph_script_add(dk_intern *scripts, dk_str from, dk_str to);

/* Splits the text of a script at its >; false when there is none. */
bool morph_script_parse(dk_str text, dk_str *strip, dk_str *add);

#endif
