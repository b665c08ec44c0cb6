/* Twelve months ahead: what customers of a segment bring with and without a change, by the transition matrix. */
#ifndef DK_STUDY_WORTH_PROJECT_H
#define DK_STUDY_WORTH_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

/* What a change does, a period, to customers while they are in state s (from 0): to the probabilities of moving up, of falling
   (into a lower segment or away) and of leaving, and to the profit of the period that follows. Without has_*: unknown, taken
   as 0 beyond what profit tells. */
typedef struct dk_change {
    double up, fall, lost, profit;
    bool has_up, has_fall, has_lost;
} dk_change;

/* A customer's differences over the periods. */
typedef struct dk_projection {
    double up, kept; /* expected moves up, and customers who are still there at the end */
    double money;    /* each period's discounted by (1 + discount)^-t, t = 1 .. periods */
} dk_projection;

/* p: n x (n + 1) transition probabilities by rows, column 0 lost; m: profit of a period by state. The change works from the
   first period to the last. Of the profit that it adds in a period, what the moves of that period bring at the mean margins is
   counted as moves, which go on as others of their new state do, and the rest as a gain of those who stay, for one period. */
void dk_worth_project(size_t n, const double *p, const double *m, size_t s, const dk_change *change,
                      int periods, double discount, dk_projection *out);

#endif
