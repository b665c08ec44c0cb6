#include "workbench/ablate.h"

#include <stdlib.h>

#include "base/pipeline.h"
#include "tag/inspect.h"
#include "workbench/agreement.h"
#include "workbench/coverage.h"
#include "workbench/evaluate_private.h"

/* What leaving an entry out does, summed over comments. */
typedef struct effect {
    int64_t matched, decided;     /* comments */
    int64_t themes, labels;       /* comments whose themes, whose label change */
    int64_t sign;                 /* right signs lost, less those won */
    int64_t right, wrong, missed; /* codes: with the entry less without it */
} effect;

/* What a comment came to. */
typedef struct outcome {
    dk_found found[DK_FOUND_MAX];
    size_t nfound;
    dk_label label;
    int32_t sentiment;
    int64_t right, wrong, missed;
} outcome;

typedef struct job {
    const dk_corpus *corpus;
    const dk_engine *engine;
    const dk_ablate_options *o;
    const uint32_t *rating_of; /* by comment; DK_NO_ID */
    effect **effects;          /* by thread x entry */
} job;

static void collect(const dk_mention *mentions, size_t n, outcome *out) {
    out->nfound = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < out->nfound && out->found[at].theme != mentions[i].theme) at++;
        if (at == out->nfound) {
            if (at == DK_FOUND_MAX) break;
            out->found[out->nfound++] = (dk_found){mentions[i].theme, 0, (uint8_t)mentions[i].label};
            continue;
        }
        uint8_t *label = &out->found[at].label;
        if ((*label == DK_POSITIVE && mentions[i].label == DK_NEGATIVE) ||
            (*label == DK_NEGATIVE && mentions[i].label == DK_POSITIVE))
            *label = DK_MIXED;
        else if (*label == DK_NEUTRAL)
            *label = (uint8_t)mentions[i].label;
    }
}

/* Right, wrong and missed codes as in the evaluation. */
static void count_codes(const job *j, size_t comment, outcome *out) {
    out->right = out->wrong = out->missed = 0;
    if (j->rating_of == NULL || j->rating_of[comment] == DK_NO_ID) return;
    dk_evaluation e = {.coded = j->o->coded, .scheme = j->o->scheme};
    const dk_rating *r = &e.coded->ratings[j->rating_of[comment]];
    for (uint32_t c = 0; c < r->count; c++) {
        bool found =
            dk_find_code(e.scheme, &e.coded->codes[r->first + c], out->found, out->nfound) != SIZE_MAX;
        out->right += found;
        out->missed += !found;
    }
    for (size_t f = 0; f < out->nfound; f++) {
        uint32_t code = e.scheme->primary[out->found[f].theme];
        if (code == DK_NO_ID || dk_theme_coded(&e, r, out->found[f].theme)) continue;
        bool again = false;
        for (size_t b = 0; b < f; b++)
            again |=
                e.scheme->primary[out->found[b].theme] == code && !dk_theme_coded(&e, r, out->found[b].theme);
        out->wrong += !again;
    }
}

static bool same_themes(const outcome *a, const outcome *b) {
    if (a->nfound != b->nfound) return false;
    for (size_t i = 0; i < a->nfound; i++) {
        size_t at = 0;
        while (at < b->nfound && b->found[at].theme != a->found[i].theme) at++;
        if (at == b->nfound || b->found[at].label != a->found[i].label) return false;
    }
    return true;
}

/* A worker's room for reading a comment again. */
typedef struct bench {
    dk_session *session;
    dk_reading reading;
    dk_tokens tokens;
} bench;

/* Reads the comment without the matches of an entry; DK_NO_ID for none. */
static dk_status read_again(const job *j, bench *b, const dk_reading *whole, const dk_comment *c, dk_str text,
                            uint32_t without, outcome *out, dk_error *err) {
    dk_reading *r = &b->reading;
    dk_reading_clear(r);
    if (!dk_grow(&r->matches.items, &r->matches.cap, whole->matches.count + 1) ||
        !dk_grow(&b->tokens.items, &b->tokens.cap, c->ntokens + 1))
        return dk_fail_memory(err);
    for (size_t i = 0; i < whole->matches.count; i++) {
        dk_match *m = &r->matches.items[r->matches.count];
        *m = whole->matches.items[i];
        m->won = 0;
        m->beside = 0;
        r->matches.count += m->entry != without;
    }
    memcpy(b->tokens.items, c->tokens, c->ntokens * sizeof *c->tokens);
    b->tokens.count = c->ntokens;
    const dk_lexicon *lexicon = dk_engine_lexicon(j->engine);
    dk_status status = dk_reading_run(r, lexicon, &b->tokens, text, err);
    if (status == DK_OK) status = dk_reading_mentions(r, lexicon, &b->tokens, err);
    if (status != DK_OK) return status;
    collect(r->mentions, r->nmentions, out);
    out->label = r->label;
    out->sentiment = r->sentiment;
    return DK_OK;
}

static int sign_right(int32_t sentiment, int side) {
    return (sentiment > 0 && side > 0) || (sentiment < 0 && side < 0);
}

