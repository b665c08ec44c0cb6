/* report.xlsx: a summary, then the tables as sheets, some with a chart of Excel's own. */
#include <math.h>
#include <stdio.h>

#include "report/report.h"
#include "report/tables.h"

/* ---- The summary ---- */

typedef struct summary_line {
    dk_message name;
    dk_xlsx_kind kind;
    const char *value, *ci, *n; /* paths, or NULL */
} summary_line;

static const summary_line lines[] = {
    {MSG_nps, DK_XLSX_NUMBER, "segments.0.nps.nps", "segments.0.nps.ci", "segments.0.nps.n"},
    {MSG_score, DK_XLSX_NUMBER, "segments.0.score.mean", "segments.0.score.ci", "segments.0.score.n"},
    {MSG_score_and_profit, DK_XLSX_NUMBER, "profit_link.effect", "profit_link.ci", "profit_link.n"},
    {MSG_profit_period, DK_XLSX_NUMBER, "segments.0.profit.mean", "segments.0.profit.ci",
     "segments.0.profit.n"},
    {MSG_responses, DK_XLSX_COUNT, "responses", NULL, NULL},
    {MSG_comments, DK_XLSX_COUNT, "comments", NULL, NULL},
    {MSG_customers_head, DK_XLSX_COUNT, "customers", NULL, NULL},
};

static void put_named(dk_xlsx_sheet *sheet, const char *name, const char *text) {
    if (text == NULL || text[0] == '\0') return;
    dk_xlsx_text(sheet, dk_str_from(name));
    dk_xlsx_text(sheet, dk_str_from(text));
    dk_xlsx_end_row(sheet);
}

static void put_dates(dk_xlsx_sheet *sheet, const dk_json_value *report, dk_language language) {
    const char *dates[] = {dk_json_str(dk_json_get(report, "first_date")),
                           dk_json_str(dk_json_get(report, "last_date"))};
    dk_buf text;
    dk_buf_init(&text);
    if (dates[0] != NULL && dates[1] != NULL) dk_message_put(&text, MSG_dates, language, dates, 2);
    put_named(sheet, dk_message_word("period", language), dk_buf_cstr(&text));
    dk_buf_dispose(&text);
}

/* That a score is withheld is said, since else it seems as if there were none. */
static void put_withheld(dk_xlsx_sheet *sheet, const dk_json_value *report, dk_language language) {
    bool scored = dk_json_num(dk_json_get(report, "scored")) > 0;
    if (!scored || isfinite(dk_json_num(dk_json_at(report, "segments.0.nps.nps"))) || isfinite(dk_json_num(dk_json_at(report, "segments.0.score.mean")))) return;
    char least[24];
    snprintf(least, sizeof least, "%.0f", dk_json_num(dk_json_get(report, "min_privacy")));
    const char *args[] = {least};
    dk_buf text;
    dk_buf_init(&text);
    dk_message_put(&text, MSG_too_few_scores, language, args, 1);
    put_named(sheet, dk_message_text(MSG_score, language), dk_buf_cstr(&text));
    dk_buf_dispose(&text);
}

static dk_status put_summary(dk_xlsx *book, const dk_json_value *report, dk_language language,
                             dk_error *err) {
    dk_xlsx_sheet *sheet;
    dk_status status = dk_xlsx_add_sheet(book, dk_message_text(MSG_summary, language), &sheet, err);
    if (status != DK_OK) return status;
    const char *title = dk_json_str(dk_json_get(report, "title"));
    dk_xlsx_column(sheet, title != NULL ? title : "drivkraft", DK_XLSX_TEXT, 44);
    dk_xlsx_column(sheet, dk_message_text(MSG_figure_head, language), DK_XLSX_NUMBER, 22);
    dk_xlsx_column(sheet, dk_message_text(MSG_lower, language), DK_XLSX_NUMBER, 12);
    dk_xlsx_column(sheet, dk_message_text(MSG_upper, language), DK_XLSX_NUMBER, 12);
    dk_xlsx_column(sheet, dk_message_text(MSG_n_behind, language), DK_XLSX_COUNT, 12);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        double value = dk_json_num(dk_json_at(report, lines[i].value));
        const dk_json_value *ci = lines[i].ci != NULL ? dk_json_at(report, lines[i].ci) : NULL;
        if (!isfinite(value)) continue;
        dk_xlsx_text(sheet, dk_str_from(dk_message_text(dk_report_timed(lines[i].name, report), language)));
        dk_xlsx_number(sheet, value);
        dk_xlsx_number(sheet, dk_json_num(dk_json_item(ci, 0)));
        dk_xlsx_number(sheet, dk_json_num(dk_json_item(ci, 1)));
        dk_xlsx_number(sheet, lines[i].n != NULL ? dk_json_num(dk_json_at(report, lines[i].n)) : NAN);
        dk_xlsx_end_row(sheet);
    }
    put_withheld(sheet, report, language);
    put_dates(sheet, report, language);
    put_named(sheet, dk_message_text(MSG_currency, language), dk_json_str(dk_json_get(report, "currency")));
    put_named(sheet, "drivkraft", dk_json_str(dk_json_get(report, "version")));
    put_named(sheet, dk_message_text(MSG_stamp, language), dk_json_str(dk_json_get(report, "stamp")));
    return DK_OK;
}

