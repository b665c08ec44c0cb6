/* The second pass: every comment is tagged, comments.csv and mentions.csv are written on the way, and what the figures
 * need is kept: language, sentiment, label and mentions by response, and the comments that show a theme best. */
#ifndef DK_STUDY_TAGGING_H
#define DK_STUDY_TAGGING_H

#include "io/output.h"
#include "io/writer.h"
#include "study/quotes.h"

typedef struct dk_mark {
    uint16_t theme;   /* index into the taxonomy */
    int16_t polarity; /* thousandths */
    uint16_t feelings;/* bit e: dk_emotion e; see feelings.h */
    int8_t sign;      /* dk_sign */
} dk_mark;

typedef struct dk_tagging {
    uint8_t *language, *label; /* by response */
    int16_t *sentiment;
    size_t *first;    /* by response: where its marks begin; n + 1 */
    dk_mark *marks;
    size_t nmarks, marks_cap;
    int64_t uncertain;/* comments whose language is under 0.8 sure */
    dk_quotes quotes;
} dk_tagging;

/* Rewinds the reader of the survey and tags. comments, mentions and writer, whose first tables are dk_rows_comments and
   dk_rows_mentions, may be NULL. progress may be NULL; it is called on this thread with bytes read and bytes in all. */
typedef void dk_study_progress(void *context, const char *stage, int64_t done, int64_t total);
dk_status dk_tagging_run(dk_tagging *tagging, const dk_survey *survey, const dk_segments *segments, const dk_engine *engine, int threads,
                         dk_output *comments, dk_output *mentions, dk_writer *writer, dk_study_progress *progress,
                         void *context, dk_error *err);
void dk_tagging_dispose(dk_tagging *tagging);

#endif
