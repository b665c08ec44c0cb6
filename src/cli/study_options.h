/* The options of commands that read a survey file or a study: analyze, check, prepare, kpi, segments. */
#ifndef DK_CLI_STUDY_OPTIONS_H
#define DK_CLI_STUDY_OPTIONS_H

#include "cli/format.h"
#include "study/analyze.h"
#include "study/drivers_input.h"

typedef struct dk_study_options {
    const char *column[DK_ROLES];
    dk_format_options format;
    const char *language, *prior, *pack, *waves, *title, *currency, *report_language, *engine;
    dk_opt_list lexicons;
    bool no_spelling, score_blind;
    int64_t bootstrap, seed; /* -1: those of the study */
} dk_study_options;

enum { DK_STUDY_OPTIONS = 40 };

/* Fills the rows of an option table, for targets in o, and returns how many: at most DK_STUDY_OPTIONS less 16, so that a command
   can append its own. fits: also those of drivers. */
size_t dk_study_options_rows(dk_study_options *o, bool fits, dk_opt *rows);

/* The study that a source and the options make: a STUDY.yaml, or a bare data file. config is initialised. */
dk_status dk_study_options_configure(const dk_study_options *o, const char *source, dk_study_config *config, dk_error *err);

/* A progress bar for each stage of dk_analyze: hand dk_study_watch_progress and the watch to it, then end it. */
typedef struct dk_study_watch {
    const dk_cli *cli;
    dk_progress bar;
    const char *stage;
} dk_study_watch;

void dk_study_watch_progress(void *watch, const char *stage, int64_t done, int64_t total);
void dk_study_watch_end(dk_study_watch *watch);

/* The same for drivers of a table, which also say things on standard error; the threads are those of cli. */
dk_drivers_watch dk_study_drivers_watch(dk_study_watch *watch);

/* Writes text to -o, or to standard output. */
dk_status dk_study_options_write(const dk_cli *cli, const dk_buf *text, dk_error *err);

/* A command of one file or study and nothing beyond these options: parses them, with those of drivers (fits) or without, and hands the source
   to act. which is what to say when no file is given. */
typedef dk_status (*dk_study_action)(const dk_cli *cli, const dk_study_options *o, const char *source, dk_error *err);
dk_status dk_study_source_run(dk_study_action act, const char *which, bool fits, const dk_command *command, dk_cli *cli, int argc,
                              char **argv, dk_error *err);

/* A command that shows one table of an analysis in three formats. by is the value of --by, NULL when it is not given. */
typedef struct dk_study_table {
    const char *which; /* what to say when no file is given */
    const char *by;    /* the choices of --by; NULL: the command has no such option */
    void (*text)(dk_buf *out, const dk_study_result *r, const char *by);
    void (*json)(dk_buf *out, const dk_study_result *r);
    void (*csv)(const dk_study_result *r, dk_buf *out);
} dk_study_table;

dk_status dk_study_table_run(const dk_study_table *show, const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err);

#endif
