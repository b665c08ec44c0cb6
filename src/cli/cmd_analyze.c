/* drivkraft analyze: from a survey file or a study to a report. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/analyze_worth.h"
#include "cli/study_options.h"
#include "cli/study_text.h"
#include "cli/targets.h"
#include "io/source_stamp.h"
#include "report/earlier.h"
#include "report/report.h"
#include "report/rows.h"
#include "study/analyze.h"
#include "tag/rows.h"

typedef struct options {
    dk_study_options study;
    dk_opt_list earlier; /* folders of reports */
    bool pdf, no_redact;
    dk_target_options targets;
} options;

/* ---- What is said ------------------------------------------------------------------------------------ */

static void say_columns(const dk_cli *cli, const dk_study_file *f) {
    dk_buf left;
    dk_buf_init(&left);
    dk_cli_note(cli, "%s: %s", f->name, f->description);
    for (size_t i = 0; i < f->ncolumns; i++) {
        const dk_column_use *u = f->columns + i;
        if (u->role == DK_ROLE_LEFT_OUT) {
            if (u->detail != NULL) dk_cli_note(cli, "  not taken   %s (%s)", u->name, u->detail);
            else dk_buf_putf(&left, "%s%s", left.len > 0 ? ", " : "", u->name);
            continue;
        }
        dk_cli_note(cli, "  %-10s  %s%s%s%s", dk_role_name(u->role), u->name, u->detail != NULL ? " (" : "",
                    u->detail != NULL ? u->detail : "", u->detail != NULL ? ")" : "");
    }
    if (left.len > 0) dk_cli_note(cli, "  left out    %.300s  (--help says how to name columns)", dk_buf_cstr(&left));
    dk_buf_dispose(&left);
}

static void say_reading(const dk_cli *cli, const dk_study_result *r) {
    for (size_t i = 0; i < r->nfiles; i++) say_columns(cli, r->files + i);
    if (r->join.joined)
        dk_cli_note(cli, "joined      %lld of %lld responses to a customer (%lld before the first period); %lld customers gave no response",
                    (long long)r->join.matched, (long long)r->join.responses, (long long)r->join.out_of_window,
                    (long long)r->join.customers_without_response);
    if (r->comments > 0)
        dk_cli_note(cli, "languages   sv %.0f %%  da %.0f %%  en %.0f %%  other %.0f %%  of %lld comments", 100 * r->languages[DK_LANG_SV].share,
                    100 * r->languages[DK_LANG_DA].share, 100 * r->languages[DK_LANG_EN].share, 100 * r->languages[DK_LANG_OTHER].share,
                    (long long)r->comments);
    for (size_t i = 0; i < r->nnotes; i++)
        if (r->notes[i].kind == DK_NOTE_DATA) dk_cli_note(cli, "note        %s", r->notes[i].text);
}

static void put_interval(dk_buf *out, double value, dk_interval ci, const char *format) {
    dk_buf_putf(out, format, value);
    dk_buf_puts(out, " (");
    dk_buf_putf(out, format, ci.lo);
    dk_buf_puts(out, " to ");
    dk_buf_putf(out, format, ci.hi);
    dk_buf_putc(out, ')');
}

static void put_nps(const dk_study_result *r, dk_buf *out) {
    for (size_t k = 0; k < r->nsegments; k++) {
        const dk_study_segment *g = r->segments + k;
        if (g->hidden || (r->score_is_nps ? g->nps.n : g->score.n) == 0) continue;
        dk_buf_puts(out, k > 0 ? "   " : r->score_is_nps ? "\nNPS " : "\nmean score ");
        if (k > 0) dk_buf_putf(out, "%s ", g->name);
        if (r->score_is_nps) put_interval(out, g->nps.nps, g->nps.ci, "%.0f");
        else put_interval(out, g->score.mean, g->score.ci, "%.2f");
    }
    const dk_study_segment *all = r->segments;
    bool few = r->scored > 0 && (all->hidden || (r->score_is_nps ? all->nps.n : all->score.n) == 0);
    if (few) dk_buf_putf(out, "\nFewer than %lld gave a score: no figure of the score is shown.", (long long)r->min_privacy);
    const dk_study_link *l = &r->link;
    if (r->scored > 0) dk_buf_putc(out, '\n');
    if (!l->tested || few) return;
    const char *currency = r->currency != NULL ? r->currency : "";
    dk_buf_puts(out, "Score and profit: ");
    if (l->verdict == DK_LINK) {
        dk_buf_puts(out, "linked. One step up in score goes with ");
        put_interval(out, l->effect, l->ci, "%.4g");
        dk_buf_putf(out, "%s%s of profit%s.\n", currency[0] != '\0' ? " " : "", currency, l->per_year != 1 ? " a year" : "");
    } else if (l->verdict == DK_NO_LINK) {
        dk_buf_putf(out, "no link found. More than %.4g%s%s a step is ruled out.\n", l->ruled_out, currency[0] != '\0' ? " " : "", currency);
    } else {
        dk_buf_puts(out, "inconclusive, too few responses to tell.\n");
    }
}

