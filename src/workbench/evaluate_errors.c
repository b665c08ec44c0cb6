/* What the engine got wrong: missed codes against what was found instead, and lists with spans. */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "workbench/evaluate_private.h"

static const dk_sheet_column confusion_columns[] = {{"missed", DK_SHEET_TEXT, 0, 0},
                                                    {"times", DK_SHEET_COUNT, 0, 0},
                                                    {"found_instead", DK_SHEET_TEXT, 0, 0},
                                                    {"comments", DK_SHEET_COUNT, 0, 0}};
static const dk_sheet_column error_columns[] = {
    {"kind", DK_SHEET_TEXT, 0, 0},      {"code", DK_SHEET_TEXT, 28, 0},    {"coded", DK_SHEET_TEXT, 0, 0},
    {"found", DK_SHEET_TEXT, 0, 0},     {"id", DK_SHEET_TEXT, 24, 0},      {"coder", DK_SHEET_TEXT, 16, 0},
    {"file", DK_SHEET_TEXT, 0, true},   {"line", DK_SHEET_COUNT, 0, true}, {"start", DK_SHEET_COUNT, 0, 0},
    {"end", DK_SHEET_COUNT, 0, 0},      {"match", DK_SHEET_TEXT, 32, 0},   {"entry", DK_SHEET_TEXT, 32, 0},
    {"all_found", DK_SHEET_TEXT, 60, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { WRONG, MISSED, POLARITY, KINDS };
static const char *const kind_names[KINDS] = {"wrong", "missed", "polarity"};

typedef struct error_row {
    uint64_t draw;
    uint32_t rating, code, found; /* found: which of the comment's themes; DK_NO_ID for a missed code */
    int8_t coded;
} error_row;

typedef struct list {
    error_row *rows;
    size_t count, cap;
} list;

static int by_draw(const void *a, const void *b) {
    const error_row *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    if (x->rating != y->rating) return x->rating < y->rating ? -1 : 1;
    return x->code != y->code ? (x->code < y->code ? -1 : 1) : (x->found > y->found) - (x->found < y->found);
}

static dk_status add(list *l, error_row row, dk_error *err) {
    if (!dk_grow(&l->rows, &l->cap, l->count + 1)) return dk_fail_memory(err);
    l->rows[l->count++] = row;
    return DK_OK;
}

/* Gathers the errors of all readings, and confusion[code x (codes + 1)]: the last column is "no theme at all". */
static dk_status gather(const dk_evaluation *e, list lists[KINDS], uint64_t *confusion, dk_error *err) {
    size_t n = e->scheme->codes.count;
    dk_status status = DK_OK;
    for (uint32_t i = 0; status == DK_OK && i < e->coded->nratings; i++) {
        const dk_rating *r = &e->coded->ratings[i];
        if (!r->themes) continue;
        const dk_unit *u = &e->coded->units[r->unit];
        dk_found found[DK_FOUND_MAX];
        size_t nf = dk_found_themes(u->corpus, u->comment, found);
        uint64_t draw = dk_hash_mix(e->hashes[r->unit], e->o->seed);
        for (uint32_t c = 0; status == DK_OK && c < r->count; c++) {
            const dk_code *code = &e->coded->codes[r->first + c];
            size_t at = dk_find_code(e->scheme, code, found, nf);
            if (at != SIZE_MAX) {
                if (code->label >= 0 && (int)found[at].label != code->label)
                    status = add(&lists[POLARITY],
                                 (error_row){draw, i, code->code, (uint32_t)at, code->label}, err);
                continue;
            }
            status = add(&lists[MISSED], (error_row){draw, i, code->code, DK_NO_ID, code->label}, err);
            uint64_t *row = confusion + code->code * (n + 1);
            row[n] += nf == 0;
            for (size_t f = 0; f < nf; f++)
                if (e->scheme->primary[found[f].theme] != DK_NO_ID && !dk_theme_coded(e, r, found[f].theme))
                    row[e->scheme->primary[found[f].theme]]++;
        }
        for (uint32_t f = 0; status == DK_OK && f < nf; f++)
            if (e->scheme->primary[found[f].theme] != DK_NO_ID && !dk_theme_coded(e, r, found[f].theme))
                status =
                    add(&lists[WRONG], (error_row){draw, i, e->scheme->primary[found[f].theme], f, -1}, err);
    }
    return status;
}

static void put_error(const dk_evaluation *e, dk_sheet *s, int kind, const error_row *x, dk_buf *scratch) {
    const dk_rating *r = &e->coded->ratings[x->rating];
    const dk_unit *u = &e->coded->units[r->unit];
    const dk_corpus_comment *c = &u->corpus->comments[u->comment];
    dk_found found[DK_FOUND_MAX];
    size_t nf = dk_found_themes(u->corpus, u->comment, found);
    dk_sheet_text(s, dk_str_from(kind_names[kind]));
    bool theme = kind != MISSED;
    dk_sheet_text(s, theme ? dk_str_from(dk_engine_theme(e->engine, found[x->found].theme))
                           : dk_intern_text(&e->scheme->codes, x->code));
    dk_sheet_text(s, dk_str_from(x->coded >= 0 ? dk_label_name((dk_label)x->coded) : ""));
    dk_sheet_text(s, dk_str_from(theme ? dk_label_name((dk_label)found[x->found].label) : ""));
    dk_sheet_text(s, c->id);
    dk_sheet_text(s, dk_intern_text(&e->coded->coders, r->coder));
    dk_sheet_text(s, dk_str_from(u->corpus->source));
    dk_sheet_int(s, c->line);
    dk_buf_clear(scratch);
    if (theme) {
        const dk_corpus_mention *m = &u->corpus->mentions[found[x->found].mention];
        dk_sheet_int(s, m->start);
        dk_sheet_int(s, m->end);
        dk_sheet_text(s, c->text.len >= m->end ? (dk_str){c->text.ptr + m->start, m->end - m->start}
                                               : (dk_str){"", 0});
        dk_entry_put_place(scratch, dk_engine_lexicon(e->engine), m->entry);
    } else {
        dk_sheet_real(s, NAN);
        dk_sheet_real(s, NAN);
        dk_sheet_text(s, (dk_str){"", 0});
    }
    dk_sheet_text(s, (dk_str){scratch->ptr, scratch->len});
    dk_buf_clear(scratch);
    for (size_t f = 0; f < nf; f++)
        dk_buf_putf(scratch, "%s%s:%s", f > 0 ? "|" : "", dk_engine_theme(e->engine, found[f].theme),
                    dk_label_name((dk_label)found[f].label));
    dk_sheet_text(s, (dk_str){scratch->ptr, scratch->len});
}

typedef struct confused {
    uint32_t code, instead;
    uint64_t times;
} confused;

static int by_times(const void *a, const void *b) {
    const confused *x = a, *y = b;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    if (x->code != y->code) return x->code < y->code ? -1 : 1;
    return (x->instead > y->instead) - (x->instead < y->instead);
}

static dk_status put_confusion(const dk_evaluation *e, const uint64_t *confusion, const list *missed,
                               dk_error *err) {
    enum { SHOWN = 25 };
    size_t n = e->scheme->codes.count, pairs = 0;
    confused *rows = malloc((n * (n + 1) + 1) * sizeof *rows);
    uint64_t *misses = calloc(n + 1, sizeof *misses);
    dk_status status = rows == NULL || misses == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < missed->count; i++) misses[missed->rows[i].code]++;
    for (uint32_t c = 0; status == DK_OK && c < n; c++)
        for (uint32_t i = 0; i <= n; i++)
            if (confusion[c * (n + 1) + i] > 0) rows[pairs++] = (confused){c, i, confusion[c * (n + 1) + i]};
    if (status == DK_OK) {
        qsort(rows, pairs, sizeof *rows, by_times);
        dk_sheet *s = dk_book_add(e->book, "confusion", "Missed codes, and what was found instead",
                                  confusion_columns, COUNT(confusion_columns));
        for (size_t i = 0; i < pairs && i < SHOWN; i++) {
            dk_sheet_text(s, dk_intern_text(&e->scheme->codes, rows[i].code));
            dk_sheet_int(s, (int64_t)misses[rows[i].code]);
            dk_sheet_text(s, rows[i].instead < n ? dk_intern_text(&e->scheme->codes, rows[i].instead)
                                                 : dk_str_from("no theme"));
            dk_sheet_int(s, (int64_t)rows[i].times);
        }
    }
    free(rows);
    free(misses);
    return status;
}

dk_status dk_evaluate_errors(dk_evaluation *e, dk_error *err) {
    size_t n = e->scheme->codes.count;
    list lists[KINDS] = {{0}};
    uint64_t *confusion = calloc(n * (n + 1) + 1, sizeof *confusion);
    dk_buf scratch;
    dk_buf_init(&scratch);
    dk_status status = confusion == NULL ? dk_fail_memory(err) : gather(e, lists, confusion, err);
    if (status == DK_OK) status = put_confusion(e, confusion, &lists[MISSED], err);
    if (status == DK_OK) {
        dk_sheet *s = dk_book_add(e->book, "errors", "Errors", error_columns, COUNT(error_columns));
        for (int kind = 0; kind < KINDS; kind++) {
            if (lists[kind].count > 0) qsort(lists[kind].rows, lists[kind].count, sizeof(error_row), by_draw);
            for (size_t i = 0; i < lists[kind].count && i < e->o->errors; i++)
                put_error(e, s, kind, &lists[kind].rows[i], &scratch);
        }
        dk_sheet_note(s, "%zu wrong, %zu missed, %zu with another polarity in all", lists[WRONG].count,
                      lists[MISSED].count, lists[POLARITY].count);
    }
    for (int kind = 0; kind < KINDS; kind++) free(lists[kind].rows);
    free(confusion);
    dk_buf_dispose(&scratch);
    return status;
}
