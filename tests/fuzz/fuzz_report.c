/* report.json of any bytes: refused with its place, or made into page, tables and workbook without reading beyond what is there. The page must
 * stay one script: no < of the report may reach it. */
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "report/report.h"
#include "report/tables.h"

const char *const fuzz_tokens[] = {"{", "}", "[", "]", ":", ",", "null", "true", "-1e308", "1e999", "\"</script>\"", "\"\\u0000\"", "\"fits\":[", "\"drivers\":[", "\"segments\":[", "\"format\":1,",
                                   "\"kpis\":", "\"movement\":{", "\"worth\":{", "\"themes\":[", "\"name\":\"x\"" , "\"hidden\":true", "\"ci\":[0,1]", "\"currency\":\"SEK\"", "\"waves\":["};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {
    "{\"format\":1,\"title\":\"T\",\"report_language\":\"sv\",\"segments\":[{\"name\":\"blue\",\"n\":10,\"nps\":{\"nps\":10,\"ci\":[0,20]}}],\"fits\":[{\"outcome\":\"nps\",\"segment\":null,\"n\":100,\"verdict\":\"link\",\"drivers\":[{\"name\":\"delivery\",\"effect\":-3.5,\"ci\":[-5,-2],\"terms\":[{\"predictor\":\"delivery.speed\"}]}]}]}",
    "{\"format\":1,\"segments\":[],\"themes\":[{\"theme\":\"a.b\",\"n\":3}],\"waves\":[{\"wave\":\"2025-Q1\",\"nps\":{\"nps\":null}}],\"worth\":{},\"kpis\":[]}", "{\"format\":2}"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static dk_status count_row(void *context, const dk_report_table *table, const dk_report_cell *cells, dk_error *err) {
    (void)err;
    for (size_t i = 0; i < table->ncolumns; i++)
        if (dk_column_is_text(&table->columns[i])) fuzz_require(cells[i].text.len == 0 || cells[i].text.ptr != NULL, "a cell of nothing");
    ++*(size_t *)context;
    return DK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char page[] = "<html lang={{language}}><title>{{title}}</title><script>{{report}}</script></html>";
    dk_str json = {(const char *)bytes, len};
    dk_json_value *report = NULL;
    dk_error err = {0};
    if (dk_json_parse(&report, "report.json", json, &err) != DK_OK) {
        fuzz_require(err.message[0] != '\0' && err.line > 0, "refused without saying where");
        return 0;
    }
    size_t rows = 0;
    for (size_t i = 0; i < dk_report_table_count; i++)
        (void)dk_report_table_rows(&dk_report_tables[i], report, (dk_language)(len % DK_LANGUAGES), count_row, &rows, &err);
    dk_buf out;
    dk_buf_init(&out);
    if (dk_report_html(dk_str_from(page), report, json, DK_LANG_SV, &out, &err) == DK_OK) {
        const char *script = memmem(out.ptr, out.len, "<script>", 8), *next = script != NULL ? memchr(script + 8, '<', out.len - (size_t)(script - out.ptr) - 8) : NULL;
        fuzz_require(next != NULL && memcmp(next, "</script></html>", 16) == 0, "the report ends its script");
    }
    dk_buf_clear(&out);
    if (len % 32 == 0 && dk_report_xlsx(report, DK_LANG_DA, &out, &err) != DK_OK) /* files on disk: seldom */
        fuzz_require(err.status != DK_EIO, "a workbook that is not whole");
    dk_buf_dispose(&out);
    dk_json_free(report);
    return 0;
}