/* ---- The tables ---- */

/* A chart of the first rows of a table: as long as the cells of the columns in same are those of the first row. */
typedef struct sheet_chart {
    const char *table;
    dk_xlsx_chart_kind kind;
    const char *names, *values[4], *same[2];
    int most;
} sheet_chart;

static const sheet_chart charts[] = {
    {"drivers", DK_XLSX_BARS, "theme", {"moves"}, {"outcome", "segment"}, 12},
    {"segments", DK_XLSX_COLUMNS, "segment", {"nps"}, {NULL}, 20},
    {"waves", DK_XLSX_LINES, "wave", {"nps", "smoothed"}, {"segment"}, 60},
    {"themes", DK_XLSX_STACKED_BARS, "theme", {"negative", "mixed", "neutral", "positive"}, {"segment"}, 20},
    {"worth", DK_XLSX_BARS, "theme", {"money"}, {"segment"}, 12},
};

typedef struct sheet_state {
    dk_xlsx *book;
    dk_xlsx_sheet *sheet;
    const dk_json_value *report;
    dk_language language;
    const sheet_chart *chart;
    dk_buf first[2]; /* the cells of the first row in the chart's columns */
    int64_t last;    /* of the rows of the chart */
    bool ended;
} sheet_state;

static int column_of(const dk_report_table *table, const char *id) {
    for (size_t i = 0; i < table->ncolumns; i++)
        if (strcmp(table->columns[i].id, id) == 0) return (int)i;
    return -1;
}

static dk_status begin_sheet(sheet_state *s, const dk_report_table *table, dk_error *err) {
    dk_buf heading;
    dk_status status = dk_xlsx_add_sheet(s->book, dk_message_text(table->title, s->language), &s->sheet, err);
    if (status != DK_OK) return status;
    dk_buf_init(&heading);
    for (size_t i = 0; i < table->ncolumns; i++) {
        dk_buf_clear(&heading);
        dk_report_heading(&heading, &table->columns[i], s->report, s->language);
        dk_xlsx_column(s->sheet, dk_buf_cstr(&heading), table->columns[i].kind, table->columns[i].width);
    }
    status = dk_buf_status(&heading, err);
    dk_buf_dispose(&heading);
    s->chart = NULL;
    s->last = 0;
    s->ended = false;
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        if (strcmp(charts[i].table, table->id) == 0) s->chart = &charts[i];
    return status;
}

/* Whether the row still belongs to the chart. */
static void follow_chart(sheet_state *s, const dk_report_table *table, const dk_report_cell *cells) {
    if (s->chart == NULL || s->ended) return;
    for (int k = 0; k < 2 && s->chart->same[k] != NULL; k++) {
        dk_str cell = cells[column_of(table, s->chart->same[k])].text;
        if (s->last == 0) {
            dk_buf_clear(&s->first[k]);
            dk_buf_put(&s->first[k], cell.ptr, cell.len);
        } else if (!dk_str_eq(cell, (dk_str){s->first[k].ptr, s->first[k].len})) {
            s->ended = true;
        }
    }
    if (!s->ended) s->last++;
    s->ended = s->ended || s->last == s->chart->most;
}

static dk_status put_row(void *context, const dk_report_table *table, const dk_report_cell *cells,
                         dk_error *err) {
    sheet_state *s = context;
    dk_status status = s->sheet == NULL ? begin_sheet(s, table, err) : DK_OK;
    if (status != DK_OK) return status;
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (dk_column_is_text(&table->columns[i]))
            dk_xlsx_text(s->sheet, cells[i].text);
        else
            dk_xlsx_number(s->sheet, cells[i].number);
    }
    dk_xlsx_end_row(s->sheet);
    follow_chart(s, table, cells);
    return DK_OK;
}

static void put_chart(sheet_state *s, const dk_report_table *table) {
    int values[4];
    size_t count = 0;
    if (s->sheet == NULL || s->chart == NULL || s->last < 2) return;
    for (int i = 0; i < 4 && s->chart->values[i] != NULL; i++)
        values[count++] = column_of(table, s->chart->values[i]);
    dk_xlsx_chart(s->sheet, s->chart->kind, dk_message_text(table->title, s->language),
                  column_of(table, s->chart->names), values, count, 1, s->last);
}

dk_status dk_report_xlsx(const dk_json_value *report, dk_language language, dk_buf *out, dk_error *err) {
    sheet_state s = {.report = report, .language = language};
    dk_status status = dk_xlsx_new(&s.book, err);
    if (status != DK_OK) return status;
    status = put_summary(s.book, report, language, err);
    for (size_t i = 0; i < dk_report_table_count && status == DK_OK; i++) {
        s.sheet = NULL;
        status = dk_report_table_rows(&dk_report_tables[i], report, language, put_row, &s, err);
        if (status == DK_OK) put_chart(&s, &dk_report_tables[i]);
    }
    for (int k = 0; k < 2; k++) dk_buf_dispose(&s.first[k]);
    if (status == DK_OK) return dk_xlsx_finish(s.book, out, err);
    dk_xlsx_abort(s.book);
    return status;
}
