/* drivkraft simulate: an example study with planted effects, or how large a study must be. */
#include <stdio.h>

#include "base/file.h"
#include "cli/cli.h"
#include "study/simulate.h"

/* The folder of the study file, where it says that its data are. */
static const char *folder_of(dk_study_config *config) {
    const char *slash = strrchr(config->name, '/');
    return slash != NULL ? dk_arena_strdup(&config->arena, config->name, (size_t)(slash - config->name) + 1) : ".";
}

static dk_status simulate(const dk_cli *cli, const char *study, bool plan, double power, int64_t seed, dk_error *err) {
    dk_study_config config;
    dk_scenario scenario;
    dk_simulated done;
    dk_study_config_init(&config);
    dk_status status = dk_study_config_read(&config, study, err);
    if (status == DK_OK) status = dk_scenario_read(&scenario, &config, err);
    if (status == DK_OK && seed >= 0) scenario.seed = seed;
    if (status == DK_OK && plan) {
        dk_buf text;
        dk_buf_init(&text);
        status = dk_simulate_plan(&config, &scenario, power, &text, err);
        if (status == DK_OK) fwrite(text.ptr, 1, text.len, stdout);
        dk_buf_dispose(&text);
    } else if (status == DK_OK) {
        const char *folder = cli->output != NULL ? cli->output : folder_of(&config);
        status = folder != NULL ? dk_simulate(&config, &scenario, folder, &done, err) : dk_fail_memory(err);
        if (status == DK_OK)
            dk_cli_note(cli, "%lld customers, %lld records, %lld invitations, %lld responses, %lld with a comment\n%s: the study, its data, and the planted effects in truth.csv",
                        (long long)done.customers, (long long)done.records, (long long)done.invitations, (long long)done.responses,
                        (long long)done.comments, folder);
        if (status == DK_OK && done.clamped * 100 > done.responses)
            dk_cli_note(cli, "note: %lld expectations had to be cut to -97..97, so that the effects are not quite linear; plant smaller ones", (long long)done.clamped);
    }
    dk_study_config_dispose(&config);
    return status;
}

static dk_status run_simulate(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    bool plan = false, answered;
    double power = 0.8;
    int64_t seed = -1;
    const dk_opt table[] = {
        {"plan", 0, DK_OPT_FLAG, &plan, NULL, "write nothing: say how many responses effects of such sizes need", 0, 0},
        {"power", 0, DK_OPT_NUMBER, &power, "P", "chance of finding the effect, for --plan; 0.8 by default", 0.5, 0.999},
        {"seed", 0, DK_OPT_INT, &seed, "N", "instead of the study's", 0, 1e15},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords != 1) return dk_fail(err, DK_EUSAGE, nwords == 0 ? "which study? drivkraft simulate study.yaml -o folder" : "one study at a time");
    return simulate(cli, words[0], plan, power, seed, err);
}

const dk_command dk_cmd_simulate = {
    "simulate", "Makes an example study with planted effects, or plans a study.",
    "STUDY.yaml [-o FOLDER] [--plan]",
    "  drivkraft simulate examples/retailer/study.yaml -o demo     then: drivkraft analyze demo/study.yaml -o report\n"
    "  drivkraft simulate examples/retailer/study.yaml --plan      how many responses does an effect of this size need?\n",
    run_simulate};
