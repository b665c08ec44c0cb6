#include "io/arrow_read.h"

#include <stdlib.h>

#include "io/rows.h"

typedef struct table {
    struct dk_arrow_table table;
    dk_arrow_column *columns; /* of the batch at hand */
    size_t ncolumns, batch;   /* batch: the next one */
    int64_t row, rows, taken, total;
    dk_buf cell;
} table;

static dk_status open_batch(table *t, dk_error *err) {
    const struct ArrowSchema *schema = t->table.schema;
    const struct ArrowArray *array = t->table.batches[t->batch++];
    if (array->n_children != schema->n_children || array->length < 0)
        return dk_fail(err, DK_EDATA, "batch %zu has %lld columns where the schema has %lld", t->batch, (long long)array->n_children,
                       (long long)schema->n_children);
    int64_t from = array->offset >= 0 ? array->offset : INT64_MAX, most = INT64_MAX - array->length; /* no column is that long */
    for (size_t c = 0; c < t->ncolumns; c++) {
        dk_status status = dk_arrow_column_open(&t->columns[c], schema->children[c], array->children[c], err);
        if (status != DK_OK) return status;
        if (from > most || t->columns[c].length < array->length + from)
            return dk_fail(err, DK_EDATA, "batch %zu: a column is shorter than the batch", t->batch);
        t->columns[c].offset += from; /* the offset of a slice of the struct counts for its children too */
    }
    t->row = 0;
    t->rows = array->length;
    return DK_OK;
}

static dk_status next(void *state, dk_buf *row, bool *done, dk_error *err) {
    table *t = state;
    while (t->row == t->rows) {
        *done = t->batch == t->table.nbatches;
        if (*done) return DK_OK;
        dk_status status = open_batch(t, err);
        if (status != DK_OK) return status;
    }
    for (size_t c = 0; c < t->ncolumns; c++) {
        if (dk_arrow_is_text(&t->columns[c])) {
            dk_str text = dk_arrow_text(&t->columns[c], t->row);
            dk_row_put(row, text.ptr != NULL ? text.ptr : "", text.len);
            continue;
        }
        dk_buf_clear(&t->cell);
        dk_arrow_put(&t->columns[c], t->row, &t->cell);
        if (t->cell.failed) return dk_fail_memory(err);
        dk_row_put(row, t->cell.len > 0 ? t->cell.ptr : "", t->cell.len);
    }
    t->row++;
    t->taken++;
    *done = false;
    return DK_OK;
}

static dk_status rewind_table(void *state, dk_error *err) {
    table *t = state;
    (void)err;
    t->batch = 0;
    t->row = t->rows = t->taken = 0;
    return DK_OK;
}

static void progress(const void *state, int64_t *taken, int64_t *total) {
    const table *t = state;
    *taken = t->taken;
    *total = t->total;
}

static void free_table(void *state) {
    table *t = state;
    dk_buf_dispose(&t->cell);
    free(t->columns);
    free(t);
}

dk_status dk_arrow_open(dk_reader *r, const char *name, dk_error *err) {
    const struct dk_arrow_table *from = r->options.arrow;
    const struct ArrowSchema *schema = from->schema;
    if (schema->format == NULL || strcmp(schema->format, "+s") != 0 || schema->n_children <= 0)
        return dk_fail(err, DK_EUSAGE, "a table was expected: batches of a struct with at least one column");
    table *t = calloc(1, sizeof *t);
    dk_str *names = calloc((size_t)schema->n_children, sizeof *names);
    if (t != NULL) t->columns = calloc((size_t)schema->n_children, sizeof *t->columns);
    if (t == NULL || names == NULL || t->columns == NULL) {
        if (t != NULL) free_table(t);
        free(names);
        return dk_fail_memory(err);
    }
    t->table = *from;
    t->ncolumns = (size_t)schema->n_children;
    dk_buf_init(&t->cell);
    for (size_t i = 0; i < from->nbatches; i++) t->total += from->batches[i]->length;
    for (size_t c = 0; c < t->ncolumns; c++) names[c] = dk_str_from(schema->children[c]->name != NULL ? schema->children[c]->name : "");
    dk_row_source source = {"Arrow", t, next, rewind_table, progress, free_table};
    dk_status status = dk_rows_open(r, &source, name, names, t->ncolumns, 0, err);
    free(names);
    return status;
}
