/* Writing lexicons in the formats of other programs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/intern.h"
#include "io/csv_write.h"
#include "workbench/convert.h"

const char dk_convert_writable[] = "afinn|vader|sentistrength|csv|list|liwc|yaml|lexicoder|wordstat";

enum { WAYS_MAX = 64 };

/* What a format can say. */
typedef struct format {
    const char *name;
    bool values, categories;
    bool prefix;  /* stem* */
    bool glob;    /* * anywhere */
    bool one;     /* ? for one letter */
    char joint;   /* between the words of a phrase */
    double scale; /* of valences */
    bool whole;   /* whole numbers only */
    double least; /* the weakest value that says something */
} format;

static const format formats[] = {
    {"afinn", true, false, false, false, false, ' ', 1, true, 1},
    {"vader", true, false, false, false, false, ' ', 0.8, false, 0},
    {"sentistrength", true, false, true, false, false, ' ', 1, true, 2},
    {"csv", true, true, true, true, false, ' ', 1, false, 0},
    {"list", false, false, true, true, false, ' ', 1, false, 0},
    {"liwc", false, true, true, true, false, ' ', 1, false, 0},
    {"yaml", false, true, true, true, true, ' ', 1, false, 0},
    {"lexicoder", false, true, true, true, false, ' ', 1, false, 0},
    {"wordstat", false, true, true, true, true, '_', 1, false, 0},
};

/* A term to be written, in file order. */
typedef struct row {
    dk_str term;
    uint32_t category; /* number; DK_NO_ID for none */
    double value;      /* 0 for none */
} row;

typedef struct exporter {
    const dk_lexicon *lex;
    const format *f;
    dk_import *losses;
    dk_error *err;
    dk_status status;
    dk_arena arena;
    row *rows;
    size_t nrows, cap;
    dk_intern categories;
    dk_intern seen; /* category and term */
    dk_buf text;
    uint32_t entry;
    size_t inflecting; /* entries whose inflections the format cannot say */
} exporter;

static void lose(exporter *x, dk_remark_kind kind, const char *why) {
    const dk_entry_source *s = &x->lex->sources[x->entry];
    if (x->status != DK_OK) return;
    x->status = dk_import_remark(x->losses, kind, s->line, s->column, x->err, "%s:%u: %.*s: %s",
                                 x->lex->files[s->file], (unsigned)s->line,
                                 (int)(s->text.len < 80 ? s->text.len : 80), s->text.ptr, why);
}

/* The glob that a pattern on a token came from or says; false when it says more. */
static bool put_glob(dk_buf *out, dk_str pattern, const format *f) {
    if (pattern.len < 2 || pattern.ptr[0] != '^' || pattern.ptr[pattern.len - 1] != '$') return false;
    for (size_t i = 1; i + 1 < pattern.len; i++) {
        char c = pattern.ptr[i], next = pattern.ptr[i + 1];
        if (c == '.' && next == '*' && f->glob)
            dk_buf_putc(out, '*'), i++;
        else if (c == '.' && f->one && strchr("*+?{", next) == NULL)
            dk_buf_putc(out, '?');
        else if (c == '\\' && strchr("\\^$.|+()[]{}/", next) != NULL)
            dk_buf_putc(out, next), i++;
        else if (strchr("\\^$.|?*+()[]{}/", c) != NULL)
            return false;
        else
            dk_buf_putc(out, c);
    }
    return true;
}

