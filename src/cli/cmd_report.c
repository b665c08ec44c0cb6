/* drivkraft report: the page, the workbook and the tables anew from a folder's report.json. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/cli.h"
#include "report/report.h"

static dk_status print_pdf(const dk_cli *cli, const char *folder, dk_error *err) {
    char *html = dk_path_join(folder, "report.html"), *pdf = dk_path_join(folder, "report.pdf");
    dk_status status = html != NULL && pdf != NULL ? dk_report_pdf(html, pdf, err) : dk_fail_memory(err);
    if (status == DK_OK) dk_cli_note(cli, "%s", pdf);
    free(html);
    free(pdf);
    return status;
}

dk_status dk_cli_pdf(const dk_cli *cli, const char *folder, dk_error *err) {
    char *html = dk_path_join(folder, "report.html");
    bool written = html != NULL && dk_file_exists(html);
    free(html);
    if (written) return print_pdf(cli, folder, err);
    dk_status status = dk_fail(err, DK_EIO, "there is no report.html in %s to print", folder);
    dk_error_remedy(err, "drivkraft report %.120s --format html", folder);
    return status;
}

static dk_status rebuild(const dk_cli *cli, const char *folder, const char *format, dk_language language,
                         bool pdf, dk_error *err) {
    char *data = NULL, *page = NULL;
    bool all = strcmp(format, "all") == 0;
    dk_report_options how = {.language = language};
    if (all || pdf || strcmp(format, "html") == 0) how.forms |= DK_REPORT_HTML;
    if (all || strcmp(format, "xlsx") == 0) how.forms |= DK_REPORT_XLSX;
    if (all || strcmp(format, "csv") == 0) how.forms |= DK_REPORT_CSV;
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &data, err);
    if (status == DK_OK) status = dk_report_page_find(data, cli->executable, &page, err);
    if (status == DK_OK && page == NULL && (how.forms & DK_REPORT_HTML)) {
        if (!all || pdf) {
            status = dk_fail(err, DK_EUSAGE, "this drivkraft was built without its page");
            dk_error_remedy(err, "install nodejs and npm and build anew; --format xlsx and csv work without");
        } else {
            dk_cli_note(
                cli,
                "no report.html: this drivkraft was built without its page (nodejs and npm were missing)");
        }
    }
    how.page = page;
    if (status == DK_OK) status = dk_report_rebuild(folder, &how, err);
    if (status == DK_OK && page != NULL && (how.forms & DK_REPORT_HTML))
        dk_cli_note(cli, "%s/report.html", folder);
    if (status == DK_OK && (how.forms & DK_REPORT_XLSX)) dk_cli_note(cli, "%s/report.xlsx", folder);
    if (status == DK_OK && (how.forms & DK_REPORT_CSV)) dk_cli_note(cli, "%s/tables/*.csv", folder);
    if (status == DK_OK && pdf) status = dk_cli_pdf(cli, folder, err);
    free(page);
    free(data);
    return status;
}

static dk_status run_report(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *format = "all", *language = NULL;
    bool pdf = false;
    const dk_opt table[] = {
        {"format", 'f', DK_OPT_CHOICE, &format, "all|html|xlsx|csv", "which to make anew; all by default", 0,
         0},
        {"report-language", 0, DK_OPT_CHOICE, &language, "sv|da|en", "of the report; its own by default", 0,
         0},
        {"pdf", 0, DK_OPT_FLAG, &pdf, NULL, "also print report.pdf, with an installed Chromium", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords != 1)
        return dk_fail(err, DK_EUSAGE,
                       nwords == 0 ? "which folder? one that analyze wrote: drivkraft report FOLDER"
                                   : "one folder at a time");
    if (cli->output != NULL)
        return dk_fail(err, DK_EUSAGE,
                       "-o: the report is made anew in its own folder; copy the folder to keep both");
    dk_language wanted = DK_LANG_OTHER;
    if (language != NULL) (void)dk_language_from_name(dk_str_from(language), &wanted);
    return rebuild(cli, words[0], format, wanted, pdf, err);
}

const dk_command dk_cmd_report = {
    "report",
    "Makes page, workbook and tables of an analysis anew, in another language or form.",
    "FOLDER [options]",
    "  drivkraft report report --report-language sv\n"
    "  drivkraft report report --format xlsx\n"
    "  drivkraft report report --pdf\n",
    run_report,
    false};
