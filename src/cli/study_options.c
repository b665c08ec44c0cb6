#include "cli/study_options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/output.h"

size_t dk_study_options_rows(dk_study_options *o, bool fits, dk_opt *rows) {
    const dk_opt all[] = {
        {"text", 't', DK_OPT_STRING, &o->column[DK_ROLE_COMMENT], "COL", "the column of the comments", 0, 0},
        {"score", 's', DK_OPT_STRING, &o->column[DK_ROLE_SCORE], "COL", "the score; 0 to 10 is NPS", 0, 0},
        {"id", 'i', DK_OPT_STRING, &o->column[DK_ROLE_ID], "COL", "the id of a response", 0, 0},
        {"customer", 0, DK_OPT_STRING, &o->column[DK_ROLE_CUSTOMER], "COL", "who answered: intervals are clustered by it", 0, 0},
        {"date", 0, DK_OPT_STRING, &o->column[DK_ROLE_DATE], "COL", "when", 0, 0},
        {"segment", 0, DK_OPT_STRING, &o->column[DK_ROLE_SEGMENT], "COL", "segments to compare", 0, 0},
        {"profit", 0, DK_OPT_STRING, &o->column[DK_ROLE_PROFIT], "COL", "what the customer is worth", 0, 0},
        {"weight", 0, DK_OPT_STRING, &o->column[DK_ROLE_WEIGHT], "COL", "weights of the responses", 0, 0},
        {"touchpoint", 0, DK_OPT_STRING, &o->column[DK_ROLE_TOUCHPOINT], "COL", "where the survey was sent from", 0, 0},
        DK_FORMAT_OPTIONS(o->format),
        {"language", 'l', DK_OPT_CHOICE, &o->language, "auto|sv|da|en", "the language of all comments", 0, 0},
        {"language-prior", 0, DK_OPT_STRING, &o->prior, "SHARES", "how common languages are, for short comments; learned from the file by default", 0, 0},
        {"lexicon", 0, DK_OPT_LIST, &o->lexicons, "PATH", "your own lexicon, before the shipped ones", 0, 0},
        {"engine", 0, DK_OPT_STRING, &o->engine, "FILE", "lexicons and models as one file (drivkraft lexicon compile)", 0, 0},
        {"pack", 'p', DK_OPT_STRING, &o->pack, "NAME|auto|none", "industry packs; auto by default", 0, 0},
        {"waves", 0, DK_OPT_CHOICE, &o->waves, "none|month|quarter|year", "how time is cut; quarter by default", 0, 0},
        {"currency", 0, DK_OPT_STRING, &o->currency, "CODE", "of profit, such as SEK", 0, 0},
        {"no-spelling", 0, DK_OPT_FLAG, &o->no_spelling, NULL, "do not match words with typing errors", 0, 0},
        {"score-blind", 0, DK_OPT_FLAG, &o->score_blind, NULL, "only hand-written sentiment, no weights learned from scores", 0, 0},
    };
    const dk_opt of_fits[] = {
        {"title", 0, DK_OPT_STRING, &o->title, "TEXT", "of the report", 0, 0},
        {"report-language", 0, DK_OPT_CHOICE, &o->report_language, "sv|da|en", "of the report", 0, 0},
        {"bootstrap", 0, DK_OPT_INT, &o->bootstrap, "N", "replicates; 1000 by default", 0, 100000},
        {"seed", 0, DK_OPT_INT, &o->seed, "N", "of the replicates; 1 by default", 0, 1e15},
    };
    size_t n = sizeof all / sizeof *all, more = fits ? sizeof of_fits / sizeof *of_fits : 0;
    memcpy(rows, all, sizeof all);
    memcpy(rows + n, of_fits, more * sizeof *rows);
    return n + more;
}

static bool is_study(const char *path) {
    size_t n = strlen(path);
    return (n > 5 && strcmp(path + n - 5, ".yaml") == 0) || (n > 4 && strcmp(path + n - 4, ".yml") == 0);
}

dk_status dk_study_options_configure(const dk_study_options *o, const char *source, dk_study_config *c, dk_error *err) {
    static const char *const units[] = {"none", "month", "quarter", "year"};
    dk_status status = DK_OK;
    if (is_study(source)) status = dk_study_config_read(c, source, err);
    else c->responses.path = source;
    if (status != DK_OK) return status;
    for (int r = 0; r < DK_ROLES; r++) {
        if (o->column[r] == NULL) continue;
        c->responses.column[r] = o->column[r];
        c->responses.line[r] = 0;
    }
    status = dk_format_apply(&o->format, &c->responses.reader, err);
    if (status != DK_OK) return status;
    if (o->language != NULL) c->language = o->language;
    if (o->prior != NULL) {
        status = dk_language_prior_parse(o->prior, &c->prior, err);
        if (status != DK_OK) return status;
        c->has_prior = true;
    }
    if (o->pack != NULL) c->packs = o->pack;
    if (o->title != NULL) c->title = o->title;
    if (o->currency != NULL) c->currency = o->currency;
    if (o->lexicons.count > 0) {
        c->lexicons = o->lexicons.items;
        c->nlexicons = o->lexicons.count;
    }
    for (int i = 0; o->waves != NULL && i < 4; i++)
        if (strcmp(o->waves, units[i]) == 0) c->wave_unit = (dk_wave_unit)i;
    if (o->report_language != NULL) dk_language_from_name(dk_str_from(o->report_language), &c->report_language);
    if (o->bootstrap >= 0) c->bootstrap = o->bootstrap;
    if (o->seed >= 0) c->seed = o->seed;
    c->score_blind = c->score_blind || o->score_blind;
    return DK_OK;
}

