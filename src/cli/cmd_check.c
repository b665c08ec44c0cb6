/* drivkraft check: what an analysis of these files would be, before it is made. */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/study_options.h"
#include "cli/study_text.h"
#include "study/worth_config.h"

enum { LABEL = 12, PROBLEMS_SHOWN = 20 };

static void put_label(dk_buf *out, const char *label) {
    dk_cli_put_cell(out, label, LABEL);
}

static void put_names(dk_buf *out, const char *label, const char *const *names, size_t n) {
    if (n == 0) return;
    put_label(out, label);
    for (size_t i = 0; i < n; i++) dk_buf_putf(out, "%s%s", i > 0 ? ", " : "", names[i]);
    dk_buf_putc(out, '\n');
}

/* ---- Files ------------------------------------------------------------------------------------------- */

static void put_file(dk_buf *out, const dk_study_file *f) {
    bool left = false;
    dk_buf_putf(out, "\n%s %s: %s\n", f->content, f->path, f->description);
    for (size_t i = 0; i < f->ncolumns; i++) {
        const dk_column_use *u = f->columns + i;
        if (u->role == DK_ROLE_LEFT_OUT) continue;
        dk_buf_puts(out, "  ");
        dk_cli_put_cell(out, dk_role_name(u->role), LABEL - 2);
        dk_buf_puts(out, u->name);
        const char *open = " (";
        if (u->detail != NULL) dk_buf_putf(out, "%s%s", open, u->detail), open = ", ";
        if (u->guessed && u->role < DK_ROLE_OUTCOME)
            dk_buf_putf(out, "%sby its name or content", open), open = ", ";
        if (u->missing > 0) dk_buf_putf(out, "%s%lld without", open, (long long)u->missing), open = ", ";
        if (u->bad > 0) dk_buf_putf(out, "%s%lld wrong", open, (long long)u->bad), open = ", ";
        dk_buf_puts(out, open[0] == ',' ? ")\n" : "\n");
    }
    for (size_t i = 0; i < f->ncolumns; i++) {
        const dk_column_use *u = f->columns + i;
        if (u->role != DK_ROLE_LEFT_OUT) continue;
        if (!left) dk_buf_puts(out, "  left out  ");
        dk_buf_putf(out, "%s%s", left ? ", " : "", u->name);
        if (u->detail != NULL) dk_buf_putf(out, " (%s)", u->detail);
        left = true;
    }
    if (left) dk_buf_putc(out, '\n');
}

static void put_join(dk_buf *out, const dk_study_result *r) {
    const dk_join *j = &r->join;
    if (!j->joined) return;
    dk_buf_putc(out, '\n');
    put_label(out, "join");
    dk_cli_put_count(out, j->matched);
    dk_buf_puts(out, " of ");
    dk_cli_put_count(out, j->responses);
    dk_buf_puts(out, " responses have a customer record; ");
    dk_cli_put_count(out, j->customers_without_response);
    dk_buf_puts(out, " customers gave no response\n");
    if (j->periods == 0) return;
    put_label(out, "periods");
    dk_buf_putf(out, "%lld, %s to %s; segment and controls from the last one that ended before the answer (",
                (long long)j->periods, j->first_period, j->last_period);
    dk_cli_put_count(out, j->with_baseline);
    dk_buf_puts(out, " responses), profit and outcomes from the first one behind it (");
    dk_cli_put_count(out, j->with_followup);
    dk_buf_puts(out, ")\n");
}

/* ---- What will be done ------------------------------------------------------------------------------- */

static void put_comments(dk_buf *out, const dk_study_result *r, const dk_study_config *c) {
    put_label(out, "responses");
    dk_cli_put_count(out, r->responses);
    dk_buf_puts(out, ", with a score ");
    dk_cli_put_count(out, r->scored);
    dk_buf_puts(out, ", with a comment ");
    dk_cli_put_count(out, r->comments);
    dk_buf_putc(out, '\n');
    if (r->comments == 0) return;
    put_label(out, "language");
    if (strcmp(c->language, "auto") != 0)
        dk_buf_putf(out, "%s, for all comments\n", c->language);
    else if (isnan(r->languages[DK_LANG_SV].share))
        dk_buf_puts(out, "found for each comment; of none that was looked at it is sure\n");
    else
        dk_buf_putf(out,
                    "found for each comment; of those that are sure sv %.0f %%, da %.0f %%, en %.0f %%, "
                    "other %.0f %%\n",
                    100 * r->languages[DK_LANG_SV].share, 100 * r->languages[DK_LANG_DA].share,
                    100 * r->languages[DK_LANG_EN].share, 100 * r->languages[DK_LANG_OTHER].share);
    for (size_t i = 0; i < r->nnotes; i++) dk_buf_putf(out, "packs       %s\n", r->notes[i].text);
    put_names(out, "lexicons", c->lexicons, c->nlexicons);
    put_names(out, "weights", c->weights, c->nweights);
    if (c->score_blind)
        dk_buf_puts(out, "sentiment   by hand-written entries alone, no weights learned from scores\n");
}

