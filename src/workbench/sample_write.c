/* The coding sheet, as CSV or as a workbook with lists to choose from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/csv_write.h"
#include "io/output.h"
#include "io/xlsx_write.h"
#include "workbench/evaluate.h"
#include "workbench/sample.h"

enum { THEMES = 5 };

static void put_found(const dk_corpus *k, const dk_engine *engine, size_t comment, dk_buf *out) {
    dk_found found[DK_FOUND_MAX];
    size_t n = dk_found_themes(k, comment, found);
    for (size_t f = 0; f < n; f++)
        dk_buf_putf(out, "%s%s:%s", f > 0 ? "|" : "", dk_engine_theme(engine, found[f].theme),
                    dk_label_name((dk_label)found[f].label));
}

static dk_status write_csv(const char *path, const dk_corpus *k, const dk_engine *engine,
                           const dk_sample_options *o, const dk_sampled *sampled, size_t count,
                           dk_error *err) {
    dk_output *out = NULL;
    dk_buf text, found;
    dk_buf_init(&text);
    dk_buf_init(&found);
    dk_buf_puts(&text, "id,comment,coder,sentiment");
    for (int t = 1; t <= THEMES; t++) dk_buf_putf(&text, ",theme%d,polarity%d", t, t);
    dk_buf_putf(&text, ",note,weight,why%s\n", o->blind ? "" : ",engine_label,engine_themes");
    for (size_t i = 0; i < count; i++) {
        const dk_corpus_comment *c = &k->comments[sampled[i].comment];
        dk_csv_put(&text, c->id);
        dk_buf_putc(&text, ',');
        dk_csv_put(&text, c->text);
        for (int x = 0; x < 3 + 2 * THEMES; x++) dk_buf_putc(&text, ',');
        dk_buf_putc(&text, ',');
        dk_buf_put_double(&text, sampled[i].weight);
        dk_buf_putf(&text, ",%s", sampled[i].why);
        if (!o->blind) {
            dk_buf_clear(&found);
            put_found(k, engine, sampled[i].comment, &found);
            dk_buf_putf(&text, ",%s,", dk_label_name((dk_label)c->label));
            dk_csv_put(&text, (dk_str){found.ptr, found.len});
        }
        dk_buf_putc(&text, '\n');
    }
    dk_status status = dk_buf_status(&text, err);
    if (status == DK_OK) status = dk_output_open(&out, path, err);
    if (status == DK_OK) status = dk_output_put(out, &text, err);
    if (status == DK_OK)
        status = dk_output_close(out, err);
    else
        dk_output_abort(out);
    dk_buf_dispose(&text);
    dk_buf_dispose(&found);
    return status;
}

static dk_status write_xlsx(const char *path, const dk_corpus *k, const dk_engine *engine,
                            const dk_sample_options *o, const dk_sampled *sampled, size_t count,
                            dk_error *err) {
    static const char *const labels[] = {"negative", "neutral", "positive", "mixed"};
    size_t nthemes = dk_engine_themes(engine);
    const char **themes = malloc((nthemes + 1) * sizeof *themes);
    dk_xlsx *book = NULL;
    dk_xlsx_sheet *sheet = NULL;
    dk_buf found;
    dk_buf_init(&found);
    dk_status status = themes == NULL ? dk_fail_memory(err) : dk_xlsx_open(&book, path, err);
    if (status == DK_OK) status = dk_xlsx_add_sheet(book, "coding", &sheet, err);
    if (status == DK_OK) {
        for (size_t t = 0; t < nthemes; t++) themes[t] = dk_engine_theme(engine, (uint32_t)t);
        dk_xlsx_column(sheet, "id", DK_XLSX_TEXT, 12);
        dk_xlsx_column(sheet, "comment", DK_XLSX_WRAPPED, 70);
        dk_xlsx_column(sheet, "coder", DK_XLSX_TEXT, 10);
        dk_xlsx_column(sheet, "sentiment", DK_XLSX_TEXT, 11);
        for (int t = 1; t <= THEMES; t++) {
            char name[16];
            snprintf(name, sizeof name, "theme%d", t);
            dk_xlsx_column(sheet, name, DK_XLSX_TEXT, 24);
            snprintf(name, sizeof name, "polarity%d", t);
            dk_xlsx_column(sheet, name, DK_XLSX_TEXT, 11);
        }
        dk_xlsx_column(sheet, "note", DK_XLSX_TEXT, 20);
        dk_xlsx_column(sheet, "weight", DK_XLSX_NUMBER, 9);
        dk_xlsx_column(sheet, "why", DK_XLSX_TEXT, 9);
        if (!o->blind) dk_xlsx_column(sheet, "engine_label", DK_XLSX_TEXT, 12);
        if (!o->blind) dk_xlsx_column(sheet, "engine_themes", DK_XLSX_TEXT, 40);
        dk_xlsx_choices(sheet, 3, (int64_t)count, labels, 4);
        for (int t = 0; t < THEMES; t++) {
            dk_xlsx_choices(sheet, 4 + 2 * t, (int64_t)count, themes, nthemes);
            dk_xlsx_choices(sheet, 5 + 2 * t, (int64_t)count, labels, 4);
        }
    }
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const dk_corpus_comment *c = &k->comments[sampled[i].comment];
        dk_xlsx_text(sheet, c->id);
        dk_xlsx_text(sheet, c->text);
        for (int x = 0; x < 3 + 2 * THEMES; x++) dk_xlsx_skip(sheet);
        dk_xlsx_number(sheet, sampled[i].weight);
        dk_xlsx_text(sheet, dk_str_from(sampled[i].why));
        if (!o->blind) {
            dk_buf_clear(&found);
            put_found(k, engine, sampled[i].comment, &found);
            dk_xlsx_text(sheet, dk_str_from(dk_label_name((dk_label)c->label)));
            dk_xlsx_text(sheet, (dk_str){found.ptr, found.len});
        }
        dk_xlsx_end_row(sheet);
    }
    if (status == DK_OK)
        status = dk_xlsx_close(book, err);
    else
        dk_xlsx_abort(book);
    free(themes);
    dk_buf_dispose(&found);
    return status;
}

dk_status dk_sample_write(const char *path, const dk_corpus *k, const dk_engine *engine,
                          const dk_sample_options *o, const dk_sampled *sampled, size_t count,
                          dk_error *err) {
    size_t len = strlen(path);
    bool xlsx = len > 5 && strcmp(path + len - 5, ".xlsx") == 0;
    return xlsx ? write_xlsx(path, k, engine, o, sampled, count, err)
                : write_csv(path, k, engine, o, sampled, count, err);
}
