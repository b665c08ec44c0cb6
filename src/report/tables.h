/* The tables of the report: what report.xlsx has as sheets and report --format csv as files, cut from report.json by the paths
 * of tables.c. One list of columns serves both; docs/report.md names them.
 */
#ifndef DK_REPORT_TABLES_H
#define DK_REPORT_TABLES_H

#include "io/json_read.h"
#include "io/xlsx_write.h"
#include "report/messages.h"

/* What a text of report.json is, so that it can stand in the report's language. CSV keeps it as it is. */
typedef enum dk_text_as {
    DK_AS_IS,
    DK_AS_WORD,  /* of messages.def */
    DK_AS_UPPER, /* the same with a large first letter */
    DK_AS_OWNER,
    DK_AS_SEGMENT,  /* "all" is everybody */
    DK_AS_THEME,    /* an id; none is what was pooled */
    DK_AS_LABEL,    /* an object with a text for each language */
    DK_AS_SENTENCE, /* of sentences.def */
    DK_AS_FLAG      /* yes or no */
} dk_text_as;

typedef enum dk_column_part { DK_PART_WHOLE, DK_PART_LOWER, DK_PART_UPPER } dk_column_part;

typedef struct dk_report_column {
    const char *id; /* in CSV */
    dk_message heading;
    dk_column_part part; /* of an interval: named in the heading */
    dk_xlsx_kind kind;
    dk_text_as as;
    const char *path; /* from the innermost item; each ^ goes one list outward */
    double width;     /* of the sheet; 0 for a usual one */
} dk_report_column;

enum { DK_TABLE_LISTS = 3 };

typedef struct dk_report_table {
    const char *id; /* the CSV file without its .csv */
    dk_message title;
    const char *lists[DK_TABLE_LISTS]; /* a list, the list in each of its items, ... */
    bool across; /* the items of the second list by place: all first ones, then all second ones */
    const dk_report_column *columns;
    size_t ncolumns;
} dk_report_table;

/* All of them, in the order of the sheets. */
extern const dk_report_table dk_report_tables[];
extern const size_t dk_report_table_count;

/* A cell: a number (NaN for none) where the kind of its column is one, or a text. */
typedef struct dk_report_cell {
    double number;
    dk_str text;
} dk_report_cell;

typedef dk_status dk_report_row(void *context, const dk_report_table *table, const dk_report_cell *cells,
                                dk_error *err);

/* Hands over the rows of a table; what hides its figures is left out. language: DK_LANG_OTHER for texts as they are. Cells are
   borrowed for the call. */
dk_status dk_report_table_rows(const dk_report_table *table, const dk_json_value *report,
                               dk_language language, dk_report_row *row, void *context, dk_error *err);

/* The heading of an amount of money, for MSG_worth and MSG_profit_period, as the page has it: without a time where the data have no
   periods (a single file does not say which time its profit is of), and of respondents alone where all customers have a worth
   of their own. Other messages are as they are. */
dk_message dk_report_timed(dk_message message, const dk_json_value *report);

/* The heading of a column in a language, appended. */
void dk_report_heading(dk_buf *out, const dk_report_column *column, const dk_json_value *report, dk_language language);

static inline bool dk_column_is_text(const dk_report_column *column) {
    return column->kind == DK_XLSX_TEXT || column->kind == DK_XLSX_WRAPPED;
}

#endif
