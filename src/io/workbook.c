#include "io/workbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/rows.h"
#include "io/survey_export.h"

enum { KEPT = 3 }; /* the header and two rows that may belong to it */

/* Spooled rows begin with the number of their cells. */
typedef struct sheet {
    dk_arena arena;
    dk_spool *spool; /* while it is being written */
    dk_row_source stored;
    dk_str *head[KEPT];
    size_t head_cells[KEPT];
    int nhead;
    size_t columns; /* of the widest row */
    dk_buf row;
} sheet;

bool dk_workbook_recognise(const char *head, size_t len) {
    return len >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

static bool keep_head(sheet *s, const dk_str *cells, size_t count) {
    dk_str *copy = dk_arena_calloc(&s->arena, count, sizeof *copy);
    if (copy == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        copy[i] = (dk_str){dk_arena_strdup(&s->arena, cells[i].ptr, cells[i].len), cells[i].len};
        if (copy[i].ptr == NULL) return false;
    }
    s->head[s->nhead] = copy;
    s->head_cells[s->nhead++] = count;
    return true;
}

static dk_status take_row(void *context, const dk_str *cells, size_t count, dk_error *err) {
    sheet *s = context;
    while (count > 0 && cells[count - 1].len == 0) count--;
    if (count == 0) return DK_OK;
    if (count > s->columns) s->columns = count;
    bool header = s->nhead == 0;
    if (s->nhead < KEPT && !keep_head(s, cells, count)) return dk_fail_memory(err);
    if (header) return DK_OK;
    uint32_t n = (uint32_t)count;
    dk_buf_clear(&s->row);
    dk_buf_put(&s->row, &n, sizeof n);
    for (size_t i = 0; i < count; i++) dk_row_put(&s->row, cells[i].ptr, cells[i].len);
    return dk_spool_add(s->spool, &s->row, err);
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    sheet *s = state;
    dk_buf_clear(&s->row);
    dk_status status = s->stored.next(s->stored.state, &s->row, done, err);
    if (status != DK_OK || *done) return status;
    uint32_t count;
    memcpy(&count, s->row.ptr, sizeof count);
    dk_buf_put(row, s->row.ptr + sizeof count, s->row.len - sizeof count);
    for (size_t c = count; c < s->columns; c++) dk_row_put(row, "", 0);
    return DK_OK;
}

static dk_status rewind_rows(void *state, dk_error *err) {
    sheet *s = state;
    return s->stored.rewind(s->stored.state, err);
}

static void progress(const void *state, int64_t *taken, int64_t *total) {
    const sheet *s = state;
    s->stored.progress(s->stored.state, taken, total);
}

static void free_state(void *state) {
    sheet *s = state;
    if (s->stored.state != NULL) s->stored.free(s->stored.state);
    dk_spool_free(s->spool);
    dk_buf_dispose(&s->row);
    dk_arena_dispose(&s->arena);
    free(s);
}

static dk_status read_sheet(sheet *s, const char *path, const char *name, double limit, dk_error *err) {
    dk_status status = dk_spool_new(&s->spool, err);
    if (status == DK_OK) status = dk_workbook_parse(path, name, limit, take_row, s, err);
    if (status != DK_OK) return status;
    if (s->nhead == 0) {
        dk_fail_at(err, DK_EDATA, path, 0, 0, "the sheet is empty");
        dk_error_remedy(err, "--sheet NAME chooses another one");
        return DK_EDATA;
    }
    status = dk_spool_source(s->spool, "", &s->stored, err);
    s->spool = NULL;
    return status;
}

/* The header as one row of all columns: its own text, and "column 7" where it has none. */
static bool name_columns(sheet *s, dk_str *rows, dk_survey_export *exported) {
    for (int i = 0; i < KEPT; i++)
        for (size_t c = 0; c < s->columns; c++)
            rows[(size_t)i * s->columns + c] = i < s->nhead && c < s->head_cells[i] ? s->head[i][c] : (dk_str){"", 0};
    if (!dk_survey_recognise(exported, rows, rows + s->columns, rows + 2 * s->columns, s->columns, &s->arena)) return false;
    for (size_t c = 0; c < s->columns; c++) {
        if (rows[c].len > 0) continue;
        char text[32];
        int n = snprintf(text, sizeof text, "column %zu", c + 1);
        rows[c] = (dk_str){dk_arena_strdup(&s->arena, text, (size_t)n), (size_t)n};
        if (rows[c].ptr == NULL) return false;
    }
    return true;
}

dk_status dk_workbook_open(struct dk_reader *r, const char *path, const char *name, double limit, dk_error *err) {
    sheet *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    dk_buf_init(&s->row);
    dk_status status = read_sheet(s, path, name, limit, err);
    dk_str *rows = status == DK_OK ? calloc(KEPT * s->columns, sizeof *rows) : NULL;
    dk_survey_export exported = {NULL, 0};
    if (status == DK_OK && (rows == NULL || !name_columns(s, rows, &exported))) status = dk_fail_memory(err);
    if (status == DK_OK) {
        const char *format = exported.tool == NULL                     ? "Excel workbook"
                             : strcmp(exported.tool, "Qualtrics") == 0 ? "Qualtrics export, Excel workbook"
                                                                       : "SurveyMonkey export, Excel workbook";
        dk_row_source source = {format, s, next, rewind_rows, progress, free_state};
        status = dk_rows_open(r, &source, path, rows, s->columns, exported.drop, err);
    } else {
        free_state(s);
    }
    free(rows);
    return status;
}
