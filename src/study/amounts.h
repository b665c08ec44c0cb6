/* Is "12.345 kr" twelve thousand or twelve? A single cell cannot tell; its column can.
 *
 * dk_cell_amount reads a single point or comma as the decimal sign. A cell of one to three digits, one such sign and exactly three
 * digits is in doubt. The column decides, for each sign apart: another number of digits behind the sign ("12.5"), a zero before it
 * ("0.250"), or four digits before it say decimal; the sign said twice ("1.234.567"), or together with the other one, or the other
 * one as decimal sign ("950,50") say groups. Without either, money (by its mark, or by what the column is for) is in groups when no whole
 * number of 1,000 or more stands without a sign ("950", not "9500"): prices in thousandths are rare. Other numbers stay decimals.
 */
#ifndef DK_STUDY_AMOUNTS_H
#define DK_STUDY_AMOUNTS_H

#include "base/buffer.h"

/* All-zero is a column without a cell. */
typedef struct dk_amounts {
    const char *name;                            /* of the column, for dk_amounts_say; borrowed */
    int64_t decimal[2], grouped[2], doubtful[2]; /* cells by sign: point, comma */
    int64_t small, large, marked;                /* whole numbers below 1,000 and from it on, cells with a mark of money */
    size_t *places;                              /* of the doubtful cells, 2 x index + sign */
    size_t nplaces, cap;
    bool thousands[2], settled;
} dk_amounts;

/* Takes note of a cell that dk_cell_amount could read, and of where its value stands. */
dk_status dk_amounts_note(dk_amounts *amounts, dk_str cell, size_t index, dk_error *err);

/* Decides, and makes the doubtful values of a column of groups a thousand times as large. money: the column holds money even
   without a mark. To be called once. */
void dk_amounts_settle(dk_amounts *amounts, bool money, double *values);

/* Appends a sentence on what was decided and why; nothing when no cell was in doubt. */
void dk_amounts_say(const dk_amounts *amounts, dk_buf *out);

void dk_amounts_dispose(dk_amounts *amounts);

#endif
