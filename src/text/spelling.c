#include "text/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/image.h"
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
    uint8_t len;
} target;

struct dk_spelling {
    char *text;
    target *targets;
    entry *slots;
    uint64_t mask;
    size_t ntargets, text_len;
    int shortest;  /* letters of the shortest target */
    bool borrowed; /* the arrays are an image's */
};

typedef struct letters {
    uint8_t at[BYTES_MAX + 1]; /* where each letter begins, and the end */
    int count;
} letters;

/* Of at most BYTES_MAX bytes. */
static void find_letters(const char *text, size_t len, letters *out) {
    out->count = 0;
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80) out->at[out->count++] = (uint8_t)i;
    out->at[out->count] = (uint8_t)len;
}

static uint64_t letter_value(const char *text, const letters *l, int i) {
    uint64_t value = 0;
    for (int k = l->at[i]; k < l->at[i + 1]; k++) value = value << 8 | (unsigned char)text[k];
    return value;
}

/* The hash of a word without its bytes at..next-1: all its shorter versions come of the same sums. */
static inline uint64_t hash_without(const morph_word *w, size_t at, size_t next) {
    uint64_t x = (w->before[at] + w->power[at] * w->behind[next]) * UINT64_C(0x9E3779B97F4A7C15);
    return x ^ x >> 32;
}

/* The hash of the whole. */
static inline uint64_t hash_of(const morph_word *w) { return hash_without(w, 0, 0); }

/* Where the letter that begins at byte `at` ends. */
static inline size_t behind_letter(const morph_word *w, size_t at) {
    for (at++; at < w->len && ((unsigned char)w->text[at] & 0xC0) == 0x80;) at++;
    return at;
}

/* Whether two words are the same or one insertion, deletion, change or swap of neighbours apart: 0, 1, or 2 for more. */
static int distance(const char *a, const letters *la, const char *b, const letters *lb) {
    if (la->count > lb->count) {
        const char *text = a;
        const letters *l = la;
        a = b, la = lb, b = text, lb = l;
    }
    int n = la->count, m = lb->count, start = 0, end = 0;
    if (m - n > 1) return 2;
#define SAME(i, k) (letter_value(a, la, i) == letter_value(b, lb, k))
    while (start < n && SAME(start, start)) start++;
    while (end < n - start && SAME(n - 1 - end, m - 1 - end)) end++;
    int left_a = n - start - end, left_b = m - start - end;
    if (left_a == 0 && left_b == 0) return 0;
    if (left_a <= 1 && left_b <= 1) return 1;
    bool swapped = left_a == 2 && left_b == 2 && SAME(start, start + 1) && SAME(start + 1, start);
#undef SAME
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

dk_status dk_spelling_new(dk_spelling **out, const dk_str *targets, size_t count, int min_letters,
                          dk_error *err) {
    *out = NULL;
    size_t bytes = 0, hashes_needed = 0, nslots = 16;
    if (count >= UINT32_MAX) return dk_fail(err, DK_EUSAGE, "too many words");
    for (size_t i = 0; i < count; i++)
        if (targets[i].len <= BYTES_MAX) {
            bytes += targets[i].len;
            hashes_needed += targets[i].len + 1;
        }
    if (bytes >= UINT32_MAX) return dk_fail(err, DK_EUSAGE, "too many words");
    while (nslots < 2 * hashes_needed) nslots *= 2;
    dk_spelling *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    s->text = malloc(bytes + 1);
    s->targets = calloc(count + 1, sizeof *s->targets);
    s->slots = calloc(nslots, sizeof *s->slots);
    s->mask = nslots - 1;
    s->shortest = BYTES_MAX;
    if (s->text == NULL || s->targets == NULL || s->slots == NULL) {
        dk_spelling_free(s);
        return dk_fail_memory(err);
    }
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        morph_word word;
        dk_str text = targets[i];
        if (text.len == 0 || text.len > BYTES_MAX) continue;
        morph_word_init(&word, text.ptr, text.len);
        int count_of = word.letters[text.len];
        if (count_of < min_letters || has_target(s, hash_of(&word), text)) continue;
        memcpy(s->text + at, text.ptr, text.len);
        s->targets[s->ntargets].at = at;
        s->targets[s->ntargets].index = (uint32_t)i;
        s->targets[s->ntargets].len = (uint8_t)text.len;
        for (size_t k = 0, next; k < text.len; k = next) {
            next = behind_letter(&word, k);
            put(s, hash_without(&word, k, next), (uint32_t)s->ntargets);
        }
        put(s, hash_of(&word), (uint32_t)s->ntargets);
        s->ntargets++;
        at += (uint32_t)text.len;
        if (count_of < s->shortest) s->shortest = count_of;
    }
    s->text_len = at;
    *out = s;
    return DK_OK;
}

void dk_spelling_free(dk_spelling *s) {
    if (s == NULL) return;
    if (!s->borrowed) {
        free(s->text);
        free(s->targets);
        free(s->slots);
    }
    free(s);
}

enum { IMAGE_KIND = 0x6C657073, IMAGE_VERSION = 2 }; /* "spel" */
enum { SECTION_TEXT = 1, SECTION_TARGETS, SECTION_SLOTS, SECTION_SHORTEST };

dk_status dk_spelling_write(const dk_spelling *s, dk_buf *image, dk_error *err) {
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    dk_image_put(image, SECTION_TEXT, s->text, s->text_len, 1);
    dk_image_put(image, SECTION_TARGETS, s->targets, s->ntargets, sizeof *s->targets);
    dk_image_put(image, SECTION_SLOTS, s->slots, s->mask + 1, sizeof *s->slots);
    dk_image_put(image, SECTION_SHORTEST, &s->shortest, 1, sizeof s->shortest);
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
    letters mine, theirs;
    find_letters(form->text, form->len, &mine);
    find_letters(s->text + t->at, t->len, &theirs);
    return distance(form->text, &mine, s->text + t->at, &theirs);
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
    return !make_word(&word, form) || find_targets(s, &word, &found, 1) == 0 ? DK_SPELLING_NONE : s->targets[found].index;
}

size_t dk_spelling_near_word(const dk_spelling *s, const morph_word *form, dk_str words[DK_SPELLING_NEAR]) {
    uint32_t found[DK_SPELLING_NEAR];
    size_t n = find_targets(s, form, found, DK_SPELLING_NEAR);
    for (size_t i = 0; i < n; i++) words[i] = (dk_str){s->text + s->targets[found[i]].at, s->targets[found[i]].len};
    return n;
}

size_t dk_spelling_near(const dk_spelling *s, dk_str form, dk_str words[DK_SPELLING_NEAR]) {
    morph_word word;
    return make_word(&word, form) ? dk_spelling_near_word(s, &word, words) : 0;
}

/* Whether a target within one error meets the form under a hash. */
static bool reaches_under(const dk_spelling *s, const morph_word *form, uint64_t hash) {
    for (uint64_t at = hash & s->mask; s->slots[at].target != 0; at = (at + 1) & s->mask)
        if (s->slots[at].print == (uint32_t)(hash >> 32) && distance_to(s, form, s->slots[at].target - 1) <= 1) return true;
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
