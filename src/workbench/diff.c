#include "workbench/diff.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "study/columns.h"
#include "tag/rows.h"
#include "workbench/diff_private.h"

/* A comment that came out otherwise: texts are the themes of A, of B, and why, in the item's text. */
typedef struct changed {
    size_t row, texts[3], lengths[3];
    uint64_t draw;
    uint8_t labels[2];
    int16_t sentiments[2];
    uint32_t first_why, nwhy;
} changed;

typedef struct item {
    dk_diff_totals t;
    int64_t *themes; /* by theme and side: comments, negative, positive */
    changed *changes;
    size_t nchanges, changes_cap;
    dk_why *whys;
    size_t nwhys, whys_cap;
    dk_buf text;
    dk_diff_row *rows;
    size_t nrows, rows_cap;
    bool begun;
} item;

/* Both sessions of a worker. */
typedef struct pair {
    dk_session *sessions[2];
} pair;

static void dispose_item(void *p) {
    item *t = p;
    free(t->themes);
    free(t->changes);
    free(t->whys);
    free(t->rows);
    if (t->begun) dk_buf_dispose(&t->text);
}

/* ---- On the workers ---------------------------------------------------------------------------------- */

typedef struct said {
    uint32_t theme; /* of the union */
    bool negative, positive;
} said;
enum { SAID_MAX = 128 };

static dk_label label_of(const said *s) {
    return s->negative && s->positive ? DK_MIXED
           : s->negative              ? DK_NEGATIVE
           : s->positive              ? DK_POSITIVE
                                      : DK_NEUTRAL;
}

static int by_theme(const void *a, const void *b) {
    const said *x = a, *y = b;
    return (x->theme > y->theme) - (x->theme < y->theme);
}

/* The themes of a comment, each once, in the order of their numbers. */
static size_t themes_of(const dk_comparison *c, int side, const dk_comment *comment, said out[SAID_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < comment->nmentions; i++) {
        const dk_mention *m = &comment->mentions[i];
        uint32_t theme = c->theme_of[side][m->theme];
        size_t at = 0;
        while (at < n && out[at].theme != theme) at++;
        if (at == n) {
            if (n == SAID_MAX) break;
            out[n++] = (said){theme, false, false};
        }
        out[at].negative |= m->label == DK_NEGATIVE;
        out[at].positive |= m->label == DK_POSITIVE;
    }
    qsort(out, n, sizeof *out, by_theme);
    return n;
}

static void put_themes(const dk_comparison *c, const said *s, size_t n, dk_buf *out) {
    for (size_t i = 0; i < n; i++) {
        dk_str id = dk_intern_text(&c->themes, s[i].theme);
        dk_buf_putf(out, "%s%.*s:%s", i > 0 ? "|" : "", (int)id.len, id.ptr, dk_label_name(label_of(&s[i])));
    }
}

static void put_why(const dk_comparison *c, const dk_why *w, size_t n, dk_buf *out) {
    for (size_t i = 0; i < n; i++) {
        dk_buf_putf(out, "%s%s", i > 0 ? "; " : "", dk_cause_name((dk_cause)w[i].cause));
        if (w[i].entry == DK_NO_ID) continue;
        const dk_lexicon *lex = dk_engine_lexicon(c->engines[w[i].side]);
        dk_buf_putc(out, ' ');
        dk_entry_put_place(out, lex, w[i].entry);
        dk_buf_putc(out, ' ');
        dk_buf_put(out, lex->sources[w[i].entry].text.ptr, lex->sources[w[i].entry].text.len);
    }
}

static dk_status add_change(const dk_comparison *c, item *t, size_t row, const pair *worker,
                            const dk_comment comments[2], said *said_of[2], const size_t n[2], dk_str id,
                            dk_error *err) {
    const dk_reading *readings[2] = {dk_inspect_reading(worker->sessions[0]),
                                     dk_inspect_reading(worker->sessions[1])};
    if (!dk_grow(&t->changes, &t->changes_cap, t->nchanges + 1) ||
        !dk_grow(&t->whys, &t->whys_cap, t->nwhys + DK_DIFF_WHY))
        return dk_fail_memory(err);
    changed *x = &t->changes[t->nchanges++];
    *x = (changed){
        .row = row, .draw = dk_hash_seeded(id.ptr, id.len, c->o->seed), .first_why = (uint32_t)t->nwhys};
    x->nwhy = (uint32_t)dk_diff_explain(&c->pairing, readings, c->o->models_differ, t->whys + t->nwhys);
    t->nwhys += x->nwhy;
    t->t.unexplained += t->whys[x->first_why].cause == DK_CAUSE_UNKNOWN;
    for (int s = 0; s < 2; s++) {
        x->labels[s] = (uint8_t)comments[s].label;
        x->sentiments[s] = (int16_t)comments[s].sentiment;
        x->texts[s] = t->text.len;
        put_themes(c, said_of[s], n[s], &t->text);
        x->lengths[s] = t->text.len - x->texts[s];
    }
    x->texts[2] = t->text.len;
    put_why(c, t->whys + x->first_why, x->nwhy, &t->text);
    x->lengths[2] = t->text.len - x->texts[2];
    return dk_buf_status(&t->text, err);
}

