/* Comments that need an answer now, and customers who are asked too often.
 *
 * On the list come comments that are negative or mixed, or whose author threatens to leave, of the last days of the study, that were not
 * replied to. Urgency is 0 to 100: 35 for a threat to leave (the theme overall.loyalty said negatively, or that an account is being
 * cancelled), up to 25 for how negative the comment is, up to 25 for what the customer is worth (rank among those who answered), 15
 * when it names something that somebody can mend (a negative driver theme, whose owner stands beside it).
 *
 * Unlike everything else in a result this is about single customers: it is meant for those who call them, not for readers of a report.
 */
#ifndef DK_STUDY_FOLLOWUP_H
#define DK_STUDY_FOLLOWUP_H

#include "study/fits.h"
#include "study/invitations.h"

/* Fills result->kpi.followups and considered. Reads the comments of those on the list once more. */
dk_status dk_followups_make(dk_fit_context *context, dk_error *err);

/* Fills result->kpi.contact by the rule of the study: customers who got more than so many surveys within so many days. By
   invitations where there are dated ones, else by responses. */
dk_status dk_contacts_make(dk_fit_context *context, const dk_invitations *invitations, dk_error *err);

#endif
