/* Recognising the columns of a file by their names in three languages, with the content as a check. */
#ifndef DK_STUDY_COLUMNS_H
#define DK_STUDY_COLUMNS_H

#include "io/reader.h"
#include "study/config.h"

#define DK_NO_COLUMN SIZE_MAX

/* What a sample of a column holds, as shares of its values that are not missing. */
typedef struct dk_column_look {
    size_t values;           /* not missing */
    size_t distinct;         /* at most 200 are told apart */
    double numbers, integers, dates, periods, spaced; /* shares; numbers: also with a currency; spaced: with a space inside */
    double scores;           /* share of what dk_score_parse reads */
    double length;           /* mean, in bytes */
    double low, high;        /* of the numbers; NaN without */
} dk_column_look;

/* A score: a number, a share ("80 %" is 80), the number that a text such as "10 - very likely", "8 av 10" or "4/5" begins with,
   as survey tools export a scale, or stars: how many of them are full. */
bool dk_score_parse(dk_str cell, double *score);

/* Looks at the first rows of a block. looks has one element for each column of the block. */
dk_status dk_columns_look(const dk_block *block, size_t rows, dk_column_look *looks, dk_error *err);

/* The column of each role (DK_NO_COLUMN without), for all roles but further outcomes and controls. Columns that the
   source names are taken as they are (an unknown name is an error, with the line of the study file); the others by
   name: equal to a known name, or holding one as a word, in Swedish, Danish or English. A column whose content does
   not fit the role is not taken. A comment column, and a score of 0 to 10, are also found by content alone when
   nothing is called so. records: a file of operational records, which has a period rather than a date, and no
   comment or score. named[role] tells columns that the user named from those that were recognised. unfit (may be NULL) has an
   element a column: the role that its name stands for when its content does not fit, else as it was. */
dk_status dk_columns_recognise(const dk_reader *reader, const dk_study_source *source, const char *study,
                               const dk_column_look *looks, bool records, size_t column[DK_ROLES], bool named[DK_ROLES],
                               dk_role *unfit, dk_error *err);

#endif
