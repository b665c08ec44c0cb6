#include "study/preview.h"

#include <math.h>
#include <stdlib.h>

#include "study/describe.h"
#include "study/journey.h"
#include "study/kpi_make.h"
#include "tag/engine.h"

/* All zeros: no comment has a language or a mention. */
static dk_status tag_nothing(dk_tagging *t, size_t n, dk_error *err) {
    t->language = calloc(n + 1, sizeof *t->language);
    t->label = calloc(n + 1, sizeof *t->label);
    t->sentiment = calloc(n + 1, sizeof *t->sentiment);
    t->first = calloc(n + 2, sizeof *t->first);
    bool ok = t->language != NULL && t->label != NULL && t->sentiment != NULL && t->first != NULL;
    return ok ? DK_OK : dk_fail_memory(err);
}

static void put_languages(dk_study_result *r, const dk_survey *s) {
    uint64_t sure = 0;
    for (int l = 0; l < DK_LANGUAGES; l++) sure += s->languages[l];
    for (int l = 0; l < DK_LANGUAGES; l++)
        r->languages[l] = (dk_language_use){.responses = (int64_t)s->languages[l],
                                            .share = sure > 0 ? (double)s->languages[l] / (double)sure : NAN,
                                            .nps = {.nps = NAN, .se = NAN, .ci = {NAN, NAN}}};
}

static dk_status note_packs(dk_study_result *r, const dk_survey *s, const dk_lexicon *lexicon,
                            dk_error *err) {
    dk_buf text;
    dk_buf_init(&text);
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (s->plan.packs >> i & 1) dk_buf_putf(&text, "%s%s", text.len > 0 ? ", " : "", lexicon->packs[i]);
    if (text.len == 0) dk_buf_puts(&text, "none");
    if (strcmp(s->config->packs, "auto") == 0) dk_buf_puts(&text, ", by what the comments speak of");
    r->notes = dk_arena_calloc(&r->arena, 1, sizeof *r->notes);
    const char *kept = dk_arena_strdup(&r->arena, dk_buf_cstr(&text), text.len);
    dk_buf_dispose(&text);
    if (r->notes == NULL || kept == NULL) return dk_fail_memory(err);
    r->notes[r->nnotes++] = (dk_note){DK_NOTE_METHOD, kept};
    return DK_OK;
}

static dk_status check_indexes(const dk_fit_context *x, dk_error *err) {
    const dk_kpi_config *c = &x->survey->config->kpi;
    bool *in = calloc(x->taxonomy->count + 1, sizeof *in);
    dk_status status = in != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; i < c->nindexes && status == DK_OK; i++)
        status = dk_kpi_index_themes(x, &c->indexes[i], in, err);
    free(in);
    return status;
}

dk_status dk_preview_make(dk_fit_context *x, const dk_engine *engine, dk_tagging *tagging,
                          dk_problems *problems, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_status status = tag_nothing(tagging, s->n, err);
    if (status == DK_OK) status = dk_describe_standing(x, err);
    if (status == DK_OK) status = dk_describe_files(x, err);
    if (status == DK_OK) status = dk_problems_finish(problems, x->result, err);
    if (status == DK_OK) status = dk_fits_outcomes(x, err);
    if (status == DK_OK) status = dk_stages_apply(x, err);
    if (status == DK_OK) status = dk_journeys_make(x, err);
    if (status == DK_OK) status = check_indexes(x, err);
    if (status != DK_OK) return status;
    put_languages(x->result, s);
    return note_packs(x->result, s, dk_engine_lexicon(engine), err);
}
