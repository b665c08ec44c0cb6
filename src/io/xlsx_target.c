/* Workbooks as targets: a sheet a table, and more of them where there are more rows than one can hold. */
#include <stdlib.h>

#include "io/writer_kind.h"
#include "io/xlsx_write.h"

typedef struct workbook {
    dk_xlsx *book;
    dk_xlsx_sheet **sheets; /* by table: the one that is being filled */
    int *nsheets;
} workbook;

static dk_status add_sheet(dk_target *t, size_t table, dk_error *err) {
    static const dk_xlsx_kind kinds[] = {[DK_OUT_TEXT] = DK_XLSX_TEXT,
                                         [DK_OUT_COUNT] = DK_XLSX_COUNT,
                                         [DK_OUT_NUMBER] = DK_XLSX_NUMBER,
                                         [DK_OUT_FLAG] = DK_XLSX_TEXT};
    workbook *w = t->state;
    dk_status status = dk_xlsx_add_sheet(w->book, t->tables[table]->name, &w->sheets[table], err);
    w->nsheets[table]++;
    for (size_t i = 0; status == DK_OK && i < dk_target_columns(t->tables[table]); i++) {
        dk_out_column c = dk_target_column(t->tables[table], i);
        dk_xlsx_column(w->sheets[table], c.name, kinds[c.kind], 0);
    }
    return status;
}

static dk_status open_book(dk_target *t, dk_error *err) {
    workbook *w = t->state = calloc(1, sizeof *w);
    if (w == NULL) return dk_fail_memory(err);
    t->name = strdup(t->where);
    w->sheets = calloc(t->ntables, sizeof *w->sheets);
    w->nsheets = calloc(t->ntables, sizeof *w->nsheets);
    if (t->name == NULL || w->sheets == NULL || w->nsheets == NULL) return dk_fail_memory(err);
    return dk_xlsx_open_long(&w->book, t->where, err);
}

static dk_status begin_book(dk_target *t, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) status = add_sheet(t, k, err);
    return status;
}

static dk_status put_rows(dk_target *t, size_t table, const char *bytes, size_t len, dk_error *err) {
    workbook *w = t->state;
    for (const char *at = bytes, *end = bytes + len; at < end;) {
        if (dk_xlsx_rows(w->sheets[table]) == t->sheet_rows) {
            dk_status status = add_sheet(t, table, err);
            if (status != DK_OK) return status;
        }
        dk_xlsx_sheet *sheet = w->sheets[table];
        dk_xlsx_text(sheet, dk_str_from(t->run));
        for (size_t i = 0; i < t->tables[table]->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            if (cell.form == DK_FORM_TEXT)
                dk_xlsx_text(sheet, cell.text);
            else if (cell.form == DK_FORM_FLAG)
                dk_xlsx_text(sheet, dk_str_from(cell.count ? "yes" : "no"));
            else if (cell.form == DK_FORM_NULL)
                dk_xlsx_skip(sheet);
            else
                dk_xlsx_number(sheet, cell.form == DK_FORM_COUNT ? (double)cell.count : cell.number);
        }
        dk_xlsx_end_row(sheet);
    }
    return DK_OK;
}

static dk_status prepare_book(dk_target *t, dk_error *err) {
    const workbook *w = t->state;
    for (size_t k = 0; k < t->ntables; k++)
        if (w->nsheets[k] > 1)
            dk_buf_putf(&t->remark, "; %s are in %d sheets, of %lld rows at the most", t->tables[k]->name,
                        w->nsheets[k], (long long)t->sheet_rows);
    return dk_buf_status(&t->remark, err);
}

static dk_status commit_book(dk_target *t, dk_error *err) {
    workbook *w = t->state;
    dk_xlsx *book = w->book;
    w->book = NULL;
    return dk_xlsx_close(book, err);
}

static void free_book(dk_target *t) {
    workbook *w = t->state;
    dk_xlsx_abort(w->book);
    free(w->sheets);
    free(w->nsheets);
    free(w);
}

const dk_target_kind dk_xlsx_target = {open_book,    begin_book,  NULL,     put_rows,
                                       prepare_book, commit_book, free_book};
