/* Lists of terms with a value each: AFINN, VADER, SentiStrength, and lists of terms alone. */
#include "lexicon/import.h"

static dk_str trimmed(dk_str s) {
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s.ptr++, s.len--;
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
    return s;
}

/* The cell that begins at *at of a line, trimmed; *at moves behind its tab. */
static dk_str cell_at(dk_str line, size_t *at) {
    size_t end = *at;
    while (end < line.len && line.ptr[end] != '\t') end++;
    dk_str cell = {line.ptr + *at, end - *at};
    *at = end < line.len ? end + 1 : end;
    return trimmed(cell);
}

typedef struct list_format {
    const char *name;
    double low, high, neutral; /* the range of values; values up to neutral either way say nothing */
    unsigned flags;
} list_format;

static const list_format formats[] = {
    [DK_LIST_AFINN] = {"AFINN", -5, 5, 0, 0},
    [DK_LIST_VADER] = {"VADER", -4, 4, 0, 0},
    [DK_LIST_SENTISTRENGTH] = {"SentiStrength", -5, 5, 0, DK_FOREIGN_STAR},
    [DK_LIST_PLAIN] = {"a list", 0, 0, 0, DK_FOREIGN_STAR},
};

static dk_status take_line(dk_import *import, const list_format *f, bool plain, dk_modifier modifier,
                           dk_str line, int64_t number, dk_error *err) {
    size_t at = 0;
    double value = 0;
    dk_str none = {"", 0}, term = plain ? trimmed(line) : cell_at(line, &at), cell;
    int64_t column = line.len > 0 && term.len > 0 ? term.ptr - line.ptr + 1 : 1;
    if (plain) return dk_import_add(import, term, f->flags, none, NULL, modifier, number, column, err);
    size_t cell_begin = at;
    cell = cell_at(line, &at);
    if (cell.len == 0 && modifier != DK_MOD_NONE)
        return dk_import_add(import, term, f->flags, none, NULL, modifier, number, column, err);
    if (cell.len == 0)
        return dk_import_remark(import, DK_REMARK_WRONG, number, (int64_t)cell_begin + 1, err,
                                "a tab and a value were expected behind the term");
    column = cell.ptr - line.ptr + 1;
    if (!dk_import_number(cell, &value) || value < f->low || value > f->high)
        return dk_import_remark(import, DK_REMARK_WRONG, number, column, err,
                                "%.*s is no value of %s; %g to %g was expected",
                                (int)(cell.len < 40 ? cell.len : 40), cell.ptr, f->name, f->low, f->high);
    if (value == 0 && modifier == DK_MOD_NONE)
        return dk_import_remark(import, DK_REMARK_LOST, number, column, err,
                                "%.*s: a value of 0 says nothing", (int)(term.len < 80 ? term.len : 80),
                                term.ptr);
    return dk_import_add(import, term, f->flags, none, &value, modifier, number, term.ptr - line.ptr + 1,
                         err);
}

dk_status dk_import_list(dk_import *import, dk_list_format format, dk_modifier modifier, dk_str text,
                         dk_error *err) {
    const list_format *f = &formats[format];
    dk_str line;
    dk_status status = DK_OK;
    bool plain = format == DK_LIST_PLAIN;
    for (int64_t number = 1; status == DK_OK && dk_import_line(&text, &line); number++) {
        if (trimmed(line).len == 0) continue;
        /* in lists with values, ;) and #1 are terms */
        if (plain && (line.ptr[0] == ';' || line.ptr[0] == '#')) continue;
        status = take_line(import, f, plain, modifier, line, number, err);
    }
    return status;
}
