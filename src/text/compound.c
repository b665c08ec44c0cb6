#include "text/compound.h"

#include <stddef.h>

#include "text/morph_form.h"

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

/* How many binary digits a number has: log2 and one. */
static int log2_floor(uint32_t n) {
    return n == 0 ? 0 : 32 - __builtin_clz(n);
}

static int at_most(int value, int most) {
    return value < most ? value : most;
}

static uint32_t value_or_0(const dk_morph *m, int map, uint64_t hash) {
    uint32_t value = morph_map_find(m, map, hash);
    return value == UINT32_MAX ? 0 : value;
}

/* What the model keeps of a word in a role of compounds; UINT32_MAX for nothing. */
static uint32_t part_value(const dk_morph *m, char side, uint64_t word_hash) {
    return morph_may_list(m, word_hash) ? morph_map_find(m, MAP_PARTS, morph_part_of(side, word_hash))
                                        : UINT32_MAX;
}

static int32_t part_weight(const dk_morph *m, char side, uint64_t word_hash) {
    uint32_t weight = part_value(m, side, word_hash);
    return weight == UINT32_MAX ? 0 : (int32_t)weight - PART_WEIGHT_OFFSET;
}

/* The right side of a cut, looked up once for all its left sides. */
typedef struct head_info {
    const morph_info *part;
    size_t at;
    uint64_t hash;
    int letters, family, mass; /* the last two as log2 */
    int32_t weight;
} head_info;

typedef struct splitter {
    const dk_morph *m;
    const morph_word *word;
    size_t count;
    morph_cut *cuts;
    int whole_mass;    /* log2 */
    bool as_it_stands; /* only known words before heads that are base forms */
} splitter;

/* Sets a feature of a cut whose features are all zero, and counts it into its score. */
static inline void set_value(const dk_morph *m, morph_cut *c, int feature, int value) {
    c->values[feature] = (int16_t)value;
    c->score += value * m->split_weights[feature];
}

/* The left side of a cut, as a word. */
typedef struct left_word {
    morph_edit text;
    int letters;
    uint64_t sum;
} left_word;

/* Whether a head as it stands is its own base form. */
static bool is_lemma(unsigned head) {
    return (head & (INFO_ENTRY | INFO_IRREGULAR)) == INFO_ENTRY || !(head & INFO_WORD);
}

/* Adds the cut with base as the left word; the joint lies from left_end to the head. */
static void add_cut(splitter *s, size_t left_end, const head_info *head, int how, const left_word *base,
                    bool begin) {
    if (s->count == CUTS_MAX || base->text.keep + base->text.add_len == 0) return;
    const dk_morph *m = s->m;
    morph_cut *c = &s->cuts[s->count++];
    uint64_t hash = morph_mix(base->sum);
    c->left_hash = morph_part_of('l', hash);
    morph_map_prefetch(m, MAP_FAMILIES, c->left_hash);
    morph_map_prefetch(m, MAP_MASS, hash);
    unsigned part = head->part->flags;
    c->left_end = (uint8_t)left_end;
    c->head_start = (uint8_t)head->at;
    c->left_known = how != SPLIT_UNKNOWN;
    c->head_is_lemma = is_lemma(part);
    c->head_script = head->part->script;
    c->left = base->text;
    c->head_hash = head->hash;
    c->score = c->lexical = part_weight(m, 'l', hash) + head->weight;
    memset(c->values, 0, sizeof c->values);
    int left_family = log2_floor(value_or_0(m, MAP_FAMILIES, c->left_hash));
    int left_mass = log2_floor(value_or_0(m, MAP_MASS, hash));
    int more = left_mass - s->whole_mass, left = s->word->letters[left_end];
    set_value(m, c, how, 1);
    set_value(m, c, SPLIT_BEGIN, begin);
    set_value(m, c, SPLIT_END, (part & INFO_END) != 0);
    set_value(m, c, SPLIT_HEAD_ENTRY, (part & INFO_ENTRY) != 0);
    set_value(m, c, SPLIT_HEAD_LEARNED, !(part & INFO_WORD));
    set_value(m, c, SPLIT_LEFT_FAMILY, at_most(left_family, 12));
    set_value(m, c, SPLIT_HEAD_FAMILY, at_most(head->family, 12));
    set_value(m, c, SPLIT_LEFT_LONELY, left_family == 0);
    set_value(m, c, SPLIT_HEAD_LONELY, head->family == 0);
    set_value(m, c, SPLIT_LEFT_MASS, at_most(left_mass, 24));
    set_value(m, c, SPLIT_HEAD_MASS, at_most(head->mass, 24));
    if (left <= 4) set_value(m, c, left <= 2 ? SPLIT_LEFT_2 : left == 3 ? SPLIT_LEFT_3 : SPLIT_LEFT_4, 1);
    if (head->letters <= 4)
        set_value(m, c,
                  head->letters <= 2   ? SPLIT_HEAD_2
                  : head->letters == 3 ? SPLIT_HEAD_3
                                       : SPLIT_HEAD_4,
                  1);
    set_value(m, c, SPLIT_HEAD_LETTERS, at_most(head->letters, 12));
    set_value(m, c, SPLIT_BALANCE, at_most(left < head->letters ? left : head->letters, 8));
    set_value(m, c, SPLIT_LEFT_WHOLE, at_most(more > 0 ? more : 0, 16));
}

