#include "workbench/kwic.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "tag/inspect.h"
#include "tag/rows.h"
#include "text/utf8.h"
#include "workbench/keyness.h"

/* Context is kept up to so many bytes on each side. */
enum { CONTEXT = 240 };

/* A place in a block: bytes of the comment of a row. */
typedef struct place {
    size_t row;
    uint32_t start, end;
    uint32_t entry;         /* or DK_NO_ID */
    uint8_t label, decided; /* decided: the match won over those that overlap it */
    uint64_t draw;
} place;

/* Words of a block: how often in all, and how often beside a place. */
typedef struct item {
    place *places;
    size_t nplaces, cap;
    int64_t comments;
    dk_intern words;
    uint32_t *totals, *near;
    size_t totals_cap, near_cap;
    uint8_t *beside; /* by token of a comment */
    size_t beside_cap;
    dk_buf fold;
    bool begun;
} item;

/* A place kept for the table, its texts copied. */
typedef struct line {
    uint64_t draw;
    int64_t number; /* in the order of the file */
    int64_t file_line;
    char *texts; /* id, left, match, right: each ended by a NUL */
    size_t lengths[4];
    uint32_t start, end, entry;
    uint8_t label, decided;
} line;

typedef struct search {
    const dk_engine *engine;
    const dk_kwic_options *o;
    const dk_pass *pass;
    bool cross_fitted; /* then the customer is the only extra */
    dk_kwic_figures *figures;
    line *lines; /* a heap, the largest draw first */
    size_t nlines;
    dk_intern words;
    uint64_t *totals, *near; /* by word */
    size_t totals_cap, near_cap;
    uint64_t all, all_near;
    int64_t serial;
} search;

static void dispose_item(void *p) {
    item *t = p;
    free(t->places);
    free(t->totals);
    free(t->near);
    free(t->beside);
    if (!t->begun) return;
    dk_intern_dispose(&t->words);
    dk_buf_dispose(&t->fold);
}

/* ---- On the workers ---------------------------------------------------------------------------------- */

static dk_status add_place(item *t, place p, dk_error *err) {
    for (size_t i = t->nplaces; i > 0 && t->places[i - 1].row == p.row; i--)
        if (t->places[i - 1].start == p.start && t->places[i - 1].end == p.end) {
            t->places[i - 1].decided |= p.decided; /* another way to read the same words */
            return DK_OK;
        }
    if (!dk_grow(&t->places, &t->cap, t->nplaces + 1)) return dk_fail_memory(err);
    t->places[t->nplaces++] = p;
    return DK_OK;
}

static dk_status find_entries(const search *s, dk_session *session, const dk_comment *c, size_t row, item *t,
                              dk_error *err) {
    const dk_reading *r = dk_inspect_reading(session);
    dk_status status = DK_OK;
    if (s->o->label >= 0 && (int)c->label != s->o->label) return DK_OK;
    for (size_t i = 0; status == DK_OK && i < r->matches.count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (!s->o->entries[m->entry]) continue;
        place p = {.row = row, .entry = m->entry, .label = (uint8_t)c->label, .decided = m->won != 0};
        p.start = m->end > m->start ? m->start : c->tokens[m->first].start;
        p.end = m->end > m->start ? m->end : c->tokens[m->last].end;
        status = add_place(t, p, err);
    }
    return status;
}

static dk_status find_theme(const search *s, const dk_comment *c, size_t row, item *t, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        if (m->theme != s->o->theme || (s->o->label >= 0 && (int)m->label != s->o->label)) continue;
        place p = {.row = row,
                   .entry = m->entry,
                   .label = (uint8_t)m->label,
                   .decided = 1,
                   .start = m->start,
                   .end = m->end};
        status = add_place(t, p, err);
    }
    return status;
}

