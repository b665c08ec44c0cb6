/* SPSS .sav and .zsav and Stata .dta behind dk_reader; the only place of ReadStat.
 *
 * Columns are the variables. Where every value that occurs has a value label, and the labels say more than the
 * number (they do not all begin with it), the cells are the labels and the codes stand in a further column NAME.code; where
 * only some values are labelled (the ends of a 0 to 10 scale) the cells are the codes and the labels stand in NAME.label.
 * Missing values, also those that the user has declared (99 = no answer), are empty cells. Dates and times are ISO 8601.
 * Strings are converted to UTF-8 from the encoding that the file names. */
#ifndef DK_IO_STATFILE_H
#define DK_IO_STATFILE_H

#include "io/reader_kind.h"

typedef enum dk_statfile { DK_STATFILE_NONE, DK_STATFILE_SPSS, DK_STATFILE_STATA } dk_statfile;

/* What the bytes at the start of a file say; path helps with Stata's old formats, which have no magic word. */
dk_statfile dk_statfile_recognise(const char *path, const char *head, size_t len);

dk_status dk_statfile_open(dk_reader *r, const char *path, dk_statfile kind, dk_error *err);

#endif
