#include "workbench/tally.h"

#include <stdlib.h>

static const char *const kind_names[DK_ITEM_KINDS] = {"word", "part", "phrase"};
const char *dk_item_kind_name(dk_item_kind kind) {
    return kind_names[kind];
}

/* Parts are looked for in words of at least so many bytes that stand in at least so many comments. */
enum { COMPOUND_LEAST = 7, COMPOUND_COMMENTS = 2 };

/* A map from (left, right) to an item; left is a word, or a phrase of two words behind PHRASES. */
typedef struct pair_map {
    uint64_t *keys; /* key + 1 */
    uint32_t *items;
    size_t size, used;
} pair_map;

#define PHRASES 0x80000000u

static bool map_init(pair_map *m, size_t size) {
    m->size = size;
    m->used = 0;
    m->keys = calloc(size, sizeof *m->keys);
    m->items = malloc(size * sizeof *m->items);
    return m->keys != NULL && m->items != NULL;
}

static void map_dispose(pair_map *m) {
    free(m->keys);
    free(m->items);
}

static size_t map_place(const pair_map *m, uint64_t key) {
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (m->size - 1);
    while (m->keys[at] != 0 && m->keys[at] != key + 1) at = (at + 1) & (m->size - 1);
    return at;
}

static bool map_grow(pair_map *m) {
    pair_map bigger;
    if (!map_init(&bigger, m->size * 2)) {
        map_dispose(&bigger);
        return false;
    }
    for (size_t i = 0; i < m->size; i++) {
        if (m->keys[i] == 0) continue;
        size_t at = map_place(&bigger, m->keys[i] - 1);
        bigger.keys[at] = m->keys[i];
        bigger.items[at] = m->items[i];
    }
    bigger.used = m->used;
    map_dispose(m);
    *m = bigger;
    return true;
}

static uint32_t map_find(const pair_map *m, uint64_t key) {
    size_t at = map_place(m, key);
    return m->keys[at] != 0 ? m->items[at] : DK_NO_ID;
}

typedef struct counter {
    dk_tally *t;
    const dk_tally_options *o;
    uint32_t *item_of_word;                     /* by word; DK_NO_ID */
    uint32_t *focus_of_word, *comments_of_word; /* comments in focus, and in all groups */
    uint32_t *parts_first;                      /* by word, into part_items; one more at the end */
    uint32_t *part_items;
    size_t part_items_cap;
    pair_map phrases;
} counter;

static bool in_focus(const counter *c, uint32_t group) {
    return c->o->focus >> group & 1;
}

static dk_status new_item(counter *c, dk_item_kind kind, const uint32_t *words, uint32_t nwords,
                          uint32_t *item, dk_error *err) {
    dk_tally *t = c->t;
    if (!dk_grow(&t->items, &t->cap, t->count + 1) ||
        !dk_grow(&t->counts, &t->counts_cap, (t->count + 1) * t->ngroups))
        return dk_fail_memory(err);
    dk_item *x = &t->items[t->count];
    *x = (dk_item){.kind = kind, .nwords = nwords, .examples = {DK_NO_ID, DK_NO_ID, DK_NO_ID}};
    memcpy(x->words, words, nwords * sizeof *words);
    memset(t->counts + t->count * t->ngroups, 0, t->ngroups * sizeof *t->counts);
    *item = (uint32_t)t->count++;
    return DK_OK;
}

static void count_item(counter *c, uint32_t item, size_t comment, uint32_t group) {
    dk_item *x = &c->t->items[item];
    if (x->seen == comment + 1) return;
    x->seen = (uint32_t)comment + 1;
    c->t->counts[item * c->t->ngroups + group]++;
    if (!in_focus(c, group)) return;
    x->negative += c->t->corpus->comments[comment].label == DK_NEGATIVE;
    for (int e = 0; e < DK_TALLY_EXAMPLES; e++)
        if (x->examples[e] == DK_NO_ID) {
            x->examples[e] = (uint32_t)comment;
            break;
        }
}

/* ---- Words ------------------------------------------------------------------------------------------- */

