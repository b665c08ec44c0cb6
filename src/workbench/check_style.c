/* Patterns that cost much, and how terms are written. */
#include "text/regex.h"
#include "text/utf8.h"
#include "workbench/check_private.h"

dk_status check_patterns(checker *c, findings *f, dk_error *err) {
    const dk_lexicon *lex = c->lexicon;
    if (!checker_does(c, DK_CHECK_PATTERN)) return DK_OK;
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    if (scratch == NULL) return dk_fail_memory(err);
    for (uint32_t i = 0; i < lex->count; i++) {
        const dk_term *term = &lex->sources[i].term;
        if (!checker_wants(c, i)) continue;
        const char *risk = term->comment_regex ? pattern_risk(term->pattern, scratch) : NULL;
        for (size_t s = 0; s < term->nsteps && risk == NULL; s++) {
            const dk_alternative *a = &term->steps[s].alternatives[0];
            if (a->matcher == DK_MATCH_REGEX) risk = pattern_risk(a->texts[0], scratch);
        }
        if (risk != NULL) findings_add(f, c, DK_CHECK_PATTERN, i, DK_NO_ID, "%s", risk);
    }
    dk_regex_scratch_free(scratch);
    return DK_OK;
}

static bool has_pattern(const dk_term *term) {
    for (size_t s = 0; s < term->nsteps; s++)
        if (term->steps[s].alternatives[0].matcher == DK_MATCH_REGEX) return true;
    return term->comment_regex;
}

dk_status check_style(checker *c, findings *f, dk_error *err) {
    const dk_lexicon *lex = c->lexicon;
    dk_status status = DK_OK;
    dk_buf folded;
    if (!checker_does(c, DK_CHECK_STYLE) && !checker_does(c, DK_CHECK_SYNTAX)) return DK_OK;
    dk_buf_init(&folded);
    for (uint32_t i = 0; i < lex->count && status == DK_OK; i++) {
        dk_str text = lex->sources[i].text;
        if (!checker_wants(c, i) || has_pattern(&lex->sources[i].term)) continue;
        if (!dk_utf8_valid(text.ptr, text.len)) {
            findings_add(f, c, DK_CHECK_SYNTAX, i, DK_NO_ID,
                         "bytes that are no UTF-8: save the file as UTF-8");
            continue;
        }
        dk_buf_clear(&folded);
        status = dk_utf8_fold(&folded, text.ptr, text.len, err);
        if (status != DK_OK) break;
        bool same = dk_str_eq((dk_str){folded.ptr, folded.len}, text);
        if (memmem(text.ptr, text.len, "  ", 2) != NULL)
            findings_add(f, c, DK_CHECK_STYLE, i, DK_NO_ID, "more than one space between words");
        else if (!same)
            findings_add(f, c, DK_CHECK_STYLE, i, DK_NO_ID,
                         "written with capitals, curly quotes or not in NFC; %.*s means the same",
                         (int)(folded.len < 120 ? folded.len : 120), folded.ptr);
    }
    dk_buf_dispose(&folded);
    return status;
}
