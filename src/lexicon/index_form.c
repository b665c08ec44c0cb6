/* What a form means: the atoms it satisfies, found once a distinct form. */
#include "base/buffer.h"
#include "base/hash.h"
#include "lexicon/index_private.h"
#include "text/morph_form.h"

enum { HOOKS_MAX = 512 };

typedef struct hooks {
    dk_hook items[HOOKS_MAX];
    size_t count;
} hooks;

static void add_hook(const dk_index *x, hooks *h, uint32_t atom, unsigned fit) {
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].atom == atom) {
            if (h->items[i].fit < fit) h->items[i].fit = (uint8_t)fit;
            return;
        }
    if (h->count == HOOKS_MAX) return;
    const edge *first = dk_edge_find(x, 1, atom);
    uint32_t to = first != NULL ? first->to : 0;
    const node *n = &x->nodes[to]; /* node 0 leads nowhere and ends nothing */
    h->items[h->count++] = (dk_hook){atom, to, n->bloom, n->pairs, n->outputs, n->gap != 0, (uint8_t)fit};
}

/* Adds what a text is a key of, as far as its kinds are wanted (bits). fits: how well each kind of key does. */
static void add_keys(const dk_index *x, hooks *h, dk_str text, unsigned kinds, const uint8_t fits[KEY_KINDS]) {
    uint64_t hash = dk_hash(text.ptr, text.len);
    if (!dk_bits_may_have(&x->key_bits, hash)) return;
    const key_slot *slot = &x->keys[hash & x->keys_mask];
    while (slot->count != 0 && slot->hash != hash) slot = slot == &x->keys[x->keys_mask] ? x->keys : slot + 1;
    for (uint32_t i = 0; i < slot->count; i++) {
        key_atom atom = x->key_atoms[slot->first + i];
        unsigned kind = atom & 7;
        if (kinds >> kind & 1) add_hook(x, h, atom >> 3, fits[kind]);
    }
}

static void add_key(const dk_index *x, hooks *h, unsigned kind, dk_str text, unsigned fit) {
    uint8_t fits[KEY_KINDS];
    memset(fits, (int)fit, sizeof fits);
    add_keys(x, h, text, 1u << kind, fits);
}

/* A form by itself. */
static void add_own_keys(const dk_index *x, hooks *h, dk_str form) {
    static const uint8_t fits[KEY_KINDS] = {[KEY_EXACT] = DK_FIT_EXACT, [KEY_WORD] = DK_FIT_FORM};
    add_keys(x, h, form, 1u << KEY_EXACT | 1u << KEY_WORD, fits);
}

/* The lengths up to that of the form which are among those given, as bits from `word` times 64 on. */
static uint64_t lengths_within(const uint64_t lengths[2], size_t word, size_t len) {
    size_t from = 64 * word;
    if (len < from) return 0;
    return len - from >= 63 ? lengths[word] : lengths[word] & ((UINT64_C(2) << (len - from)) - 1);
}

static void add_affixes(const dk_index *x, hooks *h, dk_str form) {
    for (size_t word = 0; word < 2; word++) {
        uint64_t prefixes = lengths_within(x->figures->prefix_lengths, word, form.len);
        for (; prefixes != 0; prefixes &= prefixes - 1)
            add_key(x, h, KEY_PREFIX, (dk_str){form.ptr, 64 * word + (size_t)__builtin_ctzll(prefixes)}, DK_FIT_PART);
        uint64_t suffixes = lengths_within(x->figures->suffix_lengths, word, form.len);
        for (; suffixes != 0; suffixes &= suffixes - 1) {
            size_t len = 64 * word + (size_t)__builtin_ctzll(suffixes);
            add_key(x, h, KEY_SUFFIX, (dk_str){form.ptr + form.len - len, len}, DK_FIT_PART);
        }
    }
}

static void add_patterns(const dk_index *x, dk_regex_scratch *scratch, hooks *h, dk_str form) {
    for (size_t i = 0; i < x->ntoken_patterns; i++) {
        const token_pattern *p = &x->token_patterns[i];
        size_t start, end;
        bool limited;
        bool holds = p->nliterals == 0;
        for (size_t k = 0; k < p->nliterals && !holds; k++)
            holds = memmem(form.ptr, form.len, p->literals[k].text, p->literals[k].len) != NULL;
        if (!holds) continue;
        if (dk_regex_find(p->regex, scratch, form, 0, &start, &end, &limited))
            add_hook(x, h, p->atom, DK_FIT_PART);
    }
}

