/* docs/commands.md: the commands as a page of the documentation. */
#include "cli/manual.h"

/* Text in a table or a paragraph: what Markdown would take for markup is escaped. */
static void put_text(dk_buf *out, const char *text) {
    dk_manual_put(out, text, "|*_<>`[]", "\\");
}

/* Code between backquotes, where only the bars of a table need care. */
static void put_code(dk_buf *out, const char *text) {
    dk_manual_put(out, text, "|", "\\");
}

static void put_options(dk_buf *out, const dk_opt *options) {
    if (options == NULL || options->name == NULL) return;
    dk_buf_puts(out, "\n| option | |\n|---|---|\n");
    for (const dk_opt *o = options; o->name != NULL; o++) {
        dk_buf_puts(out, "| `");
        if (o->letter != 0) dk_buf_putf(out, "-%c, ", o->letter);
        dk_buf_putf(out, "--%s", o->name);
        if (o->value != NULL) {
            dk_buf_putc(out, ' ');
            put_code(out, o->value);
        }
        dk_buf_puts(out, "` | ");
        put_text(out, o->help);
        dk_buf_puts(out, " |\n");
    }
}

static void begin(dk_buf *out, const dk_opt *common) {
    dk_buf_puts(
        out, "# Commands\n\nWritten by `drivkraft manual markdown` from the tables that `--help` prints; edit those.\n\n"
             "Exit codes: 0 done; 1 the data or a fit is not as it must be; 2 usage; 3 a file could not be read or written "
             "([errors.md](errors.md)). `DRIVKRAFT_DATA` names the folder of lexicons and models, as `--data-dir` does;\n"
             "`XDG_CACHE_HOME` where compiled lexicons are kept (`~/.cache`); `NO_COLOR` asks for no colours; `DRIVKRAFT_NO_SYNC` lets outputs\n"
             "appear without waiting for the disk, where a power cut may take them. Every command has\n");
    put_options(out, common);
}

static void group(dk_buf *out, const dk_command *g) {
    (void)out, (void)g;
}

static void leaf(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    (void)common;
    dk_buf_putf(out, "\n## %s\n\n", command->name);
    put_text(out, command->summary);
    dk_buf_putf(out, "\n\n```text\ndrivkraft %s %s\n```\n", command->name, command->usage);
    put_options(out, options);
    if (command->examples != NULL && *command->examples != '\0')
        dk_buf_putf(out, "\n```text\n%s```\n", command->examples);
}

static void end(dk_buf *out) {
    (void)out;
}

const dk_manual_writer dk_manual_markdown = {"markdown", begin, group, leaf, end};
