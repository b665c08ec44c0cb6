/* An index as an image: written once built, taken from memory, and both at once. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/image.h"
#include "lexicon/index_build.h"

enum { IMAGE_KIND = 0x78646E69, IMAGE_VERSION = 2 }; /* "indx" */
enum {
    SECTION_FIGURES = 1,
    SECTION_KEYS,
    SECTION_KEY_ATOMS,
    SECTION_KEY_BITS,
    SECTION_NODES,
    SECTION_OUTPUTS,
    SECTION_EDGES,
    SECTION_EDGE_BITS,
    SECTION_TOKEN_PATTERNS,
    SECTION_COMMENT_PATTERNS,
    SECTION_PATTERN_TEXTS,
    SECTION_LITERALS,
    SECTION_BUCKETS,
    SECTION_SPELLING
};

/* A pattern in the image. */
typedef struct kept_pattern {
    uint32_t subject; /* the atom or the entry */
    uint32_t at, len; /* in the texts */
    uint32_t always;
} kept_pattern;

/* ---- Writing ----------------------------------------------------------------------------------------- */

static void put_bits(dk_buf *image, uint32_t section, const dk_bits *bits) {
    dk_image_put(image, section, bits->words, (bits->mask + 1) / 64, sizeof *bits->words);
}

/* The tables of keys as one: a text has one slot, and there the atoms of all kinds. */
static bool put_keys(dk_buf *image, const index_builder *x) {
    dk_intern texts;
    dk_intern_init(&texts);
    size_t nkeys = 0, natoms = 0, size = 64;
    for (int k = 0; k < KEY_KINDS; k++) nkeys += x->tables[k].keys.count, natoms += x->tables[k].nlinks;
    uint32_t *counts = calloc(nkeys + 1, sizeof *counts), *ids = malloc((nkeys + 1) * sizeof *ids);
    key_atom *atoms = malloc((natoms + 1) * sizeof *atoms);
    dk_bits bits = {0};
    bool ok = counts != NULL && ids != NULL && atoms != NULL;
    /* number the texts and count their atoms */
    size_t n = 0;
    for (int k = 0; k < KEY_KINDS; k++)
        for (size_t id = 0; ok && id < x->tables[k].keys.count; id++) {
            uint32_t text = dk_intern_add(&texts, dk_intern_text(&x->tables[k].keys, (uint32_t)id));
            ok = text != DK_NO_ID;
            ids[n++] = text;
            const key_table *t = &x->tables[k];
            for (uint32_t at = t->heads[id]; ok && at != 0; at = t->links[at - 1].next) counts[text]++;
        }
    while (size < 2 * texts.count) size *= 2;
    key_slot *slots = calloc(size, sizeof *slots);
    uint32_t *places = malloc((texts.count + 1) * sizeof *places);
    ok = ok && slots != NULL && places != NULL && dk_bits_init(&bits, texts.count);
    uint32_t first = 0;
    for (size_t text = 0; ok && text < texts.count; text++) {
        size_t at = texts.hashes[text] & (size - 1);
        while (slots[at].count != 0) at = (at + 1) & (size - 1);
        slots[at] = (key_slot){texts.hashes[text], first, counts[text]};
        dk_bits_add(&bits, texts.hashes[text]);
        places[text] = first;
        first += counts[text];
    }
    n = 0;
    for (int k = 0; k < KEY_KINDS; k++)
        for (size_t id = 0; ok && id < x->tables[k].keys.count; id++) {
            const key_table *t = &x->tables[k];
            uint32_t text = ids[n++];
            for (uint32_t at = t->heads[id]; at != 0; at = t->links[at - 1].next)
                atoms[places[text]++] = t->links[at - 1].atom << 3 | (uint32_t)k;
        }
    if (ok) {
        dk_image_put(image, SECTION_KEYS, slots, size, sizeof *slots);
        dk_image_put(image, SECTION_KEY_ATOMS, atoms, natoms, sizeof *atoms);
        put_bits(image, SECTION_KEY_BITS, &bits);
    }
    free(counts);
    free(ids);
    free(atoms);
    free(slots);
    free(places);
    dk_bits_dispose(&bits);
    dk_intern_dispose(&texts);
    return ok;
}

static bool put_patterns(dk_buf *image, uint32_t section, const built_pattern *patterns, size_t n, dk_buf *texts) {
    kept_pattern *kept = malloc((n + 1) * sizeof *kept);
    if (kept == NULL) return false;
    for (size_t i = 0; i < n; i++) {
        kept[i] = (kept_pattern){patterns[i].subject, (uint32_t)texts->len, (uint32_t)patterns[i].text.len, patterns[i].always};
        dk_buf_put(texts, patterns[i].text.ptr, patterns[i].text.len);
    }
    dk_image_put(image, section, kept, n, sizeof *kept);
    free(kept);
    return !texts->failed;
}

