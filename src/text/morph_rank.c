#include "text/morph_rank.h"

#include <math.h>
#include <stdio.h>

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

typedef struct gather {
    const dk_morph *m;
    const morph_word *word; /* the form */
    uint64_t hash;
    size_t count;
    morph_candidate *list;
    uint32_t first_script, first_fixed; /* where the weights of these begin */
    bool known; /* the form stands in the dictionary: rules then add only lemmas that stand there too */
} gather;

/* Adds a feature that the candidate has not yet. */
static inline void add_new(const gather *g, morph_candidate *c, uint32_t feature) {
    if (c->nfeatures == CANDIDATE_FEATURES) return;
    c->features[c->nfeatures++] = feature;
    c->score += g->m->weights[feature];
}

static void add_class(const gather *g, morph_candidate *c, uint32_t feature) {
    for (unsigned i = 0; i < c->nfeatures; i++)
        if (c->features[i] == feature) return;
    add_new(g, c, feature);
}

static inline void add_fixed(const gather *g, morph_candidate *c, unsigned feature) {
    _Static_assert(FIX_COUNT <= 64, "a bit for each");
    if (c->fixed >> feature & 1) return;
    c->fixed |= UINT64_C(1) << feature;
    add_new(g, c, g->first_fixed + feature);
}

/* The hash of what a script that fits makes of the form. */
static uint64_t edited_hash(const gather *g, const morph_script *s) {
    return morph_mix(morph_sum_ended(g->word, g->word->len - s->strip, g->m->strings + s->add, s->add_len));
}

static morph_candidate *find(const gather *g, uint32_t script) {
    for (size_t i = 0; i < g->count; i++)
        if (g->list[i].script == script) return &g->list[i];
    return NULL;
}

/* Adds the candidate of a script that fits and is not there yet; NULL when there are too many. */
static morph_candidate *add(gather *g, uint32_t script, uint64_t hash, dk_lemma_source source) {
    if (g->count == CANDIDATES_MAX) return NULL;
    morph_candidate *c = &g->list[g->count++];
    const morph_script *s = &g->m->scripts[script];
    c->hash = hash;
    c->script = script;
    c->len = (uint8_t)(g->word->len - s->strip + s->add_len);
    c->source = (uint8_t)source;
    c->word_class = DK_WORD_UNKNOWN;
    c->learned = c->nfeatures = 0;
    c->score = 0;
    c->fixed = 0;
    add_new(g, c, g->first_script + script);
    return c;
}

/* The candidate of a script, added when it is new; NULL when it does not fit the form or there are too many. */
static morph_candidate *candidate(gather *g, uint32_t script, dk_lemma_source source) {
    morph_candidate *c = find(g, script);
    const morph_script *s = &g->m->scripts[script];
    if (c != NULL || !morph_fits(s, g->word->len)) return c;
    return add(g, script, edited_hash(g, s), source);
}

/* A candidate that a rule proposes. The dictionary does not link all that belongs together (psykologiska is a form of
   psykolog to it, stopped an entry): so rules speak of known forms too, but only towards known words. */
static morph_candidate *rule_candidate(gather *g, uint32_t script) {
    morph_candidate *c = find(g, script);
    const morph_script *s = &g->m->scripts[script];
    if ((c != NULL && !g->known) || !morph_fits(s, g->word->len)) return c;
    uint64_t hash = c != NULL ? c->hash : edited_hash(g, s);
    if (g->known && (morph_info_of(g->m, hash)->flags & INFO_WORD) == 0) return NULL;
    return c != NULL ? c : add(g, script, hash, DK_LEMMA_RULE);
}

/* Adds what the dictionary says of the form. */
static bool add_dictionary(gather *g, uint32_t set) {
    const dk_morph *m = g->m;
    size_t count = 0;
    const morph_record *records = set != UINT32_MAX ? morph_set(m, MAP_FORMS, set, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const morph_class *class = &m->classes[records[i].value];
        if (class->properties & CLASS_COMPOUND_ONLY) continue;
        morph_candidate *c = candidate(g, records[i].script, DK_LEMMA_DICTIONARY);
        if (c == NULL) continue;
        add_class(g, c, class->feature);
        if (class->properties & CLASS_NAME) add_fixed(g, c, FIX_NAME);
        if (c->word_class == DK_WORD_UNKNOWN) c->word_class = class->word_class;
    }
    return g->count > 0;
}

