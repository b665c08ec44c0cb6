/* CSV and JSON Lines as targets: a file a table, which appear together when all are whole. */
#include <stdlib.h>
#include <strings.h>

#include "base/file.h"
#include "io/csv_write.h"
#include "io/json_write.h"
#include "io/output.h"
#include "io/writer_kind.h"

typedef struct files {
    dk_output **outputs; /* by table */
    size_t count;
} files;

/* FILE.csv for the first table and FILE-NAME.csv for the others, or FOLDER/NAME.csv. */
static char *file_of(const dk_target *t, size_t table) {
    const char *ending = t->kind == &dk_csv_target ? ".csv" : ".jsonl", *dot = strrchr(t->where, '.'),
               *name = t->tables[table]->name;
    bool file = dot != NULL && (strcasecmp(dot, ending) == 0 ||
                                (t->kind == &dk_jsonl_target && strcasecmp(dot, ".ndjson") == 0));
    dk_buf path;
    dk_buf_init(&path);
    if (!file) {
        size_t len = strlen(t->where);
        dk_buf_putf(&path, "%s%s%s%s", t->where, t->where[len - 1] == '/' ? "" : "/", name, ending);
    } else if (table == 0) {
        dk_buf_puts(&path, t->where);
    } else {
        dk_buf_putf(&path, "%.*s-%s%s", (int)(dot - t->where), t->where, name, dot);
    }
    (void)dk_buf_cstr(&path);
    if (!path.failed) return path.ptr;
    dk_buf_dispose(&path);
    return NULL;
}

static dk_status open_files(dk_target *t, dk_error *err) {
    files *f = t->state = calloc(1, sizeof *f);
    if (f == NULL) return dk_fail_memory(err);
    t->name = strdup(t->where);
    f->outputs = calloc(t->ntables, sizeof *f->outputs);
    if (t->name == NULL || f->outputs == NULL) return dk_fail_memory(err);
    char *first = file_of(t, 0);
    dk_status status = first != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK && strcmp(first, t->where) != 0) status = dk_folder_make(t->where, err);
    free(first);
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        char *path = file_of(t, k);
        status = path != NULL ? dk_output_open(&f->outputs[k], path, err) : dk_fail_memory(err);
        free(path);
        f->count += status == DK_OK;
    }
    return status;
}

static dk_status begin_csv(dk_target *t, dk_error *err) {
    files *f = t->state;
    dk_buf head;
    dk_buf_init(&head);
    dk_status status = DK_OK;
    for (size_t k = 0; k < t->ntables && status == DK_OK; k++) {
        dk_buf_puts(&head, "run,");
        dk_out_csv_head(&head, t->tables[k]);
        status = dk_output_put(f->outputs[k], &head, err);
    }
    dk_buf_dispose(&head);
    return status;
}

static dk_status begin_jsonl(dk_target *t, dk_error *err) {
    (void)t;
    (void)err;
    return DK_OK;
}

static void shape_csv(const dk_target *t, size_t table, const dk_out_rows *rows, dk_buf *out) {
    const char *at = rows->bytes.ptr;
    for (int64_t r = 0; r < rows->rows; r++) {
        dk_csv_put_safe(out, dk_str_from(t->run));
        for (size_t i = 0; i < t->tables[table]->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            dk_buf_putc(out, ',');
            dk_out_put_csv(out, &cell);
        }
        dk_buf_putc(out, '\n');
    }
}

static void shape_jsonl(const dk_target *t, size_t table, const dk_out_rows *rows, dk_buf *out) {
    const char *at = rows->bytes.ptr;
    for (int64_t r = 0; r < rows->rows; r++) {
        dk_buf_puts(out, "{\"run\":");
        dk_json_escape(out, dk_str_from(t->run));
        for (size_t i = 0; i < t->tables[table]->ncolumns; i++) {
            dk_out_cell cell;
            at = dk_out_next(at, &cell);
            dk_buf_putf(out, ",\"%s\":", t->tables[table]->columns[i].name);
            if (cell.form == DK_FORM_TEXT)
                dk_json_escape(out, cell.text);
            else if (cell.form == DK_FORM_FLAG)
                dk_buf_puts(out, cell.count ? "true" : "false");
            else if (cell.form == DK_FORM_NULL)
                dk_buf_puts(out, "null");
            else
                dk_out_put_number(out, &cell);
        }
        dk_buf_puts(out, "}\n");
    }
}

static dk_status put_bytes(dk_target *t, size_t table, const char *bytes, size_t len, dk_error *err) {
    return dk_output_write(((files *)t->state)->outputs[table], bytes, len, err);
}

static dk_status prepare_files(dk_target *t, dk_error *err) {
    files *f = t->state;
    dk_status status = DK_OK;
    for (size_t k = 0; k < f->count && status == DK_OK; k++) status = dk_output_flush(f->outputs[k], err);
    return status;
}

static dk_status commit_files(dk_target *t, dk_error *err) {
    files *f = t->state;
    dk_status status = DK_OK;
    for (size_t k = 0; k < f->count && status == DK_OK; k++) {
        status = dk_output_close(f->outputs[k], err);
        f->outputs[k] = NULL;
    }
    return status;
}

static void free_files(dk_target *t) {
    files *f = t->state;
    for (size_t k = 0; f->outputs != NULL && k < f->count; k++) dk_output_abort(f->outputs[k]);
    free(f->outputs);
    free(f);
}

const dk_target_kind dk_csv_target = {open_files,    begin_csv,    shape_csv, put_bytes,
                                      prepare_files, commit_files, free_files};
const dk_target_kind dk_jsonl_target = {open_files,    begin_jsonl,  shape_jsonl, put_bytes,
                                        prepare_files, commit_files, free_files};
