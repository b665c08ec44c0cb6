/* A form of which several things are asked: what they have in common is found out once. */
#ifndef DK_TEXT_MORPH_FORM_H
#define DK_TEXT_MORPH_FORM_H

#include "text/morph_hash.h"

/* Arrays are filled as far as the word goes; made on the stack. */
typedef struct dk_morph_form {
    const dk_morph *morph; /* may be NULL: then nothing is known */
    morph_word word;       /* borrows the text */
    uint64_t hash;
    uint32_t set; /* of its records among the forms; UINT32_MAX for none */
    bool known;   /* as dk_morph_known says */
} dk_morph_form;

/* False for a form that is empty or too long to be looked at. */
bool dk_morph_form_init(dk_morph_form *form, const dk_morph *morph, dk_str text);

/* As dk_morph_lemmas, dk_morph_split_lemma and dk_morph_frequency. With DK_MORPH_PLAUSIBLE among the hints only lemmas that are,
   and their scores are left out. */
size_t dk_morph_form_lemmas(const dk_morph_form *form, unsigned hints, dk_lemma *out, size_t max);
size_t dk_morph_form_split(const dk_morph_form *form, const dk_lemma *lemma, dk_part *out, size_t max);
double dk_morph_form_frequency(const dk_morph_form *form);

/* A word that comes of a form by leaving out a letter or by swapping two neighbours. */
typedef struct dk_slip {
    bool begun; /* false before the first, when the rest is not read */
    bool swapped;
    size_t at; /* where the letter begins that is left out, or the first of the two */
    size_t len;
    char text[DK_MORPH_WORD_MAX + 1];
} dk_slip;

/* The next of them that the dictionary knows and that occurs at least so often in a million words; false when there is none left. The
   same word may come twice. */
bool dk_morph_form_next_slip(const dk_morph_form *form, double least, dk_slip *slip);

#endif