typedef struct lemmas {
    dk_lemma items[DK_MORPH_LEMMAS_MAX];
    size_t count;
} lemmas;

/* One of the lemmas of a form whose own keys are there. */
static void add_lemma(const dk_index *x, hooks *h, dk_str form, dk_str lemma) {
    if (!dk_str_eq(lemma, form)) add_key(x, h, KEY_WORD, lemma, DK_FIT_INFLECTED);
}

/* The form itself and its lemmas, which are left in l. */
static void add_form(const dk_index *x, hooks *h, const dk_morph_form *f, lemmas *l) {
    dk_str form = {f->word.text, f->word.len};
    add_own_keys(x, h, form);
    l->count = x->morph != NULL ? dk_morph_form_lemmas(f, DK_MORPH_PLAUSIBLE, l->items, DK_MORPH_LEMMAS_MAX) : 0;
    for (size_t i = 0; i < l->count; i++) add_lemma(x, h, form, (dk_str){l->items[i].text, l->items[i].len});
}

/* The same of another text of 1 to DK_MORPH_WORD_MAX bytes. */
static void add_text(const dk_index *x, hooks *h, dk_str text) {
    dk_morph_form f;
    lemmas l;
    if (dk_morph_form_init(&f, x->morph, text)) add_form(x, h, &f, &l);
}

/* True when some entry is this one word. */
static bool means_something(const hooks *h) {
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].outputs != 0) return true;
    return false;
}

static void add_compound(const dk_index *x, hooks *h, const dk_part *parts, size_t n, uint8_t *notes) {
    for (size_t i = 0; i < n; i++) add_key(x, h, KEY_PART, (dk_str){parts[i].text, parts[i].len}, DK_FIT_PART);
    if (n > 1 && parts[0].known && !means_something(h)) {
        size_t before = h->count;
        add_key(x, h, KEY_WORD, (dk_str){parts[n - 1].text, parts[n - 1].len}, DK_FIT_PART);
        if (h->count > before) *notes |= DK_WORD_COMPOUND;
    }
}

/* Writes form with every run of three or more equal letters cut to `keep`. */
static void shorten(dk_str form, size_t keep, char *out, size_t *len) {
    *len = 0;
    for (size_t i = 0; i < form.len;) {
        size_t run = 1;
        while (i + run < form.len && form.ptr[i + run] == form.ptr[i]) run++;
        size_t n = run >= 3 ? keep : run;
        memset(out + *len, form.ptr[i], n);
        *len += n;
        i += run;
    }
}

/* Whether a letter stands three times in a row. */
static bool is_drawn_out(dk_str form) {
    for (size_t i = 2; i < form.len; i++)
        if (form.ptr[i] == form.ptr[i - 1] && form.ptr[i] == form.ptr[i - 2]) return true;
    return false;
}

static void add_elongated(const dk_index *x, hooks *h, dk_str form, uint8_t *notes) {
    char text[DK_MORPH_WORD_MAX + 1];
    size_t len;
    if (!is_drawn_out(form)) return;
    for (size_t keep = 1; keep <= 2; keep++) {
        shorten(form, keep, text, &len);
        add_text(x, h, (dk_str){text, len});
        if (means_something(h)) {
            *notes |= DK_WORD_ELONGATED;
            return;
        }
    }
}

/* Occurrences in a million from which on a word is in use, whatever the dictionary says, or is likelier meant than a rarer one. */
#define IN_USE 2.0

/* The first base form of a word. */
static dk_str base_of(const dk_index *x, dk_str word, dk_lemma *lemma) {
    bool any = x->morph != NULL && dk_morph_lemmas(x->morph, word, 0, lemma, 1) > 0;
    return any ? (dk_str){lemma->text, lemma->len} : word;
}

static dk_str base_of_target(const dk_index *x, const dk_spelling_word *word) {
    return word->nlemmas > 0 ? dk_spelling_lemma(x->spelling, word, 0) : word->text;
}

