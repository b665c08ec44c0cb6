/* From what was read in a foreign format to lexicon files. */
#include "workbench/convert.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/intern.h"
#include "text/utf8.h"

void dk_converted_dispose(dk_converted *c) {
    dk_buf_dispose(&c->themes);
    dk_buf_dispose(&c->valence);
    dk_buf_dispose(&c->modifiers);
    dk_buf_dispose(&c->taxonomy);
}

static bool same_letters(dk_str a, dk_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.ptr[i], y = b.ptr[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

/* Whether a category is the named one or lies below it. */
static bool is_within(dk_str category, dk_str named) {
    if (category.len > named.len && category.ptr[named.len] != '.') return false;
    return category.len >= named.len && same_letters((dk_str){category.ptr, named.len}, named);
}

/* What an assignment CATEGORY=X says of a category: the part behind the sign; an empty one when it says nothing of it. */
static dk_str assigned(const char *assignment, dk_str category) {
    const char *sign = strrchr(assignment, '=');
    dk_str none = {"", 0};
    if (sign == NULL) return category.len == 0 ? dk_str_from(assignment) : none;
    return is_within(category, (dk_str){assignment, (size_t)(sign - assignment)}) ? dk_str_from(sign + 1)
                                                                                  : none;
}

/* The valence that the options give to a category. */
static bool find_valence(const dk_convert_options *o, dk_str category, double *value) {
    for (size_t i = 0; i < o->nvalences; i++) {
        dk_str text = assigned(o->valences[i], category);
        if (text.len > 0) return dk_import_number(text, value);
    }
    return false;
}

static bool is_word_byte(char c) {
    return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The id of a theme: the first part of the category, a full stop, the others joined by hyphens. */
static void put_theme(dk_buf *out, const dk_convert_options *o, dk_str folded) {
    bool dot = false, gap = false;
    size_t begin = out->len;
    if (memchr(folded.ptr, '.', folded.len) == NULL) {
        dk_buf_puts(out, o->touchpoint != NULL ? o->touchpoint : "imported");
        dk_buf_putc(out, '.');
        dot = true;
        begin = out->len;
    }
    for (size_t i = 0; i < folded.len; i++) {
        if (is_word_byte(folded.ptr[i])) {
            if (gap && out->len > begin && out->ptr[out->len - 1] != '.') dk_buf_putc(out, '-');
            gap = false;
            dk_buf_putc(out, folded.ptr[i]);
        } else if (folded.ptr[i] == '.' && !dot && out->len > begin) {
            dk_buf_putc(out, '.');
            dot = true;
            gap = false;
        } else {
            gap = true;
        }
    }
    if (out->len == begin || (!out->failed && out->ptr[out->len - 1] == '.')) dk_buf_putc(out, 'x');
}

typedef struct writer {
    const dk_convert_options *o;
    dk_import *import;
    dk_converted *out;
    dk_error *err;
    dk_intern seen; /* theme or kind of list, and term */
    int64_t *lines; /* by what was seen */
    double *values;
    size_t lines_cap, values_cap;
    dk_intern themes; /* new ones */
    dk_buf theme, key;
} writer;

static void put_cell(dk_buf *out, dk_str cell) {
    for (size_t i = 0; i < cell.len; i++)
        dk_buf_putc(out, cell.ptr[i] == '\t' || cell.ptr[i] == '\n' ? ' ' : cell.ptr[i]);
}

/* A row of the taxonomy for a theme that nobody has described. */
static dk_status note_theme(writer *w, dk_str theme, dk_str category) {
    if (w->o->taxonomy != NULL && dk_taxonomy_find(w->o->taxonomy, theme) != DK_NO_ID) return DK_OK;
    size_t before = w->themes.count;
    uint32_t id = dk_intern_add(&w->themes, theme);
    if (id == DK_NO_ID) return dk_fail_memory(w->err);
    if (id < before) return DK_OK;
    dk_buf *t = &w->out->taxonomy;
    if (w->out->ntaxonomy++ == 0) dk_buf_puts(t, "theme\tstage\towner\trole\ten\tsv\tda\tcovers\n");
    put_cell(t, theme);
    dk_buf_puts(t, "\timported\timported\tdriver");
    for (int i = 0; i < 3; i++) {
        dk_buf_putc(t, '\t');
        put_cell(t, category);
    }
    dk_buf_puts(t, "\t\n");
    return DK_OK;
}

static dk_status find_theme(writer *w, dk_str category) {
    dk_buf folded;
    dk_buf_clear(&w->theme);
    for (size_t i = 0; i < w->o->nthemes && w->theme.len == 0; i++) {
        dk_str named = assigned(w->o->themes[i], category);
        dk_buf_put(&w->theme, named.ptr, named.len);
    }
    if (w->theme.len > 0) return dk_buf_status(&w->theme, w->err);
    if (category.len == 0)
        return dk_fail(
            w->err, DK_EUSAGE,
            "these terms have no value and no category: --valence V or --theme =THEME says what they are");
    dk_buf_init(&folded);
    dk_status status = dk_utf8_fold(&folded, category.ptr, category.len, w->err);
    if (status == DK_OK) put_theme(&w->theme, w->o, (dk_str){folded.ptr, folded.len});
    dk_buf_dispose(&folded);
    return status == DK_OK ? dk_buf_status(&w->theme, w->err) : status;
}

/* Whether the term is new in its list; a remark when it is not. */
static dk_status is_new(writer *w, dk_str list, const dk_import_item *item, double value, bool *fresh) {
    dk_buf_clear(&w->key);
    dk_buf_put(&w->key, list.ptr, list.len);
    dk_buf_putc(&w->key, '\t');
    dk_buf_put(&w->key, item->term.ptr, item->term.len);
    size_t before = w->seen.count;
    uint32_t id = w->key.failed ? DK_NO_ID : dk_intern_add(&w->seen, (dk_str){w->key.ptr, w->key.len});
    if (id == DK_NO_ID || !dk_grow(&w->lines, &w->lines_cap, (size_t)id + 1) ||
        !dk_grow(&w->values, &w->values_cap, (size_t)id + 1))
        return dk_fail_memory(w->err);
    *fresh = id == before;
    if (*fresh) {
        w->lines[id] = item->line;
        w->values[id] = value;
        return DK_OK;
    }
    bool same = w->values[id] == value;
    return dk_import_remark(w->import, same ? DK_REMARK_DOUBLED : DK_REMARK_LOST, item->line, 0, w->err,
                            "%.*s stands in line %lld already%s",
                            (int)(item->term.len < 80 ? item->term.len : 80), item->term.ptr,
                            (long long)w->lines[id], same ? "" : ", with another value");
}

static void put_valence(dk_buf *out, const dk_convert_options *o, double value) {
    if (strcmp(o->format, "vader") == 0) value *= 1.25;
    int64_t milli = (int64_t)llround(value * 1000);
    dk_buf_put_milli(out, milli > 5000 ? 5000 : milli < -5000 ? -5000 : milli);
}

/* Strength of an intensifier or diminisher from SentiStrength's -2..2, which it adds to a word of 2 to 5. */
static void put_modifier(dk_buf *out, const dk_import_item *item) {
    dk_modifier kind = item->modifier;
    if (kind == DK_MOD_INTENSIFIER && item->value < 0) kind = DK_MOD_DIMINISHER;
    put_cell(out, item->term);
    dk_buf_putf(out, "\t%s\t", dk_modifier_name(kind));
    if (kind == DK_MOD_IDIOM)
        dk_buf_put_milli(out, (int64_t)llround(item->value * 1000));
    else if (item->has_value && item->value != 0 &&
             (kind == DK_MOD_INTENSIFIER || kind == DK_MOD_DIMINISHER)) {
        double strength = 1 + 0.4 * item->value;
        dk_buf_put_milli(out, (int64_t)llround((strength < 0.2 ? 0.2 : strength) * 1000));
    }
    dk_buf_putc(out, '\n');
}

static dk_status take(writer *w, const dk_import_item *item) {
    dk_converted *c = w->out;
    bool fresh;
    double value = item->value;
    if (item->modifier != DK_MOD_NONE) {
        dk_status status = is_new(w, dk_str_from("modifiers"), item, value, &fresh);
        if (status != DK_OK || !fresh) return status;
        if (c->nmodifiers++ == 0) dk_buf_puts(&c->modifiers, "term\tkind\tstrength\treach\tnote\n");
        put_modifier(&c->modifiers, item);
        return DK_OK;
    }
    if (find_valence(w->o, item->category, &value) || (item->has_value && item->category.len == 0)) {
        dk_status status = is_new(w, dk_str_from("valence"), item, value, &fresh);
        if (status != DK_OK || !fresh) return status;
        if (c->nvalence++ == 0) dk_buf_puts(&c->valence, "term\tvalence\temotion\tnote\n");
        put_cell(&c->valence, item->term);
        dk_buf_putc(&c->valence, '\t');
        put_valence(&c->valence, w->o, value);
        dk_buf_putc(&c->valence, '\n');
        return DK_OK;
    }
    dk_status status = find_theme(w, item->category);
    dk_str theme = {w->theme.ptr, w->theme.len};
    if (status == DK_OK) status = note_theme(w, theme, item->category);
    if (status == DK_OK) status = is_new(w, theme, item, value, &fresh);
    if (status != DK_OK || !fresh) return status;
    if (c->nthemes++ == 0) dk_buf_puts(&c->themes, "theme\tterm\tvalence\tnote\n");
    put_cell(&c->themes, theme);
    dk_buf_putc(&c->themes, '\t');
    put_cell(&c->themes, item->term);
    if (item->has_value && item->value != 0) {
        dk_buf_putc(&c->themes, '\t');
        put_valence(&c->themes, w->o, item->value);
    }
    dk_buf_putc(&c->themes, '\n');
    return DK_OK;
}

/* Mistakes in the assignments are the user's, and found before anything is read. */
static dk_status check_assignments(const dk_convert_options *o, dk_error *err) {
    for (size_t i = 0; i < o->nvalences; i++) {
        const char *sign = strrchr(o->valences[i], '=');
        double v;
        if (!dk_import_number(dk_str_from(sign != NULL ? sign + 1 : o->valences[i]), &v) || v == 0 ||
            v < -5 || v > 5)
            return dk_fail(err, DK_EUSAGE,
                           "--valence %s: CATEGORY=V or V was expected, with V from -5 to 5 and not 0",
                           o->valences[i]);
    }
    for (size_t i = 0; i < o->nthemes; i++) {
        const char *sign = strrchr(o->themes[i], '='), *dot = sign != NULL ? strchr(sign, '.') : NULL;
        if (dot == NULL || dot == sign + 1 || dot[1] == '\0')
            return dk_fail(err, DK_EUSAGE, "--theme %s: CATEGORY=touchpoint.theme was expected",
                           o->themes[i]);
    }
    return DK_OK;
}

dk_status dk_convert_files(dk_import *import, const dk_convert_options *options, dk_converted *out,
                           dk_error *err) {
    writer w = {.o = options, .import = import, .out = out, .err = err};
    dk_status status = check_assignments(options, err);
    for (size_t i = 0; i < import->count && status == DK_OK; i++) status = take(&w, &import->items[i]);
    if (status == DK_OK) status = dk_buf_status(&out->themes, err);
    if (status == DK_OK) status = dk_buf_status(&out->valence, err);
    if (status == DK_OK) status = dk_buf_status(&out->modifiers, err);
    if (status == DK_OK) status = dk_buf_status(&out->taxonomy, err);
    dk_intern_dispose(&w.seen);
    dk_intern_dispose(&w.themes);
    dk_buf_dispose(&w.theme);
    dk_buf_dispose(&w.key);
    free(w.lines);
    free(w.values);
    return status;
}