static dk_status take_apart(const job *j, bench *b, size_t comment, effect *effects, dk_error *err) {
    dk_str text = j->corpus->comments[comment].text;
    dk_comment c;
    dk_status status = dk_session_tag(b->session, text, &c, err);
    const dk_reading *whole = dk_inspect_reading(b->session);
    if (status != DK_OK || whole->matches.count == 0) return status;
    outcome with, without;
    collect(c.mentions, c.nmentions, &with);
    with.label = c.label;
    with.sentiment = c.sentiment;
    count_codes(j, comment, &with);
    int side = j->o->scores != NULL ? dk_score_side(j->o->scores[comment], j->o->highest) : 0;
    for (size_t i = 0; status == DK_OK && i < whole->matches.count; i++) {
        uint32_t entry = whole->matches.items[i].entry;
        bool first = true, won = false;
        for (size_t x = 0; x < whole->matches.count; x++) {
            if (whole->matches.items[x].entry != entry) continue;
            first &= x >= i;
            won |= whole->matches.items[x].won != 0;
        }
        if (!first) continue;
        effects[entry].matched++;
        if (!won) continue;
        effects[entry].decided++;
        status = read_again(j, b, whole, &c, text, entry, &without, err);
        if (status != DK_OK) break;
        count_codes(j, comment, &without);
        effects[entry].themes += !same_themes(&with, &without);
        effects[entry].labels += with.label != without.label;
        if (side != 0)
            effects[entry].sign += sign_right(with.sentiment, side) - sign_right(without.sentiment, side);
        effects[entry].right += with.right - without.right;
        effects[entry].wrong += with.wrong - without.wrong;
        effects[entry].missed += with.missed - without.missed;
    }
    return status;
}

static dk_status work(void *context, size_t thread, dk_error *err) {
    const job *j = context;
    bench b = {0};
    size_t n = j->corpus->count, threads = (size_t)j->o->threads;
    j->effects[thread] = calloc(dk_engine_lexicon(j->engine)->count + 1, sizeof **j->effects);
    dk_status status = j->effects[thread] == NULL
                           ? dk_fail_memory(err)
                           : dk_session_new(&b.session, j->engine, &j->corpus->plan, err);
    for (size_t i = n * thread / threads; status == DK_OK && i < n * (thread + 1) / threads; i++)
        status = take_apart(j, &b, i, j->effects[thread], err);
    dk_session_free(b.session);
    dk_reading_dispose(&b.reading);
    dk_tokens_dispose(&b.tokens);
    return status;
}

/* ---- Tables ------------------------------------------------------------------------------------------ */

typedef struct row {
    uint32_t entry;
    double key;
    effect e;
    double f1;
} row;

