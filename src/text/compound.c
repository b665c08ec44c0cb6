#include "text/compound.h"

#include <stdlib.h>

#include "text/morph_rank.h"

enum { LETTERS_MIN = 5, LEFT_LETTERS_MIN = 2, UNKNOWN_LETTERS_MIN = 3, HEAD_LETTERS_MIN = 2 };

const char *morph_split_feature_name(unsigned feature) {
    static const char *const names[] = {
        "simple",     "simple:entry", "simple:form",  "simple:mass", "simple:letters", "simple:unseen",
        "word",       "sanctioned",   "joint:s",      "joint:e",     "joint:n",        "joint:other",
        "hyphen",     "vowel",        "triple",       "unknown",     "begin",          "end",
        "head:entry", "head:learned", "left:family",  "head:family", "left:lonely",    "head:lonely",
        "left:mass",  "head:mass",    "left:2",       "left:3",      "left:4",         "head:2",
        "head:3",     "head:4",       "head:letters", "balance",     "left:whole"};
    _Static_assert(sizeof names / sizeof *names == SPLIT_USED, "a name for each feature");
    _Static_assert((int)SPLIT_USED <= (int)MORPH_SPLIT_FEATURES, "room in the image");
    return feature < SPLIT_USED ? names[feature] : "";
}

