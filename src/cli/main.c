/* The program: finds the command, runs it, prints its error. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/leftover.h"
#include "base/nearest.h"
#include "base/pipeline.h"
#include "cli/cli.h"
#include "stats/linalg.h"

const dk_command *const dk_cli_commands[] = {
    &dk_cmd_analyze, &dk_cmd_check, &dk_cmd_report, &dk_cmd_simulate, &dk_cmd_prepare, &dk_cmd_tag, &dk_cmd_tokens, &dk_cmd_explain, &dk_cmd_drivers, &dk_cmd_merge, &dk_cmd_kpi, &dk_cmd_segments, &dk_cmd_lexicon,
    &dk_cmd_learn, &dk_cmd_doctor, &dk_cmd_manual, NULL,
};
enum { COMMANDS = sizeof dk_cli_commands / sizeof dk_cli_commands[0] - 1 };

static void print_overview(FILE *out) {
    fprintf(out, "drivkraft reads what customers write and what they are worth, and says which touchpoints move them.\n\n"
                 "usage: drivkraft COMMAND [options]\n\ncommands\n");
    for (size_t i = 0; i < COMMANDS; i++) fprintf(out, "  %-12s%s\n", dk_cli_commands[i]->name, dk_cli_commands[i]->summary);
    fprintf(out, "\ndrivkraft COMMAND --help explains each. To begin: drivkraft analyze survey.csv -o report\n");
}

static const dk_command *find_command(const char *name, dk_error *err) {
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = dk_cli_commands[i]->name;
        if (strcmp(name, names[i]) == 0) return dk_cli_commands[i];
    }
    const char *near = dk_nearest(dk_str_from(name), names, COMMANDS);
    dk_fail(err, DK_EUSAGE, "no command %s", name);
    if (near != NULL) dk_error_remedy(err, "did you mean drivkraft %s?", near);
    else if (name[0] == '-') dk_error_remedy(err, "options stand behind the command: drivkraft analyze survey.csv %s ...", name);
    else dk_error_remedy(err, "drivkraft --help lists the commands");
    return NULL;
}

static bool wants_color(int fd) {
    const char *term = getenv("TERM");
    return isatty(fd) && getenv("NO_COLOR") == NULL && (term == NULL || strcmp(term, "dumb") != 0);
}

/* OpenBLAS chooses its kernel when the program is loaded. Debian 12's does not know recent processors and falls back to one that is
   four times slower: then the program names the right one and runs itself again. Its threads are not wanted: the workers here
   are enough, and it would spin beside them. */
static void settle_blas(char **argv) {
    dk_linalg_set_threads(1);
    if (getenv("OPENBLAS_CORETYPE") != NULL) return;
    const char *core = dk_linalg_better_core();
    if (core == NULL) return;
    setenv("OPENBLAS_CORETYPE", core, 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
    execv("/proc/self/exe", argv); /* returns only when it fails: slow, not wrong */
}

/* Ended from outside: nothing half-written stays, and whoever waits sees the signal. */
static void on_end(int number) {
    dk_leftover_remove_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_ends(void) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction now, wanted = {.sa_handler = on_end};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) sigaction(ends[i], &wanted, NULL); /* nohup stays */
}

/* The exit code once all is printed: a full disk shows only here. */
static int end_output(void) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    dk_error err = {0};
    dk_fail(&err, DK_EIO, "cannot write to standard output");
    dk_cli_print_error(&err);
    return dk_exit_code(DK_EIO);
}

int main(int argc, char **argv) {
    static char executable[4096];
    ssize_t len = readlink("/proc/self/exe", executable, sizeof executable - 1);
    dk_cli cli = {.threads = dk_cpu_count(), .executable = len > 0 ? executable : NULL,
                  .color_out = wants_color(1), .color_err = wants_color(2)};
    if (argc < 2) {
        print_overview(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return end_output();
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("drivkraft %s\n", dk_version());
        return end_output();
    }
    dk_error err = {0};
    const dk_command *command = find_command(argv[1], &err);
    if (command != NULL && command->computes) settle_blas(argv);
    catch_ends();
    dk_status status = command == NULL ? DK_EUSAGE : command->run(command, &cli, argc - 1, argv + 1, &err);
    if (status == DK_OK) return end_output();
    dk_cli_print_error(&err);
    return dk_exit_code(status);
}
