/* drivkraft merge: partial results of pieces of the data become the result of one run over all of it. */
#include "cli/drivers_partial.h"
#include "stats/linalg.h"

static dk_status run_merge(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *format = "text";
    const dk_opt table[] = {{"format", 'f', DK_OPT_CHOICE, &format, "json|csv|text", "text by default", 0, 0},
                            {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS], *outcome;
    int nwords;
    bool answered;
    dk_drivers_data data;
    dk_driver_options options;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords == 0)
        return dk_fail(err, DK_EUSAGE,
                       "which parts? drivkraft merge part1 part2 -o drivers.json --format json");
    status = dk_drivers_merge(words, (size_t)nwords, &data, &options, &outcome, err);
    if (status != DK_OK) return status;
    options.threads = (int)cli->threads;
    dk_linalg_set_threads(1);
    status = dk_drivers_answer_all(&data, &options, cli, format, outcome, err);
    dk_drivers_data_dispose(&data);
    return status;
}

const dk_command dk_cmd_merge = {
    "merge", "Merges partial results into the result of one run.", "PART... [--format json|csv|text] -o OUT",
    "  drivkraft drivers first.csv --outcome score --predictors price,service --partial first.part\n"
    "  drivkraft drivers second.csv --outcome score --predictors price,service --partial second.part\n"
    "  drivkraft merge first.part second.part --format json -o drivers.json\n",
    run_merge, true};