static bool is_start(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

static int letters(const char *text, size_t len) {
    int n = 0;
    for (size_t i = 0; i < len; i++) n += is_start(text[i]);
    return n;
}

static int log2_floor(uint32_t n) {
    int bits = 0;
    while (n > 0) bits++, n >>= 1;
    return bits;
}

static int16_t at_most(int value, int most) {
    return (int16_t)(value < most ? value : most);
}

static uint32_t value_or_0(const dk_morph *m, int map, uint64_t hash) {
    uint32_t value = morph_map_find(m, map, hash);
    return value == UINT32_MAX ? 0 : value;
}

/* What the dictionary says of a string as part of a compound. */
typedef struct part_info {
    bool word, entry, begin,
        end;             /* a word of its own (no name); itself an entry; may begin or end compounds */
    bool irregular_noun; /* a plural such as böcker, though the dictionary lists it as an entry */
    bool sanctioned;     /* a form for the inside of compounds */
    uint32_t script, sanctioned_script; /* to a base form */
} part_info;

/* The right side of a cut, looked up once for all its left sides. */
typedef struct head_info {
    part_info part;
    size_t at;
    char base[DK_MORPH_WORD_MAX + 1];
    size_t base_len;
    uint64_t hash;
    int letters, family;
    uint32_t mass;
    int32_t weight;
} head_info;

static part_info look_up(const dk_morph *m, const char *text, size_t len) {
    part_info info = {.word = false};
    size_t count;
    const morph_record *records = morph_form(m, text, len, &count);
    for (size_t i = 0; i < count; i++) {
        unsigned p = m->classes[records[i].value].properties;
        if (p & CLASS_NAME) continue;
        if (p & CLASS_COMPOUND_ONLY) {
            if ((p & CLASS_BEGIN) == 0) continue;
            if (!info.sanctioned || records[i].script != 0) info.sanctioned_script = records[i].script;
            info.sanctioned = true;
            continue;
        }
        info.irregular_noun |= records[i].script != 0 && (p & CLASS_HAND_NOUN) != 0;
        info.begin |= (p & CLASS_BEGIN) != 0;
        info.end |= (p & CLASS_END) != 0;
        if (!info.word || records[i].script == 0) info.script = records[i].script; /* itself before others */
        info.word = true;
        info.entry |= (p & CLASS_ENTRY) != 0;
    }
    return info;
}

typedef struct splitter {
    const dk_morph *m;
    const char *form;
    size_t len, count;
    morph_cut *cuts;
    uint32_t whole_mass;
} splitter;

static int32_t part_weight(const dk_morph *m, uint64_t hash) {
    uint32_t weight = morph_map_find(m, MAP_PARTS, hash);
    return weight == UINT32_MAX ? 0 : (int32_t)weight - PART_WEIGHT_OFFSET;
}

/* Adds the cut with base as the left word; the joint lies from left_end to the head. */
static void add_cut(splitter *s, size_t left_end, const head_info *head, int how, const char *base,
                    size_t base_len, bool begin) {
    if (s->count == CUTS_MAX || base_len == 0 || base_len > DK_MORPH_WORD_MAX) return;
    const dk_morph *m = s->m;
    morph_cut *c = &s->cuts[s->count++];
    c->left_end = (uint8_t)left_end;
    c->head_start = (uint8_t)head->at;
    c->left_known = how != SPLIT_UNKNOWN;
    c->head_is_lemma = (head->part.entry && !head->part.irregular_noun) || !head->part.word;
    memcpy(c->base, base, base_len);
    c->base[base_len] = '\0';
    c->base_len = (uint8_t)base_len;
    memcpy(c->head, head->base, head->base_len + 1);
    c->lemma_len = (uint8_t)head->base_len;
    c->head_hash = head->hash;
    c->left_hash = morph_part_hash('l', base, base_len);
    morph_map_prefetch(m, MAP_FAMILIES, c->left_hash);
    c->lexical = part_weight(m, c->left_hash) + head->weight;
    uint64_t mass_hash = morph_hash(base, base_len);
    morph_map_prefetch(m, MAP_MASS, mass_hash);
    memset(c->values, 0, sizeof c->values);
    int16_t *v = c->values;
    int left_family = log2_floor(value_or_0(m, MAP_FAMILIES, c->left_hash));
    uint32_t left_mass = value_or_0(m, MAP_MASS, mass_hash);
    int more = log2_floor(left_mass) - log2_floor(s->whole_mass), left = letters(s->form, left_end);
    v[how] = 1;
    v[SPLIT_BEGIN] = begin;
    v[SPLIT_END] = head->part.end;
    v[SPLIT_HEAD_ENTRY] = head->part.entry;
    v[SPLIT_HEAD_LEARNED] = !head->part.word;
    v[SPLIT_LEFT_FAMILY] = at_most(left_family, 12);
    v[SPLIT_HEAD_FAMILY] = at_most(head->family, 12);
    v[SPLIT_LEFT_LONELY] = left_family == 0;
    v[SPLIT_HEAD_LONELY] = head->family == 0;
    v[SPLIT_LEFT_MASS] = at_most(log2_floor(left_mass), 24);
    v[SPLIT_HEAD_MASS] = at_most(log2_floor(head->mass), 24);
    if (left <= 4) v[left <= 2 ? SPLIT_LEFT_2 : left == 3 ? SPLIT_LEFT_3 : SPLIT_LEFT_4] = 1;
    if (head->letters <= 4)
        v[head->letters <= 2 ? SPLIT_HEAD_2 : head->letters == 3 ? SPLIT_HEAD_3 : SPLIT_HEAD_4] = 1;
    v[SPLIT_HEAD_LETTERS] = at_most(head->letters, 12);
    v[SPLIT_BALANCE] = at_most(left < head->letters ? left : head->letters, 8);
    v[SPLIT_LEFT_WHOLE] = at_most(more > 0 ? more : 0, 16);
}

/* Adds a cut if base (left side without its joint, or with what it lost) is an entry. */
static bool try_word(splitter *s, size_t left_end, const head_info *head, int how, const char *base,
                     size_t base_len) {
    if (letters(base, base_len) < LEFT_LETTERS_MIN) return false;
    part_info left = look_up(s->m, base, base_len);
    if (!left.word || !left.entry) return false;
    add_cut(s, left_end, head, how, base, base_len, left.begin);
    return true;
}

/* The left side as the dictionary itself makes it for compounds: flick of flicka. */
static bool try_sanctioned(splitter *s, const head_info *head, const part_info *left) {
    char base[DK_MORPH_WORD_MAX + 1];
    size_t len = morph_apply(s->m, &s->m->scripts[left->sanctioned_script], s->form, head->at, base);
    if (len == 0) return false;
    bool begins = len < head->at && memcmp(base, s->form, len) == 0; /* what follows is then the joint */
    add_cut(s, begins ? len : head->at, head, SPLIT_SANCTIONED, base, len, true);
    return true;
}

/* skol+a, abborr+e; sago and gatu stand for saga and gata; top+politik shares the p of topp. */
static bool try_restored(splitter *s, const head_info *head) {
    char base[DK_MORPH_WORD_MAX + 2];
    size_t at = head->at;
    char last = s->form[at - 1];
    memcpy(base, s->form, at);
    if (last == 'o' || last == 'u') {
        base[at - 1] = 'a';
        return try_word(s, at, head, SPLIT_VOWEL, base, at);
    }
    base[at] = 'a';
    bool any = try_word(s, at, head, SPLIT_VOWEL, base, at + 1);
    base[at] = 'e';
    any |= try_word(s, at, head, SPLIT_VOWEL, base, at + 1);
    if (at > 1 && s->form[at] == last && s->form[at - 2] != last && strchr("bdfgklmnprstv", last) != NULL) {
        base[at] = last;
        any |= try_word(s, at, head, SPLIT_TRIPLE, base, at + 1);
    }
    return any;
}

static int joint_of(char last) {
    switch (last) {
    case 's': return SPLIT_JOINT_S;
    case 'e': return SPLIT_JOINT_E;
    case 'n': return SPLIT_JOINT_N;
    case 'o':
    case 'u': return SPLIT_JOINT_OTHER;
    default: return -1;
    }
}

/* All ways to read the left side of a cut. */
static void read_left(splitter *s, const head_info *head) {
    const char *form = s->form;
    size_t at = head->at;
    if (form[at - 1] == '-') {
        part_info left = look_up(s->m, form, at - 1);
        add_cut(s, at - 1, head, SPLIT_HYPHEN, form, at - 1, left.begin);
        return;
    }
    part_info left = look_up(s->m, form, at);
    bool any = left.sanctioned && try_sanctioned(s, head, &left);
    if (left.word && left.entry) {
        add_cut(s, at, head, SPLIT_WORD, form, at, left.begin);
        any = true;
    }
    int joint = joint_of(form[at - 1]);
    if (joint >= 0) any |= try_word(s, at - 1, head, joint, form, at - 1);
    any |= try_restored(s, head);
    if (!any && letters(form, at) >= UNKNOWN_LETTERS_MIN)
        add_cut(s, at, head, SPLIT_UNKNOWN, form, at, false);
}

/* Whether a head begins at this byte; fills *head with what is known of it. */
static bool read_head(const splitter *s, size_t at, head_info *head) {
    const dk_morph *m = s->m;
    const char *text = s->form + at;
    size_t len = s->len - at;
    head->part = look_up(m, text, len);
    if (!head->part.word && morph_map_find(m, MAP_PARTS, morph_part_hash('h', text, len)) == UINT32_MAX)
        return false;
    head->base_len = morph_apply(m, &m->scripts[head->part.script], text, len, head->base);
    if (head->base_len == 0) return false;
    head->at = at;
    head->letters = letters(text, len);
    head->hash = morph_part_hash('h', head->base, head->base_len);
    head->family = log2_floor(value_or_0(m, MAP_FAMILIES, head->hash));
    head->mass = value_or_0(m, MAP_MASS, morph_hash(head->base, head->base_len));
    head->weight = part_weight(m, head->hash);
    return true;
}

static void score(const dk_morph *m, morph_cut *c) {
    c->score = c->lexical;
    for (int i = 0; i < SPLIT_USED; i++) c->score += c->values[i] * m->split_weights[i];
}

size_t morph_cuts(const dk_morph *m, const char *form, size_t len, morph_cut *simple, morph_cut *out) {
    splitter s = {.m = m, .form = form, .len = len, .cuts = out};
    part_info whole = look_up(m, form, len);
    char base[DK_MORPH_WORD_MAX + 1];
    size_t base_len = whole.word ? morph_apply(m, &m->scripts[whole.script], form, len, base) : 0;
    s.whole_mass = base_len > 0 ? value_or_0(m, MAP_MASS, morph_hash(base, base_len))
                                : value_or_0(m, MAP_COUNTS, morph_hash(form, len));
    memset(simple, 0, sizeof *simple);
    simple->values[SPLIT_SIMPLE] = 1;
    simple->values[SPLIT_SIMPLE_ENTRY] = whole.entry;
    simple->values[SPLIT_SIMPLE_FORM] = whole.word && !whole.entry;
    simple->values[SPLIT_SIMPLE_MASS] = at_most(log2_floor(s.whole_mass), 24);
    simple->values[SPLIT_SIMPLE_LETTERS] = at_most(letters(form, len), 20);
    simple->values[SPLIT_SIMPLE_UNSEEN] = s.whole_mass == 0;
    score(m, simple);
    for (size_t at = 2; at < len; at++) {
        head_info head;
        if (is_start(form[at]) && letters(form + at, len - at) >= HEAD_LETTERS_MIN &&
            read_head(&s, at, &head))
            read_left(&s, &head);
    }
    for (size_t i = 0; i < s.count; i++) score(m, &out[i]);
    return s.count;
}

/* The best cut whose head begins within the first unchanged bytes; *margin is by how much it beats leaving the word whole. As
   it stands, a form is only cut into a known word and a head that is a base form. */
static bool best_cut(const dk_morph *m, const char *word, size_t len, size_t unchanged, bool as_it_stands,
                     morph_cut *best, int32_t *margin) {
    morph_cut cuts[CUTS_MAX], simple;
    size_t n = morph_cuts(m, word, len, &simple, cuts), top = CUTS_MAX;
    for (size_t i = 0; i < n; i++) {
        if (cuts[i].head_start > unchanged) continue;
        if (as_it_stands && !(cuts[i].head_is_lemma && cuts[i].left_known)) continue;
        if (top == CUTS_MAX || cuts[i].score > cuts[top].score) top = i;
    }
    if (top == CUTS_MAX || cuts[top].score <= simple.score) return false;
    *best = cuts[top];
    *margin = cuts[top].score - simple.score;
    return true;
}

static void set_part(dk_part *part, const char *text, size_t len, size_t start, size_t end, bool known) {
    memcpy(part->text, text, len);
    part->text[len] = '\0';
    part->len = (uint8_t)len;
    part->start = (uint8_t)start;
    part->end = (uint8_t)end;
    part->known = known;
}

/* What is split is the lemma, for endings look like heads (hed+der, pig+erne). A form that the dictionary does not know may
   also be split as it stands, where its head is a base form: its lemma is less sure than its head. */
size_t dk_morph_split_lemma(const dk_morph *m, dk_str form, const dk_lemma *lemma, dk_part *out, size_t max) {
    if (letters(form.ptr, form.len) < LETTERS_MIN || form.len > DK_MORPH_WORD_MAX || max < 2 ||
        m->split_weights[SPLIT_SIMPLE] == 0 ||
        morph_map_find(m, MAP_PARTS, morph_part_hash('s', lemma->text, lemma->len)) != UINT32_MAX ||
        morph_map_find(m, MAP_PARTS, morph_part_hash('s', form.ptr, form.len)) != UINT32_MAX)
        return 0;
    size_t same = 0;
    while (same < form.len && same < lemma->len && form.ptr[same] == lemma->text[same]) same++;
    bool is_base = same == form.len && same == lemma->len;
    morph_cut cut, other;
    int32_t margin = 0, other_margin;
    bool found = best_cut(m, lemma->text, lemma->len, same, false, &cut, &margin);
    if (!is_base && !dk_morph_known(m, form) &&
        best_cut(m, form.ptr, form.len, form.len, true, &other, &other_margin) &&
        (!found || other_margin > margin)) {
        found = true;
        cut = other;
    }
    if (!found) return 0;
    set_part(&out[0], cut.base, cut.base_len, 0, cut.left_end, cut.left_known);
    set_part(&out[1], cut.head, cut.lemma_len, cut.head_start, form.len, true);
    if (!cut.head_is_lemma) {
        dk_lemma head;
        dk_str word = {form.ptr + cut.head_start, form.len - cut.head_start};
        if (dk_morph_lemmas(m, word, 0, &head, 1) == 0) return 0;
        set_part(&out[1], head.text, head.len, cut.head_start, form.len, true);
    }
    return 2;
}

size_t dk_morph_split(const dk_morph *m, dk_str form, dk_part *out, size_t max) {
    dk_lemma lemma;
    if (dk_morph_lemmas(m, form, 0, &lemma, 1) == 0) return 0;
    return dk_morph_split_lemma(m, form, &lemma, out, max);
}

void dk_bases_set(dk_bases *b, const dk_lemma *lemmas, size_t nlemmas, const dk_part *parts, size_t nparts) {
    b->lemma_len = b->head_len = 0;
    if (nlemmas > 0) {
        memcpy(b->lemma, lemmas[0].text, lemmas[0].len + 1u);
        b->lemma_len = lemmas[0].len;
    }
    if (nparts > 1) {
        memcpy(b->head, parts[nparts - 1].text, parts[nparts - 1].len + 1u);
        b->head_len = parts[nparts - 1].len;
    }
}

void dk_morph_bases(const dk_morph *m, dk_str form, dk_bases *b) {
    dk_lemma lemma;
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t nlemmas = m != NULL ? dk_morph_lemmas(m, form, 0, &lemma, 1) : 0;
    size_t nparts = nlemmas > 0 ? dk_morph_split_lemma(m, form, &lemma, parts, DK_MORPH_PARTS_MAX) : 0;
    dk_bases_set(b, &lemma, nlemmas, parts, nparts);
}
