/* Dictionaries of categories: LIWC, Lexicoder, WordStat. */
#include <stdlib.h>

#include "lexicon/import.h"

enum { DEPTH_MAX = 16 };

static bool is_space(char c) {
    return c == ' ' || c == '\t';
}

static dk_str trimmed(dk_str s) {
    while (s.len > 0 && is_space(s.ptr[0])) s.ptr++, s.len--;
    while (s.len > 0 && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

static bool is_number(dk_str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0 && s.len < 10;
}

/* The next word of rest, empty at its end. */
static dk_str next_word(dk_str *rest) {
    *rest = trimmed(*rest);
    size_t len = 0;
    while (len < rest->len && !is_space(rest->ptr[len])) len++;
    dk_str word = {rest->ptr, len};
    rest->ptr += len;
    rest->len -= len;
    return word;
}

/* ---- LIWC ---- */

typedef struct liwc_category {
    int number;
    dk_str name;
} liwc_category;

typedef struct liwc {
    liwc_category *items;
    size_t count, cap;
} liwc;

static int number_of(dk_str digits) {
    int n = 0;
    for (size_t i = 0; i < digits.len; i++) n = n * 10 + (digits.ptr[i] - '0');
    return n;
}

static const dk_str *find_category(const liwc *l, int number) {
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].number == number) return &l->items[i].name;
    return NULL;
}

static dk_status take_category(dk_import *import, liwc *l, dk_str line, int64_t number, dk_error *err) {
    dk_str rest = line, digits = next_word(&rest), name = trimmed(rest);
    for (size_t i = 1; i + 1 < name.len; i++) /* LIWC 2015: funct (Function Words) */
        if (name.ptr[i] == '(' && is_space(name.ptr[i - 1])) name = trimmed((dk_str){name.ptr, i});
    if (!is_number(digits) || name.len == 0)
        return dk_import_remark(import, DK_REMARK_WRONG, number, digits.ptr - line.ptr + 1, err,
                                "a number and the name of a category were expected");
    if (find_category(l, number_of(digits)) != NULL)
        return dk_import_remark(import, DK_REMARK_WRONG, number, digits.ptr - line.ptr + 1, err,
                                "the category %.*s stands twice", (int)digits.len, digits.ptr);
    if (!dk_grow(&l->items, &l->cap, l->count + 1)) return dk_fail_memory(err);
    l->items[l->count++] = (liwc_category){number_of(digits), name};
    return DK_OK;
}

/* Where the numbers of a line begin: behind the first tab, or else behind the last word that is none and holds no bracket. */
static size_t numbers_begin(dk_str line) {
    const char *tab = memchr(line.ptr, '\t', line.len);
    if (tab != NULL) return (size_t)(tab - line.ptr);
    size_t begin = line.len;
    for (;;) {
        size_t end = begin, start;
        while (end > 0 && is_space(line.ptr[end - 1])) end--;
        start = end;
        while (start > 0 && !is_space(line.ptr[start - 1])) start--;
        dk_str word = {line.ptr + start, end - start};
        if (start == 0 || !(is_number(word) || memchr(word.ptr, ')', word.len) != NULL ||
                            memchr(word.ptr, '(', word.len) != NULL))
            return begin;
        begin = start;
    }
}