static dk_status add_row(const dk_comparison *c, item *t, const dk_comment comments[2], dk_str score,
                         dk_error *err) {
    dk_diff_row row = {.score = NAN};
    if (!dk_score_parse(score, &row.score)) return DK_OK;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < comments[s].nmentions; i++) {
            const dk_mention *m = &comments[s].mentions[i];
            uint32_t p = c->touchpoint_of[s][m->theme];
            if (m->label == DK_POSITIVE) row.positive[s][p / 64] |= UINT64_C(1) << (p % 64);
            if (m->label == DK_NEGATIVE) row.negative[s][p / 64] |= UINT64_C(1) << (p % 64);
        }
    if (!dk_grow(&t->rows, &t->rows_cap, t->nrows + 1)) return dk_fail_memory(err);
    t->rows[t->nrows++] = row;
    return DK_OK;
}

static dk_status compare(const dk_comparison *c, item *t, const dk_block *block, size_t row, pair *worker,
                         dk_str text, dk_error *err) {
    dk_comment comments[2];
    said a[SAID_MAX], b[SAID_MAX], *said_of[2] = {a, b};
    size_t n[2];
    for (int s = 0; s < 2; s++) {
        if (c->cross_fitted)
            dk_session_set_customer(worker->sessions[s], dk_pass_extra(c->pass, block, row, c->customer));
        dk_status status = dk_session_tag(worker->sessions[s], text, &comments[s], err);
        if (status != DK_OK) return status;
        n[s] = themes_of(c, s, &comments[s], said_of[s]);
        t->t.labels[s][comments[s].label]++;
        t->t.with_theme[s] += n[s] > 0;
        t->t.sentiment[s] += comments[s].sentiment;
        for (size_t i = 0; i < n[s]; i++) {
            int64_t *sums = t->themes + (said_of[s][i].theme * 2 + (size_t)s) * 3;
            sums[0]++;
            sums[1] += said_of[s][i].negative;
            sums[2] += said_of[s][i].positive;
        }
    }
    t->t.comments++;
    dk_status status = DK_OK;
    if (c->o->has_score) status = add_row(c, t, comments, dk_pass_extra(c->pass, block, row, 0), err);
    bool themes = n[0] != n[1];
    for (size_t i = 0; !themes && i < n[0]; i++)
        themes = a[i].theme != b[i].theme || label_of(&a[i]) != label_of(&b[i]);
    bool label = comments[0].label != comments[1].label;
    t->t.themes += themes;
    t->t.label += label;
    t->t.moved += !themes && !label && comments[0].sentiment != comments[1].sentiment;
    if ((!themes && !label) || status != DK_OK) return status;
    t->t.changed++;
    char scratch[24];
    return add_change(c, t, row, worker, comments, said_of, n, dk_pass_id(c->pass, block, row, scratch), err);
}

static dk_status work(void *context, void *worker, const dk_block *block, void *p, dk_error *err) {
    const dk_comparison *c = context;
    item *t = p;
    size_t cells = c->themes.count * 6 + 1;
    if (!t->begun) {
        dk_buf_init(&t->text);
        t->themes = malloc(cells * sizeof *t->themes);
        t->begun = true;
    }
    if (t->themes == NULL) return dk_fail_memory(err);
    memset(&t->t, 0, sizeof t->t);
    memset(t->themes, 0, cells * sizeof *t->themes);
    dk_buf_clear(&t->text);
    t->nchanges = t->nwhys = t->nrows = 0;
    dk_status status = DK_OK;
    for (size_t r = 0; status == DK_OK && r < block->rows; r++) {
        dk_str text = dk_pass_text(block, r);
        if (text.len > 0) status = compare(c, t, block, r, worker, text, err);
    }
    return status;
}

/* ---- In order ---------------------------------------------------------------------------------------- */

static void free_kept(dk_diff_kept *k) {
    for (int i = 0; i < 4; i++) free(k->texts[i]);
}

