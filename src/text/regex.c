#include "text/regex.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* About a millisecond of backtracking at the very most; patterns for feedback need a few hundred steps. */
enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 1000, JIT_STACK = 256 * 1024 };

/* What PCRE2 makes of a pattern. */
typedef struct compiled {
    pcre2_code *code;
    bool jit;
} compiled;

struct dk_regex {
    _Atomic(compiled *) compiled; /* NULL until it is */
    dk_str pattern;               /* where it is compiled later: a copy behind this structure */
    bool anchored;
    bool at_marks;   /* begins with (?:^|[...]): compiled as anchored and tried only at the begin and at these marks, */
    bool marks[128]; /* since PCRE2 would try every place */
};

struct dk_regex_scratch {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/* Whether alternatives stand outside of all groups. */
static bool has_open_choice(dk_str pattern) {
    int depth = 0;
    bool in_class = false;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '\\') i++;
        else if (in_class) in_class = c != ']';
        else if (c == '[') in_class = true;
        else if (c == '(') depth++;
        else if (c == ')') depth--;
        else if (c == '|' && depth == 0) return true;
    }
    return false;
}

/* Reads a leading (?:^|[...]) whose class is a plain list of ASCII marks; false when the pattern begins otherwise. */
static bool read_marks(dk_str pattern, bool marks[128]) {
    static const char head[] = "(?:^|[";
    size_t at = sizeof head - 1;
    if (pattern.len <= at || memcmp(pattern.ptr, head, at) != 0) return false;
    memset(marks, 0, 128 * sizeof *marks);
    for (; at < pattern.len && pattern.ptr[at] != ']'; at++) {
        unsigned char c = (unsigned char)pattern.ptr[at];
        if (c == '\\' && at + 1 < pattern.len) {
            c = (unsigned char)pattern.ptr[++at];
            if (c == 'n') c = '\n';
            else if (c == 'r') c = '\r';
            else if (c == 't') c = '\t';
            else if (strchr(".!?;:,()-", c) == NULL) return false;
        } else if (c == '\0' || strchr(".!?;:,()\n ", c) == NULL) {
            return false;
        }
        marks[c] = true;
    }
    if (at + 2 >= pattern.len || pattern.ptr[at + 1] != ')' || strchr("?*+{", pattern.ptr[at + 2]) != NULL) return false;
    return !has_open_choice(pattern);
}

static void free_compiled(compiled *c) {
    if (c == NULL) return;
    pcre2_code_free(c->code);
    free(c);
}

/* NULL, with the reason and the place, when it does not compile. */
static compiled *compile(const dk_regex *r, dk_str pattern, int *reason, PCRE2_SIZE *offset) {
    uint32_t options = PCRE2_UTF | PCRE2_CASELESS | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (r->at_marks || r->anchored) options |= PCRE2_ANCHORED;
    compiled *c = malloc(sizeof *c);
    *reason = PCRE2_ERROR_NOMEMORY;
    if (c == NULL) return NULL;
    c->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, reason, offset, NULL);
    if (c->code == NULL) {
        free(c);
        return NULL;
    }
    size_t size = 0; /* without JIT it is slower, not wrong */
    c->jit = pcre2_jit_compile(c->code, PCRE2_JIT_COMPLETE) == 0 && pcre2_pattern_info(c->code, PCRE2_INFO_JITSIZE, &size) == 0 &&
             size > 0;
    return c;
}

dk_status dk_regex_new(dk_regex **out, dk_str pattern, dk_error *err) {
    int code;
    PCRE2_SIZE offset;
    dk_regex *r = calloc(1, sizeof *r);
    if (r == NULL) return dk_fail_memory(err);
    r->at_marks = read_marks(pattern, r->marks);
    compiled *c = compile(r, pattern, &code, &offset);
    if (c == NULL) {
        free(r);
        if (code == PCRE2_ERROR_NOMEMORY) return dk_fail_memory(err);
        PCRE2_UCHAR reason[160] = "";
        pcre2_get_error_message(code, reason, sizeof reason);
        return dk_fail_at(err, DK_EDATA, NULL, 0, (int64_t)offset + 1, "%.*s does not compile: %s at offset %zu",
                          (int)(pattern.len > 60 ? 60 : pattern.len), pattern.ptr, (const char *)reason, (size_t)offset);
    }
    atomic_init(&r->compiled, c);
    *out = r;
    return DK_OK;
}

