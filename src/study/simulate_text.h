/* Comments of simulated customers: phrases joined, with the slips of people who type on a telephone. */
#ifndef DK_STUDY_SIMULATE_TEXT_H
#define DK_STUDY_SIMULATE_TEXT_H

#include "study/phrases.h"
#include "study/scenario.h"

/* Writes a comment that mentions said[0..nsaid-1] into out (cleared first). mood: the expected contribution, -1..1, which
   colours what carries no theme. */
void dk_simulate_comment(const dk_phrases *phrases, dk_language language, const dk_planted *const *said, size_t nsaid,
                         double mood, dk_rng *rng, dk_buf *out);

#endif