static void put_segments(dk_buf *out, const dk_study_result *r) {
    put_label(out, "segments");
    if (r->segment_source == NULL) {
        dk_buf_puts(out, "none\n");
        return;
    }
    dk_buf_putf(out, "%s\n", r->segment_source);
    for (size_t k = 1; k < r->nsegments; k++) {
        const dk_study_segment *g = r->segments + k;
        dk_buf_puts(out, "  ");
        dk_cli_put_cell(out, g->name, LABEL - 2);
        if (g->hidden) {
            dk_buf_putf(out, "hidden: fewer than %lld responses, or to be had by subtraction\n",
                        (long long)r->min_privacy);
            continue;
        }
        dk_cli_put_count(out, g->responses);
        dk_buf_puts(out, g->responses == 1 ? " response" : " responses");
        if (!isnan(g->from) || !isnan(g->below)) {
            dk_buf_puts(out, ", ");
            if (isfinite(g->from))
                dk_buf_put_double(out, g->from);
            else
                dk_buf_puts(out, "..");
            dk_buf_puts(out, " to ");
            if (isfinite(g->below))
                dk_buf_put_double(out, g->below);
            else
                dk_buf_puts(out, "..");
        }
        dk_buf_putc(out, '\n');
    }
}

static void put_models(dk_buf *out, const dk_study_result *r, const dk_study_config *c) {
    static const char *const models[] = {"linear", "binary (average marginal effects)",
                                         "ordinal (average marginal effects)"};
    put_label(out, "outcomes");
    if (r->noutcomes == 0)
        dk_buf_puts(out, "none: themes and sentiment are reported; drivers need a score (--score COL, or "
                         "score: in the study)\n");
    for (size_t i = 0; i < r->noutcomes; i++) {
        const dk_study_outcome *o = r->outcomes + i;
        if (i > 0) put_label(out, "");
        dk_buf_putf(out, "%s, in %s, %s model\n", o->name, o->unit, models[o->model]);
    }
    put_names(out, "controls", c->controls, c->ncontrols);
    if (r->nwaves > 0) {
        put_label(out, "waves");
        dk_buf_putf(out, "%zu, each a %s: %s to %s\n", r->nwaves, r->wave_unit, r->waves[0].name,
                    r->waves[r->nwaves - 1].name);
    }
    if (r->noutcomes == 0) return;
    put_label(out, "drivers");
    size_t fits = r->noutcomes * r->nsegments;
    dk_buf_putf(out, "%zu fit%s (", fits, fits == 1 ? "" : "s");
    if (r->nsegments > 1) dk_buf_putf(out, "everybody and %zu segments, ", r->nsegments - 1);
    dk_buf_putf(out, "%zu outcome%s) of what comments say of touchpoints, ", r->noutcomes,
                r->noutcomes == 1 ? "" : "s");
    dk_cli_put_count(out, c->bootstrap);
    dk_buf_putf(out, " replicates, seed %lld\n", (long long)c->seed);
    put_label(out, "");
    dk_buf_putf(out,
                "intervals of %g %%, false discovery rate %g; themes under %lld mentions are pooled, groups "
                "under %lld hidden\n",
                100 * c->confidence, c->fdr, (long long)c->min_mentions, (long long)c->min_privacy);
}