/* The first len bytes of the form. */
static left_word beginning(const splitter *s, size_t len) {
    return (left_word){{"", (uint8_t)len, 0}, s->word->letters[len], s->word->before[len]};
}

/* Adds a cut if base (left side without its joint, or with what it lost) is an entry. */
static inline bool try_word(splitter *s, size_t left_end, const head_info *head, int how,
                            const left_word *base) {
    if (base->letters < LEFT_LETTERS_MIN) return false;
    uint64_t hash = morph_mix(base->sum);
    if (!morph_may_know(s->m, hash)) return false;
    unsigned left = morph_info_of(s->m, hash)->flags;
    if (!(left & INFO_ENTRY)) return false;
    add_cut(s, left_end, head, how, base, left & INFO_BEGIN);
    return true;
}

/* The left side as the dictionary itself makes it for compounds: flick of flicka. */
static bool try_sanctioned(splitter *s, const head_info *head, const morph_info *left) {
    const morph_word *w = s->word;
    const morph_script *script = &s->m->scripts[left->sanctioned];
    const char *add = s->m->strings + script->add;
    if (!morph_fits(script, head->at)) return false;
    size_t keep = head->at - script->strip, len = keep + script->add_len;
    bool begins = len < head->at &&
                  memcmp(add, w->text + keep, script->add_len) == 0; /* what follows is then the joint */
    int letters = w->letters[keep];
    for (size_t i = 0; i < script->add_len; i++) letters += is_start(add[i]);
    left_word word = {
        {add, (uint8_t)keep, script->add_len}, letters, morph_sum_ended(w, keep, add, script->add_len)};
    add_cut(s, begins ? len : head->at, head, SPLIT_SANCTIONED, &word, true);
    return true;
}

