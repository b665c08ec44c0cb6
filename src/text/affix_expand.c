#include <string.h>

#include "base/buffer.h"
#include "text/affix_table.h"
#include "text/utf8.h"

/* A word longer than this is no word (Hunspell: MAXWORDUTF8LEN). */
enum { WORD_MAX = 256, CHARS_MAX = WORD_MAX };

/* A form on its way: text and its characters, so that conditions compare code points. */
typedef struct word {
    char text[WORD_MAX];
    size_t len;
    uint32_t chars[CHARS_MAX];
    size_t nchars;
} word;

typedef struct walk {
    const dk_affix *affix;
    dk_affix_each each;
    void *context;
    dk_error *err;
    dk_affix_form form;
    flag_set flags; /* of the entry */
} walk;

static bool word_set(word *w, dk_str text) {
    if (text.len >= WORD_MAX) return false;
    memmove(w->text, text.ptr, text.len); /* may be w's own text */
    w->len = text.len;
    w->nchars = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned size;
        w->chars[w->nchars++] = dk_utf8_decode(text.ptr, text.len, at, &size);
        at += size;
    }
    return true;
}

static bool item_matches(const condition_item *item, uint32_t c) {
    for (size_t i = 0; i < item->count; i++)
        if (item->chars[i] == c) return !item->negated;
    return item->negated;
}

static bool condition_matches(const affix_rule *rule, const word *w, bool prefix) {
    if (rule->nitems > w->nchars) return false;
    const uint32_t *c = prefix ? w->chars : w->chars + w->nchars - rule->nitems;
    for (size_t i = rule->nitems; i-- > 0;) /* from the end: that is where suffix conditions fail */
        if (!item_matches(&rule->items[i], c[i])) return false;
    return true;
}

/* Puts the affix on; false when the rule does not apply. */
static bool apply(const dk_affix *affix, const affix_rule *rule, const word *from, bool prefix, word *to) {
    size_t strip = rule->strip.len, add = rule->add.len;
    if (from->len < strip || (from->len == strip && !affix->full_strip) ||
        from->len - strip + add >= WORD_MAX)
        return false;
    const char *at = prefix ? from->text : from->text + from->len - strip;
    if (memcmp(at, rule->strip.ptr, strip) != 0 || !condition_matches(rule, from, prefix)) return false;
    if (prefix) {
        memcpy(to->text, rule->add.ptr, add);
        memcpy(to->text + add, from->text + strip, from->len - strip);
    } else {
        memcpy(to->text, from->text, from->len - strip);
        memcpy(to->text + from->len - strip, rule->add.ptr, add);
    }
    to->len = from->len - strip + add;
    return to->len > 0;
}

static unsigned part_properties(const dk_affix *a, flag_set set) {
    unsigned p = 0;
    if (flag_in(set, a->only_compound)) p |= DK_AFFIX_ONLY_COMPOUND;
    if (flag_in(set, a->begin) || flag_in(set, a->middle)) p |= DK_AFFIX_BEGIN;
    if (flag_in(set, a->end)) p |= DK_AFFIX_END;
    if (flag_in(set, a->compound)) p |= DK_AFFIX_BEGIN | DK_AFFIX_END;
    return p;
}

static dk_status emit(walk *w, const word *form, unsigned properties) {
    w->form.form = (dk_str){form->text, form->len};
    w->form.properties = properties;
    return w->each(w->context, &w->form, w->err);
}

/* Puts the prefixes of flags before a form; those of the entry cross with suffixes only where both allow it. */
static dk_status add_prefixes(walk *w, flag_set flags, const word *form, bool suffixed, bool crosses,
                              unsigned properties) {
    const dk_affix *a = w->affix;
    if (a->nprefixes == 0 || (suffixed && !crosses)) return DK_OK;
    for (size_t i = 0; i < flags.count; i++) {
        size_t number = a->prefix_of[flags.flags[i]];
        if (number == 0) continue;
        const rule_group *group = &a->prefixes[number - 1];
        if (suffixed && !group->cross) continue;
        for (size_t k = 0; k < group->count; k++) {
            const affix_rule *rule = &group->rules[k];
            word whole, base;
            if (!word_set(&base, (dk_str){form->text, form->len}) || !apply(a, rule, &base, true, &whole))
                continue;
            w->form.prefix = rule->flag;
            w->form.prefix_len = rule->add.len;
            w->form.prefix_strip = rule->strip.len;
            dk_status status = emit(w, &whole, properties | part_properties(a, rule->next));
            w->form.prefix = 0;
            w->form.prefix_len = w->form.prefix_strip = 0;
            if (status != DK_OK) return status;
        }
    }
    return DK_OK;
}

static dk_status add_suffixes(walk *w, flag_set flags, const word *from, int level) {
    const dk_affix *a = w->affix;
    uint16_t done[64]; /* flags listed twice act once */
    size_t ndone = 0;
    for (size_t i = 0; i < flags.count; i++) {
        size_t number = a->suffix_of[flags.flags[i]];
        if (number == 0) continue;
        if (flag_in((flag_set){done, ndone}, flags.flags[i])) continue;
        if (ndone < sizeof done / sizeof *done) done[ndone++] = flags.flags[i];
        const rule_group *group = &a->suffixes[number - 1];
        for (size_t k = 0; k < group->count; k++) {
            const affix_rule *rule = &group->rules[k];
            word form;
            if (!apply(a, rule, from, false, &form)) continue;
            unsigned properties = part_properties(a, rule->next);
            dk_status status = DK_OK;
            if (level == 1)
                w->form.inner = rule->flag;
            else
                w->form.outer = rule->flag;
            if (!flag_in(rule->next, a->need_affix)) {
                status = emit(w, &form, properties);
                if (status == DK_OK) status = add_prefixes(w, w->flags, &form, true, rule->cross, properties);
                if (status == DK_OK) status = add_prefixes(w, rule->next, &form, true, true, properties);
            }
            if (status == DK_OK && level == 1 && rule->next.count > 0 &&
                word_set(&form, (dk_str){form.text, form.len}))
                status = add_suffixes(w, rule->next, &form, 2);
            if (level == 1)
                w->form.inner = 0;
            else
                w->form.outer = 0;
            if (status != DK_OK) return status;
        }
    }
    return DK_OK;
}

