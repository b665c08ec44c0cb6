#include "workbench/check_fix.h"

#include <stdlib.h>

#include "base/intern.h"
#include "lexicon/term.h"
#include "text/utf8.h"

enum { CELLS_MAX = 16 };

/* An entry of the section at hand. */
typedef struct row {
    dk_str group, term; /* theme or kind, and term: what it is sorted by */
    dk_str line;        /* as it is to be written */
    size_t number;      /* in the section */
} row;

typedef struct fixer {
    dk_buf *out;
    dk_fix_counts *counts;
    dk_error *err;
    dk_status status;
    bool keep_order;
    int ncolumns, term, group, note; /* columns, -1 when the file has none */
    dk_arena arena;
    dk_intern seen; /* lines without their notes */
    row *rows;
    size_t nrows, cap;
    dk_buf line, scratch;
} fixer;

static dk_str next_line(dk_str *text) {
    const char *stop = memchr(text->ptr, '\n', text->len);
    size_t len = stop != NULL ? (size_t)(stop - text->ptr) : text->len;
    dk_str line = {text->ptr, len};
    text->ptr += len + (stop != NULL);
    text->len -= len + (stop != NULL);
    return line;
}

static dk_str trimmed(dk_str s, const char *blanks) {
    size_t n = strlen(blanks);
    while (s.len > 0 && memchr(blanks, s.ptr[0], n) != NULL) s.ptr++, s.len--;
    while (s.len > 0 && memchr(blanks, s.ptr[s.len - 1], n) != NULL) s.len--;
    return s;
}

static int split(dk_str line, dk_str *cells) {
    int n = 0;
    while (n < CELLS_MAX) {
        const char *tab = n < CELLS_MAX - 1 ? memchr(line.ptr, '\t', line.len) : NULL;
        size_t len = tab != NULL ? (size_t)(tab - line.ptr) : line.len;
        cells[n++] = trimmed((dk_str){line.ptr, len}, " \r");
        if (tab == NULL) break;
        line = (dk_str){tab + 1, line.len - len - 1};
    }
    while (n > 0 && cells[n - 1].len == 0) n--;
    return n;
}

static dk_str kept(fixer *f, dk_str text) {
    char *copy = dk_arena_strdup(&f->arena, text.ptr, text.len);
    if (copy == NULL) f->status = dk_fail_memory(f->err);
    return (dk_str){copy != NULL ? copy : "", copy != NULL ? text.len : 0};
}

/* The term folded and with single spaces; patterns stay, since letter case means something in them. False when it is no term. */
static bool mend_term(fixer *f, dk_str *term) {
    dk_term parsed;
    dk_error mistake;
    if (!dk_utf8_valid(term->ptr, term->len) || dk_term_parse(&parsed, *term, &f->arena, &mistake) != DK_OK)
        return false;
    bool pattern = parsed.comment_regex;
    for (size_t i = 0; i < parsed.nsteps; i++)
        pattern = pattern || parsed.steps[i].alternatives[0].matcher == DK_MATCH_REGEX;
    if (pattern) return true;
    dk_buf_clear(&f->scratch);
    if (dk_utf8_fold(&f->scratch, term->ptr, term->len, f->err) != DK_OK) f->status = DK_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < f->scratch.len; i++)
        if (f->scratch.ptr[i] != ' ' || (n > 0 && f->scratch.ptr[n - 1] != ' '))
            f->scratch.ptr[n++] = f->scratch.ptr[i];
    dk_str folded = trimmed((dk_str){f->scratch.ptr, n}, " \r"); /* what stood behind a blank may be gone, a byte order mark */
    if (folded.len == 0) return false;
    *term = kept(f, folded);
    return true;
}

static void join(dk_buf *out, const dk_str *cells, int n, int without) {
    dk_buf_clear(out);
    for (int i = 0; i < n; i++) {
        if (i > 0) dk_buf_putc(out, '\t');
        if (i != without) dk_buf_put(out, cells[i].ptr, cells[i].len);
    }
}

/* By the letters, so that rabatt, "rabatt" and +rabatt stay together and in their own order, which decides between them. */
static dk_str letters_of(dk_str term) {
    while (term.len > 1 && strchr("\"+*/", term.ptr[0]) != NULL) term.ptr++, term.len--;
    while (term.len > 1 && strchr("\"*/", term.ptr[term.len - 1]) != NULL) term.len--;
    return term;
}