void dk_study_watch_progress(void *context, const char *stage, int64_t done, int64_t total) {
    dk_study_watch *w = context;
    if (w->stage != stage) {
        if (w->stage != NULL) dk_progress_end(&w->bar, w->bar.total);
        dk_progress_begin(&w->bar, w->cli, stage, total);
        w->stage = stage;
    }
    dk_progress_update(&w->bar, done);
}

void dk_study_watch_end(dk_study_watch *w) {
    if (w->stage != NULL) dk_progress_end(&w->bar, w->bar.total);
}

static void say(void *context, const char *text) { dk_cli_note(((const dk_study_watch *)context)->cli, "%s", text); }

dk_drivers_watch dk_study_drivers_watch(dk_study_watch *w) {
    return (dk_drivers_watch){(int)w->cli->threads, say, dk_study_watch_progress, w};
}

/* Analyses without writing a report. The result is the caller's to free. */
static dk_status analyse(const dk_cli *cli, const dk_study_options *o, const char *source, dk_study_result **result, dk_error *err) {
    dk_study_config config;
    dk_study_watch watch = {.cli = cli};
    char *data = NULL;
    *result = NULL;
    dk_study_config_init(&config);
    dk_status status = dk_study_options_configure(o, source, &config, err);
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data, err);
    dk_analyze_options how = {.data_dir = data, .engine = o->engine, .threads = (int)cli->threads, .no_spelling = o->no_spelling, .no_fits = true,
                              .progress = dk_study_watch_progress, .progress_context = &watch};
    if (status == DK_OK) status = dk_analyze(&config, &how, result, err);
    dk_study_watch_end(&watch);
    dk_study_config_dispose(&config);
    free(data);
    return status;
}

dk_status dk_study_options_write(const dk_cli *cli, const dk_buf *text, dk_error *err) {
    dk_output *out = NULL;
    dk_status status = dk_buf_status(text, err);
    if (status == DK_OK) status = dk_output_open(&out, cli->output != NULL ? cli->output : "-", err);
    if (status == DK_OK) status = dk_output_write(out, text->ptr, text->len, err);
    if (status == DK_OK) return dk_output_close(out, err);
    dk_output_abort(out);
    return status;
}

dk_status dk_study_source_run(dk_study_action act, const char *which, bool fits, const dk_command *command, dk_cli *cli, int argc,
                              char **argv, dk_error *err) {
    dk_study_options o = {.bootstrap = -1, .seed = -1};
    dk_opt table[DK_STUDY_OPTIONS];
    table[dk_study_options_rows(&o, fits, table)] = (dk_opt){NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered)
        status = nwords == 1 ? act(cli, &o, words[0], err)
                             : dk_fail(err, DK_EUSAGE, "%s", nwords == 0 ? which : "one file or study at a time");
    dk_opt_list_dispose(&o.lexicons);
    return status;
}

dk_status dk_study_table_run(const dk_study_table *show, const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    dk_study_options o = {.bootstrap = -1, .seed = -1};
    const char *format = "text", *by = NULL, *words[DK_CLI_WORDS];
    dk_opt table[DK_STUDY_OPTIONS];
    size_t rows = dk_study_options_rows(&o, false, table);
    if (show->by != NULL)
        table[rows++] = (dk_opt){"by", 0, DK_OPT_CHOICE, &by, show->by, "also by group; csv and json have all of them", 0, 0};
    table[rows++] = (dk_opt){"format", 0, DK_OPT_CHOICE, &format, "text|csv|json", "what is written; text by default", 0, 0};
    table[rows] = (dk_opt){NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0};
    int nwords;
    bool answered;
    dk_study_result *r = NULL;
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        if (nwords != 1) status = dk_fail(err, DK_EUSAGE, "%s", nwords == 0 ? show->which : "one file or study at a time");
        if (status == DK_OK) status = analyse(cli, &o, words[0], &r, err);
        if (status == DK_OK) {
            if (strcmp(format, "json") == 0) show->json(&out, r);
            else if (strcmp(format, "csv") == 0) show->csv(r, &out);
            else show->text(&out, r, by);
            status = dk_study_options_write(cli, &out, err);
        }
    }
    dk_buf_dispose(&out);
    dk_study_result_free(r);
    dk_opt_list_dispose(&o.lexicons);
    return status;
}
