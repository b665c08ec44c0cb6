#include "io/xlsx_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/leftover.h"
#include "io/clean.h"
#include "io/output.h"
#include "io/workbook.h"

enum { KINDS = DK_XLSX_MONEY + 1, MOST_COLUMNS = 256, NAME_CHARACTERS = 31, TEXT_CHARACTERS = 32767 };

struct dk_xlsx_sheet {
    dk_xlsx *book;
    lxw_worksheet *sheet;
    char name[4 * NAME_CHARACTERS + 1];
    dk_xlsx_kind kinds[MOST_COLUMNS];
    int ncolumns, column;
    lxw_row_t row; /* 0 is the heading */
    int charts;
    dk_xlsx_sheet *next;
};

struct dk_xlsx {
    lxw_workbook *workbook;
    lxw_format *heading, *formats[KINDS];
    lxw_worksheet *lists; /* the choices of drop-down lists, made when first needed */
    lxw_col_t nlists;
    int64_t cells; /* that were written */
    dk_xlsx_sheet *sheets;
    char *path; /* where the file goes at last, or NULL */
    char *part; /* where libxlsxwriter writes it */
    dk_buf work;
    dk_arena arena;
    dk_error failure;
    bool failed;
};

static void fail(dk_xlsx *book, dk_status status, const char *message) {
    if (book->failed) return;
    book->failed = true;
    dk_fail_at(&book->failure, status, book->path, 0, 0, "%s", message);
}

static void check(dk_xlsx *book, lxw_error error) {
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
        fail(book, DK_ENOMEM, "memory ran out");
    else if (error == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE)
        fail(book, DK_EDATA, "more rows than a sheet of Excel can hold (1,048,576)");
    else if (error != LXW_NO_ERROR)
        fail(book, DK_EIO, lxw_strerror(error));
}

static bool make_formats(dk_xlsx *book) {
    static const char *const number[KINDS] = {NULL,   NULL,   "#,##0", "#,##0.00", "+#,##0.00;-#,##0.00;0.00",
                                              "0.0%", "#,##0"};
    if ((book->heading = workbook_add_format(book->workbook)) == NULL) return false;
    format_set_bold(book->heading);
    format_set_text_wrap(book->heading);
    format_set_align(book->heading, LXW_ALIGN_VERTICAL_TOP);
    format_set_bottom(book->heading, LXW_BORDER_THIN);
    format_set_bg_color(book->heading, 0xE7ECEF);
    for (int k = 0; k < KINDS; k++) {
        if ((book->formats[k] = workbook_add_format(book->workbook)) == NULL) return false;
        format_set_align(book->formats[k], LXW_ALIGN_VERTICAL_TOP);
        if (number[k] != NULL) format_set_num_format(book->formats[k], number[k]);
        if (k == DK_XLSX_WRAPPED) format_set_text_wrap(book->formats[k]);
    }
    return true;
}

/* libxlsxwriter writes to a name: a fresh one for temporary files. */
static dk_status make_part(dk_xlsx *book, dk_error *err) {
    book->part = dk_path_join(dk_temp_folder(), "drivkraft-xlsx-XXXXXX");
    if (book->part == NULL) return dk_fail_memory(err);
    int fd = mkstemp(book->part);
    if (fd < 0) {
        dk_status status = dk_fail_errno(err, errno, book->part, "cannot write a temporary file");
        free(book->part);
        book->part = NULL;
        return status;
    }
    close(fd);
    dk_leftover_add(book->part);
    return DK_OK;
}

static dk_status new_book(dk_xlsx **out, bool lengthy, dk_error *err) {
    dk_xlsx *book = calloc(1, sizeof *book);
    *out = NULL;
    if (book == NULL) return dk_fail_memory(err);
    dk_status status = make_part(book, err);
    if (status == DK_OK) {
        lxw_workbook_options how = {.constant_memory = lengthy, .tmpdir = (char *)(uintptr_t)dk_temp_folder()};
        book->workbook = workbook_new_opt(book->part, &how);
        if (book->workbook == NULL || !make_formats(book)) status = dk_fail_memory(err);
    }
    if (status == DK_OK) {
        lxw_doc_properties properties = {
            .created = 315532800}; /* 1980-01-01, as in the archive: no time of writing */
        if (workbook_set_properties(book->workbook, &properties) != LXW_NO_ERROR)
            status = dk_fail_memory(err);
    }
    if (status != DK_OK) {
        dk_xlsx_abort(book);
        return status;
    }
    *out = book;
    return DK_OK;
}