/* Comments that hold each word: in focus, in all, and in which language most of them are. */
static dk_status count_words(counter *c, dk_error *err) {
    const dk_corpus *k = c->t->corpus;
    size_t n = k->words.count + 1;
    uint32_t *seen = calloc(n, sizeof *seen), *by_language = calloc(n * DK_LANGUAGES, sizeof *by_language);
    c->focus_of_word = calloc(n, sizeof *c->focus_of_word);
    c->comments_of_word = calloc(n, sizeof *c->comments_of_word);
    c->t->languages = calloc(n, 1);
    bool ok = seen != NULL && by_language != NULL && c->focus_of_word != NULL &&
              c->comments_of_word != NULL && c->t->languages != NULL;
    for (size_t i = 0; ok && i < k->count; i++) {
        uint32_t group = c->o->group[i];
        if (group == DK_NO_ID) continue;
        const dk_corpus_comment *m = &k->comments[i];
        for (uint32_t x = 0; x < m->ntokens; x++) {
            uint32_t w = k->tokens[m->first + x] & DK_CORPUS_WORD;
            if (w == DK_CORPUS_BREAK || seen[w] == i + 1) continue;
            seen[w] = (uint32_t)i + 1;
            c->t->totals[group]++;
            c->comments_of_word[w]++;
            c->focus_of_word[w] += in_focus(c, group);
            by_language[(size_t)w * DK_LANGUAGES + m->language]++;
        }
    }
    for (size_t w = 0; ok && w + 1 < n; w++) {
        int best = DK_LANG_SV;
        for (int l = DK_LANG_DA; l < DK_LANGUAGES; l++)
            if (by_language[w * DK_LANGUAGES + l] > by_language[w * DK_LANGUAGES + best]) best = l;
        if (by_language[w * DK_LANGUAGES + best] == 0) best = DK_LANG_OTHER;
        c->t->languages[w] = (uint8_t)best;
    }
    free(seen);
    free(by_language);
    return ok ? DK_OK : dk_fail_memory(err);
}

static dk_status choose_words(counter *c, dk_error *err) {
    size_t n = c->t->corpus->words.count;
    dk_status status = DK_OK;
    c->item_of_word = malloc((n + 1) * sizeof *c->item_of_word);
    if (c->item_of_word == NULL) return dk_fail_memory(err);
    for (uint32_t w = 0; status == DK_OK && w < n; w++) {
        c->item_of_word[w] = DK_NO_ID;
        if (c->focus_of_word[w] < c->o->min_count) continue;
        status = new_item(c, DK_ITEM_WORD, &w, 1, &c->item_of_word[w], err);
        if (status == DK_OK) c->t->items[c->item_of_word[w]].language = c->t->languages[w];
    }
    return status;
}

/* ---- Parts ------------------------------------------------------------------------------------------- */

/* The parts of every compound, as items. */
static dk_status find_parts(counter *c, const dk_engine *engine, dk_error *err) {
    dk_tally *t = c->t;
    size_t n = t->corpus->words.count, nitems = 0, cap = 0;
    uint32_t *item_of_part = NULL;
    dk_status status = DK_OK;
    c->parts_first = malloc((n + 1) * sizeof *c->parts_first);
    if (c->parts_first == NULL) return dk_fail_memory(err);
    for (uint32_t w = 0; status == DK_OK && w < n; w++) {
        c->parts_first[w] = (uint32_t)nitems;
        dk_str word = dk_intern_text(&t->corpus->words, w);
        const dk_morph *morph = dk_engine_morph(engine, (dk_language)t->languages[w]);
        if (morph == NULL || word.len < COMPOUND_LEAST || word.len > DK_MORPH_WORD_MAX ||
            c->comments_of_word[w] < COMPOUND_COMMENTS)
            continue;
        dk_part parts[DK_MORPH_PARTS_MAX];
        size_t np = dk_morph_split(morph, word, parts, DK_MORPH_PARTS_MAX);
        for (size_t p = 0; status == DK_OK && p < np; p++) {
            size_t known = t->parts.count;
            uint32_t part = dk_intern_add(&t->parts, (dk_str){parts[p].text, parts[p].len});
            if (part == DK_NO_ID || !dk_grow(&item_of_part, &cap, (size_t)part + 1) ||
                !dk_grow(&c->part_items, &c->part_items_cap, nitems + 1)) {
                status = dk_fail_memory(err);
                break;
            }
            if (part >= known) {
                status = new_item(c, DK_ITEM_PART, &part, 1, &item_of_part[part], err);
                if (status == DK_OK) t->items[item_of_part[part]].language = t->languages[w];
            }
            c->part_items[nitems++] = item_of_part[part];
        }
    }
    c->parts_first[n] = (uint32_t)nitems;
    free(item_of_part);
    return status;
}

