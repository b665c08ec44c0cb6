#include "study/phrases.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/file.h"

void dk_phrases_dispose(dk_phrases *p) {
    free(p->items);
    dk_intern_dispose(&p->themes);
    dk_arena_dispose(&p->arena);
    memset(p, 0, sizeof *p);
}

/* Byte of the first brace without its partner, or -1. */
static int64_t odd_brace(dk_str text) {
    int depth = 0;
    int64_t open = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '{' && depth++ == 0) open = (int64_t)i;
        if (text.ptr[i] == '}' && --depth < 0) return (int64_t)i;
    }
    return depth > 0 ? open : -1;
}

static dk_status read_line(dk_phrases *p, const char *path, int64_t number, dk_str line, dk_error *err) {
    const char *end = line.ptr + line.len, *tab = memchr(line.ptr, '\t', line.len);
    const char *second = tab != NULL ? memchr(tab + 1, '\t', (size_t)(end - tab - 1)) : NULL;
    if (second == NULL || second + 1 == end)
        return dk_fail_at(err, DK_EDATA, path, number, 1, "expected theme, polarity and phrase, with tabs between");
    dk_str polarity = {tab + 1, (size_t)(second - tab - 1)}, text = {second + 1, (size_t)(end - second - 1)};
    dk_phrase phrase = {.theme = dk_intern_add(&p->themes, (dk_str){line.ptr, (size_t)(tab - line.ptr)})};
    if (dk_str_is(polarity, "negative")) phrase.sign = DK_SIGN_NEGATIVE;
    else if (dk_str_is(polarity, "positive")) phrase.sign = DK_SIGN_POSITIVE;
    else if (polarity.len != 0)
        return dk_fail_at(err, DK_EDATA, path, number, tab + 2 - line.ptr, "expected negative, positive or nothing as polarity");
    int64_t odd = odd_brace(text);
    if (odd >= 0) return dk_fail_at(err, DK_EDATA, path, number, second + 2 - line.ptr + odd, "a brace without its partner");
    phrase.text = dk_arena_strdup(&p->arena, text.ptr, text.len);
    if (phrase.theme == DK_NO_ID || phrase.text == NULL || !dk_grow(&p->items, &p->cap, p->count + 1)) return dk_fail_memory(err);
    p->items[p->count++] = phrase;
    return DK_OK;
}

dk_status dk_phrases_read(dk_phrases *p, const char *path, dk_error *err) {
    dk_buf file;
    dk_buf_init(&file);
    memset(p, 0, sizeof *p);
    dk_intern_init(&p->themes);
    dk_status status = dk_file_read(path, &file, err);
    const char *at = file.ptr, *end = at + file.len;
    for (int64_t number = 1; status == DK_OK && at < end; number++) {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        if (eol == NULL) eol = end;
        if (eol > at && *at != '#' && number > 1) status = read_line(p, path, number, (dk_str){at, (size_t)(eol - at)}, err);
        at = eol + 1;
    }
    dk_buf_dispose(&file);
    return status;
}

size_t dk_phrases_count(const dk_phrases *p, const char *theme, dk_sign sign) {
    uint32_t id = dk_intern_find(&p->themes, dk_str_from(theme));
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++) n += p->items[i].theme == id && p->items[i].sign == sign;
    return n;
}

/* The end of the alternative that begins at text: its | or }, or the NUL. */
static const char *alternative_end(const char *text) {
    int depth = 0;
    for (; *text != '\0'; text++) {
        if (*text == '{') depth++;
        else if (*text == '}' && depth-- == 0) break;
        else if (*text == '|' && depth == 0) break;
    }
    return text;
}

/* Appends text up to end, alternatives chosen. Braces match, so recursion is as deep as they nest. */
static void expand(const char *text, const char *end, dk_rng *rng, dk_buf *out) {
    while (text < end) {
        if (*text != '{') {
            dk_buf_putc(out, *text++);
            continue;
        }
        const char *from = ++text, *to = alternative_end(text), *chosen = from, *chosen_end = to;
        for (size_t seen = 2; *to == '|'; seen++) {
            from = to + 1;
            to = alternative_end(from);
            if (dk_rng_below(rng, seen) == 0) chosen = from, chosen_end = to; /* each is as likely in the end */
        }
        expand(chosen, chosen_end, rng, out);
        text = to + 1;
    }
}

void dk_phrases_put(const dk_phrases *p, const char *theme, dk_sign sign, dk_rng *rng, dk_buf *out) {
    size_t n = dk_phrases_count(p, theme, sign);
    if (n == 0) return;
    size_t which = dk_rng_below(rng, n);
    uint32_t id = dk_intern_find(&p->themes, dk_str_from(theme));
    for (size_t i = 0; i < p->count; i++) {
        const dk_phrase *f = p->items + i;
        if (f->theme != id || f->sign != sign || which-- > 0) continue;
        expand(f->text, f->text + strlen(f->text), rng, out);
        return;
    }
}