/* Writes the word of an alternative; NULL, or why that cannot be. */
static const char *put_alternative(exporter *x, const dk_alternative *a) {
    dk_buf *out = &x->text;
    dk_str text = a->texts[0];
    switch (a->matcher) {
    case DK_MATCH_PREFIX:
        if (!x->f->prefix) return "the format has no stems";
        dk_buf_put(out, text.ptr, text.len);
        dk_buf_putc(out, '*');
        return NULL;
    case DK_MATCH_SUFFIX:
        if (!x->f->glob) return "the format has no star at the beginning of a word";
        dk_buf_putc(out, '*');
        dk_buf_put(out, text.ptr, text.len);
        return NULL;
    case DK_MATCH_PART: return "the format has no parts of compounds";
    case DK_MATCH_REGEX: return put_glob(out, text, x->f) ? NULL : "the format has no regular expressions";
    case DK_MATCH_WORD:
    case DK_MATCH_EXACT: break;
    }
    for (size_t t = 0; t < a->ntexts; t++) {
        /* what the tokenizer cuts off is written on: can't, it's */
        bool cut = t > 0 && (a->texts[t].ptr[0] == '\'' || dk_str_is(a->texts[t], "n't"));
        if (t > 0 && !cut) dk_buf_putc(out, x->f->joint);
        for (size_t i = 0; i < a->texts[t].len; i++)
            if (a->texts[t].ptr[i] == '*' && x->f->prefix)
                return "a star that is meant as a star cannot be written";
        dk_buf_put(out, a->texts[t].ptr, a->texts[t].len);
    }
    return NULL;
}

static void add_row(exporter *x, uint32_t category, double value) {
    dk_buf key;
    dk_buf_init(&key);
    dk_buf_putf(&key, "%u ", (unsigned)category);
    dk_buf_put(&key, x->text.ptr, x->text.len);
    size_t before = x->seen.count;
    uint32_t id =
        key.failed || x->text.failed ? DK_NO_ID : dk_intern_add(&x->seen, (dk_str){key.ptr, key.len});
    dk_buf_dispose(&key);
    char *copy = dk_arena_strdup(&x->arena, x->text.ptr, x->text.len);
    if (id == DK_NO_ID || copy == NULL || !dk_grow(&x->rows, &x->cap, x->nrows + 1))
        x->status = dk_fail_memory(x->err);
    else if (id == before)
        x->rows[x->nrows++] = (row){{copy, x->text.len}, category, value};
}

/* Every way to fill the steps, one row each; what cannot be written is told once. */
static void add_ways(exporter *x, const dk_term *term, uint32_t category, double value) {
    size_t ways = 1, lost = 0;
    const char *why = NULL;
    for (size_t s = 0; s < term->nsteps; s++) ways *= ways > WAYS_MAX ? 1 : term->steps[s].nalternatives;
    if (ways > WAYS_MAX) {
        lose(x, DK_REMARK_LOST, "more than 64 ways to match");
        return;
    }
    for (size_t way = 0; way < ways && x->status == DK_OK; way++) {
        size_t rest = way;
        const char *reason = NULL;
        dk_buf_clear(&x->text);
        for (size_t s = 0; s < term->nsteps && reason == NULL; s++) {
            const dk_step *step = &term->steps[s];
            if (s > 0) dk_buf_putc(&x->text, x->f->joint);
            reason = put_alternative(x, &step->alternatives[rest % step->nalternatives]);
            rest /= step->nalternatives;
        }
        if (reason != NULL)
            why = reason, lost++;
        else
            add_row(x, category, value);
    }
    if (lost > 0) lose(x, lost == ways ? DK_REMARK_LOST : DK_REMARK_CHANGED, why);
}

static uint32_t category_of(exporter *x, const char *name) {
    uint32_t id = dk_intern_add(&x->categories, dk_str_from(name));
    if (id == DK_NO_ID) x->status = dk_fail_memory(x->err);
    return id;
}

static double value_of(exporter *x, const dk_entry *e) {
    double value = e->valence / 200.0 * x->f->scale;
    if (!x->f->whole) return round(value * 1000) / 1000;
    double whole = round(value), sign = value < 0 ? -1 : 1;
    if (fabs(whole) < x->f->least) whole = sign * x->f->least;
    if (whole != value) lose(x, DK_REMARK_CHANGED, "its valence is rounded");
    return whole;
}

static bool has_gap(const dk_term *term) {
    for (size_t s = 0; s < term->nsteps; s++)
        if (term->steps[s].gap) return true;
    return false;
}

