#include "workbench/coverage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "study/columns.h"
#include "study/dates.h"
#include "workbench/keyness.h"
#include "workbench/tally.h"

static const dk_sheet_column coverage_columns[] = {{"what", DK_SHEET_TEXT, 0, 0},
                                                   {"language", DK_SHEET_TEXT, 0, 0},
                                                   {"with_theme", DK_SHEET_COUNT, 0, 0},
                                                   {"of", DK_SHEET_COUNT, 0, 0},
                                                   {"share", DK_SHEET_SHARE, 0, 0}};
static const dk_sheet_column theme_columns[] = {
    {"theme", DK_SHEET_TEXT, 0, 0},     {"comments", DK_SHEET_COUNT, 0, 0}, {"share", DK_SHEET_SHARE, 0, 0},
    {"mentions", DK_SHEET_COUNT, 0, 0}, {"negative", DK_SHEET_COUNT, 0, 0}, {"neutral", DK_SHEET_COUNT, 0, 0},
    {"positive", DK_SHEET_COUNT, 0, 0}, {"score", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column uncovered_columns[] = {
    {"group", DK_SHEET_TEXT, 24, 0},   {"kind", DK_SHEET_TEXT, 0, 0},      {"text", DK_SHEET_TEXT, 40, 0},
    {"language", DK_SHEET_TEXT, 0, 0}, {"comments", DK_SHEET_COUNT, 0, 0}, {"others", DK_SHEET_COUNT, 0, 0},
    {"log_odds", DK_SHEET_REAL, 0, 0}, {"z", DK_SHEET_REAL, 0, 0},         {"negative", DK_SHEET_SHARE, 0, 0},
    {"file", DK_SHEET_TEXT, 0, true},  {"examples", DK_SHEET_TEXT, 60, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

int dk_score_side(double score, double highest) {
    if (!(score == score)) return 0;
    double low = highest <= 5 ? 2 : highest <= 10 ? 6 : 60, high = highest <= 5 ? 4 : highest <= 10 ? 9 : 90;
    return score <= low ? -1 : score >= high ? 1 : 0;
}

dk_status dk_corpus_scores(const dk_corpus *k, size_t extra, double **scores, double *highest,
                           dk_error *err) {
    double *of_value = malloc((k->values.count + 1) * sizeof *of_value);
    *scores = malloc((k->count + 1) * sizeof **scores);
    *highest = NAN;
    bool ok = of_value != NULL && *scores != NULL;
    for (uint32_t v = 0; ok && v < k->values.count; v++)
        if (!dk_score_parse(dk_intern_text(&k->values, v), &of_value[v])) of_value[v] = NAN;
    for (size_t i = 0; ok && i < k->count; i++) {
        uint32_t v = dk_corpus_extra(k, i, extra);
        double score = v != DK_NO_ID ? of_value[v] : NAN;
        (*scores)[i] = score;
        if (!(score <= *highest) && score == score) *highest = score;
    }
    free(of_value);
    return ok ? DK_OK : dk_fail_memory(err);
}

/* ---- What is reached --------------------------------------------------------------------------------- */

typedef struct reach {
    int64_t comments[2], words[2], negative[2]; /* with a theme, in all */
} reach;

static void add_reach(reach *r, const dk_corpus *k, const dk_corpus_comment *c) {
    bool any = c->nmentions > 0;
    r->comments[0] += any;
    r->comments[1]++;
    bool negative = c->label == DK_NEGATIVE || c->label == DK_MIXED;
    r->negative[0] += any && negative;
    r->negative[1] += negative;
    for (uint32_t i = 0; i < c->ntokens; i++) {
        uint32_t t = k->tokens[c->first + i];
        if ((t & DK_CORPUS_WORD) == DK_CORPUS_BREAK) continue;
        r->words[0] += (t & DK_CORPUS_THEMED) != 0;
        r->words[1]++;
    }
}

static void put_reach(dk_sheet *s, const char *what, const char *language, const int64_t pair[2]) {
    if (pair[1] == 0) return;
    dk_sheet_text(s, dk_str_from(what));
    dk_sheet_text(s, dk_str_from(language));
    dk_sheet_int(s, pair[0]);
    dk_sheet_int(s, pair[1]);
    dk_sheet_real(s, (double)pair[0] / (double)pair[1]);
}

static void put_coverage(dk_book *book, const dk_corpus *k) {
    reach r[DK_LANGUAGES + 1] = {{{0}, {0}, {0}}};
    for (size_t i = 0; i < k->count; i++) {
        add_reach(&r[DK_LANGUAGES], k, &k->comments[i]);
        add_reach(&r[k->comments[i].language], k, &k->comments[i]);
    }
    dk_sheet *s =
        dk_book_add(book, "coverage", "Reached by a theme", coverage_columns, COUNT(coverage_columns));
    for (int x = 0; x <= DK_LANGUAGES; x++) {
        const reach *one = x == 0 ? &r[DK_LANGUAGES] : &r[x % DK_LANGUAGES];
        const char *language = x == 0 ? "all" : dk_language_name((dk_language)(x % DK_LANGUAGES));
        put_reach(s, "comments", language, one->comments);
        put_reach(s, "words", language, one->words);
        put_reach(s, "negative comments", language, one->negative);
    }
    if (k->empty > 0)
        dk_sheet_note(s, "%lld row%s no comment", (long long)k->empty, k->empty == 1 ? " has" : "s have");
}

typedef struct theme_row {
    uint32_t theme;
    int64_t comments, mentions, labels[4];
    double score;
    int64_t scored;
} theme_row;

static int by_comments(const void *a, const void *b) {
    const theme_row *x = a, *y = b;
    if (x->comments != y->comments) return x->comments > y->comments ? -1 : 1;
    return (x->theme > y->theme) - (x->theme < y->theme);
}

static dk_status put_themes(dk_book *book, const dk_corpus *k, const dk_engine *engine, const double *scores,
                            dk_error *err) {
    size_t n = dk_engine_themes(engine);
    theme_row *rows = calloc(n + 1, sizeof *rows);
    size_t *last = calloc(n + 1, sizeof *last);
    if (rows == NULL || last == NULL) {
        free(rows);
        free(last);
        return dk_fail_memory(err);
    }
    for (size_t t = 0; t < n; t++) rows[t].theme = (uint32_t)t;
    for (size_t i = 0; i < k->count; i++) {
        const dk_corpus_comment *c = &k->comments[i];
        for (uint32_t m = 0; m < c->nmentions; m++) {
            const dk_corpus_mention *x = &k->mentions[c->first_mention + m];
            theme_row *t = &rows[x->theme];
            t->mentions++;
            t->labels[x->label]++;
            if (last[x->theme] == i + 1) continue;
            last[x->theme] = i + 1;
            t->comments++;
            if (scores != NULL && !isnan(scores[i])) t->score += scores[i], t->scored++;
        }
    }
    qsort(rows, n, sizeof *rows, by_comments);
    dk_sheet *s =
        dk_book_add(book, "themes", "Themes", theme_columns, COUNT(theme_columns) - (scores == NULL));
    for (size_t t = 0; t < n; t++) {
        int pack = dk_engine_taxonomy(engine)->themes[rows[t].theme].pack;
        if (pack >= 0 && rows[t].comments == 0 && !(k->plan.packs >> pack & 1)) continue;
        dk_sheet_text(s, dk_str_from(dk_engine_theme(engine, rows[t].theme)));
        dk_sheet_int(s, rows[t].comments);
        dk_sheet_real(s, (double)rows[t].comments / (double)k->count);
        dk_sheet_int(s, rows[t].mentions);
        dk_sheet_int(s, rows[t].labels[DK_NEGATIVE]);
        dk_sheet_int(s, rows[t].labels[DK_NEUTRAL]);
        dk_sheet_int(s, rows[t].labels[DK_POSITIVE]);
        if (scores != NULL)
            dk_sheet_real(s, rows[t].scored > 0 ? rows[t].score / (double)rows[t].scored : NAN);
    }
    free(rows);
    free(last);
    return DK_OK;
}

/* ---- Groups ------------------------------------------------------------------------------------------ */

typedef struct groups {
    uint32_t *of; /* by comment */
    size_t count;
    uint32_t focus;
    char names[DK_TALLY_GROUPS][64];
} groups;

static bool covered(const dk_corpus *k, size_t i) {
    return k->comments[i].nmentions > 0;
}

static void group_by_coverage(const dk_corpus *k, groups *g) {
    for (size_t i = 0; i < k->count; i++) g->of[i] = covered(k, i);
    g->count = 2;
    g->focus = 1;
    strcpy(g->names[0], "no theme");
    strcpy(g->names[1], "theme");
}

static dk_status group_by_score(const dk_corpus *k, const double *scores, double highest, groups *g,
                                dk_error *err) {
    if (scores == NULL || isnan(highest))
        return dk_fail(err, DK_EDATA, "no score could be read: --score names its column");
    for (size_t i = 0; i < k->count; i++) {
        int side = covered(k, i) ? 0 : dk_score_side(scores[i], highest);
        g->of[i] = side == 0 ? DK_NO_ID : side > 0;
    }
    g->count = 2;
    g->focus = 3;
    strcpy(g->names[0], "low score");
    strcpy(g->names[1], "high score");
    return DK_OK;
}

/* A level is a text and the number that orders it. */
typedef struct level {
    int32_t order;
    dk_str text;
    uint32_t value;
} level;

static int by_order(const void *a, const void *b) {
    const level *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    return dk_str_compare(x->text, y->text);
}

/* Groups the uncovered by the levels of a column; wave_of (by value, DK_NO_DATE for none) makes one level of a whole wave. */
static dk_status group_by_levels(const dk_corpus *k, size_t extra, const int32_t *wave_of, dk_wave_unit unit,
                                 const char *what, groups *g, dk_error *err) {
    size_t n = k->values.count, nlevels = 0;
    level *levels = malloc((n + 1) * sizeof *levels);
    uint32_t *group_of = malloc((n + 1) * sizeof *group_of);
    bool *used = calloc(n + 1, sizeof *used);
    dk_status status = levels == NULL || group_of == NULL || used == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        uint32_t v = dk_corpus_extra(k, i, extra);
        if (v != DK_NO_ID && (wave_of == NULL || wave_of[v] != DK_NO_DATE)) used[v] = true;
    }
    for (uint32_t v = 0; status == DK_OK && v < n; v++) {
        group_of[v] = DK_NO_ID;
        if (used[v])
            levels[nlevels++] = (level){wave_of != NULL ? wave_of[v] : 0,
                                        wave_of != NULL ? (dk_str){"", 0} : dk_intern_text(&k->values, v), v};
    }
    if (status == DK_OK) {
        qsort(levels, nlevels, sizeof *levels, by_order);
        for (size_t i = 0; i < nlevels; i++) {
            if (i == 0 || by_order(&levels[i], &levels[i - 1]) != 0) {
                if (g->count == DK_TALLY_GROUPS) {
                    status = dk_fail(err, DK_EDATA, "%s has more than %d levels", what, DK_TALLY_GROUPS);
                    break;
                }
                dk_buf name;
                dk_buf_init(&name);
                if (wave_of != NULL)
                    dk_wave_put(&name, levels[i].order, unit);
                else
                    dk_buf_put(&name, levels[i].text.ptr, levels[i].text.len);
                snprintf(g->names[g->count++], sizeof g->names[0], "%s", dk_buf_cstr(&name));
                dk_buf_dispose(&name);
            }
            group_of[levels[i].value] = (uint32_t)g->count - 1;
        }
        if (status == DK_OK && g->count < 2)
            status = dk_fail(err, DK_EDATA, "%s has %zu level%s: there is nothing to compare", what, g->count,
                             g->count == 1 ? "" : "s");
    }
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        uint32_t v = dk_corpus_extra(k, i, extra);
        g->of[i] = v == DK_NO_ID || covered(k, i) ? DK_NO_ID : group_of[v];
    }
    g->focus = g->count == 32 ? UINT32_MAX : (1u << g->count) - 1;
    free(levels);
    free(group_of);
    free(used);
    return status;
}

static dk_status group_by_wave(const dk_corpus *k, bool month, groups *g, dk_error *err) {
    size_t n = k->values.count;
    int32_t *wave_of = malloc((n + 1) * sizeof *wave_of);
    if (wave_of == NULL) return dk_fail_memory(err);
    int hints = 0;
    for (uint32_t v = 0; v < n; v++) hints += dk_date_hint(dk_intern_text(&k->values, v));
    dk_wave_unit unit = month ? DK_WAVE_MONTH : DK_WAVE_QUARTER;
    for (uint32_t v = 0; v < n; v++) {
        int32_t date =
            dk_date_parse(dk_intern_text(&k->values, v), hints < 0 ? DK_MONTH_FIRST : DK_DAY_FIRST);
        wave_of[v] = date == DK_NO_DATE ? DK_NO_DATE : dk_wave_of(date, unit);
    }
    dk_status status = group_by_levels(k, DK_COVERAGE_DATE, wave_of, unit, "--date", g, err);
    free(wave_of);
    return status;
}

/* ---- What is said where no theme is ------------------------------------------------------------------ */

typedef struct ranked {
    uint32_t item;
    double z, log_odds;
    dk_str text;
} ranked;

static int by_z(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->z != y->z) return x->z > y->z ? -1 : 1;
    return dk_str_compare(x->text, y->text);
}

static void put_examples(dk_sheet *s, const dk_corpus *k, const dk_item *x, dk_buf *scratch) {
    dk_buf_clear(scratch);
    for (int e = 0; e < DK_TALLY_EXAMPLES && x->examples[e] != DK_NO_ID; e++) {
        const dk_corpus_comment *c = &k->comments[x->examples[e]];
        if (e > 0) dk_buf_putc(scratch, ' ');
        dk_buf_put(scratch, c->id.ptr, c->id.len);
    }
    dk_sheet_text(s, dk_str_from(k->source));
    dk_sheet_text(s, (dk_str){scratch->ptr, scratch->len});
}

/* The items that belong to group g most, of one kind. */
static dk_status put_group(dk_sheet *s, const dk_tally *t, const groups *g, size_t group, dk_item_kind kind,
                           const dk_coverage_options *o, dk_error *err) {
    ranked *rows = malloc((t->count + 1) * sizeof *rows);
    dk_buf text, scratch;
    dk_arena arena;
    dk_buf_init(&text);
    dk_buf_init(&scratch);
    dk_arena_init(&arena);
    dk_status status = rows == NULL ? dk_fail_memory(err) : DK_OK;
    size_t n = 0;
    double all = 0;
    for (size_t i = 0; i < g->count; i++) all += t->totals[i];
    for (size_t i = 0; status == DK_OK && i < t->count; i++) {
        if (t->items[i].kind != (uint32_t)kind) continue;
        const uint32_t *counts = t->counts + i * t->ngroups;
        double here = counts[group], there = 0, se;
        for (size_t x = 0; x < g->count; x++) there += x != group ? counts[x] : 0;
        if (here < o->min_count) continue;
        dk_keyness_counts c = {here,         there, t->totals[group], all - t->totals[group],
                               here + there, all,   o->prior};
        double log_odds = dk_log_odds(&c, &se);
        if (log_odds <= 0) continue;
        dk_buf_clear(&text);
        dk_tally_put(t, &t->items[i], &text);
        char *copy = dk_arena_strdup(&arena, text.ptr, text.len);
        if (copy == NULL)
            status = dk_fail_memory(err);
        else
            rows[n++] = (ranked){(uint32_t)i, log_odds / se, log_odds, {copy, text.len}};
    }
    if (status == DK_OK) qsort(rows, n, sizeof *rows, by_z);
    for (size_t i = 0; status == DK_OK && i < n && i < o->top; i++) {
        const dk_item *x = &t->items[rows[i].item];
        const uint32_t *counts = t->counts + (size_t)rows[i].item * t->ngroups;
        int64_t there = 0, focus = 0;
        for (size_t y = 0; y < g->count; y++) {
            there += y != group ? counts[y] : 0;
            focus += g->focus >> y & 1 ? counts[y] : 0;
        }
        dk_sheet_text(s, dk_str_from(g->names[group]));
        dk_sheet_text(s, dk_str_from(dk_item_kind_name(kind)));
        dk_sheet_text(s, rows[i].text);
        dk_sheet_text(s, dk_str_from(dk_language_name((dk_language)x->language)));
        dk_sheet_int(s, counts[group]);
        dk_sheet_int(s, there);
        dk_sheet_real(s, rows[i].log_odds);
        dk_sheet_real(s, rows[i].z);
        dk_sheet_real(s, focus > 0 ? (double)x->negative / (double)focus : NAN);
        put_examples(s, t->corpus, x, &scratch);
    }
    free(rows);
    dk_arena_dispose(&arena);
    dk_buf_dispose(&text);
    dk_buf_dispose(&scratch);
    return status;
}

static dk_status put_uncovered(dk_book *book, const dk_corpus *k, const dk_engine *engine, const groups *g,
                               const dk_coverage_options *o, dk_error *err) {
    dk_tally t;
    dk_tally_options to = {.group = g->of,
                           .ngroups = g->count,
                           .focus = g->focus,
                           .min_count = o->min_count,
                           .parts = true,
                           .phrases = true};
    dk_sheet *s =
        dk_book_add(book, "uncovered", "Said where no theme is", uncovered_columns, COUNT(uncovered_columns));
    dk_status status = dk_tally_make(&t, k, engine, &to, err);
    for (size_t group = 0; status == DK_OK && group < g->count; group++) {
        if (!(g->focus >> group & 1)) continue;
        for (int kind = 0; status == DK_OK && kind < DK_ITEM_KINDS; kind++)
            status = put_group(s, &t, g, group, (dk_item_kind)kind, o, err);
    }
    if (status == DK_OK && dk_sheet_rows(s) == 0)
        dk_sheet_note(s, "nothing stands in %u comments or more and more often there than elsewhere",
                      o->min_count);
    dk_tally_dispose(&t);
    return status;
}

dk_status dk_coverage_make(dk_book *book, const dk_corpus *k, const dk_engine *engine,
                           const dk_coverage_options *o, dk_error *err) {
    groups g = {0};
    double *scores = NULL, highest = NAN;
    g.of = malloc((k->count + 1) * sizeof *g.of);
    dk_status status = g.of == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK && o->has_score)
        status = dk_corpus_scores(k, DK_COVERAGE_SCORE, &scores, &highest, err);
    if (status == DK_OK) {
        put_coverage(book, k);
        status = put_themes(book, k, engine, scores, err);
    }
    if (status == DK_OK) switch (o->contrast) {
        case DK_CONTRAST_COVERED: group_by_coverage(k, &g); break;
        case DK_CONTRAST_SCORE: status = group_by_score(k, scores, highest, &g, err); break;
        case DK_CONTRAST_SEGMENT:
            status = group_by_levels(k, DK_COVERAGE_SEGMENT, NULL, DK_WAVE_NONE, "--segment", &g, err);
            break;
        case DK_CONTRAST_WAVE: status = group_by_wave(k, o->month, &g, err); break;
        }
    if (status == DK_OK) status = put_uncovered(book, k, engine, &g, o, err);
    free(g.of);
    free(scores);
    return status;
}
