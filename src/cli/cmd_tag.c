/* drivkraft tag: themes and sentiment of every comment, one row a response. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/file.h"
#include "cli/input.h"
#include "cli/targets.h"
#include "io/source_stamp.h"
#include "tag/plan.h"

typedef struct options {
    dk_input_options input;
    const char *language, *prior, *pack, *plan, *plan_out, *mentions, *engine, *form; /* NULL when not given */
    const char *partial, *part;
    dk_opt_list lexicons, weights;
    bool no_spelling, no_learned, stats;
    dk_target_options targets;
} options;

static void add_rows(const dk_input *in, dk_str id, dk_str text, const dk_comment *comment, dk_input_batch *b) {
    int64_t number = b->block->row[b->row].number;
    if (in->writer == NULL) return;
    dk_rows_add_comment(dk_parcel_rows(b->parcel, 0), in->engine, number, id, comment);
    dk_rows_add_mentions(dk_parcel_rows(b->parcel, 1), in->engine, number, id, text, comment);
}

static void put_one(dk_input *in, dk_session *session, dk_str id, dk_str text, const dk_comment *comment, dk_input_batch *b) {
    (void)session;
    if (in->out[0] != NULL || in->partial != NULL) dk_rows_put_comment(&b->out[0], in->engine, id, comment);
    if (in->out[1] != NULL || in->partial != NULL) dk_rows_put_mentions(&b->out[1], in->engine, id, text, comment);
    add_rows(in, id, text, comment, b);
}

static void put_one_json(dk_input *in, dk_session *session, dk_str id, dk_str text, const dk_comment *comment, dk_input_batch *b) {
    (void)session;
    if (in->out[0] != NULL) dk_rows_put_json(&b->out[0], in->engine, id, text, comment);
    if (in->out[1] != NULL) dk_rows_put_mentions(&b->out[1], in->engine, id, text, comment);
    add_rows(in, id, text, comment, b);
}

