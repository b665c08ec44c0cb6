/* Suggestions for themes: what stands in comments in which a code was missed. */
#include <stdlib.h>

#include "workbench/keyness.h"
#include "workbench/suggest_private.h"
#include "workbench/tally.h"

static const dk_sheet_column theme_columns[] = {
    {"code", DK_SHEET_TEXT, 0, 0},    {"kind", DK_SHEET_TEXT, 0, 0},    {"text", DK_SHEET_TEXT, 40, 0},
    {"missed", DK_SHEET_COUNT, 0, 0}, {"others", DK_SHEET_COUNT, 0, 0}, {"log_odds", DK_SHEET_REAL, 0, 0},
    {"z", DK_SHEET_REAL, 0, 0},       {"file", DK_SHEET_TEXT, 0, true}, {"examples", DK_SHEET_TEXT, 40, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef struct ranked {
    uint32_t item;
    double z, log_odds;
} ranked;

static int by_z(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->z != y->z) return x->z > y->z ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* Groups comments by the code that was missed in them; the last group are all others. */
static void group_missed(const dk_coded *coded, const dk_scheme *scheme, const dk_corpus *k, uint32_t *group,
                         uint32_t *code_of, uint32_t *ngroups) {
    *ngroups = 0;
    for (size_t i = 0; i < k->count; i++) group[i] = DK_NO_ID;
    for (size_t i = 0; i < coded->nratings; i++) {
        const dk_rating *r = &coded->ratings[i];
        const dk_unit *u = &coded->units[r->unit];
        if (!r->themes || u->corpus != k) continue;
        for (uint32_t c = 0; c < r->count; c++) {
            uint32_t code = coded->codes[r->first + c].code, at = 0;
            const dk_corpus_comment *m = &k->comments[u->comment];
            bool found = false;
            for (uint32_t x = 0; x < m->nmentions; x++)
                found |=
                    scheme->accepts[code * scheme->nthemes + k->mentions[m->first_mention + x].theme] != 0;
            if (found || group[u->comment] != DK_NO_ID) continue;
            while (at < *ngroups && code_of[at] != code) at++;
            if (at == *ngroups) {
                if (*ngroups == DK_TALLY_GROUPS - 1) continue;
                code_of[(*ngroups)++] = code;
            }
            group[u->comment] = at;
        }
    }
    for (size_t i = 0; i < k->count; i++)
        if (group[i] == DK_NO_ID) group[i] = *ngroups;
}

/* Keeps one that is shown, with the first theme that its code stands for. */
static dk_status keep(dk_theme_suggestions *s, const dk_scheme *scheme, const dk_taxonomy *taxonomy,
                      uint32_t code, dk_theme_suggestion x, dk_error *err) {
    size_t theme = 0;
    while (theme < scheme->nthemes && !scheme->accepts[code * scheme->nthemes + theme]) theme++;
    if (theme == scheme->nthemes) return DK_OK;
    dk_str name = dk_intern_text(&scheme->codes, code);
    char *term = dk_arena_strdup(&s->arena, x.term.ptr, x.term.len),
         *copy = dk_arena_strdup(&s->arena, name.ptr, name.len);
    if (term == NULL || copy == NULL || !dk_grow(&s->items, &s->cap, s->count + 1))
        return dk_fail_memory(err);
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)copy[i] < 0x20) copy[i] = ' '; /* it is to stand in a cell */
    x.theme = taxonomy->themes[theme].id;
    x.term.ptr = term;
    x.code = (dk_str){copy, name.len};
    s->items[s->count++] = x;
    return DK_OK;
}

void dk_theme_suggestions_dispose(dk_theme_suggestions *s) {
    free(s->items);
    dk_arena_dispose(&s->arena);
}

dk_status dk_suggest_themes(dk_book *book, const dk_coded *coded, const dk_scheme *scheme, const dk_corpus *k,
                            const dk_engine *engine, uint32_t min_count, size_t top, double prior,
                            dk_theme_suggestions *kept, dk_error *err) {
    uint32_t code_of[DK_TALLY_GROUPS], ngroups, *group = malloc((k->count + 1) * sizeof *group);
    if (group == NULL) return dk_fail_memory(err);
    group_missed(coded, scheme, k, group, code_of, &ngroups);
    dk_tally_options to = {.group = group,
                           .ngroups = ngroups + 1,
                           .focus = (1u << ngroups) - 1,
                           .min_count = min_count,
                           .parts = true,
                           .phrases = true};
    dk_tally t;
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_tally_make(&t, k, engine, &to, err);
    ranked *rows = malloc((t.count + 1) * sizeof *rows);
    if (status == DK_OK && rows == NULL) status = dk_fail_memory(err);
    dk_sheet *sheet =
        dk_book_add(book, "themes", "Said where a code was missed", theme_columns, COUNT(theme_columns));
    double all = 0;
    for (uint32_t g = 0; g <= ngroups; g++) all += t.totals[g];
    for (uint32_t g = 0; status == DK_OK && g < ngroups; g++) {
        size_t n = 0;
        for (uint32_t i = 0; i < t.count; i++) {
            const uint32_t *counts = t.counts + (size_t)i * t.ngroups;
            double sum = 0, se;
            for (uint32_t x = 0; x <= ngroups; x++) sum += counts[x];
            if (counts[g] < min_count) continue;
            dk_keyness_counts c = {counts[g], sum - counts[g], t.totals[g], all - t.totals[g], sum, all,
                                   prior};
            double log_odds = dk_log_odds(&c, &se);
            if (log_odds > 0) rows[n++] = (ranked){i, log_odds / se, log_odds};
        }
        qsort(rows, n, sizeof *rows, by_z);
        for (size_t i = 0; status == DK_OK && i < n && i < top; i++) {
            const dk_item *x = &t.items[rows[i].item];
            const uint32_t *counts = t.counts + (size_t)rows[i].item * t.ngroups;
            int64_t others = 0;
            for (uint32_t y = 0; y <= ngroups; y++) others += y != g ? counts[y] : 0;
            dk_buf_clear(&text);
            dk_tally_put(&t, x, &text);
            dk_sheet_text(sheet, dk_intern_text(&scheme->codes, code_of[g]));
            dk_sheet_text(sheet, dk_str_from(dk_item_kind_name((dk_item_kind)x->kind)));
            dk_sheet_text(sheet, (dk_str){text.ptr, text.len});
            dk_sheet_int(sheet, counts[g]);
            dk_sheet_int(sheet, others);
            dk_sheet_real(sheet, rows[i].log_odds);
            dk_sheet_real(sheet, rows[i].z);
            dk_suggest_put_examples(sheet, k, x->examples, DK_TALLY_EXAMPLES);
            dk_theme_suggestion one = {.term = {text.ptr, text.len},
                                       .language = (dk_language)x->language,
                                       .support = counts[g],
                                       .z = rows[i].z,
                                       .rank = i};
            status = keep(kept, scheme, dk_engine_taxonomy(engine), code_of[g], one, err);
        }
    }
    free(rows);
    free(group);
    dk_tally_dispose(&t);
    dk_buf_dispose(&text);
    return status;
}