static dk_status open_book(dk_xlsx **book, const char *path, bool lengthy, dk_error *err) {
    dk_status status = new_book(book, lengthy, err);
    if (status != DK_OK) return status;
    if (((*book)->path = strdup(path)) != NULL) return DK_OK;
    dk_xlsx_abort(*book);
    *book = NULL;
    return dk_fail_memory(err);
}

dk_status dk_xlsx_new(dk_xlsx **book, dk_error *err) { return new_book(book, false, err); }
dk_status dk_xlsx_open(dk_xlsx **book, const char *path, dk_error *err) { return open_book(book, path, false, err); }
dk_status dk_xlsx_open_long(dk_xlsx **book, const char *path, dk_error *err) { return open_book(book, path, true, err); }

/* The bytes of the first so many characters of a text. */
static size_t bytes_of(const char *text, size_t len, size_t characters) {
    size_t i = 0;
    for (; i < len; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80 && characters-- == 0) break;
    return i;
}

static bool name_taken(const dk_xlsx *book, const char *name) {
    for (const dk_xlsx_sheet *s = book->sheets; s != NULL; s = s->next)
        if (lxw_strcasecmp(s->name, name) == 0) return true;
    return false;
}

static void choose_name(const dk_xlsx *book, const char *wanted, char *name, size_t size) {
    char clean[4 * NAME_CHARACTERS + 1];
    size_t len = bytes_of(wanted, strlen(wanted), NAME_CHARACTERS);
    if (len >= sizeof clean) len = 0;
    memcpy(clean, wanted, len);
    clean[len] = '\0';
    for (size_t i = 0; i < len; i++) {
        bool edge = clean[i] == '\'' && (i == 0 || i + 1 == len);
        if (edge || (unsigned char)clean[i] < 0x20 || strchr("[]:*?/\\", clean[i]) != NULL) clean[i] = ' ';
    }
    snprintf(name, size, "%s", len > 0 ? clean : "Sheet");
    for (int n = 2; name_taken(book, name); n++)
        snprintf(name, size, "%.*s %d", (int)bytes_of(clean, len, NAME_CHARACTERS - 4), clean, n);
}

dk_status dk_xlsx_add_sheet(dk_xlsx *book, const char *name, dk_xlsx_sheet **out, dk_error *err) {
    dk_xlsx_sheet *sheet = dk_arena_calloc(&book->arena, 1, sizeof *sheet);
    *out = NULL;
    if (sheet == NULL) return dk_fail_memory(err);
    choose_name(book, name, sheet->name, sizeof sheet->name);
    sheet->book = book;
    sheet->sheet = workbook_add_worksheet(book->workbook, sheet->name);
    if (sheet->sheet == NULL) return dk_fail(err, DK_EDATA, "no sheet can be called %s", sheet->name);
    worksheet_freeze_panes(sheet->sheet, 1, 0);
    worksheet_set_landscape(sheet->sheet);
    worksheet_fit_to_pages(sheet->sheet, 1, 0);
    check(book, worksheet_repeat_rows(sheet->sheet, 0, 0));
    sheet->next = book->sheets;
    book->sheets = sheet;
    *out = sheet;
    return DK_OK;
}

/* Writes text that is none of Excel's own: no formula, no link; cut at Excel's limit. Bytes that are not UTF-8 and U+FFFE and U+FFFF, which
   no XML may hold, become question marks. */
static void put_string(dk_xlsx *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, dk_str text,
                       lxw_format *format) {
    size_t len = bytes_of(text.ptr, text.len, TEXT_CHARACTERS);
    dk_buf_clear(&book->work);
    for (size_t i = 0, n; i < len; i += n > 0 ? n : 1) {
        const unsigned char *at = (const unsigned char *)text.ptr + i;
        n = dk_utf8_sequence(at, len - i);
        if (n == 0 || (n == 3 && at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE)) dk_buf_putc(&book->work, '?');
        else if (*at == '\0') dk_buf_putc(&book->work, ' ');
        else dk_buf_put(&book->work, at, n);
    }
    check(book, worksheet_write_string(sheet, row, column, dk_buf_cstr(&book->work), format));
    book->cells += len > 0 || format != NULL;
}

void dk_xlsx_column(dk_xlsx_sheet *sheet, const char *heading, dk_xlsx_kind kind, double width) {
    dk_xlsx *book = sheet->book;
    if (sheet->ncolumns == MOST_COLUMNS) {
        fail(book, DK_EUSAGE, "too many columns");
        return;
    }
    lxw_col_t at = (lxw_col_t)sheet->ncolumns;
    put_string(book, sheet->sheet, 0, at, dk_str_from(heading), book->heading);
    check(book, worksheet_set_column(sheet->sheet, at, at,
                                     width > 0              ? width
                                     : kind == DK_XLSX_TEXT ? 20
                                                            : 12,
                                     NULL));
    sheet->kinds[sheet->ncolumns++] = kind;
}