static dk_status take_term(dk_import *import, const liwc *l, dk_str line, int64_t number, dk_error *err) {
    size_t begin = numbers_begin(line);
    dk_str term = trimmed((dk_str){line.ptr, begin}), rest = {line.ptr + begin, line.len - begin}, word;
    dk_status status = DK_OK;
    size_t found = 0, lost = 0;
    while (status == DK_OK && (word = next_word(&rest)).len > 0) {
        int64_t column = word.ptr - line.ptr + 1;
        if (!is_number(word)) { /* 2007: like (02 134)125/464: categories that depend on the word before */
            dk_str condition = trimmed((dk_str){word.ptr, (size_t)(line.ptr + line.len - word.ptr)});
            if (word.ptr[0] != '(' && word.ptr[0] != '<')
                return dk_import_remark(import, DK_REMARK_WRONG, number, column, err,
                                        "%.*s is no number of a category",
                                        (int)(word.len < 40 ? word.len : 40), word.ptr);
            status =
                dk_import_remark(import, DK_REMARK_LOST, number, column, err,
                                 "%.*s: %.*s depends on other words", (int)(term.len < 80 ? term.len : 80),
                                 term.ptr, (int)(condition.len < 80 ? condition.len : 80), condition.ptr);
            lost++;
            /* the rest of the condition: up to a word that ends its last part */
            bool closed = memchr(word.ptr, ')', word.len) != NULL || memchr(word.ptr, '>', word.len) != NULL;
            while (!closed && (word = next_word(&rest)).len > 0)
                closed = memchr(word.ptr, ')', word.len) != NULL || memchr(word.ptr, '>', word.len) != NULL;
            continue;
        }
        const dk_str *name = find_category(l, number_of(word));
        if (name == NULL)
            status = dk_import_remark(import, DK_REMARK_WRONG, number, column, err,
                                      "no category %.*s was named above", (int)word.len, word.ptr);
        else
            status = dk_import_add(import, term, DK_FOREIGN_STAR, *name, NULL, DK_MOD_NONE, number,
                                   term.ptr - line.ptr + 1, err);
        found++;
    }
    if (status == DK_OK && found + lost == 0)
        status = dk_import_remark(import, DK_REMARK_WRONG, number, (int64_t)line.len + 1, err,
                                  "the number of a category was expected behind the term");
    return status;
}

dk_status dk_import_liwc(dk_import *import, dk_str text, dk_error *err) {
    liwc l = {0};
    dk_str line;
    int marks = 0;
    dk_status status = DK_OK;
    for (int64_t number = 1; status == DK_OK && dk_import_line(&text, &line); number++) {
        dk_str content = trimmed(line);
        if (content.len == 0) continue;
        if (marks < 2 && content.len == 1 && content.ptr[0] == '%')
            marks++;
        else if (marks == 0) {
            status = dk_fail_at(
                err, DK_EDATA, NULL, number, 1,
                "no LIWC dictionary: a line with %% was expected first, then the categories, another %%, "
                "and the terms");
        } else if (marks == 1)
            status = take_category(import, &l, line, number, err);
        else
            status = take_term(import, &l, line, number, err);
    }
    if (status == DK_OK && marks < 2)
        status =
            dk_fail_at(err, DK_EDATA, NULL, 0, 0, "no LIWC dictionary: the second line with %% is missing");
    free(l.items);
    return status;
}

/* ---- Trees ---- */

/* The names from the root to where a reader is. */
typedef struct path {
    dk_str names[DEPTH_MAX];
    size_t indents[DEPTH_MAX];
    size_t depth;
    dk_buf joined;
} path;

static dk_str join_path(path *p) {
    dk_buf_clear(&p->joined);
    for (size_t i = 0; i < p->depth; i++) {
        if (i > 0) dk_buf_putc(&p->joined, '.');
        dk_buf_put(&p->joined, p->names[i].ptr, p->names[i].len);
    }
    return (dk_str){p->joined.ptr != NULL ? p->joined.ptr : "", p->joined.len};
}