dk_status index_builder_write(index_builder *x, dk_buf *image, dk_error *err) {
    dk_buf texts, spelling;
    dk_bits edges = {0};
    dk_buf_init(&texts);
    dk_buf_init(&spelling);
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    dk_image_put(image, SECTION_FIGURES, &x->figures, 1, sizeof x->figures);
    bool ok = put_keys(image, x) && dk_bits_init(&edges, x->nedges);
    for (size_t i = 0; ok && i < x->edges_size; i++)
        if (x->edges[i].key != 0) dk_bits_add(&edges, dk_edge_hash(x->edges[i].key));
    dk_image_put(image, SECTION_NODES, x->nodes, x->nnodes, sizeof *x->nodes);
    dk_image_put(image, SECTION_OUTPUTS, x->outputs, x->noutputs, sizeof *x->outputs);
    dk_image_put(image, SECTION_EDGES, x->edges, x->edges_size, sizeof *x->edges);
    if (ok) put_bits(image, SECTION_EDGE_BITS, &edges);
    ok = ok && put_patterns(image, SECTION_TOKEN_PATTERNS, x->token_patterns, x->ntoken_patterns, &texts) &&
         put_patterns(image, SECTION_COMMENT_PATTERNS, x->comment_patterns, x->ncomment_patterns, &texts);
    dk_image_put(image, SECTION_PATTERN_TEXTS, texts.ptr, texts.len, 1);
    dk_image_put(image, SECTION_LITERALS, x->literals, x->nliterals, sizeof *x->literals);
    dk_image_put(image, SECTION_BUCKETS, x->buckets, LITERAL_BUCKETS, sizeof *x->buckets);
    dk_status status = ok ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK && x->spelling != NULL) {
        status = dk_spelling_write(x->spelling, &spelling, err);
        dk_image_put(image, SECTION_SPELLING, spelling.ptr, spelling.len, 1);
    }
    if (status == DK_OK) status = dk_image_end(image, err);
    dk_buf_dispose(&texts);
    dk_buf_dispose(&spelling);
    dk_bits_dispose(&edges);
    return status;
}

/* ---- Taking ------------------------------------------------------------------------------------------ */

