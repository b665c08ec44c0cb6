/* How like the words of the list a word is by its company and by its frame, each as one figure.
 *
 *   company  its vector among the neighbours (neighbours.h): what is spoken of with it
 *   frame    which of the commonest words of the language, or no word, stand one and two places before and behind it, as roots of their
 *            shares (so that distances are Hellinger's): "very _ and", "was _ ." It tells words that judge from words that name
 *
 * Both come from ridge regressions of being on the list (Hoerl & Kennard 1970), one a language, cross-fitted: a word is judged by weights
 * that were learned without any form of its lemma. A word that was never listed counts as not belonging; without that, what is missing
 * from the list would be taught to be missing.
 */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "stats/linalg.h"
#include "tag/weights.h"
#include "workbench/suggest_private.h"

enum { PLACES = 4, FRAME_WORDS = 100, BLOCK = 512, KNOWN_LEAST = 10 };

/* The words of one language. */
typedef struct sight {
    dk_candidates *c;
    uint32_t *members; /* candidates that are no modifiers, ordered by fold */
    size_t count, first[DK_FOLDS + 1];
    uint32_t *column_of; /* by word: its column in a frame; DK_NO_ID. The last column is that of no word */
    size_t columns;
    uint32_t *member_of; /* by candidate: its place among the members; DK_NO_ID */
    float *frames;       /* member x PLACES x columns */
} sight;

/* A ridge regression on figures of the members. */
typedef struct ridge {
    size_t width; /* figures; a constant comes behind them */
    double penalty;
    void (*figures)(const sight *s, size_t member, double *out);
    void (*keep)(dk_candidate_word *word, double likeness);
} ridge;

/* ---- Members ----------------------------------------------------------------------------------------- */

static int fold_of(const dk_candidates *c, const dk_candidate_word *w) {
    dk_str form = dk_intern_text(&c->corpus->words, w->word);
    const dk_morph *morph = dk_engine_morph(c->engine, (dk_language)w->language);
    dk_bases bases;
    dk_morph_bases(morph, form, &bases);
    dk_str key = bases.lemma_len > 0 ? (dk_str){bases.lemma, bases.lemma_len} : form;
    return (int)dk_fold_of(dk_fold_hash(key), DK_FOLDS) - 1;
}

/* False in *enough when the list has too few words to learn from. */
static dk_status choose_members(sight *s, dk_language language, bool *enough, dk_error *err) {
    dk_candidates *c = s->c;
    size_t known = 0, at[DK_FOLDS];
    uint8_t *fold = malloc(c->count + 1);
    s->members = malloc((c->count + 1) * sizeof *s->members);
    s->member_of = malloc((c->count + 1) * sizeof *s->member_of);
    if (fold == NULL || s->members == NULL || s->member_of == NULL) {
        free(fold);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < c->count; i++) {
        const dk_candidate_word *w = &c->items[i];
        s->member_of[i] = DK_NO_ID;
        fold[i] = DK_FOLDS;
        if (w->closed || w->language != (uint8_t)language) continue;
        fold[i] = (uint8_t)fold_of(c, w);
        s->first[fold[i] + 1]++;
        known += w->known;
    }
    for (int f = 0; f < DK_FOLDS; f++) s->first[f + 1] += at[f] = s->first[f];
    s->count = s->first[DK_FOLDS];
    for (uint32_t i = 0; i < c->count; i++) {
        if (fold[i] == DK_FOLDS) continue;
        s->member_of[i] = (uint32_t)at[fold[i]];
        s->members[at[fold[i]]++] = i;
    }
    *enough = known >= KNOWN_LEAST && known < s->count;
    free(fold);
    return DK_OK;
}

/* ---- Frames ------------------------------------------------------------------------------------------ */

static dk_status choose_columns(sight *s, dk_language language, const uint32_t *languages, dk_error *err) {
    size_t n;
    dk_status status = dk_corpus_rank(s->c->corpus, languages + language, DK_LANGUAGES, 1, FRAME_WORDS, NULL, &s->column_of, &n, err);
    if (status == DK_OK) s->columns = n + 1;
    return status;
}

/* Counts what stands at two places on one side, the nearer first; behind no word comes no word. */
static void count_side(const sight *s, const dk_corpus_comment *m, uint32_t token, int step, float *near) {
    const uint32_t *tokens = s->c->corpus->tokens + m->first;
    bool ended = false;
    int64_t at = token;
    for (int place = 0; place < PLACES / 2; place++) {
        at += step;
        ended = ended || at < 0 || at >= m->ntokens || (tokens[at] & DK_CORPUS_WORD) == DK_CORPUS_BREAK;
        uint32_t column = ended ? (uint32_t)s->columns - 1 : s->column_of[tokens[at] & DK_CORPUS_WORD];
        if (column != DK_NO_ID) near[(size_t)place * s->columns + column]++;
    }
}

static dk_status count_frames(sight *s, dk_error *err) {
    const dk_corpus *k = s->c->corpus;
    size_t size = PLACES * s->columns;
    s->frames = calloc(s->count * size + 1, sizeof *s->frames);
    if (s->frames == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < k->count; i++) {
        const dk_corpus_comment *m = &k->comments[i];
        for (uint32_t t = 0; t < m->ntokens; t++) {
            uint32_t w = k->tokens[m->first + t] & DK_CORPUS_WORD;
            if (w == DK_CORPUS_BREAK || s->c->of_word[w] == DK_NO_ID) continue;
            uint32_t member = s->member_of[s->c->of_word[w]];
            if (member == DK_NO_ID) continue;
            float *frame = s->frames + member * size;
            count_side(s, m, t, -1, frame);
            count_side(s, m, t, 1, frame + size / 2);
        }
    }
    for (size_t i = 0; i < s->count * PLACES; i++) {
        float *cells = s->frames + i * s->columns, sum = 0;
        for (size_t j = 0; j < s->columns; j++) sum += cells[j];
        for (size_t j = 0; sum > 0 && j < s->columns; j++) cells[j] = sqrtf(cells[j] / sum);
    }
    return DK_OK;
}

