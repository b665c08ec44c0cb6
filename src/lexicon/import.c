#include "lexicon/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/utf8.h"

enum { WORDS_MAX = DK_STEPS_MAX };

void dk_import_dispose(dk_import *import) {
    free(import->items);
    free(import->remarks);
    dk_buf_dispose(&import->scratch);
    dk_arena_dispose(&import->arena);
    memset(import, 0, sizeof *import);
}

bool dk_import_line(dk_str *text, dk_str *line) {
    if (text->len == 0) return false;
    size_t len = 0;
    while (len < text->len && text->ptr[len] != '\n' && text->ptr[len] != '\r') len++;
    size_t end = len < text->len ? 1 : 0;
    if (end && text->ptr[len] == '\r' && len + 1 < text->len && text->ptr[len + 1] == '\n') end = 2;
    *line = (dk_str){text->ptr, len};
    text->ptr += len + end;
    text->len -= len + end;
    return true;
}

bool dk_import_number(dk_str cell, double *value) {
    char text[32], *stop;
    if (cell.len == 0 || cell.len >= sizeof text) return false;
    memcpy(text, cell.ptr, cell.len);
    text[cell.len] = '\0';
    if (strspn(text, "0123456789+-.eE") != cell.len) return false; /* no nan, no hexadecimal */
    double v = strtod(text, &stop);
    if (*stop != '\0' || v < -1e9 || v > 1e9) return false;
    *value = v;
    return true;
}

dk_status dk_import_remark(dk_import *import, dk_remark_kind kind, int64_t line, int64_t column,
                           dk_error *err, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (!dk_grow(&import->remarks, &import->remarks_cap, import->nremarks + 1)) return dk_fail_memory(err);
    char *copy = dk_arena_strdup(&import->arena, message, strlen(message));
    if (copy == NULL) return dk_fail_memory(err);
    import->remarks[import->nremarks++] = (dk_remark){kind, line, column, copy};
    return DK_OK;
}

/* A word with wildcards that the term language has no short form for, as a pattern on the whole token. */
static void put_pattern(dk_buf *out, dk_str word, unsigned flags) {
    dk_buf_puts(out, "/^");
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (c == '*' && flags & DK_FOREIGN_STAR)
            dk_buf_puts(out, ".*");
        else if (c == '?' && flags & DK_FOREIGN_QUESTION)
            dk_buf_putc(out, '.');
        else {
            if (strchr("\\^$.|?*+()[]{}/", c) != NULL && c != '\0') dk_buf_putc(out, '\\');
            dk_buf_putc(out, c);
        }
    }
    dk_buf_puts(out, "$/");
}

static bool is_letter(char c) {
    return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether the term language can have it with a star: letters, with hyphens and apostrophes only between them. */
static bool is_stem(dk_str s) {
    if (dk_utf8_length(s.ptr, s.len) < 2 || !is_letter(s.ptr[0]) || !is_letter(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_letter(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '\'') return false;
    return true;
}

/* Writes one word in the term language; false with *why when that cannot be. */
static bool put_word(dk_buf *out, dk_str word, unsigned flags, bool inflect, const char **why) {
    size_t stars = 0, questions = 0;
    if (word.len == 0) return true;
    for (size_t i = 0; i < word.len; i++) {
        stars += word.ptr[i] == '*' && flags & DK_FOREIGN_STAR;
        questions += word.ptr[i] == '?' && flags & DK_FOREIGN_QUESTION;
    }
    bool first = word.ptr[0] == '*', last = word.ptr[word.len - 1] == '*';
    dk_str stem = {word.ptr + (first ? 1 : 0), word.len - 1};
    /* a stem is the beginning or the end of a word as the tokenizer makes them; fair-* is a pattern */
    if (stars == 1 && questions == 0 && first != last && is_stem(stem)) {
        dk_buf_put(out, word.ptr, word.len);
        return true;
    }
    if (stars + questions > 0) {
        put_pattern(out, word, flags);
        return true;
    }
    if (memchr(word.ptr, '"', word.len) != NULL) {
        *why = "a double quote within a word cannot be written";
        return false;
    }
    bool safe = memchr(word.ptr, '/', word.len) == NULL && memchr(word.ptr, '*', word.len) == NULL &&
                word.ptr[0] != '+' && word.ptr[0] != '#' &&
                !(word.len >= 3 && memcmp(word.ptr, "...", 3) == 0);
    if (inflect && safe)
        dk_buf_put(out, word.ptr, word.len);
    else {
        dk_buf_putc(out, '"');
        dk_buf_put(out, word.ptr, word.len);
        dk_buf_putc(out, '"');
    }
    return true;
}

static bool is_blank(char c, unsigned flags) {
    return c == ' ' || c == '\t' || (c == '_' && flags & DK_FOREIGN_UNDERSCORE);
}

/* Writes a foreign term; false with *why when it cannot be written. */
static bool put_term(dk_buf *out, dk_str term, unsigned flags, bool inflect, const char **why) {
    size_t words = 0;
    for (size_t at = 0; at < term.len;) {
        if (is_blank(term.ptr[at], flags)) {
            at++;
            continue;
        }
        size_t end = at;
        while (end < term.len && !is_blank(term.ptr[end], flags)) end++;
        if (words++ > 0) dk_buf_putc(out, ' ');
        if (words > WORDS_MAX) {
            *why = "more than 16 words";
            return false;
        }
        if (!put_word(out, (dk_str){term.ptr + at, end - at}, flags, inflect, why)) return false;
        at = end;
    }
    *why = "the term is empty";
    return words > 0;
}

static bool keep(dk_import *import, dk_str *text) {
    char *copy = dk_arena_strdup(&import->arena, text->ptr, text->len);
    *text = (dk_str){copy, text->len};
    return copy != NULL;
}

dk_status dk_import_add(dk_import *import, dk_str term, unsigned flags, dk_str category, const double *value,
                        dk_modifier modifier, int64_t line, int64_t column, dk_error *err) {
    const char *why = NULL;
    dk_term parsed;
    dk_error mistake = {0};
    dk_buf *out = &import->scratch;
    dk_buf folded;
    dk_buf_init(&folded);
    dk_buf_clear(out);
    dk_status status =
        dk_utf8_fold(&folded, term.ptr, term.len, err); /* letter case means nothing in any of the formats */
    bool ok =
        status == DK_OK && put_term(out, (dk_str){folded.ptr, folded.len}, flags, import->inflect, &why);
    dk_buf_dispose(&folded);
    if (status == DK_OK) status = dk_buf_status(out, err);
    if (status != DK_OK) return status;
    dk_str written = {out->ptr, out->len};
    if (ok) {
        status = dk_term_parse(&parsed, written, &import->arena, &mistake);
        if (status == DK_ENOMEM) return dk_fail_memory(err);
        ok = status == DK_OK;
        why = mistake.message;
    }
    if (!ok)
        return dk_import_remark(import, DK_REMARK_LOST, line, column, err, "%.*s: %s",
                                (int)(term.len < 80 ? term.len : 80), term.ptr, why);
    dk_import_item item = {.term = written,
                           .category = category,
                           .has_value = value != NULL,
                           .value = value != NULL ? *value : 0,
                           .modifier = modifier,
                           .line = line};
    if (!keep(import, &item.term) || !keep(import, &item.category) ||
        !dk_grow(&import->items, &import->cap, import->count + 1))
        return dk_fail_memory(err);
    import->items[import->count++] = item;
    return DK_OK;
}
