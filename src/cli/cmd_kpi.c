/* drivkraft kpi: the KPIs of a study, by segment, touchpoint, wave and language, and whether experience goes with outcome. */
#include <math.h>
#include <stdio.h>

#include "cli/study_options.h"
#include "cli/study_text.h"
#include "report/json_sections.h"

/* ---- Text -------------------------------------------------------------------------------------------- */

/* A value as its unit wants it: shares in per cent, money without decimals, others with as many as they need. */
static void put_figure(dk_buf *out, const char *unit, double value) {
    if (isnan(value)) dk_buf_puts(out, "-");
    else if (strcmp(unit, "share") == 0) dk_buf_putf(out, "%.1f %%", 100 * value);
    else if (fabs(value) >= 1000) dk_cli_put_count(out, (int64_t)llround(value));
    else if (fabs(value) >= 100) dk_buf_putf(out, "%.0f", value);
    else dk_buf_putf(out, fabs(value) >= 10 ? "%.1f" : "%.2f", value);
}

static void put_value(dk_buf *out, const char *unit, const dk_kpi_value *v) {
    if (v->hidden) {
        dk_buf_puts(out, "hidden");
        return;
    }
    put_figure(out, unit, v->value);
    if (isnan(v->ci.lo)) return;
    dk_buf_puts(out, " (");
    put_figure(out, unit, v->ci.lo);
    dk_buf_puts(out, " to ");
    put_figure(out, unit, v->ci.hi);
    dk_buf_putc(out, ')');
}

/* How wide the first column must be for the longest name, which a study may have given, but for some that are too long for a line. */
static size_t name_width(const dk_study_result *r) {
    enum { USUAL = 38, MOST = 72 };
    size_t width = USUAL;
    for (size_t i = 0; i < r->kpi.nkpis; i++) {
        size_t n = 1;
        for (const char *p = r->kpi.kpis[i].label[DK_LANG_EN]; *p != '\0'; p++) n += ((unsigned char)*p & 0xC0) != 0x80;
        if (n > width && n <= MOST) width = n;
    }
    return width;
}

static void put_row(dk_buf *out, const dk_kpi *k, size_t width) {
    dk_buf value, mark;
    dk_buf_init(&value);
    dk_buf_init(&mark);
    put_value(&value, k->unit, &k->all);
    if (!isnan(k->benchmark)) {
        dk_buf_puts(&mark, "benchmark ");
        put_figure(&mark, k->unit, k->benchmark);
    }
    if (!isnan(k->target)) {
        dk_buf_puts(&mark, mark.len > 0 ? ", target " : "target ");
        put_figure(&mark, k->unit, k->target);
    }
    dk_buf_puts(out, "  ");
    dk_cli_put_cell(out, k->label[DK_LANG_EN], width);
    dk_cli_put_cell(out, dk_buf_cstr(&value), 34);
    if (!k->all.hidden) dk_cli_put_count(out, k->all.n);
    dk_buf_putf(out, " %s", k->base);
    if (strcmp(k->unit, "share") != 0 && strcmp(k->unit, k->label[DK_LANG_EN]) != 0) dk_buf_putf(out, "; %s", k->unit);
    if (mark.len > 0) dk_buf_putf(out, "; %s", dk_buf_cstr(&mark));
    dk_buf_putc(out, '\n');
    if (k->note != NULL) dk_buf_putf(out, "    %s\n", k->note);
    dk_buf_dispose(&value);
    dk_buf_dispose(&mark);
}

