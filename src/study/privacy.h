/* What may be shown: groups of fewer than a minimum of responses are hidden, and so are others from which they could be
 * had by subtraction. Every table of figures by group goes through here.
 *
 * Where groups make up a total that is shown, one hidden group is the total less the others: then the next smallest is hidden
 * too, until at least two groups, of together at least the minimum, are hidden (complementary suppression; Willenborg and
 * de Waal 2001, chapter 6). Groups of nobody tell nothing of anybody: they are neither hidden nor do they cover others.
 */
#ifndef DK_STUDY_PRIVACY_H
#define DK_STUDY_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* counts of n groups that make up a total; hidden[i] is set for those that must not be shown, and stays set where it was. Of
   equal groups the later one is hidden. */
void dk_privacy_hide(const int64_t *counts, size_t n, int64_t min, bool *hidden);

/* The same for a table, row by row, of which both margins are shown: no row and no column leaves a cell to subtraction. */
void dk_privacy_hide_table(const int64_t *counts, size_t rows, size_t columns, int64_t min, bool *hidden);

/* The same in three directions with all totals as cells of their own: place 0 of each direction is the total over the others; a
   direction of one place has no parts. counts and hidden have dims[0] x dims[1] x dims[2] cells, the last direction running fastest. */
void dk_privacy_hide_cube(const int64_t *counts, const size_t dims[3], int64_t min, bool *hidden);

/* One step of it: when all that is shown together determines a hidden cell under the minimum, hides one more cell and returns true.
   Up to 400 cells that are not empty; larger tables are left to the lines. */
bool dk_privacy_solve_cube(const int64_t *counts, const size_t dims[3], int64_t min, bool *hidden);

#endif
