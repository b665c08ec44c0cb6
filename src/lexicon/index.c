/* Building the index: atoms, keys and the trie. */
#include <stdlib.h>

#include "base/buffer.h"
#include "lexicon/index_build.h"

enum { PATHS_MAX = 4096 };

static bool add_link(key_table *t, dk_str key, uint32_t atom) {
    size_t before = t->keys.count;
    uint32_t id = dk_intern_add(&t->keys, key);
    if (id == DK_NO_ID) return false;
    if (id == before) {
        if (!dk_grow(&t->heads, &t->heads_cap, before + 1)) return false;
        t->heads[id] = 0;
    }
    for (uint32_t at = t->heads[id]; at != 0; at = t->links[at - 1].next)
        if (t->links[at - 1].atom == atom) return true;
    if (!dk_grow(&t->links, &t->links_cap, t->nlinks + 1)) return false;
    t->links[t->nlinks++] = (atom_list){atom, t->heads[id]};
    t->heads[id] = (uint32_t)t->nlinks;
    return true;
}

static void dispose_keys(key_table *t) {
    dk_intern_dispose(&t->keys);
    free(t->heads);
    free(t->links);
}

/* The base form of a word as a term writes it: itself when it may be one, else the most probable one. Found once a word, since
   phrases share theirs. NULL when memory ran out. */
