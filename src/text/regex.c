#include "text/regex.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* About a millisecond of backtracking at the very most; patterns for feedback need a few hundred steps. */
enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 1000, JIT_STACK = 256 * 1024 };

struct dk_regex {
    pcre2_code *code;
};

struct dk_regex_scratch {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

dk_status dk_regex_new(dk_regex **out, dk_str pattern, dk_error *err) {
    int code;
    PCRE2_SIZE offset;
    uint32_t options = PCRE2_UTF | PCRE2_CASELESS | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &offset, NULL);
    if (compiled == NULL) {
        if (code == PCRE2_ERROR_NOMEMORY) return dk_fail_memory(err);
        PCRE2_UCHAR reason[160] = "";
        pcre2_get_error_message(code, reason, sizeof reason);
        return dk_fail_at(err, DK_EDATA, NULL, 0, (int64_t)offset + 1, "%.*s does not compile: %s at offset %zu",
                          (int)(pattern.len > 60 ? 60 : pattern.len), pattern.ptr, (const char *)reason, (size_t)offset);
    }
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without JIT it is slower, not wrong */
    *out = malloc(sizeof **out);
    if (*out == NULL) {
        pcre2_code_free(compiled);
        return dk_fail_memory(err);
    }
    (*out)->code = compiled;
    return DK_OK;
}

void dk_regex_free(dk_regex *regex) {
    if (regex == NULL) return;
    pcre2_code_free(regex->code);
    free(regex);
}

dk_regex_scratch *dk_regex_scratch_new(void) {
    dk_regex_scratch *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->match = pcre2_match_data_create(1, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
    if (s->match == NULL || s->context == NULL || s->stack == NULL) {
        dk_regex_scratch_free(s);
        return NULL;
    }
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, 4096);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    return s;
}

void dk_regex_scratch_free(dk_regex_scratch *s) {
    if (s == NULL) return;
    pcre2_match_data_free(s->match);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    free(s);
}

bool dk_regex_find(const dk_regex *regex, dk_regex_scratch *scratch, dk_str text, size_t from, size_t *start,
                   size_t *end, bool *limited) {
    int n = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from, 0, scratch->match, scratch->context);
    *limited = n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_DEPTHLIMIT || n == PCRE2_ERROR_HEAPLIMIT ||
               n == PCRE2_ERROR_JIT_STACKLIMIT;
    if (n < 0) return false;
    const PCRE2_SIZE *span = pcre2_get_ovector_pointer(scratch->match);
    *start = span[0];
    *end = span[1];
    return span[1] > span[0]; /* an empty match is no match here */
}
