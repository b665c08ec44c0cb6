/* What the parts of redaction share: the text, words of it, and crossing out. See redact.h. */
#ifndef DK_STUDY_REDACT_PARTS_H
#define DK_STUDY_REDACT_PARTS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "study/redact.h"

typedef struct dk_redaction {
    char *text;
    size_t len;
    dk_redact_tell *tell; /* may be NULL */
    void *context;
} dk_redaction;

enum { DK_REDACT_LONGEST = 32 };

typedef struct dk_redact_word {
    size_t from, to;
    char folded[DK_REDACT_LONGEST + 1]; /* lower case; empty when longer than any that is looked for */
    bool capital;                       /* begins with a capital */
    bool shouted;                       /* two letters and more, all of them capitals */
    bool first;                         /* begins the comment or a sentence */
} dk_redact_word;

static inline bool dk_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool dk_is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}
static inline bool dk_is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/* The character at a place, a blank outside of the text. */
static inline char dk_redact_at(const dk_redaction *r, size_t i) {
    return i < r->len ? r->text[i] : ' ';
}

/* Crosses out the letters and digits of a place, and tells of it. */
void dk_redact_mark(dk_redaction *r, dk_personal kind, size_t from, size_t to);

/* The next word (letters alone) from *at on, before end; false at the end. */
bool dk_redact_next(const dk_redaction *r, size_t end, size_t *at, dk_redact_word *word);

/* The word that ends last before `at`, with at most `gap` characters that are no letters between; false when there is none. */
bool dk_redact_before(const dk_redaction *r, size_t at, size_t gap, dk_redact_word *word);

/* Whether a word is in a list. */
bool dk_redact_listed(const char *const *list, size_t count, const char *text);
#define DK_REDACT_IN(list, text) dk_redact_listed(list, sizeof list / sizeof *list, text)

/* Whether one of the `words` words before a place is in a list. */
bool dk_redact_cue(const dk_redaction *r, size_t at, int words, const char *const *list, size_t count);
#define DK_REDACT_CUED(r, at, words, list) dk_redact_cue(r, at, words, list, sizeof list / sizeof *list)

/* Whether a currency, a per cent sign or a unit stands at either side of a number. */
bool dk_redact_amount(const dk_redaction *r, size_t from, size_t to);

/* The parts, in the order in which they run. */
void dk_redact_links(dk_redaction *r);
void dk_redact_accounts(dk_redaction *r);
void dk_redact_plates(dk_redaction *r);
void dk_redact_numbers(dk_redaction *r);
void dk_redact_codes(dk_redaction *r);
void dk_redact_addresses(dk_redaction *r);
void dk_redact_names(dk_redaction *r);

#endif
