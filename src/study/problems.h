/* What was wrong in the data: collected while reading, then listed in the order of files and rows. */
#ifndef DK_STUDY_PROBLEMS_H
#define DK_STUDY_PROBLEMS_H

#include "study/result.h"

typedef struct dk_problems {
    dk_problem *items;
    size_t count, cap;
    dk_arena arena;
} dk_problems;

void dk_problems_dispose(dk_problems *problems);

/* Adds one; column may be NULL, value is copied and cut at 200 bytes. The message says what was expected and is a
   literal or otherwise outlives the list. */
dk_status dk_problems_add(dk_problems *problems, dk_problem_kind kind, int file, int64_t row, int64_t line,
                          const char *column, dk_str value, const char *message, bool kept, dk_error *err);

/* Sorts them by file, row and kind, and copies them and their counts to the result. */
dk_status dk_problems_finish(dk_problems *problems, dk_study_result *result, dk_error *err);

#endif
