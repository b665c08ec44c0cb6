#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "io/arrow_read.h"
#include "native_text.h"
#include "report/report.h"
#include "study/analyze.h"

/* A table of the arguments in place of a file. */
static void take_table(const dk_native_table *table, dk_study_source *source, struct dk_arrow_table *arrow) {
    if (table->name == NULL) return;
    source->path = table->name;
    source->file_line = 0;
    *arrow = (struct dk_arrow_table){table->schema, table->batches, table->nbatches};
    if (table->schema != NULL) source->reader.arrow = arrow;
}

dk_status dk_native_configure(const dk_native_study *s, dk_study_config *c, struct dk_arrow_table arrow[2], dk_error *err) {
    static const char *const units[] = {"none", "month", "quarter", "year"};
    dk_status status = DK_OK;
    dk_study_config_init(c);
    if (s->path != NULL) status = dk_study_config_read(c, s->path, err);
    if (status == DK_OK) take_table(&s->table, &c->responses, &arrow[0]);
    if (status == DK_OK) take_table(&s->customers, &c->customers, &arrow[1]);
    for (size_t i = 0; i < s->ncolumns && status == DK_OK; i++) {
        int role = DK_ROLE_ID;
        while (role <= DK_ROLE_TOUCHPOINT && strcmp(dk_role_name((dk_role)role), s->roles[i]) != 0) role++;
        if (role > DK_ROLE_TOUCHPOINT) status = dk_fail(err, DK_EUSAGE, "no column can be a %.40s", s->roles[i]);
        else c->responses.column[role] = s->columns[i], c->responses.line[role] = 0;
    }
    if (s->language != NULL) c->language = s->language;
    if (s->packs != NULL) c->packs = s->packs;
    if (s->title != NULL) c->title = s->title;
    if (s->currency != NULL) c->currency = s->currency;
    if (s->nlexicons > 0) c->lexicons = s->lexicons, c->nlexicons = s->nlexicons;
    if (s->bootstrap >= 0) c->bootstrap = s->bootstrap;
    if (s->seed >= 0) c->seed = s->seed;
    c->score_blind = c->score_blind || s->score_blind;
    if (status == DK_OK && s->report_language != NULL && !dk_language_from_name(dk_str_from(s->report_language), &c->report_language))
        status = dk_fail(err, DK_EUSAGE, "report_language=%.40s: sv, da or en was expected", s->report_language);
    if (status == DK_OK && s->waves != NULL) {
        int unit = 0;
        while (unit < 4 && strcmp(units[unit], s->waves) != 0) unit++;
        if (unit == 4) status = dk_fail(err, DK_EUSAGE, "waves=%.40s: none, month, quarter or year was expected", s->waves);
        else c->wave_unit = (dk_wave_unit)unit;
    }
    return status;
}

dk_status dk_native_analyze(const dk_native_study *s, const char *folder, dk_native_text *json, dk_error *err) {
    dk_study_config config;
    struct dk_arrow_table arrow[2];
    dk_study_result *result = NULL;
    char *page = NULL;
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = dk_native_configure(s, &config, arrow, err);
    bool had_folder = folder == NULL || dk_is_folder(folder);
    if (status == DK_OK && folder != NULL) status = dk_report_page_find(s->data_dir, NULL, &page, err);
    if (status == DK_OK && folder != NULL) status = dk_folder_make(folder, err);
    const dk_analyze_options how = {.data_dir = s->data_dir, .folder = folder, .threads = s->threads < 1 ? 1 : s->threads, .no_spelling = s->no_spelling};
    if (status == DK_OK) status = dk_analyze(&config, &how, &result, err);
    const dk_report_options form = {.language = DK_LANG_OTHER, .page = page};
    if (status == DK_OK && folder != NULL) status = dk_report_write(result, folder, &form, err);
    if (status == DK_OK) {
        dk_report_json(result, &out);
        status = dk_native_take(&out, json, err);
    }
    if (status != DK_OK && !had_folder) rmdir(folder); /* which keeps a folder with anything in it */
    free(page);
    dk_study_result_free(result);
    dk_study_config_dispose(&config);
    return status;
}

dk_status dk_native_prepare(const dk_native_study *s, dk_native_text *plan, dk_error *err) {
    dk_study_config config;
    struct dk_arrow_table arrow[2];
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = dk_native_configure(s, &config, arrow, err);
    const dk_analyze_options how = {.data_dir = s->data_dir, .threads = s->threads < 1 ? 1 : s->threads, .no_spelling = s->no_spelling};
    if (status == DK_OK) status = dk_prepare(&config, &how, &out, err);
    if (status == DK_OK) status = dk_native_take(&out, plan, err);
    else dk_buf_dispose(&out);
    dk_study_config_dispose(&config);
    return status;
}
