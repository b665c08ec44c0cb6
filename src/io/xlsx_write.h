/* Writing Excel workbooks (.xlsx): the only place of libxlsxwriter.
 *
 *     dk_xlsx_open(&book, "report.xlsx", err);
 *     dk_xlsx_add_sheet(book, "Drivers", &sheet, err);
 *     dk_xlsx_column(sheet, "theme", DK_XLSX_TEXT, 30); dk_xlsx_column(sheet, "effect", DK_XLSX_SIGNED, 0);
 *     dk_xlsx_text(sheet, theme); dk_xlsx_number(sheet, -41.2); dk_xlsx_end_row(sheet);
 *     dk_xlsx_close(book, err);
 *
 * A sheet is a table: its heading row is bold, stays when one scrolls, and has filters. What is written as text is text,
 * never a formula or a link, whatever it begins with. The same calls give the same bytes: the workbook holds no time and
 * no name of a user. Calls without a status remember the first failure for dk_xlsx_close.
 */
#ifndef DK_IO_XLSX_WRITE_H
#define DK_IO_XLSX_WRITE_H

#include "base/buffer.h"

typedef struct dk_xlsx dk_xlsx;
typedef struct dk_xlsx_sheet dk_xlsx_sheet;

enum { DK_XLSX_MOST_ROWS = 1048575 }; /* of a sheet, without the heading */

typedef enum dk_xlsx_kind {
    DK_XLSX_TEXT,
    DK_XLSX_WRAPPED, /* text that may take several lines */
    DK_XLSX_COUNT,   /* 12 408 */
    DK_XLSX_NUMBER,  /* two decimals */
    DK_XLSX_SIGNED,  /* two decimals and a plus or minus */
    DK_XLSX_SHARE,   /* 0.153 shows as 15.3 % */
    DK_XLSX_MONEY    /* 51 300 */
} dk_xlsx_kind;

/* Begins a workbook that appears at path only when it is closed whole. */
dk_status dk_xlsx_open(dk_xlsx **book, const char *path, dk_error *err);

/* The same for many rows: they go to a temporary file as they come, so that memory does not grow with them. The cells of a row in their
   order, and rows of one sheet after another or in turns; charts and lists of choices as well. */
dk_status dk_xlsx_open_long(dk_xlsx **book, const char *path, dk_error *err);

/* Begins a workbook that dk_xlsx_finish hands over as bytes. */
dk_status dk_xlsx_new(dk_xlsx **book, dk_error *err);

/* A new sheet, owned by the workbook. What Excel forbids in a name ([]:*?/\ and a quote at its ends) becomes a blank, names
   are cut to 31 characters, and one that exists already gets a number. */
dk_status dk_xlsx_add_sheet(dk_xlsx *book, const char *name, dk_xlsx_sheet **sheet, dk_error *err);

/* The columns in order, before the first row; width in characters, 0 for a usual one. */
void dk_xlsx_column(dk_xlsx_sheet *sheet, const char *heading, dk_xlsx_kind kind, double width);

/* The next cell of the row. NaN and the infinities leave it empty. Text beyond 32,767 characters, Excel's limit, is cut. */
void dk_xlsx_text(dk_xlsx_sheet *sheet, dk_str text);
void dk_xlsx_number(dk_xlsx_sheet *sheet, double value);
void dk_xlsx_skip(dk_xlsx_sheet *sheet);
void dk_xlsx_end_row(dk_xlsx_sheet *sheet);

/* Rows that have been ended, without the heading. */
int64_t dk_xlsx_rows(const dk_xlsx_sheet *sheet);

/* A list to choose from in the cells of a column (0 is the first) in rows 1 to rows below the heading. The choices stand in a
   hidden sheet, so that there may be any number of them. */
void dk_xlsx_choices(dk_xlsx_sheet *sheet, int column, int64_t rows, const char *const *choices,
                     size_t count);

typedef enum dk_xlsx_chart_kind {
    DK_XLSX_BARS,
    DK_XLSX_STACKED_BARS,
    DK_XLSX_COLUMNS,
    DK_XLSX_LINES
} dk_xlsx_chart_kind;

/* A native chart at the right of the table: names from a column, one series a column in values, rows first to last (1 is the first
   below the heading). */
void dk_xlsx_chart(dk_xlsx_sheet *sheet, dk_xlsx_chart_kind kind, const char *title, int names,
                   const int *values, size_t nvalues, int64_t first, int64_t last);

/* Writes the file and frees the workbook, also when it fails. */
dk_status dk_xlsx_close(dk_xlsx *book, dk_error *err);

/* The same with the bytes appended to out. */
dk_status dk_xlsx_finish(dk_xlsx *book, dk_buf *out, dk_error *err);

/* Frees and leaves no file; NULL is fine. */
void dk_xlsx_abort(dk_xlsx *book);

#endif
