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

/* How many binary digits a number has: log2 and one. */
static int log2_floor(uint32_t n) {
    return n == 0 ? 0 : 32 - __builtin_clz(n);
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
    int letters, family, mass; /* the last two as log2 */
    int32_t weight;
} head_info;

static part_info look_up(const dk_morph *m, uint64_t hash) {
    part_info info = {.word = false};
    size_t count;
    const morph_record *records = morph_form_hashed(m, hash, &count);
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
    size_t count;
    morph_cut *cuts;
    int whole_mass; /* log2 */
    morph_word word; /* the form */
} splitter;

static int32_t part_weight(const dk_morph *m, uint64_t hash) {
    uint32_t weight = morph_map_find(m, MAP_PARTS, hash);
    return weight == UINT32_MAX ? 0 : (int32_t)weight - PART_WEIGHT_OFFSET;
}

/* Sets a feature of a cut whose features are all zero, and counts it into its score. */
static inline void set_value(const dk_morph *m, morph_cut *c, int feature, int value) {
    c->values[feature] = (int16_t)value;
    c->score += value * m->split_weights[feature];
}

/* The left side of a cut, as a word: len bytes, known by their sum. */
typedef struct left_word {
    const char *text;
    size_t len;
    uint64_t sum;
    int letters;
} left_word;

/* Adds the cut with base as the left word; the joint lies from left_end to the head. */
static void add_cut(splitter *s, size_t left_end, const head_info *head, int how, const left_word *base, bool begin) {
    if (s->count == CUTS_MAX || base->len == 0 || base->len > DK_MORPH_WORD_MAX) return;
    const dk_morph *m = s->m;
    morph_cut *c = &s->cuts[s->count++];
    uint64_t hash = morph_mix(base->sum);
    c->left_hash = morph_part_of('l', hash);
    morph_map_prefetch(m, MAP_FAMILIES, c->left_hash);
    morph_map_prefetch(m, MAP_MASS, hash);
    c->left_end = (uint8_t)left_end;
    c->head_start = (uint8_t)head->at;
    c->left_known = how != SPLIT_UNKNOWN;
    c->head_is_lemma = (head->part.entry && !head->part.irregular_noun) || !head->part.word;
    memcpy(c->base, base->text, base->len);
    c->base[base->len] = '\0';
    c->base_len = (uint8_t)base->len;
    memcpy(c->head, head->base, head->base_len + 1);
    c->lemma_len = (uint8_t)head->base_len;
    c->head_hash = head->hash;
    c->score = c->lexical = part_weight(m, c->left_hash) + head->weight;
    memset(c->values, 0, sizeof c->values);
    int left_family = log2_floor(value_or_0(m, MAP_FAMILIES, c->left_hash));
    int left_mass = log2_floor(value_or_0(m, MAP_MASS, hash));
    int more = left_mass - s->whole_mass, left = s->word.letters[left_end];
    set_value(m, c, how, 1);
    set_value(m, c, SPLIT_BEGIN, begin);
    set_value(m, c, SPLIT_END, head->part.end);
    set_value(m, c, SPLIT_HEAD_ENTRY, head->part.entry);
    set_value(m, c, SPLIT_HEAD_LEARNED, !head->part.word);
    set_value(m, c, SPLIT_LEFT_FAMILY, at_most(left_family, 12));
    set_value(m, c, SPLIT_HEAD_FAMILY, at_most(head->family, 12));
    set_value(m, c, SPLIT_LEFT_LONELY, left_family == 0);
    set_value(m, c, SPLIT_HEAD_LONELY, head->family == 0);
    set_value(m, c, SPLIT_LEFT_MASS, at_most(left_mass, 24));
    set_value(m, c, SPLIT_HEAD_MASS, at_most(head->mass, 24));
    if (left <= 4) set_value(m, c, left <= 2 ? SPLIT_LEFT_2 : left == 3 ? SPLIT_LEFT_3 : SPLIT_LEFT_4, 1);
    if (head->letters <= 4)
        set_value(m, c, head->letters <= 2 ? SPLIT_HEAD_2 : head->letters == 3 ? SPLIT_HEAD_3 : SPLIT_HEAD_4, 1);
    set_value(m, c, SPLIT_HEAD_LETTERS, at_most(head->letters, 12));
    set_value(m, c, SPLIT_BALANCE, at_most(left < head->letters ? left : head->letters, 8));
    set_value(m, c, SPLIT_LEFT_WHOLE, at_most(more > 0 ? more : 0, 16));
}

/* The first len bytes of the form. */
static left_word beginning(const splitter *s, size_t len) {
    return (left_word){s->form, len, s->word.before[len], s->word.letters[len]};
}

/* Adds a cut if base (left side without its joint, or with what it lost) is an entry. */
static bool try_word(splitter *s, size_t left_end, const head_info *head, int how, const left_word *base) {
    if (base->letters < LEFT_LETTERS_MIN) return false;
    part_info left = look_up(s->m, morph_mix(base->sum));
    if (!left.word || !left.entry) return false;
    add_cut(s, left_end, head, how, base, left.begin);
    return true;
}

/* The left side as the dictionary itself makes it for compounds: flick of flicka. */
static bool try_sanctioned(splitter *s, const head_info *head, const part_info *left) {
    char base[DK_MORPH_WORD_MAX + 1];
    size_t len = morph_apply(s->m, &s->m->scripts[left->sanctioned_script], s->form, head->at, base);
    if (len == 0) return false;
    bool begins = len < head->at && memcmp(base, s->form, len) == 0; /* what follows is then the joint */
    left_word word = {base, len, morph_sum(base, len), letters(base, len)};
    add_cut(s, begins ? len : head->at, head, SPLIT_SANCTIONED, &word, true);
    return true;
}

