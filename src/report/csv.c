/* drivers.csv and rejected.csv. */
#include "io/csv_write.h"
#include "report/report.h"
#include "report/rows.h"

static void put_text(dk_buf *out, const char *text) {
    dk_buf_putc(out, ',');
    if (text != NULL) dk_csv_put_safe(out, dk_str_from(text));
}

static void put_count(dk_buf *out, int64_t value) {
    dk_buf_putc(out, ',');
    dk_buf_put_int(out, value);
}

void dk_report_drivers_csv(const dk_study_result *r, dk_buf *out) {
    dk_out_rows rows = {0};
    dk_report_drivers_rows(r, &rows);
    dk_out_csv_head(out, &dk_report_drivers_table);
    dk_out_csv(out, &dk_report_drivers_table, &rows);
    dk_buf_dispose(&rows.bytes);
}

void dk_report_rejected_csv(const dk_study_result *r, dk_buf *out) {
    dk_buf_puts(out, "file,line,row,column,problem,value,message,kept\n");
    for (size_t i = 0; i < r->nproblems; i++) {
        const dk_problem *p = &r->problems[i];
        dk_csv_puts(out, p->file >= 0 ? r->files[p->file].name : "");
        dk_buf_putc(out, ',');
        if (p->line > 0) dk_buf_put_int(out, p->line);
        put_count(out, p->row);
        put_text(out, p->column);
        put_text(out, dk_problem_name(p->kind));
        put_text(out, p->value);
        put_text(out, p->message);
        put_text(out, p->kept ? "yes" : "no");
        dk_buf_putc(out, '\n');
    }
}
