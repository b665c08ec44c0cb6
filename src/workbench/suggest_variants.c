/* Which words are variants of words that the list has: inflected, compounded, negated, derived, misspelt. */
#include <stdlib.h>

#include "base/nearest.h"
#include "text/utf8.h"
#include "workbench/suggest_private.h"

enum { STEM_LEAST = 5, ENDING_MOST = 5, SPELL_LEAST = 6 };

typedef struct sorted {
    dk_str text;
    uint32_t place;
} sorted;

static int by_text(const void *a, const void *b) {
    const sorted *x = a, *y = b;
    size_t n = x->text.len < y->text.len ? x->text.len : y->text.len;
    int c = n > 0 ? memcmp(x->text.ptr, y->text.ptr, n) : 0;
    return c != 0 ? c : (x->text.len > y->text.len) - (x->text.len < y->text.len);
}

typedef struct search {
    dk_candidates *c;
    sorted *known; /* words of the list by their text */
    size_t nknown;
} search;

static const dk_candidate_word *find(const search *s, dk_str text, dk_language language, uint32_t not_this) {
    sorted key = {text, 0},
           *found = s->nknown > 0 ? bsearch(&key, s->known, s->nknown, sizeof key, by_text) : NULL;
    if (found == NULL || found->place == not_this || s->c->items[found->place].language != (uint8_t)language)
        return NULL;
    return &s->c->items[found->place];
}

/* Takes the closest: a later one only when it is closer. */
static void relate(const search *s, dk_candidate_word *w, const dk_candidate_word *to, double weight,
                   double sign, const char *kind) {
    if (to == NULL || weight <= w->variant_weight || (w->known && w->entry == to->entry)) return;
    w->variant_weight = weight;
    w->variant_valence = sign * to->valence / 200.0;
    w->variant_of = (uint32_t)(to - s->c->items);
    w->variant_kind = kind;
}

static size_t common(dk_str a, dk_str b) {
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n]) n++;
    return n;
}

/* Words that share a long stem: derived from each other (friendly, friendliness). */
static void relate_stems(const search *s, dk_candidate_word *w, dk_str text, uint32_t place) {
    sorted key = {text, 0};
    size_t lo = 0, hi = s->nknown;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (by_text(&s->known[mid], &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    enum { LOOK = 12 };
    size_t from = lo > LOOK ? lo - LOOK : 0, to = lo + LOOK < s->nknown ? lo + LOOK : s->nknown;
    for (size_t i = from; i < to; i++) {
        const dk_candidate_word *other = &s->c->items[s->known[i].place];
        dk_str o = s->known[i].text;
        if (s->known[i].place == place || other->language != w->language) continue;
        size_t stem = common(text, o), longer = text.len > o.len ? text.len : o.len;
        if (stem < STEM_LEAST || longer - stem > ENDING_MOST) continue;
        relate(s, w, other, 0.4 + 0.4 * (double)stem / (double)longer, 1, "derived");
    }
}

/* unhappy of happy, otrevlig of trevlig, and the other way round. */
static void relate_negation(const search *s, dk_candidate_word *w, dk_str text, uint32_t place) {
    static const char *const prefixes[DK_LANGUAGES][6] = {
        [DK_LANG_SV] = {"o", "miss"},
        [DK_LANG_DA] = {"u", "mis"},
        [DK_LANG_EN] = {"un", "in", "im", "dis", "mis", "non"}};
    for (int i = 0; i < 6 && prefixes[w->language][i] != NULL; i++) {
        size_t n = strlen(prefixes[w->language][i]);
        if (text.len > n + 3 && memcmp(text.ptr, prefixes[w->language][i], n) == 0)
            relate(s, w, find(s, (dk_str){text.ptr + n, text.len - n}, (dk_language)w->language, place), 0.85,
                   -1, "negation");
        char longer[DK_MORPH_WORD_MAX + 8];
        if (text.len + n >= sizeof longer) continue;
        memcpy(longer, prefixes[w->language][i], n);
        memcpy(longer + n, text.ptr, text.len);
        relate(s, w, find(s, (dk_str){longer, text.len + n}, (dk_language)w->language, place), 0.85, -1,
               "negation");
    }
}

static void relate_one(const search *s, uint32_t place) {
    dk_candidate_word *w = &s->c->items[place];
    dk_str text = dk_intern_text(&s->c->corpus->words, w->word);
    const dk_morph *morph = dk_engine_morph(s->c->engine, (dk_language)w->language);
    if (morph == NULL || text.len > DK_MORPH_WORD_MAX) return;
    dk_lemma lemmas[DK_MORPH_LEMMAS_MAX];
    size_t n = dk_morph_lemmas(morph, text, 0, lemmas, DK_MORPH_LEMMAS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!lemmas[i].plausible) continue;
        relate(s, w, find(s, (dk_str){lemmas[i].text, lemmas[i].len}, (dk_language)w->language, place), 1, 1,
               "inflection");
    }
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t np = dk_morph_split(morph, text, parts, DK_MORPH_PARTS_MAX);
    if (np > 1)
        relate(s, w,
               find(s, (dk_str){parts[np - 1].text, parts[np - 1].len}, (dk_language)w->language, place), 0.7,
               1, "compound");
    if (np > 1)
        relate(s, w, find(s, (dk_str){parts[0].text, parts[0].len}, (dk_language)w->language, place), 0.5, 1,
               "compound");
    relate_negation(s, w, text, place);
    relate_stems(s, w, text, place);
}

/* Two inflections of one lemma are variants of each other though neither is the lemma itself. */
typedef struct by_lemma {
    char lemma[DK_MORPH_WORD_MAX + 1];
    uint32_t place;
    uint8_t language;
} by_lemma;

static int lemma_order(const void *a, const void *b) {
    const by_lemma *x = a, *y = b;
    if (x->language != y->language) return x->language < y->language ? -1 : 1;
    int c = strcmp(x->lemma, y->lemma);
    return c != 0 ? c : (x->place > y->place) - (x->place < y->place);
}

static dk_status relate_lemmas(const search *s, dk_error *err) {
    dk_candidates *c = s->c;
    by_lemma *list = malloc((c->count + 1) * sizeof *list);
    if (list == NULL) return dk_fail_memory(err);
    size_t n = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        dk_str text = dk_intern_text(&c->corpus->words, c->items[i].word);
        const dk_morph *morph = dk_engine_morph(c->engine, (dk_language)c->items[i].language);
        dk_lemma lemma;
        if (morph == NULL || dk_morph_lemmas(morph, text, 0, &lemma, 1) == 0) continue;
        memcpy(list[n].lemma, lemma.text, lemma.len + 1u);
        list[n].place = i;
        list[n++].language = c->items[i].language;
    }
    qsort(list, n, sizeof *list, lemma_order);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && list[end].language == list[i].language &&
               strcmp(list[end].lemma, list[i].lemma) == 0)
            end++;
        for (size_t a = i; a < end; a++)
            for (size_t b = i; b < end; b++)
                if (a != b && c->items[list[b].place].known)
                    relate(s, &c->items[list[a].place], &c->items[list[b].place], 0.95, 1, "inflection");
        i = end;
    }
    free(list);
    return DK_OK;
}

