#include <stdlib.h>

#include "io/arrow_read.h"
#include "native_text.h"
#include "study/drivers_output.h"
#include "study/drivers_partial.h"

struct dk_native_rows {
    dk_drivers_merged all; /* read ones too, so that both are answered alike */
    dk_buf said;
    bool sorted;
};

static void say(void *context, const char *text) {
    dk_native_rows *rows = context;
    dk_buf_puts(&rows->said, text);
    dk_buf_putc(&rows->said, '\n');
}

void dk_native_question_init(dk_native_question *q) {
    dk_driver_options o;
    dk_driver_options_init(&o);
    *q = (dk_native_question){.as = "level", .missing = "drop", .model = "linear", .r2 = "mcfadden", .bootstrap = o.bootstrap, .hc = o.hc,
                              .seed = (int64_t)o.seed, .min_rows = o.min_rows, .winsor = 0.01, .confidence = o.confidence, .alpha = o.alpha,
                              .negligible_r2 = o.negligible_r2};
}

/* Which of the choices a text is; DK_EUSAGE lists them. */
static dk_status choose(const char *option, const char *text, const char *const *choices, int *which, dk_error *err) {
    for (*which = 0; choices[*which] != NULL; ++*which)
        if (strcmp(text, choices[*which]) == 0) return DK_OK;
    dk_buf list;
    dk_buf_init(&list);
    for (int i = 0; choices[i] != NULL; i++) dk_buf_putf(&list, "%s%s", i > 0 ? ", " : "", choices[i]);
    dk_fail(err, DK_EUSAGE, "%s=%.40s: expected one of %s", option, text, dk_buf_cstr(&list));
    dk_buf_dispose(&list);
    return DK_EUSAGE;
}

static dk_status take_options(const dk_native_question *q, dk_driver_options *o, dk_error *err) {
    static const char *const models[] = {"linear", "binary", "ordinal", NULL}, *const missing[] = {"drop", "indicator", "impute", NULL},
                             *const r2s[] = {"mcfadden", "estrella", NULL},
                             *const kinds[] = {"level", "contribution", "promoter", "detractor", "log", "winsor", NULL};
    int model, which, r2;
    dk_driver_options_init(o);
    dk_status status = choose("model", q->model, models, &model, err);
    if (status == DK_OK) status = choose("missing", q->missing, missing, &which, err);
    if (status == DK_OK) status = choose("as_", q->as, kinds, &which, err);
    if (status == DK_OK) status = choose("r2", q->r2, r2s, &r2, err);
    if (status != DK_OK) return status;
    if (q->outcome == NULL || q->npredictors == 0) return dk_fail(err, DK_EUSAGE, "an outcome and predictors are needed");
    if (q->bootstrap < 0 || q->bootstrap > 1000000) return dk_fail(err, DK_EUSAGE, "bootstrap must be 0 to 1000000");
    if (q->hc < 0 || q->hc > 3) return dk_fail(err, DK_EUSAGE, "hc must be 0 to 3");
    if (!(q->confidence >= 0.5 && q->confidence <= 0.9999)) return dk_fail(err, DK_EUSAGE, "confidence must be 0.5 to 0.9999");
    if (!(q->alpha >= 1e-6 && q->alpha <= 0.5)) return dk_fail(err, DK_EUSAGE, "alpha must be 1e-6 to 0.5");
    if (!(q->winsor >= 1e-6 && q->winsor <= 0.25)) return dk_fail(err, DK_EUSAGE, "winsor must be 1e-6 to 0.25");
    if (!(q->negligible_r2 >= 1e-6 && q->negligible_r2 <= 1)) return dk_fail(err, DK_EUSAGE, "negligible must be 1e-6 to 1");
    if (q->min_rows < 1) return dk_fail(err, DK_EUSAGE, "min_rows must be at least 1");
    o->model = (dk_driver_model)model;
    o->r2 = (dk_r2)r2;
    o->bootstrap = q->bootstrap;
    o->hc = q->hc;
    o->seed = (uint64_t)q->seed;
    o->min_rows = q->min_rows;
    o->winsor = strcmp(q->as, "winsor") == 0 ? q->winsor : 0;
    o->confidence = q->confidence;
    o->alpha = q->alpha;
    o->negligible_r2 = q->negligible_r2;
    o->family_wise = q->family_wise;
    return DK_OK;
}