static size_t known_tail(const dk_morph *m, const morph_word *w) {
    size_t last = morph_last_letters(w, TAIL_LETTERS_MIN);
    for (size_t at = 1; at <= last; at++)
        if (is_start(w->text[at]) && (morph_info_of(m, morph_mix(w->behind[at]))->flags & INFO_WORD))
            return at;
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
    size_t count, at = known_tail(m, g->word);
    if (at == 0) return;
    unsigned bucket = (unsigned)(morph_letters_from(g->word, at) - TAIL_LETTERS_MIN);
    const morph_record *records = morph_form_hashed(m, morph_mix(g->word->behind[at]), &count);
    for (size_t i = 0; i < count; i++) {
        const morph_class *class = &m->classes[records[i].value];
        if (class->properties & (CLASS_COMPOUND_ONLY | CLASS_NAME)) continue;
        morph_candidate *c = rule_candidate(g, records[i].script);
        if (c == NULL || c->source == DK_LEMMA_DICTIONARY) continue;
        add_class(g, c, class->feature);
        add_fixed(g, c, FIX_TAIL);
        add_fixed(g, c, FIX_TAIL_LENGTH + (bucket < 8 ? bucket : 7));
        if (c->word_class == DK_WORD_UNKNOWN) c->word_class = class->word_class;
    }
}

/* The rules of the longest ending that has any. */
static void add_rules(gather *g) {
    const dk_morph *m = g->m;
    const morph_word *w = g->word;
    size_t at = morph_last_letters(w, RULE_LETTERS_MAX), count;
    for (at += at == 0; at < w->len; at++) {
        if (!is_start(w->text[at])) continue;
        uint32_t set = morph_map_find(m, MAP_SUFFIXES, morph_mix(w->behind[at]));
        if (set == UINT32_MAX) continue;
        const morph_record *records = morph_set(m, MAP_SUFFIXES, set, &count);
        for (size_t i = 0; i < count; i++) {
            morph_candidate *c = rule_candidate(g, records[i].script);
            unsigned bits = records[i].value / 1000;
            if (c != NULL) add_fixed(g, c, FIX_RULE + (bits < 8 ? bits : 7));
        }
        return;
    }
}

static uint32_t value_or_0(const dk_morph *m, int map, uint64_t hash) {
    uint32_t value = morph_map_find(m, map, hash);
    return value == UINT32_MAX ? 0 : value;
}

/* log2 of how often something occurs against its rival, 20 times more each, in steps of one and a half, -6..6. */
static int mass_step(uint32_t mass, uint32_t rival) {
    /* 2^(3/4), times 2^(3/2) each: no two whole numbers have these ratios */
    static const double bounds[] = {1.681792830507429, 4.756828460010884,  13.454342644059432,
                                    38.05462768008707, 107.63474115247546, 304.4370214406966};
    bool less = mass < rival;
    double more = (less ? rival : mass) + 20.0, other = (less ? mass : rival) + 20.0;
    int step = 0;
    while (step < 6 && more > bounds[step] * other) step++;
    return less ? -step : step;
}

/* How often each lemma occurs in other forms than this one, against the best of the others. */
static void add_mass(gather *g) {
    uint32_t mass[CANDIDATES_MAX], self = value_or_0(g->m, MAP_COUNTS, g->hash);
    for (size_t i = 0; i < g->count; i++) {
        mass[i] = value_or_0(g->m, MAP_MASS, g->list[i].hash);
        mass[i] = mass[i] > self ? mass[i] - self : 0;
    }
    for (size_t i = 0; i < g->count; i++) {
        morph_candidate *c = &g->list[i];
        uint32_t rival = 0;
        for (size_t k = 0; k < g->count; k++)
            if (k != i && mass[k] > rival) rival = mass[k];
        if (g->count > 1) add_fixed(g, c, FIX_MASS + 6 + (unsigned)mass_step(mass[i], rival));
        if (mass[i] == 0) add_fixed(g, c, FIX_NO_MASS);
    }
}

static void add_lemma_known(gather *g) {
    for (size_t i = 0; i < g->count; i++) {
        unsigned flags = morph_info_of(g->m, g->list[i].hash)->flags;
        add_fixed(g, &g->list[i],
                  flags & INFO_ANY_ENTRY ? FIX_LEMMA_KNOWN
                  : flags & INFO_KNOWN   ? FIX_LEMMA_FORM
                                         : FIX_LEMMA_UNKNOWN);
    }
}