/* ---- Phrases ----------------------------------------------------------------------------------------- */

static uint64_t pair_key(uint32_t left, uint32_t right) {
    return (uint64_t)left << 32 | right;
}

/* Counts phrases of `length` words; with `add` the comments in focus add the phrases that are new. */
static dk_status count_phrases(counter *c, uint32_t length, bool add, dk_error *err) {
    const dk_corpus *k = c->t->corpus;
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        uint32_t group = c->o->group[i];
        if (group == DK_NO_ID || (add && !in_focus(c, group)) || (!add && in_focus(c, group))) continue;
        const dk_corpus_comment *m = &k->comments[i];
        const uint32_t *tokens = k->tokens + m->first;
        for (uint32_t x = 0; status == DK_OK && x + length <= m->ntokens; x++) {
            uint32_t w[3], item;
            bool all = true;
            for (uint32_t j = 0; all && j < length; j++) {
                w[j] = tokens[x + j] & DK_CORPUS_WORD;
                all = w[j] != DK_CORPUS_BREAK && c->focus_of_word[w[j]] >= c->o->min_count;
            }
            if (!all) continue;
            uint64_t key = pair_key(w[0], w[1]);
            if (length == 3) {
                uint32_t left = map_find(&c->phrases, key),
                         right = map_find(&c->phrases, pair_key(w[1], w[2]));
                if (left == DK_NO_ID || right == DK_NO_ID) continue;
                key = pair_key(PHRASES | left, w[2]);
            }
            size_t at = map_place(&c->phrases, key);
            if (c->phrases.keys[at] == 0) {
                if (!add) continue;
                status = new_item(c, DK_ITEM_PHRASE, w, length, &item, err);
                if (status != DK_OK) break;
                c->t->items[item].language = m->language;
                c->phrases.keys[at] = key + 1;
                c->phrases.items[at] = item;
                if (++c->phrases.used * 2 > c->phrases.size && !map_grow(&c->phrases))
                    return dk_fail_memory(err);
                count_item(c, item, i, group);
                continue;
            }
            count_item(c, c->phrases.items[at], i, group);
        }
    }
    return status;
}

static uint64_t in_focus_count(const counter *c, uint32_t item) {
    uint64_t sum = 0;
    for (size_t g = 0; g < c->t->ngroups; g++)
        if (in_focus(c, (uint32_t)g)) sum += c->t->counts[item * c->t->ngroups + g];
    return sum;
}

/* Forgets the phrases that are too rare, so that neither they nor what holds them is counted on. */
static bool prune_phrases(counter *c, size_t from) {
    dk_tally *t = c->t;
    uint32_t *moved = malloc((t->count - from + 1) * sizeof *moved);
    pair_map kept;
    bool ok = map_init(&kept, 1 << 16) && moved != NULL;
    size_t to = from;
    for (size_t i = from; ok && i < t->count; i++) {
        moved[i - from] = DK_NO_ID;
        if (in_focus_count(c, (uint32_t)i) < c->o->min_count) continue;
        moved[i - from] = (uint32_t)to;
        t->items[to] = t->items[i];
        memmove(t->counts + to * t->ngroups, t->counts + i * t->ngroups, t->ngroups * sizeof *t->counts);
        to++;
    }
    for (size_t i = 0; ok && i < c->phrases.size; i++) {
        if (c->phrases.keys[i] == 0) continue;
        uint32_t item = c->phrases.items[i];
        uint32_t now = item < from ? item : moved[item - from];
        if (now == DK_NO_ID) continue;
        size_t at = map_place(&kept, c->phrases.keys[i] - 1);
        kept.keys[at] = c->phrases.keys[i];
        kept.items[at] = now;
        if (++kept.used * 2 > kept.size) ok = map_grow(&kept);
    }
    free(moved);
    if (!ok) {
        map_dispose(&kept);
        return false;
    }
    t->count = to;
    map_dispose(&c->phrases);
    c->phrases = kept;
    return true;
}