static void put_fit(const dk_study_result *r, const dk_study_fit *f, dk_buf *out) {
    enum { SHOWN = 5 };
    const dk_study_outcome *o = r->outcomes + f->outcome;
    const char *name = strcmp(o->name, "nps") == 0 ? "NPS" : o->name;
    const char *who = f->segment == 0 ? "everybody" : r->segments[f->segment].name;
    if (!f->fitted) {
        dk_buf_putf(out, "\n%s, %s: no drivers, %s.\n", name, who, f->reason);
        return;
    }
    const char *number = o->unit[0] == 'N' ? "%.0f" : "%.3g", *moved = o->unit[0] == 'N' ? "%+.1f" : "%+.3g";
    size_t shown = 0, supported = 0, by_chance = 0;
    for (size_t i = 0; i < f->nlevers; i++) supported += f->levers[i].supported;
    if (supported == 0) {
        dk_buf_putf(out, "\n%s, %s: no driver found in ", name, who);
        dk_cli_put_count(out, f->drivers->rows);
        dk_buf_puts(out, " responses");
        if (isfinite(f->drivers->detectable)) dk_buf_putf(out, "; an effect under %.3g %s would often not show", f->drivers->detectable, o->unit);
        dk_buf_puts(out, ".\n");
        return;
    }
    dk_buf title;
    dk_buf_init(&title);
    dk_buf_putf(&title, "What moves %s, %s", name, who);
    bool priced = !isnan(f->levers[0].worth);
    dk_buf_putf(out, "\n%-46s %-22s %8s %9s", dk_buf_cstr(&title), "effect", "said by", "moves");
    if (priced) dk_buf_putf(out, "   worth%s%s%s%s", r->join.joined || r->link.per_year != 1 ? " a year" : "", r->worth.known ? " (respondents alone)" : "", r->currency != NULL ? ", " : "", r->currency != NULL ? r->currency : "");
    dk_buf_putc(out, '\n');
    dk_buf_dispose(&title);
    for (size_t i = 0; i < f->nlevers && shown < SHOWN; i++) {
        const dk_study_lever *l = f->levers + i;
        if (!l->supported) break;
        dk_buf effect, moves;
        dk_buf_init(&effect);
        dk_buf_init(&moves);
        put_interval(&effect, l->term->effect, l->term->ci, number);
        dk_buf_putf(&moves, moved, l->moves);
        dk_buf_putf(out, "%2zu %-43s %-22s %6.0f %% %9s", ++shown, l->term->predictor, dk_buf_cstr(&effect), 100 * l->term->prevalence, dk_buf_cstr(&moves));
        if (priced) {
            dk_buf_puts(out, "   ");
            if (l->worth_supported) dk_analyze_put_money(out, l->worth);
            else dk_buf_puts(out, "no link shown");
            bool clear = !l->worth_supported && l->worth_ci.lo * l->worth_ci.hi > 0;
            by_chance += clear;
            if (clear) dk_buf_putc(out, '*');
            dk_buf_puts(out, " (");
            dk_analyze_put_money(out, l->worth_ci.lo);
            dk_buf_puts(out, " to ");
            dk_analyze_put_money(out, l->worth_ci.hi);
            dk_buf_putc(out, ')');
        }
        dk_buf_putc(out, '\n');
        dk_buf_dispose(&effect);
        dk_buf_dispose(&moves);
    }
    if (by_chance > 0) dk_buf_puts(out, "   * the interval leaves out 0, but of so many that are tested some do so by chance\n");
    if (f->nlevers > supported) dk_buf_putf(out, "   %zu more have no link that this survey could show.\n", f->nlevers - supported);
}

/* In the order of dk_problem_kind. */
static const char *const problem_words[DK_PROBLEMS][2] = {
    {"row could not be read", "rows could not be read"},
    {"response id had come before", "response ids had come before"},
    {"score could not be used", "scores could not be used"},
    {"date could not be read", "dates could not be read"},
    {"weight could not be used", "weights could not be used"},
    {"value was no number", "values were no numbers"},
    {"row is in a segment that the study does not name", "rows are in a segment that the study does not name"},
    {"customer record could not be used", "customer records could not be used"},
    {"response has no customer record", "responses have no customer record"},
};