/* Counts the words of a comment, and which of them stand within the window of one of its places. */
static dk_status count_words(const search *s, const dk_comment *c, dk_str text, size_t first, item *t,
                             dk_error *err) {
    if (!dk_grow(&t->beside, &t->beside_cap, c->ntokens + 1)) return dk_fail_memory(err);
    memset(t->beside, 0, c->ntokens);
    for (size_t i = first; i < t->nplaces; i++) {
        size_t from = 0, to = c->ntokens;
        while (from < to && c->tokens[from].end <= t->places[i].start) from++;
        size_t behind = from;
        while (behind < to && c->tokens[behind].start < t->places[i].end)
            t->beside[behind++] = 2; /* the node itself is no company */
        for (int w = 0; w < s->o->window && from > 0; w += c->tokens[from].kind == DK_TOKEN_WORD)
            t->beside[--from] |= 1;
        for (int w = 0; w < s->o->window && behind < to; behind++) {
            t->beside[behind] |= 1;
            w += c->tokens[behind].kind == DK_TOKEN_WORD;
        }
    }
    for (size_t i = 0; i < c->ntokens; i++) {
        const dk_token *k = &c->tokens[i];
        if (k->kind != DK_TOKEN_WORD && k->kind != DK_TOKEN_EMOJI) continue;
        dk_buf_clear(&t->fold);
        dk_status status = dk_utf8_fold(&t->fold, text.ptr + k->start, k->end - k->start, err);
        if (status != DK_OK) return status;
        size_t known = t->words.count;
        uint32_t w = dk_intern_add(&t->words, (dk_str){t->fold.ptr, t->fold.len});
        if (w == DK_NO_ID || !dk_grow(&t->totals, &t->totals_cap, (size_t)w + 1) ||
            !dk_grow(&t->near, &t->near_cap, (size_t)w + 1))
            return dk_fail_memory(err);
        if (w >= known) t->totals[w] = t->near[w] = 0;
        t->totals[w]++;
        t->near[w] += t->beside[i] == 1;
    }
    return DK_OK;
}

static dk_status work(void *context, void *worker, const dk_block *block, void *p, dk_error *err) {
    const search *s = context;
    item *t = p;
    if (t->begun)
        dk_intern_dispose(&t->words);
    else
        dk_buf_init(&t->fold);
    dk_intern_init(&t->words);
    t->begun = true;
    t->nplaces = 0;
    t->comments = 0;
    dk_status status = DK_OK;
    for (size_t r = 0; status == DK_OK && r < block->rows; r++) {
        dk_str text = dk_pass_text(block, r);
        dk_comment c;
        if (text.len == 0) continue;
        size_t first = t->nplaces;
        if (s->cross_fitted) dk_session_set_customer(worker, dk_pass_extra(s->pass, block, r, 0));
        status = dk_session_tag(worker, text, &c, err);
        if (status == DK_OK)
            status =
                s->o->entries != NULL ? find_entries(s, worker, &c, r, t, err) : find_theme(s, &c, r, t, err);
        if (status == DK_OK && s->o->collocates > 0) status = count_words(s, &c, text, first, t, err);
        t->comments += t->nplaces > first;
        char scratch[24];
        dk_str id = dk_pass_id(s->pass, block, r, scratch);
        for (size_t i = first; i < t->nplaces; i++)
            t->places[i].draw = dk_hash_mix(dk_hash_seeded(id.ptr, id.len, s->o->seed), t->places[i].start);
    }
    return status;
}

/* ---- In order ---------------------------------------------------------------------------------------- */

static bool later(const line *a, const line *b) {
    return a->draw != b->draw ? a->draw > b->draw : a->number > b->number;
}

static void sift_down(line *heap, size_t n, size_t at) {
    for (;;) {
        size_t child = 2 * at + 1, most = at;
        if (child < n && later(&heap[child], &heap[most])) most = child;
        if (child + 1 < n && later(&heap[child + 1], &heap[most])) most = child + 1;
        if (most == at) return;
        line swap = heap[at];
        heap[at] = heap[most];
        heap[most] = swap;
        at = most;
    }
}