/* The word among those one error away that is meant: the most frequent, if all are forms of one word; NULL otherwise. */
static const dk_spelling_word *choose_word(const dk_index *x, const dk_spelling_word *near, size_t n) {
    const dk_spelling_word *chosen = n > 0 ? near : NULL;
    for (size_t i = 1; i < n; i++) {
        if (!dk_str_eq(base_of_target(x, &near[i]), base_of_target(x, &near[0]))) return NULL;
        dk_str a = near[i].text, b = chosen->text;
        double more = x->morph != NULL ? dk_morph_frequency(x->morph, a) - dk_morph_frequency(x->morph, b) : 0;
        bool before = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len) < 0;
        if (more > 0 || (more == 0 && before)) chosen = &near[i];
    }
    return chosen;
}

static bool same_letter(const char *a, const char *b) {
    return a[0] == b[0] && ((unsigned char)a[0] < 0x80 || a[1] == b[1]);
}

/* Whether a word in use other than the one chosen, and of another base, comes of the form by leaving out a letter or swapping two:
   "bedömma" is bedöma rather than berömma. */
static bool means_another(const dk_index *x, const dk_morph_form *f, const dk_spelling_word *chosen) {
    dk_lemma other;
    dk_slip slip;
    slip.begun = false;
    while (dk_morph_form_next_slip(f, IN_USE, &slip)) {
        dk_str word = {slip.text, slip.len};
        if (!dk_str_eq(word, chosen->text) && !dk_str_eq(base_of(x, word, &other), base_of_target(x, chosen))) return true;
    }
    return false;
}

/* Whether two words begin alike, but for two letters that changed places or a digit in front. Slips at the beginning are rare, and
   words that differ there are mostly others, or the contrary: "ukompetent". */
static bool begins_alike(dk_str form, dk_str word) {
    if (same_letter(form.ptr, word.ptr) || (form.ptr[0] >= '0' && form.ptr[0] <= '9')) return true;
    return form.len == word.len && form.ptr[0] == word.ptr[1] && form.ptr[1] == word.ptr[0];
}

/* A form that no dictionary knows and nobody uses is taken for the one word of the lexicon that it is a slip away from. */
static void add_misspelt(const dk_index *x, hooks *h, const dk_morph_form *f, uint8_t *notes) {
    dk_spelling_word near[DK_SPELLING_NEAR];
    if (x->spelling == NULL || f->known || (x->morph != NULL && dk_morph_form_frequency(f) >= IN_USE)) return;
    const dk_spelling_word *word = choose_word(x, near, dk_spelling_near(x->spelling, &f->word, near));
    if (word == NULL || !begins_alike((dk_str){f->word.text, f->word.len}, word->text) || means_another(x, f, word)) return;
    add_own_keys(x, h, word->text);
    for (uint32_t i = 0; i < word->nlemmas; i++) add_lemma(x, h, word->text, dk_spelling_lemma(x->spelling, word, i));
    *notes |= DK_WORD_SPELLING;
}

/* Writes the numbers of the comment-wide patterns that a literal in the form calls for to out, unless that is NULL; returns how
   many. A pattern may come more than once. */
static size_t find_literals(const dk_index *x, dk_str form, uint16_t *out) {
    size_t n = 0;
    for (size_t at = 0; at + DK_LITERAL_MIN <= form.len; at++) {
        for (uint32_t next = x->buckets[dk_literal_bucket(form.ptr + at)]; next != 0;) {
            const pattern_literal *l = &x->literals[next - 1];
            next = l->next;
            if (l->literal.len > form.len - at || memcmp(l->literal.text, form.ptr + at, l->literal.len) != 0) continue;
            if (out != NULL) out[n] = l->pattern;
            n++;
        }
    }
    return n;
}

static dk_status add_literals(const dk_index *x, dk_str form, dk_arena *arena, dk_word *word, dk_error *err) {
    size_t n = x->nliterals > 0 ? find_literals(x, form, NULL) : 0;
    if (n == 0) return DK_OK;
    uint16_t *kept = dk_arena_alloc(arena, (n + 1) * sizeof *kept);
    if (kept == NULL) return dk_fail_memory(err);
    find_literals(x, form, kept);
    kept[n] = UINT16_MAX;
    word->patterns = kept;
    return DK_OK;
}