static void put_problems(const dk_study_result *r, const char *folder, dk_buf *out) {
    bool first = true;
    for (int k = 0; k < DK_PROBLEMS; k++) {
        if (r->problem_counts[k] == 0) continue;
        dk_buf_puts(out, first ? "\n" : ", ");
        dk_cli_put_count(out, r->problem_counts[k]);
        dk_buf_putf(out, " %s", problem_words[k][r->problem_counts[k] != 1]);
        first = false;
    }
    if (!first && folder != NULL) dk_buf_putf(out, " (%s/rejected.csv)\n", folder);
    else if (!first) dk_buf_putc(out, '\n');
}

static dk_status say_result(const dk_study_result *r, const char *folder, bool page, dk_error *err) {
    dk_buf out;
    dk_buf_init(&out);
    put_nps(r, &out);
    if (r->scored == 0) dk_buf_puts(&out, "\nThere is no score in the data: themes and sentiment are reported; drivers need a score (--score COL).\n");
    /* the first outcome here, by segment where there are some; the others are in the report */
    for (size_t i = 0; i < r->nfits; i++) {
        const dk_study_fit *f = r->fits + i;
        if (f->outcome == 0 && !r->segments[f->segment].hidden && (f->segment > 0 || r->nsegments == 1)) put_fit(r, f, &out);
    }
    dk_analyze_put_movement(r, &out);
    dk_analyze_put_worth(r, &out);
    put_problems(r, folder, &out);
    if (folder != NULL)
        dk_buf_putf(&out, "\n%s/%sreport.xlsx  report.json  drivers.csv  comments.csv  mentions.csv%s%s\n", folder, page ? "report.html  " : "",
                    r->comments > 0 ? "  followup.csv" : "", r->kpi.contact.most > 0 ? "  contacts.csv" : "");
    fwrite(out.ptr, 1, out.len, stdout);
    dk_status status = dk_buf_status(&out, err);
    dk_buf_dispose(&out);
    return status;
}

/* ---- Tables of --to ---------------------------------------------------------------------------------- */

enum { COMMENTS, MENTIONS, DRIVERS, SEGMENTS, KPIS, TABLES };
static const dk_out_table *const tables[TABLES] = {&dk_rows_comments, &dk_rows_mentions, &dk_report_drivers_table, &dk_report_segments_table, &dk_report_kpis_table};

/* What the rows are made from: the study file and all that it names. */
static dk_status stamp_sources(const dk_study_config *c, dk_stamp *s, dk_error *err) {
    const dk_study_source *sources[] = {&c->responses, &c->customers, &c->invitations};
    dk_status status = c->name != NULL ? dk_stamp_source(s, c->name, NULL, err) : DK_OK;
    for (size_t i = 0; i < sizeof sources / sizeof *sources && status == DK_OK; i++)
        if (sources[i]->path != NULL) status = dk_stamp_source(s, sources[i]->path, &sources[i]->reader, err);
    return status;
}

/* Opens the targets before the work begins; table is that of the options. */
static dk_status open_targets(const options *o, const dk_study_config *config, const dk_opt *table, dk_writer **writer, dk_error *err) {
    /* a lexicon is in the stamp of the engine, a query in that of the source; the others leave the rows as they are */
    static const char *const without[] = {"lexicon", "engine", "query", "sheet", "title", "report-language", "no-redact", "pdf", "earlier", "to", "run", "schema", "prefix", NULL};
    dk_stamp inputs;
    dk_stamp_init(&inputs);
    dk_status status = o->targets.to.count > 0 && o->targets.run == NULL ? stamp_sources(config, &inputs, err) : DK_OK;
    return status == DK_OK ? dk_targets_open(writer, &o->targets, "analyze", tables, TABLES, inputs, table, without, err) : status;
}

/* The figures beside the comments and mentions, which are there already. */
static dk_status put_figures(const dk_study_result *r, dk_writer *w, dk_error *err) {
    dk_parcel *p = dk_parcel_new(w);
    if (p == NULL) return dk_fail_memory(err);
    dk_report_drivers_rows(r, dk_parcel_rows(p, DRIVERS));
    dk_report_segments_rows(r, dk_parcel_rows(p, SEGMENTS));
    dk_report_kpis_rows(r, dk_parcel_rows(p, KPIS));
    dk_status status = dk_writer_shape(w, p, err);
    if (status == DK_OK) status = dk_writer_put(w, p, err);
    dk_parcel_free(p);
    return status == DK_OK ? dk_writer_finish(w, r->responses, err) : status;
}

/* ---- The run ----------------------------------------------------------------------------------------- */

static dk_status write_report(const dk_cli *cli, const dk_study_result *result, const char *page, dk_error *err) {
    const dk_report_options form = {.language = DK_LANG_OTHER, .page = page};
    dk_status status = dk_report_write(result, cli->output, &form, err);
    if (status == DK_OK && page == NULL)
        dk_cli_note(cli, "no report.html: this drivkraft was built without its page (nodejs and npm were missing)");
    return status;
}

