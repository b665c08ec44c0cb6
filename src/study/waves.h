/* Waves: the calendar months, quarters or years that the responses lie in, without a gap. */
#ifndef DK_STUDY_WAVES_H
#define DK_STUDY_WAVES_H

#include "study/survey.h"

enum { DK_WAVES_MAX = 120 };

typedef struct dk_waves {
    dk_wave_unit unit;
    int32_t low, high; /* first and last date of a response; low > high: there is none */
    int32_t first;     /* a number of dk_wave_of */
    size_t count;      /* 0: no dates, or the study wants no waves */
} dk_waves;

/* Years are the unit where there would be more than DK_WAVES_MAX of those that the study wants. */
dk_waves dk_waves_find(const dk_survey *survey);

/* Which wave a date lies in, from 0; -1 for none. */
int dk_waves_at(const dk_waves *waves, int32_t date);

#endif