/* Lists what is the form alone; false when memory ran out. */
static bool list_alone(const dk_index *x, dk_arena *arena, dk_word *word) {
    unsigned n = 0;
    for (unsigned i = 0; i < word->nstarts; i++)
        for (uint32_t at = word->hooks[i].outputs; at != 0; at = x->outputs[at - 1].next) n++;
    if (n == 0) return true;
    dk_alone *alone = dk_arena_calloc(arena, n, sizeof *alone);
    if (alone == NULL) return false;
    word->alone = alone;
    for (unsigned i = 0; i < word->nstarts; i++)
        for (uint32_t at = word->hooks[i].outputs; at != 0 && word->nalone < UINT16_MAX; at = x->outputs[at - 1].next) {
            const output *o = &x->outputs[at - 1];
            alone[word->nalone++] = (dk_alone){o->entry, o->pack, word->hooks[i].fit, o->role};
        }
    return true;
}

static bool comes_before(const dk_hook *a, const dk_hook *b) {
    if ((a->node != 0) != (b->node != 0)) return a->node != 0;
    return a->atom < b->atom;
}

/* Those that begin an entry first, then by atom. They are few: by insertion. */
static void sort_hooks(hooks *h) {
    for (size_t i = 1; i < h->count; i++) {
        dk_hook hook = h->items[i];
        size_t at = i;
        for (; at > 0 && comes_before(&hook, &h->items[at - 1]); at--) h->items[at] = h->items[at - 1];
        h->items[at] = hook;
    }
}

dk_status dk_index_analyse(const dk_index *x, dk_regex_scratch *scratch, dk_str form, dk_token_kind kind,
                           dk_arena *arena, dk_word *word, dk_bases *bases, dk_error *err) {
    hooks h;
    h.count = 0;
    memset(word, 0, sizeof *word);
    if (bases != NULL) dk_bases_set(bases, NULL, 0, NULL, 0);
    dk_morph_form f;
    if (kind == DK_TOKEN_WORD && dk_morph_form_init(&f, x->morph, form)) {
        lemmas l;
        add_form(x, &h, &f, &l);
        add_affixes(x, &h, form);
        add_patterns(x, scratch, &h, form);
        dk_part parts[DK_MORPH_PARTS_MAX];
        size_t nparts = l.count > 0 ? dk_morph_form_split(&f, &l.items[0], parts, DK_MORPH_PARTS_MAX) : 0;
        if (bases != NULL) dk_bases_set(bases, l.items, l.count, parts, nparts);
        if (form.len >= 6) add_compound(x, &h, parts, nparts, &word->notes);
        if (!means_something(&h)) add_elongated(x, &h, form, &word->notes);
        if (!means_something(&h) && form.len >= 6) add_misspelt(x, &h, &f, &word->notes);
    } else {
        add_own_keys(x, &h, form);
        if (form.len <= DK_MORPH_WORD_MAX) add_patterns(x, scratch, &h, form);
    }
    dk_status status = add_literals(x, form, arena, word, err);
    if (status != DK_OK || h.count == 0) return status;
    sort_hooks(&h);
    dk_hook *kept = dk_arena_alloc(arena, h.count * sizeof *kept);
    if (kept == NULL) return dk_fail_memory(err);
    memcpy(kept, h.items, h.count * sizeof *kept);
    word->hooks = kept;
    word->nhooks = (uint16_t)h.count;
    for (size_t i = 0; i < h.count; i++) {
        word->nstarts = (uint16_t)(word->nstarts + (h.items[i].node != 0));
        word->bloom |= dk_atom_bloom(h.items[i].atom);
        word->gaps |= h.items[i].has_gap != 0;
    }
    return list_alone(x, arena, word) ? DK_OK : dk_fail_memory(err);
}

bool dk_index_touches(const dk_index *x, dk_str form, const dk_word *meaning) {
    return meaning->nhooks > 0 || meaning->patterns != NULL || (x->spelling != NULL && dk_spelling_reaches(x->spelling, form));
}