static dk_status new_later(dk_regex **out, dk_str pattern, bool anchored, dk_error *err) {
    dk_regex *r = calloc(1, sizeof *r + pattern.len + 1);
    if (r == NULL) return dk_fail_memory(err);
    r->anchored = anchored;
    r->at_marks = !anchored && read_marks(pattern, r->marks);
    if (pattern.len > 0) memcpy(r + 1, pattern.ptr, pattern.len);
    r->pattern = (dk_str){(const char *)(r + 1), pattern.len};
    atomic_init(&r->compiled, NULL);
    *out = r;
    return DK_OK;
}

dk_status dk_regex_new_later(dk_regex **out, dk_str pattern, dk_error *err) { return new_later(out, pattern, false, err); }
dk_status dk_regex_new_anchored(dk_regex **out, dk_str pattern, dk_error *err) { return new_later(out, pattern, true, err); }

/* The compiled pattern; NULL when memory ran out. Two threads may compile it at once: the first one's is kept. */
static const compiled *compiled_of(dk_regex *r) {
    compiled *c = atomic_load_explicit(&r->compiled, memory_order_acquire);
    if (DK_LIKELY(c != NULL)) return c;
    int reason;
    PCRE2_SIZE offset;
    compiled *mine = compile(r, r->pattern, &reason, &offset);
    if (mine == NULL) return NULL;
    if (atomic_compare_exchange_strong_explicit(&r->compiled, &c, mine, memory_order_acq_rel, memory_order_acquire)) return mine;
    free_compiled(mine);
    return c;
}

void dk_regex_free(dk_regex *regex) {
    if (regex == NULL) return;
    free_compiled(atomic_load(&regex->compiled));
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

/* One search, in which an anchored pattern is tried at from alone; the match may be empty. */
static bool find_from(dk_regex *regex, dk_regex_scratch *scratch, dk_str text, size_t from, size_t *start,
                      size_t *end, bool *limited) {
    const compiled *c = compiled_of(regex);
    *limited = c == NULL;
    if (c == NULL) return false;
    /* the short way into compiled code; there is nothing for pcre2_match to check, since patterns take invalid UTF-8 */
    int n = (c->jit ? pcre2_jit_match : pcre2_match)(c->code, (PCRE2_SPTR)text.ptr, text.len, from, 0, scratch->match, scratch->context);
    *limited = n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_DEPTHLIMIT || n == PCRE2_ERROR_HEAPLIMIT ||
               n == PCRE2_ERROR_JIT_STACKLIMIT;
    if (n < 0) return false;
    const PCRE2_SIZE *span = pcre2_get_ovector_pointer(scratch->match);
    *start = span[0];
    *end = span[1];
    return true;
}

/* The first mark at or after a place, or the end. Marks lie below @ and are no spaces, which most bytes are not: eight are passed over
   at once. */
static size_t next_mark(const dk_regex *regex, dk_str text, size_t at) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (;;) {
        while (!regex->marks[' '] && text.len - at >= 8) {
            uint64_t x = dk_load_8(text.ptr + at), low = x & ~tops, blank = low ^ 0x20 * ones;
            uint64_t below = ~(low + 0x40 * ones) & ~x & tops, other = (blank + 0x7F * ones) & tops;
            if ((below & other) != 0) {
                at += (size_t)__builtin_ctzll(below & other) / 8;
                break;
            }
            at += 8;
        }
        if (at >= text.len) return text.len;
        unsigned char c = (unsigned char)text.ptr[at];
        if (c < 0x80 && regex->marks[c]) return at;
        at++;
    }
}

bool dk_regex_find(dk_regex *regex, dk_regex_scratch *scratch, dk_str text, size_t from, size_t *start,
                   size_t *end, bool *limited) {
    bool found = false;
    *limited = false;
    if (!regex->at_marks) found = find_from(regex, scratch, text, from, start, end, limited);
    for (size_t at = from; regex->at_marks && !found && at < text.len && !*limited; at++) {
        if (at > 0) at = next_mark(regex, text, at);
        if (at < text.len) found = find_from(regex, scratch, text, at, start, end, limited);
    }
    return found && *end > *start; /* an empty match is no match here */
}
