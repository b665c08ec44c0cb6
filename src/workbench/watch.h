/* Who is told how far long work has come, and may end it. */
#ifndef DK_WORKBENCH_WATCH_H
#define DK_WORKBENCH_WATCH_H

#include "base/status.h"

typedef struct dk_watch {
    dk_status (*tell)(void *context, double done,
                      dk_error *err); /* done: share of the whole; a failure ends the work */
    void *context;
    double from, share; /* the part of the whole that this watches */
} dk_watch;

/* watch may be NULL, and so may its tell. */
static inline dk_status dk_watch_tell(const dk_watch *watch, double done, dk_error *err) {
    if (watch == NULL || watch->tell == NULL) return DK_OK;
    return watch->tell(watch->context, watch->from + watch->share * done, err);
}

/* A part of what watch watches. */
static inline dk_watch dk_watch_part(const dk_watch *watch, double from, double share) {
    if (watch == NULL) return (dk_watch){0};
    return (dk_watch){watch->tell, watch->context, watch->from + watch->share * from, watch->share * share};
}

#endif
