/* The main job: from the files of a study to its result, comments.csv and mentions.csv on the way. */
#ifndef DK_STUDY_ANALYZE_H
#define DK_STUDY_ANALYZE_H

#include "study/config.h"
#include "study/tagging.h"

typedef struct dk_analyze_options {
    const char *data_dir; /* lexicons and models, see dk_data_find */
    const char *engine;   /* compiled lexicons and models in place of those, and of what the study names; or NULL */
    const char *folder;   /* for comments.csv and mentions.csv; NULL writes neither. It must exist */
    dk_writer *writer;    /* takes comments and mentions too; begun here, finished by the caller. NULL: none */
    int threads;
    bool no_spelling;
    bool preview;         /* files, join, segments and outcomes alone, see preview.h; nothing is tagged or written */
    bool no_fits;         /* no drivers, nothing of worth, no quotes: for KPIs and segments alone */
    dk_study_progress *progress; /* stages "reading", "tagging", "drivers"; may be NULL */
    void *progress_context;
} dk_analyze_options;

/* Runs the study. The two files appear only when all went well. The result is the caller's to free. */
dk_status dk_analyze(const dk_study_config *config, const dk_analyze_options *options, dk_study_result **result,
                     dk_error *err);

/* The first pass alone: appends the plan that dk_analyze would write to plan.tsv, the same bytes. Of options data_dir, threads and
   no_spelling count. DK_EDATA when there are no comments. */
dk_status dk_prepare(const dk_study_config *config, const dk_analyze_options *options, dk_buf *plan, dk_error *err);

#endif
