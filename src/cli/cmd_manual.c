/* drivkraft manual: the manual page, docs/commands.md and the completions of shells, from the same option tables as --help. */
#include <stdlib.h>

#include "base/nearest.h"
#include "cli/manual.h"
#include "io/output.h"

static const dk_manual_writer *const writers[] = {&dk_manual_page, &dk_manual_markdown, &dk_manual_bash, &dk_manual_zsh,
                                                  &dk_manual_fish};
enum { WRITERS = sizeof writers / sizeof writers[0] };

void dk_manual_put(dk_buf *out, const char *text, const char *special, const char *escape) {
    for (; *text != '\0'; text++) {
        if (strchr(special, *text) != NULL) dk_buf_puts(out, escape);
        dk_buf_putc(out, *text);
    }
}

typedef struct visit {
    dk_buf *out;
    const dk_manual_writer *writer;
    bool begun;
} visit;

static void describe(void *context, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    visit *v = context;
    if (!v->begun) v->writer->begin(v->out, common);
    v->begun = true;
    v->writer->leaf(v->out, command, options, common);
}

/* Option tables point to locals of the commands' own functions: so each command is asked for its help. */
static dk_status visit_all(const dk_command *const *commands, dk_cli *cli, visit *v, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && commands[i] != NULL; i++) {
        const dk_command *c = commands[i];
        char help[] = "--help", *argv[] = {(char *)c->name, help, NULL};
        if (c->subcommands == NULL) {
            status = c->run(c, cli, 2, argv, err);
            continue;
        }
        v->writer->group(v->out, c);
        status = visit_all(c->subcommands, cli, v, err);
    }
    return status;
}

static const dk_manual_writer *find_writer(const char *name, dk_error *err) {
    const char *names[WRITERS];
    for (size_t i = 0; i < WRITERS; i++) {
        names[i] = writers[i]->name;
        if (name != NULL && strcmp(name, names[i]) == 0) return writers[i];
    }
    const char *near = name != NULL ? dk_nearest(dk_str_from(name), names, WRITERS) : NULL;
    dk_fail(err, DK_EUSAGE, "which one? man, markdown, bash, zsh or fish");
    if (near != NULL) dk_error_remedy(err, "did you mean drivkraft manual %s?", near);
    return NULL;
}

static dk_status run_manual(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, NULL, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    dk_buf out;
    visit v = {.out = &out, .writer = find_writer(nwords == 1 ? words[0] : NULL, err)};
    if (v.writer == NULL) return DK_EUSAGE;
    dk_cli asking = *cli;
    asking.describe = describe;
    asking.describe_context = &v;
    dk_buf_init(&out);
    status = visit_all(dk_cli_commands, &asking, &v, err);
    v.writer->end(&out);
    dk_output *file = NULL;
    if (status == DK_OK) status = dk_output_open(&file, cli->output != NULL ? cli->output : "-", err);
    if (status == DK_OK) status = dk_output_put(file, &out, err);
    if (status == DK_OK)
        status = dk_output_close(file, err);
    else if (file != NULL)
        dk_output_abort(file);
    dk_buf_dispose(&out);
    return status;
}

const dk_command dk_cmd_manual = {
    "manual", "Prints the manual as a page of man or in Markdown, or the completions of a shell.", "man|markdown|bash|zsh|fish [-o FILE]",
    "  drivkraft manual man | man -l -\n"
    "  drivkraft manual bash -o ~/.local/share/bash-completion/completions/drivkraft\n"
    "  drivkraft manual fish -o ~/.config/fish/completions/drivkraft.fish\n"
    "  drivkraft manual zsh -o ~/.zfunc/_drivkraft\n",
    run_manual};
