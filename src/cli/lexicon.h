/* The subcommands of drivkraft lexicon, each a command of its own in src/cli/cmd_lexicon_NAME.c.
 *
 * To add one: write that file with a dk_command whose name is "lexicon NAME" (options, help and errors then say so), declare it
 * here, put it into the table in cmd_lexicon.c and the file into CMakeLists.txt.
 */
#ifndef DK_CLI_LEXICON_H
#define DK_CLI_LEXICON_H

#include "cli/cli.h"

extern const dk_command dk_lexicon_check_command, dk_lexicon_coverage_command, dk_lexicon_kwic_command,
    dk_lexicon_eval_command, dk_lexicon_diff_command,
    dk_lexicon_suggest_command, dk_lexicon_sample_command, dk_lexicon_ablate_command, dk_lexicon_edit_command;
extern const dk_command dk_lexicon_compile_command, dk_lexicon_import_command, dk_lexicon_export_command;

#endif
