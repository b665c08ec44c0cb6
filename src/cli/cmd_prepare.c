/* drivkraft prepare: what depends on a whole file of comments, decided before its parts are tagged. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/study_options.h"

/* "plan        languages auto, packs telecom": what the lines of the plan say, for people. */
static void say_plan(const dk_cli *cli, const dk_buf *plan) {
    const char *at = plan->ptr, *end = plan->ptr + plan->len;
    dk_buf line;
    dk_buf_init(&line);
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at)), *tab = memchr(at, '\t', (size_t)(end - at));
        if (stop == NULL) stop = end;
        bool shown = tab != NULL && tab < stop && (strncmp(at, "language\t", 9) == 0 || strncmp(at, "packs\t", 6) == 0);
        if (shown)
            dk_buf_putf(&line, "%s%.*s %.*s", line.len > 0 ? ", " : "", (int)(tab - at), at, (int)(stop - tab - 1), tab + 1);
        at = stop + 1;
    }
    dk_cli_note(cli, "plan        %s", dk_buf_cstr(&line));
    dk_buf_dispose(&line);
}

static dk_status prepare(const dk_cli *cli, const dk_study_options *o, const char *source, dk_error *err) {
    dk_study_config config;
    char *data = NULL;
    dk_buf plan;
    dk_buf_init(&plan);
    dk_study_config_init(&config);
    dk_status status = dk_study_options_configure(o, source, &config, err);
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data, err);
    dk_analyze_options how = {.data_dir = data, .engine = o->engine, .threads = (int)cli->threads, .no_spelling = o->no_spelling};
    if (status == DK_OK) status = dk_prepare(&config, &how, &plan, err);
    if (status == DK_OK) status = dk_study_options_write(cli, &plan, err);
    if (status == DK_OK) say_plan(cli, &plan);
    dk_buf_dispose(&plan);
    dk_study_config_dispose(&config);
    free(data);
    return status;
}

static dk_status run_prepare(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    return dk_study_source_run(prepare, "which file? drivkraft prepare survey.csv -o plan.tsv", false, command, cli, argc, argv, err);
}

const dk_command dk_cmd_prepare = {
    "prepare", "Decides what depends on a whole file, for tagging its parts alike.",
    "DATA|STUDY.yaml [options] [-o PLAN]",
    "  drivkraft prepare survey.csv -o plan.tsv\n"
    "  drivkraft prepare study.yaml -o plan.tsv\n"
    "  drivkraft prepare survey.csv --text kommentar --pack none -o plan.tsv\n"
    "  drivkraft tag part1.csv --text kommentar --plan plan.tsv --partial part1.part\n"
    "\nthe plan is that of an analysis: the prior of the languages and the packs that the comments call for; docs/scale.md\n",
    run_prepare, false};