static void put_cuts(dk_buf *out, const dk_kpi *k, dk_cut cut) {
    bool first = true;
    dk_buf value;
    dk_buf_init(&value);
    for (size_t i = 0; i < k->ncuts; i++) {
        if (k->cuts[i].cut != cut) continue;
        if (first) dk_buf_putf(out, "  %s\n", k->label[DK_LANG_EN]);
        first = false;
        dk_buf_clear(&value);
        put_value(&value, k->unit, &k->cuts[i]);
        dk_buf_puts(out, "    ");
        dk_cli_put_cell(out, k->cuts[i].group, 36);
        dk_cli_put_cell(out, dk_buf_cstr(&value), 34);
        if (!k->cuts[i].hidden) dk_cli_put_count(out, k->cuts[i].n);
        dk_buf_putc(out, '\n');
    }
    dk_buf_dispose(&value);
}

static void put_links(dk_buf *out, const dk_study_result *r) {
    static const char *const titles[] = {"cannot be told", "no link", "linked"}; /* in the order of dk_verdict */
    for (int verdict = DK_LINK; verdict >= DK_INCONCLUSIVE; verdict--) {
        bool first = true;
        for (size_t i = 0; i < r->kpi.nlinks; i++) {
            const dk_kpi_link *l = &r->kpi.links[i];
            if ((int)l->verdict != verdict) continue;
            if (first) dk_buf_putf(out, "\nexperience and outcome: %s\n", titles[verdict]);
            first = false;
            dk_buf_putf(out, "  %s\n", l->text);
        }
    }
}

static void put_text(dk_buf *out, const dk_study_result *r, const char *by) {
    for (int kind = 0; kind < DK_KPI_KINDS; kind++) {
        bool first = true;
        for (size_t i = 0; i < r->kpi.nkpis; i++) {
            if ((int)r->kpi.kpis[i].kind != kind) continue;
            if (first) dk_buf_putf(out, "%s%s\n", out->len > 0 ? "\n" : "", dk_kpi_kind_name((dk_kpi_kind)kind));
            first = false;
            put_row(out, &r->kpi.kpis[i], name_width(r));
        }
    }
    for (int cut = DK_CUT_SEGMENT; cut <= DK_CUT_LANGUAGE && by != NULL; cut++) {
        if (strcmp(by, dk_cut_name((dk_cut)cut)) != 0) continue;
        dk_buf_putf(out, "\nby %s\n", by);
        for (size_t i = 0; i < r->kpi.nkpis; i++) put_cuts(out, &r->kpi.kpis[i], (dk_cut)cut);
    }
    for (size_t i = 0; i < r->kpi.ntrends; i++) {
        const dk_trend *t = &r->kpi.trends[i];
        dk_buf_putf(out, "%s  %s: %s\n", i == 0 ? "\nover time\n" : "", r->segments[t->segment].name, t->text);
    }
    put_links(out, r);
    dk_cli_put_notes(out, r);
}

/* ---- JSON -------------------------------------------------------------------------------------------- */

static void put_json(dk_buf *out, const dk_study_result *r) {
    dk_json json, *j = &json;
    dk_json_init(j, out, true);
    dk_json_object(j);
    dk_cli_json_head(j, r);
    dk_json_kpis(j, r);
    dk_json_trend(j, r);
    dk_json_answering(j, r);
    dk_json_end(j);
    dk_buf_putc(out, '\n');
}

/* ---- The command ------------------------------------------------------------------------------------- */

static dk_status run_kpi(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    static const dk_study_table show = {"which file? drivkraft kpi study.yaml", "segment|touchpoint|wave|language", put_text, put_json, dk_report_kpis_csv};
    return dk_study_table_run(&show, command, cli, argc, argv, err);
}

const dk_command dk_cmd_kpi = {
    "kpi", "KPIs with intervals, by group, and whether experience goes with outcome.",
    "DATA|STUDY.yaml [--by GROUP] [--format text|csv|json] [-o FILE]",
    "  drivkraft kpi survey.csv\n"
    "  drivkraft kpi study.yaml --by segment\n"
    "  drivkraft kpi study.yaml --format csv -o kpis.csv\n"
    "\nwhich columns KPIs are of, benchmarks and targets stand under kpis: in the study file; docs/kpis.md has formulas and sources\n",
    run_kpi, true};