static dk_status analyze(const dk_cli *cli, const options *o, const char *source, const dk_opt *table, dk_error *err) {
    dk_study_config config;
    dk_study_result *result = NULL;
    dk_writer *writer = NULL;
    char *data = NULL, *page = NULL;
    dk_study_watch watch = {.cli = cli};
    dk_study_config_init(&config);
    dk_status status = dk_study_options_configure(&o->study, source, &config, err);
    config.no_redact = config.no_redact || o->no_redact;
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data, err);
    if (status == DK_OK) status = dk_report_page_find(data, cli->executable, &page, err);
    if (status == DK_OK) status = open_targets(o, &config, table, &writer, err);
    bool had_folder = cli->output == NULL || dk_is_folder(cli->output);
    if (status == DK_OK && cli->output != NULL) status = dk_folder_make(cli->output, err);
    dk_analyze_options how = {.data_dir = data, .engine = o->study.engine, .folder = cli->output, .writer = writer, .threads = (int)cli->threads, .no_spelling = o->study.no_spelling,
                                  .progress = dk_study_watch_progress, .progress_context = &watch};
    if (status == DK_OK) status = dk_analyze(&config, &how, &result, err);
    dk_study_watch_end(&watch);
    for (size_t i = 0; i < o->earlier.count && status == DK_OK; i++) {
        bool same;
        status = dk_report_note_earlier(result, o->earlier.items[i], &same, err);
    }
    if (status == DK_OK) {
        say_reading(cli, result);
        if (cli->output != NULL) status = write_report(cli, result, page, err);
    }
    if (status == DK_OK && writer != NULL) {
        status = put_figures(result, writer, err);
        if (status == DK_OK) dk_targets_note(cli, writer);
    }
    if (status == DK_OK) status = say_result(result, cli->output, page != NULL, err);
    if (status == DK_OK && o->pdf) status = dk_cli_pdf(cli, cli->output, err);
    dk_writer_free(writer);
    free(page);
    if (status != DK_OK && !had_folder) rmdir(cli->output); /* which keeps a folder with anything in it */
    dk_study_result_free(result);
    dk_study_config_dispose(&config);
    free(data);
    return status;
}

static dk_status run_analyze(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.study = {.bootstrap = -1, .seed = -1}};
    dk_opt table[DK_STUDY_OPTIONS];
    size_t rows = dk_study_options_rows(&o.study, true, table);
    table[rows++] = (dk_opt){"no-redact", 0, DK_OPT_FLAG, &o.no_redact, NULL, "keep names, addresses and numbers in quotes", 0, 0};
    table[rows++] = (dk_opt){"pdf", 0, DK_OPT_FLAG, &o.pdf, NULL, "also print report.pdf, with an installed Chromium", 0, 0};
    table[rows++] = (dk_opt){"earlier", 0, DK_OPT_LIST, &o.earlier, "FOLDER", "a report to compare with: says when it was read by another version", 0, 0};
    const dk_opt to[DK_TARGET_ROWS] = {DK_TARGET_OPTIONS(o.targets)};
    memcpy(table + rows, to, sizeof to);
    rows += DK_TARGET_ROWS;
    table[rows] = (dk_opt){NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        if (nwords != 1)
            status = dk_fail(err, DK_EUSAGE, nwords == 0 ? "which file? drivkraft analyze survey.csv -o report" : "one file or study at a time");
        else if (cli->output != NULL ? strcmp(cli->output, "-") == 0 : o.targets.to.count == 0)
            status = dk_fail(err, DK_EUSAGE, "which folder? the report is several files: -o report");
        else if (cli->output == NULL && (o.pdf || o.earlier.count > 0))
            status = dk_fail(err, DK_EUSAGE, "--%s is for a report: -o report", o.pdf ? "pdf" : "earlier");
        else
            status = analyze(cli, &o, words[0], table, err);
    }
    dk_opt_list_dispose(&o.study.lexicons);
    dk_opt_list_dispose(&o.earlier);
    dk_opt_list_dispose(&o.targets.to);
    return status;
}

const dk_command dk_cmd_analyze = {
    "analyze", "Reads a survey file or a study and writes a report.",
    "DATA|STUDY.yaml -o FOLDER [--to TARGET] [options]",
    "  drivkraft analyze survey.csv -o report\n"
    "  drivkraft analyze survey.csv --text kommentar --score betyg --segment kundgrupp -o report\n"
    "  drivkraft analyze study.yaml -o report --report-language sv\n"
    "  drivkraft analyze study.yaml -o report --to sqlite:results.db\n"
    "  drivkraft analyze posts.csv --text text -o report          (no score: themes and sentiment)\n"
    "\ncolumns are recognised by name in English, Swedish and Danish; name them yourself with the options above\n",
    run_analyze, true};
