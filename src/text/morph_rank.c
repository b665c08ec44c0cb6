#include "text/morph_rank.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAIL_LETTERS_MIN = 3, RULE_LETTERS_MAX = 6 };

const char *morph_feature_name(unsigned fixed, char out[24]) {
    static const struct {
        unsigned first, count;
        const char *name;
    } names[] = {{FIX_IDENTITY_UNKNOWN, 1, "identity:unknown"},
                 {FIX_IDENTITY_INFLECTED, 1, "identity:inflected"},
                 {FIX_TAIL, 1, "tail"},
                 {FIX_TAIL_LENGTH, 8, "tail:letters"},
                 {FIX_RULE, 8, "rule:bits"},
                 {FIX_MASS, 13, "mass:log2"},
                 {FIX_NO_MASS, 1, "mass:none"},
                 {FIX_LEMMA_KNOWN, 1, "lemma:known"},
                 {FIX_LEMMA_FORM, 1, "lemma:form"},
                 {FIX_LEMMA_UNKNOWN, 1, "lemma:unknown"},
                 {FIX_NAME, 1, "name"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (fixed >= names[i].first + names[i].count) continue;
        int number = (int)(fixed - names[i].first) +
                     (names[i].first == FIX_TAIL_LENGTH ? TAIL_LETTERS_MIN : 0) -
                     (names[i].first == FIX_MASS ? 6 : 0);
        if (names[i].count == 1)
            snprintf(out, 24, "%s", names[i].name);
        else
            snprintf(out, 24, "%s%d", names[i].name, number);
        return out;
    }
    return "";
}

static bool is_start(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

bool morph_set_is_word(const dk_morph *m, const morph_record *records, size_t count) {
    for (size_t i = 0; i < count; i++)
        if ((m->classes[records[i].value].properties & (CLASS_COMPOUND_ONLY | CLASS_NAME)) == 0) return true;
    return false;
}

static void add_feature(morph_candidate *c, uint32_t feature) {
    for (unsigned i = 0; i < c->nfeatures; i++)
        if (c->features[i] == feature) return;
    if (c->nfeatures < CANDIDATE_FEATURES) c->features[c->nfeatures++] = feature;
}

static uint32_t fixed(const dk_morph *m, unsigned feature) {
    return (uint32_t)(m->image->nclasses + m->image->nscripts) + feature;
}

typedef struct gather {
    const dk_morph *m;
    const char *form;
    size_t len, count;
    morph_word word; /* the form */
    uint64_t hash;
    uint64_t endings[RULE_LETTERS_MAX]; /* hashes of the last letter, the last two, ... */
    size_t nendings;
    morph_candidate *list;
    bool known; /* the form stands in the dictionary: rules then add only lemmas that stand there too */
} gather;

/* The hash of what a script that fits makes of the form. */
static uint64_t edited_hash(const gather *g, const morph_script *s) {
    return morph_mix(morph_sum_edited(&g->word, 0, g->len - s->strip, g->m->strings + s->add, s->add_len));
}

/* The candidate of a script, added when it is new; NULL when it does not fit the form or there are too many. */
static morph_candidate *candidate(gather *g, uint32_t script, dk_lemma_source source) {
    for (size_t i = 0; i < g->count; i++)
        if (g->list[i].script == script) return &g->list[i];
    if (g->count == CANDIDATES_MAX) return NULL;
    morph_candidate *c = &g->list[g->count];
    const morph_script *s = &g->m->scripts[script];
    size_t len = morph_apply(g->m, s, g->form, g->len, c->text);
    if (len == 0) return NULL;
    c->hash = edited_hash(g, s);
    morph_map_prefetch(g->m, MAP_MASS, c->hash);
    morph_map_prefetch(g->m, MAP_FORMS, c->hash);
    c->script = script;
    c->len = (uint8_t)len;
    c->source = (uint8_t)source;
    c->nfeatures = 0;
    c->word_class = DK_WORD_UNKNOWN;
    c->learned = 0;
    add_feature(c, (uint32_t)g->m->image->nclasses + script);
    g->count++;
    return c;
}

/* A candidate that a rule proposes. The dictionary does not link all that belongs together (psykologiska is a form of
   psykolog to it, stopped an entry): so rules speak of known forms too, but only towards known words. */
static morph_candidate *rule_candidate(gather *g, uint32_t script) {
    if (g->known) {
        size_t count;
        const morph_script *s = &g->m->scripts[script];
        if (s->strip > g->len || g->len - s->strip + s->add_len > DK_MORPH_WORD_MAX) return NULL;
        const morph_record *records = morph_form_hashed(g->m, edited_hash(g, s), &count);
        if (!morph_set_is_word(g->m, records, count)) return NULL;
    }
    return candidate(g, script, DK_LEMMA_RULE);
}

/* Adds what the dictionary says of the form. */
static bool add_dictionary(gather *g) {
    const dk_morph *m = g->m;
    size_t count;
    const morph_record *records = morph_form_hashed(m, g->hash, &count);
    for (size_t i = 0; i < count; i++) {
        const morph_class *class = &m->classes[records[i].value];
        if (class->properties & CLASS_COMPOUND_ONLY) continue;
        morph_candidate *c = candidate(g, records[i].script, DK_LEMMA_DICTIONARY);
        if (c == NULL) continue;
        add_feature(c, class->feature);
        if (class->properties & CLASS_NAME) add_feature(c, fixed(m, FIX_NAME));
        if (c->word_class == DK_WORD_UNKNOWN) c->word_class = class->word_class;
    }
    return g->count > 0;
}

static size_t known_tail(const dk_morph *m, const morph_word *w) {
    for (size_t at = 1; at < w->len && morph_letters_from(w, at) >= TAIL_LETTERS_MIN; at++) {
        if (!is_start(w->text[at])) continue;
        size_t count;
        const morph_record *records = morph_form_hashed(m, morph_mix(w->behind[at]), &count);
        if (morph_set_is_word(m, records, count)) return at;
    }
    return 0;
}

size_t morph_known_tail(const dk_morph *m, const char *form, size_t len) {
    morph_word w;
    if (len > DK_MORPH_WORD_MAX) return 0;
    morph_word_init(&w, form, len);
    return known_tail(m, &w);
}

/* Adds what it says of the known word at its end, as if that were inflected. */
static void add_tail(gather *g) {
    const dk_morph *m = g->m;
    size_t count, at = known_tail(m, &g->word);
    if (at == 0) return;
    unsigned bucket = (unsigned)(morph_letters_from(&g->word, at) - TAIL_LETTERS_MIN);
    const morph_record *records = morph_form_hashed(m, morph_mix(g->word.behind[at]), &count);
    for (size_t i = 0; i < count; i++) {
        const morph_class *class = &m->classes[records[i].value];
        if (class->properties & (CLASS_COMPOUND_ONLY | CLASS_NAME)) continue;
        morph_candidate *c = rule_candidate(g, records[i].script);
        if (c == NULL || c->source == DK_LEMMA_DICTIONARY) continue;
        add_feature(c, class->feature);
        add_feature(c, fixed(m, FIX_TAIL));
        add_feature(c, fixed(m, FIX_TAIL_LENGTH) + (bucket < 8 ? bucket : 7));
        if (c->word_class == DK_WORD_UNKNOWN) c->word_class = class->word_class;
    }
}

/* The rules of the longest ending that has any. */
static void add_rules(gather *g) {
    const dk_morph *m = g->m;
    for (size_t n = g->nendings; n-- > 0;) {
        uint32_t set = morph_map_find(m, MAP_SUFFIXES, g->endings[n]);
        if (set == UINT32_MAX) continue;
        size_t count;
        const morph_record *records = morph_set(m, MAP_SUFFIXES, set, &count);
        for (size_t i = 0; i < count; i++) {
            morph_candidate *c = rule_candidate(g, records[i].script);
            unsigned bits = records[i].value / 1000;
            if (c != NULL) add_feature(c, fixed(m, FIX_RULE) + (bits < 8 ? bits : 7));
        }
        return;
    }
}

/* Hashes everything that will be looked up, so that memory is under way while the first answers are read. */
static void prepare(gather *g) {
    morph_word_init(&g->word, g->form, g->len);
    g->hash = morph_mix(g->word.behind[0]);
    morph_map_prefetch(g->m, MAP_FORMS, g->hash);
    morph_map_prefetch(g->m, MAP_COUNTS, g->hash);
    morph_map_prefetch(g->m, MAP_IRREGULARS, g->hash);
    for (size_t at = g->len; at-- > 1 && g->nendings < RULE_LETTERS_MAX;) {
        if (!is_start(g->form[at])) continue;
        uint64_t hash = morph_mix(g->word.behind[at]);
        morph_map_prefetch(g->m, MAP_SUFFIXES, hash);
        g->endings[g->nendings++] = hash;
    }
}

static uint32_t value_or_0(const dk_morph *m, int map, uint64_t hash) {
    uint32_t value = morph_map_find(m, map, hash);
    return value == UINT32_MAX ? 0 : value;
}

/* How often each lemma occurs in other forms than this one, against the best of the others. */
static void add_mass(gather *g) {
    uint32_t mass[CANDIDATES_MAX], self = value_or_0(g->m, MAP_COUNTS, g->hash), zero = 0;
    const dk_morph *m = g->m;
    for (size_t i = 0; i < g->count; i++) {
        mass[i] = value_or_0(m, MAP_MASS, g->list[i].hash);
        mass[i] = mass[i] > self ? mass[i] - self : 0;
    }
    for (size_t i = 0; i < g->count; i++) {
        if (mass[i] == 0 && g->count == 1) add_feature(&g->list[i], fixed(m, FIX_NO_MASS));
        if (g->count == 1) return;
        const uint32_t *rival = &zero;
        for (size_t k = 0; k < g->count; k++)
            if (k != i && mass[k] > *rival) rival = &mass[k];
        int diff = (int)lround(log2((mass[i] + 20.0) / (*rival + 20.0)) / 1.5);
        add_feature(&g->list[i], fixed(m, FIX_MASS) + (uint32_t)(diff < -6 ? 0 : diff > 6 ? 12 : diff + 6));
        if (mass[i] == 0) add_feature(&g->list[i], fixed(m, FIX_NO_MASS));
    }
}

static void add_lemma_known(gather *g) {
    for (size_t i = 0; i < g->count; i++) {
        morph_candidate *c = &g->list[i];
        size_t count;
        bool entry = false, word = false;
        const morph_record *records = morph_form_hashed(g->m, c->hash, &count);
        for (size_t k = 0; k < count; k++) {
            unsigned properties = g->m->classes[records[k].value].properties;
            word |= (properties & CLASS_COMPOUND_ONLY) == 0;
            entry |= (properties & (CLASS_ENTRY | CLASS_COMPOUND_ONLY)) == CLASS_ENTRY;
        }
        add_feature(c, fixed(g->m, entry ? FIX_LEMMA_KNOWN : word ? FIX_LEMMA_FORM : FIX_LEMMA_UNKNOWN));
    }
}

size_t morph_candidates(const dk_morph *m, const char *form, size_t len, bool as_unknown,
                        morph_candidate *out) {
    gather g; /* the arrays of its word are filled as far as they are used */
    g.m = m;
    g.form = form;
    g.len = len;
    g.list = out;
    g.count = g.nendings = 0;
    g.known = false;
    prepare(&g);
    bool known = g.known = !as_unknown && add_dictionary(&g);
    /* an entry without more (utgör) may still be inflected like the word at its end */
    if (!known || (g.count == 1 && out[0].script == 0)) add_tail(&g);
    add_rules(&g);
    size_t before = g.count;
    morph_candidate *same = candidate(&g, 0, DK_LEMMA_RULE); /* script 0 is ">": the form as it stands */
    if (same != NULL && (g.count > before || !known))
        add_feature(same, fixed(m, known ? FIX_IDENTITY_INFLECTED : FIX_IDENTITY_UNKNOWN));
    uint32_t set = morph_map_find(m, MAP_IRREGULARS, g.hash);
    size_t nlearned = 0;
    const morph_record *learned = set != UINT32_MAX ? morph_set(m, MAP_IRREGULARS, set, &nlearned) : NULL;
    for (size_t i = 0; i < nlearned; i++) {
        morph_candidate *c = candidate(&g, learned[i].script, DK_LEMMA_IRREGULAR);
        if (c == NULL) continue;
        c->learned = learned[i].value;
        c->source = DK_LEMMA_IRREGULAR;
    }
    add_mass(&g);
    add_lemma_known(&g);
    return g.count;
}

static bool comes_before(const morph_candidate *a, const morph_candidate *b) {
    if (a->probability != b->probability) return a->probability > b->probability;
    return a->script < b->script;
}

void morph_rank(const dk_morph *m, morph_candidate *list, size_t count, bool use_learned) {
    int32_t best = INT32_MIN;
    double sum = 0, learned = 0;
    for (size_t i = 0; i < count; i++) {
        list[i].score = 0;
        for (unsigned f = 0; f < list[i].nfeatures; f++) list[i].score += m->weights[list[i].features[f]];
        if (list[i].score > best) best = list[i].score;
        if (use_learned) learned += list[i].learned / 1000.0;
    }
    double parts[CANDIDATES_MAX];
    for (size_t i = 0; i < count; i++) sum += parts[i] = list[i].score == best ? 1 : exp((list[i].score - best) / 1000.0);
    for (size_t i = 0; i < count; i++) {
        double p = (1 - learned) * parts[i] / sum;
        list[i].probability = (float)(p + (use_learned ? list[i].learned / 1000.0 : 0));
    }
    uint8_t order[CANDIDATES_MAX]; /* few: by insertion, and each is moved once */
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && comes_before(&list[i], &list[order[at - 1]]); at--) order[at] = order[at - 1];
        order[at] = (uint8_t)i;
    }
    for (size_t i = 0; i < count; i++) {
        size_t from = order[i];
        while (from < i) from = order[from]; /* it has been moved to where that one came from */
        if (from == i) continue;
        morph_candidate moved = list[i];
        list[i] = list[from];
        list[from] = moved;
        order[i] = (uint8_t)from;
    }
}