/* Splits a .dic line into word, flags and morphological fields; \/ is a slash of the word. */
static void split_entry(dk_str line, char *text, size_t *len, dk_str *flags, dk_str *fields) {
    size_t i = 0, n = 0;
    *flags = *fields = (dk_str){line.ptr + line.len, 0};
    for (; i < line.len && line.ptr[i] != '\t'; i++) {
        char c = line.ptr[i];
        if (c == ' ' && i + 3 < line.len && line.ptr[i + 3] == ':') break;
        if (c == '/' && i > 0) break;
        if (c == '\\' && i + 1 < line.len && line.ptr[i + 1] == '/') c = line.ptr[++i];
        if (n < WORD_MAX) text[n++] = c;
    }
    *len = n;
    if (i < line.len && line.ptr[i] == '/') {
        *flags = (dk_str){line.ptr + i + 1, 0};
        for (i++; i < line.len && line.ptr[i] != ' ' && line.ptr[i] != '\t'; i++) flags->len++;
    }
    if (i < line.len) *fields = (dk_str){line.ptr + i, line.len - i};
}

/* The value of the st: field. */
static dk_str find_stem(const dk_affix *a, dk_str fields) {
    for (size_t i = 0; i < fields.len;) {
        while (i < fields.len && (fields.ptr[i] == ' ' || fields.ptr[i] == '\t')) i++;
        size_t start = i;
        while (i < fields.len && fields.ptr[i] != ' ' && fields.ptr[i] != '\t') i++;
        dk_str field = {fields.ptr + start, i - start};
        if (a->nfields > 0 && field.len > 0 && field.len < 7) { /* an AM alias stands alone */
            size_t number = 0;
            for (size_t k = 0; k < field.len && field.ptr[k] >= '0' && field.ptr[k] <= '9'; k++)
                number = number * 10 + (size_t)(field.ptr[k] - '0');
            if (number >= 1 && number <= a->nfields) field = a->fields[number - 1];
        }
        if (field.len > 3 && memcmp(field.ptr, "st:", 3) == 0) return (dk_str){field.ptr + 3, field.len - 3};
    }
    return (dk_str){fields.ptr, 0};
}

static dk_status expand_entry(walk *w, const word *entry) {
    const dk_affix *a = w->affix;
    unsigned properties = part_properties(a, w->flags);
    if (flag_in(w->flags, a->forbidden)) return emit(w, entry, properties | DK_AFFIX_FORBIDDEN);
    dk_status status = DK_OK;
    if (!flag_in(w->flags, a->need_affix)) {
        status = emit(w, entry, properties);
        if (status == DK_OK) status = add_prefixes(w, w->flags, entry, false, true, properties);
    }
    if (status == DK_OK) status = add_suffixes(w, w->flags, entry, 1);
    return status;
}

dk_status dk_affix_expand(const dk_affix *affix, dk_str dic, dk_affix_each each, void *context,
                          size_t *skipped, dk_error *err) {
    walk w = {.affix = affix, .each = each, .context = context, .err = err};
    dk_arena arena;
    dk_arena_init(&arena);
    dk_status status = DK_OK;
    size_t left_out = 0;
    int64_t number = 0;
    if (dic.len >= 3 && memcmp(dic.ptr, "\xEF\xBB\xBF", 3) == 0) dic.ptr += 3, dic.len -= 3;
    for (size_t at = 0; status == DK_OK && at < dic.len;) {
        const char *end = memchr(dic.ptr + at, '\n', dic.len - at);
        size_t len = end != NULL ? (size_t)(end - dic.ptr) - at : dic.len - at;
        dk_str line = {dic.ptr + at, len}, flags, fields;
        at += len + 1;
        number++;
        if (len > 0 && line.ptr[len - 1] == '\r') line.len--;
        if (number == 1 || line.len == 0 || *line.ptr == '\t')
            continue; /* the first line is the count of entries */
        char text[WORD_MAX];
        size_t text_len;
        word entry;
        bool bad = false;
        split_entry(line, text, &text_len, &flags, &fields);
        if (text_len == 0 || !word_set(&entry, (dk_str){text, text_len})) {
            left_out++;
            continue;
        }
        w.flags = dk_affix_read_flags(affix, &arena, flags, &bad);
        if (w.flags.count > 0 && w.flags.flags == NULL) {
            status = dk_fail_memory(err);
            break;
        }
        if (bad) { /* a slash that is part of the word: A/S */
            left_out++;
            continue;
        }
        w.form = (dk_affix_form){.entry = {text, text_len}, .stem = find_stem(affix, fields), .line = number};
        status = expand_entry(&w, &entry);
        dk_arena_reset(&arena);
    }
    dk_arena_dispose(&arena);
    if (skipped != NULL) *skipped = left_out;
    return status;
}
