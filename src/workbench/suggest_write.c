/* Suggestions as tables and as a lexicon file. */
#include <math.h>
#include <stdlib.h>

#include "base/intern.h"
#include "workbench/keyness.h"
#include "workbench/suggest.h"
#include "workbench/tally.h"

static const dk_sheet_column valence_columns[] = {
    {"term", DK_SHEET_TEXT, 30, 0},    {"language", DK_SHEET_TEXT, 0, 0},
    {"valence", DK_SHEET_COUNT, 0, 0}, {"probability", DK_SHEET_REAL, 0, 0},
    {"support", DK_SHEET_COUNT, 0, 0}, {"z", DK_SHEET_REAL, 0, 0},
    {"log_odds", DK_SHEET_REAL, 0, 0}, {"folds", DK_SHEET_COUNT, 0, 0},
    {"company", DK_SHEET_SHARE, 0, 0}, {"variant_of", DK_SHEET_TEXT, 32, 0},
    {"near", DK_SHEET_TEXT, 40, 0},    {"forms", DK_SHEET_TEXT, 40, true},
    {"file", DK_SHEET_TEXT, 0, true},  {"examples", DK_SHEET_TEXT, 40, 0}};
static const dk_sheet_column theme_columns[] = {
    {"code", DK_SHEET_TEXT, 0, 0},    {"kind", DK_SHEET_TEXT, 0, 0},    {"text", DK_SHEET_TEXT, 40, 0},
    {"missed", DK_SHEET_COUNT, 0, 0}, {"others", DK_SHEET_COUNT, 0, 0}, {"log_odds", DK_SHEET_REAL, 0, 0},
    {"z", DK_SHEET_REAL, 0, 0},       {"file", DK_SHEET_TEXT, 0, true}, {"examples", DK_SHEET_TEXT, 40, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static void put_examples(dk_sheet *sheet, const dk_corpus *k, const uint32_t *examples, int n) {
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
        put_examples(sheet, k, x->examples, 3);
    }
    dk_sheet_note(sheet,
                  "%zu of %zu terms from %zu words that the lexicon has no opinion on; %zu that it has one "
                  "on were learned from",
                  shown, s->count, s->candidates, s->known);
}

/* ---- Themes ------------------------------------------------------------------------------------------ */

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

dk_status dk_suggest_themes(dk_book *book, const dk_coded *coded, const dk_scheme *scheme, const dk_corpus *k,
                            const dk_engine *engine, uint32_t min_count, size_t top, double prior,
                            dk_error *err) {
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
        for (size_t i = 0; i < n && i < top; i++) {
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
            put_examples(sheet, k, x->examples, DK_TALLY_EXAMPLES);
        }
    }
    free(rows);
    free(group);
    dk_tally_dispose(&t);
    dk_buf_dispose(&text);
    return status;
}

/* ---- Into a lexicon ---------------------------------------------------------------------------------- */

dk_status dk_suggest_accept(const dk_suggestions *s, dk_language language, size_t top, double least,
                            dk_str old, dk_buf *out, size_t *added, dk_error *err) {
    dk_intern there;
    dk_intern_init(&there);
    *added = 0;
    dk_status status = DK_OK;
    if (old.len == 0) old.ptr = ""; /* no list yet */
    for (const char *p = old.ptr, *end = old.ptr + old.len; status == DK_OK && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (stop == NULL) stop = end;
        const char *tab = memchr(p, '\t', (size_t)(stop - p));
        if (*p != '#' &&
            dk_intern_add(&there, (dk_str){p, (size_t)((tab != NULL ? tab : stop) - p)}) == DK_NO_ID)
            status = dk_fail_memory(err);
        p = stop + 1;
    }
    dk_buf_put(out, old.ptr, old.len);
    if (old.len == 0)
        dk_buf_puts(out, "term\tvalence\temotion\tnote\n");
    else if (old.ptr[old.len - 1] != '\n')
        dk_buf_putc(out, '\n');
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
