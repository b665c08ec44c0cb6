/* drivkraft segments: the profile of each segment, by bands, quantiles or a column. */
#include <math.h>
#include <stdio.h>

#include "cli/study_options.h"
#include "cli/study_text.h"
#include "report/json_sections.h"

/* ---- Text -------------------------------------------------------------------------------------------- */

static void put_share(dk_buf *out, double share, size_t width) {
    char text[32] = "-";
    if (!isnan(share)) snprintf(text, sizeof text, "%.0f %%", 100 * share);
    dk_cli_put_cell(out, text, width);
}

static void put_band(dk_buf *out, const dk_study_segment *s) {
    if (isnan(s->from) && isnan(s->below)) return;
    dk_buf_puts(out, "  ");
    if (isfinite(s->from)) dk_buf_put_double(out, s->from);
    else dk_buf_puts(out, "..");
    dk_buf_puts(out, " to ");
    if (isfinite(s->below)) dk_buf_put_double(out, s->below);
    else dk_buf_puts(out, "..");
}

static void put_themes(dk_buf *out, const dk_study_result *r, const dk_profile *p) {
    for (int more = 1; more >= 0; more--) {
        bool first = true;
        for (size_t i = 0; i < p->nthemes; i++) {
            const dk_profile_theme *t = &p->themes[i];
            if ((t->here > t->elsewhere) != (more == 1)) continue;
            if (first) dk_buf_putf(out, "  said %s often than elsewhere\n", more ? "more" : "less");
            first = false;
            dk_buf_puts(out, "    ");
            dk_cli_put_cell(out, r->themes[t->theme].id, 26);
            dk_cli_put_cell(out, t->sign < 0 ? "negative" : "positive", 10);
            dk_buf_putf(out, "%5.1f %%  against %5.1f %%   q %.2g\n", 100 * t->here, 100 * t->elsewhere, t->q);
        }
    }
    if (r->comments == 0) dk_buf_puts(out, "  without comments there are no themes\n");
    else if (p->nthemes == 0) dk_buf_putf(out, "  no theme sets it apart (%lld tested)\n", (long long)p->tested);
}

static void put_text(dk_buf *out, const dk_study_result *r, const char *by) {
    (void)by; /* the table is by segment as it stands */
    if (r->kpi.profiles == NULL) {
        dk_buf_puts(out, "There are no segments: name a column with --segment, or cut them by a number under segments: in a study file.\n");
        dk_cli_put_notes(out, r);
        return;
    }
    dk_buf_putf(out, "segments from %s\n\n", r->segment_source);
    dk_cli_put_cell(out, "segment", 18);
    dk_buf_putf(out, "responses  customers  of responses  of customers  of profit  %s\n", r->score_is_nps || r->scored == 0 ? "NPS" : "mean score");
    for (size_t g = 1; g < r->nsegments; g++) {
        const dk_study_segment *s = &r->segments[g];
        const dk_profile *p = &r->kpi.profiles[g];
        char count[24];
        dk_cli_put_cell(out, s->name, 18);
        if (s->hidden) {
            dk_buf_putf(out, "hidden (fewer than %lld responses, or to be had by subtraction)\n", (long long)r->min_privacy);
            continue;
        }
        snprintf(count, sizeof count, "%lld", (long long)s->responses);
        dk_cli_put_cell(out, count, 11);
        snprintf(count, sizeof count, "%lld", (long long)s->customers);
        dk_cli_put_cell(out, s->customers > 0 ? count : "-", 11);
        put_share(out, p->share_of_responses, 14);
        put_share(out, p->share_of_customers, 14);
        put_share(out, s->profit_share, 11);
        if (s->nps.n > 0) dk_buf_putf(out, "%.0f (%.0f to %.0f)", s->nps.nps, s->nps.ci.lo, s->nps.ci.hi);
        else if (s->score.n > 0) dk_buf_putf(out, "%.2f (%.2f to %.2f)", s->score.mean, s->score.ci.lo, s->score.ci.hi);
        else dk_buf_putc(out, '-');
        dk_buf_putc(out, '\n');
    }
    for (size_t g = 1; g < r->nsegments; g++) {
        if (r->segments[g].hidden) continue;
        dk_buf_putf(out, "\n%s", r->segments[g].name);
        put_band(out, &r->segments[g]);
        dk_buf_putc(out, '\n');
        put_themes(out, r, &r->kpi.profiles[g]);
    }
    dk_cli_put_notes(out, r);
}

static void put_json(dk_buf *out, const dk_study_result *r) {
    dk_json json, *j = &json;
    dk_json_init(j, out, true);
    dk_json_object(j);
    dk_cli_json_head(j, r);
    dk_json_key(j, "segment_source");
    dk_json_text(j, r->segment_source);
    dk_json_profiles(j, r);
    dk_json_end(j);
    dk_buf_putc(out, '\n');
}

/* ---- The command ------------------------------------------------------------------------------------- */

static dk_status run_segments(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    static const dk_study_table show = {"which file? drivkraft segments study.yaml", NULL, put_text, put_json, dk_report_segments_csv};
    return dk_study_table_run(&show, command, cli, argc, argv, err);
}

const dk_command dk_cmd_segments = {
    "segments", "The profile of each segment: size, profit, NPS, and the themes that set it apart.",
    "DATA|STUDY.yaml [--segment COL] [--format text|csv|json] [-o FILE]",
    "  drivkraft segments survey.csv --segment customer_group\n"
    "  drivkraft segments study.yaml\n"
    "  drivkraft segments study.yaml --format csv -o segments.csv\n"
    "\nbands and quantiles are cut in the study file (segments:); cut points are fixed at the last period before each answer\n",
    run_segments, true};