static dk_status find_phrases(counter *c, dk_error *err) {
    if (!map_init(&c->phrases, 1 << 16)) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (uint32_t length = 2; status == DK_OK && length <= 3; length++) {
        size_t from = c->t->count;
        status = count_phrases(c, length, true, err);
        if (status == DK_OK && !prune_phrases(c, from)) status = dk_fail_memory(err);
        if (status == DK_OK) status = count_phrases(c, length, false, err);
    }
    return status;
}

/* ---- All --------------------------------------------------------------------------------------------- */

static void count_words_and_parts(counter *c) {
    const dk_corpus *k = c->t->corpus;
    for (size_t i = 0; i < k->count; i++) {
        uint32_t group = c->o->group[i];
        if (group == DK_NO_ID) continue;
        const dk_corpus_comment *m = &k->comments[i];
        for (uint32_t x = 0; x < m->ntokens; x++) {
            uint32_t w = k->tokens[m->first + x] & DK_CORPUS_WORD;
            if (w == DK_CORPUS_BREAK) continue;
            if (c->item_of_word[w] != DK_NO_ID) count_item(c, c->item_of_word[w], i, group);
            if (c->parts_first == NULL) continue;
            for (uint32_t p = c->parts_first[w]; p < c->parts_first[w + 1]; p++)
                count_item(c, c->part_items[p], i, group);
        }
    }
}

static void drop_rare_parts(counter *c) {
    dk_tally *t = c->t;
    size_t to = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (t->items[i].kind == DK_ITEM_PART && in_focus_count(c, (uint32_t)i) < c->o->min_count) continue;
        t->items[to] = t->items[i];
        memmove(t->counts + to * t->ngroups, t->counts + i * t->ngroups, t->ngroups * sizeof *t->counts);
        to++;
    }
    t->count = to;
}

dk_status dk_tally_make(dk_tally *t, const dk_corpus *corpus, const dk_engine *engine,
                        const dk_tally_options *o, dk_error *err) {
    memset(t, 0, sizeof *t);
    t->corpus = corpus;
    t->ngroups = o->ngroups;
    dk_intern_init(&t->parts);
    counter c = {.t = t, .o = o};
    dk_status status = count_words(&c, err);
    if (status == DK_OK) status = choose_words(&c, err);
    if (status == DK_OK && o->parts) status = find_parts(&c, engine, err);
    if (status == DK_OK) {
        count_words_and_parts(&c);
        drop_rare_parts(&c);
    }
    if (status == DK_OK && o->phrases) status = find_phrases(&c, err);
    free(c.item_of_word);
    free(c.focus_of_word);
    free(c.comments_of_word);
    free(c.parts_first);
    free(c.part_items);
    map_dispose(&c.phrases);
    return status;
}

void dk_tally_dispose(dk_tally *t) {
    free(t->items);
    free(t->counts);
    free(t->languages);
    dk_intern_dispose(&t->parts);
}

void dk_tally_put(const dk_tally *t, const dk_item *x, dk_buf *out) {
    if (x->kind == DK_ITEM_PART) dk_buf_putc(out, '+');
    for (uint32_t i = 0; i < x->nwords; i++) {
        dk_str text = dk_intern_text(x->kind == DK_ITEM_PART ? &t->parts : &t->corpus->words, x->words[i]);
        if (i > 0) dk_buf_putc(out, ' ');
        dk_buf_put(out, text.ptr, text.len);
    }
}
