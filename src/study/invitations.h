/* Who was asked: the file of invitations, and which of them were answered.
 *
 * An invitation of a customer is answered by the first of their responses that is not yet taken and that, where both have
 * dates, came on its day or later but before the customer's next invitation. Where the file has the id of the response, or says
 * itself whether it was answered, that counts.
 */
#ifndef DK_STUDY_INVITATIONS_H
#define DK_STUDY_INVITATIONS_H

#include "study/segments.h"

typedef struct dk_invitation {
    uint32_t customer;   /* into the survey's customers; DK_NO_ID without */
    uint32_t response;   /* that answered it; DK_NO_ID for none, or when it is only known that there was one */
    int32_t first, last; /* the day, or the days of the period; DK_NO_DATE without */
    int8_t segment;      /* at that time; -1 none */
    bool answered;
    int64_t line;
} dk_invitation;

typedef struct dk_invitations {
    dk_invitation *items; /* by customer, then time, then line */
    size_t count, cap;
    int64_t bad;          /* rows without customer and id */
    int64_t unasked;      /* responses that no invitation belongs to */
    bool dated, by_id, by_flag; /* how answers were found */
    size_t column[DK_ROLES];
    bool named[DK_ROLES];
    int64_t missing[DK_ROLES];
    dk_reader *reader;
    dk_read_counts counts;
    int file;
} dk_invitations;

/* Reads the file that the study names and finds the answers. The survey's customers are extended. records may be NULL. */
dk_status dk_invitations_read(dk_invitations *invitations, dk_survey *survey, const dk_records *records, const dk_segments *segments,
                              dk_problems *problems, dk_error *err);
void dk_invitations_dispose(dk_invitations *invitations);

#endif
