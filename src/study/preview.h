/* What an analysis would be made of: files, join, segments and outcomes, known after the first pass, before any comment is tagged
 * for the report. */
#ifndef DK_STUDY_PREVIEW_H
#define DK_STUDY_PREVIEW_H

#include "study/fits.h"
#include "study/problems.h"

/* Fills of context->result: files, problems, join, responses, comments, scored, customers, segments, waves, outcomes, journeys; languages as
   the first pass saw them (shares of the comments whose language is sure, of large files a sample); and one note, the packs.
   Touchpoints that the study names are checked. tagging is context->tagging, empty, and becomes that of comments which say nothing. */
dk_status dk_preview_make(dk_fit_context *context, const dk_engine *engine, dk_tagging *tagging,
                          dk_problems *problems, dk_error *err);

#endif