/* Reads up to the first 20,000 comments to see which packs the text calls for, and begins again. */
static dk_status choose_packs(dk_input *in, dk_tag_plan *plan, dk_error *err) {
    enum { LOOK_AT = 20000 };
    uint64_t hits[DK_MAX_PACKS] = {0}, texts = 0;
    dk_session *session = NULL;
    dk_block *block = dk_block_new();
    dk_status status = block == NULL ? dk_fail_memory(err) : dk_session_new(&session, in->engine, plan, err);
    for (bool done = false; status == DK_OK && texts < LOOK_AT;) {
        status = dk_reader_read_block(in->reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(in->reader, block, err);
        for (size_t i = 0; status == DK_OK && i < block->rows && texts < LOOK_AT; i++) {
            dk_str text = dk_block_cell(block, i, 0);
            if (text.len == 0) continue;
            texts++;
            status = dk_session_count_packs(session, text, hits, err);
        }
    }
    dk_session_free(session);
    dk_block_free(block);
    if (status != DK_OK) return status;
    const dk_lexicon *lexicon = dk_engine_lexicon(in->engine);
    plan->packs = dk_packs_choose(lexicon, hits, texts);
    dk_buf line;
    dk_buf_init(&line);
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (plan->packs >> i & 1) dk_buf_putf(&line, "%s%s", line.len > 0 ? ", " : "", lexicon->packs[i]);
    dk_cli_note(in->cli, "packs       %s", line.len > 0 ? dk_buf_cstr(&line) : "none");
    dk_buf_dispose(&line);
    return dk_reader_rewind(in->reader, err);
}

/* The plan of the file when one is given; what the other options say goes before it. */
static dk_status make_plan(dk_input *in, const options *o, dk_tag_plan *plan, dk_error *err) {
    dk_status status = DK_OK;
    if (o->plan != NULL) {
        bool same_version;
        status = dk_plan_read(o->plan, in->engine, plan, &same_version, err);
        if (status == DK_OK && !same_version)
            dk_cli_note(in->cli, "drivkraft: %s was made with other lexicons, models or another program", o->plan);
    }
    if (status == DK_OK && o->language != NULL)
        plan->language_fixed = dk_language_from_name(dk_str_from(o->language), &plan->language);
    if (status == DK_OK && o->prior != NULL) status = dk_language_prior_parse(o->prior, &plan->prior, err);
    if (status != DK_OK || o->pack == NULL) return status;
    return strcmp(o->pack, "auto") == 0 ? choose_packs(in, plan, err)
                                        : dk_packs_parse(dk_engine_lexicon(in->engine), o->pack, &plan->packs, err);
}

/* The tables have no place for what they were made with: the plan beside them has. */
static dk_status write_plan(const dk_input *in, const char *path, const dk_tag_plan *plan, dk_error *err) {
    dk_buf text;
    dk_output *file = NULL;
    dk_buf_init(&text);
    dk_plan_put(&text, in->engine, plan);
    dk_status status = dk_output_open(&file, path, err);
    if (status == DK_OK) status = dk_output_put(file, &text, err);
    if (status == DK_OK) status = dk_output_close(file, err);
    else dk_output_abort(file);
    dk_buf_dispose(&text);
    return status;
}

/* "3/8". */
static dk_status parse_share(const char *text, uint32_t *share, uint32_t *shares, dk_error *err) {
    enum { MOST = 100000 };
    char *end = NULL, *stop = NULL;
    unsigned long k = text[0] >= '1' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    unsigned long n = k > 0 && *end == '/' && end[1] >= '1' && end[1] <= '9' ? strtoul(end + 1, &stop, 10) : 0;
    if (n == 0 || *stop != '\0' || k > n || n > MOST) {
        dk_fail(err, DK_EUSAGE, "--part %s: K/N was expected, such as 3/8 for the third of eight", text);
        if (n > MOST) dk_error_remedy(err, "at most %d parts", MOST);
        return DK_EUSAGE;
    }
    *share = (uint32_t)k;
    *shares = (uint32_t)n;
    return DK_OK;
}

/* Other options that would write, or that a part cannot have. */
static dk_status check_partial(const dk_cli *cli, const options *o, dk_input *in, dk_error *err) {
    if (o->partial == NULL)
        return o->part == NULL ? DK_OK : dk_fail(err, DK_EUSAGE, "--part needs --partial PART, the file that the part is written to");
    const char *other = cli->output != NULL ? "-o" : o->mentions != NULL ? "--mentions" : o->targets.to.count > 0 ? "--to" : o->form != NULL ? "--format" : o->input.stream ? "--stream" : NULL;
    if (other != NULL) {
        dk_fail(err, DK_EUSAGE, "%s does not go with --partial", other);
        dk_error_remedy(err, "the part holds comments and mentions; drivkraft merge PART... -o FOLDER writes both");
        return DK_EUSAGE;
    }
    if (o->pack != NULL && strcmp(o->pack, "auto") == 0) {
        dk_fail(err, DK_EUSAGE, "--pack auto would choose for each part by itself");
        dk_error_remedy(err, "drivkraft prepare decides for the whole file; hand its plan to --plan");
        return DK_EUSAGE;
    }
    return o->part != NULL ? parse_share(o->part, &in->share, &in->shares, err) : DK_OK;
}

/* Begins the partial file; what decides its rows beside the plan is told as options. */
static dk_status open_partial(dk_input *in, const options *o, const char *source, const dk_tag_plan *plan, dk_error *err) {
    dk_buf text, more;
    dk_buf_init(&text);
    dk_buf_init(&more);
    dk_plan_put(&text, in->engine, plan);
    dk_buf_putf(&more, "--text %s%s%s%s%s%s%s", o->input.text, o->input.id != NULL ? " --id " : "", o->input.id != NULL ? o->input.id : "",
                o->no_spelling ? " --no-spelling" : "", o->no_learned ? " --no-learned" : "",
                o->input.customer != NULL ? " --customer " : "", o->input.customer != NULL ? o->input.customer : "");
    if (o->weights.count > 0) dk_buf_putf(&more, " --weights");
    dk_partial part = {in->shares > 0 ? in->share : 1, in->shares > 0 ? in->shares : 1, o->input.id != NULL, dk_buf_cstr(&text),
                    dk_buf_cstr(&more), dk_path_name(source)};
    dk_status status = text.failed || more.failed ? dk_fail_memory(err) : dk_partial_open(&in->partial, o->partial, &part, err);
    dk_buf_dispose(&text);
    dk_buf_dispose(&more);
    return status;
}

/* What --stats says, on standard error: time and memory, so it is no part of the output. */
static void print_stats(const dk_input *in) {
    const dk_session_counts *c = &in->tagged;
    int64_t bytes, size;
    struct rusage usage;
    dk_reader_progress(in->reader, &bytes, &size);
    double seconds = in->ended - in->begun, hits = c->tokens > 0 ? 100.0 - 100.0 * (double)c->spellings / (double)c->tokens : 0;
    fprintf(stderr, "speed       %.1f MB/s: %.1f MB in %.2f s, after %.0f ms of start-up\n",
            seconds > 0 ? (double)bytes / 1e6 / seconds : 0, (double)bytes / 1e6, seconds, (in->begun - in->opened) * 1000);
    fprintf(stderr, "tokens      %llu, of which %.2f %% found in the cache\n", (unsigned long long)c->tokens, hits);
    fprintf(stderr, "pairs       %llu neighbouring words, of which %.2f %% found in the cache\n", (unsigned long long)c->pairs,
            c->pairs > 0 ? 100.0 * (double)c->pairs_known / (double)c->pairs : 0);
    fprintf(stderr, "forms       %llu spellings of %llu forms, analysed %llu times, cache emptied %llu times; Hunspell not asked\n",
            (unsigned long long)c->spellings, (unsigned long long)c->forms, (unsigned long long)c->analysed,
            (unsigned long long)c->resets);
    fprintf(stderr, "patterns    given up %llu times\n", (unsigned long long)c->given_up);
    if (getrusage(RUSAGE_SELF, &usage) == 0) fprintf(stderr, "memory      %.0f MB at the most\n", (double)usage.ru_maxrss / 1e3);
}

/* Opens the targets of --to before the work begins; table is that of the options. */
static dk_status open_targets(dk_input *in, const options *o, const char *source, const dk_opt *table, dk_error *err) {
    static const dk_out_table *const tables[] = {&dk_rows_comments, &dk_rows_mentions};
    /* places of files, whose content is in the stamp of the engine or in the plan, and what leaves the rows as they are */
    static const char *const without[] = {"lexicon", "weights", "plan", "plan-out", "mentions", "engine", "format", "stream", "stats", "query", "to", "run", "schema", "prefix", NULL};
    dk_reader_options ro = {0};
    dk_stamp inputs;
    dk_stamp_init(&inputs);
    dk_status status = dk_format_apply(&o->input.format, &ro, err);
    if (status == DK_OK && o->targets.to.count > 0 && o->targets.run == NULL) status = dk_stamp_source(&inputs, source, &ro, err);
    if (status != DK_OK) return status;
    return dk_targets_open(&in->writer, &o->targets, "tag", tables, 2, inputs, table, without, err);
}

/* The run of --to: its id has the plan in it, which has the stamp of the engine. */
static dk_status begin_targets(dk_input *in, const dk_tag_plan *plan, dk_error *err) {
    dk_buf text;
    if (in->writer == NULL) return DK_OK;
    dk_buf_init(&text);
    dk_plan_put(&text, in->engine, plan);
    dk_status status = dk_buf_status(&text, err);
    if (status == DK_OK) {
        dk_writer_add_input(in->writer, text.ptr, text.len);
        status = dk_writer_begin(in->writer, dk_engine_stamp(in->engine), dk_reader_source(in->reader), err);
    }
    dk_buf_dispose(&text);
    return status;
}

static dk_status tag(dk_input *in, const dk_cli *cli, const char *source, const options *o, const dk_opt *table, dk_error *err) {
    dk_tag_plan plan = {0};
    bool twice = o->pack != NULL && strcmp(o->pack, "auto") == 0, json = o->form != NULL && strcmp(o->form, "jsonl") == 0;
    if (twice && o->input.stream) {
        dk_fail(err, DK_EUSAGE, "--pack auto looks at the whole file first, which a stream does not have");
        dk_error_remedy(err, "name the packs, or say --plan plan.tsv with the plan of an analysis");
        return DK_EUSAGE;
    }
    if (o->targets.to.count > 0 && o->input.stream) {
        dk_fail(err, DK_EUSAGE, "--to shows its rows when all are there, which a stream has no time for");
        dk_error_remedy(err, "-o - answers line by line");
        return DK_EUSAGE;
    }
    dk_status status = check_partial(cli, o, in, err);
    if (status == DK_OK) status = open_targets(in, o, source, table, err);
    if (status == DK_OK) status = dk_input_open(in, cli, source, &o->input, twice, err);
    dk_engine_options eo = {.lexicons = o->lexicons.items, .nlexicons = o->lexicons.count, .weights = o->weights.items,
                            .nweights = o->weights.count, .no_spelling = o->no_spelling, .no_learned = o->no_learned,
                            .engine = o->engine};
    if (status == DK_OK) status = dk_input_engine(&in->engine, cli, &eo, err);
    if (status == DK_OK) status = make_plan(in, o, &plan, err);
    if (status == DK_OK && o->partial != NULL) status = open_partial(in, o, source, &plan, err);
    else if (status == DK_OK && (cli->output != NULL || in->writer == NULL)) status = dk_output_open(&in->out[0], cli->output != NULL ? cli->output : "-", err);
    if (status == DK_OK && o->mentions != NULL) status = dk_output_open(&in->out[1], o->mentions, err);
    if (status == DK_OK && in->out[0] != NULL && !json) status = dk_output_write(in->out[0], DK_COMMENTS_HEADER, strlen(DK_COMMENTS_HEADER), err);
    if (status == DK_OK && in->out[1] != NULL)
        status = dk_output_write(in->out[1], DK_MENTIONS_HEADER, strlen(DK_MENTIONS_HEADER), err);
    for (int i = 0; status == DK_OK && in->stream && i < 2; i++) /* who has sent a header may wait for ours */
        if (in->out[i] != NULL) status = dk_output_flush(in->out[i], err);
    if (status == DK_OK) status = begin_targets(in, &plan, err);
    in->each = json ? put_one_json : put_one;
    in->cross_fitted = o->weights.count > 0;
    if (status == DK_OK) status = dk_input_run(in, &plan, "tagging", err);
    if (status == DK_OK && o->plan_out != NULL) status = write_plan(in, o->plan_out, &plan, err);
    if (status == DK_OK && o->stats) print_stats(in);
    return status;
}

static dk_status run_tag(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {0};
    const dk_opt table[] = {
        DK_INPUT_OPTIONS(o.input),
        {"language", 'l', DK_OPT_CHOICE, &o.language, "sv|da|en|auto", "the language of all comments", 0, 0},
        {"language-prior", 0, DK_OPT_STRING, &o.prior, "SHARES", "how common languages are, for short comments: sv, or sv=0.6,da=0.3,en=0.1", 0, 0},
        {"lexicon", 0, DK_OPT_LIST, &o.lexicons, "PATH", "your own lexicon, before the shipped ones", 0, 0},
        {"pack", 'p', DK_OPT_STRING, &o.pack, "NAME|auto|none", "industry packs, comma-separated, or chosen by the text", 0, 0},
        {"plan", 0, DK_OPT_STRING, &o.plan, "FILE", "language prior and packs of the whole file, as analyze writes them", 0, 0},
        {"plan-out", 0, DK_OPT_STRING, &o.plan_out, "FILE", "write the plan that was used, with the stamp of lexicons, models and program", 0, 0},
        {"mentions", 'm', DK_OPT_STRING, &o.mentions, "FILE", "write one row a mention here", 0, 0},
        DK_TARGET_OPTIONS(o.targets),
        {"format", 0, DK_OPT_CHOICE, &o.form, "csv|jsonl", "of OUT: a row a response, or an object with its mentions in it; csv by default", 0, 0},
        {"stream", 0, DK_OPT_FLAG, &o.input.stream, NULL, "answer each line of CSV or JSON Lines as it comes", 0, 0},
        {"no-spelling", 0, DK_OPT_FLAG, &o.no_spelling, NULL, "do not match words with typing errors", 0, 0},
        {"weights", 0, DK_OPT_LIST, &o.weights, "FILE", "sentiment learned from your own scores (drivkraft learn)", 0, 0},
        {"customer", 0, DK_OPT_STRING, &o.input.customer, "COL", "weights are used without what they learned from this customer", 0, 0},
        {"no-learned", 0, DK_OPT_FLAG, &o.no_learned, NULL, "hand-written entries and rules alone, no learned weights", 0, 0},
        {"engine", 0, DK_OPT_STRING, &o.engine, "FILE", "lexicons and models as one file (drivkraft lexicon compile)", 0, 0},
        {"partial", 0, DK_OPT_STRING, &o.partial, "PART", "write comments and mentions of this part of the data to one file, for drivkraft merge", 0, 0},
        {"part", 0, DK_OPT_STRING, &o.part, "K/N", "with --partial: only this share of IN; all N together make the whole", 0, 0},
        {"stats", 0, DK_OPT_FLAG, &o.stats, NULL, "say on standard error how fast it went and what the caches did", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered && nwords != 1)
        status = dk_fail(err, DK_EUSAGE, nwords == 0 ? "which file? drivkraft tag survey.csv --text comment -o tagged.csv"
                                                     : "one input file at a time");
    if (status == DK_OK && !answered) {
        dk_input in = {0};
        status = dk_input_close(&in, tag(&in, cli, words[0], &o, table, err), err);
    }
    dk_opt_list_dispose(&o.targets.to);
    dk_opt_list_dispose(&o.lexicons);
    dk_opt_list_dispose(&o.weights);
    return status;
}

const dk_command dk_cmd_tag = {
    "tag", "Tags every comment of a file with themes and sentiment.",
    "IN --text COL [--id COL] [options] -o OUT [--mentions FILE] [--to TARGET]",
    "  drivkraft tag survey.csv --text comment --id response_id -o comments.csv\n"
    "  drivkraft tag survey.csv --text comment -o - --mentions mentions.csv --language da\n"
    "  drivkraft tag survey.csv --text comment --pack telecom --lexicon my/lexicon -o comments.csv\n"
    "  drivkraft tag part1.csv --text comment --id id --plan plan.tsv --partial 1.part   for drivkraft merge\n"
    "  drivkraft tag survey.csv --text comment --to sqlite:survey.db --to tagged.xlsx\n"
    "  cat survey.tsv | drivkraft tag - --text comment -o comments.csv\n"
    "  tail -f feed.jsonl | drivkraft tag - --stream --text comment --id id --format jsonl -o -\n",
    run_tag};
