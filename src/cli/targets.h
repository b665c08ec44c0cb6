/* --to, --run, --schema and --prefix, for the commands that write tables. */
#ifndef DK_CLI_TARGETS_H
#define DK_CLI_TARGETS_H

#include "cli/cli.h"
#include "io/writer.h"

typedef struct dk_target_options {
    dk_opt_list to;
    const char *run, *schema, *prefix;
} dk_target_options;

enum { DK_TARGET_ROWS = 4 };

#define DK_TARGET_OPTIONS(t)                                                                                                        \
    {"to", 0, DK_OPT_LIST, &(t).to, "TARGET", "write tables to sqlite:FILE, postgresql://..., FILE.xlsx, FILE.csv or FILE.jsonl (docs/outputs.md)", 0, 0}, \
        {"run", 0, DK_OPT_STRING, &(t).run, "ID", "what the rows of --to are called; by default told from the input, the engine and the options", 0, 0}, \
        {"schema", 0, DK_OPT_STRING, &(t).schema, "NAME", "the schema of PostgreSQL that --to writes to", 0, 0},                    \
        {"prefix", 0, DK_OPT_STRING, &(t).prefix, "TEXT", "before the names of the tables of --to, in databases", 0, 0}

/* Opens the targets. What the id of the run comes from: inputs, and the options of the table that are given, but for those named in
   without (ended by NULL), which leave the rows as they are. DK_EUSAGE for --run and the like without --to. */
dk_status dk_targets_open(dk_writer **writer, const dk_target_options *targets, const char *command, const dk_out_table *const *tables, size_t ntables,
                          dk_stamp inputs, const dk_opt *options, const char *const *without, dk_error *err);

/* Says on standard error what was written where, once the writer is finished. */
void dk_targets_note(const dk_cli *cli, const dk_writer *writer);

#endif
