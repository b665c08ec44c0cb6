/* Hunspell's .aff and .dic files: reading them and listing every form that they describe.
 *
 * Written from hunspell(5). Understood: UTF-8 files; short, long, numeric and UTF-8 flags; AF and AM aliases; PFX and SFX
 * with strip, conditions, cross products and continuation classes (two suffixes and one prefix); FULLSTRIP, NEEDAFFIX,
 * FORBIDDENWORD, ONLYINCOMPOUND and the COMPOUND* flags of parts; the morphological field st:. Compounding rules themselves
 * are not applied: forms are listed, compounds are not.
 */
#ifndef DK_TEXT_AFFIX_H
#define DK_TEXT_AFFIX_H

#include "base/status.h"

typedef struct dk_affix dk_affix;

/* Properties of a form. */
enum {
    DK_AFFIX_ONLY_COMPOUND = 1, /* no word of its own */
    DK_AFFIX_FORBIDDEN = 2,     /* listed as wrong */
    DK_AFFIX_BEGIN = 4,         /* may begin or stand inside a compound */
    DK_AFFIX_END = 8,           /* may end a compound */
};

/* One form. Everything is borrowed until the callback returns. Flags are 0 for none. */
typedef struct dk_affix_form {
    dk_str form;           /* in the case of the dictionary */
    dk_str entry;          /* the line of the .dic that it comes from */
    dk_str stem;           /* the entry's st: field, or empty */
    uint32_t prefix;       /* flag of the prefix */
    uint32_t inner, outer; /* flags of the suffixes; outer only when there are two */
    size_t prefix_len;     /* bytes that the prefix put in place of */
    size_t prefix_strip;   /* so many bytes at the start of the entry */
    unsigned properties;
    int64_t line; /* of the .dic */
} dk_affix_form;

typedef dk_status (*dk_affix_each)(void *context, const dk_affix_form *form, dk_error *err);

/* DK_EDATA names file and line; also for another encoding than UTF-8. text is borrowed until the free. */
dk_status dk_affix_parse(dk_affix **out, const char *file, dk_str text, dk_error *err);
void dk_affix_free(dk_affix *affix);

/* Calls each for every form of the .dic text, in its order; the order of an entry's forms is that of the rules. A form that
   several rules make comes several times. Lines that are no entry (the dictionary's own slips: a word with a bare slash)
   are skipped and counted in *skipped (may be NULL). Fails only when memory runs out or a callback fails. */
dk_status dk_affix_expand(const dk_affix *affix, dk_str dic, dk_affix_each each, void *context,
                          size_t *skipped, dk_error *err);

/* Writes flag as the .aff spells it (at most 8 bytes and a NUL). */
void dk_affix_flag_text(const dk_affix *affix, uint32_t flag, char out[9]);

#endif