/* skol+a, abborr+e; sago and gatu stand for saga and gata; top+politik shares the p of topp. */
static bool try_restored(splitter *s, const head_info *head) {
    const morph_word *w = s->word;
    size_t at = head->at;
    char last = w->text[at - 1];
    left_word word = {{"a", (uint8_t)at, 1}, w->letters[at], w->before[at]};
    if (last == 'o' || last == 'u') {
        word.text.keep--;
        word.sum -= (uint64_t)(last - 'a') * w->power[at];
        return try_word(s, at, head, SPLIT_VOWEL, &word);
    }
    word.letters++;
    word.sum = w->before[at] + ('a' + 1) * w->power[at + 1];
    bool any = try_word(s, at, head, SPLIT_VOWEL, &word);
    word.text.add = "e";
    word.sum += ('e' - 'a') * w->power[at + 1];
    any |= try_word(s, at, head, SPLIT_VOWEL, &word);
    if (at > 1 && w->text[at] == last && w->text[at - 2] != last && strchr("bdfgklmnprstv", last) != NULL) {
        word.text.add = w->text + at;
        word.sum = w->before[at] + ((unsigned char)last + 1) * w->power[at + 1];
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
    char last = s->word->text[at - 1];
    left_word whole = beginning(s, at), shorter = beginning(s, at - 1);
    if (last == '-') {
        add_cut(s, at - 1, head, SPLIT_HYPHEN, &shorter,
                morph_info_of(s->m, morph_mix(shorter.sum))->flags & INFO_BEGIN);
        return;
    }
    const morph_info *left = morph_info_of(s->m, morph_mix(whole.sum));
    bool any = (left->flags & INFO_SANCTIONED) && try_sanctioned(s, head, left);
    if (left->flags & INFO_ENTRY) {
        add_cut(s, at, head, SPLIT_WORD, &whole, left->flags & INFO_BEGIN);
        any = true;
    }
    int joint = joint_of(last);
    if (joint >= 0) any |= try_word(s, at - 1, head, joint, &shorter);
    any |= try_restored(s, head);
    if (!any && !s->as_it_stands && whole.letters >= UNKNOWN_LETTERS_MIN)
        add_cut(s, at, head, SPLIT_UNKNOWN, &whole, false);
}

/* Whether a head begins at this byte; fills *head with what is known of it. */
static inline bool read_head(const splitter *s, size_t at, head_info *head) {
    const dk_morph *m = s->m;
    const morph_word *w = s->word;
    uint64_t hash = morph_mix(w->behind[at]);
    if (!morph_may_know(m, hash)) return false; /* nor is it listed as a head */
    head->part = morph_info_of(m, hash);
    if (!(head->part->flags & INFO_WORD) && part_value(m, 'h', hash) == UINT32_MAX) return false;
    if (s->as_it_stands && !is_lemma(head->part->flags)) return false;
    const morph_script *script = &m->scripts[head->part->script];
    if (!morph_fits(script, w->len - at)) return false;
    size_t keep = w->len - at - script->strip;
    if (head->part->script != 0)
        hash = morph_mix(morph_sum_edited(w, at, keep, m->strings + script->add, script->add_len));
    head->at = at;
    head->letters = morph_letters_from(w, at);
    head->hash = morph_part_of('h', hash);
    head->family = log2_floor(value_or_0(m, MAP_FAMILIES, head->hash));
    head->mass = log2_floor(value_or_0(m, MAP_MASS, hash));
    head->weight = part_weight(m, 'h', hash);
    return true;
}

/* How often the word occurs: that of its base form where it is known. */
static uint32_t mass_of(const dk_morph *m, const morph_word *w, const morph_info *whole, uint64_t hash) {
    const morph_script *script = &m->scripts[whole->script];
    if (!(whole->flags & INFO_WORD) || !morph_fits(script, w->len)) return value_or_0(m, MAP_COUNTS, hash);
    if (whole->script != 0)
        hash =
            morph_mix(morph_sum_ended(w, w->len - script->strip, m->strings + script->add, script->add_len));
    return value_or_0(m, MAP_MASS, hash);
}

/* The cuts of a word whose heads begin within its first `unchanged` bytes, without texts. As it stands, a form is only cut into a known
   word and a head that is a base form. */
static size_t find_cuts(const dk_morph *m, const morph_word *w, size_t unchanged, bool as_it_stands,
                        morph_cut *simple, morph_cut *out) {
    splitter s = {.m = m, .word = w, .cuts = out, .as_it_stands = as_it_stands};
    size_t last = morph_last_letters(w, HEAD_LETTERS_MIN);
    if (last > unchanged) last = unchanged;
    uint64_t hash = morph_mix(w->behind[0]);
    const morph_info *whole = morph_info_of(m, hash);
    uint32_t mass = mass_of(m, w, whole, hash);
    s.whole_mass = log2_floor(mass);
    memset(simple->values, 0, sizeof simple->values);
    simple->score = simple->lexical = 0;
    set_value(m, simple, SPLIT_SIMPLE, 1);
    set_value(m, simple, SPLIT_SIMPLE_ENTRY, (whole->flags & INFO_ENTRY) != 0);
    set_value(m, simple, SPLIT_SIMPLE_FORM, (whole->flags & (INFO_WORD | INFO_ENTRY)) == INFO_WORD);
    set_value(m, simple, SPLIT_SIMPLE_MASS, at_most(s.whole_mass, 24));
    set_value(m, simple, SPLIT_SIMPLE_LETTERS, at_most(w->letters[w->len], 20));
    set_value(m, simple, SPLIT_SIMPLE_UNSEEN, mass == 0);
    for (size_t at = 2; at <= last; at++) {
        head_info head;
        if (is_start(w->text[at]) && read_head(&s, at, &head)) read_left(&s, &head);
    }
    return s.count;
}

static size_t write_edited(const morph_edit *edit, const char *text, char *out) {
    memcpy(out, text, edit->keep);
    memcpy(out + edit->keep, edit->add, edit->add_len);
    out[edit->keep + edit->add_len] = '\0';
    return (size_t)edit->keep + edit->add_len;
}

static size_t write_head(const dk_morph *m, const morph_cut *c, const char *form, size_t len, char *out) {
    return morph_apply(m, &m->scripts[c->head_script], form + c->head_start, len - c->head_start, out);
}

size_t morph_cuts(const dk_morph *m, const char *form, size_t len, morph_cut *simple, morph_cut *out) {
    morph_word word;
    morph_word_init(&word, form, len);
    size_t n = find_cuts(m, &word, len, false, simple, out);
    for (size_t i = 0; i < n; i++) {
        out[i].base_len = (uint8_t)write_edited(&out[i].left, form, out[i].base);
        out[i].lemma_len = (uint8_t)write_head(m, &out[i], form, len, out[i].head);
    }
    return n;
}

/* The best of these cuts; *margin is by how much it beats leaving the word whole. */
static bool best_cut(const dk_morph *m, const morph_word *word, size_t unchanged, bool as_it_stands,
                     morph_cut *best, int32_t *margin) {
    morph_cut cuts[CUTS_MAX], simple;
    size_t n = find_cuts(m, word, unchanged, as_it_stands, &simple, cuts), top = 0;
    for (size_t i = 1; i < n; i++)
        if (cuts[i].score > cuts[top].score) top = i;
    if (n == 0 || cuts[top].score <= simple.score) return false;
    memcpy(best, &cuts[top], offsetof(morph_cut, base_len)); /* what follows is not filled */
    *margin = cuts[top].score - simple.score;
    return true;
}

static void place_part(dk_part *part, size_t start, size_t end, bool known) {
    part->start = (uint8_t)start;
    part->end = (uint8_t)end;
    part->known = known;
}

/* How many bytes two texts begin alike. */
static size_t common_beginning(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t most = a_len < b_len ? a_len : b_len, n = 0;
    while (n + 8 <= most && memcmp(a + n, b + n, 8) == 0) n += 8; /* compilers make one comparison of it */
    while (n < most && a[n] == b[n]) n++;
    return n;
}

/* What is split is the lemma, for endings look like heads (hed+der, pig+erne). A form that the dictionary does not know may
   also be split as it stands, where its head is a base form: its lemma is less sure than its head. */
size_t dk_morph_form_split(const dk_morph_form *f, const dk_lemma *lemma, dk_part *out, size_t max) {
    const dk_morph *m = f->morph;
    const morph_word *w = &f->word;
    if (m->split_weights[SPLIT_SIMPLE] == 0 || w->letters[w->len] < LETTERS_MIN || max < 2 ||
        lemma->len == 0 || part_value(m, 's', f->hash) != UINT32_MAX)
        return 0;
    size_t same = common_beginning(w->text, w->len, lemma->text, lemma->len);
    bool is_base = same == w->len && same == lemma->len, found;
    morph_word base;
    morph_cut cut, other;
    int32_t margin = 0, other_margin;
    const morph_word *cut_word = w;
    if (is_base) {
        found = best_cut(m, w, same, false, &cut, &margin);
    } else {
        morph_word_init(&base, lemma->text, lemma->len);
        if (part_value(m, 's', morph_mix(base.behind[0])) != UINT32_MAX) return 0;
        found = best_cut(m, &base, same, false, &cut, &margin);
        cut_word = &base;
        if (!f->known && best_cut(m, w, w->len, true, &other, &other_margin) &&
            (!found || other_margin > margin)) {
            found = true;
            cut = other;
            cut_word = w;
        }
    }
    if (!found) return 0;
    out[0].len = (uint8_t)write_edited(&cut.left, cut_word->text, out[0].text);
    place_part(&out[0], 0, cut.left_end, cut.left_known);
    dk_lemma head;
    if (cut.head_is_lemma) {
        out[1].len = (uint8_t)write_head(m, &cut, cut_word->text, cut_word->len, out[1].text);
    } else {
        dk_str word = {w->text + cut.head_start, w->len - cut.head_start};
        if (dk_morph_lemmas(m, word, 0, &head, 1) == 0) return 0;
        memcpy(out[1].text, head.text, head.len + 1u);
        out[1].len = head.len;
    }
    place_part(&out[1], cut.head_start, w->len, true);
    return 2;
}

size_t dk_morph_split_lemma(const dk_morph *m, dk_str text, const dk_lemma *lemma, dk_part *out, size_t max) {
    dk_morph_form form;
    return dk_morph_form_init(&form, m, text) ? dk_morph_form_split(&form, lemma, out, max) : 0;
}

size_t dk_morph_split(const dk_morph *m, dk_str text, dk_part *out, size_t max) {
    dk_morph_form form;
    dk_lemma lemma;
    if (!dk_morph_form_init(&form, m, text) || dk_morph_form_lemmas(&form, 0, &lemma, 1) == 0) return 0;
    return dk_morph_form_split(&form, &lemma, out, max);
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

void dk_morph_bases(const dk_morph *m, dk_str text, dk_bases *b) {
    dk_morph_form form;
    dk_lemma lemma;
    dk_part parts[DK_MORPH_PARTS_MAX];
    bool any = m != NULL && dk_morph_form_init(&form, m, text);
    size_t nlemmas = any ? dk_morph_form_lemmas(&form, 0, &lemma, 1) : 0;
    size_t nparts = nlemmas > 0 ? dk_morph_form_split(&form, &lemma, parts, DK_MORPH_PARTS_MAX) : 0;
    dk_bases_set(b, &lemma, nlemmas, parts, nparts);
}
