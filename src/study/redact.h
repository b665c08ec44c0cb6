/* Crossing out what would tell who wrote, or whom they wrote of: addresses, numbers, names.
 *
 * A comment that is shown (quotes of the report, comments to answer) passes here first. Letters and digits of what is found become
 * x, byte by byte, so that the places of mentions stay right and a reader sees that something stood there. Rules and short lists
 * of words alone, in three languages at once, since comments mix them: no model, nothing that depends on the file.
 *
 * Found: e-mail, @names and profile links; telephone numbers (national and international forms of Sweden, Denmark, Britain,
 * North America); personnummer, samordningsnummer and CPR, with or without a right check digit; card numbers; IBAN and other account
 * numbers; long numbers of any other kind; order, booking, customer and case numbers behind a word that says so; licence plates;
 * street addresses with a house number, postcodes with a town; persons' names. Left alone: amounts, dates, times, opening hours,
 * versions, models of products, names of shops and towns. docs/privacy.md has how often each is right, measured.
 */
#ifndef DK_STUDY_REDACT_H
#define DK_STUDY_REDACT_H

#include <stddef.h>

typedef enum dk_personal {
    DK_PERSONAL_LINK,     /* e-mail, @name, profile */
    DK_PERSONAL_PHONE,
    DK_PERSONAL_IDENTITY, /* personnummer, samordningsnummer, CPR, a birthday that is called so */
    DK_PERSONAL_CARD,
    DK_PERSONAL_ACCOUNT,  /* IBAN */
    DK_PERSONAL_NUMBER,   /* long, of no known kind */
    DK_PERSONAL_CODE,     /* order, booking, customer, case */
    DK_PERSONAL_PLATE,
    DK_PERSONAL_ADDRESS,
    DK_PERSONAL_NAME,
    DK_PERSONAL_KINDS
} dk_personal;

/* Crosses out in place. text need not end in a NUL. */
void dk_redact(char *text, size_t len);

/* The same, and tells of each place as it is found (first by kind, then by place). */
typedef void dk_redact_tell(void *context, dk_personal kind, size_t from, size_t to);
void dk_redact_telling(char *text, size_t len, dk_redact_tell *tell, void *context);

/* "link", "phone", ... */
const char *dk_personal_name(dk_personal kind);

#endif
