/* Segments of the responses: from a column, or bands or quantiles of a number. Segment 0 is everybody. */
#ifndef DK_STUDY_SEGMENTS_H
#define DK_STUDY_SEGMENTS_H

#include "study/records.h"

#define DK_SEGMENTS_MAX 64

typedef struct dk_segments {
    size_t count;          /* 1 and more */
    const char *name[DK_SEGMENTS_MAX];
    double from[DK_SEGMENTS_MAX], below[DK_SEGMENTS_MAX];
    int8_t *of;            /* by response: 1.., or -1 for none; NULL with everybody alone */
    int8_t *of_record;     /* by record (dk_records.items): its own figures, by the same cut points; NULL with everybody alone,
                              and where what segments are of stands in no record */
    const char *source;    /* "column profit_segment", "terciles of margin"; NULL without segments */
    const char *order;     /* "blue < silver < gold", or NULL */
    dk_arena arena;
} dk_segments;

/* records may be NULL. Segments of a column stand in the order that the study gives, else in that of names in common use
   (blue, silver, gold; low, medium, high), else by mean profit, else by name. Quantiles are cut over customers (over
   responses without customers) by their first response. */
dk_status dk_segments_make(dk_segments *segments, const dk_survey *survey, const dk_records *records,
                           dk_problems *problems, dk_error *err);
void dk_segments_dispose(dk_segments *segments);

/* The number that segments are cut by, by record (source); NULL when they are not cut, or the number is the responses' own. */
const double *dk_segments_record_values(const dk_survey *survey, const dk_records *records);

static inline bool dk_segment_has(const dk_segments *segments, size_t segment, size_t response) {
    return segment == 0 || segments->of[response] == (int8_t)segment;
}

#endif
