/* drivkraft lexicon edit: a local page to edit lexicons and see what that does. */
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "io/local_server.h"
#include "report/report.h"
#include "workbench/edit.h"

enum { BODY_MAX = 256 << 10 };

typedef struct options {
    dk_bench_options bench;
    const char *score;
    int64_t port, timeout;
    bool open;
} options;

/* What the server asks; unsaved is for the thread that waits. */
typedef struct asked {
    dk_edit *edit;
    atomic_size_t unsaved;
} asked;

static bool knows(void *context, const char *name) {
    (void)context;
    return dk_edit_knows(name);
}

static dk_status answer(void *context, const char *name, dk_str body, dk_buf *out) {
    asked *a = context;
    dk_status status = dk_edit_reply(a->edit, name, body, out);
    atomic_store(&a->unsaved, dk_edit_unsaved(a->edit));
    return status;
}

/* The page is built beside that of the report. */
static dk_status read_page(const dk_cli *cli, const char *data_dir, dk_buf *page, dk_error *err) {
    static const char name[] = "edit.html";
    char *report = NULL;
    dk_status status = dk_report_page_find(data_dir, cli->executable, &report, err);
    if (status != DK_OK) return status;
    if (report == NULL) {
        dk_fail(err, DK_EIO,
                "the page of the editor is not there: the program was built without node and npm");
        dk_error_remedy(err, "install nodejs and npm, and build it anew");
        return DK_EIO;
    }
    dk_buf path;
    dk_buf_init(&path);
    dk_buf_put(&path, report, (size_t)(dk_path_name(report) - report));
    dk_buf_puts(&path, name);
    status = dk_buf_status(&path, err);
    if (status == DK_OK) status = dk_file_read(dk_buf_cstr(&path), page, err);
    dk_buf_dispose(&path);
    free(report);
    return status;
}

static void open_browser(const dk_cli *cli, const char *url) {
    extern char **environ;
    char name[] = "xdg-open", address[256];
    char *const words[] = {name, address, NULL};
    pid_t child;
    snprintf(address, sizeof address, "%s", url);
    if (posix_spawnp(&child, name, NULL, NULL, words, environ) != 0)
        dk_cli_note(cli, "no browser could be opened (xdg-open): open the address yourself");
}

/* Until the program is told to end. Whoever has unsaved changes in a terminal is asked once more. */
static void wait_for_end(const dk_cli *cli, dk_server *server, asked *a, const sigset_t *signals) {
    bool warned = false;
    for (;;) {
        const struct timespec while_long = {0, 200 * 1000 * 1000};
        int signal = sigtimedwait(signals, NULL, &while_long);
        dk_server_sweep(server);
        if (signal <= 0) continue;
        size_t unsaved = atomic_load(&a->unsaved);
        if (signal != SIGINT || unsaved == 0 || warned || !isatty(STDIN_FILENO)) return;
        dk_cli_note(cli, "\n%zu unsaved %s: press Ctrl-C again to end without saving", unsaved,
                    unsaved == 1 ? "change" : "changes");
        warned = true;
    }
}

static dk_status serve(const options *o, const dk_cli *cli, asked *a, dk_str page, dk_error *err) {
    dk_server_options so = {.page = page,
                            .port = (int)o->port,
                            .body_max = BODY_MAX,
                            .connections = 32,
                            .patience = (int)o->timeout,
                            .context = a,
                            .knows = knows,
                            .answer = answer};
    dk_server *server = NULL;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the server has threads, which take it over */
    dk_status status = dk_server_start(&server, &so, err);
    if (status != DK_OK) return status;
    printf("%s\n", dk_server_url(server));
    fflush(stdout);
    dk_cli_note(cli, "open this address in a browser on this machine; Ctrl-C ends");
    if (o->open) open_browser(cli, dk_server_url(server));
    wait_for_end(cli, server, a, &signals);
    dk_server_stop(server);
    size_t unsaved = dk_edit_unsaved(a->edit);
    if (unsaved > 0)
        fprintf(stderr, "drivkraft: %zu unsaved %s lost\n", unsaved,
                unsaved == 1 ? "change is" : "changes are");
    return DK_OK;
}