static int compare_rows(const void *a, const void *b) {
    const row *x = a, *y = b;
    int order = dk_str_compare(x->group, y->group);
    if (order == 0) order = dk_str_compare(letters_of(x->term), letters_of(y->term));
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void end_section(fixer *f) {
    if (!f->keep_order && f->nrows > 1) qsort(f->rows, f->nrows, sizeof *f->rows, compare_rows);
    for (size_t i = 0; i < f->nrows; i++) {
        f->counts->moved += f->rows[i].number != i;
        dk_buf_put(f->out, f->rows[i].line.ptr, f->rows[i].line.len);
        dk_buf_putc(f->out, '\n');
    }
    f->nrows = 0;
}

static void add_row(fixer *f, dk_str group, dk_str term, dk_str line) {
    if (!dk_grow(&f->rows, &f->cap, f->nrows + 1)) {
        f->status = dk_fail_memory(f->err);
        return;
    }
    f->rows[f->nrows] = (row){kept(f, group), kept(f, term), kept(f, line), f->nrows};
    f->nrows++;
}

static void take_entry(fixer *f, dk_str raw) {
    dk_str cells[CELLS_MAX], line = trimmed(raw, "\r");
    int n = split(line, cells);
    dk_str none = {"", 0}, group = f->group >= 0 && f->group < n ? cells[f->group] : none;
    if (n <= f->term || n > f->ncolumns || !mend_term(f, &cells[f->term])) {
        f->counts->left++;
        add_row(f, group, line, line);
        return;
    }
    join(&f->line, cells, n, f->note);
    size_t len = f->line.len, before = f->seen.count;
    while (len > 0 && f->line.ptr[len - 1] == '\t') len--;
    uint32_t id = f->line.failed ? DK_NO_ID : dk_intern_add(&f->seen, (dk_str){f->line.ptr, len});
    if (id == DK_NO_ID) {
        f->status = dk_fail_memory(f->err);
        return;
    }
    if (id < before && (f->note < 0 || f->note >= n)) {
        f->counts->removed++;
        return;
    }
    join(&f->line, cells, n, -1);
    if (f->line.failed) f->status = dk_fail_memory(f->err);
    dk_str mended = {f->line.ptr, f->line.len};
    f->counts->mended += !dk_str_eq(mended, raw);
    if (f->status == DK_OK) add_row(f, group, cells[f->term], mended);
}

static bool take_header(fixer *f, dk_str raw) {
    dk_str cells[CELLS_MAX];
    f->ncolumns = split(trimmed(raw, "\r"), cells);
    f->term = f->group = f->note = -1;
    for (int i = 0; i < f->ncolumns; i++) {
        if (dk_str_is(cells[i], "term")) f->term = i;
        if (dk_str_is(cells[i], "theme") || dk_str_is(cells[i], "kind")) f->group = i;
        if (dk_str_is(cells[i], "note")) f->note = i;
    }
    return f->term >= 0;
}

dk_status dk_lexicon_fix(dk_str text, const char *name, bool keep_order, dk_buf *out, dk_fix_counts *counts,
                         dk_error *err) {
    fixer f = {.out = out, .counts = counts, .err = err, .keep_order = keep_order, .term = -1};
    bool header = false;
    memset(counts, 0, sizeof *counts);
    dk_buf_init(&f.line);
    dk_buf_init(&f.scratch);
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text.ptr += 3, text.len -= 3;
    for (int64_t number = 1; text.len > 0 && f.status == DK_OK; number++) {
        dk_str raw = next_line(&text), line = trimmed(raw, "\r");
        if (line.len == 0 || line.ptr[0] == '#' || !header) {
            end_section(&f);
            dk_buf_put(out, line.ptr, line.len);
            dk_buf_putc(out, '\n');
            counts->mended += line.len != raw.len;
            if (line.len == 0 || line.ptr[0] == '#') continue;
            header = take_header(&f, raw);
            if (!header)
                f.status = dk_fail_at(err, DK_EDATA, name, number, 1,
                                      "a header row with the column term was expected");
        } else {
            take_entry(&f, raw);
        }
    }
    if (f.status == DK_OK) end_section(&f);
    if (f.status == DK_OK) f.status = dk_buf_status(out, err);
    dk_buf_dispose(&f.line);
    dk_buf_dispose(&f.scratch);
    dk_intern_dispose(&f.seen);
    dk_arena_dispose(&f.arena);
    free(f.rows);
    return f.status;
}