static bool inflects(const dk_term *term) {
    for (size_t s = 0; s < term->nsteps; s++)
        for (size_t a = 0; a < term->steps[s].nalternatives; a++)
            if (term->steps[s].alternatives[a].matcher == DK_MATCH_WORD) return true;
    return false;
}

static void take_entry(exporter *x) {
    const dk_entry *e = &x->lex->entries[x->entry];
    const dk_term *term = &x->lex->sources[x->entry].term;
    uint32_t category = DK_NO_ID;
    if (e->kind == DK_ENTRY_MODIFIER) {
        lose(x, DK_REMARK_LOST, "modifiers have no place in this format");
        return;
    }
    if (term->comment_regex || has_gap(term)) {
        lose(x, DK_REMARK_LOST,
             term->comment_regex ? "the format has no regular expressions" : "the format has no gaps");
        return;
    }
    if (x->f->values && !x->f->categories && !e->has_valence) {
        lose(x, DK_REMARK_LOST, "it has no valence, and the format has no themes");
        return;
    }
    if (x->f->categories && e->kind == DK_ENTRY_THEME)
        category = category_of(x, x->lex->taxonomy.themes[e->theme].id);
    else if (x->f->categories && !x->f->values)
        category = category_of(x, e->valence > 0 ? "valence.positive" : "valence.negative");
    if (e->kind == DK_ENTRY_THEME && !x->f->categories) lose(x, DK_REMARK_CHANGED, "its theme is not kept");
    if (e->has_valence && !x->f->values) lose(x, DK_REMARK_CHANGED, "its valence is not kept");
    x->inflecting += inflects(term);
    add_ways(x, term, category, e->has_valence && x->f->values ? value_of(x, e) : 0);
}

/* ---- Writing what was gathered ---- */

static void put_value(dk_buf *out, double value) {
    dk_buf_put_milli(out, (int64_t)llround(value * 1000));
}

static void put_lists(const exporter *x, dk_buf *out) {
    bool csv = strcmp(x->f->name, "csv") == 0, list = strcmp(x->f->name, "list") == 0;
    dk_str none = {"", 0};
    if (csv) dk_buf_puts(out, "term,category,value\n");
    for (size_t i = 0; i < x->nrows; i++) {
        const row *r = &x->rows[i];
        if (csv) {
            dk_csv_put(out, r->term);
            dk_buf_putc(out, ',');
            dk_csv_put(out, r->category == DK_NO_ID ? none : dk_intern_text(&x->categories, r->category));
            dk_buf_putc(out, ',');
            if (r->value != 0) put_value(out, r->value);
        } else {
            dk_buf_put(out, r->term.ptr, r->term.len);
            if (!list) {
                dk_buf_putc(out, '\t');
                put_value(out, r->value);
            }
        }
        dk_buf_putc(out, '\n');
    }
}

/* A term of several categories has one line with all their numbers. */
static void put_liwc(exporter *x, dk_buf *out) {
    dk_intern terms = {0};
    dk_buf *numbers = calloc(x->nrows + 1, sizeof *numbers);
    if (numbers == NULL) x->status = dk_fail_memory(x->err);
    dk_buf_puts(out, "%\n");
    for (uint32_t c = 0; c < x->categories.count; c++)
        dk_buf_putf(out, "%u\t%s\n", (unsigned)c + 1, dk_intern_text(&x->categories, c).ptr);
    dk_buf_puts(out, "%\n");
    for (size_t i = 0; i < x->nrows && x->status == DK_OK; i++) {
        uint32_t id = dk_intern_add(&terms, x->rows[i].term);
        if (id == DK_NO_ID)
            x->status = dk_fail_memory(x->err);
        else
            dk_buf_putf(&numbers[id], "\t%u", (unsigned)x->rows[i].category + 1);
    }
    for (uint32_t id = 0; id < terms.count; id++) {
        dk_buf_puts(out, dk_intern_text(&terms, id).ptr);
        dk_buf_put(out, numbers[id].ptr, numbers[id].len);
        if (numbers[id].failed) x->status = dk_fail_memory(x->err);
        dk_buf_putc(out, '\n');
        dk_buf_dispose(&numbers[id]);
    }
    free(numbers);
    dk_intern_dispose(&terms);
}