/* When twice as many are kept as are wanted, the later half of them goes. */
static void thin_list(dk_comparison *c) {
    if (c->o->changes == SIZE_MAX || c->nlist < 2 * c->o->changes + 64) return;
    qsort(c->list, c->nlist, sizeof *c->list, dk_diff_by_draw);
    for (size_t i = c->o->changes; i < c->nlist; i++) free_kept(&c->list[i]);
    c->nlist = c->o->changes;
}

static char *copy(const char *text, size_t len) {
    char *out = malloc(len + 1);
    if (out == NULL) return NULL;
    if (len > 0) memcpy(out, text, len);
    out[len] = '\0';
    return out;
}

static dk_status keep(dk_comparison *c, const dk_block *block, const item *t, const changed *x,
                      dk_error *err) {
    char scratch[24];
    dk_str id = dk_pass_id(c->pass, block, x->row, scratch);
    if (!dk_grow(&c->list, &c->list_cap, c->nlist + 1)) return dk_fail_memory(err);
    dk_diff_kept *k = &c->list[c->nlist];
    *k = (dk_diff_kept){.draw = x->draw,
                        .number = block->row[x->row].number,
                        .line = block->row[x->row].line,
                        .labels = {x->labels[0], x->labels[1]}};
    k->texts[0] = copy(id.ptr, id.len);
    for (int i = 0; i < 3; i++) k->texts[i + 1] = copy(t->text.ptr + x->texts[i], x->lengths[i]);
    c->nlist++;
    for (int i = 0; i < 4; i++)
        if (k->texts[i] == NULL) return dk_fail_memory(err);
    thin_list(c);
    return DK_OK;
}

static void add_totals(dk_diff_totals *sum, const dk_diff_totals *t) {
    sum->comments += t->comments;
    sum->changed += t->changed;
    sum->themes += t->themes;
    sum->label += t->label;
    sum->moved += t->moved;
    sum->unexplained += t->unexplained;
    for (int s = 0; s < 2; s++) {
        for (int l = 0; l < 4; l++) sum->labels[s][l] += t->labels[s][l];
        sum->with_theme[s] += t->with_theme[s];
        sum->sentiment[s] += t->sentiment[s];
    }
}

static dk_status deliver(void *context, const dk_block *block, void *p, dk_error *err) {
    dk_comparison *c = context;
    const item *t = p;
    add_totals(&c->t, &t->t);
    for (size_t i = 0; i < c->themes.count * 6; i++) c->theme_sums[i] += t->themes[i];
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < t->nchanges; i++) {
        const changed *x = &t->changes[i];
        for (uint32_t w = 0; w < x->nwhy; w++) {
            const dk_why *why = &t->whys[x->first_why + w];
            if (why->entry == DK_NO_ID)
                c->bare_causes[why->cause]++;
            else
                c->causes[why->side][(size_t)why->entry * DK_CAUSES + why->cause]++;
        }
        if (c->o->changes > 0) status = keep(c, block, t, x, err);
    }
    if (status == DK_OK && t->nrows > 0) {
        if (!dk_grow(&c->rows, &c->rows_cap, c->nrows + t->nrows)) return dk_fail_memory(err);
        memcpy(c->rows + c->nrows, t->rows, t->nrows * sizeof *t->rows);
        c->nrows += t->nrows;
    }
    return status;
}

/* ---- All --------------------------------------------------------------------------------------------- */

static dk_status number_themes(dk_comparison *c, dk_error *err) {
    for (int s = 0; s < 2; s++) {
        const dk_taxonomy *t = dk_engine_taxonomy(c->engines[s]);
        c->theme_of[s] = malloc((t->count + 1) * sizeof *c->theme_of[s]);
        c->touchpoint_of[s] = malloc((t->count + 1) * sizeof *c->touchpoint_of[s]);
        if (c->theme_of[s] == NULL || c->touchpoint_of[s] == NULL) return dk_fail_memory(err);
        for (size_t i = 0; i < t->count; i++) {
            c->theme_of[s][i] = dk_intern_add(&c->themes, dk_str_from(t->themes[i].id));
            c->touchpoint_of[s][i] =
                dk_intern_add(&c->touchpoints, dk_str_from(t->touchpoints[t->themes[i].touchpoint]));
            if (c->theme_of[s][i] == DK_NO_ID || c->touchpoint_of[s][i] == DK_NO_ID)
                return dk_fail_memory(err);
        }
        c->causes[s] = calloc(dk_engine_lexicon(c->engines[s])->count * DK_CAUSES + 1, sizeof *c->causes[s]);
        if (c->causes[s] == NULL) return dk_fail_memory(err);
    }
    if (c->touchpoints.count > DK_DIFF_TOUCHPOINTS)
        return dk_fail(err, DK_EDATA, "more than %d touchpoints in both taxonomies together",
                       DK_DIFF_TOUCHPOINTS);
    c->theme_sums = calloc(c->themes.count * 6 + 1, sizeof *c->theme_sums);
    return c->theme_sums != NULL ? DK_OK : dk_fail_memory(err);
}

