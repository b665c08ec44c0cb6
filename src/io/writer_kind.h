/* What a kind of target implements to stand behind dk_writer; only the io room includes this.
 *
 * To add one: write NAME_write.c with a dk_target_kind, declare it below and let find_kind in writer.c recognise its targets. */
#ifndef DK_IO_WRITER_KIND_H
#define DK_IO_WRITER_KIND_H

#include "io/writer.h"

/* A cell as dk_out_rows holds it: one byte for what it is, then 4 bytes of length and text, 8 bytes of a number, 1 byte of a flag. */
typedef enum dk_out_form {
    DK_FORM_NULL,
    DK_FORM_TEXT,
    DK_FORM_COUNT,
    DK_FORM_NUMBER,
    DK_FORM_MILLI,
    DK_FORM_FLAG
} dk_out_form;

typedef struct dk_out_cell {
    dk_out_form form;
    dk_str text;
    int64_t count; /* or thousandths, or 0 and 1 */
    double number; /* of DK_FORM_NUMBER and DK_FORM_MILLI */
} dk_out_cell;

/* Takes a cell apart and returns where the next one begins. The text lies in the rows. */
const char *dk_out_next(const char *at, dk_out_cell *cell);

/* Appends a number as text reads it back: the same for CSV, JSON and COPY. */
void dk_out_put_number(dk_buf *buf, const dk_out_cell *cell);

/* Appends a cell as CSV has it: text safe for spreadsheets, yes and no, nothing for null. */
void dk_out_put_csv(dk_buf *buf, const dk_out_cell *cell);

typedef struct dk_target dk_target;

typedef struct dk_target_kind {
    /* Connects and looks; nothing is changed yet. */
    dk_status (*open)(dk_target *t, dk_error *err);
    /* Makes tables and removes the run's earlier rows. */
    dk_status (*begin)(dk_target *t, dk_error *err);
    /* Appends the rows of a table in the target's form; any thread. NULL: put takes the rows as they are. */
    void (*shape)(const dk_target *t, size_t table, const dk_out_rows *rows, dk_buf *out);
    dk_status (*put)(dk_target *t, size_t table, const char *bytes, size_t len, dk_error *err);
    /* All but the last step, then that. */
    dk_status (*prepare)(dk_target *t, dk_error *err);
    dk_status (*commit)(dk_target *t, dk_error *err);
    /* Undoes what was not committed. */
    void (*free)(dk_target *t);
} dk_target_kind;

struct dk_target {
    const dk_target_kind *kind;
    void *state;
    char *name;                        /* for messages, without a password */
    const char *where;                 /* the target as given, without csv: and the like */
    const dk_out_table *const *tables; /* the last one is runs */
    size_t ntables;
    const char *run, *schema, *prefix; /* prefix is never NULL */
    int patience;
    int64_t sheet_rows;
    bool replaced; /* there were rows of this run */
    dk_buf remark; /* what dk_writer_describe adds */
};

extern const dk_target_kind dk_csv_target, dk_jsonl_target, dk_xlsx_target, dk_sqlite_target,
    dk_postgres_target;

/* Says that a table has a column of another kind than it must have, or not at all (found is NULL), and what to do. DK_EDATA. */
dk_status dk_target_misfit(const dk_target *t, const char *table, const char *column, const char *found,
                           const char *wanted, dk_error *err);

/* Calls with the name of each column of a table, run first, and its kind. */
static inline size_t dk_target_columns(const dk_out_table *table) {
    return table->ncolumns + 1;
}
static inline dk_out_column dk_target_column(const dk_out_table *table, size_t i) {
    return i == 0 ? (dk_out_column){"run", DK_OUT_TEXT} : table->columns[i - 1];
}

/* Appends a name in double quotes, those within it doubled. */
void dk_target_quote(dk_buf *buf, const char *name);

/* Appends the table's name with the prefix, quoted, behind the schema when there is one. */
void dk_target_table(dk_buf *buf, const dk_target *t, size_t table);

/* Appends ("run", "id", ...); with type also each column's type, as type names it. */
void dk_target_list(dk_buf *buf, const dk_out_table *table, const char *(*type)(dk_out_kind kind));

#endif
