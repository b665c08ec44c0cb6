/* What the workbench's commands share: their options, opening the engine and the corpus, writing the tables. */
#ifndef DK_CLI_WORKBENCH_H
#define DK_CLI_WORKBENCH_H

#include "cli/input.h"
#include "workbench/corpus.h"
#include "workbench/sheet.h"

typedef struct dk_bench_options {
    dk_input_options input;
    const char *language, *pack, *format, *table;
    const char *engine; /* a compiled one */
    dk_opt_list lexicons, weights;
    bool no_learned, no_spelling;
} dk_bench_options;

#define DK_BENCH_READ_OPTIONS(b)                                                                               \
    DK_INPUT_OPTIONS((b).input),                                                                               \
        {"language", 'l', DK_OPT_CHOICE, &(b).language, "sv|da|en|auto", "the language of all comments",       \
         0,          0},                                                                                       \
        {"lexicon", 0, DK_OPT_LIST, &(b).lexicons, "PATH", "your own lexicon, before the shipped ones", 0, 0}, \
        {"pack", 'p', DK_OPT_STRING, &(b).pack, "NAME|auto|none", "industry packs, or chosen by the text",     \
         0,      0},                                                                                           \
        {"weights", 0, DK_OPT_LIST, &(b).weights, "FILE", "sentiment learned from your own scores", 0, 0},     \
        {"customer",                                                                                           \
         0,                                                                                                    \
         DK_OPT_STRING,                                                                                        \
         &(b).input.customer,                                                                                  \
         "COL",                                                                                                \
         "weights are used without what they learned from this customer",                                      \
         0,                                                                                                    \
         0},                                                                                                   \
        {"no-learned", 0, DK_OPT_FLAG, &(b).no_learned, NULL, "hand-written entries and rules alone", 0, 0},   \
    {                                                                                                          \
        "no-spelling", 0, DK_OPT_FLAG, &(b).no_spelling, NULL, "do not match words with typing errors", 0, 0   \
    }

/* For commands that read comments as they are read by one engine, whatever it was made of. */
#define DK_BENCH_ENGINE_OPTION(b)                                                                              \
    {                                                                                                          \
        "engine", 0, DK_OPT_STRING, &(b).engine, "FILE",                                                       \
            "lexicons and models as one file (drivkraft lexicon compile)", 0, 0                                \
    }

#define DK_BENCH_OPTIONS(b)                                                                                    \
    DK_BENCH_READ_OPTIONS(b),                                                                                  \
        {"format",                                                                                             \
         'f',                                                                                                  \
         DK_OPT_CHOICE,                                                                                        \
         &(b).format,                                                                                          \
         "text|csv|json",                                                                                      \
         "of the output (text; csv holds one table)",                                                          \
         0,                                                                                                    \
         0},                                                                                                   \
    {                                                                                                          \
        "table", 0, DK_OPT_STRING, &(b).table, "NAME", "only this table", 0, 0                                 \
    }

void dk_bench_dispose(dk_bench_options *b);

/* Parses a command line that names one corpus. *source is NULL when --help or --version was answered; missing is the message when no
   corpus, or more than one, is named. */
dk_status dk_bench_parse(const dk_command *command, const dk_opt *table, dk_cli *cli, int argc, char **argv,
                         const char **source, const char *missing, dk_error *err);

/* The engine that the options ask for. */
dk_status dk_bench_engine(dk_engine **engine, const dk_cli *cli, const dk_bench_options *b, dk_error *err);

/* Fills what the options say of how a corpus is read. */
dk_status dk_bench_corpus_options(dk_corpus_options *co, const dk_cli *cli, const dk_bench_options *b,
                                  const char *source, dk_error *err);

/* Reads the corpus with a progress bar, and says what was read. */
dk_status dk_bench_corpus(dk_corpus *corpus, const dk_engine *engine, const dk_cli *cli,
                          const dk_bench_options *b, dk_corpus_options *co, dk_error *err);

/* Makes a reading by co show its progress and name the rows that it left out; the watch lives as long as the reading. */
typedef struct dk_bench_watch {
    const dk_cli *cli;
    dk_progress progress;
} dk_bench_watch;
void dk_bench_watch_begin(dk_bench_watch *watch, dk_corpus_options *co, const dk_cli *cli, const char *label);
void dk_bench_watch_end(dk_bench_watch *watch, int64_t rows);

/* Writes the book as the options ask, to -o or standard output. */
dk_status dk_bench_write(const dk_book *book, const dk_cli *cli, const dk_bench_options *b, dk_error *err);

/* Writes text to path whole. */
dk_status dk_bench_write_file(const char *path, dk_buf *text, dk_error *err);

#endif
