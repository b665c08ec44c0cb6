/* The tables of a comparison of lexicons. */
#include <stdio.h>
#include <stdlib.h>

#include "workbench/diff_private.h"

int dk_diff_by_draw(const void *a, const void *b) {
    const dk_diff_kept *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static const dk_sheet_column summary_columns[] = {{"what", DK_SHEET_TEXT, 0, 0},
                                                  {"a", DK_SHEET_REAL, 0, 0},
                                                  {"b", DK_SHEET_REAL, 0, 0},
                                                  {"change", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column cause_columns[] = {{"cause", DK_SHEET_TEXT, 0, 0},
                                                {"comments", DK_SHEET_COUNT, 0, 0},
                                                {"in", DK_SHEET_TEXT, 0, 0},
                                                {"entry", DK_SHEET_TEXT, 0, 0},
                                                {"term", DK_SHEET_TEXT, 40, 0}};
static const dk_sheet_column theme_columns[] = {
    {"theme", DK_SHEET_TEXT, 0, 0},       {"comments_a", DK_SHEET_COUNT, 0, 0},
    {"comments_b", DK_SHEET_COUNT, 0, 0}, {"change", DK_SHEET_COUNT, 0, 0},
    {"share_a", DK_SHEET_SHARE, 0, 0},    {"share_b", DK_SHEET_SHARE, 0, 0},
    {"negative_a", DK_SHEET_COUNT, 0, 0}, {"negative_b", DK_SHEET_COUNT, 0, 0},
    {"positive_a", DK_SHEET_COUNT, 0, 0}, {"positive_b", DK_SHEET_COUNT, 0, 0}};
static const dk_sheet_column change_columns[] = {
    {"id", DK_SHEET_TEXT, 24, 0},       {"file", DK_SHEET_TEXT, 0, true}, {"line", DK_SHEET_COUNT, 0, true},
    {"label_a", DK_SHEET_TEXT, 0, 0},   {"label_b", DK_SHEET_TEXT, 0, 0}, {"themes_a", DK_SHEET_TEXT, 40, 0},
    {"themes_b", DK_SHEET_TEXT, 40, 0}, {"why", DK_SHEET_TEXT, 70, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static void put_pair(dk_sheet *s, const char *what, double a, double b) {
    dk_sheet_text(s, dk_str_from(what));
    dk_sheet_real(s, a);
    dk_sheet_real(s, b);
    dk_sheet_real(s, b - a);
}

static void put_summary(dk_book *book, const dk_comparison *c) {
    dk_sheet *s = dk_book_add(book, "summary", "A against B", summary_columns, COUNT(summary_columns));
    double n = c->t.comments > 0 ? (double)c->t.comments : 1;
    put_pair(s, "entries", (double)dk_engine_lexicon(c->engines[0])->count,
             (double)dk_engine_lexicon(c->engines[1])->count);
    put_pair(s, "comments with a theme, %", 100 * (double)c->t.with_theme[0] / n,
             100 * (double)c->t.with_theme[1] / n);
    static const dk_label order[] = {DK_NEGATIVE, DK_NEUTRAL, DK_POSITIVE, DK_MIXED};
    for (int l = 0; l < 4; l++) {
        char what[32];
        snprintf(what, sizeof what, "%s, %%", dk_label_name(order[l]));
        put_pair(s, what, 100 * (double)c->t.labels[0][order[l]] / n,
                 100 * (double)c->t.labels[1][order[l]] / n);
    }
    put_pair(s, "mean sentiment", (double)c->t.sentiment[0] / n / 1000, (double)c->t.sentiment[1] / n / 1000);
    dk_sheet_note(s, "entries: %zu the same, %zu changed, %zu removed, %zu added, %zu in another order",
                  c->pairing.same, c->pairing.changed, c->pairing.removed, c->pairing.added,
                  c->pairing.moved);
    dk_sheet_note(s,
                  "%lld of %lld comments come out otherwise: %lld in themes, %lld in label; sentiment alone "
                  "moves in %lld more",
                  (long long)c->t.changed, (long long)c->t.comments, (long long)c->t.themes,
                  (long long)c->t.label, (long long)c->t.moved);
    if (c->t.unexplained > 0)
        dk_sheet_note(s, "%lld of them could not be explained", (long long)c->t.unexplained);
}

typedef struct cause_row {
    int64_t comments;
    uint32_t entry;
    uint8_t cause, side;
} cause_row;

static int by_comments(const void *a, const void *b) {
    const cause_row *x = a, *y = b;
    if (x->comments != y->comments) return x->comments > y->comments ? -1 : 1;
    if (x->cause != y->cause) return x->cause < y->cause ? -1 : 1;
    if (x->side != y->side) return x->side < y->side ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static dk_status put_causes(dk_book *book, const dk_comparison *c, dk_error *err) {
    cause_row *rows = NULL;
    size_t n = 0, cap = 0;
    for (int side = 0; side < 2; side++)
        for (uint32_t e = 0; e < dk_engine_lexicon(c->engines[side])->count; e++)
            for (uint8_t x = 0; x < DK_CAUSES; x++) {
                int64_t comments = c->causes[side][(size_t)e * DK_CAUSES + x];
                if (comments == 0) continue;
                if (!dk_grow(&rows, &cap, n + 1)) {
                    free(rows);
                    return dk_fail_memory(err);
                }
                rows[n++] = (cause_row){comments, e, x, (uint8_t)side};
            }
    if (n > 0) qsort(rows, n, sizeof *rows, by_comments);
    dk_sheet *s = dk_book_add(book, "causes", "Entries behind it", cause_columns, COUNT(cause_columns));
    dk_buf place;
    dk_buf_init(&place);
    for (size_t i = 0; i < n && i < c->o->causes; i++) {
        const dk_lexicon *lex = dk_engine_lexicon(c->engines[rows[i].side]);
        dk_buf_clear(&place);
        dk_entry_put_place(&place, lex, rows[i].entry);
        dk_sheet_text(s, dk_str_from(dk_cause_name((dk_cause)rows[i].cause)));
        dk_sheet_int(s, rows[i].comments);
        dk_sheet_text(s, dk_str_from(rows[i].side == 0 ? "A" : "B"));
        dk_sheet_text(s, (dk_str){place.ptr, place.len});
        dk_sheet_text(s, lex->sources[rows[i].entry].text);
    }
    for (int x = 0; x < DK_CAUSES; x++) {
        if (c->bare_causes[x] == 0) continue;
        dk_sheet_text(s, dk_str_from(dk_cause_name((dk_cause)x)));
        dk_sheet_int(s, c->bare_causes[x]);
        for (int i = 0; i < 3; i++) dk_sheet_text(s, (dk_str){"", 0});
    }
    if (n > c->o->causes) dk_sheet_note(s, "%zu more", n - c->o->causes);
    dk_buf_dispose(&place);
    free(rows);
    return DK_OK;
}

typedef struct theme_row {
    int64_t change;
    uint32_t theme;
} theme_row;

static int by_change(const void *a, const void *b) {
    const theme_row *x = a, *y = b;
    int64_t p = x->change < 0 ? -x->change : x->change, q = y->change < 0 ? -y->change : y->change;
    if (p != q) return p > q ? -1 : 1;
    return (x->theme > y->theme) - (x->theme < y->theme);
}

/* Themes whose number of comments, or of negative or positive ones, differs. */
static dk_status put_theme_rows(dk_book *book, const dk_comparison *c, dk_error *err) {
    theme_row *rows = malloc((c->themes.count + 1) * sizeof *rows);
    if (rows == NULL) return dk_fail_memory(err);
    size_t n = 0;
    for (uint32_t t = 0; t < c->themes.count; t++) {
        const int64_t *a = c->theme_sums + t * 6, *b = a + 3;
        if (a[0] != b[0] || a[1] != b[1] || a[2] != b[2]) rows[n++] = (theme_row){b[0] - a[0], t};
    }
    qsort(rows, n, sizeof *rows, by_change);
    dk_sheet *s = dk_book_add(book, "themes", "Themes that change", theme_columns, COUNT(theme_columns));
    for (size_t i = 0; i < n; i++) {
        const int64_t *a = c->theme_sums + rows[i].theme * 6, *b = a + 3;
        dk_sheet_text(s, dk_intern_text(&c->themes, rows[i].theme));
        dk_sheet_int(s, a[0]);
        dk_sheet_int(s, b[0]);
        dk_sheet_int(s, rows[i].change);
        dk_sheet_real(s, (double)a[0] / (double)c->t.comments);
        dk_sheet_real(s, (double)b[0] / (double)c->t.comments);
        for (int x = 1; x < 3; x++) {
            dk_sheet_int(s, a[x]);
            dk_sheet_int(s, b[x]);
        }
    }
    free(rows);
    return DK_OK;
}

static void put_changes(dk_book *book, dk_comparison *c, const char *source) {
    if (c->o->changes == 0) return;
    if (c->nlist > 0) qsort(c->list, c->nlist, sizeof *c->list, dk_diff_by_draw);
    size_t n = c->nlist < c->o->changes ? c->nlist : c->o->changes;
    dk_sheet *s = dk_book_add(book, "changes", "Comments that come out otherwise", change_columns,
                              COUNT(change_columns));
    for (size_t i = 0; i < n; i++) {
        const dk_diff_kept *k = &c->list[i];
        dk_sheet_text(s, dk_str_from(k->texts[0]));
        dk_sheet_text(s, dk_str_from(source));
        dk_sheet_int(s, k->line);
        dk_sheet_text(s, dk_str_from(dk_label_name((dk_label)k->labels[0])));
        dk_sheet_text(s, dk_str_from(dk_label_name((dk_label)k->labels[1])));
        for (int x = 1; x < 4; x++) dk_sheet_text(s, dk_str_from(k->texts[x]));
    }
    dk_sheet_note(s, "%zu of %lld", n, (long long)c->t.changed);
}

static dk_status put_drivers(dk_book *book, const dk_comparison *c, int threads, dk_error *err) {
    const char *names[DK_DIFF_TOUCHPOINTS];
    bool outcome[DK_DIFF_TOUCHPOINTS];
    for (uint32_t i = 0; i < c->touchpoints.count; i++)
        names[i] = dk_intern_text(&c->touchpoints, i).ptr, outcome[i] = true;
    for (int s = 0; s < 2; s++) {
        const dk_taxonomy *t = dk_engine_taxonomy(c->engines[s]);
        for (size_t i = 0; i < t->count; i++) outcome[c->touchpoint_of[s][i]] &= t->themes[i].outcome;
    }
    return dk_diff_drivers(book, c->rows, c->nrows, names, outcome, c->touchpoints.count, threads, err);
}

dk_status dk_diff_put(dk_book *book, dk_comparison *c, const dk_corpus_options *co, dk_error *err) {
    put_summary(book, c);
    dk_status status = put_causes(book, c, err);
    if (status == DK_OK) status = put_theme_rows(book, c, err);
    if (status == DK_OK && c->o->has_score) status = put_drivers(book, c, co->threads, err);
    if (status == DK_OK) put_changes(book, c, co->source);
    return status;
}
