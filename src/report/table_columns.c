/* Which tables there are, and where each of their columns stands in report.json. */
#include "report/tables.h"

#define TEXT(id, heading, as, path, width) {id, MSG_##heading, DK_PART_WHOLE, DK_XLSX_TEXT, as, path, width}
#define LONG(id, heading, as, path, width) {id, MSG_##heading, DK_PART_WHOLE, DK_XLSX_WRAPPED, as, path, width}
#define COUNT(id, heading, path) {id, MSG_##heading, DK_PART_WHOLE, DK_XLSX_COUNT, DK_AS_IS, path, 0}
#define VALUE(id, heading, kind, path) {id, MSG_##heading, DK_PART_WHOLE, kind, DK_AS_IS, path, 0}
/* A figure and the two ends of its interval. */
#define FIGURE(id, heading, kind, path, ci)                                        \
    {id, MSG_##heading, DK_PART_WHOLE, kind, DK_AS_IS, path, 0},                    \
    {id "_low", MSG_##heading, DK_PART_LOWER, kind, DK_AS_IS, ci ".0", 0},          \
    {id "_high", MSG_##heading, DK_PART_UPPER, kind, DK_AS_IS, ci ".1", 0}

static const dk_report_column drivers[] = {
    TEXT("outcome", outcome, DK_AS_UPPER, "^outcome", 12),
    TEXT("segment", segment, DK_AS_SEGMENT, "^segment", 12),
    TEXT("theme", theme, DK_AS_THEME, "theme", 28),
    TEXT("touchpoint", touchpoint, DK_AS_WORD, "touchpoint", 18),
    TEXT("polarity", polarity, DK_AS_WORD, "polarity", 10),
    TEXT("supported", supported, DK_AS_FLAG, "supported", 10),
    COUNT("n", responses, "^n"),
    COUNT("mentions", mentions, "mentions"),
    VALUE("prevalence", said_by, DK_XLSX_SHARE, "prevalence"),
    FIGURE("effect", effect, DK_XLSX_SIGNED, "effect", "ci"),
    FIGURE("moves", moves, DK_XLSX_SIGNED, "moves", "moves_ci"),
    FIGURE("worth", worth, DK_XLSX_MONEY, "worth", "worth_ci"),
    TEXT("worth_supported", worth_supported, DK_AS_FLAG, "worth_supported", 10),
    VALUE("p", p_value, DK_XLSX_NUMBER, "p"),
    TEXT("unit", unit, DK_AS_WORD, "^unit", 12),
};
static const dk_report_column touchpoints[] = {
    TEXT("outcome", outcome, DK_AS_UPPER, "^outcome", 12),
    TEXT("segment", segment, DK_AS_SEGMENT, "^segment", 12),
    TEXT("touchpoint", touchpoint, DK_AS_WORD, "name", 18),
    COUNT("rank", rank, "rank"),
    COUNT("tie", tied, "tie"),
    VALUE("share", share_explained, DK_XLSX_SHARE, "share"),
    FIGURE("importance", importance_switch, DK_XLSX_NUMBER, "importance", "importance_ci"),
    VALUE("prob_top3", among_first, DK_XLSX_SHARE, "prob_top3"),
    VALUE("q", q_value, DK_XLSX_NUMBER, "q"),
};
static const dk_report_column segments[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "name", 16),
    FIGURE("nps", nps, DK_XLSX_NUMBER, "nps.nps", "nps.ci"),
    VALUE("promoters", promoters, DK_XLSX_SHARE, "nps.promoters"),
    VALUE("passives", passives, DK_XLSX_SHARE, "nps.passives"),
    VALUE("detractors", detractors, DK_XLSX_SHARE, "nps.detractors"),
    FIGURE("score", score, DK_XLSX_NUMBER, "score.mean", "score.ci"),
    COUNT("responses", responses, "responses"),
    COUNT("customers", customers_head, "customers"),
    VALUE("commented", with_comment, DK_XLSX_SHARE, "commented"),
    FIGURE("profit", profit_period, DK_XLSX_MONEY, "profit.mean", "profit.ci"),
    VALUE("profit_share", profit_share, DK_XLSX_SHARE, "profit_share"),
};
static const dk_report_column waves[] = {
    TEXT("wave", wave, DK_AS_IS, "^name", 12),
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 14),
    COUNT("responses", responses, "responses"),
    FIGURE("nps", nps, DK_XLSX_NUMBER, "nps.nps", "nps.ci"),
    FIGURE("smoothed", smoothed, DK_XLSX_NUMBER, "smoothed", "band"),
    FIGURE("profit", profit_period, DK_XLSX_MONEY, "profit.mean", "profit.ci"),
};
static const dk_report_column changes[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "^segment", 14),
    TEXT("wave", wave, DK_AS_IS, "wave", 12),
    COUNT("n", responses, "n"),
    FIGURE("value", nps, DK_XLSX_NUMBER, "value", "ci"),
    FIGURE("smoothed", smoothed, DK_XLSX_NUMBER, "smoothed", "band"),
    {"limit_low", MSG_control_limits, DK_PART_LOWER, DK_XLSX_NUMBER, DK_AS_IS, "limits.0", 0},
    {"limit_high", MSG_control_limits, DK_PART_UPPER, DK_XLSX_NUMBER, DK_AS_IS, "limits.1", 0},
    FIGURE("change", change, DK_XLSX_SIGNED, "change", "change_ci"),
    TEXT("significant", real_change, DK_AS_FLAG, "significant", 12),
};
static const dk_report_column movement[] = {
    TEXT("who", who, DK_AS_WORD, "^^who", 16),
    TEXT("step", step, DK_AS_WORD, "^^step", 22),
    TEXT("from", from, DK_AS_WORD, "^from", 14),
    TEXT("to", to, DK_AS_WORD, "to", 14),
    COUNT("n_from", customers_from, "^n"),
    COUNT("n", customers_head, "n"),
    FIGURE("share", share, DK_XLSX_SHARE, "share", "ci"),
    VALUE("noise", noise_alone, DK_XLSX_SHARE, "noise"),
};
static const dk_report_column moves[] = {
    TEXT("event", event, DK_AS_WORD, "^event", 14),
    TEXT("from", from, DK_AS_WORD, "^from", 12),
    TEXT("theme", theme, DK_AS_THEME, "theme", 28),
    TEXT("touchpoint", touchpoint, DK_AS_WORD, "touchpoint", 18),
    TEXT("polarity", polarity, DK_AS_WORD, "polarity", 10),
    TEXT("supported", supported, DK_AS_FLAG, "supported", 10),
    COUNT("mentions", mentions, "mentions"),
    FIGURE("odds_ratio", odds_ratio, DK_XLSX_NUMBER, "odds_ratio", "odds_ci"),
    FIGURE("effect", effect_chance, DK_XLSX_SHARE, "effect", "ci"),
    VALUE("q", q_value, DK_XLSX_NUMBER, "q"),
};
static const dk_report_column lifetime[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 16),
    FIGURE("margin", margin_period, DK_XLSX_MONEY, "margin.value", "margin.ci"),
    FIGURE("value", lifetime_value, DK_XLSX_MONEY, "value.value", "value.ci"),
    VALUE("expected_periods", expected_periods, DK_XLSX_NUMBER, "expected_periods"),
};
static const dk_report_column worth[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 12),
    TEXT("theme", theme, DK_AS_THEME, "theme", 28),
    TEXT("touchpoint", touchpoint, DK_AS_WORD, "touchpoint", 18),
    TEXT("polarity", polarity, DK_AS_WORD, "polarity", 10),
    TEXT("owner", owner, DK_AS_OWNER, "owner", 18),
    TEXT("supported", supported, DK_AS_FLAG, "supported", 10),
    VALUE("prevalence", said_by, DK_XLSX_SHARE, "prevalence"),
    TEXT("target", target, DK_AS_WORD, "target", 14),
    VALUE("level", level, DK_XLSX_SHARE, "level"),
    FIGURE("nps", nps, DK_XLSX_SIGNED, "nps.value", "nps.ci"),
    FIGURE("moving_up", moving_up, DK_XLSX_NUMBER, "all_customers.moving_up.value", "all_customers.moving_up.ci"),
    FIGURE("kept", kept, DK_XLSX_NUMBER, "all_customers.kept.value", "all_customers.kept.ci"),
    FIGURE("money", worth_all, DK_XLSX_MONEY, "all_customers.money.value", "all_customers.money.ci"),
    FIGURE("respondents_money", worth_respondents, DK_XLSX_MONEY, "respondents.money.value", "respondents.money.ci"),
    LONG("action", action, DK_AS_LABEL, "action", 40),
};
static const dk_report_column rox[] = {
    TEXT("name", initiative, DK_AS_IS, "name", 28),
    TEXT("owner", owner, DK_AS_OWNER, "owner", 18),
    TEXT("theme", theme, DK_AS_THEME, "theme", 24),
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 12),
    VALUE("pv_cost", cost, DK_XLSX_MONEY, "pv_cost"),
    FIGURE("pv_gain", gain, DK_XLSX_MONEY, "pv_gain.value", "pv_gain.ci"),
    FIGURE("rox", rox, DK_XLSX_SIGNED, "rox.value", "rox.ci"),
    VALUE("probability_pays", pays, DK_XLSX_SHARE, "probability_pays"),
};
static const dk_report_column themes[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 12),
    TEXT("theme", theme, DK_AS_THEME, "^id", 28),
    TEXT("touchpoint", touchpoint, DK_AS_WORD, "^touchpoint", 18),
    TEXT("owner", owner, DK_AS_OWNER, "^owner", 18),
    COUNT("responses", responses, "responses"),
    VALUE("share", said_by, DK_XLSX_SHARE, "share"),
    COUNT("negative", negative, "negative"),
    COUNT("mixed", mixed, "mixed"),
    COUNT("neutral", neutral, "neutral"),
    COUNT("positive", positive, "positive"),
    VALUE("polarity", polarity, DK_XLSX_SIGNED, "polarity"),
    VALUE("nps", nps, DK_XLSX_NUMBER, "nps"),
    VALUE("impact", impact, DK_XLSX_SIGNED, "impact"),
};
static const dk_report_column theme_groups[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "^segment", 12),
    TEXT("wave", wave, DK_AS_IS, "^wave", 12),
    TEXT("language", language, DK_AS_WORD, "^language", 12),
    TEXT("theme", theme, DK_AS_THEME, "0", 28),
    COUNT("comments", comments, "^comments"),
    COUNT("responses", responses, "1"),
    COUNT("negative", negative, "2"),
    COUNT("mixed", mixed, "5"),
    COUNT("neutral", neutral, "3"),
    COUNT("positive", positive, "4"),
    VALUE("polarity", polarity, DK_XLSX_SIGNED, "7"),
    VALUE("nps", nps, DK_XLSX_NUMBER, "8"),
    COUNT("feelings", feelings_named, "9"),
};
static const dk_report_column kpis[] = {
    TEXT("kpi", kpi, DK_AS_LABEL, "label", 30),
    TEXT("kind", kind, DK_AS_WORD, "kind", 14),
    FIGURE("value", value, DK_XLSX_NUMBER, "value", "ci"),
    TEXT("unit", unit, DK_AS_WORD, "unit", 12),
    COUNT("n", n_behind, "n"),
    VALUE("benchmark", benchmark, DK_XLSX_NUMBER, "benchmark"),
    VALUE("target", target, DK_XLSX_NUMBER, "target"),
    LONG("formula", formula, DK_AS_SENTENCE, "formula", 44),
    LONG("source", source, DK_AS_SENTENCE, "source", 24),
    LONG("interval", interval, DK_AS_SENTENCE, "interval", 28),
    LONG("note", note, DK_AS_SENTENCE, "note", 40),
};
static const dk_report_column kpi_cuts[] = {
    TEXT("kpi", kpi, DK_AS_LABEL, "^label", 30),
    TEXT("by", by, DK_AS_WORD, "by", 14),
    TEXT("group", group, DK_AS_WORD, "group", 16),
    FIGURE("value", value, DK_XLSX_NUMBER, "value", "ci"),
    COUNT("n", n_behind, "n"),
};
static const dk_report_column correlations[] = {
    LONG("text", finding, DK_AS_SENTENCE, "text", 60),
    FIGURE("r", correlation_head, DK_XLSX_SIGNED, "r", "ci"),
    COUNT("n", customers_head, "n"),
    VALUE("q", q_value, DK_XLSX_NUMBER, "q"),
};
static const dk_report_column profiles[] = {
    TEXT("segment", segment, DK_AS_SEGMENT, "^segment", 14),
    TEXT("theme", theme, DK_AS_THEME, "theme", 28),
    TEXT("polarity", polarity, DK_AS_WORD, "polarity", 10),
    VALUE("share", said_by, DK_XLSX_SHARE, "share"),
    VALUE("elsewhere", elsewhere, DK_XLSX_SHARE, "elsewhere"),
    FIGURE("difference", difference, DK_XLSX_SHARE, "difference", "ci"),
};
static const dk_report_column followup[] = {
    COUNT("rank", rank, "rank"),
    TEXT("id", response_id, DK_AS_IS, "id", 16),
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 12),
    COUNT("score", score, "score"),
    COUNT("urgency", urgency, "urgency"),
    TEXT("owner", owner, DK_AS_OWNER, "owner", 18),
    LONG("reason", reason, DK_AS_SENTENCE, "reason", 60),
};
static const dk_report_column quotes[] = {
    TEXT("theme", theme, DK_AS_THEME, "theme", 24),
    TEXT("polarity", polarity, DK_AS_WORD, "polarity", 10),
    LONG("text", comment, DK_AS_IS, "text", 80),
    TEXT("id", response_id, DK_AS_IS, "id", 14),
    TEXT("segment", segment, DK_AS_SEGMENT, "segment", 12),
    TEXT("wave", wave, DK_AS_IS, "wave", 12),
    TEXT("language", language, DK_AS_WORD, "language", 12),
    COUNT("score", score, "score"),
    VALUE("sentiment", sentiment, DK_XLSX_SIGNED, "sentiment"),
};
static const dk_report_column quality[] = {
    TEXT("file", file, DK_AS_IS, "^name", 24),
    TEXT("column", column, DK_AS_IS, "name", 24),
    TEXT("role", taken_for, DK_AS_WORD, "role", 16),
    TEXT("detail", holds, DK_AS_SENTENCE, "detail", 40),
    COUNT("missing", missing, "missing"),
    COUNT("bad", unusable, "bad"),
};
static const dk_report_column problems[] = {
    TEXT("file", file, DK_AS_IS, "file", 24), COUNT("line", line, "line"), TEXT("column", column, DK_AS_IS, "column", 20),
    TEXT("value", value, DK_AS_IS, "value", 24), LONG("message", what, DK_AS_SENTENCE, "message", 70),
};
static const dk_report_column methods[] = {TEXT("kind", kind, DK_AS_WORD, "kind", 12), LONG("text", note, DK_AS_SENTENCE, "text", 110)};

