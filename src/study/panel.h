/* The panel: in which state every customer was in every period, and what became of them.
 *
 * A state is a segment (1 and more, as in dk_segments; without segments everybody is in state 1), or one of those below.
 * The state of a record is that of its own figures, by the cut points that were fixed at the baselines. A customer has left
 * when a record says so (the column churned) or when there is no record in the next period nor later though the data go on;
 * what lies beyond the last complete period is censored, never lost.
 *
 * For a response: the baseline is the last period that ended before the answer, the follow-up the first that begins after it,
 * both within the window (records.h).
 */
#ifndef DK_STUDY_PANEL_H
#define DK_STUDY_PANEL_H

#include "study/segments.h"

enum {
    DK_STATE_LOST = 0,
    DK_STATE_UNKNOWN =
        -1, /* no figure to cut by, or a value that is none of the segments; already lost at the start */
    DK_STATE_CENSORED = -2, /* the next period lies beyond the data */
    DK_STATE_GAP = -3       /* no record in the next period (or within the window), but a later one */
};

typedef struct dk_panel {
    size_t nstates; /* live ones: 1 .. nstates */
    const char *name[DK_SEGMENTS_MAX];
    size_t nperiods,
        complete; /* complete: without a last period that holds fewer than half of the customers of the one before it;
                                  nobody is taken to have left for want of a record there */
    int32_t *first, *last; /* of each period, ascending */
    uint32_t *period;      /* by record (dk_records.items) */
    int8_t *state,
        *next; /* by record: at its period, and in the period after it. A record that says that the customer is
                                 lost in its period has state UNKNOWN and is what makes the one before it end in LOST */
    double *profit;              /* by record, NaN without; NULL when the records have none */
    int8_t *baseline, *followup; /* by response: state before the answer and after it */
    double
        *after; /* by response: profit of the follow-up, 0 when the customer left without a record of it; NaN
                                 when unknown or censored; NULL without profit */
    int64_t followed, left, censored, gap; /* responses with a baseline, by what became of them */
} dk_panel;

/* records must be joined and have periods; segments may be everybody alone. *known tells whether there is a panel: false
   (and nothing to dispose of) without records, periods or dates of the answers. */
dk_status dk_panel_make(dk_panel *panel, const dk_survey *survey, const dk_records *records,
                        const dk_segments *segments, bool *known, dk_error *err);
void dk_panel_dispose(dk_panel *panel);

/* Where the records' profit is among dk_records.values, and their 0/1 of having left. */
static inline size_t dk_records_profit(const dk_survey *s) {
    return s->nvariables;
}

#endif
