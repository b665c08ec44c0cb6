/* What the option tables tell besides --help: the manual page and the completions of shells. */
#ifndef DK_CLI_MANUAL_H
#define DK_CLI_MANUAL_H

#include "base/buffer.h"
#include "cli/cli.h"

/* One way to write them. leaf is called for each command that has options, in the order of --help; a command in a group has two words
   as its name ("lexicon check"). */
typedef struct dk_manual_writer {
    const char *name;
    void (*begin)(dk_buf *out, const dk_opt *common);
    void (*group)(dk_buf *out, const dk_command *group); /* before the commands of a group */
    void (*leaf)(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common);
    void (*end)(dk_buf *out);
} dk_manual_writer;

extern const dk_manual_writer dk_manual_page, dk_manual_markdown, dk_manual_bash, dk_manual_zsh, dk_manual_fish;

/* Puts text with each byte that is in special preceded by escape. */
void dk_manual_put(dk_buf *out, const char *text, const char *special, const char *escape);

#endif
