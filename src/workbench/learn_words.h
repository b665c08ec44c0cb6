/* Word frequencies: from a list of words and counts to models/words_XX.tsv. */
#ifndef DK_WORKBENCH_LEARN_WORDS_H
#define DK_WORKBENCH_LEARN_WORDS_H

#include "base/buffer.h"

typedef struct dk_learn_words_options {
    const char *language; /* sv, da or en */
    const char *list;     /* lines of a word, a blank or tab, a count; the most frequent first */
    const char *source;   /* for the head of the model; NULL: the list's name */
    const char *date;     /* year and month for the head */
} dk_learn_words_options;

/* Makes the text of the model in model (cleared first): folded words of letters and inner hyphens with their occurrences in
   100 million of all words of the list, at least 1, in the order of the list. DK_EDATA with file and line for a malformed list. */
dk_status dk_learn_words(const dk_learn_words_options *options, dk_buf *model, size_t *words, dk_error *err);

#endif
