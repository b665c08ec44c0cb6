/* drivkraft lexicon: finds the subcommand and runs it. */
#include "cli/lexicon.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/nearest.h"

/* In the order of a researcher's loop, as --help lists them. */
static const dk_command *const subcommands[] = {
    &dk_lexicon_check_command, &dk_lexicon_coverage_command, &dk_lexicon_kwic_command, &dk_lexicon_eval_command,
    &dk_lexicon_diff_command, &dk_lexicon_suggest_command, &dk_lexicon_sample_command, &dk_lexicon_ablate_command, &dk_lexicon_edit_command,
    &dk_lexicon_import_command, &dk_lexicon_export_command, &dk_lexicon_compile_command, NULL,
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] - 1 };

static const char *name_of(const dk_command *c) { return c->name + strlen("lexicon "); }

static void print_overview(const dk_command *command) {
    printf("%s\n\nusage: drivkraft lexicon %s\n\nsubcommands\n", command->summary, command->usage);
    for (size_t i = 0; i < SUBCOMMANDS; i++) printf("  %-12s%s\n", name_of(subcommands[i]), subcommands[i]->summary);
    printf("\ndrivkraft lexicon SUBCOMMAND --help explains each. To begin:\n%s", command->examples);
}

static dk_status run_lexicon(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *word = argc > 1 ? argv[1] : NULL, *names[SUBCOMMANDS];
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        names[i] = name_of(subcommands[i]);
        if (word != NULL && strcmp(word, names[i]) == 0)
            return subcommands[i]->run(subcommands[i], cli, argc - 1, argv + 1, err);
    }
    if (word != NULL && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)) {
        print_overview(command);
        return DK_OK;
    }
    if (word != NULL && strcmp(word, "--version") == 0) {
        printf("drivkraft %s\n", dk_version());
        return DK_OK;
    }
    const char *near = word != NULL ? dk_nearest(dk_str_from(word), names, SUBCOMMANDS) : NULL;
    if (word == NULL) dk_fail(err, DK_EUSAGE, "lexicon needs a subcommand");
    else dk_fail(err, DK_EUSAGE, "drivkraft lexicon has no subcommand %s", word);
    if (near != NULL) dk_error_remedy(err, "did you mean drivkraft lexicon %s?", near);
    else dk_error_remedy(err, "drivkraft lexicon --help lists them");
    return DK_EUSAGE;
}

const dk_command dk_cmd_lexicon = {
    "lexicon", "The lexicon workbench: checks, measures, compares and converts lexicons.", "SUBCOMMAND [options]",
    "  drivkraft lexicon check\n",
    run_lexicon, true, subcommands};