static void frame_figures(const sight *s, size_t member, double *out) {
    size_t size = PLACES * s->columns;
    for (size_t j = 0; j < size; j++) out[j] = s->frames[member * size + j];
}

static void keep_frame(dk_candidate_word *word, double likeness) {
    word->frame_likeness = likeness;
}

static void company_figures(const sight *s, size_t member, double *out) {
    const dk_neighbours *n = &s->c->neighbours;
    uint32_t row = n->row_of[s->c->items[s->members[member]].word];
    for (size_t j = 0; j < n->dimensions; j++)
        out[j] = row != DK_NO_ID ? n->vectors[row * n->dimensions + j] : 0;
}

static void keep_company(dk_candidate_word *word, double likeness) {
    word->company_likeness = likeness;
}

/* ---- The regression ---------------------------------------------------------------------------------- */

/* Adds X'X and X'y over the members of a fold. */
static dk_status add_moments(const sight *s, const ridge *r, int fold, double *xx, double *xy, double *rows,
                             double *columns, dk_error *err) {
    size_t d = r->width + 1;
    dk_status status = DK_OK;
    for (size_t first = s->first[fold]; status == DK_OK && first < s->first[fold + 1]; first += BLOCK) {
        size_t left = s->first[fold + 1] - first, n = left < BLOCK ? left : BLOCK;
        for (size_t i = 0; i < n; i++) {
            double *x = rows + i * d;
            r->figures(s, first + i, x);
            x[r->width] = 1;
            bool known = s->c->items[s->members[first + i]].known;
            for (size_t j = 0; j < d; j++) {
                columns[j * n + i] = x[j];
                xy[j] += known ? x[j] : 0;
            }
        }
        status = dk_gemm_nn(d, d, n, rows, d, columns, n, xx, d, err);
    }
    return status;
}

/* The weights without one fold, in b. */
static dk_status solve_without(const ridge *r, int fold, const double *xx, const double *xy, double *a,
                               double *b, dk_error *err) {
    size_t d = r->width + 1;
    memset(a, 0, d * d * sizeof *a);
    memset(b, 0, d * sizeof *b);
    for (size_t f = 0; f < DK_FOLDS; f++) {
        if (f == (size_t)fold) continue;
        for (size_t j = 0; j < d * d; j++) a[j] += xx[f * d * d + j];
        for (size_t j = 0; j < d; j++) b[j] += xy[f * d + j];
    }
    for (size_t j = 0; j < d; j++) a[j * d + j] += j < r->width ? r->penalty : 1e-6;
    return dk_spd_solve(d, a, b, 1, err);
}

static dk_status regress(const sight *s, const ridge *r, dk_error *err) {
    size_t d = r->width + 1;
    double *xx = calloc(DK_FOLDS * d * d, sizeof *xx), *xy = calloc(DK_FOLDS * d, sizeof *xy);
    double *rows = malloc(BLOCK * d * sizeof *rows), *columns = malloc(BLOCK * d * sizeof *columns);
    double *a = malloc(d * d * sizeof *a), *b = malloc(d * sizeof *b);
    bool whole = xx != NULL && xy != NULL && rows != NULL && columns != NULL && a != NULL && b != NULL;
    dk_status status = whole ? DK_OK : dk_fail_memory(err);
    for (int f = 0; status == DK_OK && f < DK_FOLDS; f++)
        status = add_moments(s, r, f, xx + (size_t)f * d * d, xy + (size_t)f * d, rows, columns, err);
    for (int f = 0; status == DK_OK && f < DK_FOLDS; f++) {
        status = solve_without(r, f, xx, xy, a, b, err);
        for (size_t i = s->first[f]; status == DK_OK && i < s->first[f + 1]; i++) {
            double sum = b[r->width];
            r->figures(s, i, rows);
            for (size_t j = 0; j < r->width; j++) sum += b[j] * rows[j];
            r->keep(&s->c->items[s->members[i]], sum);
        }
    }
    free(xx);
    free(xy);
    free(rows);
    free(columns);
    free(a);
    free(b);
    return status;
}

static dk_status judge(dk_candidates *c, dk_language language, const uint32_t *languages, dk_error *err) {
    sight s = {.c = c};
    bool enough = false;
    dk_status status = choose_members(&s, language, &enough, err);
    if (status == DK_OK && enough) {
        status = choose_columns(&s, language, languages, err);
        if (status == DK_OK) status = count_frames(&s, err);
        ridge frame = {PLACES * s.columns, 3, frame_figures, keep_frame};
        if (status == DK_OK) status = regress(&s, &frame, err);
        ridge company = {c->neighbours.dimensions, 1, company_figures, keep_company};
        if (status == DK_OK && c->neighbours.vectors != NULL) status = regress(&s, &company, err);
    }
    free(s.members);
    free(s.member_of);
    free(s.column_of);
    free(s.frames);
    return status;
}

dk_status dk_suggest_likeness(dk_candidates *c, const uint32_t *languages, dk_error *err) {
    dk_status status = DK_OK;
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++)
        status = judge(c, (dk_language)l, languages, err);
    return status;
}