static const word_base *base_form(index_builder *x, dk_str text) {
    size_t before = x->based.count;
    uint32_t id = dk_intern_add(&x->based, text);
    if (id == DK_NO_ID || !dk_grow(&x->bases, &x->bases_cap, (size_t)id + 1)) return NULL;
    word_base *base = &x->bases[id];
    if (id < before) return base;
    *base = (word_base){.text = text, .own = true}; /* as long-lived as the lexicon */
    dk_lemma lemmas[DK_MORPH_LEMMAS_MAX];
    size_t n = x->morph != NULL ? dk_morph_lemmas(x->morph, text, 0, lemmas, DK_MORPH_LEMMAS_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        if (lemmas[i].plausible && dk_str_eq(text, (dk_str){lemmas[i].text, lemmas[i].len})) return base;
    if (n == 0) return base;
    char *copy = dk_arena_strdup(&x->arena, lemmas[0].text, lemmas[0].len);
    if (copy == NULL) return NULL;
    *base = (word_base){{copy, lemmas[0].len}, dk_str_eq(text, (dk_str){copy, lemmas[0].len}), lemmas[0].word_class};
    return base;
}

/* A word is found by its form and by its base form. */
static bool add_word_keys(index_builder *x, key_table *table, dk_str text, uint32_t atom) {
    const word_base *base = base_form(x, text);
    return base != NULL && add_link(table, text, atom) && add_link(table, base->text, atom);
}

static bool add_target(index_builder *x, dk_str text) {
    if (text.len < 6) return true;
    if (!dk_grow(&x->targets, &x->targets_cap, x->ntargets + 1)) return false;
    char *copy = dk_arena_strdup(&x->arena, text.ptr, text.len);
    if (copy == NULL) return false;
    x->targets[x->ntargets++] = (dk_str){copy, text.len};
    return true;
}

typedef struct inflecting {
    index_builder *x;
    bool failed;
} inflecting;

/* Forms that running text does not have would only make slips ambiguous. */
static void add_inflection(void *context, dk_str form) {
    inflecting *w = context;
    enum { PER_MILLION = 1 };
    if (dk_morph_frequency(w->x->morph, form) < PER_MILLION) return;
    w->failed = w->failed || !add_target(w->x, form);
}

/* A word that may be mistyped, with its inflections. */
static bool add_targets(index_builder *x, dk_str text) {
    inflecting w = {x, false};
    const word_base *base = base_form(x, text);
    if (base == NULL || !add_target(x, text)) return false;
    /* the forms of a word that is never seen are not seen either */
    if (x->morph != NULL && base->own && text.len >= 6 && dk_morph_frequency(x->morph, text) > 0) dk_morph_expand(x->morph, text, add_inflection, &w);
    return !w.failed;
}

static void set_length(uint64_t lengths[2], size_t len) { lengths[len >> 6 & 1] |= 1ull << (len & 63); }

/* The atom of a matcher, made when new. 0 when memory ran out or, with *err filled, the pattern is wrong. */
static uint32_t add_atom(index_builder *x, dk_matcher matcher, dk_str text, dk_error *err) {
    static const char letters[] = "ewpscr";
    dk_buf name;
    dk_buf_init(&name);
    dk_buf_putc(&name, letters[matcher]);
    dk_buf_put(&name, text.ptr, text.len);
    size_t before = x->atoms.count;
    uint32_t id = name.failed ? DK_NO_ID : dk_intern_add(&x->atoms, (dk_str){name.ptr, name.len});
    dk_buf_dispose(&name);
    if (id == DK_NO_ID) return 0;
    uint32_t atom = id + 1;
    if (id < before) return atom;
    bool ok = true;
    switch (matcher) {
    case DK_MATCH_EXACT: ok = add_link(&x->tables[KEY_EXACT], text, atom) && add_target(x, text); break;
    case DK_MATCH_WORD: ok = add_word_keys(x, &x->tables[KEY_WORD], text, atom) && add_targets(x, text); break;
    case DK_MATCH_PART:
        ok = add_word_keys(x, &x->tables[KEY_WORD], text, atom) && add_word_keys(x, &x->tables[KEY_PART], text, atom) && add_targets(x, text);
        break;
    case DK_MATCH_PREFIX:
        ok = text.len < 128 && add_link(&x->tables[KEY_PREFIX], text, atom);
        set_length(x->figures.prefix_lengths, text.len);
        break;
    case DK_MATCH_SUFFIX:
        ok = text.len < 128 && add_link(&x->tables[KEY_SUFFIX], text, atom);
        set_length(x->figures.suffix_lengths, text.len);
        break;
    case DK_MATCH_REGEX: {
        if (!dk_grow(&x->token_patterns, &x->token_patterns_cap, x->ntoken_patterns + 1)) return 0;
        dk_regex *compiled; /* to find mistakes: an index compiles its patterns when it needs them */
        if (dk_regex_new(&compiled, text, err) != DK_OK) return 0;
        dk_regex_free(compiled);
        x->token_patterns[x->ntoken_patterns] = (built_pattern){.text = text, .subject = atom};
        x->ntoken_patterns++;
        break;
    }
    }
    return ok ? atom : 0;
}

static uint32_t add_node(index_builder *x) {
    if (!dk_grow(&x->nodes, &x->nodes_cap, x->nnodes + 1)) return 0;
    x->nodes[x->nnodes] = (node){0};
    return (uint32_t)x->nnodes++;
}

static bool grow_edges(index_builder *x) {
    size_t size = x->edges_size == 0 ? 1024 : x->edges_size * 2;
    edge *edges = calloc(size, sizeof *edges);
    if (edges == NULL) return false;
    for (size_t i = 0; i < x->edges_size; i++) {
        if (x->edges[i].key == 0) continue;
        size_t at = dk_edge_hash(x->edges[i].key) & (size - 1);
        while (edges[at].key != 0) at = (at + 1) & (size - 1);
        edges[at] = x->edges[i];
    }
    free(x->edges);
    x->edges = edges;
    x->edges_size = size;
    return true;
}

/* The node that atom leads to, made when new; 0 when memory ran out. */
static uint32_t step_to(index_builder *x, uint32_t from, uint32_t atom) {
    if (x->nedges * 2 >= x->edges_size && !grow_edges(x)) return 0;
    uint64_t key = dk_edge_key(from, atom);
    size_t mask = x->edges_size - 1, place = dk_edge_hash(key) & mask;
    while (x->edges[place].key != 0 && x->edges[place].key != key) place = (place + 1) & mask;
    edge *e = &x->edges[place];
    if (e->to != 0) return e->to;
    uint32_t to = add_node(x);
    if (to == 0) return 0;
    x->nodes[from].bloom |= dk_atom_bloom(atom);
    x->nodes[from].pairs |= dk_atom_pair(atom);
    *e = (edge){.key = key, .to = to & 0x7FFFFFFF};
    x->nedges++;
    return to;
}

static bool add_output(index_builder *x, uint32_t at, uint32_t entry) {
    /* in file order, so that the first of equals is met first */
    uint32_t *link = &x->nodes[at].outputs;
    while (*link != 0) {
        if (x->outputs[*link - 1].entry == entry) return true;
        link = &x->outputs[*link - 1].next;
    }
    size_t place = link == &x->nodes[at].outputs ? SIZE_MAX : (size_t)((char *)link - (char *)x->outputs);
    if (!dk_grow(&x->outputs, &x->outputs_cap, x->noutputs + 1)) return false;
    x->outputs[x->noutputs++] = (output){entry, 0, x->lexicon->entries[entry].pack, dk_entry_role(&x->lexicon->entries[entry]), 0};
    if (place == SIZE_MAX) x->nodes[at].outputs = (uint32_t)x->noutputs;
    else *(uint32_t *)((char *)x->outputs + place) = (uint32_t)x->noutputs;
    return true;
}

/* Within a phrase an inflected word stands for all its forms (svarar aldrig: svarade aldrig), but not a pronoun or the like (nära
   mig is not när jag); alone a word is meant as it is written, or the courier "ups" would match every "up". */
static bool find_matcher(index_builder *x, const dk_term *term, const dk_alternative *a, size_t t, dk_matcher *matcher) {
    *matcher = a->matcher;
    if (a->matcher != DK_MATCH_WORD) return true;
    const word_base *base = base_form(x, a->texts[t]);
    if (base == NULL) return false;
    bool alone = term->nsteps == 1 && a->ntexts == 1;
    if (!base->own && (alone || base->word_class == DK_WORD_OTHER)) *matcher = DK_MATCH_EXACT;
    return true;
}

/* Follows all alternatives of the steps from `step` on and ends each path in the entry. */
static dk_status add_paths(index_builder *x, uint32_t entry, size_t step, uint32_t at, unsigned *paths, dk_error *err) {
    const dk_term *term = &x->lexicon->sources[entry].term;
    if (step == term->nsteps) {
        if (++*paths > PATHS_MAX)
            return dk_fail(err, DK_EDATA, "more than %d ways to match; write fewer alternatives", PATHS_MAX);
        return add_output(x, at, entry) ? DK_OK : dk_fail_memory(err);
    }
    const dk_step *s = &term->steps[step];
    if (s->gap) {
        if (x->nodes[at].gap == 0) {
            uint32_t behind = add_node(x);
            if (behind == 0) return dk_fail_memory(err);
            x->nodes[at].gap = behind;
        }
        at = x->nodes[at].gap;
    }
    for (size_t i = 0; i < s->nalternatives; i++) {
        uint32_t to = at;
        for (size_t t = 0; t < s->alternatives[i].ntexts; t++) {
            if (err != NULL) err->status = DK_OK;
            dk_matcher matcher;
            if (!find_matcher(x, term, &s->alternatives[i], t, &matcher)) return dk_fail_memory(err);
            uint32_t atom = add_atom(x, matcher, s->alternatives[i].texts[t], err);
            if (atom == 0) return err != NULL && err->status == DK_EDATA ? DK_EDATA : dk_fail_memory(err);
            to = step_to(x, to, atom);
            if (to == 0) return dk_fail_memory(err);
        }
        dk_status status = add_paths(x, entry, step + 1, to, paths, err);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

/* Hangs a comment-wide pattern on its literals. They must stand within one token, and the tokenizer cuts n't off a word: so a
   literal does without an n at its end. */
static bool add_literals(index_builder *x, dk_str pattern, uint16_t number) {
    dk_literals found;
    dk_regex_literals(pattern, &found);
    bool usable = found.count > 0;
    for (size_t i = 0; i < found.count; i++) {
        dk_literal *l = &found.items[i];
        if (l->text[l->len - 1] == 'n') l->len--;
        usable = usable && l->len >= DK_LITERAL_MIN;
    }
    x->comment_patterns[number].always = !usable;
    x->figures.nalways += !usable;
    if (!usable) return true;
    if (!dk_grow(&x->literals, &x->literals_cap, x->nliterals + found.count)) return false;
    for (size_t i = 0; i < found.count; i++) {
        uint32_t *bucket = &x->buckets[dk_literal_bucket(found.items[i].text)];
        pattern_literal *l = &x->literals[x->nliterals++];
        memset(l, 0, sizeof *l);
        memcpy(l->literal.text, found.items[i].text, found.items[i].len);
        l->literal.len = found.items[i].len;
        l->pattern = number;
        l->next = *bucket;
        *bucket = (uint32_t)x->nliterals;
    }
    return true;
}

static dk_status add_comment_pattern(index_builder *x, uint32_t entry, dk_error *err) {
    if (x->ncomment_patterns == PATTERNS_MAX) return dk_fail(err, DK_EDATA, "more than %d comment-wide patterns", PATTERNS_MAX);
    if (!dk_grow(&x->comment_patterns, &x->comment_patterns_cap, x->ncomment_patterns + 1)) return dk_fail_memory(err);
    dk_str pattern = x->lexicon->sources[entry].term.pattern;
    dk_regex *compiled; /* to find mistakes, as above */
    dk_status status = dk_regex_new(&compiled, pattern, err);
    if (status != DK_OK) return status;
    dk_regex_free(compiled);
    x->comment_patterns[x->ncomment_patterns] = (built_pattern){.text = pattern, .subject = entry};
    return add_literals(x, pattern, (uint16_t)x->ncomment_patterns++) ? DK_OK : dk_fail_memory(err);
}

/* Once the trie is whole: in its edges what they lead to. */
static void finish_edges(index_builder *x) {
    for (size_t i = 0; i < x->edges_size; i++) {
        edge *e = &x->edges[i];
        if (e->key == 0) continue;
        const node *n = &x->nodes[e->to];
        e->outputs = n->outputs;
        e->bloom = n->bloom;
        e->pairs = n->pairs;
        e->gap = n->gap != 0;
    }
}

static dk_status add_entry(index_builder *x, uint32_t entry, dk_error *err) {
    const dk_entry_source *e = &x->lexicon->sources[entry];
    unsigned paths = 0;
    dk_error local = {0};
    dk_status status = e->term.comment_regex ? add_comment_pattern(x, entry, &local)
                                             : add_paths(x, entry, 0, 1, &paths, &local);
    if (status == DK_OK) return DK_OK;
    if (status == DK_ENOMEM) return dk_fail_memory(err);
    dk_fail_at(err, status, x->lexicon->files[e->file], e->line, e->column, "%s", local.message);
    dk_error_excerpt(err, e->text.ptr, e->text.len);
    return status;
}

static dk_status build(index_builder *x, bool spelling, dk_error *err) {
    if (!grow_edges(x) || !dk_grow(&x->nodes, &x->nodes_cap, 2)) return dk_fail_memory(err);
    x->nnodes = 2;
    x->nodes[0] = x->nodes[1] = (node){0};
    x->figures.language = x->language;
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < x->lexicon->count; i++) {
        uint8_t language = x->lexicon->entries[i].language;
        if (language == x->language || language == DK_LANG_OTHER) status = add_entry(x, (uint32_t)i, err);
    }
    if (status != DK_OK) return status;
    finish_edges(x);
    return spelling ? dk_spelling_new(&x->spelling, x->targets, x->ntargets, 6, x->morph, err) : DK_OK;
}

static void dispose_builder(index_builder *x) {
    dk_intern_dispose(&x->atoms);
    for (int k = 0; k < KEY_KINDS; k++) dispose_keys(&x->tables[k]);
    free(x->token_patterns);
    free(x->comment_patterns);
    free(x->literals);
    free(x->nodes);
    free(x->outputs);
    free(x->edges);
    dk_intern_dispose(&x->based);
    free(x->bases);
    free(x->targets);
    dk_spelling_free(x->spelling);
    dk_arena_dispose(&x->arena);
    free(x);
}

dk_status dk_index_build(dk_buf *image, const dk_lexicon *lexicon, dk_language language, const dk_morph *morph,
                         bool spelling, dk_error *err) {
    index_builder *x = calloc(1, sizeof *x);
    if (x == NULL) return dk_fail_memory(err);
    x->lexicon = lexicon;
    x->language = language;
    x->morph = morph;
    dk_status status = build(x, spelling, err);
    if (status == DK_OK) status = index_builder_write(x, image, err);
    dispose_builder(x);
    return status;
}