/* skol+a, abborr+e; sago and gatu stand for saga and gata; top+politik shares the p of topp. */
static bool try_restored(splitter *s, const head_info *head) {
    char base[DK_MORPH_WORD_MAX + 2];
    size_t at = head->at;
    char last = s->form[at - 1];
    const uint64_t *power = s->word.power;
    memcpy(base, s->form, at);
    left_word word = {base, at, s->word.before[at], s->word.letters[at]};
    if (last == 'o' || last == 'u') {
        base[at - 1] = 'a';
        word.sum -= (uint64_t)(last - 'a') * power[at];
        return try_word(s, at, head, SPLIT_VOWEL, &word);
    }
    word.len = at + 1;
    word.letters++;
    base[at] = 'a';
    word.sum = s->word.before[at] + ('a' + 1) * power[at + 1];
    bool any = try_word(s, at, head, SPLIT_VOWEL, &word);
    base[at] = 'e';
    word.sum += ('e' - 'a') * power[at + 1];
    any |= try_word(s, at, head, SPLIT_VOWEL, &word);
    if (at > 1 && s->form[at] == last && s->form[at - 2] != last && strchr("bdfgklmnprstv", last) != NULL) {
        base[at] = last;
        word.sum = s->word.before[at] + ((unsigned char)last + 1) * power[at + 1];
        any |= try_word(s, at, head, SPLIT_TRIPLE, &word);
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
    size_t at = head->at;
    left_word whole = beginning(s, at), shorter = beginning(s, at - 1);
    if (s->form[at - 1] == '-') {
        part_info left = look_up(s->m, morph_mix(shorter.sum));
        add_cut(s, at - 1, head, SPLIT_HYPHEN, &shorter, left.begin);
        return;
    }
    part_info left = look_up(s->m, morph_mix(whole.sum));
    bool any = left.sanctioned && try_sanctioned(s, head, &left);
    if (left.word && left.entry) {
        add_cut(s, at, head, SPLIT_WORD, &whole, left.begin);
        any = true;
    }
    int joint = joint_of(s->form[at - 1]);
    if (joint >= 0) any |= try_word(s, at - 1, head, joint, &shorter);
    any |= try_restored(s, head);
    if (!any && whole.letters >= UNKNOWN_LETTERS_MIN) add_cut(s, at, head, SPLIT_UNKNOWN, &whole, false);
}

/* Whether a head begins at this byte; fills *head with what is known of it. */
static bool read_head(const splitter *s, size_t at, head_info *head) {
    const dk_morph *m = s->m;
    const morph_word *w = &s->word;
    uint64_t hash = morph_mix(w->behind[at]);
    head->part = look_up(m, hash);
    if (!head->part.word && morph_map_find(m, MAP_PARTS, morph_part_of('h', hash)) == UINT32_MAX) return false;
    const morph_script *script = &m->scripts[head->part.script];
    head->base_len = morph_apply(m, script, w->text + at, w->len - at, head->base);
    if (head->base_len == 0) return false;
    uint64_t base = morph_mix(morph_sum_edited(w, at, w->len - at - script->strip, m->strings + script->add, script->add_len));
    head->at = at;
    head->letters = morph_letters_from(w, at);
    head->hash = morph_part_of('h', base);
    head->family = log2_floor(value_or_0(m, MAP_FAMILIES, head->hash));
    head->mass = log2_floor(value_or_0(m, MAP_MASS, base));
    head->weight = part_weight(m, head->hash);
    return true;
}

size_t morph_cuts(const dk_morph *m, const char *form, size_t len, morph_cut *simple, morph_cut *out) {
    splitter s; /* the arrays of its word are filled as far as they are used */
    s.m = m;
    s.form = form;
    s.cuts = out;
    s.count = 0;
    morph_word_init(&s.word, form, len);
    uint64_t hash = morph_mix(s.word.behind[0]);
    part_info whole = look_up(m, hash);
    char base[DK_MORPH_WORD_MAX + 1];
    size_t base_len = whole.word ? morph_apply(m, &m->scripts[whole.script], form, len, base) : 0;
    uint32_t mass = base_len > 0 ? value_or_0(m, MAP_MASS, morph_hash(base, base_len)) : value_or_0(m, MAP_COUNTS, hash);
    s.whole_mass = log2_floor(mass);
    memset(simple, 0, sizeof *simple);
    set_value(m, simple, SPLIT_SIMPLE, 1);
    set_value(m, simple, SPLIT_SIMPLE_ENTRY, whole.entry);
    set_value(m, simple, SPLIT_SIMPLE_FORM, whole.word && !whole.entry);
    set_value(m, simple, SPLIT_SIMPLE_MASS, at_most(s.whole_mass, 24));
    set_value(m, simple, SPLIT_SIMPLE_LETTERS, at_most(s.word.letters[len], 20));
    set_value(m, simple, SPLIT_SIMPLE_UNSEEN, mass == 0);
    for (size_t at = 2; at < len && morph_letters_from(&s.word, at) >= HEAD_LETTERS_MIN; at++) {
        head_info head;
        if (is_start(form[at]) && read_head(&s, at, &head)) read_left(&s, &head);
    }
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
