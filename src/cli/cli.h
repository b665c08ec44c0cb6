/* The command line: one table of commands, one option table a command that both parses and prints help.
 *
 * To add a command: write src/cli/cmd_NAME.c with a dk_command, declare it below, and put it into the table in
 * main.c. Its run function fills its own options by dk_cli_parse and works; what it returns with *err is printed
 * by main and becomes the exit code.
 */
#ifndef DK_CLI_CLI_H
#define DK_CLI_CLI_H

#include "base/status.h"

typedef enum dk_opt_kind {
    DK_OPT_FLAG,   /* bool *: true when given */
    DK_OPT_STRING, /* const char ** */
    DK_OPT_CHOICE, /* const char **; value lists the choices as in "sv|da|en|auto" */
    DK_OPT_INT,    /* int64_t *, within min..max */
    DK_OPT_NUMBER, /* double *, within min..max */
    DK_OPT_LIST    /* dk_opt_list *; may be given several times */
} dk_opt_kind;

typedef struct dk_opt_list {
    const char **items;
    size_t count, cap;
} dk_opt_list;

typedef struct dk_opt {
    const char *name; /* without the dashes; NULL ends the table */
    char letter;      /* short form, or 0 */
    dk_opt_kind kind;
    void *target;      /* as kind says; keeps its value when the option is not given */
    const char *value; /* placeholder for help, or the choices; NULL for flags */
    const char *help;
    double min, max; /* for numbers; both 0 means any */
} dk_opt;

/* What every command has: -o, -j, --quiet, --data-dir (and --help, --version, which parsing answers itself). */
typedef struct dk_command dk_command;

typedef struct dk_cli {
    const char *output; /* -o; NULL when not given, "-" is standard output */
    int64_t threads;    /* -j; at least 1 */
    bool quiet;
    const char *data_dir;   /* --data-dir, or NULL */
    const char *executable; /* path of the program, for finding data beside it; may be NULL */
    bool color_out, color_err;
    /* In place of printing --help: takes the command's option table and the common one, both ended by a NULL name. */
    void (*describe)(void *context, const dk_command *command, const dk_opt *options, const dk_opt *common);
    void *describe_context;
} dk_cli;

struct dk_command {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* arguments as shown behind the name */
    const char *examples; /* lines for --help, each a command that works */
    dk_status (*run)(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err);
    bool computes; /* fits models: OpenBLAS must run on the right kernel */
    const dk_command *const *subcommands; /* of a group: its commands, ended by NULL; the group has no options of its own */
};

/* All commands in the order of --help, ended by NULL (main.c). */
extern const dk_command *const dk_cli_commands[];

#define DK_CLI_WORDS 256

/* Parses argv[1..] by the command's options and the common ones. Words that are no options go to words (room for
   DK_CLI_WORDS), *nwords counts them. Sets *answered when --help or --version was printed: return DK_OK then.
   Errors: DK_EUSAGE with the nearest option as remedy. */
dk_status dk_cli_parse(const dk_command *command, const dk_opt *options, dk_cli *cli, int argc, char **argv,
                       const char **words, int *nwords, bool *answered, dk_error *err);

void dk_opt_list_dispose(dk_opt_list *list);

/* Prints an error as EXPERIENCE has it: drivkraft: file:line:column: message, excerpt, remedy. */
void dk_cli_print_error(const dk_error *err);

/* Seconds of a clock that only goes forward. */
double dk_cli_seconds(void);

/* A line on stderr unless --quiet. */
void dk_cli_note(const dk_cli *cli, const char *format, ...) DK_PRINTF(2, 3);

/* A progress bar on stderr, drawn only on a terminal, without --quiet, and after one second. */
typedef struct dk_progress {
    const char *label;
    int64_t total; /* in the unit of done; 0 when unknown */
    double begun, drawn;
    bool enabled, shown;
} dk_progress;

void dk_progress_begin(dk_progress *progress, const dk_cli *cli, const char *label, int64_t total);
void dk_progress_update(dk_progress *progress, int64_t done);
void dk_progress_end(dk_progress *progress, int64_t done);

/* Prints FOLDER/report.html to FOLDER/report.pdf (cmd_report.c). */
dk_status dk_cli_pdf(const dk_cli *cli, const char *folder, dk_error *err);

extern const dk_command dk_cmd_report;
extern const dk_command dk_cmd_analyze, dk_cmd_tag, dk_cmd_tokens, dk_cmd_explain, dk_cmd_drivers, dk_cmd_simulate,
    dk_cmd_lexicon, dk_cmd_learn, dk_cmd_merge, dk_cmd_kpi, dk_cmd_segments, dk_cmd_check, dk_cmd_prepare, dk_cmd_doctor, dk_cmd_manual;

#endif