dk_status dk_native_rows_new(dk_native_rows **out, dk_error *err) {
    dk_native_rows *rows = calloc(1, sizeof *rows);
    if (rows != NULL) dk_buf_init(&rows->said);
    *out = rows;
    return rows != NULL ? DK_OK : dk_fail_memory(err);
}

dk_status dk_native_rows_read(dk_native_rows **out, const dk_native_question *q, const dk_native_table *table, int threads, dk_error *err) {
    dk_native_rows *rows;
    dk_status status = dk_native_rows_new(&rows, err);
    *out = NULL;
    if (status != DK_OK) return status;
    const struct dk_arrow_table arrow = {table->schema, table->batches, table->nbatches};
    /* one way of clustering is one way, whatever it was called */
    const char *cluster = q->cluster != NULL ? q->cluster : q->cluster2, *cluster2 = q->cluster != NULL ? q->cluster2 : NULL;
    dk_drivers_spec spec = {.table = table->name, .outcome = q->outcome, .weight = q->weight, .cluster = cluster, .cluster2 = cluster2,
                            .absorb = q->absorb, .segment = q->segment, .as = q->as, .indicator = strcmp(q->missing, "drop") != 0,
                            .impute = strcmp(q->missing, "impute") == 0, .predictors = q->predictors, .controls = q->controls,
                            .npredictors = q->npredictors, .ncontrols = q->ncontrols,
                            .part = q->part, .reader = {.arrow = table->schema != NULL ? &arrow : NULL}};
    const dk_drivers_watch watch = {.threads = threads, .say = say, .context = rows};
    dk_buf label;
    dk_buf_init(&label);
    status = take_options(q, &rows->all.options, err);
    if (status == DK_OK) status = dk_drivers_read(&spec, &watch, &rows->all.data, err);
    if (status == DK_OK) {
        dk_buf_puts(&label, q->outcome);
        if (strcmp(q->as, "level") != 0) dk_buf_putf(&label, " (%s)", q->as);
        rows->all.outcome = label.failed ? NULL : dk_arena_strdup(&rows->all.data.arena, label.ptr, label.len);
        if (rows->all.outcome == NULL) status = dk_fail_memory(err);
    }
    rows->sorted = true;
    dk_buf_dispose(&label);
    if (status == DK_OK) *out = rows;
    else dk_native_rows_free(rows);
    return status;
}

dk_status dk_native_rows_add(dk_native_rows *rows, const char *part, size_t len, dk_error *err) {
    rows->sorted = false;
    return dk_drivers_merge_bytes(&rows->all, "a part", part, len, err);
}

dk_status dk_native_rows_part(dk_native_rows *rows, dk_native_text *part, dk_error *err) {
    dk_buf out;
    dk_buf_init(&out);
    if (!rows->sorted) dk_drivers_sort(&rows->all.data);
    rows->sorted = true;
    dk_status status = dk_drivers_put_partial(&rows->all.data, &rows->all.options, rows->all.outcome, &out, err);
    if (status == DK_OK) return dk_native_take(&out, part, err);
    dk_buf_dispose(&out);
    return status;
}

dk_status dk_native_rows_answer(dk_native_rows *rows, const char *format, int threads, dk_native_text *answer, dk_error *err) {
    static const char *const formats[] = {"json", "csv", "text", NULL};
    const dk_drivers_watch watch = {.threads = threads, .say = say, .context = rows};
    dk_driver_options options = rows->all.options;
    int which;
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = choose("format", format, formats, &which, err);
    if (status == DK_OK && rows->all.outcome == NULL) status = dk_fail(err, DK_EUSAGE, "there are no parts to merge");
    if (!rows->sorted) dk_drivers_sort(&rows->all.data);
    rows->sorted = true;
    options.threads = threads;
    if (status == DK_OK) status = dk_drivers_answer_all(&rows->all.data, &options, &watch, format, rows->all.outcome, &out, err);
    if (status == DK_OK) return dk_native_take(&out, answer, err);
    dk_buf_dispose(&out);
    return status;
}

const char *dk_native_rows_said(const dk_native_rows *rows) { return dk_buf_cstr((dk_buf *)(uintptr_t)&rows->said); }

void dk_native_rows_free(dk_native_rows *rows) {
    if (rows == NULL) return;
    dk_drivers_data_dispose(&rows->all.data);
    dk_buf_dispose(&rows->said);
    free(rows);
}
