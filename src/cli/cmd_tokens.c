/* drivkraft tokens: the tokens of every comment with lemma and compound parts, one row a token. */
#include "cli/input.h"

#include "io/csv_write.h"
#include "tag/inspect.h"

#define HEADER "id,index,start,end,text,norm,lemma,parts,language\n"

static void put_tokens(dk_input *in, dk_session *session, dk_str id, dk_str text, const dk_comment *comment, dk_input_batch *b) {
    (void)in;
    dk_buf *out = &b->out[0];
    for (size_t i = 0; i < comment->ntokens; i++) {
        const dk_token *t = &comment->tokens[i];
        dk_token_view view;
        dk_inspect_token(session, i, &view);
        dk_csv_put(out, id);
        dk_buf_putc(out, ',');
        dk_buf_put_int(out, (int64_t)i);
        dk_buf_putc(out, ',');
        dk_buf_put_int(out, t->start);
        dk_buf_putc(out, ',');
        dk_buf_put_int(out, t->end);
        dk_buf_putc(out, ',');
        dk_csv_put(out, (dk_str){text.ptr + t->start, t->end - t->start});
        dk_buf_putc(out, ',');
        dk_csv_put(out, view.norm);
        dk_buf_putc(out, ',');
        dk_csv_puts(out, view.lemma);
        dk_buf_putc(out, ',');
        dk_csv_puts(out, view.parts);
        dk_buf_putc(out, ',');
        dk_buf_puts(out, dk_language_name(view.language));
        dk_buf_putc(out, '\n');
    }
}

static dk_status run_tokens(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    dk_input_options io = {0};
    const char *language = "auto", *prior = NULL, *engine = NULL;
    const dk_opt table[] = {
        DK_INPUT_OPTIONS(io),
        {"language", 'l', DK_OPT_CHOICE, &language, "sv|da|en|auto", "the language of all comments", 0, 0},
        {"language-prior", 0, DK_OPT_STRING, &prior, "SHARES", "how common languages are, for short comments: sv, or sv=0.6,da=0.3,en=0.1", 0, 0},
        {"engine", 0, DK_OPT_STRING, &engine, "FILE", "lexicons and models as one file (drivkraft lexicon compile)", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords != 1) return dk_fail(err, DK_EUSAGE, "which file? drivkraft tokens survey.csv --text comment -o tokens.csv");
    dk_input in = {.each = put_tokens};
    dk_tag_plan plan = {0};
    plan.language_fixed = dk_language_from_name(dk_str_from(language), &plan.language);
    if (prior != NULL) status = dk_language_prior_parse(prior, &plan.prior, err);
    if (status == DK_OK) status = dk_input_open(&in, cli, words[0], &io, false, err);
    const dk_engine_options eo = {.engine = engine, .no_learned = engine == NULL}; /* no token asks for weights */
    if (status == DK_OK) status = dk_input_engine(&in.engine, cli, &eo, err);
    if (status == DK_OK) status = dk_output_open(&in.out[0], cli->output != NULL ? cli->output : "-", err);
    if (status == DK_OK) status = dk_output_write(in.out[0], HEADER, strlen(HEADER), err);
    if (status == DK_OK) status = dk_input_run(&in, &plan, "tokens", err);
    return dk_input_close(&in, status, err);
}

const dk_command dk_cmd_tokens = {
    "tokens", "Shows the tokens of every comment with lemma and compound parts.", "IN --text COL [--id COL] [--language L] -o OUT",
    "  drivkraft tokens survey.csv --text comment -o tokens.csv\n"
    "  drivkraft tokens survey.csv --text comment --language sv -o -\n",
    run_tokens};
