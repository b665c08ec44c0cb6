#include "text/affix.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "text/affix_table.h"
#include "text/utf8.h"

typedef struct reader {
    dk_affix *affix;
    const char *file;
    int64_t line;
    dk_error *err;
} reader;

static dk_status bad_line(const reader *r, const char *what) {
    return dk_fail_at(r->err, DK_EDATA, r->file, r->line, 0, "%s", what);
}

/* The next word of a line; empty at its end. */
static dk_str next_word(dk_str *line) {
    while (line->len > 0 && (*line->ptr == ' ' || *line->ptr == '\t')) line->ptr++, line->len--;
    dk_str word = {line->ptr, 0};
    while (word.len < line->len && word.ptr[word.len] != ' ' && word.ptr[word.len] != '\t') word.len++;
    line->ptr += word.len;
    line->len -= word.len;
    return word;
}

static bool read_number(dk_str text, uint32_t *out) {
    uint32_t n = 0;
    if (text.len == 0 || text.len > 9) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        n = n * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    *out = n;
    return true;
}

/* One flag at *at, which moves behind it; 0 when malformed. */
static uint16_t read_flag(flag_mode mode, dk_str text, size_t *at) {
    uint32_t flag = 0;
    unsigned size = 1;
    switch (mode) {
    case FLAG_BYTE: flag = (unsigned char)text.ptr[*at]; break;
    case FLAG_LONG:
        if (*at + 1 >= text.len) break;
        flag = (uint32_t)(unsigned char)text.ptr[*at] << 8 | (unsigned char)text.ptr[*at + 1];
        size = 2;
        break;
    case FLAG_UTF8:
        flag = dk_utf8_decode(text.ptr, text.len, *at, &size);
        if (flag >= DK_AFFIX_FLAGS) flag = 0;
        break;
    case FLAG_NUMBER: {
        size_t end = *at;
        while (end < text.len && text.ptr[end] != ',') end++;
        if (!read_number((dk_str){text.ptr + *at, end - *at}, &flag) || flag >= DK_AFFIX_FLAGS) flag = 0;
        size = (unsigned)(end - *at) + (end < text.len);
        break;
    }
    }
    *at += size;
    return (uint16_t)flag;
}

flag_set dk_affix_read_flags(const dk_affix *affix, dk_arena *arena, dk_str text, bool *bad) {
    flag_set set = {NULL, 0};
    uint32_t number;
    *bad = false;
    if (text.len == 0) return set;
    if (affix->naliases > 0 && read_number(text, &number)) {
        *bad = number == 0 || number > affix->naliases;
        return *bad ? set : affix->aliases[number - 1];
    }
    uint16_t *flags = dk_arena_alloc(arena, text.len * sizeof *flags);
    if (flags == NULL) return (flag_set){NULL, 1};
    for (size_t at = 0; at < text.len;) {
        uint16_t flag = read_flag(affix->mode, text, &at);
        if (flag == 0)
            *bad = true;
        else
            flags[set.count++] = flag;
    }
    set.flags = flags;
    return set;
}

/* Compiles a condition such as [^aeiou]y. */
static dk_status read_condition(const reader *r, dk_str text, affix_rule *rule) {
    if (dk_str_is(text, ".")) return DK_OK;
    condition_item *items = dk_arena_calloc(&r->affix->arena, text.len + 1, sizeof *items);
    uint32_t *chars = dk_arena_alloc(&r->affix->arena, (text.len + 1) * sizeof *chars);
    if (items == NULL || chars == NULL) return dk_fail_memory(r->err);
    rule->items = items;
    for (size_t at = 0; at < text.len;) {
        condition_item *item = &items[rule->nitems++];
        unsigned size;
        item->chars = chars;
        if (text.ptr[at] == '.') {
            item->negated = true;
            at++;
        } else if (text.ptr[at] == '[') {
            at++;
            if (at < text.len && text.ptr[at] == '^') item->negated = true, at++;
            while (at < text.len && text.ptr[at] != ']') {
                *chars++ = dk_utf8_decode(text.ptr, text.len, at, &size);
                item->count++;
                at += size;
            }
            if (at == text.len) return bad_line(r, "a condition has [ without ]");
            at++;
        } else {
            *chars++ = dk_utf8_decode(text.ptr, text.len, at, &size);
            item->count = 1;
            at += size;
        }
    }
    return DK_OK;
}