static void sift_up(line *heap, size_t at) {
    for (; at > 0 && later(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2) {
        line swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
    }
}

/* At most CONTEXT bytes of the text before or behind, cut between characters. */
static dk_str around(dk_str text, size_t start, size_t end, bool before) {
    if (before) {
        size_t from = start > CONTEXT ? start - CONTEXT : 0;
        while (from < start && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
        return (dk_str){text.ptr + from, start - from};
    }
    size_t to = text.len - end > CONTEXT ? end + CONTEXT : text.len;
    while (to > end && to < text.len && ((unsigned char)text.ptr[to] & 0xC0) == 0x80) to--;
    return (dk_str){text.ptr + end, to - end};
}

static dk_status keep(search *s, const dk_block *block, const place *p, dk_error *err) {
    line l = {.draw = p->draw,
              .number = s->serial++,
              .file_line = block->row[p->row].line,
              .start = p->start,
              .end = p->end,
              .entry = p->entry,
              .label = p->label,
              .decided = p->decided};
    if (s->o->lines == 0 || (s->nlines == s->o->lines && !later(&s->lines[0], &l))) return DK_OK;
    dk_str text = dk_pass_text(block, p->row);
    char scratch[24];
    dk_str parts[4] = {dk_pass_id(s->pass, block, p->row, scratch),
                       around(text, p->start, p->end, true),
                       {text.ptr + p->start, p->end - p->start},
                       around(text, p->start, p->end, false)};
    size_t size = 0, at = 0;
    for (int i = 0; i < 4; i++) size += parts[i].len + 1;
    if ((l.texts = malloc(size)) == NULL) return dk_fail_memory(err);
    for (int i = 0; i < 4; i++) {
        memcpy(l.texts + at, parts[i].ptr, parts[i].len);
        l.texts[at + parts[i].len] = '\0';
        l.lengths[i] = parts[i].len;
        at += parts[i].len + 1;
    }
    if (s->nlines == s->o->lines) {
        free(s->lines[0].texts);
        s->lines[0] = l;
        sift_down(s->lines, s->nlines, 0);
    } else {
        s->lines[s->nlines] = l;
        sift_up(s->lines, s->nlines++);
    }
    return DK_OK;
}

static dk_status deliver(void *context, const dk_block *block, void *p, dk_error *err) {
    search *s = context;
    const item *t = p;
    dk_status status = DK_OK;
    s->figures->places += (int64_t)t->nplaces;
    s->figures->comments += t->comments;
    for (size_t i = 0; status == DK_OK && i < t->nplaces; i++) status = keep(s, block, &t->places[i], err);
    for (uint32_t w = 0; status == DK_OK && w < t->words.count; w++) {
        size_t known = s->words.count;
        uint32_t global = dk_intern_add(&s->words, dk_intern_text(&t->words, w));
        if (global == DK_NO_ID || !dk_grow(&s->totals, &s->totals_cap, (size_t)global + 1) ||
            !dk_grow(&s->near, &s->near_cap, (size_t)global + 1)) {
            status = dk_fail_memory(err);
            break;
        }
        if (global >= known) s->totals[global] = s->near[global] = 0;
        s->totals[global] += t->totals[w];
        s->near[global] += t->near[w];
        s->all += t->totals[w];
        s->all_near += t->near[w];
    }
    return status;
}

/* ---- Tables ------------------------------------------------------------------------------------------ */

typedef struct sorted {
    const line *line;
    dk_str key; /* folded; of the left context its words from the match outwards */
    int64_t number;
} sorted;

static int by_key(const void *a, const void *b) {
    const sorted *x = a, *y = b;
    size_t n = x->key.len < y->key.len ? x->key.len : y->key.len;
    int c = n > 0 ? memcmp(x->key.ptr, y->key.ptr, n) : 0;
    if (c == 0) c = (x->key.len > y->key.len) - (x->key.len < y->key.len);
    return c != 0 ? c : (x->number > y->number) - (x->number < y->number);
}

/* The folded words of text from its end to its beginning. */
static void reverse_words(dk_str text, dk_buf *out) {
    size_t end = text.len;
    while (end > 0) {
        while (end > 0 && text.ptr[end - 1] == ' ') end--;
        size_t from = end;
        while (from > 0 && text.ptr[from - 1] != ' ') from--;
        if (end > from) {
            dk_buf_put(out, text.ptr + from, end - from);
            dk_buf_putc(out, ' ');
        }
        end = from;
    }
}

static dk_status make_key(const line *l, dk_kwic_sort sort, dk_arena *arena, dk_buf *scratch, dk_str *key,
                          dk_error *err) {
    *key = (dk_str){"", 0};
    if (sort == DK_KWIC_BY_PLACE) return DK_OK;
    int which = sort == DK_KWIC_BY_LEFT ? 1 : sort == DK_KWIC_BY_MATCH ? 2 : 3;
    const char *text = l->texts;
    for (int i = 0; i < which; i++) text += l->lengths[i] + 1;
    dk_buf_clear(scratch);
    dk_status status = dk_utf8_fold(scratch, text, l->lengths[which], err);
    if (status != DK_OK) return status;
    size_t skip = 0, folded = scratch->len;
    while (skip < folded && scratch->ptr[skip] == ' ') skip++;
    if (sort == DK_KWIC_BY_LEFT) {
        if (!dk_buf_reserve(scratch, folded + 2)) return dk_fail_memory(err);
        reverse_words((dk_str){scratch->ptr, folded}, scratch);
        skip = folded;
    }
    key->len = scratch->len - skip;
    key->ptr = dk_arena_strdup(arena, scratch->ptr + skip, key->len);
    return key->ptr != NULL ? DK_OK : dk_fail_memory(err);
}

static const dk_sheet_column line_columns[] = {
    {"left", DK_SHEET_TEXT_RIGHT, 40, 0}, {"match", DK_SHEET_TEXT, 40, 0},  {"right", DK_SHEET_TEXT, 40, 0},
    {"id", DK_SHEET_TEXT, 24, 0},         {"label", DK_SHEET_TEXT, 0, 0},   {"decided", DK_SHEET_TEXT, 0, 0},
    {"entry", DK_SHEET_TEXT, 0, 0},       {"file", DK_SHEET_TEXT, 0, true}, {"line", DK_SHEET_COUNT, 0, true},
    {"start", DK_SHEET_COUNT, 0, true},   {"end", DK_SHEET_COUNT, 0, true}};

static void put_line(dk_sheet *sheet, const search *s, const char *source, const line *l, dk_buf *scratch) {
    const char *texts[4], *at = l->texts;
    for (int i = 0; i < 4; i++) {
        texts[i] = at;
        at += l->lengths[i] + 1;
    }
    for (int i = 1; i < 4; i++) {
        dk_buf_clear(scratch);
        for (size_t x = 0; x < l->lengths[i]; x++) {
            char c = texts[i][x];
            dk_buf_putc(scratch, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
        }
        dk_sheet_text(sheet, (dk_str){scratch->ptr, scratch->len});
    }
    dk_sheet_text(sheet, (dk_str){texts[0], l->lengths[0]});
    dk_sheet_text(sheet, dk_str_from(dk_label_name((dk_label)l->label)));
    bool in_file = s->o->pattern == NULL;
    dk_sheet_text(sheet, dk_str_from(!in_file ? "" : l->decided ? "yes" : "no"));
    dk_buf_clear(scratch);
    if (in_file)
        dk_entry_put_place(scratch, dk_engine_lexicon(s->engine), l->entry);
    else
        dk_buf_puts(scratch, s->o->pattern);
    dk_sheet_text(sheet, (dk_str){scratch->ptr, scratch->len});
    dk_sheet_text(sheet, dk_str_from(source));
    dk_sheet_int(sheet, l->file_line);
    dk_sheet_int(sheet, l->start);
    dk_sheet_int(sheet, l->end);
}

static dk_status put_lines(dk_book *book, const search *s, const char *source, dk_error *err) {
    sorted *order = malloc((s->nlines + 1) * sizeof *order);
    dk_arena arena;
    dk_buf scratch;
    dk_arena_init(&arena);
    dk_buf_init(&scratch);
    dk_status status = order == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < s->nlines; i++) {
        order[i] = (sorted){&s->lines[i], {"", 0}, s->lines[i].number};
        status = make_key(&s->lines[i], s->o->sort, &arena, &scratch, &order[i].key, err);
    }
    if (status == DK_OK) {
        qsort(order, s->nlines, sizeof *order, by_key);
        dk_sheet_column *columns = dk_arena_alloc(&book->arena, sizeof line_columns);
        if (columns != NULL) {
            memcpy(columns, line_columns, sizeof line_columns);
            columns[0].widest = columns[2].widest = s->o->width;
        } else
            book->failed = true;
        dk_sheet *sheet = dk_book_add(book, "lines", "Concordance", columns != NULL ? columns : line_columns,
                                      sizeof line_columns / sizeof *line_columns);
        for (size_t i = 0; i < s->nlines; i++) put_line(sheet, s, source, order[i].line, &scratch);
        dk_sheet_note(sheet, "%zu of %lld places in %lld comments of %s", s->nlines,
                      (long long)s->figures->places, (long long)s->figures->comments, source);
    }
    free(order);
    dk_arena_dispose(&arena);
    dk_buf_dispose(&scratch);
    return status;
}

typedef struct collocate {
    dk_str word;
    double likelihood, information, expected;
    uint64_t near, total;
} collocate;

static int by_likelihood(const void *a, const void *b) {
    const collocate *x = a, *y = b;
    if (x->likelihood != y->likelihood) return x->likelihood > y->likelihood ? -1 : 1;
    return dk_str_compare(x->word, y->word);
}

static const dk_sheet_column collocate_columns[] = {
    {"word", DK_SHEET_TEXT, 40, 0},          {"beside", DK_SHEET_COUNT, 0, 0},
    {"expected", DK_SHEET_REAL, 0, 0},       {"in_all", DK_SHEET_COUNT, 0, 0},
    {"log_likelihood", DK_SHEET_REAL, 0, 0}, {"information", DK_SHEET_REAL, 0, 0}};

static dk_status put_collocates(dk_book *book, const search *s, dk_error *err) {
    collocate *rows = malloc((s->words.count + 1) * sizeof *rows);
    if (rows == NULL) return dk_fail_memory(err);
    size_t n = 0;
    for (uint32_t w = 0; w < s->words.count; w++) {
        double near = (double)s->near[w], total = (double)s->totals[w], all = (double)s->all,
               beside = (double)s->all_near;
        double expected = all > 0 ? total * beside / all : 0;
        if (s->near[w] < s->o->min_count || near <= expected) continue;
        double apart = total - near, others = beside - near, rest = all - beside - apart;
        rows[n++] = (collocate){dk_intern_text(&s->words, w),
                                dk_log_likelihood(near, others, apart, rest),
                                dk_mutual_information(near, others, apart, rest),
                                expected,
                                s->near[w],
                                s->totals[w]};
    }
    qsort(rows, n, sizeof *rows, by_likelihood);
    dk_sheet *sheet = dk_book_add(book, "collocates", "Words beside it", collocate_columns,
                                  sizeof collocate_columns / sizeof *collocate_columns);
    for (size_t i = 0; i < n && i < s->o->collocates; i++) {
        dk_sheet_text(sheet, rows[i].word);
        dk_sheet_int(sheet, (int64_t)rows[i].near);
        dk_sheet_real(sheet, rows[i].expected);
        dk_sheet_int(sheet, (int64_t)rows[i].total);
        dk_sheet_real(sheet, rows[i].likelihood);
        dk_sheet_real(sheet, rows[i].information);
    }
    free(rows);
    return DK_OK;
}

dk_status dk_kwic_make(dk_book *book, const dk_engine *engine, const dk_corpus_options *co,
                       const dk_kwic_options *o, dk_kwic_figures *figures, dk_error *err) {
    *figures = (dk_kwic_figures){0};
    dk_pass pass = {.work = work,
                    .deliver = deliver,
                    .rejected = co->rejected,
                    .progress = co->progress,
                    .progress_context = co->progress_context};
    search s = {
        .engine = engine, .o = o, .pass = &pass, .cross_fitted = co->cross_fitted, .figures = figures};
    pass.context = &s;
    dk_intern_init(&s.words);
    dk_tag_plan plan = co->plan;
    bool choose = co->packs != NULL && strcmp(co->packs, "auto") == 0;
    dk_reader_options ro = co->reader;
    ro.rewindable |= choose;
    dk_pass_columns columns = {co->text, co->id, &co->customer, (const char *const[]){"--customer"}, 1};
    void **workers = calloc((size_t)co->threads, sizeof *workers);
    s.lines = malloc((o->lines + 1) * sizeof *s.lines);
    dk_status status = workers == NULL || s.lines == NULL
                           ? dk_fail_memory(err)
                           : dk_pass_open(&pass, co->source, &ro, &columns, err);
    if (status == DK_OK && choose)
        status = dk_corpus_choose_packs(&pass, engine, &plan, err);
    else if (status == DK_OK && co->packs != NULL)
        status = dk_packs_parse(dk_engine_lexicon(engine), co->packs, &plan.packs, err);
    for (int i = 0; status == DK_OK && i < co->threads; i++) {
        dk_session *session = NULL;
        status = dk_session_new(&session, engine, &plan, err);
        workers[i] = session;
    }
    if (status == DK_OK) status = dk_pass_run(&pass, workers, co->threads, sizeof(item), dispose_item, err);
    if (status == DK_OK) status = put_lines(book, &s, co->source, err);
    if (status == DK_OK && o->collocates > 0) status = put_collocates(book, &s, err);
    for (size_t i = 0; s.lines != NULL && i < s.nlines; i++) free(s.lines[i].texts);
    for (int i = 0; workers != NULL && i < co->threads; i++) dk_session_free(workers[i]);
    free(workers);
    free(s.lines);
    free(s.totals);
    free(s.near);
    dk_intern_dispose(&s.words);
    dk_pass_dispose(&pass);
    return status;
}