/* Text as a double-quoted scalar of YAML 1.2 (which JSON strings are, but for control characters that terms do not hold). */
static void put_quoted(dk_buf *out, dk_str text) {
    dk_buf_putc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') dk_buf_putc(out, '\\');
        dk_buf_putc(out, text.ptr[i]);
    }
    dk_buf_putc(out, '"');
}

/* The branches of a tree: touchpoints, in them themes, in the order of first sight. */
static void put_tree(exporter *x, dk_buf *out) {
    char kind = x->f->name[0]; /* yaml, lexicoder, wordstat */
    bool *done = calloc(x->categories.count + 1, sizeof *done);
    if (done == NULL) {
        x->status = dk_fail_memory(x->err);
        return;
    }
    for (uint32_t c = 0; c < x->categories.count; c++) {
        dk_str name = dk_intern_text(&x->categories, c);
        size_t stem = strcspn(name.ptr, ".");
        if (done[c]) continue;
        if (kind == 'y')
            put_quoted(out, (dk_str){name.ptr, stem}), dk_buf_puts(out, ":\n");
        else
            dk_buf_putf(out, "%s%.*s\n", kind == 'l' ? "+" : "", (int)stem, name.ptr);
        for (uint32_t d = c; d < x->categories.count; d++) {
            dk_str other = dk_intern_text(&x->categories, d);
            if (done[d] || strcspn(other.ptr, ".") != stem || memcmp(other.ptr, name.ptr, stem) != 0)
                continue;
            done[d] = true;
            dk_str leaf = {other.ptr + stem + 1, other.len - stem - 1};
            if (kind == 'y')
                dk_buf_puts(out, "  "), put_quoted(out, leaf), dk_buf_puts(out, ":\n");
            else
                dk_buf_putf(out, "%s%.*s\n", kind == 'l' ? "++" : "\t", (int)leaf.len, leaf.ptr);
            for (size_t i = 0; i < x->nrows; i++) {
                if (x->rows[i].category != d) continue;
                if (kind == 'y')
                    dk_buf_puts(out, "    - "), put_quoted(out, x->rows[i].term), dk_buf_putc(out, '\n');
                else
                    dk_buf_putf(out, kind == 'l' ? "%.*s\n" : "\t\t%.*s (1)\n", (int)x->rows[i].term.len,
                                x->rows[i].term.ptr);
            }
        }
    }
    free(done);
}

dk_status dk_convert_write(const dk_lexicon *lexicon, const char *name, dk_buf *out, dk_import *losses,
                           dk_error *err) {
    exporter x = {.lex = lexicon, .losses = losses, .err = err};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0) x.f = &formats[i];
    if (x.f == NULL)
        return dk_fail(err, DK_EUSAGE, "no format %s; %s can be written", name, dk_convert_writable);
    for (x.entry = 0; x.entry < lexicon->count && x.status == DK_OK; x.entry++)
        if (lexicon->sources[x.entry].file < lexicon->nuser_files) take_entry(&x);
    if (x.status == DK_OK && x.inflecting > 0)
        x.status = dk_import_remark(
            losses, DK_REMARK_CHANGED, 0, 0, err,
            "%zu entries stand for their inflections too, which the format cannot say", x.inflecting);
    if (x.status == DK_OK) {
        if (strcmp(name, "liwc") == 0)
            put_liwc(&x, out);
        else if (x.f->categories && !x.f->values)
            put_tree(&x, out);
        else
            put_lists(&x, out);
    }
    if (x.status == DK_OK) x.status = dk_buf_status(out, err);
    dk_intern_dispose(&x.categories);
    dk_intern_dispose(&x.seen);
    dk_arena_dispose(&x.arena);
    dk_buf_dispose(&x.text);
    free(x.rows);
    return x.status;
}