/* set: of the form; UINT32_MAX for a form that the dictionary does not know, or is not to. */
static size_t gather_all(const dk_morph *m, const morph_word *word, uint64_t hash, uint32_t set,
                         bool all_features, morph_candidate *out) {
    gather g = {.m = m, .word = word, .hash = hash, .list = out};
    g.first_script = (uint32_t)m->image->nclasses;
    g.first_fixed = g.first_script + (uint32_t)m->image->nscripts;
    bool known = g.known = add_dictionary(&g, set);
    /* an entry without more (utgör) may still be inflected like the word at its end */
    if (!known || (g.count == 1 && out[0].script == 0)) add_tail(&g);
    add_rules(&g);
    size_t before = g.count;
    morph_candidate *same = candidate(&g, 0, DK_LEMMA_RULE); /* script 0 is ">": the form as it stands */
    if (same != NULL && (g.count > before || !known))
        add_fixed(&g, same, known ? FIX_IDENTITY_INFLECTED : FIX_IDENTITY_UNKNOWN);
    uint32_t irregular = morph_may_list(m, hash) ? morph_map_find(m, MAP_IRREGULARS, hash) : UINT32_MAX;
    size_t nlearned = 0;
    const morph_record *learned =
        irregular != UINT32_MAX ? morph_set(m, MAP_IRREGULARS, irregular, &nlearned) : NULL;
    for (size_t i = 0; i < nlearned; i++) {
        morph_candidate *c = candidate(&g, learned[i].script, DK_LEMMA_IRREGULAR);
        if (c == NULL) continue;
        c->learned = learned[i].value;
        c->source = DK_LEMMA_IRREGULAR;
    }
    if (g.count > 1 || all_features) {
        morph_map_prefetch(m, MAP_COUNTS, hash);
        for (size_t i = 0; i < g.count; i++) {
            morph_map_prefetch(m, MAP_MASS, out[i].hash);
            morph_map_prefetch(m, MAP_FORMS, out[i].hash);
        }
        add_mass(&g);
        add_lemma_known(&g);
    }
    return g.count;
}

size_t morph_candidates_of(const dk_morph_form *f, morph_candidate *out) {
    return gather_all(f->morph, &f->word, f->hash, f->set, false, out);
}

size_t morph_candidates(const dk_morph *m, const char *form, size_t len, bool as_unknown,
                        morph_candidate *out) {
    morph_word word;
    morph_word_init(&word, form, len);
    uint64_t hash = morph_mix(word.behind[0]);
    size_t n = gather_all(m, &word, hash, as_unknown ? UINT32_MAX : morph_form_set(m, hash), true, out);
    for (size_t i = 0; i < n; i++) morph_apply(m, &m->scripts[out[i].script], form, len, out[i].text);
    return n;
}

static bool comes_before(const morph_candidate *a, const morph_candidate *b) {
    if (a->probability != b->probability) return a->probability > b->probability;
    return a->script < b->script;
}

void morph_rank_places(morph_candidate *list, size_t count, bool use_learned, uint8_t order[CANDIDATES_MAX]) {
    int32_t best = INT32_MIN;
    double sum = 0, learned = 0, parts[CANDIDATES_MAX];
    for (size_t i = 0; i < count; i++) {
        if (list[i].score > best) best = list[i].score;
        if (use_learned && list[i].learned != 0) learned += list[i].learned / 1000.0;
    }
    for (size_t i = 0; i < count; i++)
        sum += parts[i] = list[i].score == best ? 1 : exp((list[i].score - best) / 1000.0);
    for (size_t i = 0; i < count; i++) {
        double p = (1 - learned) * parts[i] / sum;
        list[i].probability = (float)(use_learned && list[i].learned != 0 ? p + list[i].learned / 1000.0 : p);
        size_t at = i; /* few: by insertion */
        for (; at > 0 && comes_before(&list[i], &list[order[at - 1]]); at--) order[at] = order[at - 1];
        order[at] = (uint8_t)i;
    }
}

void morph_rank(morph_candidate *list, size_t count, bool use_learned) {
    uint8_t order[CANDIDATES_MAX];
    morph_rank_places(list, count, use_learned, order);
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