static int by_key(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

#define ENTRY_COLUMNS                                                                                  \
    {"entry", DK_SHEET_TEXT, 0, 0}, {"term", DK_SHEET_TEXT, 36, 0}, {"matched", DK_SHEET_COUNT, 0, 0}, \
        {"decided", DK_SHEET_COUNT, 0, 0}, {"themes", DK_SHEET_COUNT, 0, 0}, {                         \
        "labels", DK_SHEET_COUNT, 0, 0                                                                 \
    }
static const dk_sheet_column plain_columns[] = {ENTRY_COLUMNS};
static const dk_sheet_column score_columns[] = {ENTRY_COLUMNS, {"signs", DK_SHEET_COUNT, 0, 0}};
static const dk_sheet_column code_columns[] = {ENTRY_COLUMNS,
                                               {"right", DK_SHEET_COUNT, 0, 0},
                                               {"wrong", DK_SHEET_COUNT, 0, 0},
                                               {"f1", DK_SHEET_REAL, 0, 0}};
static const dk_sheet_column both_columns[] = {ENTRY_COLUMNS,
                                               {"signs", DK_SHEET_COUNT, 0, 0},
                                               {"right", DK_SHEET_COUNT, 0, 0},
                                               {"wrong", DK_SHEET_COUNT, 0, 0},
                                               {"f1", DK_SHEET_REAL, 0, 0}};
#define COUNT(a) (sizeof(a) / sizeof *(a))
static const dk_sheet_column idle_columns[] = {
    {"entry", DK_SHEET_TEXT, 0, 0}, {"term", DK_SHEET_TEXT, 36, 0}, {"matched", DK_SHEET_COUNT, 0, 0}};

static void put_entry(dk_sheet *s, const dk_lexicon *lex, uint32_t entry, dk_buf *scratch) {
    dk_buf_clear(scratch);
    dk_entry_put_place(scratch, lex, entry);
    dk_sheet_text(s, (dk_str){scratch->ptr, scratch->len});
    dk_sheet_text(s, lex->sources[entry].text);
}

static void put_tables(dk_book *book, const job *j, row *rows, size_t n, const outcome *sums) {
    const dk_lexicon *lex = dk_engine_lexicon(j->engine);
    dk_buf scratch;
    dk_buf_init(&scratch);
    size_t idle = 0, top = j->o->top, shown = 0;
    qsort(rows, n, sizeof *rows, by_key);
    bool scored = j->o->scores != NULL, coded = j->o->coded != NULL, judged = scored || coded;
    const dk_sheet_column *columns = scored && coded ? both_columns
                                     : scored        ? score_columns
                                     : coded         ? code_columns
                                                     : plain_columns;
    size_t ncolumns = COUNT(plain_columns) + (scored ? 1 : 0) + (coded ? 3 : 0);
    dk_sheet *s = dk_book_add(book, "entries", "What entries contribute", columns, ncolumns);
    for (size_t i = 0; i < n; i++) {
        const effect *e = &rows[i].e;
        if (e->decided == 0) {
            idle++;
            continue;
        }
        /* the best and the worst, where there is something to judge by */
        bool end = judged && i + top / 2 >= n;
        if (shown >= (judged ? top - top / 2 : top) && !end) continue;
        shown++;
        put_entry(s, lex, rows[i].entry, &scratch);
        const int64_t cells[] = {e->matched, e->decided, e->themes, e->labels};
        for (int c = 0; c < 4; c++) dk_sheet_int(s, cells[c]);
        if (scored) dk_sheet_int(s, e->sign);
        if (!coded) continue;
        dk_sheet_int(s, e->right);
        dk_sheet_int(s, e->wrong);
        dk_sheet_real(s, 100 * rows[i].f1);
    }
    if (coded)
        dk_sheet_note(s, "f1: hundredths of F1 that would be lost without the entry, of %.2f in all",
                      100 * dk_f1((double)sums->right, (double)sums->wrong, (double)sums->missed));
    dk_sheet_note(s, "%zu entries decide, %zu only match, %zu do neither", n - idle, idle, lex->count - n);
    dk_sheet *t = dk_book_add(book, "idle", "Match but never decide", idle_columns, COUNT(idle_columns));
    for (size_t i = 0; i < n; i++) rows[i].key = rows[i].e.decided == 0 ? (double)rows[i].e.matched : -1;
    qsort(rows, n, sizeof *rows, by_key);
    for (size_t i = 0; i < n && i < top && rows[i].key > 0; i++) {
        put_entry(t, lex, rows[i].entry, &scratch);
        dk_sheet_int(t, rows[i].e.matched);
    }
    dk_buf_dispose(&scratch);
}

static dk_status find_ratings(const dk_corpus *k, const dk_coded *coded, uint32_t **out, dk_error *err) {
    *out = malloc((k->count + 1) * sizeof **out);
    if (*out == NULL) return dk_fail_memory(err);
    memset(*out, 0xFF, k->count * sizeof **out);
    for (uint32_t i = (uint32_t)coded->nratings; i-- > 0;) /* of several coders the first */
        if (coded->ratings[i].themes) (*out)[coded->units[coded->ratings[i].unit].comment] = i;
    return DK_OK;
}

dk_status dk_ablate_make(dk_book *book, const dk_corpus *k, const dk_engine *engine,
                         const dk_ablate_options *o, dk_error *err) {
    job j = {.corpus = k, .engine = engine, .o = o};
    size_t entries = dk_engine_lexicon(engine)->count, threads = (size_t)o->threads, n = 0;
    uint32_t *ratings = NULL;
    row *rows = malloc((entries + 1) * sizeof *rows);
    j.effects = calloc(threads, sizeof *j.effects);
    dk_status status = rows == NULL || j.effects == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK && o->coded != NULL) status = find_ratings(k, o->coded, &ratings, err);
    j.rating_of = ratings;
    if (status == DK_OK) status = dk_parallel_for(o->threads, threads, work, &j, err);
    outcome sums = {.right = 0}, one;
    for (size_t i = 0; status == DK_OK && ratings != NULL && i < k->count; i++) {
        one.nfound = dk_found_themes(k, i, one.found);
        count_codes(&j, i, &one);
        sums.right += one.right;
        sums.wrong += one.wrong;
        sums.missed += one.missed;
    }
    double whole = dk_f1((double)sums.right, (double)sums.wrong, (double)sums.missed);
    for (uint32_t i = 0; status == DK_OK && i < entries; i++) {
        effect e = {0};
        for (size_t t = 0; t < threads; t++) {
            const effect *x = &j.effects[t][i];
            e.matched += x->matched, e.decided += x->decided, e.themes += x->themes, e.labels += x->labels;
            e.sign += x->sign, e.right += x->right, e.wrong += x->wrong, e.missed += x->missed;
        }
        if (e.matched == 0) continue;
        row *r = &rows[n++];
        *r = (row){.entry = i, .e = e, .key = (double)(e.themes + e.labels)};
        r->f1 = whole - dk_f1((double)(sums.right - e.right), (double)(sums.wrong - e.wrong),
                              (double)(sums.missed - e.missed));
        if (o->coded != NULL)
            r->key = r->f1;
        else if (o->scores != NULL)
            r->key = (double)e.sign;
    }
    if (status == DK_OK) put_tables(book, &j, rows, n, &sums);
    for (size_t t = 0; j.effects != NULL && t < threads; t++) free(j.effects[t]);
    free(j.effects);
    free(ratings);
    free(rows);
    return status;
}
