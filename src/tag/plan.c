#include "tag/plan.h"

#include "lexicon/tsv.h"
#include "tag/rows.h"

static const char *const columns[] = {"key", "value", NULL};
static const char *const priors[DK_LANGUAGES] = {"prior_other", "prior_sv", "prior_da", "prior_en"};
/* More than a comment of any length could outweigh would hide what it says. */
enum { PRIOR_MAX = 20 * DK_LANGUAGE_UNIT };

void dk_plan_put(dk_buf *buf, const dk_engine *engine, const dk_tag_plan *plan) {
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    dk_buf_putf(buf, "key\tvalue\nversion\t%s\n", dk_engine_stamp(engine));
    dk_buf_putf(buf, "language\t%s\n", plan->language_fixed ? dk_language_name(plan->language) : "auto");
    dk_buf_puts(buf, "packs\t");
    bool any = false;
    for (size_t i = 0; i < lexicon->npacks; i++) {
        if (!(plan->packs >> i & 1)) continue;
        dk_buf_putf(buf, "%s%s", any ? "," : "", lexicon->packs[i]);
        any = true;
    }
    dk_buf_puts(buf, any ? "\n" : "none\n");
    for (int l = 0; l < DK_LANGUAGES; l++) dk_buf_putf(buf, "%s\t%d\n", priors[l], (int)plan->prior.add[l]);
}

static dk_status take(const dk_tsv *tsv, const dk_str *cells, const dk_engine *engine, dk_tag_plan *plan,
                      bool *same_version, dk_error *err) {
    char value[256];
    if (cells[1].len >= sizeof value) return dk_tsv_fail(tsv, cells[1].ptr, err, "this value is too long");
    memcpy(value, cells[1].ptr, cells[1].len);
    value[cells[1].len] = '\0';
    if (dk_str_is(cells[0], "version")) {
        *same_version = strcmp(value, dk_engine_stamp(engine)) == 0;
        return DK_OK;
    }
    if (dk_str_is(cells[0], "language")) {
        plan->language_fixed = dk_language_from_name(cells[1], &plan->language);
        if (!plan->language_fixed && strcmp(value, "auto") != 0)
            return dk_tsv_fail(tsv, cells[1].ptr, err, "%s is no language; auto, sv, da or en was expected", value);
        return DK_OK;
    }
    if (dk_str_is(cells[0], "packs")) {
        dk_error unknown;
        if (dk_packs_parse(dk_engine_lexicon(engine), value, &plan->packs, &unknown) == DK_OK) return DK_OK;
        return dk_tsv_fail(tsv, cells[1].ptr, err, "%s", unknown.message);
    }
    for (int l = 0; l < DK_LANGUAGES; l++) {
        if (!dk_str_is(cells[0], priors[l])) continue;
        double add = 0;
        dk_status status = dk_tsv_number(tsv, cells[1], "prior", -PRIOR_MAX, PRIOR_MAX, &add, err);
        plan->prior.add[l] = (int32_t)add;
        return status;
    }
    return dk_tsv_fail(tsv, cells[0].ptr, err, "a plan has no key %.*s", (int)cells[0].len, cells[0].ptr);
}

dk_status dk_plan_read(const char *path, const dk_engine *engine, dk_tag_plan *plan, bool *same_version, dk_error *err) {
    dk_tsv tsv;
    dk_str cells[DK_TSV_COLUMNS];
    memset(plan, 0, sizeof *plan);
    *same_version = false;
    dk_status status = dk_tsv_open(&tsv, path, columns, 2, err);
    if (status != DK_OK) return status;
    for (bool end = false; status == DK_OK;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (end || status != DK_OK) break;
        status = take(&tsv, cells, engine, plan, same_version, err);
    }
    dk_tsv_dispose(&tsv);
    return status;
}
