/* The written results of an analysis.
 *
 * report.json holds everything, and everything else is made from it: the page, the workbook, the tables. So a report can be
 * made anew from its folder, in another language or form, without the data. The same result gives the same bytes. Figures of
 * hidden segments, waves and themes (under the privacy minimum) are never written. Fields, columns and sheets are documented
 * in docs/report.md, the JSON also in report.schema.json.
 */
#ifndef DK_REPORT_REPORT_H
#define DK_REPORT_REPORT_H

#include "base/buffer.h"
#include "io/json_read.h"
#include "study/result.h"

enum { DK_REPORT_HTML = 1, DK_REPORT_XLSX = 2, DK_REPORT_CSV = 4 };

typedef struct dk_report_options {
    dk_language language; /* DK_LANG_OTHER: the report's own, or else English */
    const char *page; /* the built page, as dk_report_page_find finds it; NULL: no report.html is written */
    unsigned forms;   /* DK_REPORT_HTML | ... for dk_report_rebuild */
} dk_report_options;

/* Everything, for programs: the JSON that docs/report.md describes. */
void dk_report_json(const dk_study_result *result, dk_buf *out);

/* One row per driver: outcome, segment, theme and polarity. */
void dk_report_drivers_csv(const dk_study_result *result, dk_buf *out);

/* One row per problem: what was not read or not used, where, why. */
void dk_report_rejected_csv(const dk_study_result *result, dk_buf *out);

/* The built page (src/report/page) that a report is put into: page/report.html in data_dir, beside the executable, where it is
   installed, or where it was built. *path is the caller's to free, NULL when the program was built without node. */
dk_status dk_report_page_find(const char *data_dir, const char *executable, char **path, dk_error *err);

/* One page that needs nothing but itself: the template with report.json as inert text in it. DK_EDATA when the template is none. */
dk_status dk_report_html(dk_str page, const dk_json_value *report, dk_str json, dk_language language,
                         dk_buf *out, dk_error *err);

/* The workbook: a summary, and each table of tables.h that has rows as a sheet. */
dk_status dk_report_xlsx(const dk_json_value *report, dk_language language, dk_buf *out, dk_error *err);

/* Writes report.json, report.html, report.xlsx, drivers.csv and rejected.csv to a folder, which is made when it does not exist.
   Each file appears when it is whole; when one cannot be written none is replaced. */
dk_status dk_report_write(const dk_study_result *result, const char *folder, const dk_report_options *options,
                          dk_error *err);

/* Writes the chosen forms anew from the folder's report.json: report.html, report.xlsx, and tables/NAME.csv. DK_EDATA when
   report.json is none of this program's. */
dk_status dk_report_rebuild(const char *folder, const dk_report_options *options, dk_error *err);

/* The browser that prints pages: $DRIVKRAFT_CHROMIUM, else the first of Chromium and Chrome on the PATH; in new memory, NULL when
   there is none. */
char *dk_report_browser(void);

/* Prints a page to a PDF file with an installed Chromium (or Chrome). DK_EIO with a remedy when there is none or it fails. */
dk_status dk_report_pdf(const char *html, const char *pdf, dk_error *err);

#endif
