/* Suggestions as tables and as a lexicon file. */
#include <math.h>
#include <stdlib.h>

#include "base/intern.h"
#include "workbench/suggest_private.h"

static const dk_sheet_column valence_columns[] = {
    {"term", DK_SHEET_TEXT, 30, 0},    {"language", DK_SHEET_TEXT, 0, 0},
    {"valence", DK_SHEET_COUNT, 0, 0}, {"probability", DK_SHEET_REAL, 0, 0},
    {"support", DK_SHEET_COUNT, 0, 0}, {"z", DK_SHEET_REAL, 0, 0},
    {"log_odds", DK_SHEET_REAL, 0, 0}, {"folds", DK_SHEET_COUNT, 0, 0},
    {"company", DK_SHEET_SHARE, 0, 0}, {"variant_of", DK_SHEET_TEXT, 32, 0},
    {"near", DK_SHEET_TEXT, 40, 0},    {"forms", DK_SHEET_TEXT, 40, true},
    {"file", DK_SHEET_TEXT, 0, true},  {"examples", DK_SHEET_TEXT, 40, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

void dk_suggest_put_examples(dk_sheet *sheet, const dk_corpus *k, const uint32_t *examples, int n) {
    char line[256];
    size_t at = 0;
    line[0] = '\0';
    for (int e = 0; e < n && examples[e] != DK_NO_ID; e++) {
        dk_str id = k->comments[examples[e]].id;
        if (at + id.len + 2 > sizeof line) break;
        if (e > 0) line[at++] = ' ';
        memcpy(line + at, id.ptr, id.len);
        at += id.len;
    }
    dk_sheet_text(sheet, dk_str_from(k->source));
    dk_sheet_text(sheet, (dk_str){line, at});
}

void dk_suggest_put(dk_book *book, const dk_suggestions *s, const dk_corpus *k, size_t top, double least) {
    dk_sheet *sheet =
        dk_book_add(book, "valence", "Words for the valence list", valence_columns, COUNT(valence_columns));
    size_t shown = 0;
    for (size_t i = 0; i < s->count && shown < top && s->items[i].probability >= least; i++, shown++) {
        const dk_suggestion *x = &s->items[i];
        dk_sheet_text(sheet, x->term);
        dk_sheet_text(sheet, dk_str_from(dk_language_name(x->language)));
        dk_sheet_int(sheet, (int64_t)x->valence);
        dk_sheet_real(sheet, x->probability);
        dk_sheet_int(sheet, x->support);
        dk_sheet_real(sheet, x->z);
        dk_sheet_real(sheet, x->log_odds);
        if (isnan(x->z))
            dk_sheet_real(sheet, NAN);
        else
            dk_sheet_int(sheet, x->folds);
        dk_sheet_real(sheet, x->company);
        dk_sheet_text(sheet, x->variant_of);
        dk_sheet_text(sheet, x->near);
        dk_sheet_text(sheet, x->forms);
        dk_suggest_put_examples(sheet, k, x->examples, 3);
    }
    dk_sheet_note(sheet,
                  "%zu of %zu terms from %zu words that the lexicon has no opinion on; %zu that it has one "
                  "on were learned from",
                  shown, s->count, s->candidates, s->known);
}

/* ---- Into a lexicon ---------------------------------------------------------------------------------- */

/* The terms that stand in a list already: the cell of a column, the first being 0. */
static dk_status known_terms(dk_intern *there, dk_str old, int column, dk_error *err) {
    for (const char *p = old.ptr, *end = old.ptr + old.len; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p)), *cell = p;
        if (stop == NULL) stop = end;
        for (int c = 0; c < column && cell < stop; c++) {
            const char *tab = memchr(cell, '\t', (size_t)(stop - cell));
            cell = tab != NULL ? tab + 1 : stop;
        }
        const char *tab = memchr(cell, '\t', (size_t)(stop - cell));
        if (*p != '#' &&
            dk_intern_add(there, (dk_str){cell, (size_t)((tab != NULL ? tab : stop) - cell)}) == DK_NO_ID)
            return dk_fail_memory(err);
        p = stop + 1;
    }
    return DK_OK;
}

/* What the list holds already, ended by a line end, or the header of a new one. */
static void begin_list(dk_str old, const char *header, dk_buf *out) {
    dk_buf_put(out, old.ptr, old.len);
    if (old.len == 0)
        dk_buf_puts(out, header);
    else if (old.ptr[old.len - 1] != '\n')
        dk_buf_putc(out, '\n');
}

dk_status dk_suggest_accept(const dk_suggestions *s, dk_language language, size_t top, double least,
                            dk_str old, dk_buf *out, size_t *added, dk_error *err) {
    dk_intern there;
    dk_intern_init(&there);
    *added = 0;
    if (old.len == 0) old.ptr = ""; /* no list yet */
    dk_status status = known_terms(&there, old, 0, err);
    begin_list(old, "term\tvalence\temotion\tnote\n", out);
    size_t taken = 0;
    for (size_t i = 0; status == DK_OK && i < s->count && taken < top && s->items[i].probability >= least;
         i++) {
        const dk_suggestion *x = &s->items[i];
        if (x->language != language) continue;
        taken++;
        if (dk_intern_find(&there, x->term) != DK_NO_ID) continue;
        dk_buf_put(out, x->term.ptr, x->term.len);
        dk_buf_putf(out, "\t%d\t\tsuggested: %u comments", (int)x->valence, x->support);
        if (!isnan(x->z)) dk_buf_putf(out, ", z %.1f", x->z);
        if (x->variant_of.len > 0) dk_buf_putf(out, ", %.*s", (int)x->variant_of.len, x->variant_of.ptr);
        dk_buf_putc(out, '\n');
        ++*added;
    }
    dk_intern_dispose(&there);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}

dk_status dk_suggest_accept_themes(const dk_theme_suggestions *s, dk_language language, size_t top,
                                   dk_str old, dk_buf *out, size_t *added, dk_error *err) {
    dk_intern there;
    dk_intern_init(&there);
    *added = 0;
    if (old.len == 0) old.ptr = ""; /* no list yet */
    dk_status status = known_terms(&there, old, 1, err);
    begin_list(old, "theme\tterm\tvalence\tnote\n", out);
    for (size_t i = 0; status == DK_OK && i < s->count; i++) {
        const dk_theme_suggestion *x = &s->items[i];
        if (x->language != language || x->rank >= top || dk_intern_find(&there, x->term) != DK_NO_ID)
            continue;
        if (dk_intern_add(&there, x->term) == DK_NO_ID)
            status = dk_fail_memory(err); /* once, for the first of its codes */
        dk_buf_putf(out, "%s\t%.*s\t\tsuggested: %u comments of %.*s, z %.1f\n", x->theme, (int)x->term.len,
                    x->term.ptr, x->support, (int)x->code.len, x->code.ptr, x->z);
        ++*added;
    }
    dk_intern_dispose(&there);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}