static void note_opened(const dk_cli *cli, const dk_edit *edit) {
    const dk_corpus *k = dk_edit_corpus(edit);
    if (k != NULL)
        dk_cli_note(cli, "%s: %zu comments", k->source, k->count);
    else
        dk_cli_note(cli, "without a corpus: entries can be edited, but what that changes cannot be shown");
}

static dk_status make(const options *o, const dk_cli *cli, const char *source, dk_error *err) {
    const char *extras[DK_EDIT_EXTRAS] = {
        [DK_EDIT_SCORE] = o->score, [DK_EDIT_CUSTOMER] = o->bench.input.customer};
    static const char *const names[DK_EDIT_EXTRAS] = {
        [DK_EDIT_SCORE] = "--score", [DK_EDIT_CUSTOMER] = "--customer"};
    char *data_dir = NULL;
    dk_buf page;
    dk_buf_init(&page);
    dk_edit_options eo = {.has_score = o->score != NULL,
                          .has_weights = o->bench.weights.count > 0,
                          .threads = (int)cli->threads};
    dk_status status = DK_OK;
    if (source != NULL) status = dk_bench_corpus_options(&eo.corpus, cli, &o->bench, source, err);
    eo.corpus.extras = extras;
    eo.corpus.options = names;
    eo.corpus.nextras = DK_EDIT_EXTRAS;
    eo.corpus.keep_text = true;
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) status = read_page(cli, data_dir, &page, err);
    eo.engine = (dk_engine_options){.data_dir = data_dir,
                                    .lexicons = o->bench.lexicons.items,
                                    .nlexicons = o->bench.lexicons.count,
                                    .weights = o->bench.weights.items,
                                    .nweights = o->bench.weights.count,
                                    .no_spelling = o->bench.no_spelling,
                                    .no_learned = o->bench.no_learned};
    asked a = {.edit = NULL};
    dk_bench_watch watch;
    dk_bench_watch_begin(&watch, &eo.corpus, cli, "reading");
    if (status == DK_OK) status = dk_edit_open(&a.edit, &eo, err);
    dk_bench_watch_end(&watch, a.edit != NULL && source != NULL ? dk_edit_corpus(a.edit)->counts.rows : 0);
    if (status == DK_OK && source != NULL && dk_edit_corpus(a.edit)->count == 0)
        status = dk_fail(err, DK_EDATA, "%s holds no comments in column %s", source, eo.corpus.text);
    if (status == DK_OK) {
        note_opened(cli, a.edit);
        status = serve(o, cli, &a, (dk_str){page.ptr, page.len}, err);
    }
    dk_edit_free(a.edit);
    dk_buf_dispose(&page);
    free(data_dir);
    return status;
}

static dk_status run_edit(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.timeout = 15};
    const dk_opt table[] = {
        DK_BENCH_READ_OPTIONS(o.bench),
        {"score", 0, DK_OPT_STRING, &o.score, "COL", "scores, for better suggestions", 0, 0},
        {"open", 0, DK_OPT_FLAG, &o.open, NULL, "open the page in a browser", 0, 0},
        {"port", 0, DK_OPT_INT, &o.port, "N", "of the page (any that is free)", 1, 65535},
        {"timeout", 0, DK_OPT_INT, &o.timeout, "SECONDS", "in which a request must have come (15)", 1, 3600},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        if (nwords > 1)
            status = dk_fail(err, DK_EUSAGE, "one corpus at most, but %s stands here too", words[1]);
        else if (cli->output != NULL) {
            status =
                dk_fail(err, DK_EUSAGE,
                        "-o says nothing here: the page writes the lexicon files themselves when you save");
            dk_error_remedy(err, "--lexicon PATH names those to edit; without it they are the shipped ones");
        } else
            status = make(&o, cli, nwords == 1 ? words[0] : NULL, err);
    }
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_edit_command = {
    "lexicon edit", "Opens a local page: entries, where they stand, and what a change would do.",
    "[CORPUS --text COL] [--lexicon PATH]... [options]",
    "  drivkraft lexicon edit survey.csv --text comment --lexicon my/lexicon --open\n"
    "  drivkraft lexicon edit survey.csv --text comment --score nps --language sv\n"
    "  drivkraft lexicon edit\n",
    run_edit,
    true};