static bool power_of_two(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

static void take_bits(dk_image_reader *r, uint32_t section, dk_bits *bits) {
    size_t n;
    bits->words = (uint64_t *)(uintptr_t)dk_image_take(r, section, sizeof *bits->words, &n); /* only read from here on */
    bits->mask = 64 * (uint64_t)n - 1;
    if (!power_of_two(n)) r->failed = true;
}

/* Finds the literals that one of must stand in a form for the pattern to match. */
static dk_status find_literals(token_pattern *p, dk_str pattern, dk_error *err) {
    dk_literals literals;
    dk_regex_literals(pattern, &literals);
    dk_literal *kept = calloc(literals.count + 1, sizeof *kept);
    if (kept == NULL) return dk_fail_memory(err);
    memcpy(kept, literals.items, literals.count * sizeof *kept);
    p->literals = kept;
    p->nliterals = literals.count;
    return DK_OK;
}

/* Prepares the quick look of a pattern: a match must pass its literals and what stands behind them, which can be tried where they stand
   for a fraction of what the whole costs. */
static dk_status find_tail(comment_pattern *p, dk_str pattern, dk_error *err) {
    dk_literals literals;
    dk_regex_literals(pattern, &literals);
    if (p->always || literals.count == 0 || literals.from == SIZE_MAX || literals.from == 0 || !literals.leads) return DK_OK;
    for (size_t i = 0; i < 2 * literals.count; i++) {
        uint64_t *set = p->begins[i % 2];
        unsigned char c = (unsigned char)literals.items[i / 2].text[i % 2];
        set[c / 64] |= 1ull << (c % 64);
        if (c >= 'a' && c <= 'z') set[1] |= 1ull << (c - 32) % 64;
        set[2] = set[3] = UINT64_MAX; /* letters that are the same but for their case may be written otherwise */
    }
    return dk_regex_new_anchored(&p->tail, (dk_str){pattern.ptr + literals.from, pattern.len - literals.from}, err);
}

static dk_status take_patterns(dk_index *x, dk_image_reader *r, dk_error *err) {
    size_t ntexts, ntoken, ncomment;
    const kept_pattern *token = dk_image_take(r, SECTION_TOKEN_PATTERNS, sizeof *token, &ntoken);
    const kept_pattern *comment = dk_image_take(r, SECTION_COMMENT_PATTERNS, sizeof *comment, &ncomment);
    const char *texts = dk_image_take(r, SECTION_PATTERN_TEXTS, 1, &ntexts);
    if (r->failed) return DK_OK;
    x->token_patterns = calloc(ntoken + 1, sizeof *x->token_patterns);
    x->comment_patterns = calloc(ncomment + 1, sizeof *x->comment_patterns);
    if (x->token_patterns == NULL || x->comment_patterns == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && !r->failed && i < ntoken + ncomment; i++) {
        const kept_pattern *k = i < ntoken ? &token[i] : &comment[i - ntoken];
        r->failed = k->at > ntexts || k->len > ntexts - k->at || (i >= ntoken && k->subject >= x->lexicon->count);
        if (r->failed) break;
        dk_regex *regex;
        dk_str text = {texts + k->at, k->len};
        status = dk_regex_new_later(&regex, text, err);
        if (status != DK_OK) break;
        if (i >= ntoken) {
            comment_pattern *p = &x->comment_patterns[x->ncomment_patterns++];
            *p = (comment_pattern){.regex = regex, .entry = k->subject, .always = k->always != 0,
                                   .most_words = dk_regex_most_words(text), .pack = x->lexicon->entries[k->subject].pack,
                                   .role = dk_entry_role(&x->lexicon->entries[k->subject])};
            status = find_tail(p, text, err);
        } else {
            token_pattern *p = &x->token_patterns[x->ntoken_patterns++];
            p->regex = regex;
            p->atom = k->subject;
            status = find_literals(p, text, err);
        }
    }
    return status;
}

dk_status dk_index_attach(dk_index **out, const void *image, size_t size, const dk_lexicon *lexicon, const dk_morph *morph,
                          dk_error *err) {
    dk_image_reader r = {.failed = false};
    dk_index *x = calloc(1, sizeof *x);
    if (x == NULL) return dk_fail_memory(err);
    x->lexicon = lexicon;
    x->morph = morph;
    dk_buf_init(&x->owned);
    r.failed = !dk_image_open(&r.image, image, size, IMAGE_KIND, IMAGE_VERSION, false);
    dk_status status = DK_OK;
    if (!r.failed) {
        size_t nkeys, natoms, nnodes, noutputs, nedges;
        x->figures = dk_image_take_exactly(&r, SECTION_FIGURES, sizeof *x->figures, 1);
        x->keys = dk_image_take(&r, SECTION_KEYS, sizeof *x->keys, &nkeys);
        x->key_atoms = dk_image_take(&r, SECTION_KEY_ATOMS, sizeof *x->key_atoms, &natoms);
        take_bits(&r, SECTION_KEY_BITS, &x->key_bits);
        x->nodes = dk_image_take(&r, SECTION_NODES, sizeof *x->nodes, &nnodes);
        x->outputs = dk_image_take(&r, SECTION_OUTPUTS, sizeof *x->outputs, &noutputs);
        x->edges = dk_image_take(&r, SECTION_EDGES, sizeof *x->edges, &nedges);
        take_bits(&r, SECTION_EDGE_BITS, &x->edge_bits);
        x->literals = dk_image_take(&r, SECTION_LITERALS, sizeof *x->literals, &x->nliterals);
        x->buckets = dk_image_take_exactly(&r, SECTION_BUCKETS, sizeof *x->buckets, LITERAL_BUCKETS);
        if (!power_of_two(nkeys) || !power_of_two(nedges)) r.failed = true;
        x->keys_mask = nkeys - 1;
        x->edges_mask = nedges - 1;
        status = take_patterns(x, &r, err);
    }
    size_t len = 0;
    const void *spelling = r.failed ? NULL : dk_image_get(&r.image, SECTION_SPELLING, 1, &len);
    if (spelling != NULL && !dk_spelling_attach(&x->spelling, spelling, len)) r.failed = true;
    if (status == DK_OK && r.failed) status = dk_fail(err, DK_EDATA, "the compiled index is damaged");
    if (status == DK_OK) x->language = (dk_language)x->figures->language;
    if (status != DK_OK) dk_index_free(x);
    else *out = x;
    return status;
}

dk_status dk_index_new(dk_index **out, const dk_lexicon *lexicon, dk_language language, const dk_morph *morph,
                       bool spelling, dk_error *err) {
    dk_buf image;
    dk_buf_init(&image);
    dk_status status = dk_index_build(&image, lexicon, language, morph, spelling, err);
    if (status == DK_OK) status = dk_index_attach(out, image.ptr, image.len, lexicon, morph, err);
    if (status == DK_OK) (*out)->owned = image;
    else dk_buf_dispose(&image);
    return status;
}

void dk_index_free(dk_index *x) {
    if (x == NULL) return;
    for (size_t i = 0; i < x->ntoken_patterns; i++) {
        dk_regex_free(x->token_patterns[i].regex);
        free((void *)(uintptr_t)x->token_patterns[i].literals);
    }
    for (size_t i = 0; i < x->ncomment_patterns; i++) {
        dk_regex_free(x->comment_patterns[i].regex);
        dk_regex_free(x->comment_patterns[i].tail);
    }
    free(x->token_patterns);
    free(x->comment_patterns);
    dk_spelling_free(x->spelling);
    dk_buf_dispose(&x->owned);
    free(x);
}