/* The column of the next cell, or -1 beyond the last. */
static int next_cell(dk_xlsx_sheet *sheet) {
    if (sheet->column < sheet->ncolumns) return sheet->column++;
    fail(sheet->book, DK_EUSAGE, "more cells than columns");
    return -1;
}

void dk_xlsx_text(dk_xlsx_sheet *sheet, dk_str text) {
    int at = next_cell(sheet);
    if (at < 0 || text.len == 0) return;
    dk_xlsx_kind kind = sheet->kinds[at] == DK_XLSX_WRAPPED ? DK_XLSX_WRAPPED : DK_XLSX_TEXT;
    put_string(sheet->book, sheet->sheet, sheet->row + 1, (lxw_col_t)at, text, sheet->book->formats[kind]);
}

void dk_xlsx_number(dk_xlsx_sheet *sheet, double value) {
    int at = next_cell(sheet);
    if (at < 0 || !isfinite(value)) return;
    check(sheet->book, worksheet_write_number(sheet->sheet, sheet->row + 1, (lxw_col_t)at, value,
                                              sheet->book->formats[sheet->kinds[at]]));
    sheet->book->cells++;
}

void dk_xlsx_skip(dk_xlsx_sheet *sheet) {
    (void)next_cell(sheet);
}

void dk_xlsx_end_row(dk_xlsx_sheet *sheet) {
    sheet->row++;
    sheet->column = 0;
}

int64_t dk_xlsx_rows(const dk_xlsx_sheet *sheet) {
    return sheet->row;
}

/* libxlsxwriter 1.1.4 copies the formula of a list of choices twice and loses the first copy, some twenty bytes a list: where leaks
   are looked for that one is known. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:lxw_strdup";
}
#endif
#endif

void dk_xlsx_choices(dk_xlsx_sheet *sheet, int column, int64_t rows, const char *const *choices,
                     size_t count) {
    dk_xlsx *book = sheet->book;
    char source[80], cell[LXW_MAX_CELL_RANGE_LENGTH];
    if (rows <= 0 || count == 0) return;
    if (book->lists == NULL) {
        book->lists = workbook_add_worksheet(book->workbook, "lists");
        if (book->lists == NULL) {
            fail(book, DK_ENOMEM, "memory ran out");
            return;
        }
        worksheet_hide(book->lists);
    }
    for (size_t i = 0; i < count; i++)
        put_string(book, book->lists, (lxw_row_t)i, book->nlists, dk_str_from(choices[i]), NULL);
    lxw_rowcol_to_range_abs(cell, 0, book->nlists, (lxw_row_t)(count - 1), book->nlists);
    book->nlists++;
    snprintf(source, sizeof source, "=lists!%s", cell);
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
                                .value_formula = source,
                                .ignore_blank = LXW_VALIDATION_ON,
                                .dropdown = LXW_VALIDATION_ON,
                                .show_error = LXW_VALIDATION_ON};
    check(book, worksheet_data_validation_range(sheet->sheet, 1, (lxw_col_t)column, (lxw_row_t)rows,
                                                (lxw_col_t)column, &rule));
}

void dk_xlsx_chart(dk_xlsx_sheet *sheet, dk_xlsx_chart_kind kind, const char *title, int names,
                   const int *values, size_t nvalues, int64_t first, int64_t last) {
    static const uint8_t types[] = {LXW_CHART_BAR, LXW_CHART_BAR_STACKED, LXW_CHART_COLUMN, LXW_CHART_LINE};
    dk_xlsx *book = sheet->book;
    if (last < first || nvalues == 0) return;
    lxw_chart *chart = workbook_add_chart(book->workbook, types[kind]);
    if (chart == NULL) {
        fail(book, DK_ENOMEM, "memory ran out");
        return;
    }
    for (size_t i = 0; i < nvalues; i++) {
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        if (series == NULL) {
            fail(book, DK_ENOMEM, "memory ran out");
            return;
        }
        lxw_row_t from = (lxw_row_t)first, to = (lxw_row_t)last;
        chart_series_set_categories(series, sheet->name, from, (lxw_col_t)names, to, (lxw_col_t)names);
        chart_series_set_values(series, sheet->name, from, (lxw_col_t)values[i], to, (lxw_col_t)values[i]);
        chart_series_set_name_range(series, sheet->name, 0, (lxw_col_t)values[i]);
    }
    chart_title_set_name(chart, title);
    if (nvalues == 1)
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    else
        chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    bool bars = kind == DK_XLSX_BARS || kind == DK_XLSX_STACKED_BARS;
    if (bars) chart_axis_set_reverse(chart->y_axis); /* the first row on top */
    double rows = (double)(last - first + 1);
    lxw_chart_options options = {.x_scale = 1.4,
                                 .y_scale = bars && rows > 8 ? rows / 8 : 1.2,
                                 .object_position = LXW_OBJECT_DONT_MOVE_DONT_SIZE};
    check(book, worksheet_insert_chart_opt(sheet->sheet, 1 + (lxw_row_t)sheet->charts++ * 20,
                                           (lxw_col_t)(sheet->ncolumns + 1), chart, &options));
}

