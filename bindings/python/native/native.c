#include "native.h"

#include <stdlib.h>

#include "io/output.h"
#include "native_text.h"
#include "stats/linalg.h"
#include "tag/explain.h"
#include "tag/plan.h"
#include "tag/rows.h"

void dk_native_free(void *memory) { free(memory); }

/* Workers are ours; OpenBLAS's own would spin beside them. */
__attribute__((constructor)) static void settle_threads(void) { dk_linalg_set_threads(1); }

const char *dk_native_better_core(void) { return dk_linalg_better_core(); }

dk_status dk_native_take(dk_buf *buf, dk_native_text *out, dk_error *err) {
    (void)dk_buf_cstr(buf); /* a NUL behind the text, for callers that want one */
    dk_status status = dk_buf_status(buf, err);
    if (status == DK_OK) *out = (dk_native_text){buf->ptr, buf->len};
    else dk_buf_dispose(buf);
    return status;
}

dk_status dk_native_plan(const dk_engine *engine, const char *path, const char *language, const char *prior, const char *packs,
                         dk_tag_plan *plan, bool *same_version, dk_error *err) {
    dk_status status = DK_OK;
    memset(plan, 0, sizeof *plan);
    *same_version = true;
    if (path != NULL) status = dk_plan_read(path, engine, plan, same_version, err);
    if (status == DK_OK && language != NULL) {
        plan->language_fixed = dk_language_from_name(dk_str_from(language), &plan->language);
        if (!plan->language_fixed && strcmp(language, "auto") != 0)
            status = dk_fail(err, DK_EUSAGE, "%.40s is no language; auto, sv, da or en was expected", language);
    }
    if (status == DK_OK && prior != NULL) status = dk_language_prior_parse(prior, &plan->prior, err);
    if (status == DK_OK && packs != NULL) status = dk_packs_parse(dk_engine_lexicon(engine), packs, &plan->packs, err);
    return status;
}

dk_status dk_native_plan_text(const dk_engine *engine, const dk_tag_plan *plan, dk_native_text *out, dk_error *err) {
    dk_buf text;
    dk_buf_init(&text);
    dk_plan_put(&text, engine, plan);
    return dk_native_take(&text, out, err);
}

dk_status dk_native_explain(const dk_engine *engine, const dk_tag_plan *plan, const char *text, size_t len, dk_native_text *json,
                            dk_error *err) {
    dk_session *session = NULL;
    dk_comment comment;
    dk_buf out;
    dk_buf_init(&out);
    dk_status status = dk_session_new(&session, engine, plan, err);
    if (status == DK_OK) status = dk_session_tag(session, (dk_str){text, len}, &comment, err);
    if (status == DK_OK) {
        dk_explain_put_json(&out, engine, session, (dk_str){text, len}, &comment);
        status = dk_native_take(&out, json, err);
    }
    dk_session_free(session);
    return status;
}

dk_status dk_native_compile(const dk_engine *engine, const char *path, dk_error *err) {
    dk_output *file = NULL;
    dk_buf image;
    dk_buf_init(&image);
    dk_status status = dk_engine_put(engine, &image, err);
    if (status == DK_OK) status = dk_output_open(&file, path, err);
    if (status == DK_OK) status = dk_output_put(file, &image, err);
    if (status == DK_OK) status = dk_output_close(file, err);
    else dk_output_abort(file);
    dk_buf_dispose(&image);
    return status;
}