/* A word that no dictionary knows, one typing error from a list word that is more frequent. */
static void relate_spelling(const search *s, uint32_t place) {
    dk_candidate_word *w = &s->c->items[place];
    dk_str text = dk_intern_text(&s->c->corpus->words, w->word);
    const dk_morph *morph = dk_engine_morph(s->c->engine, (dk_language)w->language);
    if (w->known || morph == NULL || text.len < SPELL_LEAST || text.len > 60 || dk_morph_known(morph, text))
        return;
    for (size_t i = 0; i < s->nknown; i++) {
        const dk_candidate_word *other = &s->c->items[s->known[i].place];
        dk_str o = s->known[i].text;
        if (other->language != w->language || other->support < w->support || o.len + 2 < text.len ||
            text.len + 2 < o.len)
            continue;
        if (dk_edits(text, o) == 1) relate(s, w, other, 0.9, 1, "misspelling");
    }
}

dk_status dk_suggest_variants(dk_candidates *c, const dk_watch *watch, dk_error *err) {
    search s = {.c = c, .known = malloc((c->count + 1) * sizeof *s.known)};
    if (s.known == NULL) return dk_fail_memory(err);
    for (uint32_t i = 0; i < c->count; i++)
        if (c->items[i].known)
            s.known[s.nknown++] = (sorted){dk_intern_text(&c->corpus->words, c->items[i].word), i};
    qsort(s.known, s.nknown, sizeof *s.known, by_text);
    dk_status status = DK_OK;
    for (uint32_t i = 0; status == DK_OK && i < c->count; i++) {
        relate_one(&s, i);
        if (i % 1024 == 0) status = dk_watch_tell(watch, 0.5 * i / (double)c->count, err);
    }
    if (status == DK_OK) status = relate_lemmas(&s, err);
    for (uint32_t i = 0; status == DK_OK && i < c->count; i++) {
        relate_spelling(&s, i);
        if (i % 1024 == 0) status = dk_watch_tell(watch, 0.5 + 0.5 * i / (double)c->count, err);
    }
    free(s.known);
    return status;
}