/* Frees the workbook; dk_xlsx_abort's lets libxlsxwriter write its file, which is then removed: it frees in no other way. */
static void dispose(dk_xlsx *book) {
    if (book->workbook != NULL) lxw_workbook_free(book->workbook);
    if (book->part != NULL) unlink(book->part);
    dk_leftover_forget(book->part);
    free(book->part);
    free(book->path);
    dk_buf_dispose(&book->work);
    dk_arena_dispose(&book->arena);
    free(book);
}

static const char more_room[] = "free some space, or set TMPDIR to a folder that has it";

/* libxlsxwriter 1.1.4 does not look whether the rows of a long workbook could be written to their temporary file, */
static void check_rows(dk_xlsx *book, const dk_xlsx_sheet *sheet) {
    FILE *rows = sheet->sheet->optimize_tmpfile;
    if (rows == NULL || (fflush(rows) == 0 && !ferror(rows))) return;
    fail(book, DK_EIO, "cannot write rows of a workbook to a temporary file: no space left, or too large a file");
    dk_error_remedy(&book->failure, "%s", more_room);
}

/* nor whether the parts of any workbook could, each to one of its own: what is missing there would be missing without a word. */
static void check_parts(dk_xlsx *book) {
    int64_t cells;
    dk_error why;
    dk_status status = dk_workbook_check(book->part, &cells, &why);
    if (status == DK_OK && cells == book->cells) return;
    if (status == DK_ENOMEM) fail(book, status, "memory ran out");
    else fail(book, DK_EIO, "a part of the workbook could not be written to a temporary file: no space left, or too large a file");
    dk_error_remedy(&book->failure, "%s", more_room);
}

dk_status dk_xlsx_finish(dk_xlsx *book, dk_buf *out, dk_error *err) {
    dk_buf bytes;
    dk_buf_init(&bytes);
    for (const dk_xlsx_sheet *s = book->sheets; s != NULL; s = s->next) check_rows(book, s);
    for (dk_xlsx_sheet *s = book->sheets; s != NULL; s = s->next)
        if (s->ncolumns > 0)
            check(book, worksheet_autofilter(s->sheet, 0, 0, s->row > 0 ? s->row : 1,
                                             (lxw_col_t)(s->ncolumns - 1)));
    if (book->work.failed) fail(book, DK_ENOMEM, "memory ran out");
    if (!book->failed) {
        lxw_error error = workbook_close(book->workbook); /* frees it too */
        book->workbook = NULL;
        check(book, error);
        if (!book->failed) check_parts(book);
    }
    dk_status status = DK_OK;
    if (book->failed) {
        status = book->failure.status;
        if (err != NULL) *err = book->failure;
    }
    if (status == DK_OK) status = dk_file_read(book->part, &bytes, err);
    if (status == DK_OK) dk_buf_put(out, bytes.ptr, bytes.len);
    if (status == DK_OK) status = dk_buf_status(out, err);
    dk_buf_dispose(&bytes);
    dispose(book);
    return status;
}

dk_status dk_xlsx_close(dk_xlsx *book, dk_error *err) {
    dk_buf bytes;
    dk_output *output = NULL;
    dk_buf_init(&bytes);
    char *path = book->path;
    book->path = NULL;
    dk_status status = path != NULL ? dk_xlsx_finish(book, &bytes, err)
                                    : dk_fail(err, DK_EUSAGE, "a workbook without a file");
    if (path == NULL) dk_xlsx_abort(book);
    if (status == DK_OK) status = dk_output_open(&output, path, err);
    if (status == DK_OK) {
        status = dk_output_put(output, &bytes, err);
        if (status == DK_OK)
            status = dk_output_close(output, err);
        else
            dk_output_abort(output);
    }
    dk_buf_dispose(&bytes);
    free(path);
    return status;
}

void dk_xlsx_abort(dk_xlsx *book) {
    if (book != NULL) dispose(book);
}
