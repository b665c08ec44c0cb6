#include "text/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/image.h"
#include "text/morph_form.h"
#include "text/utf8.h"

enum { BYTES_MAX = DK_MORPH_WORD_MAX };

/* Two words are one error apart only if some string can be had from each by leaving out at most one letter. So the table
   holds every target and every target less a letter; a form asks for itself and for itself less a letter, and
   each meeting is then checked. Their hashes come of the sums of a word (text/morph_hash.h). */
typedef struct entry {
    uint32_t print;  /* upper half of the hash */
    uint32_t target; /* number + 1; 0 for an empty slot */
} entry;

typedef struct target {
    uint32_t at, index; /* place in text; index of the caller */
    uint32_t first;     /* of its lemmas */
    uint8_t len, nlemmas;
    uint16_t unused;
} target;

typedef struct lemma_place {
    uint32_t at, len; /* in text */
} lemma_place;

struct dk_spelling {
    char *text;
    target *targets;
    lemma_place *lemmas;
    entry *slots;
    uint64_t mask;
    size_t ntargets, nlemmas, lemmas_cap, text_len, text_cap;
    int shortest;  /* letters of the shortest target */
    bool borrowed; /* the arrays are an image's */
};

/* Whether a byte of a word goes on with the letter before it. */
static bool inside_letter(dk_str word, size_t at) {
    return at < word.len && ((unsigned char)word.ptr[at] & 0xC0) == 0x80;
}

/* The hash of a word without its bytes at..next-1: all its shorter versions come of the same sums. */
static inline uint64_t hash_without(const morph_word *w, size_t at, size_t next) {
    uint64_t x = (w->before[at] + w->power[at] * w->behind[next]) * UINT64_C(0x9E3779B97F4A7C15);
    return x ^ x >> 32;
}

/* The hash of the whole. */
static inline uint64_t hash_of(const morph_word *w) {
    return hash_without(w, 0, 0);
}

/* Where the letter that begins at byte `at` ends. */
static inline size_t behind_letter(const morph_word *w, size_t at) {
    for (at++; at < w->len && ((unsigned char)w->text[at] & 0xC0) == 0x80;) at++;
    return at;
}

