/* Sentences of the analysis in the language of the report.
 *
 * The analysis and its statistics say what they did in English sentences, which report.json keeps. sentences.def has each
 * with its Swedish and Danish translation, {1}, {2}, ... where a figure or a name stands. A sentence is found by what lies
 * between those; what stands in them is translated too where it is a sentence or word of the list, and numbers are written
 * as the language does. */
#ifndef DK_REPORT_SENTENCES_H
#define DK_REPORT_SENTENCES_H

#include "base/buffer.h"
#include "text/language.h"

/* Appends the sentence in the language and returns true; appends nothing and returns false when it is not in the list. English
   is always there, as it is. */
bool dk_sentence_put(dk_buf *out, dk_str english, dk_language language);

#endif
