/* The figures of a study besides the drivers: what was read, languages, segments, waves, themes, quotes and notes. */
#ifndef DK_STUDY_DESCRIBE_H
#define DK_STUDY_DESCRIBE_H

#include "study/fits.h"

/* Files and columns. */
dk_status dk_describe_files(dk_fit_context *context, dk_error *err);

/* Counts, languages, segments, waves and their series. */
dk_status dk_describe_standing(dk_fit_context *context, dk_error *err);

/* Themes that occur, by segment; theme_of_taxonomy (as many as the taxonomy has) becomes each one's index in
   result->themes or -1. */
dk_status dk_describe_themes(dk_fit_context *context, int *theme_of_taxonomy, dk_error *err);

/* The comments that the tagging kept, for themes that may be shown. */
dk_status dk_describe_quotes(dk_fit_context *context, const dk_engine *engine, const int *theme_of_taxonomy, dk_error *err);

/* What was done, what the data are like, what cannot be said. After the fits. */
dk_status dk_describe_notes(dk_fit_context *context, const dk_engine *engine, dk_error *err);

#endif