dk_status dk_import_lexicoder(dk_import *import, dk_str text, dk_error *err) {
    path p = {.depth = 0};
    dk_str line;
    dk_status status = DK_OK;
    for (int64_t number = 1; status == DK_OK && dk_import_line(&text, &line); number++) {
        dk_str content = trimmed(line);
        int64_t column = content.ptr - line.ptr + 1;
        if (content.len == 0) continue;
        size_t level = 0;
        while (level < content.len && content.ptr[level] == '+') level++;
        dk_str name = trimmed((dk_str){content.ptr + level, content.len - level});
        if (level > 0 && (name.len == 0 || level > p.depth + 1 || level > DEPTH_MAX)) {
            status = dk_import_remark(import, DK_REMARK_WRONG, number, column, err,
                                      name.len == 0 ? "the name of a category was expected behind the +"
                                                    : "a category deeper than the one above has room for");
        } else if (level > 0) {
            p.depth = level;
            p.names[level - 1] = name;
        } else if (p.depth == 0) {
            status = dk_fail_at(err, DK_EDATA, NULL, number, column,
                                "no Lexicoder dictionary: a category such as +NEGATIVE was expected first");
        } else {
            dk_str category = join_path(&p);
            if (p.joined.failed)
                status = dk_fail_memory(err);
            else
                status = dk_import_add(import, content, DK_FOREIGN_STAR, category, NULL, DK_MOD_NONE, number,
                                       column, err);
        }
    }
    if (status == DK_OK && p.depth == 0)
        status = dk_fail_at(err, DK_EDATA, NULL, 0, 0, "no Lexicoder dictionary: it has no category");
    dk_buf_dispose(&p.joined);
    return status;
}

/* The weight in brackets at the end of a WordStat leaf; false when there is none. */
static bool take_weight(dk_str *content, dk_str *weight) {
    if (content->len < 3 || content->ptr[content->len - 1] != ')') return false;
    size_t open = content->len - 1;
    while (open > 0 && content->ptr[open] != '(') open--;
    double value;
    *weight = (dk_str){content->ptr + open + 1, content->len - open - 2};
    if (open == 0 || !dk_import_number(*weight, &value)) return false;
    *content = trimmed((dk_str){content->ptr, open});
    return content->len > 0;
}

static dk_status take_leaf(dk_import *import, path *p, dk_str term, dk_str weight, int64_t number,
                           int64_t column, dk_error *err) {
    dk_str category = join_path(p);
    if (p->joined.failed) return dk_fail_memory(err);
    if (term.ptr[0] == '@')
        return dk_import_remark(import, DK_REMARK_LOST, number, column, err, "%.*s: a rule of proximity",
                                (int)(term.len < 80 ? term.len : 80), term.ptr);
    dk_status status =
        dk_import_add(import, term, DK_FOREIGN_STAR | DK_FOREIGN_QUESTION | DK_FOREIGN_UNDERSCORE, category,
                      NULL, DK_MOD_NONE, number, column, err);
    if (status == DK_OK && !(weight.len == 1 && weight.ptr[0] == '1'))
        status = dk_import_remark(
            import, DK_REMARK_CHANGED, number, column, err, "%.*s: its weight of %.*s is not kept",
            (int)(term.len < 80 ? term.len : 80), term.ptr, (int)weight.len, weight.ptr);
    return status;
}

dk_status dk_import_wordstat(dk_import *import, dk_str text, dk_error *err) {
    path p = {.depth = 0};
    dk_str line, weight;
    dk_status status = DK_OK;
    size_t leaves = 0;
    for (int64_t number = 1; status == DK_OK && dk_import_line(&text, &line); number++) {
        dk_str content = trimmed(line);
        size_t indent = (size_t)(content.ptr - line.ptr);
        if (content.len == 0) continue;
        while (p.depth > 0 && p.indents[p.depth - 1] >= indent) p.depth--;
        bool leaf = take_weight(&content, &weight);
        leaves += leaf;
        if (leaf && p.depth == 0)
            status = dk_import_remark(import, DK_REMARK_WRONG, number, (int64_t)indent + 1, err,
                                      "a term outside of all categories");
        else if (leaf)
            status = take_leaf(import, &p, content, weight, number, (int64_t)indent + 1, err);
        else if (p.depth == DEPTH_MAX)
            status = dk_import_remark(import, DK_REMARK_WRONG, number, (int64_t)indent + 1, err,
                                      "categories more than %d deep", DEPTH_MAX);
        else {
            p.names[p.depth] = content;
            p.indents[p.depth++] = indent;
        }
    }
    if (status == DK_OK && leaves == 0)
        status = dk_fail_at(err, DK_EDATA, NULL, 0, 0,
                            "no WordStat dictionary: no line is a term with its weight, such as BAD (1)");
    dk_buf_dispose(&p.joined);
    return status;
}
