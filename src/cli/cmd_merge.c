/* drivkraft merge: partial results of pieces of the data become the result of one run over all of it. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/study_options.h"
#include "cli/study_text.h"
#include "stats/linalg.h"
#include "study/drivers_output.h"
#include "study/drivers_partial.h"
#include "tag/partial.h"

/* Paths of the parts; a folder among the words stands for its *.part files in the order of their names. */
typedef struct parts {
    dk_arena arena;
    const char **paths;
    size_t count, cap;
} parts;

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static dk_status add_path(parts *p, const char *path, dk_error *err) {
    if (!dk_grow(&p->paths, &p->cap, p->count + 1)) return dk_fail_memory(err);
    p->paths[p->count++] = path;
    return DK_OK;
}

static dk_status add_folder(parts *p, const char *folder, dk_error *err) {
    static const char ending[] = ".part";
    size_t before = p->count;
    DIR *dir = opendir(folder);
    dk_status status = dir != NULL ? DK_OK : dk_fail_at(err, DK_EIO, folder, 0, 0, "cannot read the folder");
    for (const struct dirent *e; status == DK_OK && (e = readdir(dir)) != NULL;) {
        size_t len = strlen(e->d_name);
        if (len < sizeof ending || strcmp(e->d_name + len - (sizeof ending - 1), ending) != 0) continue;
        char *joined = dk_path_join(folder, e->d_name), *path = joined != NULL ? dk_arena_strdup(&p->arena, joined, strlen(joined)) : NULL;
        free(joined);
        status = path != NULL ? add_path(p, path, err) : dk_fail_memory(err);
    }
    if (dir != NULL) closedir(dir);
    if (status == DK_OK && p->count == before) status = dk_fail_at(err, DK_EIO, folder, 0, 0, "no *.part in this folder");
    if (status == DK_OK) qsort(p->paths + before, p->count - before, sizeof *p->paths, by_text);
    return status;
}

static dk_status merge_tagged(const dk_cli *cli, const parts *p, dk_error *err) {
    dk_partial_facts facts;
    if (cli->output == NULL || strcmp(cli->output, "-") == 0)
        return dk_fail(err, DK_EUSAGE, "which folder? comments and mentions are two files: -o tagged");
    bool had_folder = dk_is_folder(cli->output);
    dk_status status = dk_folder_make(cli->output, err);
    if (status == DK_OK) status = dk_partial_merge(p->paths, p->count, cli->output, &facts, err);
    if (status != DK_OK && !had_folder) rmdir(cli->output); /* which keeps a folder with anything in it */
    if (status != DK_OK) return status;
    dk_buf line;
    dk_buf_init(&line);
    dk_cli_put_count(&line, facts.rows);
    dk_buf_putf(&line, facts.rows == 1 ? " row of " : " rows of ");
    dk_cli_put_count(&line, (int64_t)p->count);
    dk_buf_putf(&line, p->count == 1 ? " part" : " parts");
    if (facts.left_out > 0) {
        dk_buf_puts(&line, "; left out as they could not be read: ");
        dk_cli_put_count(&line, facts.left_out);
    }
    dk_cli_note(cli, "%s\n%s/comments.csv  mentions.csv  plan.tsv", dk_buf_cstr(&line), cli->output);
    dk_buf_dispose(&line);
    return DK_OK;
}

static dk_status merge_drivers(const dk_cli *cli, const parts *p, const char *format, dk_error *err) {
    dk_drivers_data data;
    dk_driver_options options;
    const char *outcome;
    dk_status status = dk_drivers_merge(p->paths, p->count, &data, &options, &outcome, err);
    if (status != DK_OK) return status;
    options.threads = (int)cli->threads;
    dk_linalg_set_threads(1);
    dk_study_watch bars = {.cli = cli};
    const dk_drivers_watch watch = dk_study_drivers_watch(&bars);
    dk_buf answer;
    dk_buf_init(&answer);
    status = dk_drivers_answer_all(&data, &options, &watch, format, outcome, &answer, err);
    dk_study_watch_end(&bars);
    if (status == DK_OK) status = dk_study_options_write(cli, &answer, err);
    dk_buf_dispose(&answer);
    dk_drivers_data_dispose(&data);
    return status;
}

/* Which of the two it is stands in each file. */
static dk_status merge(const dk_cli *cli, const parts *p, const char *format, dk_error *err) {
    bool tagged = false, is;
    for (size_t i = 0; i < p->count; i++) {
        dk_status status = dk_partial_recognise(p->paths[i], &is, err);
        if (status != DK_OK) return status;
        if (i > 0 && is != tagged)
            return dk_fail_at(err, DK_EDATA, p->paths[i], 0, 0, "a part of %s, but %s is one of %s", is ? "tag" : "drivers", p->paths[0],
                              tagged ? "tag" : "drivers");
        tagged = is;
    }
    if (!tagged) return merge_drivers(cli, p, format != NULL ? format : "text", err);
    return format == NULL ? merge_tagged(cli, p, err) : dk_fail(err, DK_EUSAGE, "--format is for parts of drivers; these are of tag");
}

static dk_status run_merge(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *format = NULL, *words[DK_CLI_WORDS];
    const dk_opt table[] = {{"format", 'f', DK_OPT_CHOICE, &format, "json|csv|text", "of drivers; text by default", 0, 0},
                            {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    int nwords;
    bool answered;
    parts p = {0};
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords == 0) status = dk_fail(err, DK_EUSAGE, "which parts? drivkraft merge part1 part2 -o drivers.json --format json");
    for (int i = 0; i < nwords && status == DK_OK; i++)
        status = dk_is_folder(words[i]) ? add_folder(&p, words[i], err) : add_path(&p, words[i], err);
    if (status == DK_OK) status = merge(cli, &p, format, err);
    free(p.paths);
    dk_arena_dispose(&p.arena);
    return status;
}

const dk_command dk_cmd_merge = {
    "merge", "Merges partial results into the result of one run.", "PART... [--format json|csv|text] -o OUT",
    "  drivkraft tag survey.csv --text comment --plan plan.tsv --part 1/2 --partial 1.part\n"
    "  drivkraft tag survey.csv --text comment --plan plan.tsv --part 2/2 --partial 2.part\n"
    "  drivkraft merge 1.part 2.part -o tagged              comments.csv, mentions.csv and plan.tsv in a folder\n"
    "  drivkraft drivers first.csv --outcome score --predictors price,service --partial first.part\n"
    "  drivkraft drivers second.csv --outcome score --predictors price,service --partial second.part\n"
    "  drivkraft merge first.part second.part --format json -o drivers.json\n"
    "\na folder stands for its *.part files; which kind they are stands in them\n",
    run_merge, true};
