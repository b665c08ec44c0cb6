/* The hazards of a movement, from the fits of each segment into the result. */
#ifndef DK_STUDY_MOVEMENT_HAZARD_H
#define DK_STUDY_MOVEMENT_HAZARD_H

#include "study/movement.h"

/* Fills result->movement.hazards. earlier: the further control of the fits, by response, or NULL. */
dk_status dk_movement_hazards(dk_movers *movers, const double *earlier, dk_error *err);

/* Benjamini & Hochberg's q of tests, none below the p of all together (as in stats/drivers.h). */
dk_status dk_movement_fdr(const double *p, size_t n, double p_model, double *q, dk_error *err);

#endif
