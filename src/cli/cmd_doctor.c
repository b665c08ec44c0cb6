/* drivkraft doctor: is everything there that the program needs, and what to do when it is not. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/file.h"
#include "base/pipeline.h"
#include "cli/study_options.h"
#include "report/report.h"
#include "stats/linalg.h"
#include "tag/session.h"

typedef struct visit {
    const dk_cli *cli;
    dk_buf *out;
    int missing; /* things without which the program does not work */
    int weak;    /* things without which it works less well */
} visit;

typedef enum finding { FINE, WEAK, MISSING } finding;

static void say(visit *v, finding f, const char *what, const char *how, const char *remedy) {
    static const char *const marks[] = {"ok", "--", "!!"}, *const colors[] = {"\x1b[32m", "\x1b[33m", "\x1b[31m"};
    bool color = v->cli->color_out;
    dk_buf_putf(v->out, "%s%s%s  %-14s%s\n", color ? colors[f] : "", marks[f], color ? "\x1b[0m" : "", what, how);
    if (f != FINE && remedy != NULL && *remedy != '\0') dk_buf_putf(v->out, "    %-14s%s\n", "", remedy);
    v->weak += f == WEAK;
    v->missing += f == MISSING;
}

/* Where lexicons, models and page are, and whether the engine opens with them. */
static char *look_at_engine(visit *v) {
    dk_error err = {0};
    char *folder = NULL, text[sizeof err.file + sizeof err.message + 64];
    if (dk_data_find(v->cli->data_dir, v->cli->executable, &folder, &err) != DK_OK) {
        snprintf(text, sizeof text, "%s%s%s", err.file, err.file[0] != '\0' ? ": " : "", err.message);
        say(v, MISSING, "data", text, err.remedy[0] != '\0' ? err.remedy : "name it by --data-dir or DRIVKRAFT_DATA");
        return NULL;
    }
    say(v, FINE, "data", folder, NULL);
    dk_engine *engine = NULL;
    const dk_engine_options options = {.data_dir = folder};
    double begun = dk_cli_seconds();
    if (dk_engine_open(&engine, &options, &err) != DK_OK) {
        snprintf(text, sizeof text, "%s%s%s", err.file, err.file[0] != '\0' ? ": " : "", err.message);
        say(v, MISSING, "engine", text, err.remedy);
        return folder;
    }
    snprintf(text, sizeof text, "lexicons, models and dictionaries of sv, da and en opened in %.0f ms; version %s",
             (dk_cli_seconds() - begun) * 1000, dk_engine_stamp(engine));
    say(v, FINE, "engine", text, NULL);
    dk_engine_free(engine);
    return folder;
}

static void look_at_cache(visit *v) {
    static const char name[] = "doctor", content[] = "a file to try the cache with";
    char folder[2048], text[2200];
    void *bytes = NULL;
    size_t size = 0;
    if (!dk_cache_folder(folder, sizeof folder)) {
        say(v, WEAK, "cache", "there is no home folder", "set XDG_CACHE_HOME: without a cache every start takes seconds");
        return;
    }
    dk_cache_store(NULL, name, content, sizeof content);
    bool works = dk_cache_map(NULL, name, &bytes, &size);
    if (works) dk_cache_unmap(bytes, size);
    snprintf(text, sizeof text, "%s/%s", folder, name);
    unlink(text);
    snprintf(text, sizeof text, "%s%s", folder, works ? "" : " cannot be written");
    say(v, works ? FINE : WEAK, "cache", text, "make it writable, or set XDG_CACHE_HOME: without a cache every start takes seconds");
}

static void look_at_machine(visit *v) {
    char text[160];
    snprintf(text, sizeof text, "%d", dk_cpu_count());
    say(v, FINE, "threads", text, NULL);
    const char *better = dk_linalg_better_core();
    snprintf(text, sizeof text, "OpenBLAS on %s%s%s", dk_linalg_corename(), better != NULL ? ", though this processor is a " : "",
             better != NULL ? better : "");
    bool settled = getenv("OPENBLAS_CORETYPE") != NULL;
    say(v, better == NULL || settled ? FINE : WEAK, "statistics", text,
        "drivkraft chooses the right one when it computes; other programs need OPENBLAS_CORETYPE");
    FILE *f = tmpfile();
    say(v, f != NULL ? FINE : MISSING, "temporary", f != NULL ? "files can be made" : "no temporary file can be made",
        "make TMPDIR or /tmp writable: streams that are read twice, workbooks and SPSS files need it");
    if (f != NULL) fclose(f);
}

static void look_at_report(visit *v, const char *folder) {
    dk_error err = {0};
    char *page = NULL, *browser = dk_report_browser();
    dk_status status = dk_report_page_find(folder, v->cli->executable, &page, &err);
    bool there = status == DK_OK && page != NULL;
    say(v, there ? FINE : WEAK, "page", there ? page : "built without the page of the report: there will be no report.html",
        "install nodejs and npm, and build again");
    say(v, browser != NULL ? FINE : WEAK, "browser", browser != NULL ? browser : "no Chromium or Chrome: analyze --pdf cannot print",
        "apt-get install chromium, or name one in DRIVKRAFT_CHROMIUM");
    free(page);
    free(browser);
}

static dk_status run_doctor(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const dk_opt none[] = {{NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, none, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered && nwords > 0) status = dk_fail(err, DK_EUSAGE, "doctor takes no file");
    if (status != DK_OK || answered) return status;
    dk_buf out;
    dk_buf_init(&out);
    visit v = {.cli = cli, .out = &out};
    dk_buf_putf(&out, "drivkraft %s  %s\n", dk_version(), cli->executable != NULL ? cli->executable : "");
    char *folder = look_at_engine(&v);
    look_at_cache(&v);
    look_at_machine(&v);
    look_at_report(&v, folder);
    free(folder);
    if (v.missing == 0) dk_buf_putf(&out, "%s\n", v.weak == 0 ? "Everything is there." : "Everything needed is there.");
    status = dk_study_options_write(cli, &out, err);
    dk_buf_dispose(&out);
    if (status == DK_OK && v.missing > 0) status = dk_fail(err, DK_EIO, "%d thing%s missing", v.missing, v.missing == 1 ? " is" : "s are");
    return status;
}

const dk_command dk_cmd_doctor = {"doctor", "Says whether everything is there that the program needs, and what to do.", "[options]",
                                  "  drivkraft doctor\n", run_doctor, true};