static dk_str or_nothing(dk_str word) {
    return dk_str_is(word, "0") ? (dk_str){word.ptr, 0} : word;
}

/* PFX or SFX: the first line of a flag declares it, those that follow are its rules. */
static dk_status read_affix(const reader *r, bool prefix, dk_str rest) {
    dk_affix *a = r->affix;
    rule_group **groups = prefix ? &a->prefixes : &a->suffixes;
    size_t *count = prefix ? &a->nprefixes : &a->nsuffixes, *cap = prefix ? &a->prefix_cap : &a->suffix_cap;
    uint16_t *of = prefix ? a->prefix_of : a->suffix_of;
    size_t at = 0;
    dk_str name = next_word(&rest), second = next_word(&rest), third = next_word(&rest);
    if (third.len == 0) return bad_line(r, "an affix line needs a flag and three or more columns");
    uint16_t flag = read_flag(a->mode, name, &at);
    if (flag == 0) return bad_line(r, "malformed flag");
    if (of[flag] == 0) {
        uint32_t rules;
        if (!read_number(third, &rules)) return bad_line(r, "expected the number of rules");
        if (!dk_grow(groups, cap, *count + 1)) return dk_fail_memory(r->err);
        (*groups)[*count] = (rule_group){.cross = dk_str_is(second, "Y"), .declared = true};
        of[flag] = (uint16_t)++ * count;
        return DK_OK;
    }
    rule_group *group = &(*groups)[of[flag] - 1];
    dk_str condition = next_word(&rest), add = third;
    affix_rule rule = {.flag = flag, .cross = group->cross, .strip = or_nothing(second)};
    for (size_t i = 0; i < third.len; i++) {
        if (third.ptr[i] != '/') continue;
        bool bad;
        add.len = i;
        rule.next = dk_affix_read_flags(a, &a->arena, (dk_str){third.ptr + i + 1, third.len - i - 1}, &bad);
        if (bad) return bad_line(r, "malformed continuation class");
        if (rule.next.count > 0 && rule.next.flags == NULL) return dk_fail_memory(r->err);
        break;
    }
    rule.add = or_nothing(add);
    dk_status status = condition.len > 0 ? read_condition(r, condition, &rule) : DK_OK;
    if (status != DK_OK) return status;
    if (!dk_grow(&group->rules, &group->cap, group->count + 1)) return dk_fail_memory(r->err);
    group->rules[group->count++] = rule;
    return DK_OK;
}

/* AF and AM: the first line counts, the others are aliases. */
static dk_status read_alias(const reader *r, bool flags, dk_str rest, bool *counted) {
    dk_affix *a = r->affix;
    if (!*counted) {
        *counted = true;
        return DK_OK;
    }
    dk_str text = next_word(&rest);
    if (!flags) {
        if (!dk_grow(&a->fields, &a->field_cap, a->nfields + 1)) return dk_fail_memory(r->err);
        a->fields[a->nfields++] = text;
        return DK_OK;
    }
    bool bad;
    size_t known = a->naliases;
    a->naliases = 0; /* an alias is never itself an alias */
    flag_set set = dk_affix_read_flags(a, &a->arena, text, &bad);
    a->naliases = known;
    if (bad) return bad_line(r, "malformed flags");
    if ((set.count > 0 && set.flags == NULL) || !dk_grow(&a->aliases, &a->alias_cap, known + 1))
        return dk_fail_memory(r->err);
    a->aliases[a->naliases++] = set;
    return DK_OK;
}

