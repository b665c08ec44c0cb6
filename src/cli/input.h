/* What the commands that read comments share: opening the engine and the input, and the pipeline over its rows. */
#ifndef DK_CLI_INPUT_H
#define DK_CLI_INPUT_H

#include "cli/format.h"
#include "io/output.h"
#include "io/reader.h"
#include "tag/partial.h"
#include "tag/rows.h"

typedef struct dk_input_options {
    const char *customer; /* column of the customers, for weights that are cross-fitted; NULL for none */
    const char *text, *id;
    bool stream; /* answer each chunk of lines as it comes */
    dk_format_options format;
} dk_input_options;

#define DK_INPUT_OPTIONS(in)                                                                                         \
    {"text", 't', DK_OPT_STRING, &(in).text, "COL", "the column of the comments", 0, 0},                             \
        {"id", 'i', DK_OPT_STRING, &(in).id, "COL", "the column of the ids (row numbers by default)", 0, 0},         \
        DK_FORMAT_OPTIONS((in).format)

/* A block of rows on its way through the pipeline, with the output it becomes. */
typedef struct dk_input_batch {
    dk_block *block;
    dk_buf out[2];
    dk_parcel *parcel; /* NULL without a writer */
    size_t row;        /* of the block: the one at hand */
} dk_input_batch;

typedef struct dk_input dk_input;
struct dk_input {
    const dk_cli *cli;
    dk_engine *engine;
    dk_reader *reader;
    dk_output *out[2]; /* NULL where nothing is written */
    dk_writer *writer; /* NULL without --to */
    dk_partial_writer *partial; /* takes both in place of them; NULL for none */
    uint32_t share, shares;  /* of the blocks every shares-th is taken, beginning with number share (1..shares); 0: all */
    int64_t numbered;        /* rows of all blocks */
    bool has_id;
    bool stream; /* outputs are flushed after each block */
    bool cross_fitted; /* weights that have folds are used without the fold of the comment, or of its customer: */
    size_t customer;   /* column of the block; 0 for none */
    dk_read_counts counts;
    dk_session_counts tagged;
    double opened, begun, ended; /* dk_cli_seconds at dk_input_open, and around dk_input_run */
    dk_progress progress;
    /* Appends to batch->out and batch->parcel what one comment becomes, into which the session looks. */
    void (*each)(dk_input *input, dk_session *session, dk_str id, dk_str text, const dk_comment *comment, dk_input_batch *batch);
};

/* Opens the source and finds its columns; rewindable when it is to be read twice. */
dk_status dk_input_open(dk_input *input, const dk_cli *cli, const char *source, const dk_input_options *options,
                        bool rewindable, dk_error *err);

/* Opens the engine with the options as given, from the data folder of cli unless they name a compiled one. */
dk_status dk_input_engine(dk_engine **engine, const dk_cli *cli, const dk_engine_options *options, dk_error *err);

/* Reads, works and writes on the threads of cli. Rows that cannot be read are reported on standard error. */
dk_status dk_input_run(dk_input *input, const dk_tag_plan *plan, const char *label, dk_error *err);

/* Makes the outputs whole when status is DK_OK, abandons them otherwise, says what was read, and frees everything. */
dk_status dk_input_close(dk_input *input, dk_status status, dk_error *err);

#endif
