#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/csv_write.h"
#include "io/output.h"
#include "report/json_sections.h"
#include "report/tables.h"

/* ---- Files that appear together ---- */

enum { MOST_FILES = 32 };

typedef struct files {
    dk_output *outputs[MOST_FILES];
    size_t count;
} files;

/* Writes a file that waits to appear; text is cleared. */
static dk_status add_file(files *f, const char *folder, const char *name, dk_buf *text, dk_error *err) {
    char *path = dk_path_join(folder, name);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = f->count < MOST_FILES ? dk_output_open(&f->outputs[f->count], path, err)
                                             : dk_fail(err, DK_EUSAGE, "too many files");
    free(path);
    if (status != DK_OK) return status;
    dk_output *output = f->outputs[f->count++];
    status = dk_output_put(output, text, err);
    return status == DK_OK ? dk_output_flush(output, err) : status;
}

static dk_status end_files(files *f, dk_status status, dk_error *err) {
    for (size_t i = 0; i < f->count; i++) {
        if (status == DK_OK)
            status = dk_output_close(f->outputs[i], err);
        else
            dk_output_abort(f->outputs[i]);
    }
    return status;
}

/* ---- The forms ---- */

static dk_language language_of(const dk_json_value *report, dk_language wanted) {
    const char *name = dk_json_str(dk_json_get(report, "report_language"));
    if (wanted == DK_LANG_OTHER && name != NULL) (void)dk_language_from_name(dk_str_from(name), &wanted);
    return wanted == DK_LANG_OTHER ? DK_LANG_EN : wanted;
}

static dk_status put_page(files *f, const char *folder, const char *page, const dk_json_value *report,
                          dk_str json, dk_language language, dk_error *err) {
    dk_buf template, out;
    dk_buf_init(&template);
    dk_buf_init(&out);
    dk_status status = dk_file_read(page, &template, err);
    if (status == DK_OK)
        status = dk_report_html((dk_str){template.ptr, template.len}, report, json, language, &out, err);
    if (status == DK_OK) status = add_file(f, folder, "report.html", &out, err);
    dk_buf_dispose(&template);
    dk_buf_dispose(&out);
    return status;
}

static dk_status put_workbook(files *f, const char *folder, const dk_json_value *report, dk_language language,
                              dk_error *err) {
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = dk_report_xlsx(report, language, &out, err);
    if (status == DK_OK) status = add_file(f, folder, "report.xlsx", &out, err);
    dk_buf_dispose(&out);
    return status;
}

static dk_status csv_row(void *context, const dk_report_table *table, const dk_report_cell *cells,
                         dk_error *err) {
    (void)err;
    dk_buf *out = context;
    if (out->len == 0)
        for (size_t i = 0; i < table->ncolumns; i++)
            dk_buf_putf(out, "%s%s", table->columns[i].id, i + 1 < table->ncolumns ? "," : "\n");
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (dk_column_is_text(&table->columns[i]))
            dk_csv_put_safe(out, cells[i].text);
        else
            dk_buf_put_double(out, cells[i].number);
        dk_buf_putc(out, i + 1 < table->ncolumns ? ',' : '\n');
    }
    return DK_OK;
}

/* tables/NAME.csv for each table with rows. */
static dk_status put_tables(files *f, const char *folder, const dk_json_value *report, dk_error *err) {
    char *inner = dk_path_join(folder, "tables"), name[64];
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = inner != NULL ? dk_folder_make(inner, err) : dk_fail_memory(err);
    for (size_t i = 0; i < dk_report_table_count && status == DK_OK; i++) {
        status = dk_report_table_rows(&dk_report_tables[i], report, DK_LANG_OTHER, csv_row, &out, err);
        if (status == DK_OK) status = dk_buf_status(&out, err);
        if (status != DK_OK || out.len == 0) continue;
        snprintf(name, sizeof name, "%s.csv", dk_report_tables[i].id);
        status = add_file(f, inner, name, &out, err);
    }
    dk_buf_dispose(&out);
    free(inner);
    return status;
}

static dk_status put_forms(files *f, const char *folder, const dk_report_options *options, const char *name,
                           dk_str json, dk_error *err) {
    dk_json_value *report = NULL;
    dk_status status = dk_json_parse(&report, name, json, err);
    if (status == DK_OK &&
        (!(dk_json_num(dk_json_get(report, "format")) == 1) || dk_json_get(report, "segments") == NULL)) {
        status = dk_fail_at(err, DK_EDATA, name, 0, 0, "this is no report of drivkraft");
        dk_error_remedy(err, "drivkraft analyze DATA -o FOLDER writes one");
    }
    dk_language language = status == DK_OK ? language_of(report, options->language) : DK_LANG_EN;
    if (status == DK_OK && options->page != NULL && (options->forms & DK_REPORT_HTML))
        status = put_page(f, folder, options->page, report, json, language, err);
    if (status == DK_OK && (options->forms & DK_REPORT_XLSX))
        status = put_workbook(f, folder, report, language, err);
    if (status == DK_OK && (options->forms & DK_REPORT_CSV)) status = put_tables(f, folder, report, err);
    dk_json_free(report);
    return status;
}

dk_status dk_report_write(const dk_study_result *result, const char *folder, const dk_report_options *options,
                          dk_error *err) {
    files f = {.count = 0};
    dk_report_options how = *options;
    dk_buf json, text;
    dk_buf_init(&json);
    dk_buf_init(&text);
    how.forms = DK_REPORT_HTML | DK_REPORT_XLSX;
    dk_status status = dk_folder_make(folder, err);
    dk_report_json(result, &json);
    if (status == DK_OK) status = dk_buf_status(&json, err);
    if (status == DK_OK)
        status = put_forms(&f, folder, &how, "report.json", (dk_str){json.ptr, json.len}, err);
    if (status == DK_OK) status = add_file(&f, folder, "report.json", &json, err);
    if (status == DK_OK) {
        dk_report_drivers_csv(result, &text);
        status = add_file(&f, folder, "drivers.csv", &text, err);
    }
    if (status == DK_OK && result->movement.known) {
        dk_report_movement_csv(result, &text);
        status = add_file(&f, folder, "movement.csv", &text, err);
    }
    if (status == DK_OK && result->worth.known) {
        dk_report_worth_csv(result, &text);
        status = add_file(&f, folder, "worth.csv", &text, err);
    }
    if (status == DK_OK && result->comments > 0) {
        dk_report_followup_csv(result, &text);
        status = add_file(&f, folder, "followup.csv", &text, err);
    }
    if (status == DK_OK && result->kpi.contact.most > 0) {
        dk_report_contacts_csv(result, &text);
        status = add_file(&f, folder, "contacts.csv", &text, err);
    }
    if (status == DK_OK) {
        dk_report_rejected_csv(result, &text);
        status = add_file(&f, folder, "rejected.csv", &text, err);
    }
    status = end_files(&f, status, err);
    dk_buf_dispose(&json);
    dk_buf_dispose(&text);
    return status;
}

dk_status dk_report_rebuild(const char *folder, const dk_report_options *options, dk_error *err) {
    files f = {.count = 0};
    dk_buf json;
    dk_buf_init(&json);
    char *path = dk_path_join(folder, "report.json");
    dk_status status = path != NULL ? dk_file_read(path, &json, err) : dk_fail_memory(err);
    if (status == DK_OK) status = put_forms(&f, folder, options, path, (dk_str){json.ptr, json.len}, err);
    status = end_files(&f, status, err);
    dk_buf_dispose(&json);
    free(path);
    return status;
}