static dk_status read_line(reader *r, dk_str line, bool *af_counted, bool *am_counted) {
    dk_affix *a = r->affix;
    const struct {
        const char *name;
        uint16_t *flag;
    } single[] = {{"NEEDAFFIX", &a->need_affix},    {"PSEUDOROOT", &a->need_affix},
                  {"FORBIDDENWORD", &a->forbidden}, {"ONLYINCOMPOUND", &a->only_compound},
                  {"COMPOUNDFLAG", &a->compound},   {"COMPOUNDBEGIN", &a->begin},
                  {"COMPOUNDMIDDLE", &a->middle},   {"COMPOUNDEND", &a->end},
                  {"COMPOUNDLAST", &a->end}};
    dk_str key = next_word(&line);
    if (dk_str_is(key, "SFX") || dk_str_is(key, "PFX")) return read_affix(r, *key.ptr == 'P', line);
    if (dk_str_is(key, "AF")) return read_alias(r, true, line, af_counted);
    if (dk_str_is(key, "AM")) return read_alias(r, false, line, am_counted);
    if (dk_str_is(key, "FULLSTRIP")) a->full_strip = true;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        if (!dk_str_is(key, single[i].name)) continue;
        dk_str word = next_word(&line);
        size_t at = 0;
        *single[i].flag = word.len > 0 ? read_flag(a->mode, word, &at) : 0;
        if (*single[i].flag == 0) return bad_line(r, "malformed flag");
    }
    if (dk_str_is(key, "SET") && !dk_str_is(next_word(&line), "UTF-8"))
        return bad_line(r, "only dictionaries in UTF-8 can be read");
    if (dk_str_is(key, "FLAG")) {
        dk_str mode = next_word(&line);
        if (dk_str_is(mode, "num"))
            a->mode = FLAG_NUMBER;
        else if (dk_str_is(mode, "long"))
            a->mode = FLAG_LONG;
        else if (dk_str_is(mode, "UTF-8"))
            a->mode = FLAG_UTF8;
        else
            return bad_line(r, "unknown kind of flags");
    }
    return DK_OK;
}

dk_status dk_affix_parse(dk_affix **out, const char *file, dk_str text, dk_error *err) {
    *out = NULL;
    dk_affix *a = calloc(1, sizeof *a);
    if (a == NULL) return dk_fail_memory(err);
    reader r = {.affix = a, .file = file, .err = err};
    bool af_counted = false, am_counted = false;
    dk_status status = DK_OK;
    a->prefix_of = calloc(DK_AFFIX_FLAGS, sizeof *a->prefix_of);
    a->suffix_of = calloc(DK_AFFIX_FLAGS, sizeof *a->suffix_of);
    if (a->prefix_of == NULL || a->suffix_of == NULL) status = dk_fail_memory(err);
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text.ptr += 3, text.len -= 3;
    for (size_t at = 0; status == DK_OK && at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - text.ptr) - at : text.len - at;
        dk_str line = {text.ptr + at, len};
        if (len > 0 && line.ptr[len - 1] == '\r') line.len--;
        r.line++;
        if (line.len > 0 && *line.ptr != '#') status = read_line(&r, line, &af_counted, &am_counted);
        at += len + 1;
    }
    if (status != DK_OK) {
        dk_affix_free(a);
        return status;
    }
    *out = a;
    return DK_OK;
}

void dk_affix_free(dk_affix *a) {
    if (a == NULL) return;
    for (size_t i = 0; i < a->nprefixes; i++) free(a->prefixes[i].rules);
    for (size_t i = 0; i < a->nsuffixes; i++) free(a->suffixes[i].rules);
    free(a->prefixes);
    free(a->suffixes);
    free(a->prefix_of);
    free(a->suffix_of);
    free(a->aliases);
    free(a->fields);
    dk_arena_dispose(&a->arena);
    free(a);
}

void dk_affix_flag_text(const dk_affix *affix, uint32_t flag, char out[9]) {
    switch (affix->mode) {
    case FLAG_NUMBER: snprintf(out, 9, "%u", (unsigned)flag & 0xFFFF); break;
    case FLAG_LONG: snprintf(out, 9, "%c%c", (char)(flag >> 8), (char)flag); break;
    case FLAG_UTF8: out[dk_utf8_encode(flag, out)] = '\0'; break;
    case FLAG_BYTE:
        /* a byte that is no character by itself is written as a number, so that the text stays UTF-8 */
        if (flag < 0x80)
            snprintf(out, 9, "%c", (char)flag);
        else
            snprintf(out, 9, "x%02X", (unsigned)flag & 0xFF);
        break;
    }
}