static void put_further(dk_buf *out, const dk_study_result *r, const dk_study_config *c) {
    const dk_worth_config *w = c->worth;
    if (r->join.periods > 0 && r->nsegments > 1)
        dk_buf_puts(
            out,
            "movement    between segments and out, from period to period; what lifting a theme is worth\n");
    if (w != NULL && w->ninitiatives > 0) {
        put_label(out, "initiatives");
        for (size_t i = 0; i < w->ninitiatives; i++)
            dk_buf_putf(out, "%s%s (%s)", i > 0 ? ", " : "", w->initiatives[i].name, w->initiatives[i].theme);
        dk_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < c->kpi.njourneys; i++) {
        put_label(out, i == 0 ? "journeys" : "");
        dk_buf_putf(out, "%s: ", c->kpi.journeys[i].name);
        for (size_t k = 0; k < c->kpi.journeys[i].count; k++)
            dk_buf_putf(out, "%s%s", k > 0 ? ", " : "", c->kpi.journeys[i].touchpoints[k]);
        dk_buf_putc(out, '\n');
    }
}

/* ---- Problems ---------------------------------------------------------------------------------------- */

static void put_problems(dk_buf *out, const dk_study_result *r) {
    if (r->nproblems == 0) {
        dk_buf_puts(out, "\nno problems found\n");
        return;
    }
    dk_buf_putc(out, '\n');
    dk_cli_put_count(out, (int64_t)r->nproblems);
    dk_buf_puts(out, r->nproblems == 1 ? " problem in the data\n" : " problems in the data\n");
    for (size_t i = 0; i < r->nproblems && i < PROBLEMS_SHOWN; i++) {
        const dk_problem *p = r->problems + i;
        dk_buf_putf(out, "  %s:%lld: %s", (size_t)p->file < r->nfiles ? r->files[p->file].path : "",
                    (long long)(p->line > 0 ? p->line : p->row), dk_problem_name(p->kind));
        if (p->column != NULL) dk_buf_putf(out, ", %s", p->column);
        if (p->value != NULL) dk_buf_putf(out, " \"%.60s\"", p->value);
        dk_buf_putf(out, ": %s\n", p->message);
    }
    if (r->nproblems > PROBLEMS_SHOWN) {
        dk_buf_puts(out, "  and ");
        dk_cli_put_count(out, (int64_t)r->nproblems - PROBLEMS_SHOWN);
        dk_buf_puts(out, " more: analyze lists all in rejected.csv\n");
    }
}

/* ---- The command ------------------------------------------------------------------------------------- */

static dk_status check(const dk_cli *cli, const dk_study_options *o, const char *source, dk_error *err) {
    dk_study_config config;
    dk_study_watch watch = {.cli = cli};
    dk_study_result *r = NULL;
    char *data = NULL;
    dk_buf out;
    dk_buf_init(&out);
    dk_study_config_init(&config);
    dk_status status = dk_study_options_configure(o, source, &config, err);
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data, err);
    dk_analyze_options how = {.data_dir = data,
                              .engine = o->engine,
                              .threads = (int)cli->threads,
                              .no_spelling = o->no_spelling,
                              .preview = true,
                              .progress = dk_study_watch_progress,
                              .progress_context = &watch};
    if (status == DK_OK) status = dk_analyze(&config, &how, &r, err);
    dk_study_watch_end(&watch);
    if (status == DK_OK) {
        dk_buf_putf(&out, "%s, report in %s%s%s\n", r->title, dk_language_name(config.report_language),
                    r->currency != NULL ? ", money in " : "", r->currency != NULL ? r->currency : "");
        for (size_t i = 0; i < r->nfiles; i++) put_file(&out, r->files + i);
        put_join(&out, r);
        dk_buf_putc(&out, '\n');
        put_comments(&out, r, &config);
        put_segments(&out, r);
        put_models(&out, r, &config);
        put_further(&out, r, &config);
        put_problems(&out, r);
        status = dk_study_options_write(cli, &out, err);
    }
    dk_buf_dispose(&out);
    dk_study_result_free(r);
    dk_study_config_dispose(&config);
    free(data);
    return status;
}

static dk_status run_check(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    return dk_study_source_run(check, "which file? drivkraft check study.yaml", true, command, cli, argc, argv, err);
}

const dk_command dk_cmd_check = {
    "check",
    "Says what an analysis would do with a file or study, and what is wrong with it.",
    "DATA|STUDY.yaml [options] [-o FILE]",
    "  drivkraft check study.yaml\n"
    "  drivkraft check survey.csv --score betyg\n"
    "\nit reads the files and joins them, but tags and fits nothing; exit 1 when the study cannot be "
    "analysed as it is\n",
    run_check,
    true};
