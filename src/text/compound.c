#include "text/compound.h"

#include <stdlib.h>

#include "text/morph_rank.h"

enum { LETTERS_MIN = 4, LEFT_LETTERS_MIN = 2, UNKNOWN_LETTERS_MIN = 3, HEAD_LETTERS_MIN = 2 };

const char *morph_split_feature_name(unsigned feature) {
    static const char *const names[] = {
        "simple",     "simple:entry", "simple:form",  "simple:mass", "simple:letters", "simple:unseen",
        "word",       "sanctioned",   "joint:s",      "joint:e",     "joint:n",        "joint:other",
        "hyphen",     "vowel",        "triple",       "unknown",     "begin",          "end",
        "head:entry", "head:learned", "left:family",  "head:family", "left:lonely",    "head:lonely",
        "left:mass",  "head:mass",    "left:2",       "left:3",      "left:4",         "head:2",
        "head:3",     "head:4",       "head:letters", "left:form",   "balance",        "left:whole"};
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

static part_info look_up(const dk_morph *m, const char *text, size_t len) {
    part_info info = {.word = false};
    size_t count;
    const morph_record *records = morph_lookup(m, MAP_FORMS, text, len, &count);
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

/* Adds the cut with base as the left word. */
static void add_cut(splitter *s, size_t left_end, size_t head_start, const part_info *head, int how,
                    const char *base, size_t base_len, bool begin, bool entry) {
    if (s->count == CUTS_MAX || base_len == 0 || base_len > DK_MORPH_WORD_MAX) return;
    const dk_morph *m = s->m;
    morph_cut *c = &s->cuts[s->count];
    const char *head_text = s->form + head_start;
    size_t head_len = s->len - head_start;
    c->lemma_len = (uint8_t)morph_apply(m, &m->scripts[head->script], head_text, head_len, c->head);
    if (c->lemma_len == 0) return;
    s->count++;
    c->left_end = (uint8_t)left_end;
    c->head_start = (uint8_t)head_start;
    c->left_known = how != SPLIT_UNKNOWN;
    memcpy(c->base, base, base_len);
    c->base[base_len] = '\0';
    c->base_len = (uint8_t)base_len;
    memset(c->values, 0, sizeof c->values);
    int16_t *v = c->values;
    v[how] = 1;
    v[SPLIT_BEGIN] = begin;
    v[SPLIT_END] = head->end;
    v[SPLIT_HEAD_ENTRY] = head->entry;
    v[SPLIT_HEAD_LEARNED] = !head->word;
    c->head_is_lemma = (head->entry && !head->irregular_noun) || !head->word;
    v[SPLIT_LEFT_NOT_ENTRY] = how == SPLIT_WORD && !entry;
    c->left_hash = morph_part_hash('l', base, base_len);
    c->head_hash = morph_part_hash('h', c->head, c->lemma_len);
    int left_family = log2_floor(value_or_0(m, MAP_FAMILIES, c->left_hash));
    int head_family = log2_floor(value_or_0(m, MAP_FAMILIES, c->head_hash));
    uint32_t left_mass = value_or_0(m, MAP_MASS, morph_hash(base, base_len));
    uint32_t head_mass = value_or_0(m, MAP_MASS, morph_hash(c->head, c->lemma_len));
    v[SPLIT_LEFT_FAMILY] = at_most(left_family, 12);
    v[SPLIT_HEAD_FAMILY] = at_most(head_family, 12);
    v[SPLIT_LEFT_LONELY] = left_family == 0;
    v[SPLIT_HEAD_LONELY] = head_family == 0;
    v[SPLIT_LEFT_MASS] = at_most(log2_floor(left_mass), 24);
    v[SPLIT_HEAD_MASS] = at_most(log2_floor(head_mass), 24);
    int left_letters = letters(s->form, left_end), head_letters = letters(head_text, head_len);
    if (left_letters <= 4)
        v[left_letters <= 2 ? SPLIT_LEFT_2 : left_letters == 3 ? SPLIT_LEFT_3 : SPLIT_LEFT_4] = 1;
    if (head_letters <= 4)
        v[head_letters <= 2 ? SPLIT_HEAD_2 : head_letters == 3 ? SPLIT_HEAD_3 : SPLIT_HEAD_4] = 1;
    v[SPLIT_HEAD_LETTERS] = at_most(head_letters, 12);
    v[SPLIT_BALANCE] = at_most(left_letters < head_letters ? left_letters : head_letters, 8);
    int more = log2_floor(left_mass) - log2_floor(s->whole_mass);
    v[SPLIT_LEFT_WHOLE] = at_most(more > 0 ? more : 0, 16);
    uint32_t left_weight = morph_map_find(m, MAP_PARTS, c->left_hash);
    uint32_t head_weight = morph_map_find(m, MAP_PARTS, c->head_hash);
    c->lexical = (left_weight == UINT32_MAX ? 0 : (int32_t)left_weight - PART_WEIGHT_OFFSET) +
                 (head_weight == UINT32_MAX ? 0 : (int32_t)head_weight - PART_WEIGHT_OFFSET);
}

/* Tries base (left side and ending) as a word behind which the joint begins at left_end. */
static bool try_word(splitter *s, size_t left_end, size_t at, const part_info *head, int how,
                     const char *base, size_t base_len) {
    if (letters(base, base_len) < LEFT_LETTERS_MIN) return false;
    part_info left = look_up(s->m, base, base_len);
    if (!left.word || !left.entry) return false;
    add_cut(s, left_end, at, head, how, base, base_len, left.begin, left.entry);
    return true;
}

/* All ways to read the left side of a cut. */
static void cut_at(splitter *s, size_t at, const part_info *head) {
    const dk_morph *m = s->m;
    const char *form = s->form;
    char base[DK_MORPH_WORD_MAX + 2];
    bool any = false;
    if (form[at - 1] == '-') {
        if (at < 2) return;
        part_info left = look_up(m, form, at - 1);
        add_cut(s, at - 1, at, head, SPLIT_HYPHEN, form, at - 1, left.begin, left.entry);
        return;
    }
    part_info left = look_up(m, form, at);
    if (left.sanctioned) {
        size_t len = morph_apply(m, &m->scripts[left.sanctioned_script], form, at, base);
        if (len > 0) {
            size_t end = at; /* the joint is what the base does not have */
            size_t same = 0;
            while (same < len && same < at && base[same] == form[same]) same++;
            if (same == len) end = same;
            add_cut(s, end, at, head, SPLIT_SANCTIONED, base, len, true, true);
            any = true;
        }
    }
    if (left.word && left.entry) {
        add_cut(s, at, at, head, SPLIT_WORD, form, at, left.begin, true);
        any = true;
    }
    char last = form[at - 1];
    int joint = last == 's'                  ? SPLIT_JOINT_S
                : last == 'e'                ? SPLIT_JOINT_E
                : last == 'n'                ? SPLIT_JOINT_N
                : last == 'o' || last == 'u' ? SPLIT_JOINT_OTHER
                                             : -1;
    if (joint >= 0 && at > 1) any |= try_word(s, at - 1, at, head, joint, form, at - 1);
    memcpy(base, form, at);
    if (at < DK_MORPH_WORD_MAX) {
        /* skol+a, abborr+e; sago and gatu stand for saga and gata */
        bool replaces = last == 'o' || last == 'u';
        base[replaces ? at - 1 : at] = 'a';
        any |= try_word(s, at, at, head, SPLIT_VOWEL, base, replaces ? at : at + 1);
        if (!replaces) {
            base[at] = 'e';
            any |= try_word(s, at, at, head, SPLIT_VOWEL, base, at + 1);
            if (at > 1 && form[at] == last && form[at - 2] != last && strchr("bdfgklmnprstv", last) != NULL) {
                base[at] = last;
                any |= try_word(s, at, at, head, SPLIT_TRIPLE, base, at + 1);
            }
        }
    }
    if (!any && letters(form, at) >= UNKNOWN_LETTERS_MIN)
        add_cut(s, at, at, head, SPLIT_UNKNOWN, form, at, false, false);
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
        if (!is_start(form[at]) || letters(form + at, len - at) < HEAD_LETTERS_MIN) continue;
        part_info head = look_up(m, form + at, len - at);
        if (head.word ||
            morph_map_find(m, MAP_PARTS, morph_part_hash('h', form + at, len - at)) != UINT32_MAX)
            cut_at(&s, at, &head);
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
size_t dk_morph_split(const dk_morph *m, dk_str form, dk_part *out, size_t max) {
    if (form.len < LETTERS_MIN || form.len > DK_MORPH_WORD_MAX || max < 2 ||
        m->split_weights[SPLIT_SIMPLE] == 0)
        return 0;
    dk_lemma lemma, head;
    if (dk_morph_lemmas(m, form, 0, &lemma, 1) == 0 ||
        morph_map_find(m, MAP_PARTS, morph_part_hash('s', lemma.text, lemma.len)) != UINT32_MAX ||
        morph_map_find(m, MAP_PARTS, morph_part_hash('s', form.ptr, form.len)) != UINT32_MAX)
        return 0;
    size_t same = 0;
    while (same < form.len && same < lemma.len && form.ptr[same] == lemma.text[same]) same++;
    bool is_base = same == form.len && same == lemma.len;
    morph_cut cut, other;
    int32_t margin = 0, other_margin;
    bool found = best_cut(m, lemma.text, lemma.len, same, false, &cut, &margin);
    if (!is_base && !dk_morph_known(m, form) &&
        best_cut(m, form.ptr, form.len, form.len, true, &other, &other_margin) &&
        (!found || other_margin > margin)) {
        found = true;
        cut = other;
    }
    if (!found) return 0;
    const char *head_text = cut.head;
    size_t head_len = cut.lemma_len;
    if (!cut.head_is_lemma) {
        dk_str word = {form.ptr + cut.head_start, form.len - cut.head_start};
        if (dk_morph_lemmas(m, word, 0, &head, 1) == 0) return 0;
        head_text = head.text;
        head_len = head.len;
    }
    set_part(&out[0], cut.base, cut.base_len, 0, cut.left_end, cut.left_known);
    set_part(&out[1], head_text, head_len, cut.head_start, form.len, true);
    return 2;
}
