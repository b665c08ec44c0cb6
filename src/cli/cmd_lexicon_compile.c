/* drivkraft lexicon compile: lexicons, models and dictionaries as one file, for --engine. */
#include "cli/input.h"
#include "cli/lexicon.h"

typedef struct options {
    dk_opt_list lexicons, weights;
    bool no_spelling, no_learned;
} options;

static dk_status compile(const dk_cli *cli, const options *o, dk_error *err) {
    dk_engine_options eo = {.lexicons = o->lexicons.items, .nlexicons = o->lexicons.count, .weights = o->weights.items,
                            .nweights = o->weights.count, .no_spelling = o->no_spelling, .no_learned = o->no_learned};
    dk_engine *engine = NULL;
    dk_output *out = NULL;
    dk_buf image;
    dk_buf_init(&image);
    dk_status status = dk_input_engine(&engine, cli, &eo, err);
    if (status == DK_OK) status = dk_engine_put(engine, &image, err);
    size_t size = image.len;
    if (status == DK_OK) status = dk_output_open(&out, cli->output, err);
    if (status == DK_OK) status = dk_output_put(out, &image, err);
    if (status == DK_OK) status = dk_output_close(out, err);
    else dk_output_abort(out);
    if (status == DK_OK)
        dk_cli_note(cli, "%s: %zu entries, %zu themes, %.1f MB, version %s", cli->output, dk_engine_lexicon(engine)->count,
                    dk_engine_themes(engine), (double)size / 1e6, dk_engine_stamp(engine));
    dk_buf_dispose(&image);
    dk_engine_free(engine);
    return status;
}

static dk_status run_compile(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {0};
    const dk_opt table[] = {
        {"lexicon", 0, DK_OPT_LIST, &o.lexicons, "PATH", "your own lexicon, before the shipped ones", 0, 0},
        {"weights", 0, DK_OPT_LIST, &o.weights, "FILE", "sentiment learned from your own scores (drivkraft learn)", 0, 0},
        {"no-spelling", 0, DK_OPT_FLAG, &o.no_spelling, NULL, "do not match words with typing errors", 0, 0},
        {"no-learned", 0, DK_OPT_FLAG, &o.no_learned, NULL, "hand-written entries and rules alone, no learned weights", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        if (nwords > 0) {
            status = dk_fail(err, DK_EUSAGE, "no argument is expected here, but %s stands here", words[0]);
            dk_error_remedy(err, "your own lexicon goes behind --lexicon");
        } else if (cli->output == NULL) {
            status = dk_fail(err, DK_EUSAGE, "-o is missing: the file to write");
        } else {
            status = compile(cli, &o, err);
        }
    }
    dk_opt_list_dispose(&o.lexicons);
    dk_opt_list_dispose(&o.weights);
    return status;
}

const dk_command dk_lexicon_compile_command = {
    "lexicon compile", "Makes one file of lexicons, models and dictionaries.", "-o ENGINE [--lexicon PATH]",
    "  drivkraft lexicon compile -o shop.engine --lexicon my/lexicon\n"
    "  drivkraft tag survey.csv --text comment --engine shop.engine -o comments.csv\n",
    run_compile};