#define TABLE(name, title, across, ...) \
    {#name, MSG_##title, {__VA_ARGS__}, across, name, sizeof name / sizeof *name}

const dk_report_table dk_report_tables[] = {
    TABLE(drivers, drivers, false, "fits", "drivers"),
    TABLE(touchpoints, touchpoints, false, "fits", "touchpoints"),
    TABLE(segments, segments, false, "segments"),
    TABLE(waves, over_time, true, "waves", "segments"),
    TABLE(changes, changes, false, "trend", "points"),
    TABLE(movement, movement, false, "movement.matrices", "rows", "to"),
    TABLE(moves, what_moves, false, "movement.hazards", "drivers"),
    TABLE(lifetime, lifetime_value, false, "lifetime.segments"),
    TABLE(worth, worth_head, false, "worth.levers"),
    TABLE(rox, rox, false, "rox"),
    TABLE(themes, themes, true, "themes", "segments"),
    TABLE(theme_groups, themes_by_group, false, "theme_groups.groups", "themes"),
    TABLE(profiles, profiles, false, "profiles", "themes"),
    TABLE(kpis, kpis, false, "kpis"),
    TABLE(kpi_cuts, kpi_cuts, false, "kpis", "cuts"),
    TABLE(correlations, correlations, false, "kpi_correlations"),
    TABLE(followup, followup, false, "followup.items"),
    TABLE(quotes, quotes, false, "quotes"),
    TABLE(quality, data_quality, false, "files", "columns"),
    TABLE(problems, problems, false, "problems"),
    TABLE(methods, methods, false, "notes"),
};
const size_t dk_report_table_count = sizeof dk_report_tables / sizeof *dk_report_tables;