static int letters_in(const char *text, size_t len) {
    int n = 0;
    for (size_t i = 0; i < len; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

/* Whether two words are the same or one insertion, deletion, change or swap of neighbouring letters apart: 0, 1, or 2 for more. */
static int distance(dk_str a, dk_str b) {
    size_t most = a.len < b.len ? a.len : b.len, start = 0, end = 0;
    while (start < most && a.ptr[start] == b.ptr[start]) start++;
    if (start == a.len && start == b.len) return 0;
    /* what is left begins and ends between letters */
    while (start > 0 && (inside_letter(a, start) || inside_letter(b, start))) start--;
    while (end < most - start && a.ptr[a.len - 1 - end] == b.ptr[b.len - 1 - end]) end++;
    while (end > 0 && (inside_letter(a, a.len - end) || inside_letter(b, b.len - end))) end--;
    const char *p = a.ptr + start, *q = b.ptr + start;
    size_t left_a = a.len - start - end, left_b = b.len - start - end;
    int n = letters_in(p, left_a), m = letters_in(q, left_b);
    if (n <= 1 && m <= 1) return 1;
    if (n != 2 || m != 2 || left_a != left_b) return 2;
    size_t first = 1; /* bytes of the first letter of a */
    while (first < left_a && ((unsigned char)p[first] & 0xC0) == 0x80) first++;
    bool swapped = memcmp(p, q + left_a - first, first) == 0 && memcmp(p + first, q, left_a - first) == 0;
    return swapped ? 1 : 2;
}

static void put(dk_spelling *s, uint64_t hash, uint32_t number) {
    uint64_t at = hash & s->mask;
    while (s->slots[at].target != 0) {
        if (s->slots[at].target == number + 1 && s->slots[at].print == (uint32_t)(hash >> 32))
            return; /* a doubled letter */
        at = (at + 1) & s->mask;
    }
    s->slots[at] = (entry){(uint32_t)(hash >> 32), number + 1};
}

/* Whether the target is already there under the hash of its whole. */
static bool has_target(const dk_spelling *s, uint64_t hash, dk_str text) {
    for (uint64_t at = hash & s->mask; s->slots[at].target != 0; at = (at + 1) & s->mask) {
        const target *t = &s->targets[s->slots[at].target - 1];
        if (t->len == text.len && memcmp(s->text + t->at, text.ptr, text.len) == 0) return true;
    }
    return false;
}

/* Appends a text; where it stands is *at. */
static bool keep_text(dk_spelling *s, const char *text, size_t len, uint32_t *at) {
    if (!dk_grow(&s->text, &s->text_cap, s->text_len + len + 1)) return false;
    *at = (uint32_t)s->text_len;
    memcpy(s->text + s->text_len, text, len);
    s->text_len += len;
    return true;
}

/* Keeps the lemmas of a target, which mostly are its own beginning. */
static bool keep_lemmas(dk_spelling *s, target *t, const dk_morph *morph) {
    dk_morph_form form;
    dk_lemma lemmas[DK_MORPH_LEMMAS_MAX];
    t->first = (uint32_t)s->nlemmas;
    if (morph == NULL || !dk_morph_form_init(&form, morph, (dk_str){s->text + t->at, t->len})) return true;
    t->nlemmas = (uint8_t)dk_morph_form_lemmas(&form, DK_MORPH_PLAUSIBLE, lemmas, DK_MORPH_LEMMAS_MAX);
    if (!dk_grow(&s->lemmas, &s->lemmas_cap, s->nlemmas + t->nlemmas)) return false;
    for (unsigned i = 0; i < t->nlemmas; i++) {
        const dk_lemma *l = &lemmas[i];
        lemma_place *place = &s->lemmas[s->nlemmas++];
        *place = (lemma_place){t->at, l->len};
        bool beginning = l->len <= t->len && memcmp(l->text, s->text + t->at, l->len) == 0;
        if (!beginning && !keep_text(s, l->text, l->len, &place->at)) return false;
    }
    return true;
}

dk_status dk_spelling_new(dk_spelling **out, const dk_str *targets, size_t count, int min_letters,
                          const dk_morph *morph, dk_error *err) {
    *out = NULL;
    size_t bytes = 0, hashes_needed = 0, nslots = 16;
    if (count >= UINT32_MAX) return dk_fail(err, DK_EUSAGE, "too many words");
    for (size_t i = 0; i < count; i++)
        if (targets[i].len <= BYTES_MAX) {
            bytes += targets[i].len + DK_MORPH_LEMMAS_MAX * (BYTES_MAX + 1);
            hashes_needed += targets[i].len + 1;
        }
    if (bytes >= UINT32_MAX) return dk_fail(err, DK_EUSAGE, "too many words");
    while (nslots < 2 * hashes_needed) nslots *= 2;
    dk_spelling *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    s->targets = calloc(count + 1, sizeof *s->targets);
    s->slots = calloc(nslots, sizeof *s->slots);
    s->mask = nslots - 1;
    s->shortest = BYTES_MAX;
    if (s->targets == NULL || s->slots == NULL) {
        dk_spelling_free(s);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        morph_word word;
        dk_str text = targets[i];
        if (text.len == 0 || text.len > BYTES_MAX) continue;
        morph_word_init(&word, text.ptr, text.len);
        int count_of = word.letters[text.len];
        if (count_of < min_letters || has_target(s, hash_of(&word), text)) continue;
        target *t = &s->targets[s->ntargets];
        t->index = (uint32_t)i;
        t->len = (uint8_t)text.len;
        if (!keep_text(s, text.ptr, text.len, &t->at) || !keep_lemmas(s, t, morph)) {
            dk_spelling_free(s);
            return dk_fail_memory(err);
        }
        for (size_t k = 0, next; k < text.len; k = next) {
            next = behind_letter(&word, k);
            put(s, hash_without(&word, k, next), (uint32_t)s->ntargets);
        }
        put(s, hash_of(&word), (uint32_t)s->ntargets);
        s->ntargets++;
        if (count_of < s->shortest) s->shortest = count_of;
    }
    *out = s;
    return DK_OK;
}

void dk_spelling_free(dk_spelling *s) {
    if (s == NULL) return;
    if (!s->borrowed) {
        free(s->text);
        free(s->targets);
        free(s->lemmas);
        free(s->slots);
    }
    free(s);
}

enum { IMAGE_KIND = 0x6C657073, IMAGE_VERSION = 3 }; /* "spel" */
enum { SECTION_TEXT = 1, SECTION_TARGETS, SECTION_SLOTS, SECTION_SHORTEST, SECTION_LEMMAS };

dk_status dk_spelling_write(const dk_spelling *s, dk_buf *image, dk_error *err) {
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    dk_image_put(image, SECTION_TEXT, s->text, s->text_len, 1);
    dk_image_put(image, SECTION_TARGETS, s->targets, s->ntargets, sizeof *s->targets);
    dk_image_put(image, SECTION_SLOTS, s->slots, s->mask + 1, sizeof *s->slots);
    dk_image_put(image, SECTION_SHORTEST, &s->shortest, 1, sizeof s->shortest);
    dk_image_put(image, SECTION_LEMMAS, s->lemmas, s->nlemmas, sizeof *s->lemmas);
    return dk_image_end(image, err);
}

bool dk_spelling_attach(dk_spelling **out, const void *image, size_t size) {
    dk_image_reader r = {.failed = false};
    if (!dk_image_open(&r.image, image, size, IMAGE_KIND, IMAGE_VERSION, false)) return false;
    size_t nslots;
    dk_spelling *s = calloc(1, sizeof *s);
    if (s == NULL) return false;
    s->borrowed = true; /* nothing is written through these pointers from here on */
    s->text = (char *)(uintptr_t)dk_image_take(&r, SECTION_TEXT, 1, &s->text_len);
    s->targets = (target *)(uintptr_t)dk_image_take(&r, SECTION_TARGETS, sizeof *s->targets, &s->ntargets);
    s->slots = (entry *)(uintptr_t)dk_image_take(&r, SECTION_SLOTS, sizeof *s->slots, &nslots);
    s->lemmas = (lemma_place *)(uintptr_t)dk_image_take(&r, SECTION_LEMMAS, sizeof *s->lemmas, &s->nlemmas);
    const int *shortest = dk_image_take_exactly(&r, SECTION_SHORTEST, sizeof *shortest, 1);
    if (r.failed || nslots == 0 || (nslots & (nslots - 1)) != 0) {
        free(s);
        return false;
    }
    s->mask = nslots - 1;
    s->shortest = *shortest;
    *out = s;
    return true;
}

/* How far a form is from a target: 0, 1, or 2 for more. */
static int distance_to(const dk_spelling *s, const morph_word *form, uint32_t number) {
    const target *t = &s->targets[number];
    return distance((dk_str){form->text, form->len}, (dk_str){s->text + t->at, t->len});
}

/* What is found among the targets. */
typedef struct search {
    uint32_t *found;
    size_t count, max;
} search;

/* Adds the targets one error away that meet the form under a hash; false when form is a target itself or there are more than max. */
static inline bool look_under(const dk_spelling *s, const morph_word *form, uint64_t hash, search *f) {
    for (uint64_t at = hash & s->mask; s->slots[at].target != 0; at = (at + 1) & s->mask) {
        uint32_t number = s->slots[at].target - 1;
        if (s->slots[at].print != (uint32_t)(hash >> 32)) continue;
        bool known = false; /* two words may meet in more than one way */
        for (size_t k = 0; k < f->count; k++) known |= f->found[k] == number;
        if (known) continue;
        int apart = distance_to(s, form, number);
        if (apart == 0 || (apart == 1 && f->count == f->max)) return false;
        if (apart == 1) f->found[f->count++] = number;
    }
    return true;
}

/* The numbers of the targets one error away; 0 when form is a target itself or when there are more than max. */
static size_t find_targets(const dk_spelling *s, const morph_word *form, uint32_t *found, size_t max) {
    search f = {found, 0, max};
    if (s->ntargets == 0 || form->letters[form->len] + 1 < s->shortest) return 0;
    for (size_t at = 0, next; at < form->len; at = next) {
        next = behind_letter(form, at);
        if (!look_under(s, form, hash_without(form, at, next), &f)) return 0;
    }
    return look_under(s, form, hash_of(form), &f) ? f.count : 0;
}

static bool make_word(morph_word *word, dk_str form) {
    if (form.len == 0 || form.len > BYTES_MAX) return false;
    morph_word_init(word, form.ptr, form.len);
    return true;
}

uint32_t dk_spelling_find(const dk_spelling *s, dk_str form) {
    uint32_t found;
    morph_word word;
    return !make_word(&word, form) || find_targets(s, &word, &found, 1) == 0 ? DK_SPELLING_NONE
                                                                             : s->targets[found].index;
}

size_t dk_spelling_near(const dk_spelling *s, const morph_word *form,
                        dk_spelling_word words[DK_SPELLING_NEAR]) {
    uint32_t found[DK_SPELLING_NEAR];
    size_t n = find_targets(s, form, found, DK_SPELLING_NEAR);
    for (size_t i = 0; i < n; i++) {
        const target *t = &s->targets[found[i]];
        words[i] = (dk_spelling_word){{s->text + t->at, t->len}, t->first, t->nlemmas};
    }
    return n;
}

dk_str dk_spelling_lemma(const dk_spelling *s, const dk_spelling_word *word, uint32_t number) {
    const lemma_place *place = &s->lemmas[word->first + number];
    return (dk_str){s->text + place->at, place->len};
}

/* Whether a target within one error meets the form under a hash. */
static bool reaches_under(const dk_spelling *s, const morph_word *form, uint64_t hash) {
    for (uint64_t at = hash & s->mask; s->slots[at].target != 0; at = (at + 1) & s->mask)
        if (s->slots[at].print == (uint32_t)(hash >> 32) &&
            distance_to(s, form, s->slots[at].target - 1) <= 1)
            return true;
    return false;
}

bool dk_spelling_reaches(const dk_spelling *s, dk_str form) {
    morph_word word;
    if (s->ntargets == 0 || !make_word(&word, form)) return false;
    for (size_t at = 0, next; at < form.len; at = next) {
        next = behind_letter(&word, at);
        if (reaches_under(s, &word, hash_without(&word, at, next))) return true;
    }
    return reaches_under(s, &word, hash_of(&word));
}