static dk_status open_workers(const dk_comparison *c, const dk_corpus_options *co, const dk_tag_plan plans[2],
                              void **workers, dk_error *err) {
    dk_status status = DK_OK;
    for (int i = 0; status == DK_OK && i < co->threads; i++) {
        pair *p = calloc(1, sizeof *p);
        workers[i] = p;
        if (p == NULL) return dk_fail_memory(err);
        for (int s = 0; status == DK_OK && s < 2; s++)
            status = dk_session_new(&p->sessions[s], c->engines[s], &plans[s], err);
    }
    return status;
}

dk_status dk_diff_make(dk_book *book, const dk_engine *const engines[2], const dk_corpus_options *co,
                       const dk_diff_options *o, dk_diff_figures *figures, dk_error *err) {
    dk_pass pass = {.work = work,
                    .deliver = deliver,
                    .rejected = co->rejected,
                    .progress = co->progress,
                    .progress_context = co->progress_context};
    dk_comparison c = {
        .engines = engines, .pass = &pass, .o = o, .cross_fitted = co->cross_fitted, .customer = co->nextras};
    pass.context = &c;
    dk_intern_init(&c.themes);
    dk_intern_init(&c.touchpoints);
    bool choose = co->packs != NULL && strcmp(co->packs, "auto") == 0;
    dk_reader_options ro = co->reader;
    ro.rewindable |= choose;
    const char *extras[DK_PASS_EXTRAS],
        *options[DK_PASS_EXTRAS]; /* the customer stands behind those of the caller */
    assert(co->nextras < DK_PASS_EXTRAS);
    for (size_t i = 0; i < co->nextras; i++) extras[i] = co->extras[i], options[i] = co->options[i];
    extras[co->nextras] = co->customer;
    options[co->nextras] = "--customer";
    dk_pass_columns columns = {co->text, co->id, extras, options, co->nextras + 1};
    dk_tag_plan plans[2] = {co->plan, co->plan};
    void **workers = calloc((size_t)co->threads, sizeof *workers);
    dk_status status =
        workers == NULL ? dk_fail_memory(err) : dk_pass_open(&pass, co->source, &ro, &columns, err);
    for (int s = 0; status == DK_OK && s < 2; s++) {
        if (choose)
            status = dk_corpus_choose_packs(&pass, engines[s], &plans[s], err);
        else if (co->packs != NULL)
            status = dk_packs_parse(dk_engine_lexicon(engines[s]), co->packs, &plans[s].packs, err);
    }
    if (status == DK_OK)
        status =
            dk_pairing_make(&c.pairing, dk_engine_lexicon(engines[0]), dk_engine_lexicon(engines[1]), err);
    if (status == DK_OK) status = number_themes(&c, err);
    if (status == DK_OK) status = open_workers(&c, co, plans, workers, err);
    if (status == DK_OK) status = dk_pass_run(&pass, workers, co->threads, sizeof(item), dispose_item, err);
    if (status == DK_OK && c.t.comments == 0)
        status = dk_fail(err, DK_EDATA, "%s holds no comments in column %s", co->source, co->text);
    if (status == DK_OK) status = dk_diff_put(book, &c, co, err);
    *figures = (dk_diff_figures){c.t.comments, c.t.changed, c.t.themes, c.t.label, c.t.unexplained};
    for (int i = 0; workers != NULL && i < co->threads; i++) {
        pair *p = workers[i];
        for (int s = 0; p != NULL && s < 2; s++) dk_session_free(p->sessions[s]);
        free(p);
    }
    free(workers);
    for (size_t i = 0; i < c.nlist; i++) free_kept(&c.list[i]);
    for (int s = 0; s < 2; s++) {
        free(c.theme_of[s]);
        free(c.touchpoint_of[s]);
        free(c.causes[s]);
    }
    free(c.list);
    free(c.rows);
    free(c.theme_sums);
    dk_intern_dispose(&c.themes);
    dk_intern_dispose(&c.touchpoints);
    dk_pairing_dispose(&c.pairing);
    dk_pass_dispose(&pass);
    return status;
}
