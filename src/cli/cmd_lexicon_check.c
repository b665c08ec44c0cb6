/* drivkraft lexicon check: finds what is wrong in lexicons. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/lexicon.h"
#include "lexicon/lexicon.h"

static dk_status run_check(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, NULL, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    char *data_dir = NULL;
    dk_lexicon *lexicon = NULL;
    status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) status = dk_lexicon_open(&lexicon, data_dir, words, (size_t)nwords, err);
    if (status == DK_OK) printf("%zu entries in %zu files\n", lexicon->count, lexicon->nfiles);
    dk_lexicon_free(lexicon);
    free(data_dir);
    return status;
}

const dk_command dk_lexicon_check_command = {"lexicon check", "Finds what is wrong in lexicons.", "[PATH...]",
                                             "  drivkraft lexicon check\n  drivkraft lexicon check my/lexicon\n", run_check};
