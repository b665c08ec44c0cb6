#include "report/report.h"

#include <stdlib.h>

#include "base/file.h"
#include "io/output.h"

static void html_as_set(const dk_study_result *result, dk_buf *out) {
    dk_report_html(result, DK_LANG_OTHER, out);
}

static const struct {
    const char *name;
    void (*write)(const dk_study_result *result, dk_buf *out);
} files[] = {{"report.html", html_as_set},
             {"report.json", dk_report_json},
             {"drivers.csv", dk_report_drivers_csv},
             {"rejected.csv", dk_report_rejected_csv}};

enum { FILES = sizeof files / sizeof *files };

dk_status dk_report_write(const dk_study_result *result, const char *folder, dk_error *err) {
    dk_output *outputs[FILES] = {NULL};
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_folder_make(folder, err);
    for (int i = 0; i < FILES && status == DK_OK; i++) {
        char *path = dk_path_join(folder, files[i].name);
        status = path != NULL ? dk_output_open(&outputs[i], path, err) : dk_fail_memory(err);
        free(path);
    }
    for (int i = 0; i < FILES && status == DK_OK; i++) {
        files[i].write(result, &text);
        status = dk_output_put(outputs[i], &text, err);
        if (status == DK_OK) status = dk_output_flush(outputs[i], err);
    }
    for (int i = 0; i < FILES; i++) {
        if (status == DK_OK)
            status = dk_output_close(outputs[i], err);
        else
            dk_output_abort(outputs[i]);
    }
    dk_buf_dispose(&text);
    return status;
}
