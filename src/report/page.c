/* report.html: the built page with the report put into it. The page itself is the TypeScript of page/. */
#include <stdlib.h>

#include "base/file.h"
#include "report/report.h"

static void put_escaped(dk_buf *out, const char *text) {
    for (; *text != '\0'; text++) switch (*text) {
        case '<': dk_buf_puts(out, "&lt;"); break;
        case '>': dk_buf_puts(out, "&gt;"); break;
        case '&': dk_buf_puts(out, "&amp;"); break;
        case '"': dk_buf_puts(out, "&quot;"); break;
        default: dk_buf_putc(out, *text);
        }
}

static const char *find(dk_str text, size_t from, const char *mark) {
    return from < text.len ? memmem(text.ptr + from, text.len - from, mark, strlen(mark)) : NULL;
}

dk_status dk_report_html(dk_str page, const dk_json_value *report, dk_str json, dk_language language,
                         dk_buf *out, dk_error *err) {
    static const char *const marks[] = {"{{language}}", "{{title}}", "{{report}}"};
    size_t at = 0;
    for (int i = 0; i < 3; i++) { /* in the order in which they stand in page/index.html */
        const char *mark = find(page, at, marks[i]);
        if (mark == NULL) return dk_fail(err, DK_EDATA, "the built page has no %s: build it anew", marks[i]);
        dk_buf_put(out, page.ptr + at, (size_t)(mark - page.ptr) - at);
        at = (size_t)(mark - page.ptr) + strlen(marks[i]);
        if (i == 0) dk_buf_puts(out, dk_language_name(language));
        const char *title = dk_json_str(dk_json_get(report, "title"));
        if (i == 1) put_escaped(out, title != NULL ? title : "drivkraft");
        if (i == 2) dk_json_compact(out, json);
    }
    dk_buf_put(out, page.ptr + at, page.len - at);
    return dk_buf_status(out, err);
}

/* folder/page/report.html when it is there, else NULL. */
static char *page_in(const char *folder, size_t len) {
    dk_buf path;
    dk_buf_init(&path);
    dk_buf_put(&path, folder, len);
    dk_buf_puts(&path, "/page/report.html");
    char *found = !path.failed && dk_file_exists(dk_buf_cstr(&path)) ? strdup(dk_buf_cstr(&path)) : NULL;
    dk_buf_dispose(&path);
    return found;
}

dk_status dk_report_page_find(const char *data_dir, const char *executable, char **path, dk_error *err) {
    char *found = data_dir != NULL ? page_in(data_dir, strlen(data_dir)) : NULL;
    const char *slash = executable != NULL ? strrchr(executable, '/') : NULL;
    if (found == NULL && slash != NULL) found = page_in(executable, (size_t)(slash - executable));
    if (found == NULL) found = page_in(DK_INSTALL_DATA, strlen(DK_INSTALL_DATA));
    if (found == NULL && dk_file_exists(DK_BUILT_PAGE) && (found = strdup(DK_BUILT_PAGE)) == NULL)
        return dk_fail_memory(err);
    *path = found;
    return DK_OK;
}
