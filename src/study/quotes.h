/* Comments that show themes, chosen while all are tagged: of each theme and sign the clearest, and of each touchpoint and sign a few of
 * every segment, wave and language, so that whoever looks at one of these finds some.
 *
 * Which are kept depends on the comments alone, not on threads: the better one stays, of equals the earlier. No sample to count in.
 */
#ifndef DK_STUDY_QUOTES_H
#define DK_STUDY_QUOTES_H

#include "study/segments.h"
#include "study/waves.h"
#include "tag/session.h"

enum { DK_KEPT_EACH = 10, DK_KEPT_GROUP = 2 }; /* for each theme and sign; for each touchpoint, sign and group */

/* A comment kept as a quote. */
typedef struct dk_kept {
    int quality;      /* the higher the better it shows its theme; 0: an empty place */
    uint32_t theme;   /* for which it is kept, by the taxonomy */
    bool positive;
    size_t response;
    dk_str text;      /* personal data crossed out */
    dk_mention *mentions; /* copies */
    size_t nmentions;
    dk_language language;
    int32_t sentiment;
} dk_kept;

typedef struct dk_quotes {
    const dk_survey *survey;
    const dk_taxonomy *taxonomy;
    const dk_segments *segments;
    dk_waves waves;
    size_t ngroups;   /* segments, waves and languages */
    dk_kept *places;  /* of themes, then of touchpoints and groups */
    size_t nplaces;
    dk_arena arena;
} dk_quotes;

dk_status dk_quotes_init(dk_quotes *quotes, const dk_survey *survey, const dk_taxonomy *taxonomy, const dk_segments *segments, dk_error *err);
void dk_quotes_dispose(dk_quotes *quotes);

/* Looks at the comment of a response as it was tagged; confidence is that of its language. */
dk_status dk_quotes_consider(dk_quotes *quotes, size_t response, dk_str text, const dk_comment *comment, dk_error *err);

#endif
