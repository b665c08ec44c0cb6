#include "io/workbook.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/rows.h"
#include "io/survey_export.h"

enum { KEPT = 3 }; /* the header and two rows that may belong to it */

typedef struct result {
    int32_t row, column;
    const char *text;
    size_t len;
} result;

/* Spooled rows begin with their place in the sheet and the number of their cells. */
typedef struct sheet {
    dk_arena arena;
    dk_spool *spool; /* while it is being written */
    dk_row_source stored;
    dk_str *head[KEPT];
    size_t head_cells[KEPT];
    int32_t head_row[KEPT];
    int nhead;
    size_t columns; /* of the widest row */
    result *results;
    size_t nresults, results_cap, at_result;
    dk_buf row;
    int32_t place; /* of the row that waits in row */
    bool fetched, drained;
    dk_status status;
    dk_error *err;
} sheet;

bool dk_workbook_recognise(const char *head, size_t len) {
    return len >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

static bool keep_head(sheet *s, int32_t row, const dk_str *cells, size_t count) {
    dk_str *copy = dk_arena_calloc(&s->arena, count, sizeof *copy);
    if (copy == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        copy[i] = (dk_str){dk_arena_strdup(&s->arena, cells[i].ptr, cells[i].len), cells[i].len};
        if (copy[i].ptr == NULL) return false;
    }
    s->head[s->nhead] = copy;
    s->head_row[s->nhead] = row;
    s->head_cells[s->nhead++] = count;
    return true;
}

static bool on_row(void *context, int32_t row, const dk_str *cells, size_t count) {
    sheet *s = context;
    while (count > 0 && cells[count - 1].len == 0) count--;
    if (count == 0) return true;
    if (count > s->columns) s->columns = count;
    if (s->nhead < KEPT && !keep_head(s, row, cells, count)) s->status = dk_fail_memory(s->err);
    uint32_t n = (uint32_t)count;
    dk_buf_clear(&s->row);
    dk_buf_put(&s->row, &row, sizeof row);
    dk_buf_put(&s->row, &n, sizeof n);
    for (size_t i = 0; i < count; i++) dk_row_put(&s->row, cells[i].ptr, cells[i].len);
    if (s->status == DK_OK && (s->nhead > 1 || row != s->head_row[0])) s->status = dk_spool_add(s->spool, &s->row, s->err);
    return s->status == DK_OK;
}

static bool on_formula(void *context, int32_t row, int32_t column, dk_str text) {
    sheet *s = context;
    bool ok = dk_grow(&s->results, &s->results_cap, s->nresults + 1);
    const char *copy = ok ? dk_arena_strdup(&s->arena, text.ptr, text.len) : NULL;
    if (copy == NULL) {
        s->status = dk_fail_memory(s->err);
        return false;
    }
    s->results[s->nresults++] = (result){row, column, copy, text.len};
    if (text.len > 0 && (size_t)column >= s->columns) s->columns = (size_t)column + 1;
    return true;
}

static int by_place(const void *a, const void *b) {
    const result *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* The stored row into s->row, unless it still waits there. */
static dk_status fetch(sheet *s, dk_error *err) {
    if (s->fetched || s->drained) return DK_OK;
    dk_buf_clear(&s->row);
    dk_status status = s->stored.next(s->stored.state, &s->row, &s->drained, err);
    if (status != DK_OK || s->drained) return status;
    memcpy(&s->place, s->row.ptr, sizeof s->place);
    s->fetched = true;
    return DK_OK;
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    sheet *s = state;
    dk_status status = fetch(s, err);
    const result *f = s->at_result < s->nresults ? &s->results[s->at_result] : NULL;
    *done = s->drained && f == NULL;
    if (status != DK_OK || *done) return status;
    /* a row that has only formulas was not told in its place */
    bool formulas_only = f != NULL && (s->drained || f->row < s->place);
    int32_t place = formulas_only ? f->row : s->place;
    uint32_t count = 0, len;
    const char *p = s->row.ptr + sizeof place + sizeof count;
    if (!formulas_only) memcpy(&count, s->row.ptr + sizeof place, sizeof count);
    for (size_t c = 0; c < s->columns; c++) {
        dk_str cell = {"", 0};
        if (c < count) {
            memcpy(&len, p, sizeof len);
            cell = (dk_str){p + sizeof len, len};
            p += sizeof len + len;
        }
        for (; f != NULL && f->row == place && (size_t)f->column == c; f = s->at_result < s->nresults ? &s->results[s->at_result] : NULL) {
            cell = (dk_str){f->text, f->len};
            s->at_result++;
        }
        dk_row_put(row, cell.ptr, cell.len);
    }
    /* results without text lie beyond the columns */
    while (s->at_result < s->nresults && s->results[s->at_result].row <= place) s->at_result++;
    if (!formulas_only) s->fetched = false;
    return DK_OK;
}

static dk_status rewind_rows(void *state, dk_error *err) {
    sheet *s = state;
    s->fetched = s->drained = false;
    s->at_result = 0;
    while (s->at_result < s->nresults && s->results[s->at_result].row <= s->head_row[0]) s->at_result++;
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
    free(s->results);
    dk_buf_dispose(&s->row);
    dk_arena_dispose(&s->arena);
    free(s);
}

/* What the parts of a zip file unpack to, by its directory at the end (PKWARE APPNOTE 4.3.12 and 4.3.16); 0 when that
   cannot be told. */
static uint64_t unpacked_size(FILE *f, uint64_t size) {
    enum { END_RECORD = 22, TAIL = END_RECORD + 65535, ENTRY = 46 };
    uint64_t from = size > TAIL ? size - TAIL : 0, sum = 0;
    size_t len = (size_t)(size - from);
    unsigned char *tail = malloc(len + 1);
    if (tail != NULL && fseeko(f, (off_t)from, SEEK_SET) == 0 && fread(tail, 1, len, f) == len && len >= END_RECORD) {
        size_t end = len - END_RECORD;
        while (end > 0 && memcmp(tail + end, "PK\x05\x06", 4) != 0) end--;
        uint32_t offset;
        memcpy(&offset, tail + end + 16, sizeof offset);
        unsigned char entry[ENTRY];
        while (offset < size && fseeko(f, (off_t)offset, SEEK_SET) == 0 && fread(entry, ENTRY, 1, f) == 1 && memcmp(entry, "PK\x01\x02", 4) == 0) {
            uint32_t unpacked;
            uint16_t lens[3]; /* name, extra field, comment */
            memcpy(&unpacked, entry + 24, sizeof unpacked);
            memcpy(lens, entry + 28, sizeof lens);
            sum += unpacked;
            offset += ENTRY + (uint32_t)lens[0] + lens[1] + lens[2];
        }
    }
    free(tail);
    return sum;
}

static dk_status refuse_bomb(const char *path, double limit, dk_error *err) {
    static const uint64_t FREE_OF_LIMIT = (uint64_t)64 << 20;
    FILE *f = fopen(path, "rb");
    if (f == NULL) return dk_fail_errno(err, errno, path, "cannot open");
    off_t size = fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : -1;
    uint64_t sum = size > 0 ? unpacked_size(f, (uint64_t)size) : 0;
    fclose(f);
    double most = limit == 0 ? 250 : limit;
    if (most < 0 || sum < FREE_OF_LIMIT || (double)sum <= most * (double)size) return DK_OK;
    dk_fail_at(err, DK_EDATA, path, 0, 0, "this workbook unpacks to more than %g times its size", most);
    dk_error_remedy(err, "say --unpack-limit 0 when it is really that large");
    return DK_EDATA;
}

static dk_status read_sheet(sheet *s, const char *path, const char *name, dk_error *err) {
    s->err = err;
    dk_status status = dk_spool_new(&s->spool, err);
    const dk_workbook_sink sink = {s, on_row, on_formula};
    if (status == DK_OK) status = dk_workbook_parse(path, name, &sink, err);
    if (status != DK_OK || s->status != DK_OK) return status != DK_OK ? status : s->status;
    if (s->nhead == 0) {
        dk_fail_at(err, DK_EDATA, path, 0, 0, "the sheet is empty");
        dk_error_remedy(err, "--sheet NAME chooses another one");
        return DK_EDATA;
    }
    qsort(s->results, s->nresults, sizeof *s->results, by_place);
    status = dk_spool_source(s->spool, "", &s->stored, err);
    s->spool = NULL;
    return status == DK_OK ? rewind_rows(s, err) : status;
}

/* The header as one row of all columns: its own text, with results of formulas, and "column 7" where it has none. */
static bool name_columns(sheet *s, dk_str *rows, dk_survey_export *exported) {
    for (int i = 0; i < KEPT; i++)
        for (size_t c = 0; c < s->columns; c++)
            rows[(size_t)i * s->columns + c] = i < s->nhead && c < s->head_cells[i] ? s->head[i][c] : (dk_str){"", 0};
    for (size_t k = 0; k < s->nresults && s->results[k].row <= s->head_row[0]; k++)
        if (s->results[k].row == s->head_row[0]) rows[s->results[k].column] = (dk_str){s->results[k].text, s->results[k].len};
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
    dk_status status = refuse_bomb(path, limit, err);
    sheet *s = status == DK_OK ? calloc(1, sizeof *s) : NULL;
    if (s == NULL) return status != DK_OK ? status : dk_fail_memory(err);
    dk_buf_init(&s->row);
    status = read_sheet(s, path, name, err);
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
