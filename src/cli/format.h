/* Options on the format of an input, the same for every command that reads one. */
#ifndef DK_CLI_FORMAT_H
#define DK_CLI_FORMAT_H

#include "cli/cli.h"
#include "io/reader.h"

typedef struct dk_format_options {
    const char *delimiter, *quote, *encoding, *query, *sheet, *unpack_limit;
} dk_format_options;

enum { DK_FORMAT_ROWS = 6 };

/* Rows of an option table for the targets in f, a dk_format_options. */
#define DK_FORMAT_OPTIONS(f)                                                                                                    \
    {"delimiter", 0, DK_OPT_STRING, &(f).delimiter, "C|tab", "of a delimited file, when it is not to be found out", 0, 0},      \
        {"quote", 0, DK_OPT_CHOICE, &(f).quote, "double|none", "whether \" quotes fields", 0, 0},                               \
        {"encoding", 0, DK_OPT_STRING, &(f).encoding, "NAME", "of a text file, when it is not to be found out", 0, 0},          \
        {"query", 0, DK_OPT_STRING, &(f).query, "SQL", "what to read of a database", 0, 0},                                     \
        {"sheet", 0, DK_OPT_STRING, &(f).sheet, "NAME", "of a workbook; the first by default", 0, 0},                           \
        {"unpack-limit", 0, DK_OPT_STRING, &(f).unpack_limit, "N|none", "times its size that a packed file may be; 250 by default", 0, 0}

/* Sets what was given; DK_EUSAGE for what makes no sense. */
dk_status dk_format_apply(const dk_format_options *f, dk_reader_options *to, dk_error *err);

#endif
